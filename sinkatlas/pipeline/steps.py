"""The main job as a readable list: read, account, evaluate, judge, publish."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pandas as pd

from gis.account import extent_account
from gis.executors import Engine, discard_partials
from gis.extent import OUTSIDE, ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.problems import (
    InputError,
    Language,
    Problem,
    ProblemLog,
    Severity,
    problem,
    strictly,
)
from gis.progress import Progress, silent
from gis.reading import is_file
from layers.checks import account_problems, layer_problems, product_of
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer
from layers.registry import kinds
from maps.fonts import chinese_font, glyph_problems
from maps.plate import SheetChoice, layout, load_layout
from maps.report import Report
from plans.judging import Verdict
from sink_models.account import Accuracy, EpochData, Product, with_mapped_trees
from sink_models.coefficients import CoefficientStore
from sink_models.evaluate import evaluate
from sink_models.ledger import ChangeTolerances, GrowthRule, PastConversion, growth_rules
from sink_models.mapped_trees import MappedTrees
from sink_models.measures import ParkReach, RiverRule, WorksOptions
from sink_models.method import method_sheet, provenance_notice
from sink_models.official_figures import OfficialFigure
from sink_models.options import (
    Correlation,
    MethaneChoice,
    Options,
    SharedError,
    SoilUse,
    UrbanGreenChoice,
)
from sink_models.results import IndicatorValue, Results, ValueKey
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.pipeline.biomass import biomass_maps
from sinkatlas.pipeline.change import (
    ChangeTables,
    change_between,
    change_layers,
    change_tables,
    covers_of,
    growth_choices,
)
from sinkatlas.pipeline.computed import Computed, unit_names
from sinkatlas.pipeline.differences import differences
from sinkatlas.pipeline.judging import Judgement, Promises, judge_promises, read_promises
from sinkatlas.pipeline.measuring import (
    Beside,
    RuleSettings,
    beside_account,
    further_strata,
    with_legal_forms,
)
from sinkatlas.pipeline.method_page import write_method_page
from sinkatlas.pipeline.methods import Methods, forest_flows, read_methods
from sinkatlas.pipeline.named_areas import area_units, home_strata, with_homes
from sinkatlas.pipeline.official import official_figures
from sinkatlas.pipeline.outputs import write_outputs
from sinkatlas.pipeline.population import population_of
from sinkatlas.pipeline.projects import project_tables
from sinkatlas.pipeline.remote_layers import fetched, is_on_server
from sinkatlas.pipeline.reporting import make_report
from sinkatlas.pipeline.scenario import scenarios_of
from sinkatlas.pipeline.up_to_date import Asked, run_key
from sinkatlas.pipeline.urban import urban_strata
from sinkatlas.pipeline.views import MapView, SheetView, TableView, run_card, sheet_view, table_view
from sinkatlas.pipeline.works_effect import read_plots, works_effect
from sinkatlas.publish import Claim, check_seals, claimed, sealed
from sinkatlas.workspace import (
    AccuracyTable,
    EpochTable,
    LayerTable,
    Source,
    Workspace,
    as_confirmed,
    confirmation_problems,
    load_workspace,
    named_files,
    read_confirmations,
    with_coefficients,
    with_layer,
)

LAYER_OPTIONS = (
    "encoding",
    *(
        name
        for name in LayerTable.model_fields
        if name not in Source.model_fields and name not in ("kind", "legend", "table", "accuracy")
    ),
)
"""Keys of a layer entry that are handed to its kind's reader as options."""


@dataclass(frozen=True)
class Inputs:
    """Everything read: the units, and the layers of each epoch in the order of the workspace."""

    units: Layer
    layers: Mapping[int, tuple[Layer, ...]]


