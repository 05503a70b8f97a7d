"""The sections of a sheet beside its map: headline figure, legend, indicators, districts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from gis.visible_text import visible
from maps.classes import UNKNOWN_HATCH, UNSURE_HATCH, Classes
from maps.figures import ShownUnit, figure, figure_or_bounds, shown_unit
from maps.plate.ground import GROUND, LIMITS, OverlayStyle
from maps.plate.page_layout import Box
from maps.plate.paper import ACCENT, GREY, INK, Page
from maps.report import Report

_ROW_MM = 6.6
_WIDE_MM = 140.0
"""From this width on the share of the whole has a column of its own."""

_LEAST_ROW_MM = 3.6
"""Least height of an indicator's row."""

_MORE_MM = 4.0
"""Room for the line that says how many indicators found none."""

_TWO_LINES_MM = 6.4
"""Height of a row from which a second line finds room in it."""

_HALF_MM = 63.0
"""Where the second half of the legend begins, in a column of normal width."""


@dataclass(frozen=True)
class PanelSection:
    """A section to be drawn: where on which page, from which report, in which words."""

    page: Page
    report: Report
    words: Mapping[str, str]
    area: Box

    def heading(self, y: float, text: str) -> float:
        """A section heading over a rule, its top at ``y``; the baseline for what follows."""
        left, _, right, _ = self.area
        y -= 3.5
        self.page.text(left, y, text, 10.5, bold=True, colour=ACCENT)
        self.page.rule([left, right], [y - 1.6, y - 1.6], colour=ACCENT, width=0.8)
        return y - 7.0


@dataclass(frozen=True)
class Headline:
    """The figure of a territory: (epoch, value, low, high) per epoch, the shown one's place."""

    place: str
    title: str
    unit: ShownUnit
    series: tuple[tuple[int, float, float, float], ...]
    epoch: int
    is_change: bool = False


@dataclass(frozen=True)
class Key:
    """What the legend explains: classes with the number of districts in each, or layers."""

    classes: Classes | None
    counts: tuple[int, ...]
    kinds: tuple[str, ...]
    unit: str
    is_change: bool = False


def draw_headline(section: PanelSection, y: float, headline: Headline) -> float:
    """The headline figure with its interval, and one bar per epoch."""
    page, words = section.page, section.words
    left, _, right, _ = section.area
    place = page.fonts.fitted(headline.place, 10.5, (right - left) / 1.15)
    y = section.heading(y, place)
    shown = next((each for each in headline.series if each[0] == headline.epoch), None)
    value = figure_or_bounds(*shown[1:], headline.unit) if shown else "–"
    if shown and headline.is_change and shown[1] > 0:
        value = f"+{value}"
    page.text(left, y - 4.5, value, 25, bold=True)
    x = left + 1.06 * page.fonts.width_mm(value, 25) + 1.5
    page.text(x, y - 4.5, headline.unit.name, 10, colour=GREY)
    under = [headline.title] if headline.title else []
    if shown and math.isfinite(shown[1]) and math.isfinite(shown[2]):
        percent = words["common.interval"].format(percent=f"{section.report.interval_percent:g}")
        limits = f"{figure(shown[2], headline.unit)} – {figure(shown[3], headline.unit)}"
        under.append(f"{percent} {limits}")
    line = page.fonts.fitted(" · ".join(under), 8, right - 48 - left)
    page.text(left, y - 10.5, line, 8, colour=GREY)
    if not headline.is_change:
        _draw_series(page, headline, right - 46, y - 10.5)
    return y - 13.0


