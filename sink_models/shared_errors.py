"""Errors that the surveys of several epochs share, as the layers state them.

Permanent plots are measured again and one interpreter errs alike, so that much of an error cancels
in a change. How much is nobody's to guess: without a statement the epochs are taken as independent,
which makes the intervals of changes wide, and a notice says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from gis.problems import InputError, Problem, ProblemLog, problem
from sink_models.account import Accuracy, EpochData
from sink_models.choices import Correlation
from sink_models.options import SharedError

QUANTITIES = ("area", "stock", "inside")
"""Quantities of a layer with an error of their own."""


def shared_errors(epochs: Sequence[EpochData]) -> Mapping[tuple[str, int], SharedError]:
    """The errors that epochs share, by layer kind and year of the later one.

    Raises ``InputError`` with every one that names no earlier epoch whose layer of the same kind
    states the same accuracies, or a correlation beyond 0 to 1.
    """
    log = ProblemLog()
    stated = {(kind, data.year): each for data in epochs for kind, each in data.accuracy.items()}
    found = {key: each.shared for key, each in stated.items() if each.shared is not None}
    for (kind, year), shared in sorted(found.items()):
        other = stated.get((kind, shared.shared_with))
        if other is None or shared.shared_with >= year or _misses(stated[kind, year], other):
            earlier = [y for k, y in stated if k == kind and y < year]
            log.add(
                "sink_models.shared_with",
                f"{kind} {year}",
                given=shared.shared_with,
                allowed=", ".join(map(str, sorted(earlier))) or "–",
            )
        if not 0.0 <= shared.correlation <= 1.0:
            log.add("sink_models.shared_correlation", f"{kind} {year}", given=shared.correlation)
    if log.errors:
        raise InputError(log.errors)
    return found


def _misses(own: Accuracy, other: Accuracy) -> bool:
    """Whether an accuracy is stated here that the other epoch does not state."""
    pairs = ((own.area_percent, other.area_percent), (own.stock_percent, other.stock_percent))
    return any(mine is not None and theirs is None for mine, theirs in pairs)


def errors_taken_apart(epochs: Sequence[EpochData]) -> tuple[Problem, ...]:
    """A notice for every layer kind whose stated errors of two epochs are taken as independent."""
    kinds = sorted({kind for data in epochs for kind in data.accuracy})
    found = []
    for kind in kinds:
        years = [
            data.year
            for data in sorted(epochs, key=lambda each: each.year)
            if (each := data.accuracy.get(kind, Accuracy())).area_percent or each.stock_percent
        ]
        apart = [
            year
            for year in years[1:]
            if next(data for data in epochs if data.year == year).accuracy[kind].shared is None
        ]
        if apart:
            found.append(
                problem(
                    "sink_models.errors_taken_apart",
                    kind,
                    years=", ".join(map(str, years)),
                    first=years[0],
                )
            )
    return tuple(found)


def error_correlations(shared: Mapping[tuple[str, int], SharedError]) -> tuple[Correlation, ...]:
    """Correlations of every two surveys that share errors, directly or through a third.

    >>> for each in error_correlations({("wetlands", 2024): SharedError(2020, 0.8)}):
    ...     print(each.first, each.second, each.value)
    wetlands:2020:area wetlands:2024:area 0.8
    wetlands:2020:stock wetlands:2024:stock 0.8
    wetlands:2020:inside wetlands:2024:inside 0.8
    """
    surveys = sorted({*shared, *((kind, each.shared_with) for (kind, _), each in shared.items())})
    found = []
    for (kind, one), (other_kind, two) in combinations(surveys, 2):
        value = _correlation(kind, one, two, shared) if kind == other_kind else 0.0
        if value:
            found += [
                Correlation(f"{kind}:{one}:{name}", f"{kind}:{two}:{name}", value, "shared_with")
                for name in QUANTITIES
            ]
    return tuple(found)


def _correlation(
    kind: str, one: int, two: int, shared: Mapping[tuple[str, int], SharedError]
) -> float:
    """The product along the way from either survey to the earliest that both go back to."""
    first, second = _way_back(kind, one, shared), _way_back(kind, two, shared)
    common = [year for year in first if year in second]
    return first[common[0]] * second[common[0]] if common else 0.0


def _way_back(
    kind: str, year: int, shared: Mapping[tuple[str, int], SharedError]
) -> dict[int, float]:
    """A survey and those it goes back to, with the correlation of its error with theirs."""
    found = {year: 1.0}
    while (each := shared.get((kind, year))) is not None:
        found[each.shared_with] = found[year] * each.correlation
        year = each.shared_with
    return found
