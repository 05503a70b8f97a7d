"""Promises in tables, whatever the order of their cells.

A figure's metric stands in its row (or, in a table turned round, above it in its column), its year
in the other direction, its unit with the figure, the metric, a column of units or the caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from plans.extract.cleaning import Cleaned
from plans.extract.document import Grid
from plans.extract.figures import (
    SIZES,
    FigureUnit,
    Quantity,
    base_units,
    figure_of,
    per_mu,
    quantities,
)
from plans.extract.found import FoundTarget
from plans.extract.outline import OutlinePlace
from plans.extract.table_cells import (
    BACK,
    FIGURE,
    Entry,
    dated_parts,
    entries_of,
    named_in,
    unit_in,
)
from plans.extract.vocabulary import Metric, mentions
from plans.extract.wording import ASSIGNED_CELL, RISING, Bound, Sign, bound
from plans.extract.years import Times, year_marks

_AHEAD = re.compile(r"目标|规划|计划|预期|约束|指标值|期末|任务量|任务数|建设规模|规模|下达")
_CHANGE = re.compile(r"增量|增长|增加|增幅|新增|净增|变化|年均")
_ANNUAL = re.compile(r"年均|增速|增长率|增幅|变化率|排名|权重|分值|序号|编号|投资|资金|责任|单位$")
_DONE = re.compile(r"(?:完成|执行|实施|实现)情况|完成值|进展情况")
_SIGN_CELL = re.compile(
    r"(?:不低于|不少于|不小于|大于|≥|>=?|以上|不高于|不超过|不大于|小于|≤|<=?|以内|以下|左右|约|等于|=)"
)
_AREA_NAME = re.compile(r"[\u4e00-\u9fff]{1,10}(?:省|市|县|区|旗|镇|乡|街道|林场|新区|开发区|园区)")
_AHEAD_CELL = re.compile(r"^(?:目标|规划|现状|基期)(?:值|年)?$")


@dataclass(frozen=True)
class TableSetting:
    """What stands around a table: its clause, its caption, the document's times.

    ``is_noisy`` and the rest of the document's traits are already out of ``plains``.
    """

    place: OutlinePlace
    caption: str
    times: Times


@dataclass(frozen=True)
class Table:
    """The entries of a table and what stands around it; ``is_dated`` when columns have years."""

    entries: list[list[Entry | None]]
    setting: TableSetting
    is_dated: bool

    def row(self, number: int) -> list[Entry]:
        return [each for each in self.entries[number] if each is not None]

    def above(self, row: int, col: int) -> list[Entry]:
        """The cells above a place, nearest first."""
        cells = (line[col] for line in reversed(self.entries[:row]))
        return [each for each in cells if each is not None]


@dataclass(frozen=True)
class Spot:
    """A figure's cell, the cell that names its metric, and the labels that say what it is."""

    entry: Entry
    owner: Entry
    metric: Metric
    heads: tuple[Entry, ...]
    year: int | None
    doubt: float


def read_table(
    grid: Grid, plains: Sequence[Sequence[Cleaned | None]], setting: TableSetting
) -> Iterator[FoundTarget]:
    """Every promise in a table, row by row; ``plains`` are the plain texts of its cells."""
    entries = entries_of(grid, plains, setting.times)
    dated = any(each and each.years and each.row < 3 for line in entries[:3] for each in line)
    table = Table(entries, setting, dated)
    seen: set[int] = set()
    for row in entries:
        for entry in row:
            if entry is not None and entry.place.start not in seen:
                seen.add(entry.place.start)
                yield from _read_cell(entry, table)


def _read_cell(entry: Entry, table: Table) -> Iterator[FoundTarget]:
    """The promise that one cell holds, if it holds one."""
    parts = dated_parts(entry.plain.text) if entry.named is None else []
    if parts:
        for year, start, end in parts:
            plain = Cleaned(entry.plain.text[start:end], entry.plain.origin[start:end])
            part = replace(entry, plain=plain, text=plain.text, years=(year,), is_part=True)
            yield from _read_cell(part, table)
        return
    open_sign = _open_sign(entry)
    figure = None if open_sign else _figure(entry)
    if (figure is None and open_sign is None) or (entry.is_back and figure is None):
        return
    spot = _spot(entry, table)
    if spot is None or _looks_back(spot, table) or not _is_goal_column(spot, table):
        return
    if open_sign is not None:
        yield _found(spot, open_sign, None, table)
        return
    quantity = _quantity(spot, figure or "", table)
    if quantity is not None and quantity.values_in(spot.metric.unit) is not None:
        sign = _sign(spot, quantity, table)
        if sign is not None and not (spot.metric.unit == "%" and quantity.low > 100):
            yield _found(spot, sign, quantity, table)


