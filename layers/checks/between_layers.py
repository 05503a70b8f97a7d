"""Checks between the layers as read, before any account: one list, run in one place.

Each check returns problems: errors where figures would be wrong, warnings and notes where the
reader must know. None of them changes a figure. What is added here is run, listed and weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gis.extent import Units
from gis.problems import Problem
from layers.checks.attribute_statements import attribute_problems, register_problems
from layers.checks.biomass_over_forest import biomass_problems
from layers.checks.epochs import grid_problems, same_file_problems, year_problems
from layers.checks.positions import (
    datum_problems,
    position_problems,
    shift_problems,
    system_problems,
)
from layers.checks.reporting_units import (
    small_unit_problems,
    territory_problems,
    unit_problems,
)
from layers.checks.shared_ground import built_up_problems, cover_problems
from layers.declarations import Layer

LayersByEpoch = Mapping[int, Sequence[Layer]]

OF_A_LAYER: tuple[Callable[[Layer, Units], list[Problem]], ...] = (
    system_problems,
    position_problems,
    attribute_problems,
    register_problems,
    shift_problems,
    small_unit_problems,
)
ALONE: tuple[Callable[[Layer], list[Problem]], ...] = (year_problems,)
OF_AN_EPOCH: tuple[Callable[[Sequence[Layer]], list[Problem]], ...] = (
    cover_problems,
    built_up_problems,
)
OF_AN_EPOCH_AND_UNITS: tuple[Callable[[Sequence[Layer], Units], list[Problem]], ...] = (
    biomass_problems,
)
BETWEEN_EPOCHS: tuple[Callable[[LayersByEpoch], list[Problem]], ...] = (
    grid_problems,
    same_file_problems,
)


def layer_problems(units: Units, layers: LayersByEpoch) -> list[Problem]:
    """All problems between the units and the layers.

    A layer that cannot be brought to the units' datum is named and left out of the other checks.
    """
    found = [*unit_problems(units), *territory_problems(units)]
    placeable: dict[int, list[Layer]] = {}
    for epoch in sorted(layers):
        placeable[epoch] = []
        for layer in layers[epoch]:
            astray = datum_problems(layer, units)
            found += astray
            if not astray:
                placeable[epoch].append(layer)
    for held in placeable.values():
        found += [each for layer in held for check in ALONE for each in check(layer)]
        found += [each for layer in held for check in OF_A_LAYER for each in check(layer, units)]
        found += [each for check in OF_AN_EPOCH for each in check(held)]
        found += [each for check in OF_AN_EPOCH_AND_UNITS for each in check(held, units)]
    return found + [each for check in BETWEEN_EPOCHS for each in check(placeable)]
