"""What a run shows in a notebook: the map, a sheet, a table. Each displays itself and saves.

A view shows the very bytes that the result folder holds. Nothing is drawn until it is looked at
or saved.
"""

from __future__ import annotations

import html
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd

from gis.problems import ArgumentKeyError, OutputError, problem
from gis.visible_text import visible
from maps.page import map_page, write_map
from maps.plate import Format, Layout, choose, write_sheet
from maps.report import Report
from maps.status_style import LOOKS
from maps.text import shortened
from maps.words import words
from sinkatlas.pipeline.summary import told_of
from sinkatlas.publish import write_csv

_FRAME_HEIGHT = 640
_ROWS_SHOWN = 60
_CELL_SHOWN = 300
"""Rows and characters of a cell that a notebook shows; a saved table has them all."""


@dataclass(frozen=True)
class MapView:
    """The interactive map. A notebook shows it in a frame of its own, apart from the notebook."""

    report: Report

    def save(self, path: str | Path) -> Path:
        """Write the page; the same bytes as ``map.html`` of the result folder."""
        target = Path(path)
        write_map(self.report, target)
        return target

    def _repr_html_(self) -> str:
        # Without allow-same-origin the page's script cannot reach the notebook or its cookies.
        return (
            f'<iframe sandbox="allow-scripts allow-downloads allow-modals"'
            f' title="{html.escape(visible(self.report.title), quote=True)}"'
            f' style="width:100%;height:{_FRAME_HEIGHT}px;border:1px solid #9a9a9a"'
            f' srcdoc="{html.escape(map_page(self.report), quote=True)}"></iframe>'
        )


@dataclass(frozen=True)
class SheetView:
    """A printed sheet of one indicator and year."""

    report: Report
    indicator: str
    epoch: int
    form: Layout | None = None

    def save(self, path: str | Path) -> Path:
        """Write the sheet in the format that the suffix names (``.pdf``, ``.png``, ``.svg``).

        Raises ``OutputError`` for a suffix that sheets do not come in.
        """
        target = Path(path)
        known = {f".{each}": each for each in get_args(Format)}
        if target.suffix not in known:
            raise OutputError(
                problem(
                    "sinkatlas.sheet_format",
                    where=target.name,
                    suffix=target.suffix,
                    known=", ".join(known),
                )
            )
        target.write_bytes(self._made(known[target.suffix]))
        return target

    def _repr_png_(self) -> bytes:
        return self._made("png")

    def _made(self, kind: Format) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            (path,) = write_sheet(
                self.report,
                folder,
                indicator=self.indicator,
                epoch=self.epoch,
                form=self.form,
                formats=(kind,),
            )
            return path.read_bytes()


@dataclass(frozen=True)
class TableView:
    """A table of a run, or some rows of it. ``frame`` has the values as they are."""

    frame: pd.DataFrame

    def save(self, path: str | Path) -> Path:
        """Write the rows as CSV; a whole table gives the same bytes as in the result folder."""
        target = Path(path)
        write_csv(self.frame, target)
        return target

    def _repr_html_(self) -> str:
        # Our own cells: text from data is escaped, and a $ is no formula (tex2jax_ignore).
        head = "".join(f"<th>{_shown(name)}</th>" for name in self.frame.columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_shown(value)}</td>' for value in row)}</tr>"
            for row in self.frame.head(_ROWS_SHOWN).itertuples(index=False)
        )
        count = len(self.frame)
        more = f"<p>{_ROWS_SHOWN} / {count}</p>" if count > _ROWS_SHOWN else ""
        return (
            f'<table class="tex2jax_ignore mathjax_ignore"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table>{more}"
        )


def run_card(report: Report, folder: Path | None) -> str:
    """A run in a few lines of HTML: title, size, how many targets stand how, and its folder."""
    text = words(report.language)
    counts = told_of(report)["verdicts"]
    verdicts = " · ".join(
        f"{LOOKS[each].sign} {text[f'common.{each}']} {number}" for each, number in counts.items()
    )
    lines = [
        f"{len(report.units)} × {', '.join(map(str, report.epochs))}",
        verdicts,
        "" if folder is None else str(folder),
    ]
    body = "".join(f"<div>{_shown(each)}</div>" for each in lines if each)
    title = f"<strong>{_shown(report.title)}</strong>"
    return f'<div class="tex2jax_ignore mathjax_ignore">{title}{body}</div>'


def sheet_view(
    report: Report, indicator: str | None, epoch: int | None, form: Layout | None = None
) -> SheetView:
    """A sheet, chosen as on the command line; without ``form`` A3 landscape.

    Raises ``OutputError`` when the report has no such results.
    """
    subject = choose(report, indicator, epoch)
    return SheetView(report, subject.indicator.key, subject.epoch, form)


def table_view(
    report: Report, name: str, *, indicator: str | None = None, epoch: int | None = None
) -> TableView:
    """A table of the report, narrowed to an indicator and a year where it has such columns.

    Raises ``ArgumentKeyError`` for an unknown table, and for an indicator or a year that
    it cannot be narrowed to.
    """
    known = [each.name for each in report.tables]
    if name not in known:
        raise ArgumentKeyError(
            problem("sinkatlas.table_unknown", where=name, known=", ".join(known))
        )
    frame = report.table(name)
    for column, wanted in (("indicator", indicator), ("epoch", epoch)):
        if wanted is None:
            continue
        there = list(dict.fromkeys(frame[column].dropna())) if column in frame else []
        if wanted not in there:
            raise ArgumentKeyError(
                problem(
                    "sinkatlas.table_value_unknown",
                    where=name,
                    column=column,
                    value=wanted,
                    known=", ".join(map(str, there)) or "–",
                )
            )
        frame = frame[frame[column] == wanted]
    return TableView(frame.reset_index(drop=True))


def _shown(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return html.escape(shortened(visible(text), _CELL_SHOWN), quote=True)
