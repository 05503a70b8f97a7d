"""The main job as a readable list: read, account, evaluate, judge, publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pandas as pd

from gis.executors import Engine
from gis.extent import ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.problems import (
    InputError,
    Problem,
    ProblemLog,
    Severity,
    problem,
    strictly,
)
from gis.progress import Progress, silent
from layers.checks import account_problems
from layers.declarations import Layer
from maps.fonts import chinese_font, glyph_problems
from sink_models.account import EpochData, with_mapped_trees
from sink_models.evaluate import evaluate
from sink_models.ledger import ChangeTolerances, GrowthRule, growth_rules, surveyed_changes
from sink_models.measures import WorksOptions
from sink_models.method import provenance_notice
from sink_models.official_figures import OfficialFigure
from sink_models.results import IndicatorValue, Results, ValueKey
from sink_models.uncertainty import DrawBook
from sinkatlas.pipeline.change import (
    ChangeTables,
    EpochOverlay,
    change_of,
    change_tables,
    growth_choices,
    overlay_of,
)
from sinkatlas.pipeline.chosen import draw_book, options_of, rule_settings, sampling_of
from sinkatlas.pipeline.computed import Computed, unit_names
from sinkatlas.pipeline.counting import account_of, epoch_data
from sinkatlas.pipeline.inputs import Inputs, read_inputs, read_units, units_of
from sinkatlas.pipeline.judging import Promises, judge_promises, read_promises
from sinkatlas.pipeline.measuring import (
    Beside,
    beside_account,
)
from sinkatlas.pipeline.methods import Methods, read_methods
from sinkatlas.pipeline.named_areas import area_units
from sinkatlas.pipeline.official import official_figures
from sinkatlas.pipeline.population import population_of
from sinkatlas.pipeline.projects import project_tables
from sinkatlas.pipeline.scenario import scenarios_of
from sinkatlas.pipeline.up_to_date import Asked
from sinkatlas.pipeline.works_effect import read_plots, works_effect
from sinkatlas.publish import sealed
from sinkatlas.workspace import (
    Workspace,
    named_files,
)


@dataclass(frozen=True)
class Order:
    """A workspace to be computed: who counts, who is told, how strictly; notices gather here."""

    space: Workspace
    asked: Asked = field(default_factory=Asked)
    engine: Engine | None = None
    progress: Progress = silent
    problems: ProblemLog = field(default_factory=ProblemLog)
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds spent per stage."""

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - start

    def hold_strictly(self) -> None:
        """Where the run is strict: stop at every warning that can change a figure, all at once."""
        if self.asked.strict or self.space.table.workspace.strict:
            hold_strictly(self.space, self.problems)


@dataclass(frozen=True)
class Evaluated:
    """What a run knows once every indicator is evaluated."""

    methods: Methods
    inputs: Inputs
    accounts: Mapping[int, ExtentAccount]
    beside: Mapping[int, Beside]
    data: Sequence[EpochData]
    overlays: tuple[EpochOverlay, ...]
    results: Results
    official: tuple[OfficialFigure, ...]

    @property
    def units(self) -> Units:
        return units_of(self.inputs)

    @property
    def last(self) -> tuple[Layer, ...]:
        """The layers of the last epoch."""
        return self.inputs.layers[self.data[-1].year]


