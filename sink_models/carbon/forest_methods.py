"""Forest by other routes: what the choice of method moves.

The stock of every run goes by continuous volume functions. Here the same measured stands go by the
other published routes, at central values, so that a reader sees what another choice would say:

``function``        the continuous function in use (roots included)
``bcef_temperate``, ``bcef_subtropical``  IPCC Table 4.5. It has no class for humid subtropical
    forest: both neighbours are run and named. The factor depends on stock per hectare, taken as the
    mean of the stratum over all units; roots are added by 1 + R.
``density_bef``     basic wood density times expansion factor; its rows are unchecked and run only
    where the analyst accepts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sink_models.account import Account
from sink_models.carbon.stratification import CarbonStratum, StratumSums, strata
from sink_models.coefficients import (
    carbon_fraction_key,
    choose_expansion,
    choose_volume_function,
    expansion_key,
    read_table,
)
from sink_models.equations import (
    Equation,
    biomass_carbon_from_stock,
    expansion_from_density,
    stand_carbon,
    whole_tree_carbon,
)
from sink_models.uncertainty import DrawBook

ROUTES = (
    *("function", "bcef_temperate", "bcef_subtropical", "density_bef"),
    "provincial",
)


@dataclass(frozen=True)
class ForestRoute:
    """Living carbon of the measured stands of the whole by one route, t C, at central values.

    ``covered_m3`` is the stock that the route could be run on; a route that does not cover all of
    it gives no number (NaN). ``classes`` names the coefficients used, ``missing`` what was lacking
    or unchecked.
    """

    epoch: int
    route: str
    carbon_t: float
    covered_m3: float
    stock_m3: float
    classes: tuple[str, ...]
    missing: tuple[str, ...]
    parts: tuple[RoutePart, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class RoutePart:
    """A stratum by an equation with its values by symbol, and the classes of its coefficients."""

    stratum: CarbonStratum
    equation: Equation
    values: Mapping[str, float]
    keys: tuple[str, ...]

    @property
    def carbon_t(self) -> float:
        return float(self.equation.of(**self.values))


def measured_strata(account: Account) -> Iterator[StratumSums]:
    """Arbor strata with growing stock, all ages of a species group together.

    Some routes depend on the mean stock per hectare, and what cuts the strata of other pools must
    not move them.
    """
    merged: dict[tuple[CarbonStratum, str], StratumSums] = {}
    for each in strata(account):
        is_arbor = each.stratum.ecosystem_type == "forest_arbor"
        if is_arbor and each.stratum.has_measured_stock and each.stock_m3.sum() > 0:
            stratum = replace(each.stratum, age_group="")
            known = merged.get((stratum, each.share))
            area = each.area_ha if known is None else known.area_ha + each.area_ha
            stock = each.stock_m3 if known is None else known.stock_m3 + each.stock_m3
            merged[stratum, each.share] = StratumSums(stratum, area, stock, each.share)
    return iter(merged.values())


def forest_routes(account: Account) -> tuple[ForestRoute, ...]:
    """Every route over the measured stands of one epoch; empty without any."""
    stands = list(measured_strata(account))
    return tuple(_route(account, stands, name) for name in ROUTES) if stands else ()


def _route(account: Account, stands: Sequence[StratumSums], name: str) -> ForestRoute:
    carbon, covered = 0.0, 0.0
    keys: dict[str, None] = {}
    missing: dict[str, None] = {}
    parts: list[RoutePart] = []
    for sums in stands:
        part = _COMPUTE[name](sums, account.book)
        if isinstance(part, str):
            missing[part] = None
            continue
        parts.append(part)
        carbon += part.carbon_t
        covered += float(sums.stock_m3.sum())
        keys |= dict.fromkeys(part.keys)
    stock = float(sum(sums.stock_m3.sum() for sums in stands))
    carbon = float("nan") if missing else carbon
    return ForestRoute(
        account.year, name, carbon, covered, stock, tuple(keys), tuple(missing), tuple(parts)
    )


def _by_function(sums: StratumSums, book: DrawBook) -> RoutePart | str:
    """The route in use: the species' expansion factors where it has any, else its function."""
    if not book.store.rules.speak_of_stock:
        return f"{sums.stratum}: {book.store.rules.name}"
    species = sums.stratum.species_group
    expansion = choose_expansion(book.store, book.accepted, species)
    if expansion is not None and float(sums.area_ha.sum()) > 0:
        factor, ratio, fraction = (
            book.store[key].value for key in (*expansion.keys, _fraction(sums.stratum, book))
        )
        values = _expanded(sums, factor, ratio, fraction)
        return RoutePart(sums.stratum, biomass_carbon_from_stock, values, expansion.keys)
    chosen = choose_volume_function(book.store, book.accepted, sums.stratum.species_group)
    return _evaluated(chosen.function, sums, book)


