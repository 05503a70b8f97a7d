"""Published numbers and peers' own test values: where they are right, and where ours must differ.

Each test prints its inputs and the sum. InVEST: the values that its own test suite asserts. IPCC:
worked examples and defaults of the 2006 Guidelines, the 2013 Wetlands Supplement and the 2019
Refinement. A peer's answer that is wrong stands beside ours with the reason.
"""

from __future__ import annotations

import numpy as np
import pytest

from gis.problems import InputError
from sink_models.blue_carbon import BlueCarbonBalance, blue_carbon_balance, decay_loss
from sink_models.blue_carbon.classes import BIOMASS, LITTER, SOIL
from sink_models.coefficients import coefficients
from sink_models.equations import (
    afolu_total,
    biomass_carbon_from_stock,
    co2_equivalent,
    co2_from_c,
    coastal_extraction,
    coastal_methane,
    coastal_soil_flux,
    dead_matter_total,
    expansion_from_density,
    land_use_total,
    mapped_biomass_carbon,
    mineral_soil_change,
    net_present_value,
    perennial_crop_change,
    present_value_of_flows,
    provincial_arbor_change,
    rewetted_organic_soil,
    service_carbon_fixation,
    settlement_total,
    soil_stock,
    stratum_total,
    wetland_methane,
    wood_products_stock,
)
from sink_models.invest import (
    carbon_change,
    carbon_map,
    carbon_totals,
    read_carbon_pools,
    read_coastal_classes,
    read_transitions,
)
from sink_models.uncertainty import product_uncertainty, shared_sum, sum_uncertainty

# InVEST Carbon: its three land-cover codes hold 86, 28 and 8 t C/ha

POOLS = read_carbon_pools(
    "C_above,C_below,C_soil,C_dead,lucode,LULC_Name\n"
    '15,10,60,1,1,"lulc code 1"\n5,3,20,0,2,"lulc code 2"\n2,1,5,0,3,"lulc code 3"\n'
)


def test_invest_pool_sums_and_changes_between_codes() -> None:
    assert POOLS.total.tolist() == [86.0, 28.0, 8.0]
    assert carbon_totals(POOLS, {2: 1.0})["total"] - 86.0 == -58.0
    assert carbon_totals(POOLS, {3: 1.0})["total"] - 86.0 == -78.0


@pytest.mark.parametrize(("change", "value"), [(-58.0, -0.3422078), (-78.0, -0.4602106)])
def test_invest_value_of_a_cell_of_one_square_metre(change: float, value: float) -> None:
    """43 per t C, 2016 to 2030, discount -7.1 %, price +2.8 % a year; 0.0001 ha."""
    worth = net_present_value(
        carbon_t=change * 1e-4,
        price_per_t_c=43.0,
        start_year=2016,
        end_year=2030,
        discount_percent=-7.1,
        price_change_percent=2.8,
    )
    assert float(worth) == pytest.approx(value, abs=1e-6)


def test_invest_value_without_rates() -> None:
    """-58 t/ha * 0.0001 ha * 43 = -0.2494; -78: -0.3354."""
    for change, value in ((-58.0, -0.2494), (-78.0, -0.3354)):
        worth = net_present_value(
            carbon_t=change * 1e-4, price_per_t_c=43.0, start_year=2016, end_year=2030,
            discount_percent=0.0, price_change_percent=0.0,
        )  # fmt: skip
        assert float(worth) == pytest.approx(value, abs=1e-6)


def test_invest_users_guide_pools_and_a_missing_code() -> None:
    """Forest 140 + 70 + 35 + 12 = 257, coffee 136, pasture 84, shrub 103, open 27 t C/ha."""
    text = (
        "lucode,LULC_Name,C_above,C_below,C_soil,C_dead\n1,Forest,140,70,35,12\n"
        "2,Coffee,65,40,25,6\n3,Pasture/grass,15,35,30,4\n4,Shrub/undergrowth,30,30,30,13\n"
        "5,Open/urban,5,5,15,2\n"
    )
    assert read_carbon_pools(text).total.tolist() == [257.0, 136.0, 84.0, 103.0, 27.0]
    with pytest.raises(InputError, match=r"invest_codes.*200"):
        carbon_map(POOLS, [[200]])


