"""The side panel of a sheet: the whole territory's figure, the legend, the targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.patches import Circle

from gis.problems import Language
from maps.classes import Classes
from maps.figures import ShownUnit, figure, shown_unit
from maps.report import Report
from maps.sheet_frame import OVERLAYS
from maps.sheet_page import ACCENT, GREY, INK, RULE, Page
from maps.status import look
from maps.text import visible

LEFT, RIGHT, TOP, BOTTOM = 302.0, 408.0, 262.0, 41.0
"""Place of the panel on the page, mm."""

_ROW_MM = 6.6
_BOLD = 1.15
"""How much wider bold text may run than the regular face that is measured."""

_TARGET_MM = 10.5
"""Least height of a target's row."""

_REASON_MM, _LONG_REASON_MM = 14.0, 18.5
"""Heights of a row with a bar from which its reason has one line, and two."""

_BARE_MM = 13.5
"""Height of a row without a bar, which has two lines for its reason."""

_BAR_MM = 36.0


@dataclass(frozen=True)
class Whole:
    """The whole territory's figures: (epoch, value, low, high) per epoch, the shown one's place."""

    place: str
    unit: ShownUnit
    series: tuple[tuple[int, float, float, float], ...]
    epoch: int


def draw_panel(
    page: Page,
    report: Report,
    *,
    whole: Whole,
    found: Classes,
    counts: Sequence[int],
    words: Mapping[str, str],
) -> None:
    """Draw the panel from top to bottom; ``counts`` has the units of each class, then missing."""
    y = _draw_whole(page, whole, report.interval_percent, words)
    y = _draw_legend(page, report, whole.unit, found, counts, words, y - 4)
    _draw_targets(page, report, words, y - 4)


def heading(page: Page, x: float, y: float, width: float, text: str) -> float:
    """A section heading over a rule; returns the baseline for what follows."""
    page.text(x, y, text, 10.5, bold=True, colour=ACCENT)
    page.rule([x, x + width], [y - 1.6, y - 1.6], colour=ACCENT, width=0.8)
    return y - 7.0


def _draw_whole(page: Page, whole: Whole, percent: float, words: Mapping[str, str]) -> float:
    """The headline figure with its interval, and one bar per epoch."""
    y = heading(page, LEFT, TOP - 3.5, RIGHT - LEFT, whole.place)
    shown = next((each for each in whole.series if each[0] == whole.epoch), None)
    value = figure(shown[1], whole.unit) if shown else "–"
    page.text(LEFT, y - 4.5, value, 25, bold=True)
    x = LEFT + 1.06 * page.fonts.width_mm(value, 25) + 1.5
    page.text(x, y - 4.5, whole.unit.name, 10, colour=GREY)
    if shown and math.isfinite(shown[2]):
        interval = words["common.interval"].format(percent=f"{percent:g}")
        limits = f"{figure(shown[2], whole.unit)} – {figure(shown[3], whole.unit)}"
        page.text(LEFT, y - 10.5, f"{interval} {limits}", 8, colour=GREY)
    _draw_series(page, whole, RIGHT - 46, y - 10.5)
    return y - 13.0


def _draw_series(page: Page, whole: Whole, left: float, bottom: float) -> None:
    """One bar per epoch from zero, each with its year and value."""
    known = [each for each in whole.series if math.isfinite(each[1])][-4:]
    largest = max((abs(each[1]) for each in known), default=0.0)
    step = 4.4
    for place, (epoch, value, _, _) in enumerate(reversed(known)):
        y = bottom + place * step
        strong = epoch == whole.epoch
        length = 18.0 * abs(value) / largest if largest else 0.0
        page.text(left, y, str(epoch), 7.5, colour=INK if strong else GREY)
        page.box(left + 9, y - 0.3, length, 2.6, fill=ACCENT if strong else "#a9c9c5")
        page.text(left + 10.5 + length, y, figure(value, whole.unit), 7.5, colour=GREY)


def _draw_legend(
    page: Page,
    report: Report,
    unit: ShownUnit,
    found: Classes,
    counts: Sequence[int],
    words: Mapping[str, str],
    y: float,
) -> float:
    """Classes on the left, outlines on the right; an empty class stays and says so."""
    y = heading(page, LEFT, y - 3.5, RIGHT - LEFT, words["sheet.legend"])
    page.text(
        RIGHT, y + 7.0, words["sheet.unit"].format(unit=unit.name), 8, colour=GREY, align="right"
    )
    rows = [*zip(found.colours, found.labels, strict=True)][::-1]
    rows.append((found.missing, words["common.no_data"]))
    numbers = [*counts[:-1][::-1], counts[-1]]
    for place, ((colour, label), number) in enumerate(zip(rows, numbers, strict=True)):
        at = y - place * _ROW_MM
        page.box(LEFT, at - 1.3, 9, 4.6, fill=colour, edge="#4d4d4d")
        page.text(LEFT + 11, at, label, 8.5)
        count = words["sheet.districts_in_class"].format(count=number)
        page.text(
            LEFT + 52, at, count if number else words["common.none"], 8, colour=GREY, align="right"
        )
    _draw_outline_keys(page, report, words, LEFT + 63, y)
    return y - (len(rows) - 1) * _ROW_MM - 2