def _evaluated(function: str, sums: StratumSums, book: DrawBook) -> RoutePart:
    values = {
        "a": book.store[f"{function}_a"].value,
        "V": float(sums.stock_m3.sum()),
        "b": book.store[f"{function}_b"].value,
        "A": float(sums.area_ha.sum()),
        "CF": book.store[_fraction(sums.stratum, book)].value,
    }
    return RoutePart(sums.stratum, stand_carbon, values, (function,))


def _by_bcef(column: str) -> Callable[[StratumSums, DrawBook], RoutePart | str]:
    def compute(sums: StratumSums, book: DrawBook) -> RoutePart | str:
        area, stock = float(sums.area_ha.sum()), float(sums.stock_m3.sum())
        if area <= 0:
            return f"{sums.stratum}: 0 ha"
        key = expansion_key(_routes_of(sums.stratum)[column], stock / area, book.store)
        if key is None or not _is_usable(key, book):
            return key or _routes_of(sums.stratum)[column]
        factor, ratio = book.store[key].value, book.store[book.zone.root_shoot].value
        fraction = book.store[_fraction(sums.stratum, book)].value
        values = _expanded(sums, factor, ratio, fraction)
        keys = (key, book.zone.root_shoot)
        return RoutePart(sums.stratum, biomass_carbon_from_stock, values, keys)

    return compute


def _fraction(stratum: CarbonStratum, book: DrawBook) -> str:
    return carbon_fraction_key(book.store, book.accepted, stratum.species_group)


def _by_density(sums: StratumSums, book: DrawBook) -> RoutePart | str:
    prefix = _routes_of(sums.stratum)["parameters"]
    keys = tuple(f"{prefix}_{part}" for part in ("svd", "bef", "r", "cf")) if prefix else ()
    lacking = [key for key in keys if key not in book.store or not _is_usable(key, book)]
    if not keys or lacking or float(sums.area_ha.sum()) <= 0:
        return " ".join(lacking) or sums.stratum.species_group or "-"
    density, bef, ratio, fraction = (book.store[key].value for key in keys)
    factor = float(expansion_from_density(wood_density_t_m3=density, bef=bef))
    values = _expanded(sums, factor, ratio, fraction)
    return RoutePart(sums.stratum, biomass_carbon_from_stock, values, keys)


def _by_guideline(sums: StratumSums, book: DrawBook) -> RoutePart | str:
    """The provincial guideline: whole trees by stock, roots in the expansion factor."""
    keys = {"SVD": "prov_svd_national", "BEF": "prov_bef_total_national", "CF": "prov_cf"}
    lacking = [key for key in keys.values() if not _is_usable(key, book)]
    if lacking:
        return " ".join(lacking)
    values = {symbol: book.store[key].value for symbol, key in keys.items()}
    values["V"] = float(sums.stock_m3.sum())
    return RoutePart(sums.stratum, whole_tree_carbon, values, tuple(keys.values()))


def _expanded(
    sums: StratumSums, factor: float, ratio: float, fraction: float
) -> Mapping[str, float]:
    """Values of Eq. 2.8b for a stratum."""
    area = float(sums.area_ha.sum())
    stock = float(sums.stock_m3.sum()) / area
    return {"A": area, "V": stock, "BCEF_S": factor, "R": ratio, "CF": fraction}


_COMPUTE: Mapping[str, Callable[[StratumSums, DrawBook], RoutePart | str]] = {
    "function": _by_function,
    "bcef_temperate": _by_bcef("bcef_temperate"),
    "bcef_subtropical": _by_bcef("bcef_subtropical"),
    "density_bef": _by_density,
    "provincial": _by_guideline,
}


def _is_usable(key: str, book: DrawBook) -> bool:
    return key in book.store and (book.store[key].ships or key in book.accepted)


def _routes_of(stratum: CarbonStratum) -> Mapping[str, str]:
    rows = {row["species_group"]: row for row in read_table("forest_routes.csv")}
    return rows.get(stratum.species_group, rows[""])
