"""Lines that plans hold for land: what stands on the wrong side of them, and what entered it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.extent import Units
from layers.declarations import Layer, LayerSpec, Register
from layers.registry import kinds as kinds_of_layers
from sink_models.account import EpochData
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas.pipeline.measuring import RuleSettings, beside_account

UNITS = ("440103", "440104")
CITY = "440100"


def row(unit: str, kind: str, area: float, **more: Any) -> dict[str, Any]:
    place = {"unit_code": unit, "cover": "land_cover", "status": "classified"}
    return {"in_farmland": False, **place, "ecosystem_type": kind, "area_ha": area, **more}


BEFORE = [
    row("440103", "crop", 90.0, in_farmland=True),
    row("440103", "built", 10.0, in_farmland=True),
    row("440103", "built", 500.0),
    row("440104", "crop", 40.0, in_farmland=True),
    row("440104", "forest", 60.0),
]
AFTER = [
    row("440103", "crop", 84.0, in_farmland=True),
    row("440103", "built", 13.0, in_farmland=True),
    row("440103", "water", 3.0, in_farmland=True),
    row("440103", "built", 500.0),
    row("440104", "crop", 38.0, in_farmland=True),
    row("440104", "forest", 2.0, in_farmland=True),
    row("440104", "forest", 60.0),
]


def run(**options: Any) -> Results:
    kinds = frozenset({"land_cover", "permanent_farmland"})
    epochs = [
        EpochData(year, pd.DataFrame(rows), kinds=kinds)
        for year, rows in ((2020, BEFORE), (2024, AFTER))
    ]
    return evaluate(
        epochs, UNITS, (CITY, "city"), sampling=Sampling(draws=0),
        options=Options(region=CITY, **options),
    )  # fmt: skip


def value(results: Results, key: str, year: int, unit: str = CITY) -> float:
    return results.values[key, year, unit].value


def test_what_is_built_planted_or_flooded_on_permanent_farmland_counts() -> None:
    """2024: 13 built + 3 water in one district, 2 of forest in the other; crops are no conflict."""
    results = run()
    assert value(results, "farmland_conflict_area", 2020) == pytest.approx(10.0)
    assert value(results, "farmland_conflict_area", 2024) == pytest.approx(18.0)
    assert value(results, "farmland_conflict_area", 2024, "440104") == pytest.approx(2.0)
    parts = [f"farmland_conflict_area.type.{kind}" for kind in ("built", "water", "forest")]
    assert sum(value(results, each, 2024) for each in parts) == pytest.approx(18.0)


def test_built_up_land_is_that_of_the_classes_inside_and_outside_of_lines() -> None:
    assert value(run(), "built_up_land_area", 2024) == pytest.approx(513.0)


def test_farmland_soils_have_a_baseline_and_no_change_that_nobody_measured() -> None:
    """A static density would tell the loss of 8 ha of cropland as a loss of soil carbon."""
    results = run()
    later = [each for each in results.absences if each.indicator == "farmland_soil_carbon"]
    years = {year for key, year, _ in results.values if key == "farmland_soil_carbon"}
    assert 2024 not in years
    assert later
    codes = {each.problem.code for each in later}
    assert codes <= {"sink_models.farmland_soil_static", "sink_models.farmland_soil_unknown"}


def shore_layer(kinds: list[str]) -> Layer:
    lines = [shapely.LineString([(113.0 + i / 100, 23.0), (113.0 + (i + 1) / 100, 23.0)])
             for i in range(len(kinds))]  # fmt: skip
    frame = gpd.GeoDataFrame({"type": kinds, "name": ""}, geometry=lines, crs="EPSG:4490")
    spec = LayerSpec("shoreline", Path("shore.gpkg"))
    return Layer(spec, kinds_of_layers()["shoreline"], Register("shoreline", frame), {})


@pytest.mark.parametrize(
    ("kinds", "share"),
    [
        (["自然岸线", "人工岸线"], 50.0),
        (["砂质岸线", "具有自然形态的岸线", "人工岸线", "人工岸线"], 50.0),
        (["基岩", "红树林（生物）", "natural", "Artificial rock wall"], 75.0),
        (["自然恢复的人工岸线", "人工"], 0.0),
        (["未知", "自然"], 50.0),
    ],
)
def test_natural_shore_is_told_by_its_type(kinds: list[str], share: float) -> None:
    """Four equal pieces of one parallel: the share is that of pieces."""
    box = gpd.GeoDataFrame(
        {"unit_code": ["440103"], "unit_name": ["a"]},
        geometry=[shapely.box(112.9, 22.9, 113.2, 23.1)],
        crs="EPSG:4490",
    )  # fmt: skip
    units = Units(box, whole_code=CITY, whole_name="city")
    measures = beside_account(units, [shore_layer(kinds)], 2024, RuleSettings()).measures
    rate = measures["natural_shoreline_retention_rate"]
    assert rate.denominator is not None
    found = 100 * rate.numerator.get("440103", 0.0) / rate.denominator["440103"]
    assert found == pytest.approx(share, abs=0.01)
    length = measures["natural_shoreline_length"].numerator.get("440103", 0.0)
    assert length == pytest.approx(rate.numerator.get("440103", 0.0))
