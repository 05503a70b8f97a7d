"""Ground of a span in groups: what surveys of both years show is followed, the rest is net by unit.

A unit's account tells how much ground of a kind it has at both ends, not which hectare became what.
Laid over each other, the outlines of two surveys tell it: each kind of change that they show is a
group of its own, in which what was lost is known to have become what was gained. The rest of a unit
stays one group.

Changes between two classified maps stay in the rest, by purpose. A map that errs at random turns as
much forest into fields as fields into forest: the net change of a unit cancels such errors, a count
of pieces would clear stands that stand and let them grow again from nothing. Their own pieces are
in the transitions, beside the sink and not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.extent import CLASSIFIED
from sink_models.account import HOME, TEXT_COLUMNS, EpochData

ENDS = ("_a", "_b")
SUMMED = ("area_ha", "growing_stock_m3", "scattered_stock_m3")


@dataclass(frozen=True)
class FollowedGround:
    """Account rows of both ends of a span, with groups of ground in place of units.

    ``units`` are the codes of the units that the groups belong to, ``no_change`` marks groups whose
    change is one of the survey and not of the ground; both (groups,). ``followed_ha`` is the ground
    whose change is followed piece by piece.
    """

    start: int
    end: int
    rows: tuple[pd.DataFrame, pd.DataFrame]
    groups: tuple[str, ...]
    units: tuple[str, ...]
    no_change: NDArray[np.bool_]
    followed_ha: float

    def data(self, epochs: Sequence[EpochData]) -> tuple[EpochData, EpochData]:
        """What the layers of both ends hold, by group."""
        earlier, later = (
            EpochData(
                each.year,
                rows,
                kinds=each.kinds,
                accuracy=each.accuracy,
                products=each.products,
                trees=each.trees,
                complete=each.complete,
            )
            for each, rows in zip(epochs, self.rows, strict=True)
        )
        return earlier, later


def followed_ground(
    rows: pd.DataFrame,
    span: tuple[int, int],
    is_followed: NDArray[np.bool_],
    is_artefact: NDArray[np.bool_],
) -> FollowedGround:
    """Groups of the rows of a transition account.

    ``is_followed`` marks rows whose change was seen on the ground, ``is_artefact`` those that only
    the survey changed; both (rows,).
    """
    unit = rows["unit_code"].astype(str)
    kinds = [rows[f"ecosystem_type{ending}"].astype(str) for ending in ENDS]
    words = np.select([is_artefact, is_followed], ["survey", "ground"], "")
    group = unit.where(words == "", unit + "|" + kinds[0] + "|" + kinds[1] + "|" + words)
    named = pd.DataFrame({"group": group, "unit": unit, "no_change": is_artefact})
    own = named.drop_duplicates().sort_values(["unit", "group"])
    earlier, later = (_end(rows, group, ending) for ending in ENDS)
    return FollowedGround(
        *span,
        (earlier, later),
        tuple(own["group"]),
        tuple(own["unit"]),
        own["no_change"].to_numpy(),
        float(rows["area_ha"].to_numpy()[is_followed & ~is_artefact].sum()),
    )


def _end(rows: pd.DataFrame, group: pd.Series, ending: str) -> pd.DataFrame:
    """Account rows of one end, summed by all that an estimator knows of ground."""
    keys = {"unit_code": group, HOME: rows["unit_code"]}
    for name in ("cover", "status", "ecosystem_type", *TEXT_COLUMNS):
        column = rows.get(f"{name}{ending}")
        if column is not None:
            keys[name] = column.fillna("").astype(str)
    is_known = keys["status"] == CLASSIFIED
    keys["ecosystem_type"] = keys["ecosystem_type"].where(is_known, "")
    sums = {"area_ha": rows["area_ha"]}
    for name in SUMMED[1:]:
        if f"{name}{ending}" in rows:
            sums[name] = rows[f"{name}{ending}"].astype(float)
    frame = pd.DataFrame({**keys, **sums})
    return frame.groupby(list(keys), sort=True)[list(sums)].sum(min_count=1).reset_index()
