"""``results.csv``: every indicator for every unit and epoch."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from maps.tables import (
    EPOCH,
    INDICATOR,
    INTERVAL,
    UNIT,
    UNIT_OF_FIGURE,
    TableColumn,
    TableWords,
)
from maps.words import sentence
from sink_models.results import Results
from sink_models.statements import Statement
from sinkatlas.pipeline.computed import Computed

ORDER = 10
TABLE = TableWords(
    "results",
    "各单元各期的全部指标",
    "Every indicator for every unit and epoch",
    (
        *UNIT,
        EPOCH,
        INDICATOR,
        TableColumn(
            "value",
            "取值",
            "Value",
            "`unit`",
            "系数取中心值时的数值",
            "value at central coefficients",
        ),
        *INTERVAL,
        UNIT_OF_FIGURE,
        TableColumn(
            "basis",
            "统计口径代码",
            "Basis code",
            "",
            "按何种定义或调查得出：代码，冒号后为具体内容",
            "by which definition or survey the value was made: a code, its facts behind colons",
        ),
        TableColumn(
            "basis_words", "统计口径", "Basis", "", "用运行的语言写出", "in the language of the run"
        ),
        TableColumn(
            "method",
            "方法代码",
            "Method code",
            "",
            "如何算出：代码及具体内容，如 `carbon_pools:soil+litter; not_in_sink`",
            "how it was computed: codes with facts, as `carbon_pools:soil+litter; not_in_sink`",
        ),
        TableColumn(
            "method_words", "方法", "Method", "", "用运行的语言写出", "in the language of the run"
        ),
        TableColumn(
            "coverage",
            "覆盖比例",
            "Coverage",
            "0–1",
            "单元内图层有说明的面积所占份额",
            "share of the unit's area for which the layers say anything",
        ),
        TableColumn(
            "status",
            "状态",
            "Status",
            "",
            "`known` 已知；`lower_bound` 有只会使数值增大的部分未给出；`bounds` 已知土地少于 "
            "`minimum_coverage_percent`，取值为空，下限与上限为最少与最多；`unknown` 不明；"
            "`not_applicable` 没有可除的分母",
            "`known`; `lower_bound`: something that could only add was not given; `bounds`: less "
            "ground is known than `minimum_coverage_percent` asks for, so `value` is empty, `low` "
            "counts unknown ground as none of it and `high` as all of it; `unknown`; "
            "`not_applicable`: nothing to divide by",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return worded(run.results, run.names, run)


def worded(results: Results, names: Mapping[str, str], run: Computed) -> pd.DataFrame:
    """The figures, with the sentence of every basis and method beside its code."""
    table = results.table(names, run.sampling)
    stated: dict[str, Statement] = {}
    for value in results.values.values():
        stated |= {str(each): each for each in (value.basis, value.method)}
    for name in ("basis", "method"):
        said = [sentence(stated[code], run.language) for code in table[name]]
        table.insert(int(table.columns.get_loc(name)) + 1, f"{name}_words", said)
    return table
