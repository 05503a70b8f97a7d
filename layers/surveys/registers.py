"""Registers: layers that are read, checked and measured, and that cut no account.

Parks, works, footprints and the like keep their features and standard columns; what they cover is
measured on the ellipsoid, ground that two features share once.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gis.by_unit import merged
from gis.measure import geometry_areas_ha, line_lengths_km
from gis.problems import ProblemLog
from layers.checks import Reporter
from layers.declarations import LINES, Field, LayerKind, LayerReading, LayerSpec, Register
from layers.surveys.area_fields import PER_HA
from layers.surveys.ledgers import ledger_sums, undone_entries
from layers.surveys.ways import each_way_once
from layers.tables import (
    PER_STANDARD,
    AttributeTable,
    code_texts,
    find_columns,
    numbers,
    read_attribute_table,
    units_of_titles,
)
from layers.vector_files import Features, open_features

YEAR = Field("year", "year", "年度", "Year", aliases=("ND", "NIAN_DU", "年度", "年份"))
_AREA = re.compile("面积|area", re.IGNORECASE)
_UNIT_NAME = re.compile(r"\S{1,14}(?:区|县|市|旗)")
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_YEAR = re.compile(r"\d{4}(\.0+|年(度)?)?|\d{4}[-/.年]\d{1,2}(\D.*)?|\d{4}(0[1-9]|1[0-2])(\d\d)?")
"""A year, or a date that begins with one; ``2020-2022`` and Excel's day numbers are neither."""


def register_kind(
    *,
    key: str,
    title_zh: str,
    title_en: str,
    geometry: tuple[str, ...],
    fields: tuple[Field, ...],
    names: tuple[str, ...] = (),
    land_groups: tuple[str, ...] = (),
    are_ways: bool = False,
) -> LayerKind:
    """The kind of a register that is read from vector files alone; of ways, each counts once."""

    def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
        return read_register(spec, fields, geometry, problems, are_ways=are_ways)

    options = ("same_way_m",) if are_ways else ()
    return LayerKind(
        key, title_zh, title_en, "register", 0, geometry, fields, options, read, names, land_groups
    )


def read_register(
    spec: LayerSpec,
    fields: Sequence[Field],
    geometry: Sequence[str],
    problems: ProblemLog,
    *,
    are_ways: bool = False,
) -> LayerReading:
    """Read features with their fields as text, ``year`` as a checked number."""
    features = open_features(spec, fields, geometry, problems)
    features = each_way_once(features, spec) if are_ways else features
    table = features.table[["geometry"]].assign(
        **{each.name: features.text(each.name) for each in fields}
    )
    _check_years(table.get("year"), features.reporter, fields)
    problems.raise_if_errors()
    return LayerReading(
        Register(spec.kind, table), {**features.facts, **_measured(features, geometry)}
    )


def read_table_register(
    spec: LayerSpec, fields: Sequence[Field], problems: ProblemLog
) -> LayerReading:
    """The same for a table without geometry (CSV, XLSX), one row per piece of work."""
    table = read_attribute_table(
        spec.path, problems=problems, encoding=spec.options.get("encoding"),
        header_row=spec.options.get("header_row"), sheet=spec.options.get("sheet"),
    )  # fmt: skip
    existing = [str(name) for name in table.rows if name != "line"]
    columns = find_columns(
        existing, fields, spec.options.get("fields", {}), where=spec.where, problems=problems
    )
    _check_areas(table, columns, fields, spec, problems)
    problems.raise_if_errors()
    held = pd.DataFrame({name: table.rows[column] for name, column in columns.items()})
    reporter = Reporter(spec.where, problems, table.rows["line"].to_numpy())
    if "unit" in held:
        held["unit"] = code_texts(
            held["unit"], rows=table.rows["line"], where=spec.where, problems=problems
        )
    beside = _name_of_unit(table, set(columns.values()))
    if "unit" in held and beside is not None:
        held = held.assign(unit_said=table.rows[beside], line=table.rows["line"])
    facts = {"rows": str(len(held)), **{f"column.{k}": v for k, v in columns.items()}}
    if "unit_said" in held:
        facts["column.unit_said"] = str(beside)
    if "area" in columns:
        table.refuse_repeated(columns["area"], problems)
        stated = table.rows[columns["area"]]
        area = numbers(stated.where(stated != "", None), reporter)
        held["area"] = area * _ha_per_unit(table, columns["area"], held["type"], spec, problems)
        is_left_out = ledger_sums(held, reporter)
        if not spec.options.get("states"):
            is_left_out |= undone_entries(table.rows.drop(columns="line"), reporter)
        held = held[~is_left_out]
        reporter = Reporter(spec.where, problems, table.rows["line"][~is_left_out].to_numpy())
        facts["stated_ha"] = f"{held['area'].sum(min_count=1):.10g}"
    _check_years(held.get("year"), reporter, fields)
    problems.raise_if_errors()
    return LayerReading(Register(spec.kind, held.reset_index(drop=True)), facts)


