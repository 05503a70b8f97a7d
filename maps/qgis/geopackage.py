"""``districts.gpkg``: the districts with every figure as a column, and the results as a table.

Layer ``districts`` has one row per reporting unit and one for the whole (``is_whole``), with a
column per indicator and year; layer ``results`` has the rows of ``results.csv``, layer
``conflicts`` the features of ``conflicts.csv`` where there are any. Aliases tell each
column's indicator, year and unit in the report's language, and descriptions how it is defined;
every layer has a title and, where it has shapes, a style, which QGIS finds in the file.
``units.parquet`` holds the same districts, and ``units.qml`` beside it their style: a style file
that bore the GeoPackage's name would be taken for each of its layers.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import shapely
from shapely import Geometry

from gis.problems import OutputError, problem
from gis.visible_text import visible
from maps.qgis.styles import conflict_style, styles, write_styles
from maps.report import IndicatorWords, Report
from maps.tables import UNIT
from maps.words import parts_of, words

DISTRICTS, RESULTS, CONFLICTS = "districts", "results", "conflicts"
"""Names of the layers; the last only where there are conflicts."""

_VERSION = "1.3"
"""QGIS 3.22, which Debian and bureaus have, warns of anything later."""

_DATE = "2000-01-01T00:00:00.000Z"
"""Stands where the format wants a date of last change: same report, same bytes."""


def write_geopackage(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write the GeoPackage in EPSG:4490 with aliases and styles, and read it back.

    Raises ``OutputError`` when what is read back differs from what was written.
    """
    target = Path(path)
    target.unlink(missing_ok=True)
    districts, results = district_table(report), _visible_texts(report.results)
    with _fixed_date():
        pyogrio.write_dataframe(
            districts, target, layer=DISTRICTS, driver="GPKG", geometry_type="MultiPolygon",
            dataset_options={"VERSION": _VERSION},
        )  # fmt: skip
        pyogrio.write_dataframe(results, target, layer=RESULTS, driver="GPKG", append=True)
        if len(report.conflicts):
            conflicts = gpd.GeoDataFrame(_visible_texts(report.conflicts), crs=report.conflicts.crs)
            pyogrio.write_dataframe(
                conflicts, target, layer=CONFLICTS, driver="GPKG", geometry_type="Unknown",
                append=True,
            )  # fmt: skip
    language = report.language
    aliases = {DISTRICTS: field_aliases(report)}
    notes = {DISTRICTS: _descriptions(report)}
    found = {DISTRICTS: styles(report, field_names(report.results), aliases[DISTRICTS])}
    for name in (RESULTS, CONFLICTS) if len(report.conflicts) else (RESULTS,):
        columns = [
            each for each in report.words_of(name).columns if each.name in report.table(name)
        ]
        aliases[name] = {each.name: each.heading[language] for each in columns}
        notes[name] = {each.name: each.note[language] for each in columns if each.note[language]}
    if CONFLICTS in aliases:
        title = report.words_of(CONFLICTS).title[language]
        broken = set(report.conflicts["rule"].astype(str))
        labels = {each: words(language)[f"qgis.rule_{each}"] for each in sorted(broken)}
        found[CONFLICTS] = (conflict_style(title, labels, aliases[CONFLICTS]),)
    _write_titles(target, report, [*aliases])
    _write_aliases(target, aliases, notes)
    write_styles(target, found, date=_DATE)
    _require_equal(target, DISTRICTS, districts)
    _require_equal(target, RESULTS, results)
    return target


def write_geoparquet(report: Report, path: str | os.PathLike[str]) -> Path:
    """Write the districts as GeoParquet, each column with its alias, unit and definition."""
    target = Path(path)
    district_table(report).to_parquet(target, index=False, compression="zstd")
    table = pyarrow.parquet.read_table(target)
    aliases, told = field_aliases(report), _descriptions(report)
    units = {field: each.unit for field, each in _indicator_of(report).items()}
    for place, field in enumerate(table.schema):
        facts = {"alias": aliases, "unit": units, "description": told}
        known = {name: texts[field.name] for name, texts in facts.items() if field.name in texts}
        table = table.cast(table.schema.set(place, field.with_metadata(known or None)))
    pyarrow.parquet.write_table(table, target, compression="zstd")
    return target


def write_district_style(report: Report, path: str | os.PathLike[str]) -> Path | None:
    """Write the style that the districts show first as a ``.qml`` file, for beside a layer file.

    A report without results has no style, and nothing is written.
    """
    found = styles(report, field_names(report.results), field_aliases(report))
    if not found:
        return None
    target = Path(path)
    target.write_text(found[0].qml, encoding="utf-8", newline="\n")
    return target


def district_table(report: Report) -> gpd.GeoDataFrame:
    """One row per unit in code order, then one for the whole with the units' union."""
    units = report.units.sort_values("unit_code")
    codes = [*units["unit_code"], report.whole_code]
    whole = shapely.union_all(shapely.make_valid(units.geometry.to_numpy()))
    columns: dict[str, object] = {
        "unit_code": codes,
        "unit_name": [visible(each) for each in (*units["unit_name"], report.whole_name)],
        "is_whole": [*(False for _ in range(len(units))), True],
    }
    values = report.results.set_index(["indicator", "epoch", "unit_code"])["value"].astype(float)
    for (indicator, epoch), name in field_names(report.results).items():
        wanted = pd.MultiIndex.from_product([[indicator], [epoch], codes])
        columns[name] = values.reindex(wanted).to_numpy()
    outlines = [_multi(each) for each in (*units.geometry, whole)]
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=report.units.crs)


