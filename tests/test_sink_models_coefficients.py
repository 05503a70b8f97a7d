"""The coefficient tables and the store: what they promise to everybody who reads a number."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gis.problems import InputError
from layers.codes import survey_codes
from sink_models.coefficients.formulas import formula_dimension
from sink_models.coefficients.selection import (
    alternatives,
    density_rules,
    find_zone,
    formula_keys,
    read_table,
    resolve_formula,
    volume_functions,
)
from sink_models.coefficients.store import AGE_GROUPS, COLUMNS, coefficients, read_coefficients
from sink_models.sampling import Sampling

MANY = Sampling(draws=20_000)
GOOD = {
    **dict.fromkeys(COLUMNS, ""),
    **{"key": "k", "value": "2", "unit": "t C/ha", "low": "1", "high": "3"},
    **{"distribution": "normal", "ship": "ship", "seen_as": "publication"},
}


def test_every_row_cites_a_source_and_says_how_far_it_was_checked() -> None:
    silent = [
        row.key
        for row in coefficients()
        if not row.source_document or (row.grade and not row.verified_in)
    ]
    assert silent == []


def test_rows_that_were_not_seen_in_print_never_ship() -> None:
    unseen = [row.key for row in coefficients() if row.seen_as == "not_seen" and row.ships]
    assert unseen == []


def test_only_the_publication_itself_is_first_hand() -> None:
    """Functions of Fang 2001 and 2007 were seen in papers that cite them: second-hand."""
    store = coefficients()
    assert store["fang2007_cunninghamia_a"].grade == "B"
    assert store["fang2007_cunninghamia_a"].seen_as == "citing_paper"
    assert store["chave2014_coef"].seen_as == "transcription"
    assert store["zeng2018_agb_coef"].is_first_hand
    assert not any(row.is_first_hand for row in store if row.source_document.startswith("IPCC"))


def test_a_function_fitted_in_one_province_says_so() -> None:
    regions = {row.region for row in coefficients() if row.key.startswith("zhang2013_")}
    assert regions == {"Shandong"}
    chosen = {row["function"] for row in read_table("volume_functions.csv")}
    assert not any(name.startswith("zhang2013") for name in chosen)


def test_texts_speak_to_the_reader_and_not_of_our_tools() -> None:
    ours = re.compile(r"github|\brepo\b|registry|https?:|\.json|\.R\b|brief", re.IGNORECASE)
    texts = {
        row.key: f"{row.note} {row.applies_to} {row.source_document} {row.range_basis}"
        for row in coefficients()
    }
    assert [key for key, text in texts.items() if ours.search(text)] == []


def test_page_and_age_are_columns_of_their_own() -> None:
    """Pages and ages are recorded where the source gave them; no table cell hides one."""
    hidden = [row.key for row in coefficients() if re.search(r"\bpp?\. ?\d", row.table_section)]
    assert hidden == []
    store = coefficients()
    row = store["r_2019_asia_subtrop_humid_le125"]
    assert row.cited.endswith("Table 4.4 (Updated), p. 4.18-4.21")
    assert store["gw_2006_subtrop_humid_asia_gt20"].age == ">20 yr"
    assert store["groa_hunan_1_20y_agb_rate"].age == "1-20 yr"
    assert store["mangrove_cf"].page == ""  # not recorded is empty, never invented


def test_every_age_class_of_the_forest_survey_may_stand_in_a_row() -> None:
    assert set(survey_codes("age_group")["value"]) <= set(AGE_GROUPS)
    ages = {rule.age_group for rule in density_rules()} - {""}
    assert ages <= set(AGE_GROUPS)


def test_recorded_law_is_the_one_the_range_suggests() -> None:
    others = [row.key for row in coefficients() if row.distribution != row.recommended_distribution]
    assert others == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "x"}, "not a number|不是数"),
        ({"value": ""}, "not a number|不是数"),
        ({"value": "5"}, "outside its own range|不在自己的区间"),
        ({"low": ""}, "half a range|一端"),
        ({"ship": "perhaps"}, "perhaps"),
        ({"seen_as": "hearsay"}, "hearsay"),
        ({"range_seen": "guessed"}, "guessed"),
        ({"age": "20 years"}, "age '20 years' is not known|年龄"),
        ({"distribution": "cauchy"}, "cauchy"),
        ({"distribution": "constant"}, "constant"),
    ],
)
def test_bad_row_is_refused_with_its_place(change: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_coefficients([("mine.csv:2", {**GOOD, **change})])
    assert "mine.csv:2" in str(caught.value)


def test_all_bad_rows_are_reported_at_once() -> None:
    rows = [("a:2", GOOD), ("a:3", GOOD), ("a:4", {**GOOD, "key": "m", "value": "9"})]
    with pytest.raises(InputError, match="k") as caught:
        read_coefficients(rows)
    assert [each.where for each in caught.value.problems] == ["a:3", "a:4"]


def test_missing_column_is_refused() -> None:
    short = {name: text for name, text in GOOD.items() if name != "unit"}
    with pytest.raises(InputError, match="unit"):
        read_coefficients([("a:2", short)])


def test_unknown_key_is_named() -> None:
    with pytest.raises(InputError, match="no_such_key"):
        coefficients()["no_such_key"]


def test_draws_depend_on_key_and_seed_alone() -> None:
    store, sampling = coefficients(), Sampling(draws=50)
    first = store.draw("mangrove_cf", sampling)
    store.draw("mangrove_agb_subtropical", sampling)
    np.testing.assert_array_equal(store.draw("mangrove_cf", sampling), first)
    assert not np.array_equal(store.draw("mangrove_cf", Sampling(seed=1, draws=50)), first)


def test_row_without_range_is_one_value_without_draws() -> None:
    assert coefficients().draw("zj_bamboo_tree_c", MANY).tolist() == [23.78]


def test_draws_reproduce_value_and_range_of_every_shipping_row() -> None:
    """Median and 95 % ends of the draws against the table; truncated laws keep only bounds."""
    store = coefficients()
    for row in (row for row in store if row.ships and row.distribution != "constant"):
        drawn = store.draw(row.key, MANY)
        least, greatest = row.bounds
        assert drawn[0] == row.value
        assert drawn.min() >= least
        assert drawn.max() <= greatest
        if row.distribution == "truncated_normal":
            continue
        low, middle, high = np.percentile(drawn[1:], [2.5, 50, 97.5])
        tolerance = 0.03 * (row.high - row.low)  # 20,000 draws: 4 standard errors of a 2.5 % point
        assert [low, middle, high] == pytest.approx([row.low, row.value, row.high], abs=tolerance)


def _zones() -> list[str]:
    """Regions with a zone; mountains without one ask the analyst for theirs and resolve no rule."""
    return [row["prefix"] for row in read_table("zones.csv") if row["climate_zone"]]


@pytest.mark.parametrize("region", _zones())
def test_every_rule_has_the_unit_its_pool_needs(region: str) -> None:
    """t C/ha for a stock, t C/ha/yr for burial, a pure number for a share of another pool."""
    store, zone = coefficients(), find_zone(region)
    for rule in density_rules():
        formula = resolve_formula(rule.formula, zone)
        wanted = {"C": 1, "ha": -1} if rule.base == "area" else {}
        if rule.pool == "soil_burial":
            wanted = {"C": 1, "ha": -1, "yr": -1}
        assert formula_dimension(formula, lambda key: store[key].unit) == wanted, formula


def test_soil_rules_state_the_depth_their_reference_was_measured_to() -> None:
    store, zone = coefficients(), find_zone("44")
    printed = {"30": "0-30 cm", "100": "0-1 m"}
    for rule in density_rules():
        assert bool(rule.depth_cm) == (rule.pool == "soil")
        if rule.depth_cm in printed:
            key = formula_keys(resolve_formula(rule.formula, zone))[0]
            assert printed[rule.depth_cm] in store[key].unit


def test_volume_functions_are_slope_and_intercept_of_biomass_with_roots() -> None:
    store = coefficients()
    for function in volume_functions():
        for key in function.keys:
            assert store[key].unit == ("t/m3" if key.endswith("_a") else "t/ha")
            assert "total live biomass" in store[key].applies_to


def test_rivals_have_the_unit_of_the_row_they_rival_and_ship() -> None:
    store = coefficients()
    for key, rival in alternatives().items():
        assert store[key].unit == store[rival.alternative].unit
        assert store[key].ships
        assert store[rival.alternative].ships
