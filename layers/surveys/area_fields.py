"""Area fields of surveys: their unit is told from the geometry, never assumed.

A field in mu read as hectares is wrong by a factor of 15 and looks quite plausible. The ratio of
the field to the ellipsoidal area of the geometry gives the unit away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.vector_files import Features

Array = NDArray[np.float64]

PER_HA = {"ha": 1.0, "mu": 15.0, "m2": 10_000.0, "km2": 0.01, "10000 mu": 0.0015}
"""How many of each unit make one hectare (15 mu = 1 ha exactly)."""

_NEAR = float(np.log(1.25))
_ODD_SHARE = 0.01


def official_areas_ha(features: Features, unit: str) -> Array:
    """The survey's own area field in hectares, NaN where it gives none.

    ``unit`` (``ha``, ``mu`` or ``m2``) is declared by the analyst or usual for the kind. When the
    geometry says otherwise the field is refused: all rows alike as "looks like", some rows as
    "mixed" with their numbers. Up to one row in a hundred may be odd (clipped polygons keep the
    area they had) and is a warning.
    """
    given, geometry_ha = features.number("area").to_numpy(), features.hectares
    looks = _unit_of_rows(given, geometry_ha)
    judged = looks != ""
    if judged.any():
        _check_unit(features, given, looks, unit)
    empty = (given == 0) & (geometry_ha > 0)
    if empty.any():
        column = features.facts["column.area"]
        features.reporter.report(empty, "layers.area_zero", column=column)
    return np.asarray(np.where(empty, np.nan, given) / PER_HA[unit])


def _unit_of_rows(given: Array, geometry_ha: Array) -> NDArray[np.str_]:
    """Unit that explains each row's ratio within a quarter; empty where none does."""
    usable = (given > 0) & (geometry_ha > 0)
    found = np.full(len(given), "", dtype="<U8")
    found[usable] = unit_of_ratio(given[usable] / geometry_ha[usable])
    return found


def unit_of_ratio(ratio: Array) -> NDArray[np.str_]:
    """Unit of which a hectare has so many, within a quarter; empty where none fits.

    >>> unit_of_ratio(np.array([1.02, 14.9, 3.0])).tolist()
    ['ha', 'mu', '']
    """
    found = np.full(len(ratio), "", dtype="<U8")
    for unit, per_ha in PER_HA.items():
        found[np.abs(np.log(ratio) - np.log(per_ha)) <= _NEAR] = unit
    return found


def _check_unit(features: Features, given: Array, looks: NDArray[np.str_], unit: str) -> None:
    column, geometry_ha = features.facts["column.area"], features.hectares
    usable = (given > 0) & (geometry_ha > 0)
    ratio = float(np.median(given[usable] / geometry_ha[usable]))
    typical = _unit_of_rows(np.array([ratio]), np.array([1.0]))[0]
    other = (looks != "") & (looks != unit)
    if typical not in ("", unit):
        features.reporter.report(
            looks == typical, "layers.area_unit_looks", column=column, unit=unit, looks=typical,
            ratio=f"{ratio:.4g}",
        )  # fmt: skip
    elif other.any():
        is_mixed = other.sum() > _ODD_SHARE * usable.sum()
        features.reporter.report(
            other,
            "layers.area_unit_mixed" if is_mixed else "layers.area_unit_odd",
            column=column,
            unit=unit,
            looks=", ".join(sorted(set(looks[other]))),
        )
