"""What would settle an undecided target, and what a decided one hangs on.

The margin of a target is spread by sources: the accuracy of a layer's areas or stocks, the sample
behind an error matrix, a coefficient, a choice between models. The part that one source has in
every draw is found by least squares on that source's own draws; it is then made smaller (or larger)
by a factor, and the chance counted again, until it leaves the band that decides nothing (or enters
it).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layers.registry import kinds
from plans.judging.chance import chance, decided
from plans.judging.comparators import Window
from plans.judging.reasons import Reason, reason
from plans.judging.target_series import Case
from plans.number_words import percent_words
from plans.plan import Words
from sink_models.sampling import Array

_NEAR = 0.1
"""How near to the band a decided chance is told what it hangs on."""

_LEAST_PART = 0.02
"""Share of the variance below which a source is not asked."""

_MOST_NAMED = 2
_SHRINKING = np.linspace(0.99, 0.0, 100)
_GROWING = np.linspace(1.01, 3.0, 200)

_QUANTITIES: Mapping[str, Words] = {
    "area": {"zh": "面积", "en": "area"},
    "stock": {"zh": "蓄积量", "en": "stock"},
    "inside": {"zh": "内外面积划分", "en": "split by what lies inside"},
}


@dataclass(frozen=True)
class ErrorSource:
    """What one source adds to the margin in every draw, and how wide it is.

    ``part`` has the shape of the draws; ``half_percent`` is the half width of its interval in
    percent, None where a percentage says nothing of it.
    """

    name: Words
    part: Array
    half_percent: float | None


def settling(window: Window, case: Case) -> tuple[Reason, ...]:
    """Which source decides, and how good it would have to be; empty where nothing hangs on it."""
    probability = chance(window.satisfied)
    if probability is None:
        return ()
    low, high = case.tolerances.undecided
    is_decided = decided(probability, case.tolerances.undecided) is not None
    distance = min(abs(probability - low), abs(probability - high))
    if is_decided and (distance > _NEAR or probability in (0.0, 1.0)):
        return ()
    sources = _sources(window, case)
    if is_decided:
        return _hangs_on(window, sources, case)
    return _would_decide(window, sources, case)


def _would_decide(window: Window, sources: Sequence[ErrorSource], case: Case) -> tuple[Reason, ...]:
    """Sources that alone would take the chance out of the band, the easiest first."""
    found = [
        (factor, each)
        for each in sources
        if (factor := _first(window, each.part, _SHRINKING, case, wanted=True)) is not None
    ]
    found.sort(key=lambda pair: -pair[0])
    if found:
        return tuple(_said("settle", each, factor) for factor, each in found[:_MOST_NAMED])
    whole = window.values[1:] - window.values[0]
    factor = _first(window, whole, _SHRINKING, case, wanted=True)
    if factor is None:
        return (reason("settle_nothing"),)
    names = _listed([each.name for each in sources[:3]])
    return (reason("settle_all", factor=percent_words(factor), sources=names),)


def _hangs_on(window: Window, sources: Sequence[ErrorSource], case: Case) -> tuple[Reason, ...]:
    """The source that would soonest leave the target undecided, if it were wider than stated."""
    found = [
        (factor, each)
        for each in sources
        if (factor := _first(window, each.part, _GROWING, case, wanted=False)) is not None
    ]
    if not found:
        return ()
    factor, each = min(found, key=lambda pair: pair[0])
    return (_said("hangs_on", each, factor),)


_WITHIN_REACH = 0.1
"""A tenth of the stated error takes a hundred times as many plots: no survey is made for that."""


def _said(key: str, source: ErrorSource, factor: float) -> Reason:
    if source.half_percent is None or (factor == 0.0 and key == "settle"):
        return reason(f"{key}_share", source=source.name, factor=percent_words(factor))
    now = source.half_percent
    if key == "settle" and factor < _WITHIN_REACH:
        key = "settle_beyond"
    return reason(key, source=source.name, needed=_two_digits(factor * now), stated=f"{now:.2g}")


def _two_digits(percent: float) -> str:
    """A percentage cut down to two digits, so that the printed one does what it says.

    >>> _two_digits(2.19), _two_digits(0.0567), _two_digits(12.9)
    ('2.1', '0.056', '12')
    """
    if percent <= 0.0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(percent)) - 1)
    return f"{math.floor(percent / step + 1e-9) * step:.2g}"


def _first(
    window: Window, part: Array, factors: Array, case: Case, *, wanted: bool
) -> float | None:
    """The first factor on a source's part at which the target is decided, or is not."""
    for factor in factors:
        values = window.values.copy()
        values[1:] -= (1.0 - factor) * part
        found = chance(Window(values, window.low, window.high).satisfied)
        if found is None:
            return None
        if (decided(found, case.tolerances.undecided) is not None) is wanted:
            return float(factor)
    return None