@dataclass(frozen=True, repr=False)
class Run:
    """What a run found. ``folder`` is the result folder, or None when nothing was written."""

    computed: Computed
    report: Report
    folder: Path | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        report = self.report
        sizes = len(report.units), len(report.epochs), len(self.judged)
        counts = "{} units, {} years, {} targets".format(*sizes)
        folder = "" if self.folder is None else f", {str(self.folder)!r}"
        return f"<Run of {report.title!r}: {counts}{folder}>"

    def _repr_html_(self) -> str:
        """Title, size and verdicts; text from data is escaped, and a $ is no formula."""
        return run_card(self.report, self.folder)

    @property
    def workspace(self) -> Workspace:
        return self.computed.space

    @property
    def inputs(self) -> Inputs:
        """What was read."""
        return Inputs(self.computed.units, self.computed.layers)

    @property
    def accounts(self) -> Mapping[int, ExtentAccount]:
        """The extent account of each year."""
        return self.computed.accounts

    @property
    def indicator_results(self) -> Results:
        """The values with their draws, and what they rest on."""
        return self.computed.results

    @property
    def judgement(self) -> Judgement:
        return self.computed.judgement

    @property
    def judged(self) -> tuple[Verdict, ...]:
        """The verdicts, in the plan's order."""
        return self.judgement.verdicts

    @property
    def results(self) -> pd.DataFrame:
        """One row per unit, epoch and indicator: the columns of ``results.csv``."""
        return self.report.results

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row per target: the columns of ``verdicts.csv``."""
        return self.report.verdicts

    @property
    def trajectories(self) -> pd.DataFrame:
        """The epochs and the trend of every target: the columns of ``trajectories.csv``."""
        return self.report.trajectories

    @property
    def allocation(self) -> pd.DataFrame:
        """The districts' shares of the targets that were split: ``allocation.csv``."""
        return self.report.allocation

    @property
    def account(self) -> pd.DataFrame:
        """The extent account of all epochs: the columns of ``account.csv``."""
        return self.report.account

    def map(self) -> MapView:
        """The interactive map: shows itself in a notebook, ``save`` writes the page."""
        return MapView(self.report)

    def sheet(self, indicator: str | None = None, *, epoch: int | None = None) -> SheetView:
        """A printed sheet: shows itself in a notebook, ``save`` writes PDF, PNG or SVG.

        Without ``indicator`` the one of the result folder; without ``epoch`` its last year; paper
        and layout are the workspace's. Raises ``OutputError`` when there are no such results.
        """
        return sheet_view(self.report, indicator, epoch, sheet_choice(self.workspace).form)

    def with_coefficients(
        self,
        values: Mapping[str, float | Mapping[str, float]],
        *,
        reason: str = "what if",
        analyst: str = "what if",
    ) -> Run:
        """The same run with other coefficients: a value, or ``value``, ``low`` and ``high``.

        Values are in the unit of each coefficient; ``reason`` and ``analyst`` stand in the method
        report. Raises ``ArgumentKeyError`` for a key that is none, ``InputError`` for a value that
        the coefficient cannot have.
        """
        return self._varied(
            lambda folder: with_coefficients(
                self.workspace, folder, values, reason=reason, analyst=analyst
            )
        )

    def with_layer(self, kind: str, data: Any, *, epoch: int | None = None) -> Run:
        """The same run with one layer added or replaced, or taken out where ``data`` is None.

        ``data`` is a GeoDataFrame, an array, a path, or a mapping as in ``workspace_from``;
        ``epoch`` is the last unless given. Raises ``ArgumentKeyError`` for an epoch that the run
        does not have, and what ``workspace_from`` and ``run`` raise.
        """
        return self._varied(
            lambda folder: with_layer(self.workspace, folder, kind, data, epoch=epoch)
        )

    def compare(self, other: Run) -> pd.DataFrame:
        """This run's figures less another's: a row per unit, epoch and indicator of either.

        Columns ``unit_code``, ``epoch``, ``indicator``, ``unit``, ``value``, ``other``,
        ``difference``, ``low``, ``high``: the interval of the difference is taken draw by draw
        where both runs drew the same worlds. What both do not know on one basis is NaN.
        """
        one, two = self.computed, other.computed
        return differences(one.results, one.sampling, two.results, two.sampling)

    def _varied(self, change: Callable[[Path], Workspace]) -> Run:
        """Run a changed workspace."""
        return with_scratch(lambda folder: run(change(folder), language=self.computed.language))

    def table(
        self, name: str = "results", *, indicator: str | None = None, epoch: int | None = None
    ) -> TableView:
        """A table by the name of its CSV file, whole or narrowed: shows itself and saves CSV.

        Raises ``InputError`` for an unknown table, indicator or year.
        """
        return table_view(self.report, name, indicator=indicator, epoch=epoch)


