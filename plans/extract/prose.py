"""Promises in running text: every sentence read with the year, clause and tense it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plans.extract.binding import bonds
from plans.extract.bonds import Bond
from plans.extract.cleaning import Cleaned, is_menu
from plans.extract.figures import Quantity
from plans.extract.found import FoundTarget, confidence_of
from plans.extract.open_promises import hands_down, open_promises
from plans.extract.outline import OutlinePlace, is_item
from plans.extract.places import OURS, WHOLE, is_elsewhere, scope_of
from plans.extract.sentences import Sentence, quoted_clause, sentences
from plans.extract.tense import Setting, governing_mark, is_aside, tense_of
from plans.extract.vocabulary import Mention
from plans.extract.wording import ASSIGNED, CHANGES, FUTURE, SINCE, strives, unexplained
from plans.extract.years import Times, YearMark, year_marks

_GOES_ON = re.compile(
    r"其中[,:]?[^。]{2}|(?:到\d{4}年,?)?(?:上述|前述|以上|这)?(?:[两二三四五各2-5]项指标|[两二三]者|上述|前述)"
)
_NEXT = re.compile(r"下一步|将(?!近)|计划|力争|争取|确保")
_YEARLY = re.compile(r"每年|年均|逐年|年(?:度)?(?:净|新)?增(?!长率)")
_ADDED = re.compile(
    r"(?:新[建增]|净增|增建|扩建|再建)(?![^;。]*?(?:达到?|至|到|总)[^,;。]{0,4}\x02)"
)


def read_prose(
    paragraphs: Sequence[Cleaned],
    places: Sequence[OutlinePlace],
    times: Times,
    *,
    given: YearMark | None = None,
) -> Iterator[FoundTarget]:
    """Every promise in the paragraphs, in order; ``given`` is a year said before them."""
    texts = [each.text for each in paragraphs]
    is_local = any(OURS.search(each) for each in texts)
    nearby = _goals_nearby(texts, places, times)
    carried: YearMark | None = None
    intro = given
    before = ""
    topics: tuple[Mention, ...] = ()
    said: int | None = None
    now: int | None = None
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
        is_ahead = is_back = False
        for sentence in sentences(paragraph.text, times):
            known = (carried, nearby[number], is_local, topics, said, now, is_ahead, is_back)
            setting = Setting(place, times, *known)
            found = _read(sentence, setting)
            topics = tuple(m for m in sentence.mentions if m.metric.kind != "system")
            yield from (_placed(each, paragraph) for each in found)
            carried = _goal_mark(sentence, carried)
            is_ahead = _NEXT.search(sentence.masked) is not None
            is_back = not is_ahead and (is_back or SINCE.search(sentence.masked) is not None)
            if any(m.role == "bare" and m.year == times.written for m in sentence.marks):
                now = times.written
            if any(mark.role == "goal" for mark in sentence.marks):
                said = times.only_goal
        intro = carried if not is_item(paragraph.text) or carried is not None else intro
        before = paragraph.text.rstrip()


def _goal_mark(sentence: Sentence, carried: YearMark | None) -> YearMark | None:
    marks = [m for m in sentence.marks if m.role != "base" and not is_aside(sentence, m)]
    if not marks:
        return carried
    # 2016年,全市将…: what follows is of that year too.
    is_ahead = marks[-1].role == "bare" and FUTURE.search(sentence.masked[marks[-1].end :])
    return replace(marks[-1], role="goal") if is_ahead else marks[-1]


def _goals_nearby(
    texts: Sequence[str], places: Sequence[OutlinePlace], times: Times
) -> list[int | None]:
    """For every paragraph the goal year first named in it or after it in the same part."""
    own = []
    for text in texts:
        goals = [m.year for m in year_marks(text, times) if m.role == "goal" and m.years]
        own.append(goals[0] if goals else None)
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
    found.extend(open_promises(sentence, setting, free))
    return sorted(found, key=lambda each: each.start)


def _is_assigned_first(mention: Mention, bond: Bond, sentence: Sentence) -> bool:
    """湿地保护率完成省下达任务,2030年达到52%: handed down, and then a figure for a later year."""
    gap = sentence.masked[mention.end : bond.quantity.start]
    return any(
        hands_down(hit) and not unexplained(gap[: hit.start()]) for hit in ASSIGNED.finditer(gap)
    )


def _is_pace(bond: Bond, others: Sequence[Bond], sentence: Sentence) -> bool:
    """累计造林45万亩,平均每年9万亩: how fast, where the sentence says how much."""

    def is_yearly(each: Bond) -> bool:
        return _is_yearly(sentence, each)

    def year_of(each: Bond) -> int | None:
        mark = governing_mark(sentence, each.quantity.start, each.quantity.end)
        return each.year if mark is None or each.year is not None else mark.year

    same = [each for each in others if each.metric == bond.metric and each is not bond]
    # A pace without a year of its own (年均提高0.2个百分点) leads to the total beside it.
    return is_yearly(bond) and any(
        not is_yearly(each) and year_of(bond) in (None, year_of(each)) for each in same
    )


def _is_part(bond: Bond, others: Sequence[Bond], sentence: Sentence) -> bool:
    """绿化100万亩,其中人工造林30万亩: a part of a total that stands before it."""
    within = sentence.text.find("其中")
    if not WHOLE.fullmatch(scope_of(sentence, bond.start, bond.metric) or "全市"):
        return False  # 其中某县30万亩 is that county's own
    start = bond.quantity.start
    goes_on = ";" not in sentence.text[within:start] and not any(
        within < mark.start < start for mark in sentence.marks
    )
    wholes = (each for each in others if each.quantity.end <= within)
    return 0 <= within < start and goes_on and any(each.metric == bond.metric for each in wholes)


def _from_bond(bond: Bond, sentence: Sentence, setting: Setting) -> FoundTarget | None:
    quantity, metric = bond.quantity, bond.metric
    tense = tense_of(sentence, setting, bond.quantity.start, bond.quantity.end, metric)
    if bond.year is not None:
        tense = replace(tense, year=bond.year, is_past=bond.year < setting.times.present, doubt=0.0)
    if tense.is_past or is_elsewhere(sentence, setting, bond.start, bond.end):
        return None
    if _is_base(sentence, quantity):
        return None
    values = quantity.values_in(metric.unit)
    if values is None:
        return None
    ends = (quantity.low,) if quantity.high is None else (quantity.low, quantity.high)
    clause = quoted_clause(sentence, bond.start, bond.end)
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
        scope=scope_of(sentence, bond.start, metric),
        clause=setting.place.clause,
        quote="",
        start=sentence.base + clause[0],
        end=sentence.base + clause[1],
        confidence=confidence_of(doubt),
        printed=quantity.printed,
        is_implied=quantity.is_implied,
        is_said=bond.bound.is_said,
        is_added=bond.bound.sign in CHANGES or _is_added(sentence, bond),
        period="year" if _is_yearly(sentence, bond) else "whole",
        base_year=_base_year(sentence, quantity) if bond.bound.sign in CHANGES else None,
    )


def _is_yearly(sentence: Sentence, bond: Bond) -> bool:
    """每年修复20公顷: due in every year; said in its clause, behind the figure before."""
    quantity = bond.quantity
    if bond.metric.is_yearly:
        return False
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


def _is_base(sentence: Sentence, quantity: Quantity) -> bool:
    """由2020年的40%提高到: the first figure is what the change begins from."""
    start = quantity.start
    before = sentence.text[max(0, start - 24) : start]
    since = re.search(
        r"(?:由|从|较|(?<!占)比(?![例重])|相比|在)(?:(?:19|20)\d\d年|“?十.五”?|现状|现有|目前|基期|上年)?[^,;。\d%]{0,10}$",
        before,
    )
    if since is None or re.search(
        r"到|至|达|提[高升]|增[加长]|[净新]增|扩大|上升|以上|高出|于", since.group()
    ):
        return False
    comma = ",?" if since.group()[0] in "从由" else ""
    return (
        re.search(
            rf"^{comma}[^,;。]{{0,14}}?(?:提高|增加|提升|扩大|上升|增长|增至|下降|恢复|基础上|升)",
            sentence.text[quantity.end :],
        )
        is not None
        or since.group()[0] in "较比"
    )
