"""Which year a text speaks of: 到2025年, 二〇三〇年, “十四五”末, 2021—2025年, 规划期末."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Manner = Literal["plan", "news", "dated"]
Role = Literal["goal", "bare", "past", "base", "open"]

_CN = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "O": "0", "o": "0"}
_CN |= {"0": "0"}
YEAR = r"(?:20[0-6]\d|二[〇零Oo0][一二三四五六][一二三四五六七八九〇零Oo0])"
FIVE = "一二三四五六七八九"
_MARK = re.compile(
    rf"(?P<past>截至|截止|自|从)?(?:到|至)?(?P<period>{YEAR})年?(?:-|—{{1,2}}|~|至|到)(?P<last>{YEAR})年?"
    rf"|(?P<lead>截至(?:到)?|截止(?:到)?|力争到|到|至|比|较|与|由|从|自|以|于|在|相比|对比)?"
    rf"(?P<years>{YEAR}(?:年?(?:底|末)?(?:[、,和与及]|以及)(?:到|至)?{YEAR})*)"
    rf"(?:年(?P<tail>(?:底|末|前|初|年底|以前|之前|内|起)*)|(?=[,、底末]))"
    r"|(?P<plan>(?P<since>[比较与由从]|相比)?[“”\"']?十(?P<five>[一二三四五六七八九])五[“”\"']?(?:规划)?(?P<plan_tail>期间|时期|末期|期末|末|以来|期)?)"
    r"|(?P<since_last>[比较与由从])?(?P<last_year>去年|上年(?!度)|前年|上年度|过去(?:的)?一年|上一年度?)(?:年?底|年?末|同期)?"
    r"|(?P<so_far>今年以来|今年(?:上半年|前[一二三四五六七八九十\d]+个?月|[一1]?[—至到-]\d{1,2}月份?)|年初以来)"
    r"|(?P<this_year>(?:到|至)?(?:今年|本年度?)(?:年底|年末|底|末|内|度)?)"
    r"|(?P<next_year>(?:到|至)?(?:明年|来年|下一年度?)(?:年底|年末|底|末|初)?)|(?P<winter>今冬明春)"
    r"|(?P<century>本世纪中叶)|(?P<horizon>(?:今后|未来)(?:的)?(?:三|四|五|六|十|[3456]|10)年|(?<!\d)(?:[三四五六十3456])年内)"
    r"|(?:(?<=[,;:。\n(])|^)(?P<term>[近中远]期)(?=[,:]|[^,;。到至]{0,14}(?:达到|稳定|保持|不低于|完成))"
    r"|(?P<end>(?:本)?(?:规划|方案|计划)(?:期末|期内|期间|末期|目标年)|(?:到|至)期末)"
)
_NOT_GOAL = re.compile(
    r"前?(?:(?:如期|顺利|率先)?(?:实现|达到)?(?:二氧化碳|碳排放)?(?:碳?达峰|碳中和)|"
    r"(?:二氧化碳|碳排放|碳)?达?峰|远景目标|年版|\d{1,2}月(?:\d{1,2}日|份)|\d{1,2}月发|修订|[)）]?\d+号)"
)
_BASE_LEADS = ("比", "较", "与", "由", "从", "自", "以", "相比", "对比")
_BASE_TAILS = re.compile(
    r"^(?:的?基础上|的?水平|的?基数|相比|为基|基期|基准|现状|的\d|的[一二三四五六七八九十百])"
)


@dataclass(frozen=True)
class YearMark:
    """A mention of one or more years at ``text[start:end]``.

    ``goal`` when it says by when (到2025年), ``bare`` when it only names a year, ``past`` when it
    looks back, ``base`` when it is what something is compared with, ``open`` (without years) for a
    horizon such as 未来五年 whose end the document does not tell.
    """

    start: int
    end: int
    years: tuple[int, ...]
    role: Role

    @property
    def year(self) -> int | None:
        """The last year named."""
        return self.years[-1] if self.years else None


@dataclass(frozen=True)
class Times:
    """What the whole document says of time.

    ``present`` is the first year that is not past, ``plan_end`` the last year of the plan's period,
    ``only_goal`` the goal year when the document has a single one, ``terms`` the years that it
    calls its near, middle and far term, ``written`` the year it was written or published in (今年),
    ``late`` whether that was in its second half.

    ``manner`` says what a figure without year and without any word for the future is: in a ``plan``
    a promise, in ``news`` a fact, in a text that says by when elsewhere (``dated``) a fact where it
    tells what stands, and a promise where it is work.
    """

    present: int
    plan_end: int | None
    only_goal: int | None = None
    terms: tuple[tuple[str, int], ...] = ()
    written: int | None = None
    late: bool = False
    manner: Manner = "plan"


def year_of(text: str) -> int:
    """A year in digits or numerals.

    >>> year_of("二〇二五"), year_of("2030")
    (2025, 2030)
    """
    return int(text) if text.isascii() and text.isdigit() else int("2" + _digits(text[1:]))


def _digits(text: str) -> str:
    return "".join(_CN[each] for each in text)


def year_marks(text: str, times: Times) -> Iterator[YearMark]:
    """Every year a plain text names, in order; not 2030年前碳达峰, dates and document numbers.

    >>> [mark.years for mark in year_marks("2025年和2030年分别达到", Times(2021, None))]
    [(2025, 2030)]
    """
    before: YearMark | None = None
    for mark in _single_marks(text, times):
        if before is not None and _are_listed(text, before, mark):
            before = YearMark(before.start, mark.end, before.years + mark.years, before.role)
            continue
        if before is not None:
            yield before
        before = mark
    if before is not None:
        yield before


def _are_listed(text: str, one: YearMark, other: YearMark) -> bool:
    """“十四五”末和“十五五”末 分别达到: two marks that make a list."""
    is_goal = {one.role, other.role} <= {"goal", "bare"} and one.years < other.years
    return is_goal and re.fullmatch(r"[、和与及]|以及", text[one.end : other.start]) is not None


def _single_marks(text: str, times: Times) -> Iterator[YearMark]:
    place = 0
    while (hit := _MARK.search(text, place)) is not None:
        place = hit.end()
        after = text[hit.end() :]
        if (relative := _relative(hit, times)) is not None:
            yield relative
        elif hit["century"]:
            yield YearMark(hit.start(), hit.end(), (2050,), "goal")
        elif hit["horizon"]:
            ends = () if times.plan_end is None else (times.plan_end,)
            yield YearMark(hit.start(), hit.end(), ends, "goal" if ends else "open")
        elif hit["end"]:
            if times.plan_end is not None:
                yield YearMark(hit.start(), hit.end(), (times.plan_end,), "goal")
        elif hit["term"]:
            year = dict(times.terms).get(hit["term"])
            if year is not None:
                yield YearMark(hit.start(), hit.end(), (year,), "goal")
        elif hit["plan"]:
            yield from _of_plan(hit, after, times)
        elif hit["period"]:
            last = year_of(hit["last"])
            if last <= year_of(hit["period"]):
                place = hit.end("period")
            elif not after.startswith("年版"):
                is_since = re.match(r"\)?以来", after) is not None
                role: Role = "past" if is_since or last < times.present else "goal"
                yield YearMark(hit.start(), hit.end(), (last,), role)
        elif not _is_a_name(hit, after):
            yield _of_years(hit, after, times)


def _relative(hit: re.Match[str], times: Times) -> YearMark | None:
    """A year told from the one it was written in: 今年, 去年, 明年, 今冬明春."""
    role: Role
    if hit["last_year"]:
        ahead, role = (
            -2 if hit["last_year"] == "前年" else -1,
            "base" if hit["since_last"] else "past",
        )
    elif hit["so_far"]:
        ahead, role = 0, "past"
    elif hit["this_year"]:
        ahead, role = 0, "goal" if re.search("[底末]|^[到至]", hit["this_year"]) else "bare"
    elif hit["next_year"]:
        ahead, role = 1, "goal"
    elif hit["winter"]:
        ahead, role = int(times.late), "goal"
    else:
        return None
    years = () if times.written is None else (times.written + ahead,)
    return YearMark(hit.start(), hit.end(), years, role)


def _is_a_name(hit: re.Match[str], after: str) -> bool:
    """Whether the year belongs to a name (2030年前碳达峰), a date or a document."""
    before = "前" if "前" in (hit["tail"] or "") else ""
    is_by_when = hit["lead"] in ("到", "至", "力争到") and not before
    return not is_by_when and _NOT_GOAL.match(before + after) is not None


def _of_plan(hit: re.Match[str], after: str, times: Times) -> Iterator[YearMark]:
    end = 2010 + 5 * FIVE.index(hit["five"])
    is_name = re.match(r"(?:规划|计划|发展规划)", after) or "规划" in hit["plan"]
    if is_name and not hit["plan_tail"]:
        return
    if re.match(r"的?(?:开局|收官|起步|开篇|谋划|第[一二三四五]年)", after):
        return  # it says which year this is, not by when
    if re.match(r"(?:总)?(?:任务|目标|计划)(?:量|数|总量)?的", after):
        return  # 占“十四五”任务的71%: what a share is of
    is_since = hit["plan_tail"] == "以来" or re.match(r"\([^()]{0,16}\)以来", after)
    role: Role = "past" if end < times.present or is_since else "goal"
    if end == times.written and role == "goal":
        role = "bare"  # told or promised in its last year: other words must say which
    role = "base" if hit["since"] else role
    yield YearMark(hit.start(), hit.end(), (end,), role)


def _of_years(hit: re.Match[str], after: str, times: Times) -> YearMark:
    years = tuple(year_of(each) for each in re.findall(YEAR, hit["years"]))
    lead, tail = hit["lead"] or "", hit["tail"] or ""
    role: Role = "bare"
    if lead in _BASE_LEADS or (_BASE_TAILS.match(after) and lead not in ("到", "至", "力争到")):
        role = "base"
        if lead not in _BASE_LEADS and after.startswith("的") and max(years) >= times.present:
            role = "bare"
    elif max(years) < times.present:
        role = "past"
    elif lead.startswith("截"):
        role = "past" if times.plan_end is None and times.present <= 2021 else "goal"
    elif re.search(
        r"增长|提高|提升|增加|上升|扩大", hit.string[max(0, hit.start() - 2) : hit.start()]
    ):
        role = "bare"  # 增长至2020年底的42%: the figure grew, it is not due by then
    elif lead or "底" in tail or "末" in tail or "前" in tail:
        role = "goal"
    return YearMark(hit.start(), hit.end(), years, role)
