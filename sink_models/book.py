"""The draw book: every coefficient drawn once per run and shared by all who ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sink_models.coefficient_store import CoefficientStore
from sink_models.distributions import draw
from sink_models.formulas import evaluate_formula
from sink_models.rules import VolumeFunction, Zone, alternatives
from sink_models.sampling import Array, Sampling

EXACT = np.ones(1)
"""The factor of a quantity without stated error."""


@dataclass(frozen=True)
class DrawBook:
    """Draws of one run, remembered so that a key is drawn once.

    All arrays have shape ``(1 + draws,)``, or ``(1,)`` for what has no known uncertainty.
    """

    store: CoefficientStore
    sampling: Sampling
    zone: Zone
    accepted: frozenset[str] = frozenset()
    _drawn: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)
    estimates: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Estimates by stratum, filled as they are asked for: epochs share the same arrays."""

    def coefficient(self, key: str) -> Array:
        """A coefficient; one with a rival in ``alternatives.csv`` spreads by their distance."""
        if key not in self._drawn:
            rival = alternatives().get(key)
            own = self.store.draw(key, self.sampling)
            if rival is not None:
                distance = self.store[rival.alternative].value - self.store[key].value
                own = own + self.model_choice(key, rival.alternative) * distance
            self._drawn[key] = own
        return self._drawn[key]

    @property
    def drawn(self) -> Mapping[str, Array]:
        """Everything drawn so far, by the name of its stream."""
        return self._drawn

    def formula(self, text: str) -> Array:
        """Value of a resolved formula."""
        return evaluate_formula(text, self.coefficient)

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
        """Slope (t/m3) and intercept (t/ha) of a function, moved together towards its rival."""
        slope, intercept = (self.coefficient(f"{row.function}_{letter}") for letter in "ab")
        if not row.alternative:
            return slope, intercept
        rival_slope, rival_intercept = (
            self.coefficient(f"{row.alternative}_{letter}") for letter in "ab"
        )
        choice = self.model_choice(row.function, row.alternative)
        return (
            slope + choice * (rival_slope - slope),
            intercept + choice * (rival_intercept - intercept),
        )

    def accuracy(self, kind: str, year: int, quantity: str, percent: float | None) -> Array:
        """Error factor of a layer's areas or stocks: median 1, one draw per layer and epoch.

        ``percent`` is the half width of the run's interval; None means that nobody stated one.
        """
        if percent is None or percent == 0 or self.sampling.draws == 0:
            return EXACT
        name = f"accuracy:{kind}:{year}:{quantity}"
        if name not in self._drawn:
            half = percent / 100.0 * self.sampling.half_width_95
            drawn = draw(
                self.sampling.generator(name),
                self.sampling.draws,
                distribution="truncated_normal",
                value=1.0,
                low=1.0 - half,
                high=1.0 + half,
                minimum=0.0,
            )
            self._drawn[name] = np.concatenate([[1.0], drawn])
        return self._drawn[name]
