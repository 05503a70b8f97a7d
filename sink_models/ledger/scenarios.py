"""Scenarios: the ledger run forward under programmes of works, harvest, land take, disturbance.

Living biomass alone is carried forward: other pools rest on static densities and would turn every
hectare planted into a sudden stock. Stands start on their curve where it holds what they hold, and
end with it. A type whose growth nobody states keeps its stock and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sink_models.ecosystem_types import FOREST_TYPES
from sink_models.equations import co2_from_c
from sink_models.ledger.carbon_of_change import FORESTED, ipcc_categories
from sink_models.ledger.cohort_rows import NO_CURVE, Cohorts, by_unit, cohorts
from sink_models.ledger.growth import OLDEST, GrowthRule, in_one_pool
from sink_models.ledger.pools import Transfers, everything_to
from sink_models.ledger.yearly import Event, History, NewLand, run
from sink_models.sampling import Array, Sampling

BASELINE = "baseline"
"""The scenario without programmes: the same harvest, land take and disturbance."""

EXPLORATORY_AFTER = 2035
"""Year after which a path is exploratory: no inventory has ever tested curves that far."""

POOL = "living"


@dataclass(frozen=True)
class Programme:
    """Works of a year in a unit: hectares of ``takes`` that become ``kind``.

    ``survival`` is the share of a full stand that is left of what was planted.
    """

    unit: str
    year: int
    kind: str
    hectares: float
    takes: tuple[str, ...]
    survival: float = 1.0


@dataclass(frozen=True)
class Yearly:
    """Something that happens every year from ``first`` to ``last`` in a unit.

    Harvest in t C of living biomass, oldest stands first; land take in hectares of ``takes``.
    """

    unit: str
    first: int
    last: int
    amount: float
    takes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """What is planned. ``disturbed_share`` of all stands is replaced every year, such as by fire.

    ``cover_lag`` is the age at which planted forest counts as forest (crown density 0.2).
    ``products_share`` of what is harvested stays in wood products, the rest is emitted at once.
    """

    name: str
    until: int
    programmes: tuple[Programme, ...] = ()
    harvests: tuple[Yearly, ...] = ()
    land_takes: tuple[Yearly, ...] = ()
    disturbed_share: float = 0.0
    cover_lag: int = 5
    products_share: float = 0.0


@dataclass(frozen=True)
class Start:
    """Ground of the last epoch: rows with ``unit_code``, ``kind``, ``area_ha``.

    ``living`` (1 or 1 + draws, rows) in t C, ``volume_m3`` (rows,) of measured stands.
    """

    rows: pd.DataFrame
    living: Array
    volume_m3: Array


@dataclass(frozen=True)
class Path:
    """A scenario carried forward: years and units last axes, the whole as the last unit.

    ``stock`` and ``forest_ha`` and ``volume_m3`` (years + 1, d, units + 1); ``gain`` and ``loss``
    (years, d, units + 1), t C/yr. ``shortfall`` is what of the programmes found no land.
    """

    scenario: Scenario
    years: tuple[int, ...]
    stock: Array
    gain: Array
    loss: Array
    forest_ha: Array
    volume_m3: Array
    shortfall: pd.DataFrame
    without_growth: tuple[str, ...] = field(default=())

    @property
    def sink_t_co2(self) -> Array:
        """Yearly sink, (years, d, units + 1): positive = taken up by land."""
        return np.asarray(co2_from_c(np.diff(self.stock, axis=0)))


def project(
    start: Start,
    scenario: Scenario,
    growth: Mapping[str, GrowthRule],
    units: Sequence[str],
    first_year: int,
) -> Path:
    """Carry the last epoch forward under a scenario, from ``first_year`` + 1 on."""
    kinds = list(growth)
    place = {code: at for at, code in enumerate(units)}
    rows = _cohorts(start, growth, place)
    years = range(first_year + 1, scenario.until + 1)
    events = _events(scenario, growth, place, rows, years)
    per_c = _volume_per_carbon(start)
    history = run(
        rows,
        events,
        [in_one_pool(growth[kind].curve, POOL) for kind in kinds],
        units=len(units),
        years=years,
        watch=lambda each: _watched(each, scenario.cover_lag, per_c, len(units)),
    )
    forest, volume = history.watched[:, 0], history.watched[:, 1]
    idle = start.rows["kind"].isin([*kinds]).to_numpy()
    woody = start.rows["kind"].map(ipcc_categories()) == FORESTED
    lacking = start.rows.loc[~idle & woody.to_numpy() & (start.living[0] > 0), "kind"]
    return Path(
        scenario,
        tuple(years),
        _with_whole(history.stock[:, :, 0]),
        _with_whole(history.gains[:, :, 0]),
        _with_whole(history.losses[:, :, 0]),
        _with_whole(forest),
        _with_whole(volume),
        _shortfall(scenario, events, history, units),
        tuple(sorted(set(lacking))),
    )


def _with_whole(values: Array) -> Array:
    """Units on the last axis, and their sum behind them."""
    return np.concatenate([values, values.sum(axis=-1, keepdims=True)], axis=-1)


def _cohorts(start: Start, growth: Mapping[str, GrowthRule], place: Mapping[str, int]) -> Cohorts:
    """Stands at the age at which their curve holds what they hold; beyond its end they rest."""
    kinds = list(growth)
    own = start.rows["kind"].to_numpy()
    hectares = start.rows["area_ha"].to_numpy(dtype=float)
    held = np.divide(start.living[0], hectares, out=np.zeros_like(hectares), where=hectares > 0)
    curve, age = np.full(len(own), NO_CURVE), np.full(len(own), OLDEST)
    for number, kind in enumerate(kinds):
        at = np.flatnonzero(own == kind)
        curve[at], age[at] = number, growth[kind].age_at(held[at])
    return cohorts(
        (POOL,),
        unit=[place[code] for code in start.rows["unit_code"]],
        kind=start.rows["kind"].tolist(),
        area_ha=start.rows["area_ha"].tolist(),
        stock_t_c=start.living[:, None, :],
        curve=curve.tolist(),
        age=age.tolist(),
    )


def _events(
    scenario: Scenario,
    growth: Mapping[str, GrowthRule],
    place: Mapping[str, int],
    rows: Cohorts,
    years: Sequence[int],
) -> list[Event]:
    """Events of a scenario in the order of a year: planting, harvest, land take, disturbance."""
    kinds, units = list(growth), len(place)
    cleared = everything_to((POOL,), {POOL: "atmosphere"})
    stands = tuple(kinds)
    events = []
    groups: dict[tuple[int, str, tuple[str, ...], float], Array] = {}
    for each in scenario.programmes:
        key = each.year, each.kind, each.takes, each.survival
        groups.setdefault(key, np.zeros(units))[place[each.unit]] += each.hectares
    for (year, kind, takes, survival), amount in groups.items():
        land = NewLand(kind, kinds.index(kind) if kind in kinds else NO_CURVE, ratio=survival)
        events.append(Event(year, "planting", takes, amount, cleared, land))
    harvested = _felling(scenario.products_share)
    everything = tuple(sorted(set(map(str, rows.kind))))
    for year in years:
        cut = np.zeros(units)
        taken: dict[tuple[str, ...], Array] = {}
        for harvest in scenario.harvests:
            if harvest.first <= year <= harvest.last:
                cut[place[harvest.unit]] += harvest.amount
        if cut.any():
            events.append(
                Event(year, "harvest", stands, cut, harvested, NewLand(), of="carbon",
                      order="oldest", at="end")
            )  # fmt: skip
        for take in scenario.land_takes:
            if take.first <= year <= take.last:
                own = taken.setdefault(take.takes or everything, np.zeros(units))
                own[place[take.unit]] += take.amount
        events += [
            Event(year, "land_take", takes, amount, cleared, NewLand("built"), at="end")
            for takes, amount in taken.items()
        ]
        if scenario.disturbed_share > 0:
            share = np.full(units, scenario.disturbed_share)
            events.append(
                Event(year, "disturbance", stands, share, cleared, NewLand(), of="share", at="end")
            )
    return events


def _felling(products_share: float) -> Transfers:
    moves = {"products": products_share, "atmosphere": 1.0 - products_share}
    return Transfers.moving((POOL,), {POOL: moves})


def _volume_per_carbon(start: Start) -> dict[str, float]:
    """Growing stock per t C of living biomass by type, as the measured stands hold it, m3/t C."""
    kinds = start.rows["kind"].to_numpy()
    found = {}
    for kind in set(kinds):
        own = (kinds == kind) & np.isfinite(start.volume_m3) & (start.volume_m3 > 0)
        carbon = float(start.living[0, own].sum())
        if carbon > 0:
            found[str(kind)] = float(start.volume_m3[own].sum()) / carbon
    return found


def _watched(rows: Cohorts, lag: int, per_c: Mapping[str, float], units: int) -> Array:
    """Forest area and growing stock by unit, (2, d, units)."""
    kinds = rows.kind
    is_forest = np.isin(kinds.astype(str), sorted(FOREST_TYPES))
    is_cover = is_forest & ((rows.cause != "planting") | (rows.age >= lag))
    area = by_unit(np.where(is_cover, rows.area_ha, 0.0), rows.unit, units)
    factor = np.array([per_c.get(str(kind), 0.0) for kind in kinds])
    volume = by_unit(rows.stock[:, 0] * factor, rows.unit, units)
    return np.stack(np.broadcast_arrays(area[None, :], volume))


def _shortfall(
    scenario: Scenario, events: Sequence[Event], history: History, units: Sequence[str]
) -> pd.DataFrame:
    """Programmes that found less land than they ask for: a result, not an error."""
    rows = []
    for number, event in enumerate(events):
        if event.cause != "planting" or event.becomes is None:
            continue
        lacking = event.amount - history.placed_ha[number]
        for at in map(int, np.flatnonzero(lacking > 1e-9 * np.maximum(event.amount, 1.0))):
            asked, placed = float(event.amount[at]), float(history.placed_ha[number, at])
            rows.append((scenario.name, units[at], event.year, event.becomes.kind, asked, placed))
    columns = ["scenario", "unit_code", "year", "type", "asked_ha", "placed_ha"]
    return pd.DataFrame(rows, columns=columns).assign(
        not_placed_ha=lambda table: table["asked_ha"] - table["placed_ha"]
    )


def probability_of(values: Array, target: float, comparator: str = ">=") -> float:
    """Share of the draws (from the second on) that meet a floor or a ceiling; of one value, 0 or 1.

    >>> probability_of(np.array([5.0, 4.0, 6.0]), 4.5)
    0.5
    """
    drawn = values[1:] if values.size > 1 else values
    met = drawn >= target if comparator == ">=" else drawn <= target
    return float(met.mean())


def path_rows(
    path: Path, names: Mapping[str, str], codes: Sequence[str], sampling: Sampling
) -> pd.DataFrame:
    """The rows of ``scenario_paths.csv`` of a scenario: stock, gain, loss and sink by year."""
    rows = []
    for unit, code in enumerate(codes):
        for at, year in enumerate(path.years):
            stock = path.stock[at + 1, :, unit]
            sink = path.sink_t_co2[at, :, unit]
            rows.append(
                (
                    *("account", path.scenario.name, code, names.get(code, ""), year, POOL),
                    *(stock[0], *sampling.bounds(stock)),
                    *(path.gain[at, 0, unit], path.loss[at, 0, unit]),
                    *(sink[0], *sampling.bounds(sink)),
                    *(path.forest_ha[at + 1, 0, unit], path.volume_m3[at + 1, 0, unit]),
                    "exploratory" if year > EXPLORATORY_AFTER else "projection",
                    "; ".join(path.without_growth),
                )
            )
    return pd.DataFrame(rows, columns=list(PATH_COLUMNS))


def difference_rows(
    path: Path,
    other: Path,
    names: Mapping[str, str],
    codes: Sequence[str],
    sampling: Sampling,
) -> pd.DataFrame:
    """The rows of ``scenario_differences.csv``: a scenario less another, draw by draw."""
    rows = []
    for unit, code in enumerate(codes):
        for at, year in enumerate(path.years):
            stock = path.stock[at + 1, :, unit] - other.stock[at + 1, :, unit]
            sink = path.sink_t_co2[at, :, unit] - other.sink_t_co2[at, :, unit]
            rows.append(
                (
                    *("effect", path.scenario.name, other.scenario.name),
                    *(code, names.get(code, ""), year),
                    *(stock[0], *sampling.bounds(stock), sink[0], *sampling.bounds(sink)),
                    probability_of(stock, 0.0),
                )
            )
    return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))


PATH_COLUMNS = (
    *("book", "scenario", "unit_code", "unit_name", "year", "pool"),
    *("stock_t_c", "stock_low", "stock_high", "gain_t_c_yr", "loss_t_c_yr"),
    *("sink_t_co2_yr", "sink_low", "sink_high", "forest_ha", "growing_stock_m3"),
    *("label", "types_without_growth"),
)
DIFFERENCE_COLUMNS = (
    *("book", "scenario", "against", "unit_code", "unit_name", "year"),
    *("stock_t_c", "stock_low", "stock_high", "sink_t_co2_yr", "sink_low", "sink_high"),
    "probability_more",
)
TARGET_COLUMNS = (
    *("book", "scenario", "plan", "clause", "indicator", "year", "target", "unit"),
    *("first_year", "value_in_year", "low", "high", "probability_in_year", "label"),
)
SHORTFALL_COLUMNS = (
    *("book", "scenario", "unit_code", "unit_name", "year", "type"),
    *("asked_ha", "placed_ha", "not_placed_ha"),
)
