"""Equations: laws, the guidelines' worked examples with their inputs, sums done another way."""

from __future__ import annotations

import numpy as np
import pytest

from gis.problems import InputError
from sink_models import equations as eq
from sink_models.coefficients.plausible_ranges import quantities
from sink_models.coefficients.store import coefficients
from sink_models.equations.catalogue import Input
from sink_models.expressions import parse
from sink_models.method.equation_cards import declared_equations

# Declarations


@pytest.mark.parametrize("card", declared_equations().values(), ids=lambda each: each.key)
def test_every_equation_is_declared_with_its_source_unit_and_words(card: eq.EquationCard) -> None:
    for text in (card.title_zh, card.title_en, card.formula, card.unit, card.source):
        assert text.strip()
    assert card.status in ("verified", "recalled", "own")


EQUATIONS = eq.equations_by_name()


@pytest.mark.parametrize("name", EQUATIONS)
def test_a_formula_has_its_inputs_and_no_others_and_a_public_name(name: str) -> None:
    equation = EQUATIONS[name]
    assert set(parse(equation.formula).symbols) == {each.symbol for each in equation.inputs}
    assert getattr(eq, name) is equation
    known = {*quantities(), "-"}
    assert {each.quantity for each in equation.inputs} <= known


def test_an_argument_that_no_symbol_takes_is_refused_and_so_is_a_missing_one() -> None:
    with pytest.raises(TypeError, match=r"unknown \['area'\], missing \['area_ha'\]"):
        eq.carbon_from_density(area=1.0, density_t_c_ha=2.0)


# IPCC 2006 Vol. 4 Ch. 4, worked example


def test_gain_of_100_000_ha_at_4_t() -> None:
    """100,000 ha * 4.0 * (1 + 0.29) * 0.47 = 242,520 t C/yr."""
    growth = eq.total_growth(above_ground_growth_t_ha=4.0, root_shoot=0.29)
    gain = eq.biomass_gain(area_ha=100_000, total_growth_t_ha=growth, carbon_fraction=0.47)
    assert float(gain) == pytest.approx(242_520, abs=1e-6)


def test_bark_enters_as_one_plus_r_plus_bf_and_not_as_a_product() -> None:
    """1,000 m3 * 1.11 * (1 + 0.29 + 0.1) * 0.47 = 725.163 t C/yr, printed 725.16.

    The other reading, 1.29 * 1.1, would give 740.29.
    """
    loss = eq.wood_removal_loss(
        volume_m3=1_000, bcef_r_t_m3=1.11, root_shoot=0.29, carbon_fraction=0.47, bark_fraction=0.1
    )
    assert round(float(loss), 2) == 725.16
    over_bark = eq.wood_removal_loss(
        volume_m3=1_000, bcef_r_t_m3=1.11, root_shoot=0.29, carbon_fraction=0.47
    )
    assert float(over_bark) == pytest.approx(1_000 * 1.11 * 1.29 * 0.47)


def test_disturbance_of_2_000_ha() -> None:
    """2,000 ha * 4.0 t/ha * 1.29 * 0.47 * 0.3 = 1,455.12 t C/yr."""
    loss = eq.disturbance_loss(
        area_ha=2_000,
        above_ground_biomass_t_ha=4.0,
        root_shoot=0.29,
        carbon_fraction=0.47,
        fraction_lost=0.3,
    )
    assert float(loss) == pytest.approx(1_455.12, abs=1e-9)


def test_gains_minus_losses_of_the_example() -> None:
    """242,520 - (725.163 + 0 + 1,455.12) = 240,339.717 t C/yr."""
    loss = eq.biomass_loss(removals_t_c=725.163, fuelwood_t_c=0.0, disturbance_t_c=1_455.12)
    change = eq.gain_loss(gain_t_c=242_520, loss_t_c=loss)
    assert float(change) == pytest.approx(240_339.717)


def test_whole_trees_take_roots_along_and_parts_do_not() -> None:
    """(100 * 1.11 * 1.29 + 50 * 0.5) * 0.47 = (143.19 + 25) * 0.47 = 79.0493 t C/yr."""
    loss = eq.fuelwood_loss(
        trees_m3=100,
        parts_m3=50,
        bcef_r_t_m3=1.11,
        root_shoot=0.29,
        wood_density_t_m3=0.5,
        carbon_fraction=0.47,
    )
    assert float(loss) == pytest.approx(79.0493)


# IPCC 2006 Vol. 4 Ch. 5, worked example


