"""A doubt that can change no figure of this run says so, and strict mode does not stop at it.

Every check about features knows where they lie; outside all units it is idle, whatever it doubts.
Each further rule has a scene in which it is idle and a twin in which it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from door_case import SOUTH, WEST, Case, squares, stands
from shapely.geometry import box
from test_layers_catalogue import SCENES, units

from gis.problems import Problem, catalogue
from layers.checks import in_this_run
from layers.checks.relevance import _ABOUT_PLACE, _RULES
from layers.declarations import Layer, LayerReading, LayerSpec
from layers.registry import kinds
from sinkatlas import run
from sinkatlas.checking.check import check_workspace
from sinkatlas.checking.page import as_page

NOWHERE = {"geometry_missing", "geometry_not_finite", "geometry_spans_globe"}
"""Checks whose features have no place that could be told."""
DOUBTS = sorted(
    code
    for code in SCENES
    if catalogue("layers")[code].changes_numbers
    and not code.startswith("unit_code")
    and code not in NOWHERE
    and f"layers.{code}" not in _ABOUT_PLACE
)


def a_layer(where: str) -> Layer:
    """A layer that stands at the place of a message."""
    name = where.partition(" (")[0]
    kind = where.partition(" (")[2].partition(",")[0].rstrip(")")
    spec = LayerSpec(kind, Path(name), 2020)
    reading = LayerReading(units("1"), {})
    return Layer(spec, kinds()[kind], reading.data, {})


@pytest.mark.parametrize("code", DOUBTS)
def test_a_doubt_about_features_outside_all_units_is_idle(tmp_path: Path, code: str) -> None:
    told = next(each for each in SCENES[code](tmp_path) if each.code == f"layers.{code}")
    assert told.places is not None, "the check does not know where its features lie"
    layer = a_layer(told.where)
    here = units("1")
    far = here.features.set_geometry(here.features.geometry.translate(3e5))
    (idle,) = in_this_run([told], [layer], type(here)(far, "0", "w"))
    assert (idle.idle, idle.changes_numbers) == ("layers.idle_outside", False)
    assert idle.why_idle("zh")
    (live,) = in_this_run([told], [layer], here)
    assert live.idle != "layers.idle_outside"


Make = Callable[[Case], object]


def cut_names(first: str, second: str) -> Make:
    def make(case: Case) -> None:
        stands(case)
        frame = gpd.read_file(case.folder / "s.gpkg")
        frame.assign(**{first: "马尾松", second: "杉木"}).to_file(
            case.folder / "s.shp", encoding="UTF-8"
        )
        case.layers[2023][-1] = case.layers[2023][-1].replace("s.gpkg", "s.shp")

    return make


def heights(kind: str) -> Make:
    """A raster of another year: of heights no figure is made, of biomass there is."""

    def make(case: Case) -> None:
        cells = np.full((50, 200), 15.0, np.float32)
        case.raster("lc.tif", np.full((50, 200), 10, np.uint8))
        case.raster("h_2010.tif", cells, kind=kind)

    return make


def same_identifiers(with_table: bool) -> Make:
    def make(case: Case) -> None:
        stands(case, XIAO_BAN=["a", "a", "c", "d"])
        if with_table:
            (case.folder / "t.csv").write_text("XIAO_BAN,LQ\na,3\nc,4\nd,5\n", "utf-8")
            case.layers[2023][-1] += 'table = { path = "t.csv", code = "XIAO_BAN" }\n'

    return make


def side_file(setting: str) -> Make:
    def make(case: Case) -> None:
        case.raster("lc.tif", extra=setting)
        said = "<PAMDataset><PAMRasterBand band='1'><NoDataValue>99</NoDataValue>"
        (case.folder / "lc.tif.aux.xml").write_text(f"{said}</PAMRasterBand></PAMDataset>")

    return make


def partial(setting: str) -> Make:
    def make(case: Case) -> None:
        stands(case)
        del case.layers[2023][0]
        case.layers[2023][-1] += setting

    return make


def stands_named(names: list[str]) -> Make:
    return lambda case: stands(case, XIAN_N=names)


RULED: dict[str, tuple[str, Make, Make | None]] = {
    "gis.field_names_cut": (
        "layers.idle_columns",
        cut_names("DIAOCHA_R1", "DIAOCHA_R2"),
        cut_names("YOU_SHI_SZ", "YOU_SHI_S2"),
    ),
    "layers.name_year_differs": (
        "layers.idle_unused", heights("canopy_height"), heights("above_ground_biomass"),
    ),
    "layers.duplicate_ids": (
        "layers.idle_identifiers", same_identifiers(False), same_identifiers(True),
    ),
    "layers.unit_names_inexact": (
        "layers.idle_by_place", stands_named(["荔灣区", "越秀区", "海珠区", "天河区"]), None,
    ),
    "layers.unit_names_blank": (
        "layers.idle_by_place", stands_named(["", "越秀区", "海珠区", "天河区"]), None,
    ),
    "gis.side_file_ignored": ("layers.idle_declared", side_file("no_data = [99]\n"), side_file("")),
    "layers.uncovered": ("layers.idle_partial", partial("complete = false\n"), partial("")),
}  # fmt: skip
"""By check: the note, a scene in which it is idle, and one in which it is not (none for rules that
hold for every layer with places)."""


def told(case: Case, code: str) -> Problem:
    return next(each for each in case.run().report.problems if each.code == code)


def test_every_rule_has_a_scene() -> None:
    ruled = {code for rules in _RULES.values() for code in rules if code}
    assert set(_RULES) | {"layers.idle_partial"} == {note for note, _, _ in RULED.values()}
    assert ruled <= set(RULED)
    assert {
        f"layers.{code}" for code in catalogue("layers") if code.startswith("idle_")
    } == {note for note, _, _ in RULED.values()} | {"layers.idle_outside"}  # fmt: skip


@pytest.mark.parametrize("code", sorted(RULED))
def test_a_rule_is_idle_in_its_scene_and_not_in_the_twin(tmp_path: Path, code: str) -> None:
    note, idle, live = RULED[code]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    case = Case(tmp_path / "a")
    idle(case)
    assert told(case, code).idle == note
    run(tmp_path / "a" / "w.toml", strict=code != "layers.unit_names_inexact")
    if live is not None:
        twin = Case(tmp_path / "b")
        live(twin)
        assert told(twin, code).changes_numbers


def test_the_check_page_draws_the_findings_on_the_units(tmp_path: Path) -> None:
    """Two stands without stock: one in the first district, one 60 km away."""
    case = Case(tmp_path)
    near = box(WEST + 200, SOUTH + 200, WEST + 400, SOUTH + 400)
    far = box(WEST + 60_000, SOUTH, WEST + 60_200, SOUTH + 200)
    stands(case, shapes=[*squares(3), near], ZXJ=[3000.0, 3000.0, 3000.0, None], MIAN_JI=None)
    case.run()
    found = check_workspace(tmp_path / "w.toml")
    page = as_page(found, "zh")
    assert page.count("<path d=") == 4
    assert "<title>荔湾区</title>" in page
    missing = next(each for each in found.problems if each.code == "layers.stock_missing")
    assert missing.places is not None
    assert len(missing.places.boxes) == 1
    number = [each for each in found.problems if each.places].index(missing) + 1
    assert f">{number}</text>" in page
    assert f"图上编号: {number}" in page
    gone = Case(tmp_path)
    stands(gone, shapes=[*squares(3), far], ZXJ=[3000.0, 3000.0, 3000.0, None], MIAN_JI=None)
    gone.run()
    page = as_page(check_workspace(tmp_path / "w.toml"), "zh")
    assert "图上没有画出" in page
    assert "所涉要素都在报告单元之外" in page
