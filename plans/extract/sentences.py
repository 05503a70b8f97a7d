"""A plain sentence made ready to be read: its figures, years and metrics, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plans.extract.figures import Quantity, bare_figures, quantities
from plans.extract.vocabulary import Mention, mentions
from plans.extract.wording import unexplained
from plans.extract.years import Times, YearMark, year_marks

BOUNDARY = ",;:!。"
_STOP = re.compile(r"[。!]+[”\")]*|\n+")
_LONGEST = 800
_BOOK = re.compile(r"《[^》]{0,60}》")
_WORTH = re.compile(
    r"\x02|下达|分解|核定|核准|分配|交办|[省国市]定|要求|规定|稳中有|只增不减|稳步|稳定|持续[提增]|不断[提增]|逐年|"
    r"不减少|不降低|有所|明显[增提]|双[增提]|不变|动态平衡|碳汇|红线|三线|核算"
)
"""What a sentence must hold for its metrics to matter; most sentences of a plan hold none."""
_QUOTED = re.compile(r"“[^”]{1,16}”")


@dataclass(frozen=True)
class Sentence:
    """``text`` is plain and starts at ``base`` in its paragraph.

    ``masked`` has the same length; years are ``\\x01``, figures ``\\x02``, titles ``\\x03``.
    """

    text: str
    base: int
    masked: str
    quantities: tuple[Quantity, ...]
    marks: tuple[YearMark, ...]
    mentions: tuple[Mention, ...]

    def left_of(self, number: int) -> int:
        """Where the words that may belong to a figure begin on its left.

        At the last comma, or behind the figure before it and the first 、 that follows that.
        """
        quantity = self.quantities[number]
        start = max((self.text.rfind(c, 0, quantity.start) for c in BOUNDARY), default=-1) + 1
        if number and self.quantities[number - 1].end > start:
            start = self.quantities[number - 1].end
            parted = re.search(
                r"[、]|以及|(?<![达增])和|及(?!以)", self.text[start : quantity.start]
            )
            if parted is not None:
                start += parted.end()
        return start

    def right_of(self, number: int) -> int:
        """Where the words that may belong to a figure end on its right."""
        end = self.quantities[number].end
        stop = re.compile(f"[{BOUNDARY}]").search(self.text, end)
        right = stop.start() if stop else len(self.text)
        if number + 1 < len(self.quantities):
            right = min(right, self.quantities[number + 1].start)
        return right

    def clause_of(self, start: int, end: int) -> tuple[int, int]:
        """The clause between commas around a part."""
        left = max((self.text.rfind(c, 0, start) for c in ",;!。"), default=-1) + 1
        stop = re.compile("[,;!。]").search(self.text, end)
        return left, stop.start() if stop else len(self.text)


def quoted_clause(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The words to quote: the clauses of metric and figure, without the blanks around them."""
    left = sentence.clause_of(start, start)[0]
    right = sentence.clause_of(end, end)[1]
    while left < right and sentence.text[left] in " 、":
        left += 1
    return left, right


def sentences(text: str, times: Times) -> Iterator[Sentence]:
    """The sentences of a paragraph."""
    place = 0
    for stop in [*_STOP.finditer(text), None]:
        end = stop.start() if stop else len(text)
        for start, until in _bounded(text, place, end):
            if text[start:until].strip():
                yield sentence(text[start:until], start, times)
        place = stop.end() if stop else end


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces no longer than a page, so that reading time stays in proportion to length."""
    while end - start > _LONGEST:
        cut = max(text.rfind(mark, start, start + _LONGEST) for mark in ",;、") + 1
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def sentence(text: str, base: int, times: Times) -> Sentence:
    """One sentence; figures and years inside titles and quoted names are no figures and years."""
    shielded = list(text)
    for hit in [*_BOOK.finditer(text), *_QUOTED.finditer(text)]:
        if hit.group()[0] == "《" or not re.fullmatch(
            r"“十[一二三四五六七八九]五(?:规划)?”", hit.group()
        ):
            if hit.group()[0] == "“" and _is_plain(hit.group()):
                continue
            shielded[hit.start() : hit.end()] = "\x03" * (hit.end() - hit.start())
    shown = "".join(shielded)
    marks = tuple(year_marks(shown, times))
    without_years = _covered(shown, (_year_only(shown, each) for each in marks), "\x01")
    figures = tuple(_with_bare(without_years))
    masked = _covered(without_years, ((each.start, each.end) for each in figures), "\x02")
    named = tuple(_named(masked))
    # 公园绿地500米服务半径覆盖率: a figure inside a name is part of it.
    free = tuple(q for q in figures if not any(_is_of_the_name(q, each) for each in named))
    return Sentence(text, base, masked, free, marks, named)


def _is_of_the_name(quantity: Quantity, mention: Mention) -> bool:
    inside = mention.start < quantity.start and quantity.end < mention.end
    return inside and quantity.values_in(mention.metric.unit) is None


def _is_plain(quoted: str) -> bool:
    """Whether quoted words are a promise or the name of a metric (“口袋公园”), no programme."""
    inner = quoted[1:-1]
    is_name = any((each.start, each.end) == (0, len(inner)) for each in mentions(inner))
    return is_name or re.search(r"[达到低于]\d|\d[%‰]", quoted) is not None


def _year_only(text: str, mark: YearMark) -> tuple[int, int]:
    """The mark without its 到, which may be that of 提高到2025年的42%."""
    return mark.start + (text[mark.start] in "到至"), mark.end


def _named(masked: str) -> Iterator[Mention]:
    """Metrics named; not a second name in brackets behind the first (森林覆盖率(林木绿化率))."""
    if not _WORTH.search(masked):
        return
    before = -1
    named = mentions(masked)
    named += _shortened(masked, named)
    for each in sorted(named, key=lambda each: each.start):
        if not (masked[before : each.start] == "(" and masked[each.end : each.end + 1] == ")"):
            yield each
        before = each.end


_SHORT = re.compile(r"(?:^|[,;:、和与及])其?(覆盖率|保护率|保有量|蓄积(?:总)?量?|总里程|总长度?)")
_NOUN = re.compile(r"森林|湿地|红树林|绿道|碧道|建成区绿化|草原|林地|公益林|天然林")


def _shortened(masked: str, named: Sequence[Mention]) -> Iterator[Mention]:
    """森林面积、覆盖率: a name cut short takes up the noun of the name before it."""
    for hit in _SHORT.finditer(masked):
        start, end = hit.span(1)
        if any(each.start < end and start < each.end and not each.is_bare for each in named):
            continue
        before = [each for each in named if each.end <= start]
        nouns = list(_NOUN.finditer(masked, 0, before[-1].end)) if before else []
        if nouns and len(unexplained(masked[before[-1].end : start])) <= 3:
            found = mentions(nouns[-1].group() + hit.group(1))
            yield from (
                replace(each, start=start, end=end) for each in found[:1] if not each.is_bare
            )


def _with_bare(text: str) -> Iterator[Quantity]:
    """Figures with units, and those that share the unit of the next one behind 分别."""
    before = 0
    for each in quantities(text):
        together = text.rfind("分别", 0, each.start)
        if together >= 0:
            yield from bare_figures(text, each, max(before, together))
        yield each
        before = each.end


def _covered(text: str, spans: Iterator[tuple[int, int]], mask: str) -> str:
    chars = list(text)
    for start, end in spans:
        chars[start:end] = mask * (end - start)
    return "".join(chars)