def computed(order: Order) -> Computed:
    """Everything that a workspace asks for, from its files to the verdicts."""
    space, sampling = order.space, sampling_of(order.space)
    seals = sealed(named_files(space))
    promises = read_promises(space, order.problems)
    found = evaluated(order, None if promises is None else promises.plan.starts)
    book = draw_book(space, found.units, found.results.store)
    growth = growth_rules(book, growth_choices(space))
    with order.timed("change"):
        changes = _changes(order, found, book, growth)
    areas = _area_values(order, found, promises)
    judgement = judge_promises(
        promises,
        found.results,
        {year: account.rows for year, account in found.accounts.items()},
        names=unit_names(found.units),
        sampling=sampling,
        wetland_scope=space.table.workspace.wetland_scope,
        problems=order.problems,
        areas=areas,
    )
    with order.timed("scenarios"):
        scenarios = scenarios_of(
            *(space, found.units, found.last, found.data, found.results, judgement.verdicts),
            *(book, growth),
        )
    with order.timed("works"):
        effect = _works_effect(space, found, growth)
    with order.timed("projects"):
        projects = project_tables(space, found.units, found.inputs.layers, growth, sampling)
    return Computed(
        space=space,
        language=order.asked.language or space.table.workspace.language,
        units=found.inputs.units,
        layers=found.inputs.layers,
        accounts=found.accounts,
        beside=found.beside,
        methods=found.methods,
        results=found.results,
        of_areas=replace(found.results, values=areas),
        judgement=judgement,
        changes=changes,
        scenarios={} if scenarios is None else scenarios.tables,
        works_effect=effect,
        projects=projects,
        official=found.official,
        sampling=sampling,
        problems=tuple(order.problems),
        seals=seals,
    )


def evaluated(order: Order, starts: int | None = None) -> Evaluated:
    """Every indicator of a workspace; ``starts`` is the first year of its plan."""
    space, problems = order.space, order.problems
    with order.timed("read"):
        methods = read_methods(space)
        inputs = read_inputs(space, problems=problems, progress=order.progress)
    units = units_of(inputs)
    official = official_figures(space, units)
    problems.extend(glyph_problems(unit_names(units), chinese_font()))
    with order.timed("account"):
        accounts = {
            year: account_of(space, units, layers, year, order.engine, order.progress)
            for year, layers in inputs.layers.items()
        }
    with order.timed("measure"):
        settings = replace(rule_settings(space, starts), population=population_of(space, units))
        beside = {
            year: beside_account(units, layers, year, settings)
            for year, layers in inputs.layers.items()
        }
    problems.extend(account_problems(accounts, units, inputs.layers))
    problems.extend(each for one in beside.values() for each in one.problems)
    order.hold_strictly()
    order.progress("evaluate", 0, 1)
    problems.extend(sampling_of(space).doubts)
    data = [
        with_mapped_trees(
            epoch_data(epoch, inputs, accounts[epoch.year], beside[epoch.year], methods),
            units.codes,
            space.table.carbon.mapped_trees,
        )
        for epoch in space.epochs
    ]
    with order.timed("overlay"):
        overlays = _overlays(order, units, inputs, accounts)
    with order.timed("evaluate"):
        results = evaluate(
            data,
            units.codes,
            (units.whole_code, units.whole_name),
            sampling=sampling_of(space),
            options=options_of(space, units),
            store=methods.store,
            followed=[surveyed_changes(each.rows, each.span) for each in overlays],
        )
    order.progress("evaluate", 1, 1)
    problems.extend((*methods.notices, *results.taken_on, *provenance_notice(results)))
    problems.extend(results.problems)
    order.hold_strictly()
    return Evaluated(methods, inputs, accounts, beside, data, overlays, results, official)


def figures_of(space: Workspace) -> tuple[Results, Units]:
    """Every indicator of a workspace, without verdicts, changes or files.

    Raises ``InputError`` with every problem of the inputs.
    """
    found = evaluated(Order(space))
    return found.results, found.units


def problems_of_parts(space: Workspace) -> tuple[Problem, ...]:
    """What is wrong with plan, tables, settings and layers, each whatever is wrong with the others.

    A layer without its file is told by the workspace already.
    """
    log = ProblemLog()
    methods: list[Methods] = []
    parts: tuple[Callable[[], object], ...] = (
        lambda: read_promises(space, log),
        lambda: methods.append(read_methods(space)),
        lambda: read_inputs(space, problems=log),
        lambda: growth_choices(space),
    )
    units = read_units(space)
    if units is not None:
        parts += (
            lambda: _check_choices(space, units, methods),
            lambda: official_figures(space, units),
            lambda: population_of(space, units),
        )
    for part in parts:
        try:
            part()
        except InputError as error:
            log.extend(error.problems)
    return tuple(each for each in log if each.code != "gis.file_missing")


