"""What one cell of a table holds: a metric's name, a figure, a unit, years, or a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from plans.extract.cleaning import Cleaned
from plans.extract.document import Cell, Grid
from plans.extract.figures import base_units, quantities
from plans.extract.vocabulary import Mention, damaged_mentions, mentions
from plans.extract.wording import ASSIGNED_CELL, unexplained
from plans.extract.years import Times, year_marks

FIGURE = re.compile(
    r"^[^\d一二三四五六七八九十百]{0,12}?(?P<low>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?:%|‰)?\s*"
    r"(?:(?:-|—+|~|至|到)\s*(?P<high>\d+(?:\.\d+)?))?[^\d]{0,8}$"
)
BACK = re.compile(
    r"现状|基期|基准|基数|实际|完成情况|完成值|完成数|已完成|历史|上年|本底|起始|初值|达到情况|实绩|基础值|评估|当前|目前"
)
_SIZES = r"(?:十万|百万|千万|[百千万亿])?"
_DATED = re.compile(r"(?:到|至)?(20[2-6]\d)年?(?:底|末|目标|前)*(?:达到?|为|:|\()?")


@dataclass(frozen=True)
class Entry:
    """A cell with its plain text; ``is_part`` for one of several dated figures in it."""

    row: int
    col: int
    place: Cell
    plain: Cleaned
    text: str
    named: Mention | None
    unit: str | None
    years: tuple[int, ...]
    is_back: bool
    is_part: bool = False


def is_prose(text: str) -> bool:
    """Whether a cell holds sentences rather than an entry of a table."""
    return len(text) > 20 and re.search("[,。;]", text) is not None and bool(list(quantities(text)))


def dated_parts(text: str) -> list[tuple[int, int, int]]:
    """Years of a cell such as “2025年:38.2;2030年:39” with where the figure of each stands."""
    hits = list(_DATED.finditer(text))
    if not hits or hits[0].start() > 0 or mentions(text):
        return []
    ends = [*(each.start() for each in hits[1:]), len(text)]
    ends = [len(text[:end].rstrip(";,、 ")) for end in ends]
    parts = [(int(hit[1]), hit.end(), end) for hit, end in zip(hits, ends, strict=True)]
    return parts if all(re.search(r"\d", text[a:b]) for _, a, b in parts) else []


def names_metric(text: str) -> bool:
    """Whether a text is little more than the name of a metric."""
    return named_in(text) is not None


def holds_figure(text: str) -> bool:
    """Whether a cell's text is a figure, with or without sign and unit, or an assigned value."""
    return FIGURE.match(text) is not None or ASSIGNED_CELL.search(text) is not None


def entries_of(
    grid: Grid, plains: Sequence[Sequence[Cleaned | None]], times: Times
) -> list[list[Entry | None]]:
    rows: list[list[Entry | None]] = []
    for r, (line, texts) in enumerate(zip(grid, plains, strict=True)):
        row: list[Entry | None] = []
        for c, (cell, plain) in enumerate(zip(line, texts, strict=True)):
            row.append(None if cell is None or plain is None else _entry(r, c, cell, plain, times))
        rows.append(_undated(row, rows))
    return rows


def _undated(row: list[Entry | None], above: list[list[Entry | None]]) -> list[Entry | None]:
    """A bare 2030 beside or below a metric is a figure, unless its column is one of years."""
    beside = any(each and each.named for each in row)
    checked: list[Entry | None] = []
    for each in row:
        if each and each.years and re.fullmatch(r"20[0-6]\d", each.text):
            heads = [head for line in above if (head := line[each.col]) is not None]
            of_years = any(
                re.search("年份|年度|年限|时间|目标年|期限", head.text) for head in heads
            )
            if not of_years and (beside or any(head.named for head in heads)):
                checked.append(replace(each, years=(), is_back=False))
                continue
        checked.append(each)
    return checked


def _entry(row: int, col: int, place: Cell, plain: Cleaned, times: Times) -> Entry:
    text = re.sub(r"^(?:\(\d+\)(?=[^\d%])|\d{1,2}[.、](?!\d)|[①-⑳])", "", plain.text).strip()
    marks = [mark for mark in year_marks(text, times) if mark.role != "base"]
    years = tuple(year for mark in marks for year in mark.years)
    bare = re.fullmatch(r"(20[0-6]\d)年?(?:\(.*\)|[\u4e00-\u9fff]{1,6})?", text)
    if not years and bare:
        years = (int(bare.group(1)),)
    past = any(mark.role == "past" for mark in marks) or (
        bool(years) and max(years) < times.present
    )
    is_back = past or (BACK.search(text) is not None and "目标" not in text)
    return Entry(row, col, place, plain, text, named_in(text), unit_in(text), years, is_back)


def named_in(text: str) -> Mention | None:
    """The metric a cell names, when it says little else."""
    bare = re.sub(r"^[\d.、()一二三四五六七八九十①-⑳*※]+", "", text)
    if len(bare) > 40 or re.search("完成率|增长率", bare):
        return None
    found = mentions(bare) or list(damaged_mentions(bare))
    found = [each for each in found if each.metric.kind in ("target", "works")]
    if not found:
        return None
    best = max(found, key=lambda each: (not each.is_bare, each.end - each.start))
    rest = bare[: best.start] + re.sub(r"\([^)]*\)", "", bare[best.end :])
    rest = re.sub(r"\([^)]*\)|20\d\d年?|\d[\d.,]*", "", rest)
    rest = re.sub(rf"[/:]?{_SIZES}(?:{'|'.join(map(re.escape, base_units()))})", "", rest)
    return best if len(unexplained(rest)) <= (2 if best.is_bare else 6) else None


def unit_in(text: str) -> str | None:
    """The unit a cell gives: alone, in brackets or behind “单位:”."""
    units = "|".join(re.escape(each) for each in sorted(base_units(), key=len, reverse=True))
    unit = rf"{_SIZES}(?:{units})(?:/(?:公顷|hm2|ha|亩|人|年|a))?"
    for pattern in (
        rf"^({unit})$",
        rf"[(/,:]\s*(?:单位:?)?({unit})\s*(?:[)/,]|$)",
        rf"单位[:为]?\s*({unit})",
    ):
        hit = re.search(pattern, text)
        if hit is not None:
            return hit.group(1)
    return None
