"""The targets on a sheet: sign, word, value against the target's mark, reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.patches import Circle

from gis.problems import Language
from gis.visible_text import visible
from maps.figures import figure, shown_unit
from maps.plate.panel import PanelSection
from maps.plate.paper import GREY, INK, RULE, Page
from maps.status_style import look

_BOLD = 1.15
"""How much wider bold text may run than the regular face that is measured."""

_TARGET_MM = 10.5
"""Least height of a target's row."""

_REASON_MM, _LONG_REASON_MM = 14.0, 18.5
"""Heights of a row with a bar from which its reason has one line, and two."""

_BARE_MM = 13.5
"""Height of a row without a bar from which its reason has two lines."""

_BAR_MM = 36.0
_MORE_MM = 5.0
"""Room for the line that says how many targets found none."""

Texts = Mapping[str, Mapping[Language, str]]


def draw_targets(section: PanelSection, y: float) -> float:
    """One row per target: sign, title, status word, bar of the value against the target's mark."""
    page, words = section.page, section.words
    left, bottom, _, _ = section.area
    y = section.heading(y, words["sheet.targets"])
    rows = section.report.verdicts.to_dict("records")
    if not rows:
        page.text(left, y, words["sheet.no_targets"], 8.5, colour=GREY)
        return y - 4
    room = y + 4.0 - bottom
    fitting = math.floor(room / _TARGET_MM)
    if len(rows) > fitting:
        room -= _MORE_MM
        fitting = math.floor(room / _TARGET_MM)
        more = words["sheet.targets_more"].format(count=len(rows) - fitting)
        page.text(left, bottom + 0.5, more, 8, colour=GREY)
    shown = [*zip(rows, section.report.verdict_words, strict=True)][:fitting]
    heights = _heights([row for row, _ in shown], room)
    for (row, texts), height in zip(shown, heights, strict=True):
        _draw_target(section, row, texts, y, height)
        y -= height
    return y


def _heights(rows: Sequence[Mapping[str, object]], room: float) -> list[float]:
    """Heights of the targets' rows: each as it wants while there is room, else all alike."""
    for with_bar in (_LONG_REASON_MM, _REASON_MM):
        wanted = [with_bar if _number(row["value"]) is not None else _BARE_MM for row in rows]
        if sum(wanted) <= room:
            spare = min((room - sum(wanted)) / len(rows), 2.5)
            return [each + spare for each in wanted]
    return [room / len(rows)] * len(rows)


def _draw_target(
    section: PanelSection, row: Mapping[str, object], texts: Texts, y: float, height: float
) -> None:
    page, words, language = section.page, section.words, section.report.language
    left, _, right, _ = section.area
    status = str(row["status"])
    _draw_sign(page, status, left, y)
    word = texts["leaning"][language] or words[f"common.{status}"]
    page.text(right, y, word, 9, bold=True, colour=look(status).colour, align="right")
    room = (right - left - 9) / _BOLD - page.fonts.width_mm(word, 9)
    _draw_title(section, row, visible(texts["title"][language]), room, y)
    reason = visible(texts["reason"][language])
    has_bar = _number(row["value"]) is not None
    if has_bar:
        _draw_value(section, row, visible(texts["printed"][language]), y)
    lines = 1 + (height >= (_LONG_REASON_MM if has_bar else _BARE_MM))
    if height >= _REASON_MM or not has_bar:
        wrapped = page.fonts.wrapped(reason, 7.5, right - left - 6, lines)
        page.lines(left + 6, y - (8.9 if has_bar else 4.2), wrapped, 7.5, colour=GREY)


def _draw_title(
    section: PanelSection, row: Mapping[str, object], title: str, room: float, y: float
) -> None:
    """Title and year of a target; a title that is too long is cut, its year stays."""
    page = section.page
    year = _number(row["year"])
    pattern = "{title}" if year is None else section.words["sheet.target_year"]
    bare = pattern.format(title="", year=f"{year or 0:.0f}")
    fitted = page.fonts.fitted(title, 9, room - page.fonts.width_mm(bare, 9))
    text = pattern.format(title=fitted, year=f"{year or 0:.0f}")
    page.text(section.area[0] + 6, y, text, 9, bold=True)


def _draw_value(section: PanelSection, row: Mapping[str, object], printed: str, y: float) -> None:
    """The value in words beside its bar."""
    page, language = section.page, section.report.language
    left, _, right, _ = section.area
    value = _number(row["value"]) or 0.0
    target = None if row["nature"] == "increment" else _number(row["target"])
    unit = shown_unit(str(row["unit"]), language)
    interval = _number(row["low"]), _number(row["high"])
    colour = look(str(row["status"])).colour
    _draw_target_bar(page, value, interval, target, colour, left + 6, y - 5.2)
    text = " · ".join(each for each in (f"{figure(value, unit)} {unit.name}", printed) if each)
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
