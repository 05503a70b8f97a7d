"""The sheets of a run: one, one for each indicator, and an atlas over the districts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages

from maps.fonts import chinese_font
from maps.plate.ground import ground_of
from maps.plate.page_layout import Layout, layout
from maps.plate.plate import Format, Sheet, Subject, choose, draw_sheet, save_sheet, style
from maps.report import Report
from maps.text import visible


@dataclass(frozen=True)
class SheetChoice:
    """Which sheets a run prints. No indicator named means the main one, or all with ``every``."""

    form: Layout | None = None
    formats: tuple[Format, ...] = ("pdf", "png")
    indicators: tuple[str, ...] = ()
    every: bool = False
    atlas: bool = False


def write_sheets(report: Report, folder: Path, choice: SheetChoice) -> list[Path]:
    """Write the sheets of a choice into a folder; returns their paths.

    The atlas is one PDF with a page of the city and a page of each district; other formats get a
    file per district. Raises ``OutputError`` as ``write_sheet`` does.
    """
    fonts = chinese_font()
    form = choice.form or layout()
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    with mpl.rc_context(style(fonts)):
        for subject in _subjects(report, choice):
            sheet = draw_sheet(report, subject, fonts, form=form)
            paths += save_sheet(sheet, report, folder / subject.stem, choice.formats)
        if choice.atlas:
            pages = _atlas_pages(report, choose(report), form)
            paths += _save_atlas(report, pages, folder, choice.formats)
    return paths


def _subjects(report: Report, choice: SheetChoice) -> list[Subject]:
    if choice.indicators:
        return [choose(report, key) for key in choice.indicators]
    if not choice.every:
        return [choose(report)]
    known = set(report.results.dropna(subset=["value"])["indicator"])
    return [choose(report, each.key) for each in report.indicators if each.key in known]


def _atlas_pages(report: Report, subject: Subject, form: Layout) -> Iterator[tuple[str, Sheet]]:
    """The city, then its districts in the order of the report, each with the name of its file."""
    fonts, ground = chinese_font(), ground_of(report, subject.epoch)
    stem = f"atlas_{subject.epoch}"
    yield stem, draw_sheet(report, subject, fonts, form=form, ground=ground)
    for number, code in enumerate(report.units["unit_code"].astype(str), start=1):
        # A code is data: only a plain one may name a file.
        name = code if re.fullmatch(r"[A-Za-z0-9_-]{1,32}", code) else f"{number:03d}"
        own = replace(subject, district=code)
        yield f"{stem}_{name}", draw_sheet(report, own, fonts, form=form, ground=ground)


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
                paths.append(folder / f"{stem}.pdf")
                title = visible(f"{report.title} {stem}")
                metadata = {"Title": title, "Creator": "SinkAtlas", "CreationDate": None}
                book = PdfPages(paths[0], metadata=metadata)
            sheet.page.figure.savefig(book, format="pdf")  # type: ignore[arg-type]
        paths += save_sheet(sheet, report, folder / stem, single)
    if book is not None:
        book.close()  # type: ignore[no-untyped-call]
    return paths
