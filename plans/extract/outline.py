"""Headings of a plan: the clause a paragraph stands in, and whether that part looks back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (0, re.compile(r"第[一二三四五六七八九十百\d]+[章篇部](?:分)?")),
    (1, re.compile(r"第[一二三四五六七八九十百\d]+节")),
    (2, re.compile(r"(?P<n>[一二三四五六七八九十]{1,3})[、.]")),
    (3, re.compile(r"(?P<n>\([一二三四五六七八九十]{1,3}\))")),
    (4, re.compile(r"(?P<n>\d{1,2})(?:[.、](?!\d)|(?=\.\d{1,2}[^\d%]))")),
    (5, re.compile(r"(?P<n>\(\d{1,2}\))")),
    (4, re.compile(r"(?P<n>专栏[\d一二三四五六七八九十]*)")),
)
_ITEM = re.compile(r"——|[-•●·■◆▪★※]|[①-⑳]")
_BACK = re.compile(
    r"现状|十三五|(?:发展|工作|规划|资源|现实|编制|良好|坚实)基础|成效|回顾|面临(?:的)?|形势|背景|主要(?:进展|成绩|成就)|进展情况|成就|概况|"
    r"基本(?:情况|市情|省情)|(?:完成|执行|实施|落实)情况|评估|存在(?:的)?(?:主要)?问题|困难|挑战"
)
_TOLD = re.compile(r"(?:完成|执行|落实|进展|达标)情况|(?:工作|年度)?总结|回顾|评估(?!指标)")
"""Headings that look back whatever else they name: 目标任务完成情况."""
_AHEAD = re.compile(r"目标|任务|指标体系|规划指标|措施|行动|专栏")


@dataclass(frozen=True)
class OutlinePlace:
    """Where a paragraph stands: its clause such as 三(七)20, and the path of headings above it.

    ``looks_back`` under headings such as 发展现状, ``looks_ahead`` under those of tasks and goals
    and in the boxes of a plan (专栏); ``heading`` is the text of the nearest heading.
    """

    clause: str
    path: tuple[str, ...]
    heading: str
    looks_back: bool
    looks_ahead: bool = False


@dataclass(frozen=True)
class _Heading:
    level: int
    label: str
    title: str


def outline(paragraphs: Sequence[str]) -> list[OutlinePlace]:
    """The place of every paragraph.

    >>> [place.clause for place in outline(["一、目标", "(一)总体。到2025年", "——森林"])]
    ['一', '一(一)', '一(一)']
    """
    stack: list[_Heading] = []
    places = []
    for text in paragraphs:
        for each in _headings(text):
            stack = [other for other in stack if other.level < each.level]
            stack.append(each)
        places.append(_place(stack))
    return places


def _headings(text: str) -> list[_Heading]:
    """The headings a paragraph opens with: usually one, two in “三、任务(一)转型”."""
    found: list[_Heading] = []
    place = 0
    while True:
        hit = next(
            ((level, m) for level, pattern in _LEVELS if (m := pattern.match(text, place))), None
        )
        if hit is None:
            return found
        level, match = hit
        title = re.split(r"[。;,:]", text[match.end() : match.end() + 60])[0]
        label = match.groupdict().get("n") or match.group()
        found.append(_Heading(level, label, title))
        inner = re.search(r"\([一二三四五六七八九十]{1,3}\)", title)
        if level > 2 or inner is None or level >= 3:
            return found
        found[-1] = _Heading(level, label, title[: inner.start()])
        place = match.end() + inner.start()


def _place(stack: list[_Heading]) -> OutlinePlace:
    looks_back = any(_is_back(each.title) for each in stack)
    is_ahead = any(_AHEAD.search(each.label + each.title) for each in stack)
    return OutlinePlace(
        clause="".join(each.label for each in stack),
        path=tuple(each.label for each in stack),
        heading=stack[-1].title if stack else "",
        looks_back=looks_back,
        looks_ahead=is_ahead and not looks_back,
    )


def _is_back(title: str) -> bool:
    is_about_now = _BACK.search(title) is not None and _AHEAD.search(title) is None
    return is_about_now or _TOLD.search(title) is not None


def is_item(text: str) -> bool:
    """Whether a paragraph is an item that goes on from the line above the list."""
    opened = _ITEM.match(text) or re.match(
        r"\d{1,2}[.、](?!\d)|\(\d{1,2}\)|[一二三四五六七]是", text
    )
    return opened is not None