def test_mineral_soils_of_a_million_hectares_over_20_years() -> None:
    """88 * 0.69 = 60.72 t C/ha on long-term cropland.

    Before: 400,000 * 60.72 * 0.92 + 600,000 * 60.72 = 22.345 + 36.432 = 58.777 Mt C.
    After: 200,000 * 60.72 * 0.92 + 700,000 * 60.72 * 1.08 + 100,000 * 60.72 * 1.15
    = 11.172 + 45.904 + 6.983 = 64.060 Mt C. (64,059,600 - 58,776,960) / 20 = 264,132 t C/yr.
    """
    before = eq.soil_stock(
        area_ha=[400_000, 600_000],
        reference_t_c_ha=88,
        land_use=0.69,
        management=1,
        inputs=[0.92, 1],
    ).sum()
    after = eq.soil_stock(
        area_ha=[200_000, 700_000, 100_000],
        reference_t_c_ha=88,
        land_use=0.69,
        management=[1, 1.08, 1.15],
        inputs=[0.92, 1, 1],
    ).sum()
    assert round(before / 1e6, 2) == 58.78
    assert round(after / 1e6, 2) == 64.06
    change = eq.mineral_soil_change(earlier_t_c=before, later_t_c=after)
    assert float(change) == pytest.approx(264_132, abs=1e-6)


def test_a_span_beyond_20_years_takes_the_place_of_20() -> None:
    def change(years: float) -> float:
        return float(
            eq.mineral_soil_change(earlier_t_c=0.0, later_t_c=1_200.0, inventory_years=years)
        )

    assert change(5) == change(20) == 60.0
    assert change(30) == 40.0


def test_organic_soils_lose_and_are_subtracted() -> None:
    """3,000 ha * 5.3 t C/ha/yr = 15,900; 264,132 - 15,900 = 248,232 t C/yr."""
    loss = eq.organic_soil_loss(area_ha=3_000, emission_t_c_ha=5.3)
    assert float(loss) == pytest.approx(15_900)
    change = eq.soil_change(mineral_t_c=264_132, organic_loss_t_c=loss)
    assert float(change) == pytest.approx(248_232)


# The other equations


def test_stock_to_carbon_by_bcef_and_by_density_times_bef() -> None:
    """200 ha * 90 m3/ha * 0.9 * 1.24 * 0.47 = 9,441.36 t C; 0.45 * 2.0 is the same 0.9."""
    factor = eq.expansion_from_density(wood_density_t_m3=0.45, bef=2.0)
    for bcef in (0.9, factor):
        carbon = eq.biomass_carbon_from_stock(
            area_ha=200, stock_m3_ha=90, bcef_s_t_m3=bcef, root_shoot=0.24, carbon_fraction=0.47
        )
        assert float(carbon) == pytest.approx(9_441.36)


def test_increment_conversion_and_converted_land() -> None:
    growth = eq.total_growth_from_increment(increment_m3_ha=6, bcef_i_t_m3=0.8, root_shoot=0.25)
    assert float(growth) == pytest.approx(6.0)  # 6 * 0.8 * 1.25
    sudden = eq.conversion_change(
        before_t_ha=120, after_t_ha=10, area_ha_yr=50, carbon_fraction=0.47
    )
    assert float(sudden) == pytest.approx(-2_585)  # -110 * 50 * 0.47
    total = eq.converted_land_change(gain_t_c=100, conversion_t_c=sudden, loss_t_c=15)
    assert float(total) == pytest.approx(-2_500)


def test_dead_matter_three_ways() -> None:
    flows = eq.dead_matter_gain_loss(
        area_ha=10, inflow_t_ha=3, outflow_t_ha=1, carbon_fraction=0.37
    )
    assert float(flows) == pytest.approx(7.4)  # 10 * 2 * 0.37
    stocks = eq.dead_matter_stock_difference(
        area_ha=10, earlier_t_ha=20, later_t_ha=30, years=5, carbon_fraction=0.37
    )
    assert float(stocks) == pytest.approx(7.4)  # 10 * 10 / 5 * 0.37
    converted = eq.dead_matter_after_conversion(area_ha=10, old_t_c_ha=0, new_t_c_ha=13, years=20)
    assert float(converted) == pytest.approx(6.5)  # 13 * 10 / 20


