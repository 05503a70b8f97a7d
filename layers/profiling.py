"""What a layer's attributes seem to be: columns, units and code lists, told from the data.

The first look reads a layer as Arrow and looks at every attribute of every feature. Geometries stay
bytes, but for a sample whose areas tell the units of area and stock. What it finds is proposed,
with the evidence, for an analyst to confirm; nothing is converted here. Doubts are counted here and
told with identifiers when the layer is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.measure import geometry_areas_ha
from gis.problems import ProblemLog
from gis.reading import read_columns
from layers.checks import Flags
from layers.codes import forest_land_codes, match_code, normalised, species_group_of, survey_codes
from layers.declarations import LayerKind, LayerSpec
from layers.surveys import (
    LARGEST_DENSITY_M3_HA,
    PER_HA,
    PER_WHOLE,
    STOCKED_CLASSES,
    code_set_of,
    look_like_tenths,
    stock_unit_of,
    unit_of_ratio,
)
from layers.tables import find_columns, original_text
from layers.vector_files import chosen_columns, chosen_crs

NUMBERS = ("area", "crown_density", "stock", "stock_per_ha", "scattered_stock")
_SAMPLE = 2000
_SHOWN = 12
Values = NDArray[np.float64]


@dataclass(frozen=True)
class FieldLook:
    """One standard field as found: its column, how full it is, what its values are and why.

    ``meaning`` is a unit (``ha``, ``mu``, ``percent``, ...), a code list, or empty where nothing
    needs to be known or nothing can be told; ``evidence`` says what it rests on.
    """

    field: str
    column: str
    found_by: str
    rows: int
    empty: int
    span: str
    meaning: str
    evidence: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """The fields of one layer, and the options that they suggest."""

    where: str
    fields: tuple[FieldLook, ...]
    options: Mapping[str, str]

    @property
    def columns(self) -> dict[str, str]:
        return {each.field: each.column for each in self.fields}


def look(spec: LayerSpec, kind: LayerKind) -> Look:
    """Look at a vector layer's attributes; raises ``InputError`` where it cannot be read."""
    table, shape, own = read_columns(spec.path, spec.layer, spec.options.get("encoding"))
    names = table.column_names
    existing = [name for name in names if name != shape and names.count(name) == 1]
    chosen = chosen_columns(spec, kind.fields)
    found = find_columns(
        existing, kind.fields, chosen, where=spec.where, problems=ProblemLog()
    )  # fmt: skip
    columns = {name: table.column(column) for name, column in found.items() if column in existing}
    crs = chosen_crs(own, spec, ProblemLog())
    places, hectares = _sampled_areas(table.column(shape), crs)
    given = {name: _numbers(columns[name]) for name in NUMBERS if name in columns}
    meanings = _meanings(columns, given, places, hectares)
    doubts = _doubts(
        columns, given, places, hectares, {name: unit for name, (unit, _) in meanings.items()}
    )
    usual = {each.name: each.column for each in kind.fields}
    looks = tuple(
        _field(name, found[name], _found_by(name, found[name], chosen, usual), columns[name],
               given.get(name), *meanings.get(name, ("", "")), tuple(doubts.get(name, ())))
        for name in columns
    )  # fmt: skip
    options = {name: unit for name, unit in _options(looks).items() if name in kind.options}
    return Look(spec.where, looks, options)


def _found_by(name: str, column: str, chosen: Mapping[str, str], usual: Mapping[str, str]) -> str:
    if name in chosen:
        return "workspace"
    return "name" if column == usual[name] else "alias"


def _options(looks: Sequence[FieldLook]) -> dict[str, str]:
    """Reader options that the meanings amount to."""
    meant = {each.field: each.meaning for each in looks}
    found = {
        "area_unit": meant.get("area", ""),
        "crown_density_unit": meant.get("crown_density", ""),
        "stock_unit": meant.get("stock", ""),
        "code_set": meant.get("land_code", ""),
    }
    allowed = {
        "area_unit": ("ha", "mu", "m2"),
        "crown_density_unit": tuple(PER_WHOLE),
        "stock_unit": ("m3", "m3_per_ha"),
        "code_set": ("sandiao", "planning2023"),
    }
    return {name: value for name, value in found.items() if value in allowed[name]}


def _meanings(
    columns: Mapping[str, pa.ChunkedArray],
    given: Mapping[str, Values],
    places: NDArray[np.int64],
    hectares: Values,
) -> dict[str, tuple[str, str]]:
    """Unit or code list of each field that has one, and the evidence."""
    found = {}
    if "area" in given and len(places):
        found["area"] = _area_unit(given["area"][places], hectares)
    if "crown_density" in given:
        found["crown_density"] = _density_unit(given["crown_density"])
    for name in ("stock", "stock_per_ha"):
        if name in given and len(places):
            unit, slope = stock_unit_of(given[name][places], hectares)
            told = f"value ~ area^{slope:.2f} (n={len(places)})" if unit else ""
            found[name] = (unit, told)
    if "land_code" in columns:
        found["land_code"] = _code_list(columns)
    return found


