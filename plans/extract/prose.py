"""Promises in running text: every sentence read with the year, clause and tense it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plans.extract.binding import Bond, bonds
from plans.extract.cleaning import Cleaned, is_menu
from plans.extract.figures import Quantity
from plans.extract.found import FoundTarget
from plans.extract.outline import Place, is_item
from plans.extract.sentences import Sentence, sentences
from plans.extract.vocabulary import Mention, Metric
from plans.extract.wording import (
    ASSIGNED,
    CHANGES,
    FUTURE,
    PAST_STRONG,
    PAST_WEAK,
    RISING,
    STABLE,
    Sign,
    strives,
    unexplained,
)
from plans.extract.years import Times, YearMark, year_marks

_WHOLE = re.compile(r"全国|全省|全市|全县|全区|全州|全域|市域|县域|省域")
_PLACE = re.compile(
    r"(?:全国|全省|全市|全县|全区|全州|全域|市域|县域|省域|中心城区|主城区|建成区|城区|陆域|海域|"
    r"[\u4e00-\u9fff]{2,8}?(?:自治区|自治州|自治县|新区|保护区|国家公园|流域|片区|林场|省|市|县|区|镇|湾|山脉))$"
)
_LISTED_AREA = re.compile(
    r"(?:其中)?(?P<area>[\u4e00-\u9fff]{1,5}?(?:新区|(?<![小社园城市地])区|[市县州旗镇]))"
    r"(?:新?营造|修复|新建|建成|完成|建设|造林)?[^,;。\x02]{0,6}\x02+、"
)
_NATION = re.compile(r"全国|我国|全球|世界|国家(?:要求|提出|明确|规定)|党中央|国务院")
_OURS = re.compile(r"全[市省县区州]|我[市省县区]|本[市县区]")
_GOES_ON = re.compile(
    r"其中[,:]?[^。]{2}|(?:到\d{4}年,?)?(?:上述|前述|以上|这)?(?:[两二三四五各2-5]项指标|[两二三]者|上述|前述)"
)
_YEARLY = re.compile(r"每年|年均|逐年|年(?:度)?(?:净|新)?增(?!长率)")
_ADDED = re.compile(
    r"(?:新[建增]|净增|增建|扩建|再建)(?![^;。]*?(?:达到?|至|到|总)[^,;。]{0,4}\x02)"
)
_ALL_DONE = r"(?:底|前|末)*(?:全部|全面|基本)?(?:完成|建成|实现|完工)(?:[,;]|$)"
_NO_PLACE = re.compile(
    r"^.*(?:加强对|加强|提高|推进|建设|打造|完成|确保|力争|使|对|到|达到|以及|和|与|指标|其中|重点|实现)"
)


@dataclass(frozen=True)
class Tense:
    """The year that governs, whether it looks back, and how far away it was said (0 to 1)."""

    year: int | None
    is_past: bool
    doubt: float


@dataclass(frozen=True)
class Setting:
    """What is known before a sentence is read.

    ``said_goal`` is the only goal year of the document, once it was said.
    """

    place: Place
    times: Times
    carried: YearMark | None
    nearby: int | None
    is_local: bool
    topics: tuple[Mention, ...] = ()
    said_goal: int | None = None


def read_prose(
    paragraphs: Sequence[Cleaned],
    places: Sequence[Place],
    times: Times,
    *,
    given: YearMark | None = None,
) -> Iterator[FoundTarget]:
    """Every promise in the paragraphs, in order; ``given`` is a year said before them."""
    texts = [each.text for each in paragraphs]
    is_local = any(_OURS.search(each) for each in texts)
    nearby = _goals_nearby(texts, places, times)
    carried: YearMark | None = None
    intro = given
    before = ""
    topics: tuple[Mention, ...] = ()
    said: int | None = None
    for number, (paragraph, place) in enumerate(zip(paragraphs, places, strict=True)):
        new_part = number == 0 or place.path[:-1] != places[number - 1].path[:-1]
        if number and new_part and place.path != places[number - 1].path:
            intro = None
        goes_on = is_item(paragraph.text) or before.endswith((":", "如下", "是"))
        if not _GOES_ON.match(paragraph.text):
            carried = intro if goes_on or number == 0 else None
            topics = ()
        if is_menu(paragraph.text):
            continue
        for sentence in sentences(paragraph.text, times):
            setting = Setting(place, times, carried, nearby[number], is_local, topics, said)
            found = _read(sentence, setting)
            topics = tuple(m for m in sentence.mentions if m.metric.kind != "system")
            yield from (_placed(each, paragraph) for each in found)
            carried = _goal_mark(sentence, carried)
            if any(mark.role == "goal" for mark in sentence.marks):
                said = times.only_goal
        intro = carried if not is_item(paragraph.text) or carried is not None else intro
        before = paragraph.text.rstrip()


def _goal_mark(sentence: Sentence, carried: YearMark | None) -> YearMark | None:
    marks = [m for m in sentence.marks if m.role != "base" and not _is_aside(sentence, m)]
    return marks[-1] if marks else carried


def _goals_nearby(texts: Sequence[str], places: Sequence[Place], times: Times) -> list[int | None]:
    """For every paragraph the goal year first named in it or after it in the same part."""
    own = []
    for text in texts:
        marks = [m for m in year_marks(text, times) if m.role == "goal"]
        own.append(marks[0].years[-1] if marks else None)
    found: list[int | None] = []
    for number, place in enumerate(places):
        year = None
        for later in range(number, min(number + 12, len(texts))):
            part = place.path[:-1] if len(place.path) > 2 else place.path
            if _is_inside(places[later].path, part) and own[later] is not None:
                year = own[later]
                break
        found.append(year)
    return found


def _is_inside(path: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return bool(part) and path[: len(part)] == part


def _placed(found: FoundTarget, paragraph: Cleaned) -> FoundTarget:
    start, end = paragraph.span(found.start, found.end)
    return replace(found, start=start, end=end)


def _read(sentence: Sentence, setting: Setting) -> list[FoundTarget]:
    """The promises of a sentence; ``start`` and ``end`` still count in the paragraph."""
    bound_figures = bonds(sentence, setting.topics)
    found = [
        each
        for bond in bound_figures
        if not _is_part(bond, bound_figures, sentence)
        and not _is_pace(bond, bound_figures, sentence)
        and (each := _from_bond(bond, sentence, setting))
    ]
    taken = {
        (mention.start, mention.end)
        for mention in sentence.mentions
        for bond in bound_figures
        if bond.start <= mention.start < bond.end
        and not _is_assigned_first(mention, bond, sentence)
    }
    free = [m for m in sentence.mentions if (m.start, m.end) not in taken]
    found.extend(_assigned(sentence, setting, free))
    found.extend(_trends(sentence, setting, free))
    found.extend(_declared(sentence, setting, free))
    return sorted(found, key=lambda each: each.start)


def _is_assigned_first(mention: Mention, bond: Bond, sentence: Sentence) -> bool:
    """湿地保护率完成省下达任务,2030年达到52%: handed down, and then a figure for a later year."""
    gap = sentence.masked[mention.end : bond.quantity.start]
    return any(
        _hands_down(hit) and not unexplained(gap[: hit.start()]) for hit in ASSIGNED.finditer(gap)
    )


def _is_pace(bond: Bond, others: Sequence[Bond], sentence: Sentence) -> bool:
    """累计造林45万亩,平均每年9万亩: how fast, where the sentence says how much."""

    def is_yearly(each: Bond) -> bool:
        return _is_yearly(sentence, each.quantity)

    same = [each for each in others if each.metric == bond.metric and each is not bond]
    return is_yearly(bond) and any(not is_yearly(each) and each.year == bond.year for each in same)


def _is_part(bond: Bond, others: Sequence[Bond], sentence: Sentence) -> bool:
    """绿化100万亩,其中人工造林30万亩: a part of a total that stands before it."""
    within = sentence.text.find("其中")
    if not _WHOLE.fullmatch(_scope(sentence, bond.start, bond.metric) or "全市"):
        return False  # 其中某县30万亩 is that county's own
    start = bond.quantity.start
    goes_on = ";" not in sentence.text[within:start] and not any(
        within < mark.start < start for mark in sentence.marks
    )
    wholes = (each for each in others if each.quantity.end <= within)
    return 0 <= within < start and goes_on and any(each.metric == bond.metric for each in wholes)


def _from_bond(bond: Bond, sentence: Sentence, setting: Setting) -> FoundTarget | None:
    quantity, metric = bond.quantity, bond.metric
    tense = _tense(sentence, setting, bond.quantity.start, bond.quantity.end, metric)
    if bond.year is not None:
        tense = replace(tense, year=bond.year, is_past=bond.year < setting.times.present, doubt=0.0)
    if tense.is_past or _is_elsewhere(sentence, setting, bond.start, bond.end):
        return None
    if _is_base(sentence, quantity):
        return None
    values = quantity.values_in(metric.unit)
    if values is None:
        return None
    ends = (quantity.low,) if quantity.high is None else (quantity.low, quantity.high)
    clause = _clause(sentence, bond.start, bond.end)
    doubt = bond.doubt + tense.doubt + (0.3 if quantity.is_implied else 0.0)
    return FoundTarget(
        metric=metric.key,
        year=tense.year,
        comparator=bond.bound.sign if not quantity.is_implied else ">=",
        value=tuple(float(each) for each in ends),
        unit=quantity.unit,
        value_si=tuple(float(each) for each in values),
        unit_si=metric.unit,
        strive=strives(sentence.text[: clause[0]], sentence.text[clause[0] : quantity.start]),
        kind=metric.kind,
        scope=_scope(sentence, bond.start, metric),
        clause=setting.place.clause,
        quote="",
        start=sentence.base + clause[0],
        end=sentence.base + clause[1],
        confidence=_confidence(doubt),
        printed=quantity.printed,
        is_implied=quantity.is_implied,
        is_said=bond.bound.is_said,
        is_added=bond.bound.sign in CHANGES or _is_added(sentence, bond),
        period="year" if _is_yearly(sentence, quantity) else "whole",
        base_year=_base_year(sentence, quantity) if bond.bound.sign in CHANGES else None,
    )


def _is_yearly(sentence: Sentence, quantity: Quantity) -> bool:
    """每年修复20公顷: due in every year; said in its clause, behind the figure before."""
    left = sentence.clause_of(quantity.start, quantity.start)[0]
    left = max([left, *(each.end for each in sentence.quantities if each.end <= quantity.start)])
    return _YEARLY.search(sentence.masked[left : quantity.start]) is not None


def _is_added(sentence: Sentence, bond: Bond) -> bool:
    """新建绿道500公里 adds to what stands; 新建绿道,总里程达到500公里 does not."""
    is_standing = bond.metric.kind == "target" and bond.metric.unit != "%"
    left = sentence.clause_of(bond.start, bond.start)[0]
    words = sentence.masked[left : max(bond.end, bond.quantity.end)]
    return is_standing and _ADDED.search(words) is not None


def _base_year(sentence: Sentence, quantity: Quantity) -> int | None:
    """较2020年增加: the last year of comparison before a change, in its part of the sentence."""
    start = sentence.text.rfind(";", 0, quantity.start) + 1
    marks = [
        m
        for m in sentence.marks
        if m.role == "base" and start <= m.start and m.end <= quantity.start
    ]
    return marks[-1].year if marks else None


def _confidence(doubt: float) -> float:
    return round(max(0.1, 0.98 - doubt), 2)


def _clause(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The words to quote: the clauses of metric and figure, without the blanks around them."""
    left = sentence.clause_of(start, start)[0]
    right = sentence.clause_of(end, end)[1]
    while left < right and sentence.text[left] in " 、":
        left += 1
    return left, right


