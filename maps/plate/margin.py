"""What frames a sheet: title, badge of synthetic data, sources, method and imprint."""

from __future__ import annotations

from collections.abc import Mapping

from gis.visible_text import visible
from maps.imprint import data_sources, imprint
from maps.plate.frame import DrawnMap
from maps.plate.paper import ACCENT, GREY, INK, WARN, Page
from maps.plate.projection import central_meridian
from maps.report import IndicatorWords, Report

_SHARES = {4: (0.24, 0.22, 0.26, 0.28), 2: (0.5, 0.5, 0.5, 0.5), 3: (0.34, 0.33, 0.33, 0.34)}
"""Width of each block of the footer, as a share of its row, by blocks in a row."""

_BLOCK_MM = 21.0
_GAP_MM = 5.0


def draw_title(page: Page, report: Report, title: str, text: Mapping[str, str]) -> None:
    """Title and subtitle, and over synthetic data the badge that says so."""
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
    indicator: IndicatorWords,
    epoch: int,
    drawn: DrawnMap,
    text: Mapping[str, str],
) -> None:
    """Sources, coordinate system, method, and the facts of publication, in blocks."""
    left, _, right, top = page.layout.footer
    page.rule([left, right], [top, top], colour=INK, width=0.8)
    definition = visible(indicator.definition[report.language])
    crs = text["sheet.crs_text"].format(
        meridian=f"{central_meridian(drawn.view.crs)}°E", name=drawn.view.crs.name
    )
    blocks = (
        (text["common.sources"], visible(data_sources(report)) or "–"),
        (text["sheet.crs"], crs),
        (text["sheet.method"], text["sheet.method_text"].format(definition=definition)),
    )
    for place, (title, body) in enumerate(blocks):
        x, y, width = _block(page, place)
        page.text(x, y, title, 8.5, bold=True, colour=ACCENT)
        lines = page.fonts.wrapped(body, 7.5, width, 4)
        page.lines(x, y - 4.2, lines, 7.5, colour=GREY)
    _draw_imprint(page, report, epoch, text)
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


def _draw_imprint(page: Page, report: Report, epoch: int, text: Mapping[str, str]) -> None:
    rows = (*imprint(report), (text["sheet.epoch"], str(epoch)))
    x, top, width = _block(page, 3)
    indent = max(page.fonts.width_mm(each, 8) for each, _ in rows) + 4
    for place, (label, value) in enumerate(rows):
        y = top - place * 4.6
        page.text(x, y, label, 8, colour=GREY)
        fitted = page.fonts.fitted(visible(value), 8.5, width - indent)
        page.text(x + indent, y, fitted, 8.5)
