"""What a project's footprint costs in carbon and what would make up for it, without a full run.

The footprints take the place of the reporting units: their ground is read by the layers of the last
epoch, gates come before tonnes, and the need is a run of the ledger with the project less one
without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.account import extent_account, made_disjoint, polygons_only
from gis.crs import to_crs
from gis.extent import CLASSIFIED, OUTSIDE, PolygonCover, Stratum, Units
from gis.measure import geometry_areas_ha
from gis.problems import InputError, ProblemLog, problem
from layers.declarations import Layer, LayerSpec, Register
from layers.reading import read_layer
from sink_models.account import REQUIRED, EpochData, read_account
from sink_models.carbon import LIVING, SOIL, CarbonAccount, carbon_account
from sink_models.coefficients import with_stock_classes
from sink_models.ecosystem_types import FOREST_TYPES
from sink_models.equations import co2_from_c
from sink_models.ledger import (
    GrowthRule,
    KnownSum,
    Need,
    TakenStand,
    credits_needed,
    growth_rules,
    hectares_to_plant,
    holds_nothing,
    in_one_pool,
    ipcc_categories,
    need_of,
    year_of_balance,
)
from sink_models.mapped_trees import SURVEY, MappedTrees, mapped_trees, stock_by_species
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.pipeline import covers_of, draw_book, growth_choices, last_epoch, read_methods
from sinkatlas.workspace import Workspace, load_workspace

HORIZONS = (10, 20, 40)
"""Years after the take at which the need is told."""

GATES = {"redline": "in_redline", "permanent_farmland": "in_farmland",
         "protected_areas": "in_protected"}  # fmt: skip
"""Layer kinds that gate a project, and their columns."""

NOT_ALLOWED, ASK, UNREAD, CLEAR = (
    "not_allowed",
    "needs_approval",
    "not_fully_checked",
    "no_gate_found",
)
FIRST_GRADE = frozenset(("1", "Ⅰ", "I", "Ⅰ级", "I级", "一级"))
"""BH_DJ of class I protected forest land, which no construction project may use
(建设项目使用林地审核审批管理办法 art. 4)."""

MANGROVE = "mangrove"
"""Planted only to make up for mangrove: it grows nowhere else than on the coast."""

DEAD = ("dead_wood", "litter")

PAVED = "flu_settlement_paved"
"""Coefficient: what paving leaves of a soil's carbon."""

TAKE_COLUMNS = (
    *("book", "project", "name", "type", "year", "approval", "temporary_years", "area_ha"),
    *("outside_ha", "unknown_ha", "forest_ha", "gate", "grade_1_ha", "redline_ha"),
    *("permanent_farmland_ha", "protected_areas_ha", "gated_ha"),
    *("stock_lost_t_c", "low", "high", "stock_lost_t_co2", "bound", "missing"),
    *(f"need_{each}_yr_t_co2{end}" for each in HORIZONS for end in ("", "_low", "_high")),
    "missing_later",
)
COMPENSATION_COLUMNS = (
    *("book", "project", "option", "ecosystem_type", "horizon_years", "need_t_co2"),
    *("credits", "hectares_by_carbon", "hectares_by_law", "hectares_needed"),
    *("plantable_ha", "shortfall_ha"),
    *("years_to_balance", "district_change_t_c", "bound", "missing", "source"),
)


@dataclass(frozen=True)
class TakenProject:
    """A project: its attributes, its ground by gate, and its need by year."""

    code: str
    facts: Mapping[str, str]
    ground: Mapping[str, float]
    need: Need
    forest_ha: float
    types: frozenset[str]


@dataclass(frozen=True)
class LandTake:
    """Every project of a footprint file, with tables and what was noticed."""

    projects: tuple[TakenProject, ...]
    land_take: pd.DataFrame
    compensation: pd.DataFrame
    problems: ProblemLog


@dataclass(frozen=True)
class PlantingSite:
    """Ground where planting may make up for a take: what no gate closes, and what is cleared."""

    plantable_ha: float
    cleared_t_c_ha: float | None


