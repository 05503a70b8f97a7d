"""Stock tables, sink, soil table and transitions of a span agree or say by how much not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.evaluate import evaluate
from sink_models.ledger import TRANSITION_COLUMNS, reconciliation_table
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas import Run

UNITS = ("440103", "440104")
PARTS = ("realised_t_c", "committed_t_c", "revaluation_t_c")
NONE = pd.DataFrame(columns=list(TRANSITION_COLUMNS))


def run(*epochs: list[tuple[str, str, float]]) -> Results:
    """Epochs of land cover: unit, type, hectares."""
    columns = ["unit_code", "ecosystem_type", "area_ha"]
    data = [
        EpochData(
            year,
            pd.DataFrame(rows, columns=columns).assign(cover="land_cover", status="classified"),
            kinds=frozenset({"land_cover"}),
        )
        for year, rows in zip((2020, 2024), epochs, strict=True)
    ]
    options = Options(region="440100")
    return evaluate(data, UNITS, ("440100", "city"), sampling=Sampling(draws=0), options=options)


def of(table: pd.DataFrame, unit: str, pool: str) -> pd.Series:
    return table[(table["unit_code"] == unit) & (table["pool"] == pool)].iloc[0]


def test_four_of_twenty_years_of_a_soil_are_realised_and_the_rest_is_committed() -> None:
    """100 ha of crop under new trees, vector T11's way: 4/20 of the difference of the soils."""
    rest = ("440104", "crop", 10.0)
    results = run([("440103", "crop", 100.0), rest], [("440103", "forest", 100.0), rest])
    row = of(reconciliation_table(results, NONE, {}), "440103", "soil")
    whole = row["stock_end_t_c"] - row["stock_start_t_c"]
    assert whole > 0
    assert row["realised_t_c"] == pytest.approx(whole * 4 / 20)
    assert row["committed_t_c"] == pytest.approx(whole * 16 / 20)
    assert row["revaluation_t_c"] == pytest.approx(0.0, abs=1e-9 * whole)


def test_new_trees_are_mostly_revaluation_in_tables_of_mature_densities() -> None:
    """The table of 2024 holds mature forest where four years grew: the rest is no flux."""
    rest = ("440104", "crop", 10.0)
    results = run([("440103", "crop", 100.0), rest], [("440103", "forest", 100.0), rest])
    row = of(reconciliation_table(results, NONE, {}), "440103", "above_ground")
    sink = results.values["carbon_sink.pool.above_ground", 2024, "440103"].value
    assert row["realised_t_c"] == pytest.approx(sink * 4 * 12 / 44)
    assert row["revaluation_t_c"] > row["realised_t_c"]


def test_an_unchanged_landscape_has_only_zeros() -> None:
    rows = [("440103", "forest", 50.0), ("440104", "crop", 10.0)]
    table = reconciliation_table(run(rows, rows), NONE, {})
    assert len(table)
    assert not table[list(PARTS)].fillna(0.0).to_numpy().any()


def test_every_line_of_the_demonstration_closes(demo_run: Callable[[str], Run]) -> None:
    done = demo_run("guangzhou")
    table = done.table("carbon_reconciliation").frame
    transitions = done.table("transitions").frame
    values = {(row.unit_code, row.indicator): row.value for row in done.results.itertuples()
              if row.epoch == done.report.epochs[-1]}  # fmt: skip
    first = {(row.unit_code, row.indicator): row.value for row in done.results.itertuples()
             if row.epoch == done.report.epochs[0]}  # fmt: skip
    years = done.report.epochs[-1] - done.report.epochs[0]
    soils = done.table("soil_change").frame
    whole = done.indicator_results.whole_code
    for row in table.itertuples():
        own = row.unit_code, f"carbon_stock.pool.{row.pool}"
        assert row.stock_start_t_c == pytest.approx(first[own], rel=1e-9)
        assert row.stock_end_t_c == pytest.approx(values[own], rel=1e-9)
        parts = np.nansum([row.realised_t_c, row.committed_t_c, row.revaluation_t_c])
        size = abs(row.stock_end_t_c)
        assert row.stock_start_t_c + parts == pytest.approx(row.stock_end_t_c, abs=1e-9 * size)
        pieces = transitions[transitions["unit_code"] == row.unit_code]
        known = pieces[f"{row.pool}_realised_t_c"].sum()
        if np.isfinite(row.transitions_t_c):
            assert row.transitions_t_c == pytest.approx(known, rel=1e-9, abs=1e-6)
            assert row.realised_t_c - known == pytest.approx(row.difference_t_c, abs=1e-6)
    for unit, own in table.groupby("unit_code"):
        living = own[own["pool"].isin(["above_ground", "below_ground"])]["realised_t_c"].sum()
        moved = living + np.nansum(own["burial_t_c"])
        sink = values[unit, "carbon_sink"] * years * 12 / 44
        assert moved == pytest.approx(sink, rel=1e-9)
    of_whole = of(table, whole, "soil")["realised_t_c"]
    assert of_whole == pytest.approx(soils["change_t_c_yr"].sum() * years, rel=1e-9)
    parts = table[table["unit_code"] != whole].groupby("pool")[[*PARTS]].sum()
    total = table[table["unit_code"] == whole].set_index("pool")[[*PARTS]].fillna(0.0)
    scale = table["stock_end_t_c"].max()
    assert np.abs(parts - total).to_numpy().max() < 1e-9 * scale