def _sources(window: Window, case: Case) -> tuple[ErrorSource, ...]:
    """Sources with a part in the margin, the largest first."""
    spread = window.values[1:] - window.values[0]
    whole = float(spread.var())
    if whole == 0.0:
        return ()
    groups: dict[str, list[str]] = {}
    for name, values in case.streams.items():
        if values.size == window.values.size:
            groups.setdefault(_family(name), []).append(name)
    found = []
    for family, names in groups.items():
        columns = np.stack([case.streams[name][1:] for name in names], axis=1)
        columns = columns - columns.mean(axis=0)
        weights, *_ = np.linalg.lstsq(columns, spread - spread.mean(), rcond=None)
        part = columns @ weights
        if part.var() >= _LEAST_PART * whole:
            latest = case.streams[sorted(names)[-1]]
            found.append(ErrorSource(_title(family), part, _half_percent(family, latest, case)))
    return tuple(sorted(found, key=lambda each: -float(each.part.var())))


def _family(name: str) -> str:
    """Streams that one effort would better: a layer's areas in all epochs, one sample.

    >>> _family("accuracy:wetlands:2024:area"), _family("map:land_cover 1a2b:crop>built")
    ('accuracy:wetlands:area', 'map:land_cover 1a2b')
    """
    head, _, rest = name.partition(":")
    if head == "accuracy":
        kind, _, quantity = rest.split(":")
        return f"{head}:{kind}:{quantity}"
    return f"{head}:{rest.split(':')[0]}" if head == "map" else name


def _title(family: str) -> Words:
    head, _, rest = family.partition(":")
    if head == "accuracy":
        kind, _, quantity = rest.partition(":")
        said = _QUANTITIES[quantity]
        layer = _layer(kind)
        return {
            "zh": f"{layer['zh']}的{said['zh']}精度",
            "en": f"{said['en']} accuracy of {layer['en']}",
        }
    if head == "map":
        layer = _layer(rest.split(" ")[0])
        return {"zh": f"{layer['zh']}的精度样本", "en": f"accuracy sample of {layer['en']}"}
    if head == "model":
        one, _, other = rest.partition("|")
        return {"zh": f"模型取舍（{one} 或 {other}）", "en": f"choice of model ({one} or {other})"}
    return {"zh": f"系数 {family}", "en": f"coefficient {family}"}


def _layer(kind: str) -> Words:
    found = kinds().get(kind)
    if found is None:
        return {"zh": kind, "en": kind}
    return {"zh": found.title_zh, "en": found.title_en.lower()}


def _half_percent(family: str, values: Array, case: Case) -> float | None:
    """Half width of a source's interval in percent of its central value."""
    if family.startswith(("map:", "model:")) or values[0] == 0.0:
        return None
    low, high = case.sampling.bounds(values)
    return 100.0 * (high - low) / 2.0 / abs(float(values[0]))


def _listed(names: Sequence[Words]) -> Words:
    return {
        "zh": "、".join(each["zh"] for each in names),
        "en": ", ".join(each["en"] for each in names),
    }
