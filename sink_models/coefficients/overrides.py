"""An analyst's own coefficients: rows that override ours or add to them, each with reason and name.

The file is a CSV with the columns ``key,value,unit,low,high,reason,analyst`` and, for keys that we
do not have, ``source_document``; further columns of our tables may be given, such as ``age`` and
``page``. A row keeps our unit: a number in another unit is refused, not converted. An overriding
row drives wherever ours did, cites its own source alone, and every output names it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gis.problems import InputError, Problem, ProblemLog, problem
from sink_models.coefficients.distributions import choose_distribution
from sink_models.coefficients.formulas import dimension
from sink_models.coefficients.plausible_ranges import quantities
from sink_models.coefficients.store import (
    ANALYST,
    COLUMNS,
    Coefficient,
    CoefficientStore,
    read_coefficients,
)

NEEDED = ("key", "value", "unit", "reason", "analyst")
BY_UNIT = {
    "t C/t d.m.": "carbon_fraction",
    "fraction": "fraction",
    "t d.m./ha": "biomass_t_ha",
    "t d.m./ha/yr": "growth_t_ha",
    "t C/ha": "density_t_c_ha",
    "t C/ha/yr": "emission_t_c_ha",
    "t d.m./m3": "wood_density_t_m3",
    "yr": "half_life_yr",
}
"""Which plausible range an own number must keep to, by its unit without remarks."""


@dataclass(frozen=True)
class Override:
    """One row of an analyst's file: the value that came in, the one that went, why and by whom."""

    key: str
    value: float
    unit: str
    replaced: float | None
    reason: str
    analyst: str

    @property
    def notice(self) -> Problem:
        """The line that every output carries."""
        old = "–" if self.replaced is None else f"{self.replaced:g}"
        return problem(
            "sink_models.coefficient_overridden",
            where=self.key,
            value=f"{self.value:g}",
            unit=self.unit,
            replaced=old,
            reason=self.reason,
            analyst=self.analyst,
        )


def with_overrides(
    store: CoefficientStore, text: str, *, where: str
) -> tuple[CoefficientStore, tuple[Override, ...]]:
    """A store with an analyst's rows in it, and what they changed.

    Raises ``InputError`` with every bad row: columns that are missing or unknown, no reason or
    name, a unit that is not ours, a new key without source, a value outside its range or outside
    what the quantity can be.
    """
    lines = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    header = [name.strip() for name in lines[0]] if lines else []
    strangers = sorted(set(header) - {*COLUMNS, *NEEDED})
    if not set(NEEDED) <= set(header) or strangers or len(set(header)) < len(header):
        columns = ", ".join(NEEDED) + ", low, high, source_document …"
        raise InputError(problem("sink_models.coefficient_columns", where, columns=columns))
    log = ProblemLog()
    rows, overrides = dict(store.rows), []
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        record = dict(
            zip(header, [cell.strip() for cell in [*line, *[""] * len(header)]], strict=False)
        )
        if not any(record.values()):
            continue
        place = f"{where}:{number}"
        if record["key"] in seen:
            log.add("sink_models.coefficient_twice", place, key=record["key"])
        seen.add(record["key"])
        row = _row(place, record, store, log)
        if row is None:
            continue
        known = store.rows.get(row.key)
        rows[row.key] = row
        overrides.append(
            Override(
                row.key,
                row.value,
                row.unit,
                None if known is None else known.value,
                record["reason"],
                record["analyst"],
            )
        )
    log.raise_if_errors()
    return replace(store, rows=rows), tuple(overrides)


def _row(
    place: str, record: Mapping[str, str], store: CoefficientStore, log: ProblemLog
) -> Coefficient | None:
    for name in ("key", "reason", "analyst"):
        if not record[name]:
            log.add("sink_models.override_unsigned", place, field=name)
    known = store.rows.get(record["key"])
    if known is not None and record["unit"] != known.unit:
        log.add(
            "sink_models.override_unit",
            place,
            key=known.key,
            given=record["unit"] or "–",
            wanted=known.unit,
        )
        return None
    if known is None and not record.get("source_document"):
        log.add("sink_models.override_source", place, key=record["key"])
        return None
    if known is None and not _has_dimension(record["unit"]):
        log.add("sink_models.override_new_unit", place, given=record["unit"] or "–")
        return None
    try:
        (row,) = read_coefficients([(place, _completed(record, known))])
    except InputError as error:
        log.extend(error.problems)
        return None
    return row if _is_plausible(place, row, log) else None


def _has_dimension(unit: str) -> bool:
    try:
        dimension(unit)
    except ValueError:
        return False
    return True


def _completed(record: Mapping[str, str], known: Coefficient | None) -> dict[str, str]:
    """A row with all columns of our tables: own cells first, then those of the row it replaces."""
    kept = dict.fromkeys(COLUMNS, "")
    if known is not None:
        kept |= {name: str(getattr(known, name)) for name in COLUMNS}
    kept |= {"low": "", "high": "", "range_basis": "given by the analyst"}
    kept |= {"table_section": "", "page": ""}  # those of the row it replaces say nothing of it
    kept |= {name: cell for name, cell in record.items() if name in COLUMNS and cell}
    kept["ship"] = "analyst"
    kept["seen_as"] = kept["range_seen"] = ANALYST
    kept["verified_in"] = ""
    kept["source_document"] = (
        record.get("source_document") or f"{record['analyst']}: {record['reason']}"
    )
    kept["note"] = f"{record['analyst']}: {record['reason']}"
    if not record.get("distribution"):
        kept["distribution"] = _law(kept)
    return kept


def _law(kept: Mapping[str, str]) -> str:
    try:
        value, low, high = (
            float(kept[name]) if kept[name] else math.nan for name in ("value", "low", "high")
        )
    except ValueError:
        return "constant"
    if math.isnan(low) or math.isnan(high):
        return "constant"
    return choose_distribution(value, low, high, minimum=-math.inf if low < 0 else 0.0)


def _is_plausible(place: str, row: Coefficient, log: ProblemLog) -> bool:
    bare = row.unit.partition(" (")[0]
    if bare not in BY_UNIT:
        return True
    limits = quantities()[BY_UNIT[bare]]
    given = {"value": row.value, "low": row.low, "high": row.high}
    bad = {
        name: each for name, each in given.items() if each < limits.low or each > limits.high
    }  # NaN is not given and passes
    if not bad:
        return True
    log.add(
        "sink_models.quantity_range",
        f"{place}: {row.key}",
        rows=", ".join(f"{name} {each:g}" for name, each in bad.items()),
        count=len(bad),
        low=f"{limits.low:g}",
        high=f"{limits.high:g}",
        unit=limits.unit,
    )
    return False


def export_rows(store: CoefficientStore) -> list[dict[str, str]]:
    """Every row of a store as text cells in the columns of our tables; empty for not given."""
    return [
        {name: _cell(getattr(row, name)) for name in COLUMNS}
        for row in sorted(store, key=lambda each: each.key)
    ]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return str(value)
