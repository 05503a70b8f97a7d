"""The two workbooks of a run: one to hand in, one to check it with.

Written by xlsxwriter with every conversion off, so that text from data stays text; the same report
gives the same bytes. Rows are written in order and leave memory as they are written, so that an
account of a hundred thousand rows costs no more of it than a small one.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from gis.visible_text import visible
from maps.report import Report
from maps.words import words
from maps.workbook.audit import (
    add_coefficients,
    add_contents,
    add_definitions,
    add_inputs,
    add_ledger,
    add_quality,
    add_run,
    add_tables,
)
from maps.workbook.by_district import add_change, add_districts
from maps.workbook.cells import Book
from maps.workbook.matrix import add_limits, add_parts
from maps.workbook.method import add_method
from maps.workbook.summary import add_summary
from maps.workbook.targets import add_targets

_CREATED = datetime.datetime(2000, 1, 1)
_Page = Callable[[Book], None]
_HAND_IN: Sequence[_Page] = (add_summary, add_targets, add_districts, add_change, add_method)
_AUDIT: Sequence[_Page] = (
    add_contents,
    add_limits,
    add_parts,
    add_tables,
    add_ledger,
    add_quality,
    add_definitions,
    add_coefficients,
    add_inputs,
    add_run,
)
_INERT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}


def write_workbook(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write the hand-in file: summary, targets, districts, change, method and sources.

    A4 landscape, at most twelve printed pages, in the bureau's units with the digits that the
    intervals support; the cells keep 16 significant digits. A missing value is an empty cell.
    """
    return _write(report, path, _HAND_IN)


def write_audit(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write what backs the hand-in file: every table of the run, limits, balance, coefficients.

    Figures have the units of the CSV files and 16 significant digits.
    """
    return _write(report, path, _AUDIT)


def _write(report: Report, path: str | os.PathLike[str], pages: Sequence[_Page]) -> Path:
    target = Path(path)
    with TemporaryDirectory(prefix="sinkatlas-") as rows:
        workbook = xlsxwriter.Workbook(target, {**_INERT, "tmpdir": rows})
        try:
            workbook.set_properties({"title": visible(report.title)[:255], "created": _CREATED})
            book = Book(workbook, report, words(report.language), {})
            for add_page in pages:
                add_page(book)
            workbook.close()
        except BaseException:
            # rows that were written out wait in files that only a whole workbook closes
            for sheet in workbook.worksheets():
                with suppress(OSError):
                    sheet.row_data_fh.close()
            raise
    return target
