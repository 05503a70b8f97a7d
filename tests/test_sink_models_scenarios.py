"""Scenarios: nothing rises for ever, planting ends with the land, differences are shared draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from sink_models.ledger import (
    GrowthChoice,
    GrowthRule,
    Programme,
    Scenario,
    Start,
    Yearly,
    difference_rows,
    path_rows,
    probability_of,
    project,
)
from sink_models.sampling import Sampling

SAMPLING = Sampling(draws=40)
CHOICE = GrowthChoice("forest_arbor", "capped", 0.25, "plots", {"rate": 2.0, "cap": 60.0},
                      uncertainty_percent=20.0)  # fmt: skip
UNITS = ("440103", "440104")


def growth(sampling: Sampling = SAMPLING) -> dict[str, GrowthRule]:
    return {"forest_arbor": CHOICE.rule(sampling)}


def start(*rows: tuple[str, str, float, float], volume: Sequence[float] | None = None) -> Start:
    """Rows of unit, kind, hectares, t C/ha."""
    frame = pd.DataFrame(
        [(unit, kind, area) for unit, kind, area, _ in rows],
        columns=["unit_code", "kind", "area_ha"],
    )
    living = np.array([[area * density for _, _, area, density in rows]])
    held = np.full(len(rows), np.nan) if volume is None else np.array(volume)
    return Start(frame, living, held)


GROUND = start(
    ("440103", "forest_arbor", 100.0, 20.0), ("440103", "grass", 60.0, 0.0),
    ("440104", "forest_arbor", 50.0, 58.0), ("440104", "built", 10.0, 0.0),
)  # fmt: skip


def planned(until: int = 2060, **parts: object) -> Scenario:
    return Scenario("plan", until, **parts)  # type: ignore[arg-type]


def test_stands_end_with_their_curve_and_the_sink_falls_to_nothing() -> None:
    path = project(GROUND, planned(), growth(), UNITS, 2024)
    central = path.stock[:, 0, -1]
    assert central[-1] == pytest.approx(150 * 60.0)
    assert path.sink_t_co2[0, 0, -1] == pytest.approx((100 * 2 + 50 * 2) * 44 / 12)
    assert path.sink_t_co2[-1, 0, -1] == 0.0
    assert (np.diff(central) >= 0).all()


def test_the_whole_is_the_sum_of_the_units_in_every_draw_and_year() -> None:
    path = project(GROUND, planned(disturbed_share=0.01), growth(), UNITS, 2024)
    for values in (path.stock, path.gain, path.loss, path.forest_ha):
        np.testing.assert_allclose(values[..., :-1].sum(axis=-1), values[..., -1])
    np.testing.assert_allclose(np.diff(path.stock, axis=0), path.gain - path.loss, atol=1e-9)


def test_planting_ends_when_the_land_ends_and_the_shortfall_is_told() -> None:
    works = [
        Programme("440103", year, "forest_arbor", 25.0, ("grass",)) for year in range(2025, 2029)
    ]
    path = project(GROUND, planned(programmes=tuple(works)), growth(), UNITS, 2024)
    assert path.shortfall["placed_ha"].tolist() == pytest.approx([10.0, 0.0])
    assert path.shortfall["not_placed_ha"].sum() == pytest.approx(40.0)
    # 60 ha planted stand at 60 t C/ha in the end
    assert path.stock[-1, 0, 0] == pytest.approx(160 * 60.0)


def test_new_forest_counts_as_forest_after_its_lag() -> None:
    works = (Programme("440103", 2025, "forest_arbor", 30.0, ("grass",)),)
    path = project(GROUND, planned(programmes=works, cover_lag=5), growth(), UNITS, 2024)
    area = dict(zip((2024, *path.years), path.forest_ha[:, 0, 0], strict=True))
    assert area[2028] == pytest.approx(100.0)
    assert area[2029] == pytest.approx(130.0)


def test_survival_keeps_its_share_of_the_curve() -> None:
    works = (Programme("440103", 2025, "forest_arbor", 30.0, ("grass",), survival=0.5),)
    bare = project(GROUND, planned(), growth(), UNITS, 2024)
    path = project(GROUND, planned(programmes=works), growth(), UNITS, 2024)
    assert path.stock[-1, 0, 0] - bare.stock[-1, 0, 0] == pytest.approx(30 * 30.0)


def test_harvest_takes_the_oldest_and_never_more_than_stands() -> None:
    cut = (Yearly("440104", 2025, 2060, 1e9),)
    path = project(GROUND, planned(harvests=cut), growth(), UNITS, 2024)
    assert (path.stock >= -1e-9).all()
    assert path.stock[1, 0, 1] == pytest.approx(0.0)
    assert path.stock[1, 0, 0] > path.stock[0, 0, 0]
    small = (Yearly("440104", 2025, 2025, 60.0 * 5),)
    one = project(GROUND, planned(harvests=small, until=2026), growth(), UNITS, 2024)
    # 300 t C of stands that hold 60 t C/ha: 5 ha, which grow again from 0
    assert one.loss[0, 0, 1] == pytest.approx(300.0, rel=0.04)


def test_land_take_is_a_loss_at_once() -> None:
    takes = (Yearly("440104", 2025, 2025, 10.0, ("forest_arbor",)),)
    path = project(GROUND, planned(land_takes=takes), growth(), UNITS, 2024)
    assert path.forest_ha[1, 0, 1] == pytest.approx(40.0)
    assert path.loss[0, 0, 1] == pytest.approx(10 * 60.0)


def test_p10_scenarios_are_compared_draw_by_draw() -> None:
    works = (Programme("440103", 2025, "forest_arbor", 30.0, ("grass",)),)
    bare = project(GROUND, planned(), growth(), UNITS, 2024)
    path = project(GROUND, planned(programmes=works), growth(), UNITS, 2024)
    table = difference_rows(path, bare, {}, (*UNITS, "440100"), SAMPLING)
    last = table[(table["year"] == 2060) & (table["unit_code"] == "440103")].iloc[0]
    assert last["probability_more"] == 1.0
    assert set(table["book"]) == {"effect"}
    same = difference_rows(bare, bare, {}, (*UNITS, "440100"), SAMPLING)
    assert not same["stock_t_c"].any()


def test_beyond_2035_a_path_is_exploratory_and_types_without_growth_are_named() -> None:
    ground = start(("440103", "forest_bamboo", 5.0, 20.0), ("440103", "forest_arbor", 5.0, 20.0))
    path = project(ground, planned(), growth(), UNITS, 2024)
    table = path_rows(path, {}, (*UNITS, "440100"), SAMPLING)
    assert set(table.loc[table["year"] <= 2035, "label"]) == {"projection"}
    assert set(table.loc[table["year"] > 2035, "label"]) == {"exploratory"}
    assert set(table["types_without_growth"]) == {"forest_bamboo"}


def test_growing_stock_follows_the_carbon_of_measured_stands() -> None:
    ground = start(("440103", "forest_arbor", 100.0, 20.0), volume=[5000.0])
    path = project(ground, planned(), growth(), UNITS, 2024)
    assert path.volume_m3[0, 0, 0] == pytest.approx(5000.0)
    assert path.volume_m3[-1, 0, 0] == pytest.approx(15000.0)


def test_p08_probability_of_a_target_is_the_share_of_draws() -> None:
    drawn = np.random.default_rng(1).normal(41.5, 0.2, 200_000)
    assert probability_of(np.r_[41.5, drawn], 41.65) == pytest.approx(0.226627, abs=3e-3)
    assert probability_of(np.array([41.7]), 41.65) == 1.0


def test_without_draws_there_is_a_path_and_no_interval() -> None:
    path = project(GROUND, planned(), growth(Sampling(draws=0)), UNITS, 2024)
    table = path_rows(path, {}, (*UNITS, "440100"), Sampling(draws=0))
    assert table["stock_low"].isna().all()