def _unit_of_all(words: pd.Series) -> str | None:
    """The unit of areas that every type of work states, as in ``造林（亩）``."""
    stated = {units_of_titles([word]).get("ha") for word in words.unique()}
    return stated.pop() if len(stated) == 1 else None


def _name_of_unit(table: AttributeTable, read: Container[str]) -> str | None:
    """A further column that names units, beside the one that the unit is taken from."""
    for name in table.rows.columns.drop("line"):
        words = table.rows[name].astype(str)
        if name not in read and words[words != ""].str.fullmatch(_UNIT_NAME).mean() > 0.5:
            return str(name)
    return None


def _ha_per_unit(
    table: AttributeTable, column: str, types: pd.Series, spec: LayerSpec, problems: ProblemLog
) -> float:
    """Hectares per unit of the area column: as its header says, the workspace, or a title."""
    if column in table.factors:
        return table.factors[column]
    asked = spec.options.get("area_unit")
    title = table.stated.get("ha") or _unit_of_all(types)
    by_title = PER_STANDARD[title][1] if title else None
    by_setting = None if asked is None else 1.0 / PER_HA[asked]
    if by_title is not None and by_setting is not None and not np.isclose(by_title, by_setting):
        problems.add("layers.table_unit_conflict", spec.where, stated=title, declared=asked)
    if by_title is not None:
        problems.add("layers.table_units", spec.where, columns=f"{column} ({title} → ha)")
        return by_title
    return 1.0 if by_setting is None else by_setting


def _check_years(years: pd.Series | None, reporter: Reporter, fields: Sequence[Field]) -> None:
    if years is None:
        return
    blank = (years == "").to_numpy()
    if any(each.name == "year" and each.required for each in fields):
        reporter.report(blank, "layers.register_year_blank")
    found = pd.to_numeric(years.str.slice(0, 4), errors="coerce")
    is_year = found.between(_FIRST_YEAR, _LAST_YEAR) & years.str.fullmatch(_YEAR)
    bad = ~blank & ~is_year
    if bad.any():
        reporter.report(bad, "layers.register_year", sample=years[bad].iloc[0][:20])


def _check_areas(
    table: AttributeTable,
    columns: Mapping[str, str],
    fields: Sequence[Field],
    spec: LayerSpec,
    problems: ProblemLog,
) -> None:
    """Other columns of areas in a ledger: planned beside done, or an area nobody would find."""
    if "area" not in {each.name for each in fields} or "area" in spec.options.get("fields", {}):
        return
    read = set(columns.values())
    others = [
        str(name) for name in table.rows
        if name not in read and _AREA.search(str(name)) and table.rows[name].ne("").any()
    ]  # fmt: skip
    own = columns.get("area")
    if own is None:
        if others:
            problems.add("layers.table_area_unclear", spec.where, rivals=", ".join(others))
        return
    rivals = [name for name in others if (table.rows[name] != table.rows[own]).any()]
    if rivals:
        problems.add("layers.table_areas_rival", spec.where, column=own, rivals=", ".join(rivals))


def _measured(features: Features, geometry: Sequence[str]) -> dict[str, str]:
    """Extent of the features, each piece of ground or way once."""
    crs = CRS(features.table.crs)
    shapes = np.asarray(features.table.geometry.array)
    if set(geometry) <= set(LINES):
        united = shapely.union_all(shapes)
        frame = features.table.iloc[:1][["geometry"]].set_geometry(
            type(features.table.geometry)([united], crs=crs, index=features.table.index[:1])
        )
        return {"kilometres": f"{float(np.sum(line_lengths_km(frame))):.10g}"}
    hectares = geometry_areas_ha(merged(shapes), crs).sum()
    return {"hectares": f"{hectares:.10g}"}
