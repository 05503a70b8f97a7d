"""The workspace file: everything wrong is said at once, where it stands and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gis.problems import InputError
from sink_models.choices import ParkReach, RiverRule
from sinkatlas.workspace.blank_files import template, write_template
from sinkatlas.workspace.loading import load_workspace, workspace_schema

GOOD = """
[workspace]
title = "t"
[units]
path = "units.gpkg"
whole_code = "440100"
whole_name = "广州市"
[[epochs]]
year = 2024
  [[epochs.layers]]
  kind = "redline"
  path = "redline.gpkg"
[[epochs]]
year = 2020
  [[epochs.layers]]
  kind = "redline"
  path = "redline.gpkg"
"""


def written(folder: Path, text: str) -> Path:
    for name in ("units.gpkg", "redline.gpkg"):
        (folder / name).touch()
    file = folder / "工作区.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path) -> dict[str, str]:
    with pytest.raises(InputError, match=r"\[sinkatlas\.workspace_") as caught:
        load_workspace(file)
    return {each.code: each.text("zh") for each in caught.value.problems}


def test_a_good_workspace_lists_its_epochs_in_order_of_year(tmp_path: Path) -> None:
    space = load_workspace(written(tmp_path, GOOD))
    assert [epoch.year for epoch in space.epochs] == [2020, 2024]
    assert space.table.workspace.interval_percent == 90.0
    assert space.resolve("units.gpkg") == tmp_path / "units.gpkg"


def test_a_folder_stands_for_the_workspace_file_in_it(tmp_path: Path) -> None:
    written(tmp_path, GOOD).rename(tmp_path / "workspace.toml")
    assert load_workspace(tmp_path).path == tmp_path / "workspace.toml"


def test_every_mistake_is_reported_at_once_and_named_by_its_key(tmp_path: Path) -> None:
    text = GOOD.replace('title = "t"', 'titel = "t"\nseed = true\ninterval_percent = nan')
    text = text.replace("year = 2020", "year = 20200").replace('whole_code = "440100"\n', "")
    found = problems_of(written(tmp_path, text))
    assert "workspace.titel" in found["sinkatlas.workspace_unknown_key"]
    assert "title" in found["sinkatlas.workspace_unknown_key"], "the nearest key is named"
    assert "workspace.seed" in found["sinkatlas.workspace_not_integer"], "true is no number"
    assert "workspace.interval_percent" in found["sinkatlas.workspace_not_finite"]
    assert "epochs[2].year" in found["sinkatlas.workspace_out_of_range"]
    assert found.keys() >= {"sinkatlas.workspace_missing_key"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("year = 2020", "year = 2024"), "workspace_duplicate_epoch"),
        (('kind = "redline"', 'kind = "redlines"'), "workspace_unknown_kind"),
        (('path = "redline.gpkg"', 'path = "gone.gpkg"'), "workspace_file_missing"),
        (('path = "redline.gpkg"', 'path = ""'), "workspace_empty"),
        (('title = "t"', 'title = "t"\nlanguage = "fr"'), "workspace_choice"),
        (('title = "t"', "title = 7"), "workspace_not_text"),
        (('title = "t"', 'title = "t"\nsynthetic = 1'), "workspace_not_boolean"),
        (('title = "t"', 'title = "t"\ntitle = "u"'), "workspace_syntax"),
        (('title = "t"', "title = " + "[" * 5000), "workspace_syntax"),
        (("[units]", "[units]\nwhole_code = 440100"), "workspace_syntax"),
    ],
)
def test_a_mistake_gets_its_own_words(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    found = problems_of(written(tmp_path, GOOD.replace(*change)))
    assert f"sinkatlas.{code}" in found


SPLIT = """
[[allocation]]
indicator = "forest_cover_rate"
year = 2025
method = "equal_points"
"""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('"equal_points"', '"table"'), "workspace_allocation_table"),
        (('"equal_points"', '"equal_points"\ntable = "a.csv"'), "workspace_allocation_table"),
        (('"equal_points"', '"table"\ntable = "a.csv"'), "workspace_file_missing"),
        (('"equal_points"', '"evenly"'), "workspace_choice"),
        (('"equal_points"', '"potential"\nexclude = ["water"]'), "workspace_choice"),
        (("year = 2025", 'year = "2025"'), "workspace_not_integer"),
        (("method", "methode"), "workspace_unknown_key"),
        (('"equal_points"', '"equal_points"\ndecimals = 9'), "workspace_out_of_range"),
    ],
)
def test_a_split_that_cannot_be_made_is_told(
    tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    found = problems_of(written(tmp_path, GOOD + SPLIT.replace(*change)))
    assert f"sinkatlas.{code}" in found
    assert "allocation[1]" in found[f"sinkatlas.{code}"]


PARKS = "\n[parks]\nlarge_reach_m = 400.0\n"


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (("large_reach_m", "large_reach"), "workspace_unknown_key", "large_reach_m"),
        (("400.0", '"400"'), "workspace_not_number", "parks.large_reach_m"),
        (("400.0", "9000.0"), "workspace_out_of_range", "≤ 5000"),
        (("400.0", "nan"), "workspace_not_finite", "parks.large_reach_m"),
    ],
)
def test_choices_of_the_science_are_held_to_what_they_declare(
    tmp_path: Path, change: tuple[str, str], code: str, told: str
) -> None:
    found = problems_of(written(tmp_path, GOOD + PARKS.replace(*change)))
    assert told in found[f"sinkatlas.{code}"]


def test_choices_of_the_science_are_read_as_its_own_values(tmp_path: Path) -> None:
    river = '\n[river_rule]\nrivers = ["长江"]\ndistance_m = 500\n'
    table = load_workspace(written(tmp_path, GOOD + PARKS + river)).table
    assert table.parks == ParkReach(large_reach_m=400.0)
    assert table.river_rule == RiverRule(distance_m=500.0, rivers=("长江",))
    parks = workspace_schema()["$defs"]["ParkReach"]["properties"]
    assert "street network" in parks["off_street_m"]["description"]


def test_a_split_leaves_out_cropland_and_the_red_line_unless_told(tmp_path: Path) -> None:
    (found,) = load_workspace(written(tmp_path, GOOD + SPLIT)).table.allocation
    assert found.exclude == ["cropland", "redline"]
    assert found.baseline is None


def test_a_layer_kind_stands_once_per_epoch(tmp_path: Path) -> None:
    again = '  [[epochs.layers]]\n  kind = "redline"\n  path = "redline.gpkg"\n'
    assert "sinkatlas.workspace_kind_twice" in problems_of(written(tmp_path, GOOD + again))


def test_a_missing_file_and_other_encodings_are_told_apart(tmp_path: Path) -> None:
    assert "sinkatlas.workspace_not_found" in problems_of(tmp_path / "没有.toml")
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes('[workspace]\ntitle = "广州"'.encode("gbk"))
    assert "sinkatlas.workspace_not_utf8" in problems_of(gbk)


def test_the_schema_names_the_layer_kinds_and_refuses_unknown_keys() -> None:
    schema = workspace_schema()
    assert json.loads(json.dumps(schema)) == schema
    kinds = schema["$defs"]["LayerTable"]["properties"]["kind"]["enum"]
    assert {"land_cover", "forest_subcompartments", "wetlands"} <= set(kinds)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_valid_apart_from_its_files(tmp_path: Path, language: str) -> None:
    file = write_template(tmp_path / "新建" / "workspace.toml", language)
    assert set(problems_of(file)) == {"sinkatlas.workspace_file_missing"}
    with pytest.raises(InputError, match=r"sinkatlas\.template_exists"):
        write_template(file, language)


def test_both_templates_differ_in_comments_alone() -> None:
    def keys(text: str) -> list[str]:
        lines = [line.split("#")[0].strip() for line in text.splitlines()]
        return [line for line in lines if line and not line.startswith(("title", "language"))]

    assert keys(template("zh")) == keys(template("en"))
