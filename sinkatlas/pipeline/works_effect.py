"""What works added: per piece of work the expected stock by its cohort, beside what plots measured.

An effect is a difference of differences: what changed on plots in the works less what changed on
control plots. Without plots there is an expectation and no effect, and the status says what is
lacking.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.account import made_disjoint, polygons_only
from gis.crs import to_crs
from gis.extent import Units
from gis.measure import geometry_areas_ha
from gis.problems import ProblemLog
from layers.declarations import Layer, Register
from sink_models.equations import co2_from_c
from sink_models.ledger import (
    Expectation,
    GrowthRule,
    before_after_control,
    change_of_plots,
    status_of,
)
from sink_models.measures import WorksOptions, type_of
from sink_models.sampling import Sampling
from sinkatlas.workspace import text_of

COLUMNS = (
    *("book", "works", "type", "indicator", "year", "unit_code", "unit_name", "works_ha"),
    *("ground_ha", "survival", "age_yr", "before_t_c_ha", "after_t_c_ha", "works_plots"),
    *("control_change_t_c_ha", "control_plots", "effect_t_c_ha", "effect_t_c", "effect_t_co2"),
    *("low", "high", "expected_t_c", "expected_bound", "measured_t_c", "ratio"),
    *("probability_reached", "status"),
)
PLOT_COLUMNS = ("site", "plot", "year", "t_c_ha")
CONTROL = "control"
"""``site`` of a control plot: ``control``, or ``control:`` and the works it stands for."""

BECOMES = {
    "mangrove_created_area": ("mangrove",),
    "mangrove_created_restored_area": ("mangrove",),
    "afforestation_area": ("forest_arbor", "forest"),
}
"""Types of land that works make, the first with a known growth: their cohort can be expected."""


@dataclass(frozen=True)
class Plots:
    """Monitoring plots: one row per plot and year, t C/ha of living biomass."""

    rows: pd.DataFrame

    def paired(self, sites: Sequence[str], works_year: int, epoch: int) -> tuple[pd.Series, ...]:
        """Stocks before and after of the plots that were measured at both ends.

        Before is the last year not after the works, after the last one until the epoch.
        """
        own = self.rows[self.rows["site"].isin(list(sites)) & (self.rows["year"] <= epoch)]
        before = own[own["year"] <= works_year].sort_values("year").groupby("plot").last()
        after = own[own["year"] > works_year].sort_values("year").groupby("plot").last()
        both = before.index.intersection(after.index)
        return before.loc[both, "t_c_ha"], after.loc[both, "t_c_ha"]


def read_plots(file: Path) -> Plots:
    """Read a CSV of monitoring plots.

    Raises ``InputError`` naming every column that lacks and every row with a number that cannot be.
    """
    log = ProblemLog()
    reader = csv.DictReader(io.StringIO(text_of(file)))
    missing = set(PLOT_COLUMNS) - set(reader.fieldnames or ())
    if missing:
        log.add("sinkatlas.plot_columns", file.name, missing=", ".join(sorted(missing)),
                columns=", ".join(PLOT_COLUMNS))  # fmt: skip
        log.raise_if_errors()
    rows = []
    for number, row in enumerate(reader, start=2):
        year, stock = (pd.to_numeric(row[name], errors="coerce") for name in ("year", "t_c_ha"))
        for name, value, most in (("year", year, 2100), ("t_c_ha", stock, 3000)):
            if not 0 <= value <= most:
                where = f"{file.name}: {number}"
                given = str(row[name])[:20]
                log.add("sinkatlas.plot_number", where, field=name, given=given, most=most)
        rows.append((str(row["site"]), str(row["plot"]), year, stock))
    log.raise_if_errors()
    return Plots(pd.DataFrame(rows, columns=list(PLOT_COLUMNS)))


def works_effect(
    units: Units,
    layers: Sequence[Layer],
    epoch: int,
    growth: Mapping[str, GrowthRule],
    options: WorksOptions,
    plots: Plots | None,
    detectable_yr: float,
    sampling: Sampling,
) -> pd.DataFrame:
    """One row per piece of work and unit; nothing without works as polygons."""
    layer = next((each for each in layers if each.spec.kind == "works"), None)
    if layer is None or not isinstance(layer.data, Register):
        return pd.DataFrame(columns=list(COLUMNS))
    features = layer.data.features
    if not isinstance(features, gpd.GeoDataFrame):
        return pd.DataFrame(columns=list(COLUMNS))
    works = _works(features, options, epoch)
    rows = [
        _row(each, epoch, growth, plots, detectable_yr, sampling) for each in _ground(works, units)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _works(features: gpd.GeoDataFrame, options: WorksOptions, epoch: int) -> gpd.GeoDataFrame:
    """Works done until the epoch, of known types, in the order of their years."""
    year = pd.to_numeric(features["year"].astype(str).str.slice(0, 4), errors="coerce")
    kinds = [type_of(str(each), options) or "" for each in features["type"]]
    names = features.get("name", pd.Series("", index=features.index)).astype(str)
    number = pd.Series([f"#{at + 1}" for at in range(len(features))], index=features.index)
    table = features.assign(
        year=year, indicator=kinds, works=names.where(names != "", number),
        survival=pd.to_numeric(features.get("survival", np.nan), errors="coerce"),
    )  # fmt: skip
    kept = table[(table["year"] <= epoch) & (table["indicator"] != "")]
    return gpd.GeoDataFrame(kept.sort_values("year", kind="stable").reset_index(drop=True))


def _ground(works: gpd.GeoDataFrame, units: Units) -> Iterator[dict[str, object]]:
    """Pieces of work by unit: hectares of work, and of ground that no earlier work holds."""
    table = to_crs(works, units.features.crs, "works")
    crs = units.features.crs
    shapes = np.asarray(table.geometry.array)
    if not len(shapes):
        return
    one_cover = np.zeros(len(shapes), dtype=np.intp)
    disjoint = made_disjoint(shapes, one_cover, ["works"], crs).geometry
    columns = ["works", "type", "indicator", "year", "survival"]
    for code, name, unit in zip(
        units.codes, units.features["unit_name"], units.features.geometry, strict=True
    ):
        worked, ground = (
            geometry_areas_ha(polygons_only(shapely.intersection(each, unit)), crs)
            for each in (shapes, disjoint)
        )
        for at in map(int, np.flatnonzero(worked > 1e-6)):
            yield {
                **{column: table[column].iloc[at] for column in columns},
                "unit_code": code, "unit_name": str(name),
                "works_ha": float(worked[at]), "ground_ha": float(ground[at]),
            }  # fmt: skip


def _row(
    piece: Mapping[str, object],
    epoch: int,
    growth: Mapping[str, GrowthRule],
    plots: Plots | None,
    detectable_yr: float,
    sampling: Sampling,
) -> dict[str, object]:
    year, ground = int(float(str(piece["year"]))), float(str(piece["ground_ha"]))
    age = epoch - year
    survival = float(str(piece["survival"]))
    expected = _expected(str(piece["indicator"]), ground, age, survival, growth)
    row: dict[str, object] = {
        **piece,
        "book": "effect",
        "year": year,
        "age_yr": age,
        "expected_t_c": expected,
        "expected_bound": "" if np.isnan(expected) else
        ("whole" if np.isfinite(survival) else "at_most"),
    }  # fmt: skip
    name = str(piece["works"])
    before, after, control, others = _measured(plots, name, year, epoch)
    row |= {"works_plots": len(before), "control_plots": len(control)}
    row["status"] = status_of(
        has_before=len(before) > 0, has_control=len(control) > 0, age_yr=age,
        detectable_yr=detectable_yr,
    )  # fmt: skip
    if len(before):
        _, error = change_of_plots(before, after)
        _, spread = change_of_plots(np.zeros(len(after)), after)
        row |= {"before_t_c_ha": before.mean(), "after_t_c_ha": after.mean()}
        row |= _reached(expected, float(after.mean()) * ground, spread * ground)
        if len(control):
            row |= _effect(before, after, control, others, error, ground, sampling)
    return row


def _measured(
    plots: Plots | None, name: str, year: int, epoch: int
) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Stocks of works plots before and after, and of control plots: own ones before common ones."""
    none = pd.Series(dtype=float)
    if plots is None:
        return none, none, none, none
    before, after = plots.paired([name], year, epoch)
    own = plots.paired([f"{CONTROL}:{name}"], year, epoch)
    common = own if len(own[0]) else plots.paired([CONTROL], year, epoch)
    return before, after, common[0], common[1]


