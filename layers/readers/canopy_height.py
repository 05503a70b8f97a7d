"""Canopy height as a raster, in metres."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.density import OPTIONS, Quantity, read_density
from layers.values import LayerKind, LayerSpec, Reading

QUANTITY = Quantity("canopy_height", "m", 0.0, 120.0)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read a raster in metres and check its range."""
    return read_density(spec, QUANTITY, problems)


KIND = LayerKind(
    key="canopy_height",
    title_zh="林冠高度",
    title_en="Canopy height",
    role="density",
    priority=0,
    geometry=(),
    fields=(),
    options=OPTIONS,
    read=read,
)
