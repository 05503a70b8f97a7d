"""Districts: the reporting units, a set of polygons with a code and a name."""

from __future__ import annotations

import pandas as pd

from gis.extent import OUTSIDE, Units
from gis.problems import ProblemLog
from layers.codes import renewed_unit_codes
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.vector_files import Features, open_features

FIELDS = (
    Field("unit_code", "adcode", "区划代码", "Unit code", required=True),
    Field("unit_name", "name", "区划名称", "Unit name", required=True),
)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
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
    return LayerReading(Units(ordered, whole["whole_code"], whole["whole_name"]), features.facts)


def _check_codes(codes: pd.Series, whole_code: str, features: Features) -> None:
    report = features.reporter.report
    empty = codes == ""
    report(empty, "layers.unit_code_empty")
    twice = codes.duplicated(keep=False) & ~empty
    report(twice, "layers.unit_code_twice", codes=", ".join(sorted(set(codes[twice]))))
    renewed = renewed_unit_codes()
    old = codes.isin(renewed.index)
    shown = (
        f"{code} {renewed.at[code, 'old_name']} → {renewed.at[code, 'new_code']} "
        f"{renewed.at[code, 'new_name']} ({renewed.at[code, 'year']})"
        for code in sorted(set(codes[old]))
    )
    report(old, "layers.unit_codes_old", codes="; ".join(shown))
    for reserved in (OUTSIDE, whole_code):
        report(codes == reserved, "layers.unit_code_reserved", value=reserved)


def _check_names(names: pd.Series, features: Features) -> None:
    empty = names == ""
    features.reporter.report(empty, "layers.unit_name_empty")
    twice = names.duplicated(keep=False) & ~empty
    listed = ", ".join(sorted(set(names[twice])))
    features.reporter.report(twice, "layers.unit_name_twice", names=listed)


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
    names=(
        "district",
        "county",
        "counties",
        "boundary",
        "admin",
        "adm",
        "xzq",
        "区县",
        "县界",
        "区界",
        "市辖区",
        "行政区",
        "行政界线",
        "边界",
    ),
)
