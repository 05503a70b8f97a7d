"""Verdicts and district shares as the outputs show them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from plans.judging.judge_plan import judge
from plans.reader import load_plan
from plans.tables import district_shares, verdict_table, verdict_words
from sink_models.coefficients.store import coefficients
from sink_models.results import IndicatorValue, Results
from sink_models.statements import statement

PLAN = load_plan("guangzhou")
DISTRICTS = ("440103", "440104", "440105")


UNSAID = statement(""), statement("")


def results(indicator: str, unit: str, *areas: float, whole: float) -> Results:
    codes = (*DISTRICTS, PLAN.adcode)
    values = {
        (indicator, 2025, code): IndicatorValue(
            indicator,
            2025,
            code,
            np.array([area, area - 1, area + 1]),
            unit,
            *UNSAID,
            1.0,
        )
        for code, area in zip(codes, (*areas, whole), strict=True)
    }
    return Results(
        values=values,
        absences=(),
        problems=(),
        choices=(),
        not_estimated=(),
        store=coefficients(),
        units=DISTRICTS,
        whole_code=PLAN.adcode,
        epochs=(2025,),
    )


def test_table_has_exactly_the_columns_of_the_file_and_one_row_per_target() -> None:
    table = verdict_table(judge(PLAN, results("forest_cover_rate", "%", 1, 2, 3, whole=42.0)))
    assert ",".join(table.columns) == (
        "plan,clause,indicator,scope,nature,year,base_epoch,comparator,target,unit,epoch,value,"
        "low,high,gap,status,leaning,probability,reason"
    )
    assert len(table) == len(PLAN.targets)
    row = table.iloc[0]
    assert (row["target"], row["value"], row["epoch"], row["status"]) == (
        41.65,
        42.0,
        2025,
        "cannot_tell",
    )
    # draws 41 and 43: one of two reaches 41.65, and the gap is 42 - 41.65
    assert (row["probability"], row["leaning"]) == (0.5, "even")
    assert row["gap"] == pytest.approx(0.35)


def test_missing_is_an_empty_cell_and_years_are_whole_numbers() -> None:
    table = verdict_table(judge(PLAN, results("forest_cover_rate", "%", 1, 2, 3, whole=42.0)))
    lines = table.drop(columns="reason").to_csv(index=False).splitlines()
    rising = next(line for line in lines if ",increase,%," in line or ",increase,," in line)
    assert rising.split(",")[5] == ""
    assert lines[1].split(",")[5] == "2025"
    works = next(line for line in lines if "mangrove_created" in line)
    assert works.endswith(",200.0,ha,,,,,,not_evaluable,,")


def test_reason_comes_in_the_language_asked() -> None:
    verdicts = judge(PLAN, results("forest_cover_rate", "%", 1, 2, 3, whole=42.0))
    zh, en = verdict_table(verdicts)["reason"], verdict_table(verdicts, language="en")["reason"]
    assert "达到 41.65 %" in zh[0]
    assert "reaches 41.65 %" in en[0]


def test_words_stand_in_the_order_of_the_table_in_both_languages() -> None:
    verdicts = judge(PLAN, results("forest_cover_rate", "%", 1, 2, 3, whole=42.0))
    words = verdict_words(verdicts)
    assert len(words) == len(verdict_table(verdicts))
    assert set(words[0]) == {"title", "printed", "quote", "leaning", "reason"}
    assert words[0]["printed"] == {"zh": "到2025年 ≥ 41.65 %", "en": "≥ 41.65 % by 2025"}
    for entry in words:
        assert all(set(each) == {"zh", "en"} for each in entry.values())


def test_striving_is_printed() -> None:
    plan = load_plan("chengdu")
    words = verdict_words(judge(plan, results("forest_area", "ha", 1, 2, 3, whole=6.0)))
    printed = {target.id: word["printed"] for target, word in zip(plan.targets, words, strict=True)}
    assert printed["greenway-2025"]["zh"] == "到2025年 ≥ 10000 公里（力争）"


def test_shares_of_an_additive_indicator_add_up_to_the_whole() -> None:
    table = district_shares(
        results("forest_area", "ha", 10.0, 30.0, 60.0, whole=100.0), "forest_area", 2025
    )
    assert list(table["unit_code"]) == list(DISTRICTS)
    assert list(table["share_percent"]) == [10.0, 30.0, 60.0]


def test_rate_has_values_but_no_shares() -> None:
    table = district_shares(
        results("forest_cover_rate", "%", 10.0, 30.0, 60.0, whole=40.0), "forest_cover_rate", 2025
    )
    assert list(table["value"]) == [10.0, 30.0, 60.0]
    assert table["share_percent"].isna().all()


def test_shares_of_a_whole_that_is_nothing_or_not_known_are_missing() -> None:
    nothing = results("mangrove_area", "ha", 0.0, 0.0, 0.0, whole=0.0)
    assert district_shares(nothing, "mangrove_area", 2025)["share_percent"].isna().all()
    kept = {key: each for key, each in nothing.values.items() if key[2] in DISTRICTS}
    without_whole = replace(nothing, values=kept)
    assert district_shares(without_whole, "mangrove_area", 2025)["share_percent"].isna().all()
    other_year = district_shares(nothing, "mangrove_area", 2030)
    pd.testing.assert_index_equal(
        other_year.columns, pd.Index(["unit_code", "value", "share_percent"])
    )
    assert other_year.empty


def test_unknown_indicator_is_refused() -> None:
    with pytest.raises(KeyError, match="forest_cover"):
        district_shares(results("forest_area", "ha", 1, 2, 3, whole=6.0), "forest_cover", 2025)