def _tense(sentence: Sentence, setting: Setting, start: int, end: int, metric: Metric) -> Tense:
    """Which year governs a figure, and whether it is told as a fact of the past."""
    mark = _mark_for(sentence, start, end)
    if mark is not None:
        is_past = mark.role == "past" or _is_told(sentence, setting, mark, start)
        return Tense(mark.year, is_past, 0.0 if mark.years else 0.2)
    if _past_words(sentence, start, None):
        return Tense(None, True, 0.0)
    if setting.carried is not None and setting.carried.role != "base":
        is_past = setting.carried.role == "past" or _is_reported(setting)
        return Tense(setting.carried.year, is_past, 0.08)
    if setting.place.looks_back:
        return Tense(None, True, 0.0)
    if metric.takes_year_nearby and setting.nearby is not None:
        return Tense(setting.nearby, False, 0.2)
    fallback = setting.times.plan_end or setting.said_goal
    if fallback is not None:
        return Tense(fallback, False, 0.25)
    return Tense(None, False, 0.2)


def _is_reported(setting: Setting) -> bool:
    """2023年任务完成情况:…。乔木林…68立方米: the sentence before told of a year that is over."""
    mark, times = setting.carried, setting.times
    is_bare = mark is not None and mark.role == "bare" and times.plan_end is None
    return is_bare and mark is not None and (mark.year or 0) < 2025


