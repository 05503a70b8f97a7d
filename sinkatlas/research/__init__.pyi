from .calls import account as account, carbon as carbon, evaluate as evaluate
from .counties import ManyRuns as ManyRuns, run_many as run_many
from .labelled import (
    draws as draws,
    features as features,
    scenarios as scenarios,
    transitions as transitions,
)
