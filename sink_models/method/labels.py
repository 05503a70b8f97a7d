"""Words and symbols of the method sheet: strata, pools and rule formulas for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from layers.codes import species_groups
from layers.registry import kinds
from sink_models.carbon import Stratum
from sink_models.coefficients import CoefficientStore, addends, parse_formula
from sink_models.ecosystem_types import type_names
from sink_models.method.values import Words, both

BIOMASS = "(a V + b)"
"""The continuous function in the formula of a choice."""

STOCK_BASES: Mapping[str, Words] = {
    "measured": both("有蓄积", "with growing stock"),
    "missing": both("缺蓄积", "growing stock missing"),
    "biomass_map": both("有生物量图", "with a biomass map"),
}
SEEN_AS: Mapping[str, Words] = {
    "publication": both("原文（A）", "the publication itself (A)"),
    "publication_and_transcription": both(
        "原文及其转录（A）", "the publication and a transcription of it (A)"
    ),
    "two_transcriptions": both("两份独立转录（B）", "two independent transcriptions (B)"),
    "transcription": both("转录（B）", "a transcription of the document (B)"),
    "citing_paper": both("引用该文的文献（B）", "a paper that cites it (B)"),
    "description": both(
        "仅有说明，未见原表（C）", "a text that speaks of it without its table (C)"
    ),
    "not_seen": both("未查见", "not seen in print"),
    "analyst": both("分析人员提供", "given by the analyst"),
}
"""In what kind of text a number was seen, with its grade."""

RANGE_SEEN: Mapping[str, Words] = {
    "printed": both("与数值一同刊出", "printed beside the value"),
    "derived": both("由刊出的数据推得", "derived from what is printed there"),
    "not_seen": both("未查见", "not seen in print"),
    "analyst": both("分析人员提供", "given by the analyst"),
    "": both("无区间", "no range"),
}
"""How the range beside a number was come by."""

SYMBOLS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("t C/t d.m.",), "CF"),
    (("t BGB/t AGB", "t BGB d.m./t AGB d.m."), "R"),
    (("t d.m./ha",), "B"),
    (("t C/ha", "t C/ha/yr"), "c"),
    (("t d.m./m3",), "D"),
    (("t total/t stem", "t AGB/t stem"), "BEF"),
)
"""Symbols of coefficients by the beginning of their unit; every other is a factor F."""


def strata_title(strata: Iterable[Stratum]) -> Words:
    """Strata in words: types and stock with the layer, species groups listed where they are few."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in dict.fromkeys(strata):
        key = each.ecosystem_type, each.stock_basis, each.cover
        groups.setdefault(key, []).append(each.species_group)
    titles = [_group_title(*key, species) for key, species in groups.items()]
    return both("；".join(each["zh"] for each in titles), "; ".join(each["en"] for each in titles))


FEW = 2
"""How many species groups of a type are listed by name."""


def _group_title(kind: str, basis: str, cover: str, species: Sequence[str]) -> Words:
    parts = [type_names([kind])]
    named = [each for each in dict.fromkeys(species) if each in species_groups().index]
    if len(named) > FEW:
        parts.append(both(f"{len(named)} 个树种组", f"{len(named)} species groups"))
    else:
        rows = [species_groups().loc[each] for each in named]
        parts += [both(str(row["zh"]), str(row["en"])) for row in rows]
    if basis in STOCK_BASES:
        parts.append(STOCK_BASES[basis])
    layer = kinds().get(cover)
    if layer is not None:
        parts.append(both(layer.title_zh, layer.title_en.lower()))
    return both(" · ".join(each["zh"] for each in parts), ", ".join(each["en"] for each in parts))


def symbol(key: str, store: CoefficientStore) -> str:
    """The letter that a coefficient stands under in formulas, by its unit."""
    unit = store[key].unit.partition(" (")[0] if key in store else ""
    if key.startswith(("r_20", "bgb_", "mangrove_r_", "grass_r_")):
        return "R"
    return next((letter for units, letter in SYMBOLS if unit in units), "F")


def typeset(formula: str, names: Mapping[str, str]) -> str:
    """A rule's formula in the notation of the equation cards, with ``names`` in place of keys.

    >>> typeset("a_c * above(r_x)", {"a_c": "c", "r_x": "R"})
    'c * 1 / (1 + R)'
    """
    head = ""
    if BIOMASS in formula:
        head, formula = f"{names[BIOMASS]} * ", formula.partition(f"{BIOMASS} * ")[2]
    base = ""
    for word, letter in (("living", "C_living"), ("above_ground", "C_above"), ("AGB", "AGB")):
        if formula.startswith(f"{word} * "):
            base, formula = f"{letter} * ", formula.removeprefix(f"{word} * ")
    return head + base + " + ".join(_product(*each, names) for each in addends(formula))


def _product(share: float, product: str, names: Mapping[str, str]) -> str:
    terms = [_term(each.function, names.get(each.key, each.key)) for each in parse_formula(product)]
    return " * ".join([*([] if share == 1.0 else [f"{share:g}"]), *terms])


def _term(function: str, name: str) -> str:
    return {
        "": name,
        "above": f"1 / (1 + {name})",
        "below": f"{name} / (1 + {name})",
        "percent": f"{name} / 100",
        "minus": f"-({name})" if name.startswith("-") else f"-{name}",
    }[function]
