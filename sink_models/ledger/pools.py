"""Pools of the ledger, where carbon goes that leaves them, and sums that never fill a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis.problems import InputError, problem
from sink_models.sampling import Array

DESTINATIONS = ("atmosphere", "products", "out_of_area")
"""Where carbon goes that leaves the pools of the land."""

OPEN_ROW = 1e-12
"""Largest distance from 1 of a row of shares: rounding of a sum of a few numbers."""


@dataclass(frozen=True)
class Transfers:
    """What an event does to the pools: shares of each pool that go to each pool and destination.

    ``shares`` has shape ``(1 or 1 + draws, pools, pools + destinations)``. Every row adds up to 1:
    what leaves a pool arrives somewhere.

    Raises ``InputError`` (``sink_models.transfers_open``) naming each row that does not.

    >>> Transfers.moving(("above_ground",), {"above_ground": {"products": 0.6}}).shares.tolist()
    [[[0.4, 0.0, 0.6, 0.0]]]
    """

    pools: tuple[str, ...]
    shares: Array

    def __post_init__(self) -> None:
        sums = self.shares.sum(axis=-1)
        wrong = (np.abs(sums - 1.0) > OPEN_ROW) | (self.shares < 0).any(axis=-1)
        problems = [
            problem("sink_models.transfers_open", pool, total=f"{sums[:, at].max():.12g}")
            for at, pool in enumerate(self.pools)
            if wrong[:, at].any()
        ]
        if problems:
            raise InputError(problems)

    @classmethod
    def moving(
        cls, pools: Sequence[str], moves: Mapping[str, Mapping[str, float | Array]]
    ) -> Transfers:
        """Shares by pool and target; what is not named stays where it is.

        A share is a number or an array over the draws.
        """
        targets = [*pools, *DESTINATIONS]
        sizes = [np.size(share) for given in moves.values() for share in given.values()]
        shares = np.zeros((max(sizes, default=1), len(pools), len(targets)))
        shares[:, range(len(pools)), range(len(pools))] = 1.0
        for pool, given in moves.items():
            if pool not in pools:
                continue
            at = pools.index(pool)
            for target, share in given.items():
                shares[:, at, at] -= share
                shares[:, at, targets.index(target)] += share
        return cls(tuple(pools), shares)

    @property
    def kept(self) -> Array:
        """Share of each pool that stays in it, ``(1 or 1 + draws, pools)``."""
        return np.asarray(np.diagonal(self.shares, axis1=1, axis2=2))


def everything_to(pools: Sequence[str], targets: Mapping[str, str | None]) -> Transfers:
    """Transfers of whole pools: each named pool goes to its target, None stays."""
    return Transfers.moving(
        pools, {pool: {target: 1.0} for pool, target in targets.items() if target is not None}
    )


@dataclass(frozen=True)
class KnownSum:
    """A sum over pools: what the known ones hold, and the names of those that are not known.

    ``missing`` is empty where the sum is the whole; else ``value`` is "at least" for a stock.
    """

    value: Array
    missing: tuple[str, ...]

    @property
    def is_bound(self) -> bool:
        return bool(self.missing)


def known_sum(parts: Mapping[str, Array | float | None]) -> KnownSum:
    """Add parts by name; None and NaN (at any draw) are not known, and never 0.

    >>> total = known_sum({"living": 45.2, "dead": 3.1, "soil": None})
    >>> float(total.value[0]), total.missing
    (48.300000000000004, ('soil',))
    """
    total: Array = np.zeros(1)
    missing = []
    for name, part in parts.items():
        values = np.atleast_1d(np.asarray(np.nan if part is None else part, dtype=float))
        if np.isnan(values).any():
            missing.append(name)
        else:
            total = total + values
    if parts and len(missing) == len(parts):
        total = np.full(1, np.nan)
    return KnownSum(total, tuple(missing))
