"""A plan file anywhere on disk is read, and every mistake in it is reported at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.problems import LANGUAGES, InputError, ProblemLog, catalogue
from plans.checks import WITH_FIGURE
from plans.fields import TARGET_FIELDS
from plans.judging.reasons import reason_words
from plans.magnitudes import largest
from plans.reader import load_plan

HEAD = """\
[plan]
id = "county"
title_zh = "某县规划"
city = "某县"
adcode = "440199"
issued = "2023-03"
source_zh = "试写"
"""
TARGET = """
[[targets]]
id = "cover"
indicator = "forest_cover_rate"
comparator = ">="
year = 2030
value = 40.5
unit = "%"
clause = "三"
quote = "森林覆盖率达到40.5%"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return file


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [each.code for each in error.value.problems]


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        load_plan(write(folder, text))
    return codes(error)


def test_plan_anywhere_on_disk_is_read_with_its_defaults(tmp_path: Path) -> None:
    plan = load_plan(write(tmp_path, HEAD + TARGET))
    (target,) = plan.targets
    assert (plan.id, plan.starts, plan.title["en"]) == ("county", 2023, "某县规划")
    assert (target.kind, target.force, target.scope) == ("state", "binding", "440199")
    assert target.title == {"zh": "森林覆盖率", "en": "Forest cover rate"}
    assert (target.value_text, target.unit_text) == ("40.5", "%")
    assert target.line == 9


def test_printed_figure_alone_gives_the_value_exactly(tmp_path: Path) -> None:
    text = TARGET.replace("forest_cover_rate", "wetland_area").replace(
        'value = 40.5\nunit = "%"', 'value_text = "121.3"\nunit_text = "万亩"'
    )
    (target,) = load_plan(write(tmp_path, HEAD + text)).targets
    # 121.3 万亩 = 1,213,000 mu = 1,213,000 / 15 = 80,866.67 ha
    assert target.value == pytest.approx(1_213_000 / 15, rel=1e-15)
    assert target.unit == "ha"


def test_range_takes_both_ends_from_its_text(tmp_path: Path) -> None:
    text = TARGET.replace('">="', '"range"').replace(
        "value = 40.5", 'value_text = "40~45"\nunit_text = "%"'
    )
    (target,) = load_plan(write(tmp_path, HEAD + text)).targets
    assert (target.value, target.value_high) == (40.0, 45.0)