def test_fire_settlement_and_methane() -> None:
    fire = eq.fire_emission(area_ha=100, fuel_t_ha=50, combustion_factor=0.45, emission_g_kg=1_580)
    assert float(fire) == pytest.approx(3_555)  # 100 * 50 * 0.45 * 1.58
    crown = eq.urban_growth_by_crown(crown_area_ha=10, crown_rate_t_c_ha=2.9)
    assert float(crown) == pytest.approx(29)
    assert float(eq.urban_growth_by_trees(trees=1_000, tree_rate_t_c=0.01)) == pytest.approx(10)
    # 10^(1.38 - 0.056 * 18) = 10^0.372 = 2.3550 g/m2 = 23.55 kg/ha
    assert float(eq.marsh_methane(salinity_ppt=18)) == pytest.approx(23.55, abs=0.005)
    classes = eq.coastal_methane(
        salinity_ppt=[5, 17.9, 18, 30, np.nan], fresh_kg_ha=193.7, saline_kg_ha=0.0
    )
    assert classes.tolist()[:4] == [193.7, 193.7, 0.0, 0.0]
    assert np.isnan(classes[4])
    # 193.7 kg CH4 = 0.1937 t; * 27.0 = 5.2299 t CO2e
    assert float(eq.co2_equivalent(gas_t=0.1937, warming_potential=27.0)) == pytest.approx(5.2299)


def test_accretion_by_cover_has_its_two_corners() -> None:
    rates = eq.tidal_accretion(cover_percent=[0, 14.9, 15, 32.5, 50, 100])
    assert rates.tolist() == pytest.approx([0, 0, 0, 0.73, 1.46, 1.46])


def test_provincial_change_is_gain_minus_loss() -> None:
    """1e6 m3 * 0.5 * 1.8 * 0.5 = 450,000 t C; * 9.61 % = 43,245 less * 5.54 % = 24,930 t C/yr."""
    change = eq.provincial_arbor_change(
        stock_m3=1e6,
        growth_rate=0.0961,
        consumption_rate=0.0554,
        wood_density_t_m3=0.5,
        total_bef=1.8,
        carbon_fraction=0.5,
    )
    assert float(change) == pytest.approx(43_245 - 24_930)


def test_growth_curve_starts_at_nothing_and_never_passes_its_asymptote() -> None:
    ages = np.array([0.0, 10.0, 50.0, 1_000.0])
    curve = eq.growth_curve(age_yr=ages, asymptote_t_ha=130.98, span_yr=17.816, shape=1.5)
    assert curve[0] == 0
    assert np.all(np.diff(curve) > 0)
    assert curve[-1] == pytest.approx(130.98)


def test_value_of_carbon_as_the_published_formula_gives_it() -> None:
    """50 / 2 * (1 + 1 / (1.5 * 1.05)) = 25 * 1.634921 = 40.87302 per t C."""
    value = eq.net_present_value(
        carbon_t=1,
        price_per_t_c=50,
        start_year=2010,
        end_year=2012,
        discount_percent=50,
        price_change_percent=5,
    )
    assert round(float(value), 5) == 40.87302


def test_c_becomes_co2_in_one_function_only() -> None:
    assert float(eq.co2_from_c(12.0)) == 44.0
    assert float(eq.co2_from_c(np.array([3.0]))[0]) == pytest.approx(11.0)


# Roots are counted once


def test_a_function_with_roots_is_split_and_never_multiplied_by_one_plus_r() -> None:
    """1.0687 * 80 + 10.237 = 95.733 t d.m./ha; / 1.24 * 0.5 = 38.602 t C/ha above ground."""
    stand = {"slope_t_m3": 1.0687, "intercept_t_ha": 10.237, "stock_m3_ha": 80.0}
    living = float(eq.volume_function(**stand))
    assert living == pytest.approx(95.733)
    split = [
        float(each(**stand, carbon_fraction=0.5, root_shoot=0.24))
        for each in (eq.stand_above_ground, eq.stand_below_ground)
    ]
    assert split[0] == pytest.approx(38.602, abs=0.001)
    assert sum(split) == pytest.approx(living * 0.5)


def test_a_straight_line_in_the_stock_is_the_equation_at_every_stock() -> None:
    others = {"a": np.array([1.1]), "b": np.array([9.0]), "CF": np.array([0.47])}
    line = eq.stand_above_ground.line("V", **others, R=np.array([0.3]))
    for stock in (0.0, 55.0, 210.0):
        whole = eq.stand_above_ground.of(**others, R=0.3, V=stock)
        assert line.constant + line.slope * stock == pytest.approx(whole)


# Gain-loss against stock difference


def test_both_methods_are_shown_and_the_residual_closes_them() -> None:
    change = eq.stock_difference(earlier_t_c=1_000.0, later_t_c=1_300.0, years=5)
    flows = eq.gain_loss(gain_t_c=90.0, loss_t_c=40.0)
    rest = eq.residual(gains_t_c=90.0, losses_t_c=40.0, stock_difference_t_c=change)
    assert float(change) == 60.0
    assert float(flows) == 50.0
    assert float(flows + rest) == float(change)


