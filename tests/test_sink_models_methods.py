"""Own coefficients, candidates, forest routes, loose trees, coastal presets, the method sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gis.problems import InputError
from sink_models.account import EpochData
from sink_models.blue_carbon.balance import blue_carbon_balance
from sink_models.blue_carbon.classes import BIOMASS, SOIL
from sink_models.blue_carbon.presets import coastal_preset
from sink_models.coefficients.overrides import export_rows, with_overrides
from sink_models.coefficients.rule_tables import density_rules
from sink_models.coefficients.selection import Sought, density_candidates, find_zone
from sink_models.coefficients.store import coefficients, read_coefficients
from sink_models.equations import carbon_from_density, greenway_crown_area, mapped_biomass_carbon
from sink_models.evaluate import evaluate
from sink_models.method.report import method_sheet
from sink_models.method.values import Figure
from sink_models.options import ForestFlows, Options
from sink_models.results import Results
from sink_models.sampling import Sampling

SAMPLING = Sampling(draws=200)
HEADER = "key,value,unit,low,high,reason,analyst,source_document\n"
PROVINCIAL = frozenset({"prov_svd_national", "prov_bef_total_national", "prov_cf"})


def ground(stock: float = 8_000.0, scattered: float = 0.0) -> pd.DataFrame:
    base = {"unit_code": "440103", "status": "classified", "species_group": ""}
    return pd.DataFrame(
        [
            {
                **base,
                "cover": "forest_subcompartments",
                "ecosystem_type": "forest_arbor",
                "forest_class": "arbor",
                "species_group": "oaks",
                "stock_basis": "measured",
                "area_ha": 100.0,
                "growing_stock_m3": stock,
                "scattered_stock_m3": scattered,
            },
            {
                **base,
                "cover": "forest_subcompartments",
                "ecosystem_type": "open_forest",
                "forest_class": "open",
                "stock_basis": "measured",
                "area_ha": 10.0,
                "growing_stock_m3": 150.0,
            },
            {
                **base,
                "cover": "land_cover",
                "ecosystem_type": "mangrove",
                "area_ha": 20.0,
            },
        ]
    )


def run(frames: dict[int, pd.DataFrame] | None = None, *, store=None, **options: object) -> Results:
    kinds = frozenset({"forest_subcompartments", "land_cover"})
    epochs = [
        EpochData(year, rows, kinds=kinds) for year, rows in (frames or {2020: ground()}).items()
    ]
    chosen = Options(region="440100", **options)  # type: ignore[arg-type]
    whole = ("440100", "city")
    return evaluate(epochs, ["440103"], whole, sampling=SAMPLING, options=chosen, store=store)


# Own coefficients


def test_own_value_drives_and_is_named_with_reason_and_hand() -> None:
    text = HEADER + "mangrove_soil_c_mineral,300,t C/ha (0-1 m),280,320,own cores,Li Hua,\n"
    store, overrides = with_overrides(coefficients(), text, where="mine.csv")
    before, after = run(), run(store=store)

    def soil(results: Results) -> float:
        return results.values["carbon_stock.soil_100cm", 2020, "440100"].value

    assert soil(after) - soil(before) == pytest.approx(20 * (300 - 286))
    notice = overrides[0].notice
    for word in ("Li Hua", "own cores", "286", "300"):
        assert word in notice.text("en")
        assert word in notice.text("zh")
    row = store["mangrove_soil_c_mineral"]
    assert (row.ship, row.distribution) == ("analyst", "normal")
    assert "Li Hua" in row.note
    assert coefficients()["mangrove_soil_c_mineral"].value == 286


def test_own_row_with_a_new_key_needs_a_source() -> None:
    row = "my_density,5,t C/ha,,,plots,Li Hua,"
    with pytest.raises(InputError, match=r"override_source.*my_density"):
        with_overrides(coefficients(), HEADER + row + "\n", where="mine.csv")
    store, _ = with_overrides(coefficients(), HEADER + row + "Report 2023\n", where="mine.csv")
    assert store["my_density"].source_document == "Report 2023"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("mangrove_cf,45.1,%,,,x,Li,", r"override_unit.*t C/t d\.m\."),
        ("mangrove_cf,45.1,t C/t d.m.,,,x,Li,", "quantity_range"),
        ("mangrove_cf,0.45,t C/t d.m.,0.46,0.5,x,Li,", "outside its own range|不在自己的区间"),
        ("mangrove_cf,0.45,t C/t d.m.,,,,Li,", "override_unsigned.*reason"),
        ("mangrove_cf,0.45,t C/t d.m.,,,x,,", "override_unsigned.*analyst"),
        ("mangrove_cf,many,t C/t d.m.,,,x,Li,", "not a number|不是数"),
        ("mangrove_agb_subtropical,-5,t d.m./ha,,,x,Li,", "quantity_range"),
        ("mangrove_agb_subtropical,75,t d.m./ha,-10,2500,x,Li,", "low -10, high 2500"),
        ("new,5,bushels/acre,,,x,Li,Report", "override_new_unit.*bushels"),
    ],
)
def test_bad_own_rows_are_refused_with_their_line(row: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        with_overrides(coefficients(), HEADER + row + "\n", where="mine.csv")
    assert "mine.csv:2" in str(caught.value)


def test_own_row_cites_its_own_page_and_never_that_of_the_row_it_replaces() -> None:
    header = HEADER.replace("\n", ",table_section,page,age\n")
    text = header + (
        "r_2019_asia_subtrop_humid_le125,0.25,t BGB d.m./t AGB d.m.,,,roots dug,Li Hua,,,,\n"
        "gd_deadwood_pct_live_age_young,2.5,% of living tree biomass C,,,plots,Li Hua,"
        "Survey 2024,Table 2,17,young\n"
    )
    store, _ = with_overrides(coefficients(), text, where="mine.csv")
    ours, own = (each["r_2019_asia_subtrop_humid_le125"] for each in (coefficients(), store))
    assert ours.place == "Table 4.4 (Updated), p. 4.18-4.21"
    assert (own.place, own.cited) == ("", "Li Hua: roots dug")
    row = store["gd_deadwood_pct_live_age_young"]
    assert (row.cited, row.age) == ("Survey 2024, Table 2, p. 17", "young")
    with pytest.raises(InputError, match=r"coefficient_age.*in spring"):
        with_overrides(coefficients(), text.replace(",17,young", ",17,in spring"), where="m.csv")


def test_unknown_columns_of_an_own_file_are_refused() -> None:
    with pytest.raises(InputError, match="coefficient_columns"):
        with_overrides(coefficients(), "key,value,colour\nx,1,red\n", where="mine.csv")


def test_export_reads_back_as_the_same_store() -> None:
    rows = export_rows(coefficients())
    again = read_coefficients((f"x:{n}", row) for n, row in enumerate(rows))
    assert len(again) == len(coefficients())
    assert again["mangrove_cf"] == coefficients()["mangrove_cf"]
    aged = again["groa_hunan_21_60y_agb_rate"]
    assert (aged.age, again["urban_crw_2006"].page) == ("21-60 yr", "8.9")


# Selection is explained


def test_stand_of_known_age_takes_the_row_of_its_age_and_any_other_the_row_without() -> None:
    """Living carbon of acacias (soft broadleaves at 80 m3/ha), 100 ha in each age class; dead
    wood 2.03, 3.34, 3.31, 2.31 and 4.56 % of it (Zhao and Li 2018, Table 7), 2.94 % at no age."""
    shares = {"young": 2.03, "middle": 3.34, "near_mature": 3.31, "mature": 2.31}
    shares |= {"over_mature": 4.56, "": 2.94}
    oaks = ground().iloc[[0]]
    frame = pd.concat([oaks.assign(age_group=age) for age in shares], ignore_index=True)
    frame = frame.assign(species_group="acacia")  # no share of dead wood is known of acacias
    results = run({2020: frame})
    slope, constant = (coefficients()[f"liu2000_softwood_{each}"].value for each in "ab")
    living = 100 * (slope * 80 + constant) * 0.47
    dead = results.values["carbon_stock.pool.dead_wood", 2020, "440100"]
    assert dead.value == pytest.approx(sum(shares.values()) / 100 * living, rel=1e-12)
    chosen = results.choice_table.query("pool == 'dead_wood'")
    assert len(chosen) == len(shares)
    assert all("age class not known" in why or "stands" in why for why in chosen["why_en"])
    assert run({2020: frame.assign(age_group="")}).values[
        "carbon_stock.pool.dead_wood", 2020, "440100"
    ].value == pytest.approx(6 * 0.0294 * living, rel=1e-12)


@pytest.mark.parametrize(
    ("species", "percent"),
    [
        ("pinus_massoniana", 7.45), ("other_pines", 4.25), ("cunninghamia", 0.85), ("oaks", 2.85),
        ("hard_broadleaf", 4.19), ("evergreen_broadleaf", 4.19), ("eucalyptus", 0.24),
        ("soft_broadleaf", 4.89), ("mixed_conifer", 1.36), ("mixed_broadleaf", 4.19),
        ("mixed_conifer_broadleaf", 1.81), ("cypress", 2.94), ("", 2.94),
    ],
)  # fmt: skip
def test_dead_wood_of_guangdong_goes_by_species(species: str, percent: float) -> None:
    """Zhao and Li 2018, Table 7, share of the living carbon of the same forest type; the mean of
    all where the table has no such type. Species differ (0.24 to 7.45 %) more than age groups."""
    stand = ground(8_000.0).iloc[[0]]
    results = run({2020: stand.assign(species_group=species)})
    pools = ("above_ground", "below_ground", "dead_wood")
    above, below, dead = (
        results.values[f"carbon_stock.pool.{pool}", 2020, "440100"].value for pool in pools
    )
    assert dead / (above + below) == pytest.approx(percent / 100, rel=1e-9)


def test_ages_move_no_other_route_and_no_balance() -> None:
    """Half of the stock stands on young ground: BCEF goes by the mean of the group, as before."""
    oaks = ground(8_000.0).iloc[[0]]
    halves = pd.concat(
        [
            oaks.assign(area_ha=70.0, growing_stock_m3=2_000.0, age_group="young"),
            oaks.assign(area_ha=30.0, growing_stock_m3=6_000.0, age_group="mature"),
        ],
        ignore_index=True,
    )
    one, two = run({2020: oaks}), run({2020: halves})
    for first, second in zip(one.forest_routes, two.forest_routes, strict=True):
        assert second.carbon_t == pytest.approx(first.carbon_t, nan_ok=True)
        assert second.classes == first.classes


def test_age_cuts_no_strata_where_no_rule_goes_by_it() -> None:
    """Sichuan has no coefficient by age: the strata stay whole, and nothing else moves."""
    aged = ground().assign(age_group=["young", "mature", ""])

    def sichuan(frame: pd.DataFrame) -> Results:
        data = EpochData(2020, frame, kinds=frozenset({"forest_subcompartments", "land_cover"}))
        chosen = Options(region="510100")
        return evaluate([data], ["440103"], ("1", "w"), sampling=SAMPLING, options=chosen)

    one, two = sichuan(aged), sichuan(ground())
    assert one.choices == two.choices
    for key, value in two.values.items():
        np.testing.assert_array_equal(one.values[key].sampled, value.sampled)


def test_explanation_names_the_rows_of_other_ages() -> None:
    found = density_candidates(
        coefficients(),
        find_zone("440100"),
        frozenset(),
        Sought("forest_arbor", "dead_wood", age_group="mature"),
    )
    verdicts = {each.rule.formula: each.verdict for each in found if each.verdict != "region"}
    assert verdicts == {
        "percent(gd_deadwood_pct_live_age_mature)": "chosen",
        "percent(gd_deadwood_pct_live_all)": "later",
        **{
            f"percent(gd_deadwood_pct_live_age_{age})": "age_group"
            for age in ("young", "middle", "near_mature", "over_mature")
        },
        **{
            rule.formula: "species_group"
            for rule in density_rules()
            if rule.pool == "dead_wood" and rule.species_group
        },
    }


def test_selection_says_which_rules_apply_which_was_chosen_and_why_not_the_others() -> None:
    def verdicts(accepted: frozenset[str]) -> dict[str, str]:
        found = density_candidates(
            coefficients(),
            find_zone("440100"),
            accepted,
            Sought("mangrove", "soil"),
        )
        return {each.rule.formula: each.verdict for each in found}

    assert verdicts(frozenset()) == {
        "mangrove_soil_c_aggregated": "unchecked",
        "mangrove_soil_c_mineral": "chosen",
    }
    assert verdicts(frozenset({"mangrove_soil_c_aggregated"})) == {
        "mangrove_soil_c_aggregated": "chosen",
        "mangrove_soil_c_mineral": "later",
    }


def test_a_stratum_without_coefficient_names_the_nearest_candidates() -> None:
    rows = ground().assign(ecosystem_type="shrub", forest_class="special_shrub", stock_basis="")
    notes = " ".join(each.text("en") for each in run({2020: rows}).notes)
    assert "shrub" in notes
    assert "prov_special_shrub_biomass_above" in notes


# Open stands and scattered trees


def test_open_stands_and_scattered_trees_want_accepted_factors() -> None:
    rows = ground(scattered=400.0)
    plain = run({2020: rows})
    gaps = {(gap.ecosystem_type, gap.pool) for _, gap in plain.not_estimated}
    assert ("scattered_trees", "above_ground") in gaps
    assert ("open_forest", "above_ground") in gaps


def test_scattered_trees_count_by_stock_alone_with_roots_in_the_factor() -> None:
    """400 m3 * 0.462 * 1.787 * 0.5 = 165.12 t C, above and below together."""
    results = run({2020: ground(scattered=400.0)}, accepted=PROVINCIAL)
    value = results.values["carbon_stock.type.scattered_trees", 2020, "440100"].value
    assert value == pytest.approx(165.12, abs=0.005)
    again = run({2020: ground(scattered=800.0)}, accepted=PROVINCIAL)
    doubled = again.values["carbon_stock.type.scattered_trees", 2020, "440100"].value
    assert doubled == pytest.approx(2 * value)


# Forest by other routes, and both methods of change


def test_routes_by_hand() -> None:
    """100 ha of oaks with 8,000 m3: 80 m3/ha, CF 0.47, R 0.23.

    Fang: (1.1453 * 8,000 + 8.5473 * 100) * 0.47 (table values read in the test);
    BCEF temperate hardwoods 41-100: 1.4 -> 8,000 * 1.4 * 1.23 * 0.47 = 6,474.72;
    subtropical hardwoods 41-80: 0.8 -> 8,000 * 0.8 * 1.23 * 0.47 = 3,699.84.
    """
    routes = {each.route: each for each in run().forest_routes}
    store = coefficients()
    slope, intercept = (store[f"fang2001_oaks_{letter}"].value for letter in "ab")
    assert routes["function"].carbon_t == pytest.approx((slope * 8_000 + intercept * 100) * 0.47)
    assert routes["bcef_temperate"].carbon_t == pytest.approx(6_474.72)
    assert routes["bcef_subtropical"].carbon_t == pytest.approx(3_699.84)
    assert "bcef_temperate_hardwoods_bcefs_gs41-100" in routes["bcef_temperate"].classes


def test_a_route_with_unchecked_rows_gives_no_number_until_they_are_accepted() -> None:
    (route,) = (each for each in run().forest_routes if each.route == "density_bef")
    assert np.isnan(route.carbon_t)
    assert "arcm001_quercus_svd" in " ".join(route.missing)
    keys = frozenset(f"arcm001_quercus_{name}" for name in ("svd", "bef", "r", "cf"))
    accepted = run(accepted=keys).forest_routes
    (route,) = (each for each in accepted if each.route == "density_bef")
    # 8,000 * 0.676 * 1.355 * 1.292 * 0.5 = 4,733.78
    assert route.carbon_t == pytest.approx(4_733.78, abs=0.01)


def test_class_of_stock_per_hectare_reaches_to_its_printed_end() -> None:
    for stock, expected in ((8_000.0, "gs41-80"), (8_001.0, "gsgt80"), (2_000.0, "gs0-20")):
        routes = run({2020: ground(stock)}).forest_routes
        (route,) = (each for each in routes if each.route == "bcef_subtropical")
        assert route.classes[0].endswith(expected)


def test_gain_loss_and_stock_difference_are_reconciled_with_their_residual() -> None:
    """Gains V GR a CF, losses V CR a CF with V = 8,000; stock grows by 250 m3/yr over 4 years."""
    flows = ForestFlows("own survey", 6.0, 4.0)
    results = run({2020: ground(8_000.0), 2024: ground(9_000.0)}, flows=flows)
    (balance,) = results.forest_balances
    slope = coefficients()["fang2001_oaks_a"].value
    terms = balance.terms
    assert terms.gains[0] == pytest.approx(8_000 * 0.06 * slope * 0.47)
    assert terms.losses[0] == pytest.approx(8_000 * 0.04 * slope * 0.47)
    assert terms.stock_difference[0] == pytest.approx(1_000 / 4 * slope * 0.47)
    np.testing.assert_allclose(terms.gains - terms.losses + terms.residual, terms.stock_difference)


@pytest.mark.parametrize("region", ["510100", "430100", "330400", "350100"])
def test_rates_that_are_not_known_give_no_balance_and_the_run_says_so(region: str) -> None:
    """Of Sichuan, Hunan and Zhejiang no checked growth rate was found: told, not 0 or borrowed."""
    frames = {2020: ground(), 2024: ground(9_000.0)}
    kinds = frozenset({"forest_subcompartments", "land_cover"})
    epochs = [EpochData(year, rows, kinds=kinds) for year, rows in frames.items()]
    elsewhere = evaluate(
        epochs, ["440103"], ("x", "x"), sampling=SAMPLING, options=Options(region=region)
    )
    assert elsewhere.forest_balances == ()
    (told,) = (each for each in elsewhere.notes if each.code == "sink_models.rates_not_known")
    assert "prov_gd_gr_2015 = 9.61 %/yr (Guangdong)" in told.text("en")
    assert f"行政区 {region} 的生长率" in told.text("zh")
    assert run(frames).forest_balances[0].keys == ("prov_gd_gr_2015", "prov_gd_cr_2015")


def test_gain_loss_by_increment_harvest_fuelwood_and_disturbance() -> None:
    """100 ha grow 5 m3/ha; 120 m3 are cut, 30 m3 burnt, 2 ha lose a half of their biomass."""
    flows = ForestFlows(
        "own survey", increment_m3_ha=5.0, harvest_m3=120.0, fuelwood_m3=30.0, disturbed_ha=2.0,
        fraction_lost=0.5,
    )  # fmt: skip
    results = run({2020: ground(8_000.0), 2024: ground(9_000.0)}, flows=flows)
    (balance,) = results.forest_balances
    per_m3 = coefficients()["fang2001_oaks_a"].value * 0.47
    mangrove = 20 * 75 * 0.451
    above, below = (
        results.values[f"carbon_stock.pool.{pool}", 2020, "440100"].value
        for pool in ("above_ground", "below_ground")
    )
    living = above + below - mangrove * 1.96
    parts = {name: float(values[0]) for name, values in balance.parts.items()}
    assert parts["growth"] == pytest.approx(100 * 5 * per_m3)
    assert parts["harvest"] == pytest.approx(120 * per_m3)
    assert parts["fuelwood"] == pytest.approx(30 * per_m3)
    assert parts["disturbance"] == pytest.approx(2 * 0.5 * living / 100)
    table = results.balance_table(SAMPLING).set_index("term")["value"]
    assert table["residual"] == pytest.approx(
        table["stock_difference"] - table["gains"] + table["losses"]
    )


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        (ForestFlows("x", 5.0), "flows_incomplete"),
        (ForestFlows("x", 5.0, 4.0, increment_m3_ha=3.0), "flows_incomplete"),
        (ForestFlows("x", 5.0, harvest_m3=3.0), "flows_incomplete"),
        (ForestFlows("", 5.0, 4.0), "flows_incomplete"),
        (ForestFlows("x", None, 4.0, increment_m3_ha=400.0), "quantity_range.*increment"),
    ],
)
def test_flows_that_are_incomplete_doubled_or_absurd_are_refused(
    flows: ForestFlows, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        run(flows=flows)


def test_absurd_rates_are_refused() -> None:
    with pytest.raises(InputError, match=r"flow_rate.*growth_percent"):
        run(flows=ForestFlows("x", 300.0, 4.0))


# Coast and town


def test_mangrove_preset_rests_on_checked_rows_and_caps_young_growth() -> None:
    """Mature: 75 * 0.451 * 1.96 = 66.297 t C/ha; growth 18.1 * 0.451 * 1.96 = 16.0 per year."""
    preset = coastal_preset("mangrove")
    assert all(coefficients()[key].ships for key in preset.keys)
    biomass = preset.coast.pools[BIOMASS]
    assert float(biomass.ceiling) == pytest.approx(66.297)  # type: ignore[arg-type]
    assert float(biomass.gain) == pytest.approx(16.0, abs=0.005)  # type: ignore[arg-type]
    bare = coastal_preset("mangrove").coast
    young = {BIOMASS: bare.pools[BIOMASS].__class__(0.0, biomass.gain, biomass.ceiling)}
    planted = bare.__class__("mangrove", {**bare.pools, **young})
    balance = blue_carbon_balance({"mangrove": planted}, {}, [(2000, "mangrove")], end_year=2010)
    assert balance.stock[BIOMASS][1] == pytest.approx(16.0, abs=0.005)
    assert balance.stock[BIOMASS][-1] == pytest.approx(66.297)
    assert balance.gains[SOIL][0] == pytest.approx(1.62)


def test_drained_coast_loses_soil_by_the_default_and_restored_coast_gains_again() -> None:
    """286 t C/ha, drained 2010-2015 at 7.9: -39.5; then mangrove again, + 1.62 a year."""
    classes = {kind: coastal_preset(kind).coast for kind in ("mangrove", "drained")}  # type: ignore[arg-type]
    actions = {("mangrove", "drained"): "NCC", ("drained", "mangrove"): "accum"}
    history = [(2010, "mangrove"), (2011, "drained"), (2016, "mangrove")]
    soil = blue_carbon_balance(classes, actions, history, end_year=2018).stock[SOIL]
    assert soil[0] == pytest.approx(286.0)
    assert soil[1] == pytest.approx(287.62)
    assert soil[6] == pytest.approx(287.62 - 5 * 7.9)
    assert soil[8] == pytest.approx(287.62 - 5 * 7.9 + 2 * 1.62)


def test_marsh_and_seagrass_soils_want_their_recalled_rows_accepted() -> None:
    for kind, needed in (
        ("tidal_marsh", {"tidalmarsh_soil_c_mineral", "tidalmarsh_ef_rewet"}),
        ("seagrass", {"seagrass_soil_c_mineral", "seagrass_ef_rewet"}),
    ):
        preset = coastal_preset(kind)  # type: ignore[arg-type]
        assert SOIL not in preset.coast.pools
        assert set(preset.lacking) == needed
        taken = coastal_preset(kind, accepted=frozenset(needed))  # type: ignore[arg-type]
        assert SOIL in taken.coast.pools


def test_tidal_marsh_of_a_run_counts_its_soil_where_the_rows_are_accepted() -> None:
    """10 ha: 226 t C/ha of soil and 0.91 t C/ha/yr buried; 9.68 and 5.56 t C/ha of biomass."""
    row = {
        "unit_code": "440103", "cover": "tidal_marsh", "status": "classified",
        "ecosystem_type": "tidal_marsh", "area_ha": 10.0,
    }  # fmt: skip
    needed = frozenset({"tidalmarsh_soil_c_mineral", "tidalmarsh_ef_rewet"})
    found = {}
    for accepted in (frozenset[str](), needed):
        epochs = [
            EpochData(year, pd.DataFrame([row]), kinds=frozenset({"tidal_marsh"}))
            for year in (2020, 2024)
        ]
        results = evaluate(
            epochs, ["440103"], ("440100", "city"), sampling=Sampling(draws=0),
            options=Options(region="440100", accepted=accepted),
        )  # fmt: skip
        found[accepted] = results
    bare, taken = found[frozenset()], found[needed]
    stock = "carbon_stock", 2024, "440100"
    assert bare.values[stock].value == pytest.approx(10 * (9.68 + 5.56))
    assert taken.values[stock].value == pytest.approx(10 * (9.68 + 5.56))
    beside = taken.values["carbon_stock.soil_100cm", 2024, "440100"]
    assert beside.value == pytest.approx(10 * 226)
    sink = "carbon_sink", 2024, "440100"
    assert bare.values[sink].value == pytest.approx(0.0)
    assert taken.values[sink].value == pytest.approx(10 * 0.91 * 44 / 12)
    assert taken.values[sink].method.code == "stock_difference_burial"
    assert bare.values[sink].method.code == "stock_difference"
    gaps = [gap for _, gap in bare.not_estimated if gap.pool == "soil"]
    assert "tidalmarsh_soil_c_mineral [unchecked" in gaps[0].candidates[0]


def test_seagrass_soil_is_washed_away_in_part_and_the_rest_decays() -> None:
    """108 t C/ha, high impact: 54 gone in the first year, 54 halved every year after."""
    needed = frozenset({"seagrass_soil_c_mineral", "seagrass_ef_rewet"})
    bed = coastal_preset("seagrass", accepted=needed).coast
    classes = {"seagrass": bed, "sand": bed.__class__("sand", {})}
    actions = {("seagrass", "sand"): "high-impact-disturb"}
    balance = blue_carbon_balance(
        classes, actions, [(2010, "seagrass"), (2011, "sand")], end_year=2014
    )
    held = 108 + 0.43
    assert balance.stock[SOIL].tolist() == pytest.approx(
        [108.0, held, held / 4, held / 8, held / 16]
    )
    over = bed.pools[SOIL].__class__(5.0, washed={"high-impact-disturb": 1.2})
    with pytest.raises(InputError, match=r"quantity_range.*washed away"):
        blue_carbon_balance(
            {"seagrass": bed.__class__("seagrass", {SOIL: over})}, {}, [(2010, "seagrass")],
            end_year=2011,
        )  # fmt: skip


def test_crowns_along_a_greenway() -> None:
    """10 km * 20 m * 0.5 = 100,000 m2 = 10 ha."""
    assert float(greenway_crown_area(length_km=10, width_m=20, crown_share=0.5)) == 10.0


# The method sheet


def test_sheet_holds_definitions_equations_numbers_choices_and_references() -> None:
    text = HEADER + "mangrove_cf,0.45,t C/t d.m.,,,own assay,Li Hua,\n"
    store, overrides = with_overrides(coefficients(), text, where="mine.csv")
    results = run({2020: ground(), 2024: ground(9_000.0)}, store=store)
    sheet = method_sheet(results, SAMPLING, overrides)
    sections = {each.key: each for each in sheet.sections}
    wanted = "figures definitions equations numbers choices routes balance uncertainty"
    assert list(sections) == [*wanted.split(), "coefficients", "own", "gaps", "references"]
    for section in sheet.sections:
        assert section.title["zh"]
        assert section.title["en"]
        assert section.paragraphs or section.formulas or section.table
        if section.table is not None:
            widths = {len(row) for row in section.table.rows} | {len(section.table.heads)}
            assert len(widths) == 1
    numbers = " ".join(str(row) for row in sections["numbers"].table.rows)  # type: ignore[union-attr]
    assert "B = 75; CF = 0.45" in numbers
    listed = {row[1] for row in sections["coefficients"].table.rows}  # type: ignore[union-attr]
    assert listed == set(results.used_keys)
    cited = {row[1] for row in sections["references"].table.rows}  # type: ignore[union-attr]
    assert {store[key].source_document for key in results.used_keys} <= cited
    assert "FANG-ABOVE" in {each.key for each in sections["equations"].formulas}


def test_sheet_says_what_another_rule_would_change() -> None:
    """Mangrove soil by the aggregated default: 20 ha * (386 - 286) = 2,000 t C more."""
    sheet = method_sheet(run(), SAMPLING)
    (choices,) = (each for each in sheet.sections if each.key == "choices")
    assert choices.table is not None
    rows = {row[2]: row[4] for row in choices.table.rows}
    assert rows["mangrove_soil_c_aggregated"] == Figure("+2,000")


def test_sheet_says_what_a_rule_on_another_pool_would_change() -> None:
    """Dead wood of oaks as a share of above-ground biomass, 0.09 in place of 2.85 % of living."""
    results = run()
    sheet = method_sheet(results, SAMPLING)
    (choices,) = (each for each in sheet.sections if each.key == "choices")
    assert choices.table is not None
    shares = {row[2]: row[4] for row in choices.table.rows}
    share = coefficients()["deadwood_frac_agb_trop_le2000m_1000_1600mm"].value
    above = results.values["carbon_stock.pool.above_ground", 2020, "440100"].value
    mangrove = 20 * 75 * 0.451
    living = above - mangrove
    below = results.values["carbon_stock.pool.below_ground", 2020, "440100"].value - mangrove * 0.96
    expected = share * living - 0.0285 * (living + below)
    found = shares["deadwood_frac_agb_trop_le2000m_1000_1600mm"]
    assert isinstance(found, Figure)
    assert float(found.text.replace(",", "")) == pytest.approx(expected, rel=1e-3)


# Stocks that cannot be


@pytest.mark.parametrize("change", [{"area_ha": 0.0}, {"growing_stock_m3": 400_000.0}])
def test_stock_without_area_or_beyond_its_ceiling_is_refused_with_the_row(change) -> None:
    rows = ground()
    for name, value in change.items():
        rows.loc[0, name] = value
    with pytest.raises(InputError, match=r"stock_absurd.*440103 oaks"):
        run({2020: rows})


def test_biomass_map_and_area_times_density() -> None:
    """2 ha * 100 t/ha * 1.24 * 0.47 = 116.56 t C; 2 ha * 58.28 t C/ha is the same."""
    cells = mapped_biomass_carbon(
        area_ha=[2.0, 1.0], above_ground_t_ha=[100.0, np.nan], root_shoot=0.24, carbon_fraction=0.47
    )
    assert cells[0] == pytest.approx(116.56)
    assert np.isnan(cells[1])
    assert carbon_from_density(area_ha=2.0, density_t_c_ha=58.28) == pytest.approx(116.56)