def _mark_for(sentence: Sentence, start: int, end: int) -> YearMark | None:
    """The year in brackets right behind a figure, else the last one before it, else one behind."""
    marks = [m for m in sentence.marks if m.role != "base"]
    behind = [m for m in marks if m.start >= end]
    own = behind and re.fullmatch(
        r"[^,;。]{0,3}\([^,;。]{0,3}", sentence.text[end : behind[0].start]
    )
    if own and (_is_aside(sentence, behind[0]) or behind[0].role == "goal"):
        return behind[0]
    before = [m for m in marks if m.end <= start and not _is_aside(sentence, m)]
    if before:
        return before[-1]
    for mark in behind:
        if re.search(r"(?:以上|上述)?[均皆]为?[^,;。]{0,2}$", sentence.text[: mark.start]):
            return mark
    if behind and "," not in sentence.text[end : behind[0].start]:
        tail = sentence.text[behind[0].end : behind[0].end + 8]
        if re.match(r"\)?(?:底|前|末)*(?:的目标|目标|完成|实现|达到|建成)", tail):
            return behind[0]
    if behind and re.match(_ALL_DONE, sentence.text[behind[0].end :]):
        return behind[0]
    return None


def _is_told(sentence: Sentence, setting: Setting, mark: YearMark, start: int) -> bool:
    """2023年…为41%, 到2025年底已完成…: told as done, though the year is not past by itself."""
    if _past_words(sentence, start, mark):
        return True
    if mark.role != "bare" or setting.times.plan_end is not None:
        return setting.place.looks_back and mark.role == "bare"
    if setting.place.looks_back:
        return True
    between = sentence.text[mark.end : start]
    says_goal = FUTURE.search(between) or "不低于" in between or "达到" in between
    return (mark.year or 0) < 2025 and not says_goal


