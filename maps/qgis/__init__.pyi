from .geopackage import (
    write_district_style as write_district_style,
    write_geopackage as write_geopackage,
    write_geoparquet as write_geoparquet,
)