def _open_sign(entry: Entry) -> Sign | None:
    """The sign of a cell without figure: handed down from above, or only rising."""
    if ASSIGNED_CELL.search(entry.text) is not None and len(entry.text) <= 30:
        return "assigned"
    is_rising = RISING.search(entry.text) is not None and len(entry.text) <= 12
    return "increase" if is_rising and entry.named is None else None


def _spot(entry: Entry, table: Table) -> Spot | None:
    owner = entry if entry.named is not None and _holds_both(entry) else _owner(entry, table)
    if owner is None or owner.named is None:
        return None
    if entry.named is not None and owner is not entry:
        return None
    heads = tuple(_heads(entry, owner, table))
    year, doubt = _year(entry, owner, heads, table.setting)
    return Spot(entry, owner, owner.named.metric, heads, year, doubt)


def _holds_both(entry: Entry) -> bool:
    """A cell such as “森林覆盖率≥42%” that holds metric and figure."""
    if entry.named is None:
        return False
    figures = [q for q in quantities(_no_years(entry.text)) if not q.is_implied]
    return bool(figures) or ASSIGNED_CELL.search(entry.text) is not None


def _no_years(text: str) -> str:
    return re.sub(r"20\d\d年?|十[一二三四五六七]五", "", text)


def _figure(entry: Entry) -> str | None:
    """The part of a cell that is a figure; None for labels, years and numbers of rows."""
    text = _no_years(entry.text) if entry.years and len(entry.text) > 5 else entry.text
    text = re.sub(r"^[(]([\d.,%]+)[)]$", r"\1", text.strip())
    if not text or (entry.years and text == entry.text and not entry.is_part):
        return None
    if entry.named is not None:
        return text if _holds_both(entry) else None
    if FIGURE.match(text):
        return text
    return text if len(list(quantities(text))) == 1 and len(text) <= 24 else None


def _owner(entry: Entry, table: Table) -> Entry | None:
    """The cell that names the metric: nearest on the left, else above, else in the row."""
    row = [each for each in table.row(entry.row) if each.named and each is not entry]
    left = [each for each in row if each.col < entry.col]
    if left:
        return _whole_name(max(left, key=lambda each: each.col), table)
    above = [each for each in table.above(entry.row, entry.col) if each.named]
    if above:
        return above[0]
    return min(row, key=lambda each: each.col) if row else _owner_by_caption(entry, table)


def _owner_by_caption(entry: Entry, table: Table) -> Entry | None:
    """The area of a row in a table whose caption names the one metric it is about."""
    if any(each is not None and each.named for line in table.entries for each in line):
        return None
    found = [each for each in mentions(table.setting.caption) if not each.is_bare]
    areas = [each for each in table.row(entry.row) if _AREA_NAME.fullmatch(each.text)]
    if len({each.metric for each in found}) != 1 or not areas or areas[0] is entry:
        return None
    return replace(areas[0], named=found[0])


def _whole_name(entry: Entry, table: Table) -> Entry:
    """A name that two cells share (湿地 | 保有量) read as one."""
    if entry.named is None or not entry.named.is_bare:
        return entry
    right = table.entries[entry.row][entry.col + 1 :]
    following = next((each for each in right if each is not None), None)
    if following is None or FIGURE.match(following.text) or following.unit == following.text:
        return entry
    named = named_in(entry.text + following.text)
    return entry if named is None else replace(entry, named=named)


def _heads(entry: Entry, owner: Entry, table: Table) -> list[Entry]:
    """Labels that say what a figure is: above it, or in a turned table on its left; nearest first.

    A table that lists everything in its rows has its year there too.
    """
    if owner.row == entry.row:
        heads = [each for each in table.above(entry.row, entry.col) if _is_label(each)]
        if any(each.years or each.is_back for each in heads):
            return heads
        same = [each for each in table.row(entry.row) if each.col not in (entry.col, owner.col)]
        return [*heads, *(each for each in same if each.years or _AHEAD_CELL.match(each.text))]
    left = [each for each in reversed(table.entries[entry.row][: entry.col]) if each is not None]
    between = [
        each
        for each in table.above(entry.row, entry.col)
        if each.row >= owner.row and each is not owner and _is_label(each)
    ]
    over = [each for each in table.above(owner.row, owner.col) if each.years]
    return [*(each for each in left if _is_label(each)), *between, *over]


