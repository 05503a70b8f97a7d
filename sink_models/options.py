"""What a run may choose about the methods, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.problems import ProblemLog
from sink_models.choices import Correlation, MethaneChoice, SoilUse, UrbanGreenChoice
from sink_models.coefficients import (
    CoefficientStore,
    Zone,
    check_range,
    climate_zones,
    find_zone,
    soil_classes,
)
from sink_models.mapped_trees import CHOICES, SURVEYED_MEAN

WETLAND_SCOPES = ("sandiao_00", "law_2022", "convention", "second_survey")
FOREST_DEFINITIONS = ("china", "fao")
GROWTH_CEILING = 30.0
"""Percent per year: no growing stock of a territory is known to grow or be consumed faster."""


@dataclass(frozen=True)
class ForestFlows:
    """Yearly flows of the growing stock of measured stands, and where they were read.

    Gains as ``growth_percent`` of the stock or as ``increment_m3_ha`` (gross, over bark). Losses as
    ``consumption_percent``, which holds everything that leaves the stock, or as ``harvest_m3`` and
    ``fuelwood_m3`` (whole trees, over bark) and ``disturbed_ha`` with the ``fraction_lost`` of
    their biomass: all four then, 0 where there was none.
    """

    source: str
    growth_percent: float | None = None
    consumption_percent: float | None = None
    increment_m3_ha: float | None = None
    harvest_m3: float | None = None
    fuelwood_m3: float | None = None
    disturbed_ha: float | None = None
    fraction_lost: float | None = None

    @property
    def said(self) -> str:
        """The flows in one line."""
        words = {
            "growth_percent": "GR {:g} %/yr",
            "increment_m3_ha": "I_V {:g} m3/ha/yr",
            "consumption_percent": "CR {:g} %/yr",
            "harvest_m3": "H {:g} m3/yr",
            "fuelwood_m3": "FG {:g} m3/yr",
            "disturbed_ha": "A_dist {:g} ha/yr",
            "fraction_lost": "fd {:g}",
        }
        given = {name: getattr(self, name) for name in words}
        return ", ".join(
            words[name].format(each) for name, each in given.items() if each is not None
        )

    def check(self, log: ProblemLog) -> None:
        """Log flows that are no one way to gains and one to losses, or beyond what can be."""
        gains = (self.growth_percent, self.increment_m3_ha)
        amounts = (self.harvest_m3, self.fuelwood_m3, self.disturbed_ha, self.fraction_lost)
        has_amounts = [each is not None for each in amounts]
        by_rate = self.consumption_percent is not None
        one_gain = sum(each is not None for each in gains) == 1
        one_loss = by_rate != all(has_amounts) and by_rate != any(has_amounts)
        if not one_gain or not one_loss or not self.source:
            log.add("sink_models.flows_incomplete", "flows", given=self.said or "–")
        for name in ("growth_percent", "consumption_percent"):
            given = getattr(self, name)
            if given is not None and not 0.0 <= given <= GROWTH_CEILING:
                log.add("sink_models.flow_rate", name, given=given, ceiling=GROWTH_CEILING)
        for name, quantity in FLOW_QUANTITIES.items():
            given = getattr(self, name)
            if given is not None:
                check_range(f"flows: {name}", quantity, np.array([given]), log)


FLOW_QUANTITIES = {
    "increment_m3_ha": "increment_m3_ha",
    "harvest_m3": "volume_m3",
    "fuelwood_m3": "volume_m3",
    "disturbed_ha": "area_ha_yr",
    "fraction_lost": "fraction",
}


@dataclass(frozen=True)
class SharedError:
    """How much of a survey's error an earlier one has too: permanent plots, one interpreter.

    ``correlation``, 0 to 1, is that of the relative errors of area, and of stock, of both years.
    """

    shared_with: int
    correlation: float


def _check_standing(
    key: str, store: CoefficientStore, accepted: frozenset[str], log: ProblemLog
) -> None:
    if not store[key].ships and key not in accepted:
        log.add("sink_models.coefficient_unaccepted", key)


URBAN_UNITS = ("t C/ha", "t C / ha", "t CO2e/ha")


GWP = "gwp100_ch4_"


_CROP_FAMILY = tuple(
    f"{factor}_{edition}_crop" for factor in ("flu", "fmg", "fi") for edition in (2019, 2006)
)
SOIL_FACTORS = {
    "crop": _CROP_FAMILY,
    "crop_paddy": _CROP_FAMILY,
    "orchard": _CROP_FAMILY,
    "grass": ("flu_grass", "fmg_grass", "fi_grass"),
    "built": ("flu_settlement_paved",),
}
"""Types whose soil management may be declared, and how the keys of their factors begin."""


def _check_urban(
    chosen: UrbanGreenChoice, store: CoefficientStore, accepted: frozenset[str], log: ProblemLog
) -> None:
    """Log shares beyond 0 to 1, a width that cannot be, and a rate that may not be used."""
    given: dict[str, tuple[str, float | None]] = {
        "crown_share": ("fraction", chosen.crown_share),
        "growing_share": ("fraction", chosen.growing_share),
        "greenway_width_m": ("width_m", chosen.greenway_width_m),
    }
    for name, (quantity, value) in given.items():
        if value is not None:
            check_range(f"urban: {name}", quantity, np.array([value]), log)
    if chosen.rate not in store:
        log.add("sink_models.coefficient_unknown", chosen.rate)
    elif (
        not store[chosen.rate].unit.startswith(URBAN_UNITS) or "/yr" not in store[chosen.rate].unit
    ):
        log.add("sink_models.urban_rate_unit", chosen.rate, unit=store[chosen.rate].unit)
    else:
        _check_standing(chosen.rate, store, accepted, log)


def _check_methane(
    chosen: MethaneChoice, store: CoefficientStore, accepted: frozenset[str], log: ProblemLog
) -> None:
    """Log a set that does not exist or may not be used, and a salinity that cannot be."""
    sets = [each.key for each in store if each.key.startswith(GWP)]
    if f"{GWP}{chosen.gwp_set}" not in sets:
        allowed = ", ".join(sorted(key.removeprefix(GWP) for key in sets))
        log.add("sink_models.option_unknown", "gwp_set", given=chosen.gwp_set, allowed=allowed)
    else:
        _check_standing(f"{GWP}{chosen.gwp_set}", store, accepted, log)
    if chosen.salinity_ppt is not None:
        check_range("salinity_ppt", "salinity_ppt", np.array([chosen.salinity_ppt]), log)


def _check_soil(
    chosen: SoilUse,
    store: CoefficientStore,
    accepted: frozenset[str],
    climate: str,
    log: ProblemLog,
) -> None:
    """Log a type without factors, a factor that does not fit or may not be used, no source."""
    where = f"soils: {chosen.type}"
    check_range(f"{where}: share", "fraction", np.array([chosen.share]), log)
    if not chosen.source or not chosen.factors:
        log.add("sink_models.soil_incomplete", where)
    family = SOIL_FACTORS.get(chosen.type)
    if family is None:
        allowed = ", ".join(sorted(SOIL_FACTORS))
        log.add("sink_models.soil_type", where, allowed=allowed)
        return
    parts = [key.partition("_")[0] for key in chosen.factors]
    for key in chosen.factors:
        if key not in store:
            log.add("sink_models.coefficient_unknown", key)
            continue
        _check_standing(key, store, accepted, log)
        zones = climate_zones(store) if "_2019_" in key else ()
        is_foreign = any(key.endswith(f"_{zone}") for zone in zones) and not key.endswith(
            f"_{climate}"
        )
        if not key.startswith(family) or parts.count(key.partition("_")[0]) > 1 or is_foreign:
            log.add("sink_models.soil_factor", where, key=key, climate=climate or "–")


@dataclass(frozen=True)
class Options:
    """Choices of method.

    ``region`` is an administrative code or a prefix of one (``"44"``, ``"440100"``), empty outside
    China; climate zone and soil class follow from it unless given. ``accepted`` lists coefficients
    not checked well enough for a default that the analyst takes on their own judgement; the rules
    that use them then go before the defaults. ``flows`` are for the gain-loss method; without them
    the rates of the province hold where they were published. ``soils`` says how fields and pasture
    are managed. ``urban`` and ``methane`` ask for figures beside the carbon account.
    ``minimum_coverage`` is the share of a unit's ground, 0 to 1, that must be known for a figure.
    ``mapped_trees`` says what tree cover that only a map shows holds beside a survey.
    """

    wetland_scope: str = "sandiao_00"
    forest_definition: str = "china"
    region: str = ""
    climate_zone: str = ""
    soil_class: str = ""
    accepted: frozenset[str] = frozenset()
    flows: ForestFlows | None = None
    correlations: tuple[Correlation, ...] = ()
    urban: UrbanGreenChoice | None = None
    methane: MethaneChoice | None = None
    soils: tuple[SoilUse, ...] = ()
    minimum_coverage: float = 0.95
    mapped_trees: str = SURVEYED_MEAN

    @property
    def zone(self) -> Zone:
        """The zone of the region, or what was stated in its place."""
        return find_zone(self.region, climate_zone=self.climate_zone, soil_class=self.soil_class)

    def check(self, store: CoefficientStore) -> None:
        """Raise ``InputError`` naming every choice that does not exist."""
        log = ProblemLog()
        allowed = {
            "wetland_scope": WETLAND_SCOPES,
            "forest_definition": FOREST_DEFINITIONS,
            "mapped_trees": CHOICES,
            "climate_zone": ("", *climate_zones(store)),
            "soil_class": ("", *soil_classes(store)),
        }
        for name, values in allowed.items():
            given = getattr(self, name)
            if given not in values:
                choices = ", ".join(value for value in values if value)
                log.add("sink_models.option_unknown", name, given=given, allowed=choices)
        for key in sorted(self.accepted):
            if key not in store:
                log.add("sink_models.coefficient_unknown", key)
        if self.flows is not None:
            self.flows.check(log)
        if self.urban is not None:
            _check_urban(self.urban, store, self.accepted, log)
        if self.methane is not None:
            _check_methane(self.methane, store, self.accepted, log)
        self._check_soils(store, log)
        for each in self.correlations:
            for key in (each.first, each.second):
                if key not in store:
                    log.add("sink_models.coefficient_unknown", key)
            if not -1.0 <= each.value <= 1.0 or each.first == each.second:
                where = f"{each.first}, {each.second}"
                log.add("sink_models.correlation_impossible", where, given=each.value)
        log.raise_if_errors()

    def _check_soils(self, store: CoefficientStore, log: ProblemLog) -> None:
        claimed: dict[tuple[str, int | None], float] = {}
        for each in self.soils:
            _check_soil(each, store, self.accepted, self.zone.climate_zone, log)
            key = each.type, each.year
            claimed[key] = claimed.get(key, 0.0) + each.share
        for (kind, year), share in claimed.items():
            whole = share + (0.0 if year is None else claimed.get((kind, None), 0.0))
            if whole > 1.0 + 1e-9:
                where = f"soils: {kind} {year or ''}".rstrip()
                log.add("sink_models.soil_shares", where, given=f"{whole:g}")


DEFAULT_OPTIONS = Options()
"""What a run without choices takes."""
