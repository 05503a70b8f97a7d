"""Choices that an analyst writes down: the value types that estimators take and a workspace fills.

Nothing is imported here but types, so that a workspace file is read at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, with_config

from gis.settings import SETTINGS, Real, Share, Text, Year

LandCategory = Literal[
    "forest_land", "cropland", "grassland", "wetlands", "settlements", "other_land"
]
"""Land-use categories of the IPCC guidelines."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class ParkReach:
    """The ``[parks]`` table: which parks serve how far, and how far a street may be away."""

    large_park_m2: Annotated[Real, Field(gt=0)] = 5000.0
    large_reach_m: Annotated[Real, Field(gt=0, le=5000)] = 500.0
    small_park_m2: Annotated[Real, Field(ge=0)] = 400.0
    small_reach_m: Annotated[Real, Field(ge=0, le=5000)] = 300.0
    off_street_m: Annotated[Real, Field(gt=0, le=1000)] = 100.0
    """How far housing and parks may lie off the street network."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class RiverRule:
    """The ``[river_rule]`` table: which projects may not lie how near to which rivers.

    Empty ``rivers`` and ``project_types`` mean all; ``project_types`` are words in the type.
    Projects without a year count: nobody knows that they are old.
    """

    distance_m: Annotated[Real, Field(gt=0, le=100_000)] = 1000.0
    rivers: tuple[Text, ...] = ()
    """Words in the name; empty for all."""
    project_types: tuple[Text, ...] = ()
    """Words in the type; empty for all."""
    since: Year | None = None
    """Older projects do not count."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class PastConversion:
    """One ``[[transitions.conversions]]`` entry: land converted before the first epoch.

    It is in transition for twenty years.
    """

    unit: Text
    """Code of the unit, or of the whole."""
    year: Year
    from_category: LandCategory
    to_category: LandCategory
    area_ha: Annotated[Real, Field(gt=0)]


@with_config(SETTINGS)
@dataclass(frozen=True)
class Price:
    """One ``[[gep.prices]]`` entry: yuan per tonne, from a year on."""

    yuan: Annotated[Real, Field(gt=0)]
    per: Literal["t C", "t CO2"]
    """A tonne of what: there is no default."""
    year: Year
    source: Text


@with_config(SETTINGS)
@dataclass(frozen=True)
class UrbanGreenChoice:
    """The ``[carbon.urban]`` table: urban green and greenways, beside the carbon sink.

    ``crown_share`` is the share of the ground under crowns, ``growing_share`` that of the crowns
    with trees up to 20 years old; ``rate`` names a coefficient in t C or t CO2e per hectare and
    year. Without ``greenway_width_m`` greenways have no ground.
    """

    crown_share: Share
    """Share of the ground of parks and greenways under crowns."""
    rate: Text
    """Coefficient in t C or t CO2e per hectare and year."""
    source: Text
    """Where these figures were read."""
    greenway_width_m: Annotated[Real, Field(gt=0, le=500)] | None = None
    """Width of greenway strips; without it they have no ground."""
    growing_share: Share = 1.0
    """Share of the crowns with trees up to 20 years old."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class MethaneChoice:
    """The ``[carbon.methane]`` table: methane of wetlands, beside the carbon account.

    Without a salinity, mangrove and tidal marsh have no class and no figure.
    """

    gwp_set: Text
    """Set of 100-year potentials, e.g. ar6_nonfossil."""
    salinity_ppt: Annotated[Real, Field(ge=0, le=50)] | None = None
    """Salinity of mangroves and tidal marsh; 18 and more is saline."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class Correlation:
    """A declared correlation between the errors of two coefficients, -1 to 1, and its reason."""

    first: Text
    second: Text
    value: Annotated[Real, Field(ge=-1, le=1)]
    reason: Text


@with_config(SETTINGS)
@dataclass(frozen=True)
class SoilUse:
    """How a share of a type's ground is managed: the stock change factors of its mineral soil.

    ``factors`` names coefficients (F_MG, F_I, and F_LU where another than the type's default
    holds), ``share`` the part of the type's ground; what no entry claims keeps the default. Without
    ``year`` it holds at every epoch. For ``built`` the only factor is that of paved ground, which
    multiplies the stock before.
    """

    type: Text
    """crop, crop_paddy, orchard, grass, or built for paved ground."""
    factors: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Coefficients of F_LU, F_MG, F_I: sinkatlas factors list fmg."""
    source: Text
    """Where the share was read."""
    share: Share = 1.0
    """Share of the type's ground; the rest keeps the default factors."""
    year: Year | None = None
    """The epoch it holds for; all without it."""
