"""A page in millimetres: text, lines and boxes placed by hand on an A3 sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from shapely import Geometry

from maps.fonts import MM_PER_POINT, Fonts

WIDTH_MM, HEIGHT_MM = 420.0, 297.0
"""A3, landscape."""

INK = "#1a1a1a"
GREY = "#595959"
RULE = "#9a9a9a"
ACCENT = "#00564f"
WARN = "#b3261e"


@dataclass(frozen=True)
class Page:
    """A sheet with one invisible axes that counts in mm from the lower left corner."""

    figure: Figure
    axes: Axes
    fonts: Fonts

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
        halo: bool = False,
        rotation: float = 0.0,
    ) -> Text:
        """A line of text whose baseline starts (or is centred, or ends) at (x, y).

        A dollar sign stays one: nothing is read as a formula. A halo is a second text under the
        first, because text drawn with its effect would no longer be searchable.
        """
        style: dict[str, Any] = {
            "fontsize": size,
            "color": colour,
            "fontweight": "bold" if bold else "normal",
            "ha": align,
            "va": "baseline",
            "rotation": rotation,
            "rotation_mode": "anchor",
            "parse_math": False,
        }
        if halo:
            under = self.axes.text(x, y, text, **style, zorder=5)
            under.set_path_effects([Stroke(linewidth=size / 3.5, foreground="white")])
        return self.axes.text(x, y, text, **style, zorder=6)

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, *, colour: str = INK
    ) -> float:
        """Lines of text downward from a first baseline; returns the next baseline."""
        for line in lines:
            self.text(x, y, line, size, colour=colour)
            y -= 1.45 * size * MM_PER_POINT
        return y

    def rule(
        self,
        x: Sequence[float],
        y: Sequence[float],
        *,
        colour: str = RULE,
        width: float = 0.5,
        dashes: str = "-",
    ) -> None:
        """A line through points, its width in points."""
        self.axes.plot(x, y, color=colour, linewidth=width, linestyle=dashes, zorder=4)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.5,
        opacity: float = 1.0,
        zorder: float = 3,
    ) -> None:
        """A rectangle from its lower left corner."""
        self.axes.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill,
                edgecolor=edge,
                linewidth=line,
                alpha=opacity,
                zorder=zorder,
            )
        )

    def polygon(self, points: Sequence[tuple[float, float]], *, fill: str, edge: str) -> None:
        self.axes.add_patch(
            Polygon(points, closed=True, facecolor=fill, edgecolor=edge, linewidth=0.6, zorder=6)
        )


def new_page(fonts: Fonts) -> Page:
    """An empty A3 page."""
    figure = Figure(figsize=(WIDTH_MM / 25.4, HEIGHT_MM / 25.4), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH_MM), ylim=(0, HEIGHT_MM), autoscale_on=False)
    axes.axis("off")
    axes.set_zorder(2)
    axes.patch.set_visible(False)
    return Page(figure, axes, fonts)


def patch(
    geometry: Geometry, *, fill: str, edge: str, line: float, dashes: str = "-", zorder: float
) -> PathPatch:
    """A polygon or line geometry, holes and parts included, as one drawing object."""
    parts = shapely.get_parts(geometry)
    rings = [ring for part in parts for ring in _rings(part)]
    paths = [Outline(shapely.get_coordinates(each)) for each in rings if not each.is_empty]
    outline = Outline.make_compound_path(*paths) if paths else Outline(np.empty((0, 2)))
    return PathPatch(
        outline,
        facecolor=fill,
        edgecolor=edge,
        linewidth=line,
        linestyle=dashes,
        joinstyle="round",
        zorder=zorder,
    )


def _rings(part: Geometry) -> list[Geometry]:
    if part.geom_type != "Polygon":
        return [part]
    oriented = shapely.orient_polygons(part)
    return [oriented.exterior, *oriented.interiors]
