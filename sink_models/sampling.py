"""Values with shared draws: the one way uncertainty travels through SinkAtlas.

A sampled quantity is a float array whose **first axis** has length ``1 + draws``. Element 0 is the
central (deterministic) value; elements 1… are draws. Draw ``k`` of every quantity in a run belongs
to the same imagined world, so sums, differences and ratios are taken element by element and never
shrink or widen falsely. A value without known uncertainty is an array of length 1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gis.problems import Problem, problem

Array = NDArray[np.float64]

LEAST_DRAWS = 500
"""Draws below which the ends of a 90 % interval move by some percent from seed to seed."""


@dataclass(frozen=True)
class Sampling:
    """How a run draws: seed, number of draws, width of the reported interval in percent."""

    seed: int = 20_240_601
    draws: int = 1000
    interval_percent: float = 90.0

    def generator(self, key: str) -> np.random.Generator:
        """A random stream that depends on the seed and the key alone, not on the order of calls."""
        digest = hashlib.sha256(f"{self.seed}:{key}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def bounds(self, sampled: Array) -> tuple[float, float]:
        """Low and high end of the interval; NaN without draws, or where all draws agree.

        Draws that agree say that nothing was drawn, not that the value is certain.

        >>> Sampling().bounds(np.array([5.0]))
        (nan, nan)
        """
        if sampled.shape[0] < 2:
            return float("nan"), float("nan")
        tail = (100.0 - self.interval_percent) / 2.0
        low, high = np.percentile(sampled[1:], [tail, 100.0 - tail])
        return (float(low), float(high)) if low < high else (float("nan"), float("nan"))

    @property
    def doubts(self) -> tuple[Problem, ...]:
        """A warning for fewer draws than an interval needs."""
        if not 0 < self.draws < LEAST_DRAWS:
            return ()
        return (problem("sink_models.draws_few", "draws", draws=self.draws, least=LEAST_DRAWS),)

    @property
    def half_width_95(self) -> float:
        """How much wider a 95 % half width is than one at the run's own interval (normal law).

        >>> round(Sampling(interval_percent=90.0).half_width_95, 4)
        1.1916
        """
        normal = NormalDist()
        own = normal.inv_cdf(0.5 + self.interval_percent / 200.0)
        return normal.inv_cdf(0.975) / own
