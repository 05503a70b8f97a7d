from .methods import (
    text_of as text_of,
)
from .outputs import (
    foreseen_losses as foreseen_losses,
)
from .steps import (
    Run as Run,
    layer_specs as layer_specs,
    run as run,
)
