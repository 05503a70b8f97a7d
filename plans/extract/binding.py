"""Which metric a figure of a sentence belongs to, and how it is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plans.extract.bonds import Bond, residue
from plans.extract.figures import Quantity, per_mu
from plans.extract.listed import paired
from plans.extract.sentences import BOUNDARY, Sentence
from plans.extract.vocabulary import Mention, Metric, damaged_mentions, mentions
from plans.extract.wording import ASSIGNED, FOREIGN, Bound, bound, unexplained

_DOING = re.compile(
    r"(?:完成|新?营造|再?造林|新造|新种|新植|补植|种植|栽植|造红|修复|恢复|治理|改造|整治|改良|建设|抚育[中幼森新]|退[耕养田渔牧]|"
    r"新建|新增|综合治理|综合整治|生态修复|义务植树|植树$)"
)
_NAME = re.compile(r"^[^,;。、]{0,14}?(?:行动|计划|活动|专项|战役|攻坚战)")
_JOIN = re.compile(r"[、和与及并]|以及|\([^)]*\)")
_WORKS_VERB = re.compile(
    r"(?:修复|恢复|治理|改造|整治|抚育|改良|提质)(?:和|与|、)?(?:退化|受损|破损|低效|现有)?$"
)
_ASKED = re.compile(r"(?:完成|建成|新建|打造|创建|力争|争取)(?!质量|情况)")
_VERB = re.compile(r"营造|新造|种植|修复|恢复|治理|抚育|改造|改良")
_VERBS = re.compile(rf"(?:{_VERB.pattern})(?:[和与、]?(?:{_VERB.pattern}))?")
_NOUN = re.compile(
    r"红树林|湿地|草原|草地|退化林|低效林|森林|中幼林|岸线|矿山|水土流失|沙化土地|石漠化土地|栖息地"
)
_AREA = re.compile(
    r"、?(?:其中)?,?[\u4e00-\u9fff]{2,7}?(?:自治[州县旗]|新区|林场|(?<![小社片灌园])区|[市县州旗镇乡])(?![域内外])"
)
_MOST_BETWEEN = 8
_NAMED = "\x04"
"""Stands for the metric's own words."""


def bonds(sentence: Sentence, before: Sequence[Mention] = ()) -> list[Bond]:
    """Every figure that a metric explains; ``before`` are the metrics of the sentence before."""
    found = paired(sentence, before)
    spoken: dict[str, Bound] = {}
    last: Metric | None = before[-1].metric if before else None
    for number, quantity in enumerate(sentence.quantities):
        if id(quantity) in found:
            last = found[id(quantity)][-1].metric if found[id(quantity)] else None
            continue
        made = _bind(sentence, number, last, spoken)
        last = made[0].metric if made else _next_topic(sentence, number, last)
        if made:
            found[id(quantity)] = made
    return [each for quantity in sentence.quantities for each in found.get(id(quantity), ())]


def _next_topic(sentence: Sentence, number: int, last: Metric | None) -> Metric | None:
    """A figure of something else ends the topic; a figure that looks like a year's does not."""
    left, start = sentence.left_of(number), sentence.quantities[number].start
    named = [m for m in sentence.mentions if left <= m.start and m.end <= start and not m.is_bare]
    if named and residue(sentence.masked[named[-1].end : start]) <= 1:
        return named[-1].metric  # 森林覆盖率年均提高0.2个百分点: a pace of that metric
    return last if len(unexplained(sentence.masked[left:start])) <= 1 else None


def _bind(
    sentence: Sentence, number: int, last: Metric | None, spoken: dict[str, Bound]
) -> list[Bond]:
    quantity = sentence.quantities[number]
    if _is_qualifier(sentence, number):
        return []
    for way in (_straddling, _on_the_left, _on_the_right, _verb_alone, _noun_alone, _damaged):
        found = [
            (mention, doubt, start)
            for mention, doubt, start in way(sentence, number)
            if _may_be(mention.metric, quantity, sentence, number)
        ]
        if found:
            found = [_of_listed_works(sentence, number, *each) for each in found]
            made = [_bond(sentence, number, *each, spoken) for each in found]
            return [each for each in made if not each.bound.is_decrease]
    return _understood(sentence, number, last, spoken)


