from .methods import (
    text_of as text_of,
)
from .steps import (
    Run as Run,
    layer_specs as layer_specs,
    run as run,
)