def _expected(
    indicator: str, ground: float, age: int, survival: float, growth: Mapping[str, GrowthRule]
) -> float:
    """Living stock of the cohort at its age, t C; NaN where works make no land of known growth."""
    rule = next((growth[kind] for kind in BECOMES.get(indicator, ()) if kind in growth), None)
    if rule is None:
        return float("nan")
    share = survival if np.isfinite(survival) else 1.0
    return float(rule.curve.density(np.array([float(age)]))[0, 0]) * ground * share


def _reached(expected: float, measured: float, error: float) -> dict[str, object]:
    """Measured beside expected; a chance only where plots say how sure they are."""
    if np.isnan(expected) or expected <= 0:
        return {"measured_t_c": measured}
    found = Expectation(expected, measured, error)
    chance = found.probability_reached if error > 0 else float("nan")
    return {"measured_t_c": measured, "ratio": found.ratio, "probability_reached": chance}


def _effect(
    before: pd.Series,
    after: pd.Series,
    control: pd.Series,
    others: pd.Series,
    error: float,
    ground: float,
    sampling: Sampling,
) -> dict[str, object]:
    change, control_error = change_of_plots(control, others)
    total = float(
        before_after_control(
            area_ha=ground, works_before=before.mean(), works_after=after.mean(),
            control_before=control.mean(), control_after=others.mean(),
        )
    )  # fmt: skip
    z = NormalDist().inv_cdf(0.5 + sampling.interval_percent / 200.0)
    half = z * float(np.hypot(error, control_error)) * ground
    low, high = (float(co2_from_c(np.array(total + sign * half))) for sign in (-1.0, 1.0))
    return {
        "control_change_t_c_ha": change, "effect_t_c_ha": total / ground if ground else np.nan,
        "effect_t_c": total, "effect_t_co2": float(co2_from_c(np.array(total))),
        "low": low, "high": high,
    }  # fmt: skip