def _of_listed_works(
    sentence: Sentence, number: int, mention: Mention, doubt: float, start: int
) -> tuple[Mention, float, int]:
    """修复海岸线85公里、滨海湿地2300公顷: the verb of a list reaches over its bare nouns."""
    before = re.search(r"、[\u4e00-\u9fff]{0,4}$", sentence.masked[: mention.start])
    if not (mention.is_bare and number and before):
        return mention, doubt, start
    left = sentence.clause_of(mention.start, mention.start)[0]
    verbs = _VERB.findall(sentence.masked[left : sentence.quantities[number - 1].start])
    name = sentence.masked[mention.start : mention.end]
    named = [each for verb in verbs for each in mentions(verb + name) if not each.is_bare]
    works = [each.metric for each in named if each.metric.kind == "works"]
    return (replace(mention, metric=works[-1]) if works else mention), doubt, start


def _bond(
    sentence: Sentence,
    number: int,
    mention: Mention,
    doubt: float,
    start: int,
    spoken: dict[str, Bound],
) -> Bond:
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    window = list(sentence.masked[left : quantity.start])
    if mention.start < quantity.start:
        for place in range(max(0, mention.start - left), min(len(window), mention.end - left)):
            window[place] = _NAMED
    prefix = "".join(window)
    words = sentence.text[mention.start : mention.end]
    if mention.is_bare and mention.metric.kind == "works":
        words = "修复" + words  # the verb of the list
    found = _meant(sentence, number, prefix, mention.metric, words, spoken)
    spoken[mention.metric.kind] = found
    end = max(quantity.end, mention.end if mention.end <= len(sentence.text) else quantity.end)
    words += sentence.text[max(0, quantity.start - 4) : quantity.start]
    quantity = per_mu(quantity, mention.metric.unit, words)
    return Bond(mention.metric, quantity, found, start, end, doubt)


def _meant(
    sentence: Sentence,
    number: int,
    prefix: str,
    metric: Metric,
    words: str,
    spoken: dict[str, Bound],
) -> Bound:
    quantity = sentence.quantities[number]
    suffix = sentence.masked[quantity.end : quantity.end + 8]
    found = bound(prefix, suffix, is_points=quantity.is_points)
    is_far = len(unexplained(prefix.rpartition(_NAMED)[2])) > _MOST_BETWEEN
    if quantity.high is not None and found.sign not in ("increase",):
        return Bound("range", True)
    if found.is_said and not (is_far and found.sign == ">="):
        return found
    carried = spoken.get(metric.kind)
    if carried is not None and carried.is_said and carried.sign in (">=", "increase"):
        joined = sentence.text[sentence.quantities[number - 1].end : quantity.start]
        if not re.search("[;。]", joined):
            goes_on = carried.sign == ">=" or "," not in joined or _grows(prefix)
            return carried if goes_on else replace(carried, sign=">=")
    if not is_far and metric.kind != "rule" and _ASKED.search(_part(sentence, quantity.start)):
        return Bound(">=", True)
    if _DOING.match(words) or (metric.kind == "target" and not is_far and metric.unit != "count"):
        return Bound(">=", False) if not _is_attribute(sentence, number) else Bound("=", False)
    return Bound("=", False)


def _part(sentence: Sentence, end: int) -> str:
    """The words of a sentence from the last semicolon on."""
    return sentence.masked[:end].rpartition(";")[2]


def _grows(prefix: str) -> bool:
    return re.search(r"新增|净增|增加|增长|提[高升]|扩大", prefix) is not None


def _is_attribute(sentence: Sentence, number: int) -> bool:
    """加强对全市19.06万公顷公益林的保护: the figure describes a noun and no verb asks for it."""
    right = sentence.masked[sentence.quantities[number].end : sentence.right_of(number)]
    left = sentence.masked[sentence.left_of(number) : sentence.quantities[number].start]
    has_metric_left = bool(mentions(left))
    return not has_metric_left and bool(mentions(right)) and not re.search(_DOING, left[-6:])


