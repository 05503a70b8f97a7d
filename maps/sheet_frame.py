"""The map frame of a sheet: coloured districts, their labels, graticule, north arrow, scale bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from numpy.typing import NDArray
from shapely import Geometry

from maps.classes import plain
from maps.fonts import MM_PER_POINT
from maps.labels import Box, Label, Placed, place
from maps.projection import (
    Window,
    convergence_degrees,
    degrees_minutes,
    graticule,
    local_crs,
    round_length_km,
    window,
)
from maps.report import MapLayer
from maps.sheet_page import ACCENT, GREY, HEIGHT_MM, INK, WIDTH_MM, Page, patch
from maps.text import shortened, visible

FRAME: Box = (18.0, 41.0, 292.0, 262.0)
"""Place of the map on the page, mm."""

_MARGIN_MM = 7.0
_LABEL_LETTERS = 14
_ARROW_MM = (15.0, 23.0)


@dataclass(frozen=True)
class OverlayStyle:
    """How the outline of a layer is drawn over the districts."""

    colour: str
    line: float
    dashes: str


OVERLAYS: Mapping[str, OverlayStyle] = {
    "redline": OverlayStyle("#c2185b", 1.0, "-"),
    "protected_areas": OverlayStyle("#4a148c", 1.0, "--"),
}
"""Layer kinds whose outlines a sheet shows."""


@dataclass(frozen=True)
class DrawnMap:
    """What the rest of the sheet must know of the map: its window, labels and those left over."""

    view: Window
    labels: tuple[Placed, ...]
    unplaced: tuple[str, ...]


def draw_map(
    page: Page,
    units: gpd.GeoDataFrame,
    *,
    colours: list[str],
    values: list[str],
    layers: tuple[MapLayer, ...],
    words: Mapping[str, str],
) -> DrawnMap:
    """Draw the districts in ``colours`` with name and value, and all that belongs in the frame.

    ``colours`` and ``values`` run along ``units``, which is in a geographic CRS.
    """
    projected = units.to_crs(local_crs(units))
    width, height = FRAME[2] - FRAME[0], FRAME[3] - FRAME[1]
    view = window(projected, width_mm=width, height_mm=height, margin_mm=_MARGIN_MM)
    axes = _axes(page, view)
    # A tenth of a millimetre on paper is less than the width of a border.
    outlines = shapely.coverage_simplify(projected.geometry.array, view.scale / 10_000)
    for geometry, colour in zip(outlines, colours, strict=True):
        axes.add_artist(patch(geometry, fill=colour, edge="#4d4d4d", line=0.6, zorder=1))
    _draw_overlays(axes, layers, view)
    axes.add_artist(patch(shapely.union_all(outlines), fill="none", edge=INK, line=1.3, zorder=3))
    _draw_graticule(page, view)
    on_page = [_on_page(each, view) for each in outlines]
    corners = _draw_furniture(page, view, shapely.union_all(on_page), words)
    labels, unplaced = _draw_labels(page, units, values, on_page, corners)
    return DrawnMap(view, tuple(labels), tuple(unplaced))


def _axes(page: Page, view: Window) -> Axes:
    left, bottom, right, top = FRAME
    axes = page.figure.add_axes(
        (
            left / WIDTH_MM,
            bottom / HEIGHT_MM,
            (right - left) / WIDTH_MM,
            (top - bottom) / HEIGHT_MM,
        )
    )
    axes.set(
        xlim=(view.left, view.right),
        ylim=(view.bottom, view.top),
        xticks=[],
        yticks=[],
        autoscale_on=False,
        facecolor="#f7f9fa",
    )
    axes.set_zorder(1)
    return axes


def _on_page(geometry: Geometry, view: Window) -> Geometry:
    """A projected geometry in mm of the page."""

    def to_mm(points: NDArray[np.float64]) -> NDArray[np.float64]:
        metres = points - np.array([view.left, view.bottom])
        return np.asarray(metres * 1000 / view.scale + np.array(FRAME[:2]))

    return shapely.transform(geometry, to_mm)


def _draw_overlays(axes: Axes, layers: tuple[MapLayer, ...], view: Window) -> None:
    """Outlines of the layers that have a style, on a white casing; inner borders are left out."""
    for layer in layers:
        style = OVERLAYS.get(layer.kind)
        if style is None or layer.features is None:
            continue
        outlines = layer.features.to_crs(view.crs).geometry.simplify(view.scale / 10_000)
        whole = shapely.union_all(outlines[~outlines.is_empty].make_valid().values)
        for colour, line, dashes in (
            ("#ffffffb0", style.line + 0.8, "-"),  # keeps the line in sight on dark colours
            (style.colour, style.line, style.dashes),
        ):
            axes.add_artist(
                patch(whole, fill="none", edge=colour, line=line, dashes=dashes, zorder=2)
            )


def _draw_graticule(page: Page, view: Window) -> None:
    """Ticks and degrees around the frame, small crosses inside."""
    left, bottom, right, top = FRAME
    found = graticule(view)
    mm = 1000 / view.scale
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
    page.axes.plot(*crosses.T, "+", color="#7a7a7a", markersize=5, markeredgewidth=0.4, zorder=4)


def _draw_furniture(
    page: Page, view: Window, land: Geometry, words: Mapping[str, str]
) -> tuple[Box, ...]:
    """North arrow and scale bar, each in the corner with the least land; returns their boxes."""
    length_km = round_length_km(view.scale, longest_mm=70)
    bar_mm = length_km * 1e6 / view.scale
    arrow = _corner(_ARROW_MM, land, prefer=("top right", "top left"), taken=())
    bar = _corner((bar_mm + 22, 15.0), land, prefer=("bottom left", "bottom right"), taken=(arrow,))
    _draw_arrow(page, arrow, convergence_degrees(view), words["sheet.north"])
    _draw_scale_bar(page, bar, view.scale, length_km, bar_mm, words)
    return arrow, bar


def _corner(
    size: tuple[float, float], land: Geometry, *, prefer: tuple[str, str], taken: tuple[Box, ...]
) -> Box:
    """A box of a size in the corner of the frame that hides the least land."""
    left, bottom, right, top = FRAME
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


def _draw_arrow(page: Page, box: Box, turn_degrees: float, north: str) -> None:
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


def _draw_scale_bar(
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


def _draw_labels(
    page: Page,
    units: gpd.GeoDataFrame,
    values: list[str],
    on_page: list[Geometry],
    corners: tuple[Box, ...],
) -> tuple[list[Placed], list[str]]:
    """Name and value of every district; returns the placed, and the words of the others."""
    size = 8.5 if len(units) <= 30 else 7.0
    line = size * MM_PER_POINT
    names = [shortened(visible(each), _LABEL_LETTERS) for each in units["unit_name"]]
    texts = {
        code: (name, value)
        for code, name, value in zip(units["unit_code"], names, values, strict=True)
    }
    labels = [
        Label(
            code,
            1.04 * max(page.fonts.width_mm(each, size) for each in texts[code]),
            2.2 * line,
            outline,
        )
        for code, outline in zip(units["unit_code"], on_page, strict=True)
    ]
    placed, unplaced = place(labels, frame=FRAME, taken=corners)
    for each in placed:
        name, value = texts[each.key]
        x, y = each.centre
        if each.leader:
            (x0, y0), (x1, y1) = each.leader
            page.rule([x0, x1], [y0, y1], colour=INK, width=0.5)
            page.axes.plot(
                [x0],
                [y0],
                "o",
                color=INK,
                markersize=3.2,
                markeredgecolor="white",
                markeredgewidth=0.6,
                zorder=5,
            )
        page.text(x, y + 0.22 * line, name, size, align="center", halo=True)
        page.text(x, y - 0.98 * line, value, 0.94 * size, align="center", halo=True)
    return placed, [" ".join(texts[key]) for key in unplaced]
