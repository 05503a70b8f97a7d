"""Rows of ledgers that are no works: sums, entries without a unit, entries taken back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.checks import DONE, NO_LONGER, NOT_YET, Flags, Reporter

_SAME = 1e-6


def ledger_sums(held: pd.DataFrame, reporter: Reporter) -> Flags:
    """Which rows are sums of others: no unit of their own or that of a larger territory.

    A row without a unit, in a ledger whose other rows have one, is a sum where its area is that of
    all other rows, of all rows above, or of the rows since the last sum. Otherwise it belongs to
    nothing, and is refused.
    """
    none = np.zeros(len(held), dtype=bool)
    if "unit" not in held or (held["unit"] == "").all():
        return none
    units, area = held["unit"].astype(str), held["area"].to_numpy(dtype=float)
    is_open = ((units == "") | _is_larger(units)).to_numpy()
    is_sum = none.copy()
    rest = ~is_open
    for place in np.flatnonzero(is_open):
        last = int(np.flatnonzero(is_sum[:place])[-1]) + 1 if is_sum[:place].any() else 0
        since = np.zeros(len(held), dtype=bool)
        since[last:place] = True
        above = np.arange(len(held)) < place
        for part in (rest, rest & since, rest & above, *_years(held, int(place), rest)):
            if part.any() and _is_close(area[place], np.nansum(area[part])):
                is_sum[place] = True
    reporter.report(is_sum, "layers.ledger_sums")
    reporter.report(is_open & ~is_sum, "layers.ledger_without_unit")
    return is_sum


def _years(held: pd.DataFrame, place: int, rest: Flags) -> list[Flags]:
    """Rows of the same year as a sum's, where the ledger has years."""
    if "year" not in held:
        return []
    years = held["year"].to_numpy()
    return [rest & (years == years[place])]


def _is_larger(units: pd.Series) -> pd.Series:
    """Codes of a city or province in a ledger of its districts."""
    codes = units.where(units.str.fullmatch(r"\d{6}"), "")
    stems = codes.str.replace(r"(?:00)+$", "", regex=True)
    own = set(codes) - {""}
    return stems.map(
        lambda stem: bool(stem) and len(stem) < 6 and any(
            each != stem.ljust(6, "0") and each.startswith(stem) for each in own
        )
    )  # fmt: skip


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME * max(abs(one), abs(other))


def undone_entries(rows: pd.DataFrame, reporter: Reporter) -> Flags:
    """Entries that the ledger itself takes back or says are not done; rows given twice are named.

    ``rows`` are all columns of the ledger as texts: the word stands in any of them.
    """
    is_out = np.zeros(len(rows), dtype=bool)
    for column in rows:
        text = rows[column].str.casefold()
        says_out = text.str.contains(NOT_YET) | text.str.contains(NO_LONGER)
        is_out |= (says_out & ~text.str.contains(DONE)).to_numpy()
    reporter.report(is_out, "layers.ledger_undone")
    reporter.report(rows.duplicated(keep="first").to_numpy() & ~is_out, "layers.ledger_rows_twice")
    return is_out
