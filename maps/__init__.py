"""Floor 3: how it is shown. Interactive map, printed sheet, brief, workbook, GeoPackage.

Each output is a reading of one `Report`, so they cannot disagree.
"""

from maps.brief import write_brief
from maps.geopackage import write_district_style, write_geopackage, write_geoparquet
from maps.map import write_map
from maps.report import IndicatorWords, MapLayer, Report
from maps.sheet import write_sheet
from maps.workbook import write_workbook

__all__ = [
    "IndicatorWords",
    "MapLayer",
    "Report",
    "write_brief",
    "write_district_style",
    "write_geopackage",
    "write_geoparquet",
    "write_map",
    "write_sheet",
    "write_workbook",
]
