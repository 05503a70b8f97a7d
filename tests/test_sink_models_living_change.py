"""The living carbon of changed ground: nothing unknown is 0, and nothing new is mature."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.carbon.living_biomass import young_growth
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

UNITS = ("440103", "440104")
KINDS = frozenset({"land_cover", "forest_subcompartments", "mangroves"})
CO2 = 44.0 / 12.0


def ground(**more: object) -> dict[str, object]:
    row = {"unit_code": UNITS[0], "cover": "land_cover", "status": "classified", "area_ha": 100.0}
    return {**row, "ecosystem_type": "crop", **more}


def pine(area: float, stock: float, **more: object) -> dict[str, object]:
    """Measured stands of Masson pine."""
    return ground(
        cover="forest_subcompartments", ecosystem_type="forest_arbor", forest_class="arbor",
        species_group="pinus_massoniana", stock_basis="measured", area_ha=area,
        growing_stock_m3=stock, **more,
    )  # fmt: skip


def shrub(area: float, **more: object) -> dict[str, object]:
    return ground(
        cover="forest_subcompartments", ecosystem_type="shrub", area_ha=area, **more
    )  # fmt: skip


def run(*epochs: list[dict[str, object]], years: tuple[int, ...] = (2020, 2024)) -> Results:
    data = [
        EpochData(year, pd.DataFrame(rows), kinds=KINDS)
        for year, rows in zip(years, epochs, strict=True)
    ]
    options, sampling = Options(region="440100"), Sampling(draws=120)
    return evaluate(data, UNITS, ("440100", "city"), sampling=sampling, options=options)


def sink(results: Results, part: str = "", unit: str = "440100") -> float:
    return results.values[f"carbon_sink{part}", 2024, unit].value


def test_an_unchanged_landscape_has_no_change_in_any_draw() -> None:
    rows = [pine(100.0, 6_000.0), shrub(50.0), ground(ecosystem_type="forest", area_ha=30.0)]
    assert not run(rows, rows).values["carbon_sink", 2024, "440100"].sampled.any()


def test_shrub_that_became_young_pine_takes_no_part_and_is_named_with_its_bounds() -> None:
    """100 ha with 500 m3: (0.5034 * 500 + 20.547 * 100) * 0.47 = 1,084 t C, mostly intercept;
    with it the sink would be up to 1,084 / 4 * 44 / 12 = 993.6 t CO2/yr higher."""
    before = [pine(200.0, 10_000.0), shrub(100.0)]
    after = [pine(200.0, 10_000.0), pine(100.0, 500.0)]
    results = run(before, after)
    assert sink(results) == pytest.approx(0.0, abs=1e-9)
    (said,) = (each for each in results.problems if each.code == "sink_models.change_left_out")
    assert "100.0 ha" in said.text("en")
    most = (0.5034 * 500 + 20.547 * 100) * 0.47 / 4 * CO2
    assert f"+{most:,.1f}" in said.text("en")


def test_stands_that_stayed_change_by_their_own_stock() -> None:
    """10,000 to 12,000 m3 on 200 ha: 2,000 * 0.5034 * 0.47 / 4 = 118.3 t C/yr, as by Eq. 2.8a."""
    results = run([pine(200.0, 10_000.0)], [pine(200.0, 12_000.0)])
    assert sink(results) == pytest.approx(2_000 * 0.5034 * 0.47 / 4 * CO2)
    assert not any(each.code == "sink_models.change_left_out" for each in results.problems)


def test_cleared_stands_lose_what_they_held_and_crops_are_there_at_once() -> None:
    """50 of 200 ha of pine became crop: a quarter of the living carbon less, 50 ha of crop more."""
    store = coefficients()
    crop = store["annual_crop_biomass_2019"].value
    held = (0.5034 * 10_000 + 20.547 * 200) * 0.47
    results = run([pine(200.0, 10_000.0)], [pine(150.0, 7_500.0), ground(area_ha=50.0)])
    expected = (50 * crop - held / 4) / 4 * CO2
    assert sink(results) == pytest.approx(expected)


def test_new_mangrove_holds_what_grew_and_not_what_mature_stands_hold() -> None:
    """60 ha of flats in four years: ages 0, 1, 2, 3 at 18.1 t d.m./ha/yr, roots 0.96, CF 0.451.

    18.1 * 1.96 * 0.451 * 1.5 = 24.0 t C/ha, where mature stands hold 66.3."""
    store = coefficients()
    flat = ground(ecosystem_type="bare", area_ha=60.0)
    new = ground(cover="mangroves", ecosystem_type="mangrove", area_ha=60.0)
    rest = pine(10.0, 500.0)
    results = run([flat, rest], [new, rest])
    growth, fraction, ratio, burial = (
        store[f"mangrove_{key}"].value
        for key in ("gw_subtropical", "cf", "r_subtropical", "ef_rewet")
    )
    ceiling = store["mangrove_agb_subtropical"].value
    grown = np.mean([min(growth * age, ceiling) for age in range(4)]) * fraction * (1 + ratio)
    expected = 60 * (grown / 4 - burial / 2) * CO2
    assert sink(results, ".type.mangrove") == pytest.approx(expected)
    assert grown < 0.5 * ceiling * fraction * (1 + ratio)
    assert "mangrove_gw_subtropical" in results.used_keys


def test_old_new_mangrove_stops_at_the_mature_density() -> None:
    store = coefficients()
    mature = (
        store["mangrove_agb_subtropical"].value
        * store["mangrove_cf"].value
        * (1 + store["mangrove_r_subtropical"].value)
    )
    flat = ground(ecosystem_type="bare", area_ha=60.0)
    new = ground(cover="mangroves", ecosystem_type="mangrove", area_ha=60.0)
    results = run([flat, pine(10.0, 500.0)], [new, pine(10.0, 500.0)], years=(1824, 2024))
    burial = -store["mangrove_ef_rewet"].value / 2
    per_ha = sink(results, ".type.mangrove") / CO2 / 60 - burial
    assert 0.95 * mature / 200 < per_ha < mature / 200


def test_new_tree_pixels_grow_at_the_rate_of_young_stands() -> None:
    """100 ha of crop became forest: 2.218 t C/ha/yr above ground, roots 0.252, ages 0 to 3."""
    store = coefficients()
    rate, ratio = (store[f"groa_guangdong_1_20y_{key}"].value for key in ("agc_rate", "root_shoot"))
    crop = store["annual_crop_biomass_2019"].value
    results = run([ground()], [ground(ecosystem_type="forest")])
    expected = 100 * (1.5 * rate * (1 + ratio) - crop) / 4 * CO2
    assert sink(results) == pytest.approx(expected)
    mature = store["cn_forest_biomass_c_2014_2018"].value
    assert sink(results) < 0.2 * 100 * (mature - crop) / 4 * CO2


def test_a_type_without_a_rate_of_growth_takes_no_part_as_new_ground() -> None:
    results = run(
        [ground(), pine(10.0, 500.0)], [ground(ecosystem_type="forest_bamboo"), pine(10.0, 500.0)]
    )
    assert sink(results) == 0.0
    assert any(each.code == "sink_models.change_left_out" for each in results.problems)


def test_ground_that_nobody_knew_takes_no_part() -> None:
    """100 of 2,100 ha, so that most of the unit is known at both ends."""
    unknown, rest = ground(status="no_data", ecosystem_type=""), pine(2_000.0, 90_000.0)
    results = run([unknown, rest], [ground(ecosystem_type="forest"), rest])
    assert sink(results) == 0.0
    (said,) = (each for each in results.problems if each.code == "sink_models.change_left_out")
    assert "100.0 ha" in said.text("en")


def test_order_and_splitting_of_rows_change_nothing() -> None:
    before = [pine(200.0, 10_000.0), ground(), shrub(40.0), ground(unit_code=UNITS[1])]
    after = [
        pine(230.0, 11_000.0), ground(area_ha=60.0), shrub(30.0),
        ground(ecosystem_type="forest", area_ha=20.0), ground(unit_code=UNITS[1]),
    ]  # fmt: skip
    halves = [
        {**row, **{key: row[key] / 2 for key in ("area_ha", "growing_stock_m3") if key in row}}
        for row in reversed(after)
        for _ in range(2)
    ]
    whole, split = (run(before, rows).values for rows in (after, halves))
    for unit in (*UNITS, "440100"):
        key = "carbon_sink", 2024, unit
        np.testing.assert_allclose(split[key].sampled, whole[key].sampled, rtol=1e-9, atol=1e-9)


def test_units_and_parts_sum_to_the_sink() -> None:
    results = run([pine(200.0, 10_000.0), ground()], [pine(180.0, 9_900.0), ground(area_ha=120.0)])
    assert sum(sink(results, unit=unit) for unit in UNITS) == pytest.approx(sink(results))
    for group in ("pool", "type"):
        parts = [
            value.value
            for (key, epoch, unit), value in results.values.items()
            if key.startswith(f"carbon_sink.{group}.") and (epoch, unit) == (2024, "440100")
        ]
        assert sum(parts) == pytest.approx(sink(results))


def test_rates_of_young_stands_are_those_of_the_province() -> None:
    from sink_models.uncertainty import DrawBook

    def rate(region: str) -> str:
        zone = Options(region=region).zone
        book = DrawBook(coefficients(), Sampling(draws=0), zone)
        found = young_growth(book).get(("forest", "above_ground"))
        return "" if found is None else found.rate

    assert rate("440100") == "groa_guangdong_1_20y_agc_rate"
    assert rate("330400") == "groa_subtropical_1_20y_agc_rate"
    assert rate("") == ""


# Depths


def test_soils_of_another_depth_stand_beside_the_stock_and_in_no_total() -> None:
    """50 ha of town to 20 cm, 20 ha of mangrove to 1 m; the stock holds the soil of crop alone."""
    rows = [
        ground(), ground(ecosystem_type="built", area_ha=50.0),
        ground(cover="mangroves", ecosystem_type="mangrove", area_ha=20.0),
    ]  # fmt: skip
    values = run(rows, rows).values
    store = coefficients()

    def stock(part: str) -> float:
        return values[f"carbon_stock.{part}", 2024, "440100"].value

    assert stock("soil_20cm") == pytest.approx(50 * store["fz_residential_soc_20cm_all"].value)
    assert stock("soil_100cm") == pytest.approx(20 * store["mangrove_soil_c_mineral"].value)
    alone = run([ground()], [ground()]).values["carbon_stock.pool.soil", 2024, "440100"].value
    assert stock("pool.soil") == pytest.approx(alone)
    pools = [
        value.value
        for (key, epoch, unit), value in values.items()
        if key.startswith("carbon_stock.pool.") and (epoch, unit) == (2024, "440100")
    ]
    total = values["carbon_stock", 2024, "440100"].value
    assert sum(each for each in pools if not np.isnan(each)) == pytest.approx(total)


def test_a_growing_town_adds_no_carbon_by_the_depth_of_its_soil() -> None:
    before = [ground(), ground(ecosystem_type="built", area_ha=50.0)]
    after = [ground(area_ha=60.0), ground(ecosystem_type="built", area_ha=90.0)]
    values = run(before, after).values
    stocks = [values["carbon_stock", year, "440100"].value for year in (2020, 2024)]
    assert stocks[1] < stocks[0]
    codes = [each.code for each in run(before, after).problems]
    assert codes.count("sink_models.soil_other_depth") == 2
    clean = run([ground()], [ground()])
    assert "sink_models.soil_other_depth" not in {each.code for each in clean.problems}
