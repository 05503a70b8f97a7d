"""Survey before map: tree cover that only a map shows holds what surveyed stands beside it hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sink_models.account import Accuracy, EpochData
from sink_models.carbon import LIVING
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.mapped_trees import mapped_trees
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

UNITS = ("440103", "440104")
KINDS = frozenset({"land_cover", "forest_subcompartments"})
CO2 = 44.0 / 12.0
PINE, FIR = "pinus_massoniana", "cunninghamia"
Row = dict[str, object]


def trees(area: float, unit: str = UNITS[0], **more: object) -> Row:
    """Tree cover of a map."""
    row = {"unit_code": unit, "cover": "land_cover", "status": "classified", "area_ha": area}
    return {**row, "ecosystem_type": "forest", **more}


def stand(area: float, stock: float, species: str = PINE, unit: str = UNITS[0]) -> Row:
    return trees(
        area, unit, cover="forest_subcompartments", ecosystem_type="forest_arbor",
        forest_class="arbor", species_group=species, stock_basis="measured",
        growing_stock_m3=stock,
    )  # fmt: skip


def run(
    *epochs: list[Row],
    years: tuple[int, ...] = (2020, 2024),
    mapped: str = "surveyed_mean",
    accuracy: dict[str, Accuracy] | None = None,
) -> Results:
    data = [
        EpochData(year, pd.DataFrame(rows), kinds=KINDS, accuracy=accuracy or {})
        for year, rows in zip(years, epochs, strict=False)
    ]
    options = Options(region="440100", mapped_trees=mapped)
    return evaluate(data, UNITS, ("440100", "city"), sampling=Sampling(draws=200), options=options)


def living(results: Results, kind: str, unit: str = "440100", year: int = 2020) -> np.ndarray:
    """Living carbon of a type in all draws: what its stock holds beyond dead matter and soil."""
    known = results.values[f"carbon_stock.type.{kind}", year, unit].sampled
    return np.asarray(known)


def pine_t_c_ha(stock_m3_ha: float) -> float:
    """0.5034 V + 20.547 t/ha (Fang 2007) with a carbon fraction of 0.47."""
    return (0.5034 * stock_m3_ha + 20.547) * 0.47


def living_t_c(rows: list[Row], unit: str = "440100", **more: object) -> float:
    """Central living carbon of one epoch."""
    results = run(rows, **more)  # type: ignore[arg-type]
    pools = (results.values.get((f"carbon_stock.pool.{pool}", 2020, unit)) for pool in LIVING)
    return sum(each.value for each in pools if each is not None)


def test_mapped_trees_hold_the_mean_of_the_stands_of_their_unit() -> None:
    """100 ha of pine with 60 m3/ha beside 40 ha that only the map shows: 140 ha of the same."""
    rows = [stand(100.0, 6_000.0), trees(40.0)]
    assert living_t_c(rows) == pytest.approx(140.0 * pine_t_c_ha(60.0))


def test_each_hectare_of_mapped_trees_equals_a_surveyed_one_in_every_draw() -> None:
    """The density is shared, so that the mapped hectare has no draws of its own."""
    whole = run([stand(100.0, 6_000.0), stand(50.0, 4_000.0, FIR), trees(150.0)])
    mapped, surveyed = living(whole, "forest"), living(whole, "forest_arbor")
    np.testing.assert_allclose(mapped, surveyed, rtol=1e-9)


def test_species_keep_their_functions_and_their_parts() -> None:
    """Two thirds pine at 60 m3/ha, one third fir at 80: 30 ha hold 20 of one and 10 of the other.

    Fir: 0.4652 V + 19.141 t/ha (Fang 2007), 0.499 t C/t (LY/T 2264-2014)."""
    fir = (0.4652 * 80.0 + 19.141) * 0.499
    base = [stand(100.0, 6_000.0), stand(50.0, 4_000.0, FIR)]
    more = living_t_c([*base, trees(30.0)]) - living_t_c(base)
    assert more == pytest.approx(20.0 * pine_t_c_ha(60.0) + 10.0 * fir)


def test_a_unit_without_stands_takes_the_mean_of_all() -> None:
    """Stands in one unit only: the other's 50 ha hold 60 m3/ha too."""
    rows = [stand(100.0, 6_000.0), trees(50.0, UNITS[1])]
    assert living_t_c(rows, UNITS[1]) == pytest.approx(50.0 * pine_t_c_ha(60.0))


def test_a_few_hectares_do_not_speak_for_thousands() -> None:
    """1 ha with 3 m3 beside 5,000 mapped ones: the mean of all, (6,000 + 3) m3 on 101 ha."""
    rows = [stand(100.0, 6_000.0), stand(1.0, 3.0, unit=UNITS[1]), trees(5_000.0, UNITS[1])]
    expected = 5_000.0 * pine_t_c_ha(6_003.0 / 101.0) + pine_t_c_ha(3.0)
    assert living_t_c(rows, UNITS[1]) == pytest.approx(expected)


def test_units_sum_to_the_whole_and_order_and_splitting_change_nothing() -> None:
    rows = [stand(100.0, 6_000.0), stand(80.0, 9_000.0, FIR, UNITS[1]), trees(50.0),
            trees(70.0, UNITS[1])]  # fmt: skip
    split = [*rows[:2], trees(20.0), trees(30.0), trees(70.0, UNITS[1])][::-1]
    one, other = run(rows), run(split)
    for unit in (*UNITS, "440100"):
        known = [each.values["carbon_stock", 2020, unit].sampled for each in (one, other)]
        np.testing.assert_allclose(known[0], known[1], rtol=1e-12)


