"""Pages of the workbook that a run has only where it was given more: trends, works, conflicts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from maps.workbook_cells import Book
from maps.workbook_evidence import add_frame

_RULES = (
    "project_in_redline",
    "project_in_farmland",
    "farmland_in_redline",
    "project_near_river",
)


def add_trajectories(book: Book) -> None:
    """Values and trend of every target until its year, with the chance of arriving."""
    table = book.report.trajectories
    if table.empty:
        return
    kinds = {each: book.words.get(f"workbook.kind_{each}", each) for each in set(table["kind"])}
    shown = table.assign(kind=table["kind"].map(kinds)).rename(columns={"year": "at_year"})
    add_frame(book, "trajectories", shown)


def add_works(book: Book) -> None:
    """The ledger of works by type, year and unit."""
    if not book.report.works.empty:
        renamed = book.report.works.rename(columns={"year": "works_year"})
        add_frame(book, "works", renamed, note=book.word("note_works"))


def add_conflicts(book: Book) -> None:
    """Features that a rule on ground speaks against."""
    features = book.report.conflicts
    if features.empty:
        return
    table = pd.DataFrame(features.drop(columns="geometry", errors="ignore"))
    rules: Mapping[str, str] = {each: book.word(f"rule_{each}") for each in _RULES}
    shown = table.assign(rule=table["rule"].map(rules).fillna(table["rule"]))
    renamed = shown.rename(columns={"year": "feature_year"})
    add_frame(book, "conflicts", renamed, note=book.word("note_conflicts"))
