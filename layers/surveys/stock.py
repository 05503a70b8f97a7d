"""Growing stock of sub-compartments: totals in m3, told apart into measured and missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.checks import Flags
from layers.surveys.area_fields import Array
from layers.surveys.forest import STOCKED_CLASSES
from layers.surveys.sentinels import without_sentinels
from layers.tables import PER_STANDARD, per_area_of_name, unit_of_name
from layers.vector_files import Features

LARGEST_DENSITY_M3_HA = 2000.0
"""No stand on record in China holds more; above it a unit or a decimal point is wrong."""

LEAST_TYPICAL_M3_HA = 8.0
"""Half the arbor stands of a file below this: the unit is not m3, or the area is a mu.

China's arbor stands hold some 95 m3/ha (ninth national inventory), 6 m3 per mu.
"""

_LEAST_ROWS, _LEAST_SPREAD, _UNCLEAR = 20, 0.3, 0.2
_AGREEMENT = 0.01
_AGREEMENT_FLOOR_M3 = 1.0


def growing_stock(
    features: Features,
    forest_class: pd.Series,
    area_ha: Array,
    unit: str,
    *,
    is_young: Flags,
) -> pd.DataFrame:
    """``growing_stock_m3`` and ``stock_basis`` of each sub-compartment.

    The total of the sub-compartment counts where it is given; else the stock per hectare times
    ``area_ha``. With ``unit`` ``m3_per_ha`` the field ``stock`` is itself per hectare. Arbor and
    open stands without a figure are ``missing`` (NaN); land that bears no measured stand has basis
    ``""`` and NaN unless the survey gives it some.
    """
    total = without_sentinels(features, "stock") * _m3_per_unit(features, "stock")
    density = without_sentinels(features, "stock_per_ha") * _m3_per_unit(features, "stock_per_ha")
    unit = _unit_by_name(features, unit)
    density *= 15.0 if _per_area(features, "stock_per_ha") == "mu" else 1.0
    if unit == "m3_per_mu":
        total, unit = total * 15.0, "m3_per_ha"
    _check_unit(features, "stock", total, area_ha, unit)
    _check_unit(features, "stock_per_ha", density, area_ha, "m3_per_ha")
    total = total * area_ha if unit == "m3_per_ha" else total
    by_density = density * area_ha
    _compare(features, total, by_density)
    stock = total.where(total.notna(), by_density)
    _check_density(features, stock, area_ha)
    is_stand = forest_class.isin(STOCKED_CLASSES)
    is_measured = np.where(is_stand, stock.notna(), stock > 0)
    is_missing = (is_stand & ~is_measured).to_numpy()
    features.reporter.report(is_missing, "layers.stock_missing")
    _check_size(features, stock, area_ha, (forest_class == "arbor").to_numpy(), is_young)
    basis = np.select([is_measured, is_missing], ["measured", "missing"], default="")
    return pd.DataFrame(
        {"growing_stock_m3": stock.where(is_measured), "stock_basis": basis.astype(object)}
    )


def _m3_per_unit(features: Features, field: str) -> float:
    """Cubic metres per unit that the name of a column states, as in 蓄积（万立方米）."""
    unit = unit_of_name(features.facts.get(f"column.{field}", ""))
    standard, factor = PER_STANDARD.get(unit, ("", 1.0))
    if standard != "m3" or factor == 1.0:
        return 1.0
    features.problems.add(
        "layers.unit_by_name", features.where, column=features.facts[f"column.{field}"], unit=unit
    )
    return factor


def _per_area(features: Features, field: str) -> str:
    """``mu`` or ``ha`` where the name of a column says that its stock is per that."""
    found = per_area_of_name(features.facts.get(f"column.{field}", ""))
    if found == "mu":
        features.problems.add(
            "layers.unit_by_name", features.where, column=features.facts[f"column.{field}"],
            unit="m³/亩",
        )  # fmt: skip
    return found


def _unit_by_name(features: Features, unit: str) -> str:
    """The unit of the field ``stock``: as declared, or as its column's name says it is per area."""
    per = _per_area(features, "stock")
    if not per or unit == "m3_per_ha":
        return "m3_per_mu" if per == "mu" else unit
    return f"m3_per_{per}"