def _may_be(metric: Metric, quantity: Quantity, sentence: Sentence, number: int) -> bool:
    """Whether the figure can be that metric's, by unit, size and company."""
    if metric.kind == "system" or (metric.units and not quantity.unit.endswith(metric.units)):
        return False
    values = quantity.values_in(metric.unit)
    if values is None:
        return False
    if (metric.unit == "%" and max(values) > 100) or max(values) < metric.least:
        return False
    left, right = sentence.clause_of(quantity.start, quantity.end)
    clause = sentence.masked[left:right]
    if metric.not_with and re.search(metric.not_with, clause):
        return False
    near = sentence.masked[quantity.end : sentence.right_of(number)]
    if _NAME.match(near) and metric.unit != "%":
        return False
    implied_ok = re.search("示范", metric.zh) and re.search("打造|建设|建成|创建|建立", clause)
    return bool(implied_ok) if quantity.is_implied else True


def _is_qualifier(sentence: Sentence, number: int) -> bool:
    """面积500亩以上的湿地 and 每100公里: sizes of single things, no targets."""
    quantity = sentence.quantities[number]
    after = sentence.masked[quantity.end : quantity.end + 6]
    before = sentence.masked[max(0, quantity.start - 6) : quantity.start]
    if re.match(
        r"(?:及)?以[上下内]的?[^,;。\x02]{0,2}(?:湿地|林地|公园|公益|图斑|小班|地块|连片|项目|区域)",
        after,
    ):
        return not re.search(r"保持|稳定|保有|完成", before)
    whole = sentence.masked[quantity.end : quantity.end + 20]
    if re.match(r"[^,;。\x02]{0,12}的(?:一半|大部分|多数|[一二三四]分之|\x02)", whole):
        return True  # 53万平方公里沙化土地的一半以上
    if re.search(r"(?:^|[,;。、:])在$", before):
        return True  # 在55座公园中
    clause = sentence.clause_of(quantity.start, quantity.start)[0]
    if re.search(
        r"每(?:个|座)(?:城市|县|区|乡镇|镇|村|社区)", sentence.masked[clause : quantity.start]
    ):
        return True
    return re.search(r"(?:每|单株|胸径|连片|单块|每年每|半径|宽|(?<!提)高)$", before) is not None


