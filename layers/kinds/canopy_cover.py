"""Canopy cover: percent of ground under crowns, as a raster."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.declarations import LayerKind, LayerReading, LayerSpec
from layers.rasters import OPTIONS, DensityQuantity, read_density
from layers.surveys import PER_WHOLE

QUANTITY = DensityQuantity("canopy_cover", "%", 0.0, 100.0, threshold=20.0)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read canopy cover in percent; ``crown_density_unit`` says of which number the whole is."""
    factor = 100.0 / PER_WHOLE[spec.options.get("crown_density_unit", "percent")]
    return read_density(spec, QUANTITY, problems, factor=factor, is_used=True)


KIND = LayerKind(
    key="canopy_cover",
    title_zh="林冠覆盖度",
    title_en="Canopy cover",
    role="density",
    priority=0,
    geometry=(),
    fields=(),
    options=(*OPTIONS, "crown_density_unit"),
    read=read,
    names=("treecover", "tree cover", "canopy", "fcover", "郁闭度", "覆盖度"),
)
