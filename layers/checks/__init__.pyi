from .between_layers import (
    account_problems as account_problems,
    coverage_problems as coverage_problems,
    grid_problems as grid_problems,
    layer_problems as layer_problems,
)
from .concerned import (
    Flags as Flags,
    Reporter as Reporter,
    row_list as row_list,
)
from .geometry import (
    HALF_GLOBE as HALF_GLOBE,
    checked_geometry as checked_geometry,
    repeats as repeats,
    shapes_reporter as shapes_reporter,
    wider_than_half_the_globe as wider_than_half_the_globe,
)
from .mended_copies import (
    mended_copy as mended_copy,
)
