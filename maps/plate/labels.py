"""Labels on a map: inside their district where they fit, else beside it on a leader.

Works on the page, in mm. No two labels overlap, no leader runs under a label, and a label that
finds no place is returned by name so that the sheet can list it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

Box = tuple[float, float, float, float]
"""left, bottom, right, top in mm."""

_GAP_MM = 0.8
_GRID_MM = 2.0
_LEADER_MARGIN_MM = 0.4
_SHORTEST_LEADER_MM = 2.0
_LAND_COST_MM = 6.0
_BORDER_COST = 1.2
"""What a millimetre of hidden border weighs against one of leader."""

_REACH_MM = 70.0
"""A label farther away than this would not be found by a reader."""

_CHUNK = 400


@dataclass(frozen=True)
class Label:
    """A label to place: its size on the page and the outline it names, both in mm."""

    key: str
    width: float
    height: float
    outline: Geometry


@dataclass(frozen=True)
class Placed:
    """A label with its place: centre of its box, and the leader from box to district if any."""

    key: str
    box: Box
    anchor: tuple[float, float]
    leader: tuple[tuple[float, float], tuple[float, float]] | None

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class _Ground:
    """What labels on leaders share: the frame, what stands in it, and the drawn outlines."""

    frame: Box
    taken: tuple[Box, ...]
    dots: tuple[tuple[float, float], ...]
    borders: Geometry
    land: Geometry


def place(
    labels: Sequence[Label], *, frame: Box, taken: Sequence[Box] = ()
) -> tuple[list[Placed], list[str]]:
    """Place labels inside ``frame``, clear of the boxes ``taken``.

    Returns the placed labels and the keys of those for which no free place was found. Labels that
    fit inside their outline go first, the smallest outline first, because their choice is the
    narrowest; the others follow in the same order.
    """
    anchors = {each.key: anchor(each.outline) for each in labels}
    by_size = sorted(labels, key=lambda each: (each.outline.area, each.key))
    placed: list[Placed] = []
    outside: list[Label] = []
    for label in by_size:
        box = _inside(label, anchors[label.key], [*taken, *(each.box for each in placed)], frame)
        if box is None:
            outside.append(label)
        else:
            placed.append(Placed(label.key, box, anchors[label.key], None))
    ground = _Ground(
        frame=frame,
        taken=tuple(taken),
        dots=tuple(anchors[each.key] for each in outside),
        borders=shapely.union_all([each.outline.boundary for each in labels]),
        land=shapely.union_all([each.outline for each in labels]),
    )
    unplaced: list[str] = []
    for label in outside:
        found = _beside(label, anchors[label.key], placed, ground)
        if found is None:
            unplaced.append(label.key)
        else:
            placed.append(found)
    return placed, unplaced


def anchor(outline: Geometry) -> tuple[float, float]:
    """The point of an outline's largest part that lies deepest inside it."""
    parts = [each for each in shapely.get_parts(outline) if each.area > 0]
    if not parts:
        centre = outline.centroid
        return float(centre.x), float(centre.y)
    largest = max(parts, key=lambda each: each.area)
    reach = max(largest.bounds[2] - largest.bounds[0], largest.bounds[3] - largest.bounds[1])
    circle = shapely.maximum_inscribed_circle(largest, tolerance=reach / 200)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x), float(y)


def _boxes(points: NDArray[np.float64], label: Label) -> NDArray[np.float64]:
    half = np.array([label.width / 2, label.height / 2])
    return np.hstack([points - half, points + half])


def _free(
    boxes: NDArray[np.float64], taken: Sequence[Box], frame: Box, gap: float = _GAP_MM
) -> NDArray[np.bool_]:
    """Which boxes lie inside the frame and keep a gap to everything taken."""
    free = (
        (boxes[:, 0] >= frame[0] + gap)
        & (boxes[:, 1] >= frame[1] + gap)
        & (boxes[:, 2] <= frame[2] - gap)
        & (boxes[:, 3] <= frame[3] - gap)
    )
    for left, bottom, right, top in taken:
        apart = (
            (boxes[:, 2] + gap <= left)
            | (boxes[:, 0] - gap >= right)
            | (boxes[:, 3] + gap <= bottom)
            | (boxes[:, 1] - gap >= top)
        )
        free &= apart
    return free


def _inside(label: Label, at: tuple[float, float], taken: Sequence[Box], frame: Box) -> Box | None:
    """The place inside the outline nearest its anchor, if the label fits there."""
    left, bottom, right, top = label.outline.bounds
    if right - left < label.width or top - bottom < label.height:
        return None
    points = np.vstack([[at], _grid((left, bottom, right, top))])
    order = np.argsort(np.hypot(*(points - at).T), kind="stable")
    points = points[order]
    boxes = _boxes(points, label)
    shapely.prepare(label.outline)
    fits = _free(boxes, taken, frame)
    fits[fits] = shapely.contains(label.outline, shapely.box(*boxes[fits].T))
    return _as_box(boxes[fits.argmax()]) if fits.any() else None


