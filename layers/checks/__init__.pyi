from .between_layers import (
    layer_problems as layer_problems,
)
from .closed_account import (
    account_problems as account_problems,
    coverage_problems as coverage_problems,
)
from .concerned import (
    BOUNDS as BOUNDS,
    Flags as Flags,
    Reporter as Reporter,
    boxes_in_degrees as boxes_in_degrees,
    row_list as row_list,
)
from .epochs import (
    grid_problems as grid_problems,
    product_of as product_of,
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
from .relevance import (
    in_this_run as in_this_run,
)
from .states import (
    DONE as DONE,
    NO_LONGER as NO_LONGER,
    NOT_YET as NOT_YET,
    STATUS as STATUS,
    STATUS_YEAR as STATUS_YEAR,
    counts as counts,
    report_left_out as report_left_out,
)
