"""A plan as data: what was promised, by when, in which clause, in whose words.

A plan is one TOML file anywhere on disk, with a ``[plan]`` table and one ``[[targets]]`` per
promise; ``plans/data`` holds the bundled ones. ``plans/reader.py`` reads and checks the file.

Years are calendar years, ``value`` and ``value_high`` are in ``unit`` (ha, m3, km, %, t C,
t CO2/yr, count), ``value_text`` and ``unit_text`` stand as the plan prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Literal

from gis.problems import Language

Comparator = Literal[
    ">=", "<=", "~", "=", "range", "assigned", "increase", "decrease", "stable", "none"
]
Force = Literal["binding", "strive", "assigned"]
Kind = Literal["state", "works", "count", "trend", "rule", "system", "task"]
Nature = Literal["state", "increment", "works", "direction", "rule", "system", "task"]
SCHEMES = ("system", "task")
"""Kinds that no figure can judge: what a plan wants built, and work that it names without one."""
Origin = Literal["plan", "ours"]
Period = Literal["whole", "year"]
Tolerance = Literal["floor", "ceiling", "both"]
Aspect = Literal[
    "indicator", "figure", "unit", "year", "direction", "increment", "period", "base_year", "force"
]
"""What of a target its own quote can contradict."""
Words = Mapping[Language, str]
NO_WORDS: Words = {"zh": "", "en": ""}


@dataclass(frozen=True)
class Target:
    """One promise of a plan.

    comparator
        ``>=`` at least, ``<=`` at most, ``~`` about (左右, 稳定在), ``=`` as much as, ``range``
        between ``value`` and ``value_high``, ``assigned`` a figure handed down from above that the
        plan does not print, ``increase``, ``decrease`` and ``stable`` against what stood before,
        ``none`` for a rule or a system, which promises no figure and no direction.
    kind
        ``state`` what stands at a time, ``works`` hectares of work done since the plan began (never
        compared with what stands), ``count`` things counted, ``trend`` a direction without figure,
        ``rule`` what may or may not be done on some ground, ``system`` a survey, an account or a
        monitoring system to be built, ``task`` work or a place that the plan names without figure.
    change
        By how much ``increase`` or ``decrease`` is to change what stands, in ``unit`` and positive;
        None for a direction alone. ``value`` is then None: it says what stands, never a change.
    base_year
        Year from which a change counts (较2020年增加); None where the plan does not say.
    period
        ``year`` where the figure is due in every year and adds up (每年修复20公顷), else ``whole``.
    tolerance
        What ``~`` and ``stable`` allow beside 左右: ``floor`` (more is no failure), ``ceiling``
        (less is no failure) or ``both`` where the plan means the figure and no other.
    disputed
        What the quote says otherwise than the fields; a figure so disputed decides nothing.
    scope
        A unit code (the city's own by default, or a district's) or the name of an area.
    read_from
        Code of the unit whose value speaks for a named scope, where the indicator itself is about
        that scope only (a rate of the built-up area, read from the city's row); None otherwise.
    also
        A second indicator that the plan names for the same figure, shown beside the verdict.
    basis
        ``family:key`` of ``bases.csv``; ``family:unknown`` where the plan does not say; None where
        the indicator has only one statistic.
    implied
        True where the figure lies in a word (万亩) rather than in a printed number.
    needs
        What would be needed to judge a promise that nothing computes yet; empty text when not said.
    serves
        What a run offers towards a system or a task; empty text when not said.
    origin
        ``plan`` for the plan's own promise, ``ours`` for a district's share that we worked out.
    line
        Line of the target in its file, for messages.
    """

    id: str
    indicator: str
    title: Words
    year: int | None
    comparator: Comparator
    value: float | None
    value_high: float | None
    value_text: str
    unit_text: str
    unit: str
    clause: str
    quote: str
    force: Force
    kind: Kind
    scope: str
    scope_name: Words
    basis: str | None
    implied: bool
    note: Words
    needs: Words
    line: int
    serves: Words = field(default_factory=lambda: NO_WORDS)
    also: str | None = None
    read_from: str | None = None
    origin: Origin = "plan"
    change: float | None = None
    base_year: int | None = None
    period: Period = "whole"
    tolerance: Tolerance = "floor"
    disputed: tuple[Aspect, ...] = ()

    @property
    def nature(self) -> Nature:
        """What has to be looked at: what stands, how much was added, work done, or a direction."""
        if self.kind == "rule" or self.kind == "system" or self.kind == "task":
            return self.kind
        if self.comparator in ("increase", "decrease", "stable"):
            return "direction" if self.change is None else "increment"
        return "works" if self.kind == "works" else "state"


@dataclass(frozen=True)
class Plan:
    """A plan and its targets, in the order of the file.

    ``issued`` is the date or year of issue as far as it is known, ``""`` when it is not; ``starts``
    is the first year a target may have, None when neither is known. ``base_year`` is the year from
    which the plan counts changes, None where it does not say. ``source`` says where the text was
    read.
    """

    id: str
    title_zh: str
    title_en: str
    city: str
    city_en: str
    adcode: str
    issuer: Words
    issued: str
    starts: int | None
    source: str
    source_en: str
    targets: tuple[Target, ...]
    base_year: int | None = None

    @property
    def title(self) -> Words:
        return {"zh": self.title_zh, "en": self.title_en}

    @property
    def assumed_base_year(self) -> int | None:
        """The last year before the five-year plan (五年规划) in which this plan starts.

        A plan that starts in 2021 to 2025 counts from 2020, as the five-year plans do.
        """
        return None if self.starts is None else (self.starts - 1) // 5 * 5


@dataclass(frozen=True)
class AssignedValue:
    """A figure handed down from above, as the analyst enters it, with the document that gives it.

    ``unit`` is any unit a plan may print (``%``, ``万立方米``, ``m3``).
    """

    indicator: str
    year: int
    value: float
    unit: str
    document: str
    date: date | None


def bundled_ids() -> tuple[str, ...]:
    """Ids of the plans that come with SinkAtlas, sorted.

    >>> bundled_ids()
    ('changsha', 'chengdu', 'guangzhou', 'jiangmen', 'jiaxing')
    """
    folder = resources.files("plans") / "data"
    return tuple(sorted(e.name[:-5] for e in folder.iterdir() if e.name.endswith(".toml")))
