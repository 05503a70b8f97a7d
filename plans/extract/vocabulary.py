"""The metrics a plan may promise, read from ``vocabulary.toml``, and where a text names them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

FoundKind = Literal["target", "works", "rule", "system"]
_LOST = "[\ufffd*]"


@dataclass(frozen=True)
class Metric:
    """One row of the vocabulary; ``units`` narrows the printed units, empty for any of ``unit``.

    ``names`` are other usual names, to be known again when a character is lost; ``is_yearly`` where
    a figure is an amount of one year by itself, so that 每年 before it adds nothing.
    """

    key: str
    zh: str
    unit: str
    kind: FoundKind
    patterns: tuple[str, ...]
    bare: tuple[str, ...]
    not_with: str
    units: tuple[str, ...]
    takes_year_nearby: bool
    is_yearly: bool
    less_is_better: bool
    names: tuple[str, ...]
    least: float


@dataclass(frozen=True)
class Mention:
    """A metric named in ``text[start:end]``; ``is_bare`` when only a noun that must touch."""

    metric: Metric
    start: int
    end: int
    is_bare: bool = False
    is_guess: bool = False


@cache
def metrics() -> tuple[Metric, ...]:
    """Every row of the vocabulary, in its order."""
    text = (resources.files("plans.extract") / "vocabulary.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    return tuple(_metric(row, raw["macros"]) for row in raw["metric"])


def metric_of(key: str) -> Metric | None:
    """The row of a metric, None for an indicator that the vocabulary does not name."""
    return next((each for each in metrics() if each.key == key), None)


def _metric(row: dict[str, Any], macros: dict[str, str]) -> Metric:
    def filled(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            re.sub(r"\{([a-z]+)\}", lambda m: macros.get(m.group(1), m.group(0)), each)
            for each in texts
        )

    return Metric(
        key=row["key"],
        zh=row["zh"],
        unit=row["unit"],
        kind=row["kind"],
        patterns=filled(row["patterns"]),
        bare=filled(row.get("bare", ())),
        not_with=row.get("not_with", ""),
        units=tuple(row.get("units", ())),
        takes_year_nearby=row.get("flow", row["kind"] == "works"),
        is_yearly=row.get("yearly", False),
        less_is_better=row.get("less_is_better", False),
        names=tuple(row.get("names", ())),
        least=float(row.get("least", 0)),
    )


@cache
def _compiled() -> tuple[tuple[Metric, re.Pattern[str], bool], ...]:
    found = []
    for each in metrics():
        found += [(each, re.compile(pattern), False) for pattern in each.patterns]
        if each.bare:
            guard = "(?!公园|自然保护|保护区|保护地|示范|碳汇|碳储|资源|病虫|防火|城市|乡村|食品)"
            found.append((each, re.compile(f"(?:{'|'.join(each.bare)}){guard}"), True))
    return tuple(found)


def mentions(text: str) -> list[Mention]:
    """Where a plain text names metrics: the longest names, none inside another, in order.

    >>> [each.metric.key for each in mentions("活立木总蓄积量和森林覆盖率")]
    ['standing_stock_volume', 'forest_cover_rate']
    """
    every = [
        Mention(metric, hit.start(), hit.end(), is_bare)
        for metric, pattern, is_bare in _compiled()
        for hit in pattern.finditer(text)
        if hit.end() > hit.start()
    ]
    every.sort(key=lambda each: (each.start - each.end, each.is_bare, each.start))
    chosen: list[Mention] = []
    for each in every:
        if all(each.end <= other.start or each.start >= other.end for other in chosen):
            chosen.append(each)
    return sorted(chosen, key=lambda each: each.start)


@cache
def _damaged() -> tuple[tuple[Metric, re.Pattern[str]], ...]:
    """Usual names with one character lost; short ones only where a mark stands for it."""
    found = []
    for each in metrics():
        for name in (each.zh, *each.names):
            if len(name) >= 4 and name.isalpha():
                least = 0 if len(name) >= 5 else 1
                ways = [
                    f"{name[:i]}{_LOST}{{{least},2}}{name[i + 1 :]}" for i in range(1, len(name))
                ]
                found.append((each, re.compile("|".join([*ways, f"{_LOST}{name[1:]}"]))))
    return tuple(found)


def damaged_mentions(text: str) -> Iterator[Mention]:
    """Names with one character lost; guesses, for figures that no whole name explains.

    >>> [each.metric.key for each in damaged_mentions("森林覆率达到42%")]
    ['forest_cover_rate']
    """
    for metric, pattern in _damaged():
        for hit in pattern.finditer(text):
            yield Mention(metric, hit.start(), hit.end(), is_guess=True)
