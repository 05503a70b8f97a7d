"""Map error in the account: mapped ground becomes estimates adjusted by an error matrix.

Of a mapped class's ground the sample says which share is truly what. The account's rows of the
layer are split by these shares, so that every area, rate and ton read from them is the stratified
estimate of Olofsson et al. (2014), per unit; the parts of a row add up to it. In draws the shares
of a map class follow the Dirichlet law of its counts, one draw for all units; epochs whose layers
name the same sample share its draws.

The shares are built from independent beta draws (stick-breaking), each a source of spread of its
own that can be moved alone while the shares still sum to 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gis.extent import CLASSIFIED
from gis.problems import ProblemLog
from layers.codes import ecosystem_types
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty.error_matrices import ErrorMatrix

LEAST_POINTS = 30
"""Sample points of a map class below which its interval rests on the prior as much as on them."""

TRACE = 1e-12
"""Weight of a share that the sample never met: nothing in the centre, and a place for its draws."""

SHARE = "map_share"
"""Column of split rows: which part of a mapped class a row is; empty for ground as mapped."""

KEYS_OF_STANDS = ("species_group", "forest_class", "protection_class", "stock_basis", "age_group")
FOREST_CLASS = {"forest_arbor": "arbor", "forest_bamboo": "bamboo", "mangrove": "mangrove"}
"""Forest class of ground that the sample says is forest and the survey did not map as such."""


@dataclass(frozen=True)
class Stick:
    """One beta draw: the share of reference class ``after`` in what earlier classes left."""

    before: int
    after: int
    mean: float
    own: float
    rest: float


def sticks(matrix: ErrorMatrix) -> Iterator[Stick]:
    """The beta draws that make up a matrix's shares.

    Their law is the posterior of the counts of a map class under the prior ``Dirichlet(1 / K)`` for
    K classes, which is Jeffreys' prior for two: a class that the sample never met is not held to be
    impossible, and the prior weighs one point in all. Means are those of the sample, so that the
    central value is the stratified estimate.
    """
    prior = 1.0 / len(matrix.classes)
    for before, (shares, counts) in enumerate(zip(matrix.shares, matrix.counts, strict=True)):
        left = 1.0
        for after in range(len(matrix.classes) - 1):
            mean = float(shares[after] / left) if left > 0.0 else 0.0
            rest = float((counts[after + 1 :] + prior).sum())
            yield Stick(before, after, min(mean, 1.0), float(counts[after]) + prior, rest)
            left = max(left - float(shares[after]), 0.0)


def shares_of(matrix: ErrorMatrix, draw: Callable[[Stick], Array]) -> Array:
    """Shares, shape ``(1 or 1 + draws, map class, reference class)``; rows sum to 1 per draw."""
    drawn = {(each.before, each.after): draw(each) for each in sticks(matrix)}
    length = max((each.size for each in drawn.values()), default=1)
    size = len(matrix.classes)
    result = np.zeros((length, size, size))
    for before in range(size):
        left: Array = np.ones(length)
        for after in range(size - 1):
            part = left * drawn[before, after]
            result[:, before, after] = part
            left = left - part
        result[:, before, size - 1] = left
    return result


def draw_stick(stick: Stick, sampling: Sampling, key: str) -> Array:
    """Central value, then draws of one beta share; one value without draws."""
    mean = np.array([stick.mean])
    if sampling.draws == 0:
        return mean
    generator = sampling.generator(f"{key}:{stick.before}:{stick.after}")
    return np.concatenate([mean, generator.beta(stick.own, stick.rest, sampling.draws)])


def small_samples(matrix: ErrorMatrix) -> tuple[tuple[str, int], ...]:
    """Map classes with too few sample points for an interval of their own, and how many."""
    counts = matrix.counts.sum(axis=1)
    return tuple(
        (name, int(count))
        for name, count in zip(matrix.classes, counts, strict=True)
        if count < LEAST_POINTS
    )


def digest(matrix: ErrorMatrix) -> str:
    """A short name of a matrix's content: equal samples share their draws."""
    content = "|".join(matrix.classes).encode() + matrix.counts.tobytes()
    return hashlib.sha256(content).hexdigest()[:12]


def draw_areas(
    matrix: ErrorMatrix, mapped: ArrayLike, sampling: Sampling, *, key: str = ""
) -> Array:
    """Draws of adjusted areas, shape ``(1 + draws, …, classes)``, element 0 the estimate.

    ``mapped`` has shape ``(classes,)`` or ``(units, classes)``. Shares of each map class are drawn
    once and hold for every unit, so no area falls below 0 and units sum to the whole.
    """
    name = f"map:{key}:{digest(matrix)}"
    shares = shares_of(matrix, lambda stick: draw_stick(stick, sampling, name))
    return np.asarray(np.einsum("...i,kij->k...j", np.asarray(mapped, dtype=np.float64), shares))


def check_matrices(matrices: Mapping[str, ErrorMatrix], rows: pd.DataFrame, year: int) -> None:
    """Raise ``InputError`` for classes that a layer shows and its matrix lacks or makes up."""
    log = ProblemLog()
    for cover, matrix in sorted(matrices.items()):
        where = f"{cover} {year}"
        strangers = sorted(set(matrix.classes) - set(map(str, ecosystem_types().index)))
        if strangers:
            log.add("sink_models.matrix_class_unknown", where, types=", ".join(strangers))
        shown = rows.loc[(rows["cover"] == cover) & (rows["status"] == CLASSIFIED)]
        lacking = sorted(set(shown["ecosystem_type"]) - set(matrix.classes))
        if lacking:
            log.add("sink_models.matrix_classes", where, types=", ".join(lacking))
    log.raise_if_errors()


def split_rows(rows: pd.DataFrame, cover: str, matrix: ErrorMatrix) -> pd.DataFrame:
    """Rows with those of a cover split by the matrix's shares; ``map_share`` names each part.

    Growing and scattered stock was measured on the mapped stand and stays there; ground that moves
    to another type takes no stock along and no keys of the stand.
    """
    is_own = (rows["cover"] == cover) & (rows["status"] == CLASSIFIED)
    parts = [rows[~is_own]]
    own = rows[is_own]
    for before, mapped in enumerate(matrix.classes):
        of_class = own[own["ecosystem_type"] == mapped]
        if of_class.empty:
            continue
        for after, true in enumerate(matrix.classes):
            share = max(float(matrix.shares[before, after]), TRACE)
            part = of_class.assign(
                area_ha=of_class["area_ha"] * share, **{SHARE: f"{mapped}>{true}"}
            )
            parts.append(part if before == after else _moved(part, true))
    return pd.concat(parts, ignore_index=True)


def _moved(part: pd.DataFrame, true: str) -> pd.DataFrame:
    blank = dict.fromkeys(KEYS_OF_STANDS, "")
    kept = part.assign(ecosystem_type=true, **blank, growing_stock_m3=np.nan)
    surveyed = kept["cover"] == "forest_subcompartments"
    return kept.assign(
        forest_class=np.where(surveyed, FOREST_CLASS.get(true, ""), ""),
        scattered_stock_m3=kept["scattered_stock_m3"] * 0.0,
    )
