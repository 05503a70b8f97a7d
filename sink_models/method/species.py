"""By what each species group of the stands is estimated, and what falls back to what."""

from __future__ import annotations

import pandas as pd

from layers.codes import species_groups
from sink_models.coefficients import (
    Expansion,
    VolumeFunction,
    carbon_fraction_key,
    choose_expansion,
    choose_volume_function,
)
from sink_models.mapped_trees import MEASURED, SURVEYED_MEAN
from sink_models.results import Results

OWN, STAND_IN, NOT_KNOWN = "own", "stand_in", "species_unknown"
SPECIES_COLUMNS = (
    *("epoch", "cover", "stock_basis", "species_group", "species_zh", "species_en"),
    *("area_ha", "stock_m3", "estimated_by", "coefficients", "source", "carbon_fraction"),
    *("why_zh", "why_en"),
)


def species_table(results: Results) -> pd.DataFrame:
    """A row per epoch, layer and species group of stands that go by their stock, of the whole.

    ``estimated_by`` is ``own`` for factors or a function of the group itself, ``stand_in`` for
    those of another and ``species_unknown`` where the survey does not name the species.
    """
    if not results.store.rules.speak_of_stock:
        return pd.DataFrame(columns=list(SPECIES_COLUMNS))
    sums: dict[tuple[int, str, str, str], tuple[float, float]] = {}
    for each in results.ground:
        own = each.stratum
        if own.stock_basis not in (MEASURED, SURVEYED_MEAN) or each.area_ha <= 0:
            continue
        if own.ecosystem_type not in ("forest_arbor", "forest"):
            continue
        key = each.epoch, own.cover, own.stock_basis, own.species_group
        area, stock = sums.get(key, (0.0, 0.0))
        sums[key] = area + each.area_ha, stock + each.stock_m3
    rows = [_row(results, *key, *amounts) for key, amounts in sums.items()]
    table = pd.DataFrame(rows, columns=list(SPECIES_COLUMNS))
    order = ["epoch", "cover", "area_ha"]
    return table.sort_values(order, ascending=[True, True, False]).reset_index(drop=True)


def _row(
    results: Results, epoch: int, cover: str, basis: str, group: str, area: float, stock: float
) -> tuple[object, ...]:
    store, accepted = results.store, results.options.accepted
    known = species_groups()
    named = known.loc[group] if group in known.index else known.loc["unknown"]
    chosen: Expansion | VolumeFunction
    expansion = choose_expansion(store, accepted, group)
    chosen = expansion or choose_volume_function(store, accepted, group)
    is_own = chosen.species_group == group and not chosen.stands_in
    keys = chosen.keys
    is_unknown = group in ("", "unknown")
    how = NOT_KNOWN if is_unknown else OWN if is_own else STAND_IN
    return (
        *(epoch, cover, basis, group, str(named["zh"]), str(named["en"]), area, stock),
        *(how, " ".join(keys), store[keys[0]].cited),
        carbon_fraction_key(store, accepted, group),
        *(chosen.why_zh, chosen.why_en),
    )
