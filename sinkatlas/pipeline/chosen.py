"""The settings of a workspace as the values that the estimators take."""

from __future__ import annotations

from gis.extent import Units
from sink_models.coefficients import CoefficientStore
from sink_models.measures import ParkReach, RiverRule, WorksOptions
from sink_models.options import (
    Correlation,
    MethaneChoice,
    Options,
    SoilUse,
    UrbanGreenChoice,
)
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.pipeline.measuring import (
    RuleSettings,
)
from sinkatlas.pipeline.methods import forest_flows, read_methods
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
        climate_zone=space.table.carbon.climate_zone,
        soil_class=space.table.carbon.soil_class,
        accepted=frozenset(space.table.carbon.accepted),
        mapped_trees=carbon.mapped_trees,
        flows=forest_flows(space),
        correlations=tuple(
            Correlation(each.first, each.second, each.value, each.reason)
            for each in space.table.carbon.correlations
        ),
        soils=tuple(
            SoilUse(each.type, tuple(each.factors), each.source, each.share, each.year)
            for each in carbon.soils
        ),
        urban=None if carbon.urban is None else UrbanGreenChoice(**carbon.urban.model_dump()),
        methane=None if carbon.methane is None else MethaneChoice(**carbon.methane.model_dump()),
    )


def rule_settings(space: Workspace, starts: int | None = None) -> RuleSettings:
    """What the workspace says of parks, works and rivers.

    A prohibition begins with its plan: ``starts`` is the plan's first year, from which projects
    count where the workspace names no other.
    """
    parks, works, rule = space.table.parks, space.table.works, space.table.river_rule
    return RuleSettings(
        ParkReach(**parks.model_dump()),
        WorksOptions(works.since, works.types),
        RiverRule(
            rule.distance_m, tuple(rule.rivers), tuple(rule.project_types), rule.since or starts
        ),
    )


def draw_book(space: Workspace, units: Units, store: CoefficientStore | None = None) -> DrawBook:
    """The draws of a workspace: the same for every run, because they go by seed and key."""
    options = options_of(space, units)
    return DrawBook(
        store or read_methods(space).store, sampling_of(space), options.zone, options.accepted,
        options.correlations, options.soils,
    )  # fmt: skip
