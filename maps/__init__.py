"""Floor 3: how it is shown. Interactive map, printed sheet, brief, workbook, GeoPackage.

Each output is a reading of one `Report`, so they cannot disagree.
"""

from maps.brief import write_brief
from maps.geopackage import write_district_style, write_geopackage, write_geoparquet
from maps.layout import Layout, layout, load_layout
from maps.map import write_map
from maps.report import IndicatorWords, MapLayer, Report
from maps.sheet import write_sheet
from maps.sheet_set import SheetChoice, write_sheets
from maps.workbook import write_workbook

__all__ = [
    "IndicatorWords",
    "Layout",
    "MapLayer",
    "Report",
    "SheetChoice",
    "layout",
    "load_layout",
    "write_brief",
    "write_district_style",
    "write_geopackage",
    "write_geoparquet",
    "write_map",
    "write_sheet",
    "write_sheets",
    "write_workbook",
]
