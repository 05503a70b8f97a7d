"""Which year governs a figure, and whether it is promised or told as done."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plans.extract.outline import OutlinePlace
from plans.extract.sentences import Sentence
from plans.extract.vocabulary import Mention, Metric
from plans.extract.wording import (
    BOUNDING,
    FUTURE,
    PAST_STRONG,
    PAST_WEAK,
    PROPOSED,
    REPORTED,
    SINCE,
)
from plans.extract.years import Times, YearMark

_ALL_DONE = r"(?:底|前|末)*(?:全部|全面|基本)?(?:完成|建成|实现|完工)(?:[,;]|$)"


@dataclass(frozen=True)
class Tense:
    """The year that governs, whether it looks back, and how far away it was said (0 to 1)."""

    year: int | None
    is_past: bool
    doubt: float


@dataclass(frozen=True)
class Setting:
    """What is known before a sentence is read.

    ``said_goal`` is the only goal year of the document, once it was said, ``said_now`` the year it
    was written in, once it spoke of that year's tasks; ``is_ahead`` behind a sentence of the same
    paragraph that speaks of what will be, ``is_back`` behind one that looks back (五年来).
    """

    place: OutlinePlace
    times: Times
    carried: YearMark | None
    nearby: int | None
    is_local: bool
    topics: tuple[Mention, ...] = ()
    said_goal: int | None = None
    said_now: int | None = None
    is_ahead: bool = False
    is_back: bool = False


def tense_of(sentence: Sentence, setting: Setting, start: int, end: int, metric: Metric) -> Tense:
    """Which year governs a figure, and whether it is told as a fact of the past."""
    mark = governing_mark(sentence, start, end)
    if mark is not None:
        is_past = mark.role == "past" or _is_told(sentence, setting, mark, start)
        return Tense(mark.year, is_past, 0.0 if mark.years else 0.2)
    if _past_words(sentence, start, None):
        return Tense(None, True, 0.0)
    promises = _promises(sentence, start) or setting.is_ahead
    carried = setting.carried
    if carried is not None and carried.role == "past" and promises:
        carried = None
    if carried is not None and carried.role != "base":
        is_past = carried.role == "past" or _is_reported(setting)
        return Tense(carried.year, is_past, 0.08)
    if setting.place.looks_back:
        return Tense(None, True, 0.0)
    if metric.takes_year_nearby and setting.nearby is not None:
        return Tense(setting.nearby, False, 0.2)
    is_past = not (promises or _orders(setting, metric) or _is_bounded(sentence, start))
    fallback = setting.times.plan_end or setting.said_goal
    if fallback is not None:
        return Tense(fallback, is_past, 0.25)
    return Tense(setting.said_now if promises else None, is_past, 0.2)


def _orders(setting: Setting, metric: Metric) -> bool:
    """Whether a figure of the metric is a promise in this text without any word for the future."""
    manner = setting.times.manner
    is_work = manner == "dated" and metric.kind != "target"
    return manner == "plan" or setting.place.looks_ahead or is_work


def _promises(sentence: Sentence, start: int) -> bool:
    """Whether words for the future stand before a figure, in its sentence."""
    return FUTURE.search(sentence.masked[:start]) is not None


def _is_bounded(sentence: Sentence, start: int) -> bool:
    """不低于, 不少于, 控制在: words that set a bound right before a figure, and tell no fact."""
    left = sentence.clause_of(start, start)[0]
    return BOUNDING.search(sentence.masked[left:start]) is not None


def _is_reported(setting: Setting) -> bool:
    """2023年任务完成情况:…。乔木林…68立方米: the sentence before told of a year that is over."""
    mark, times = setting.carried, setting.times
    is_bare = mark is not None and mark.role == "bare" and times.plan_end is None
    return is_bare and mark is not None and (mark.year or 0) < _told_before(times)


def _told_before(times: Times) -> int:
    """The first year of which a bare mention (2023年森林覆盖率为41%) is no report."""
    return 2025 if times.written is None else times.written


def _latest_told(times: Times) -> int:
    """The last year that news can tell of: that of writing, else before its earliest goal."""
    unknown = _told_before(times) - 1 if times.present >= 2021 else times.present
    return unknown if times.written is None else times.written


def governing_mark(sentence: Sentence, start: int, end: int) -> YearMark | None:
    """The year in brackets right behind a figure, else the last one before it, else one behind."""
    marks = [m for m in sentence.marks if m.role != "base"]
    behind = [m for m in marks if m.start >= end]
    own = behind and re.fullmatch(
        r"[^,;。]{0,3}\([^,;。]{0,3}", sentence.text[end : behind[0].start]
    )
    if own and (is_aside(sentence, behind[0]) or behind[0].role == "goal"):
        return behind[0]
    before = [m for m in marks if m.end <= start and not is_aside(sentence, m)]
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
    opens = SINCE.search(sentence.masked[: mark.start]) is not None
    if opens and not FUTURE.search(sentence.masked[mark.end : start]):
        return True
    if setting.is_back and not _promises(sentence, start):
        return True
    if PROPOSED.search(sentence.masked[: mark.start]):
        return False
    between = sentence.text[mark.end : start]
    says_goal = FUTURE.search(between) or "不低于" in between or "达到" in between
    if setting.times.manner != "plan":
        return (mark.year or 0) <= _latest_told(setting.times) and not FUTURE.search(between)
    return (mark.year or 0) < _told_before(setting.times) and not says_goal


def _past_words(sentence: Sentence, start: int, mark: YearMark | None) -> bool:
    """Words of the past before a figure; behind a goal year only strong ones count."""
    reports = r"[^,;。]{1,12},?(?:(?:比|较)(?:上年|去年)|(?:位?居|排名?|列)全[国省市]第)"
    if re.match(reports, sentence.text[start:]):
        return True
    if _is_reported_by(sentence, start):
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


def _is_reported_by(sentence: Sentence, start: int) -> bool:
    """造林5万亩,占任务的120%: what stands behind a figure tells that it was done.

    Without any word for the future it is so of the whole sentence, else of its own part.
    """
    words = sentence.masked.replace("目标", "\x04\x04")
    if not FUTURE.search(words):
        return REPORTED.search(words) is not None
    part = words[start:].partition(";")[0]
    return not FUTURE.search(words[:start]) and REPORTED.search(part) is not None


def is_aside(sentence: Sentence, mark: YearMark) -> bool:
    """42%(2025年),湿地…: the year of the figure before it, not of what follows."""
    left, right = sentence.masked[: mark.start], sentence.masked[mark.end :]
    return (
        re.search(r"\x02[^,;。()]{0,3}\([^;。()]{0,8}$", left) is not None
        and re.match(r"[^,;。()\x02]{0,8}\)", right) is not None
    )
