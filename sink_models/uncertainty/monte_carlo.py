"""A Monte Carlo on one's own terms: variables with laws and correlations, and any model of them.

Laws, streams and the order of correlated draws are those of the coefficients of a run: a variable
called as a coefficient, with its range, has the very draws that a run of the same seed gives it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis.problems import ArgumentError, ArgumentKeyError, problem
from sink_models.coefficients import DISTRIBUTIONS, choose_distribution, draw
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty.propagation import correlated_normals, in_order_of

Model = Callable[[Mapping[str, Array]], Array]
"""Takes the variables by name, each of shape ``(n,)``, and gives ``(n,)``."""

_QUANTILES = 20_000
"""Draws that a law's quantiles are read from."""


@dataclass(frozen=True)
class Variable:
    """A quantity and what is known of it.

    ``low`` and ``high`` are the ends of its 95 % interval, for ``triangular`` and ``beta`` the
    least and greatest value. Without a ``distribution`` the law follows from the range as it does
    for coefficients; without a range the variable is constant. ``minimum`` and ``maximum`` are
    values that cannot be passed.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    distribution: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf

    @property
    def law(self) -> str:
        """The distribution that is drawn from."""
        ends = {"minimum": self.minimum, "maximum": self.maximum}
        return self.distribution or choose_distribution(self.value, self.low, self.high, **ends)


class MonteCarlo:
    """Draws of some variables, shared by every model that is run on them.

    Parameters
    ----------
    variables
        What each variable is, by name.
    correlations
        Correlation of the ranks of two variables, -1 to 1, by their names; 0 for pairs not named.
    draws, seed, interval_percent
        How many draws, the seed of their streams, and the width of the intervals.

    Raises
    ------
    ArgumentError
        A range that does not hold its value, a law that does not exist, correlations that no
        variables can have together.
    ArgumentKeyError
        A correlation of a variable that is not there.

    Examples
    --------
    >>> trees = MonteCarlo({"area": Variable(100.0, 90.0, 110.0), "density": Variable(45.8)})
    >>> stock = trees.run(lambda v: v["area"] * v["density"])
    >>> [round(float(each)) for each in trees.interval(stock)][0]
    4580
    """

    def __init__(
        self,
        variables: Mapping[str, Variable],
        *,
        correlations: Mapping[tuple[str, str], float] | None = None,
        draws: int = 10_000,
        seed: int = Sampling().seed,
        interval_percent: float = 90.0,
    ) -> None:
        self.variables = dict(variables)
        self.correlations = dict(correlations or {})
        self.sampling = Sampling(seed, draws, interval_percent)
        for name, each in self.variables.items():
            _check(name, each)
        for name in {name for pair in self.correlations for name in pair}:
            if name not in self.variables:
                allowed = ", ".join(self.variables)
                raise ArgumentKeyError(
                    problem("sink_models.variable_unknown", name, allowed=allowed)
                )
        self.draws: Mapping[str, Array] = self._drawn()

    def run(self, model: Model) -> Array:
        """A model on the draws: shape ``(1 + draws,)``, element 0 at the central values."""
        size = 1 + self.sampling.draws
        return np.broadcast_to(np.asarray(model(self.draws), float), (size,))

    def interval(self, sampled: Array) -> tuple[float, float, float]:
        """Central value, low and high end of what a model gave; NaN ends where nothing varies."""
        return float(sampled[0]), *self.sampling.bounds(sampled)

    def contributions(self, model: Model, *, points: int = 4096) -> pd.DataFrame:
        """Which variable makes how much of a model's spread; a row per variable that varies.

        ``low_change`` and ``high_change``: what the result changes by when the variable alone goes
        to the ends of its interval. ``first_order``: share of the variance that is the variable's
        own, ``total``: with all that it does together with others (Sobol' indices, estimated from
        ``points`` sets of quantiles, a power of 2; Saltelli et al. 2010). The first orders of a sum
        add up to 1; where they add up to less, variables act together.

        Raises ``ArgumentError`` where correlations are declared: shares of variance are of
        independent variables.
        """
        if self.correlations:
            raise ArgumentError(problem("sink_models.shares_of_correlated"))
        varied = [name for name, each in self.draws.items() if np.ptp(each) > 0]
        constant = {name: each[:1] for name, each in self.draws.items() if name not in varied}
        if not varied:
            return pd.DataFrame(columns=list(CONTRIBUTION_COLUMNS))
        centre = float(self.run(model)[0])
        shares = self._shares(model, varied, constant, points) if len(varied) > 1 else [(1.0, 1.0)]
        rows = []
        for name, own in zip(varied, shares, strict=True):
            ends = np.asarray(self.sampling.bounds(self.draws[name]))
            others = {key: np.repeat(each[:1], 2) for key, each in self.draws.items()}
            low, high = np.broadcast_to(model({**others, name: ends}), (2,)) - centre
            rows.append((name, float(low), float(high), *own))
        return pd.DataFrame(rows, columns=list(CONTRIBUTION_COLUMNS))

    def _shares(
        self, model: Model, varied: Sequence[str], constant: Mapping[str, Array], points: int
    ) -> list[tuple[float, float]]:
        """First-order and total index of each variable that varies."""
        from scipy.stats import sobol_indices, uniform

        laws = [self._quantiles(name) for name in varied]
        grid = (np.arange(_QUANTILES) + 0.5) / _QUANTILES

        def of_quantiles(shares: Array) -> Array:
            pairs = zip(varied, shares, laws, strict=True)
            held = {name: np.interp(share, grid, law) for name, share, law in pairs}
            return np.array(np.broadcast_to(model({**held, **constant}), shares.shape[1:]))

        found = sobol_indices(
            func=of_quantiles,
            n=points,
            dists=[uniform()] * len(varied),
            rng=self.sampling.generator("sobol"),
        )
        return [*zip(map(float, found.first_order), map(float, found.total_order), strict=True)]

    def _drawn(self) -> dict[str, Array]:
        found = {
            name: np.concatenate([[each.value], self._own(name, self.sampling.draws)])
            for name, each in self.variables.items()
        }
        names = sorted({name for pair in self.correlations for name in pair})
        if not names or self.sampling.draws == 0:
            return found
        matrix = np.eye(len(names))
        for (one, two), value in self.correlations.items():
            place = names.index(one), names.index(two)
            matrix[place] = matrix[place[::-1]] = value
        streams = [
            self.sampling.generator(f"correlation:{name}").standard_normal(self.sampling.draws)
            for name in names
        ]
        try:
            normals = correlated_normals(np.stack(streams), matrix)
        except ValueError:
            where = ", ".join(names)
            told = problem("sink_models.correlation_impossible", where, given="–")
            raise ArgumentError(told) from None
        ordered = {n: in_order_of(found[n], own) for n, own in zip(names, normals, strict=True)}
        return {**found, **ordered}

    def _own(self, name: str, count: int) -> Array:
        each = self.variables[name]
        if each.law == "constant":
            return np.full(count, each.value)
        ends = {"minimum": each.minimum, "maximum": each.maximum}
        stream = self.sampling.generator(f"coefficient:{name}")
        given = {"value": each.value, "low": each.low, "high": each.high}
        return draw(stream, count, distribution=each.law, **given, **ends)

    def _quantiles(self, name: str) -> Array:
        return np.sort(self._own(name, _QUANTILES))


CONTRIBUTION_COLUMNS = ("variable", "low_change", "high_change", "first_order", "total")


def _check(name: str, each: Variable) -> None:
    if each.distribution and each.distribution not in DISTRIBUTIONS:
        allowed = ", ".join(DISTRIBUTIONS)
        told = problem("sink_models.law_unknown", name, given=each.distribution, allowed=allowed)
        raise ArgumentError(told)
    has_range = not (math.isnan(each.low) and math.isnan(each.high))
    is_held = each.minimum <= each.low <= each.value <= each.high <= each.maximum
    needs = each.law != "constant" and not has_range
    if not math.isfinite(each.value) or (has_range and not is_held) or needs:
        facts = {"value": each.value, "low": each.low, "high": each.high}
        raise ArgumentError(problem("sink_models.range_of_variable", name, **facts))
    if each.law == "lognormal" and each.low <= 0:
        facts = {"value": each.value, "low": each.low, "high": each.high}
        raise ArgumentError(problem("sink_models.range_of_variable", name, **facts))


def variables_of(rows: Iterable[Mapping[str, object]]) -> dict[str, Variable]:
    """Variables of a table: columns ``name``, ``value``, and where given the other fields.

    >>> variables_of([{"name": "CF", "value": 0.47, "low": 0.44, "high": 0.49}])["CF"].law
    'two_piece_normal'
    """
    fields = ("value", "low", "high", "distribution", "minimum", "maximum")
    return {
        str(row["name"]): Variable(
            **{key: row[key] for key in fields if row.get(key) not in (None, "")}  # type: ignore[arg-type]
        )
        for row in rows
    }
