"""The words around a figure: at least, at most, about, more than before; striving; looking back."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Sign = Literal[">=", "<=", "~", "=", "assigned", "increase", "decrease", "range"]
CHANGES = ("increase", "decrease")

_GROW = "提高|提升|增加|增长|上升|扩大|扩展"
_REACH = f"{_GROW}|恢复|发展|拓展|延伸|增|升|上调|推进"
_DROP = "下降|降低|减少|压减|压缩|降|减|缩减|下调"
_WORDS = {
    "at_least": (
        "不(?:得|会|应)?(?:低于|少于|小于|亚于)|≥|>=?|至少|超过|超出|超|高于|大于|多于|突破|逾|"
        f"(?:{_REACH})(?:至|到)|达(?:到|成|标)?|(?:至|到)$|完成|建成|打造|新建|建设|营造|修复|实现|确保|保有|划定|实施|"
        "种植|治理|保护|管护|落实|建立|创建|培育|形成|拥有|恢复|整治|推进|开展|改造|栽植|认定|命名"
    ),
    "at_most": (
        "不(?:得|会|应)?(?:超过|高于|大于|多于|超)|控制(?:在|到)|限制在|低于|小于|少于|≤|<=?|最多|"
        f"(?:{_DROP})(?:至|到)"
    ),
    "about": (
        "(?:稳定|保持|维持|巩固|持续)(?:在|于)|稳定|保持|维持|(?<![节制公条合])约(?!束|定)|大致|接近|将近|"
        "(?<!附)近(?!期|年|日)"
    ),
    "equal": "为(?!主)|是|=",
    "more": f"(?:新增|净增|增添|再添|{_GROW}|新造|扩绿|增$)(?:了|加)?",
    "less": f"(?:{_DROP})(?:了)?",
}
_BOUNDS = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()))
_SUFFIX = re.compile(
    r"^(?:\([含约][^)]{0,4}\))?(?P<at_least>(?:及|或)?以上|之上)|^(?P<at_most>(?:及|或)?以下|(?:及|或)?以内|之内|之下)"
    r"|^(?P<about>左右|上下)"
)
_AT_LEAST_BY = re.compile("不少于|不低于|超过|至少")
_STRIVE = re.compile(r"力争|争取|努力|奋力|爭取|力求")
_FIRM = re.compile(r"不(?:得)?(?:低于|少于|小于|超过|高于)|确保")


@cache
def _between() -> re.Pattern[str]:
    text = (resources.files("plans.extract") / "between.toml").read_text(encoding="utf-8")
    return re.compile("|".join([*_WORDS.values(), *tomllib.loads(text)["words"]]))


def unexplained(text: str) -> str:
    """What is left of the words between a metric and its figure when those that say nothing go.

    >>> unexplained("持续稳定在"), unexplained("公园数量达到")
    ('', '公园')
    """
    return _between().sub("", text)


FOREIGN = re.compile(
    r"资金|投资|产值|万元|亿元|收入|补助|奖|人次|企业|能耗|能源|汽车|完成率|达标率|成活率|合格率|增长率|占比|比例|比重|占[^地]"
)
PAST_STRONG = re.compile(
    r"(?:(?<![早业])已(?!有的?基础|经?开始)(?:经)?[\u4e00-\u9fff\x01]|近(?:[几两三五十]|十几|些)?年来?(?!度)|\d+[多余]?年来|多年来|"
    r"累计完成了|完成了|实现了|达到了|"
    r"建成了|新增了|增加了|提高了|提升了|修复了|营造了|治理了|超额完成|提前完成|圆满完成|如期完成|顺利完成|同比|上年|去年|先后|"
    r"经过(?:多年|长期)[^,;。]{0,6}努力|截至(?!\x01)目前|截至(?:上年|去年)|(?:一|五|5|十|三)年来|过去(?:的)?(?:一|五|5|三|十)?年|自[^,。;]{0,12}以来|以来)"
)
PAST_WEAK = re.compile(
    r"现有|(?<!不)仅|(?<!不)低于全[国省市]|目前|现状|共有|拥有|分布有|成功|荣获|现在|当前|位居|居全[国省]|基期|基准年|本底|总计有|实有|占全[市县省国]"
)
FUTURE = re.compile(
    r"力争|争取|努力|确保|将(?!近)|计划(?!任务)|规划(?!建设|设计)|目标(?!任务(?![是为:]))|(?:工作)?(?:安排|打算|部署|思路)(?=[:,是为])|重点(?:工作|任务)(?!完成|进展)|预期|预计|有望|拟|到\x01|至\x01|(?<![主需重])要(?!求)"
)
BOUNDING = re.compile(
    r"(?:不(?:得|应|能)?(?:低于|少于|小于|超过|高于|大于|突破)|控制在)(?:全[省市县区国])?[^,;。]{0,6}$"
)
SINCE = re.compile(
    r"(?<!未)(?:[一二两三四五六七八九十几多近]|(?<!\d)\d{1,2})年来|以来|过去[^,;。]{0,4}年"
)
"""Words that open a look back, which goes on through the sentence: 《规划》实施三年来."""
PROPOSED = re.compile(
    r"(?:会议|方案|规划|计划|意见|通知|要点|文件|决定|纲要)》?[^,;。]{0,6}(?:提出|明确|要求)"
)
"""Words that introduce what a meeting or a document wants: 会议提出,2019年完成…"""
REPORTED = re.compile(
    r"(?:超额|提前|圆满|全面|(?<!年)均)[^,;。]{0,4}完成|占[^,;。]{0,12}(?:任务|计划)[^,;。\x02]{0,12}的?\x02|"
    r"(?:完成|为|达)[^,;。]{0,6}(?:计划|任务)[^,;。]{0,4}的?\x02|完成率|(?:较|比)(?:上年|去年)|同比"
)
"""Words behind a figure that tell it was done: 造林5万亩,占任务的120%."""
ASSIGNED = re.compile(
    r"(?:完成|达到|实现|落实|执行|满足|控制在|保持在|依据|按照|按|以|由|不低于|待|符合|超额完成|保质保量完成)?"
    r"(?:国家|省级?|省政府|自治区|市级?|州|上级|中央|区|部|厅|县级?|国|林草局)(?:和省|、省|或省|和国家)?"
    r"(?:级|里|政府|林业局|林草局|林业和草原局|有关部门|主管部门|统一)*(?:的)?"
    r"(?:下达|分解|核定|核准|分配|交办|规定|确定|安排|布置|考核|要求|定)(?:给|到)?(?:我[市省县区]|全[市省县区]|本[市县区])?"
    r"(?:的)?(?:(?P<object>[^,;。]{0,40}?)(?:的)?"
    r"(?P<noun>指标|任务|目标|要求|数|计划|为准|值|执行|标准|规模|面积|数量|数据)|(?<=要求)(?=[,;。)]|$))"
)
ASSIGNED_CELL = re.compile(
    r"(?:国家|省|自治区|市|州|上级).{0,6}(?:下达|分解|核定|分配|规定|确定|考核|要求)"
    r"|待(?:上级)?(?:下达|分解|核定)|下达(?:任务|指标|数|目标|值)"
)
RISING = re.compile(
    r"稳中有[升增]|只增不减|稳步(?:提[高升]|增[长加])|持续(?:提[高升]|增[长加])|不断(?:提[高升]|增[长加])|逐年(?:提[高升]|增[长加])|不减少|不降低|有所(?:提[高升]|增[长加])|明显(?:增加|提[高升])|双增长?|双提升"
)
STABLE = re.compile(r"保持(?:总体|基本)?稳定|(?:总体|基本)(?:保持)?稳定|保持(?:不变|动态平衡)")


@dataclass(frozen=True)
class Bound:
    """How a figure is meant; ``is_said`` when the text has a word for it, close to the figure."""

    sign: Sign
    is_said: bool
    is_decrease: bool = False


def bound(prefix: str, suffix: str, *, is_points: bool = False) -> Bound:
    """How a figure is meant, from the words before it (nearest last) and right behind it.

    >>> bound("稳定在", "左右").sign, bound("稳定在", "以上").sign, bound("控制在", "以内").sign
    ('~', '>=', '<=')
    >>> bound("新增", "").sign, bound("增加到", "").sign, bound("提高", "", is_points=True).sign
    ('increase', '>=', 'increase')
    """
    hits = list(_BOUNDS.finditer(prefix))
    names = [hit.lastgroup for hit in hits]
    if is_points or "more" in names or "less" in names:
        changed = _change(names, prefix, is_points=is_points)
        if changed is not None:
            return changed
    after = _SUFFIX.match(suffix)
    last = names[-1] if names else None
    if after is not None and not (last in ("at_least", "at_most") and _is_firm(hits[-1].group())):
        return Bound(_SIGNS[after.lastgroup or ""], True)
    return Bound(_SIGNS[last], True) if last is not None else Bound("=", False)


_SIGNS: dict[str, Sign] = {"at_least": ">=", "at_most": "<=", "about": "~", "equal": "="}


def _is_firm(word: str) -> bool:
    return word.startswith("不") or word in ("≥", ">", ">=", "≤", "<", "<=", "至少")


def _change(names: list[str | None], prefix: str, *, is_points: bool) -> Bound | None:
    """An increment, unless a word for the total follows it (提高森林覆盖率,达到)."""
    last_change = max((i for i, name in enumerate(names) if name in ("more", "less")), default=-1)
    reaches = "at_least" in names[last_change + 1 :]
    is_new = re.search("新增|净增", prefix) is not None
    if reaches and not is_points and not is_new and not _AT_LEAST_BY.search(prefix):
        return None
    if last_change >= 0 and names[last_change] == "less":
        return Bound("<=", True, is_decrease=True)
    return Bound("increase", True)


def strives(before: str, prefix: str) -> bool:
    """Whether a figure is only striven for: 力争 before it, and no firm word of its own.

    >>> strives("力争", "绿道达到"), strives("力争绿道达到10公里,", "不低于")
    (True, False)
    """
    part = before.rpartition(";")[2]
    hits = list(_STRIVE.finditer(part + prefix))
    return bool(hits) and not _FIRM.search(
        (part + prefix)[hits[-1].end() :][-len(prefix) or None :]
    )
