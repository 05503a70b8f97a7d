"""The yearly cohort ledger: change, works, land take, scenarios and projects are runs of it."""

from sink_models.ledger.cohorts import NO_CURVE, Cohorts, cohorts, joined
from sink_models.ledger.pools import DESTINATIONS, POOLS, KnownSum, Transfers, known_sum
from sink_models.ledger.yearly import (
    TRANSITION_YEARS,
    Event,
    History,
    NewLand,
    committed_soil_t_c,
    everything_to,
    run,
)
from sink_models.ledger.yield_curves import AgeClasses, Curve, YieldCurve, spread_over_ages

__all__ = [
    "DESTINATIONS",
    "NO_CURVE",
    "POOLS",
    "TRANSITION_YEARS",
    "AgeClasses",
    "Cohorts",
    "Curve",
    "Event",
    "History",
    "KnownSum",
    "NewLand",
    "Transfers",
    "YieldCurve",
    "cohorts",
    "committed_soil_t_c",
    "everything_to",
    "joined",
    "known_sum",
    "run",
    "spread_over_ages",
]
