"""Scenarios of a workspace, from files to tables; what cannot be is named with file and row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_workspace import half_forest, write_workspace

from gis.problems import InputError
from sinkatlas.pipeline.running import run
from sinkatlas.pipeline.scenario import Scenarios, scenarios_of
from sinkatlas.workspace import text_of

GROWTH = """
[[growth]]
type = "forest"
parameters = { rate = 2.5, cap = 60.0 }
root_shoot = 0.25
source = "样地"
"""
PLAN = """
[[scenario]]
name = "规划"
until = 2040
"""


def grassland() -> np.ndarray:
    cells = half_forest()
    cells[-4:] = 4
    return cells


def found(folder: Path, more: str, monkeypatch: pytest.MonkeyPatch) -> Scenarios:
    file = write_workspace(folder, {2024: grassland()}, more=more, draws=30)
    kept: list[Scenarios | None] = []

    def keep(*given: object) -> Scenarios | None:
        kept.append(scenarios_of(*given))  # type: ignore[arg-type]
        return kept[-1]

    monkeypatch.setattr("sinkatlas.pipeline.steps.scenarios_of", keep)
    run(file)
    assert kept[0] is not None
    return kept[0]


def test_a_programme_of_the_whole_is_shared_out_and_ends_with_the_land(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = """
[[scenario.programme]]
unit = "440100"
type = "forest"
from_year = 2025
to_year = 2026
hectares_yr = 60.0
"""
    tables = found(tmp_path, GROWTH + PLAN + programme, monkeypatch).tables
    shortfall = tables["scenario_shortfall"]
    # 80 ha of grass: 60 in the first year, 20 in the second
    assert shortfall["not_placed_ha"].sum() == pytest.approx(40.0, rel=1e-3)
    paths = tables["scenario_paths"]
    assert set(paths["book"]) == {"account"}
    whole = paths[(paths["unit_code"] == "440100") & (paths["scenario"] == "规划")]
    assert whole["forest_ha"].iloc[-1] == pytest.approx(280.0, rel=1e-3)
    baseline = paths[(paths["unit_code"] == "440100") & (paths["scenario"] == "baseline")]
    assert baseline["forest_ha"].iloc[-1] == pytest.approx(200.0, rel=1e-3)
    assert set(tables["scenario_differences"]["against"]) == {"baseline"}


def test_programmes_of_a_table_are_read_and_bad_rows_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    table = folder / "工程.csv"
    table.write_text(
        "year,unit,type,hectares,survival\n2025,440103,forest,10,0.9\n", encoding="gbk"
    )
    more = GROWTH + PLAN + 'table = "工程.csv"\n'
    paths = found(folder, more, monkeypatch).tables["scenario_paths"]
    own = paths[(paths["unit_code"] == "440103") & (paths["scenario"] == "规划")]
    assert own["forest_ha"].iloc[-1] == pytest.approx(110.0, rel=1e-3)
    assert "year" in text_of(table)
    table.write_text(
        "year,unit,type,hectares,survival\n2025,999,forest,10,0.9\n20x5,440103,forest,-4,7\n"
        "2026,440103,wald,5,1\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        found(folder, more, monkeypatch)
    told = "\n".join(each.text("zh") for each in caught.value.problems)
    for word in ("工程.csv: 3", "year", "hectares", "survival", "999", "wald"):
        assert word in told


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (PLAN + '[[scenario.programme]]\nunit = "440103"\ntype = "forest"\nfrom_year = 2025\n'
         "to_year = 2026\nhectares_yr = 5.0\n", "scenario_growth"),
        (PLAN + '[[scenario.harvest]]\nunit = "440103"\nfrom_year = 2025\nto_year = 2026\n'
         "m3_yr = 50.0\n", "scenario_harvest"),
        (PLAN.replace("规划", "baseline"), "scenario_name"),
    ],
)  # fmt: skip
def test_scenarios_that_cannot_be_are_refused(tmp_path: Path, more: str, code: str) -> None:
    file = write_workspace(tmp_path, {2024: grassland()}, more=more)
    with pytest.raises(InputError, match=code):
        run(file)
