"""What surveys of both years outline is followed piece by piece; what maps show is net by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.coefficients import coefficients
from sink_models.evaluate import evaluate
from sink_models.ledger import surveyed_changes
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import ErrorMatrix

UNITS = ("440103", "440104")
KINDS = frozenset({"land_cover", "forest_subcompartments", "mangroves"})
CO2 = 44.0 / 12.0
SPAN = (2020, 2024)

Ground = Mapping[str, object]


def mapped(kind: str) -> Ground:
    return {"cover": "land_cover", "ecosystem_type": kind, "feature": -1}


def surveyed(kind: str, **more: object) -> Ground:
    return {"cover": "forest_subcompartments", "ecosystem_type": kind, "feature": 1, **more}


def pine(stock: float) -> Ground:
    return surveyed(
        "forest_arbor", forest_class="arbor", species_group="pinus_massoniana",
        stock_basis="measured", growing_stock_m3=stock,
    )  # fmt: skip


MANGROVE = {"cover": "mangroves", "ecosystem_type": "mangrove", "feature": 1}
FLAT = surveyed("bare", cover="mangroves")
NAMES = ("cover", "status", "feature", "ecosystem_type", "forest_class", "species_group",
         "stock_basis", "growing_stock_m3")  # fmt: skip


def pieces(*parts: tuple[float, Ground, Ground], unit: str = UNITS[0], **more: str) -> pd.DataFrame:
    """Transition rows: hectares, what the ground was, what it is."""
    rows = []
    for area, before, after in parts:
        row: dict[str, object] = {"unit_code": unit, "area_ha": area}
        for ending, end in (("_a", before), ("_b", after)):
            filled = dict.fromkeys(NAMES, "") | {"growing_stock_m3": np.nan}
            filled |= {"status": "classified"} | dict(end)
            row |= {f"{name}{ending}": value for name, value in filled.items()}
        rows.append({**row, "certainty": "certain", "cause": "", **more})
    return pd.DataFrame(rows)


def results_of(rows: pd.DataFrame, *, followed: bool = True, **matrices: ErrorMatrix) -> Results:
    """Evaluate the margins of transition rows, with their pieces or without."""
    data = []
    for year, ending in zip(SPAN, ("_a", "_b"), strict=True):
        names = {f"{name}{ending}": name for name in NAMES if name != "feature"}
        frame = rows[["unit_code", "area_ha", *names]].rename(columns=names)
        data.append(EpochData(year, frame, kinds=KINDS, matrices=matrices))
    return evaluate(
        data, UNITS, ("440100", "city"), sampling=Sampling(draws=50),
        options=Options(region="440100"),
        followed=[surveyed_changes(rows, SPAN)] if followed else [],
    )  # fmt: skip


def sink(results: Results, part: str = "", unit: str = "440100") -> float:
    return results.values[f"carbon_sink{part}", 2024, unit].value


def method(results: Results) -> str:
    return str(results.values["carbon_sink", 2024, "440100"].method)


REST: Sequence[tuple[float, Ground, Ground]] = ((500.0, pine(25_000.0), pine(26_000.0)),)


def test_mangrove_that_moved_is_lost_in_one_place_and_young_in_another() -> None:
    """60 ha cleared and 60 ha new: net they stay 60 ha; followed, a mature stand went."""
    rows = pieces((60.0, MANGROVE, FLAT), (60.0, FLAT, MANGROVE), *REST)
    store = coefficients()
    rate, cap, ratio, fraction = (
        store[f"mangrove_{key}"].value
        for key in ("gw_subtropical", "agb_subtropical", "r_subtropical", "cf")
    )
    grown = np.mean([min(rate * age, cap) for age in range(4)])
    moved = 60.0 * (grown - cap) * fraction * (1.0 + ratio) / 4.0 * CO2
    followed, net = results_of(rows), results_of(rows, followed=False)
    assert sink(followed) - sink(net) == pytest.approx(moved)
    assert moved < 0
    assert "surveyed_changes:120" in method(followed)
    assert "net_changes" in method(net)


def test_stands_from_unknown_ground_take_no_part_whatever_else_changed() -> None:
    """Pine came from shrub, not from the field that became built-up land beside it.

    Net, half of the new pine would be taken to have come from the field and to have grown."""
    rows = pieces(
        (100.0, surveyed("shrub"), pine(2_000.0)),
        (100.0, surveyed("crop"), surveyed("built")),
        *REST,
    )
    store = coefficients()
    crop = store["annual_crop_biomass_2019"].value
    rest = 1_000.0 * 0.5034 * 0.47 / 4.0 * CO2
    assert sink(results_of(rows)) == pytest.approx(rest - 100.0 * crop / 4.0 * CO2)
    assert sink(results_of(rows, followed=False)) > sink(results_of(rows)) + 500.0


def test_a_stand_that_only_the_survey_found_is_no_uptake_and_is_named() -> None:
    """漏划 (91): it stood there before. Its hectares and what it could add are told."""
    found = pieces(
        (100.0, surveyed("crop"), pine(6_000.0)), cause="91", certainty="survey_artefact"
    )
    planted = found.assign(cause="10", certainty="certain")
    rest = pieces(*REST)
    own = results_of(pd.concat([found, rest], ignore_index=True))
    assert sink(own) == pytest.approx(1_000.0 * 0.5034 * 0.47 / 4.0 * CO2)
    told = [each for each in own.problems if each.code == "sink_models.change_left_out"]
    assert "100.0 ha" in told[0].text("en")
    other = results_of(pd.concat([planted, rest], ignore_index=True))
    assert sink(other) > sink(own)
    assert not any(each.code == "sink_models.change_left_out" for each in other.problems)


def test_errors_of_two_maps_that_cancel_are_no_flux() -> None:
    """A twentieth of forest turned field and as much field turned forest: nothing happened."""
    forest, crop = mapped("forest"), mapped("crop")
    rows = pieces(
        (950.0, forest, forest), (950.0, crop, crop), (50.0, forest, crop), (50.0, crop, forest)
    )
    assert sink(results_of(rows)) == 0.0
    assert not results_of(rows).values["carbon_sink", 2024, "440100"].sampled.any()


def test_without_changes_between_surveys_both_ways_are_one() -> None:
    rows = pd.concat(
        [
            pieces(
                (30.0, mapped("forest"), mapped("crop")), (80.0, mapped("crop"), mapped("grass"))
            ),
            pieces(*REST, (20.0, mapped("crop"), pine(500.0)), unit=UNITS[1]),
        ],
        ignore_index=True,
    )
    one, two = results_of(rows), results_of(rows, followed=False)
    for unit in (*UNITS, "440100"):
        assert sink(one, unit=unit) == pytest.approx(sink(two, unit=unit), rel=1e-12)


def test_splitting_and_ordering_of_pieces_change_nothing() -> None:
    rows = pieces((60.0, MANGROVE, FLAT), (60.0, FLAT, MANGROVE), (40.0, pine(2e3), FLAT), *REST)
    halves = rows.assign(area_ha=rows["area_ha"] / 2.0).assign(
        **{name: rows[name] / 2.0 for name in ("growing_stock_m3_a", "growing_stock_m3_b")}
    )
    shuffled = pd.concat([halves, halves], ignore_index=True).sample(frac=1.0, random_state=3)
    again = results_of(shuffled.reset_index(drop=True))
    assert sink(again) == pytest.approx(sink(results_of(rows)), rel=1e-12)


def test_units_add_up_to_the_whole_and_types_to_the_total() -> None:
    rows = pd.concat(
        [
            pieces((60.0, MANGROVE, FLAT), (10.0, FLAT, MANGROVE)),
            pieces((40.0, pine(2e3), FLAT), *REST, unit=UNITS[1]),
        ],
        ignore_index=True,
    )
    found = results_of(rows)
    assert sum(sink(found, unit=unit) for unit in UNITS) == pytest.approx(sink(found), rel=1e-9)
    kinds = {key for key, _, _ in found.values if key.startswith("carbon_sink.type.")}
    total = sum(sink(found, key.removeprefix("carbon_sink")) for key in kinds)
    assert total == pytest.approx(sink(found), rel=1e-9)


def test_areas_that_an_error_matrix_adjusts_have_no_pieces() -> None:
    classes = ("crop", "forest")
    counts = np.array([[45.0, 5.0], [3.0, 47.0]])
    rows = pieces(
        (60.0, MANGROVE, FLAT), (60.0, FLAT, MANGROVE), *REST,
        (300.0, mapped("forest"), mapped("forest")), (300.0, mapped("crop"), mapped("crop")),
    )  # fmt: skip
    found = results_of(rows, land_cover=ErrorMatrix(classes, counts))
    assert "net_changes" in method(found)