def run(
    workspace: Workspace | str | Path,
    out: str | Path | None = None,
    *,
    language: Language | None = None,
    sheets: Literal["main", "all"] | None = None,
    engine: Engine | None = None,
    strict: bool = False,
    only: Literal["tables"] | None = None,
    progress: Progress = silent,
) -> Run:
    """Run the main job on a workspace and, when ``out`` is given, publish the result folder.

    ``engine`` says who counts the rasters and in how much memory; no choice changes a figure.
    ``sheets`` overrules which sheets the workspace asks for; ``only`` the tables are written when
    nothing is to be shown.

    Raises ``InputError`` with every problem of the inputs, ``AccountError`` when an account does
    not close, ``OutputError`` when the results cannot be written. Nothing is left half-written.
    """
    space = workspace if isinstance(workspace, Workspace) else load_workspace(workspace)
    choice = sheet_choice(space, sheets)
    problems = ProblemLog()
    problems.extend(space.notices)
    try:
        with ExitStack() as held:
            place = None if out is None else held.enter_context(claimed(Path(out)))
            asked = Asked(language, sheets, strict, only)
            return _run(space, place, asked, choice, engine, progress, problems)
    except InputError as error:
        # what was noticed on the way often tells why an error came about
        told = {(each.code, each.where) for each in error.problems}
        noticed = [each for each in problems if (each.code, each.where) not in told]
        raise InputError([*error.problems, *noticed]) from error


def with_scratch(make: Callable[[Path], Run]) -> Run:
    """A run on files that nobody asked to keep: their folder goes when the run does."""
    scratch = TemporaryDirectory(prefix="sinkatlas-")
    try:
        done = make(Path(scratch.name))
    except BaseException:
        scratch.cleanup()
        raise
    weakref.finalize(done, scratch.cleanup)
    return done


@dataclass(frozen=True)
class _Evaluated:
    """What a run knows once every indicator is evaluated."""

    methods: Methods
    inputs: Inputs
    units: Units
    accounts: Mapping[int, ExtentAccount]
    beside: Mapping[int, Beside]
    data: Sequence[EpochData]
    results: Results
    official: tuple[OfficialFigure, ...]


def figures_of(space: Workspace) -> tuple[Results, Units]:
    """Every indicator of a workspace, without verdicts, changes or files.

    Raises ``InputError`` with every problem of the inputs.
    """
    found = _evaluated(space, _Clock(), False, None, silent, ProblemLog())
    return found.results, found.units


def _evaluated(
    space: Workspace,
    clock: _Clock,
    strict: bool,
    engine: Engine | None,
    progress: Progress,
    problems: ProblemLog,
    starts: int | None = None,
) -> _Evaluated:
    with clock.timed("read"):
        methods = read_methods(space)
        inputs = read_inputs(space, problems=problems, progress=progress)
    units = _units(inputs)
    official = official_figures(space, units)
    problems.extend(glyph_problems(unit_names(units), chinese_font()))
    with clock.timed("account"):
        accounts = {
            epoch.year: _account(
                space, units, inputs.layers[epoch.year], epoch.year, engine, progress
            )
            for epoch in space.epochs
        }
    with clock.timed("measure"):
        settings = replace(rule_settings(space, starts), population=population_of(space, units))
        beside = {
            epoch.year: beside_account(units, inputs.layers[epoch.year], epoch.year, settings)
            for epoch in space.epochs
        }
    problems.extend(account_problems(accounts, units, inputs.layers))
    problems.extend(each for one in beside.values() for each in one.problems)
    if strict or space.table.workspace.strict:
        hold_strictly(space, problems)
    progress("evaluate", 0, 1)
    problems.extend(_sampling(space).doubts)
    data = [
        with_mapped_trees(
            _epoch_data(epoch, inputs, accounts[epoch.year], beside[epoch.year], methods),
            units.codes,
            space.table.carbon.mapped_trees,
        )
        for epoch in space.epochs
    ]
    with clock.timed("evaluate"):
        results = evaluate(
            data,
            units.codes,
            (units.whole_code, units.whole_name),
            sampling=_sampling(space),
            options=_options(space, units),
            store=methods.store,
        )
    progress("evaluate", 1, 1)
    problems.extend((*methods.notices, *results.taken_on, *provenance_notice(results)))
    problems.extend(results.problems)
    if strict or space.table.workspace.strict:
        hold_strictly(space, problems)
    return _Evaluated(methods, inputs, units, accounts, beside, data, results, official)


