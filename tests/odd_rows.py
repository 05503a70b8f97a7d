"""Odd files of other projects' test data, each read in a forked child with limits.

Run as a script with a folder on the command line: prints one JSON list. A raster is read as any
analyst's land cover (grid, contents) and a vector file as a layer (CRS, geometry); whatever has no
reader must be refused in words.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from corpus_rows import forked

PARTS = {".shx", ".dbf", ".prj", ".qpj", ".cpg", ".xml", ".msk", ".hdr", ".gri", ".sbn", ".sbx"}
VECTORS = {".geojson", ".json", ".shp", ".gpkg", ".kml", ".gml", ".parquet", ".topojson"}


def read_one(file: Path) -> dict[str, Any]:
    """Read a file as what its name says, and tell what came of it."""
    from gis.problems import InputError, ProblemLog

    log = ProblemLog()
    try:
        if file.suffix.lower() in VECTORS or file.name.endswith((".gdb.zip", ".zip")):
            facts = vector_facts(file, log)
        else:
            facts = raster_facts(file, log)
        outcome, found = "read", tuple(log)
    except InputError as error:
        facts, outcome, found = {}, "refused", error.problems
    return {
        "outcome": outcome,
        "facts": facts,
        "problems": [{"code": each.code, "text": each.text("en")} for each in found],
    }


def vector_facts(file: Path, log: Any) -> dict[str, Any]:
    import numpy as np
    import shapely

    from gis.reading.safe_open import read_vector
    from layers.declarations import LayerSpec
    from layers.vector_files import open_features

    geometry = ("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint")
    found = open_features(LayerSpec("redline", file), (), geometry, log)
    raw = read_vector(file)
    assert len(found.table) <= len(raw)
    return {
        "rows": len(found.table),
        "raw": len(raw),
        "area": float(np.sum(shapely.area(np.asarray(found.table.geometry.array)))),
    }


def raster_facts(file: Path, log: Any) -> dict[str, Any]:
    from gis.grid import read_grid
    from gis.reading.safe_open import open_raster
    from layers.rasters.raster_profile import statistics

    with open_raster(file, log) as dataset:
        grid = read_grid(dataset, file.name)
        if dataset.dtypes[0].startswith("complex"):
            from gis.problems import InputError, problem

            raise InputError(
                problem("layers.raster_not_numbers", file.name, dtype=dataset.dtypes[0])
            )
        held = statistics(dataset, 1, file.name)
        return {"cells": grid.width * grid.height, "known": held.known, "mean": held.mean}


def main() -> None:
    from gis.reading.safe_open import harden_environment

    harden_environment()
    import layers.rasters.raster_profile
    import layers.vector_files  # noqa: F401 - imported once, before the forks

    folder = Path(sys.argv[1])
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() not in PARTS
    )
    results = []
    with tempfile.TemporaryDirectory():
        for file in files:
            found = forked(lambda file=file: read_one(file))
            results.append(found | {"file": file.relative_to(folder).as_posix()})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
