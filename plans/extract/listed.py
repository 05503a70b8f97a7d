"""Figures in lists with 分别: A和B分别达到x和y; 2025年和2030年分别达到x和y."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.extract.bonds import Bond, residue
from plans.extract.sentences import Sentence
from plans.extract.vocabulary import Mention
from plans.extract.wording import Bound, bound, unexplained

_POINTING = re.compile(
    r"(?:上述|前述|以上|这)?(?:两|二|三|四|五|六|各|[2-6])?(?:项|个|类)?指标|[两二三]者|上述|前述"
)


def paired(sentence: Sentence, before: Sequence[Mention]) -> dict[int, list[Bond]]:
    """A和B分别达到x和y; 2025年和2030年分别达到x和y. An empty list is a figure of something else."""
    found: dict[int, list[Bond]] = {}
    place = 0
    while (place := sentence.text.find("分别", place)) >= 0:
        values = _listed(sentence, place + 2)
        if len(values) > 1:
            found |= _pairs_at(sentence, place, values, before)
        place += 2
    return found


def _pairs_at(
    sentence: Sentence, place: int, values: Sequence[int], before: Sequence[Mention]
) -> dict[int, list[Bond]]:
    named, is_borrowed = _subjects(sentence, place, len(values), before)
    marks = [m for m in sentence.marks if m.end <= place and m.role != "base"]
    several = next((m.years for m in reversed(marks) if len(m.years) > 1), ())
    found: dict[int, list[Bond]] = {}
    for order, number in enumerate(values):
        mention, year = _pair(order, len(values), named, several)
        quantity = sentence.quantities[number]
        found[id(quantity)] = []
        if mention is None or quantity.values_in(mention.metric.unit) is None:
            continue
        meant = _meant_in_list(sentence, place, values, order)
        if not meant.is_decrease:
            start, doubt = (place, 0.15) if is_borrowed else (mention.start, 0.0)
            made = Bond(mention.metric, quantity, meant, start, quantity.end, doubt, year)
            found[id(quantity)].append(made)
    return found


def _subjects(
    sentence: Sentence, place: int, count: int, before: Sequence[Mention]
) -> tuple[list[Mention | None], bool]:
    """What is listed before 分别; when nothing is, the metrics spoken of last."""
    start = sentence.text.rfind(";", 0, place) + 1
    earlier = [q.end for q in sentence.quantities if start < q.end <= place]
    since = max(earlier, default=start)
    named = _named(sentence, since, place)
    if named and not (_POINTING.search(sentence.masked[since:place]) and not any(named)):
        return named, False
    spoken = [m for m in sentence.mentions if m.end <= place] or list(before)
    # With fewer metrics than figures the figures can only be those of listed years.
    return (list(spoken[-count:] if len(spoken) >= count else spoken[-1:]), True)


def _meant_in_list(sentence: Sentence, place: int, values: Sequence[int], order: int) -> Bound:
    quantity = sentence.quantities[values[order]]
    prefix = sentence.masked[place + 2 : sentence.quantities[values[0]].start]
    if order:
        prefix += sentence.masked[sentence.left_of(values[order]) : quantity.start]
    found = bound(prefix, _list_suffix(sentence, values, order))
    if quantity.high is not None:
        return Bound("range", True)
    return found if found.is_said else Bound(">=", False)


def _list_suffix(sentence: Sentence, values: Sequence[int], order: int) -> str:
    """What stands right behind a figure of a list; 以上 behind the last one is said of all."""
    ends = (sentence.quantities[values[each]].end for each in (order, len(values) - 1))
    own, last = (sentence.masked[end : end + 8] for end in ends)
    return last if re.match("以[上下内]|左右", last) and not re.match("以|左右", own) else own


def _listed(sentence: Sentence, start: int) -> list[int]:
    """Numbers of the figures that follow as a list."""
    found: list[int] = []
    place = start
    for number, quantity in enumerate(sentence.quantities):
        if quantity.start < start:
            continue
        between = sentence.masked[place : quantity.start]
        if found and "分别" in between:
            break
        if (
            ";" in between
            or residue(between) > 0
            or (found and not re.search("[、和与及,]", between))
        ):
            break
        found.append(number)
        place = quantity.end
    return found


def _named(sentence: Sentence, start: int, end: int) -> list[Mention | None]:
    """The listed subjects before 分别, None for one that is no metric of ours."""
    found: list[Mention | None] = []
    place = start
    for part in re.split(r"([、,和与及])", sentence.masked[start:end]):
        inside = [m for m in sentence.mentions if m.start >= place and m.end <= place + len(part)]
        words = unexplained(re.sub(r"\([^)]*\)", "", part))
        if inside:
            found.append(inside[-1])
        elif len(words) > 1:
            found.append(None)
        place += len(part)
    return found


def _pair(
    order: int, count: int, named: list[Mention | None], years: tuple[int, ...]
) -> tuple[Mention | None, int | None]:
    """Metric and year of the ``order``-th figure of a list; the year only when years are listed."""
    if years and len(named) * len(years) == count and len(named) > 1:
        return named[order % len(named)], years[order // len(named)]
    if len(named) >= count and not (years and len(years) == count and len(set(named)) == 1):
        return named[len(named) - count + order], None
    if len(years) == count and named:
        return named[-1], years[order]
    return None, None
