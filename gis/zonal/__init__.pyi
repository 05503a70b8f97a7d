from .cell_coverage import (
    Edges as Edges,
    edges_of as edges_of,
    joined as joined,
    without_inner_borders as without_inner_borders,
)
from .class_index import (
    Unknown as Unknown,
    are_codes as are_codes,
    class_places as class_places,
)
from .raster_bands import (
    Band as Band,
    ClassBand as ClassBand,
    DensityBand as DensityBand,
    OpenBand as OpenBand,
    class_band as class_band,
    density_band as density_band,
    open_band as open_band,
)
from .raster_plan import (
    RasterPlan as RasterPlan,
    make_plan as make_plan,
    require_room as require_room,
    room_for as room_for,
)
from .resampling import (
    resampling_note as resampling_note,
    shift_between as shift_between,
)
from .zonal_sums import (
    BandTally as BandTally,
    Desk as Desk,
    open_desk as open_desk,
    tally_band as tally_band,
)