def field_names(results: pd.DataFrame) -> dict[tuple[str, int], str]:
    """Field name of each (indicator, year): ASCII, ``forest_area_2024``, none used twice."""
    found: dict[tuple[str, int], str] = {}
    used: set[str] = set()
    for indicator, epoch in dict.fromkeys(zip(results["indicator"], results["epoch"], strict=True)):
        stem = re.sub(r"[^a-z0-9]+", "_", str(indicator).lower()).strip("_")
        name, number = f"{stem}_{epoch}", 1
        while name in used:
            number += 1
            name = f"{stem}_{epoch}_{number}"
        used.add(name)
        found[str(indicator), int(epoch)] = name
    return found


@contextmanager
def _fixed_date() -> Iterator[None]:
    """GDAL's idea of today, set for the writing of one file and given back."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _multi(geometry: Geometry) -> Geometry:
    """The polygons of a geometry as one MultiPolygon."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.multipolygons([each for each in parts if each.geom_type == "Polygon"])


def _visible_texts(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose text cells can be seen; numbers and gaps stay as they are."""
    texts = {
        name: table[name].map(lambda value: visible(value) if isinstance(value, str) else value)
        for name in table.columns
        if not pd.api.types.is_numeric_dtype(table[name])
    }
    return table.assign(**texts).reset_index(drop=True)


def field_aliases(report: Report) -> dict[str, str]:
    """What each field of the districts means, for people; no two alike."""
    text, language = words(report.language), report.language
    found = {
        "unit_code": UNIT[0].heading[language],
        "unit_name": UNIT[1].heading[language],
        "is_whole": text["common.whole"],
    }
    epochs = {name: epoch for (_, epoch), name in field_names(report.results).items()}
    for name, indicator in _indicator_of(report).items():
        alias = f"{visible(indicator.title[language])} {epochs[name]} ({indicator.unit})"
        found[name] = f"{alias} {name}" if alias in found.values() else alias
    return found


def _indicator_of(report: Report) -> dict[str, IndicatorWords]:
    """The indicator that each field shows, where the report has words for it."""
    known = {each.key: each for each in (*report.indicators, *parts_of(report))}
    return {
        name: known[key] for (key, _), name in field_names(report.results).items() if key in known
    }


def _descriptions(report: Report) -> dict[str, str]:
    """Definition and source of each field of figures."""
    return {
        name: " · ".join(
            visible(part) for part in (each.definition[report.language], each.source) if part
        )
        for name, each in _indicator_of(report).items()
    }


def _write_titles(path: Path, report: Report, layers: Sequence[str]) -> None:
    """Title and description of each layer, as programs show them in a list of layers."""
    text = words(report.language)
    titles = {DISTRICTS: text["qgis.districts"]}
    titles |= {name: report.words_of(name).title[report.language] for name in layers[1:]}
    about = visible(" · ".join(filter(None, (report.title, report.organisation, report.date))))
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            [(titles[each], about, each) for each in layers],
        )


def _write_aliases(
    path: Path, aliases: Mapping[str, Mapping[str, str]], notes: Mapping[str, Mapping[str, str]]
) -> None:
    """Field aliases and descriptions by the format's schema extension (OGC 12-128r18, F.9).

    pyogrio cannot set them, and QGIS and GDAL read them from here.
    """
    extension: Sequence[tuple[str, str]] = (
        ("gpkg_data_columns", "read-write"),
        ("gpkg_data_column_constraints", "read-write"),
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL,"
            " column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,"
            " constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),"
            " CONSTRAINT gdc_tn UNIQUE (table_name, name))"
        )
        database.execute(
            "CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints ("
            " constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,"
            " min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN,"
            " description TEXT,"
            " CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))"
        )
        database.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema',"
            " 'http://www.geopackage.org/spec121/#extension_schema', ?)",
            extension,
        )
        database.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (layer, field, alias, alias, notes[layer].get(field))
                for layer, known in aliases.items()
                for field, alias in known.items()
            ],
        )


def _require_equal(path: Path, layer: str, written: pd.DataFrame) -> None:
    """Raise ``OutputError`` unless a layer reads back with the same rows, fields and numbers."""
    read = pyogrio.read_dataframe(path, layer=layer)
    detail = _difference(written, read)
    if detail:
        raise OutputError(
            problem("maps.geopackage_differs", where=path.name, layer=layer, detail=detail)
        )


def _difference(written: pd.DataFrame, read: pd.DataFrame) -> str:
    if set(written.columns) != set(read.columns) or len(written) != len(read):
        return f"{written.shape} != {read.shape}"
    for name in written.columns:
        if pd.api.types.is_numeric_dtype(written[name]):
            before = written[name].to_numpy(dtype=float)
            same = np.array_equal(before, read[name].to_numpy(dtype=float), equal_nan=True)
        elif name == "geometry":
            same = bool(shapely.equals_exact(written[name].array, read[name].array).all())
        else:
            same = written[name].fillna("").astype(str).equals(read[name].fillna("").astype(str))
        if not same:
            return str(name)
    return ""