def test_a_change_of_exactly_minus_one_is_a_change_and_missing_is_not_a_number() -> None:
    change = eq.stock_difference(earlier_t_c=[5.0, 5.0, np.nan], later_t_c=[4.0, 5.0, 4.0], years=1)
    assert change.tolist()[:2] == [-1.0, 0.0]
    assert np.isnan(change[2])


# Laws


FOREST = {"stock_m3_ha": [80.0, 120.0], "bcef_s_t_m3": 0.9, "root_shoot": 0.2}


def test_zero_area_is_zero_and_twice_the_area_twice_the_carbon() -> None:
    def carbon(area: list[float]) -> np.ndarray:
        return eq.biomass_carbon_from_stock(area_ha=area, carbon_fraction=0.47, **FOREST)

    np.testing.assert_array_equal(carbon([0.0, 0.0]), [0.0, 0.0])
    np.testing.assert_allclose(carbon([2.0, 6.0]), 2 * carbon([1.0, 3.0]))


def test_splitting_a_stratum_changes_nothing() -> None:
    function = {"slope_t_m3": 1.0687, "intercept_t_ha": 10.237, "carbon_fraction": 0.5}
    whole = eq.stand_carbon(**function, area_ha=10.0, stock_m3=800.0)
    parts = eq.stand_carbon(**function, area_ha=[4.0, 6.0], stock_m3=[500.0, 300.0])
    assert float(parts.sum()) == pytest.approx(float(whole))


def test_missing_input_gives_no_number() -> None:
    gain = eq.biomass_gain(area_ha=[1.0, np.nan], total_growth_t_ha=5.0, carbon_fraction=0.47)
    assert np.isnan(gain[1])
    assert not np.isnan(gain[0])
    loss = eq.biomass_loss(removals_t_c=1.0, fuelwood_t_c=np.nan, disturbance_t_c=1.0)
    assert np.isnan(loss)


def plausible(each: Input) -> float:
    """A number inside the range of a quantity."""
    if each.quantity == "-":
        return 2.0
    limits = quantities()[each.quantity]
    return limits.low + 0.3 * min(limits.high - limits.low, 10.0)


@pytest.mark.parametrize("name", sorted(EQUATIONS.keys() - {"coastal_methane"}))
def test_any_missing_argument_makes_the_answer_missing(name: str) -> None:
    equation = EQUATIONS[name]
    arguments = {each.name: plausible(each) for each in equation.inputs}
    assert np.isfinite(equation(**arguments)).all()
    for missing in arguments:
        assert np.isnan(equation(**{**arguments, missing: np.nan})).all(), missing


# What cannot be


def test_absurd_numbers_are_refused_with_their_rows_and_never_clipped() -> None:
    with pytest.raises(InputError, match=r"increment_m3_ha.*1: 400") as caught:
        eq.total_growth_from_increment(
            increment_m3_ha=[5.0, 400.0], bcef_i_t_m3=[0.8, -1.0], root_shoot=0.2
        )
    assert [each.where for each in caught.value.problems] == [
        "2.10b: increment_m3_ha",
        "2.10b: bcef_i_t_m3",
    ]


@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (eq.soil_stock, {"area_ha": -1, "reference_t_c_ha": 60}, "area_ha"),
        (eq.soil_stock, {"area_ha": 1, "reference_t_c_ha": -5}, "reference_t_c_ha"),
        (
            eq.biomass_gain,
            {"area_ha": 1, "total_growth_t_ha": 4, "carbon_fraction": 47},
            "carbon_fraction",
        ),
        (eq.stock_difference, {"earlier_t_c": 1, "later_t_c": 2, "years": 0}, "years"),
        (eq.tidal_accretion, {"cover_percent": 120}, "cover_percent"),
        (eq.urban_growth_by_crown, {"crown_area_ha": 1, "crown_rate_t_c_ha": 500}, "crown_rate"),
    ],
)
def test_a_number_outside_its_plausible_range_is_named(function, arguments, named: str) -> None:
    with pytest.raises(InputError, match=f"quantity_range.*{named}"):
        function(**arguments)


def test_every_plausible_range_says_why() -> None:
    for each in quantities().values():
        assert each.low < each.high
        assert each.why_zh
        assert each.why_en


def test_published_coefficients_lie_within_the_plausible_ranges() -> None:
    named = {
        "t C/t d.m.": "carbon_fraction",
        "t d.m./ha/yr": "growth_t_ha",
        "t d.m./ha": "biomass_t_ha",
        "t C/ha": "density_t_c_ha",
    }
    for row in coefficients():
        if row.unit in named:
            limits = quantities()[named[row.unit]]
            assert limits.low <= row.value <= limits.high, row.key
