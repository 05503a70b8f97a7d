"""Figures beside the carbon account: urban green and greenways, methane of wetlands."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.by_unit import strips
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError
from sink_models.account import EpochData
from sink_models.choices import MethaneChoice, UrbanGreenChoice
from sink_models.evaluate import evaluate
from sink_models.method.report import method_sheet
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

UNITS = ("440103", "440104")
GREEN = UrbanGreenChoice(0.4, "urban_crw_2006", "street tree census", 20.0)
ACCEPTED = frozenset({"urban_crw_2006"})


def row(unit: str, kind: str, area: float, **more: Any) -> dict[str, Any]:
    place = {"unit_code": unit, "cover": "land_cover", "status": "classified"}
    return {**place, "ecosystem_type": kind, "area_ha": area, **more}


ROWS = [
    row("440103", "built", 100.0, in_park=True),
    row("440103", "grass", 20.0, in_park=True, in_greenway=True),
    row("440103", "forest", 50.0, in_park=True),
    row("440103", "water", 30.0, in_park=True),
    row("440103", "built", 900.0),
    row("440104", "crop", 10.0, in_greenway=True),
    row("440104", "mangrove", 40.0),
    row("440104", "wetland_marsh", 60.0),
]


def run(draws: int = 0, rows: list[dict[str, Any]] = ROWS, **options: Any) -> Results:
    frame = pd.DataFrame(rows)
    flags = [name for name in ("in_park", "in_greenway") if name in frame]
    frame[flags] = frame[flags].fillna(False).astype(bool)
    kinds = frozenset({"land_cover", "parks", "greenways", "mangroves"})
    data = EpochData(2024, frame, kinds=kinds)
    return evaluate(
        [data], UNITS, ("440100", "city"), sampling=Sampling(draws=draws),
        options=Options(region="440100", **options),
    )  # fmt: skip


def value(results: Results, key: str, unit: str = "440100") -> float:
    return results.values[key, 2024, unit].value


# Urban green


def test_ground_of_parks_and_strips_counts_once_and_never_where_forest_is_mapped() -> None:
    """103: 100 built + 20 grass; 104: 10 of crop. Forest and water in the park are elsewhere."""
    results = run(urban=GREEN, accepted=ACCEPTED)
    assert value(results, "urban_green_area", "440103") == pytest.approx(120.0)
    assert value(results, "urban_green_area", "440104") == pytest.approx(10.0)
    assert value(results, "urban_green_sink") == pytest.approx(130 * 0.4 * 2.9 * 44 / 12)


def test_it_is_flagged_as_not_creditable_and_stays_out_of_stock_and_sink() -> None:
    plain, asked = run(), run(urban=GREEN, accepted=ACCEPTED)
    method = str(asked.values["urban_green_sink", 2024, "440100"].method)
    assert "not_creditable:CCER-14-001-V01" in method
    assert "street tree census" in method
    assert value(plain, "carbon_stock") == value(asked, "carbon_stock")
    assert "urban_crw_2006" in asked.used_keys
    told = [each.text("en") for each in asked.notes if each.code.endswith("accepted_used")]
    assert "urban_crw_2006" in told[0]


def test_a_rate_per_hectare_in_co2_is_not_turned_twice() -> None:
    choice = UrbanGreenChoice(1.0, "pinghu_urban_tree_sink", "x", growing_share=0.5)
    results = run(urban=choice)
    assert value(results, "urban_green_sink") == pytest.approx(130 * 0.5 * 8.99)


def test_without_figures_of_the_analyst_there_is_no_figure_and_the_rates_are_named() -> None:
    absent = {each.indicator: each.problem for each in run().absences}
    assert "urban_crw_2006 = 2.9" in absent["urban_green_sink"].text("en")
    assert "urban_green_area" in absent


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (GREEN, "coefficient_unaccepted.*urban_crw_2006"),
        (UrbanGreenChoice(1.4, "pinghu_urban_tree_sink", "x"), "quantity_range.*crown_share"),
        (UrbanGreenChoice(0.4, "pinghu_urban_tree_c", "x"), "urban_rate_unit"),
        (UrbanGreenChoice(0.4, "nobody", "x"), "coefficient_unknown.*nobody"),
    ],
)
def test_choices_that_cannot_be_are_refused(choice: UrbanGreenChoice, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(urban=choice)


def test_strips_are_as_wide_as_asked_and_overlaps_count_once() -> None:
    """5 km of a line along a meridian at 20 m: 10 ha; the same line twice is the same ground."""
    south = shapely.LineString([(113.0, 23.0), (113.0, 23.045144)])
    lines = gpd.GeoDataFrame(geometry=[south, south], crs="EPSG:4490")
    area = polygon_areas_ha(strips(lines, 20.0)).sum()
    length = 4_999.9  # metres of 0.045144 degrees of latitude at 23 degrees
    assert area == pytest.approx(length * 20 / 10_000, rel=1e-3)


def test_the_method_sheet_carries_them_with_their_equations_and_coefficients() -> None:
    results = run(
        50, urban=GREEN, methane=MethaneChoice("ar6_nonfossil", 5.0), accepted=ACCEPTED
    )  # fmt: skip
    sheet = method_sheet(results, Sampling(draws=50))
    sections = {each.key: each for each in sheet.sections}
    keys = {each.key for each in sections["equations"].formulas}
    assert {"8.2-GREEN", "WS-CH4-CO2e"} <= keys
    listed = {row[1] for row in sections["coefficients"].table.rows}  # type: ignore[union-attr]
    assert {"urban_crw_2006", "tidal_ch4_fresh_brackish", "gwp100_ch4_ar6_nonfossil"} <= listed


# Methane


def test_methane_by_type_climate_and_salinity_with_its_set_named() -> None:
    """Mangrove below 18 ppt: 40 ha * 193.7 * 27 / 1000 = 209.196 t CO2e; marsh has no row."""
    results = run(methane=MethaneChoice("ar6_nonfossil", 5.0))
    found = results.values["wetland_methane", 2024, "440100"]
    assert found.value == pytest.approx(209.196)
    assert str(found.basis) == "gwp100:ar6_nonfossil"
    assert found.lower_bound
    told = [each.text("en") for each in results.problems]
    assert [each for each in told if "Marsh: iwms_ch4_tropical" in each]


def test_accepted_factors_complete_it_and_parts_sum_to_the_whole() -> None:
    """+ 60 ha * 900 * 27 / 1000 = 1,458 t CO2e."""
    accepted = frozenset({"iwms_ch4_tropical"})
    results = run(methane=MethaneChoice("ar6_nonfossil", 5.0), accepted=accepted)
    found = results.values["wetland_methane", 2024, "440100"]
    assert found.value == pytest.approx(209.196 + 1_458.0)
    assert not found.lower_bound
    parts = [
        each.value
        for (key, _, unit), each in results.values.items()
        if key.startswith("wetland_methane.type.") and unit == "440100"
    ]
    assert sum(parts) == pytest.approx(found.value)


def test_methane_draws_follow_the_range_of_the_factor() -> None:
    results = run(2_000, methane=MethaneChoice("ar6_nonfossil", 5.0))
    low, high = Sampling(interval_percent=95.0).bounds(
        results.values["wetland_methane", 2024, "440100"].sampled
    )
    expected = 40 * 27 / 1000 * np.array([99.8, 358.0])
    assert [low, high] == pytest.approx(expected, rel=0.05)


def test_methane_is_only_told_when_asked_and_never_without_salinity() -> None:
    absent = {each.indicator: each.problem.code for each in run().absences}
    assert absent["wetland_methane"] == "sink_models.methane_not_asked"
    dry = run(methane=MethaneChoice("ar6_nonfossil"))
    absent = {each.indicator: each.problem.code for each in dry.absences}
    assert absent["wetland_methane"] == "sink_models.methane_no_factor"
    with pytest.raises(InputError, match=r"option_unknown.*gwp_set"):
        run(methane=MethaneChoice("sar"))
    with pytest.raises(InputError, match=r"coefficient_unaccepted.*gwp100_ch4_ar5"):
        run(methane=MethaneChoice("ar5", 5.0))
    taken = run(methane=MethaneChoice("ar5", 5.0), accepted=frozenset({"gwp100_ch4_ar5"}))
    assert value(taken, "wetland_methane") == pytest.approx(40 * 193.7 * 28 / 1000)
    with pytest.raises(InputError, match=r"quantity_range.*salinity"):
        run(methane=MethaneChoice("ar6_nonfossil", 80.0))
