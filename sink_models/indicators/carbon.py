"""Carbon stock and carbon sink, with their breakdown by pool and ecosystem type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from gis.extent import CLASSIFIED
from gis.problems import Language, Problem, problem
from sink_models.carbon import (
    ABOVE,
    POOL_NAMES,
    POOLS,
    SOIL,
    SOIL_PARTS,
    Amounts,
    CarbonAccount,
    Cell,
    LivingChange,
    NotEstimated,
    check_sum,
    covers,
    estimates,
    mapped_tree_effect,
    strata,
    yearly_uptake,
)
from sink_models.ecosystem_types import group_of, type_names
from sink_models.equations import co2_from_c
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading, comparable_earlier
from sink_models.sampling import Array
from sink_models.statements import Statement, statement

ORDER = 40
ANY_COVER = tuple(frozenset({kind}) for kind in covers())
BARREN = ("water", "built", "bare")
"""Groups of ecosystem types without much biomass to miss; the notes still list them."""


def carbon_stock(context: Context) -> Outcome:
    carbon, where = context.carbon, f"carbon_stock {context.account.year}"
    if not carbon.stocks.terms:
        return Absent(problem("sink_models.nothing_estimated", where))
    method = _by_set(context, _stock_method(carbon, carbon.stocks.cells))
    gaps = _gaps(context, where)
    warnings = (*gaps, *_other_depths(carbon, where), *_mapped_trees(context, where))
    return Reading(
        carbon.stocks.total(), carbon.basis, method, warnings=warnings, lower_bound=bool(gaps)
    )


def carbon_stock_parts(context: Context) -> Mapping[str, Outcome]:
    carbon = context.carbon
    parts: dict[str, Outcome] = {
        **_breakdown(
            context,
            carbon.stocks,
            lambda cells: _by_set(context, _stock_method(carbon, cells)),
        )
    }
    where = f"carbon_stock {context.account.year}"
    for depth, soils in carbon.soils_beside.items():
        types = tuple(sorted({kind for kind, _ in soils.cells}))
        method = statement("soil_depth", cm=depth, types=types).also("beside_total")
        parts[SOIL_PARTS[depth]] = Reading(soils.total(), carbon.basis, method)
    kinds = {each.ecosystem_type for each in carbon.not_estimated}
    for kind in sorted(kinds - {cell[0] for cell in carbon.stocks.cells}):
        found = problem("sink_models.type_not_estimated", where, type=type_names([kind]))
        parts[f"type.{kind}"] = Absent(found)
    for pool in POOLS:
        found = problem("sink_models.pool_not_estimated", where, pool=POOL_NAMES[pool])
        parts.setdefault(f"pool.{pool}", Absent(found))
    return parts


def not_estimated_area(context: Context) -> Outcome:
    return _area_reading(context, _not_estimated(context))


def not_estimated_area_parts(context: Context) -> Mapping[str, Outcome]:
    areas = _not_estimated(context)
    return {f"type.{kind}": _area_reading(context, {kind: areas[kind]}) for kind in sorted(areas)}


def _area_reading(context: Context, areas: Mapping[str, Array]) -> Reading:
    none: Array = np.zeros((1, len(context.account.units)))
    method = statement("without_biomass", types=tuple(sorted(areas)))
    return Reading(sum(areas.values(), none), context.carbon.basis, method)


def _not_estimated(context: Context) -> Mapping[str, Array]:
    """Hectares by type that plants cover and no coefficient speaks for, (1 or 1 + draws, units)."""
    account, found = context.account, dict[str, Array]()
    for sums in strata(account):
        kind = sums.stratum.ecosystem_type
        known, _ = estimates(sums.stratum, account.year, account.book)
        if ABOVE in known or group_of(kind) in BARREN or not sums.area_ha.any():
            continue
        factor = account.factor(sums.stratum.cover, "area", sums.share)
        area = factor[:, None] * sums.area_ha[None, :]
        found[kind] = found[kind] + area if kind in found else area
    return found


def carbon_sink(context: Context) -> Outcome:
    change = _change(context)
    if isinstance(change, Absent):
        return change
    uptake = _uptake(context, change)
    if isinstance(uptake, Absent):
        return uptake
    where = f"carbon_sink {context.account.year}"
    total = co2_from_c(uptake.total())
    warnings = (
        *_left_out(change, where),
        *_mixed_methods(context, where),
        *_beyond_growth(context, total[0], where),
    )
    return Reading(
        total,
        context.carbon.basis,
        _sink_method(context),
        warnings=warnings,
        keys=change.keys if change.grown.terms else (),
        compares_epochs=True,
    )


def _beyond_growth(context: Context, sink_t_co2: Array, where: str) -> tuple[Problem, ...]:
    """A warning for units whose plants would take up more per hectare than any that was measured.

    Such a sink is one of maps that differ, not of growth.
    """
    account = context.account
    rates = [
        float(np.fmax(row.value, row.high))
        for row in account.book.store
        if row.unit == "t C/ha/yr" and not any(word in row.key for word in EMISSIONS)
    ]
    ceiling = float(co2_from_c(np.array(max(rates))))
    is_planted = np.array([group_of(each) not in BARREN for each in account.rows["ecosystem_type"]])
    area = account.per_unit(is_planted & account.is_in("status", (CLASSIFIED,)), "area_ha")
    rate = np.divide(sink_t_co2, area, out=np.zeros_like(area), where=area > 0)
    beyond = np.flatnonzero(rate > ceiling)
    if not len(beyond):
        return ()
    listed = ", ".join(f"{account.units[place]}: {rate[place]:,.0f}" for place in beyond)
    return (
        problem("sink_models.sink_beyond_growth", where, units=listed, ceiling=f"{ceiling:.0f}"),
    )


EMISSIONS = ("ef_", "drain")
"""Words in the keys of rates that tell of losses."""


def carbon_sink_parts(context: Context) -> Mapping[str, Outcome]:
    change = _change(context)
    uptake = change if isinstance(change, Absent) else _uptake(context, change)
    if isinstance(uptake, Absent):
        return {}
    method = _sink_method(context)
    parts = _breakdown(context, uptake, lambda cells: method, co2_from_c)
    return {name: replace(part, compares_epochs=True) for name, part in parts.items()}


def _change(context: Context) -> LivingChange | Absent:
    before = comparable_earlier(context, "carbon_sink")
    if isinstance(before, Absent):
        return before
    assert context.change is not None
    return context.change


def _uptake(context: Context, change: LivingChange) -> Amounts | Absent:
    assert context.earlier is not None
    where = f"carbon_sink {context.account.year}"
    uptake = yearly_uptake(change, context.earlier.carbon, context.carbon)
    return uptake if uptake.terms else Absent(problem("sink_models.nothing_estimated", where))


def _same(carbon: Array) -> Array:
    return carbon


def _breakdown(
    context: Context,
    amounts: Amounts,
    method_of: Callable[[Iterable[Cell]], Statement],
    convert: Callable[[Array], Array] = _same,
) -> dict[str, Reading]:
    """Readings by pool and by type; stops the run when either does not sum to the total."""
    total, size = amounts.whole(), amounts.size()
    parts: dict[str, Reading] = {}
    cells = amounts.cells
    kinds = tuple(sorted({kind for kind, _ in cells}))
    for group, names, place in (("pool", POOLS, 1), ("type", kinds, 0)):
        sums: Array = np.zeros(1)
        for name in names:
            chosen = [cell for cell in cells if cell[place] == name]
            if not chosen:
                continue
            part = amounts.where(set(chosen).__contains__).total()
            sums = sums + part.sum(axis=1)
            parts[f"{group}.{name}"] = Reading(
                convert(part), context.carbon.basis, method_of(chosen)
            )
        check_sum(f"carbon {context.account.year}: {group}s", [sums], total, scale=size)
    return parts


def _stock_method(carbon: CarbonAccount, cells: Iterable[Cell]) -> Statement:
    """The pools that some cells hold and the depths of their soil."""
    listed = set(cells)
    pools = tuple(pool for pool in POOLS if any(cell[1] == pool for cell in listed))
    depths: dict[str, set[str]] = {}
    for choice in carbon.choices:
        kind = choice.stratum.ecosystem_type
        if choice.pool == SOIL and (kind, SOIL) in listed:
            depths.setdefault(choice.depth_cm, set()).add(kind)
    method = statement("carbon_pools", pools=pools)
    if not depths:
        return method
    soils = tuple(
        statement("soil_depth", cm=depth, types=tuple(sorted(kinds)))
        for depth, kinds in sorted(depths.items(), key=lambda each: float(each[0]))
    )
    return method.also("soil_depths", depths=soils)


def _sink_method(context: Context) -> Statement:
    start = context.earlier.account.year if context.earlier else ""
    end = context.account.year
    method = (
        statement("stock_difference_burial", start=start, end=end)
        if context.carbon.burial.terms
        else statement("stock_difference", start=start, end=end)
    )
    followed = float("nan") if context.change is None else context.change.followed_ha
    method = (
        method.also("net_changes")
        if np.isnan(followed)
        else method.also("surveyed_changes", ha=round(followed, 1))
    )
    return _by_set(context, method.also("new_stands_grow").also("static_left_out"))


def _by_set(context: Context, method: Statement) -> Statement:
    """The method with the name of the set whose rules it goes by, where they are not ours."""
    name = context.account.book.store.rules.name
    return method.also("method_set", name=name) if name else method


def _other_depths(carbon: CarbonAccount, where: str) -> tuple[Problem, ...]:
    """A note for soils that stand beside the total because they are known to another depth."""
    return tuple(
        problem(
            "sink_models.soil_other_depth",
            where,
            types=type_names(sorted({kind for kind, _ in soils.cells})),
            depth=depth,
            carbon=f"{float(soils.whole()[0]):,.0f}",
        )
        for depth, soils in carbon.soils_beside.items()
    )


def _mapped_trees(context: Context, where: str) -> tuple[Problem, ...]:
    """A note on tree cover that only a map shows: what it holds, and what a density would give."""
    effect = mapped_tree_effect(context.account)
    if effect is None:
        return ()
    code = "mapped_trees_left_out" if effect.is_left_out else "mapped_trees_surveyed"
    return (
        problem(
            f"sink_models.{code}",
            where,
            area=f"{effect.area_ha:,.1f}",
            carbon=f"{effect.counted:,.0f}",
            per_ha=f"{effect.counted / effect.area_ha:.1f}",
            density=f"{effect.by_density / effect.area_ha:.1f}",
            by_density=f"{effect.by_density:,.0f}",
            difference=f"{effect.counted - effect.by_density:+,.0f}",
        ),
    )


def _gaps(context: Context, where: str) -> tuple[Problem, ...]:
    """What the stock does not include: hectares (or stock) by type, and what sign it would have."""
    lacking = [
        each
        for each in context.carbon.not_estimated
        if each.pool == ABOVE
        and group_of(each.ecosystem_type) not in BARREN
        and (each.area_ha > 0 or each.stock_m3 > 0)
    ]
    if not lacking:
        return ()
    ordered = sorted(lacking, key=lambda each: (-each.area_ha, each.ecosystem_type))
    names = [(type_names([each.ecosystem_type]), _size(each)) for each in ordered]
    types = {
        "zh": "、".join(f"{name['zh']} {size['zh']}（+）" for name, size in names),
        "en": ", ".join(f"{name['en'].lower()} {size['en']} (+)" for name, size in names),
    }
    area, year = f"{sum(each.area_ha for each in lacking):,.1f}", context.account.year
    return (problem("sink_models.biomass_left_out", where, types=types, area=area, year=year),)


def _size(each: NotEstimated) -> Mapping[Language, str]:
    """Hectares of a type that is not included, or the stock of trees without ground."""
    if each.area_ha > 0:
        return {"zh": f"{each.area_ha:,.1f} 公顷", "en": f"{each.area_ha:,.1f} ha"}
    return {"zh": f"{each.stock_m3:,.0f} m³", "en": f"{each.stock_m3:,.0f} m3"}


def _left_out(change: LivingChange, where: str) -> tuple[Problem, ...]:
    """A warning for ground whose change is not known, with what it could add at most."""
    if not change.left_out_ha:
        return ()
    years = change.end - change.start
    bounds = (float(co2_from_c(each / years)) for each in (change.least, change.most))
    least, most = (f"{each:+,.1f}" for each in bounds)
    return (
        problem(
            "sink_models.change_left_out",
            where,
            types=type_names(change.left_out_types),
            area=f"{change.left_out_ha:,.1f}",
            least=least,
            most=most,
        ),
    )


def _mixed_methods(context: Context, where: str) -> tuple[Problem, ...]:
    ends = [each.carbon for each in (context.earlier, context) if each is not None]
    if not any(each.has_measured_stock and each.area_without_stock_ha > 0 for each in ends):
        return ()
    areas = ", ".join(f"{each.year}: {each.area_without_stock_ha:,.1f} ha" for each in ends)
    return (problem("sink_models.sink_mixed_methods", where, areas=areas),)


INDICATORS = (
    Indicator(
        key="carbon_stock",
        title_zh="碳储量",
        title_en="Carbon stock",
        unit="t C",
        definition_zh=(
            "各生态系统地上、地下生物量、枯死木、枯落物与 0–30 厘米土壤有机碳之和；"
            "只有其他深度数据的土壤另列，不计入；"
            "只含有经核实系数的碳库，其余逐一列明为未估算。"
        ),
        definition_en=(
            "Carbon in above- and below-ground biomass, dead wood, litter and soil to 30 cm of all "
            "ecosystem types; soils known to other depths stand beside it; only pools with checked "
            "coefficients, the others are listed as not estimated."
        ),
        source="IPCC 2006 GL Vol.4 Ch.2; IPCC 2013 Wetlands Supplement; Fang et al. 2001",
        additive=True,
        needs=ANY_COVER,
        read=carbon_stock,
        parts=carbon_stock_parts,
    ),
    Indicator(
        key="biomass_not_estimated_area",
        title_zh="未估算活生物量的植被面积",
        title_en="Vegetated area without an estimate of living biomass",
        unit="ha",
        definition_zh=(
            "有植被但没有经核实系数的类型的面积：其活生物量不在碳储量与碳汇之内，并非为零。"
        ),
        definition_en=(
            "Area of vegetated types without a checked coefficient: their living biomass is in "
            "neither carbon stock nor sink, and is not zero."
        ),
        source="extent account",
        additive=True,
        needs=ANY_COVER,
        read=not_estimated_area,
        parts=not_estimated_area_parts,
    ),
    Indicator(
        key="carbon_sink",
        title_zh="年碳汇量",
        title_en="Carbon sink",
        unit="t CO2/yr",
        definition_zh=(
            "两期之间活生物量碳的实际变化除以年数，加滨海湿地土壤碳埋藏；正值表示吸收。"
            "两期调查均有图斑的变化逐块计算，其余按单元净变化计算。"
            "新增林地按林龄与生长速率计，不按成熟林密度计；一期缺估算的碳库不参与计算。"
            "其他碳库采用静态密度，其差值不是通量，不计入。"
        ),
        definition_en=(
            "Realised change of living biomass between two epochs per year, plus soil burial of "
            "coastal wetland; positive is uptake. Changes that surveys of both epochs outline are "
            "followed piece by piece, all others are net by unit. New stands count what grew, not "
            "the density of mature ones; a pool that is unknown at one end takes no part. Other "
            "pools rest on static densities and are left out."
        ),
        source="IPCC 2006 GL Vol.4 Ch.2 Eq. 2.8a; IPCC 2013 Wetlands Supplement Ch.4",
        additive=True,
        needs=ANY_COVER,
        read=carbon_sink,
        parts=carbon_sink_parts,
    ),
)
