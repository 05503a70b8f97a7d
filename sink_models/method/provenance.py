"""Which share of the stock and of the sink rests on numbers that were read at first hand.

A figure is as well founded as the weakest number in it: an amount counts as first-hand (A) where
every coefficient behind it was read in its publication, as second-hand (B) where one was seen in a
transcription or a citing paper only, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis.problems import Problem, problem
from sink_models.carbon import SOIL, SOIL_BURIAL, Cell, other_depth
from sink_models.method.evaluations import grounds
from sink_models.method.values import Words, both
from sink_models.results import Results

FIRST_HAND, SECOND_HAND, SPOKEN_OF, NOT_SEEN, OWN = "A", "B", "C", "", "analyst"
WEAKEST_FIRST = (NOT_SEEN, SPOKEN_OF, OWN, SECOND_HAND, FIRST_HAND)


@dataclass(frozen=True)
class Provenance:
    """Shares of the last epoch's stock and sink by the grade of their weakest number, 0 to 1.

    The sink's are shares of its parts by type and pool, whatever their sign; empty without a sink.
    """

    stock: Mapping[str, float]
    sink: Mapping[str, float]


def provenance(results: Results) -> Provenance:
    """The shares of a run's last epoch."""
    epoch = max(results.epochs, default=0)
    held = grounds(results, epoch)
    stock: dict[str, float] = {}
    by_cell: dict[Cell, dict[str, float]] = {}
    for year, choice in results.choices:
        if year != epoch or choice.stratum not in held:
            continue
        amount = abs(held[choice.stratum].carbon(choice.pool))
        grade = _weakest(results, choice.keys)
        is_flow = choice.pool == SOIL_BURIAL
        pool = SOIL if is_flow else choice.pool
        if is_flow or pool != SOIL:
            own = by_cell.setdefault((choice.stratum.ecosystem_type, pool), {})
            own[grade] = own.get(grade, 0.0) + amount
        if not is_flow and not other_depth(choice):
            stock[grade] = stock.get(grade, 0.0) + amount
    sink: dict[str, float] = {}
    moved = {} if results.sink_steps is None else results.sink_steps.by_cell
    for cell, change in moved.items():
        for grade, share in _shares(by_cell.get(cell, {})).items():
            sink[grade] = sink.get(grade, 0.0) + abs(change) * share
    return Provenance(_shares(stock), _shares(sink))


def _weakest(results: Results, keys: tuple[str, ...]) -> str:
    grades = {results.store[key].grade for key in keys}
    return next(each for each in WEAKEST_FIRST if each in grades)


def _shares(amounts: Mapping[str, float]) -> dict[str, float]:
    whole = sum(amounts.values())
    return {grade: each / whole for grade, each in amounts.items()} if whole > 0 else {}


def provenance_words(found: Provenance) -> Words:
    """One sentence per figure: its shares from the best founded to what was not seen."""
    titles = ((both("碳储量", "the carbon stock"), found.stock),
              (both("碳汇", "the carbon sink"), found.sink))  # fmt: skip
    told = [(title, _listed(shares)) for title, shares in titles if shares]
    return both(
        "；".join(f"{title['zh']}：{words['zh']}" for title, words in told),
        "; ".join(f"of {title['en']} {words['en']}" for title, words in told),
    )


GRADE_WORDS: Mapping[str, Words] = {
    FIRST_HAND: both("一手（A）", "first-hand (A)"),
    SECOND_HAND: both("转引（B）", "second-hand (B)"),
    OWN: both("分析人员提供", "the analyst's own"),
    SPOKEN_OF: both("仅有说明（C）", "only spoken of (C)"),
    NOT_SEEN: both("未查见", "not seen in print"),
}


def _listed(shares: Mapping[str, float]) -> Words:
    # a share of nothing is told too: that no part is first-hand is what a reviewer asks
    parts = [
        (GRADE_WORDS[grade], f"{100.0 * shares.get(grade, 0.0):.0f}")
        for grade in reversed(WEAKEST_FIRST)
        if grade == FIRST_HAND or shares.get(grade, 0.0) > 0
    ]
    return both(
        "、".join(f"{words['zh']} {percent}%" for words, percent in parts),
        ", ".join(f"{percent} % {words['en']}" for words, percent in parts),
    )


def provenance_notice(results: Results) -> tuple[Problem, ...]:
    """The line of a run's headline; none where no carbon is estimated."""
    found = provenance(results)
    if not found.stock:
        return ()
    epoch = max(results.epochs)
    return (problem("sink_models.provenance", epoch, shares=provenance_words(found)),)
