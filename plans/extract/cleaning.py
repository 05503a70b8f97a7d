"""Scraped text made plain, each character with the place it came from.

Traditional characters become Simplified ones, full-width ones half-width, pinyin in brackets behind
a character and spaces inside words go away, and lines that a page broke in the middle of a sentence
are joined. Nothing is lost: ``Cleaned.origin`` leads every character back to the text as read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

HAN = "\u3400-\u9fff\uf900-\ufaff"
LOST = "\ufffd"
"""Stands for a character that the scraper lost; plans ask no questions, so ? is one too."""

_KEPT = {"‰", "…", "—", "①", "℃"}
_INSTEAD = {
    "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "〇": "〇", "○": "〇", "◯": "〇", "「": "“", "」": "”",
    "『": "“", "』": "”", "﹪": "%", "·": "·", "–": "-", "−": "-", "‐": "-", "‑": "-", "―": "—",
    "〜": "~", "∼": "~", "˜": "~", "﹣": "-", "〔": "(", "〕": ")", "［": "(", "］": ")", "[": "(",
    "]": ")", "{": "(", "}": ")", "、": "、", "､": "、", "|": "|", "丨": "|",
    "㎞": "km", "㏊": "ha",
    "?": LOST, "？": LOST, "□": LOST, "■": LOST,
}  # fmt: skip
_PINYIN = re.compile(
    rf"(?<=[{HAN})]) ?\( ?([A-Za-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêɑɡ\u0300-\u036f ]{{1,30}}) ?\)"
)
_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:[aoeiuv]|ai|ei|ao|ou|an|en|ang|eng|ong|ia|ie|iao|iu|ian|in|"
    r"iang|ing|iong|ua|uo|uai|ui|uan|un|uang|ve|ue|er)"
)
_UNITS = {"ha", "km", "m", "t", "kg", "mu", "g", "a", "e", "i", "o", "u"}
_MARKER = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+[章节条篇部]|[一二三四五六七八九十]+[、.]|"
    r"\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d)|\d{1,2}\.\d{1,2}(?![\d%‰万亿千百十亩公平立个左以吨米×xX*-])|[①-⑳❶-❿]|专栏|附[件表录]|"
    r"表 ?[\d一二三四五六七八九十]|图 ?\d|——|--|[-•●·◆▪◇★※*] ?|[一二三四五六七八九十]是)"
)
_ENDS = "。!…"
_MENU = re.compile(
    r"(?:相关(?:链接|阅读|文章|信息|新闻|报道)|[上下]一[篇条]|延伸阅读|推荐阅读|热点(?:推荐|新闻)|分享到|扫一扫)"
)
_NEXT_YEAR = re.compile(r"20[2-6]\d年")
_TITLE = re.compile(
    r"(?!.*[到至]\d)[^,;:。]{5,50}(?:规划|方案|行动计划|工作计划|纲要|意见|的通知|要点|报告|公报|总结)(?:\([^()]{1,20}\))?"
)


@dataclass(frozen=True)
class Cleaned:
    """A plain text; ``origin[i]`` is where its character ``i`` stands in the text as read."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Place of ``text[start:end]`` in the text as read."""
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True)
class Line:
    """A plain line; ``is_blank`` stands for an empty one."""

    chars: str
    origin: tuple[int, ...]

    @property
    def is_blank(self) -> bool:
        return not self.chars


@cache
def _converter() -> Any:
    from opencc import OpenCC  # loads its dictionaries, so only when a text is read

    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def plain(char: str) -> str:
    """One character made plain; "" when it shows nothing.

    >>> plain("％"), plain("蓋"), plain("㎡"), plain("\\u200b")
    ('%', '盖', 'm2', '')
    """
    if char < "\x7f" and char not in _INSTEAD:
        return char
    if char in _INSTEAD:
        return _INSTEAD[char]
    if char in _KEPT or "\u2460" <= char <= "\u24ff":
        return char
    category = unicodedata.category(char)
    if category in ("Co", "Cs", "Cn") or char == LOST:
        return LOST
    if category in ("Cf", "Cc") and not char.isspace():
        return ""
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return "".join(_INSTEAD.get(each, simplified(each)) for each in folded)


@lru_cache(maxsize=65536)
def simplified(char: str) -> str:
    """The Simplified form of one character, or the character.

    >>> simplified("畝")
    '亩'
    """
    if char < "\u3400":
        return char
    found = str(_converter().convert(char))
    return found if len(found) == 1 else char


def lines_of(text: str, start: int, end: int, *, noisy: bool) -> list[Line]:
    """The plain lines of a part of the text; ``noisy`` when pinyin without tones goes too."""
    lines, at = [], start
    for raw in text[start:end].split("\n"):
        lines.append(_line(raw, at, noisy=noisy))
        at += len(raw) + 1
    return lines


