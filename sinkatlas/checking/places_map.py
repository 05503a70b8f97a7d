"""Where the findings lie: the reporting units and a numbered mark per finding, as plain SVG.

What lies far outside the units is not drawn but counted; the table of findings gives its place.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from gis.crs import to_crs
from gis.extent import Units
from gis.problems import Box, Language, Problem

_WIDTH, _MARGIN = 760.0, 12.0
_DETAIL = 800
"""Parts of the map's width below which an outline's bends are left out."""
_FAR = 1.0
"""Widths of the units' extent, on each side, beyond which a finding is not drawn."""
_MARKS = 60
"""Marks of one finding that are drawn."""

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outline:
    """A reporting unit: its name and the rings of its border in longitude and latitude."""

    name: str
    rings: tuple[Ring, ...]


def outlines_of(units: Units) -> tuple[Outline, ...]:
    """The units' borders, as detailed as a small map shows."""
    placed = to_crs(units.features, "EPSG:4490", "districts")
    west, _, east, _ = placed.total_bounds
    shapes = shapely.simplify(np.asarray(placed.geometry.array), (east - west) / _DETAIL)
    return tuple(
        Outline(str(name), tuple(_rings(shape)))
        for name, shape in zip(placed["unit_name"], shapes, strict=True)
    )


def _rings(shape: shapely.Geometry) -> Iterator[Ring]:
    for part in shapely.get_parts(shape):
        for ring in shapely.get_rings(part):
            at = shapely.get_coordinates(ring)
            yield tuple((round(float(x), 6), round(float(y), 6)) for x, y in at)


def numbered(problems: Sequence[Problem]) -> Mapping[int, int]:
    """The number on the map of each finding that has a place, by its position in the list."""
    held = [place for place, each in enumerate(problems) if each.places is not None]
    return {place: number for number, place in enumerate(held, start=1)}


def places_map(
    outlines: Sequence[Outline],
    problems: Sequence[Problem],
    language: Language,
    words: Mapping[str, str],
) -> str:
    """An SVG, or nothing where there is no unit or no finding with a place."""
    numbers = numbered(problems)
    corners = [at for each in outlines for ring in each.rings for at in ring]
    if not numbers or not corners:
        return ""
    view = _View.of(corners, [box for place in numbers for box in _boxes(problems[place])])
    units = "".join(
        f'<path d="{view.path(each.rings)}"><title>{html.escape(each.name)}</title></path>'
        for each in outlines
    )
    marks, beyond = [], 0
    for place, number in numbers.items():
        found = problems[place]
        title = html.escape(f"{number}: {found.where}: {found.message(language)}")
        drawn = [view.at(*_middle(box)) for box in _boxes(found) if view.holds(*_middle(box))]
        beyond += not drawn
        marks += [
            f'<g class="{found.severity.value}"><title>{title}</title>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
            f'<text x="{x + 7:.1f}" y="{y + 4:.1f}">{number if first == 0 else ""}</text></g>'
            for first, (x, y) in enumerate(drawn)
        ]
    note = f"<p>{words['beyond'].format(count=beyond)}</p>" if beyond else ""
    return (
        f'<svg role="img" aria-label="{html.escape(words["map"])}" width="{_WIDTH:.0f}" '
        f'height="{view.height:.0f}" viewBox="0 0 {_WIDTH:.0f} {view.height:.0f}">'
        f"<g>{units}</g>{''.join(marks)}</svg>{note}"
    )


def _boxes(found: Problem) -> tuple[Box, ...]:
    return () if found.places is None else found.places.boxes[:_MARKS]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@dataclass(frozen=True)
class _View:
    """A plain map of longitude by latitude, shortened by the cosine of the middle latitude."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, corners: Sequence[tuple[float, float]], boxes: Sequence[Box]) -> _View:
        """The units' extent, widened to the findings that lie near it."""
        at = np.array(corners)
        (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
        wide, high = _FAR * (east - west), _FAR * (north - south)
        near = [
            (x, y) for x, y in map(_middle, boxes)
            if west - wide <= x <= east + wide and south - high <= y <= north + high
        ]  # fmt: skip
        all_at = np.array([(west, south), (east, north), *near])
        return cls(*(float(each) for each in (*all_at.min(axis=0), *all_at.max(axis=0))))

    @property
    def scale(self) -> float:
        return (_WIDTH - 2 * _MARGIN) / max(self.east - self.west, 1e-9)

    @property
    def stretch(self) -> float:
        return self.scale / math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.stretch + 2 * _MARGIN

    def holds(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = _MARGIN + (lon - self.west) * self.scale
        return x, _MARGIN + (self.north - lat) * self.stretch

    def path(self, rings: Sequence[Ring]) -> str:
        return "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(*at) for at in ring)) + "Z"
            for ring in rings
        )
