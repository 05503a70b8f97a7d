"""Estimates of projects: clauses that were not read give no total, and no patch counts twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_workspace import box, half_forest, write_polygons, write_workspace

from gis.problems import InputError
from sink_models.equations import stock_difference, tidal_accretion
from sink_models.ledger import (
    GrowthChoice,
    Patch,
    adjusted_for_error,
    credited_removals,
    discounted_by_bands,
    estimate,
    methodologies,
    reasons_against,
    stratified_error,
)
from sink_models.sampling import Sampling
from sinkatlas.pipeline.running import run

CCER = methodologies()["CCER-14-001-V01"]
GROWTH = {
    "forest_arbor": GrowthChoice("forest_arbor", "capped", 0.25, "plots",
                                 {"rate": 2.5, "cap": 60.0}).rule(Sampling(draws=0))
}  # fmt: skip
OWN = {"risk_deduction": 0.1, "leakage_t_co2_ha_yr": 0.0, "baseline_t_co2_ha_yr": 0.0,
       "crediting_years": 20.0, "error_discount": 0.0}  # fmt: skip


def patch(area_ha: float = 1.0, **more: object) -> Patch:
    given = {"types_before": {"grass": area_ha}, "groups_before": {"grass": area_ha}, **more}
    return Patch("p", area_ha, "forest_arbor", 2024, **given)  # type: ignore[arg-type]


def test_c01_removals_less_baseline_less_risk() -> None:
    found = credited_removals(
        project_t_co2=500, baseline_t_co2=20, leakage_t_co2=0, risk_deduction=0.1
    )
    assert float(found) == pytest.approx(432.0)


def test_c03_discount_by_a_table_that_is_given() -> None:
    bands = [(10, 0.0), (20, 0.06), (30, 0.11)]
    found = [discounted_by_bands(estimate=1000, error_percent=e, bands=bands)
             for e in (8, 15, 25, 35)]  # fmt: skip
    assert found == [1000.0, 940.0, 890.0, None]


def test_c04_uncertainty_beyond_the_allowance_alone_is_deducted() -> None:
    found = adjusted_for_error(removals=1000, error_percent=[28, 15], allowable_percent=20)
    assert found.tolist() == [920.0, 1000.0]
    assert methodologies()["VM0033-2.1"].allowable_error_percent == 20.0


def test_c07_mangrove_soil_by_cover() -> None:
    rates = 20 * tidal_accretion(cover_percent=[10, 40, 60])
    assert rates.tolist() == pytest.approx([0.0, 20.8571429, 29.2])


def test_c11_the_sink_of_bamboo_is_its_standing_difference() -> None:
    sink = float(stock_difference(earlier_t_c=25, later_t_c=27, years=5))
    assert sink == pytest.approx(0.4)
    assert 6.0 - sink == pytest.approx(5.6)


def test_stratified_error_of_plots() -> None:
    mean, error = stratified_error([60, 40], [50, 30], [10, 8], [25, 16])
    assert mean == pytest.approx(42.0)  # 0.6 x 50 + 0.4 x 30
    assert error == pytest.approx((0.36 * 4 + 0.16 * 4) ** 0.5)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (patch(0.039), "below_least_area"),
        (patch(1.0, types_before={"forest": 1.0}, groups_before={"forest": 1.0}), "forest_before"),
        (
            patch(1.0, types_before={"wetland_marsh": 1.0}, groups_before={"wetland": 1.0}),
            "excluded_ground_before",
        ),
        (patch(1.0, claimed_ha=0.5), "ground_claimed_twice"),
        (patch(1.0, types_before={}, groups_before={}), "ground_before_unknown"),
        (Patch("p", 1.0, "orchard", 2024, {"grass": 1.0}, {"grass": 1.0}), "type_not_covered"),
        (Patch("p", 0.05, "forest_arbor", 2019, {"grass": 0.05}, {"grass": 0.05}),
         "below_least_area"),
    ],
)  # fmt: skip
def test_patches_are_refused_with_a_reason(given: Patch, reason: str) -> None:
    assert reasons_against(given, CCER.eligibility, CCER.types) == [reason]


def test_eligible_patches_stay_silent() -> None:
    for area in (0.04, 0.0667, 5.0):
        assert reasons_against(patch(area), CCER.eligibility, CCER.types) == []
    edge = patch(1.0, types_before={"grass": 0.995, "forest": 0.005})
    assert reasons_against(edge, CCER.eligibility, CCER.types) == []


def test_without_a_clause_there_are_removals_and_no_total() -> None:
    found = estimate([patch()], GROWTH, CCER.values({}), 2034)
    assert found.removals[0] == pytest.approx(10 * 2.5 * 44 / 12)
    assert found.total is None
    assert set(found.missing) == set(OWN)
    assert found.baseline is None


def test_with_the_analysts_clauses_there_is_a_total_and_the_period_ends() -> None:
    found = estimate([patch()], GROWTH, CCER.values(OWN), 2060)
    assert found.years == 20
    assert found.total is not None
    assert found.total[0] == pytest.approx(20 * 2.5 * 44 / 12 * 0.9)


@pytest.mark.parametrize(("method", "clause", "kept"), [
    ("CCER-14-001-V01", {"error_discount": 0.06}, 0.94),
    ("VM0033-2.1", {"plot_error_percent": 28.0}, 0.92),  # 100 % - 28 % + 20 %
    ("VM0033-2.1", {"plot_error_percent": 15.0}, 1.0),  # no bonus below the allowance
])  # fmt: skip
def test_the_error_of_plots_is_deducted_as_the_methodology_says(
    method: str, clause: dict[str, float], kept: float
) -> None:
    chosen = methodologies()[method]
    own = {key: value for key, value in OWN.items() if key != "error_discount"}

    def total(given: dict[str, float]) -> np.ndarray | None:
        return estimate(
            [patch()], GROWTH, chosen.values(given), 2034,
            allowable_error_percent=chosen.allowable_error_percent,
        ).total  # fmt: skip

    assert total(own) is None  # a discount that nobody knows is not a discount of nothing
    found = total(own | clause)
    assert found is not None
    assert found[0] == pytest.approx(10 * 2.5 * 44 / 12 * 0.9 * kept)


def test_growth_that_is_not_known_is_named() -> None:
    found = estimate([patch()], {}, CCER.values(OWN), 2034)
    assert found.missing == ("growth:forest_arbor",)
    assert found.total is None


def test_every_methodology_says_how_far_each_clause_was_read() -> None:
    for each in methodologies().values():
        discount = {"error_discount"} if each.allowable_error_percent is None else {
            "plot_error_percent"}  # fmt: skip
        assert set(each.clauses) == set(OWN) - {"error_discount"} | discount
        for clause in each.clauses.values():
            assert clause.verification
            assert (clause.value is None) == (clause.verification not in ("seen",))


PROJECT = """
[[growth]]
type = "forest_arbor"
parameters = { rate = 2.5, cap = 60.0 }
root_shoot = 0.25
source = "样地"

