"""Approach 1: propagation of error by formula, an independent check on the draws.

IPCC 2006 Vol. 1 Ch. 3. Percentages are half of the 95 % interval over the value. The formulas hold
for terms that do not share errors; terms that share a coefficient are summed by their sensitivities
(``shared_sum``), never in quadrature.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations import EquationCard
from sink_models.sampling import Array

VOLUME_1 = "IPCC 2006 GL Vol.1 Ch.3"


def product_uncertainty(percents: ArrayLike) -> float:
    """Uncertainty of a product, ``sqrt(U_1^2 + … + U_n^2)``, percent; Eq. 3.1.

    >>> product_uncertainty([3.0, 4.0])
    5.0
    """
    return float(np.sqrt(np.sum(np.square(np.asarray(percents, float)))))


def sum_uncertainty(*, values: ArrayLike, percents: ArrayLike) -> tuple[float, float]:
    """Uncertainty of a sum of **independent** terms: percent of the net, and absolute half width.

    ``sqrt(Σ (U_i x_i)^2) / |Σ x_i|``; Eq. 3.2. Where sinks and sources cancel the percentage grows
    without bound (NaN at a net of 0) and only the half width says something.
    """
    amounts, shares = np.asarray(values, float), np.asarray(percents, float)
    half = float(np.sqrt(np.sum(np.square(amounts * shares / 100.0))))
    net = abs(float(np.sum(amounts)))
    return (100.0 * half / net if net > 0 else float("nan")), half


def shared_sum(*, sensitivities: ArrayLike, half_widths: ArrayLike) -> float:
    """Half width of a sum whose terms share coefficients, ``sqrt(Σ_c (h_c Σ_i s_ic)^2)``.

    ``sensitivities`` has shape ``(terms, coefficients)``: change of term i per unit of coefficient
    c. The errors of one coefficient add up over its terms before coefficients are combined.

    >>> shared_sum(sensitivities=[[1.0], [1.0]], half_widths=[3.0])
    6.0
    """
    by_coefficient = np.sum(np.asarray(sensitivities, float), axis=0)
    return float(np.sqrt(np.sum(np.square(by_coefficient * np.asarray(half_widths, float)))))


def correlated_normals(draws: Array, correlation: ArrayLike) -> Array:
    """Give independent standard normals a declared correlation; shape ``(variables, draws)``.

    ``correlation`` is a symmetric matrix with ones on its diagonal and no negative eigenvalue.
    Raises ``ValueError`` for any other.
    """
    matrix = np.asarray(correlation, float)
    values, vectors = np.linalg.eigh(matrix)
    is_correlation = np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
    if not is_correlation or float(values.min()) < -1e-9:
        raise ValueError("Invalid correlation. Give a symmetric matrix with ones, none impossible.")
    root = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(root @ draws)


def in_order_of(own: Array, normals: Array) -> Array:
    """Draws ``(1 + n,)`` put into the order of ``normals`` (n,); the first, central one stays.

    Only the order changes (Iman and Conover 1982): every draw keeps its law.

    >>> in_order_of(np.array([5.0, 4.0, 6.0, 9.0]), np.array([2.0, -1.0, 0.0])).tolist()
    [5.0, 9.0, 4.0, 6.0]
    """
    ranks = np.argsort(np.argsort(normals))
    return np.concatenate([own[:1], np.sort(own[1:])[ranks]])


EQUATIONS = (
    EquationCard(
        "V1-3.1",
        "乘积的不确定性",
        "Uncertainty of a product",
        "U_total = √(Σ U_i^2)",
        "%",
        f"{VOLUME_1} Eq. 3.1",
        "recalled",
        product_uncertainty,
    ),
    EquationCard(
        "V1-3.2",
        "和的不确定性",
        "Uncertainty of a sum",
        "U_total = √(Σ (U_i * x_i)^2) / (|Σ x_i|)",
        "%",
        f"{VOLUME_1} Eq. 3.2",
        "recalled",
        sum_uncertainty,
    ),
)