def _past_words(sentence: Sentence, start: int, mark: YearMark | None) -> bool:
    """Words of the past before a figure; behind a goal year only strong ones count."""
    reports = r"[^,;。]{1,12},?(?:(?:比|较)(?:上年|去年)|(?:位?居|排名?|列)全[国省市]第)"
    if re.match(reports, sentence.text[start:]):
        return True
    left = sentence.clause_of(start, start)[0]
    if mark is not None and mark.end > left:
        left = mark.end
    clause = sentence.masked[left:start]
    if PAST_STRONG.search(clause):
        return True
    if mark is not None:
        return False
    earlier = sentence.masked[:start]
    if PAST_WEAK.search(clause):
        return True
    hits = list(PAST_STRONG.finditer(earlier)) + list(PAST_WEAK.finditer(earlier))
    return bool(hits) and not FUTURE.search(earlier[max(hit.end() for hit in hits) :])


def _is_aside(sentence: Sentence, mark: YearMark) -> bool:
    """42%(2025年),湿地…: the year of the figure before it, not of what follows."""
    left, right = sentence.masked[: mark.start], sentence.masked[mark.end :]
    return (
        re.search(r"\x02[^,;。()]{0,3}\([^;。()]{0,8}$", left) is not None
        and re.match(r"[^,;。()\x02]{0,8}\)", right) is not None
    )


def _is_base(sentence: Sentence, quantity: Quantity) -> bool:
    """由2020年的40%提高到: the first figure is what the change begins from."""
    start = quantity.start
    before = sentence.text[max(0, start - 24) : start]
    since = re.search(
        r"(?:由|从|较|(?<!占)比(?![例重])|相比|在)(?:20\d\d年|“?十.五”?|现状|现有|目前|基期|上年)?[^,;。\d%]{0,10}$",
        before,
    )
    if since is None or re.search(
        r"到|至|达|提[高升]|增[加长]|[净新]增|扩大|上升|以上|高出|于", since.group()
    ):
        return False
    return (
        re.search(
            r"^[^,;。]{0,14}?(?:提高|增加|提升|扩大|上升|增长|增至|下降|恢复|基础上|升)",
            sentence.text[quantity.end :],
        )
        is not None
        or since.group()[0] in "较比"
    )


def _is_elsewhere(sentence: Sentence, setting: Setting, start: int, end: int) -> bool:
    """国家要求到2025年全国森林覆盖率…: another level's target, in a plan that speaks of its own."""
    left = max(sentence.text.rfind(c, 0, start) for c in ";。") + 1
    words = sentence.text[left:end]
    return setting.is_local and bool(_NATION.search(words)) and not _OURS.search(words)


def _scope(sentence: Sentence, start: int, metric: Metric) -> str | None:
    """The place named right before a metric, else the whole that the sentence speaks of."""
    if metric.key.startswith("built_up"):
        return "建成区"
    left = sentence.clause_of(start, start)[0]
    words = re.sub(r"(?:范围内|内|的|陆域)$", "", sentence.masked[left:start])
    hit = _PLACE.search(words)
    if hit is not None:
        name = _NO_PLACE.sub("", hit.group())
        if len(name) >= 2:
            return name
    listed = _LISTED_AREA.match(words)
    if listed is not None and not _WHOLE.fullmatch(listed["area"]):
        return listed["area"]
    whole = list(_WHOLE.finditer(sentence.masked[:start]))
    return whole[-1].group() if whole else None


