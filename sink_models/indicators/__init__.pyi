from .forest import (
    FOREST_CLASSES as FOREST_CLASSES,
)
