"""Soil organic carbon as a raster, in tonnes of carbon per hectare to a stated depth."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.declarations import LayerKind, LayerReading, LayerSpec
from layers.rasters import OPTIONS, DensityQuantity, read_density

QUANTITY = DensityQuantity("soil_carbon", "t C/ha", 0.0, 3000.0)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read the raster; without ``depth_cm`` its stocks have no depth and are told so."""
    if spec.options.get("depth_cm") is None:
        problems.add("layers.soil_depth_unknown", spec.where)
    return read_density(spec, QUANTITY, problems, is_used=True)


KIND = LayerKind(
    key="soil_carbon",
    title_zh="土壤有机碳",
    title_en="Soil organic carbon",
    role="density",
    priority=0,
    geometry=(),
    fields=(),
    options=(*OPTIONS, "depth_cm"),
    read=read,
    names=("soc", "soil carbon", "soil organic carbon", "土壤碳"),
)
