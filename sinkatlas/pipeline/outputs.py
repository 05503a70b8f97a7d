"""The result folder: every file of a run, written from one report and published at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from gis.progress import Progress
from maps.brief import write_brief
from maps.page import write_map
from maps.plate import SheetChoice, write_sheets
from maps.qgis import write_district_style, write_geopackage, write_geoparquet
from maps.report import Report
from maps.workbook import write_workbook
from sinkatlas.atomic_folder import RECORD, Claim
from sinkatlas.tables import write_csv

TIMINGS = "timings.json"
"""Seconds per stage: the one file whose bytes differ between equal runs."""


def write_outputs(
    report: Report,
    place: Claim,
    seconds: Mapping[str, float],
    progress: Progress,
    also: Sequence[tuple[str, Callable[[Path], object]]] = (),
    *,
    sheets: SheetChoice,
) -> None:
    """Write every output of a run and publish it at its place; ``also`` are further files by name.

    Raises ``OutputError`` when a file cannot be written; then no result folder is touched.
    """
    steps: tuple[tuple[str, Callable[[Path], object]], ...] = (
        ("results.csv", lambda path: write_csv(report.results, path)),
        ("changes.csv", lambda path: write_csv(report.changes, path)),
        ("verdicts.csv", lambda path: write_csv(report.verdicts, path)),
        ("trajectories.csv", lambda path: write_csv(report.trajectories, path)),
        ("allocation.csv", lambda path: write_csv(report.allocation, path)),
        ("works.csv", lambda path: write_csv(report.works, path)),
        ("conflicts.csv", lambda path: write_csv(_attributes(report.conflicts), path)),
        ("account.csv", lambda path: write_csv(report.account, path)),
        ("districts.gpkg", lambda path: write_geopackage(report, path)),
        ("districts.parquet", lambda path: write_geoparquet(report, path)),
        ("districts.qml", lambda path: write_district_style(report, path)),
        ("report.xlsx", lambda path: write_workbook(report, path)),
        ("report.docx", lambda path: write_brief(report, path)),
        ("sheets", lambda path: write_sheets(report, path, sheets)),
        ("map.html", lambda path: write_map(report, path)),
        *also,
        (RECORD, lambda path: _write_json(report.provenance, path)),
        (TIMINGS, lambda path: _write_json(_rounded(seconds), path)),
    )
    with place.staged(unhashed={TIMINGS}) as stage:
        for number, (name, write) in enumerate(steps, start=1):
            write(stage / name)
            progress("write", number, len(steps))


def _attributes(features: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(features.drop(columns="geometry", errors="ignore"))


def _write_json(value: object, path: Path) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {f"{stage}_seconds": round(value, 3) for stage, value in seconds.items()}
