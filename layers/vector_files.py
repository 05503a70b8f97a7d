"""Vector files on their way in: coordinates, geometry and columns checked once for all kinds.

Everything a file has wrong is collected, so that the analyst mends it in one go. A geometry that
is not valid is refused with its row, unless its fault has no area (a spike, a ring that touches
itself): then it is mended and named.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import (
    datum_operation,
    geographic,
    likely_systems,
    parse_crs,
    range_problems,
    same_crs,
    shift_to_wgs84,
    to_crs,
    without_sphere_shift,
)
from gis.crs_labels import label_problems
from gis.measure import geometry_areas_ha
from gis.offset_copies import Offset
from gis.problems import InputError, ProblemLog
from gis.reading import read_vector
from layers.checks import (
    BOUNDS,
    HALF_GLOBE,
    STATUS,
    STATUS_YEAR,
    Flags,
    Reporter,
    boxes_in_degrees,
    checked_geometry,
    counts,
    repeats,
    report_left_out,
    shapes_reporter,
    wider_than_half_the_globe,
)
from layers.declarations import Field, LayerSpec
from layers.tables import (
    code_texts,
    distinct_beyond_ascii,
    find_columns,
    joined,
    nearest,
    numbers,
    original_text,
    put_right,
    texts,
)

_SHIFTS: Mapping[str, Offset] = {"gcj02": "gcj02", "bd09": "bd09"}
_UNIT_KEYS = {"unit_code": "code", "unit_name": "name"}
"""Settings of ``[units]`` that name columns."""
_CODES = ("unit_code", "unit")
"""Fields whose codes a spreadsheet may have made into numbers: 440103.0, 4.40103E+05."""
_DATAV = {"adcode", "childrenNum"}
_DATAV_EITHER = {"acroutes", "subFeatureIndex"}


@dataclass(frozen=True)
class Features:
    """Features of one file under standard column names, beside their row number (from 1).

    ``given`` lists the standard fields that the file has. ``facts`` go into the run record.
    """

    table: gpd.GeoDataFrame
    given: frozenset[str]
    where: str
    facts: dict[str, str]
    problems: ProblemLog
    identifier: str | None = None
    """The field by which messages name a feature."""

    @property
    def rows(self) -> pd.Series:
        return self.table["row"]

    def text(self, name: str) -> pd.Series:
        """A standard field as normalised text, empty where missing or where the file lacks it."""
        if name not in self.given:
            return pd.Series("", index=self.table.index, dtype=object, name=name)
        column = self._column(name)
        _check_encoding(column, self.reporter)
        found = texts(column, self.reporter)
        if name in _CODES:
            found = code_texts(found, rows=self.rows, where=self.where, problems=self.problems)
        return found

    def number(self, name: str) -> pd.Series:
        """A standard field as float, NaN where missing or where the file lacks it."""
        if name not in self.given:
            return pd.Series(np.nan, index=self.table.index, dtype=float, name=name)
        return numbers(self._column(name), self.reporter)

    def is_numeric(self, name: str) -> bool:
        """Whether the file holds the field as numbers: leading zeros of codes are then lost."""
        return name in self.given and pd.api.types.is_numeric_dtype(self.table[name].dtype)

    @cached_property
    def hectares(self) -> NDArray[np.float64]:
        """Ellipsoidal area of each feature; lines and points have none."""
        shapes = np.asarray(self.table.geometry.array)
        return np.asarray(geometry_areas_ha(shapes, CRS(self.table.crs)), dtype=float)

    @cached_property
    def reporter(self) -> Reporter:
        """Reports features by row, identifier and hectares."""
        ids = None if self.identifier is None else self.table[self.identifier]
        shapes = np.asarray(self.table.geometry.array)
        is_line = np.isin(shapely.get_type_id(shapes), (1, 2, 5))
        ground = (
            None if is_line.all() else lambda flags: f"{np.abs(self.hectares[flags]).sum():.6g}"
        )
        crs = CRS(self.table.crs)
        return Reporter(
            self.where, self.problems, self.rows.to_numpy(), ids, ground,
            lambda flags: boxes_in_degrees(shapely.bounds(shapes[flags]), crs),
        )  # fmt: skip

    def attributes(self, names: Sequence[str], kept: Flags | None = None) -> pd.DataFrame:
        """What checks against other layers need of each feature.

        Columns: ``row``, ``id`` (None without identifiers), ``hectares``, ``place`` in the table of
        those that are ``kept`` (-1 for others), its box, and the fields ``names`` as text.
        ``attrs`` has the fields of the file under ``given``, and the ``crs`` of the boxes.
        """
        held = np.ones(len(self.table), dtype=bool) if kept is None else np.asarray(kept)
        found = pd.DataFrame(
            {
                "row": self.rows,
                "id": None if self.identifier is None else self.table[self.identifier],
                "hectares": self.hectares,
                "place": np.where(held, np.cumsum(held) - 1, -1),
            }
            | dict(zip(BOUNDS, shapely.bounds(self.table.geometry.array).T, strict=True))
            | {each: self.text(each) for each in names}
        )
        found.attrs["given"] = sorted(self.given)
        found.attrs["crs"] = CRS(self.table.crs)
        return found

    def _column(self, name: str) -> pd.Series:
        return self.table[name].rename(self.facts[f"column.{name}"])


def open_features(
    spec: LayerSpec, fields: Sequence[Field], geometry: Sequence[str], problems: ProblemLog
) -> Features:
    """Read the file or files of a vector layer and check what all kinds have in common.

    Raises ``InputError`` with every problem of the coordinate systems, geometries and columns.
    Geometries come back valid and in two dimensions, in the file's own CRS (WGS 84 after a declared
    shift). Files in several coordinate systems, such as a city in two zones, are brought to
    longitude and latitude on their common datum. Rows are numbered through all files.
    """
    parts: list[gpd.GeoDataFrame] = []
    facts: dict[str, str] = {}
    given: set[str] = set()
    for number, file in enumerate(spec.files):
        own = replace(spec, path=file, paths=())
        table, found = _open_file(own, fields, geometry, problems)
        parts.append(table)
        given |= {name for name in table.columns if name != "geometry"}
        facts.update(found if number == 0 else {f"{k} [{number + 1}]": v for k, v in found.items()})
    problems.raise_if_errors()
    table = parts[0] if len(parts) == 1 else _united(parts, spec.where)
    table["row"] = np.arange(1, len(table) + 1)
    named = _identifier(spec.kind, given)
    features = Features(table, frozenset(given), spec.where, facts, problems, named)
    checked = _without_empty_ground(_that_count(features, spec))
    checked = _without_repeated(checked, is_counted_once=spec.kind != "districts", epoch=spec.epoch)
    checked.facts["features"] = str(len(checked.table))
    problems.raise_if_errors()
    return checked


def _open_file(
    spec: LayerSpec, fields: Sequence[Field], geometry: Sequence[str], problems: ProblemLog
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    read = read_vector(
        spec.path, layer=spec.layer, encoding=spec.options.get("encoding"), problems=problems
    )
    held = {name: str(value) for name, value in read.attrs.items() if value}
    if len(read) == 0:
        problems.add("layers.empty_layer", spec.where)
        problems.raise_if_errors()
    features = read.reset_index(drop=True)
    features.attrs = {}
    features = _with_additions(features, spec, fields, problems)
    features = _as_encoded(features, spec.options.get("encoding"))
    existing = [str(name) for name in features.columns if name != features.geometry.name]
    columns = find_columns(
        existing, fields, chosen_columns(spec, fields), where=spec.where, problems=problems,
        keys=_UNIT_KEYS if spec.kind == "districts" else {},
    )  # fmt: skip
    crs = chosen_crs(features.crs, spec, ProblemLog())
    if crs is not None and _misplaced(crs, features):
        crs = None  # told below; nothing can be measured until it is mended
    named = _identifier(spec.kind, columns)
    ids = None if named is None else features[columns[named]]
    shapes = np.asarray(features.geometry.array)
    reporter = shapes_reporter(spec.where, problems, shapes, ids, crs)
    features = checked_geometry(features, geometry, crs, reporter)
    if spec.shift is None and set(existing) >= _DATAV and _DATAV_EITHER & set(existing):
        problems.add("layers.datav_fingerprint", spec.where)
    if spec.crs is None and features.crs is not None:
        problems.extend(label_problems(CRS(features.crs), spec.where, held.get("prj")))
    located = _located(features, spec, ids, problems)
    problems.raise_if_errors()
    table = gpd.GeoDataFrame(
        {name: located[column] for name, column in columns.items()},
        geometry=located.geometry.array,
        crs=located.crs,
    )
    facts = {
        **crs_facts(located.crs),
        "features": str(len(table)),
        **{name: held[name] for name in ("driver", "layer", "encoding", "sha256") if name in held},
        **{f"column.{name}": column for name, column in columns.items()},
    }
    if spec.shift is not None:
        facts["shift"] = f"{spec.shift} → WGS 84 (approximate)"
    return table, facts


def _as_encoded(features: gpd.GeoDataFrame, encoding: str | None) -> gpd.GeoDataFrame:
    """The table with text put right that went into the file garbled, in the declared encoding."""
    if encoding is None:
        return features
    for name in features.columns.drop(features.geometry.name):
        held = {text: put_right(text, encoding) for text in distinct_beyond_ascii(features[name])}
        garbled = {text: right for text, right in held.items() if text != right}
        if garbled:
            features[name] = features[name].replace(garbled)
    return features


def _misplaced(crs: CRS, features: gpd.GeoDataFrame) -> bool:
    """Whether the coordinates cannot be in the system."""
    west, south, east, north = (float(bound) for bound in features.total_bounds)
    return bool(range_problems(crs, (west, south, east, north)))


def _identifier(kind: str, fields: Container[str]) -> str | None:
    """The field that features of a kind go by: an identifier, a name, or a unit's own code."""
    names = ("unit_code",) if kind == "districts" else ("id", "name")
    return next((name for name in names if name in fields), None)


