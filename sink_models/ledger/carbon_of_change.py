"""Carbon of ground that changed: what moved in the span, what is still to move, what only revalues.

The stock tables of two years differ by ``Δ = realised + committed + revaluation``, per pool:

realised
    Carbon that moved between the two years: the loss of the stand at conversion (IPCC 2006 Vol. 4
    Eq. 2.16), growth since (2.15), dead matter and soil on their way (2.23, 2.25).
committed
    The rest of the transition, until twenty years after the conversion.
revaluation
    What is no flux: a class mean put on a stand that does not hold it, another depth, another
    source of the map.

New stands are taken to be spread evenly over the years of the span, at the end of each: nothing
says in which year a piece changed. Soils and dead matter move by the span's share of twenty years,
as Eq. 2.23 and 2.25 have it for a period, and as the soil table of the run does.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from gis.extent import CLASSIFIED
from sink_models.account import HOME, EpochData, read_account
from sink_models.carbon import (
    ABOVE,
    LIVING,
    POOLS,
    SOIL,
    Amounts,
    CarbonAccount,
    FollowedGround,
    carbon_account,
    followed_ground,
)
from sink_models.ecosystem_types import group_of
from sink_models.ledger.change_areas import (
    ARTEFACT,
    ARTEFACT_CAUSES,
    CERTAIN,
    CROSS_SOURCE,
    UNKNOWN,
)
from sink_models.ledger.growth import GrowthRule
from sink_models.ledger.yearly import TRANSITION_YEARS
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty import DrawBook

BARREN = frozenset(("built", "bare", "water"))
"""Groups of types without living biomass to speak of (Eq. 2.16, Tier 1)."""

ANNUAL_CROPS = ("crop", "crop_paddy")

FORESTED = "forest_land"

Flags = NDArray[np.bool_]


@cache
def ipcc_categories() -> Mapping[str, str]:
    """IPCC land-use category of each ecosystem type: every type has exactly one.

    >>> ipcc_categories()["orchard"], ipcc_categories()["mangrove"]
    ('cropland', 'forest_land')
    """
    text = (resources.files(__package__) / "ipcc_categories.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["ecosystem_type"]: row["category"] for row in rows}


@dataclass(frozen=True)
class Pairs:
    """Kinds of ground: unit, earlier and later type, label; ``area_ha`` (pairs,)."""

    keys: pd.DataFrame
    area_ha: Array


@dataclass(frozen=True)
class TransitionCarbon:
    """Carbon of each kind of ground, t C, NaN = not known.

    ``table`` has a row per pair of ``keys`` and for each pool ``<pool>_before``, ``_realised``,
    ``_committed`` and ``_revaluation`` at central values. ``realised`` is the sum over the known
    pools in all draws, (1 or 1 + draws, pairs); ``missing`` names the pools it lacks.
    """

    table: pd.DataFrame
    realised: Array
    missing: tuple[tuple[str, ...], ...]


KEYS = ("unit_code", "from_type", "to_type", "certainty", "cause")
"""What tells one kind of ground from another."""


def transition_carbon(
    rows: pd.DataFrame,
    earlier: EpochData,
    later: EpochData,
    book: DrawBook,
    growth: Mapping[str, GrowthRule],
) -> TransitionCarbon:
    """Carbon of transition rows, summed by unit, types, certainty and cause.

    ``rows`` are those of a transition account with the columns ``certainty`` and ``cause``;
    ``earlier`` and ``later`` say what layers their epochs have and how accurate they are. Both
    years are estimated on the same draws, with each stand's own stock. ``growth`` is that of new
    land by type; woody types without any have no figure for what grew.
    """
    pairs, number = _pairs(rows)
    names = [str(at) for at in range(len(pairs.keys))]
    accounts = [
        _carbon(rows, ending, names, number, data, book)
        for ending, data in (("_a", earlier), ("_b", later))
    ]
    span = float(later.year - earlier.year)
    nature = _nature(rows, number, pairs)
    table = pairs.keys.assign(area_ha=pairs.area_ha)
    total: Array = np.zeros((1, len(names)))
    missing: list[list[str]] = [[] for _ in names]
    for pool in POOLS:
        before, after = (_stocks(each, pool, pairs, kind) for each, kind in zip(
            accounts, ("from_type", "to_type"), strict=True))  # fmt: skip
        same_depth = _same_depth(accounts, pairs) if pool == SOIL else np.ones(len(names), bool)
        flows = _flows(pool, pairs, before, after, nature, same_depth, span, growth)
        table[f"{pool}_before"] = before[0]
        for name, values in zip(("realised", "committed"), flows, strict=True):
            table[f"{pool}_{name}"] = values[0] + 0.0
        change = after[0] - before[0]
        known = [np.nan_to_num(each[0]) for each in flows]
        table[f"{pool}_revaluation"] = change - known[0] - known[1] + 0.0
        for at in np.flatnonzero(np.isnan(flows[0][0])):
            missing[at].append(pool)
        total = total + np.nan_to_num(flows[0]) + 0.0
    nothing = np.array([len(each) == len(POOLS) for each in missing])
    total = np.where(nothing, np.nan, total)
    return TransitionCarbon(table, total, tuple(tuple(each) for each in missing))


def surveyed_changes(rows: pd.DataFrame, span: tuple[int, int]) -> FollowedGround:
    """The ground of a span in groups: changes that surveys of both years show are followed.

    ``rows`` as for ``transition_carbon``, of the units alone. A change is followed where both
    outlines are surveyed and it is certain; what only the survey changed has no change at all.
    """
    by_survey = (rows["feature_a"] >= 0) & (rows["feature_b"] >= 0)
    is_change = rows["ecosystem_type_a"] != rows["ecosystem_type_b"]
    is_followed = by_survey & is_change & (rows["certainty"] == CERTAIN)
    is_artefact = is_change & rows["cause"].isin(ARTEFACT_CAUSES)
    return followed_ground(rows, span, is_followed.to_numpy(), is_artefact.to_numpy())


def _pairs(rows: pd.DataFrame) -> tuple[Pairs, NDArray[np.intp]]:
    keys = pd.DataFrame(
        {
            "unit_code": rows["unit_code"],
            "from_type": _type(rows, "_a"),
            "to_type": _type(rows, "_b"),
            "certainty": rows["certainty"],
            "cause": rows["cause"],
        }
    ).astype(str)
    groups = keys.groupby(list(KEYS), sort=True)
    number = groups.ngroup().to_numpy()
    unique = keys.drop_duplicates().sort_values(list(KEYS)).reset_index(drop=True)
    weights = rows["area_ha"].to_numpy(dtype=float)
    area = np.bincount(number, weights=weights, minlength=len(unique)).astype(float)
    return Pairs(unique, area), number


def _type(rows: pd.DataFrame, ending: str) -> pd.Series:
    """Type of ground in an epoch, empty where no layer knows it."""
    known = rows[f"status{ending}"] == CLASSIFIED
    return rows[f"ecosystem_type{ending}"].where(known, "")


def _carbon(
    rows: pd.DataFrame,
    ending: str,
    names: Sequence[str],
    number: NDArray[np.intp],
    data: EpochData,
    book: DrawBook,
) -> CarbonAccount:
    """The carbon account of an epoch with kinds of ground in place of units."""
    own = {name.removesuffix(ending): rows[name] for name in rows.columns if name.endswith(ending)}
    frame = pd.DataFrame(own).assign(
        unit_code=np.array(names, dtype=object)[number], area_ha=rows["area_ha"].to_numpy()
    )
    if HOME in rows:
        frame = frame.assign(**{HOME: rows[HOME]})
    return carbon_account(read_account(replace(data, rows=frame, matrices={}), names, book))


def _stocks(account: CarbonAccount, pool: str, pairs: Pairs, kind: str) -> Array:
    """t C of a pool in each pair, (1 or 1 + draws, pairs); NaN where its type has no estimate."""
    types = pairs.keys[kind].to_numpy()
    held = sums_by_group(account.stocks.where(lambda cell: cell[1] == pool))
    lacking = {each.ecosystem_type for each in account.not_estimated if each.pool == pool}
    unknown = [each == "" or (each in lacking and not holds_nothing(each, pool)) for each in types]
    return np.where(unknown, np.nan, held)


def holds_nothing(kind: str, pool: str) -> bool:
    """Whether a pool without an estimate holds nothing by the guidelines, or stands in another.

    Tier 1 has no biomass on built, bare and open water, no dead matter outside forest, and
    the biomass of annual crops is one figure, which stands above ground.
    """
    if pool == SOIL:
        return False
    if pool in LIVING:
        return group_of(kind) in BARREN or (pool != ABOVE and kind in ANNUAL_CROPS)
    return ipcc_categories().get(kind, FORESTED) != FORESTED


def sums_by_group(amounts: Amounts) -> Array:
    """As ``Amounts.total``, for many units of which each has few terms."""
    if not amounts.terms:
        return np.zeros((1, amounts.units))
    size = max(max(term.density.size, term.factor.size) for term in amounts.terms)
    weights = csr_matrix(np.stack([term.weights for term in amounts.terms], axis=1))
    densities = np.stack(
        [np.broadcast_to(term.density * term.factor, size) for term in amounts.terms]
    )
    return np.asarray((weights @ densities).T)


@dataclass(frozen=True)
class _Nature:
    """What kind of change each pair is, (pairs,)."""

    is_evidence: Flags
    is_converted: Flags
    is_measured: Flags
    same_basis: Flags


def _nature(rows: pd.DataFrame, number: NDArray[np.intp], pairs: Pairs) -> _Nature:
    keys = pairs.keys
    evidence = ~keys["certainty"].isin((ARTEFACT, CROSS_SOURCE, UNKNOWN)).to_numpy()
    converted = (keys["from_type"] != keys["to_type"]).to_numpy()
    count = len(keys)

    def share(mask: pd.Series | Flags) -> Array:
        weights = rows["area_ha"].to_numpy() * np.asarray(mask, dtype=float)
        return np.bincount(number, weights=weights, minlength=count) / pairs.area_ha

    basis = [rows.get(f"stock_basis{ending}", pd.Series("", rows.index)) for ending in ("_a", "_b")]
    return _Nature(
        evidence,
        converted,
        share(basis[1] == "measured") > 1.0 - 1e-9,
        share(basis[0] == basis[1]) > 1.0 - 1e-9,
    )


def _flows(
    pool: str,
    pairs: Pairs,
    before: Array,
    after: Array,
    nature: _Nature,
    same_depth: Flags,
    span: float,
    growth: Mapping[str, GrowthRule],
) -> tuple[Array, Array]:
    """Realised and committed change of a pool, each (1 or 1 + draws, pairs)."""
    nothing = np.zeros((1, len(pairs.keys)))
    ages = np.arange(max(round(span), 1), dtype=float)
    # Eq. 2.23 and 2.25: a period moves its length's share of the way, whichever year it was in
    done = min(span / TRANSITION_YEARS, 1.0)
    change = after - before
    if pool in LIVING:
        realised, committed = _living(pool, pairs, before, after, nature, ages, growth)
    elif pool == SOIL:
        realised = np.where(same_depth, change * done, np.nan)
        committed = np.where(same_depth, change * (1.0 - done), np.nan)
    else:
        gains = change > 0  # dead matter goes at once and comes over twenty years, Eq. 2.23
        realised = np.where(gains, change * done, change)
        committed = np.where(gains, change * (1.0 - done), 0.0)
    if pool != SOIL:
        stays = ~nature.is_converted
        still = nothing * change
        moved = np.where(nature.same_basis, change, still) if pool in LIVING else still
        realised = np.where(stays, moved, realised)
        committed = np.where(stays, still, committed)
    return (
        np.where(nature.is_evidence, realised, np.nan),
        np.where(nature.is_evidence, committed, np.nan),
    )


def _living(
    pool: str,
    pairs: Pairs,
    before: Array,
    after: Array,
    nature: _Nature,
    ages: Array,
    growth: Mapping[str, GrowthRule],
) -> tuple[Array, Array]:
    """Living biomass of converted land: what stood there goes, what grows there comes slowly."""
    rules = [growth.get(kind) for kind in pairs.keys["to_type"]]
    held = [
        None if each is None else each.curve.density(np.append(ages, TRANSITION_YEARS))
        for each in rules
    ]
    size = max((each.shape[0] for each in held if each is not None), default=1)
    size = max(before.shape[0], after.shape[0], size)
    realised = np.broadcast_to(after - before, (size, len(rules))).copy()
    committed = np.zeros_like(realised)
    for at, (rule, density) in enumerate(zip(rules, held, strict=True)):
        slow = _grows_slowly(str(pairs.keys["to_type"].iloc[at]))
        if not nature.is_converted[at] or nature.is_measured[at] or not slow:
            continue
        if rule is None or density is None:
            realised[:, at], committed[:, at] = np.nan, np.nan
            continue
        share = np.asarray(rule.curve.pools.get(pool, 0.0))
        grown, whole = density[:, :-1].mean(axis=1) * share, density[:, -1] * share
        realised[:, at] = grown * pairs.area_ha[at] - before[:, at]
        committed[:, at] = (whole - grown) * pairs.area_ha[at]
    return realised, committed


def _grows_slowly(kind: str) -> bool:
    """Whether a type is woody: its mature stock takes years, that of fields and grass does not."""
    return ipcc_categories().get(kind) == FORESTED or kind == "orchard"


def _same_depth(accounts: Sequence[CarbonAccount], pairs: Pairs) -> Flags:
    """Whether the soil of both types is estimated to the same depth."""
    depths: list[dict[str, set[str]]] = []
    for account in accounts:
        own: dict[str, set[str]] = {}
        for choice in account.choices:
            if choice.pool == SOIL and choice.depth_cm:
                own.setdefault(choice.stratum.ecosystem_type, set()).add(choice.depth_cm)
        depths.append(own)
    ends = [
        [own.get(kind, set()) for kind in pairs.keys[column]]
        for own, column in zip(depths, ("from_type", "to_type"), strict=True)
    ]
    return np.array([len(a | b) <= 1 for a, b in zip(*ends, strict=True)])


def realised_bounds(found: TransitionCarbon, sampling: Sampling) -> tuple[Array, Array]:
    """Low and high end of the realised change of each pair."""
    ends = [sampling.bounds(found.realised[:, at]) for at in range(found.realised.shape[1])]
    low, high = np.array(ends).reshape(-1, 2).T
    return low, high
