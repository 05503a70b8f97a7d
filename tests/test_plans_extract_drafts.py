"""A draft plan file holds every reading beside its quote and is refused until it is confirmed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner

from gis.problems import InputError
from plans.extract.document import Document
from plans.extract.draft import draft_plan
from plans.extract.output import draft_text, readings_json, write_draft
from plans.extract.reading import extract_text
from plans.reader import load_plan
from sinkatlas.cli import app

TEXT = (
    "某市林业发展“十四五”规划\n一、目标\n到2025年，力争森林覆盖率达到12.50%，森林蓄积量完成省下达任务，"
    "湿地保有量3~5万公顷，新增绿道100公里，森林面积稳中有升，森林火灾受害率控制在0.9‰以内。\n"
    "二、任务\n到2025年，森林覆盖率达到12.50%，修复湿地3000亩，人均公园绿地面积达到15平方米，"
    "年碳汇量达到500万吨，植树200万株。严守生态保护红线。\n"
)


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "Some County 2025.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def confirmed(draft: str) -> str:
    return draft.replace("confirmed = false", "confirmed = true")


def test_draft_is_refused_table_by_table_until_confirmed(tmp_path: Path, text_file: Path) -> None:
    plan_file = write_draft(text_file, tmp_path / "plan.toml", "zh")
    tables = len(tomllib.loads(plan_file.read_text(encoding="utf-8"))["targets"]) + 1
    with pytest.raises(InputError, match="confirmed = true") as error:
        load_plan(plan_file)
    assert [each.code for each in error.value.problems] == ["plans.unconfirmed"] * tables


@pytest.mark.parametrize("language", ["zh", "en"])
def test_confirmed_draft_is_a_valid_plan(tmp_path: Path, text_file: Path, language: str) -> None:
    plan_file = tmp_path / "plan.toml"
    draft = draft_text(text_file, "zh" if language == "zh" else "en")
    plan_file.write_text(confirmed(draft), encoding="utf-8")
    plan = load_plan(plan_file)
    targets = {each.indicator: each for each in plan.targets}
    assert (plan.id, plan.starts, plan.city) == ("some-county-2025", 2021, "某市")
    cover = targets["forest_cover_rate"]
    assert (cover.value, cover.value_text, cover.force, cover.clause) == (
        12.5,
        "12.50",
        "strive",
        "一",
    )
    assert (targets["forest_stock_volume"].comparator, targets["forest_stock_volume"].value) == (
        "assigned",
        None,
    )
    wetland = targets["wetland_area"]
    assert (wetland.value, wetland.value_high, wetland.value_text) == (30000, 50000, "3~5")
    greenway = targets["greenway_length"]
    assert (greenway.comparator, greenway.nature) == ("increase", "increment")
    assert (greenway.change, greenway.value, greenway.value_text) == (100, None, "100")
    assert (targets["forest_area"].comparator, targets["forest_area"].kind) == ("increase", "trend")
    assert (
        targets["forest_fire_damage_rate"].value,
        targets["forest_fire_damage_rate"].unit_text,
    ) == (
        pytest.approx(0.09),
        "‰",
    )
    assert (targets["wetland_restored_area"].kind, targets["wetland_restored_area"].value) == (
        "works",
        200,
    )
    assert targets["carbon_sink"].unit == "t CO2/yr"
    assert targets["park_green_area_per_capita"].unit == "m2"
    assert targets["trees_planted"].kind == "works"
    assert (targets["eco_redline"].kind, targets["eco_redline"].comparator) == ("rule", "none")


def test_every_quote_stands_as_a_comment_above_its_reading(text_file: Path) -> None:
    draft = draft_text(text_file, "zh")
    for table in tomllib.loads(draft)["targets"]:
        at = draft.index(f'id = "{table["id"]}"')
        assert (
            f"「{table['quote']}」" in draft[:at].rpartition("[[targets]]")[0].rpartition("\n\n")[2]
        )
        assert table["confirmed"] is False


def test_words_before_a_quote_show_where_its_year_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("到2027年，每年修复湿地3000亩，森林覆盖率达到42%。", encoding="utf-8")
    draft = draft_text(file, "zh")
    assert "# 前文 「到2027年」\n# 原文 [7:18] 「每年修复湿地3000亩」\n" in draft
    assert "# 前文 「到2027年,每年修复湿地3000亩」\n# 原文" in draft
    assert [each.get("period") for each in tomllib.loads(draft)["targets"]] == ["year", None]


def test_repeats_are_one_target_with_both_places(text_file: Path) -> None:
    draft = draft_text(text_file, "zh")
    tables = [
        each for each in tomllib.loads(draft)["targets"] if each["indicator"] == "forest_cover_rate"
    ]
    assert len(tables) == 1
    assert "# 另见 二 [" in draft


def test_two_figures_for_one_metric_and_year_both_stand_and_are_refused(tmp_path: Path) -> None:
    text = "一、到2025年，森林覆盖率达到42%。\n二、到2025年，森林覆盖率达到43%。"
    file = tmp_path / "plan.toml"
    draft = draft_plan(Document(text), extract_text(text), name="a.txt", language="zh")
    file.write_text(confirmed(draft), encoding="utf-8")
    with pytest.raises(InputError, match="42") as error:
        load_plan(file)
    assert [each.code for each in error.value.problems] == ["plans.two_values"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_hostile_text_makes_no_broken_toml(words: str, name: str) -> None:
    text = f"{words}到2025年，森林覆盖率达到42%{words}，湿地保护率达到55%。"
    draft = draft_plan(Document(text), extract_text(text), name=name, language="en")
    assert tomllib.loads(draft)["plan"]["confirmed"] is False


def test_existing_file_is_never_overwritten(tmp_path: Path, text_file: Path) -> None:
    out = tmp_path / "plan.toml"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.toml"):
        write_draft(text_file, out, "en")
    assert out.read_text(encoding="utf-8") == "mine"


def test_text_without_promise_gives_an_empty_list_and_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "nothing.txt"
    file.write_text("各有关部门要认真组织实施。", encoding="utf-8")
    assert json.loads(readings_json(file)) == []
    with pytest.raises(InputError, match=r"nothing\.txt"):
        draft_text(file, "zh")


# ---- the commands ----


def test_command_extract_prints_json_whose_offsets_give_the_quotes(text_file: Path) -> None:
    done = CliRunner().invoke(app, ["plans", "extract", str(text_file), "--format", "json"])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert {each["metric"] for each in found} >= {"forest_cover_rate", "wetland_area"}
    assert all(TEXT[each["start"] : each["end"]] == each["quote"] for each in found)


def test_command_extract_prints_a_draft(text_file: Path) -> None:
    done = CliRunner().invoke(app, ["plans", "extract", str(text_file), "--format", "toml"])
    assert tomllib.loads(done.stdout)["targets"]


def test_command_new_writes_a_draft(tmp_path: Path, text_file: Path) -> None:
    out = tmp_path / "deep" / "plan.toml"
    done = CliRunner().invoke(app, ["plans", "new", str(out), "--from", str(text_file)])
    assert (done.exit_code, done.stdout.strip()) == (0, str(out))
    assert tomllib.loads(out.read_text(encoding="utf-8"))["plan"]["confirmed"] is False


def test_command_new_without_a_text_writes_the_template(tmp_path: Path) -> None:
    out = tmp_path / "plan.toml"
    done = CliRunner().invoke(app, ["plans", "new", str(out)])
    assert (done.exit_code, out.is_file()) == (0, True)


def test_works_added_are_works_done_in_a_draft(tmp_path: Path) -> None:
    text = "到2025年，新增造林10万亩。"
    (found,) = extract_text(text)
    assert found.comparator == "increase"
    draft = draft_plan(Document(text), [found], name="a.txt", language="zh")
    (table,) = tomllib.loads(draft)["targets"]
    assert (table["kind"], table["comparator"], table["value_text"]) == ("works", ">=", "10")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_command_reports_a_file_that_cannot_be_read(tmp_path: Path, lang: str) -> None:
    done = CliRunner().invoke(app, ["plans", "extract", str(tmp_path / "no.pdf"), "--lang", lang])
    assert done.exit_code == 1
    assert "plans.document_unreadable" in done.stderr
