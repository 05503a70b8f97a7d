"""Areas adjusted for map error, after Olofsson et al. 2014 (Remote Sensing of Environment 148).

A sample of the map is compared with the truth: rows of the error matrix are map classes, columns
reference classes. The share of a map class that is truly class j is estimated from the sample
within that map class (stratified estimator), so a map's own areas, which carry its errors, are
replaced by estimates with a standard error. Applied to a unit, the same shares hold for the unit's
own mapped areas; units then sum to the whole, and their errors are shared, not independent.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import InputError, ProblemLog, problem
from sink_models.equations import EquationCard
from sink_models.sampling import Array

LEAST_SAMPLES = 2
"""A map class needs two sample points for a variance."""


@dataclass(frozen=True)
class ErrorMatrix:
    """Counts of sample points, ``counts[map class, reference class]``, and the class names."""

    classes: tuple[str, ...]
    counts: Array

    @property
    def shares(self) -> Array:
        """Share of each map class (row) that the reference calls each class (column)."""
        return np.asarray(self.counts / self.counts.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class AdjustedAreas:
    """Area-adjusted estimates.

    ``area`` and ``standard_error`` in the unit of the mapped areas, per reference class and, where
    several units were given, per unit: shape ``(classes,)`` or ``(units, classes)``. Accuracies are
    shares (0-1) with their standard errors.
    """

    classes: tuple[str, ...]
    mapped: Array
    area: Array
    standard_error: Array

    def interval(self, percent: float = 95.0) -> tuple[Array, Array]:
        """Ends of the interval by the normal law; a lower end below 0 is left as it is."""
        half = NormalDist().inv_cdf(0.5 + percent / 200.0) * self.standard_error
        return self.area - half, self.area + half


@dataclass(frozen=True)
class MapAccuracy:
    """User's, producer's and overall accuracy (0-1) with their standard errors."""

    classes: tuple[str, ...]
    users: Array
    users_error: Array
    producers: Array
    producers_error: Array
    overall: float
    overall_error: float
    proportions: Array


def error_matrix(classes: Sequence[str], counts: ArrayLike) -> ErrorMatrix:
    """Check counts and make them a matrix.

    Raises ``InputError`` for a matrix that is not square over the classes, a class given twice,
    counts that are negative or no whole numbers, and map classes with fewer than two points.
    """
    log = ProblemLog()
    array = np.asarray(counts, dtype=np.float64)
    size = len(classes)
    if array.shape != (size, size) or len(set(classes)) != size:
        log.add("sink_models.matrix_shape", "error matrix", shape=array.shape, classes=size)
        log.raise_if_errors()
    if not bool(np.all((array >= 0) & (array == np.floor(array)))):
        log.add("sink_models.matrix_counts", "error matrix")
    for name, total in zip(classes, array.sum(axis=1), strict=True):
        if total < LEAST_SAMPLES:
            log.add("sink_models.matrix_row_empty", name, count=f"{total:g}")
    log.raise_if_errors()
    return ErrorMatrix(tuple(classes), array)


def adjusted_areas(matrix: ErrorMatrix, mapped: ArrayLike) -> AdjustedAreas:
    """Adjust mapped areas: ``A_j = Σ_i A_i n_ij / n_i``, eq. 9-11 of the paper.

    ``mapped`` has shape ``(classes,)`` or ``(units, classes)``. The standard error is
    ``sqrt(Σ_i A_i^2 p_ij (1 - p_ij) / (n_i - 1))`` with ``p_ij = n_ij / n_i``.
    """
    areas = _mapped(matrix, mapped)
    shares = matrix.shares
    variances = shares * (1.0 - shares) / (matrix.counts.sum(axis=1, keepdims=True) - 1.0)
    return AdjustedAreas(
        matrix.classes, areas, areas @ shares, np.sqrt(np.square(areas) @ variances)
    )


def map_accuracy(matrix: ErrorMatrix, mapped: ArrayLike) -> MapAccuracy:
    """Accuracies of the map from the sample and the mapped areas, eq. 1-7 of the paper."""
    areas = _mapped(matrix, mapped)
    weights = areas / areas.sum()
    counts, points = matrix.counts, matrix.counts.sum(axis=1)
    proportions = weights[:, None] * matrix.shares
    users = np.diag(matrix.shares)
    by_reference = proportions.sum(axis=0)
    producers = np.divide(
        np.diag(proportions),
        by_reference,
        out=np.full(len(points), np.nan),
        where=by_reference > 0,
    )
    users_variance = users * (1.0 - users) / (points - 1.0)
    overall = float(np.diag(proportions).sum())
    return MapAccuracy(
        matrix.classes,
        users,
        np.sqrt(users_variance),
        producers,
        _producers_error(areas, counts, points, users, producers),
        overall,
        float(np.sqrt(np.sum(np.square(weights) * users_variance))),
        proportions,
    )


def _producers_error(
    areas: Array, counts: Array, points: Array, users: Array, producers: Array
) -> Array:
    """Standard errors of producer's accuracy, eq. 7 of the paper."""
    shares = counts / points[:, None]
    estimated = areas @ shares
    own = np.square(areas * (1.0 - producers)) * users * (1.0 - users) / (points - 1.0)
    others = np.square(areas)[:, None] * shares * (1.0 - shares) / (points[:, None] - 1.0)
    np.fill_diagonal(others, 0.0)
    variance = own + np.square(producers) * others.sum(axis=0)
    return np.asarray(np.sqrt(variance) / np.where(estimated > 0, estimated, np.nan))


def read_error_matrix(text: str, *, where: str) -> ErrorMatrix:
    """Read a CSV whose first row and first column name the classes in the same order.

    Rows are map classes, columns reference classes, cells numbers of sample points. Raises
    ``InputError`` for names that differ, cells that are no numbers, and bad counts.
    """
    lines = [line for line in csv.reader(text.lstrip("\ufeff").splitlines()) if any(line)]
    header = [cell.strip() for cell in lines[0][1:]] if lines else []
    named = [line[0].strip() for line in lines[1:]]
    try:
        counts = [[float(cell) for cell in line[1:]] for line in lines[1:]]
    except ValueError:
        counts = []
    is_square = bool(counts) and all(len(row) == len(header) for row in counts)
    if not header or header != named or not is_square:
        raise InputError(problem("sink_models.matrix_text", where=where))
    return error_matrix(header, counts)


def _mapped(matrix: ErrorMatrix, mapped: ArrayLike) -> Array:
    areas = np.asarray(mapped, dtype=np.float64)
    log = ProblemLog()
    if areas.shape[-1] != len(matrix.classes):
        log.add("sink_models.matrix_shape", "areas", shape=areas.shape, classes=len(matrix.classes))
    elif not bool(np.all(areas >= 0)):
        log.add("sink_models.matrix_area", "areas")
    log.raise_if_errors()
    return areas


EQUATIONS = (
    EquationCard(
        "OLOFSSON-9",
        "面积校正估计",
        "Area adjusted for map error",
        "A_j = Σ_i A_i * n_ij / n_i",
        "ha",
        "Olofsson et al. 2014 Remote Sens. Environ. 148:42-57",
        "verified",
        adjusted_areas,
    ),
)
