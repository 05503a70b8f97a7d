from .cell_area import (
    ORDERS as ORDERS,
    AreaDensity as AreaDensity,
    cell_areas_ha as cell_areas_ha,
    density_over as density_over,
    legendre as legendre,
)
from .densify import (
    densified as densified,
)
from .disjoint import (
    are_apart as are_apart,
)
from .ellipsoid import ellipsoid_of as ellipsoid_of
from .geometry_areas import (
    geometry_areas_ha as geometry_areas_ha,
    geometry_lengths_km as geometry_lengths_km,
    line_lengths_km as line_lengths_km,
    polygon_areas_ha as polygon_areas_ha,
)
from .outline_kernels import (
    uncancelled as uncancelled,
)
from .outlines import (
    Outlines as Outlines,
    outlines_if_many as outlines_if_many,
    outlines_of as outlines_of,
)
