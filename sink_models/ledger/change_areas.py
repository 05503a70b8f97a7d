"""Areas of change: gross, net and swap of a land matrix, labels of certainty, estimates by sample.

A matrix has the hectares of ground by type in the earlier year (rows) and in the later one
(columns). Ground whose type is not known is a type of its own, so that the margins are the accounts
of both years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sink_models.equations import EquationCard
from sink_models.ledger.yearly import TRANSITION_YEARS
from sink_models.sampling import Array

CERTAIN, UNCERTAIN, ARTEFACT, CROSS_SOURCE, UNKNOWN = (
    "certain",
    "uncertain",
    "survey_artefact",
    "cross_source",
    "unknown",
)
"""Labels of a piece of change. A label never removes ground from the matrix."""

ARTEFACT_CAUSES = frozenset(("91", "92", "93", "94", "95", "96", "97", "98", "99"))
"""核实变化原因 91–99 of forest-map updates: omitted, misread, boundary, merged, management. The
survey changed, not the ground."""


@dataclass(frozen=True)
class Turnover:
    """What a matrix says of change, in ha: all that changed, the net part of it, and the rest."""

    gross_ha: float
    net_ha: float
    swap_ha: float


def turnover(matrix_ha: ArrayLike) -> Turnover:
    """Gross, net and swapped change of a matrix ``(types, types)``.

    >>> turnover([[2, 1, 0], [1, 2, 1], [0, 0, 1]])
    Turnover(gross_ha=3.0, net_ha=1.0, swap_ha=2.0)
    """
    matrix = np.asarray(matrix_ha, dtype=float)
    lost, gained = matrix.sum(axis=1), matrix.sum(axis=0)
    gross = float(matrix.sum() - np.trace(matrix))
    net = float(np.abs(gained - lost).sum() / 2.0)
    return Turnover(gross, net, gross - net)


def is_converted(conversion_year: ArrayLike, year: int) -> NDArray[np.bool_]:
    """Whether land is still in the converted category: ``year - conversion_year < 20``.

    >>> is_converted([2004, 2010], 2024).tolist()
    [False, True]
    """
    return np.asarray(year - np.asarray(conversion_year) < TRANSITION_YEARS)


@dataclass(frozen=True)
class ChangeTolerances:
    """What is needed to tell a change from the error of two outlines.

    ``least_ha`` is the minimum mapping unit, ``position_m`` the positional tolerance of an outline.
    """

    least_ha: float
    position_m: float


def certainty_of(
    *,
    area_ha: Array,
    width_m: Array,
    tolerances: ChangeTolerances,
    is_known: NDArray[np.bool_],
    is_same_source: NDArray[np.bool_],
    is_artefact: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """The label of each piece of change.

    Certain needs both the least area and an inscribed width of twice the positional tolerance: a
    long strip has area enough and may be nothing but a redrawn outline (Ware, Jones and Miller
    1999). Ground unknown in either year, and change between two kinds of source, never is.
    """
    wide = width_m >= 2.0 * tolerances.position_m
    label = np.where((area_ha >= tolerances.least_ha) & wide, CERTAIN, UNCERTAIN).astype(object)
    label[is_artefact] = ARTEFACT
    label[~is_same_source] = CROSS_SOURCE
    label[~is_known] = UNKNOWN
    return label


DEFAULT_TOLERANCES = ChangeTolerances(least_ha=1.0 / 15.0, position_m=5.0)
"""One mu, the smallest sub-compartment; 5 m is ours for outlines drawn on images of 1 to 2 m."""


@dataclass(frozen=True)
class SampledArea:
    """An area with its standard error, in ha."""

    area_ha: float
    standard_error_ha: float

    def half_width(self, z: float = 1.96) -> float:
        """Half of the interval at ``z`` standard errors."""
        return z * self.standard_error_ha


def sampled_change(*, mapped_ha: ArrayLike, sampled: ArrayLike, changed: ArrayLike) -> SampledArea:
    """Area of change from a sample in strata of the map, ``Σ A_h p_h``.

    ``mapped_ha`` (strata,), ``sampled`` units per stratum, ``changed`` of them by the reference.
    ``SE = A sqrt(Σ W_h^2 p_h (1 - p_h) / (n_h - 1))`` (Olofsson et al. 2014, Eq. 9 and 10). A
    product of the error matrices of two single dates is no substitute.
    """
    area, count = np.asarray(mapped_ha, dtype=float), np.asarray(sampled, dtype=float)
    share = np.asarray(changed, dtype=float) / count
    variance = (area**2 * share * (1.0 - share) / (count - 1.0)).sum()
    return SampledArea(float((area * share).sum()), float(np.sqrt(variance)))


def error_of_difference(*, se_a: ArrayLike, se_b: ArrayLike, rho: ArrayLike) -> Array:
    """Standard error of B - A when their errors go together, ``sqrt(s_a^2 + s_b^2 - 2 ρ s_a s_b)``.

    Permanent plots carry their error from one epoch to the next; a new sample has ρ = 0.
    """
    first, second = np.asarray(se_a, dtype=float), np.asarray(se_b, dtype=float)
    return np.asarray(np.sqrt(first**2 + second**2 - 2.0 * np.asarray(rho) * first * second))


EQUATIONS = (
    EquationCard(
        "change-sample",
        "变化面积的分层抽样估计",
        "Area of change from a stratified sample",
        "A = Σ A_h * p_h",
        "ha",
        "Olofsson et al. 2014, Remote Sensing of Environment 148, Eq. 9-10",
        "recalled",
        sampled_change,
    ),
    EquationCard(
        "change-error",
        "两期之差的标准误（固定样地）",
        "Standard error of a change on permanent plots",
        "s = (s_a^2 + s_b^2 - 2 * ρ * s_a * s_b)^0.5",
        "-",
        "standard statistics; IPCC 2006 Vol. 1 Ch. 3 on correlated years",
        "own",
        error_of_difference,
    ),
)
