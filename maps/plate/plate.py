"""The printed sheet: one indicator of one year, or one district, as PDF, PNG or SVG.

Same report, same bytes: no clock, no random numbers. The PDF embeds its fonts and its text can be
searched; a character that no font can draw stops the sheet before anything is written.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import pandas as pd
from matplotlib.text import Text

from gis.problems import OutputError, problem
from gis.visible_text import visible
from maps.classes import classes, kind_of
from maps.figures import ShownUnit, figure_or_bounds, shown_unit
from maps.fonts import Fonts, chinese_font
from maps.plate.frame import DrawnMap, draw_city, draw_district
from maps.plate.ground import PlateGround, ground_of
from maps.plate.margin import PlateMarks, draw_footer, draw_title
from maps.plate.page_layout import Layout, layout
from maps.plate.panel import (
    Headline,
    Key,
    PanelSection,
    draw_districts,
    draw_headline,
    draw_indicators,
    draw_legend,
)
from maps.plate.paper import Page, new_page
from maps.plate.targets import draw_targets
from maps.report import IndicatorWords, Report
from maps.words import parts_of, words

UNMARKED = PlateMarks()
_DEFAULT_INDICATOR = "forest_cover_rate"
Format = Literal["pdf", "png", "svg"]


@dataclass(frozen=True)
class Subject:
    """What a sheet shows: an indicator and a year with results, and one district or all.

    With ``since`` it shows the change of the indicator from that year on.
    """

    indicator: IndicatorWords
    epoch: int
    district: str | None = None
    since: int | None = None

    @property
    def stem(self) -> str:
        """Name of the sheet's files, without what a file system may not take."""
        name = self.indicator.key.replace(".", "-")
        years = self.epoch if self.since is None else f"change_{self.since}_{self.epoch}"
        return f"{name}_{years}"


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
    form: Layout | None = None,
    formats: Sequence[Format] = ("pdf", "png"),
) -> list[Path]:
    """Write ``<indicator>_<epoch>`` in each format into a folder; returns the paths.

    Without ``indicator`` the sheet shows the forest cover rate, else the first target's indicator,
    else the first with results; without ``epoch`` its last year; without ``form`` A3 landscape.
    Raises ``OutputError`` when the report has no such results, or when ``font`` is no
    font.
    """
    subject = choose(report, indicator, epoch)
    fonts = chinese_font(font)
    with mpl.rc_context(style(fonts)):
        sheet = draw_sheet(report, subject, fonts, form=form)
        Path(folder).mkdir(parents=True, exist_ok=True)
        return save_sheet(sheet, report, Path(folder) / subject.stem, formats)


def save_sheet(sheet: Sheet, report: Report, stem: Path, formats: Sequence[Format]) -> list[Path]:
    """Write a drawn sheet beside ``stem`` in each format; call it inside ``style``."""
    title = visible(f"{report.title} {stem.name}")
    metadata: dict[Format, dict[str, Any]] = {
        "pdf": {"Title": title, "Creator": "SinkAtlas", "CreationDate": None},
        "png": {"Software": None, "Title": stem.name},
        "svg": {"Title": title, "Creator": "SinkAtlas", "Date": None},
    }
    paths = []
    for each in formats:
        path = stem.with_name(f"{stem.name}.{each}")
        resolution = sheet.page.layout.resolution if each == "png" else "figure"
        # In memory first: a disk that refuses would leave matplotlib's file open.
        drawn = io.BytesIO()
        sheet.page.figure.savefig(drawn, format=each, dpi=resolution, metadata=metadata[each])
        path.write_bytes(drawn.getvalue())
        paths.append(path)
    return paths


def choose_change(report: Report, subject: Subject) -> Subject | None:
    """The change of a subject's indicator since the first year, where the run compared the two."""
    changes = report.changes[report.changes["indicator"] == subject.indicator.key]
    known = changes.dropna(subset=["value"])
    first = int(known["from_epoch"].min()) if len(known) else subject.epoch
    return replace(subject, since=first) if first < subject.epoch else None


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


def draw_sheet(
    report: Report,
    subject: Subject,
    fonts: Fonts,
    *,
    form: Layout | None = None,
    ground: PlateGround | None = None,
    marks: PlateMarks = UNMARKED,
) -> Sheet:
    """Draw a sheet on a page in memory; a character that no font has is drawn as 〓.

    ``ground`` spares projecting the same districts again for the next sheet of a set.
    """
    page = new_page(fonts, form or layout())
    text = words(report.language)
    ground = ground or ground_of(report, subject.epoch)
    unit = shown_unit(subject.indicator.unit, report.language)
    draw_title(page, report, _title(report, subject), marks, text)
    if subject.district is None:
        drawn, key = _draw_city(page, report, subject, ground, _unit_on_map(report, subject))
    else:
        drawn = draw_district(page, ground, subject.district, text)
        key = Key(None, (), ground.kinds, unit.name)
    _draw_columns(page, report, subject, key, unit)
    years = (subject.since, subject.epoch) if subject.since is not None else (subject.epoch,)
    definition = subject.indicator.definition[report.language]
    method = text["sheet.method_text"].format(definition=visible(definition))
    draw_footer(page, report, method, years, drawn, marks, text)
    drawable(page)
    return Sheet(page, drawn, subject)


def drawable(page: Page) -> None:
    """Put 〓 for every character on a page that no font has."""
    for each in page.figure.findobj(Text):
        each.set_text(page.fonts.drawable(each.get_text()))


