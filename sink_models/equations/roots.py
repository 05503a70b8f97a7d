"""Biomass that knows whether it holds its roots, so that no root is counted twice.

Volume functions of the Fang and Zhang families give living biomass *with* roots; expansion factors
give the part above ground. The two are different types: ``add_roots`` takes only the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import InputError, ProblemLog, problem
from sink_models.coefficients import checked
from sink_models.equations.equation_spec import EquationCard
from sink_models.sampling import Array


@dataclass(frozen=True)
class AboveGroundBiomass:
    """Biomass above ground, t d.m. (or t d.m./ha): roots are still to be added."""

    t_d_m: Array


@dataclass(frozen=True)
class LivingBiomass:
    """Biomass above and below ground, t d.m. (or t d.m./ha): the roots are in it."""

    t_d_m: Array

    def carbon(self, carbon_fraction: ArrayLike) -> Array:
        """Carbon of the biomass, t C (or t C/ha)."""
        (fraction,) = checked("carbon", {"carbon_fraction": ("carbon_fraction", carbon_fraction)})
        return self.t_d_m * fraction

    def split(self, root_shoot: ArrayLike) -> tuple[AboveGroundBiomass, Array]:
        """Above and below ground at a root-to-shoot ratio: B / (1 + R) and B R / (1 + R)."""
        (ratio,) = checked("roots", {"root_shoot": ("root_shoot", root_shoot)})
        above = self.t_d_m / (1.0 + ratio)
        return AboveGroundBiomass(above), self.t_d_m - above


@dataclass(frozen=True)
class VolumeBiomass:
    """A continuous function ``B = a V + b`` of one species group.

    ``slope_t_m3`` (a) and ``intercept_t_ha`` (b) may be arrays of draws. ``includes_roots`` is
    declared with the function and decides the type of what it returns.
    """

    slope_t_m3: ArrayLike
    intercept_t_ha: ArrayLike
    includes_roots: bool
    source: str

    def biomass(
        self, *, area_ha: ArrayLike, stock_m3: ArrayLike
    ) -> LivingBiomass | AboveGroundBiomass:
        """Biomass of stands, ``a (stock) + b (area)``, t d.m.: linear, so sums are exact.

        Raises ``InputError`` for an area without stock: the intercept alone would give a bare
        stand the biomass of a young one.
        """
        area, stock = checked(
            "FANG", {"area_ha": ("area_ha", area_ha), "stock_m3": ("stock_m3", stock_m3)}
        )
        _refuse_area_without_stock(area, stock)
        slope, intercept = np.asarray(self.slope_t_m3), np.asarray(self.intercept_t_ha)
        total = np.asarray(slope * stock + intercept * area, dtype=np.float64)
        return LivingBiomass(total) if self.includes_roots else AboveGroundBiomass(total)


def _refuse_area_without_stock(area: Array, stock: Array) -> None:
    areas, stocks = np.broadcast_arrays(area, stock)
    bad = np.flatnonzero((areas > 0) & (stocks == 0))
    if bad.size:
        rows = ", ".join(map(str, bad[:5]))
        raise InputError(problem("sink_models.area_without_stock", where="FANG", rows=rows))


def add_roots(above: AboveGroundBiomass, *, root_shoot: ArrayLike) -> LivingBiomass:
    """Living biomass, ``B = AGB (1 + R)``.

    Raises ``InputError`` for biomass that holds its roots already.

    >>> float(add_roots(AboveGroundBiomass(np.array(100.0)), root_shoot=0.25).t_d_m)
    125.0
    """
    if not isinstance(above, AboveGroundBiomass):
        raise InputError(problem("sink_models.roots_twice", where="1 + R"))
    (ratio,) = checked("roots", {"root_shoot": ("root_shoot", root_shoot)})
    return LivingBiomass(above.t_d_m * (1.0 + ratio))


def evaluate_volume_function(
    *, slope_t_m3: ArrayLike, intercept_t_ha: ArrayLike, stock_m3_ha: ArrayLike
) -> Array:
    """Biomass per hectare of a continuous function, ``B = a V + b``, t d.m./ha."""
    (stock,) = checked("FANG", {"stock_m3_ha": ("stock_m3_ha", stock_m3_ha)})
    log = ProblemLog()
    if bool(np.any(stock == 0)):
        log.add("sink_models.area_without_stock", "FANG", rows="V = 0")
    log.raise_if_errors()
    return np.asarray(np.asarray(slope_t_m3) * stock + np.asarray(intercept_t_ha), dtype=float)


EQUATIONS = (
    EquationCard(
        "FANG",
        "连续函数法（含根）",
        "Continuous volume function, roots included",
        "B = a * V + b",
        "t d.m./ha",
        "Fang et al. 2001 Science 292:2320",
        "verified",
        evaluate_volume_function,
    ),
    EquationCard(
        "roots",
        "加上根",
        "Adding roots",
        "B = AGB * (1 + R)",
        "t d.m.",
        "IPCC 2006 GL Vol.4 Ch.4 Table 4.4",
        "verified",
        add_roots,
    ),
)
