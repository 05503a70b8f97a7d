"""A page in millimetres: text, lines and boxes placed by hand on a sheet.

Lengths and type sizes are those of a layout whose ``text`` is 1; the page makes them larger or
smaller on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from numpy.typing import NDArray
from shapely import Geometry

from maps.fonts import MM_PER_POINT, Fonts
from maps.plate.page_layout import Layout

LineStyle = Literal["-", "--", ":", "-."]

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
    layout: Layout

    @property
    def scale(self) -> float:
        """How much larger everything is on paper than a layout of normal type has it."""
        return self.layout.text

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
            "fontsize": size * self.scale,
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
            under.set_path_effects([Stroke(linewidth=size * self.scale / 3.5, foreground="white")])
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
        dashes: LineStyle = "-",
    ) -> None:
        """A line through points, its width in points."""
        line = Line2D(x, y, color=colour, linewidth=width * self.scale, linestyle=dashes, zorder=4)
        self.axes.add_artist(line)

    def marks(
        self,
        x: Sequence[float] | NDArray[np.float64],
        y: Sequence[float] | NDArray[np.float64],
        sign: str,
        *,
        size: float,
        colour: str,
        edge: str | None = None,
        line: float = 0.4,
        zorder: float = 4,
    ) -> None:
        """The same small sign at many points."""
        marks = Line2D(
            x,
            y,
            linestyle="none",
            marker=sign,
            color=colour,
            markersize=size * self.scale,
            markeredgecolor=edge or colour,
            markeredgewidth=line * self.scale,
            zorder=zorder,
        )
        self.axes.add_artist(marks)

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
        hatch: str | None = None,
    ) -> None:
        """A rectangle from its lower left corner; a hatch is drawn in the colour of the edge."""
        self.axes.add_artist(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill,
                edgecolor=edge,
                linewidth=line * self.scale,
                alpha=opacity,
                zorder=zorder,
                hatch=hatch,
            )
        )

    def shape(self, path: Outline, *, fill: str, edge: str, line: float, zorder: float) -> None:
        """An outline that is given in mm."""
        patch = PathPatch(
            path, facecolor=fill, edgecolor=edge, linewidth=line * self.scale, zorder=zorder
        )
        self.axes.add_artist(patch)

    def polygon(self, points: Sequence[tuple[float, float]], *, fill: str, edge: str) -> None:
        self.axes.add_artist(
            Polygon(
                points,
                closed=True,
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.6 * self.scale,
                zorder=6,
            )
        )


def new_page(fonts: Fonts, layout: Layout) -> Page:
    """An empty page of a layout."""
    width, height = layout.paper_mm
    figure = Figure(figsize=(width / 25.4, height / 25.4), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, layout.width), ylim=(0, layout.height), autoscale_on=False)
    axes.axis("off")
    axes.set_zorder(2)
    axes.patch.set_visible(False)
    return Page(figure, axes, fonts, layout)


def outline(geometry: Geometry) -> Outline:
    """A polygon or line geometry, holes and parts included, as one path."""
    parts = shapely.get_parts(geometry)
    rings = [ring for part in parts for ring in _rings(part)]
    paths = [Outline(shapely.get_coordinates(each)) for each in rings if not each.is_empty]
    return Outline.make_compound_path(*paths) if paths else Outline(np.empty((0, 2)))


def _rings(part: Geometry) -> list[Geometry]:
    if part.geom_type != "Polygon":
        return [part]
    oriented = shapely.orient_polygons(part)
    return [oriented.exterior, *oriented.interiors]
