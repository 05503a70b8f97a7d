"""What a layer's attributes seem to be: columns, units and code lists, told from the data.

The first look reads a layer as Arrow and leaves geometries as bytes, but for a sample whose areas
tell the unit of the area field. What it finds is proposed, with the evidence, for an analyst to
confirm; nothing is converted here.
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

from gis.ellipsoid import geometry_areas_ha
from gis.problems import ProblemLog
from gis.safe_open import read_columns
from layers.areas import unit_of_ratio
from layers.codes import forest_land_codes, match_code, normalised
from layers.columns import find_columns
from layers.encodings import original_text
from layers.land_codes import code_set_of
from layers.stock import stock_unit_of
from layers.values import LayerKind, LayerSpec
from layers.vector import chosen_columns, chosen_crs

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
    existing = [name for name in table.column_names if name != shape]
    chosen = chosen_columns(spec, kind.fields)
    found = find_columns(
        existing, kind.fields, chosen, where=spec.where, problems=ProblemLog()
    )  # fmt: skip
    columns = {name: table.column(column) for name, column in found.items() if column in existing}
    crs = chosen_crs(own, spec, ProblemLog())
    hectares = _sampled_areas(table.column(shape), crs)
    meanings = _meanings(columns, hectares)
    usual = {each.name: each.column for each in kind.fields}
    looks = tuple(
        _field(name, found[name], _found_by(name, found[name], chosen, usual), columns[name],
               *meanings.get(name, ("", "")))
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
        "crown_density_unit": ("fraction", "percent"),
        "stock_unit": ("m3", "m3_per_ha"),
        "code_set": ("sandiao", "planning2023"),
    }
    return {name: value for name, value in found.items() if value in allowed[name]}


def _sampled_areas(shapes: pa.ChunkedArray, crs: CRS | None) -> tuple[NDArray[np.int64], Values]:
    """Places and ellipsoidal hectares of up to 2000 features spread over the file."""
    step = max(1, len(shapes) // _SAMPLE)
    places = np.arange(0, len(shapes), step)
    if crs is None or not len(places):
        return places[:0], np.zeros(0)
    taken = shapes.take(pa.array(places)).to_numpy(zero_copy_only=False)
    polygons = shapely.from_wkb(taken, on_invalid="ignore")
    usable = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    usable &= np.isfinite(shapely.area(polygons))
    return places[usable], geometry_areas_ha(shapely.force_2d(polygons[usable]), crs)


def _meanings(
    columns: Mapping[str, pa.ChunkedArray], sample: tuple[NDArray[np.int64], Values]
) -> dict[str, tuple[str, str]]:
    places, hectares = sample

    def at_sample(name: str) -> Values:
        return _numbers(columns[name].take(pa.array(places)))

    found = {}
    if "area" in columns and len(places):
        found["area"] = _area_unit(at_sample("area"), hectares)
    if "crown_density" in columns:
        found["crown_density"] = _density_unit(columns["crown_density"])
    for name in ("stock", "stock_per_ha"):
        if name in columns and len(places):
            unit, slope = stock_unit_of(at_sample(name), hectares)
            told = f"value ~ area^{slope:.2f} (n={len(places)})" if unit else ""
            found[name] = (unit, told)
    if "land_code" in columns:
        found["land_code"] = _code_list(columns)
    return found


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


def _density_unit(values: pa.ChunkedArray) -> tuple[str, str]:
    given = _numbers(values)
    positive = given[given > 0]
    if not len(positive):
        return "", ""
    above = float(np.mean(positive > 1))
    evidence = f"{100 * above:.0f} % of the positive values > 1"
    unit = "percent" if above == 1.0 else "fraction" if above == 0.0 else ""
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
    name: str, column: str, found_by: str, values: pa.ChunkedArray, meaning: str, evidence: str
) -> FieldLook:
    if name in NUMBERS:
        empty, span, doubts = _number_facts(values)
    else:
        empty, span, doubts = _text_facts(name, values)
    return FieldLook(name, column, found_by, len(values), empty, span, meaning, evidence, doubts)


def _number_facts(values: pa.ChunkedArray) -> tuple[int, str, tuple[str, ...]]:
    doubts = []
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        texts = values.cast(pa.string())
        held = pc.fill_null(pc.utf8_trim_whitespace(texts), "")
        given = _numbers(texts)
        wrong = int(np.isnan(given).sum()) - (pc.sum(pc.equal(held, "")).as_py() or 0)
        if wrong:
            doubts.append(f"text: {wrong}")
        return int(np.isnan(given).sum()), _span(given[np.isfinite(given)]), tuple(doubts)
    given = _numbers(values)
    known = given[~np.isnan(given)]
    negative, infinite = int((known < 0).sum()), int(np.isinf(known).sum())
    doubts += [f"{word}: {n}" for word, n in (("negative", negative), ("infinite", infinite)) if n]
    return len(given) - len(known), _span(known[np.isfinite(known)]), tuple(doubts)


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
