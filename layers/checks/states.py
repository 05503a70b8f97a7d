"""What counts of features with a state: nothing proposed, revoked, unfinished or of later years.

The rule is one for all kinds, is told wherever it leaves something out, and gives way to the option
``states``, which lists the states that count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from layers.checks.concerned import Flags, Reporter
from layers.declarations import Field, LayerSpec

STATUS = Field(
    "status", "STATUS", "状态", "Status",
    aliases=("ZT", "状态", "建设状态", "实施状态", "批复状态", "完成情况", "现状规划", "state"),
)  # fmt: skip
STATUS_YEAR = Field(
    "status_year", "STATUS_YR", "批准年份", "Year of the status",
    aliases=("批准年份", "批复年份", "设立年份", "批准时间", "批复时间", "PZSJ", "PFSJ"),
)  # fmt: skip

NOT_YET = re.compile(
    r"propos|planned|plan(?:ning)?$|candidate|pending|tentative|under (?:construction|review)"
    r"|拟|规划|计划|在建|未建|待建|待批|待实施|未批|未完成|未实施|未开工|筹建|申报|预选|储备"
    r"|宜林|宜种|宜植|适宜|潜在|potential|suitable"
)
NO_LONGER = re.compile(
    r"revok|degazett|delist|withdraw|cancel|abolish|rescind|failed|written off"
    r"|撤销|撤消|取消|废止|注销|调出|失效|终止|核销|核减|失败|作废|未成活"
)
DONE = re.compile(r"已(?:建|完成|批|实施|规划|验收)|现状|建成|完成率|100\s*%")
"""Words that say done although they hold a word of a plan, as in 已规划建成."""


def counts(status: pd.Series, years: pd.Series, epoch: int | None, states: Sequence[str]) -> Flags:
    """Which features count: their state is listed, or is no state of not yet or no longer.

    A year of the state after the epoch does not count yet. ``status`` and ``years`` are texts.

    >>> found = counts(pd.Series(["Designated", "拟建", ""]), pd.Series(["2030", "", ""]), 2024, ())
    >>> found.tolist()
    [False, False, True]
    """
    text = status.str.casefold()
    if states:
        is_told = text.isin([each.casefold() for each in states])
    else:
        is_out = text.str.contains(NOT_YET) | text.str.contains(NO_LONGER)
        is_told = ~is_out | text.str.contains(DONE)
    year = pd.to_numeric(years.str.slice(0, 4), errors="coerce")
    is_later = (year > epoch) if epoch is not None else np.zeros(len(year), dtype=bool)
    return np.asarray(is_told & ~is_later, dtype=bool)


def report_left_out(
    status: pd.Series, years: pd.Series, kept: Flags, spec: LayerSpec, reporter: Reporter
) -> None:
    """Tell what the rule leaves out, by state."""
    if kept.all():
        return
    said = (status.where(status != "", "–") + " " + years).str.strip()[~kept]
    listed = ", ".join(f"{name[:30]} × {n}" for name, n in said.value_counts().head(10).items())
    reporter.report(~kept, "layers.states_left_out", states=listed, epoch=spec.epoch or "–")