def test_a_loss_of_exactly_one_tonne_is_kept_where_a_peer_reads_no_data() -> None:
    pools = read_carbon_pools(
        "lucode,c_above,c_below,c_soil,c_dead\n1,5,0,0,0\n2,4,0,0,0\n9,0,0,0,0\n"
    )
    before = carbon_map(pools, [[1, 1, 255]], no_data=255)
    after = carbon_map(pools, [[2, 1, 2]], no_data=255)
    change = carbon_change(before, after)
    assert change[0, :2].tolist() == [-1.0, 0.0]
    assert np.isnan(change[0, 2])


# InVEST Coastal Blue Carbon: a cell of mangrove and a cell of parking lot that change places

BIOPHYSICAL = (
    "code,lulc-class,biomass-initial,soil-initial,litter-initial,biomass-half-life,"
    "biomass-low-impact-disturb,biomass-med-impact-disturb,biomass-high-impact-disturb,"
    "biomass-yearly-accumulation,soil-half-life,soil-low-impact-disturb,soil-med-impact-disturb,"
    "soil-high-impact-disturb,soil-yearly-accumulation,litter-yearly-accumulation\n"
    "1,mangrove,64,313,3,15,0.5,0.5,1,2,7.5,0.3,0.5,0.66,5.35,1\n"
    "2,parking lot,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
)
TRANSITIONS = (
    "lulc-class,mangrove,parking lot\nmangrove,NCC,high-impact-disturb\nparking lot,accum,NCC\n"
    ",,\n,legend,\n"  # as the preprocessor writes it below its table
)
CLASSES = read_coastal_classes(BIOPHYSICAL)
ACTIONS = read_transitions(TRANSITIONS, classes=CLASSES)


def coast(*history: tuple[int, str], end: int) -> BlueCarbonBalance:
    return blue_carbon_balance(CLASSES, ACTIONS, history, end_year=end)


MANGROVE_FIRST = ((2000, "mangrove"), (2010, "parking lot"), (2020, "mangrove"))
PARKING_FIRST = ((2000, "parking lot"), (2010, "mangrove"), (2020, "parking lot"))


def net(balance: BlueCarbonBalance, start: int, end: int, *pools: str) -> float:
    """Net sequestration of some pools between two years, t C/ha."""
    first = balance.years[0]
    flows = (balance.gains[pool] - balance.losses[pool] for pool in pools or balance.gains)
    return float(sum(each[start - first : end - first].sum() for each in flows))


def test_invest_emission_of_a_disturbed_cohort() -> None:
    """5.5 t disturbed in year 10, half-life 7.5: in year 15, age 5, 0.3058625 t."""
    lost = decay_loss(disturbed=5.5, half_life_yr=7.5, age_yr=15 - 10)
    assert float(lost) == pytest.approx(0.3058625, rel=1e-6)


def test_invest_first_decade_accumulates() -> None:
    """10 * (2 + 5.35 + 1) = 83.5 t C/ha; the parking lot nothing."""
    assert net(coast(*MANGROVE_FIRST, end=2020), 2000, 2010) == pytest.approx(83.5)
    assert net(coast(*PARKING_FIRST, end=2020), 2000, 2010) == 0.0


def test_invest_decade_after_clearing() -> None:
    """Biomass 64 + 20 = 84 all set free, half-life 15; soil (313 + 53.5) * 0.66, half-life 7.5.

    84 * (1 - 0.5^(10/15)) + 241.89 * (1 - 0.5^(10/7.5)) = 176.9792 t C/ha lost.
    """
    balance = coast(*MANGROVE_FIRST, end=2020)
    assert net(balance, 2010, 2020, BIOMASS, SOIL) == pytest.approx(-176.9792, rel=1e-6)
    other = coast(*PARKING_FIRST, end=2030)
    assert net(other, 2020, 2030, BIOMASS, SOIL) == pytest.approx(-28.698004, rel=1e-6)


def test_litter_that_grows_back_is_counted_where_the_peer_leaves_it_out() -> None:
    """Parking lot to mangrove, 2010 to 2020: InVEST reports 10 * (2 + 5.35) = 73.5 and drops the
    litter that its own table accumulates; with it 83.5, and every pool closes."""
    balance = coast(*PARKING_FIRST, end=2020)
    assert net(balance, 2010, 2020, BIOMASS, SOIL) == pytest.approx(73.5)
    assert net(balance, 2010, 2020) == pytest.approx(83.5)
    assert balance.stock[LITTER][-1] == pytest.approx(10.0)
    assert balance.total_stock[-1] - balance.total_stock[0] == pytest.approx(
        balance.net_change.sum()
    )


