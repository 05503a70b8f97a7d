"""The targets on a sheet: sign, word, value against the target's mark, reason."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from matplotlib.patches import Circle

from gis.problems import Language
from gis.visible_text import visible
from maps.figures import figure, shown_unit
from maps.plate.panel import PanelSection
from maps.plate.paper import GREY, INK, RULE, Page
from maps.status_style import LOOKS, look
from maps.words import without_keys

_BOLD = 1.15
"""How much wider bold text may run than the regular face that is measured."""

_TITLE_MM, _VALUE_MM, _LINE_MM, _GAP_MM = 4.2, 4.7, 3.9, 2.5
"""Heights of a target's title, of its value, of a line of text, and of what parts two targets."""

_REASON_PT = 7.5
_BAR_MM = 36.0
_REST_MM = 2 * _LINE_MM + 1
"""Room for the words on the targets that stand elsewhere."""

Texts = Mapping[str, Mapping[Language, str]]


def draw_targets(section: PanelSection, y: float, indicators: Collection[str]) -> float:
    """The targets of a sheet's own indicators: sign, status, value against the mark, whole reason.

    Targets of other indicators, and own ones without room, are counted by their status below. A
    reason is cut only where it alone is longer than the section.
    """
    page, words = section.page, section.words
    left, bottom, right, _ = section.area
    y = section.heading(y, words["sheet.targets"])
    rows = section.report.verdicts.to_dict("records")
    if not rows:
        page.text(left, y, words["sheet.no_targets"], 8.5, colour=GREY)
        return y - _LINE_MM
    known = [*zip(rows, section.report.verdict_words, strict=True)]
    own = [each for each in known if each[0]["indicator"] in indicators]
    if not own:
        page.text(left, y, words["sheet.no_own_targets"], 8.5, colour=GREY)
        y -= _LINE_MM + 1
    drawn = 0
    for row, texts in own:
        head = _TITLE_MM + (_VALUE_MM if _number(row["value"]) is not None else 0.0)
        most = math.floor((y - bottom - _REST_MM - head) / _LINE_MM)
        report = section.report
        reason = visible(without_keys(texts["reason"][report.language], report, report.language))
        lines = page.fonts.wrapped(reason, _REASON_PT, right - left - 6, len(reason) + 1)
        if len(lines) > most and drawn:
            break
        if len(lines) > most:
            lines = page.fonts.wrapped(reason, _REASON_PT, right - left - 6, max(most, 1))
        _draw_target(section, row, texts, lines, y)
        y -= head + _LINE_MM * len(lines) + _GAP_MM
        drawn += 1
    rest = [str(row["status"]) for row in rows if row["indicator"] not in indicators]
    rest += [str(row["status"]) for row, _ in own[drawn:]]
    return _draw_rest(section, rest, y) if rest else y


def _draw_rest(section: PanelSection, statuses: Sequence[str], y: float) -> float:
    """How many targets stand in the workbook alone, by their status."""
    page, words = section.page, section.words
    left, _, right, _ = section.area
    counted = words["sheet.between"].join(
        words["sheet.targets_of_status"].format(
            status=words[f"common.{each}"], count=statuses.count(each)
        )
        for each in LOOKS
        if each in statuses
    )
    text = words["sheet.targets_more"].format(count=len(statuses), counted=counted)
    lines = page.fonts.wrapped(text, 8, right - left, 2)
    return page.lines(left, y, lines, 8, colour=GREY)


def _draw_target(
    section: PanelSection, row: Mapping[str, object], texts: Texts, reason: Sequence[str], y: float
) -> None:
    page, words, language = section.page, section.words, section.report.language
    left, _, right, _ = section.area
    status = str(row["status"])
    _draw_sign(page, status, left, y)
    word = texts["leaning"][language] or words[f"common.{status}"]
    page.text(right, y, word, 9, bold=True, colour=look(status).colour, align="right")
    room = (right - left - 9) / _BOLD - page.fonts.width_mm(word, 9)
    _draw_title(section, row, visible(texts["title"][language]), room, y)
    y -= _TITLE_MM
    if _number(row["value"]) is not None:
        _draw_value(section, row, visible(texts["printed"][language]), y + _TITLE_MM)
        y -= _VALUE_MM
    page.lines(left + 6, y, reason, _REASON_PT, colour=GREY)


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
