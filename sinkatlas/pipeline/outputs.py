"""The result folder: every file of a run, written from one report and published at once.

Tables and the run record are what a run is for: where one fails, nothing is published. Every other
output fails alone. It is left out, the others are published, and the reason stands in ``run.json``,
on the map and in whatever is written after it.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from gis.problems import LANGUAGES, Problem, ProblemLog, SinkAtlasError, problem
from gis.progress import Progress
from gis.visible_text import escaped
from maps.brief import write_brief
from maps.page import write_map
from maps.plate import SheetChoice, write_sheets
from maps.qgis import write_district_style, write_geopackage, write_geoparquet
from maps.report import Report
from maps.tables import field_dictionary
from maps.workbook import write_audit, write_workbook
from sinkatlas.pipeline.reporting import problem_record
from sinkatlas.pipeline.summary import told_of
from sinkatlas.publish import RECORD, Claim, write_csv

TIMINGS = "timings.json"
"""Seconds per stage: the one file whose bytes differ between equal runs."""

_DISK_REFUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""Errors after which the next output would fail as well."""

Writer = Callable[[Report, Path, ProblemLog], object]
"""Writes a report to a path; what it had to leave out goes into the log."""


@dataclass(frozen=True)
class Output:
    """One file or folder of the result. A table is no output that may be left out."""

    name: str
    write: Writer

    @property
    def is_optional(self) -> bool:
        return not self.name.endswith((".csv", ".json"))


_SHOWN = (
    Output("districts.gpkg", lambda report, path, _: write_geopackage(report, path)),
    Output("units.parquet", lambda report, path, _: write_geoparquet(report, path)),
    Output("units.qml", lambda report, path, _: write_district_style(report, path)),
    Output("report.docx", lambda report, path, log: write_brief(report, path, problems=log)),
    Output("report.xlsx", lambda report, path, _: write_workbook(report, path)),
    Output("audit.xlsx", lambda report, path, _: write_audit(report, path)),
    Output("map.html", lambda report, path, _: write_map(report, path)),
)
"""Those that list the problems of a run come last, so that they tell what was left out."""


def write_outputs(
    report: Report,
    place: Claim,
    seconds: Mapping[str, float],
    progress: Progress,
    also: Sequence[tuple[str, Callable[[Path], object]]] = (),
    *,
    sheets: SheetChoice,
    only: Literal["tables"] | None,
    key: str | None,
    last: Callable[[], None],
) -> Report:
    """Write every output of a run and publish it at its place; ``also`` are further files by name.

    ``only`` the tables and the record are written where asked. ``key`` stands in the record of a
    whole result, by which a later run knows it. ``last`` is asked before anything is published:
    what it raises leaves the earlier result.

    Returns the report with what had to be left out. Raises ``OutputError`` when a table cannot be
    written or the disk refuses; then no result folder is touched.
    """
    tables = [Output(f"{each.name}.csv", _table(each.name)) for each in report.tables]
    tables.append(Output("fields.csv", _write_fields))
    drawn = Output("sheets", lambda held, path, log: write_sheets(held, path, sheets, problems=log))
    shown = (*(Output(name, _alone(write)) for name, write in also), drawn, *_SHOWN)
    outputs = tables if only == "tables" else (*tables, *shown)
    told_before = len(report.problems)
    with place.staged(unhashed={TIMINGS}) as stage:
        for number, output in enumerate(outputs, start=1):
            report = _written(output, report, stage)
            progress("write", number, len(outputs) + 1)
        # files that a user edited stay beside a result that is whole all the same
        lacking = [each for each in place.notices() if each.code != "sinkatlas.output_kept"]
        is_whole = len(report.problems) == told_before and not lacking
        record = {**report.provenance, "told": told_of(report), "key": key if is_whole else None}
        _write_json(record, stage / RECORD)
        _write_json(_rounded(seconds), stage / TIMINGS)
        progress("write", len(outputs) + 1, len(outputs) + 1)
        last()
    return _with_problems(report, place.notices())


def _table(name: str) -> Writer:
    return lambda report, path, _log: write_csv(report.table(name), path)


def _write_fields(report: Report, path: Path, _log: ProblemLog) -> None:
    """The field dictionary: what each column of each table is called and means."""
    write_csv(field_dictionary(report.tables), path)


def _alone(write: Callable[[Path], object]) -> Writer:
    return lambda _report, path, _log: write(path)


def _written(output: Output, report: Report, stage: Path) -> Report:
    """Write one output; the report then tells what had to be left out."""
    path, log = stage / output.name, ProblemLog()
    try:
        output.write(report, path, log)
    except SinkAtlasError as error:
        if not output.is_optional:
            raise
        log.include(_left_out(output.name, error))
        _remove(path)
    except Exception as error:  # a mistake of ours in one output may not cost the others
        if not output.is_optional or getattr(error, "errno", None) in _DISK_REFUSES:
            raise
        detail = f"{type(error).__name__}: {error}"[:200]
        log.add("sinkatlas.output_failed", output.name, detail=detail)
        _remove(path)
    return _with_problems(report, log)


def _left_out(name: str, error: SinkAtlasError) -> Problem:
    reason = {
        language: " ".join(
            f"{each.message(language)} {each.remedy(language)}" for each in error.problems
        )
        for language in LANGUAGES
    }
    return problem("sinkatlas.output_left_out", name, reason=reason)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _with_problems(report: Report, found: Iterable[Problem]) -> Report:
    told = ProblemLog()
    told.extend((*report.problems, *found))
    records = [problem_record(each) for each in told]
    return replace(
        report, problems=tuple(told), provenance={**report.provenance, "problems": records}
    )


def _write_json(value: object, path: Path) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False, allow_nan=False)
    path.write_text(escaped(text) + "\n", encoding="utf-8", newline="\n")


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {f"{stage}_seconds": round(value, 3) for stage, value in seconds.items()}