def chosen_columns(spec: LayerSpec, fields: Sequence[Field]) -> dict[str, str]:
    """Columns of the option ``fields``; a field with one assumed value is its own column."""
    names = {each.name for each in fields}
    assumed = {name: name for name in spec.options.get("assume", {}) if name in names}
    return {**spec.options.get("fields", {}), **assumed}


def _with_additions(
    features: gpd.GeoDataFrame, spec: LayerSpec, fields: Sequence[Field], problems: ProblemLog
) -> gpd.GeoDataFrame:
    """The file's table with what the workspace adds: a joined table, values for the whole file."""
    if "table" in spec.options:
        crs = chosen_crs(features.crs, spec, ProblemLog())
        shapes = np.asarray(features.geometry.array)
        reporter = shapes_reporter(spec.where, problems, shapes, None, crs)
        features = gpd.GeoDataFrame(
            joined(features, spec.options["table"], reporter),
            geometry=features.geometry.name,
            crs=features.crs,
        )
    for name, value in spec.options.get("assume", {}).items():
        if name not in {each.name for each in fields}:
            allowed = ", ".join(each.name for each in fields)
            problems.add(
                "layers.unknown_field", spec.where, field=name,
                nearest=nearest(name, [each.name for each in fields]), allowed=allowed,
            )  # fmt: skip
            continue
        features[name] = value
        problems.add("layers.value_assumed", spec.where, field=name, value=value)
    return features