def land_take(
    workspace: Workspace | str | Path, footprint: Path, *, planting: Path | None = None
) -> LandTake:
    """Read footprints on the last epoch of a workspace and tell what they cost.

    ``planting`` are the outlines where compensation could be planted; without them the hectares to
    plant are a least figure, for what would be cleared there is not known.

    Raises ``InputError`` for layers and outlines that cannot be read or lie outside.
    """
    space = workspace if isinstance(workspace, Workspace) else load_workspace(workspace)
    problems = ProblemLog()
    space = replace(space, table=space.table.model_copy(update={"epochs": [space.epochs[-1]]}))
    units, layers = last_epoch(space, problems)
    survey = _surveyed(units, layers)
    store = with_stock_classes(read_methods(space).store, stock_by_species([survey]))
    book = draw_book(space, units, store)
    growth = growth_rules(book, growth_choices(space))
    trees = mapped_trees(survey, units.codes, space.table.carbon.mapped_trees)
    here = _Reading(units, layers, space.epochs[-1].year, book, trees, problems)
    projects, facts, outside = here.outlines(footprint)
    rows, carbon = here.ground(projects)
    found = tuple(
        _project(code, facts[code], outside[code], rows, carbon, growth, here)
        for code in projects.codes
    )
    site = None if planting is None else here.site(planting)
    absent = [kind for kind in GATES if kind not in here.kinds]
    if absent:
        problems.add("sinkatlas.gates_not_read", footprint.name, layers=", ".join(absent))
    options = [row for each in found for row in _options(each, growth, site)]
    return LandTake(
        found,
        pd.DataFrame(
            [_take_row(each, book.sampling) for each in found], columns=list(TAKE_COLUMNS)
        ),
        pd.DataFrame(options, columns=list(COMPENSATION_COLUMNS)),
        problems,
    )


@dataclass(frozen=True)
class _Reading:
    """The last epoch of a workspace, on which outlines are laid."""

    units: Units
    layers: Sequence[Layer]
    year: int
    book: DrawBook
    trees: MappedTrees | None
    problems: ProblemLog

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(each.spec.kind for each in self.layers)

    def outlines(self, file: Path) -> tuple[Units, dict[str, dict[str, str]], dict[str, float]]:
        return _projects(file, self.units, self.problems)

    def ground(self, outlines: Units) -> tuple[pd.DataFrame, CarbonAccount]:
        """Account rows and carbon of outlines."""
        rows = _ground(outlines, self.layers)
        data = EpochData(self.year, rows, kinds=self.kinds, trees=self.trees)
        return rows, carbon_account(read_account(data, outlines.codes, self.book))

    def site(self, file: Path) -> PlantingSite:
        """What of some outlines no gate closes, with the carbon that planting clears there."""
        outlines, _, _ = self.outlines(file)
        rows = _ground(outlines, self.layers)
        gated = rows[list(GATES.values())].to_numpy(dtype=bool).any(axis=1)
        free = rows[~gated & (rows["status"] == CLASSIFIED)]
        hectares = float(free["area_ha"].sum())
        if not hectares:
            return PlantingSite(0.0, None)
        data = EpochData(self.year, free, kinds=self.kinds, trees=self.trees)
        carbon = carbon_account(read_account(data, outlines.codes, self.book))
        cleared = carbon.stocks.where(lambda cell: cell[1] != SOIL).total()[0].sum()
        return PlantingSite(hectares, float(cleared) / hectares)


