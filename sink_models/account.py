"""One epoch of the extent account, checked and ready to be read.

An account row is a piece of territory: unit, cover, status, keys, strata, area and quantities. This
module turns rows into sums per unit, with the stated accuracy of the layers as shared factors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.extent import CLASSIFIED, OUTSIDE
from gis.problems import AccountError, InputError, ProblemLog, problem
from sink_models.coefficients import SHOWN_ROWS, quantities
from sink_models.mapped_trees import MAPPED_TYPES, MappedTrees, mapped_trees
from sink_models.measures import Measure
from sink_models.options import SharedError
from sink_models.sampling import Array
from sink_models.uncertainty import SHARE, DrawBook, ErrorMatrix, check_matrices, digest, split_rows

Mask = NDArray[np.bool_]
"""Boolean selection of account rows, shape ``(rows,)``."""

LAND_COVER = "land_cover"
WETLANDS = "wetlands"
MANGROVES = "mangroves"
GREENWAYS = "greenways"
REDLINE = "redline"
PROTECTED = "protected_areas"
FARMLAND = "permanent_farmland"
SHORELINE = "shoreline"
BUILT_UP, GREEN_COVER, PARKS, HOUSING = (
    "built_up_boundary", "green_cover", "parks", "residential_land",
)  # fmt: skip

REQUIRED = ("unit_code", "cover", "status", "ecosystem_type", "area_ha")
TEXT_COLUMNS = (
    *("species_group", "forest_class", "protection_class", "stock_basis", "age_group"),
    "legal_form",
)
FLAG_COLUMNS = (
    "in_redline", "in_protected", "in_built_up", "in_green", "in_greenway", "in_park",
    "in_farmland",
)  # fmt: skip
BIOMASS = "above_ground_biomass_t"
BIOMASS_KNOWN = "above_ground_biomass_t_known_ha"
QUANTITY_COLUMNS = ("growing_stock_m3", "scattered_stock_m3", BIOMASS, BIOMASS_KNOWN)

PLACE = "unit_place"
"""Column of checked rows: place of the row's unit in the reporting order."""

HOME = "home_unit"
"""Column of the unit whose surveyed stands speak for mapped trees, where units are no districts."""

HOME_PLACE = "home_place"
"""Column of checked rows: place of the home in what mapped trees hold."""

ABOVE_GROUND_BIOMASS = "above_ground_biomass"
"""Layer kind of a biomass map."""

BIOMASS_MAP = "biomass_map"
"""Stock basis of ground whose above-ground biomass a map gives."""


@dataclass(frozen=True)
class Accuracy:
    """Stated accuracy of a layer, percent: half width at the run's interval, None = not stated.

    ``shared`` says how far its errors are those of an earlier epoch's layer of the same kind;
    without it the errors of two epochs are independent.
    """

    area_percent: float | None = None
    stock_percent: float | None = None
    shared: SharedError | None = None


@dataclass(frozen=True)
class Product:
    """What a mapped cover was made from: legend, version as the files say it, area of a cell."""

    legend: str
    version: str
    cell_ha: float

    def differences(self, other: Product) -> tuple[str, ...]:
        """Why a change between two maps is partly one of product: which of the three differ.

        >>> Product("CLCD", "", 0.09).differences(Product("CLCD", "v1", 0.0901))
        ()
        """
        apart = {
            "legend": self.legend != other.legend,
            "version": bool(self.version and other.version) and self.version != other.version,
            "resolution": abs(self.cell_ha / other.cell_ha - 1.0) > SAME_CELL_SHARE,
        }
        return tuple(name for name, differs in apart.items() if differs)


SAME_CELL_SHARE = 0.10
"""Cells whose areas differ by more than this share are of another resolution."""


