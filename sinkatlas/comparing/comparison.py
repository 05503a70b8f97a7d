"""Two workspaces compared: every changed figure explained by what was exchanged between them.

What differs is grouped into data, coefficients, boundaries and method. Every mix of the two is run
again, and each group's part of a difference is its Shapley value: the parts add up exactly and no
order of exchange is preferred. What only one run has is scope, and no exchange explains it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gis.problems import InputError, Problem, problem
from gis.progress import Progress, silent
from sink_models.ledger import shapley_contributions
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Array, Sampling
from sinkatlas.pipeline import figures_of, is_rule_file
from sinkatlas.publish import sha256_of
from sinkatlas.workspace import Workspace, load_workspace

FACTORS = ("data", "coefficients", "boundaries", "method")
"""What can be exchanged between two runs, in the order of the columns."""

METHOD_KEYS = ("wetland_scope", "forest_definition")
"""Settings of ``[workspace]`` that choose a method; the others only name, draw or print."""

COEFFICIENT_KEYS = ("coefficients", "accepted", "climate_zone", "soil_class", "pools")
"""Keys of ``[carbon]`` that say which numbers are used; the others choose a method."""

EXPLAINED, SCOPE, DEFINITION, GROUPED = "explained", "scope", "definition_differs", "grouped"
"""Status of a row: parts by factor; one run only; unlike definitions; parts of a group at once."""

COLUMNS = (
    *("book", "indicator", "epoch", "unit_code", "unit_name", "unit", "before", "after"),
    *("difference", "low", "high", *FACTORS, "status"),
)
ROUNDING = 1e-9
"""Share of a figure below which a difference is none."""


@dataclass(frozen=True)
class Comparison:
    """Differences between two workspaces: ``table`` has the columns of ``compare.csv``.

    ``changed`` are the factors that differ; ``notes`` tell which mixes could not be run.
    """

    table: pd.DataFrame
    changed: tuple[str, ...]
    notes: tuple[Problem, ...]


def compare(first: str | Path, second: str | Path, *, progress: Progress = silent) -> Comparison:
    """Explain how the figures of one workspace became those of another.

    Raises ``InputError`` when either cannot be run as it is.
    """
    spaces = [_absolute(load_workspace(each)) for each in (first, second)]
    spaces[1] = _with_sampling(spaces[1], spaces[0])
    changed = tuple(each for each in FACTORS if _part(spaces[0], each) != _part(spaces[1], each))
    mixes, notes = _mixes(spaces[0], spaces[1], changed, progress)
    grouped = bool(notes)
    factors = changed if not grouped else ("+".join(changed),)
    if grouped:
        ends = {frozenset(): mixes[frozenset()], frozenset(factors): mixes[frozenset(changed)]}
        mixes = ends
    sampling = Sampling(
        spaces[0].table.workspace.seed, spaces[0].table.workspace.draws,
        spaces[0].table.workspace.interval_percent,
    )  # fmt: skip
    table = _table(mixes, factors, changed, sampling)
    return Comparison(table, changed, tuple(notes))


def _absolute(space: Workspace) -> Workspace:
    """The workspace with all its paths counted from the root, so that tables can be exchanged."""

    def path(text: str | None) -> str | None:
        return str(space.resolve(text)) if text else text

    table = space.table
    epochs = [
        each.model_copy(update={"layers": [_layer(space, layer) for layer in each.layers]})
        for each in table.epochs
    ]
    units = table.units.model_copy(
        update={"path": path(table.units.path),
                "paths": [str(space.resolve(each)) for each in table.units.paths]}
    )  # fmt: skip
    carbon = table.carbon.model_copy(
        update={name: path(getattr(table.carbon, name)) for name in ("coefficients", "pools")}
    )
    if is_rule_file(carbon.method_set):
        carbon = carbon.model_copy(update={"method_set": path(carbon.method_set)})
    changed = {"epochs": epochs, "units": units, "carbon": carbon}
    return replace(space, table=table.model_copy(update=changed))


def _layer(space: Workspace, layer: Any) -> Any:
    update: dict[str, object] = {
        "path": str(space.resolve(layer.path)) if layer.path else layer.path,
        "paths": [str(space.resolve(each)) for each in layer.paths],
    }
    if layer.legend and space.resolve(layer.legend).is_file():
        update["legend"] = str(space.resolve(layer.legend))
    if layer.table is not None:
        own = str(space.resolve(layer.table.path))
        update["table"] = layer.table.model_copy(update={"path": own})
    if layer.accuracy.error_matrix:
        own = str(space.resolve(layer.accuracy.error_matrix))
        update["accuracy"] = layer.accuracy.model_copy(update={"error_matrix": own})
    return layer.model_copy(update=update)


def _with_sampling(space: Workspace, other: Workspace) -> Workspace:
    """The same workspace on the draws of another: what both share cancels draw by draw."""
    own = {name: getattr(other.table.workspace, name) for name in ("seed", "draws")}
    settings = space.table.workspace.model_copy(update=own)
    return replace(space, table=space.table.model_copy(update={"workspace": settings}))


def _part(space: Workspace, factor: str) -> object:
    """What of a workspace belongs to a factor, with the bytes of its files."""
    table = space.table
    if factor == "data":
        return [
            (epoch.year, _told(layer), _hashes(layer.files))
            for epoch in table.epochs
            for layer in epoch.layers
        ]
    if factor == "boundaries":
        return _told(table.units), _hashes(table.units.files)
    carbon = table.carbon.model_dump()
    if factor == "coefficients":
        own = {name: carbon[name] for name in COEFFICIENT_KEYS}
        files = [own[name] for name in ("coefficients", "pools") if own[name]]
        return {name: own[name] for name in COEFFICIENT_KEYS[1:4]}, _hashes(files)
    settings = table.workspace.model_dump()
    return (
        {name: settings[name] for name in METHOD_KEYS},
        {name: each for name, each in carbon.items() if name not in COEFFICIENT_KEYS},
        _hashes([each for each in [carbon["method_set"]] if is_rule_file(each)]),
        table.model_dump(include=set(METHOD_TABLES)),
    )


METHOD_TABLES = ("forest", "parks", "works", "river_rule", "tolerances")


def _told(source: Any) -> dict[str, object]:
    """What is said of a source, less where it lies."""
    told: dict[str, object] = source.model_dump(exclude={"path", "paths", "table"})
    return told


def _hashes(files: Sequence[str]) -> list[str]:
    return [sha256_of(Path(each)) for each in files]


def mixed(one: Workspace, two: Workspace, from_two: frozenset[str]) -> Workspace:
    """The first workspace with some factors of the second."""

    def source(factor: str) -> Workspace:
        return two if factor in from_two else one

    numbers = source("coefficients").table.carbon
    carbon = source("method").table.carbon.model_copy(
        update={name: getattr(numbers, name) for name in COEFFICIENT_KEYS}
    )
    method = source("method").table
    settings = one.table.workspace.model_copy(
        update={name: getattr(method.workspace, name) for name in METHOD_KEYS}
    )
    table = one.table.model_copy(
        update={
            "workspace": settings,
            "units": source("boundaries").table.units,
            "epochs": source("data").table.epochs,
            "carbon": carbon,
            **{name: getattr(method, name) for name in METHOD_TABLES},
        }
    )
    return replace(one, table=table)


def _mixes(
    one: Workspace, two: Workspace, changed: Sequence[str], progress: Progress
) -> tuple[dict[frozenset[str], tuple[Results, dict[str, str]]], list[Problem]]:
    """Results of every mix; where a mix cannot run, only the two ends and why."""
    sets = [
        frozenset(chosen) for size in range(len(changed) + 1)
        for chosen in combinations(changed, size)
    ]  # fmt: skip
    ends = [sets[0], sets[-1]]
    found: dict[frozenset[str], tuple[Results, dict[str, str]]] = {}
    notes: list[Problem] = []
    for number, each in enumerate(dict.fromkeys([*ends, *sets]), start=1):
        try:
            results, units = figures_of(mixed(one, two, each))
        except InputError as error:
            if each in ends:
                raise
            told = "; ".join(part.code for part in error.problems[:3])
            mix = " + ".join(sorted(each))
            notes.append(problem("sinkatlas.mix_impossible", mix, detail=told))
            break
        names = dict(zip(units.codes, map(str, units.features["unit_name"]), strict=True))
        found[each] = results, {**names, units.whole_code: units.whole_name}
        progress("compare", number, len(sets))
    return found, notes


def _table(
    mixes: Mapping[frozenset[str], tuple[Results, dict[str, str]]],
    factors: Sequence[str],
    changed: Sequence[str],
    sampling: Sampling,
) -> pd.DataFrame:
    first, names_first = mixes[frozenset()]
    last, names_last = mixes[frozenset(factors)]
    names = {**names_last, **names_first}
    years = _years(first, last)
    rows = []
    for key in dict.fromkeys((*_keys(first, 0, years), *_keys(last, 1, years))):
        rows.append(_row(key, mixes, factors, changed, years, names, sampling))
    kept = [each for each in rows if each is not None]
    return pd.DataFrame(kept, columns=list(COLUMNS))


Key = tuple[str, int, str]
"""Indicator, number of the pair of epochs, unit."""


def _years(first: Results, last: Results) -> list[tuple[int, int]]:
    """Epochs that are set against each other: equal years, or the last ones where none is equal."""
    same = [(year, year) for year in first.epochs if year in last.epochs]
    return same or [(first.epochs[-1], last.epochs[-1])]


def _keys(results: Results, side: int, years: Sequence[tuple[int, int]]) -> list[Key]:
    place = {pair[side]: number for number, pair in enumerate(years)}
    return [
        (indicator, place[year], unit) for indicator, year, unit in results.values if year in place
    ]


def _row(
    key: Key,
    mixes: Mapping[frozenset[str], tuple[Results, dict[str, str]]],
    factors: Sequence[str],
    changed: Sequence[str],
    years: Sequence[tuple[int, int]],
    names: Mapping[str, str],
    sampling: Sampling,
) -> dict[str, object] | None:
    """One figure that changed; None for one that did not."""
    indicator, pair, unit = key
    values = {
        chosen: _value(results, indicator, years[pair], unit)
        for chosen, (results, _) in mixes.items()
    }
    before, after = values[frozenset()], values[frozenset(factors)]
    row: dict[str, object] = {
        "book": "account", "indicator": indicator, "epoch": years[pair][1], "unit_code": unit,
        "unit_name": names.get(unit, ""), "unit": (before or after).unit,  # type: ignore[union-attr]
        "before": before.value if before else None, "after": after.value if after else None,
    }  # fmt: skip
    if before is None or after is None or any(each is None for each in values.values()):
        return {**row, "status": SCOPE}
    if not before.is_known or not after.is_known:
        return None if before.is_known == after.is_known else {**row, "status": SCOPE}
    difference = np.subtract(*np.broadcast_arrays(after.sampled, before.sampled))
    if abs(difference[0]) <= ROUNDING * max(abs(before.value), abs(after.value)):
        return None
    low, high = sampling.bounds(difference)
    row |= {"difference": difference[0], "low": low, "high": high}
    if before.basis != after.basis:
        return {**row, "status": DEFINITION}
    parts = shapley_contributions(
        factors=list(factors),
        results={chosen: each.sampled for chosen, each in values.items() if each is not None},
    )
    central = {name: float(np.atleast_1d(part)[0]) for name, part in parts.items()}
    if len(factors) == 1 and factors[0] not in FACTORS:
        return {**row, "status": f"{GROUPED}: {factors[0]}"}
    unchanged = {name: 0.0 for name in FACTORS if name not in changed}
    return {**row, **unchanged, **central, "status": EXPLAINED}


def _value(
    results: Results, indicator: str, years: tuple[int, int], unit: str
) -> IndicatorValue | None:
    """The figure of a mix: its data have the epoch of the one run or of the other."""
    for year in years:
        found = results.values.get((indicator, year, unit))
        if found is not None:
            return found
    return None


def contributions_of(row: Mapping[str, object]) -> Array:
    """The parts of a row, in the order of ``FACTORS``."""
    return np.array([float(str(row[name])) for name in FACTORS])