[[project]]
name = "造林一期"
methodology = "CCER-14-001-V01"
path = "地块.gpkg"
type = "forest_arbor"
start_year = 2024
until = 2044
"""


def ran(folder: Path, more: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    cells = half_forest()
    cells[-4:] = 4
    file = write_workspace(folder, {2020: cells, 2024: cells}, more=more, draws=20)
    write_polygons(
        folder / "地块.gpkg",
        [box(0, 0, 300, 300), box(200, 0, 500, 300), box(0, 1500, 300, 1800)],
        name=["甲", "乙", "丙"], year=["2024", "2024", "2024"],
    )  # fmt: skip
    done = run(file, folder / "结果")
    assert done.folder is not None
    tables = (pd.read_csv(done.folder / f"project_{name}.csv") for name in
              ("eligibility", "estimates"))  # fmt: skip
    first, second = tables
    return first, second


def test_patches_from_files_are_judged_and_estimated(tmp_path: Path) -> None:
    eligibility, estimates = ran(tmp_path / "w", PROJECT)
    told = eligibility.set_index("patch")["reasons"].fillna("")
    assert told["甲"] == ""
    assert told["乙"] == "ground_claimed_twice"
    assert told["丙"] == "forest_before"
    row = estimates.iloc[0]
    assert row["eligible_ha"] == pytest.approx(9.0, rel=1e-3)
    assert pd.isna(row["estimate_t_co2"])
    assert "risk_deduction" in row["missing"]
    for table in (eligibility, estimates):
        assert set(table["book"]) == {"estimate"}
        assert table["mark"].str.contains("估算，非核证").all()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("CCER-14-001-V01", "CCER-99"), "methodology_unknown"),
        (("until = 2044", "until = 2044\nclauses = { k = 0.1 }\nclauses_source = \"x\""),
         "clause_unknown"),
        (("until = 2044",
          "until = 2044\nclauses = { risk_deduction = 10 }\nclauses_source = \"x\""),
         "clause_range"),
        (("until = 2044",
          "until = 2044\nclauses = { crediting_years = 0 }\nclauses_source = \"x\""),
         "clause_range"),
        (("until = 2044", "until = 2044\nclauses = { risk_deduction = 0.1 }"), "clause_source"),
    ],
)  # fmt: skip
def test_projects_that_cannot_be_are_refused(
    tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    with pytest.raises(InputError, match=code):
        ran(tmp_path / "w", PROJECT.replace(*change))
