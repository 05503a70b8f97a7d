"""The sheets of a run: one, one for each indicator, and an atlas over the districts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages

from gis.problems import LANGUAGES, OutputError, Problem, ProblemLog, problem
from gis.visible_text import visible
from maps.fonts import chinese_font
from maps.plate.ground import ground_of
from maps.plate.margin import PlateMarks
from maps.plate.page_layout import Layout, layout
from maps.plate.plate import (
    UNMARKED,
    Format,
    Sheet,
    Subject,
    choose,
    choose_change,
    draw_sheet,
    save_sheet,
    style,
)
from maps.plate.works import draw_works_sheet, has_works
from maps.report import Report


@dataclass(frozen=True)
class SheetChoice:
    """Which sheets a run prints. No indicator named means the main one, or all with ``every``."""

    form: Layout | None = None
    formats: tuple[Format, ...] = ("pdf", "png")
    indicators: tuple[str, ...] = ()
    every: bool = False
    atlas: bool = False
    change: bool = False
    works: bool = False
    marks: PlateMarks = UNMARKED


def write_sheets(
    report: Report, folder: Path, choice: SheetChoice, *, problems: ProblemLog | None = None
) -> list[Path]:
    """Write the sheets of a choice into a folder; returns their paths.

    The atlas is one PDF with a page of the city and a page of each district; other formats get a
    file per district. A sheet that cannot be drawn, such as one of a district whose name has a
    character that no font holds, is left out and told in ``problems``; the others are written.
    Raises ``OutputError`` as ``write_sheet`` does where no sheet at all can be drawn, and without
    ``problems`` for any.
    """
    fonts = chinese_font()
    form = choice.form or layout()
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    lost: Losses = []
    with mpl.rc_context(style(fonts)):
        subjects = _subjects(report, choice)
        for place, subject in enumerate(subjects, start=1):
            marks = choice.marks.numbered(place)
            with _left_out_alone(subject.stem, lost):
                sheet = draw_sheet(report, subject, fonts, form=form, marks=marks)
                paths += save_sheet(sheet, report, folder / subject.stem, choice.formats)
        numbers = count(len(subjects) + 1)
        if choice.works and has_works(report):
            stem = f"works_{report.epochs[-1]}"
            with _left_out_alone(stem, lost):
                sheet = draw_works_sheet(report, fonts, form, choice.marks.numbered(next(numbers)))
                paths += save_sheet(sheet, report, folder / stem, choice.formats)
        if choice.atlas:
            pages = _atlas_pages(report, choose(report), choice, numbers, lost)
            paths += _save_atlas(report, pages, folder, choice.formats)
    if lost and (problems is None or not paths):
        raise OutputError([each for _, error in lost for each in error.problems])
    if problems is not None:
        problems.extend(_loss(name, error) for name, error in lost)
    return paths


Losses = list[tuple[str, OutputError]]
"""Names of the sheets that could not be drawn, and why."""


@contextmanager
def _left_out_alone(name: str, lost: Losses) -> Iterator[None]:
    try:
        yield
    except OutputError as error:
        lost.append((name, error))


def _loss(name: str, error: OutputError) -> Problem:
    reason = {
        language: " ".join(each.message(language) for each in error.problems)
        for language in LANGUAGES
    }
    return problem("maps.sheet_left_out", name, reason=reason)


def _subjects(report: Report, choice: SheetChoice) -> list[Subject]:
    """A sheet for each indicator of the choice, with ``change`` followed by that of its change."""
    keys: list[str | None] = [*choice.indicators] or [None]
    if choice.every:
        known = set(report.results.dropna(subset=["value"])["indicator"])
        keys = [each.key for each in report.indicators if each.key in known]
    found: list[Subject] = []
    for key in keys:
        subject = choose(report, key)
        changed = choose_change(report, subject) if choice.change else None
        found += [each for each in (subject, changed) if each is not None]
    return found


def _atlas_pages(
    report: Report, subject: Subject, choice: SheetChoice, numbers: Iterator[int], lost: Losses
) -> Iterator[tuple[str, Sheet]]:
    """The city, then its districts in the order of the report, each with the name of its file."""
    fonts, ground = chinese_font(), ground_of(report, subject.epoch)
    for stem, own in _atlas_subjects(report, subject):
        drawn: list[Sheet] = []
        with _left_out_alone(stem, lost):
            marks = choice.marks.numbered(next(numbers))
            form = choice.form or layout()
            drawn.append(draw_sheet(report, own, fonts, form=form, ground=ground, marks=marks))
        yield from ((stem, sheet) for sheet in drawn)


def _atlas_subjects(report: Report, subject: Subject) -> Iterator[tuple[str, Subject]]:
    stem = f"atlas_{subject.epoch}"
    yield stem, subject
    for number, code in enumerate(report.units["unit_code"].astype(str), start=1):
        # A code is data: only a plain one may name a file.
        name = code if re.fullmatch(r"[A-Za-z0-9_-]{1,32}", code) else f"{number:03d}"
        yield f"{stem}_{name}", replace(subject, district=code)


def _save_atlas(
    report: Report,
    pages: Iterator[tuple[str, Sheet]],
    folder: Path,
    formats: Sequence[Format],
) -> list[Path]:
    paths: list[Path] = []
    single = [each for each in formats if each != "pdf"]
    book: PdfPages | None = None
    for stem, sheet in pages:
        if "pdf" in formats:
            if book is None:
                paths.append(folder / f"{stem.partition('_')[0]}_{sheet.subject.epoch}.pdf")
                title = visible(f"{report.title} {stem}")
                metadata = {"Title": title, "Creator": "SinkAtlas", "CreationDate": None}
                book = PdfPages(paths[0], metadata=metadata)
            sheet.page.figure.savefig(book, format="pdf")  # type: ignore[arg-type]
        paths += save_sheet(sheet, report, folder / stem, single)
    if book is not None:
        book.close()  # type: ignore[no-untyped-call]
    return paths
