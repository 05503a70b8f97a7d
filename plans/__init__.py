"""What was promised? Plans as data, and the verdict on every promise.

A plan is one TOML file; :func:`judge` sets it beside the results of a run and says of each target
whether it is met, will be, cannot be told or cannot be evaluated, and why.
"""

from plans.assigned import check_assigned
from plans.bases import bases
from plans.comparators import Tolerances
from plans.measures import printed_words
from plans.plan import AssignedValue, Plan, Target, bundled_ids
from plans.reader import bundled_plans, load_plan
from plans.reasons import Reason
from plans.tables import district_shares, verdict_table, verdict_words
from plans.verdict import Status, Verdict
from plans.verdicts import judge

__all__ = [
    "AssignedValue",
    "Plan",
    "Reason",
    "Status",
    "Target",
    "Tolerances",
    "Verdict",
    "bases",
    "bundled_ids",
    "bundled_plans",
    "check_assigned",
    "district_shares",
    "judge",
    "load_plan",
    "printed_words",
    "verdict_table",
    "verdict_words",
]
