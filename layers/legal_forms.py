"""Legal forms of protected areas: a ground belongs to the strictest that claims it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.extent import Stratum

LEGAL_FORMS = (
    ("national_park", "国家公园"),
    ("nature_reserve", "自然保护区|保护区核心"),
    ("wetland_park", "湿地公园"),
    ("forest_park", "森林公园"),
    ("nature_park", "自然公园|地质公园|海洋公园|风景名胜区|沙漠公园|草原公园"),
    ("important_wetland", "重要湿地"),
    ("protection_plot", "保护小区|保护点"),
    ("water_source", "水源"),
    ("other", ""),
)
"""Legal forms of protected areas, the strictest first, and the words that mean them."""


def legal_form_strata(areas: gpd.GeoDataFrame) -> list[Stratum]:
    """A stratum ``form.<key>`` for every form that the areas name; none where they name none."""
    if "legal_form" not in areas or not (areas["legal_form"].astype(str) != "").any():
        return []
    words = areas["legal_form"].astype(str)
    taken = np.zeros(len(areas), dtype=bool)
    found = []
    for name, pattern in LEGAL_FORMS:
        chosen = ~taken & np.asarray(words.str.contains(pattern, regex=True))
        taken |= chosen
        if chosen.any():
            found.append(Stratum(f"form.{name}", areas[chosen][["geometry"]]))
    return found


def with_legal_forms(rows: pd.DataFrame) -> pd.DataFrame:
    """Account rows with one text column ``legal_form`` in place of a flag for every form."""
    flags = [name for name, _ in LEGAL_FORMS if f"form.{name}" in rows]
    if not flags:
        return rows
    form = np.full(len(rows), "", dtype=object)
    for name in reversed(flags):
        form[np.asarray(rows[f"form.{name}"], dtype=bool)] = name
    return rows.drop(columns=[f"form.{name}" for name in flags]).assign(legal_form=form)
