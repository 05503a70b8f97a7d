"""What a workspace says about methods.

The analyst's own coefficients, an InVEST pools table, error matrices of layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gis.problems import Problem, ProblemLog
from sink_models.coefficients import (
    CoefficientStore,
    Override,
    coefficients,
    set_in_use,
    with_method_set,
    with_overrides,
    with_own_method_set,
)
from sink_models.invest import CarbonPools, read_carbon_pools
from sink_models.options import ForestFlows
from sink_models.uncertainty import ErrorMatrix, read_error_matrix
from sinkatlas.workspace import Workspace, text_of

FLOW_NAMES = (
    "growth_percent",
    "consumption_percent",
    "increment_m3_ha",
    "harvest_m3",
    "fuelwood_m3",
    "disturbed_ha",
    "fraction_lost",
)

NONE: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Methods:
    """Read once per run: the coefficients in use and what the analyst changed in them."""

    store: CoefficientStore
    overrides: tuple[Override, ...]
    pools: CarbonPools | None
    matrices: Mapping[tuple[int, str], ErrorMatrix]

    @property
    def notices(self) -> tuple[Problem, ...]:
        """One warning per coefficient of the analyst's and a note on the set, for every output."""
        return (*set_in_use(self.store), *(each.notice for each in self.overrides))


def read_methods(space: Workspace) -> Methods:
    """Read the method files that a workspace names.

    Raises ``InputError`` with every bad row of a file.
    """
    table = space.table.carbon
    store, overrides = coefficients(), NONE
    if table.coefficients:
        file = space.resolve(table.coefficients)
        store, overrides = with_overrides(store, text_of(file), where=file.name)
    if table.method_set:
        store = in_method_set(store, table.method_set, frozenset(table.accepted), space.folder)
    pools = None
    if table.pools:
        file = space.resolve(table.pools)
        pools = read_carbon_pools(text_of(file), where=file.name)
    matrices = {}
    for epoch in space.epochs:
        for layer in epoch.layers:
            if layer.accuracy.error_matrix:
                file = space.resolve(layer.accuracy.error_matrix)
                matrices[epoch.year, layer.kind] = read_error_matrix(text_of(file), where=file.name)
    return Methods(store, overrides, pools, matrices)


def is_rule_file(given: str) -> bool:
    """Whether a method set is given as a file of rules and not by its name."""
    return given.lower().endswith(".csv")


def in_method_set(
    store: CoefficientStore, given: str, accepted: frozenset[str], folder: Path
) -> CoefficientStore:
    """A store by the rules of a set, given by its name or by a CSV file of rules.

    Raises ``InputError`` for a name that does not exist, and with every bad row of a file.
    """
    if is_rule_file(given):
        file = folder / given
        return with_method_set(store, file.stem, text_of(file), accepted, where=file.name)
    return with_own_method_set(store, given, accepted)


def forest_flows(space: Workspace) -> ForestFlows | None:
    """Flows of the growing stock that the analyst gave, None when there are none.

    Raises ``InputError`` when they are incomplete, stand twice or have no source.
    """
    table = space.table.carbon
    given = {name: getattr(table, name) for name in FLOW_NAMES}
    if not table.rates_source and all(each is None for each in given.values()):
        return None
    flows = ForestFlows(table.rates_source, **given)
    log = ProblemLog()
    flows.check(log)
    log.raise_if_errors()
    return flows
