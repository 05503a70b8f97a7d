"""Promises without a figure: handed down from above, a direction, a rule or a system."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.extract.found import FoundTarget, confidence_of
from plans.extract.places import is_elsewhere, scope_of
from plans.extract.sentences import Sentence, quoted_clause
from plans.extract.tense import Setting, tense_of
from plans.extract.vocabulary import Mention
from plans.extract.wording import ASSIGNED, RISING, STABLE, Sign, strives, unexplained


def open_promises(
    sentence: Sentence, setting: Setting, free: Sequence[Mention]
) -> Iterator[FoundTarget]:
    """What a sentence promises of the metrics that no figure of it takes."""
    yield from _assigned(sentence, setting, free)
    yield from _trends(sentence, setting, free)
    yield from _declared(sentence, setting, free)


def _assigned(
    sentence: Sentence, setting: Setting, free: Sequence[Mention]
) -> Iterator[FoundTarget]:
    """森林覆盖率、森林蓄积量完成国家下达指标."""
    done = 0
    for hit in ASSIGNED.finditer(sentence.masked):
        if not hands_down(hit):
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


def hands_down(hit: re.Match[str]) -> bool:
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
    tense = tense_of(sentence, setting, span[1], span[1], mention.metric)
    if tense.is_past or is_elsewhere(sentence, setting, *span):
        return
    if setting.place.looks_back and tense.year is None:
        return
    clause = quoted_clause(sentence, *span)
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
        scope=scope_of(sentence, span[0], mention.metric),
        clause=setting.place.clause,
        quote="",
        start=sentence.base + clause[0],
        end=sentence.base + clause[1],
        confidence=confidence_of(doubt + tense.doubt),
    )
