"""Verdicts and shares as the outputs show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from gis.problems import Language
from plans.allocation import Allocation
from plans.judging import Trajectory, Verdict
from plans.number_words import printed_words
from plans.plan import SCHEMES, Plan, Words
from sink_models.indicator import indicators
from sink_models.results import Results

COLUMNS = (
    *("plan", "clause", "indicator", "scope", "nature", "year", "base_epoch", "comparator"),
    *("target", "unit", "epoch", "value", "low", "high", "gap", "status", "leaning"),
    *("probability", "reason"),
)
"""Columns of ``verdicts.csv``."""

_TYPES = {
    "year": "Int64",
    "base_epoch": "Int64",
    "target": "float64",
    "epoch": "Int64",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "gap": "float64",
    "probability": "float64",
}


def verdict_table(verdicts: Sequence[Verdict], *, language: Language = "zh") -> pd.DataFrame:
    """One row per verdict, in order, with the columns of ``verdicts.csv``.

    Figures are in ``unit`` (SI), missing where there is none; ``target`` is the low end of a range,
    and of an increment the change that is asked for; ``gap`` is that of :class:`Verdict`;
    ``leaning`` (``met``, ``not_met``, ``even``) says what an undecided target is likelier to be;
    ``probability`` lies between 0 and 1.
    """
    rows = [_row(verdict, language) for verdict in verdicts]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES)


SCHEME_COLUMNS = (
    *("plan", "clause", "kind", "title", "scope", "force", "contributes", "needs", "quote"),
)
"""Columns of ``schemes.csv``."""


def scheme_table(plan: Plan | None, *, language: Language = "zh") -> pd.DataFrame:
    """What a plan wants built or done without a figure, and what a run contributes: a row each.

    ``contributes`` and ``needs`` are texts in the language, empty where there is nothing to say.
    """
    rows = [
        (
            *(plan.id, each.clause, each.kind, each.title[language], each.scope_name[language]),
            *(each.force, each.serves[language], each.needs[language], each.quote),
        )
        for plan in ([] if plan is None else [plan])
        for each in plan.targets
        if each.kind in SCHEMES
    ]
    return pd.DataFrame(rows, columns=list(SCHEME_COLUMNS))


def scheme_words(plan: Plan | None) -> tuple[Mapping[str, Words], ...]:
    """Title, clause, quote, contribution and need of each row of ``schemes.csv``, per language."""
    return tuple(
        {
            "title": each.title,
            "clause": {"zh": each.clause, "en": each.clause},
            "quote": {"zh": each.quote, "en": each.quote},
            "contributes": each.serves,
            "needs": each.needs,
        }
        for each in (plan.targets if plan else ())
        if each.kind in SCHEMES
    )


TRAJECTORY_COLUMNS = (
    *("plan", "clause", "indicator", "scope", "target_year", "comparator", "target", "unit"),
    *("year", "kind", "value", "low", "high"),
    *("pace", "pace_low", "pace_high", "required_pace", "probability", "reason"),
)
"""Columns of ``trajectories.csv``."""

_TRAJECTORY_TYPES = {
    "target_year": "Int64",
    "year": "Int64",
    **dict.fromkeys(("target", "value", "low", "high"), "float64"),
    **dict.fromkeys(("pace", "pace_low", "pace_high", "required_pace", "probability"), "float64"),
}


def trajectory_table(found: Sequence[Trajectory], *, language: Language = "zh") -> pd.DataFrame:
    """The epochs (``observed``) and the line (``trend``) of every trajectory, a row per year.

    Figures are in ``unit`` (SI), paces per year; what holds for a trajectory as a whole stands in
    each of its rows.
    """
    rows = [row for each in found for row in _trajectory_rows(each, language)]
    return pd.DataFrame(rows, columns=list(TRAJECTORY_COLUMNS)).astype(_TRAJECTORY_TYPES)


def _trajectory_rows(found: Trajectory, language: Language) -> Iterator[tuple[object, ...]]:
    target = found.target
    for kind, points in (("observed", found.observed), ("trend", found.trend)):
        for point in points:
            yield (
                *(found.plan_id, target.clause, target.indicator, target.scope, target.year),
                *(target.comparator, target.value, target.unit),
                *(point.year, kind, point.value, point.low, point.high),
                *(found.pace, found.pace_low, found.pace_high, found.required_pace),
                *(found.probability, found.reason_words[language]),
            )


ALLOCATION_COLUMNS = (
    *("plan", "clause", "indicator", "year", "comparator", "method", "origin"),
    *("unit_code", "unit_name", "baseline_epoch", "baseline", "capacity_ha"),
    *("denominator", "numerator", "share", "unit", "share_printed", "unit_printed"),
    *("epoch", "value", "low", "high", "gap", "status", "probability", "reason"),
)
"""Columns of ``allocation.csv``."""

_ALLOCATION_TYPES = {
    **dict.fromkeys(("year", "baseline_epoch", "epoch"), "Int64"),
    **dict.fromkeys(
        ("baseline", "capacity_ha", "denominator", "numerator", "share", "value", "low", "high"),
        "float64",
    ),
    **dict.fromkeys(("gap", "probability"), "float64"),
}


def allocation_table(
    found: Sequence[Allocation], names: Mapping[str, str], *, language: Language = "zh"
) -> pd.DataFrame:
    """One row per district and one for the city, whose target is the plan's own (``origin``).

    ``numerator`` adds up to the city's; ``share_printed`` is text in ``unit_printed``. ``names``
    gives names by code.
    """
    rows = [row for each in found for row in _allocation_rows(each, names, language)]
    return pd.DataFrame(rows, columns=list(ALLOCATION_COLUMNS)).astype(_ALLOCATION_TYPES)


def _allocation_rows(
    found: Allocation, names: Mapping[str, str], language: Language
) -> Iterator[tuple[object, ...]]:
    for share, verdict in zip(
        (*found.shares, found.city), (*found.verdicts, found.city_verdict), strict=True
    ):
        target = verdict.target
        yield (
            *(verdict.plan_id, target.clause, target.indicator, target.year, target.comparator),
            *(found.request.method, target.origin, share.unit_code),
            *(names.get(share.unit_code, ""), found.baseline_epoch, share.baseline),
            *(share.capacity_ha, share.denominator, share.numerator, share.value, target.unit),
            *(share.value_text, target.unit_text),
            *(verdict.epoch, verdict.value, verdict.low, verdict.high, verdict.gap),
            *(str(verdict.status), verdict.probability, verdict.reason(language)),
        )


def verdict_words(verdicts: Sequence[Verdict]) -> tuple[Mapping[str, Words], ...]:
    """Title, printed target, quote, leaning and reason of each verdict, per language.

    The quote is the plan's own Chinese in both languages.
    """
    return tuple(
        {
            "title": verdict.target.title,
            "printed": printed_words(verdict.target),
            "quote": {"zh": verdict.target.quote, "en": verdict.target.quote},
            "leaning": verdict.leaning_words,
            "reason": verdict.reason_words,
        }
        for verdict in verdicts
    )


def district_shares(results: Results, indicator: str, epoch: int) -> pd.DataFrame:
    """Each district's own value and its share of the whole, in percent.

    Columns ``unit_code``, ``value``, ``share_percent``, one row per district that has a value. The
    share is missing where it has no meaning: for an indicator that does not add up over districts
    (a rate, a density), or when the whole is zero or not known.

    Raises ``KeyError`` when there is no such indicator.
    """
    rows = [
        (unit, results.values[indicator, epoch, unit].value)
        for unit in results.units
        if (indicator, epoch, unit) in results.values
    ]
    table = pd.DataFrame(rows, columns=["unit_code", "value"]).astype({"value": "float64"})
    whole = results.values.get((indicator, epoch, results.whole_code))
    adds_up = indicators()[indicator].additive and whole is not None and whole.value != 0
    total = whole.value if adds_up and whole is not None else float("nan")
    return table.assign(share_percent=table["value"] / total * 100.0)


def _row(verdict: Verdict, language: Language) -> tuple[object, ...]:
    target = verdict.target
    return (
        verdict.plan_id,
        target.clause,
        target.indicator,
        target.scope,
        target.nature,
        target.year,
        verdict.base_epoch,
        target.comparator,
        target.value if target.change is None else target.change,
        target.unit,
        verdict.epoch,
        verdict.value,
        verdict.low,
        verdict.high,
        verdict.gap,
        str(verdict.status),
        verdict.leaning,
        verdict.probability,
        verdict.reason(language),
    )
