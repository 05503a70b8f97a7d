from .forest import (
    FOREST_CLASSES as FOREST_CLASSES,
)
from .methane import (
    methane_evaluations as methane_evaluations,
)