def _run(
    space: Workspace,
    place: Claim | None,
    asked: Asked,
    choice: SheetChoice,
    engine: Engine | None,
    progress: Progress,
    problems: ProblemLog,
) -> Run:
    clock = _Clock()
    seals = sealed(named_files(space))
    if place is not None:
        problems.extend(place.notices())
    promises = read_promises(space, problems)
    starts = None if promises is None else promises.plan.starts
    found = _evaluated(space, clock, asked.strict, engine, progress, problems, starts)
    inputs, units, accounts, results = found.inputs, found.units, found.accounts, found.results
    methods, beside, data, sampling = found.methods, found.beside, found.data, _sampling(space)
    with clock.timed("change"):
        book = draw_book(space, units, results.store)
        growth = growth_rules(book, growth_choices(space))
        changes = _changes(space, units, inputs, data, accounts, book, growth, engine, progress)
    trees = {each.year: each.trees for each in data}
    areas = _area_values(space, inputs, promises, methods, sampling, engine, trees)
    judgement = judge_promises(
        promises,
        results,
        {year: account.rows for year, account in accounts.items()},
        names=unit_names(units),
        sampling=sampling,
        wetland_scope=space.table.workspace.wetland_scope,
        problems=problems,
        areas=areas,
    )
    with clock.timed("scenarios"):
        scenarios = scenarios_of(
            space, units, inputs.layers[data[-1].year], data, results, judgement.verdicts, book,
            growth,
        )  # fmt: skip
    with clock.timed("works"):
        effect = _works_effect(space, units, inputs.layers[data[-1].year], data[-1].year, growth)
    with clock.timed("projects"):
        projects = project_tables(space, units, inputs.layers, growth, sampling)
    computed = Computed(
        space=space,
        language=asked.language or space.table.workspace.language,
        units=inputs.units,
        layers=inputs.layers,
        accounts=accounts,
        beside=beside,
        methods=methods,
        results=results,
        of_areas=replace(results, values=areas),
        judgement=judgement,
        changes=changes,
        scenarios={} if scenarios is None else scenarios.tables,
        works_effect=effect,
        projects=projects,
        official=found.official,
        sampling=sampling,
        problems=tuple(problems),
        seals=seals,
    )
    report = make_report(computed)
    if space.table.workspace.sensitivity != "public":
        report = replace(report, layers=(*report.layers, *change_layers(changes, report.language)))
    check_seals(seals)
    if place is not None:
        with clock.timed("write"):
            sheet = method_sheet(results, sampling, methods.overrides)
            write_sheet = partial(
                write_method_page,
                sheet,
                title=report.title,
                language=report.language,
                is_synthetic=report.synthetic,
            )
            report = write_outputs(
                report,
                place,
                clock.seconds,
                progress,
                [("method.html", write_sheet)],
                sheets=choice,
                only=asked.only,
                key=run_key(space, seals, asked),
                last=lambda: check_seals(seals),
            )
        if engine is not None and engine.partials is not None:
            discard_partials(engine.partials)
    folder = place.folder if place is not None else None
    return Run(computed, report, folder, dict(clock.seconds))


def _works_effect(
    space: Workspace,
    units: Units,
    layers: Sequence[Layer],
    year: int,
    growth: Mapping[str, GrowthRule],
) -> pd.DataFrame:
    table = space.table.works
    return works_effect(
        units,
        layers,
        year,
        growth,
        WorksOptions(table.since, table.types),
        None if table.plots is None else read_plots(space.resolve(table.plots)),
        table.detectable_years,
        _sampling(space),
    )


def last_epoch(space: Workspace, problems: ProblemLog) -> tuple[Units, tuple[Layer, ...]]:
    """The units and the layers of a workspace's last epoch."""
    inputs = read_inputs(space, problems=problems)
    return _units(inputs), inputs.layers[space.epochs[-1].year]


def draw_book(space: Workspace, units: Units, store: CoefficientStore | None = None) -> DrawBook:
    """The draws of a workspace: the same for every run, because they go by seed and key."""
    options = _options(space, units)
    return DrawBook(
        store or read_methods(space).store, _sampling(space), options.zone, options.accepted,
        options.correlations, options.soils,
    )  # fmt: skip


