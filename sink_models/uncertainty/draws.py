"""The draw book: every coefficient drawn once per run and shared by all who ask."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from gis.problems import InputError, problem
from sink_models.choices import Correlation, SoilUse
from sink_models.coefficients import (
    CoefficientStore,
    VolumeFunction,
    Zone,
    alternatives,
    bind,
    draw,
    literature_residual,
)
from sink_models.options import SharedError
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty.error_matrices import ErrorMatrix
from sink_models.uncertainty.map_error import TRACE, Stick, digest, draw_stick, shares_of
from sink_models.uncertainty.propagation import correlated_normals, in_order_of

T = TypeVar("T")

RESIDUAL = "residual"
"""In place of a rival: the typical distance between two published functions."""

EXACT = np.ones(1)
"""The factor of a quantity without stated error."""


@dataclass(eq=False)
class DrawBook:
    """Draws of one run, remembered so that a key is drawn once: a resource, not a value.

    All arrays have shape ``(1 + draws,)``, or ``(1,)`` for what has no known uncertainty.
    """

    store: CoefficientStore
    sampling: Sampling
    zone: Zone
    accepted: frozenset[str] = frozenset()
    correlations: tuple[Correlation, ...] = ()
    soils: tuple[SoilUse, ...] = ()
    shared: Mapping[tuple[str, int], SharedError] = field(default_factory=dict)
    """Errors that a layer shares with that of an earlier epoch, by layer kind and year."""
    _drawn: dict[str, Array] = field(default_factory=dict, repr=False)
    _shares: dict[str, dict[tuple[str, str], Array]] = field(default_factory=dict, repr=False)
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def coefficient(self, key: str) -> Array:
        """A coefficient; one with a rival in ``alternatives.csv`` spreads by their distance."""
        if key not in self._drawn:
            rival = alternatives().get(key)
            own = self._correlated(key, self.store.draw(key, self.sampling))
            if rival is not None:
                distance = self.store[rival.alternative].value - self.store[key].value
                own = own + self.model_choice(key, rival.alternative) * distance
            self._drawn[key] = own
        return self._drawn[key]

    def _correlated(self, key: str, own: Array) -> Array:
        """Draws put into the order that the declared correlations ask for.

        Only the order changes (Iman and Conover 1982): every coefficient keeps its law, and the
        ranks follow correlated normals.
        """
        group = self._group_of(key)
        if own.size < 2 or len(group) < 2:
            return own
        matrix = np.eye(len(group))
        for each in self.correlations:
            if each.first in group:
                pair = group.index(each.first), group.index(each.second)
                matrix[pair] = matrix[pair[::-1]] = each.value
        streams = [
            self.sampling.generator(f"correlation:{name}").standard_normal(own.size - 1)
            for name in group
        ]
        try:
            normals = correlated_normals(np.stack(streams), matrix)
        except ValueError:
            where = ", ".join(group)
            raise InputError(
                problem("sink_models.correlation_impossible", where, given="–")
            ) from None
        return in_order_of(own, normals[group.index(key)])

    def _group_of(self, key: str) -> list[str]:
        """Keys that a key is correlated with, directly or through others, sorted."""
        group = {key}
        for _ in self.correlations:
            for each in self.correlations:
                if group & {each.first, each.second}:
                    group |= {each.first, each.second}
        return sorted(group)

    def remember(self, drawn: Mapping[str, Array]) -> None:
        """Take draws as they are in place of drawing them, by the names of their streams."""
        self._drawn.update(drawn)
        self._made.clear()

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is made of this book's draws alone, made once by its name."""
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found

    @property
    def drawn(self) -> Mapping[str, Array]:
        """Everything drawn so far, by the name of its stream."""
        return self._drawn

    def formula(self, text: str) -> Array:
        """Value of a resolved formula of coefficient keys."""
        value = bind(text, lambda key: self.store[key].unit).value(self.coefficient)
        return np.asarray(value, dtype=float)

    def model_choice(self, key: str, alternative: str) -> Array:
        """Position between two published models: 0 is the chosen one, 1 its rival.

        Uniform from -1 to 1: two models say how far apart reasonable answers lie, and nothing about
        tails, so the draws stay within that distance on either side.
        """
        name = f"model:{key}|{alternative}"
        if name not in self._drawn:
            count = self.sampling.draws
            drawn = self.sampling.generator(name).uniform(-1.0, 1.0, count)
            self._drawn[name] = np.concatenate([[0.0], drawn])
        return self._drawn[name]

    def volume_function(self, row: VolumeFunction) -> tuple[Array, Array]:
        """Slope (t/m3) and intercept (t/ha) of a function, moved together.

        A function without published error is off by the residual that published functions had on
        national plots; draws below 0 count as 0.
        """
        slope, intercept = (self.coefficient(key) for key in row.keys)
        if slope.size > 1 or intercept.size > 1:
            return slope, intercept
        factor = np.maximum(1.0 + self._residual(row.function), 0.0)
        return slope * factor, intercept * factor

    def expansion_factor(self, key: str) -> Array:
        """A BCEF; one without a published range is off as functions without published error are."""
        factor = self.coefficient(key)
        if self.store[key].distribution != "constant":
            return factor
        return factor * np.maximum(1.0 + self._residual(key), 0.0)

    def _residual(self, function: str) -> Array:
        """Relative error of a function: 0, then normal draws."""
        name = f"model:{function}|{RESIDUAL}"
        if name not in self._drawn:
            generator = self.sampling.generator(name)
            drawn = generator.normal(0.0, literature_residual(self.store), self.sampling.draws)
            self._drawn[name] = np.concatenate([[0.0], drawn])
        return self._drawn[name]

    def map_share(self, cover: str, matrix: ErrorMatrix, before: str, after: str) -> Array:
        """Share of a mapped class that is truly another, over its central value: 1, then draws.

        Streams are named after the layer and drawn by the sample's content, so that layers of two
        epochs with the same sample share them.
        """
        content = digest(matrix)
        known = self._shares.get(content)
        if known is None:
            names = matrix.classes

            def drawn(stick: Stick) -> Array:
                name = f"map:{cover} {content[:4]}:{names[stick.before]}>{names[stick.after]}"
                if name not in self._drawn:
                    self._drawn[name] = draw_stick(stick, self.sampling, f"map::{content}")
                return self._drawn[name]

            shares, weights = shares_of(matrix, drawn), np.maximum(matrix.shares, TRACE)
            known = {
                (first, second): shares[:, i, j] / weights[i, j]
                for i, first in enumerate(names)
                for j, second in enumerate(names)
            }
            self._shares[content] = known
        return known[before, after]

    def accuracy(self, kind: str, year: int, quantity: str, percent: float | None) -> Array:
        """Error factor of a layer's areas or stocks: median 1, one draw per layer and epoch.

        ``percent`` is the half width of the run's interval; None means that nobody stated one.
        Epochs that share their errors have the same law as without, in an order that follows
        correlated normals (Iman and Conover 1982).
        """
        if percent is None or self.sampling.draws == 0:
            return EXACT
        half = percent / 100.0 * self.sampling.half_width_95
        if 1.0 + half == 1.0:  # 0, or less than a number holds beside 1
            return EXACT
        name = f"accuracy:{kind}:{year}:{quantity}"
        if name not in self._drawn:
            drawn = draw(
                self.sampling.generator(name),
                self.sampling.draws,
                distribution="truncated_normal",
                value=1.0,
                low=1.0 - half,
                high=1.0 + half,
                minimum=0.0,
            )
            own = np.concatenate([[1.0], drawn])
            is_shared = self._is_shared(kind, year)
            self._drawn[name] = (
                in_order_of(own, self._error(kind, year, quantity)) if is_shared else own
            )
        return self._drawn[name]

    def _is_shared(self, kind: str, year: int) -> bool:
        """Whether an epoch's layer shares its errors with an earlier or a later one."""
        later = ((k, each.shared_with) for (k, _), each in self.shared.items())
        return (kind, year) in self.shared or (kind, year) in later

    def _error(self, kind: str, year: int, quantity: str) -> Array:
        """Standard normal errors of a survey, correlated with those that it shares."""
        name = f"error:{kind}:{year}:{quantity}"
        own = self.sampling.generator(name).standard_normal(self.sampling.draws)
        shared = self.shared.get((kind, year))
        if shared is None:
            return own
        other = self._error(kind, shared.shared_with, quantity)
        r = shared.correlation
        mixed: Array = r * other + np.sqrt(1.0 - r * r) * own
        return mixed
