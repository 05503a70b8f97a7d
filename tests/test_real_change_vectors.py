"""Worked examples of change, works, land take, scenarios and estimates, read from their file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from sink_models.equations import tidal_accretion
from sink_models.ledger import (
    AgeClasses,
    Event,
    Expectation,
    GrowthChoice,
    History,
    NewLand,
    TakenStand,
    Transfers,
    YieldCurve,
    adjusted_for_error,
    before_after_control,
    carbon_value,
    cohorts,
    credited_removals,
    credits_needed,
    discounted_by_bands,
    error_of_difference,
    everything_to,
    hectares_to_plant,
    in_one_pool,
    is_converted,
    need_of,
    oxygen_released,
    probability_of,
    run,
    sampled_change,
    shapley_contributions,
    spread_over_ages,
    turnover,
)
from sink_models.sampling import Sampling

pytestmark = pytest.mark.real

Given = dict[str, Any]
POOL = ("living",)
STAYS = Transfers.moving(POOL, {})


def straight(rate: float, cap: float = 1e6) -> YieldCurve:
    parameters = {"rate": np.array([rate]), "cap": np.array([cap])}
    return YieldCurve("capped", parameters, {"living": 1.0})


def planted(hectares: dict[int, float], curve: YieldCurve, ground: float, at: str) -> History:
    """Bare ground, planted year by year to the last of them."""
    start = cohorts(POOL, unit=[0], kind=["bare"], area_ha=[ground],
                    stock_t_c=np.zeros((1, 1, 1)))  # fmt: skip
    events = [
        Event(year, "planting", ("bare",), np.array([amount]), STAYS, NewLand("forest", 0),
              at="end" if at == "end" else "start")
        for year, amount in hectares.items()
    ]  # fmt: skip
    return run(start, events, [curve], units=1, years=sorted(hectares))


def mixes(first: Given, second: Given, figure: Callable[[Given], Any]) -> dict[frozenset[str], Any]:
    return {
        frozenset(chosen): figure({key: (second if key in chosen else first)[key] for key in first})
        for size in range(len(first) + 1)
        for chosen in combinations(first, size)
    }


def t01(v: Given) -> Given:
    pairs = list(zip(v["year_a"], v["year_b"], strict=True))
    kinds = sorted({kind for pair in pairs for kind in pair})
    matrix = np.zeros((len(kinds), len(kinds)))
    for before, after in pairs:
        matrix[kinds.index(before), kinds.index(after)] += v["cell_ha"]
    found = turnover(matrix)
    cells = {
        f"{one}>{two}": matrix[a, b]
        for a, one in enumerate(kinds)
        for b, two in enumerate(kinds)
        if matrix[a, b]
    }
    return cells | {
        "gross_changed_ha": found.gross_ha,
        "net_changed_ha": found.net_ha,
        "swap_ha": found.swap_ha,
    }


def t09(v: Given) -> Given:
    years = np.array([int(year) for year in v["conversions_ha"]])
    hectares = np.array(list(v["conversions_ha"].values()))
    found = {
        year: float(hectares[is_converted(years, int(year))].sum()) for year in ("2023", "2024")
    }
    return {
        year: {"converted": each, "remaining": v["forest_land_ha"] - each}
        for year, each in found.items()
    }


def t16(v: Given) -> Given:
    strata = ("stable", "change")
    found = sampled_change(
        mapped_ha=[v["mapped_ha"][each] for each in strata],
        sampled=[v["sample"][each]["n"] for each in strata],
        changed=[v["sample"][each]["change_found"] for each in strata],
    )
    half = found.half_width()
    return {"change_ha": found.area_ha, "se_ha": found.standard_error_ha, "half_width_95_ha": half}


def t17(v: Given) -> Given:
    together = float(error_of_difference(se_a=v["se_a"], se_b=v["se_b"], rho=v["rho"]))
    apart = float(error_of_difference(se_a=v["se_a"], se_b=v["se_b"], rho=0.0))
    return {
        "se_difference": together,
        "half_90": together * v["z90"],
        "significant": v["difference"] > together * v["z90"],
        "se_if_independent": apart,
        "half_90_if_independent": apart * v["z90"],
    }


def r01(v: Given) -> Given:
    def effect(area: float, control: list[float]) -> float:
        return float(
            before_after_control(
                area_ha=area, works_before=v["works"][0], works_after=v["works"][1],
                control_before=control[0], control_after=control[1],
            )
        )  # fmt: skip

    return {
        "effect_t_c_ha": effect(1.0, v["control"]),
        "effect_t_c": effect(v["area_ha"], v["control"]),
        "effect_t_co2": effect(v["area_ha"], v["control"]) * 44 / 12,
        "before_after_only_t_c": effect(v["area_ha"], [0.0, 0.0]),
    }


def r03(v: Given) -> Given:
    carbon = (1 + v["R"]) * v["CF"]
    curve = straight(v["agb_growth_t_dm_ha_yr"] * carbon, v["agb_mature_t_dm_ha"] * carbon)
    hectares = {int(year): float(each) for year, each in v["ha_by_year"].items()}
    stock = planted(hectares, curve, sum(hectares.values()), "end").stock[-1].sum()
    return {"biomass_t_c": stock}


def r05(v: Given) -> Given:
    found = Expectation(v["expected"], v["measured"], v["se"])
    return {"ratio": found.ratio, "probability_reached": found.probability_reached}


def r10(v: Given) -> Given:
    carbon = (1 + v["R"]) * v["CF"]
    hectares = {year: float(v["planted_ha_per_year"]) for year in v["years"]}
    lived = planted(hectares, straight(v["agb_growth"] * carbon), sum(hectares.values()), "end")
    return {"right_t_co2_yr": lived.sink_t_c.sum() / len(hectares) * 44 / 12}


def l01(v: Given) -> Given:
    stand = TakenStand(v["area_ha"], v["living"], v["dead_matter"], v["soil"])
    lost = need_of([stand], 1).stock_lost()
    carbon = float(lost.value[0])
    bound = "at_least" if lost.is_bound else "whole"
    return {"t_c": carbon, "t_co2": carbon * 44 / 12, "bound": bound}


def l03(v: Given) -> Given:
    """The stand of L01, which grows 1.5 t C/ha/yr up to 55 (L02)."""
    rule = GrowthChoice("forest", "capped", 0.0, "L02", {"rate": 1.5, "cap": 55.0}).rule(
        Sampling(draws=0)
    )
    rule = type(rule)(rule.ecosystem_type, in_one_pool(rule.curve, "living"), rule.source)
    stand = TakenStand(12, 45.2, 3.1, v["soc"], rule, soil_left=v["paving_factor"])
    need, years = need_of([stand], v["T"]), v["T"]
    whole = float(need.total(years).value[0])
    living, dead = (need.by_pool[pool][years, 0] for pool in ("living", "dead_matter"))
    return {
        "living_and_dead_t_c": living + dead,
        "soil_t_c": need.by_pool["soil"][years, 0],
        "need_t_c": whole,
        "need_t_co2": whole * 44 / 12,
    }  # fmt: skip


def l04(v: Given) -> Given:
    grown = straight(v["growth"], v["cap"]).density(np.array([float(v["T"])]))[0, 0]
    gain = grown - v["lost_at_planting_t_c_ha"]
    by_carbon = float(hectares_to_plant(need_t_c=v["need_t_c"], gain_t_c_ha=gain))
    return {
        "by_carbon_ha": by_carbon,
        "needed_ha": max(by_carbon, v["forest_vegetation_lost_ha"]),
    }


def l08(v: Given) -> Given:
    return {"credits": credits_needed(v["need_t_co2"] * 12 / 44)}


def p01(v: Given) -> Given:
    length, areas = v["class_years"], np.array(v["area_ha"], float)
    first = np.arange(len(areas)) * float(length)
    table = AgeClasses(first, np.array([v["volume_m3_ha"]], float), {"living": 1.0})
    ages, hectares, _ = spread_over_ages(areas, first, length)
    count = len(ages)
    start = cohorts(POOL, unit=[0] * count, kind=["forest"] * count, area_ha=hectares,
                    stock_t_c=(table.density(ages) * hectares)[:, None], curve=[0] * count,
                    age=ages)  # fmt: skip
    lived = run(start, [], [table], units=1, years=range(1, length + 1))
    group = np.searchsorted(first, lived.last.age, side="right") - 1
    return {
        "before_m3": lived.stock[0].sum(),
        "after_ha": np.bincount(group, lived.last.area_ha, len(areas)).tolist(),
        "after_m3": lived.stock[-1].sum(),
        "growth_m3_yr": lived.sink_t_c.sum() / length,
    }


def p02(v: Given) -> Given:
    curve = YieldCurve("logistic", {name: np.array([v[name.upper() if name == "w" else name]])
                                    for name in ("w", "k", "a")})  # fmt: skip
    return {str(age): curve.density(np.array([float(age)]))[0, 0] for age in v["ages"]}


def p04(v: Given) -> Given:
    hectares = {year: float(v["ha_per_year"]) for year in range(1, v["years"] + 1)}
    lived = planted(hectares, straight(v["growth"]), 1000.0, "start")
    return {"stock_t_c": lived.stock[-1].sum(), "sink_year_5_t_c": lived.sink_t_c[-1].sum()}


def p06(v: Given) -> Given:
    hectares = {year: float(each) for year, each in enumerate(v["programme_ha"])}
    found = planted(hectares, straight(1.0), float(v["potential_ha"]), "start").placed_ha[:, 0]
    return {"planted_ha": found.tolist(), "not_placed_ha": sum(hectares.values()) - found.sum()}


def p08(v: Given) -> Given:
    """Draws at even steps of probability: their share is the probability to 1e-5."""
    steps = (np.arange(100_000) + 0.5) / 100_000
    drawn = [NormalDist(v["mean"], v["sd"]).inv_cdf(each) for each in steps]
    return {"probability": probability_of(np.array([v["mean"], *drawn]), v["target"])}


def p10(v: Given) -> Given:
    factor = np.array(v["factor_draws"])
    curve = YieldCurve("capped", {"rate": v["growth"] * factor, "cap": np.array([1e6])},
                       {"living": 1.0})  # fmt: skip
    one, two = (
        planted({1: float(v[name])}, curve, 1000.0, "start").sink_t_c[0, :, 0]
        for name in ("s1_ha", "s2_ha")
    )
    return {
        "difference": (two - one).tolist(),
        "s2_better": probability_of(np.concatenate([[0.0], two - one]), 0.0),
        "intervals_overlap": bool(two.min() <= one.max()),
    }


def c01(v: Given) -> Given:
    found = credited_removals(
        project_t_co2=v["project_t_co2"], baseline_t_co2=v["baseline_t_co2"],
        leakage_t_co2=v["leakage"], risk_deduction=v["risk_deduction"],
    )  # fmt: skip
    return {"estimate_t_co2": float(found)}


def c03(v: Given) -> Given:
    return {
        "result": [
            discounted_by_bands(estimate=v["estimate"], error_percent=each, bands=v["table"])
            for each in v["relative_error_percent"]
        ]
    }


def c04(v: Given) -> Given:
    def adjusted(error: float) -> float:
        allowed = v["allowable_percent"]
        return float(
            adjusted_for_error(removals=v["NER"], error_percent=error, allowable_percent=allowed)
        )

    return {"adjusted": adjusted(v["error_percent"]), "at_15_percent": adjusted(15.0)}


def c07(v: Given) -> Given:
    rates = v["area_ha"] * tidal_accretion(cover_percent=v["cover_percent"])
    return {"t_c_yr": rates.tolist()}


def c11(v: Given) -> Given:
    """New culms grow, old ones are cut and die: what is left to stand is the sink."""
    years, (first, last) = v["years"], v["standing_t_c_ha"]
    cut = v["new_culms_t_c_ha_yr"] - (last - first) / years
    start = cohorts(POOL, unit=[0], kind=["bamboo"], area_ha=[1.0],
                    stock_t_c=np.full((1, 1, 1), float(first)), curve=[0], age=[0.0])  # fmt: skip
    gone = everything_to(POOL, {"living": "atmosphere"})
    events = [
        Event(year, "cut", ("bamboo",), np.array([cut]), gone, NewLand(), of="carbon", at="end")
        for year in range(years)
    ]
    lived = run(start, events, [straight(v["new_culms_t_c_ha_yr"])], units=1, years=range(years))
    assert lived.stock[-1].sum() == pytest.approx(last)
    return {
        "sink_t_c_ha_yr": lived.sink_t_c.mean(),
        "cut_and_died_t_c_ha_yr": lived.losses.sum() / years,
    }


def g01(v: Given) -> Given:
    value = carbon_value(net_t_c=v["net_t_c"], yuan_per_t_co2=v["price_yuan_t_co2"])
    return {"t_co2": v["net_t_c"] * 44 / 12, "yuan": float(value)}


def g03(v: Given) -> Given:
    return {"t_o2": float(oxygen_released(net_t_co2=v["t_co2"]))}


def d01(v: Given) -> Given:
    one, two = (
        {"data": v[run]["ha"], "coefficients": v[run]["t_c_ha"]} for run in ("run_1", "run_2")
    )
    results = mixes(one, two, lambda each: each["data"] * each["coefficients"])
    found = shapley_contributions(factors=[*one], results=results)
    return {
        **{key: float(each) for key, each in found.items()},
        "total": float(sum(found.values())),
    }


def d02(v: Given) -> Given:
    words = {"data": "a", "coefficients": "c", "method": "m", "boundaries": "b"}
    one, two = ({word: v[run][key] for word, key in words.items()} for run in ("run_1", "run_2"))
    results = mixes(
        one, two,
        lambda each: each["data"] * each["coefficients"] * each["method"] + each["boundaries"],
    )  # fmt: skip
    found = shapley_contributions(factors=[*one], results=results)
    return {
        **{key: float(each) for key, each in found.items()},
        "total": float(sum(found.values())),
    }


def d05(v: Given) -> Given:
    density = np.array(v["d"], float)
    results = mixes({"data": v["ha"][0]}, {"data": v["ha"][1]}, lambda each: each["data"] * density)
    return {"difference": shapley_contributions(factors=["data"], results=results)["data"].tolist()}


COMPUTED: dict[str, Callable[[Given], Given]] = {
    "T01": t01, "T09": t09, "T16": t16, "T17": t17, "R01": r01, "R03": r03, "R05": r05, "R10": r10,
    "L01": l01, "L03": l03, "L04": l04, "L08": l08, "P01": p01, "P02": p02, "P04": p04, "P06": p06,
    "P08": p08, "P10": p10, "C01": c01, "C03": c03, "C04": c04, "C07": c07, "C11": c11,
    "G01": g01, "G03": g03, "D01": d01, "D02": d02, "D05": d05,
}  # fmt: skip

FROM_FILES = {
    "T11": ("sink_models_ledger", "test_t11_cropland_planted_four_years_ago"),
    "T15": ("sink_models_ledger", "test_t15_soil_heads_for_the_equilibrium_from_where_it_stands"),
    "L06": ("sinkatlas_land_take", "test_gates_come_with_hectares_that_count_shared_ground_once"),
    "D06": ("sinkatlas_packing", "test_d06_a_changed_file_is_named"),
    "T04": ("gis_transitions", "test_t04_a_survey_redrawn_two_metres_east"),
    "T07": ("gis_transitions", "test_t07_change_across_sources_is_told_apart"),
    "R07": ("sinkatlas_works_effect", "test_r07_hectares_worked_add_up_and_ground_does_not"),
}
"""Examples that another test rebuilds, most of them with layers."""

OPEN = {
    "T14": "a law of every account with carbon; no function takes densities by transition alone",
    "C09": "a rule of the books: estimates of projects enter no account",
    "G04": "no published table of carbon and oxygen is checked for one basis",
    "N01": "a sum over layers of a run, not one equation",
    "N03": "shares of a named area inside and outside the units need layers of a run",
    "S01": "a raster of soil with a hole needs layers of a run",
    "S02": "contents and bulk densities of profiles are not read; stocks in t C/ha are",
    "S04": "cells above a threshold of canopy cover need layers of a run",
}
"""Examples that no test rebuilds by number yet, and why."""


def vectors(shared: Path) -> dict[str, Given]:
    file = shared / "vectors" / "change_and_projects.json"
    return {each["id"]: each for each in json.loads(file.read_text(encoding="utf-8"))["vectors"]}


def agrees(found: Any, stated: Any, tolerance: float) -> bool:
    """Whether a figure is the stated one; words and what is not known have to be the same."""
    if isinstance(stated, dict):
        return all(agrees(each, stated[key], tolerance) for key, each in found.items())
    if isinstance(stated, list):
        pairs = zip(found, stated, strict=True)
        return all(agrees(one, two, tolerance) for one, two in pairs)
    if stated is None or isinstance(stated, str | bool):
        return bool(found == stated)
    return bool(found == pytest.approx(stated, rel=tolerance, abs=tolerance))


@pytest.mark.parametrize("name", COMPUTED)
def test_a_worked_example_comes_out_as_stated(name: str, shared: Path) -> None:
    vector = vectors(shared)[name]
    for key, found in COMPUTED[name](vector["inputs"]).items():
        stated = vector["expected"][key]
        assert agrees(found, stated, vector["tolerance"]), (key, found, stated)


def test_every_worked_example_is_computed_or_named_as_open(shared: Path) -> None:
    named = [*COMPUTED, *FROM_FILES, *OPEN]
    assert sorted(named) == sorted(vectors(shared))


@pytest.mark.parametrize(("file", "name"), FROM_FILES.values())
def test_a_test_that_rebuilds_an_example_is_there(file: str, name: str) -> None:
    text = (Path(__file__).parent / f"test_{file}.py").read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE)