def test_decay_goes_on_after_the_land_recovers_where_the_peer_forgets_it() -> None:
    """Mangrove, cleared 2010, planted 2020: InVEST has +73.5 in 2020-2030. The cohorts of 2010 go
    on: biomass 84 * (0.5^(10/15) - 0.5^(20/15)) = 19.5815 and soil 241.89 *
    (0.5^(10/7.5) - 0.5^(20/7.5)) = 57.9004 are lost meanwhile."""
    balance = coast(*MANGROVE_FIRST, end=2030)
    decayed = 84 * (0.5 ** (10 / 15) - 0.5 ** (20 / 15))
    decayed += 241.89 * (0.5 ** (10 / 7.5) - 0.5 ** (20 / 7.5))
    assert net(balance, 2020, 2030, BIOMASS, SOIL) == pytest.approx(73.5 - decayed)


def test_value_of_yearly_flows_meets_each_price_once() -> None:
    """10 years of 8.35 t at price 1, growth and discount 4 %: 83.5. InVEST asserts 835: it
    multiplies the decade's sum by ten yearly factors of 1."""
    flows = coast((2000, "mangrove"), end=2010).net_change
    prices = 1.04 ** np.arange(10)
    worth = present_value_of_flows(flows_t_c=flows, prices=prices, discount_percent=4.0)
    assert float(worth) == pytest.approx(83.5)


def test_classes_that_the_biophysical_table_lacks_are_refused_in_either_place() -> None:
    for text in (
        "lulc-class,mangrove\nmissing code,NCC\n",
        "lulc-class,missing code\nmangrove,NCC\n",
    ):
        with pytest.raises(InputError, match=r"class_unknown.*missing code"):
            read_transitions(text, classes=CLASSES)


# IPCC 2006 Vol. 4 Ch. 5 and 6


def test_perennial_crops_of_the_chapter_5_example() -> None:
    """90,000 ha * 2.6 = 234,000; 10,000 ha * 21 = 210,000; net 24,000 t C/yr."""
    change = perennial_crop_change(
        growing_ha=90_000, growth_t_c_ha=2.6, harvested_ha=10_000, harvested_t_c_ha=21
    )
    assert float(change) == pytest.approx(24_000)


def test_tropical_grassland_of_the_chapter_6_example() -> None:
    """SOC_REF 47. 500,000 native, 400,000 at F_MG 0.97, 100,000 at 0.70: 45.026 Mt C; then 300,000
    native, 300,000 at 0.97, 200,000 at 0.70, 100,000 at 1.17, 100,000 at 1.17 * 1.11: 45.960 Mt C;
    (45.960 - 45.026) / 20 = 0.0467 Mt C/yr."""
    earlier = soil_stock(
        area_ha=[500_000, 400_000, 100_000], reference_t_c_ha=47, management=[1, 0.97, 0.70]
    ).sum()
    later = soil_stock(
        area_ha=[300_000, 300_000, 200_000, 100_000, 100_000],
        reference_t_c_ha=47,
        management=[1, 0.97, 0.70, 1.17, 1.17],
        inputs=[1, 1, 1, 1, 1.11],
    ).sum()
    assert round(float(earlier) / 1e6, 3) == 45.026
    assert round(float(later) / 1e6, 3) == 45.960
    change = mineral_soil_change(earlier_t_c=earlier, later_t_c=later)
    assert round(float(change), -2) == 46_700


def test_forest_to_cropland_and_cropland_to_pasture_on_volcanic_soil() -> None:
    """SOC_REF 70: 70 * 0.48 * 1 * 0.92 = 30.9; (30.9 - 70) / 20 = -2.0; fertilised pasture
    70 * 1.17 = 81.9; (81.9 - 30.9) / 20 = 2.5 t C/ha/yr."""
    crop = soil_stock(area_ha=1, reference_t_c_ha=70, land_use=0.48, inputs=0.92)
    pasture = soil_stock(area_ha=1, reference_t_c_ha=70, management=1.17)
    assert round(float(crop), 1) == 30.9
    assert round(float(mineral_soil_change(earlier_t_c=70.0, later_t_c=crop)), 1) == -2.0
    assert round(float(mineral_soil_change(earlier_t_c=crop, later_t_c=pasture)), 1) == 2.5