def test_all_mistakes_of_a_file_come_at_once_with_file_line_and_target(tmp_path: Path) -> None:
    broken = (
        TARGET.replace("comparator", "comparater")
        + TARGET.replace('"cover"', '"two"').replace("40.5\n", "140.5\n")
        + TARGET.replace('"cover"', '"three"').replace("year = 2030", "year = 2020")
    )
    with pytest.raises(InputError, match="comparater") as error:
        load_plan(write(tmp_path, HEAD + broken))
    found = {each.code: each for each in error.value.problems}
    assert set(found) == {
        "plans.unknown_key",
        "plans.missing_key",
        "plans.rate_range",
        "plans.year_before_plan",
    }
    assert found["plans.unknown_key"].facts["nearest"] == "comparator"
    # [plan] takes lines 1 to 7, a blank line, then the header in line 9 and comparater in line 12
    assert found["plans.unknown_key"].where == f"{tmp_path / 'plan.toml'}:12 targets[1] cover"
    assert "targets[2] two" in found["plans.rate_range"].where


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('unit = "%"', 'unit = "ha"', "plans.unit_of_indicator"),
        ('unit = "%"', 'unit = "furlong"', "plans.unit_unknown"),
        ('unit = "%"', 'unit_text = "万公顷"', "plans.unit_of_indicator"),
        ('unit = "%"', 'unit = "%"\nunit_text = "担"', "plans.unit_unknown"),
        ("value = 40.5", "value = 100.01", "plans.rate_range"),
        ("value = 40.5", "value = -1", "plans.rate_range"),
        ("value = 40.5", "value = nan", "plans.wrong_number"),
        ("value = 40.5", "value = inf", "plans.wrong_number"),
        ("value = 40.5", "value = true", "plans.wrong_number"),
        ("value = 40.5", 'value = "40.5"', "plans.wrong_number"),
        ("value = 40.5\n", "", "plans.value_missing"),
        ("value = 40.5", 'value = 40.5\nvalue_text = "41"', "plans.value_disagrees"),
        ("value = 40.5", 'value_text = "四成"', "plans.value_text"),
        ("value = 40.5", "value = 40.5\nvalue_high = 50", "plans.value_unexpected"),
        ('">="', '"assigned"', "plans.value_unexpected"),
        ('">="', '"≈>"', "plans.choice"),
        ('">="\n', '"range"\nvalue_high = 40\n', "plans.range_order"),
        ("year = 2030", "year = 2022", "plans.year_before_plan"),
        ("year = 2030", 'year = "2030"', "plans.wrong_year"),
        ('clause = "三"', 'clause = "三"\nbasis = "wetland:mine"', "plans.choice"),
        ('clause = "三"', 'clause = ""', "plans.wrong_text"),
        ('clause = "三"', 'clause = "三"\nimplied = "yes"', "plans.wrong_flag"),
        ('issued = "2023-03"', 'issued = "spring"', "plans.wrong_date"),
        ('id = "county"\n', "", "plans.missing_key"),
        ("[[targets]]", "[[target]]", "plans.unknown_key"),
        ('">="', '"none"\nkind = "state"', "plans.kind_comparator"),
        ('">="', '">="\nkind = "trend"', "plans.kind_comparator"),
        ('">="', '">="\nbase_year = 2020', "plans.base_year"),
        ('">="', '"increase"\nbase_year = 2030', "plans.base_year"),
        ('">="', '">="\nperiod = "year"', "plans.period"),
        ('">="', '">="\ntolerance = "both"', "plans.tolerance"),
        ('">="', '"assigned"\nvalue_text = "40.5"', "plans.value_unexpected"),
        ('">="', '">="\nkind = "system"', "plans.kind_comparator"),
        ('">="', '">="\nkind = "count"', "plans.unit_of_count"),
        ('">="', '">="\nforce = "assigned"', "plans.force_comparator"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert (HEAD + TARGET).count(old) == 1, "the replacement must hit"
    assert code in mistakes(tmp_path, (HEAD + TARGET).replace(old, new))


def test_two_figures_for_one_indicator_and_year_are_both_shown(tmp_path: Path) -> None:
    second = TARGET.replace('"cover"', '"again"').replace("40.5", "41").replace("三", "四")
    with pytest.raises(InputError, match="forest_cover_rate") as error:
        load_plan(write(tmp_path, HEAD + TARGET + second))
    (found,) = error.value.problems
    for language in LANGUAGES:
        for part in (">= 40.5 %", ">= 41 %", "三", "四"):
            assert part in found.text(language)


@pytest.mark.parametrize(
    "change",
    [
        ('">="', '"<="'),  # a floor and a ceiling together are a range
        ("year = 2030", "year = 2035"),
        ('clause = "三"', 'clause = "三"\nbasis = "forest:after_fusion"'),
        ('clause = "三"', 'clause = "三"\nscope = "440103"'),
    ],
)
def test_two_figures_are_no_quarrel_when_they_speak_of_two_things(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    second = TARGET.replace('"cover"', '"again"').replace("40.5", "41").replace(*change)
    assert len(load_plan(write(tmp_path, HEAD + TARGET + second)).targets) == 2


def warnings(folder: Path, text: str) -> list[str]:
    log = ProblemLog()
    load_plan(write(folder, text), problems=log)
    return [each.code for each in log]


def test_unknown_basis_and_no_basis_are_one_thing(tmp_path: Path) -> None:
    second = TARGET.replace('"cover"', '"again"').replace("40.5", "41")
    unknown = second.replace('clause = "三"', 'clause = "三"\nbasis = "forest:unknown"')
    assert mistakes(tmp_path, HEAD + TARGET + unknown) == ["plans.two_values"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("三", "四"), "plans.same_twice"),
        (('">="', '"~"'), "plans.two_comparators"),  # a box that drops its 左右
    ],
)
def test_repeated_promise_is_pointed_out(
    tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    second = TARGET.replace('"cover"', '"again"').replace(*change)
    if "~" in second:
        second = second.replace("达到40.5%", "稳定在40.5%左右")
    assert warnings(tmp_path, HEAD + TARGET + second) == [code]


def test_works_on_what_stands_and_a_state_of_works_are_refused(tmp_path: Path) -> None:
    stands = HEAD + TARGET.replace('">="', '">="\nkind = "works"')
    assert mistakes(tmp_path, stands) == ["plans.kind_of_indicator"]
    planted = TARGET.replace("forest_cover_rate", "mangrove_restored_area").replace("%", "ha")
    planted = planted.replace("森林覆盖率达到40.5ha", "修复红树林40.5公顷")
    state = planted.replace('">="', '">="\nkind = "state"')
    assert mistakes(tmp_path, HEAD + state) == ["plans.kind_of_indicator"]
    (target,) = load_plan(write(tmp_path, HEAD + planted)).targets
    assert target.kind == "works"  # unless the file says so, hectares restored are work done


@pytest.mark.parametrize(
    ("adcode", "figure", "code"),
    [
        ("440199", "3000000", []),  # 3 million m3 in a county
        ("440199", "300000000000", ["plans.too_large"]),  # a 亿 too many
        ("440199", "300", ["plans.too_small"]),  # a 万 dropped
        ("440000", "3000000000", []),
        ("440100", "3000000000", ["plans.too_large"]),
    ],
)
def test_a_figure_beyond_all_measure_is_pointed_out(
    tmp_path: Path, adcode: str, figure: str, code: list[str]
) -> None:
    text = HEAD.replace("440199", adcode) + TARGET.replace("40.5%", f"{figure}立方米")
    text = text.replace("forest_cover_rate", "forest_stock_volume").replace(
        "森林覆盖率", "森林蓄积量"
    )
    text = text.replace("value = 40.5", f"value = {figure}").replace('unit = "%"', 'unit = "m3"')
    assert warnings(tmp_path, text) == code


@pytest.mark.parametrize(
    ("adcode", "hectares", "code"),
    [
        ("440100", "43000000", ["plans.too_large"]),  # 4,300 万公顷: more than all Guangdong
        ("310000", "900000", ["plans.too_large"]),  # more than Shanghai
        ("150700", "25000000", []),  # Hulun Buir has 25 million ha
        ("440000", "17900000", []),
        ("440100", "430000", []),
    ],
)
def test_a_city_holds_no_more_land_than_its_province(
    tmp_path: Path, adcode: str, hectares: str, code: list[str]
) -> None:
    text = HEAD.replace("440199", adcode) + TARGET.replace("40.5%", f"{hectares}公顷")
    text = text.replace("forest_cover_rate", "forest_area").replace("森林覆盖率", "森林面积")
    text = text.replace("value = 40.5", f"value = {hectares}").replace('unit = "%"', 'unit = "ha"')
    assert warnings(tmp_path, text) == code


def test_no_level_holds_more_than_the_one_above_it() -> None:
    codes = ("990101", "990100", "990000", "100000")  # a province of no stated size
    for unit in ("ha", "m3"):
        bounds = [bound.most for code in codes if (bound := largest(unit, code))]
        assert len(bounds) == len(codes)
        assert bounds == sorted(bounds)


def test_a_floor_above_the_ceiling_of_the_same_year_is_refused(tmp_path: Path) -> None:
    ceiling = TARGET.replace('"cover"', '"cap"').replace('">="', '"<="')
    ceiling = ceiling.replace("达到40.5%", "控制在38%以内").replace("40.5", "38")
    assert mistakes(tmp_path, HEAD + TARGET + ceiling) == ["plans.no_room"]


def test_a_whole_promised_below_its_part_is_pointed_out(tmp_path: Path) -> None:
    # 林木绿化率 counts all that 森林覆盖率 counts and more: 39 beside 40.5 is a slip, 41 is not.
    whole = TARGET.replace('"cover"', '"greening"').replace("森林覆盖率", "林木绿化率")
    whole = whole.replace("forest_cover_rate", "forest_greening_rate")
    less, more = whole.replace("40.5", "39"), whole.replace("40.5", "41")
    assert warnings(tmp_path, HEAD + TARGET + less) == ["plans.part_above_whole"]
    assert warnings(tmp_path, HEAD + less + TARGET) == ["plans.part_above_whole"]
    assert warnings(tmp_path, HEAD + TARGET + more) == []


@pytest.mark.parametrize(
    ("text", "quote", "is_told"),
    [
        ("40.5", "森林覆盖率达到４０．５％", False),  # full-width digits
        ("40.50", "森林覆盖率达到40.5%", False),
        ("40.5", "森林覆盖率达到45.0%", True),
        ("3", "覆盖率提高三个百分点", False),
    ],
)
def test_figure_that_the_quote_does_not_hold_is_pointed_out(
    tmp_path: Path, text: str, quote: str, is_told: bool
) -> None:
    changed = TARGET.replace("value = 40.5", f'value_text = "{text}"\nunit_text = "%"')
    changed = changed.replace("森林覆盖率达到40.5%", quote)
    assert warnings(tmp_path, HEAD + changed) == ["plans.figure_not_quoted"] * is_told


RULE = """
[[targets]]
id = "redline"
indicator = "eco_redline"
comparator = "none"
clause = "四"
quote = "严守生态保护红线"
"""


def test_rule_needs_neither_figure_nor_unit_and_is_a_rule_by_its_comparator(tmp_path: Path) -> None:
    (rule,) = load_plan(write(tmp_path, HEAD + RULE)).targets
    assert (rule.kind, rule.value, rule.unit, rule.force) == ("rule", None, "", "binding")
    system = RULE.replace('"none"', '"none"\nkind = "system"')
    (system_target,) = load_plan(write(tmp_path, HEAD + system)).targets
    assert system_target.kind == "system"
    distance = RULE.replace(
        '"none"', '">="\nkind = "rule"\nvalue_text = "1"\nunit_text = "公里"'
    ).replace("严守生态保护红线", "一公里范围内禁止新建")
    (far,) = load_plan(write(tmp_path, HEAD + distance)).targets
    assert (far.value, far.unit) == (1.0, "km")


def test_range_with_a_hyphen_has_no_negative_end(tmp_path: Path) -> None:
    text = TARGET.replace('">="', '"range"').replace(
        "value = 40.5", 'value_text = "40-45"\nunit_text = "%"'
    )
    text = text.replace("达到40.5%", "达到40-45%")
    (target,) = load_plan(write(tmp_path, HEAD + text)).targets
    assert (target.value, target.value_high) == (40.0, 45.0)


def test_id_used_twice_is_refused(tmp_path: Path) -> None:
    assert mistakes(tmp_path, HEAD + TARGET + TARGET) == ["plans.id_twice"]


def test_misspelt_indicator_is_a_warning_and_a_foreign_one_is_not(tmp_path: Path) -> None:
    log = ProblemLog()
    load_plan(write(tmp_path, HEAD + TARGET.replace("cover_rate", "cover_rat")), problems=log)
    (found,) = log.notices
    assert (found.code, found.facts["nearest"]) == ("plans.indicator_unknown", "forest_cover_rate")
    log = ProblemLog()
    load_plan(write(tmp_path, HEAD + TARGET.replace("forest_cover", "fish")), problems=log)
    assert not log.notices


def test_unit_of_an_indicator_nobody_computes_follows_from_its_name(tmp_path: Path) -> None:
    text = TARGET.replace("forest_cover_rate", "seagrass_area")
    assert mistakes(tmp_path, HEAD + text) == ["plans.unit_of_indicator"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[plan\n", "plans.syntax"),
        (b"[plan]\nid = 'x'\nid = 'y'\n", "plans.syntax"),
        ("标题".encode("gbk"), "plans.syntax"),
        (b"\x00\x01\x02\xff", "plans.not_text"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "plans.syntax"),
    ],
)
def test_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"plan\.toml") as error:
        load_plan(file)
    assert codes(error) == [code]


