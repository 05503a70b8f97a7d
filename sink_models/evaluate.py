"""The runner: reads accounts, asks every indicator, checks the identities, stamps the values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gis.problems import AccountError, Problem, ProblemLog, problem
from sink_models.account import Account, EpochData, read_account
from sink_models.book import DrawBook
from sink_models.carbon import CarbonAccount, carbon_account, check_sum
from sink_models.coefficient_store import CoefficientStore, coefficients
from sink_models.drivers import Driver, drivers_of, moved_book
from sink_models.estimator import POOLS
from sink_models.forest_balance import forest_balances
from sink_models.forest_methods import forest_routes
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading, indicators
from sink_models.options import DEFAULT_OPTIONS, Options
from sink_models.results import Absence, IndicatorValue, Results, StratumGround
from sink_models.sampling import Array, Sampling
from sink_models.soil_change import SoilSpan, soil_span
from sink_models.strata import strata

DEFAULT_SAMPLING = Sampling()


@dataclass(frozen=True)
class _Answer:
    """What one indicator key says at one epoch."""

    key: str
    indicator: Indicator
    context: Context
    outcome: Outcome


def evaluate(
    epochs: Sequence[EpochData],
    units: Sequence[str],
    whole: tuple[str, str],
    *,
    sampling: Sampling = DEFAULT_SAMPLING,
    options: Options = DEFAULT_OPTIONS,
    store: CoefficientStore | None = None,
) -> Results:
    """Evaluate every indicator for every epoch and unit.

    ``units`` are codes in reporting order, ``whole`` is code and name of what they make up. Epochs
    are taken in the order of their years.

    Raises ``InputError`` for choices that do not exist or an epoch given twice, and
    ``AccountError`` when an account cannot be read or an identity is broken.
    """
    store = store or coefficients()
    options.check(store)
    book = DrawBook(
        store, sampling, options.zone, options.accepted, options.correlations, options.soils
    )
    _check_soil_years(epochs, options)
    contexts = _contexts(epochs, units, book, options)
    _check_standing(contexts, store, options)
    answers = [answer for context in contexts for answer in _answers(context)]
    values = [each for answer in answers for each in _stamp(answer, whole[0])]
    rank = {code: place for place, code in enumerate((*units, whole[0]))}
    keys = {key: place for place, key in enumerate(_reporting_order(answers))}
    balances, unbalanced = forest_balances(
        [(each.account, each.carbon) for each in contexts], options.flows
    )
    values.sort(key=lambda each: (rank[each.unit_code], keys[each.indicator], each.epoch))
    return Results(
        values={(each.indicator, each.epoch, each.unit_code): each for each in values},
        absences=tuple(
            Absence(answer.key, answer.context.account.year, answer.outcome.problem)
            for answer in answers
            if isinstance(answer.outcome, Absent) and answer.indicator.is_missed
        ),
        problems=_problems(contexts, answers),
        choices=tuple(
            (each.carbon.year, choice) for each in contexts for choice in each.carbon.choices
        ),
        not_estimated=tuple(
            (each.carbon.year, gap) for each in contexts for gap in each.carbon.not_estimated
        ),
        store=store,
        units=tuple(units),
        whole_code=whole[0],
        epochs=tuple(each.account.year for each in contexts),
        drivers=_drivers(epochs, units, book, options),
        forest_routes=tuple(each for one in contexts for each in forest_routes(one.account)),
        forest_balances=balances,
        unbalanced=unbalanced,
        soil_spans=contexts[-1].soils if contexts else (),
        keys_beside=frozenset(
            key
            for answer in answers
            if isinstance(answer.outcome, Reading)
            for key in answer.outcome.keys
        ),
        ground=tuple(
            StratumGround(
                context.account.year,
                sums.stratum,
                float(sums.area_ha.sum()),
                float(sums.stock_m3.sum()),
            )
            for context in contexts
            for sums in strata(context.account)
        ),
        options=options,
    )


def _drivers(
    epochs: Sequence[EpochData], units: Sequence[str], book: DrawBook, options: Options
) -> tuple[Driver, ...]:
    """Drivers of every figure of the whole, from one more evaluation in moved worlds."""
    if book.sampling.draws == 0:
        return ()
    moved, names = moved_book(book)
    found: list[Driver] = []
    for context in _contexts(epochs, units, moved, options):
        for key, indicator in indicators().items():
            if not any(needed <= context.account.kinds for needed in indicator.needs):
                continue
            outcome = indicator.read(context)
            if isinstance(outcome, Reading):
                found += drivers_of(key, context.account.year, _whole(outcome), names)
    return tuple(found)


def _contexts(
    epochs: Sequence[EpochData], units: Sequence[str], book: DrawBook, options: Options
) -> list[Context]:
    years = [each.year for each in epochs]
    log = ProblemLog()
    for year in sorted({year for year in years if years.count(year) > 1}):
        log.add("sink_models.epoch_twice", year)
    log.raise_if_errors()
    contexts: list[Context] = []
    for data in sorted(epochs, key=lambda each: each.year):
        account = read_account(data, units, book)
        carbon = carbon_account(account)
        earlier = contexts[-1] if contexts else None
        soils = () if earlier is None else _soil_spans(earlier, account, carbon)
        contexts.append(Context(account, carbon, options, earlier, soils))
    return contexts


def _soil_spans(
    earlier: Context, account: Account, carbon: CarbonAccount
) -> tuple[SoilSpan, ...]:
    """The changes of soils so far; a span between different bases compares nothing."""
    is_comparable = earlier.carbon.basis == carbon.basis
    span = soil_span(earlier.account, account) if is_comparable else None
    return earlier.soils if span is None else (*earlier.soils, span)


def _check_soil_years(epochs: Sequence[EpochData], options: Options) -> None:
    """Raise ``InputError`` for soil management of a year that is no epoch: it would be lost."""
    years = sorted(each.year for each in epochs)
    log = ProblemLog()
    for each in options.soils:
        if each.year is not None and each.year not in years:
            allowed = ", ".join(map(str, years))
            log.add("sink_models.soil_year", f"{each.ecosystem_type} {each.year}", allowed=allowed)
    log.raise_if_errors()


def _check_standing(contexts: Sequence[Context], store: CoefficientStore, options: Options) -> None:
    """Raise ``AccountError`` when a coefficient that does not ship drives a value unasked."""
    for context in contexts:
        used = {key for choice in context.carbon.choices for key in choice.keys}
        unasked = sorted(key for key in used - options.accepted if not store[key].ships)
        if unasked:
            where, keys = context.account.year, ", ".join(unasked)
            raise AccountError(problem("sink_models.unchecked_default", where, keys=keys))


def _answers(context: Context) -> Iterator[_Answer]:
    """Ask every indicator, and its parts when the total exists."""
    kinds = context.account.kinds
    for key, indicator in indicators().items():
        if not any(needed <= kinds for needed in indicator.needs):
            layers = " / ".join("+".join(sorted(needed)) for needed in indicator.needs)
            where = f"{key} {context.account.year}"
            missing = problem("sink_models.layers_needed", where, layers=layers)
            yield _Answer(key, indicator, context, Absent(missing))
            continue
        outcome = indicator.read(context)
        yield _Answer(key, indicator, context, outcome)
        if isinstance(outcome, Reading):
            for name, part in indicator.parts(context).items():
                yield _Answer(f"{key}.{name}", indicator, context, part)


def _stamp(answer: _Answer, whole_code: str) -> Iterator[IndicatorValue]:
    """Values of all units and the whole; nothing for an absent indicator."""
    if isinstance(answer.outcome, Absent):
        return
    account = answer.context.account
    shares, whole_share = account.coverage
    reading = _only_known(answer.outcome, answer, shares)
    if not reading.needs_cover:
        shares, whole_share = np.ones_like(shares), 1.0
    by_unit = _ratio(reading.numerator, reading.denominator, reading.scale)
    total = _whole(reading)
    if answer.indicator.additive and reading.whole is None:
        _check_additive(answer, by_unit, total)
    bounds, divisors = _lower_bounds(reading), _divisors(reading)
    columns = [*(by_unit[:, place] for place in range(len(account.units))), total]
    for place, code in enumerate((*account.units, whole_code)):
        sampled = columns[place]
        yield IndicatorValue(
            indicator=answer.key,
            epoch=account.year,
            unit_code=code,
            sampled=sampled if not np.isnan(sampled[0]) else sampled[:1],
            unit=answer.indicator.unit,
            basis=reading.basis,
            method=reading.method,
            coverage=float((*shares, whole_share)[place]),
            lower_bound=bounds[place],
            denominator=divisors[place],
        )


WALL_TO_WALL = frozenset({"land_cover", "land_survey"})
"""Layers that mean to say of all ground what it is."""


def _only_known(reading: Reading, answer: _Answer, shares: Array) -> Reading:
    """The reading with NaN for units of which a layer of all ground says nothing: not 0.

    A survey of stands alone is another thing: where it has none, there are none.
    """
    needs = answer.indicator.needs
    of_ground = any(WALL_TO_WALL & needed for needed in needs)
    unknown = shares == 0  # a unit without area has nothing to know: its 0 stands
    if not (of_ground and WALL_TO_WALL & answer.context.account.kinds and unknown.any()):
        return reading
    return replace(reading, numerator=np.where(unknown[None, :], np.nan, reading.numerator))


def _lower_bounds(reading: Reading) -> list[bool]:
    """Which values can only be too low: units as declared, the whole if any unit is or has none.

    A whole that stands on its own is known on its own.
    """
    units = reading.numerator.shape[1]
    declared = np.broadcast_to(np.asarray(reading.lower_bound, dtype=bool), (units,))
    is_unknown = np.isnan(reading.numerator[0])
    is_low = reading.whole is None and bool((declared | is_unknown).any())
    return [*map(bool, declared), is_low]


def _divisors(reading: Reading) -> list[float | None]:
    """Central denominators of the units and of the whole; None where nothing is divided."""
    if reading.denominator is None:
        return [None] * (reading.numerator.shape[1] + 1)
    whole = _sum_known(reading.denominator)
    return [*map(float, reading.denominator[0]), float(whole[0])]


def _whole(reading: Reading) -> Array:
    """Value of all units together: sums first, then the ratio."""
    denominator = None if reading.denominator is None else _sum_known(reading.denominator)
    numerator = _sum_known(reading.numerator) if reading.whole is None else reading.whole
    return _ratio(numerator, denominator, reading.scale)


def _ratio(numerator: Array, denominator: Array | None, scale: float) -> Array:
    """Scale times numerator over denominator; NaN where there is nothing to divide by."""
    if denominator is None:
        return numerator if scale == 1.0 else numerator * scale
    top, bottom = np.broadcast_arrays(numerator, denominator)
    ratio: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=ratio, where=bottom > 0)
    return scale * ratio


def _sum_known(values: Array) -> Array:
    """Sum over units of what is known; NaN when no unit is known. Shape ``(1 or 1 + draws,)``."""
    is_known = ~np.isnan(values)
    if is_known.all():
        return np.asarray(values.sum(axis=1))
    sums = np.where(is_known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(is_known.any(axis=1), sums, np.nan))


def _check_additive(answer: _Answer, by_unit: Array, total: Array) -> None:
    if np.isnan(total[0]):
        return
    where = f"{answer.key} {answer.context.account.year}: units"
    known = np.nan_to_num(by_unit) if np.isnan(by_unit).any() else by_unit
    sizes = np.zeros(known.shape[0])
    for column in known.T:
        sizes += np.abs(column)
    check_sum(where, [known.sum(axis=1)], total, scale=sizes)
    if not np.isfinite(total).all():
        raise AccountError(problem("sink_models.sum_broken", where=where, gap="inf"))


def _reporting_order(answers: Sequence[_Answer]) -> list[str]:
    """Indicator keys as the registry lists them, each followed by its parts: pools, then types."""
    order: list[str] = []
    for key in indicators():
        parts = {each.key for each in answers if each.indicator.key == key and each.key != key}
        order += [key, *_parts_in_order(key, parts)]
    return order


def _parts_in_order(key: str, parts: set[str]) -> list[str]:
    pools = [f"{key}.pool.{pool}" for pool in POOLS]
    return [name for name in pools if name in parts] + sorted(parts - set(pools))


def _problems(contexts: Sequence[Context], answers: Sequence[_Answer]) -> tuple[Problem, ...]:
    log = ProblemLog()
    for context in contexts:
        log.extend(_zone_unknown(context))
        for cover in sorted(context.account.matrices):
            log.add("sink_models.areas_adjusted", f"{cover} {context.account.year}")
    for answer in answers:
        if isinstance(answer.outcome, Reading):
            log.extend(answer.outcome.warnings)
    return tuple(log)


def _zone_unknown(context: Context) -> Iterator[Problem]:
    zone = context.account.book.zone
    if not zone.climate_zone or not zone.soil_class:
        yield problem("sink_models.zone_unknown", where=zone.region or "-")
