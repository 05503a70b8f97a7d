"""Equations: laws, the guidelines' worked examples with their inputs, sums done another way."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from gis.problems import InputError
from sink_models import equations as eq
from sink_models.coefficients.plausible_ranges import quantities
from sink_models.coefficients.store import coefficients
from sink_models.equations.co2 import co2_from_c

# Declarations


@pytest.mark.parametrize("card", eq.equation_cards().values(), ids=lambda each: each.key)
def test_every_equation_is_declared_with_its_source_unit_and_words(card: eq.EquationCard) -> None:
    for text in (card.title_zh, card.title_en, card.formula, card.unit, card.source):
        assert text.strip()
    assert card.status in ("verified", "recalled", "own")
    assert inspect.getdoc(card.function)


def test_public_functions_take_their_numbers_by_name() -> None:
    for card in eq.equation_cards().values():
        kinds = {each.kind for each in inspect.signature(card.function).parameters.values()}
        positional = inspect.Parameter.POSITIONAL_ONLY
        assert positional not in kinds


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


def test_provincial_gain_and_loss() -> None:
    """1e6 m3 * 0.5 * 1.8 * 0.5 = 450,000 t C; * 9.61 % = 43,245 and * 5.54 % = 24,930 t C/yr."""
    gain, loss = eq.provincial_arbor_change(
        stock_m3=1e6,
        growth_rate=0.0961,
        consumption_rate=0.0554,
        wood_density_t_m3=0.5,
        total_bef=1.8,
        carbon_fraction=0.5,
    )
    assert [float(gain), float(loss)] == pytest.approx([43_245, 24_930])


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
    assert float(eq.co2_from_carbon(12.0)) == 44.0
    assert float(co2_from_c(np.array([3.0]))[0]) == pytest.approx(11.0)


# Roots are counted once


def test_a_function_with_roots_never_meets_one_plus_r() -> None:
    fang = eq.VolumeBiomass(1.0687, 10.237, includes_roots=True, source="Fang et al. 2001")
    living = fang.biomass(area_ha=10.0, stock_m3=800.0)
    assert isinstance(living, eq.LivingBiomass)
    with pytest.raises(InputError, match="roots_twice"):
        eq.add_roots(living, root_shoot=0.24)  # type: ignore[arg-type]
    above, below = living.split(0.24)
    # 1.0687 * 800 + 10.237 * 10 = 957.33 t d.m., of which 957.33 / 1.24 = 772.04 above ground
    assert float(living.t_d_m) == pytest.approx(957.33)
    assert float(above.t_d_m) == pytest.approx(772.04, abs=0.005)
    assert float(above.t_d_m + below) == pytest.approx(957.33)
    again = eq.add_roots(above, root_shoot=0.24)
    assert float(again.t_d_m) == pytest.approx(957.33)
    assert float(living.carbon(0.5)) == pytest.approx(478.665)


def test_a_function_without_roots_wants_them_added() -> None:
    stem = eq.VolumeBiomass(0.6, 5.0, includes_roots=False, source="x")
    above = stem.biomass(area_ha=1.0, stock_m3=100.0)
    assert isinstance(above, eq.AboveGroundBiomass)


def test_an_area_without_stock_is_refused_and_names_its_row() -> None:
    fang = eq.VolumeBiomass(1.0, 10.0, includes_roots=True, source="x")
    with pytest.raises(InputError, match=r"area_without_stock.*1"):
        fang.biomass(area_ha=[1.0, 2.0], stock_m3=[50.0, 0.0])


# Gain-loss against stock difference


def test_both_methods_are_shown_and_the_residual_closes_them() -> None:
    change = eq.stock_difference(earlier_t_c=1_000.0, later_t_c=1_300.0, years=5)
    both = eq.reconcile(gains_t_c=90.0, losses_t_c=40.0, stock_difference_t_c=change)
    assert float(both.stock_difference) == 60.0
    assert float(both.gain_loss) == 50.0
    assert float(both.gain_loss + both.residual) == float(both.stock_difference)


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
    fang = eq.VolumeBiomass(1.0687, 10.237, includes_roots=True, source="x")
    whole = fang.biomass(area_ha=10.0, stock_m3=800.0).t_d_m
    parts = fang.biomass(area_ha=[4.0, 6.0], stock_m3=[500.0, 300.0]).t_d_m
    assert float(parts.sum()) == pytest.approx(float(whole))


def test_missing_input_gives_no_number() -> None:
    gain = eq.biomass_gain(area_ha=[1.0, np.nan], total_growth_t_ha=5.0, carbon_fraction=0.47)
    assert np.isnan(gain[1])
    assert not np.isnan(gain[0])
    loss = eq.biomass_loss(removals_t_c=1.0, fuelwood_t_c=np.nan, disturbance_t_c=1.0)
    assert np.isnan(loss)


PLAIN = {
    "area_ha": 2.0,
    "above_ground_growth_t_ha": 4.0,
    "root_shoot": 0.3,
    "increment_m3_ha": 5.0,
    "bcef_i_t_m3": 0.8,
    "bcef_r_t_m3": 1.1,
    "bcef_s_t_m3": 0.9,
    "total_growth_t_ha": 5.0,
    "carbon_fraction": 0.47,
    "volume_m3": 10.0,
    "bark_fraction": 0.1,
    "trees_m3": 3.0,
    "parts_m3": 2.0,
    "wood_density_t_m3": 0.5,
    "above_ground_biomass_t_ha": 80.0,
    "fraction_lost": 0.3,
    "removals_t_c": 1.0,
    "fuelwood_t_c": 1.0,
    "disturbance_t_c": 1.0,
    "gain_t_c": 3.0,
    "loss_t_c": 1.0,
    "earlier_t_c": 10.0,
    "later_t_c": 12.0,
    "years": 5.0,
    "stock_m3_ha": 80.0,
    "bef": 1.5,
    "before_t_ha": 50.0,
    "after_t_ha": 10.0,
    "area_ha_yr": 2.0,
    "conversion_t_c": -1.0,
    "reference_t_c_ha": 60.0,
    "land_use": 0.7,
    "management": 1.1,
    "inputs": 1.0,
    "inventory_years": 20.0,
    "dependence_years": 20.0,
    "emission_t_c_ha": 5.0,
    "mineral_t_c": 4.0,
    "organic_loss_t_c": 1.0,
    "inorganic_t_c": 0.0,
    "inflow_t_ha": 3.0,
    "outflow_t_ha": 1.0,
    "earlier_t_ha": 5.0,
    "later_t_ha": 6.0,
    "old_t_c_ha": 1.0,
    "new_t_c_ha": 5.0,
    "crown_area_ha": 3.0,
    "crown_rate_t_c_ha": 2.9,
    "trees": 100.0,
    "tree_rate_t_c": 0.01,
    "salinity_ppt": 10.0,
    "cover_percent": 40.0,
    "full_rate_t_c_ha": 1.46,
    "gas_t": 1.0,
    "warming_potential": 27.0,
    "emission_kg_ha": 100.0,
    "above_ground_t_ha": 90.0,
    "density_t_c_ha": 50.0,
    "fuel_t_ha": 50.0,
    "combustion_factor": 0.4,
    "emission_g_kg": 1_500.0,
    "above_ground_t_c": 1.0,
    "below_ground_t_c": 1.0,
    "dead_wood_t_c": 1.0,
    "litter_t_c": 1.0,
    "soil_t_c": 1.0,
    "harvested_wood_t_c": 1.0,
    "forest_t_c": 1.0,
    "cropland_t_c": 1.0,
    "grassland_t_c": 1.0,
    "wetland_t_c": 1.0,
    "settlement_t_c": 1.0,
    "other_land_t_c": 1.0,
    "trees_t_c": 1.0,
    "shrubs_t_c": 1.0,
    "herbs_t_c": 1.0,
    "growing_ha": 5.0,
    "growth_t_c_ha": 2.6,
    "harvested_ha": 1.0,
    "harvested_t_c_ha": 21.0,
    "npp_t_ha": 8.0,
    "biomass_t_ha": 75.0,
    "dead_matter_t_c_ha": 11.0,
    "soil_t_c_ha": 286.0,
    "soil_share": 0.8,
    "stock_t_c": 100.0,
    "inflow_t_c": 5.0,
    "half_life_yr": 30.0,
    "co2_t_c_ha": -0.23,
    "dissolved_t_c_ha": 0.24,
}


def arguments_of(card: eq.EquationCard) -> list[str]:
    return list(inspect.signature(card.function).parameters)


ARITHMETIC = [
    card for card in eq.equation_cards().values() if set(arguments_of(card)) <= set(PLAIN)
]


@pytest.mark.parametrize("card", ARITHMETIC, ids=lambda each: each.key)
def test_any_missing_argument_makes_the_answer_missing(card: eq.EquationCard) -> None:
    arguments = {name: PLAIN[name] for name in arguments_of(card)}
    assert np.isfinite(card.function(**arguments))
    for name in arguments:
        assert np.isnan(card.function(**{**arguments, name: np.nan})), name


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