@dataclass(frozen=True)
class EpochData:
    """What the layers hold at one epoch.

    ``rows`` are account rows; parts outside the units are ignored. ``measures`` holds what layers
    that cut no account say of the units, by indicator key. ``kinds`` names the layer kinds present,
    which tells an empty layer (a true 0) from an absent one. ``accuracy`` and ``matrices`` are
    keyed by layer kind: a layer with an error matrix is read by its adjusted areas. ``products``
    tells what the mapped covers were made from. ``trees`` says what mapped tree cover outside a
    survey holds; without it a density by area does. ``complete`` holds what surveys are declared
    to be: True where they list all there is, False where they do not.
    """

    year: int
    rows: pd.DataFrame
    measures: Mapping[str, Measure] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    accuracy: Mapping[str, Accuracy] = field(default_factory=dict)
    matrices: Mapping[str, ErrorMatrix] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    trees: MappedTrees | None = None
    complete: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """Checked rows of one epoch and the units they belong to, in reporting order."""

    year: int
    rows: pd.DataFrame
    units: tuple[str, ...]
    kinds: frozenset[str]
    measures: Mapping[str, Measure]
    accuracy: Mapping[str, Accuracy]
    matrices: Mapping[str, ErrorMatrix]
    book: DrawBook
    products: Mapping[str, Product] = field(default_factory=dict)
    trees: MappedTrees | None = None
    complete: Mapping[str, bool] = field(default_factory=dict)

    def everywhere(self) -> Mask:
        """Select every row."""
        return np.ones(len(self.rows), dtype=bool)

    def is_in(self, column: str, values: Sequence[str] | frozenset[str]) -> Mask:
        """Select rows whose column holds one of the values."""
        return np.asarray(self.rows[column].isin(list(values)), dtype=bool)

    def flag(self, column: str) -> Mask:
        """Select rows for which a yes/no column is true."""
        return np.asarray(self.rows[column], dtype=bool)

    def units_in(self, codes: frozenset[str]) -> Mask:
        """Which of the units bear one of the codes, shape ``(units,)``."""
        return np.array([each in codes for each in self.units], dtype=bool)

    def is_partial(self, kinds: Collection[str]) -> bool:
        """Whether one of the surveys is declared to list only part of what there is."""
        return any(self.complete.get(kind) is False for kind in kinds)

    def is_missing(self, column: str) -> Mask:
        """Select rows whose quantity was not given."""
        return np.asarray(self.rows[column].isna(), dtype=bool)

    def per_unit(self, mask: Mask, column: str) -> Array:
        """Sums of a column over the selected rows, one per unit, missing values left out."""
        values = np.nan_to_num(self.rows[column].to_numpy(dtype=float)[mask])
        places = self.rows[PLACE].to_numpy()[mask]
        sums = np.bincount(places, weights=values, minlength=len(self.units))
        return sums.astype(float)

    def total(self, mask: Mask, column: str = "area_ha") -> float:
        """Sum of a column over the selected rows of all units."""
        return float(self.per_unit(mask, column).sum())

    def factor(self, cover: str, quantity: str, share: str = "") -> Array:
        """Error factor of a cover's ``area``, ``stock`` or the split by what lies ``inside``.

        ``share`` names a part of mapped ground.
        """
        if share and quantity == "area":
            before, _, after = share.partition(">")
            return self.book.map_share(cover, self.matrices[cover], before, after)
        stated = self.accuracy.get(cover, Accuracy())
        percent = stated.stock_percent if quantity == "stock" else stated.area_percent
        return self.book.accuracy(cover, self.year, quantity, percent)

    def factor_name(self, cover: str, quantity: str, share: str = "") -> str:
        """Name of an error factor; layers of two epochs that name one sample share it."""
        if share and quantity == "area":
            return f"map:{digest(self.matrices[cover])}:{share}"
        return (
            "exact" if self.factor(cover, quantity).size == 1 else f"{cover}:{self.year}:{quantity}"
        )

    def area(self, mask: Mask) -> Array:
        """Area of the selected rows in ha; shape ``(1 or 1 + draws, units)``."""
        return self._sampled(mask, "area_ha", "area")

    def area_inside(self, mask: Mask, inside: Mask) -> Array:
        """Area in ha of the part of the selected rows that lies ``inside``, as :meth:`area`.

        A rate of this part would be exact if both parts had one and the same error. The share of
        the part has an error of its own here: as large as the layer's when half of the variance of
        the two parts' errors is common, so that ``sd(p) = p (1 - p) accuracy``.
        """
        result = np.zeros((1, len(self.units)))
        covers = self.rows["cover"].to_numpy()[mask]
        for cover in sorted(set(covers)):
            own = mask & self.is_in("cover", (cover,))
            part, whole = self.area(own & inside), self.per_unit(own, "area_ha")
            rest = np.divide(
                self.per_unit(own & ~inside, "area_ha"), whole, out=0.0 * whole, where=whole > 0
            )
            split = self.factor(cover, "inside")[:, None] - 1.0
            result = result + np.minimum(part * (1.0 + rest[None, :] * split), self.area(own))
        return result

    def stock(self, mask: Mask, column: str = "growing_stock_m3") -> Array:
        """Stock of the selected rows in m3; shape ``(1 or 1 + draws, units)``."""
        return self._sampled(mask, column, "stock")

    def _sampled(self, mask: Mask, column: str, quantity: str) -> Array:
        result = np.zeros((1, len(self.units)))
        covers, shares = self.rows["cover"].to_numpy()[mask], self.rows[SHARE].to_numpy()[mask]
        for cover, share in sorted(set(zip(covers, shares, strict=True))):
            own = mask & self.is_in("cover", (cover,)) & self.is_in(SHARE, (share,))
            sums = self.per_unit(own, column)
            result = result + self.factor(cover, quantity, share)[:, None] * sums[None, :]
        return result

    @property
    def territory(self) -> Array:
        """Area of each unit in ha, classified or not."""
        return self.per_unit(self.everywhere(), "area_ha")

    @property
    def coverage(self) -> tuple[Array, float]:
        """Classified share of each unit and of the whole, 0 to 1 (NaN for a unit without area)."""
        classified = self.per_unit(self.is_in("status", (CLASSIFIED,)), "area_ha")
        whole = float(self.territory.sum())
        shares = np.divide(
            classified,
            self.territory,
            out=np.full(len(self.units), np.nan),
            where=self.territory > 0,
        )
        return shares, float(classified.sum()) / whole if whole > 0 else float("nan")


