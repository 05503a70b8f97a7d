"""The printed sheet: one indicator of one year on A3, as PDF and PNG.

Same report, same bytes: no clock, no random numbers. The PDF embeds its fonts and its text can be
searched; a character that no font can draw stops the sheet before anything is written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.text import Text

from gis.problems import OutputError, problem
from maps.classes import classes, kind_of
from maps.figures import ShownUnit, figure, shown_unit
from maps.fonts import Fonts, chinese_font, require_glyphs
from maps.parts import parts_of
from maps.projection import central_meridian
from maps.report import IndicatorWords, MapLayer, Report
from maps.sheet_frame import FRAME, DrawnMap, draw_map
from maps.sheet_page import ACCENT, GREY, INK, WARN, Page, new_page
from maps.sheet_panel import LEFT, RIGHT, Whole, draw_panel
from maps.text import visible
from maps.words import words

_DEFAULT_INDICATOR = "forest_cover_rate"
_DPI = 200
_MARGIN = 12.0


@dataclass(frozen=True)
class Subject:
    """What a sheet shows: an indicator and a year that the report has results for."""

    indicator: IndicatorWords
    epoch: int


@dataclass(frozen=True)
class Sheet:
    """A drawn sheet, and the map in it for those who want to check it."""

    page: Page
    map: DrawnMap
    subject: Subject


def write_sheet(
    report: Report,
    folder: str | os.PathLike[str],
    *,
    indicator: str | None = None,
    epoch: int | None = None,
    font: str | os.PathLike[str] | None = None,
) -> list[Path]:
    """Write ``<indicator>_<epoch>.pdf`` and ``.png`` into a folder; returns their paths.

    Without ``indicator`` the sheet shows the forest cover rate, else the first target's indicator,
    else the first with results; without ``epoch`` its last year. Raises ``OutputError`` when the
    report has no such results, or when a font or a glyph is missing.
    """
    subject = choose(report, indicator, epoch)
    fonts = chinese_font(font)
    out = Path(folder)
    stem = f"{subject.indicator.key.replace('.', '-')}_{subject.epoch}"
    paths = [out / f"{stem}.pdf", out / f"{stem}.png"]
    with mpl.rc_context(_style(fonts)):
        figure_ = draw_sheet(report, subject, fonts).page.figure
        out.mkdir(parents=True, exist_ok=True)
        title = visible(f"{report.title} {stem}")
        figure_.savefig(
            paths[0], metadata={"Title": title, "Creator": "SinkAtlas", "CreationDate": None}
        )
        figure_.savefig(paths[1], dpi=_DPI, metadata={"Software": None, "Title": stem})
    return paths


def choose(report: Report, indicator: str | None = None, epoch: int | None = None) -> Subject:
    """The indicator and year of a sheet, checked against the report's results."""
    known = report.results.dropna(subset=["value"]).groupby("indicator")["epoch"].unique()
    shown = (*report.indicators, *parts_of(report))
    by_key = {each.key: each for each in shown if each.key in known.index}
    preferred = [_DEFAULT_INDICATOR, *report.verdicts["indicator"], *by_key]
    key = indicator or next((each for each in preferred if each in by_key), "")
    if key not in by_key:
        raise OutputError(
            problem("maps.indicator_unknown", indicator=key, known=", ".join(by_key) or "–")
        )
    years = sorted(int(each) for each in known[key])
    if epoch is not None and epoch not in years:
        listed = ", ".join(map(str, years))
        raise OutputError(problem("maps.epoch_unknown", indicator=key, epoch=epoch, known=listed))
    return Subject(by_key[key], epoch if epoch is not None else years[-1])


def layers_of(report: Report, epoch: int) -> tuple[MapLayer, ...]:
    """The layers that show a year, or no year in particular."""
    return tuple(each for each in report.layers if each.epoch in (None, epoch))


def draw_sheet(report: Report, subject: Subject, fonts: Fonts) -> Sheet:
    """Draw a sheet on a page in memory and prove that the fonts can draw all of it."""
    page = new_page(fonts)
    text = words(report.language)
    unit = shown_unit(subject.indicator.unit, report.language)
    rows = report.results[report.results["indicator"] == subject.indicator.key]
    districts = rows[rows["unit_code"] != report.whole_code]
    found = classes(districts["value"] * unit.factor, kind=kind_of(subject.indicator.key))
    shown = districts[districts["epoch"] == subject.epoch].set_index("unit_code")["value"]
    values = shown.reindex(report.units["unit_code"]).to_numpy(dtype=float)
    place = found.index(values * unit.factor)
    counts = [*(int((place == i).sum()) for i in range(len(found.colours))), int((place < 0).sum())]
    drawn = draw_map(
        page,
        report.units,
        colours=found.colour(values * unit.factor),
        values=[figure(each, unit) for each in values],
        layers=layers_of(report, subject.epoch),
        words=text,
    )
    whole = _whole(report, subject, unit)
    draw_panel(page, report, whole=whole, found=found, counts=counts, words=text)
    _draw_title(page, report, subject, text)
    _draw_footer(page, report, subject, drawn, text)
    require_glyphs([each.get_text() for each in page.figure.findobj(Text)], fonts)
    return Sheet(page, drawn, subject)


