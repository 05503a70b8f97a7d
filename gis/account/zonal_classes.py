"""What each zone holds of every combination of classes, and of every density, after one pass.

The bands of the plan are counted by whoever the engine says and added here, in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.executors import Crew, Engine, Partials, tallies
from gis.grid import Grid
from gis.problems import Problem, problem
from gis.progress import Progress, silent
from gis.zonal import (
    Band,
    BandTally,
    ClassBand,
    DensityBand,
    Edges,
    RasterPlan,
    Unknown,
    make_plan,
    open_band,
    open_desk,
    require_room,
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ClassAreas:
    """Tables by zone and place; places combine the classes of all class rasters.

    ``areas`` (zones, places) in ha; ``totals`` and ``known`` (densities, zones, places): area times
    value, and the hectares whose value is known; ``uncovered`` (zones,) in ha. ``counts`` has the
    number of places of each class raster. ``cells_read`` counts cells read per raster.
    """

    areas: Array
    totals: Array
    known: Array
    uncovered: Array
    counts: tuple[int, ...]
    cells_read: int
    unknown: tuple[Unknown, ...]
    bands: int


def without_raster(uncovered_ha: Array) -> ClassAreas:
    """The tables of zones of which nothing is left but ground that no cover claims."""
    none = np.zeros((0, len(uncovered_ha), 0))
    return ClassAreas(none.reshape(len(uncovered_ha), 0), none, none, uncovered_ha, (), 0, (), 0)


def class_areas(
    edges: Edges,
    zones: int,
    grid: Grid,
    classes: Sequence[ClassBand] = (),
    densities: Sequence[DensityBand] = (),
    *,
    engine: Engine | None = None,
    progress: Progress = silent,
) -> ClassAreas:
    """Count the ground of the zones on a grid, by class and density where there are rasters.

    Raises
    ------
    InputError
        What reading finds (a broken block, classes that are no whole numbers), what the engine
        cannot do (``gis.combinations_too_many``, ``gis.cluster_unreachable``, …).
    """
    engine = engine or Engine()
    plan = _plan(edges, zones, grid, classes, densities, engine.memory_bytes)
    sums = _Sums.of(plan)
    if plan.bands:
        desk = open_desk(plan)
        try:
            _count(plan, sums, Crew(engine, desk), progress)
        finally:
            desk.close()
    counts = tuple(each.places for each in plan.classes)
    return ClassAreas(
        sums.areas, sums.totals, sums.known, sums.uncovered, counts, sums.cells_read,
        tuple(sums.unknown), len(plan.bands),
    )  # fmt: skip


def _plan(
    edges: Edges,
    zones: int,
    grid: Grid,
    classes: Sequence[ClassBand],
    densities: Sequence[DensityBand],
    budget: int,
) -> RasterPlan:
    bands: list[Band] = [*classes, *densities]
    opened = [open_band(each, grid) for each in bands]
    try:
        plan = make_plan(edges, zones, grid, classes, densities, opened)
        require_room(plan, opened, budget)
        return plan
    finally:
        for each in opened:
            each.close()


@dataclass
class _Sums:
    """Tables of all zones while bands come in."""

    areas: Array
    totals: Array
    known: Array
    uncovered: Array
    cells_read: int
    unknown: list[Unknown]

    @classmethod
    def of(cls, plan: RasterPlan) -> _Sums:
        shape = (len(plan.densities), plan.zones, plan.combinations)
        return cls(
            np.zeros(shape[1:]), np.zeros(shape), np.zeros(shape), np.zeros(plan.zones), 0, []
        )

    def add(self, tally: BandTally) -> None:
        self.areas[tally.zones] += tally.areas
        self.totals[:, tally.zones] += tally.totals
        self.known[:, tally.zones] += tally.known
        self.uncovered[tally.zones] += tally.uncovered
        self.cells_read += tally.cells_read
        self.unknown.extend(tally.unknown)


def _count(plan: RasterPlan, sums: _Sums, crew: Crew, progress: Progress) -> None:
    """Add all bands in order: those kept from an interrupted run, and those counted now."""
    kept = Partials.of(plan, crew.engine.partials)
    numbers = range(len(plan.bands))
    held = {number for number in numbers if kept.has(number)}
    counted = tallies(plan, [number for number in numbers if number not in held], crew)
    try:
        for number in numbers:
            tally = kept.read(number) if number in held else None
            if tally is None:
                _, tally = next(counted)
                kept.keep(number, tally)
            sums.add(tally)
            progress("raster", number + 1, len(plan.bands))
    finally:
        counted.close()


def unknown_code_problems(
    areas: ClassAreas, names: Sequence[str], unit_of_zone: Sequence[str]
) -> list[Problem]:
    """One problem per code that a raster's classes lack: code, cells, hectares and units."""
    table = pd.DataFrame([vars(each) for each in areas.unknown])
    if table.empty:
        return []
    found = []
    for (raster, code), cells in table.groupby(["raster", "code"]):
        zones = sorted(frozenset().union(*cells["zones"]))
        found.append(
            problem(
                "gis.class_unknown",
                names[raster],
                value=code,
                cells=int(cells["cells"].sum()),
                hectares=f"{cells['area_ha'].sum():.4f}",
                units=", ".join(dict.fromkeys(unit_of_zone[zone] for zone in zones)),
            )
        )
    return found