def _is_label(entry: Entry) -> bool:
    return bool(entry.years) or FIGURE.match(entry.text) is None


def _year(
    entry: Entry, owner: Entry, heads: Sequence[Entry], setting: TableSetting
) -> tuple[int | None, float]:
    for each in (entry, *heads):
        if each.years:
            return each.years[-1], 0.03
    if owner.years:
        return owner.years[-1], 0.05
    marks = [m for m in year_marks(setting.caption, setting.times) if m.role in ("goal", "bare")]
    if marks and marks[-1].years:
        return marks[-1].years[-1], 0.1
    return setting.times.plan_end, 0.2


def _looks_back(spot: Spot, table: Table) -> bool:
    """A baseline column or row, or a table of what was done."""
    setting = table.setting
    first = _first_year(setting.caption)
    if spot.year is not None and first is not None and spot.year < first:
        return True
    if spot.entry.is_back or (spot.year is not None and spot.year < setting.times.present):
        return True
    labels = (each for each in spot.heads if each.years or each.is_back or _AHEAD.search(each.text))
    label = next(labels, None)
    if label is not None and re.search("预计", label.text) and _has_goals(label, table):
        return True
    if label is not None and (
        label.is_back or any(each.is_back and not each.years for each in spot.heads)
    ):
        return True
    if _DONE.search(setting.caption):
        return True
    told = BACK.search(setting.caption) or setting.place.looks_back
    is_goal = label is not None and (_AHEAD.search(label.text) or label.years)
    return bool(told) and not is_goal and not _AHEAD.search(setting.caption)


def _first_year(caption: str) -> int | None:
    """The first year of the five-year plan that a table's caption names."""
    named = re.findall(r"十([一二三四五六七八九])五", caption)
    return 2006 + 5 * "一二三四五六七八九".index(named[-1]) if named else None


def _has_goals(label: Entry, table: Table) -> bool:
    """Whether beside a column of estimates another one is of goals."""
    return any("目标" in each.text for each in table.row(label.row) if each is not label)


def _is_goal_column(spot: Spot, table: Table) -> bool:
    """Not a column of row numbers, weights or yearly rates beside the columns of goals."""
    if spot.entry is spot.owner:
        return True
    first = spot.heads[0] if spot.heads else None
    if first is not None and not first.years and _ANNUAL.search(first.text):
        return False
    has_goal = any(each.years or _AHEAD.search(each.text) for each in spot.heads)
    if spot.owner.row == spot.entry.row and spot.owner.col > spot.entry.col and not has_goal:
        return False
    if table.is_dated and spot.owner.row == spot.entry.row and not has_goal:
        return False
    if has_goal or spot.owner.row != spot.entry.row:
        return True
    rivals = [
        each for each in table.row(spot.entry.row)
        if _figure(each) is not None and each.named is None and each.col > spot.owner.col
    ]  # fmt: skip
    return len(rivals) <= 1


def _quantity(spot: Spot, text: str, table: Table) -> Quantity | None:
    """The figure with its unit, wherever the table gives that."""
    text = _no_years(spot.entry.text) if spot.entry is spot.owner else text
    for each in quantities(text):
        if each.values_in(spot.metric.unit) is not None and not each.is_implied:
            return per_mu(each, spot.metric.unit, spot.owner.text)
    hit = FIGURE.match(text)
    if hit is None or spot.entry is spot.owner:
        return None
    unit = _unit_of(spot, table)
    low, high = figure_of(hit["low"]), figure_of(hit["high"]) if hit["high"] else None
    if unit is None or low is None:
        return None
    if unit == "%" and 0 < low < 1 and spot.owner.unit is None:
        return None  # 0.42 without a printed % may be a share of one
    size, base = _split(unit)
    digits = "" if high is not None else hit["low"].replace(",", "")
    found = Quantity(0, len(text), low, high, unit, size, base, digits=digits)
    return per_mu(found, spot.metric.unit, spot.owner.text)


