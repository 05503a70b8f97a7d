"""Two workspaces compared: parts add up exactly, what is of one run only is scope."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_workspace import box, half_forest, write_polygons, write_workspace
from typer.testing import CliRunner

from sinkatlas.cli import app
from sinkatlas.comparing.comparison import FACTORS, Comparison, compare

OWN = "key,value,unit,reason,analyst\ncn_forest_biomass_c_2014_2018,50,t C/ha,样地,张三\n"


def workspace(
    folder: Path,
    *,
    forest_rows: int = 10,
    coefficients: bool = False,
    border: float = 1000.0,
    more: str = "",
) -> Path:
    cells = np.ones((20, 20), dtype=int)
    cells[:forest_rows] = 2
    if coefficients:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "系数.csv").write_text(OWN, encoding="utf-8")
        more += '\n[carbon]\ncoefficients = "系数.csv"\n'
    file = write_workspace(folder, {2024: cells}, more=more, draws=20)
    write_polygons(
        folder / "districts.gpkg", [box(0, 0, border, 2000), box(border, 0, 2000, 2000)],
        adcode=["440103", "440104"], name=["东区", "西区"],
    )  # fmt: skip
    return file


def row(found: Comparison, indicator: str, unit: str = "440100") -> pd.Series:
    table = found.table
    return table[(table["indicator"] == indicator) & (table["unit_code"] == unit)].iloc[0]


def test_parts_add_up_exactly_in_every_unit_and_indicator(tmp_path: Path) -> None:
    found = compare(
        workspace(tmp_path / "a"),
        workspace(tmp_path / "b", forest_rows=12, coefficients=True, border=900.0),
    )
    assert found.changed == ("data", "coefficients", "boundaries")
    explained = found.table[found.table["status"] == "explained"]
    assert len(explained) > 5
    parts = explained[list(FACTORS)].astype(float)
    np.testing.assert_allclose(
        parts.sum(axis=1), explained["difference"].astype(float), rtol=1e-9, atol=1e-6
    )
    assert (explained["method"].astype(float) == 0).all()
    carbon = row(found, "carbon_stock")
    # an inner border moves carbon between districts, never in the whole
    assert abs(carbon["boundaries"]) < 1e-6 * abs(carbon["after"])
    assert abs(row(found, "carbon_stock", "440103")["boundaries"]) > 1.0
    assert carbon["data"] > 0
    assert set(found.table["book"]) == {"account"}


def test_one_factor_explains_all_of_it(tmp_path: Path) -> None:
    one = workspace(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b" / "系数.csv").write_text(OWN, encoding="utf-8")
    two = tmp_path / "b" / "workspace.toml"
    text = two.read_text(encoding="utf-8") + '\n[carbon]\ncoefficients = "系数.csv"\n'
    two.write_text(text, encoding="utf-8")
    found = compare(one, two)
    assert found.changed == ("coefficients",)
    carbon = row(found, "carbon_stock")
    assert carbon["coefficients"] == pytest.approx(carbon["difference"])
    assert "forest_area" not in set(found.table["indicator"])


def test_a_workspace_against_itself_differs_in_nothing(tmp_path: Path) -> None:
    file = workspace(tmp_path / "a")
    found = compare(file, file)
    assert found.changed == ()
    assert found.table.empty


def test_the_same_files_elsewhere_are_the_same_data(tmp_path: Path) -> None:
    one = workspace(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "搬家")
    assert compare(one, tmp_path / "搬家" / "workspace.toml").changed == ()


def test_what_only_one_run_has_is_scope(tmp_path: Path) -> None:
    redline = write_polygons(tmp_path / "红线.gpkg", [box(0, 0, 300, 300)], name=["红线"])
    one = workspace(tmp_path / "a")
    two = write_workspace(
        tmp_path / "b", {2024: half_forest()}, layers={2024: [("redline", redline)]}, draws=20
    )
    found = compare(one, two)
    assert row(found, "redline_area")["status"] == "scope"
    assert pd.isna(row(found, "redline_area")["data"])


def test_the_command_writes_a_table_and_a_page(tmp_path: Path) -> None:
    one, two = workspace(tmp_path / "a"), workspace(tmp_path / "b", forest_rows=11)
    out = tmp_path / "对比"
    done = CliRunner().invoke(
        app, ["compare", str(one), str(two), "--out", str(out), "--lang", "zh"]
    )
    assert done.exit_code == 0, done.output
    assert "data" in done.output
    table = pd.read_csv(out / "compare.csv", dtype={"unit_code": str})
    assert {"data", "status"} <= set(table.columns)
    assert "两次运行的差异" in (out / "compare.html").read_text(encoding="utf-8")
