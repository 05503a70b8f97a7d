"""The settings of a workspace as the values that the estimators take."""

from __future__ import annotations

from dataclasses import replace

from gis.extent import Units
from sink_models.coefficients import CoefficientStore
from sink_models.measures import WorksOptions
from sink_models.options import (
    Options,
)
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.pipeline.measuring import (
    RuleSettings,
)
from sinkatlas.pipeline.methods import forest_flows
from sinkatlas.workspace import (
    Workspace,
)


def sampling_of(space: Workspace) -> Sampling:
    settings = space.table.workspace
    return Sampling(settings.seed, settings.draws, settings.interval_percent)


def options_of(space: Workspace, units: Units) -> Options:
    settings, carbon = space.table.workspace, space.table.carbon
    return Options(
        wetland_scope=settings.wetland_scope,
        minimum_coverage=settings.minimum_coverage_percent / 100.0,
        forest_definition=settings.forest_definition,
        region=units.whole_code if units.whole_code.isdigit() else "",
        climate_zone=carbon.climate_zone,
        soil_class=carbon.soil_class,
        accepted=frozenset(carbon.accepted),
        mapped_trees=carbon.mapped_trees,
        flows=forest_flows(space),
        correlations=tuple(carbon.correlations),
        soils=tuple(carbon.soils),
        urban=carbon.urban,
        methane=carbon.methane,
    )


def rule_settings(space: Workspace, starts: int | None = None) -> RuleSettings:
    """What the workspace says of parks, works and rivers.

    A prohibition begins with its plan: ``starts`` is the plan's first year, from which projects
    count where the workspace names no other.
    """
    works, rule = space.table.works, space.table.river_rule
    return RuleSettings(
        space.table.parks,
        WorksOptions(works.since, works.types),
        replace(rule, since=rule.since or starts),
    )


def draw_book(space: Workspace, units: Units, store: CoefficientStore) -> DrawBook:
    """The draws of a workspace: the same for every run, because they go by seed and key."""
    options = options_of(space, units)
    return DrawBook(
        store, sampling_of(space), options.zone, options.accepted,
        options.correlations, options.soils,
    )  # fmt: skip