def test_both_chapter_5_soil_inventories_and_their_change() -> None:
    """SOC_REF 88, F_LU 0.69: 58.78 and 64.06 Mt C; 264,132 t C/yr over 20 years."""
    earlier = soil_stock(
        area_ha=[400_000, 600_000], reference_t_c_ha=88, land_use=0.69, inputs=[0.92, 1]
    ).sum()
    later = soil_stock(
        area_ha=[200_000, 700_000, 100_000],
        reference_t_c_ha=88,
        land_use=0.69,
        management=[1, 1.08, 1.15],
        inputs=[0.92, 1, 1],
    ).sum()
    assert (round(float(earlier) / 1e6, 2), round(float(later) / 1e6, 2)) == (58.78, 64.06)
    change = mineral_soil_change(earlier_t_c=earlier, later_t_c=later)
    assert round(float(change)) == 264_132


# Sums


def test_sums_over_pools_strata_and_land_use() -> None:
    forest = stratum_total(
        above_ground_t_c=[4.0, 1.0], below_ground_t_c=[1.0, 0.2], dead_wood_t_c=[0.5, 0.1],
        litter_t_c=[0.3, 0.0], soil_t_c=[-1.0, 0.0], harvested_wood_t_c=[0.2, 0.0],
    )  # fmt: skip
    assert forest.tolist() == pytest.approx([5.0, 1.3])
    category = land_use_total(strata_t_c=forest)
    assert float(category) == pytest.approx(6.3)
    land = afolu_total(
        forest_t_c=category, cropland_t_c=-1.0, grassland_t_c=0.0, wetland_t_c=0.5,
        settlement_t_c=0.2, other_land_t_c=0.0,
    )  # fmt: skip
    assert float(land) == pytest.approx(6.0)
    dead = dead_matter_total(dead_wood_t_c=1.0, litter_t_c=-0.25)
    assert float(dead) == 0.75
    town = settlement_total(trees_t_c=2.0, shrubs_t_c=0.5, herbs_t_c=np.nan)
    assert np.isnan(town)


def test_wood_products_decay_by_half_and_tend_to_inflow_over_k() -> None:
    """Half-life 2: k = 0.3466; 100 t C without inflow are 50 after two years; 10 t C/yr for long
    make 10 / 0.3466 = 28.85 t C."""
    stock = np.array(100.0)
    for _ in range(2):
        stock = wood_products_stock(stock_t_c=stock, inflow_t_c=0.0, half_life_yr=2.0)
    assert float(stock) == pytest.approx(50.0)
    for _ in range(200):
        stock = wood_products_stock(stock_t_c=stock, inflow_t_c=10.0, half_life_yr=2.0)
    assert float(stock) == pytest.approx(28.8539, abs=1e-4)


# Wetlands Supplement 2013


def test_mangrove_defaults_and_their_published_ratios() -> None:
    """Litter / AGB = 0.7 / (192 * 0.451) = 0.008 and dead wood / AGB = 10.7 / 86.6 = 0.124."""
    store = coefficients()
    agb = store["mangrove_agb_tropical_wet"].value * store["mangrove_cf"].value
    assert agb == pytest.approx(86.592)
    assert store["mangrove_litter_c"].value / agb == pytest.approx(0.00808, abs=1e-5)
    assert store["mangrove_deadwood_c"].value / agb == pytest.approx(0.1236, abs=1e-4)
    wet = mapped_biomass_carbon(
        area_ha=1.0, above_ground_t_ha=192, root_shoot=0.49, carbon_fraction=0.451
    )
    assert float(wet) == pytest.approx(129.02208)


def test_extraction_of_a_hundred_hectares_of_subtropical_mangrove() -> None:
    """100 * (75 * 1.96 * 0.451 + 0.7 + 10.7 + 286) = 36,369.7 t C lost in the year."""
    lost = coastal_extraction(
        area_ha=100, biomass_t_ha=75, root_shoot=0.96, carbon_fraction=0.451,
        dead_matter_t_c_ha=11.4, soil_t_c_ha=286,
    )  # fmt: skip
    assert float(lost) == pytest.approx(36_369.7)


@pytest.mark.parametrize(("factor", "flux"), [(7.9, 7_900.0), (-1.62, -1_620.0), (-0.43, -430.0)])
def test_drained_and_rewetted_coast_by_table_4_12_and_4_13(factor: float, flux: float) -> None:
    assert float(coastal_soil_flux(area_ha=1_000, emission_t_c_ha=factor)) == pytest.approx(flux)


