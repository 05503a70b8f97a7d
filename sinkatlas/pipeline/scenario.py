"""Scenarios of a workspace: the last epoch carried forward, beside the targets of the plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gis.extent import CLASSIFIED, PolygonCover, Units
from gis.measure import polygon_areas_ha
from gis.problems import ProblemLog
from layers.codes import ecosystem_types
from layers.declarations import Layer
from plans.judging import Verdict
from sink_models.account import HOME, EpochData, read_account
from sink_models.carbon import LIVING, carbon_account
from sink_models.ledger import (
    BASELINE,
    DIFFERENCE_COLUMNS,
    EXPLORATORY_AFTER,
    PATH_COLUMNS,
    SHORTFALL_COLUMNS,
    TARGET_COLUMNS,
    GrowthRule,
    Path,
    Programme,
    Scenario,
    Start,
    Yearly,
    YieldCurve,
    difference_rows,
    ipcc_categories,
    path_rows,
    probability_of,
    project,
    sums_by_group,
)
from sink_models.results import Results
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.workspace import ScenarioTable, Workspace, text_of

IN_REDLINE = "@redline"
"""Ending of open land inside the ecological red line: programmes do not plant there."""

GROUP = ["unit_code", "kind", "species_group", "age_group"]
DENSEST = 0.95
"""Quantile of stands, by area, whose density caps growth that is read off two epochs."""

ANCHORS = {"forest_area": "forest_ha", "forest_cover_rate": "forest_ha",
           "forest_stock_volume": "volume_m3"}  # fmt: skip
"""Indicators whose targets a path can be held against, and what of the path moves them."""

PROGRAMME_COLUMNS = ("year", "unit", "type", "hectares", "survival", "takes")


@dataclass(frozen=True)
class Scenarios:
    """Tables of all scenarios of a run, and their paths for the picture."""

    paths: tuple[Path, ...]
    tables: Mapping[str, pd.DataFrame]


def scenarios_of(
    space: Workspace,
    units: Units,
    layers: Sequence[Layer],
    data: Sequence[EpochData],
    results: Results,
    judged: Sequence[Verdict],
    book: DrawBook,
    growth: Mapping[str, GrowthRule],
) -> Scenarios | None:
    """Carry every scenario of a workspace forward; None where it asks for none.

    Raises ``InputError`` with everything that is wrong with the scenarios.
    """
    asked = space.table.scenario
    if not asked:
        return None
    start = start_of(data[-1], units.codes, book)
    rules = {**growth_between(data, layers, units.codes, book), **growth}
    per_m3 = _carbon_per_m3(start)
    log = ProblemLog()
    plans = [_scenario(each, space, units, start, rules, per_m3, log) for each in asked]
    log.raise_if_errors()
    last = data[-1].year
    first = replace(plans[0], name=BASELINE, programmes=())
    paths = [project(start, each, rules, units.codes, last) for each in (first, *plans)]
    codes = (*units.codes, units.whole_code)
    names = {
        **dict(zip(units.codes, units.features["unit_name"], strict=True)),
        units.whole_code: units.whole_name,
    }
    sampling = book.sampling
    tables = {
        "scenario_paths": _joined(
            [path_rows(each, names, codes, sampling) for each in paths], PATH_COLUMNS
        ),
        "scenario_differences": _joined(
            [difference_rows(each, paths[0], names, codes, sampling) for each in paths[1:]],
            DIFFERENCE_COLUMNS,
        ),
        "scenario_targets": _targets(paths, judged, results, units, sampling, last),
        "scenario_shortfall": _joined(
            [
                each.shortfall.assign(
                    book="account", unit_name=each.shortfall["unit_code"].map(names)
                )
                for each in paths
            ],
            SHORTFALL_COLUMNS,
        ),
    }
    return Scenarios(tuple(paths), tables)


def _joined(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [each for each in parts if len(each)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(filled, ignore_index=True)[list(columns)]


def start_of(data: EpochData, units: Sequence[str], book: DrawBook) -> Start:
    """What stands at an epoch: ground by unit, type, species and age, with living carbon."""
    rows = data.rows[(data.rows["status"] == CLASSIFIED) & data.rows["unit_code"].isin(units)]
    kind = rows["ecosystem_type"].astype(str)
    if "in_redline" in rows:
        woody = kind.map(ipcc_categories()) == "forest_land"
        kind = kind.where(woody | ~rows["in_redline"].astype(bool), kind + IN_REDLINE)
    empty = {name: "" for name in ("species_group", "age_group") if name not in rows}
    keyed = rows.assign(kind=kind, **empty)
    groups = keyed.groupby(GROUP, sort=True)
    number = groups.ngroup().to_numpy()
    table = groups["area_ha"].sum().reset_index()
    names = [str(at) for at in range(len(table))]
    own = rows.assign(**{HOME: rows["unit_code"]}, unit_code=np.array(names, dtype=object)[number])
    account = carbon_account(read_account(replace(data, rows=own, matrices={}), names, book))
    living = sums_by_group(account.stocks.where(lambda cell: cell[1] in LIVING))
    stock = keyed.get("growing_stock_m3", pd.Series(np.nan, keyed.index))
    volume = stock.groupby(number).sum(min_count=1).reindex(range(len(table)))
    return Start(table[["unit_code", "kind", "area_ha"]], living, volume.to_numpy(dtype=float))


def _carbon_per_m3(start: Start) -> float:
    """Living carbon of a cubic metre of growing stock of all measured stands; NaN without."""
    own = np.isfinite(start.volume_m3) & (start.volume_m3 > 0)
    volume = float(start.volume_m3[own].sum())
    return float(start.living[0, own].sum()) / volume if volume > 0 else float("nan")


def growth_between(
    data: Sequence[EpochData], layers: Sequence[Layer], units: Sequence[str], book: DrawBook
) -> dict[str, GrowthRule]:
    """Growth of measured stands between the first and the last epoch, with its cap.

    The cap is what the densest twentieth of today's stands holds: nothing that was measured says
    that stands rise beyond it.
    """
    if len(data) < 2:
        return {}
    first, last = (_measured(start_of(each, units, book)) for each in (data[0], data[-1]))
    years = data[-1].year - data[0].year
    found = {}
    for kind in sorted(set(first) & set(last)):
        rate = (last[kind].density - first[kind].density) / years
        cap = _densest(layers, kind) * last[kind].per_m3
        if not rate[0] > 0 or not np.isfinite(cap).all():
            continue
        source = f"measured stands {data[0].year}-{data[-1].year}, cap: densest 5 %"
        curve = YieldCurve("capped", {"rate": np.maximum(rate, 1e-9), "cap": cap}, source=source)
        found[kind] = GrowthRule(kind, curve, source)
    return found


@dataclass(frozen=True)
class _Measured:
    """Measured stands of a type: t C/ha and t C/m3, over the draws."""

    density: Array
    per_m3: Array


def _measured(start: Start) -> dict[str, _Measured]:
    kinds = start.rows["kind"].to_numpy()
    area = start.rows["area_ha"].to_numpy(dtype=float)
    found = {}
    for kind in set(kinds):
        own = (kinds == kind) & np.isfinite(start.volume_m3) & (start.volume_m3 > 0)
        if own.any():
            living = start.living[:, own].sum(axis=1)
            volume = start.volume_m3[own].sum()
            found[str(kind)] = _Measured(living / area[own].sum(), living / volume)
    return found


def _densest(layers: Sequence[Layer], kind: str) -> float:
    """Growing stock per hectare that 95 % of the ground of a type does not exceed, m3/ha."""
    densities, areas = [], []
    for layer in layers:
        cover = layer.data
        if not isinstance(cover, PolygonCover) or "growing_stock_m3" not in cover.features:
            continue
        own = cover.features[cover.features["ecosystem_type"] == kind]
        stock = own["growing_stock_m3"].to_numpy(dtype=float)
        hectares = polygon_areas_ha(own)
        known = np.isfinite(stock) & (hectares > 0)
        densities.append(stock[known] / hectares[known])
        areas.append(hectares[known])
    if not densities or not sum(map(len, densities)):
        return float("nan")
    density, area = np.concatenate(densities), np.concatenate(areas)
    order = np.argsort(density)
    share = np.cumsum(area[order]) / area.sum()
    return float(density[order][np.searchsorted(share, DENSEST)])


def _scenario(
    table: ScenarioTable,
    space: Workspace,
    units: Units,
    start: Start,
    rules: Mapping[str, GrowthRule],
    per_m3: float,
    log: ProblemLog,
) -> Scenario:
    where = f"scenario: {table.name}"
    programmes = [*_inline(table), *_from_file(table, space, log)]
    _check_programmes(programmes, where, units, rules, log)
    for unit in (*(each.unit for each in table.harvest), *(e.unit for e in table.land_take)):
        _check_unit(unit, where, units, log)
    if table.harvest and not np.isfinite(per_m3):
        log.add("sinkatlas.scenario_harvest", where)
    if table.name == BASELINE:
        log.add("sinkatlas.scenario_name", where)
    return Scenario(
        table.name,
        table.until,
        tuple(_spread(programmes, units, start)),
        tuple(
            Yearly(unit, each.from_year, each.to_year, part * per_m3)
            for each in table.harvest
            for unit, part in _shared(each.unit, each.m3_yr, units, start, None)
        ),
        tuple(
            Yearly(unit, each.from_year, each.to_year, part, tuple(each.takes))
            for each in table.land_take
            for unit, part in _shared(each.unit, each.hectares_yr, units, start, each.takes or None)
        ),
        table.disturbed_percent_yr / 100.0,
        table.cover_lag_years,
        table.products_share,
    )


def _inline(table: ScenarioTable) -> Iterator[Programme]:
    for each in table.programme:
        for year in range(each.from_year, each.to_year + 1):
            yield Programme(
                each.unit, year, each.type, each.hectares_yr, tuple(each.takes), each.survival
            )


def _from_file(table: ScenarioTable, space: Workspace, log: ProblemLog) -> Iterator[Programme]:
    """Programmes of a CSV; every row that cannot be is named with file, row and field."""
    if table.table is None:
        return
    file = space.resolve(table.table)
    reader = csv.DictReader(io.StringIO(text_of(file)))
    missing = {"year", "unit", "type", "hectares"} - set(reader.fieldnames or ())
    if missing:
        needed = ", ".join(PROGRAMME_COLUMNS)
        log.add("sinkatlas.programme_columns", file.name, missing=", ".join(sorted(missing)),
                columns=needed)  # fmt: skip
        return
    for number, row in enumerate(reader, start=2):
        figures = {
            name: pd.to_numeric(row.get(name) or default, errors="coerce")
            for name, default in (("year", ""), ("hectares", ""), ("survival", "1"))
        }
        limits = {"year": (1900, 2100), "hectares": (0, 1e7), "survival": (0, 1)}
        bad = [name for name, value in figures.items()
               if not limits[name][0] <= value <= limits[name][1]]  # fmt: skip
        for name in bad:
            least, most = limits[name]
            given = str(row.get(name))[:20]
            log.add(
                "sinkatlas.programme_number", f"{file.name}: {number}", field=name, given=given,
                least=least, most=most,
            )  # fmt: skip
        if not bad:
            takes = tuple((row.get("takes") or "").split()) or tuple(DEFAULT_TAKES)
            yield Programme(
                str(row["unit"]), int(figures["year"]), str(row["type"]),
                float(figures["hectares"]), takes, float(figures["survival"]),
            )  # fmt: skip


DEFAULT_TAKES = ("bare", "grass", "open_forest")
"""Types that programmes plant unless they say otherwise; never inside the red line."""


def _check_programmes(
    programmes: Sequence[Programme],
    where: str,
    units: Units,
    rules: Mapping[str, GrowthRule],
    log: ProblemLog,
) -> None:
    known = set(map(str, ecosystem_types().index))
    for unit in dict.fromkeys(each.unit for each in programmes):
        _check_unit(unit, where, units, log)
    for kind in dict.fromkeys(each.kind for each in programmes):
        if kind not in known:
            log.add("sinkatlas.scenario_type", where, type=kind[:40])
        elif kind not in rules:
            log.add("sinkatlas.scenario_growth", where, type=kind)
    for kind in dict.fromkeys(kind for each in programmes for kind in each.takes):
        if kind not in known:
            log.add("sinkatlas.scenario_type", where, type=kind[:40])


def _check_unit(unit: str, where: str, units: Units, log: ProblemLog) -> None:
    allowed = (*units.codes, units.whole_code)
    if unit not in allowed:
        log.add("sinkatlas.scenario_unit", where, unit=unit[:40], allowed=", ".join(allowed))


def _spread(programmes: Sequence[Programme], units: Units, start: Start) -> Iterator[Programme]:
    """Programmes by unit: those of the whole are shared out by the land they may take."""
    for each in programmes:
        for unit, part in _shared(each.unit, each.hectares, units, start, list(each.takes)):
            yield replace(each, unit=unit, hectares=part)


def _shared(
    unit: str, amount: float, units: Units, start: Start, kinds: Sequence[str] | None
) -> list[tuple[str, float]]:
    """An amount of the whole by unit, in proportion to ground of some types, or to what stands."""
    if unit != units.whole_code:
        return [(unit, amount)]
    rows = start.rows
    weight = (
        start.living[0] if kinds is None else rows["area_ha"].where(rows["kind"].isin(kinds), 0)
    )
    sums = pd.Series(np.asarray(weight, dtype=float)).groupby(rows["unit_code"].to_numpy()).sum()
    total = float(sums.sum())
    if total <= 0:
        return [(units.codes[0], amount)]
    return [(str(code), amount * float(part) / total) for code, part in sums.items() if part > 0]


def _targets(
    paths: Sequence[Path],
    judged: Sequence[Verdict],
    results: Results,
    units: Units,
    sampling: Sampling,
    last: int,
) -> pd.DataFrame:
    """When each path meets the plan's floors for the whole, and with what probability."""
    rows = []
    for verdict in judged:
        target = verdict.target
        whole = results.values.get((target.indicator, last, units.whole_code))
        if target.comparator != ">=" or target.value is None or target.year is None:
            continue
        if target.indicator not in ANCHORS or whole is None or not whole.is_known:
            continue
        if target.scope not in ("", units.whole_code) or target.kind != "state":
            continue
        for path in paths:
            values = _anchored(path, target.indicator, whole.sampled, whole.denominator)
            central = values[:, 0]
            met = np.flatnonzero(central >= target.value)
            year = (last + int(met[0])) if met.size else "never"
            at = target.year - last
            there = values[at] if 0 <= at < len(values) else None
            rows.append(
                (
                    *("account", path.scenario.name, verdict.plan_id, target.clause),
                    *(target.indicator, target.year, target.value, target.unit, year),
                    *((there[0], *sampling.bounds(there), probability_of(there, target.value))
                      if there is not None else (np.nan,) * 4),
                    "exploratory" if target.year > EXPLORATORY_AFTER else "projection",
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TARGET_COLUMNS))


def _anchored(path: Path, indicator: str, value: Array, denominator: float | None) -> Array:
    """The indicator of the whole by year, (years + 1, d): its last value, moved as the path is."""
    moved = getattr(path, ANCHORS[indicator])[:, :, -1]
    change = moved - moved[:1]
    if indicator == "forest_cover_rate":
        change = change / (denominator or np.nan) * 100.0
    return np.asarray(value[None, :] + change)
