"""The main job asked for, and what it found."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd

from gis.executors import Engine, discard_partials
from gis.extent import ExtentAccount
from gis.problems import (
    InputError,
    Language,
)
from gis.progress import Progress, silent
from maps.plate import PlateMarks, SheetChoice, layout, load_layout
from maps.report import Report
from plans.judging import Verdict
from sink_models.differences import differences
from sink_models.method import method_sheet
from sink_models.results import Results
from sinkatlas.pipeline.change import (
    change_layers,
)
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.inputs import Inputs
from sinkatlas.pipeline.judging import Judgement
from sinkatlas.pipeline.method_page import write_method_page
from sinkatlas.pipeline.outputs import write_outputs
from sinkatlas.pipeline.reporting import make_report
from sinkatlas.pipeline.steps import Order, computed
from sinkatlas.pipeline.up_to_date import Asked, run_key
from sinkatlas.pipeline.views import MapView, SheetView, TableView, run_card, sheet_view, table_view
from sinkatlas.publish import Claim, check_seals, claimed
from sinkatlas.workspace import (
    LayerData,
    Workspace,
    load_workspace,
    with_coefficients,
    with_layer,
)


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

    def with_layer(self, kind: str, data: LayerData | None, *, epoch: int | None = None) -> Run:
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

        Raises ``ArgumentKeyError`` for an unknown table, indicator or year.
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
    order = Order(space, Asked(language, sheets, strict, only), engine, progress)
    order.problems.extend(space.notices)
    try:
        with ExitStack() as held:
            place = None if out is None else held.enter_context(claimed(Path(out)))
            return _run(order, place, choice)
    except InputError as error:
        # what was noticed on the way often tells why an error came about
        told = {(each.code, each.where) for each in error.problems}
        noticed = [each for each in order.problems if (each.code, each.where) not in told]
        raise InputError([*error.problems, *noticed]) from error


def _run(order: Order, place: Claim | None, choice: SheetChoice) -> Run:
    if place is not None:
        order.problems.extend(place.notices())
    found = computed(order)
    report = make_report(found)
    if order.space.table.workspace.sensitivity != "public":
        further = change_layers(found.changes, report.language)
        report = replace(report, layers=(*report.layers, *further))
    check_seals(found.seals)
    if place is not None:
        report = _published(order, found, report, place, choice)
    folder = place.folder if place is not None else None
    return Run(found, report, folder, dict(order.seconds))


def _published(
    order: Order, found: Computed, report: Report, place: Claim, choice: SheetChoice
) -> Report:
    """Write the result folder; finished parts of the counting are no longer needed then."""
    write_method = partial(
        write_method_page,
        method_sheet(found.results, found.sampling, found.methods.overrides),
        title=report.title,
        language=report.language,
        is_synthetic=report.synthetic,
    )
    with order.timed("write"):
        report = write_outputs(
            report,
            place,
            order.seconds,
            order.progress,
            [("method.html", write_method)],
            sheets=choice,
            only=order.asked.only,
            key=run_key(order.space, found.seals, order.asked),
            last=lambda: check_seals(found.seals),
        )
    if order.engine is not None and order.engine.partials is not None:
        discard_partials(order.engine.partials)
    return report


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
        change=table.change,
        works=table.works,
        marks=PlateMarks(**{each.name: getattr(table, each.name) for each in fields(PlateMarks)}),
    )
