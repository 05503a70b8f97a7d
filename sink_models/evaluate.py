"""The runner: reads accounts, asks every indicator, checks the identities, stamps the values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gis.extent import CLASSIFIED
from gis.problems import AccountError, Problem, ProblemLog, problem
from sink_models.account import (
    BIOMASS_MAP,
    Account,
    EpochData,
    read_account,
    with_mapped_trees,
)
from sink_models.carbon import (
    LIVING,
    POOLS,
    FollowedGround,
    LivingChange,
    SinkSteps,
    carbon_account,
    estimates,
    forest_balances,
    forest_routes,
    living_change,
    measured_strata,
    sink_steps,
    soil_span,
    strata,
)
from sink_models.coefficients import (
    CHINA,
    CoefficientStore,
    coefficients,
    find_zone,
    with_stock_classes,
)
from sink_models.indicator import Absent, Context, Reading, indicators, product_differences
from sink_models.mapped_trees import LEFT_OUT, stock_by_species
from sink_models.options import DEFAULT_OPTIONS, Options
from sink_models.published_check import FORESTS
from sink_models.results import Absence, Results, StratumGround
from sink_models.sampling import Sampling
from sink_models.shared_errors import error_correlations, errors_taken_apart, shared_errors
from sink_models.uncertainty import (
    LEAST_POINTS,
    DrawBook,
    Driver,
    drivers_of,
    moved_book,
    small_samples,
)
from sink_models.unit_values import Answer, stamp, whole_of

DEFAULT_SAMPLING = Sampling()


def evaluate(
    epochs: Sequence[EpochData],
    units: Sequence[str],
    whole: tuple[str, str],
    *,
    sampling: Sampling = DEFAULT_SAMPLING,
    options: Options = DEFAULT_OPTIONS,
    store: CoefficientStore | None = None,
    followed: Sequence[FollowedGround] = (),
) -> Results:
    """Evaluate every indicator for every epoch and unit.

    ``units`` are codes in reporting order, ``whole`` is code and name of what they make up. Epochs
    are taken in the order of their years. ``followed`` tells of spans what became of ground that
    was surveyed in both years; without it a sink rests on the net changes of its units.

    Raises ``InputError`` for choices that do not exist or an epoch given twice, and
    ``AccountError`` when an account cannot be read or an identity is broken.
    """
    store = with_stock_classes(
        store or coefficients(), stock_by_species([each.rows for each in epochs])
    )
    options.check(store)
    shared = shared_errors(epochs)
    book = DrawBook(
        store, sampling, options.zone, options.accepted, options.correlations, options.soils, shared
    )
    _check_soil_years(epochs, options)
    contexts = _contexts(epochs, units, book, options, followed)
    _check_standing(contexts, store, options)
    answers = [answer for context in contexts for answer in _answers(context)]
    values = [each for answer in answers for each in stamp(answer, whole[0])]
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
        problems=(*_problems(contexts, answers), *errors_taken_apart(epochs)),
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
        drivers=_drivers(epochs, units, book, options, followed),
        forest_routes=tuple(each for one in contexts for each in forest_routes(one.account)),
        forest_balances=balances,
        unbalanced=unbalanced,
        soil_spans=contexts[-1].soils if contexts else (),
        sink_steps=_sink_steps(contexts),
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
        forest_living=_forest_living(contexts, whole[0]),
        arbor_stock=_arbor_stock(contexts, whole[0]),
        options=options,
        streams=dict(book.drawn),
        shared_errors=error_correlations(shared),
        products={each.account.year: each.account.products for each in contexts},
    )


def _forest_living(
    contexts: Sequence[Context], whole_code: str
) -> dict[tuple[int, str], tuple[float, float]]:
    """Hectares and living carbon of forest whose living biomass is estimated, central values."""
    found: dict[tuple[int, str], tuple[float, float]] = {}
    for context in contexts:
        account, stocks = context.account, context.carbon.stocks
        living = stocks.where(lambda cell: cell[0] in FORESTS and cell[1] in LIVING).total()[0]
        area = np.zeros(len(account.units))
        for sums in strata(account):
            own = sums.stratum
            if own.ecosystem_type in FORESTS and own.stock_basis != LEFT_OUT:
                area = area + sums.area_ha
        year = account.year
        found |= {
            (year, code): (float(area[at]), float(living[at]))
            for at, code in enumerate(account.units)
        }
        found[year, whole_code] = float(area.sum()), float(living.sum())
    return found


def _arbor_stock(
    contexts: Sequence[Context], whole_code: str
) -> dict[tuple[int, str], tuple[float, float]]:
    """Growing stock of measured stands and the carbon that moves with it, central values."""
    found: dict[tuple[int, str], tuple[float, float]] = {}
    for context in contexts:
        account = context.account
        if not account.book.store.rules.speak_of_stock:
            continue
        stock, carbon = (np.zeros(len(account.units)) for _ in range(2))
        for sums in measured_strata(account):
            held, _ = estimates(sums.stratum, account.year, account.book)
            stock = stock + sums.stock_m3
            for pool in LIVING:
                carbon = carbon + sums.stock_m3 * held[pool].per_m3[0]
        year = account.year
        found |= {
            (year, code): (float(stock[at]), float(carbon[at]))
            for at, code in enumerate(account.units)
        }
        found[year, whole_code] = float(stock.sum()), float(carbon.sum())
    return found


def _drivers(
    epochs: Sequence[EpochData],
    units: Sequence[str],
    book: DrawBook,
    options: Options,
    followed: Sequence[FollowedGround],
) -> tuple[Driver, ...]:
    """Drivers of every figure of the whole, from one more evaluation in moved worlds."""
    if book.sampling.draws == 0:
        return ()
    moved, names = moved_book(book)
    found: list[Driver] = []
    for context in _contexts(epochs, units, moved, options, followed):
        for key, indicator in indicators().items():
            if not any(needed <= context.account.kinds for needed in indicator.needs):
                continue
            outcome = indicator.read(context)
            if isinstance(outcome, Reading):
                found += drivers_of(key, context.account.year, whole_of(outcome), names)
    return tuple(found)


def _contexts(
    epochs: Sequence[EpochData],
    units: Sequence[str],
    book: DrawBook,
    options: Options,
    followed: Sequence[FollowedGround],
) -> list[Context]:
    years = [each.year for each in epochs]
    log = ProblemLog()
    for year in sorted({year for year in years if years.count(year) > 1}):
        log.add("sink_models.epoch_twice", year)
    log.raise_if_errors()
    contexts: list[Context] = []
    before: EpochData | None = None
    for given in sorted(epochs, key=lambda each: each.year):
        data = with_mapped_trees(given, units, options.mapped_trees)
        account = read_account(data, units, book)
        own = Context(account, carbon_account(account), options)
        if before is not None:
            own = _since(contexts[-1], own, (before, data), followed)
        contexts.append(own)
        before = data
    return contexts


def _since(
    earlier: Context,
    later: Context,
    data: tuple[EpochData, EpochData],
    followed: Sequence[FollowedGround],
) -> Context:
    """An epoch with its changes since the one before; between different bases there are none."""
    ends = earlier.account, later.account
    own = replace(later, earlier=earlier, soils=earlier.soils)
    if earlier.carbon.basis != later.carbon.basis or product_differences(*ends):
        return own
    span = soil_span(*ends)
    soils = earlier.soils if span is None else (*earlier.soils, span)
    return replace(own, soils=soils, change=_living_change(ends, data, followed))


def _living_change(
    ends: tuple[Account, Account],
    data: tuple[EpochData, EpochData],
    followed: Sequence[FollowedGround],
) -> LivingChange:
    """The change of living carbon, by pieces where surveys of both years outline them.

    Areas that an error matrix adjusts and biomass that a map gives are of a unit's whole ground and
    not of its pieces: there every change is net.
    """
    before, after = ends
    own = [each for each in followed if (each.start, each.end) == (before.year, after.year)]
    is_of_wholes = any(
        each.matrices or each.is_in("stock_basis", (BIOMASS_MAP,)).any() for each in ends
    )
    if not own or is_of_wholes:
        return living_change(before, after)
    (ground,) = own
    first, last = (read_account(each, ground.groups, before.book) for each in ground.data(data))
    return living_change(first, last, ground.no_change).by_unit(ground, before.units)


def _sink_steps(contexts: Sequence[Context]) -> SinkSteps | None:
    """The steps to the sink of the last span; None where two epochs do not compare."""
    last = contexts[-1] if contexts else None
    if last is None or last.earlier is None or last.change is None:
        return None
    return sink_steps(last.change, last.earlier.carbon, last.carbon)


def _check_soil_years(epochs: Sequence[EpochData], options: Options) -> None:
    """Raise ``InputError`` for soil management of a year that is no epoch: it would be lost."""
    years = sorted(each.year for each in epochs)
    log = ProblemLog()
    for each in options.soils:
        if each.year is not None and each.year not in years:
            allowed = ", ".join(map(str, years))
            log.add("sink_models.soil_year", f"{each.type} {each.year}", allowed=allowed)
    log.raise_if_errors()


def _check_standing(contexts: Sequence[Context], store: CoefficientStore, options: Options) -> None:
    """Raise ``AccountError`` when a coefficient that does not ship drives a value unasked."""
    for context in contexts:
        used = {key for choice in context.carbon.choices for key in choice.keys}
        unasked = sorted(key for key in used - options.accepted if not store[key].ships)
        if unasked:
            where, keys = context.account.year, ", ".join(unasked)
            raise AccountError(problem("sink_models.unchecked_default", where, keys=keys))


def _answers(context: Context) -> Iterator[Answer]:
    """Ask every indicator, and its parts when the total exists."""
    kinds = context.account.kinds
    for key, indicator in indicators().items():
        if not any(needed <= kinds for needed in indicator.needs):
            layers = " / ".join("+".join(sorted(needed)) for needed in indicator.needs)
            where = f"{key} {context.account.year}"
            missing = problem("sink_models.layers_needed", where, layers=layers)
            yield Answer(key, indicator, context, Absent(missing))
            continue
        outcome = indicator.read(context)
        yield Answer(key, indicator, context, outcome)
        if isinstance(outcome, Reading):
            for name, part in indicator.parts(context).items():
                yield Answer(f"{key}.{name}", indicator, context, part)


def _reporting_order(answers: Sequence[Answer]) -> list[str]:
    """Indicator keys as the registry lists them, each followed by its parts: pools, then types."""
    order: list[str] = []
    for key in indicators():
        parts = {each.key for each in answers if each.indicator.key == key and each.key != key}
        order += [key, *_parts_in_order(key, parts)]
    return order


def _parts_in_order(key: str, parts: set[str]) -> list[str]:
    pools = [f"{key}.pool.{pool}" for pool in POOLS]
    return [name for name in pools if name in parts] + sorted(parts - set(pools))


def _problems(contexts: Sequence[Context], answers: Sequence[Answer]) -> tuple[Problem, ...]:
    log = ProblemLog()
    for context in contexts:
        log.extend(_zone_unknown(context))
        for cover, matrix in sorted(context.account.matrices.items()):
            where = f"{cover} {context.account.year}"
            log.add("sink_models.areas_adjusted", where)
            small = small_samples(matrix)
            if small:
                classes = ", ".join(f"{name}: {count}" for name, count in small)
                log.add(
                    "sink_models.matrix_sample_small", where, classes=classes, least=LEAST_POINTS
                )
    log.extend(_no_map_error(contexts))
    for answer in answers:
        if isinstance(answer.outcome, Reading):
            log.extend(answer.outcome.warnings)
    return tuple(log)


def _no_map_error(contexts: Sequence[Context]) -> Iterator[Problem]:
    """Layers whose areas stand without any error: their intervals are those of coefficients."""
    named: dict[str, list[str]] = {}
    for context in contexts:
        account = context.account
        if account.book.sampling.draws == 0:
            continue
        is_known = account.is_in("status", (CLASSIFIED,))
        for cover in sorted(set(account.rows["cover"].to_numpy()[is_known])):
            stated = account.accuracy.get(cover)
            has_error = cover in account.matrices or bool(stated and stated.area_percent)
            if not has_error:
                named.setdefault(str(cover), []).append(str(account.year))
    if named:
        layers = "; ".join(f"{cover} {', '.join(years)}" for cover, years in named.items())
        yield problem("sink_models.no_map_error", "account", layers=layers)


def _zone_unknown(context: Context) -> Iterator[Problem]:
    zone = context.account.book.zone
    if not zone.climate_zone or not zone.soil_class:
        yield problem("sink_models.zone_unknown", where=zone.region or "-")
        return
    # what the analyst states holds for all units; the region's own zone only where theirs is equal
    if context.options.climate_zone or context.options.soil_class:
        return
    own = {code: find_zone(code) for code in context.account.units if zone.is_in(CHINA)}
    used = zone.climate_zone, zone.soil_class
    apart = [
        f"{code}: {each.climate_zone or '?'} {each.soil_class or '?'}"
        for code, each in own.items()
        if code.isdigit() and (each.climate_zone, each.soil_class) != used
    ]
    if apart:
        yield problem(
            "sink_models.zones_apart", zone.region, units="; ".join(apart), used=" ".join(used)
        )
