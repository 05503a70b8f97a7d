"""What sheets draw: districts and layers, projected once and thinned to what paper can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray
from pyproj import CRS
from shapely import Geometry

from maps.plate.page_layout import Box
from maps.plate.paper import LineStyle, outline
from maps.plate.projection import PageWindow, local_crs
from maps.report import MapLayer, Report

FINEST_MM = 0.05
"""What a printer and an eye cannot tell apart: outlines are thinned by this much paper."""


@dataclass(frozen=True)
class OverlayStyle:
    """How a layer is drawn over the districts; ``fill`` is for sheets of a single district."""

    colour: str
    line: float
    dashes: LineStyle
    fill: str = "none"


LIMITS: Mapping[str, OverlayStyle] = {
    "redline": OverlayStyle("#c2185b", 1.0, "-"),
    "protected_areas": OverlayStyle("#4a148c", 1.0, "--"),
}
"""Layer kinds whose outlines every sheet shows."""

GROUND: Mapping[str, OverlayStyle] = {
    "forest_subcompartments": OverlayStyle("#2e7d32", 0.2, "-", "#7cb77f"),
    "wetlands": OverlayStyle("#0b4f8a", 0.3, "-", "#8ec3e8"),
    "mangroves": OverlayStyle("#7b1fa2", 0.4, "-", "#c48bd6"),
    "works": OverlayStyle("#7a4f00", 0.5, "-", "#f4b942"),
    "greenways": OverlayStyle("#d84315", 0.9, "-"),
}
"""Layer kinds that only the sheet of a single district has room for."""


@dataclass(frozen=True)
class PlateGround:
    """Districts and layers of one year in the sheets' projection."""

    crs: CRS
    units: gpd.GeoDataFrame
    layers: tuple[tuple[str, gpd.GeoDataFrame], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind, _ in self.layers)


def ground_of(report: Report, epoch: int) -> PlateGround:
    """What the sheets of a year draw."""
    crs = local_crs(report.units)
    styled = {**LIMITS, **GROUND}
    layers = tuple(
        (each.kind, each.features[["geometry"]].to_crs(crs))
        for each in layers_of(report, epoch)
        if each.features is not None and each.kind in styled
    )
    return PlateGround(crs, report.units.to_crs(crs), layers)


def layers_of(report: Report, epoch: int) -> tuple[MapLayer, ...]:
    """The layers that show a year, or no year in particular."""
    return tuple(each for each in report.layers if each.epoch in (None, epoch))


def thinned(geometries: Sequence[Geometry], view: PageWindow) -> NDArray[np.object_]:
    """Districts as fine as the scale can show; neighbours keep their common border."""
    outlines = np.asarray(geometries, dtype=object)
    tolerance = FINEST_MM * view.scale / 1000
    if shapely.coverage_is_valid(outlines):
        return np.asarray(shapely.coverage_simplify(outlines, tolerance), dtype=object)
    return np.asarray(shapely.simplify(outlines, tolerance), dtype=object)


def draw_shapes(
    axes: Axes,
    geometries: Sequence[Geometry] | NDArray[np.object_],
    *,
    fills: Sequence[str],
    edge: str,
    line: float,
    dashes: str = "-",
    zorder: float,
    clip: Geometry | None = None,
    hatch: str | None = None,
) -> None:
    """Many geometries as one drawing object; one fill for all, or one each.

    A ``hatch`` is drawn in the colour of the edge.
    """
    paths: list[Outline] = [outline(each) for each in geometries]
    shapes = PathCollection(
        paths,
        facecolors=fills,
        edgecolors=edge,
        linewidths=line,
        linestyles=dashes,
        zorder=zorder,
        hatch=hatch,
    )
    # add_collection would measure every vertex to move the axes' limits, which are fixed.
    axes.add_artist(shapes)
    if clip is not None:
        shapes.set_clip_path(PathPatch(outline(clip), transform=axes.transData))


def draw_layers(
    axes: Axes,
    ground: PlateGround,
    view: PageWindow,
    styles: Mapping[str, OverlayStyle],
    *,
    weight: float,
    zorder: float,
    clip: Geometry | None = None,
) -> None:
    """Layers in the order of their styles, as far as they lie in the window.

    Limits stand on a white casing, which keeps them in sight on dark colours, and without the
    borders inside them.
    """
    frame = shapely.box(view.left, view.bottom, view.right, view.top)
    for kind, style in styles.items():
        for _, features in (each for each in ground.layers if each[0] == kind):
            near = features.geometry.iloc[np.sort(features.sindex.query(clip or frame))]
            shapes = shapely.simplify(np.asarray(near, dtype=object), FINEST_MM * view.scale / 1000)
            shapes = shapes[~shapely.is_empty(shapes)]
            strokes = [(style.colour, style.line, style.dashes)]
            if kind in LIMITS:
                shapes = np.asarray([shapely.union_all(shapely.make_valid(shapes))], dtype=object)
                strokes.insert(0, ("#ffffffb0", style.line + 0.8, "-"))
            for colour, line, dashes in strokes:
                draw_shapes(
                    axes,
                    shapes,
                    fills=[style.fill],
                    edge=colour,
                    line=line * weight,
                    dashes=dashes,
                    zorder=zorder,
                    clip=clip,
                )


def on_page(geometry: Geometry, view: PageWindow, frame: Box, mm_per_m: float) -> Geometry:
    """A projected geometry in mm of the page."""

    def to_mm(points: NDArray[np.float64]) -> NDArray[np.float64]:
        metres = points - np.array([view.left, view.bottom])
        return np.asarray(metres * mm_per_m + np.array(frame[:2]))

    return shapely.transform(geometry, to_mm)
