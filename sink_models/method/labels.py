"""Words of the method report: strata for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from layers.codes import species_groups
from layers.registry import kinds
from sink_models.carbon import CarbonStratum
from sink_models.ecosystem_types import type_names
from sink_models.method.values import Words, both

STOCK_BASES: Mapping[str, Words] = {
    "measured": both("有蓄积", "with growing stock"),
    "missing": both("缺蓄积", "growing stock missing"),
    "biomass_map": both("有生物量图", "with a biomass map"),
    "surveyed_mean": both("按调查林分均值", "by the mean of surveyed stands"),
    "left_out": both("不计入", "left out"),
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


def strata_title(strata: Iterable[CarbonStratum]) -> Words:
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
