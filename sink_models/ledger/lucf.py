"""The account as an inventory asks for it: lines of the provincial guideline, six IPCC categories.

Both are readings of the same account and close with it. The lines of the guideline
(省级清单编制指南第五章: arbor by growth and consumption, bamboo, economic forest, shrub, other
trees) with what is no forest, and the categories, each sum to ``carbon_sink``; soils stand on a
line of their own.

Growth and consumption go by the province's published rates, or the analyst's, times the carbon of
the growing stock at the start of the span; their range is that of the years that were published.
What the rates do not explain of the change of stock is a line, so that nothing is spread. Lines of
types have the hectares that these have at the end of the span, and those of them whose living
biomass no coefficient speaks for: such ground is in no amount, and is not 0. A province without
published rates has no growth and no consumption, and says so: unknown is not 0.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from sink_models.carbon import PROVINCIAL_RATES
from sink_models.equations import co2_from_c, consumption_of_stock, growth_of_stock
from sink_models.ledger.carbon_of_change import FORESTED, ipcc_categories
from sink_models.ledger.change_tables import ACCOUNT
from sink_models.results import Results
from sink_models.sampling import Sampling

GUIDELINE, IPCC = "provincial_guideline_2011", "ipcc_categories"
LUCF_COLUMNS = (
    *("book", "unit_code", "unit_name", "from_year", "to_year", "scheme", "line"),
    *("name_zh", "name_en"),
    *("activity", "activity_unit", "rate_percent", "area_ha", "not_estimated_ha"),
    *("t_c_yr", "t_co2_yr", "low", "high"),
    *("counts", "status", "source"),
)
"""``low`` and ``high`` in t CO2/yr; ``counts`` is ``yes`` for lines that add up to the total."""

LINE_NAMES: Mapping[str, tuple[str, str]] = {
    "arbor_growth": ("乔木林生长吸收", "arbor forest: growth"),
    "arbor_consumption": ("乔木林消耗排放", "arbor forest: consumption"),
    "arbor_unexplained": (
        "乔木林：生长率与消耗率未说明的储量变化",
        "arbor forest: change of stock that the rates do not explain",
    ),
    "arbor_net": ("乔木林净变化（储量差）", "arbor forest: net change of stock"),
    "bamboo": ("竹林", "bamboo"),
    "economic_forest": ("经济林（园地）", "economic forest (orchards)"),
    "shrub": ("灌木林", "shrub"),
    "other_trees": ("疏林、未成林与散生四旁树", "open and young stands, scattered trees"),
    "mapped_tree_cover": ("调查范围外的遥感林地", "mapped tree cover outside the survey"),
    "mangrove": ("红树林（含土壤埋藏）", "mangrove (with burial)"),
    "no_forest": ("非林地植被与滨海埋藏", "no forest: fields, grass, wetland, burial of coasts"),
    "forest_conversion": (
        "其中：林地转化的活生物量损失",
        "of which: living biomass lost by forest conversion",
    ),
    "forest_land": ("林地", "Forest Land"),
    "cropland": ("农地", "Cropland"),
    "grassland": ("草地", "Grassland"),
    "wetlands": ("湿地", "Wetlands"),
    "settlements": ("建设用地", "Settlements"),
    "other_land": ("其他土地", "Other Land"),
    "mineral_soils": (
        "矿质土壤变化（另列，不计入合计）",
        "mineral soils (beside, not in the total)",
    ),
    "total": ("合计（即年碳汇量）", "total, which is the carbon sink"),
}
"""Names of the lines in Chinese and English."""

NOT_ESTIMATED_AREA = "biomass_not_estimated_area"
COMPUTED, RATES_NOT_KNOWN, NOT_ESTIMATED = "computed", "rates_not_known", "not_estimated"
FOREST_LINES: Mapping[str, tuple[str, ...]] = {
    "bamboo": ("forest_bamboo",),
    "economic_forest": ("orchard",),
    "shrub": ("shrub",),
    "other_trees": ("open_forest", "young_forest", "scattered_trees"),
    "mapped_tree_cover": ("forest",),
    "mangrove": ("mangrove",),
}
"""Lines of woody land beside arbor stands, by ecosystem type."""


def lucf_table(
    results: Results, transitions: pd.DataFrame, names: Mapping[str, str], sampling: Sampling
) -> pd.DataFrame:
    """Both tables of every span and unit, central values with the intervals of the results."""
    rows = [
        {
            **line, "book": ACCOUNT, "unit_code": unit, "unit_name": names.get(unit, ""),
            "from_year": start, "to_year": end,
        }
        for start, end in pairwise(results.epochs)
        for unit in (*results.units, results.whole_code)
        if np.isfinite(_sink(results, "carbon_sink", end, unit))
        for line in _lines(results, transitions, start, end, unit, sampling)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(LUCF_COLUMNS))


def _lines(
    results: Results,
    transitions: pd.DataFrame,
    start: int,
    end: int,
    unit: str,
    sampling: Sampling,
) -> Iterator[dict[str, object]]:
    types = _by_type(results, "carbon_sink", end, unit)
    ground = _Ground.of(results, transitions, start, end, unit)
    stands = ground.among(("forest_arbor",))
    yield from _arbor(results, start, unit, types.get("forest_arbor", 0.0), stands)
    parts = functools.partial(_of_types, results, ground, types, end, unit, sampling)
    for line, kinds in FOREST_LINES.items():
        yield parts(GUIDELINE, line, kinds)
    woody = {"forest_arbor", *(kind for kinds in FOREST_LINES.values() for kind in kinds)}
    rest = tuple(sorted({*types, *ground.area_ha, *ground.not_estimated_ha} - woody))
    yield parts(GUIDELINE, "no_forest", rest)
    yield _conversion(transitions, start, end, unit)
    yield _line(GUIDELINE, "total", sum(types.values()), counts="", ground=ground.whole)
    categories: dict[str, list[str]] = {each: [] for each in ipcc_categories().values()}
    for kind in (*rest, *sorted(woody)):
        categories[ipcc_categories().get(kind, FORESTED)].append(kind)
    for category, kinds_of in categories.items():
        yield parts(IPCC, category, tuple(sorted(kinds_of)))
    soils = _sink(results, "mineral_soil_change", end, unit)
    status = COMPUTED if np.isfinite(soils) else NOT_ESTIMATED
    yield _line(IPCC, "mineral_soils", soils, counts="", status=status)
    yield _line(IPCC, "total", sum(types.values()), counts="", ground=ground.whole)


def _by_type(results: Results, key: str, epoch: int, unit: str) -> dict[str, float]:
    prefix = f"{key}.type."
    return {
        name.removeprefix(prefix): value.value
        for (name, year, code), value in results.values.items()
        if year == epoch and code == unit and name.startswith(prefix)
    }


@dataclass(frozen=True)
class _Ground:
    """Hectares of a unit by type at the end of a span, and those without an estimate."""

    area_ha: Mapping[str, float]
    not_estimated_ha: Mapping[str, float]

    @classmethod
    def of(
        cls, results: Results, transitions: pd.DataFrame, start: int, end: int, unit: str
    ) -> _Ground:
        own = transitions[
            (transitions["unit_code"] == unit)
            & (transitions["from_year"] == start)
            & (transitions["to_year"] == end)
            & (transitions["to_type"] != "")
        ]
        area = own.groupby("to_type")["area_ha"].sum()
        lacking = _by_type(results, NOT_ESTIMATED_AREA, end, unit)
        return cls({str(kind): float(each) for kind, each in area.items()}, lacking)

    def among(self, kinds: Collection[str]) -> tuple[float, float]:
        """Hectares of some types, and those without an estimate; NaN where nothing is known."""
        area, lacking = (
            sum(each for kind, each in known.items() if kind in kinds) if known else np.nan
            for known in (self.area_ha, self.not_estimated_ha)
        )
        return float(area), float(np.nan_to_num(lacking))

    @property
    def whole(self) -> tuple[float, float]:
        return self.among({*self.area_ha, *self.not_estimated_ha})


def _arbor(
    results: Results, start: int, unit: str, net_t_co2: float, ground: tuple[float, float]
) -> Iterator[dict[str, object]]:
    """Growth, consumption and what they leave of the change of arbor stands' living carbon.

    The hectares stand on the last of these lines, so that each hectare counts once.
    """
    stock, carbon = results.arbor_stock.get((start, unit), (0.0, 0.0))
    rates = _rates(results)
    if rates is None or not stock:
        for name in ("arbor_growth", "arbor_consumption"):
            status = RATES_NOT_KNOWN if stock else NOT_ESTIMATED
            yield _line(GUIDELINE, name, np.nan, status=status, activity=stock, unit="m3")
        yield _line(GUIDELINE, "arbor_net", net_t_co2, ground=ground)
        return
    explained = 0.0
    for name, equation, symbol, sign in (
        ("arbor_growth", growth_of_stock, "GR", 1.0),
        ("arbor_consumption", consumption_of_stock, "CR", -1.0),
    ):
        central, low, high, source = rates[symbol]
        slope = {"V": stock, "c_V": carbon / stock}
        moved = [equation.of(**slope, **{symbol: each}) for each in (central, low, high)]
        amounts = [sign * float(co2_from_c(np.asarray(each))) for each in moved]
        explained += amounts[0]
        yield _line(
            GUIDELINE, name, amounts[0], activity=stock, unit="m3", rate=central,
            bounds=(min(amounts[1:]), max(amounts[1:])), source=source,
        )  # fmt: skip
    yield _line(GUIDELINE, "arbor_unexplained", net_t_co2 - explained, ground=ground)


def _rates(results: Results) -> dict[str, tuple[float, float, float, str]] | None:
    """Growth and consumption in percent: central, least, most and source; None without both.

    The analyst's own have no range.
    """
    flows = results.options.flows
    if flows is not None:
        given = flows.growth_percent, flows.consumption_percent
        if given[0] is None or given[1] is None:
            return None
        return {
            symbol: (each, each, each, flows.source)
            for symbol, each in zip(("GR", "CR"), given, strict=True)
            if each is not None
        }
    keys = PROVINCIAL_RATES.get(results.options.region[:2], ())
    found: dict[str, tuple[float, float, float, str]] = {}
    for symbol, key in zip(("GR", "CR"), keys, strict=False):
        stem = key.rpartition("_")[0]
        years = [row.value for row in results.store if row.key.rpartition("_")[0] == stem]
        row = results.store[key]
        found[symbol] = row.value, min(years), max(years), row.cited
    return found or None


def _of_types(
    results: Results,
    ground: _Ground,
    types: Mapping[str, float],
    end: int,
    unit: str,
    sampling: Sampling,
    scheme: str,
    line: str,
    kinds: tuple[str, ...],
) -> dict[str, object]:
    """The sink of some types; an interval where one type alone makes the line."""
    held = [kind for kind in kinds if kind in types]
    amount = sum(types[kind] for kind in held) if held else np.nan
    bounds = (np.nan, np.nan)
    if len(held) == 1:
        bounds = results.values[f"carbon_sink.type.{held[0]}", end, unit].bounds(sampling)
    status = COMPUTED if held else NOT_ESTIMATED
    return _line(
        scheme, line, amount, bounds=bounds, status=status, source=", ".join(held),
        ground=ground.among(kinds),
    )  # fmt: skip


def _conversion(transitions: pd.DataFrame, start: int, end: int, unit: str) -> dict[str, object]:
    """Living carbon lost where forest land became another category: part of the lines above."""
    own = transitions[
        (transitions["unit_code"] == unit)
        & (transitions["from_year"] == start)
        & (transitions["to_year"] == end)
        & (transitions["ipcc_from"] == FORESTED)
        & (transitions["ipcc_to"] != FORESTED)
        & (transitions["ipcc_to"] != "")
    ]
    pools = ["above_ground_realised_t_c", "below_ground_realised_t_c"]
    lost = own[pools].to_numpy(dtype=float)
    per_year = float(np.nansum(lost)) / (end - start) if np.isfinite(lost).any() else np.nan
    amount = float(co2_from_c(np.array(per_year)))
    status = COMPUTED if np.isfinite(per_year) else NOT_ESTIMATED
    area = float(own["area_ha"].sum())
    return _line(
        GUIDELINE, "forest_conversion", amount, counts="", status=status, activity=area, unit="ha"
    )


def _line(
    scheme: str,
    line: str,
    t_co2: float,
    *,
    counts: str = "yes",
    status: str = COMPUTED,
    activity: float = np.nan,
    unit: str = "",
    rate: float = np.nan,
    bounds: tuple[float, float] = (np.nan, np.nan),
    source: str = "",
    ground: tuple[float, float] = (np.nan, np.nan),
) -> dict[str, object]:
    name_zh, name_en = LINE_NAMES[line]
    return {
        "scheme": scheme, "line": line, "name_zh": name_zh, "name_en": name_en,
        "activity": activity, "activity_unit": unit,
        "rate_percent": rate, "area_ha": ground[0], "not_estimated_ha": ground[1],
        "t_c_yr": t_co2 / float(co2_from_c(np.array(1.0))),
        "t_co2_yr": t_co2, "low": bounds[0], "high": bounds[1],
        "counts": counts if np.isfinite(t_co2) else "", "status": status, "source": source,
    }  # fmt: skip


def _sink(results: Results, key: str, epoch: int, unit: str) -> float:
    found = results.values.get((key, epoch, unit))
    return float("nan") if found is None else found.value
