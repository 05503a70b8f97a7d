"""What a run may choose about the methods, checked at the door."""

from __future__ import annotations

from dataclasses import dataclass

from gis.problems import ProblemLog
from sink_models.coefficient_store import CoefficientStore
from sink_models.rules import climate_zones, soil_classes

WETLAND_SCOPES = ("sandiao_00", "law_2022", "convention", "second_survey")
FOREST_DEFINITIONS = ("china", "fao")


@dataclass(frozen=True)
class Options:
    """Choices of method.

    ``region`` is an administrative code or a prefix of one (``"44"``, ``"440100"``), empty outside
    China; climate zone and soil class follow from it unless given. ``accepted`` lists coefficients
    not checked well enough for a default that the analyst takes on their own judgement; the rules
    that use them then go before the defaults.
    """

    wetland_scope: str = "sandiao_00"
    forest_definition: str = "china"
    region: str = ""
    climate_zone: str = ""
    soil_class: str = ""
    accepted: frozenset[str] = frozenset()

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
        log.raise_if_errors()