def with_mapped_trees(data: EpochData, units: Sequence[str], choice: str) -> EpochData:
    """An epoch with what its mapped tree cover holds, unless it says so already."""
    if data.trees is not None or not {*REQUIRED} <= set(data.rows):
        return data
    return replace(data, trees=mapped_trees(data.rows, units, choice))


def read_account(data: EpochData, units: Sequence[str], book: DrawBook) -> Account:
    """Check one epoch's rows and make them an account.

    Columns that no cover gave are added as empty text, False or NaN. Raises ``AccountError`` for
    rows that no account can hold (missing columns, a unit nobody knows, an area below 0 or missing,
    a measured stock without its volume) and ``InputError`` for an impossible accuracy.
    """
    where = str(data.year)
    missing = [name for name in REQUIRED if name not in data.rows]
    log = ProblemLog()
    if missing:
        log.add("sink_models.account_columns", where, columns=", ".join(missing))
        raise AccountError(log)
    rows = data.rows.loc[data.rows["unit_code"] != OUTSIDE].reset_index(drop=True)
    rows = _with_all_columns(rows)
    strangers = sorted(set(rows["unit_code"]) - set(units))
    if strangers:
        log.add("sink_models.account_units", where, codes=", ".join(map(str, strangers)))
    for name in ("area_ha", *QUANTITY_COLUMNS):
        negative = rows[name] < 0
        if negative.any() or (name == "area_ha" and rows[name].isna().any()):
            log.add("sink_models.account_negative", where, column=name)
    unmeasured = (rows["stock_basis"] == "measured") & rows["growing_stock_m3"].isna()
    if unmeasured.any():
        log.add("sink_models.account_stock", where, rows=int(unmeasured.sum()))
    if log.errors:
        raise AccountError(log.errors)
    _check_accuracy(data)
    _check_stock(where, rows)
    check_matrices(data.matrices, rows, data.year)
    rows = _with_mapped_biomass(rows)
    rows = rows.assign(**{PLACE: pd.Index(units).get_indexer(rows["unit_code"])})
    if data.trees is not None:
        homes = rows[HOME] if HOME in rows else rows["unit_code"]
        rows = rows.assign(**{HOME_PLACE: data.trees.place_of(homes)})
    for cover, matrix in sorted(data.matrices.items()):
        rows = split_rows(rows, cover, matrix)
    return Account(
        year=data.year,
        rows=rows,
        units=tuple(units),
        kinds=frozenset(data.kinds),
        measures=data.measures,
        accuracy=data.accuracy,
        matrices=data.matrices,
        book=book,
        products=data.products,
        trees=data.trees,
        complete=data.complete,
    )


