"""Continuous rasters: a quantity per cell, with its unit and possible range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gis.grid import read_grid
from gis.problems import ProblemLog
from gis.reading import open_raster
from layers.declarations import Density, LayerKind, LayerReading, LayerSpec
from layers.rasters.biomass_units import biomass_factor, soil_factor
from layers.rasters.raster_profile import Statistics, check_date, statistics
from layers.vector_files import crs_facts

OPTIONS = ("band", "no_data")


@dataclass(frozen=True)
class DensityQuantity:
    """What a continuous raster measures: standard unit, possible range, threshold of interest."""

    key: str
    unit: str
    least: float
    most: float
    threshold: float | None = None


def density_kind(
    quantity: DensityQuantity,
    *,
    title_zh: str,
    title_en: str,
    names: tuple[str, ...],
    is_used: bool = False,
) -> LayerKind:
    """The kind of a continuous raster that is read in its quantity's own unit.

    ``is_used`` is True for a kind that figures are read from.
    """

    def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
        return read_density(spec, quantity, problems, is_used=is_used)

    return LayerKind(quantity.key, title_zh, title_en, "density", 0, (), (), OPTIONS, read, names)


def read_density(
    spec: LayerSpec,
    quantity: DensityQuantity,
    problems: ProblemLog,
    *,
    factor: float = 1.0,
    is_used: bool = False,
) -> LayerReading:
    """Check a continuous raster: grid, band, type, range. Cell values count after scale and offset.

    Values that the quantity cannot have are refused with a sample, unless ``no_data`` names them.
    ``is_used`` is True for a kind that figures are read from; of others it is told that none is.
    """
    with open_raster(spec.path, problems) as dataset:
        band = _band(dataset, spec, problems)
        grid = read_grid(dataset, spec.where, spec.crs)
        kind = dataset.dtypes[band - 1]
        if kind.startswith("complex"):
            problems.add("layers.raster_not_numbers", spec.where, dtype=kind)
            problems.raise_if_errors()
        if quantity.unit == "t/ha":
            factor *= biomass_factor(dataset, band, spec, problems)
        if quantity.unit == "t C/ha":
            factor *= soil_factor(dataset, band, spec, problems)
        no_data = tuple(float(value) for value in spec.options.get("no_data", ()))
        found = statistics(
            dataset,
            band,
            spec.where,
            limits=(quantity.least, quantity.most),
            threshold=quantity.threshold if quantity.threshold is not None else float("inf"),
            factor=factor,
            no_data=no_data,
        )
        check_date(dataset, spec, problems)
        scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    _check(spec, quantity, found, problems)
    problems.raise_if_errors()
    facts = _facts(quantity, found, band, scale, offset)
    facts |= crs_facts(grid.crs)
    if not is_used:
        problems.add("layers.density_not_used", spec.where)
        facts["figures"] = "none"
    density = Density(quantity.key, spec.path, band, quantity.unit, factor, no_data)
    return LayerReading(density, facts)


def _band(dataset: Any, spec: LayerSpec, problems: ProblemLog) -> int:
    asked = spec.options.get("band")
    if asked is None and dataset.count > 1:
        problems.add("layers.raster_band_choice", spec.where, count=dataset.count)
    elif asked is not None and not 1 <= int(asked) <= dataset.count:
        problems.add("layers.raster_band_absent", spec.where, band=asked, count=dataset.count)
    problems.raise_if_errors()
    return int(asked or 1)


def _check(
    spec: LayerSpec, quantity: DensityQuantity, found: Statistics, problems: ProblemLog
) -> None:
    if not found.known:
        problems.add("layers.density_empty", spec.where)
        return
    if found.beyond:
        problems.add(
            "layers.density_fill_undeclared", spec.where, count=found.beyond,
            percent=f"{100 * found.beyond / found.cells:.3g}",
        )  # fmt: skip
    if found.count_out_of_range:
        problems.add(
            "layers.density_out_of_range", spec.where, unit=quantity.unit,
            least=f"{quantity.least:g}", most=f"{quantity.most:g}",
            values=", ".join(f"{value:g}" for value in found.out_of_range),
            percent=f"{100 * found.count_out_of_range / found.known:.3g}",
        )  # fmt: skip
    elif quantity.unit == "%" and 0 < found.most <= 1:
        problems.add("layers.density_looks_fraction", spec.where, most=f"{found.most:.4g}")


def _facts(
    quantity: DensityQuantity, found: Statistics, band: int, scale: float, offset: float
) -> dict[str, str]:
    facts = {
        "band": str(band),
        "unit": quantity.unit,
        "scale_offset": f"× {scale:g} + {offset:g}",
        "mean": f"{found.mean:.10g}",
        "sum": f"{found.total:.17g}",
        "minimum": f"{found.least:.10g}",
        "maximum": f"{found.most:.10g}",
        "coverage": f"{found.coverage:.6g}",
    }
    if quantity.threshold is not None:
        facts[f"share_at_least_{quantity.threshold:g}"] = f"{found.at_least / found.known:.6g}"
    return facts