def _split(unit: str) -> tuple[int, FigureUnit]:
    """Size word and base of a unit such as 万立方米."""
    whole, _, per = unit.partition("/")
    factor = Fraction(15) if per == "亩" else Fraction(1)
    for size in sorted(SIZES, key=len):
        rest = whole.removeprefix(size)
        if whole.startswith(size) and rest in base_units():
            base = base_units()[rest]
            return SIZES[size], replace(base, factor=base.factor * factor)
    raise ValueError(f"unknown unit '{unit}'")


def _unit_of(spot: Spot, table: Table) -> str | None:
    """The first unit that can be the metric's: by the metric, its row or column, the caption."""
    if spot.owner.row == spot.entry.row:
        beside = table.row(spot.owner.row)
    else:
        column = (line[spot.owner.col] for line in table.entries)
        beside = [each for each in column if each is not None]
    texts = [spot.owner.unit, *(each.unit for each in beside if each.unit == each.text)]
    texts += [each.unit for each in spot.heads]
    texts.append(unit_in(table.setting.caption))
    if spot.metric.unit == "%":
        texts.append("%")
    return next((unit for unit in texts if unit is not None and _fits(unit, spot.metric)), None)


def _fits(unit: str, metric: Metric) -> bool:
    size, base = _split(unit)
    if metric.units and not unit.endswith(metric.units):
        return False
    return Quantity(0, 0, Fraction(1), None, unit, size, base).values_in(metric.unit) is not None


def _sign(spot: Spot, quantity: Quantity, table: Table) -> Sign | None:
    """How the figure is meant: by the cell, by a column of signs, else at least."""
    entry, owner = spot.entry, spot.owner
    plain = _no_years(entry.text)
    if entry is owner and owner.named is not None:
        plain = re.sub(r"\([^)]*\)", "", plain)
        for each in mentions(plain):
            plain = plain[: each.start] + "\x01" * (each.end - each.start) + plain[each.end :]
    hit = re.search(r"\d|百分之|[一二三四五六七八九十百](?=[\d一二三四五六七八九十百千万])", plain)
    prefix, rest = (plain[: hit.start()], plain[hit.start() :]) if hit else (plain, "")
    suffix = re.sub(r"^[\d.,%‰~\-—至到一二三四五六七八九十百千万亿点分之]+", "", rest)
    found: Bound = bound(prefix, suffix.removeprefix(quantity.unit), is_points=quantity.is_points)
    if found.is_decrease:
        return None
    if quantity.high is not None:
        return "range"
    if found.is_said and found.sign != "=":
        return found.sign
    beside = next((each for each in table.row(entry.row) if _SIGN_CELL.fullmatch(each.text)), None)
    if beside is not None:
        return bound(beside.text, beside.text).sign
    is_change = bool(spot.heads) and _CHANGE.search(spot.heads[0].text) is not None
    if is_change or owner.text.startswith(("新增", "净增")):
        return "increase"
    return "<=" if spot.metric.less_is_better else ">="


def _scope(spot: Spot, table: Table) -> str | None:
    """The area a row is about, in a table of areas."""
    if spot.owner.row == spot.entry.row:
        return spot.owner.text if _AREA_NAME.fullmatch(spot.owner.text) else None
    names = (each.text for each in table.row(spot.entry.row) if _AREA_NAME.fullmatch(each.text))
    return next(names, None)


def _found(spot: Spot, sign: Sign, quantity: Quantity | None, table: Table) -> FoundTarget:
    entry, owner = spot.entry, spot.owner
    values = quantity.values_in(spot.metric.unit) if quantity is not None else None
    ends: tuple[Fraction, ...] = ()
    if quantity is not None:
        ends = (quantity.low,) if quantity.high is None else (quantity.low, quantity.high)
    start, end = entry.plain.origin[0], entry.plain.origin[-1] + 1
    if owner.row == entry.row and owner.col < entry.col:
        start = min(start, owner.plain.origin[0])
    is_guess = owner.named is not None and owner.named.is_guess
    return FoundTarget(
        metric=spot.metric.key,
        year=spot.year,
        comparator=sign,
        value=tuple(float(each) for each in ends),
        unit=quantity.unit if quantity is not None else None,
        value_si=tuple(float(each) for each in values or ()),
        unit_si=spot.metric.unit,
        strive=re.search("力争|争取", entry.text) is not None,
        kind=spot.metric.kind,
        scope=_scope(spot, table),
        clause=table.setting.place.clause,
        quote="",
        start=start,
        end=end,
        confidence=round(max(0.1, 0.95 - spot.doubt - 0.2 * is_guess), 2),
        printed=quantity.printed if quantity is not None else "",
    )
