"""What stands in and around a sheet's map frame: graticule, north arrow, scale bar, locator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import Geometry

from maps.classes import plain
from maps.plate.page_layout import Box
from maps.plate.paper import ACCENT, GREY, INK, Page, outline
from maps.plate.projection import (
    PageWindow,
    convergence_degrees,
    degrees_minutes,
    graticule,
    round_length_km,
)

_ARROW_MM = (15.0, 23.0)
_MOST_LAND = 0.15
"""A locator that would hide more of the mapped ground than this share of itself is left out."""


def draw_furniture(
    page: Page,
    view: PageWindow,
    land: Geometry,
    words: Mapping[str, str],
    *,
    whole: Geometry,
    shown: Geometry,
) -> tuple[Box, ...]:
    """Arrow, scale bar and locator, each in the corner with the least land; returns their boxes.

    ``land`` is what should stay free, in mm; ``whole`` and ``shown`` are the municipality and the
    part of it that the sheet is about, projected.
    """
    frame = page.layout.map
    mm_per_km = 1e6 / (view.scale * page.scale)
    length_km = round_length_km(view.scale * page.scale, longest_mm=70)
    bar_mm = length_km * mm_per_km
    arrow = corner(frame, _ARROW_MM, land, prefer=("top right", "top left"), taken=())
    size = (bar_mm + 22, 15.0)
    bar = corner(frame, size, land, prefer=("bottom left", "bottom right"), taken=(arrow,))
    draw_arrow(page, arrow, convergence_degrees(view), words["sheet.north"])
    draw_scale_bar(page, bar, view.scale, length_km, bar_mm, words)
    taken: tuple[Box, ...] = (arrow, bar)
    if min(page.layout.locator) > 0:
        prefer = ("bottom right", "top left")
        box = corner(frame, page.layout.locator, land, prefer=prefer, taken=taken)
        hidden = shapely.box(*box).intersection(land).area
        if hidden <= _MOST_LAND * page.layout.locator[0] * page.layout.locator[1]:
            draw_locator(page, box, whole, shown)
            taken = (*taken, box)
    return taken


def draw_locator(page: Page, box: Box, whole: Geometry, shown: Geometry) -> None:
    """The municipality's outline alone, with the part that the sheet is about filled.

    Never more than the municipality: an inset of the country would need a reviewed base map.
    """
    left, bottom, right, top = box
    west, south, east, north = whole.bounds
    mm = min((right - left - 4) / (east - west), (top - bottom - 4) / (north - south))
    middle = np.array([(west + east) / 2, (south + north) / 2])
    centre = np.array([(left + right) / 2, (bottom + top) / 2])
    page.box(left, bottom, right - left, top - bottom, fill="white", edge=INK, line=0.6, zorder=4)

    def placed(geometry: Geometry) -> Geometry:
        thin = geometry.simplify(0.1 / mm)
        return shapely.transform(thin, lambda points: (points - middle) * mm + centre)

    for geometry, fill in ((whole, "#eef1f0"), (shown, "#8fb8b2")):
        page.shape(outline(placed(geometry)), fill=fill, edge="#4d4d4d", line=0.5, zorder=4.5)


def draw_graticule(page: Page, view: PageWindow) -> None:
    """Ticks and degrees around the frame, small crosses inside."""
    left, bottom, right, top = page.layout.map
    found = graticule(view)
    mm = 1000 / (view.scale * page.scale)
    for lines, edge, outward in ((found.bottom, bottom, -1), (found.top, top, 1)):
        for lon, easting in lines:
            x = left + (easting - view.left) * mm
            page.rule([x, x], [edge, edge + 1.5 * outward], colour=INK)
            baseline = edge + (2.2 if outward > 0 else -4.2)
            page.text(x, baseline, degrees_minutes(lon, "EW"), 7, colour=GREY, align="center")
    for lines, edge, outward in ((found.left, left, -1), (found.right, right, 1)):
        for lat, northing in lines:
            y = bottom + (northing - view.bottom) * mm
            page.rule([edge, edge + 1.5 * outward], [y, y], colour=INK)
            x = edge + (-2.2 if outward < 0 else 4.2)
            words = degrees_minutes(lat, "NS")
            page.text(x, y, words, 7, colour=GREY, align="center", rotation=90)
    crosses = (found.crosses - (view.left, view.bottom)) * mm + (left, bottom)
    page.marks(crosses[:, 0], crosses[:, 1], "+", size=5, colour="#7a7a7a")


def corner(
    frame: Box,
    size: tuple[float, float],
    land: Geometry,
    *,
    prefer: tuple[str, str],
    taken: Sequence[Box],
) -> Box:
    """A box of a size in the corner of the frame that hides the least land."""
    left, bottom, right, top = frame
    gap = 4.0
    names = [*prefer, *({"top right", "top left", "bottom left", "bottom right"} - {*prefer})]

    def box(name: str) -> Box:
        x = left + gap if "left" in name else right - gap - size[0]
        y = bottom + gap if "bottom" in name else top - gap - size[1]
        return x, y, x + size[0], y + size[1]

    def hidden(name: str) -> tuple[float, int]:
        area = shapely.box(*box(name))
        if any(area.intersects(shapely.box(*each)) for each in taken):
            return math.inf, names.index(name)
        return round(float(area.intersection(land).area), 1), names.index(name)

    return box(min(sorted(names), key=hidden))


def draw_arrow(page: Page, box: Box, turn_degrees: float, north: str) -> None:
    """An arrow to true north: turned from the frame's up by the convergence of the meridians."""
    x, y = (box[0] + box[2]) / 2, box[1] + 9.0
    turn = math.radians(turn_degrees)

    def turned(right: float, up: float) -> tuple[float, float]:
        return (
            x + right * math.cos(turn) + up * math.sin(turn),
            y - right * math.sin(turn) + up * math.cos(turn),
        )

    tip, notch = turned(0, 9), turned(0, -4.5)
    page.polygon([tip, turned(-4, -8), notch], fill="white", edge=INK)
    page.polygon([tip, turned(4, -8), notch], fill=INK, edge=INK)
    page.text(*turned(0, 10.4), north, 11, bold=True, align="center", rotation=-turn_degrees)


def draw_scale_bar(
    page: Page, box: Box, scale: float, length_km: float, bar_mm: float, words: Mapping[str, str]
) -> None:
    x, y = box[0] + 6.0, box[1] + 6.5
    for quarter in range(4):
        fill = INK if quarter % 2 == 0 else "white"
        page.box(x + quarter * bar_mm / 4, y, bar_mm / 4, 1.6, fill=fill, edge=INK, zorder=5)
    for part in (0.0, 0.5, 1.0):
        length = plain(length_km * part)
        label = words["sheet.kilometres"].format(length=length) if part == 1 else length
        page.text(x + bar_mm * part, y - 4.0, label, 8, align="center", halo=True)
    ratio = words["sheet.scale"].format(scale=f"{scale:,.0f}".replace(",", "\u2009"))
    page.text(x, y + 3.6, ratio, 10, bold=True, colour=ACCENT, halo=True)