def _united(parts: Sequence[gpd.GeoDataFrame], where: str) -> gpd.GeoDataFrame:
    """Features of several files in one coordinate system."""
    first = CRS(parts[0].crs)
    if not all(same_crs(CRS(part.crs), first) for part in parts):
        common = geographic(first)
        parts = [to_crs(part, common, where) for part in parts]
    return gpd.GeoDataFrame(
        pd.concat(parts, ignore_index=True), geometry="geometry", crs=parts[0].crs
    )


def _that_count(features: Features, spec: LayerSpec) -> Features:
    """Features less those whose state does not count at the epoch; told by state.

    A layer of no epoch, such as footprints that are only asked about, is read as it is.
    """
    if spec.epoch is None or not {STATUS.name, STATUS_YEAR.name} & features.given:
        return features
    status, years = features.text(STATUS.name), features.text(STATUS_YEAR.name)
    kept = counts(status, years, spec.epoch, spec.options.get("states", ()))
    report_left_out(status, years, kept, spec, features.reporter)
    return replace(features, table=features.table[kept].reset_index(drop=True))


def _without_empty_ground(features: Features) -> Features:
    """Features less the polygons without area, which hold no ground to account for."""
    shapes = np.asarray(features.table.geometry.array)
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    flat = is_polygon & (shapely.area(shapes) == 0)
    if not flat.any():
        return features
    features.reporter.report(flat, "layers.geometry_zero_area")
    table = features.table[~flat].reset_index(drop=True)
    return replace(features, table=table)


def _newest_first(features: Features, epoch: int | None) -> Features:
    """Features of several surveys in one file with the newest survey until the epoch first.

    Of ground that two of them hold the newest survey then counts, not whichever came first.
    """
    if "survey_year" not in features.given:
        return features
    years = pd.to_numeric(features.text("survey_year").str.slice(0, 4), errors="coerce")
    if years.nunique() < 2:
        return features
    twice = repeats(np.asarray(features.table.geometry.array))
    if not twice.any():
        return features
    is_late = years > (epoch or years.max())
    order = np.lexsort((-years.fillna(0).to_numpy(), is_late.to_numpy()))
    listed = ", ".join(str(int(each)) for each in sorted(years.dropna().unique()))
    features.reporter.report(twice, "layers.surveys_of_several_years", years=listed)
    return replace(features, table=features.table.iloc[order].reset_index(drop=True))