def _doubts(
    columns: Mapping[str, pa.ChunkedArray],
    given: Mapping[str, Values],
    places: NDArray[np.int64],
    hectares: Values,
    units: Mapping[str, str],
) -> dict[str, list[str]]:
    """What is doubtful about the values of each field, counted over all features."""
    found: dict[str, list[str]] = {name: _number_doubts(columns[name], given[name])
                                   for name in given}  # fmt: skip
    if "area" in given:
        found["area"] += _counted("zero", given["area"] == 0)
        found["area"] += _other_units(given["area"], places, hectares, units.get("area", ""))
    if "crown_density" in given:
        values = given["crown_density"]
        found["crown_density"] += _counted("above 100", values > 100)
        if not units.get("crown_density"):
            found["crown_density"] += _counted("above 1", values > 1)
    if "stock" in given:
        most = _largest_stock(given, units)
        found["stock"] += _counted("above 2000 m3/ha", given["stock"] > most)
        found["stock"] += _counted("missing in stands", _unstocked(columns, given))
    if "stock_per_ha" in given:
        beyond = given["stock_per_ha"] > LARGEST_DENSITY_M3_HA
        found["stock_per_ha"] += _counted("above 2000 m3/ha", beyond)
    for name in ("species", "origin", "age_group", "protection"):
        if name in columns:
            found[name] = _unlisted(name, columns[name])
    return found


def _counted(word: str, flags: Flags) -> list[str]:
    """How many rows are doubtful, and the first of them (from 1)."""
    rows = np.flatnonzero(flags)
    return [f"{word}: {len(rows)} (row {rows[0] + 1})"] if len(rows) else []


def _other_units(
    given: Values, places: NDArray[np.int64], hectares: Values, unit: str
) -> list[str]:
    """Rows of the sample whose ratio of field to geometry is that of another unit."""
    usable = (given[places] > 0) & (hectares > 0)
    rows = places[usable]
    looks = unit_of_ratio(given[rows] / hectares[usable])
    others = sorted(set(looks) - {"", unit}) if unit else []
    found = []
    for other in others:
        alike = rows[looks == other]
        found.append(f"as {other}: {len(alike)} of the sample (row {alike[0] + 1})")
    return found


def _largest_stock(given: Mapping[str, Values], units: Mapping[str, str]) -> Values:
    """The most that each sub-compartment can hold, by its own area field; NaN where not known."""
    if units.get("stock") == "m3_per_ha":
        return np.full(len(given["stock"]), LARGEST_DENSITY_M3_HA)
    per_ha = PER_HA.get(units.get("area", ""))
    if "area" not in given or per_ha is None:
        return np.full(len(given["stock"]), np.nan)
    return np.asarray(LARGEST_DENSITY_M3_HA * given["area"] / per_ha)