def is_noisy(text: str) -> bool:
    """Whether a text has pinyin in brackets behind its characters."""
    folded = "".join("(" if c in "（([【" else ")" if c in "）)]】" else c for c in text)
    return sum(1 for each in _PINYIN.finditer(folded) if _is_toned(each.group(1))) >= 1


def _line(raw: str, at: int, *, noisy: bool) -> Line:
    pieces = [plain(char) for char in raw]
    text = "".join(pieces)
    if len(text) == len(raw) and "" not in pieces:
        origin = list(range(at, at + len(raw)))
    else:
        origin = [at + offset for offset, piece in enumerate(pieces) for _ in piece]
    kept = [True] * len(text)
    for found in _PINYIN.finditer(text) if "(" in text else ():
        inside = found.group(1).strip()
        is_inside = re.match(rf"[{HAN}]", text[found.end() :]) is not None
        if _is_pinyin(inside, noisy=noisy or is_inside):
            kept[found.start() : found.end()] = [False] * (found.end() - found.start())
    text, places = _picked(text, origin, kept)
    text, places = _picked(text, places, _without_spaces(text))
    return Line(text, tuple(places))


def _is_pinyin(text: str, *, noisy: bool) -> bool:
    if _is_toned(text):
        return True
    return noisy and text not in _UNITS and _SYLLABLE.fullmatch(text) is not None


def _is_toned(text: str) -> bool:
    return any(ord(char) > 0x7F for char in text)


def _without_spaces(text: str) -> list[bool]:
    """Keep a space only where it parts two Latin words, or a figure and a year (38.2 2030年)."""
    kept = [True] * len(text)
    for found in re.finditer(r" +", text) if " " in text else ():
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        words = before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
        words = words or (before.isdigit() and _NEXT_YEAR.match(text, found.end()) is not None)
        for place in range(found.start() + int(words), found.end()):
            kept[place] = False
    return kept


def _picked(text: str, origin: list[int], kept: list[bool]) -> tuple[str, list[int]]:
    if all(kept):
        return text, origin
    chosen = [place for place, keep in enumerate(kept) if keep]
    return "".join(text[p] for p in chosen), [origin[p] for p in chosen]


def joined(lines: Iterable[Line]) -> list[Cleaned]:
    """Paragraphs of plain lines; a line that ends in the middle of a sentence takes the next."""
    paragraphs: list[Cleaned] = []
    text, origin = "", []  # type: ignore[var-annotated]
    lines = list(lines)
    width = _wrapped_at(lines)
    last = 0
    for line in lines:
        is_full = width is not None and last >= width and not _MARKER.match(line.chars)
        if text and (line.is_blank or (not is_full and _is_break(text, line.chars))):
            paragraphs.append(Cleaned(text, tuple(origin)))
            text, origin = "", []
        text += line.chars
        last = len(line.chars)
        origin.extend(line.origin)
    if text:
        paragraphs.append(Cleaned(text, tuple(origin)))
    return paragraphs


def _wrapped_at(lines: list[Line]) -> int | None:
    """The length from which a line counts as full, when the text is wrapped at a width."""
    lengths = [len(line.chars) for line in lines if line.chars]
    if len(lengths) < 8 or max(lengths) > 80:
        return None
    # Pinyin and spaces that went away make full lines somewhat shorter.
    full = max(lengths) - 2
    return full if sum(each >= full for each in lengths) >= len(lengths) * 0.4 else None


def _is_break(before: str, after: str) -> bool:
    """Whether a paragraph ends between two lines."""
    last = before.rstrip("”)\"'")[-1:]
    is_title = len(before) < 60 and _TITLE.fullmatch(before) is not None
    if is_title and not re.match(r"[,、。的和与及提中要]|\d(?!\d{3}年)", after):
        return True
    is_counter = re.search(r":\d+$", before) and re.match(r"[到至](?:20|二)", after)
    if last in _ENDS or is_counter or is_menu(before) or is_menu(after):
        return True
    is_open = re.search(r"[,、达到至为于在过低少超约近和与及以\d]$", before) is not None
    if _MARKER.match(after):
        return not (is_open and after[:1].isdigit())
    is_heading = _MARKER.match(before) is not None and len(before) < 40
    return is_heading and not re.search("[,。]", before) and not is_open and after[:1] not in "%‰"


def is_menu(text: str) -> bool:
    """Whether a paragraph holds links to other pages, whose titles promise nothing here."""
    return _MENU.match(text) is not None


def starts_item(text: str) -> bool:
    """Whether a paragraph is an item of a list or a numbered heading."""
    return _MARKER.match(text) is not None
