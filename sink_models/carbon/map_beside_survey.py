"""What it changes that mapped tree cover holds the mean of surveyed stands, or is left out."""

from __future__ import annotations

from dataclasses import dataclass

from sink_models.account import Account
from sink_models.carbon.estimator import LIVING, Estimates
from sink_models.carbon.stock_and_sink import estimates
from sink_models.carbon.stratification import CarbonStratum, StratumSums, strata
from sink_models.mapped_trees import LEFT_OUT, SURVEYED_MEAN


@dataclass(frozen=True)
class MappedTreeEffect:
    """Mapped tree cover outside the survey: its living carbon as counted, and by density, t C.

    ``counted`` is 0 where it is left out; ``by_density`` is what a density of forests without stock
    would give on the same ground. Central values of the whole.
    """

    area_ha: float
    counted: float
    by_density: float
    is_left_out: bool


def mapped_tree_effect(account: Account) -> MappedTreeEffect | None:
    """The effect in an account; None where no mapped tree cover goes by the survey."""
    area, counted, by_density = 0.0, 0.0, 0.0
    for sums in strata(account):
        own = sums.stratum
        if own.stock_basis not in (SURVEYED_MEAN, LEFT_OUT):
            continue
        plain = CarbonStratum(own.cover, own.ecosystem_type, own.forest_class, "", "")
        area += float(sums.area_ha.sum())
        counted += _living(estimates(own, account.year, account.book)[0], sums)
        by_density += _living(estimates(plain, account.year, account.book)[0], sums)
    if not area:
        return None
    is_left_out = account.trees is not None and account.trees.is_left_out
    return MappedTreeEffect(area, counted, by_density, is_left_out)


def _living(found: Estimates, sums: StratumSums) -> float:
    """Central living carbon of a stratum, t C."""
    pools = [found[pool] for pool in LIVING if pool in found]
    per_ha = sum(float(each.per_ha[0]) for each in pools)
    per_m3 = sum(float(each.per_m3[0]) for each in pools)
    return per_ha * float(sums.area_ha.sum()) + per_m3 * float(sums.stock_m3.sum())