def _projects(
    footprint: Path, units: Units, problems: ProblemLog
) -> tuple[Units, dict[str, dict[str, str]], dict[str, float]]:
    """Footprints as units, one per project name, overlapping ground to the earlier one."""
    spec = LayerSpec(kind="project_footprints", path=footprint)
    layer = read_layer(spec, problems=problems)
    problems.raise_if_errors()
    assert isinstance(layer.data, Register)
    table = to_crs(gpd.GeoDataFrame(layer.data.features), units.features.crs, footprint.name)
    names = table.get("name", pd.Series("", index=table.index)).astype(str)
    names = names.where(names != "", [f"#{number + 1}" for number in range(len(table))])
    order = list(dict.fromkeys(names))
    shapes = np.array(
        [shapely.union_all(np.asarray(table.geometry.array)[names == name]) for name in order],
        dtype=object,
    )
    crs = units.features.crs
    disjoint = made_disjoint(shapes, np.zeros(len(shapes), dtype=np.intp), ["footprints"], crs)
    if disjoint.changed.size:
        listed = ", ".join(order[at] for at in disjoint.changed)
        problems.add("sinkatlas.footprints_overlap", footprint.name, projects=listed)
    whole = shapely.union_all(np.asarray(units.features.geometry.array))
    beyond = geometry_areas_ha(polygons_only(shapely.difference(disjoint.geometry, whole)), crs)
    size = geometry_areas_ha(disjoint.geometry, crs)
    lost = [name for name, a, b in zip(order, beyond, size, strict=True) if a >= b * (1 - 1e-9)]
    if lost:
        raise InputError(
            problem("sinkatlas.footprints_outside", footprint.name, projects=", ".join(lost))
        )
    for name, hectares in zip(order, beyond, strict=True):
        if hectares > 1e-4:
            problems.add("sinkatlas.footprint_partly_outside", name, hectares=f"{hectares:.4f}")
    frame = gpd.GeoDataFrame(
        {"unit_code": order, "unit_name": order}, geometry=disjoint.geometry, crs=crs
    )
    first = table.assign(name=names).drop_duplicates("name").set_index("name")
    facts = {
        name: {
            key: str(first.loc[name, key])
            for key in ("type", "year", "approval", "temporary_years", "paved_share")
            if key in first
        }
        for name in order
    }
    _check_numbers(facts, footprint, problems)
    return Units(frame, "footprints", "footprints"), facts, dict(zip(order, beyond, strict=True))


def _check_numbers(
    facts: Mapping[str, Mapping[str, str]], footprint: Path, problems: ProblemLog
) -> None:
    """Refuse a paved share beyond 0 to 1 and years of use that are no whole number above 0."""
    for name, own in facts.items():
        for key, least, most in (("paved_share", 0.0, 1.0), ("temporary_years", 1.0, 100.0)):
            text = own.get(key, "")
            number = pd.to_numeric(text, errors="coerce")
            if text and not (least <= number <= most):
                problems.add(
                    "sinkatlas.footprint_number", f"{footprint.name}: {name}", field=key,
                    given=text[:20], least=f"{least:g}", most=f"{most:g}",
                )  # fmt: skip
    problems.raise_if_errors()


def _surveyed(units: Units, layers: Sequence[Layer]) -> pd.DataFrame:
    """Account rows of the survey of the last epoch, over all units together."""
    survey = covers_of([each for each in layers if each.spec.kind == SURVEY])
    if not survey:
        return pd.DataFrame(columns=list(REQUIRED))
    rows = extent_account(units, survey, [], epoch=0).rows
    return rows[rows["unit_code"] != OUTSIDE]


def _ground(projects: Units, layers: Sequence[Layer]) -> pd.DataFrame:
    """Account rows of the projects, cut by the gates and by the grade of protected forest land."""
    covers = [
        _with_grade(cover, layer) if isinstance(cover, PolygonCover) else cover
        for cover, layer in zip(covers_of(layers), _cover_layers(layers), strict=True)
    ]
    by_kind = {each.spec.kind: each.data for each in layers}
    strata = []
    for kind, column in GATES.items():
        data = by_kind.get(kind)
        if isinstance(data, Register | Stratum):
            frame = gpd.GeoDataFrame(data.features)[["geometry"]]
            strata.append(Stratum(column, frame))
    account = extent_account(projects, covers, strata, epoch=0)
    rows = account.rows[account.rows["unit_code"] != OUTSIDE]
    missing = {column: False for column in GATES.values() if column not in rows}
    return rows.assign(**missing).reset_index(drop=True)


def _cover_layers(layers: Sequence[Layer]) -> list[Layer]:
    covers = covers_of(layers)
    return [next(each for each in layers if each.data is cover) for cover in covers]


