"""What frames a sheet: title, badge of synthetic data, sources, method and imprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gis.visible_text import visible
from maps.imprint import data_sources, imprint
from maps.plate.frame import DrawnMap
from maps.plate.paper import ACCENT, GREY, INK, WARN, Page
from maps.plate.projection import central_meridian
from maps.report import Report

_SHARES = {4: (0.23, 0.21, 0.24, 0.32), 2: (0.5, 0.5, 0.5, 0.5), 3: (0.34, 0.33, 0.33, 0.34)}
"""Width of each block of the footer, as a share of its row, by blocks in a row."""

_BLOCK_MM = 21.0
_GAP_MM = 5.0


@dataclass(frozen=True)
class PlateMarks:
    """What a bureau writes on its sheets beside the imprint; nothing is invented for what is empty.

    ``number`` is the drawing number (图号), which sheets of a set count on; ``classification`` the
    secrecy class (密级); ``height_datum`` the height system; the names are those of who drew,
    checked and approved the sheet. A name that is empty leaves a line to sign on.
    """

    number: str = ""
    classification: str = ""
    height_datum: str = ""
    drawn_by: str = ""
    checked_by: str = ""
    approved_by: str = ""

    def numbered(self, place: int) -> PlateMarks:
        """The marks of the sheet at a place of a set.

        >>> PlateMarks(number="LY-2024").numbered(3).number
        'LY-2024-03'
        """
        return replace(self, number=f"{self.number}-{place:02d}") if self.number else self


def draw_title(
    page: Page, report: Report, title: str, marks: PlateMarks, text: Mapping[str, str]
) -> None:
    """Title and subtitle, the secrecy class, and over synthetic data the badge that says so."""
    left, bottom, right, _ = page.layout.title
    room = right - left
    size = min(25.0, 25.0 * room / (1.08 * page.fonts.width_mm(title, 25)))
    fitted = page.fonts.fitted(title, max(size, 14.0), room / 1.08)
    page.text(left, bottom + 9.5, fitted, max(size, 14.0), bold=True)
    plan = report.plan_title[report.language] if report.plan_title else ""
    subtitle = " · ".join(visible(each) for each in (report.title, plan) if each)
    page.text(left, bottom + 2.3, page.fonts.fitted(subtitle, 10, room), 10, colour=GREY)
    if report.synthetic:
        _draw_badge(page, text["common.synthetic"])
    if marks.classification:
        _, _, right, top = page.layout.badge
        shown = text["sheet.classification"].format(text=visible(marks.classification))
        shown = page.fonts.fitted(shown, 11, (right - page.layout.badge[0]) / 1.1)
        page.text(right, top + 2.0, shown, 11, bold=True, align="right")


def _draw_badge(page: Page, words: str) -> None:
    left, bottom, right, top = page.layout.badge
    width, height = right - left, top - bottom
    page.box(left, bottom, width, height, fill="#fdecea", edge=WARN, line=1.2)
    most = 1.6 * height
    size = min(most, most * (width - 8) / (1.1 * page.fonts.width_mm(words, most)))
    middle = bottom + height / 2 - size * 0.125
    page.text((left + right) / 2, middle, words, size, bold=True, colour=WARN, align="center")


def draw_footer(
    page: Page,
    report: Report,
    method: str,
    years: Sequence[int],
    drawn: DrawnMap,
    marks: PlateMarks,
    text: Mapping[str, str],
) -> None:
    """Sources, coordinate system, method, and the facts of publication, in blocks."""
    left, _, right, top = page.layout.footer
    page.rule([left, right], [top, top], colour=INK, width=0.8)
    crs = text["sheet.crs_text"].format(
        meridian=f"{central_meridian(drawn.view.crs)}°E", name=drawn.view.crs.name
    )
    if marks.height_datum:
        crs += text["sheet.height_datum"].format(name=visible(marks.height_datum))
    blocks = (
        (text["common.sources"], visible(data_sources(report)) or "–"),
        (text["sheet.crs"], crs),
        (text["sheet.method"], method),
    )
    for place, (title, body) in enumerate(blocks):
        x, y, width = _block(page, place)
        page.text(x, y, title, 8.5, bold=True, colour=ACCENT)
        lines = page.fonts.wrapped(body, 7.5, width, 4)
        page.lines(x, y - 4.2, lines, 7.5, colour=GREY)
    _draw_imprint(page, report, years, marks, text)
    if drawn.unplaced:
        _draw_unplaced(page, text["sheet.unplaced"] + "; ".join(drawn.unplaced))


def _block(page: Page, place: int) -> tuple[float, float, float]:
    """Left edge, first baseline and width of a block of the footer."""
    left, _, right, top = page.layout.footer
    in_row = page.layout.footer_columns
    shares = _SHARES[in_row]
    row, column = divmod(place, in_row)
    x = left + (right - left) * sum(shares[:column])
    return x, top - 4.9 - row * _BLOCK_MM, (right - left) * shares[column] - _GAP_MM


def _draw_unplaced(page: Page, listed: str) -> None:
    left, bottom, right, _ = page.layout.map
    lines = page.fonts.wrapped(listed, 7, right - left - 6, 3)
    page.lines(left + 3, bottom + 2 + 3.6 * (len(lines) - 1), lines, 7)


_IMPRINT_ROW_MM = 4.4
_SIGNATURE_MM = 20.0


def _draw_imprint(
    page: Page, report: Report, years: Sequence[int], marks: PlateMarks, text: Mapping[str, str]
) -> None:
    """The facts of publication on the left; who answers for the sheet, or a line to sign, right."""
    shown_years = text["sheet.between"].join(map(str, years))
    facts = [*imprint(report), (text["sheet.epoch"], shown_years)]
    if marks.number:
        facts.insert(0, (text["sheet.number"], marks.number))
    names = [
        (text[f"sheet.{each}"], str(getattr(marks, each)))
        for each in ("drawn_by", "checked_by", "approved_by")
    ]
    x, top, width = _block(page, 3)
    indent = max(page.fonts.width_mm(each, 8) for each, _ in facts) + 3
    signed = max(page.fonts.width_mm(each, 8) for each, _ in names) + 2
    right = x + width - signed - _SIGNATURE_MM
    for place, (label, value) in enumerate(facts):
        y = top - place * _IMPRINT_ROW_MM
        page.text(x, y, label, 8, colour=GREY)
        page.text(x + indent, y, page.fonts.fitted(visible(value), 8, right - x - indent - 2), 8)
    for place, (label, value) in enumerate(names):
        y = top - place * 1.5 * _IMPRINT_ROW_MM
        page.text(right, y, label, 8, colour=GREY)
        ends = [right + signed, x + width]
        if value:
            page.text(ends[0], y, page.fonts.fitted(visible(value), 8, _SIGNATURE_MM), 8)
        else:
            page.rule(ends, [y - 0.6, y - 0.6], width=0.4)