def _unit_on_map(report: Report, subject: Subject) -> ShownUnit:
    """The unit of what the districts are coloured by: rates change by percentage points."""
    unit = subject.indicator.unit
    is_points = subject.since is not None and unit == "%"
    return shown_unit("percentage points" if is_points else unit, report.language)


def style(fonts: Fonts) -> dict[Any, Any]:
    """Drawing settings: matplotlib's own defaults, whatever this machine's matplotlibrc says."""
    own = {key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key}
    return own | {
        "font.family": list(fonts.families),
        "pdf.fonttype": fonts.pdf_type,
        "svg.fonttype": "path",  # drawn the same on a machine without the font
        "svg.hashsalt": "sinkatlas",
        "text.parse_math": False,
    }


def _draw_city(
    page: Page, report: Report, subject: Subject, ground: PlateGround, unit: ShownUnit
) -> tuple[DrawnMap, Key]:
    """All districts coloured by the indicator, with classes that hold for every year.

    Changes have classes on both sides of zero and a sign; one whose interval holds zero is dotted.
    """
    rows = _district_rows(report, subject)
    is_change = subject.since is not None
    kind = "diverging" if is_change else kind_of(subject.indicator.key)
    found = classes(rows["value"] * unit.factor, kind=kind)
    shown = rows[rows["epoch"] == subject.epoch].set_index("unit_code")
    told = shown[["value", "low", "high"]].reindex(report.units["unit_code"]).astype(float)
    values = told["value"].to_numpy()
    place = found.index(values * unit.factor)
    counts = [*(int((place == i).sum()) for i in range(len(found.colours))), int((place < 0).sum())]
    drawn = draw_city(
        page,
        ground,
        colours=found.colour(values * unit.factor),
        values=[
            ("+" if is_change and value > 0 else "") + figure_or_bounds(value, low, high, unit)
            for value, low, high in zip(values, told["low"], told["high"], strict=True)
        ],
        dotted=is_change & ((told["low"] < 0) & (told["high"] > 0)).to_numpy(),
        words=words(report.language),
    )
    return drawn, Key(found, tuple(counts), ground.kinds, unit.name, is_change)


def _district_rows(report: Report, subject: Subject) -> pd.DataFrame:
    """The districts' values of every year, or their changes since a year by the later one."""
    rows = report.results
    if subject.since is not None:
        rows = report.changes[report.changes["from_epoch"] == subject.since]
        rows = rows.rename(columns={"to_epoch": "epoch"})
    own = (rows["indicator"] == subject.indicator.key) & (rows["unit_code"] != report.whole_code)
    return rows[own]


def _draw_columns(page: Page, report: Report, subject: Subject, key: Key, unit: ShownUnit) -> None:
    """The sections that the layout names, each column from top to bottom."""
    code = subject.district or report.whole_code
    headline = _headline(report, subject, code, unit)
    for column in page.layout.columns:
        section = PanelSection(page, report, words(report.language), column.box)
        y = column.box[3]
        for name in column.city if subject.district is None else column.district:
            if name == "headline":
                y = draw_headline(section, y, headline)
            elif name == "legend":
                y = draw_legend(section, y, key)
            elif name == "indicators":
                y = draw_indicators(section, y, code)
            elif name == "districts":
                y = draw_districts(section, y, subject.indicator.key, unit)
            else:
                y = draw_targets(section, y, {subject.indicator.key})
            y -= 4.0


def _headline(report: Report, subject: Subject, code: str, unit: ShownUnit) -> Headline:
    """The figure of the district or the whole, or its change."""
    if subject.since is not None:
        return _headline_of_change(report, subject, code)
    rows = report.results
    rows = rows[(rows["indicator"] == subject.indicator.key) & (rows["unit_code"] == code)]
    series = tuple(
        (int(row.epoch), float(row.value), float(row.low), float(row.high))
        for row in rows.sort_values("epoch")[["epoch", "value", "low", "high"]]
        .astype(float)
        .itertuples()
    )
    title = subject.indicator.title[report.language] if subject.district is not None else ""
    return Headline(visible(_name(report, code)), title, unit, series, subject.epoch)


def _headline_of_change(report: Report, subject: Subject, code: str) -> Headline:
    rows = report.changes
    rows = rows[(rows["from_epoch"] == subject.since) & (rows["to_epoch"] == subject.epoch)]
    rows = rows[(rows["indicator"] == subject.indicator.key) & (rows["unit_code"] == code)]
    limits = rows[["value", "low", "high"]].astype(float).itertuples(index=False, name=None)
    series = tuple((subject.epoch, *each) for each in limits)
    title = words(report.language)["sheet.change_of"].format(
        first=subject.since, last=subject.epoch
    )
    unit = _unit_on_map(report, subject)
    return Headline(visible(_name(report, code)), title, unit, series, subject.epoch, True)


def _name(report: Report, code: str) -> str:
    names = dict(zip(report.units["unit_code"].astype(str), report.units["unit_name"], strict=True))
    return str(names.get(code, report.whole_name))


def _title(report: Report, subject: Subject) -> str:
    text = words(report.language)
    if subject.since is not None:
        return text["sheet.title_change"].format(
            place=visible(report.whole_name),
            indicator=subject.indicator.title[report.language],
            first=subject.since,
            last=subject.epoch,
        )
    if subject.district is None:
        return text["sheet.title"].format(
            place=visible(report.whole_name),
            indicator=subject.indicator.title[report.language],
            year=subject.epoch,
        )
    return text["sheet.title_district"].format(
        place=visible(report.whole_name),
        district=visible(_name(report, subject.district)),
        year=subject.epoch,
    )
