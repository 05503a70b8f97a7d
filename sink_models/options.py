"""What a run may choose about the methods, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass

from gis.problems import ProblemLog
from sink_models.coefficient_store import CoefficientStore
from sink_models.rules import climate_zones, soil_classes

WETLAND_SCOPES = ("sandiao_00", "law_2022", "convention", "second_survey")
FOREST_DEFINITIONS = ("china", "fao")
GROWTH_CEILING = 30.0
"""Percent per year: no growing stock of a territory is known to grow or be consumed faster."""


@dataclass(frozen=True)
class ForestFlows:
    """Yearly growth and consumption of the growing stock, percent, and where they were read.

    Consumption holds harvest, fuelwood and disturbance: everything that leaves the stock.
    """

    growth_percent: float
    consumption_percent: float
    source: str


@dataclass(frozen=True)
class Correlation:
    """A declared correlation between the errors of two coefficients, -1 to 1, and its reason."""

    first: str
    second: str
    value: float
    reason: str


@dataclass(frozen=True)
class Options:
    """Choices of method.

    ``region`` is an administrative code or a prefix of one (``"44"``, ``"440100"``), empty outside
    China; climate zone and soil class follow from it unless given. ``accepted`` lists coefficients
    not checked well enough for a default that the analyst takes on their own judgement; the rules
    that use them then go before the defaults. ``flows`` are yearly rates for the gain-loss
    method; without them those of the province hold where they were published.
    """

    wetland_scope: str = "sandiao_00"
    forest_definition: str = "china"
    region: str = ""
    climate_zone: str = ""
    soil_class: str = ""
    accepted: frozenset[str] = frozenset()
    flows: ForestFlows | None = None
    correlations: tuple[Correlation, ...] = ()

    def check(self, store: CoefficientStore) -> None:
        """Raise ``InputError`` naming every choice that does not exist."""
        log = ProblemLog()
        allowed = {
            "wetland_scope": WETLAND_SCOPES,
            "forest_definition": FOREST_DEFINITIONS,
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
            for name in ("growth_percent", "consumption_percent"):
                given = getattr(self.flows, name)
                if not 0.0 <= given <= GROWTH_CEILING:
                    log.add("sink_models.flow_rate", name, given=given, ceiling=GROWTH_CEILING)
        for each in self.correlations:
            for key in (each.first, each.second):
                if key not in store:
                    log.add("sink_models.coefficient_unknown", key)
            if not -1.0 <= each.value <= 1.0 or each.first == each.second:
                where = f"{each.first}, {each.second}"
                log.add("sink_models.correlation_impossible", where, given=each.value)
        log.raise_if_errors()


DEFAULT_OPTIONS = Options()
"""What a run without choices takes."""
