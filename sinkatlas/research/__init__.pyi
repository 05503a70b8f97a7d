from .calls import account as account, evaluate as evaluate
from .counties import ManyRuns as ManyRuns, run_many as run_many
from .labelled import draws as draws, features as features
