"""The map frame of a sheet: coloured districts or one district's ground, labels, furniture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from numpy.typing import NDArray
from shapely import Geometry

from gis.visible_text import visible
from maps.classes import MISSING_COLOUR, UNKNOWN_HATCH, UNSURE_HATCH
from maps.fonts import MM_PER_POINT
from maps.plate.furniture import draw_furniture, draw_graticule
from maps.plate.ground import (
    GROUND,
    LIMITS,
    OverlayStyle,
    PlateGround,
    draw_layers,
    draw_shapes,
    on_page,
    thinned,
)
from maps.plate.labels import Box, Label, Placed, place
from maps.plate.paper import GREY, INK, Page
from maps.plate.projection import PageWindow, window
from maps.text import shortened

_MARGIN_MM = 7.0
_LABEL_LETTERS = 14
_BORDER = "#4d4d4d"


@dataclass(frozen=True)
class DrawnMap:
    """What the rest of the sheet must know of the map: its window, labels and those left over."""

    view: PageWindow
    labels: tuple[Placed, ...]
    unplaced: tuple[str, ...]


def draw_city(
    page: Page,
    ground: PlateGround,
    *,
    colours: list[str],
    values: list[str],
    dotted: NDArray[np.bool_],
    words: Mapping[str, str],
    layers: Mapping[str, OverlayStyle] = LIMITS,
) -> DrawnMap:
    """Draw the districts in ``colours`` with name and value, and all that belongs in the frame.

    ``colours``, ``values`` and ``dotted`` run along the ground's units; ``layers`` says which are
    drawn over them, and how.
    """
    view = _window(page, ground)
    axes = _axes(page, view)
    shapes = thinned(ground.units.geometry, view)
    whole = shapely.union_all(shapes)
    draw_shapes(axes, shapes, fills=colours, edge=_BORDER, line=0.6 * page.scale, zorder=1)
    unknown = [
        each for each, colour in zip(shapes, colours, strict=True) if colour == MISSING_COLOUR
    ]
    draw_shapes(axes, unknown, fills=["none"], edge=GREY, line=0.0, zorder=1.2, hatch=UNKNOWN_HATCH)
    unsure = shapes[dotted]
    draw_shapes(axes, unsure, fills=["none"], edge=GREY, line=0.0, zorder=1.2, hatch=UNSURE_HATCH)
    draw_layers(axes, ground, view, layers, weight=page.scale, zorder=2)
    draw_shapes(axes, [whole], fills=["none"], edge=INK, line=1.3 * page.scale, zorder=3)
    draw_graticule(page, view)
    placed_on = [_paper(page, each, view) for each in shapes]
    land = shapely.union_all(placed_on)
    corners = draw_furniture(page, view, land, words, whole=whole, shown=whole)
    names = [str(each) for each in ground.units["unit_name"]]
    texts = {
        str(code): (name, value)
        for code, name, value in zip(ground.units["unit_code"], _short(names), values, strict=True)
    }
    labels, unplaced = _draw_labels(page, texts, placed_on, corners)
    return DrawnMap(view, tuple(labels), tuple(unplaced))


def draw_district(page: Page, ground: PlateGround, code: str, words: Mapping[str, str]) -> DrawnMap:
    """Draw one district with the forest, wetlands and greenways in it, its neighbours pale."""
    own = ground.units["unit_code"].astype(str) == code
    view = _window(page, PlateGround(ground.crs, ground.units[own], ()))
    axes = _axes(page, view)
    shapes = thinned(ground.units.geometry, view)
    (district,) = shapes[own.to_numpy()]
    others = shapes[~own.to_numpy()]
    draw_shapes(axes, others, fills=["#eceeed"], edge="#9a9a9a", line=0.5 * page.scale, zorder=1)
    draw_shapes(axes, [district], fills=["#fbfaf3"], edge="none", line=0.0, zorder=1.5)
    styles = {**GROUND, **LIMITS}
    draw_layers(axes, ground, view, styles, weight=page.scale, zorder=2, clip=district)
    draw_shapes(axes, [district], fills=["none"], edge=INK, line=1.5 * page.scale, zorder=3)
    draw_graticule(page, view)
    land = _paper(page, district, view)
    whole = shapely.union_all(shapes)
    corners = draw_furniture(page, view, land, words, whole=whole, shown=district)
    frame = shapely.box(*page.layout.map)
    seen, texts = [], {}
    for unit_code, name, shape in zip(
        ground.units["unit_code"].astype(str),
        _short(ground.units["unit_name"]),
        shapes,
        strict=True,
    ):
        visible_part = _paper(page, shape, view).intersection(frame)
        if visible_part.area > 0 and unit_code != code:
            seen.append(visible_part)
            texts[unit_code] = (name, "")
    labels, _ = _draw_labels(page, texts, seen, corners, inside_only=True)
    return DrawnMap(view, tuple(labels), ())


def place_marks(page: Page, view: PageWindow, ground: PlateGround, kind: str, colour: str) -> None:
    """A small sign on each feature of a layer: a plot is finer than a line at a city's scale."""
    frame = shapely.box(*page.layout.map)
    for _, features in (each for each in ground.layers if each[0] == kind):
        points = [_paper(page, each, view).representative_point() for each in features.geometry]
        inside = [each for each in points if each.within(frame)]
        x, y = [each.x for each in inside], [each.y for each in inside]
        page.marks(x, y, "o", size=4.0, colour=colour, edge="white", line=0.5, zorder=4.2)