def test_rewetted_temperate_poor_peat_is_near_balance() -> None:
    """10 ha * (-0.23 + 0.24) = 0.1 t C/yr."""
    flux = rewetted_organic_soil(area_ha=10, co2_t_c_ha=-0.23, dissolved_t_c_ha=0.24)
    assert float(flux) == pytest.approx(0.1)


def test_methane_by_salinity_and_as_co2() -> None:
    """193.7 kg/ha below 18 ppt, 0 from there; 100 ha * 193.7 * 27 / 1000 = 522.99 t CO2e."""
    by_class = coastal_methane(
        salinity_ppt=[5.0, 17.9, 18.0, 30.0], fresh_kg_ha=193.7, saline_kg_ha=0.0
    )
    assert by_class.tolist() == [193.7, 193.7, 0.0, 0.0]
    mass = wetland_methane(area_ha=100, emission_kg_ha=by_class[0])
    weighed = co2_equivalent(gas_t=mass / 1000.0, warming_potential=27.0)
    assert float(weighed) == pytest.approx(522.99)


# Chinese guidelines


def test_volume_times_density_times_expansion_as_the_guidelines_write_it() -> None:
    """LY/T 2253 form: 100 ha * 80 m3/ha * 0.462 * 1.431 * (1 + 0.24) * 0.5 = 3,279.17 t C."""
    carbon = biomass_carbon_from_stock(
        area_ha=100,
        stock_m3_ha=80,
        bcef_s_t_m3=expansion_from_density(wood_density_t_m3=0.462, bef=1.431),
        root_shoot=0.24,
        carbon_fraction=0.5,
    )
    assert float(carbon) == pytest.approx(100 * 80 * 0.462 * 1.431 * 1.24 * 0.5)
    assert float(carbon) == pytest.approx(3_279.17, abs=0.01)


def test_provincial_guideline_with_a_factor_for_the_whole_tree() -> None:
    """1e6 m3 * 0.462 * 1.787 * 0.5 = 412,797; * 9.61 % gained = 39,669.79, * 5.54 % consumed."""
    trees = {"stock_m3": 1e6, "wood_density_t_m3": 0.462, "total_bef": 1.787}
    gain = provincial_arbor_change(
        **trees, growth_rate=0.0961, consumption_rate=0.0, carbon_fraction=0.5
    )
    change = provincial_arbor_change(
        **trees, growth_rate=0.0961, consumption_rate=0.0554, carbon_fraction=0.5
    )
    assert float(gain) == pytest.approx(39_669.79, abs=0.01)
    assert float(gain - change) == pytest.approx(22_868.95, abs=0.01)


def test_service_fixation_is_1_63_of_dry_matter_in_co2() -> None:
    """100 ha * 10 t/ha * 1.63 = 1,630 t CO2 = 444.5 t C: a gross flow, no sink."""
    carbon = service_carbon_fixation(area_ha=100, npp_t_ha=10)
    assert float(carbon) == pytest.approx(444.545, abs=1e-3)
    assert float(co2_from_c(carbon)) == pytest.approx(1_630.0)


# Uncertainty by formula, IPCC 2006 Vol. 1 Ch. 3


def test_error_of_a_product_and_of_a_sum() -> None:
    """sqrt(5^2 + 10^2) = 11.18 %; 100 +- 10 % and 50 +- 20 %: sqrt(10^2 + 10^2) / 150 = 9.43 %."""
    assert product_uncertainty([5.0, 10.0]) == pytest.approx(11.18, abs=0.01)
    percent, half = sum_uncertainty(values=[100.0, 50.0], percents=[10.0, 20.0])
    assert (percent, half) == pytest.approx((9.428, 14.142), abs=1e-3)


def test_districts_that_share_a_coefficient_add_up_and_not_in_quadrature() -> None:
    """Ten districts of 100 t +- 20 % of one coefficient: 200 t, where a peer prints 63 t."""
    shared = shared_sum(sensitivities=np.full((10, 1), 100.0), half_widths=[0.2])
    independent = sum_uncertainty(values=[100.0] * 10, percents=[20.0] * 10)[1]
    assert shared == pytest.approx(200.0)
    assert independent == pytest.approx(63.2, abs=0.1)