def _changes(
    space: Workspace,
    units: Units,
    inputs: Inputs,
    data: Sequence[EpochData],
    accounts: Mapping[int, ExtentAccount],
    book: DrawBook,
    growth: Mapping[str, GrowthRule],
    engine: Engine | None,
    progress: Progress,
) -> ChangeTables:
    """Transitions between each epoch and the next, on the draws of the results."""
    table = space.table.transitions
    changes = [
        change_between(
            units,
            inputs.layers,
            earlier,
            later,
            accounts,
            book,
            tolerances=ChangeTolerances(table.least_ha, table.position_m),
            growth=growth,
            engine=engine,
            progress=progress,
        )
        for earlier, later in pairwise(data)
    ]
    past = [
        PastConversion(each.unit, each.year, each.from_category, each.to_category, each.area_ha)
        for each in table.conversions
    ]
    return change_tables(changes, unit_names(units), book.sampling, past)


def problems_of_parts(space: Workspace) -> tuple[Problem, ...]:
    """What is wrong with plan, tables and layers, each looked at whatever is wrong with the others.

    A layer without its file is told by the workspace already.
    """
    log = ProblemLog()
    parts: tuple[Callable[[], object], ...] = (
        lambda: read_promises(space, log),
        lambda: read_methods(space),
        lambda: read_inputs(space, problems=log),
    )
    for part in parts:
        try:
            part()
        except InputError as error:
            log.extend(error.problems)
    return tuple(each for each in log if each.code != "gis.file_missing")


def sheet_choice(space: Workspace, which: Literal["main", "all"] | None = None) -> SheetChoice:
    """The sheets that a workspace asks for; raises ``InputError`` for a wrong template."""
    table = space.table.sheets
    every = (which or table.which) == "all"
    form = (
        load_layout(space.resolve(table.template))
        if table.template is not None
        else layout(table.size, table.orientation)
    )
    return SheetChoice(
        form=form,
        formats=tuple(dict.fromkeys(table.formats)),
        indicators=() if every else tuple(table.indicators),
        every=every,
        atlas=every or (table.atlas and which != "main"),
    )


def hold_strictly(space: Workspace, problems: ProblemLog) -> None:
    """Stop at every warning that can change a figure, all of them at once."""
    weighed = strictly(problems)
    errors = [each for each in weighed if each.severity is Severity.ERROR]
    if errors:
        stopped = problem("sinkatlas.strict_stops", space.path.name, count=len(errors))
        raise InputError([stopped, *errors])


def read_inputs(space: Workspace, *, problems: ProblemLog, progress: Progress = silent) -> Inputs:
    """Read the units and every layer; all errors of all files are raised together."""
    units_spec, *specs = layer_specs(space)
    confirmed = read_confirmations(space.path)
    problems.extend(confirmation_problems((units_spec, *specs), confirmed, space.folder))
    total = len(specs) + 1
    log = ProblemLog()
    units = _read(units_spec, log)
    progress("read", 1, total)
    read: dict[int, list[Layer]] = {epoch.year: [] for epoch in space.epochs}
    for number, spec in enumerate(specs, start=2):
        layer = _fetched_and_read(spec, space, units, log, progress)
        if layer is not None and spec.epoch is not None:
            read[spec.epoch].append(layer)
        progress("read", number, total)
    problems.extend(log.notices)
    if units is None:
        log.raise_if_errors()
        raise AssertionError("a layer that was not read left no error")
    inputs = Inputs(units, {year: tuple(layers) for year, layers in read.items()})
    # what lies between layers that could be read is told together with those that could not
    between = layer_problems(_units(inputs), inputs.layers)
    if log.errors:
        raise InputError([*log.errors, *between])
    problems.extend(between)
    for year, layers in inputs.layers.items():
        if not any(isinstance(each.data, PolygonCover | RasterCover) for each in layers):
            problems.add("sinkatlas.epoch_without_cover", space.path.name, year=year)
    problems.raise_if_errors()
    return inputs