def _beside(
    label: Label, at: tuple[float, float], placed: Sequence[Placed], ground: _Ground
) -> Placed | None:
    """The cheapest free place within reach of the district, joined to it by a leader."""
    points = _grid(ground.frame)
    distance = np.hypot(*(points - at).T)
    points = points[np.argsort(distance, kind="stable")[: int((distance < _REACH_MM).sum())]]
    boxes = _boxes(points, label)
    boxes = boxes[_free(boxes, [*ground.taken, *(each.box for each in placed)], ground.frame)]
    obstacles = _Obstacles.of(at, placed, ground)
    for start in range(0, len(boxes), _CHUNK):
        chunk = boxes[start : start + _CHUNK]
        ends = np.clip(np.asarray(at), chunk[:, :2], chunk[:, 2:])
        clear = _clear(chunk, ends, at, obstacles)
        if clear.any():
            best = _cost(chunk[clear], ends[clear], at, ground).argmin()
            end = ends[clear][best]
            return Placed(label.key, _as_box(chunk[clear][best]), at, (at, (end[0], end[1])))
    return None


@dataclass(frozen=True)
class _Obstacles:
    """What stands on the page while a label looks for a place, as rows of numbers in mm."""

    boxes: NDArray[np.float64]
    leaders: NDArray[np.float64]
    dots: NDArray[np.float64]
    other_dots: NDArray[np.float64]

    @staticmethod
    def of(at: tuple[float, float], placed: Sequence[Placed], ground: _Ground) -> _Obstacles:
        boxes = [*(each.box for each in placed), *ground.taken]
        leaders = [(*each.leader[0], *each.leader[1]) for each in placed if each.leader]
        others = [each for each in ground.dots if each != at]
        return _Obstacles(
            np.array(boxes, dtype=float).reshape(-1, 4),
            np.array(leaders, dtype=float).reshape(-1, 4),
            np.array(ground.dots, dtype=float).reshape(-1, 2),
            np.array(others, dtype=float).reshape(-1, 2),
        )


def _clear(
    boxes: NDArray[np.float64],
    ends: NDArray[np.float64],
    at: tuple[float, float],
    obstacles: _Obstacles,
) -> NDArray[np.bool_]:
    """Which boxes hide no dot or leader, and have a leader that meets no other label or leader."""
    margin = _LEADER_MARGIN_MM * np.array([-1, -1, 1, 1])
    dots = np.tile(obstacles.dots, 2)  # a dot is a line of no length
    drawn = np.vstack([obstacles.leaders, dots])
    clear = np.hypot(*(ends - at).T) >= _SHORTEST_LEADER_MM
    clear[clear] = ~lines_meet_boxes(drawn, boxes[clear] + margin).any(axis=0)
    leaders = np.hstack([np.broadcast_to(at, ends.shape), ends])
    clear[clear] = ~lines_cross(leaders[clear], obstacles.leaders).any(axis=1)
    blocks = np.vstack([obstacles.boxes, np.tile(obstacles.other_dots, 2)]) + margin
    clear[clear] = ~lines_meet_boxes(leaders[clear], blocks).any(axis=1)
    return np.asarray(clear)


def lines_meet_boxes(lines: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which straight lines (x0, y0, x1, y1) touch which boxes, as a table of lines by boxes.

    A line is inside a box's slab between two parameters per axis; it meets the box when the two
    stretches share a parameter from 0 to 1.

    >>> lines_meet_boxes(np.array([[0.0, 0, 4, 4]]), np.array([[1.0, 2, 3, 9], [3, 0, 4, 1]]))
    array([[ True, False]])
    """
    enter, leave = np.zeros((len(lines), len(boxes))), np.ones((len(lines), len(boxes)))
    for axis in (0, 1):
        start = lines[:, axis, None]
        step = lines[:, axis + 2, None] - start
        step = np.where(step == 0, 1e-12, step)  # a line along an axis never leaves its slab
        first, last = (boxes[:, axis] - start) / step, (boxes[:, axis + 2] - start) / step
        np.maximum(enter, np.minimum(first, last), out=enter)
        np.minimum(leave, np.maximum(first, last), out=leave)
    return np.asarray(enter <= leave)


def lines_cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which lines of one set cross which of another: each has the other's ends on two sides.

    >>> lines_cross(np.array([[0.0, 0, 2, 2]]), np.array([[0.0, 2, 2, 0], [3, 0, 3, 9]]))
    array([[ True, False]])
    """

    def turn(line: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
        along, to = line[..., 2:] - line[..., :2], point - line[..., :2]
        return np.asarray(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])

    one, two = a[:, None, :], b[None, :, :]
    parts_two = turn(one, two[..., :2]) * turn(one, two[..., 2:]) <= 0
    parts_one = turn(two, one[..., :2]) * turn(two, one[..., 2:]) <= 0
    return np.asarray(parts_one & parts_two)


def _cost(
    boxes: NDArray[np.float64],
    ends: NDArray[np.float64],
    at: tuple[float, float],
    ground: _Ground,
) -> NDArray[np.float64]:
    """What a place costs, in mm: its leader, the borders it hides, and standing on other land."""
    hidden = shapely.length(shapely.intersection(shapely.box(*boxes.T), ground.borders))
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    on_land = shapely.contains_xy(ground.land, centres)
    return np.asarray(np.hypot(*(ends - at).T) + _BORDER_COST * hidden + _LAND_COST_MM * on_land)


def _grid(box: Box) -> NDArray[np.float64]:
    """Points of a grid over a box, one row each."""
    x = np.arange(box[0], box[2] + _GRID_MM, _GRID_MM)
    y = np.arange(box[1], box[3] + _GRID_MM, _GRID_MM)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _as_box(row: NDArray[np.float64]) -> Box:
    left, bottom, right, top = (float(each) for each in row)
    return left, bottom, right, top
