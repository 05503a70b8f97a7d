"""The account in the workbook: a table to print, and every row of it to filter on the screen."""

from __future__ import annotations

import pandas as pd

from layers.codes import ecosystem_types
from maps.words import term
from maps.workbook.cells import Book, Column, new_page, section, set_widths, write_table
from maps.workbook.evidence import add_frame
from maps.workbook.matrix import units_and_whole

_AREA = "#,##0.00"


def add_account(book: Book) -> None:
    """Hectares by ecosystem type and unit, one block a year, each closing with the unit's area.

    The account is a partition: a type that a unit has no row of covers none of it, so 0 is known.
    """
    sheet, row = new_page(book, "account", note=book.word("note_account"))
    blocks = [_block(book, epoch) for epoch in book.report.epochs]
    for epoch, columns in zip(book.report.epochs, blocks, strict=True):
        row = section(book, sheet, row, book.words["common.year"].format(year=epoch))
        row = write_table(book, sheet, row, columns, bold_rows=[len(columns[0].cells) - 1])
    set_widths(sheet, blocks)
    sheet.freeze_panes(0, 1)
    sheet.repeat_columns(0, 0)
    sheet.print_area(0, 0, row, max(len(each) for each in blocks) - 1)


def _block(book: Book, epoch: int) -> list[Column]:
    """Types down, the whole and the units across, and the sum in the last row."""
    account = book.report.account
    rows = account[account["epoch"] == epoch]
    types = rows["ecosystem_type"].where(rows["status"] == "classified", rows["status"])
    areas = rows.groupby([types, "unit_code"])["area_ha"].sum(min_count=1).unstack(fill_value=0.0)
    codes, names = units_and_whole(book)
    known = [each for each in (*ecosystem_types().index, "no_data", "uncovered") if each in areas.T]
    table = areas.reindex(index=known, columns=codes)
    table.loc["sum"] = table.sum(min_count=1)
    titles = [*(_title(book, each) for each in known), book.word("total")]
    heads = [f"{name} {code}" for code, name in zip(codes, names, strict=True)]
    return [
        Column(book.heading("ecosystem_type", "account"), titles),
        *(Column(head, list(table[code]), _AREA) for head, code in zip(heads, codes, strict=True)),
    ]


def _title(book: Book, key: str) -> str:
    if key in ("no_data", "uncovered"):
        return book.word(f"account_{key}")
    return term(key, book.report.language)


def add_account_rows(book: Book) -> None:
    """Every row of the account; what is printed of it is the note that says where it is."""
    rows: pd.DataFrame = book.report.account
    note = book.word("note_account_rows").format(count=len(rows))
    sheet, row = add_frame(book, "account_rows", rows, table="account", note=note)
    sheet.print_area(0, 0, row - 1, min(len(rows.columns), 8) - 1)