def layer_specs(space: Workspace) -> tuple[LayerSpec, ...]:
    """What is to be read: the units first, then the layers epoch by epoch."""
    units = space.table.units
    options = {
        "fields": {"unit_code": units.code, "unit_name": units.name},
        "encoding": units.encoding,
        "whole_code": units.whole_code,
        "whole_name": units.whole_name,
    }
    confirmed = read_confirmations(space.path)
    specs = (
        _spec(space, "districts", units, None, options),
        *(
            _layer_spec(space, table, epoch.year)
            for epoch in space.epochs
            for table in epoch.layers
        ),
    )
    return tuple(as_confirmed(spec, confirmed, space.folder) for spec in specs)


def _fetched_and_read(
    spec: LayerSpec, space: Workspace, units: Layer | None, log: ProblemLog, progress: Progress
) -> Layer | None:
    """Read one layer; of a raster on a server first what the units touch of it."""
    if not is_on_server(spec):
        return _read(spec, log)
    if units is None or not isinstance(units.data, Units):
        return None  # their errors are told already
    try:
        hosts = space.table.network.hosts
        local, facts = fetched(spec, hosts, units.data.features, progress)
    except InputError as error:
        log.extend(error.problems)
        return None
    layer = _read(local, log)
    return replace(layer, facts={**layer.facts, **facts}) if layer else None


def _read(spec: LayerSpec, log: ProblemLog) -> Layer | None:
    """Read one layer; its errors go to the log, so that the next file is read too."""
    own = ProblemLog()
    try:
        return read_layer(spec, problems=own)
    except InputError as error:
        own.extend(error.problems)
        return None
    finally:
        log.extend(own)


def _spec(
    space: Workspace,
    kind: str,
    source: Source,
    epoch: int | None,
    options: Mapping[str, object],
    legend: str | None = None,
) -> LayerSpec:
    return LayerSpec(
        kind=kind,
        path=space.resolve(source.files[0]),
        paths=tuple(space.resolve(path) for path in source.paths),
        epoch=epoch,
        crs=source.crs,
        shift=source.shift,
        layer=source.layer,
        legend=legend,
        options={name: each for name, each in options.items() if each not in (None, "", [], {})},
    )


def _layer_spec(space: Workspace, table: LayerTable, year: int) -> LayerSpec:
    legend = table.legend
    if legend is not None and is_file(space.resolve(legend)):
        legend = str(space.resolve(legend))
    options = {name: getattr(table, name) for name in LAYER_OPTIONS}
    if table.table is not None:
        options["table"] = {
            **table.table.model_dump(exclude_none=True), "path": space.resolve(table.table.path)
        }  # fmt: skip
    if table.kind == "forest_subcompartments":
        options["forest_definition"] = space.table.workspace.forest_definition
        options["canopy_threshold_percent"] = space.table.forest.canopy_threshold_percent
    return _spec(space, table.kind, table, year, options, legend)


def _units(inputs: Inputs) -> Units:
    units = inputs.units.data
    if not isinstance(units, Units):
        raise TypeError(f"districts were read as {type(units).__name__}")
    return units


def _account(
    space: Workspace,
    units: Units,
    layers: tuple[Layer, ...],
    year: int,
    engine: Engine | None,
    progress: Progress,
    homes: Units | None = None,
) -> ExtentAccount:
    """The account of an epoch; ``homes`` are the districts, where the units are others."""
    account = extent_account(
        units,
        covers_of(layers),
        [
            *_strata(layers),
            *further_strata(layers),
            *urban_strata(layers, space.table.carbon.urban),
            *([] if homes is None else home_strata(homes)),
        ],
        further=biomass_maps(layers),
        epoch=year,
        engine=engine,
        progress=progress,
    )
    rows = with_homes(with_legal_forms(account.rows))
    return replace(
        account,
        rows=rows,
        keys=(*account.keys, *(["legal_form"] if "legal_form" in rows else [])),
        strata=tuple(each for each in account.strata if each in rows),
    )


def _strata(layers: Sequence[Layer]) -> list[Stratum]:
    ranked = sorted(layers, key=lambda layer: (kinds()[layer.spec.kind].priority, layer.spec.kind))
    return [each.data for each in ranked if isinstance(each.data, Stratum)]


