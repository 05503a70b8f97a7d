"""Change of mineral soils where land changed its type or its management, beside the carbon sink.

Biomass of fields and grassland is in ``carbon_stock`` and ``carbon_sink``; their soils are in
``carbon_stock`` as stocks and here as a flow. ``carbon_sink`` holds no soil but what coasts bury:
nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gis.problems import Language, Problem, problem
from sink_models.carbon import (
    REFERENCE,
    YEARS,
    SoilSpan,
    add_up,
    check_sum,
    covers,
    spans_in_transition,
)
from sink_models.coefficients import resolve_formula
from sink_models.ecosystem_types import type_names
from sink_models.equations import co2_from_c
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading, comparable_earlier
from sink_models.sampling import Array
from sink_models.statements import Statement, statement

ORDER = 42
KEY = "mineral_soil_change"
PARTS = ("converted", "managed")


def mineral_soil_change(context: Context) -> Outcome:
    """Yearly change of all land that is still in transition, t CO2/yr; positive is uptake."""
    spans = _spans(context)
    if isinstance(spans, Absent):
        return spans
    parts = _by_part(context, spans)
    unknown = np.logical_or.reduce([span.unknown for span in spans])
    if unknown.all():
        where, needs = f"{KEY} {context.account.year}", _lacking(spans)
        return Absent(problem("sink_models.soil_not_computed", where, needs=needs))
    return Reading(
        np.where(unknown, np.nan, co2_from_c(parts["converted"] + parts["managed"])),
        context.carbon.basis,
        _method(spans),
        warnings=_left_out(context, spans),
        compares_epochs=True,
        keys=tuple(sorted({key for span in spans for key in span.keys})),
    )


def mineral_soil_parts(context: Context) -> Mapping[str, Outcome]:
    """Land that changed its type, and land whose management alone changed, where some did."""
    spans = _spans(context)
    if isinstance(spans, Absent):
        return {}
    parts, method = _by_part(context, spans), _method(spans)
    if not parts["managed"].any():
        return {}
    unknown = np.logical_or.reduce([span.unknown for span in spans])
    return {
        name: Reading(
            np.where(unknown, np.nan, co2_from_c(part)),
            context.carbon.basis,
            method,
            compares_epochs=True,
        )
        for name, part in parts.items()
    }


def _by_part(context: Context, spans: tuple[SoilSpan, ...]) -> dict[str, Array]:
    """Yearly change by part, t C/yr; stops the run when the parts are not the spans' sum."""
    years = _years(context)
    parts = {
        name: add_up(span.per_year(getattr(span, name), years) for span in spans) for name in PARTS
    }
    total = add_up(span.per_year(span.converted + span.managed, years) for span in spans)
    size = add_up(np.abs(part) for part in parts.values())
    check_sum(f"{KEY} {context.account.year}: parts", parts.values(), total, scale=size)
    return parts


def _spans(context: Context) -> tuple[SoilSpan, ...] | Absent:
    """The spans that count at this epoch, or why there is no figure; what is lacking is not 0."""
    before = comparable_earlier(context, KEY)
    if isinstance(before, Absent):
        return before
    where = f"{KEY} {context.account.year}"
    spans = tuple(spans_in_transition(context.soils, context.account.year, _years(context)))
    if not any(span.end == context.account.year for span in spans):
        return Absent(problem("sink_models.soil_not_computed", where, needs=_needs(context)))
    return spans


def _needs(context: Context) -> str:
    """What must be stated or accepted before any type has a mineral soil."""
    zone = context.account.book.zone
    stated = {"climate_zone": zone.climate_zone, "soil_class": zone.soil_class}
    lacking = [name for name, value in stated.items() if not value]
    return ", ".join(lacking) or resolve_formula(REFERENCE, zone)


def _lacking(spans: tuple[SoilSpan, ...]) -> Mapping[Language, str]:
    """The types whose soil factors are lacking, in words."""
    names = type_names(sorted({name for span in spans for name in span.left_out}))
    return {"zh": f"土壤因子（{names['zh']}）", "en": f"soil factors of: {names['en']}"}


def _years(context: Context) -> float:
    return context.account.book.store[YEARS].value


def _left_out(context: Context, spans: tuple[SoilSpan, ...]) -> tuple[Problem, ...]:
    left: dict[str, float] = {}
    for span in spans:
        for name, area in span.left_out.items():
            left[name] = left.get(name, 0.0) + area
    if not left:
        return ()
    where = f"{KEY} {context.account.year}"
    hectares, types = f"{sum(left.values()):,.1f}", type_names(sorted(left))
    return (problem("sink_models.soil_left_out", where, area=hectares, types=types),)


def _method(spans: tuple[SoilSpan, ...]) -> Statement:
    counted = tuple(statement("span", start=span.start, end=span.end) for span in spans)
    return statement("mineral_soils", spans=counted).also("not_in_sink")


INDICATORS = (
    Indicator(
        key=KEY,
        title_zh="矿质土壤碳年变化",
        title_en="Change of mineral soil carbon",
        unit="t CO2/yr",
        definition_zh=(
            "两期之间地类或管理方式改变的土地，其 0-30 厘米矿质土壤碳储量之差"
            "（参考储量 × 利用 × 管理 × 投入因子）分摊到 20 年；正值表示吸收。"
            "没有因子的地类不计并列明面积；不计入年碳汇量。"
        ),
        definition_en=(
            "Land whose type or management changed between epochs: the difference of its mineral "
            "soil stocks to 30 cm (reference stock × land-use × management × input factors) over "
            "20 years; positive is uptake. Types without a factor are left out with their area; "
            "not part of the carbon sink."
        ),
        source="IPCC 2006 GL Vol.4 Ch.2 Eq. 2.25; IPCC 2019 Refinement Vol.4 Ch.5-6",
        additive=True,
        needs=tuple(frozenset({kind}) for kind in covers()),
        read=mineral_soil_change,
        parts=mineral_soil_parts,
    ),
)
