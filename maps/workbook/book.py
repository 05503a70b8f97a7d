"""``report.xlsx``: the report as a workbook that a bureau opens, prints and copies from.

Written by xlsxwriter with every conversion off, so that text from data stays text; the same report
gives the same bytes.
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import xlsxwriter

from gis.visible_text import visible
from maps.report import Report
from maps.words import words
from maps.workbook.account import add_account, add_account_rows
from maps.workbook.bureau_units import add_change, add_units
from maps.workbook.cells import Book
from maps.workbook.evidence import (
    add_allocation,
    add_coefficients,
    add_ledger,
    add_method,
    add_quality,
    add_run,
    add_sources,
)
from maps.workbook.findings import add_summary, add_targets
from maps.workbook.lists import add_conflicts, add_further, add_trajectories, add_works
from maps.workbook.matrix import add_districts, add_parts

_CREATED = datetime.datetime(2000, 1, 1)
_PAGES = (
    add_summary,
    add_units,
    add_targets,
    add_trajectories,
    add_allocation,
    add_works,
    add_conflicts,
    add_change,
    add_districts,
    add_parts,
    add_account,
    add_ledger,
    add_further,
    add_quality,
    add_method,
    add_coefficients,
    add_sources,
    add_run,
    add_account_rows,
)
_INERT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def write_workbook(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write the workbook: findings and charts first, then districts, account, quality, sources.

    The pages of districts and parts keep the units of ``results.csv`` and 16 significant digits,
    which is what xlsxwriter stores; the summary, the pages by unit and of change and the charts
    speak in the bureau's units. A missing value is an empty cell.
    """
    target = Path(path)
    workbook = xlsxwriter.Workbook(target, _INERT)
    workbook.set_properties({"title": visible(report.title)[:255], "created": _CREATED})
    book = Book(workbook, report, words(report.language), {})
    for add_page in _PAGES:
        add_page(book)
    workbook.close()
    return target
