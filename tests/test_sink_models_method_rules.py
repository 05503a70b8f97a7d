"""Method sets as rows: another inventory's rules in place of ours, whole, named and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_workspace import half_forest, write_workspace
from typer.testing import CliRunner

from gis.problems import InputError
from sink_models.account import EpochData
from sink_models.coefficients import (
    METHOD_RULE_COLUMNS,
    CoefficientStore,
    coefficients,
    find_zone,
    own_method_sets,
    with_method_set,
)
from sink_models.evaluate import evaluate
from sink_models.method import compared_sets, species_table
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas.cli import app
from sinkatlas.pipeline import Run
from sinkatlas.pipeline.running import run as run_workspace

UNITS = ("440103", "440104")
IPCC = "ipcc_2006_2019"
HEAD = "ecosystem_types,species_group,pool,method,formula,root_shoot,carbon_fraction"
KINDS = frozenset({"land_cover", "forest_subcompartments"})


def rules(*rows: str, accepted: frozenset[str] = frozenset(), head: str = HEAD) -> CoefficientStore:
    text = "\n".join((head, *rows))
    return with_method_set(coefficients(), "own", text, accepted, where="own.csv")


def ipcc() -> CoefficientStore:
    text = own_method_sets()[IPCC]
    return with_method_set(coefficients(), IPCC, text, frozenset(), where=IPCC)


def pine(area: float, stock: float, unit: str = UNITS[0]) -> dict[str, object]:
    return {
        "unit_code": unit, "cover": "forest_subcompartments", "status": "classified",
        "area_ha": area, "ecosystem_type": "forest_arbor", "forest_class": "arbor",
        "species_group": "pinus_massoniana", "stock_basis": "measured", "growing_stock_m3": stock,
    }  # fmt: skip


def mapped(kind: str, area: float) -> dict[str, object]:
    return {
        "unit_code": UNITS[0], "cover": "land_cover", "status": "classified", "area_ha": area,
        "ecosystem_type": kind,
    }  # fmt: skip


def run(
    store: CoefficientStore | None,
    *epochs: Sequence[dict[str, object]],
    accepted: frozenset[str] = frozenset(),
) -> Results:
    data = [
        EpochData(year, pd.DataFrame(rows), kinds=KINDS)
        for year, rows in zip((2020, 2024), epochs, strict=False)
    ]
    options = Options(region="440100", accepted=accepted)
    whole = ("440100", "city")
    return evaluate(
        data, UNITS, whole, sampling=Sampling(draws=60), options=options, store=store
    )  # fmt: skip


def stock(results: Results, part: str, year: int = 2020) -> float | None:
    found = results.values.get((f"carbon_stock.{part}", year, "440100"))
    return None if found is None else found.value


GROUND = (pine(100.0, 6_000.0), mapped("crop", 40.0), mapped("grass", 9.0), mapped("shrub", 20.0))


def test_the_ipcc_set_gives_what_its_table_gives_by_hand() -> None:
    """60 m3/ha * 0.6 t/m3 (41-80, conifers) * 0.47 * 100 ha = 1,692 t C, roots 0.23 of it."""
    results = run(ipcc(), [pine(100.0, 6_000.0)])
    assert stock(results, "pool.above_ground") == pytest.approx(1_692.0)
    assert stock(results, "pool.below_ground") == pytest.approx(1_692.0 * 0.23)
    assert stock(results, "pool.dead_wood") is None
    (row,) = species_table(results).to_dict("records")
    assert "bcef_med_drytrop_subtrop_conifers_bcefs_gs41-80" in str(row["coefficients"])
    assert row["estimated_by"] == "stand_in"


def test_a_factor_without_a_published_range_is_not_exact() -> None:
    sampled = run(ipcc(), [pine(100.0, 6_000.0)]).values["carbon_stock", 2020, "440100"].sampled
    assert np.std(sampled[1:]) > 0.05 * 1_692.0


def test_one_factor_per_species_holds_for_all_stands_units_and_epochs() -> None:
    """Stands of 30 and 90 m3/ha have one mean of 60; halves of them change nothing."""
    stands = [pine(50.0, 1_500.0), pine(50.0, 4_500.0, UNITS[1])]
    halves = [
        pine(25.0, half, unit)
        for half, unit in ((750.0, UNITS[0]), (2_250.0, UNITS[1]))
        for _ in range(2)
    ]
    whole, parts = run(ipcc(), stands, stands), run(ipcc(), halves, halves)
    assert stock(whole, "pool.above_ground") == pytest.approx(6_000.0 * 0.6 * 0.47)
    for year in (2020, 2024):
        one, two = (stock(each, "pool.above_ground", year) for each in (whole, parts))
        assert one == pytest.approx(two)


def test_a_set_of_ours_alone_changes_no_figure_in_any_draw() -> None:
    kept, ours = run(rules(",,,ours,"), GROUND, GROUND), run(None, GROUND, GROUND)
    assert kept.values.keys() == ours.values.keys()
    for key, value in ours.values.items():
        assert np.array_equal(kept.values[key].sampled, value.sampled, equal_nan=True)


def test_what_a_set_does_not_list_is_not_estimated_and_named_with_its_hectares() -> None:
    results = run(rules("crop,,above_ground,density,annual_crop_biomass_2019"), GROUND)
    crop = coefficients()["annual_crop_biomass_2019"].value
    assert stock(results, "pool.above_ground") == pytest.approx(40.0 * crop)
    lacking = results.values["biomass_not_estimated_area", 2020, "440100"].value
    assert lacking == pytest.approx(129.0)
    assert any(each.code == "sink_models.biomass_left_out" for each in results.problems)


def test_an_own_row_goes_before_ours_and_ours_fills_the_rest() -> None:
    """Shrub at 10.2 t C/ha by a coefficient of the region; all else as in a run without a set."""
    key = "annual_crop_biomass_2019"
    results = run(rules(f"shrub,,above_ground,density,{key}", ",,,ours,"), GROUND)
    ours = run(None, GROUND)
    assert stock(results, "type.crop") == stock(ours, "type.crop")
    assert stock(results, "type.forest_arbor") == stock(ours, "type.forest_arbor")
    gained = 20.0 * coefficients()[key].value
    assert stock(results, "pool.above_ground") == pytest.approx(
        (stock(ours, "pool.above_ground") or 0.0) + gained
    )


def test_stands_go_by_density_where_a_set_says_nothing_of_stock() -> None:
    results = run(
        rules("forest_arbor,,above_ground,density,cn_forest_biomass_c_2014_2018"), GROUND[:1]
    )
    per_ha = coefficients()["cn_forest_biomass_c_2014_2018"].value
    assert stock(results, "pool.above_ground") == pytest.approx(100.0 * per_ha)
    assert species_table(results).empty


def test_an_own_function_of_a_species_goes_before_the_factor_of_all_others() -> None:
    store = rules(
        ",pinus_massoniana,living,function,fang2007_other_pines",
        ",,living,expansion,med_drytrop_subtrop_hardwoods,r_2019_asia_subtrop_humid_le125",
    )
    own = coefficients()
    slope, constant = (own[f"fang2007_other_pines_{each}"].value for each in "ab")
    found = run(store, GROUND[:1])
    living = sum(stock(found, f"pool.{pool}") or 0.0 for pool in ("above_ground", "below_ground"))
    assert living == pytest.approx((slope * 6_000 + constant * 100) * 0.47)


BAD = {
    "forrest,,above_ground,density,annual_crop_biomass_2019": "method_rule_choice",
    "crop,,leaves,density,annual_crop_biomass_2019": "method_rule_choice",
    "crop,,above_ground,guess,annual_crop_biomass_2019": "method_rule_choice",
    "crop,unicorn,living,function,fang2007_other_pines": "method_rule_choice",
    "crop,,above_ground,density,anual_crop_biomass": "coefficient_unknown",
    "grass,,above_ground,density,cf_herbaceous": "method_rule_unit",
    "mangrove,,soil_burial,density,mangrove_soil_c_mineral": "method_rule_unit",
    "forest_bamboo,,above_ground,density,prov_bamboo_biomass_above * prov_cf": (
        "method_rule_unchecked"
    ),
    "shrub,,above_ground,density,": "method_rule_empty",
    ",,living,expansion,cn_eucalyptus_bcef": "method_rule_empty",
    "orchard,,soil,density,sqrt(annual_crop_biomass_2019)": "method_rule_formula",
}


def test_all_that_is_wrong_with_a_set_is_told_at_once_by_its_rows() -> None:
    with pytest.raises(InputError) as caught:
        rules(*BAD, ",,,ours,", ",,,ours,")
    for number, (row, code) in enumerate(BAD.items(), start=2):
        own = [each for each in caught.value.problems if f"own.csv:{number}" in each.where]
        assert f"sink_models.{code}" in {each.code for each in own}, row
    assert any(each.code == "sink_models.method_rule_twice" for each in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("type,pool\ncrop,soil", "method_rule_columns"),
        ("", "method_rule_columns"),
        (HEAD, "method_rules_empty"),
    ],
)
def test_a_file_that_is_no_set_is_one_clear_error(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        with_method_set(coefficients(), "own", text, frozenset(), where="own.csv")
    assert [each.code for each in caught.value.problems] == [f"sink_models.{code}"]


def test_an_accepted_coefficient_may_be_used_by_a_set() -> None:
    keys = ("prov_bamboo_biomass_above", "prov_cf")
    row = f"forest_bamboo,,above_ground,density,{' * '.join(keys)}"
    store = rules(row, accepted=frozenset(keys))
    results = run(store, [mapped("forest_bamboo", 10.0)], accepted=frozenset(keys))
    value = np.prod([coefficients()[key].value for key in keys])
    assert stock(results, "pool.above_ground") == pytest.approx(10.0 * value)


def test_every_shipped_set_can_be_used_and_names_its_document() -> None:
    for name, text in own_method_sets().items():
        store = with_method_set(coefficients(), name, text, frozenset(), where=name)
        assert store.rules.name == name
    columns = METHOD_RULE_COLUMNS
    rows = [dict(zip(columns, line.strip('"').split('","'), strict=True))
            for text in own_method_sets().values() for line in text.splitlines()[1:]]  # fmt: skip
    for row in rows:
        assert all(row[name] for name in ("document", "clause", "why_zh", "why_en")), row


def test_two_sets_stand_beside_each_other_and_what_one_lacks_is_empty() -> None:
    table = compared_sets(coefficients(), ipcc(), find_zone("440100"), frozenset(), 60.0)
    rows = table.set_index(["ecosystem_type", "species_group", "pool"])
    pine_row = rows.loc[("forest_arbor", "pinus_massoniana", "above_ground")]
    assert pine_row["second"] == pytest.approx(60.0 * 0.6 * 0.47)
    both = (0.5034 * 60 + 20.547) * 0.47
    below = rows.loc[("forest_arbor", "pinus_massoniana", "below_ground")]
    assert pine_row["first"] + below["first"] == pytest.approx(both)
    bamboo = rows.loc[("forest_bamboo", "", "above_ground")]
    assert np.isfinite(bamboo["first"])
    assert pd.isna(bamboo["second"])
    same = compared_sets(coefficients(), coefficients(), find_zone("440100"), frozenset(), 60.0)
    assert (same["second_against_first_percent"].dropna() == 0.0).all()


def test_the_command_writes_both_sets_and_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "两套规则.csv"
    words = ["factors", "compare", "sinkatlas", IPCC, "--region", "440100", "--path", str(file)]
    runner = CliRunner()
    made = runner.invoke(app, words)
    assert made.exit_code == 0, made.output
    table = pd.read_csv(file).set_index(["ecosystem_type", "species_group", "pool"])
    pine_row = table.loc[("forest_arbor", "pinus_massoniana", "above_ground")]
    assert pine_row["second"] == pytest.approx(60.0 * 0.6 * 0.47)
    assert "Table 4.5" in pine_row["second_source"]
    again = runner.invoke(app, [*words, "--lang", "en"])
    assert again.exit_code == 1
    wrong = runner.invoke(app, ["factors", "compare", "sinkatlas", "ipcc_1996", "--lang", "en"])
    assert wrong.exit_code == 1
    assert IPCC in wrong.output


def carbon(folder: Path, given: str) -> Path:
    more = f'\n[carbon]\nmethod_set = "{given}"\n'
    return write_workspace(folder, {2020: half_forest()}, draws=0, more=more)


def _method(done: Run) -> str:
    rows = done.results[done.results["indicator"] == "carbon_stock"]
    return str(rows["method"].iloc[0])


def test_a_run_says_which_set_it_went_by(tmp_path: Path) -> None:
    file = carbon(tmp_path / "w", "本市规则.csv")
    text = f"{HEAD}\ncrop,,above_ground,density,annual_crop_biomass_2019,,\n"
    (tmp_path / "w" / "本市规则.csv").write_text(text, encoding="utf-8")
    done = run_workspace(file)
    assert any(each.code == "sink_models.method_set_used" for each in done.report.problems)
    assert "method_set:本市规则" in _method(done)
    clean = run_workspace(write_workspace(tmp_path / "c", {2020: half_forest()}, draws=0))
    assert not any("method_set" in each.code for each in clean.report.problems)
    assert "method_set" not in _method(clean)


def test_a_set_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_workspace(carbon(tmp_path, "ipcc_1996"))
    (told,) = caught.value.problems
    assert told.code == "sink_models.method_rules_unknown"
    assert IPCC in told.text("zh")
