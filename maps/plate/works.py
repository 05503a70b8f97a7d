"""The sheet of the works that a run knows: where they lie, and their hectares by type and year."""

from __future__ import annotations

import math

import numpy as np

from gis.visible_text import visible
from maps.figures import figure, shown_unit
from maps.fonts import Fonts
from maps.plate.frame import draw_city, place_marks
from maps.plate.ground import GROUND, ground_of, layers_of
from maps.plate.margin import PlateMarks, draw_footer, draw_title
from maps.plate.page_layout import Layout
from maps.plate.panel import Key, PanelSection, draw_legend
from maps.plate.paper import GREY, new_page
from maps.plate.plate import Sheet, Subject, drawable
from maps.plate.targets import draw_targets
from maps.report import IndicatorWords, Report
from maps.words import term, words

_WORKS = "works"
_PALE = "#f4f6f2"
_ROW_MM = 4.6


def has_works(report: Report) -> bool:
    """Whether there is anything to draw: works with an outline, and their areas."""
    drawn = any(each.kind == _WORKS for each in layers_of(report, report.epochs[-1]))
    return drawn and len(report.works) > 0


def draw_works_sheet(report: Report, fonts: Fonts, form: Layout, marks: PlateMarks) -> Sheet:
    """Works over pale districts, each marked so that a plot is seen; areas by type and year."""
    page, text = new_page(fonts, form), words(report.language)
    epoch = report.epochs[-1]
    ground = ground_of(report, epoch)
    unit = shown_unit("ha", report.language)
    years = sorted({int(each) for each in report.works["year"]})
    title = text["sheet.title_works"].format(
        place=visible(report.whole_name), first=years[0], last=years[-1]
    )
    draw_title(page, report, title, marks, text)
    by_unit = report.works.groupby("unit_code")["area_ha"].sum()
    areas = [float(by_unit.get(str(each), math.nan)) for each in report.units["unit_code"]]
    drawn = draw_city(
        page,
        ground,
        colours=[_PALE] * len(areas),
        values=["" if math.isnan(each) else f"{figure(each, unit)} {unit.name}" for each in areas],
        dotted=np.zeros(len(areas), dtype=bool),
        words=text,
        layers={_WORKS: GROUND[_WORKS]},
    )
    place_marks(page, drawn.view, ground, _WORKS, colour=GROUND[_WORKS].colour)
    for column in page.layout.columns:
        section = PanelSection(page, report, text, column.box)
        y = column.box[3]
        for name in column.city:
            if name == "headline":
                y = _draw_areas(section, y, years) - 4.0
            elif name == "legend":
                y = draw_legend(section, y, Key(None, (), (_WORKS,), unit.name)) - 4.0
            elif name == "targets":
                y = draw_targets(section, y, _counted(report)) - 4.0
    draw_footer(page, report, text["sheet.works_method"], years, drawn, marks, text)
    drawable(page)
    both = {"zh": title, "en": title}
    indicator = IndicatorWords(_WORKS, "ha", both, both, "", True)  # type: ignore[arg-type]
    return Sheet(page, drawn, Subject(indicator, epoch))


def _counted(report: Report) -> set[str]:
    """Indicators that are sums of works."""
    own = report.results["method"].astype(str).str.startswith("works_done")
    return set(report.results.loc[own, "indicator"].astype(str))


def _draw_areas(section: PanelSection, y: float, years: list[int]) -> float:
    """A row for each type of works: hectares of each of the last years, and of all."""
    page, report = section.page, section.report
    left, _, right, _ = section.area
    unit = shown_unit("ha", report.language)
    y = section.heading(y, term(_WORKS, report.language))
    page.text(
        right,
        y + 7.0,
        section.words["sheet.unit"].format(unit=unit.name),
        8,
        colour=GREY,
        align="right",
    )
    shown = years[-4:]
    places = [right - 14.0 * (len(shown) - place) for place in range(len(shown))]
    for x, year in zip(places, shown, strict=True):
        page.text(x, y, str(year), 7.5, colour=GREY, align="right")
    page.text(right, y, section.words["sheet.works_all"], 7.5, colour=GREY, align="right")
    by_type = report.works.assign(year=report.works["year"].astype(int)).pivot_table(
        index="type", columns="year", values="area_ha", aggfunc="sum"
    )
    for kind, row in by_type.iterrows():
        y -= _ROW_MM
        room = places[0] - 14.0 - left
        page.text(left, y, page.fonts.fitted(visible(str(kind)), 8, room), 8)
        for x, year in zip(places, shown, strict=True):
            page.text(x, y, figure(float(row[year]), unit), 7.5, colour=GREY, align="right")
        page.text(right, y, figure(float(row.sum()), unit), 8, bold=True, align="right")
    return y - 3.0
