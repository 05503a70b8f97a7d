"""How much of the stock and of the sink rests on numbers that were read at first hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.coefficients import CoefficientStore
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.method.provenance import provenance, provenance_notice
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

MANGROVE = ("mangrove", "mangroves")


def run(*epochs: dict[str, float], seen: dict[str, str] | None = None) -> Results:
    """Epochs of hectares by type, with some coefficients seen otherwise."""
    store = coefficients()
    rows = {key: replace(store[key], seen_as=how) for key, how in (seen or {}).items()}
    data = [
        EpochData(
            year,
            pd.DataFrame(
                [("1", "mangroves" if kind == "mangrove" else "land_cover", kind, area)
                 for kind, area in areas.items()],
                columns=["unit_code", "cover", "ecosystem_type", "area_ha"],
            ).assign(status="classified"),
            kinds=frozenset({"land_cover", "mangroves"}),
        )
        for year, areas in zip((2020, 2024), epochs, strict=False)
    ]  # fmt: skip
    return evaluate(
        data, ("1",), ("440100", "city"), sampling=Sampling(draws=0),
        options=Options(region="440100"), store=CoefficientStore({**store.rows, **rows}),
    )  # fmt: skip


def all_keys(results: Results) -> set[str]:
    return {key for _, choice in results.choices for key in choice.keys}


def test_shares_are_those_of_the_carbon_by_its_weakest_number() -> None:
    """Crop holds biomass by one key and soil by two: degrade the biomass, then a factor of soil."""
    plain = run({"crop": 10.0})
    keys = all_keys(plain)
    first = dict.fromkeys(keys, "publication")
    value = {pool: plain.values[f"carbon_stock.pool.{pool}", 2020, "1"].value
             for pool in ("above_ground", "soil")}  # fmt: skip
    whole = sum(value.values())
    assert provenance(run({"crop": 10.0}, seen=first)).stock == {"A": 1.0}
    second = first | {"annual_crop_biomass_2019": "citing_paper"}
    found = provenance(run({"crop": 10.0}, seen=second)).stock
    assert found["B"] == pytest.approx(value["above_ground"] / whole)
    assert found["A"] == pytest.approx(value["soil"] / whole)
    (factor,) = (key for key in keys if key.startswith("flu_"))
    third = second | {factor: "description"}
    found = provenance(run({"crop": 10.0}, seen=third)).stock
    assert found["C"] == pytest.approx(value["soil"] / whole)
    assert sum(found.values()) == pytest.approx(1.0)


def test_splitting_ground_and_better_sources_change_shares_as_they_should() -> None:
    rows = {"crop": 10.0, "forest": 5.0}
    shares = provenance(run(rows)).stock
    assert sum(shares.values()) == pytest.approx(1.0)
    keys = all_keys(run(rows))
    better = provenance(run(rows, seen=dict.fromkeys(keys, "publication"))).stock
    assert better["A"] >= shares.get("A", 0.0)


def test_the_sink_has_shares_of_its_own_and_none_without_a_sink() -> None:
    """All that changes is crop biomass, whose one number is made first-hand."""
    seen = {"annual_crop_biomass_2019": "publication"}
    results = run({"crop": 10.0, "bare": 10.0}, {"crop": 15.0, "bare": 5.0}, seen=seen)
    assert provenance(results).sink == {"A": pytest.approx(1.0)}
    assert provenance(run({"crop": 10.0})).sink == {}


def test_burial_counts_in_the_sink_by_its_own_number() -> None:
    seen = {"mangrove_ef_rewet": "not_seen"}
    results = run({"mangrove": 10.0}, {"mangrove": 10.0}, seen=seen)
    assert provenance(results).sink[""] == pytest.approx(1.0)


def test_the_notice_says_that_nothing_is_first_hand() -> None:
    keys = dict.fromkeys(all_keys(run({"crop": 1.0})), "citing_paper")
    (said,) = provenance_notice(run({"crop": 1.0}, seen=keys))
    assert "0 % first-hand (A), 100 % second-hand (B)" in said.text("en")
    assert "一手（A） 0%、转引（B） 100%" in said.text("zh")
    assert provenance_notice(run({"bare": 1.0})) == ()