def _with_grade(cover: PolygonCover, layer: Layer) -> PolygonCover:
    attributes = layer.attributes
    if attributes is None or "protection_grade" not in attributes:
        return cover
    grade = attributes["protection_grade"].astype(str).to_numpy()
    if not (grade != "").any():
        return cover  # a survey that gives no grade says nothing of class I
    return replace(
        cover,
        features=cover.features.assign(protection_grade=grade),
        keys=(*cover.keys, "protection_grade"),
    )


def _project(
    code: str,
    facts: Mapping[str, str],
    outside_ha: float,
    rows: pd.DataFrame,
    carbon: CarbonAccount,
    growth: Mapping[str, GrowthRule],
    here: _Reading,
) -> TakenProject:
    own = rows[rows["unit_code"] == code]
    place = list(dict.fromkeys(rows["unit_code"])).index(code)
    known = own[own["status"] == CLASSIFIED]
    areas = known.groupby("ecosystem_type")["area_ha"].sum()
    stands = [
        _stand(str(kind), float(area), place, carbon, growth, _use(facts, here.book))
        for kind, area in areas.items()
    ]
    flags = own[list(GATES.values())].to_numpy(dtype=bool)
    has_grade = "protection_grade" in own
    grade = own.get("protection_grade", pd.Series("", own.index)).isin(FIRST_GRADE)
    ground = {
        "area_ha": float(own["area_ha"].sum()),
        "outside_ha": outside_ha,
        "unknown_ha": float(own.loc[own["status"] != CLASSIFIED, "area_ha"].sum()),
        "grade_1_ha": float(own.loc[grade, "area_ha"].sum()) if has_grade else np.nan,
        "gated_ha": float(own.loc[flags.any(axis=1) | grade, "area_ha"].sum()),
        **{
            f"{kind}_ha": float(own.loc[own[column].astype(bool), "area_ha"].sum())
            if kind in here.kinds
            else np.nan
            for kind, column in GATES.items()
        },
    }
    forest = float(areas[[kind for kind in areas.index if kind in FOREST_TYPES]].sum())
    types = frozenset(map(str, areas.index))
    return TakenProject(code, facts, ground, need_of(stands, max(HORIZONS)), forest, types)


def _stand(
    kind: str,
    area: float,
    place: int,
    carbon: CarbonAccount,
    growth: Mapping[str, GrowthRule],
    use: tuple[Array | None, int | None],
) -> TakenStand:
    """The stand of one type on a project, at the density of its own stands."""

    lacking = {
        each.pool
        for each in carbon.not_estimated
        if each.ecosystem_type == kind and not holds_nothing(kind, each.pool)
    }

    def density(pools: Sequence[str]) -> Array | None:
        if lacking >= set(pools):
            return None
        held = carbon.stocks.where(lambda cell: cell[0] == kind and cell[1] in pools)
        return np.asarray(held.total()[:, place] / area)

    woody = ipcc_categories().get(kind) == "forest_land" or kind == "orchard"
    rule = growth.get(kind) if woody else None
    living, dead = density(LIVING), density(DEAD)
    partly = [pool for pool in (*LIVING, *DEAD) if pool in lacking]
    return TakenStand(
        area_ha=area,
        living_t_c_ha=np.nan if living is None else living,
        dead_matter_t_c_ha=dead,
        not_counted=tuple(partly) if living is not None or dead is not None else (),
        soil_t_c_ha=density((SOIL,)),
        growth=None if rule is None else replace(rule, curve=in_one_pool(rule.curve, "living")),
        is_woody=woody,
        soil_left=use[0],
        restored_after=use[1],
    )


def _use(facts: Mapping[str, str], book: DrawBook) -> tuple[Array | None, int | None]:
    """Share of the soil's carbon that building leaves, and the years of a temporary use."""
    years, paved = facts.get("temporary_years", ""), facts.get("paved_share", "")
    left = 1.0 - float(paved) * (1.0 - book.coefficient(PAVED)) if paved else None
    return left, int(float(years)) if years else None


