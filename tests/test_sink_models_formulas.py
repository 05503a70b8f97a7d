"""Formulas of the rule tables and the choice among rules."""

from __future__ import annotations

import numpy as np
import pytest

from gis.problems import InputError
from sink_models.coefficients.formulas import bind, dimension, parse_formula
from sink_models.coefficients.selection import (
    CHINA,
    Sought,
    choose_density,
    choose_volume_function,
    find_zone,
    formula_keys,
    leaf_of,
)
from sink_models.coefficients.store import coefficients
from sink_models.expressions import Linear, parse
from sink_models.options import Options

NOTHING: frozenset[str] = frozenset()


def test_formula_is_the_product_of_its_terms() -> None:
    values = {"a": 6.0, "r": 0.25, "p": 50.0, "s": -2.0}
    text = "a * above(r) * percent(p) * minus(s)"
    # 6 * 1/1.25 * 0.5 * 2 = 4.8
    bound = bind(text, lambda key: "")
    assert bound.value(lambda key: np.array([values[key]])) == pytest.approx([4.8])
    assert bound.text == "F * (1 / (1 + F_2)) * (F_3 / 100) * (-F_4)"
    assert dict(bound.pairs) == {"F": "a", "F_2": "r", "F_3": "p", "F_4": "s"}


def test_shares_above_and_below_ground_make_one() -> None:
    def ratio(key: str) -> np.ndarray:
        return np.array([0.0, 0.23, 4.0])

    parts = [bind(f"{part}(r)", lambda key: "").value(ratio) for part in ("above", "below")]
    assert sum(parts) == pytest.approx([1.0, 1.0, 1.0])


def test_one_coefficient_keeps_its_symbol_and_shares_of_ground_are_printed() -> None:
    bound = bind("0.25 * socref_x * flu_y + 0.75 * socref_x * flu_z", lambda key: "")
    assert bound.text == "0.25 * SOC_REF * F_LU + 0.75 * SOC_REF * F_LU_2"
    assert bound.in_keys == "0.25 * socref_x * flu_y + 0.75 * socref_x * flu_z"


def test_a_formula_is_evaluated_as_it_is_printed() -> None:
    assert parse("ΔC = (C_t2 - C_t1) / T")({"C_t2": 5.0, "C_t1": 4.0, "T": 2.0}) == 0.5
    assert parse("y = √(sum(x_i^2)) * k, k = -2^2")({"x_i": np.array([3.0, 4.0])}) == -20.0
    chosen = parse("x if S < 18 else y")({"S": np.array([5.0, 18.0, np.nan]), "x": 1.0, "y": 2.0})
    np.testing.assert_array_equal(chosen, [1.0, 2.0, np.nan])


@pytest.mark.parametrize("text", ["a +", "open('x')", "a.b", "[a]", "lambda: 1", "a if b else c"])
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid formula"):
        parse(text)


def test_a_product_of_two_lines_is_no_line() -> None:
    with pytest.raises(TypeError):
        parse("V * V")({"V": Linear(0.0, 1.0)})


@pytest.mark.parametrize("text", ["a + b", "sqrt(a)", "a *", ""])
def test_other_formulas_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid formula"):
        parse_formula(text)


def test_unit_without_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="furlong"):
        dimension("t C/furlong")


@pytest.mark.parametrize(
    ("region", "inside"),
    [("44", True), ("440103", True), ("4", False), ("", False), ("10004", False), ("DO", False)],
)
def test_region_is_china_when_it_is_an_administrative_code(region: str, inside: bool) -> None:
    assert find_zone(region).is_in(CHINA) is inside


def test_longest_prefix_names_the_zone_and_the_analyst_overrules_it() -> None:
    assert find_zone("330402").soil_class == "HAC"
    assert find_zone("330100").soil_class == "LAC"
    assert find_zone("330402", soil_class="sandy").soil_class == "sandy"


def density(region: str, ecosystem_type: str, pool: str, accepted: frozenset[str] = NOTHING) -> str:
    rule = choose_density(
        coefficients(),
        find_zone(region),
        accepted,
        Sought(
            ecosystem_type,
            pool,
            forest_class="special_shrub" if ecosystem_type == "shrub" else "",
            leaf="mixed",
        ),
    )
    return rule.formula if rule else ""


def test_regional_row_goes_before_the_national_one() -> None:
    assert density("3304", "forest", "litter") == "zj_dai2017_litter_c"
    assert density("4401", "forest", "litter") == "litter_2006_subtropical_broadleaf"
    assert density("6101", "forest", "litter") == ""


def test_unchecked_rule_is_used_only_when_every_key_is_accepted() -> None:
    keys = ("prov_special_shrub_biomass_above", "prov_cf")
    assert density("44", "shrub", "above_ground") == ""
    assert density("44", "shrub", "above_ground", frozenset(keys[:1])) == ""
    assert density("44", "shrub", "above_ground", frozenset(keys)) == " * ".join(keys)


def test_accepted_rule_goes_before_the_default() -> None:
    accepted = frozenset({"mangrove_soil_c_aggregated"})
    assert density("44", "mangrove", "soil") == "mangrove_soil_c_mineral"
    assert density("44", "mangrove", "soil", accepted) == "mangrove_soil_c_aggregated"


def test_mangroves_outside_china_follow_the_stated_climate_zone() -> None:
    rule = choose_density(
        coefficients(),
        find_zone("", climate_zone="tropical_dry"),
        NOTHING,
        Sought("mangrove", "above_ground"),
    )
    assert rule is not None
    assert rule.formula == "mangrove_agb_tropical_dry * mangrove_cf"


def test_eucalypts_take_a_checked_function_unless_theirs_is_accepted() -> None:
    store = coefficients()
    accepted = frozenset({"fang2001_eucalyptus_a", "fang2001_eucalyptus_b"})
    default = choose_volume_function(store, NOTHING, "eucalyptus").function
    assert default == "fang2007_mixed_broadleaf"
    assert choose_volume_function(store, accepted, "eucalyptus").function == "fang2001_eucalyptus"


def test_group_without_function_takes_mixed_broadleaf() -> None:
    store = coefficients()
    assert choose_volume_function(store, NOTHING, "kelp").function == "fang2007_mixed_broadleaf"
    assert leaf_of("kelp") == "mixed"


def test_rival_of_a_coefficient_counts_as_used() -> None:
    keys = formula_keys("cn_forest_biomass_c_2014_2018 * above(bgb_mokany_linear)")
    assert "zj_dai2017_vegetation_c" in keys


def test_choices_that_do_not_exist_are_all_reported() -> None:
    options = Options(wetland_scope="all", climate_zone="moon", accepted=frozenset({"no_such_key"}))
    with pytest.raises(InputError, match="moon") as caught:
        options.check(coefficients())
    assert [each.where for each in caught.value.problems] == [
        "wetland_scope",
        "climate_zone",
        "no_such_key",
    ]