def _draw_series(page: Page, headline: Headline, left: float, bottom: float) -> None:
    """One bar per epoch from zero, each with its year and value."""
    known = [each for each in headline.series if math.isfinite(each[1])][-4:]
    largest = max((abs(each[1]) for each in known), default=0.0)
    step = 4.4
    for place, (epoch, value, _, _) in enumerate(reversed(known)):
        y = bottom + place * step
        strong = epoch == headline.epoch
        length = 18.0 * abs(value) / largest if largest else 0.0
        page.text(left, y, str(epoch), 7.5, colour=INK if strong else GREY)
        page.box(left + 9, y - 0.3, length, 2.6, fill=ACCENT if strong else "#a9c9c5")
        page.text(left + 10.5 + length, y, figure(value, headline.unit), 7.5, colour=GREY)


def draw_legend(section: PanelSection, y: float, key: Key) -> float:
    """Classes on the left, outlines on the right; an empty class stays and says so."""
    page, words = section.page, section.words
    left, _, right, _ = section.area
    y = section.heading(y, words["sheet.legend"])
    if key.classes is None:
        return _draw_layer_keys(
            section, (left, left + _HALF_MM), y, key.kinds, {**GROUND, **LIMITS}
        )
    unit = words["sheet.unit"].format(unit=key.unit)
    page.text(right, y + 7.0, unit, 8, colour=GREY, align="right")
    rows = [*zip(key.classes.colours, key.classes.labels, strict=True)][::-1]
    rows.append((key.classes.missing, words["common.no_data"]))
    numbers = [*key.counts[:-1][::-1], key.counts[-1]]
    for place, ((colour, label), number) in enumerate(zip(rows, numbers, strict=True)):
        at = y - place * _ROW_MM
        hatch = UNKNOWN_HATCH if colour == key.classes.missing else None
        page.box(left, at - 1.3, 9, 4.6, fill=colour, edge="#4d4d4d", hatch=hatch)
        page.text(left + 11, at, label, 8.5)
        count = words["sheet.districts_in_class"].format(count=number)
        text = count if number else words["common.none"]
        page.text(left + 52, at, text, 8, colour=GREY, align="right")
    low = y - (len(rows) - 1) * _ROW_MM - 2
    if key.is_change:
        low -= _ROW_MM
        page.box(left, low + 0.7, 9, 4.6, fill="none", edge="#4d4d4d", hatch=UNSURE_HATCH)
        page.text(left + 11, low + 2.0, words["sheet.unsure"], 8.5)
    beside = _draw_layer_keys(section, (left + _HALF_MM,), y, key.kinds, LIMITS)
    return min(low, beside)


def _draw_layer_keys(
    section: PanelSection,
    columns: Sequence[float],
    y: float,
    kinds: Sequence[str],
    styles: Mapping[str, OverlayStyle],
) -> float:
    """One key for the districts' border and one for each layer that is drawn, down the columns."""
    page, words = section.page, section.words
    shown = ["boundary", *(each for each in styles if each in kinds)]
    rows = math.ceil(len(shown) / len(columns))
    for place, kind in enumerate(shown):
        column, row = divmod(place, rows)
        x, at = columns[column], y - row * _ROW_MM
        style = styles.get(kind, OverlayStyle("#4d4d4d", 0.9, "-"))
        if style.fill == "none":
            width = 0.9 if kind == "boundary" else 1.5
            page.rule(
                [x, x + 9], [at + 1, at + 1], width=width, colour=style.colour, dashes=style.dashes
            )
        else:
            page.box(x, at - 1.3, 9, 4.6, fill=style.fill, edge=style.colour)
        page.text(x + 11, at, words[f"sheet.{kind}"], 8.5)
    return y - (rows - 1) * _ROW_MM - 2


_UNIT_ROW_MM = 4.4
"""Height of a district's row."""


