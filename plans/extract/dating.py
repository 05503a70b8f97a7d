"""When a text was written and for which years: told from its title, its period and its dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from plans.extract.wording import PROPOSED
from plans.extract.years import FIVE, YEAR, Manner, Times, year_of

_DATE = r"(?P<year>20\d\d)(?:年(?P<month>\d{1,2})月\d{1,2}日?|[-/.](?P<number>\d{1,2})[-/.]\d{1,2})"
_TURNED = r"\d{1,2}\.(?P<second>\d{1,2})\.(?P<last>20\d\d)"
_DATELINES = (
    re.compile(rf"(?:时间|日期|发布|更新|发表|来源)[^,。;\n]{{0,12}}?[:|]?(?:{_DATE}|{_TURNED})"),
    re.compile(rf"(?:^|\n)[^,。;\n]{{0,24}}?(?:{_DATE}|{_TURNED})(?:[^,。;\n]{{0,40}})(?=\n|$)"),
    re.compile(rf"(?:{_DATE}|{_TURNED})[^,。;\n]{{0,12}}(?:来源|作者|编辑|字号|阅读|浏览)"),
    re.compile(rf"(?<![自于从起])(?:{_DATE})(?!起|前|施行|实施|以来|之前)"),
)
"""Where a page gives its own date, the surest first; searched in its head, then in its end."""
_HEAD, _END = 1500, 300
_YEARLY = re.compile(
    rf"(?P<year>{YEAR})年?(?:度|全[省市县区]|[\u4e00-\u9fff]{{0,16}}?)(?:工作计划|计划|工作规划|工作要点|要点|工作安排|"
    r"目标任务|任务|工作思路|打算|实施方案|工作方案|行动方案)"
)
_REPORT = re.compile(rf"(?P<year>{YEAR})年[\u4e00-\u9fff]{{0,12}}工作报告")
_PLAN_TITLE = re.compile(
    r"(?:规划|计划|方案|纲要|要点|意见|通知|决定|目标任务|任务分解|主要指标|工作报告)》?(?:\([^()]*\))?$"
)
_NEWS = re.compile(
    r"记者|报讯|讯[(:]|日电|介绍|据悉|获悉|据了解|表示|透露|报道|通讯员|来源|编辑|近日|日前|摄"
)
_NOW = re.compile(r"今年|本年度?|明年|年内|今冬明春")
_TOLD = re.compile(
    rf"(?<![到至])(?P<year>{YEAR})年(?!前|底前|版|起|末前)(?P<after>[^,。;\n]{{0,12}})"
)


def document_times(text: str, page: str = "") -> Times:
    """Read from title, period and dates of a plain text what lies in its past.

    ``page`` is the whole page with its lines, where that holds more than the text.

    >>> times = document_times("某市林业发展“十四五”规划")
    >>> times.present, times.plan_end
    (2021, 2025)
    >>> times = document_times("2016-03-12来源:某报\\n今年全市计划造林5万亩")
    >>> times.written, times.late, times.present
    (2016, False, 2016)
    """
    titles = [line for line in text.split("\n")[:8] if line and len(line) <= 60]
    start, end = _period(text[:600], text)
    if start is None:
        start = end = _year_of_titles(titles)
    written, late = _written(page or text)
    is_dated = written is not None
    goals = Counter(re.findall(r"(?<![截止长高升加大增年])(?:到|至)(20[0-6]\d)年", text))
    ahead = re.findall(
        r"(20[0-6]\d)年(?!前)(?:[^。;\n]{0,12}?(?:将|计划|力争|确保|拟)"
        r"|[^。;\n]{0,24}?(?:目标|任务)(?:任务)?(?:是|为|:))",
        text,
    )
    ahead += re.findall(rf"{PROPOSED.pattern}[:,]?(20[0-6]\d)年", text)
    goals.update(ahead)
    if written is not None and ahead and max(int(each) for each in goals) < written:
        written, late = None, False  # put up again years later
    if written is None:
        written = _written_by_what_is_told(text)
    present = start or written or 2021
    if start and end and written and start <= written <= end:
        present = written  # what lies before the writing is told, though the plan began earlier
    if goals and start is None and written is None:
        present = min(present, int(goals.most_common(1)[0][0]))
    later = {int(each) for each in goals if int(each) >= present}
    only = next(iter(later)) if len(later) == 1 else None
    is_plan = end is not None or any(_PLAN_TITLE.search(each) for each in titles)
    is_news = is_dated or _NEWS.search(page or text) is not None
    manner: Manner = "plan" if is_plan else "news" if is_news else "dated" if goals else "plan"
    return Times(present, end, only, _terms(text), written or start, late, manner)


def _year_of_titles(titles: Sequence[str]) -> int | None:
    """2016年工作要点: a plan for one year; the last one of 2015年总结和2016年计划."""
    for title in titles:
        found = [year_of(hit["year"]) for hit in _YEARLY.finditer(title)]
        if found and not re.search(r"完成情况|执行情况|总结(?!.*20)|通报", title):
            return found[-1]
    return None


def _written(text: str) -> tuple[int | None, bool]:
    """The year that a text says it was published in, and whether that was after June."""
    for part in (text[:_HEAD], text[-_END:]):
        for pattern in _DATELINES:
            hit = pattern.search(part)
            if hit is not None:
                found = hit.groupdict()
                year = int(found["year"] or found["last"])
                month = found["month"] or found["number"] or found.get("second") or "1"
                return year, int(month) > 6
    titled = _REPORT.search(text[:200])
    return (year_of(titled["year"]) if titled else None), False


def _written_by_what_is_told(text: str) -> int | None:
    """A text that says 今年 without a date: the year after the last one it tells as done."""
    if not _NOW.search(text):
        return None
    told = [
        year_of(hit["year"]) + 1
        for hit in _TOLD.finditer(text)
        if re.search(r"完成|达到?|实现|新增|造林|累计|全[省市县国区]", hit["after"])
        and not re.search(r"将|计划|力争|确保|目标|要", hit["after"])
    ]
    return max(told, default=None)


def _terms(text: str) -> tuple[tuple[str, int], ...]:
    """近期到2025年,远期至2035年: what the document calls its terms.

    >>> _terms("规划期限为2021—2035年,近期到2025年,远期展望至2035年")
    (('近期', 2025), ('远期', 2035))
    """
    said = (
        rf"([近中远]期)(?:目标年?|规划|展望|年限)?[为是到至:(]*(?:{YEAR}年?(?:-|—+|~))?({YEAR})年"
    )
    found = {name: year_of(year) for name, year in re.findall(said, text)}
    return tuple(sorted(found.items()))


def _period(head: str, text: str) -> tuple[int | None, int | None]:
    stated = re.search(
        rf"(?:规划期限?|实施期限?|规划年限|期限)[^。;]{{0,8}}?({YEAR})年?(?:-|—+|~|至|到)({YEAR})",
        text,
    ) or re.search(
        rf"(?:规划|计划|方案|纲要|行动|意见|大纲)》?\(({YEAR})年?(?:-|—+|~|至|到)({YEAR})年?\)",
        head,
    )
    if stated:
        return year_of(stated.group(1)), year_of(stated.group(2))
    for named in re.finditer(
        r"十([一二三四五六七八九])五[“”\"']?(?:时期|期间)?[^,。;:\n]{0,24}(?:规划|计划|纲要|方案)",
        head,
    ):
        is_report = re.match(
            r"[^,。;\n]{0,10}(?:完成|执行|实施|落实)情况", head[named.end() :]
        ) or re.search(r"(?:完成|实现|达到)[^,。;\n]{0,4}$", head[: named.start()])
        if not is_report and not re.search(
            r"(?:根据|按照|依据|落实|贯彻|衔接|结合|围绕|对照|纳入|》、?)《?[^》\n]{0,60}$",
            head[: named.start()],
        ):
            last = 2010 + 5 * FIVE.index(named.group(1))
            return last - 4, last
    return None, None
