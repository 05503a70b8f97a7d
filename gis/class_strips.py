"""Class rasters on one grid in strips of rows, with true cell areas; maps written by strips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.crs import same_crs
from gis.grid import Grid, read_grid
from gis.measure import AreaDensity, density_over
from gis.problems import ProblemLog
from gis.reading import open_raster

STRIP_ROWS = 256
"""Rows that are held at once."""

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
MapWriter = Callable[[str, int, Array], None]


@dataclass(frozen=True)
class ClassStrip:
    """Some rows of the rasters: codes and known cells by raster, areas in ha."""

    start: int
    codes: tuple[Codes, ...]
    known: tuple[Flags, ...]
    area_ha: Array

    @property
    def is_known(self) -> Flags:
        """Cells that every raster knows."""
        return np.asarray(np.logical_and.reduce(self.known), dtype=bool)

    def hectares(self, known: Flags) -> float:
        """Area of some cells, ha."""
        return float(self.area_ha[known].sum())


@dataclass(frozen=True)
class ClassStack:
    """Class rasters on one grid."""

    grid: Grid
    datasets: tuple[Any, ...]
    density: AreaDensity

    def strips(self) -> Iterator[ClassStrip]:
        columns = np.arange(self.grid.width)
        for start in range(0, self.grid.height, STRIP_ROWS):
            stop = min(start + STRIP_ROWS, self.grid.height)
            window = ((start, stop), (0, self.grid.width))
            cells = [dataset.read(1, window=window) for dataset in self.datasets]
            masks = [dataset.read_masks(1, window=window) > 0 for dataset in self.datasets]
            area = self.density.cell_areas_ha(np.arange(start, stop), columns)
            codes = tuple(each.astype(np.int64) for each in cells)
            yield ClassStrip(start, codes, tuple(masks), area)


@contextmanager
def opened_classes(paths: Sequence[Path]) -> Iterator[ClassStack]:
    """Open class rasters that must lie on one grid and hold whole numbers."""
    log = ProblemLog()
    with ExitStack() as stack:
        datasets = [stack.enter_context(open_raster(path, log)) for path in paths]
        grids = [
            read_grid(dataset, path.name) for dataset, path in zip(datasets, paths, strict=True)
        ]
        for dataset, grid, path in zip(datasets, grids, paths, strict=True):
            if not np.issubdtype(np.dtype(dataset.dtypes[0]), np.integer):
                log.add("gis.raster_not_classes", path.name, dtype=dataset.dtypes[0])
            if not _same_grid(grid, grids[0]):
                log.add("gis.grids_differ", path.name, other=paths[0].name)
        log.raise_if_errors()
        density = density_over(grids[0], (0, grids[0].height), (0, grids[0].width))
        yield ClassStack(grids[0], tuple(datasets), density)


def _same_grid(one: Grid, other: Grid) -> bool:
    shape = (one.width, one.height) == (other.width, other.height)
    close = one.transform.almost_equals(other.transform, precision=1e-9)
    return shape and close and same_crs(one.crs, other.crs)


def map_writer(files: ExitStack, folder: Path, grid: Grid) -> MapWriter:
    """A function that writes strips of maps, each map a file opened when it is first asked for."""
    import rasterio

    opened: dict[str, Any] = {}
    profile = {
        "driver": "GTiff",
        "dtype": "float64",
        "count": 1,
        "width": grid.width,
        "height": grid.height,
        "crs": grid.crs.to_wkt(),
        "transform": grid.transform,
        "nodata": float("nan"),
        "compress": "deflate",
        "tiled": False,
        "bigtiff": "if_safer",
    }

    def write(name: str, start: int, values: Array) -> None:
        if name not in opened:
            opened[name] = files.enter_context(rasterio.open(folder / name, "w", **profile))
        window = ((start, start + values.shape[0]), (0, grid.width))
        opened[name].write(values, 1, window=window)

    return write
