from .calls import account as account, evaluate as evaluate
from .labelled import draws as draws, features as features
from .objects import workspace_from as workspace_from