def _straddling(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """完成营造和修复200公顷红树林: the metric's words stand on both sides of the figure."""
    quantity = sentence.quantities[number]
    left, right = sentence.left_of(number), sentence.right_of(number)
    before = sentence.masked[left : quantity.start]
    after = sentence.masked[quantity.end : right]
    if not before or not after or re.match("[、和与及并或/]", after):
        return
    text, cut = before + after, len(before)
    shift = quantity.end - quantity.start
    around = [each for each in mentions(text) if each.start < cut < each.end and not each.is_bare]
    for each in around:
        yield (
            replace(each, start=each.start + left, end=each.end + left + shift),
            0.05,
            each.start + left,
        )


def _on_the_left(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """森林覆盖率达到42%; also A和B均达到, which gives both."""
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    near = [m for m in sentence.mentions if m.start >= left and m.end <= quantity.start]
    near = [m for m in near if not _is_inserted(sentence, m, quantity.start, near)]
    until, together, doubt = quantity.start, False, 0.0
    for each in reversed(near):
        between = sentence.masked[each.end : until]
        if together:
            if not _JOIN.fullmatch(between):
                return
        else:
            found = _doubt_of(each, between)
            if found is None or _is_reworked(each, sentence) or _is_of_a_share(each, sentence):
                return
            doubt = found
        yield each, doubt, each.start
        until, together = each.start, True


def _is_inserted(sentence: Sentence, mention: Mention, end: int, near: list[Mention]) -> bool:
    """造林(含封山育林)12万亩: named in brackets behind the metric that the figure is of."""
    closes = sentence.masked.find(")", mention.end, end)
    opens = sentence.masked.rfind("(", 0, mention.start)
    return opens >= 0 and closes >= 0 and any(each.end == opens for each in near)


def _doubt_of(mention: Mention, between: str) -> float | None:
    """How far the words between metric and figure part them; None when they do."""
    rest = re.sub(r"\([^)]*\)", "", between)
    apart = residue(between)
    if FOREIGN.search(rest) or apart > _MOST_BETWEEN or (mention.is_bare and apart > 0):
        return None
    if mention.is_bare:
        return 0.2
    return 0.0 if apart <= 1 else 0.05 + 0.03 * apart


def _is_of_a_share(mention: Mention, sentence: Sentence) -> bool:
    """全市70%的乡镇森林覆盖率: a rate of some places only, not of the whole."""
    return (
        re.search(r"\x02(?:以上)?的[^,;。\x02]{1,8}$", sentence.masked[: mention.start]) is not None
    )


def _is_reworked(mention: Mention, sentence: Sentence) -> bool:
    """修复森林面积: an area of works that the vocabulary does not name, not what stands."""
    before = sentence.masked[max(0, mention.start - 6) : mention.start]
    is_area = mention.metric.kind == "target" and mention.metric.unit == "ha"
    return is_area and _WORKS_VERB.search(before) is not None


def _on_the_right(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """19.06万公顷公益林: the metric stands behind the figure, apart by modifiers only."""
    quantity = sentence.quantities[number]
    right = sentence.right_of(number)
    near = [m for m in sentence.mentions if m.start >= quantity.end and m.end <= right]
    if not near:
        return
    first = near[0]
    between = sentence.masked[quantity.end : first.start]
    stripped = re.sub(r"^(?:\([^)]*\))?(?:以上|左右|以内|多)?(?:的)?", "", between)
    is_plain = len(stripped) <= 10 and not re.search(f"[{BOUNDARY}、和与及并或\x02]", stripped)
    if not is_plain and not _is_described(sentence, number, first, stripped):
        return
    if first.metric.unit == "%" and (stripped or not between.endswith(("的", "以上"))):
        return
    if _belongs_to_the_next(sentence, number, first) or _works_verb_before(sentence, number, first):
        return
    yield (
        first,
        0.05 + 0.01 * len(stripped) + (0.1 if first.is_bare else 0.0),
        sentence.left_of(number),
    )


def _is_described(sentence: Sentence, number: int, mention: Mention, between: str) -> bool:
    """形成100公里功能兼备、全线贯通的绿道: a long description that ends in 的 and then the noun."""
    ends = re.match(r"$|[,;。]", sentence.masked[mention.end :]) is not None
    before = sentence.masked[sentence.left_of(number) : sentence.quantities[number].start]
    asks = re.search(r"(?:形成|建成|建设|打造|新建|完成|构建|达到?)$", before) is not None
    describes = re.fullmatch(r"[^,;:。\x02]{2,24}的[\u4e00-\u9fff]{0,3}", between) is not None
    return ends and asks and describes and not mention.is_bare


def _works_verb_before(sentence: Sentence, number: int, mention: Mention) -> bool:
    """改造10万亩林地: works on something that stands."""
    left = sentence.masked[sentence.left_of(number) : sentence.quantities[number].start]
    is_area = mention.metric.kind == "target" and mention.metric.unit == "ha"
    return (
        is_area
        and re.search(r"(?:修复|恢复|治理|改造|整治|抚育|改良|提质|流转|种植)[^,]{0,4}$", left)
        is not None
    )


def _belongs_to_the_next(sentence: Sentence, number: int, mention: Mention) -> bool:
    """高标准农田10万亩森林抚育20万亩: the metric is that of the figure behind it."""
    if number + 1 >= len(sentence.quantities):
        return False
    following = sentence.quantities[number + 1]
    between = sentence.masked[mention.end : following.start]
    is_near = (
        "," not in between and ";" not in between and residue(between) == 0 and "、" not in between
    )
    own = sentence.masked[sentence.left_of(number) : sentence.quantities[number].start]
    return is_near and following.values_in(mention.metric.unit) is not None and residue(own) >= 2


def _verb_alone(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """营造红树林500公顷,修复300公顷: the verb goes on with the noun that stood before."""
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    left += _area_end(sentence.masked[left : quantity.start])
    words = sentence.masked[left : quantity.start]
    verb = _VERBS.search(words)
    nouns = list(_NOUN.finditer(sentence.masked[:left]))
    if verb is None or not nouns or residue(words[: verb.start()] + words[verb.end() :]) > 1:
        return
    for each in mentions(verb.group() + nouns[-1].group()):
        if each.metric.kind == "works":
            start = left + verb.start()
            yield replace(each, start=start, end=start + len(verb.group())), 0.15, start


def _noun_alone(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """修复海草床120公顷、盐沼350公顷: the noun goes on with the verb that stood before."""
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    noun = sentence.masked[left : quantity.start]
    is_listed = number and sentence.masked[left - 1 : left] in ("、", "和", "及")
    if not is_listed or re.fullmatch(r"[\u4e00-\u9fff]{2,8}", noun) is None:
        return
    clause = sentence.clause_of(left, left)[0]
    for verb in _VERB.findall(sentence.masked[clause : sentence.quantities[number - 1].start]):
        for each in mentions(verb + noun):
            if each.metric.kind == "works" and each.end - each.start == len(verb + noun):
                yield replace(each, start=left, end=quantity.start, is_bare=True), 0.1, left
                return


def _damaged(sentence: Sentence, number: int) -> Iterator[tuple[Mention, float, int]]:
    """森林覆率达到42%: a name with one character lost, where no whole name stands."""
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    text = sentence.masked[left : quantity.start]
    for each in damaged_mentions(text):
        moved = replace(each, start=each.start + left, end=each.end + left)
        whole = (m for m in sentence.mentions if not m.is_bare)
        is_whole = any(m.start < moved.end and moved.start < m.end for m in whole)
        if not is_whole and residue(text[each.end :]) <= 1:
            yield moved, 0.25, moved.start
            return


def _understood(
    sentence: Sentence, number: int, last: Metric | None, spoken: dict[str, Bound]
) -> list[Bond]:
    """到2030年达到43%: the metric is that spoken of before, when nothing else is named between."""
    quantity = sentence.quantities[number]
    left = sentence.left_of(number)
    words = sentence.masked[left : quantity.start]
    after = sentence.masked[quantity.end : sentence.right_of(number)]
    start = sentence.quantities[number - 1].end if number else 0
    near = [m for m in sentence.mentions if m.end <= left and not _is_of_a_share(m, sentence)]
    alone = [m for m in near if start <= m.start and not m.is_bare]
    alone += [m for m in near if m.is_bare and m.end + 2 >= left]
    metric = alone[-1].metric if alone else last
    place = left + (0 if alone else _area_end(words))
    words = sentence.masked[place : quantity.start]
    between = sentence.masked[alone[-1].end if alone else max(start, place) : quantity.start]
    between = ASSIGNED.sub("", between)  # 完成下达任务,其中2025年不低于35%
    if metric is None or residue(between) > 2 or residue(words) > 1 or residue(after) > 3:
        return []
    metric = _work_of(words, metric)
    if re.search("年均|每年", words) or not _may_be(metric, quantity, sentence, number):
        return []
    found = _meant(sentence, number, words, metric, "", spoken)
    if found.is_decrease:
        return []
    begin = alone[-1].start if alone else place
    named = [m for m in near if m.metric == metric]
    name = sentence.text[named[-1].start : named[-1].end] if named else ""
    quantity = per_mu(quantity, metric.unit, name)
    return [Bond(metric, quantity, found, begin, quantity.end, 0.05 if alone else 0.1)]


def _area_end(words: str) -> int:
    """Where the name of an area ends that words begin with, 0 without one."""
    area = _AREA.match(words)
    return area.end() if area and not _NOUN.search(area.group()) else 0


def _work_of(words: str, metric: Metric) -> Metric:
    """营造红树林5公顷。某区修复3公顷: a verb of its own makes other works of the same noun."""
    verb, noun = _VERB.search(words), _NOUN.search(metric.zh)
    if verb is None or noun is None or metric.kind != "works":
        return metric
    named = (each.metric for each in mentions(verb.group() + noun.group()))
    return next((each for each in named if each.kind == "works"), metric)