def draw_districts(section: PanelSection, y: float, key: str, unit: ShownUnit) -> float:
    """One row per district, the largest value first: first and last year, change with interval.

    Districts without room are counted; a section with room for fewer than four is left out.
    """
    page, words, report = section.page, section.words, section.report
    left, bottom, right, _ = section.area
    rows = _district_rows(report, key, unit)
    fitting = math.floor((y - bottom - 11.5) / _UNIT_ROW_MM)
    if fitting < min(len(rows), 4):
        return y
    y = section.heading(y, words["sheet.by_unit"])
    first, last = report.epochs[0], report.epochs[-1]
    late = right - 37
    heads = {late: str(last)}
    if first != last:
        heads |= {late - 17: str(first), right: words["sheet.change"]}
    for x, head in heads.items():
        page.text(x, y, head, 7.5, colour=GREY, align="right")
    for row in rows[:fitting] if len(rows) <= fitting else rows[: fitting - 1]:
        y -= _UNIT_ROW_MM
        page.text(left, y, page.fonts.fitted(row.title, 8, late - 32 - left), 8)
        cells = {late: row.late}
        if first != last:
            cells |= {late - 17: row.early, right: page.fonts.fitted(row.change, 7.5, 34)}
        _draw_cells(section, y, cells, strong=late)
    if len(rows) > fitting:
        y -= _UNIT_ROW_MM
        more = words["sheet.units_more"].format(count=len(rows) - fitting + 1)
        page.text(left, y, more, 7.5, colour=GREY)
    return y - 3


def _district_rows(report: Report, key: str, unit: ShownUnit) -> list[_IndicatorRow]:
    """Every district's figures of an indicator, the largest last value first, gaps at the end."""
    own = report.results[report.results["indicator"] == key]
    values = _looked_up(own, "unit_code", "epoch")
    first, last = report.epochs[0], report.epochs[-1]
    changes = report.changes
    changes = changes[(changes["indicator"] == key) & (changes["from_epoch"] == first)]
    changed = _looked_up(changes, "unit_code", "to_epoch")
    rows = []
    for code, name in zip(
        report.units["unit_code"].astype(str), report.units["unit_name"], strict=True
    ):
        early, late = values.get((code, first)), values.get((code, last))
        change = changed.get((code, last))
        row = _IndicatorRow(
            visible(str(name)),
            unit.name,
            figure_or_bounds(*early, unit) if early else "–",
            figure_or_bounds(*late, unit) if late else "–",
            "",
            _change_text(change, unit) if change else "–",
        )
        known = late is not None and math.isfinite(late[0])
        rows.append((not known, -late[0] if known and late else 0.0, row))
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


def draw_indicators(section: PanelSection, y: float, code: str) -> float:
    """One row per indicator of a unit: years, share of the whole, change with its interval.

    The share has a column of its own in a wide section, stands under the title where rows are tall
    enough, and takes the place of the first year, which the change tells too, where they are not.
    """
    left, bottom, right, _ = section.area
    first, last = section.report.epochs[0], section.report.epochs[-1]
    y = section.heading(y, section.words["sheet.indicators"])
    rows = _indicator_rows(section.report, code)
    room_mm = y - bottom - 2
    if len(rows) * _LEAST_ROW_MM > room_mm:
        room_mm -= _MORE_MM
        fitting = max(math.floor(room_mm / _LEAST_ROW_MM), 0)
        more = section.words["sheet.indicators_more"].format(count=len(rows) - fitting)
        section.page.text(left, bottom + 0.5, more, 7.5, colour=GREY)
        rows = rows[:fitting]
    height = min(7.4, room_mm / max(len(rows), 1))
    is_wide, is_tall = right - left > _WIDE_MM, height >= _TWO_LINES_MM
    late = right - (54 if is_wide else 37)
    early = late - 17
    share = right - 38 if is_wide else None if is_tall else early
    heads = {late: str(last)}
    if first != last:
        heads |= {early: str(first), right: section.words["sheet.change"]}
    if share is not None:
        heads[share] = section.words["sheet.share"]
    for x, head in heads.items():
        section.page.text(x, y, head, 7.5, colour=GREY, align="right")
    room = early - 13 - left
    for row in rows:
        y -= height
        cells = {late: row.late}
        if first != last:
            cells |= {early: row.early, right: section.page.fonts.fitted(row.change, 7.5, 34)}
        if share is not None:
            cells[share] = row.share
        _draw_cells(section, y, cells, strong=late)
        _draw_row_title(section, y, row, room, under=share is None)
    return y - 3