def test_without_a_survey_the_density_of_forests_speaks_and_nothing_is_said() -> None:
    results = run([trees(40.0)])
    assert "cn_forest_biomass_c_2014_2018" in results.used_keys
    assert not any("mapped_trees" in each.code for each in results.problems)


def test_the_effect_is_a_line_with_both_figures() -> None:
    """40 ha: 23.9 t C/ha by 60 m3/ha of pine; the mean of Chinese forests is 45.8."""
    results = run([stand(100.0, 6_000.0), trees(40.0)])
    (said,) = (each for each in results.problems if each.code.endswith("mapped_trees_surveyed"))
    density = coefficients()["cn_forest_biomass_c_2014_2018"].value
    own = pine_t_c_ha(60.0)
    assert f"{40 * own:,.0f} t C of living" in said.text("en")
    assert f"{40 * (own - density):+,.0f} t C" in said.text("en")
    assert "40.0 公顷" in said.text("zh")


def test_left_out_mapped_trees_are_not_zero_but_named() -> None:
    results = run([stand(100.0, 6_000.0), trees(40.0)], mapped="left_out")
    value = results.values["carbon_stock", 2020, "440100"]
    assert value.lower_bound
    assert living_t_c([stand(100.0, 6_000.0), trees(40.0)], mapped="left_out") == pytest.approx(
        100.0 * pine_t_c_ha(60.0)
    )
    codes = {each.code for each in results.problems}
    assert {"sink_models.mapped_trees_left_out", "sink_models.biomass_left_out"} <= codes


def test_mapped_trees_are_left_out_without_a_survey_too() -> None:
    """40 ha of map alone: nothing is estimated and the hectares are named; counted by default."""
    rows = [trees(40.0), trees(60.0, ecosystem_type="crop")]
    out, counted = run(rows, mapped="left_out"), run(rows)
    crop = 60.0 * coefficients()["annual_crop_biomass_2019"].value
    assert living_t_c(rows, mapped="left_out") == pytest.approx(crop)
    assert living_t_c(rows) > crop
    key = "biomass_not_estimated_area", 2020, "440100"
    assert out.values[key].value == pytest.approx(40.0)
    assert counted.values[key].value == 0.0
    assert any(each.code == "sink_models.mapped_trees_left_out" for each in out.problems)
    assert not any(each.code == "sink_models.mapped_trees_left_out" for each in counted.problems)


def test_an_unchanged_landscape_changes_in_no_draw() -> None:
    rows = [stand(100.0, 6_000.0), stand(80.0, 9_000.0, FIR, UNITS[1]), trees(50.0)]
    assert not run(rows, rows).values["carbon_sink", 2024, "440100"].sampled.any()


def test_mapped_trees_that_stayed_grow_as_the_surveyed_ones() -> None:
    """60 to 70 m3/ha in four years, on 100 surveyed and 40 mapped hectares."""
    results = run([stand(100.0, 6_000.0), trees(40.0)], [stand(100.0, 7_000.0), trees(40.0)])
    expected = 140.0 * (pine_t_c_ha(70.0) - pine_t_c_ha(60.0)) / 4.0 * CO2
    assert results.values["carbon_sink", 2024, "440100"].value == pytest.approx(expected)


def test_a_new_mix_of_species_clears_and_plants_nothing_on_mapped_ground() -> None:
    """Pine became fir in the survey: the mapped 40 ha follow its mean, without young growth."""
    fir = (0.4652 * 60.0 + 19.141) * 0.499
    results = run([stand(100.0, 6_000.0), trees(40.0)], [stand(100.0, 6_000.0, FIR), trees(40.0)])
    change = results.values["carbon_sink.type.forest", 2024, "440100"].value
    assert change == pytest.approx(40.0 * (fir - pine_t_c_ha(60.0)) / 4.0 * CO2)


def test_new_mapped_trees_hold_what_grew_and_not_the_mean_of_stands() -> None:
    """20 ha of bare ground: growth of young stands, below the mean of 23.9 t C/ha by its cap."""
    bare = trees(20.0, ecosystem_type="bare")
    base = [stand(100.0, 6_000.0)]
    results = run([*base, bare], [*base, trees(20.0)])
    store = coefficients()
    rate = store["groa_guangdong_1_20y_agc_rate"].value
    grown = rate * (1 + store["groa_guangdong_1_20y_root_shoot"].value) * np.mean(range(4))
    assert grown < pine_t_c_ha(60.0)
    expected = 20.0 * grown / 4.0 * CO2
    assert results.values["carbon_sink", 2024, "440100"].value == pytest.approx(expected)


def test_a_wider_error_of_the_survey_widens_mapped_ground() -> None:
    rows = [stand(100.0, 6_000.0), trees(400.0)]
    widths = []
    for percent in (5.0, 20.0):
        accuracy = {"forest_subcompartments": Accuracy(stock_percent=percent)}
        sampled = living(run(rows, accuracy=accuracy), "forest")
        widths.append(float(np.ptp(np.quantile(sampled[1:], [0.05, 0.95]))))
    assert widths[1] > widths[0]


def test_ground_of_no_unit_takes_the_mean_of_all() -> None:
    """A named area beside the units: the last row of the table."""
    rows = pd.DataFrame([stand(100.0, 6_000.0), stand(100.0, 8_000.0, FIR, UNITS[1])])
    found = mapped_trees(rows, UNITS)
    assert found is not None
    assert found.place_of(["a park", UNITS[1]]).tolist() == [2, 1]
    assert found.stock_m3_ha[2].sum() == pytest.approx(70.0)
    assert found.area_share.sum(axis=1) == pytest.approx(1.0)
