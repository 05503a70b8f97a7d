"""Areas adjusted for map error, after Olofsson et al. 2014 (Remote Sensing of Environment 148).

A sample of the map is compared with the truth: rows of the error matrix are map classes, columns
reference classes. The share of a map class that is truly class j is estimated from the sample
within that map class (stratified estimator), so a map's own areas, which carry its errors, are
replaced by estimates with a standard error. Applied to a unit, the same shares hold for the unit's
own mapped areas; units then sum to the whole, and their errors are shared, not independent.
"""

from __future__ import annotations

import csv
import re
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


_MAP_WORDS = re.compile(r"map|classif|predict|地图|制图|分类|图上|产品", re.IGNORECASE)
_REFERENCE_WORDS = re.compile(
    r"ref|truth|ground|actual|参考|参照|真实|真值|实地|实际|验证|样本", re.IGNORECASE
)
_TOTAL = re.compile(r"合计|总计|小计|总和|total|sum", re.IGNORECASE)


def read_error_matrix(text: str, *, where: str) -> ErrorMatrix:
    r"""Read a CSV whose first row and first column name the classes, in any order.

    The first cell says what rows and columns are, as ``map\reference`` or ``参考\地图`` (rows
    first); without it the matrix would be one of two, so it is asked for. Rows and columns of
    totals are left out. Raises ``InputError`` for classes that only rows or only columns have,
    cells that are no numbers, and bad counts.
    """
    lines = [line for line in csv.reader(text.lstrip("\ufeff").splitlines()) if any(line)]
    cells = [[cell.strip() for cell in line] for line in lines]
    header = cells[0][1:] if cells else []
    kept = [place for place, name in enumerate(header) if name and not _TOTAL.search(name)]
    rows = [row for row in cells[1:] if not _TOTAL.search(row[0])]
    columns, named = [header[place] for place in kept], [row[0] for row in rows]
    try:
        counts = np.array([[float(row[place + 1]) for place in kept] for row in rows])
    except (ValueError, IndexError):
        counts = np.empty((0, 0))
    log = ProblemLog()
    if not counts.size or len(set(columns)) < len(columns) or len(set(named)) < len(named):
        log.add("sink_models.matrix_text", where)
    elif set(columns) != set(named):
        log.add(
            "sink_models.matrix_sides", where,
            rows=", ".join(sorted(set(named) - set(columns))) or "–",
            columns=", ".join(sorted(set(columns) - set(named))) or "–",
        )  # fmt: skip
    log.raise_if_errors()
    ordered = counts[:, [columns.index(name) for name in named]]
    return error_matrix(named, ordered if _rows_are_map(cells[0][0], ordered, where) else ordered.T)


def _rows_are_map(corner: str, counts: Array, where: str) -> bool:
    """Whether rows are map classes, as the first cell says; of a symmetric matrix no matter."""
    parts = [part for part in re.split(r"[\\/|×,，→]| by | vs\.? ", corner) if part.strip()]
    if len(parts) == 2:
        first, second = parts
        if _MAP_WORDS.search(first) and _REFERENCE_WORDS.search(second):
            return True
        if _REFERENCE_WORDS.search(first) and _MAP_WORDS.search(second):
            return False
    if np.array_equal(counts, counts.T):
        return True
    raise InputError(problem("sink_models.matrix_orientation", where=where, corner=corner or "–"))


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
