"""Verdicts and shares as the outputs show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gis.problems import Language
from plans.measures import printed_words
from plans.plan import Words
from plans.verdict import Verdict
from sink_models import Results
from sink_models.indicator import indicators

COLUMNS = (
    *("plan", "clause", "indicator", "scope", "year", "comparator", "target", "unit", "epoch"),
    *("value", "low", "high", "gap", "status", "probability", "reason"),
)
"""Columns of ``verdicts.csv``."""

_TYPES = {
    "year": "Int64",
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

    Figures are in ``unit`` (SI), missing where there is none; ``target`` is the low end of a range;
    ``gap`` is value minus target; ``probability`` lies between 0 and 1.
    """
    rows = [_row(verdict, language) for verdict in verdicts]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES)


def verdict_words(verdicts: Sequence[Verdict]) -> tuple[Mapping[str, Words], ...]:
    """Title, printed target, quote and reason of each verdict, per language.

    The quote is the plan's own Chinese in both languages.
    """
    return tuple(
        {
            "title": verdict.target.title,
            "printed": printed_words(verdict.target),
            "quote": {"zh": verdict.target.quote, "en": verdict.target.quote},
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
        target.year,
        target.comparator,
        target.value,
        target.unit,
        verdict.epoch,
        verdict.value,
        verdict.low,
        verdict.high,
        verdict.gap,
        str(verdict.status),
        verdict.probability,
        verdict.reason(language),
    )
