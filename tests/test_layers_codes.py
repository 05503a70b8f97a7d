"""Code lists: keys agree with each other, sources are given, known traps stay asserted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from layers.codes import (
    ecosystem_types,
    forest_land_codes,
    land_survey_codes,
    match_code,
    planning_codes_2023,
    read_table,
    species_group_of,
    species_groups,
    survey_codes,
)
from layers.surveys.land_codes import colliding_codes
from layers.tables.encodings import original_text

TABLES = ("ecosystem_types", "land_survey_codes", "planning_codes_2023", "forest_land_codes")
FOREST_CLASSES = {
    "arbor",
    "bamboo",
    "special_shrub",
    "other_shrub",
    "open",
    "mangrove",
    "young_plantation",
    "other_forestland",
    "not_forestland",
}


@pytest.mark.parametrize("name", [*TABLES, "survey_codes", "unit_codes_renewed"])
def test_every_row_carries_source_and_verification(name: str) -> None:
    table = read_table(name)
    assert (table["source"] != "").all()
    assert table["verification"].str.match("seen|recall").all()


@pytest.mark.parametrize(
    "table", [ecosystem_types, land_survey_codes, planning_codes_2023, forest_land_codes]
)
def test_keys_are_unique(table: object) -> None:
    assert table().index.is_unique  # type: ignore[operator]


def test_codes_lead_to_ecosystem_types_that_exist() -> None:
    types = set(ecosystem_types().index)
    assert set(land_survey_codes()["ecosystem_type"]) <= types
    assert set(forest_land_codes()["ecosystem_type"]) <= types | {""}
    assert set(forest_land_codes()["forest_class"]) == FOREST_CLASSES
    assert set(planning_codes_2023()["sandiao_code"]) <= set(land_survey_codes().index)


def test_two_codes_mean_different_land_in_the_two_lists() -> None:
    assert sorted(colliding_codes()) == ["0303", "0304"]
    survey, planning = land_survey_codes(), planning_codes_2023()
    assert survey.loc[["0303", "0304"], "zh"].tolist() == ["红树林地", "森林沼泽"]
    assert planning.loc[["0303", "0304"], "zh"].tolist() == ["灌木林地", "其他林地"]


def test_the_narrow_wetland_scope_is_the_seven_classes_of_the_national_bulletin() -> None:
    types, survey = ecosystem_types(), land_survey_codes()
    narrow = survey[survey["ecosystem_type"].map(types["is_sandiao_00"])]
    expected = ["0303", "0304", "0306", "0402", "1105", "1106", "1108"]
    assert sorted(narrow.index) == expected


def test_wetland_scopes_widen_from_the_bulletin_to_the_convention() -> None:
    types = ecosystem_types()
    assert (types["is_sandiao_00"] <= types["is_law_2022"]).all()
    assert (types["is_law_2022"] <= types["is_convention"]).all()
    # the law leaves out water used for farming, every scope leaves out paddy fields
    law_gap = types.index[types["is_convention"] & ~types["is_law_2022"]]
    assert list(law_gap) == ["water_aquaculture"]
    scopes = [name for name in types if name.startswith("is_")]
    assert not types.loc["crop_paddy", scopes].any()


def test_no_species_name_belongs_to_two_groups() -> None:
    names = [name for group in species_groups()["names"] for name in group]
    assert len(set(names)) == len(names)
    assert species_group_of()["桉树"] == "eucalyptus"


@pytest.mark.parametrize("field", ["protection", "age_group", "origin"])
def test_survey_codes_have_one_value_each(field: str) -> None:
    table = survey_codes(field)
    assert table.index.is_unique
    assert (table["value"] != "").all()


@pytest.mark.parametrize(
    ("given", "entry"),
    [("030101", "030101"), ("050700", "050700"), ("050900", "05xxxx"), ("21", None), ("2a0", None)],
)
def test_a_full_code_wins_over_a_pattern(given: str, entry: str | None) -> None:
    assert match_code(given, forest_land_codes()) == entry


@pytest.mark.parametrize(
    ("text", "encoding"), [("荔湾区", "gb18030"), ("荔湾区", "utf-8"), ("从化区", "gb18030")]
)
def test_garbled_chinese_is_recognised(text: str, encoding: str) -> None:
    garbled = text.encode(encoding).decode("latin-1")
    assert original_text(garbled) == (text, encoding)


@pytest.mark.real
def test_no_real_district_name_is_taken_for_garbled(shared: Path) -> None:
    names = pd.read_csv(shared / "domain" / "districts.csv")["name_zh"]
    assert [name for name in names if original_text(name)] == []
    assert all(original_text(name.encode("gbk").decode("latin-1")) for name in names)
