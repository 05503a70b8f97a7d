"""The place that a promise is about, and whether it is another level's."""

from __future__ import annotations

import re

from plans.extract.sentences import Sentence
from plans.extract.tense import Setting
from plans.extract.vocabulary import Metric

WHOLE = re.compile(r"全国|全省|全市|全县|全区|全州|全域|市域|县域|省域")
_PLACE = re.compile(
    r"(?:全国|全省|全市|全县|全区|全州|全域|市域|县域|省域|中心城区|主城区|建成区|城区|陆域|海域|"
    r"[\u4e00-\u9fff]{2,8}?(?:自治区|自治州|自治县|新区|保护区|国家公园|流域|片区|林场|省|市|县|区|镇|湾|山脉))$"
)
_LISTED_AREA = re.compile(
    r"(?:其中)?(?P<area>[\u4e00-\u9fff]{1,5}?(?:新区|(?<![小社园城市地])区|[市县州旗镇]))"
    r"(?:新?营造|修复|新建|建成|完成|建设|造林)?[^,;。\x02]{0,6}\x02+、"
)
_NATION = re.compile(r"全国|我国|全球|世界|国家(?:要求|提出|明确|规定)|党中央|国务院")
OURS = re.compile(r"全[市省县区州]|我[市省县区]|本[市县区]")
_NO_PLACE = re.compile(
    r"^.*(?:加强对|加强|提高|推进|建设|打造|完成|确保|力争|使|对|到|达到|以及|和|与|指标|其中|重点|实现)"
)


def is_elsewhere(sentence: Sentence, setting: Setting, start: int, end: int) -> bool:
    """国家要求到2025年全国森林覆盖率…: another level's target, in a plan that speaks of its own."""
    left = max(sentence.text.rfind(c, 0, start) for c in ";。") + 1
    words = sentence.text[left:end]
    return setting.is_local and bool(_NATION.search(words)) and not OURS.search(words)


def scope_of(sentence: Sentence, start: int, metric: Metric) -> str | None:
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
    if listed is not None and not WHOLE.fullmatch(listed["area"]):
        return listed["area"]
    whole = list(WHOLE.finditer(sentence.masked[:start]))
    return whole[-1].group() if whole else None
