from .lengths import (
    line_lengths as line_lengths,
)
from .line_strips import (
    strips as strips,
)
from .proximity import (
    common_ground as common_ground,
    ground_by_unit as ground_by_unit,
    least_distances_m as least_distances_m,
    local_plane as local_plane,
    merged as merged,
    patches as patches,
    shapes_in as shapes_in,
    single_polygons as single_polygons,
    unit_of_most as unit_of_most,
    within_reach as within_reach,
)
from .single_ways import (
    SAME_WAY_M as SAME_WAY_M,
    ways_once as ways_once,
)
from .walking_distance import (
    walking_ground as walking_ground,
)