def _with_all_columns(rows: pd.DataFrame) -> pd.DataFrame:
    absent = {
        **{name: "" for name in TEXT_COLUMNS if name not in rows},
        **{name: False for name in FLAG_COLUMNS if name not in rows},
        **{name: np.nan for name in QUANTITY_COLUMNS if name not in rows},
        SHARE: "",
    }
    complete = rows.assign(**absent)
    keys = ["cover", "status", "ecosystem_type", *TEXT_COLUMNS]
    return complete.assign(**{name: complete[name].fillna("") for name in keys})


def _with_mapped_biomass(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of tree cover split into ground that a biomass map knows and ground that it does not."""
    has_map = (
        (rows["cover"] == LAND_COVER)
        & rows["ecosystem_type"].isin(MAPPED_TYPES)
        & (rows[BIOMASS_KNOWN] > 0)
    )
    if not has_map.any():
        return rows
    known = rows[has_map]
    area = np.minimum(known[BIOMASS_KNOWN], known["area_ha"])
    rest = known.assign(area_ha=known["area_ha"] - area, **{BIOMASS: np.nan})
    known = known.assign(area_ha=area, stock_basis=BIOMASS_MAP)
    # what is left of a fully mapped row is the rounding of its area
    rest = rest[rest["area_ha"] > 1e-9 * area]
    return pd.concat([rows[~has_map], known, rest], ignore_index=True)


def _check_stock(where: str, rows: pd.DataFrame) -> None:
    """Raise ``InputError`` for stock on no area, and for more stock per hectare than can be."""
    stocked = rows[rows["growing_stock_m3"] > 0]
    density = stocked["growing_stock_m3"] / stocked["area_ha"].where(stocked["area_ha"] > 0)
    ceiling = quantities()["stock_m3_ha"].high
    is_bad = density.isna() | (density > ceiling)
    if is_bad.any():
        named = [
            f"{row.unit_code} {row.species_group or row.ecosystem_type}: "
            f"{row.growing_stock_m3:g} m3, {row.area_ha:g} ha"
            for row in stocked[is_bad].head(SHOWN_ROWS).itertuples()
        ]
        found = problem(
            "sink_models.stock_absurd",
            where=where,
            count=int(is_bad.sum()),
            rows="; ".join(named),
            ceiling=f"{ceiling:g}",
        )
        raise InputError(found)


def _check_accuracy(data: EpochData) -> None:
    log = ProblemLog()
    for kind, stated in sorted(data.accuracy.items()):
        for name in ("area_percent", "stock_percent"):
            percent = getattr(stated, name)
            if percent is not None and not 0 <= percent < 100:
                log.add(
                    "sink_models.accuracy_range", f"{kind} {data.year}", field=name, given=percent
                )
        if kind in data.matrices and stated.area_percent is not None:
            log.add("sink_models.accuracy_twice", f"{kind} {data.year}")
    if log.errors:
        raise InputError(log.errors)