def _draw_outline_keys(
    page: Page, report: Report, words: Mapping[str, str], x: float, y: float
) -> None:
    drawn = {each.kind for each in report.layers if each.features is not None}
    page.rule([x, x + 9], [y + 1, y + 1], colour="#4d4d4d", width=0.9)
    page.text(x + 11, y, words["sheet.boundary"], 8.5)
    for kind in (each for each in OVERLAYS if each in drawn):
        y -= _ROW_MM
        style = OVERLAYS[kind]
        page.rule([x, x + 9], [y + 1, y + 1], colour=style.colour, width=1.5, dashes=style.dashes)
        page.text(x + 11, y, words[f"sheet.{kind}"], 8.5)


def _draw_targets(page: Page, report: Report, words: Mapping[str, str], y: float) -> None:
    """One row per target: sign, title, status word, bar of the value against the target's mark."""
    y = heading(page, LEFT, y - 3.5, RIGHT - LEFT, words["sheet.targets"])
    rows = report.verdicts.to_dict("records")
    if not rows:
        page.text(LEFT, y, words["sheet.no_targets"], 8.5, colour=GREY)
        return
    room = y + 4.0 - BOTTOM
    fitting = math.floor(room / _TARGET_MM)
    if len(rows) > fitting:
        more = words["sheet.targets_more"].format(count=len(rows) - fitting)
        page.text(LEFT, BOTTOM + 0.5, more, 8, colour=GREY)
    shown = [*zip(rows, report.verdict_words, strict=True)][:fitting]
    heights = _target_heights([row for row, _ in shown], room)
    for (row, texts), height in zip(shown, heights, strict=True):
        _draw_target(page, report, row, texts, words, y, height)
        y -= height


def _target_heights(rows: Sequence[Mapping[str, object]], room: float) -> list[float]:
    """Heights of the targets' rows: each as it wants while there is room, else all alike."""
    for with_bar in (_LONG_REASON_MM, _REASON_MM):
        wanted = [with_bar if _number(row["value"]) is not None else _BARE_MM for row in rows]
        if sum(wanted) <= room:
            spare = min((room - sum(wanted)) / len(rows), 2.5)
            return [each + spare for each in wanted]
    return [room / len(rows)] * len(rows)


def _draw_target(
    page: Page,
    report: Report,
    row: Mapping[str, object],
    texts: Mapping[str, Mapping[Language, str]],
    words: Mapping[str, str],
    y: float,
    height: float,
) -> None:
    status = str(row["status"])
    style = look(status)
    _draw_sign(page, status, y)
    word = words[f"common.{status}"]
    page.text(RIGHT, y, word, 9, bold=True, colour=style.colour, align="right")
    room = (RIGHT - LEFT - 9) / _BOLD - page.fonts.width_mm(word, 9)
    _draw_target_title(page, row, visible(texts["title"][report.language]), words, room, y)
    value, target = _number(row["value"]), _number(row["target"])
    if value is None:
        reason = visible(texts["reason"][report.language])
        lines = page.fonts.wrapped(reason, 7.5, RIGHT - LEFT - 6, 2)
        page.lines(LEFT + 6, y - 4.2, lines, 7.5, colour=GREY)
        return
    unit = shown_unit(str(row["unit"]), report.language)
    printed = visible(texts["printed"][report.language])
    interval = _number(row["low"]), _number(row["high"])
    _draw_target_bar(page, value, interval, target, style.colour, y - 5.2)
    text = " · ".join(each for each in (f"{figure(value, unit)} {unit.name}", printed) if each)
    x = LEFT + 6 + _BAR_MM + 3 if target is not None else LEFT + 6
    page.text(x, y - 4.6, page.fonts.fitted(text, 8, RIGHT - x), 8, colour=INK)
    if height >= _REASON_MM:
        reason = visible(texts["reason"][report.language])
        lines = page.fonts.wrapped(reason, 7.5, RIGHT - LEFT - 6, 1 + (height >= _LONG_REASON_MM))
        page.lines(LEFT + 6, y - 8.9, lines, 7.5, colour=GREY)


def _draw_target_title(
    page: Page,
    row: Mapping[str, object],
    title: str,
    words: Mapping[str, str],
    room: float,
    y: float,
) -> None:
    """Title and year of a target; a title that is too long is cut, its year stays."""
    year = _number(row["year"])
    pattern = "{title}" if year is None else words["sheet.target_year"]
    bare = pattern.format(title="", year=f"{year or 0:.0f}")
    fitted = page.fonts.fitted(title, 9, room - page.fonts.width_mm(bare, 9))
    text = pattern.format(title=fitted, year=f"{year or 0:.0f}")
    page.text(LEFT + 6, y, text, 9, bold=True)


def _draw_sign(page: Page, status: str, y: float) -> None:
    """A white sign on a disc; the tick is drawn, since many fonts only have the root sign."""
    x, style = LEFT + 2.2, look(status)
    page.axes.add_patch(Circle((x, y + 0.9), 2.2, facecolor=style.colour, zorder=3))
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
    y: float,
) -> None:
    """A bar from zero to the value, a whisker over its interval, a mark at the target."""
    if target is None:
        return
    left = LEFT + 6
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