def _without_repeated(
    features: Features, *, is_counted_once: bool, epoch: int | None = None
) -> Features:
    """Features less those that repeat an earlier geometry; identifiers borne twice are named.

    Reporting units are never left out: there, the overlap is refused.
    """
    features = _newest_first(features, epoch)
    shapes = np.asarray(features.table.geometry.array)
    twice = repeats(shapes)
    if twice.any() and is_counted_once:
        features.reporter.report(twice, "layers.duplicate_features")
    if "id" in features.given:
        _report_shared_ids(features, twice)
    if not (twice.any() and is_counted_once):
        return features
    return replace(features, table=features.table[~twice].reset_index(drop=True))


def _report_shared_ids(features: Features, twice: Flags) -> None:
    """Identifiers of several features, beside those that repeat a whole feature (``twice``)."""
    ids = features.text("id")
    again = (ids.duplicated(keep=False) & (ids != "")).to_numpy() & ~twice
    if not again.any():
        return
    again &= ids.where(~pd.Series(twice), "").duplicated(keep=False).to_numpy()
    if again.any():
        listed = ", ".join(sorted(set(ids[again]))[:10])
        features.reporter.report(
            again, "layers.duplicate_ids", column=features.facts["column.id"], ids=listed
        )


def _check_encoding(values: pd.Series, reporter: Reporter) -> None:
    """Refuse a column at the first text, as it is held, that was decoded with the wrong table."""
    for value in distinct_beyond_ascii(values):
        garbled = original_text(value)
        if garbled is not None:
            reporter.report(
                values == value, "layers.text_misdecoded", column=values.name, sample=value[:20],
                likely=garbled[0][:20], encoding=garbled[1],
            )  # fmt: skip
            return


def _located(
    features: gpd.GeoDataFrame, spec: LayerSpec, ids: pd.Series | None, problems: ProblemLog
) -> gpd.GeoDataFrame:
    """The features with the coordinate system that holds, shifted back when a shift is declared."""
    crs = chosen_crs(features.crs, spec, problems, features.total_bounds)
    if crs is None:
        return features
    placed = features.set_crs(crs, allow_override=True)
    west, south, east, north = (float(bound) for bound in placed.total_bounds)
    if np.isfinite([west, south, east, north]).all():
        problems.extend(range_problems(crs, (west, south, east, north), spec.where))
    if crs.is_geographic and east - west > HALF_GLOBE:
        shapes = np.asarray(placed.geometry.array)
        reporter = shapes_reporter(spec.where, problems, shapes, ids, crs)
        reporter.report(wider_than_half_the_globe(shapes), "layers.geometry_spans_globe")
    if spec.shift is None or problems.errors:
        return placed
    if spec.shift not in _SHIFTS:
        problems.add(
            "layers.option_value",
            spec.where,
            option="shift",
            given=spec.shift,
            allowed=", ".join(_SHIFTS),
        )
        return placed
    try:
        return shift_to_wgs84(placed, _SHIFTS[spec.shift], spec.where)
    except InputError as error:
        problems.extend(error.problems)
        return placed


def chosen_crs(
    own: object, spec: LayerSpec, problems: ProblemLog, bounds: Sequence[float] = ()
) -> CRS | None:
    """The file's coordinate system, or the analyst's when one is declared.

    A declared system that differs from the file's wins, with a warning; a file without one needs
    a declaration. What the coordinates look like is proposed, never assumed.
    """
    held = None if own is None else without_sphere_shift(CRS.from_user_input(own))
    if held is not None and held.geodetic_crs is None:
        held = None  # a local system says nothing of where on Earth it lies
    if spec.crs is None:
        if held is None:
            likely = ", ".join(likely_systems(tuple(float(each) for each in bounds))) or "–"
            problems.add("layers.crs_missing", spec.where, likely=likely)
        return held
    try:
        declared = parse_crs(spec.crs, spec.where)
    except InputError as error:
        problems.extend(error.problems)
        return held
    if held is not None and not same_crs(held, declared):
        problems.add(
            "layers.crs_overridden", spec.where, held=crs_name(held), declared=crs_name(declared)
        )
    return declared


def crs_facts(crs: object) -> dict[str, str]:
    """The coordinate system, and what is done to its datum on the way to CGCS2000."""
    facts = {"crs": crs_name(crs)}
    try:
        operation, metres = datum_operation(CRS.from_user_input(crs), CRS("EPSG:4490"))
    except InputError:
        return facts  # whoever needs another datum refuses it
    accuracy = "accuracy not stated" if metres is None else f"within {metres:g} m"
    return {**facts, "datum_operation": f"{operation} ({accuracy})"}


def crs_name(crs: object) -> str:
    """Authority code and name of a coordinate system, for messages and the run record.

    >>> crs_name("EPSG:4490")
    'EPSG:4490 (China Geodetic Coordinate System 2000)'
    """
    known = CRS.from_user_input(crs)
    authority = known.to_authority()
    return f"{':'.join(authority)} ({known.name})" if authority else str(known.name)
