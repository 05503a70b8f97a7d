"""Above-ground biomass as a raster, in tonnes of dry matter per hectare."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.density import OPTIONS, Quantity, read_density
from layers.values import LayerKind, LayerSpec, Reading

QUANTITY = Quantity("above_ground_biomass", "t/ha", 0.0, 2000.0)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read a raster in tonnes of dry matter per hectare and check its range."""
    return read_density(spec, QUANTITY, problems, is_used=True)


KIND = LayerKind(
    key="above_ground_biomass",
    title_zh="地上生物量",
    title_en="Above-ground biomass",
    role="density",
    priority=0,
    geometry=(),
    fields=(),
    options=OPTIONS,
    read=read,
)
