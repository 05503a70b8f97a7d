from .calls import account as account, carbon as carbon, evaluate as evaluate
from .counties import ManyRuns as ManyRuns, run_many as run_many
from .extending import (
    Declaration as Declaration,
    Words as Words,
    indicator as indicator,
    register as register,
    registered as registered,
)
from .labelled import (
    draws as draws,
    drivers as drivers,
    features as features,
    scenarios as scenarios,
    transitions as transitions,
)
