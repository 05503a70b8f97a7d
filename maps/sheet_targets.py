"""The targets on a sheet: sign, word, value against the target's mark, reason."""

from __future__ import annotations

import math
from collections.abc import Mapping

from matplotlib.patches import Circle

from gis.problems import Language
from maps.figures import figure, shown_unit
from maps.sheet_page import GREY, INK, RULE, Page
from maps.sheet_panel import Section
from maps.status import look
from maps.text import visible

_BOLD = 1.15
"""How much wider bold text may run than the regular face that is measured."""

_TARGET_MM = (10.5, 16.0)
_REASON_MM = 13.5
"""Height of a target's row from which its reason has room."""

_TWO_LINES_MM = 12.5
"""Height of a target's row from which a reason without a bar has room for two lines."""

_BAR_MM = 44.0

Texts = Mapping[str, Mapping[Language, str]]


def draw_targets(section: Section, y: float) -> float:
    """One row per target: sign, title, status word, bar of the value against the target's mark."""
    page, words = section.page, section.words
    left, bottom, _, _ = section.area
    y = section.heading(y, words["sheet.targets"])
    rows = section.report.verdicts.to_dict("records")
    if not rows:
        page.text(left, y, words["sheet.no_targets"], 8.5, colour=GREY)
        return y - 4
    room = y + 4.0 - bottom
    fitting = math.floor(room / _TARGET_MM[0])
    if len(rows) > fitting:
        fitting = math.floor((room - 5.0) / _TARGET_MM[0])
        more = words["sheet.targets_more"].format(count=len(rows) - fitting)
        page.text(left, bottom + 0.5, more, 8, colour=GREY)
        room -= 5.0
    height = min(_TARGET_MM[1], room / min(len(rows), fitting))
    for row, texts in [*zip(rows, section.report.verdict_words, strict=True)][:fitting]:
        _draw_target(section, row, texts, y, height)
        y -= height
    return y


def _draw_target(
    section: Section, row: Mapping[str, object], texts: Texts, y: float, height: float
) -> None:
    page, words, language = section.page, section.words, section.report.language
    left, _, right, _ = section.area
    status = str(row["status"])
    style = look(status)
    _draw_sign(page, status, left, y)
    word = words[f"common.{status}"]
    page.text(right, y, word, 9, bold=True, colour=style.colour, align="right")
    title = visible(texts["title"][language])
    if _number(row["year"]) is not None:
        title = words["sheet.target_year"].format(title=title, year=f"{_number(row['year']):.0f}")
    room = right - left - 9 - _BOLD * page.fonts.width_mm(word, 9)
    page.text(left + 6, y, page.fonts.fitted(title, 9, room / _BOLD), 9, bold=True)
    reason = visible(texts["reason"][language])
    if _number(row["value"]) is None:
        lines = page.fonts.wrapped(reason, 7.5, right - left - 6, 2 if height >= _TWO_LINES_MM else 1)
        page.lines(left + 6, y - 4.2, lines, 7.5, colour=GREY)
        return
    _draw_value(section, row, visible(texts["printed"][language]), y)
    if height >= _REASON_MM:
        fitted = page.fonts.fitted(reason, 7.5, right - left - 6)
        page.text(left + 6, y - 9.3, fitted, 7.5, colour=GREY)


def _draw_value(section: Section, row: Mapping[str, object], printed: str, y: float) -> None:
    """The value in words beside its bar."""
    page, words, language = section.page, section.words, section.report.language
    left, _, right, _ = section.area
    value, target = _number(row["value"]) or 0.0, _number(row["target"])
    unit = shown_unit(str(row["unit"]), language)
    interval = _number(row["low"]), _number(row["high"])
    colour = look(str(row["status"])).colour
    _draw_target_bar(page, value, interval, target, colour, left + 6, y - 5.2)
    text = f"{figure(value, unit)} {unit.name}"
    if printed:
        text += "，" if language == "zh" else ", "
        text += words["sheet.target"].format(printed=printed)
    x = left + 6 + _BAR_MM + 3 if target is not None else left + 6
    page.text(x, y - 4.6, page.fonts.fitted(text, 8, right - x), 8, colour=INK)


def _draw_sign(page: Page, status: str, left: float, y: float) -> None:
    """A white sign on a disc; the tick is drawn, since many fonts only have the root sign."""
    x, style = left + 2.2, look(status)
    page.axes.add_artist(Circle((x, y + 0.9), 2.2, facecolor=style.colour, zorder=3))
    if status == "met":
        page.rule([x - 1, x - 0.3, x + 1.1], [y + 0.9, y, y + 1.9], colour="white", width=1.5)
    else:
        page.text(x, y - 0.25, style.sign, 9, bold=True, colour="white", align="center")


def _draw_target_bar(
    page: Page,
    value: float,
    interval: tuple[float | None, float | None],
    target: float | None,
    colour: str,
    left: float,
    y: float,
) -> None:
    """A bar from zero to the value, a whisker over its interval, a mark at the target."""
    if target is None:
        return
    low, high = (abs(each) if each is not None else abs(value) for each in interval)
    largest = 1.06 * max(abs(value), abs(target), low, high, 1e-300)
    mm = _BAR_MM / largest
    page.box(left, y, _BAR_MM, 2.8, fill="#f0f0f0")
    page.box(left, y, abs(value) * mm, 2.8, fill=colour, opacity=0.75)
    page.rule([left + abs(target) * mm] * 2, [y - 0.8, y + 3.6], colour=INK, width=1.4)
    page.rule([left + low * mm, left + high * mm], [y + 1.4, y + 1.4], colour=INK, width=0.7)
    page.rule([left, left], [y - 0.4, y + 3.2], colour=RULE)


def _number(value: object) -> float | None:
    """A cell as a number; missing is None."""
    number = float(value) if isinstance(value, int | float) else math.nan
    return number if math.isfinite(number) else None