def _assigned(
    sentence: Sentence, setting: Setting, free: Sequence[Mention]
) -> Iterator[FoundTarget]:
    """森林覆盖率、森林蓄积量完成国家下达指标."""
    done = 0
    for hit in ASSIGNED.finditer(sentence.masked):
        if not _hands_down(hit):
            continue
        left = max(done, _list_start(sentence, hit.start()))
        done = hit.end()
        inside = [m for m in free if hit.start("object") <= m.start and m.end <= hit.end("object")]
        before = [m for m in free if left <= m.start and m.end <= hit.start()]
        for mention in inside or before:
            if mention.metric.kind in ("rule", "system"):
                continue
            between = sentence.masked[mention.end : hit.start()]
            if not inside and unexplained(_without_mentions(between, mention.end, free)):
                continue
            yield from _open(
                sentence, setting, mention, "assigned", (mention.start, hit.end()), 0.0
            )


def _hands_down(hit: re.Match[str]) -> bool:
    soft = re.search(r"要求|规定|考核|安排|布置|定", hit.group()) is not None
    firm = re.search(r"下达|分解|核定|核准|分配|交办", hit.group()) is not None
    return firm or (
        soft and re.match(r"完成|达到|实现|落实|满足|控制在|保持在", hit.group()) is not None
    )


def _without_mentions(text: str, base: int, free: Sequence[Mention]) -> str:
    chars = list(text)
    for each in free:
        for place in range(max(each.start, base), min(each.end, base + len(text))):
            chars[place - base] = "\x01"
    return "".join(chars)


def _list_start(sentence: Sentence, end: int) -> int:
    """Where the list of subjects begins: behind the last figure or semicolon."""
    starts = [sentence.text.rfind(";", 0, end) + 1, 0]
    starts += [q.end for q in sentence.quantities if q.end <= end]
    return max(starts)


def _trends(sentence: Sentence, setting: Setting, free: Sequence[Mention]) -> Iterator[FoundTarget]:
    """森林覆盖率、森林蓄积量稳中有升: a direction without a figure."""
    signs: tuple[tuple[re.Pattern[str], Sign], ...] = ((RISING, "increase"), (STABLE, "~"))
    for pattern, sign in signs:
        for hit in pattern.finditer(sentence.masked):
            left = _list_start(sentence, hit.start())
            if re.search(r"^\s*[\x02]", sentence.masked[hit.end() :]):
                continue
            for mention in free:
                is_before = left <= mention.start and mention.end <= hit.start()
                if not is_before or mention.is_bare or mention.metric.kind != "target":
                    continue
                between = sentence.masked[mention.end : hit.start()]
                if not unexplained(
                    _without_mentions(re.sub(r"\([^)]*\)|状态", "", between), mention.end, free)
                ):
                    yield from _open(
                        sentence, setting, mention, sign, (mention.start, hit.end()), 0.2
                    )


def _declared(
    sentence: Sentence, setting: Setting, free: Sequence[Mention]
) -> Iterator[FoundTarget]:
    """Rules and systems: there is nothing to measure, only to be there."""
    for mention in free:
        if mention.metric.kind == "system" or (
            mention.metric.kind == "rule" and not mention.metric.unit
        ):
            yield from _open(sentence, setting, mention, "=", (mention.start, mention.end), 0.2)


def _open(
    sentence: Sentence,
    setting: Setting,
    mention: Mention,
    sign: Sign,
    span: tuple[int, int],
    doubt: float,
) -> Iterator[FoundTarget]:
    """A promise without a figure."""
    tense = _tense(sentence, setting, span[1], span[1], mention.metric)
    if tense.is_past or _is_elsewhere(sentence, setting, *span):
        return
    if setting.place.looks_back and tense.year is None:
        return
    clause = _clause(sentence, *span)
    yield FoundTarget(
        metric=mention.metric.key,
        year=tense.year if sign != "=" else None,
        comparator=sign,
        value=(),
        unit=None,
        value_si=(),
        unit_si=mention.metric.unit or None,
        strive=strives(sentence.text[: clause[0]], sentence.text[clause[0] : span[1]]),
        kind=mention.metric.kind,
        scope=_scope(sentence, span[0], mention.metric),
        clause=setting.place.clause,
        quote="",
        start=sentence.base + clause[0],
        end=sentence.base + clause[1],
        confidence=_confidence(doubt + tense.doubt),
    )