def _check_choices(space: Workspace, units: Units, methods: Sequence[Methods]) -> None:
    """Check the choices of ``[carbon]``; without the analyst's own coefficients none is known."""
    for each in methods:
        options_of(space, units).check(each.store)


def hold_strictly(space: Workspace, problems: ProblemLog) -> None:
    """Stop at every warning that can change a figure, all of them at once."""
    weighed = strictly(problems)
    errors = [each for each in weighed if each.severity is Severity.ERROR]
    if errors:
        stopped = problem("sinkatlas.strict_stops", space.path.name, count=len(errors))
        raise InputError([stopped, *errors])


def _works_effect(
    space: Workspace, found: Evaluated, growth: Mapping[str, GrowthRule]
) -> pd.DataFrame:
    table = space.table.works
    return works_effect(
        found.units,
        found.last,
        found.data[-1].year,
        growth,
        WorksOptions(table.since, table.types),
        None if table.plots is None else read_plots(space.resolve(table.plots)),
        table.detectable_years,
        sampling_of(space),
    )


def _overlays(
    order: Order, units: Units, inputs: Inputs, accounts: Mapping[int, ExtentAccount]
) -> tuple[EpochOverlay, ...]:
    """Each epoch laid over the next."""
    table = order.space.table.transitions
    return tuple(
        overlay_of(
            units,
            inputs.layers,
            (accounts[earlier], accounts[later]),
            ChangeTolerances(table.least_ha, table.position_m),
            engine=order.engine,
            progress=order.progress,
        )
        for earlier, later in pairwise(sorted(accounts))
    )


def _changes(
    order: Order, found: Evaluated, book: DrawBook, growth: Mapping[str, GrowthRule]
) -> ChangeTables:
    """Transitions between each epoch and the next, on the draws of the results."""
    table = order.space.table.transitions
    data = {each.year: each for each in found.data}
    changes = [
        change_of(each, found.units, data[each.span[0]], data[each.span[1]], book, growth)
        for each in found.overlays
    ]
    return change_tables(changes, unit_names(found.units), book.sampling, table.conversions)


def _area_values(
    order: Order, found: Evaluated, promises: Promises | None
) -> dict[ValueKey, IndicatorValue]:
    """Values of the areas that the plan names, by name, from accounts of their own.

    Mapped trees of an area hold what they hold in their district. Draws are those of the
    districts, since streams depend on their names alone. What is measured beside an account
    (lengths, parks, works) is not read for areas.
    """
    space, inputs = order.space, found.inputs
    scopes = [] if promises is None else [each.scope for each in promises.plan.targets]
    trees = {each.year: each.trees for each in found.data}
    values: dict[ValueKey, IndicatorValue] = {}
    for areas in area_units(inputs.layers, scopes):
        data = []
        for epoch in space.epochs:
            layers = tuple(
                each
                for each in inputs.layers[epoch.year]
                if isinstance(each.data, PolygonCover | RasterCover | Stratum)
            )
            known = trees[epoch.year]
            homes = None if known is None or known.is_left_out else found.units
            account = account_of(space, areas, layers, epoch.year, order.engine, silent, homes)
            own = replace(inputs, layers={**inputs.layers, epoch.year: layers})
            of_areas = epoch_data(epoch, own, account, Beside({}), found.methods)
            data.append(replace(of_areas, trees=known))
        results = evaluate(
            data,
            areas.codes,
            (areas.whole_code, areas.whole_name),
            sampling=sampling_of(space),
            options=options_of(space, found.units),
            store=found.results.store,
        )
        values |= {key: each for key, each in results.values.items() if key[2] in areas.codes}
    return values
