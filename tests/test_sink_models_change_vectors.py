"""Every worked example of change, works, values, named areas, soils and canopy, by its id."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sink_models.ledger import (
    Expectation,
    before_after_control,
    carbon_value,
    error_of_difference,
    is_converted,
    oxygen_released,
    sampled_change,
    turnover,
)

pytestmark = pytest.mark.real

VECTORS = Path(__file__).parents[2] / "shared" / "vectors" / "change_and_projects.json"
PARTS = (1, 2, 6, 7, 8)
"""Transitions, works, values, named areas, soil and canopy."""

Figures = dict[str, Any]


def _matrix(given: Mapping[str, Any]) -> Figures:
    kinds = sorted(set(given["year_a"]) | set(given["year_b"]))
    matrix = np.zeros((len(kinds), len(kinds)))
    for before, after in zip(given["year_a"], given["year_b"], strict=True):
        matrix[kinds.index(before), kinds.index(after)] += given["cell_ha"]
    found = turnover(matrix)
    cells = {
        f"{one}>{two}": matrix[row, column]
        for row, one in enumerate(kinds)
        for column, two in enumerate(kinds)
        if matrix[row, column]
    }
    changes = {"gross_changed_ha": found.gross_ha, "net_changed_ha": found.net_ha}
    return {**cells, **changes, "swap_ha": found.swap_ha}


def _twenty_years(given: Mapping[str, Any]) -> Figures:
    years = np.array([int(year) for year in given["conversions_ha"]])
    hectares = np.array(list(given["conversions_ha"].values()), dtype=float)
    found = {}
    for year in (2023, 2024):
        converted = float(hectares[is_converted(years, year)].sum())
        found[str(year)] = {
            "converted": converted,
            "remaining": given["forest_land_ha"] - converted,
        }
    return found


def _sample(given: Mapping[str, Any]) -> Figures:
    strata = list(given["mapped_ha"])
    found = sampled_change(
        mapped_ha=[given["mapped_ha"][each] for each in strata],
        sampled=[given["sample"][each]["n"] for each in strata],
        changed=[given["sample"][each]["change_found"] for each in strata],
    )
    return {
        "change_ha": found.area_ha,
        "se_ha": found.standard_error_ha,
        "half_width_95_ha": found.half_width(),
    }


def _permanent_plots(given: Mapping[str, Any]) -> Figures:
    def error(rho: float) -> float:
        return float(error_of_difference(se_a=given["se_a"], se_b=given["se_b"], rho=rho))

    together, apart = error(given["rho"]), error(0.0)
    return {
        "se_difference": together,
        "half_90": given["z90"] * together,
        "significant": given["difference"] > given["z90"] * together,
        "se_if_independent": apart,
        "half_90_if_independent": given["z90"] * apart,
    }


def _effect(given: Mapping[str, Any]) -> Figures:
    works, control = given["works"], given["control"]

    def effect(area_ha: float, *, control_after: float) -> float:
        return float(
            before_after_control(
                area_ha=area_ha,
                works_before=works[0],
                works_after=works[1],
                control_before=control[0],
                control_after=control_after,
            )
        )

    return {
        "effect_t_c_ha": effect(1.0, control_after=control[1]),
        "effect_t_c": effect(given["area_ha"], control_after=control[1]),
        "effect_t_co2": effect(given["area_ha"], control_after=control[1]) * 44 / 12,
        "before_after_only_t_c": effect(given["area_ha"], control_after=control[0]),
    }


def _expected(given: Mapping[str, Any]) -> Figures:
    found = Expectation(given["expected"], given["measured"], given["se"])
    return {"ratio": found.ratio, "probability_reached": found.probability_reached}


def _value(given: Mapping[str, Any]) -> Figures:
    yuan = carbon_value(net_t_c=given["net_t_c"], yuan_per_t_co2=given["price_yuan_t_co2"])
    per_tonne = carbon_value(net_t_c=given["net_t_c"], yuan_per_t_co2=1.0)
    return {"t_co2": float(per_tonne), "yuan": float(yuan)}


def _oxygen(given: Mapping[str, Any]) -> Figures:
    return {"t_o2": float(oxygen_released(net_t_co2=given["t_co2"]))}


WALKED: dict[str, Callable[[Mapping[str, Any]], Figures]] = {
    "T01": _matrix,
    "T09": _twenty_years,
    "T16": _sample,
    "T17": _permanent_plots,
    "R01": _effect,
    "R05": _expected,
    "G01": _value,
    "G03": _oxygen,
}
"""Worked by one equation each, from the inputs of the file."""

BUILT = {
    "T04": ("test_gis_transitions.py", "test_t04_a_survey_redrawn_two_metres_east"),
    "T07": ("test_gis_transitions.py", "test_t07_change_across_sources_is_told_apart"),
    "T11": ("test_sink_models_ledger.py", "test_t11_cropland_planted_four_years_ago"),
    "T15": (
        "test_sink_models_ledger.py",
        "test_t15_soil_heads_for_the_equilibrium_from_where_it_stands",
    ),
    "R03": ("test_sink_models_ledger.py", "test_r03_mangrove_planted_at_the_end_of_each_year"),
    "R07": (
        "test_sinkatlas_works_effect.py",
        "test_r07_hectares_worked_add_up_and_ground_does_not",
    ),
    "R10": (
        "test_sink_models_ledger.py",
        "test_r10_new_mangrove_by_its_planting_years_not_at_mature_stock",
    ),
}
"""Worked on layers or cohorts that another test builds."""

NOT_WALKED = {
    "T14": "a law of every account with carbon; no function takes densities by transition alone",
    "G04": "no published table of carbon and oxygen is checked for one basis",
    "N01": "a sum over layers of a run, not one equation",
    "N03": "a sum over layers of a run, not one equation",
    "S01": "a reading of a raster in a run, not one equation",
    "S02": "contents and bulk densities of profiles are not read; stocks in t C/ha are",
    "S04": "a reading of a raster in a run, not one equation",
}
"""Not worked with the figures of the file, and why."""


def examples() -> dict[str, Mapping[str, Any]]:
    rows = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return {row["id"]: row for row in rows if row["point"] in PARTS}


def test_every_example_is_walked_built_or_named_with_its_reason() -> None:
    assert sorted(examples()) == sorted([*WALKED, *BUILT, *NOT_WALKED])


def test_what_is_built_elsewhere_is_a_test() -> None:
    for file, name in BUILT.values():
        tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("example", sorted(WALKED))
def test_figures_are_those_of_the_example(example: str) -> None:
    row = examples()[example]
    found = WALKED[example](row["inputs"])
    assert found.keys() == row["expected"].keys()
    for name, figure in row["expected"].items():
        assert found[name] == pytest.approx(figure, rel=row["tolerance"], abs=row["tolerance"])
