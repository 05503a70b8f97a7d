"""The map of a sheet as a picture for the brief, with the classes of its legend."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.transforms import Bbox

from maps.classes import MISSING_COLOUR, classes, kind_of
from maps.figures import shown_unit
from maps.fonts import chinese_font
from maps.plate import choose, draw_sheet, style
from maps.report import Report
from maps.words import words

_DPI = 180
_EDGE_INCHES = 0.2
"""Room around the frame for the numbers of the graticule."""


@dataclass(frozen=True)
class MapPicture:
    """A map as PNG, what it shows, and its legend in the unit of display."""

    png: bytes
    aspect: float
    """Width over height."""
    title: str
    unit: str
    colours: tuple[str, ...]
    labels: tuple[str, ...]


def map_picture(
    report: Report,
    indicator: str | None = None,
    epoch: int | None = None,
    *,
    font: str | os.PathLike[str] | None = None,
) -> MapPicture:
    """Draw a sheet and cut its map out; indicator and year are chosen as for a sheet.

    Raises ``OutputError`` as ``write_sheet`` does.
    """
    subject, fonts = choose(report, indicator, epoch), chinese_font(font)
    with mpl.rc_context(style(fonts)):
        page = draw_sheet(report, subject, fonts).page
        inner = [each for each in page.figure.axes if each is not page.axes]
        frame = max((each.get_position() for each in inner), key=lambda box: box.width * box.height)
        width, height = page.figure.get_size_inches()
        box = Bbox.from_extents(
            frame.x0 * width - _EDGE_INCHES,
            frame.y0 * height - _EDGE_INCHES,
            frame.x1 * width + _EDGE_INCHES,
            frame.y1 * height + _EDGE_INCHES,
        )
        stream = io.BytesIO()
        page.figure.savefig(stream, dpi=_DPI, bbox_inches=box, metadata={"Software": None})
    text, unit = words(report.language), shown_unit(subject.indicator.unit, report.language)
    rows = report.results
    own = (rows["indicator"] == subject.indicator.key) & (rows["unit_code"] != report.whole_code)
    found = classes(rows.loc[own, "value"] * unit.factor, kind=kind_of(subject.indicator.key))
    title = text["sheet.title"].format(
        place=report.whole_name,
        indicator=subject.indicator.title[report.language],
        year=subject.epoch,
    )
    return MapPicture(
        stream.getvalue(),
        box.width / box.height,
        title,
        unit.name,
        (*found.colours, MISSING_COLOUR),
        (*found.labels, text["common.no_data"]),
    )
