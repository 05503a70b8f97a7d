"""Lines that plans hold for land: permanent farmland, built-up land, natural shore, farmland soils.

They are read as what a rule needs: how much stands on the wrong side of the line at each epoch.
What entered it since the plan began is the change between two epochs.
"""

from __future__ import annotations

from collections.abc import Mapping

from gis.problems import problem
from sink_models.account import FARMLAND, SHORELINE, Mask
from sink_models.carbon import SOIL, covers, mineral_soil
from sink_models.ecosystem_types import group_of
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.indicators.green_space import measured
from sink_models.statements import statement

ORDER = 32
NOT_FARMING = ("built", "forest", "water")
"""Groups that permanent farmland must not be turned into: building, planting, ponds and lakes."""
ANY_COVER = tuple(frozenset({kind}) for kind in covers())
WITH_FARMLAND = tuple(frozenset({FARMLAND, kind}) for kind in covers())
BY_FARMLAND = statement(FARMLAND)
FARMLAND_SOILS = "farmland_soil_carbon"


def farmland_conflict_area(context: Context) -> Reading:
    rows = context.account.flag("in_farmland") & _of_groups(context, NOT_FARMING)
    return Reading(context.account.area(rows), BY_FARMLAND, statement("farmland_conflicts"))


def farmland_conflict_parts(context: Context) -> Mapping[str, Outcome]:
    account = context.account
    rows = account.flag("in_farmland") & _of_groups(context, NOT_FARMING)
    kinds = sorted(set(account.rows["ecosystem_type"].to_numpy()[rows]))
    return {
        f"type.{kind}": Reading(
            account.area(rows & account.is_in("ecosystem_type", (kind,))),
            BY_FARMLAND,
            statement("farmland_type", type=kind),
        )
        for kind in kinds
    }


def built_up_land_area(context: Context) -> Reading:
    rows = _of_groups(context, ("built",))
    return Reading(context.account.area(rows), context.carbon.basis, statement("built_up_land"))


def farmland_soil_carbon(context: Context) -> Outcome:
    """The stock of farmland soils; a later epoch has one only where something told it apart.

    The same density at two epochs would turn every hectare that changed its use into a fall or a
    rise of soils, of which nothing is known.
    """
    where = f"{FARMLAND_SOILS} {context.account.year}"
    carbon, earlier = context.carbon, context.earlier
    soils = carbon.stocks.where(lambda cell: cell[1] == SOIL and group_of(cell[0]) == "crop")
    if not soils.terms:
        return Absent(problem("sink_models.farmland_soil_unknown", where))
    kinds = sorted({kind for kind, _ in soils.cells})
    if earlier is not None and _soils_at(earlier, kinds) == _soils_at(context, kinds):
        return Absent(
            problem("sink_models.farmland_soil_static", where, earlier=earlier.account.year)
        )
    return Reading(soils.total(), carbon.basis, statement("farmland_soils"))


def _soils_at(context: Context, kinds: list[str]) -> list[str | None]:
    account = context.account
    return [mineral_soil(account.book, kind, account.year) for kind in kinds]


def _of_groups(context: Context, groups: tuple[str, ...]) -> Mask:
    types = set(context.account.rows["ecosystem_type"])
    chosen = frozenset(each for each in types if group_of(each) in groups)
    return context.account.is_in("ecosystem_type", chosen)


INDICATORS = (
    Indicator(
        key="farmland_conflict_area",
        title_zh="永久基本农田内非农用途面积",
        title_en="Permanent farmland under other uses",
        unit="ha",
        definition_zh=(
            "永久基本农田范围内建设用地、林地和水面的面积，供核对；是否经过批准，图层看不出来。"
        ),
        definition_en=(
            "Built-up land, forest and water inside permanent farmland, to be looked at; the "
            "layers do not show whether it was permitted."
        ),
        source="国办发明电〔2020〕24号 (关于坚决制止耕地“非农化”行为的通知)",
        additive=True,
        needs=WITH_FARMLAND,
        read=farmland_conflict_area,
        parts=farmland_conflict_parts,
    ),
    Indicator(
        key="built_up_land_area",
        title_zh="建设用地面积（按地类）",
        title_en="Built-up land by class",
        unit="ha",
        definition_zh="各期地类中建设用地的面积；与国土变更调查的建设用地规模口径不同。",
        definition_en=(
            "Built-up classes of each epoch; not the same as built-up land of the land survey."
        ),
        source="GB/T 21010-2017 土地利用现状分类",
        additive=True,
        needs=ANY_COVER,
        read=built_up_land_area,
    ),
    Indicator(
        key="natural_shoreline_length",
        title_zh="自然岸线长度",
        title_en="Natural shoreline",
        unit="km",
        definition_zh="岸线图层中类型为自然岸线（含具有自然形态的岸线）的大地线长度。",
        definition_en="Geodesic length of the shoreline's natural (and naturalised) parts.",
        source="海岸线保护与利用管理办法 (2017)",
        additive=True,
        needs=(frozenset({SHORELINE}),),
        read=measured("natural_shoreline_length", statement(SHORELINE)),
    ),
    Indicator(
        key="natural_shoreline_retention_rate",
        title_zh="自然岸线保有率",
        title_en="Natural shoreline retention",
        unit="%",
        definition_zh="自然岸线长度 / 岸线总长度 × 100。",
        definition_en="Length of natural shoreline / length of all shoreline x 100.",
        source="海岸线保护与利用管理办法 (2017)",
        additive=False,
        needs=(frozenset({SHORELINE}),),
        read=measured("natural_shoreline_retention_rate", statement(SHORELINE)),
    ),
    Indicator(
        key=FARMLAND_SOILS,
        title_zh="耕地土壤有机碳储量",
        title_en="Soil organic carbon of farmland",
        unit="t C",
        definition_zh=(
            "耕地 0–30 厘米土壤有机碳，即本底；后一期只有在申报了该期的利用、管理或投入后才有数值。"
        ),
        definition_en=(
            "Soil organic carbon of farmland to 30 cm, the baseline; a later epoch has a value "
            "only where its use, management or inputs are declared."
        ),
        source="IPCC 2006 GL Vol.4 Ch.2 Eq. 2.25; IPCC 2019 Refinement Vol.4 Ch.5",
        additive=True,
        needs=ANY_COVER,
        read=farmland_soil_carbon,
    ),
)