def test_unknown_plan_names_the_nearest_bundled_one() -> None:
    with pytest.raises(InputError, match="guangzhou") as error:
        load_plan("guangzou")
    assert error.value.problems[0].facts["nearest"] == "guangzhou"


def test_empty_file_names_all_that_is_missing(tmp_path: Path) -> None:
    assert set(mistakes(tmp_path, "")) == {"plans.missing_key"}


def test_targets_written_as_an_inline_array_are_read_without_lines(tmp_path: Path) -> None:
    inline = (
        'targets = [{ id = "a", indicator = "forest_area", comparator = "increase",'
        ' clause = "一", quote = "增加" }]\n'
    )
    (target,) = load_plan(write(tmp_path, inline + HEAD)).targets
    assert (target.line, target.unit, target.kind) == (0, "ha", "trend")


def test_braces_in_a_plan_are_only_text(tmp_path: Path) -> None:
    text = TARGET.replace('">="', '"{where.__class__}"')
    with pytest.raises(InputError, match=r"\{where\.__class__\}"):
        load_plan(write(tmp_path, HEAD + text))


def test_words_stand_in_both_languages_with_the_same_places() -> None:
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for words in reason_words().values():
        assert set(words) == set(LANGUAGES)
        assert places(words["zh"]) == places(words["en"])
    for code, words in catalogue("plans").items():
        seen = [places(words.message[lang]) | places(words.remedy[lang]) for lang in LANGUAGES]
        assert seen[0] == seen[1], code


def test_every_comparator_with_a_figure_can_be_written() -> None:
    assert set(WITH_FIGURE) < set(TARGET_FIELDS["comparator"].choices)
