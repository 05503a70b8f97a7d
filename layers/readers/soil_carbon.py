"""Soil organic carbon as a raster, in tonnes of carbon per hectare."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.density import OPTIONS, Quantity, read_density
from layers.values import LayerKind, LayerSpec, Reading

QUANTITY = Quantity("soil_carbon", "t C/ha", 0.0, 3000.0)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read a raster in tonnes of carbon per hectare and check its range."""
    return read_density(spec, QUANTITY, problems)


KIND = LayerKind(
    key="soil_carbon",
    title_zh="土壤有机碳",
    title_en="Soil organic carbon",
    role="density",
    priority=0,
    geometry=(),
    fields=(),
    options=OPTIONS,
    read=read,
)
