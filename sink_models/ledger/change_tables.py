"""Tables of the transition account: transitions, the land matrix, land by IPCC category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sink_models.carbon import POOLS
from sink_models.choices import PastConversion
from sink_models.equations import co2_from_c
from sink_models.ledger.carbon_of_change import (
    TransitionCarbon,
    ipcc_categories,
    realised_bounds,
)
from sink_models.ledger.change_areas import UNKNOWN, is_converted
from sink_models.sampling import Sampling

ACCOUNT = "account"
"""The book of stock change. Books are never added."""

REMAINING, CONVERTED = "remaining", "converted"
PARTS = ("before", "realised", "committed", "revaluation")

TRANSITION_COLUMNS = (
    *("book", "unit_code", "unit_name", "from_year", "to_year", "from_type", "to_type"),
    *("ipcc_from", "ipcc_to", "status", "certainty", "cause", "area_ha"),
    *("realised_t_c", "realised_low", "realised_high", "pools_missing"),
    *(f"{pool}_{part}_t_c" for pool in POOLS for part in PARTS),
)

IPCC_COLUMNS = (
    *("book", "unit_code", "unit_name", "from_year", "to_year", "category", "status"),
    *("from_category", "area_ha", "gains_t_co2_yr", "losses_t_co2_yr", "net_t_co2_yr"),
    *("pools_missing", "history"),
)


def transition_table(
    found: TransitionCarbon, span: tuple[int, int], names: Mapping[str, str], sampling: Sampling
) -> pd.DataFrame:
    """The rows of ``transitions.csv`` of a span."""
    table = found.table
    category = ipcc_categories()
    low, high = realised_bounds(found, sampling)
    both = [table[name].map(category).fillna("") for name in ("from_type", "to_type")]
    status = np.where(both[0] == both[1], REMAINING, CONVERTED)
    unknown = (both[0] == "") | (both[1] == "")
    columns = {
        "book": ACCOUNT,
        "unit_name": table["unit_code"].map(names).fillna(""),
        "from_year": span[0],
        "to_year": span[1],
        "ipcc_from": both[0],
        "ipcc_to": both[1],
        "status": np.where(unknown, "", status),
        "realised_t_c": found.realised[0],
        "realised_low": low,
        "realised_high": high,
        "pools_missing": ["; ".join(each) for each in found.missing],
        **{f"{pool}_{part}_t_c": table[f"{pool}_{part}"] for pool in POOLS for part in PARTS},
    }
    return table.assign(**columns)[list(TRANSITION_COLUMNS)]


def land_matrix(transitions: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``land_matrix.csv``: hectares by earlier type, a column for each later type.

    The last row of a unit and the last column hold the margins: the accounts of both years.
    """
    head = ["book", "unit_code", "unit_name", "from_year", "to_year"]
    named = transitions.assign(
        from_type=transitions["from_type"].replace("", "unknown"),
        to_type=transitions["to_type"].replace("", "unknown"),
    )
    types = sorted({*named["from_type"], *named["to_type"]})
    parts = []
    for key, own in named.groupby(head, sort=False):
        wide = own.pivot_table(
            index="from_type", columns="to_type", values="area_ha", aggfunc="sum", fill_value=0.0
        ).reindex(index=types, columns=types, fill_value=0.0)
        wide.loc["total"] = wide.sum(axis=0)
        wide["total"] = wide.sum(axis=1)
        parts.append(wide.reset_index().assign(**dict(zip(head, key, strict=True))))
    if not parts:
        return pd.DataFrame(columns=[*head, "from_type", "total"])
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*head, "from_type", *types, "total"]]


def ipcc_land(transitions: pd.DataFrame, earlier: Sequence[PastConversion] = ()) -> pd.DataFrame:
    """The rows of ``ipcc_land.csv``: land remaining in a category and converted to it.

    Gains and losses are the realised change per year of the span, in t CO2. Land converted before
    the span counts as converted while its year is less than twenty years ago; without any such
    declaration the history before the first epoch is not known, which the last column says. Ground
    that is unknown in either year has a row of its own, so that a unit's areas add up.
    """
    known = transitions.assign(
        ipcc_to=transitions["ipcc_to"].mask(transitions["status"] == "", UNKNOWN),
        ipcc_from=transitions["ipcc_from"].mask(transitions["status"] == "", UNKNOWN),
    )
    rows: list[dict[str, object]] = []
    head = ["book", "unit_code", "unit_name", "from_year", "to_year"]
    for key, own in known.groupby(head, sort=False):
        ends = dict(zip(head, key, strict=True))
        span = float(ends["to_year"] - ends["from_year"])
        past = _in_transition(earlier, str(ends["unit_code"]), int(ends["to_year"]))
        for category in sorted(set(own["ipcc_to"])):
            of_category = own[own["ipcc_to"] == category]
            moved = past.get(category, {})
            for source in sorted({*of_category["ipcc_from"], *moved}):
                part = of_category[of_category["ipcc_from"] == source]
                area = float(part["area_ha"].sum())
                stays = source == category
                area += -sum(moved.values()) if stays else moved.get(source, 0.0)
                rows.append(
                    {
                        **ends,
                        "category": category,
                        "status": _status(category, stays),
                        "from_category": "" if stays else source,
                        "area_ha": area,
                        **_flows(part, span),
                        "history": "declared" if earlier else f"unknown before {ends['from_year']}",
                    }
                )
    return pd.DataFrame(rows, columns=list(IPCC_COLUMNS))


def _status(category: str, stays: bool) -> str:
    if category == UNKNOWN:
        return ""
    return REMAINING if stays else CONVERTED


def _in_transition(
    earlier: Sequence[PastConversion], unit: str, year: int
) -> dict[str, dict[str, float]]:
    """Hectares still in transition at a year, by category they became and category they were."""
    found: dict[str, dict[str, float]] = {}
    for each in earlier:
        if each.unit == unit and bool(is_converted(each.year, year)):
            own = found.setdefault(each.to_category, {})
            own[each.from_category] = own.get(each.from_category, 0.0) + each.area_ha
    return found


def _flows(part: pd.DataFrame, span: float) -> dict[str, object]:
    """Gains and losses per year of some pairs, pool by pool; empty where no pool is known."""
    realised = part[[f"{pool}_realised_t_c" for pool in POOLS]].to_numpy(dtype=float)
    missing = sorted({name for text in part["pools_missing"] for name in text.split("; ") if name})
    if not np.isfinite(realised).any():
        return {
            "gains_t_co2_yr": np.nan, "losses_t_co2_yr": np.nan, "net_t_co2_yr": np.nan,
            "pools_missing": "; ".join(missing),
        }  # fmt: skip
    gains, losses = (
        float(co2_from_c(np.array(np.nansum(np.where(sign * realised > 0, realised, 0.0))))) / span
        for sign in (1.0, -1.0)
    )
    return {
        "gains_t_co2_yr": gains, "losses_t_co2_yr": losses, "net_t_co2_yr": gains + losses,
        "pools_missing": "; ".join(missing),
    }  # fmt: skip