def _sampled_areas(shapes: pa.ChunkedArray, crs: CRS | None) -> tuple[NDArray[np.int64], Values]:
    """Places and ellipsoidal hectares of up to 2000 features spread over the file."""
    step = max(1, len(shapes) // _SAMPLE)
    places = np.arange(0, len(shapes), step)
    if crs is None or not len(places):
        return places[:0], np.zeros(0)
    taken = shapes.take(pa.array(places)).to_numpy(zero_copy_only=False)
    try:
        polygons = shapely.from_wkb(taken, on_invalid="ignore")
    except NotImplementedError:
        return places[:0], np.zeros(0)  # curves are straightened when the layer is read
    usable = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    usable &= np.isfinite(shapely.area(polygons))
    return places[usable], geometry_areas_ha(shapely.force_2d(polygons[usable]), crs)


def _unstocked(columns: Mapping[str, pa.ChunkedArray], given: Mapping[str, Values]) -> Flags:
    """Stands by their code in which neither stock nor stock per hectare is given."""
    missing = np.isnan(given["stock"])
    if "stock_per_ha" in given:
        missing &= np.isnan(given["stock_per_ha"])
    if "land_code" not in columns or not missing.any():
        return np.zeros(len(missing), dtype=bool)
    codes, table = columns["land_code"].cast(pa.string()), forest_land_codes()
    entries = {code: match_code(_unpadded(normalised(code)), table)
               for code in pc.unique(codes).to_pylist() if code}  # fmt: skip
    stocked = [code for code, entry in entries.items()
               if entry and table.at[entry, "forest_class"] in STOCKED_CLASSES]  # fmt: skip
    is_stand = pc.is_in(codes, value_set=pa.array(stocked, type=pa.string()))
    return np.asarray(missing & is_stand.to_numpy(zero_copy_only=False).astype(bool))


def _unlisted(name: str, values: pa.ChunkedArray) -> list[str]:
    """Values of a coded field that its list lacks."""
    held = _distinct(values)
    if name == "species":
        lacking = [each for each in held if each not in species_group_of()]
    else:
        table = survey_codes(name)
        lacking = [each for each in held if match_code(each, table) is None]
    shown = ", ".join(each[:20] for each in sorted(lacking)[:_SHOWN])
    return [f"in no list: {shown}"] if lacking else []


def _area_unit(given: Values, hectares: Values) -> tuple[str, str]:
    usable = (given > 0) & (hectares > 0)
    if not usable.any():
        return "", ""
    ratio = float(np.median(given[usable] / hectares[usable]))
    units = unit_of_ratio(given[usable] / hectares[usable])
    typical = str(unit_of_ratio(np.array([ratio]))[0])
    share = float(np.mean(units == typical)) if typical else 0.0
    evidence = f"field / geometry = {ratio:.4g} ({100 * share:.0f} % of {usable.sum()})"
    return (typical if share > 0.5 else ""), evidence


def _density_unit(given: Values) -> tuple[str, str]:
    positive = given[given > 0]
    if not len(positive):
        return "", ""
    above = float(np.mean(positive > 1))
    evidence = f"{100 * above:.0f} % of the positive values > 1"
    unit = "percent" if above == 1.0 else "fraction" if above == 0.0 else ""
    if look_like_tenths(positive):
        unit, evidence = "tenths", "whole numbers from 1 to 10"
    return unit, evidence


def _code_list(columns: Mapping[str, pa.ChunkedArray]) -> tuple[str, str]:
    """The code list that most codes are of, and how many are of none."""
    codes = _distinct(columns["land_code"])
    if "land_name" in columns:
        both = ("land_code", "land_name")
        texts = {name: columns[name].cast(pa.string()).to_pandas() for name in both}
        rows = pd.DataFrame(texts).drop_duplicates().fillna("")
        own = code_set_of(rows["land_code"], rows["land_name"])
        return own or "", ", ".join(sorted(codes)[:_SHOWN])
    table = forest_land_codes()
    entries = {code: match_code(_unpadded(code), table) for code in codes}
    schemes = sorted({str(table.at[e, "scheme"]) for e in entries.values() if e})
    lacking = sorted(code for code, entry in entries.items() if entry is None)
    shown = ", ".join(lacking[:_SHOWN])
    return ", ".join(schemes), f"{len(codes)} codes" + (f"; in no list: {shown}" if shown else "")


def _unpadded(code: str) -> str:
    return code[1:] if len(code) == 4 and code.startswith("0") else code


def _distinct(values: pa.ChunkedArray) -> list[str]:
    found = pc.unique(values.cast(pa.string())).to_pylist()
    return [normalised(each) for each in found if each and each.strip()]


def _numbers(values: pa.ChunkedArray) -> Values:
    """Values as float, NaN where missing or no plain number."""
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
    return np.asarray(pd.to_numeric(values.to_pandas(), errors="coerce"), dtype=float)


def _field(
    name: str,
    column: str,
    found_by: str,
    values: pa.ChunkedArray,
    given: Values | None,
    meaning: str,
    evidence: str,
    doubts: tuple[str, ...],
) -> FieldLook:
    if given is not None:
        known = given[np.isfinite(given)]
        empty, span = int(np.isnan(given).sum()), _span(known)
    else:
        empty, span, more = _text_facts(name, values)
        doubts = (*doubts, *more)
    return FieldLook(name, column, found_by, len(values), empty, span, meaning, evidence, doubts)


def _number_doubts(values: pa.ChunkedArray, given: Values) -> list[str]:
    """Cells that are no numbers, or numbers that no quantity has."""
    found = []
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        held = pc.fill_null(pc.utf8_trim_whitespace(values.cast(pa.string())), "")
        is_text = pc.not_equal(held, "").to_numpy(zero_copy_only=False).astype(bool)
        found += _counted("text", is_text & np.isnan(given))
    return [*found, *_counted("negative", given < 0), *_counted("infinite", np.isinf(given))]


def _span(known: Values) -> str:
    return f"{known.min():.6g} - {known.max():.6g}" if len(known) else ""


def _text_facts(name: str, values: pa.ChunkedArray) -> tuple[int, str, tuple[str, ...]]:
    texts = values if pa.types.is_string(values.type) else values.cast(pa.string())
    blank = pc.sum(pc.equal(texts, "")).as_py() or 0
    if name == "id" and _are_distinct_numbers(texts):
        return texts.null_count + blank, f"{len(texts)} values", ()
    distinct = pc.unique(texts)
    doubts = []
    if name == "id" and len(distinct) - bool(texts.null_count) < len(texts) - texts.null_count:
        doubts.append(f"repeated: {len(texts) - len(distinct)}")
    beyond = distinct.filter(pc.invert(pc.fill_null(pc.string_is_ascii(distinct), True)))
    garbled = next((each for each in beyond.to_pylist() if original_text(each)), None)
    if garbled is not None:
        doubts.append(f"mojibake: {garbled[:20]}")
    shown = ", ".join(str(each) for each in distinct[:_SHOWN].to_pylist() if each)
    span = shown if len(distinct) <= _SHOWN else f"{len(distinct)} values"
    return texts.null_count + blank, span, tuple(doubts)


def _are_distinct_numbers(texts: pa.ChunkedArray) -> bool:
    """Whether all texts are different whole numbers; sorting those is quicker than hashing text."""
    try:
        numbers = np.sort(texts.drop_null().cast(pa.int64()).to_numpy())
    except pa.ArrowInvalid:
        return False
    return bool((np.diff(numbers) > 0).all())
