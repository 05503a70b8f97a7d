from .demo import CITIES as CITIES, write_demo as write_demo
from .pipeline import Run as Run, run as run
from .research import (
    account as account,
    carbon as carbon,
    draws as draws,
    drivers as drivers,
    evaluate as evaluate,
    features as features,
    indicator as indicator,
    register as register,
    registered as registered,
    run_many as run_many,
    scenarios as scenarios,
    transitions as transitions,
)
from .workspace import (
    Workspace as Workspace,
    load_workspace as load_workspace,
    workspace_from as workspace_from,
    workspace_schema as workspace_schema,
)

__version__: str
