"""The sources' sections of the method sheet: coefficients, the analyst's own, references."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sink_models.coefficients import Override
from sink_models.indicator import indicators
from sink_models.method.labels import RANGE_SEEN, SEEN_AS
from sink_models.method.values import Figure, Formula, Section, SheetTable, both, figure
from sink_models.results import Results


def coefficients_section(results: Results, references: Mapping[str, int]) -> Section:
    """Every coefficient that entered a figure, numbered, with law, scope, source and standing."""
    rows = tuple(
        (
            Figure(f"[{references[row.key]}]"),
            row.key,
            figure(row.value),
            Figure("–" if math.isnan(row.low) else f"{row.low:g} – {row.high:g}"),
            row.unit,
            row.distribution,
            row.applicability or "–",
            row.cited,
            SEEN_AS[row.seen_as],
            row.verified_in or "–",
            RANGE_SEEN[row.range_seen],
            row.ship,
        )
        for row in (results.store[key] for key in results.used_keys)
    )
    heads = (
        both("序号", "no."),
        both("系数", "coefficient"),
        both("值", "value"),
        both("区间", "range"),
        both("单位", "unit"),
        both("分布", "law"),
        both("适用于", "made for"),
        both("来源", "source"),
        both("查见方式", "how the number was seen"),
        both("查见于", "seen in"),
        both("区间查见方式", "how the range was seen"),
        both("采用级别", "standing"),
    )
    title = both("系数", "Coefficients")
    return Section("coefficients", title, (), (), SheetTable(heads, rows))


def own_section(overrides: Sequence[Override]) -> Section | None:
    """Coefficients of the analyst's own, with what they replaced, why and by whom."""
    if not overrides:
        return None
    rows = tuple(
        (
            each.key,
            figure(each.value),
            each.unit,
            figure(float("nan") if each.replaced is None else each.replaced),
            each.reason,
            each.analyst,
        )
        for each in overrides
    )
    heads = (
        both("系数", "coefficient"),
        both("值", "value"),
        both("单位", "unit"),
        both("原值", "ours"),
        both("理由", "reason"),
        both("署名", "by"),
    )
    title = both("分析者自定的系数", "Coefficients given by the analyst")
    return Section("own", title, (), (), SheetTable(heads, rows))


def references_section(results: Results, formulas: Sequence[Formula]) -> Section:
    """Every document once, with the tables read in it and what they were read for."""
    cited: dict[str, dict[str, None]] = {}
    for key in results.used_keys:
        row = results.store[key]
        cited.setdefault(row.source_document, {})[row.place] = None
    for formula in formulas:
        cited.setdefault(formula.source, {})[f"({formula.key})"] = None
    for balance in results.forest_balances:
        cited.setdefault(balance.source, {})[balance.said] = None
    for each in indicators().values():
        if any(value.indicator == each.key for value in results.values.values()):
            cited.setdefault(each.source, {})[each.title_en] = None
    rows = tuple(
        (Figure(str(place)), document, "; ".join(filter(None, places)))
        for place, (document, places) in enumerate(sorted(cited.items()), start=1)
    )
    heads = (
        both("序号", "no."),
        both("文献", "document"),
        both("所据的表、式与用途", "tables, equations, and what for"),
    )
    title = both("参考文献", "References")
    return Section("references", title, (), (), SheetTable(heads, rows))
