"""Floor 3: how it is shown. Interactive map, printed sheet, brief, workbook, GeoPackage.

Each output is a reading of one `Report`, so they cannot disagree.
"""