def stock_unit_of(stock: Array, area_ha: Array) -> tuple[str, float]:
    """Whether stock is ``m3`` per sub-compartment or ``m3_per_ha``, and the exponent that tells.

    Totals grow with the area of the sub-compartment, densities do not: the slope of log(stock) on
    log(area) is about 1 or about 0. Empty where areas are too alike, or rows too few, to tell.

    >>> areas = np.geomspace(1, 30, 40)
    >>> stock_unit_of(80 * areas, areas)[0], stock_unit_of(np.full(40, 80.0), areas)[0]
    ('m3', 'm3_per_ha')
    """
    usable = (stock > 0) & (area_ha > 0) & np.isfinite(stock)
    x, y = np.log(area_ha[usable]), np.log(stock[usable])
    if len(x) < _LEAST_ROWS or np.std(x) < _LEAST_SPREAD:
        return "", float("nan")
    slope = float(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
    rest = y - y.mean() - slope * (x - x.mean())
    error = float(np.sqrt(rest @ rest / (len(x) - 2)) / (np.std(x) * np.sqrt(len(x))))
    if abs(slope - 0.5) < max(_UNCLEAR, 2 * error):
        return "", slope
    return ("m3" if slope > 0.5 else "m3_per_ha"), slope


def _check_unit(features: Features, field: str, given: pd.Series, area: Array, unit: str) -> None:
    looks, slope = stock_unit_of(given.to_numpy(dtype=float), area)
    if looks not in ("", unit):
        features.reporter.report(
            given > 0, "layers.stock_unit_looks", column=features.facts[f"column.{field}"],
            unit=unit, looks=looks, slope=f"{slope:.2f}",
        )  # fmt: skip
    elif looks:
        features.facts[f"{field}_unit"] = f"{looks} (value ~ area^{slope:.2f})"


def _compare(features: Features, total: pd.Series, by_density: pd.Series) -> None:
    """Where a file gives both, they should agree within one percent (or 1 m3)."""
    difference = (total - by_density).abs()
    allowed = np.maximum(_AGREEMENT * np.maximum(total, by_density), _AGREEMENT_FLOOR_M3)
    apart = difference > allowed
    if apart.any():
        both = total.notna() & by_density.notna()
        features.reporter.report(
            apart,
            "layers.stock_disagrees",
            stock=features.facts["column.stock"],
            stock_per_ha=features.facts["column.stock_per_ha"],
            total=f"{total[both].sum():.6g}",
            product=f"{by_density[both].sum():.6g}",
        )


def _check_size(
    features: Features, stock: pd.Series, area_ha: Array, is_arbor: Flags, is_young: Flags
) -> None:
    """Arbor stands that hold nothing, or less than any grown stand: unfilled, or 万m3.

    Young stands are below the diameter from which trees are measured, and hold 0.
    """
    given = stock.to_numpy(dtype=float)
    known = is_arbor & ~np.isnan(given) & (area_ha > 0)
    empty = known & (given == 0) & ~is_young
    features.reporter.report(empty, "layers.stock_zero")
    positive = known & (given > 0)
    if positive.any():
        typical = float(np.median(given[positive] / area_ha[positive]))
        if typical < LEAST_TYPICAL_M3_HA:
            least = f"{LEAST_TYPICAL_M3_HA:g}"
            features.reporter.report(
                positive, "layers.stock_tiny", typical=f"{typical:.3g}", least=least
            )


def _check_density(features: Features, stock: pd.Series, area_ha: Array) -> None:
    absurd = stock > LARGEST_DENSITY_M3_HA * np.where(area_ha > 0, area_ha, np.nan)
    features.reporter.report(absurd, "layers.stock_absurd", limit=f"{LARGEST_DENSITY_M3_HA:g}")
