"""What was promised? Plans as data, and the verdict on every promise.

A plan is one TOML file; :func:`judge` sets it beside the results of a run and says of each target
whether it is met, will be, cannot be told or cannot be evaluated, and why.
"""

from plans.allocation import Allocation, Share, allocate
from plans.allocation_ground import METHODS, AllocationRequest
from plans.allocation_table import read_shares
from plans.assigned import check_assigned
from plans.bases import bases
from plans.case import Evidence
from plans.comparators import Tolerances
from plans.measures import printed_words
from plans.plan import AssignedValue, Plan, Target, bundled_ids
from plans.potential import CONSTRAINTS, capacity
from plans.reader import bundled_plans, load_plan
from plans.reasons import Reason
from plans.scopes import check_scopes
from plans.tables import (
    allocation_table,
    district_shares,
    trajectory_table,
    verdict_table,
    verdict_words,
)
from plans.trajectory import Trajectory, TrendPoint, trajectories
from plans.verdict import Status, Verdict
from plans.verdicts import judge

__all__ = [
    "CONSTRAINTS",
    "METHODS",
    "Allocation",
    "AllocationRequest",
    "AssignedValue",
    "Evidence",
    "Plan",
    "Reason",
    "Share",
    "Status",
    "Target",
    "Tolerances",
    "Trajectory",
    "TrendPoint",
    "Verdict",
    "allocate",
    "allocation_table",
    "bases",
    "bundled_ids",
    "bundled_plans",
    "capacity",
    "check_assigned",
    "check_scopes",
    "district_shares",
    "judge",
    "load_plan",
    "printed_words",
    "read_shares",
    "trajectories",
    "trajectory_table",
    "verdict_table",
    "verdict_words",
]
