"""Districts: the reporting units, a set of polygons with a code and a name."""

from __future__ import annotations

import pandas as pd

from gis.extent import OUTSIDE, Units
from gis.problems import ProblemLog
from layers.codes import renewed_unit_codes
from layers.columns import row_list
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading
from layers.vector import Features, open_features

FIELDS = (
    Field("unit_code", "adcode", "区划代码", "Unit code", required=True),
    Field("unit_name", "name", "区划名称", "Unit name", required=True),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read reporting units.

    Codes stay text end to end (leading zeros and 18-digit codes survive); they must be given and
    unique, and may be neither ``outside`` nor the code of the whole. Names must be given; the same
    name twice is a warning.
    """
    whole = {name: str(spec.options.get(name, "")) for name in ("whole_code", "whole_name")}
    for name, value in whole.items():
        if not value.strip():
            problems.add("layers.option_missing", spec.where, option=name)
    features = open_features(spec, FIELDS, POLYGONS, problems)
    codes, names = features.text("unit_code"), features.text("unit_name")
    _check_codes(codes, whole["whole_code"], features)
    _check_names(names, features)
    problems.raise_if_errors()
    table = features.table[["geometry"]].assign(unit_code=codes, unit_name=names)
    ordered = table[["unit_code", "unit_name", "geometry"]]
    return Reading(Units(ordered, whole["whole_code"], whole["whole_name"]), features.facts)


def _check_codes(codes: pd.Series, whole_code: str, features: Features) -> None:
    where, rows, problems = features.where, features.rows, features.problems
    empty = codes == ""
    if empty.any():
        problems.add("layers.unit_code_empty", where, rows=row_list(rows[empty]))
    twice = codes.duplicated(keep=False) & ~empty
    if twice.any():
        problems.add(
            "layers.unit_code_twice",
            where,
            codes=", ".join(sorted(set(codes[twice]))),
            rows=row_list(rows[twice]),
        )
    renewed = renewed_unit_codes()
    old = codes[codes.isin(renewed.index)]
    if len(old):
        shown = (
            f"{code} {renewed.at[code, 'old_name']} → {renewed.at[code, 'new_code']} "
            f"{renewed.at[code, 'new_name']} ({renewed.at[code, 'year']})"
            for code in sorted(set(old))
        )
        problems.add(
            "layers.unit_codes_old", where, codes="; ".join(shown), rows=row_list(rows[old.index])
        )
    for reserved in (OUTSIDE, whole_code):
        if (codes == reserved).any():
            problems.add("layers.unit_code_reserved", where, value=reserved)


def _check_names(names: pd.Series, features: Features) -> None:
    where, rows, problems = features.where, features.rows, features.problems
    empty = names == ""
    if empty.any():
        problems.add("layers.unit_name_empty", where, rows=row_list(rows[empty]))
    twice = names.duplicated(keep=False) & ~empty
    if twice.any():
        problems.add(
            "layers.unit_name_twice",
            where,
            names=", ".join(sorted(set(names[twice]))),
            rows=row_list(rows[twice]),
        )


KIND = LayerKind(
    key="districts",
    title_zh="区县界",
    title_en="Districts",
    role="units",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=("whole_code", "whole_name"),
    read=read,
)