def _window(page: Page, ground: PlateGround) -> PageWindow:
    left, bottom, right, top = page.layout.map
    return window(
        ground.units,
        width_mm=(right - left) * page.scale,
        height_mm=(top - bottom) * page.scale,
        margin_mm=_MARGIN_MM * page.scale,
    )


def _paper(page: Page, geometry: Geometry, view: PageWindow) -> Geometry:
    return on_page(geometry, view, page.layout.map, 1000 / (view.scale * page.scale))


def _short(names: Sequence[object]) -> list[str]:
    return [shortened(visible(str(each)), _LABEL_LETTERS) for each in names]


def _axes(page: Page, view: PageWindow) -> Axes:
    left, bottom, right, top = page.layout.map
    width, height = page.layout.width, page.layout.height
    axes = page.figure.add_axes(
        (left / width, bottom / height, (right - left) / width, (top - bottom) / height)
    )
    axes.set(
        xlim=(view.left, view.right),
        ylim=(view.bottom, view.top),
        xticks=[],
        yticks=[],
        autoscale_on=False,
        facecolor="#f7f9fa",
    )
    for side in axes.spines.values():
        side.set_linewidth(0.8 * page.scale)
    axes.set_zorder(1)
    return axes


def _draw_labels(
    page: Page,
    texts: Mapping[str, tuple[str, str]],
    outlines: Sequence[Geometry],
    corners: tuple[Box, ...],
    *,
    inside_only: bool = False,
) -> tuple[list[Placed], list[str]]:
    """Name and value of every district; returns the placed, and the words of the others.

    With ``inside_only`` a label that does not fit inside its district is left out.
    """
    size = 8.5 if len(texts) <= 30 else 7.0
    line = size * MM_PER_POINT
    labels = [
        Label(
            code,
            1.04 * max(page.fonts.width_mm(each, size) for each in words),
            2.2 * line,
            outline,
        )
        for (code, words), outline in zip(texts.items(), outlines, strict=True)
    ]
    placed, unplaced = place(labels, frame=page.layout.map, taken=corners)
    if inside_only:
        placed = [each for each in placed if each.leader is None]
    for each in placed:
        _draw_label(page, each, *texts[each.key], size)
    return placed, [" ".join(texts[key]) for key in unplaced]


def _draw_label(page: Page, label: Placed, name: str, value: str, size: float) -> None:
    line = size * MM_PER_POINT
    x, y = label.centre
    if label.leader:
        (x0, y0), (x1, y1) = label.leader
        page.rule([x0, x1], [y0, y1], colour=INK, width=0.5)
        page.marks([x0], [y0], "o", size=3.2, colour=INK, edge="white", line=0.6, zorder=5)
    page.text(x, y + (0.22 if value else -0.38) * line, name, size, align="center", halo=True)
    if value:
        page.text(x, y - 0.98 * line, value, 0.94 * size, align="center", halo=True)