def _style(fonts: Fonts) -> dict[Any, Any]:
    """Drawing settings: matplotlib's own defaults, whatever this machine's matplotlibrc says."""
    own = {key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key}
    return own | {
        "font.family": list(fonts.families),
        "pdf.fonttype": fonts.pdf_type,
        "text.parse_math": False,
    }


def _whole(report: Report, subject: Subject, unit: ShownUnit) -> Whole:
    rows = report.results
    rows = rows[
        (rows["indicator"] == subject.indicator.key) & (rows["unit_code"] == report.whole_code)
    ].sort_values("epoch")
    series = tuple(
        (int(row.epoch), float(row.value), float(row.low), float(row.high))
        for row in rows[["epoch", "value", "low", "high"]].astype(float).itertuples()
    )
    return Whole(visible(report.whole_name), unit, series, subject.epoch)


def _draw_title(page: Page, report: Report, subject: Subject, text: Mapping[str, str]) -> None:
    title = text["sheet.title"].format(
        place=visible(report.whole_name),
        indicator=subject.indicator.title[report.language],
        year=subject.epoch,
    )
    room = LEFT - _MARGIN - 8
    page.text(_MARGIN, 276.5, page.fonts.fitted(title, 25, room / 1.08), 25, bold=True)
    plan = report.plan_title[report.language] if report.plan_title else ""
    subtitle = " · ".join(visible(each) for each in (report.title, plan) if each)
    page.text(_MARGIN, 269.3, page.fonts.fitted(subtitle, 10, room), 10, colour=GREY)
    if report.synthetic:
        page.box(LEFT, 269, RIGHT - LEFT, 15, fill="#fdecea", edge=WARN, line=1.2)
        words_ = text["common.synthetic"]
        size = min(24.0, 24.0 * (RIGHT - LEFT - 8) / (1.1 * page.fonts.width_mm(words_, 24)))
        page.text(
            (LEFT + RIGHT) / 2,
            276.5 - size * 0.125,
            words_,
            size,
            bold=True,
            colour=WARN,
            align="center",
        )


def _draw_footer(
    page: Page, report: Report, subject: Subject, drawn: DrawnMap, text: Mapping[str, str]
) -> None:
    """Sources, coordinate system, method, and the facts of publication, in four columns."""
    page.rule([_MARGIN, RIGHT], [33.5, 33.5], colour=INK, width=0.8)
    method = text["sheet.method_text"].format(
        definition=visible(subject.indicator.definition[report.language])
    )
    crs = text["sheet.crs_text"].format(
        meridian=f"{central_meridian(drawn.view.crs)}°E", name=drawn.view.crs.name
    )
    columns = (
        (_MARGIN, 92.0, text["sheet.sources"], _sources(report)),
        (110.0, 84.0, text["sheet.crs"], crs),
        (200.0, 96.0, text["sheet.method"], method),
    )
    for x, width, title, body in columns:
        page.text(x, 28.6, title, 8.5, bold=True, colour=ACCENT)
        page.lines(x, 24.4, page.fonts.wrapped(body, 7.5, width, 4), 7.5, colour=GREY)
    _draw_imprint(page, report, subject, text)
    if drawn.unplaced:
        listed = text["sheet.unplaced"] + "; ".join(drawn.unplaced)
        width = FRAME[2] - FRAME[0] - 6
        lines = page.fonts.wrapped(listed, 7, width, 3)
        page.lines(FRAME[0] + 3, FRAME[1] + 2 + 3.6 * (len(lines) - 1), lines, 7)


def _draw_imprint(page: Page, report: Report, subject: Subject, text: Mapping[str, str]) -> None:
    given = report.provenance
    rows: Sequence[tuple[str, str]] = (
        (text["sheet.review"], report.review_number or text["common.review_pending"]),
        (text["sheet.organisation"], str(given.get("organisation") or text["sheet.not_given"])),
        (text["sheet.epoch"], str(subject.epoch)),
        *([(text["sheet.date"], str(given["date"]))] if given.get("date") else []),
    )
    for place, (label, value) in enumerate(rows):
        y = 28.6 - place * 4.6
        page.text(LEFT, y, label, 8, colour=GREY)
        x = LEFT + max(page.fonts.width_mm(each, 8) for each, _ in rows) + 4
        page.text(x, y, page.fonts.fitted(visible(value), 8.5, RIGHT - x), 8.5)


def _sources(report: Report) -> str:
    """The sources named by the run; without them, the layers shown and their years."""
    named = report.provenance.get("sources")
    if isinstance(named, Sequence) and not isinstance(named, str) and named:
        parts = [visible(str(each)) for each in named]
    else:
        years: dict[str, list[str]] = {}
        for layer in report.layers:
            years.setdefault(visible(layer.title[report.language]), []).append(
                str(layer.epoch or "")
            )
        parts = [f"{title} {'/'.join(each)}".strip() for title, each in years.items()]
    if source := report.plan_source[report.language]:
        parts.append(visible(source))
    separator = "；" if report.language == "zh" else "; "
    return separator.join(dict.fromkeys(parts)) or "–"