def _take_row(each: TakenProject, sampling: Sampling) -> dict[str, object]:
    lost = each.need.stock_lost()
    low, high = _bounds(lost, sampling)
    later = each.need.total(max(HORIZONS))
    row: dict[str, object] = {
        "book": "effect",
        "project": each.code,
        "name": each.code,
        **{key: each.facts.get(key, "") for key in ("type", "year", "approval")},
        "temporary_years": each.facts.get("temporary_years", ""),
        **each.ground,
        "forest_ha": each.forest_ha,
        "gate": _gate(each),
        "stock_lost_t_c": lost.value[0],
        "low": low,
        "high": high,
        "stock_lost_t_co2": float(co2_from_c(lost.value[:1])[0]),
        "bound": "at_least" if lost.is_bound else "whole",
        "missing": "; ".join(lost.missing),
        "missing_later": "; ".join(later.missing),
    }
    for years in HORIZONS:
        need = each.need.total(years)
        ends = _bounds(need, sampling)
        for end, value in zip(("", "_low", "_high"), (need.value[0], *ends), strict=True):
            row[f"need_{years}_yr_t_co2{end}"] = float(co2_from_c(np.array(value)))
    return row


def _bounds(found: KnownSum, sampling: Sampling) -> tuple[float, float]:
    return sampling.bounds(found.value)


def _gate(each: TakenProject) -> str:
    """The gate before the tonnes: carbon does not buy leave."""
    if each.ground["grade_1_ha"] > 0:
        return NOT_ALLOWED
    if each.ground["gated_ha"] > 0:
        return ASK
    return UNREAD if any(np.isnan(value) for value in each.ground.values()) else CLEAR


def _options(
    each: TakenProject, growth: Mapping[str, GrowthRule], site: PlantingSite | None
) -> Iterator[dict[str, object]]:
    """What would make up for the need: credits, or planting of each type whose growth is known."""
    for years in HORIZONS:
        need = each.need.total(years)
        known = not np.isnan(need.value[0])
        common = {
            "book": "effect",
            "project": each.code,
            "horizon_years": years,
            "need_t_co2": float(co2_from_c(need.value[:1])[0]),
        }
        yield {
            **common,
            "option": "credits",
            "credits": credits_needed(float(need.value[0])) if known else None,
            "district_change_t_c": -float(need.value[0]),
            "bound": "at_least" if need.is_bound else "whole",
            "missing": "; ".join(need.missing),
            "source": "",
        }
        for kind, rule in growth.items():
            if known and need.value[0] > 0 and (kind != MANGROVE or MANGROVE in each.types):
                yield {**common, **_planting(each, kind, rule, years, site)}


def _planting(
    each: TakenProject, kind: str, rule: GrowthRule, years: int, site: PlantingSite | None
) -> dict[str, object]:
    cleared = None if site is None else site.cleared_t_c_ha
    need = each.need.total(years)
    ages = np.arange(max(HORIZONS) + 1, dtype=float)
    gain = rule.curve.density(ages)[0] - (cleared or 0.0)
    by_carbon = float(hectares_to_plant(need_t_c=need.value[0], gain_t_c_ha=gain[years]))
    is_possible = not np.isnan(by_carbon)
    needed = max(by_carbon, each.forest_ha) if is_possible else np.nan
    owed = np.array([each.need.total(int(age)).value[0] for age in ages])
    balance = year_of_balance(owed, needed, gain) if is_possible else None
    missing = [*need.missing, *(["cleared_at_planting_site"] if cleared is None else [])]
    plantable = np.nan if site is None else site.plantable_ha
    return {
        "option": "planting",
        "ecosystem_type": kind,
        "hectares_by_carbon": by_carbon,
        "hectares_by_law": each.forest_ha,
        "hectares_needed": needed,
        "plantable_ha": plantable,
        "shortfall_ha": max(needed - plantable, 0.0) if is_possible and site else np.nan,
        "years_to_balance": "never" if balance is None else balance,
        "bound": "at_least" if missing else "whole",
        "missing": "; ".join(missing),
        "source": rule.source,
    }


__all__ = ["LandTake", "TakenProject", "land_take"]