def _draw_cells(
    section: PanelSection, y: float, cells: Mapping[float, str], *, strong: float
) -> None:
    """Figures of a row, each ending at its place; the one at ``strong`` is bold."""
    for x, text in cells.items():
        size, colour = (8, INK) if x == strong else (7.5, INK if x == section.area[2] else GREY)
        section.page.text(x, y, text, size, align="right", bold=x == strong, colour=colour)


def _draw_row_title(
    section: PanelSection, y: float, row: _IndicatorRow, room: float, *, under: bool
) -> None:
    """Title and unit of a row; with ``under`` the unit stands below, beside the share."""
    page, left = section.page, section.area[0]
    title = row.title if under else f"{row.title}（{row.unit}）"
    page.text(left, y, page.fonts.fitted(title, 8, room), 8)
    if under:
        share = section.words["sheet.share_of"].format(share=row.share) if row.share else ""
        below = " · ".join(each for each in (row.unit, share) if each)
        page.text(left, y - 2.9, page.fonts.fitted(below, 7, room + 10), 7, colour=GREY)


@dataclass(frozen=True)
class _IndicatorRow:
    """An indicator of a unit as text; ``share`` of the whole is empty where nothing is shared."""

    title: str
    unit: str
    early: str
    late: str
    share: str
    change: str


def _indicator_rows(report: Report, code: str) -> list[_IndicatorRow]:
    """Every indicator that a unit has, in its unit of display."""
    first, last = report.epochs[0], report.epochs[-1]
    own, whole_own = (
        report.results[report.results["unit_code"] == each] for each in (code, report.whole_code)
    )
    values = _looked_up(own, "indicator", "epoch")
    wholes = _looked_up(whole_own, "indicator", "epoch")
    since = report.changes
    since = since[(since["from_epoch"] == first) & (since["unit_code"] == code)]
    changes = _looked_up(since, "indicator", "to_epoch")
    rows = []
    for each in report.indicators:
        unit = shown_unit(each.unit, report.language)
        early, late = values.get((each.key, first)), values.get((each.key, last))
        if early is None and late is None:
            continue
        whole, change = wholes.get((each.key, last)), changes.get((each.key, last))
        rows.append(
            _IndicatorRow(
                visible(each.title[report.language]),
                unit.name,
                figure_or_bounds(*early, unit) if early else "–",
                figure_or_bounds(*late, unit) if late else "–",
                _share(late, whole) if each.additive and code != report.whole_code else "",
                _change_text(change, unit) if change else "–",
            )
        )
    return rows


def _share(
    part: tuple[float, float, float] | None, whole: tuple[float, float, float] | None
) -> str:
    """A unit's share of the whole in percent; empty where either is missing or there is none."""
    if part is None or whole is None or not whole[0] > 0:
        return ""
    percent = 100 * part[0] / whole[0]
    return f"{figure(percent, shown_unit('%', 'en'))} %" if math.isfinite(percent) else ""


def _looked_up(
    table: pd.DataFrame, key: str, epoch: str
) -> dict[tuple[str, int], tuple[float, float, float]]:
    """Value and limits by a column of keys and a year."""
    keys = zip(table[key].astype(str), table[epoch].astype(int), strict=True)
    figures = table[["value", "low", "high"]].astype(float).itertuples(index=False, name=None)
    return dict(zip(keys, figures, strict=True))


def _change_text(change: tuple[float, float, float], unit: ShownUnit) -> str:
    value, low, high = change
    text = f"{'+' if value > 0 else ''}{figure(value, unit)}"
    return f"{text} [{figure(low, unit)}, {figure(high, unit)}]" if math.isfinite(low) else text