def _area_values(
    space: Workspace,
    inputs: Inputs,
    promises: Promises | None,
    methods: Methods,
    sampling: Sampling,
    engine: Engine | None,
    trees: Mapping[int, MappedTrees | None],
) -> dict[ValueKey, IndicatorValue]:
    """Values of the areas that the plan names, by name, from accounts of their own.

    Mapped trees of an area hold what they hold in their district, ``trees`` by year.
    Draws are those of the districts, since streams depend on their names alone. What is measured
    beside an account (lengths, parks, works) is not read for areas.
    """
    scopes = [] if promises is None else [each.scope for each in promises.plan.targets]
    found: dict[ValueKey, IndicatorValue] = {}
    for areas in area_units(inputs.layers, scopes):
        data = []
        for epoch in space.epochs:
            layers = tuple(
                each
                for each in inputs.layers[epoch.year]
                if isinstance(each.data, PolygonCover | RasterCover | Stratum)
            )
            known = trees[epoch.year]
            homes = None if known is None or known.is_left_out else _units(inputs)
            account = _account(space, areas, layers, epoch.year, engine, silent, homes)
            own = replace(inputs, layers={**inputs.layers, epoch.year: layers})
            of_areas = _epoch_data(epoch, own, account, Beside({}), methods)
            data.append(replace(of_areas, trees=known))
        results = evaluate(
            data,
            areas.codes,
            (areas.whole_code, areas.whole_name),
            sampling=sampling,
            options=_options(space, _units(inputs)),
            store=methods.store,
        )
        found |= {key: each for key, each in results.values.items() if key[2] in areas.codes}
    return found


def _epoch_data(
    epoch: EpochTable, inputs: Inputs, account: ExtentAccount, beside: Beside, methods: Methods
) -> EpochData:
    return EpochData(
        year=epoch.year,
        rows=account.rows[account.rows["unit_code"] != OUTSIDE],
        measures=beside.measures,
        kinds=frozenset(layer.spec.kind for layer in inputs.layers[epoch.year]),
        complete={each.kind: each.complete for each in epoch.layers if each.complete is not None},
        accuracy={table.kind: _accuracy(table.accuracy) for table in epoch.layers},
        products={
            layer.spec.kind: Product(**product_of(layer))
            for layer in inputs.layers[epoch.year]
            if isinstance(layer.data, RasterCover)
        },
        matrices={
            kind: matrix for (year, kind), matrix in methods.matrices.items() if year == epoch.year
        },
    )


def _accuracy(stated: AccuracyTable) -> Accuracy:
    with_year, correlation = stated.shared_with, stated.correlation
    shared = (
        None if with_year is None or correlation is None else SharedError(with_year, correlation)
    )
    return Accuracy(stated.area_percent, stated.stock_percent, shared)


def rule_settings(space: Workspace, starts: int | None = None) -> RuleSettings:
    """What the workspace says of parks, works and rivers.

    A prohibition begins with its plan: ``starts`` is the plan's first year, from which projects
    count where the workspace names no other.
    """
    parks, works, rule = space.table.parks, space.table.works, space.table.river_rule
    return RuleSettings(
        ParkReach(**parks.model_dump()),
        WorksOptions(works.since, works.types),
        RiverRule(
            rule.distance_m, tuple(rule.rivers), tuple(rule.project_types), rule.since or starts
        ),
    )


def _sampling(space: Workspace) -> Sampling:
    settings = space.table.workspace
    return Sampling(settings.seed, settings.draws, settings.interval_percent)


def _options(space: Workspace, units: Units) -> Options:
    settings, carbon = space.table.workspace, space.table.carbon
    return Options(
        wetland_scope=settings.wetland_scope,
        minimum_coverage=settings.minimum_coverage_percent / 100.0,
        forest_definition=settings.forest_definition,
        region=units.whole_code if units.whole_code.isdigit() else "",
        climate_zone=space.table.carbon.climate_zone,
        soil_class=space.table.carbon.soil_class,
        accepted=frozenset(space.table.carbon.accepted),
        mapped_trees=carbon.mapped_trees,
        flows=forest_flows(space),
        correlations=tuple(
            Correlation(each.first, each.second, each.value, each.reason)
            for each in space.table.carbon.correlations
        ),
        soils=tuple(
            SoilUse(each.type, tuple(each.factors), each.source, each.share, each.year)
            for each in carbon.soils
        ),
        urban=None if carbon.urban is None else UrbanGreenChoice(**carbon.urban.model_dump()),
        methane=None if carbon.methane is None else MethaneChoice(**carbon.methane.model_dump()),
    )


class _Clock:
    """Seconds spent per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - start
