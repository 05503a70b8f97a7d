from .densities import (
    OPTIONS as OPTIONS,
    DensityQuantity as DensityQuantity,
    density_kind as density_kind,
    read_density as read_density,
)
from .mosaic import (
    joined_raster as joined_raster,
)
from .presence import (
    SUFFIXES as SUFFIXES,
    presence_outlines as presence_outlines,
)
from .product_signs import (
    Signs as Signs,
    check_product as check_product,
    signs_of as signs_of,
)
from .raster_profile import (
    Contents as Contents,
    check_class_raster as check_class_raster,
    class_contents as class_contents,
)
