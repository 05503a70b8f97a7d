from .estimator import (
    ABOVE as ABOVE,
    LIVING as LIVING,
    POOL_NAMES as POOL_NAMES,
    POOLS as POOLS,
    SOIL as SOIL,
    SOIL_BURIAL as SOIL_BURIAL,
    Choice as Choice,
    Estimates as Estimates,
    Estimator as Estimator,
    density_estimator as density_estimator,
    of_types as of_types,
    pool_names as pool_names,
    registered_estimators as registered_estimators,
    sought_of as sought_of,
)
from .forest_balance import (
    PROVINCIAL_RATES as PROVINCIAL_RATES,
    ForestBalance as ForestBalance,
    forest_balances as forest_balances,
)
from .forest_methods import (
    ForestRoute as ForestRoute,
    forest_routes as forest_routes,
    measured_strata as measured_strata,
)
from .ground_groups import (
    FollowedGround as FollowedGround,
    followed_ground as followed_ground,
)
from .linear_totals import (
    Amounts as Amounts,
    Cell as Cell,
)
from .living_biomass import (
    LivingChange as LivingChange,
    SinkSteps as SinkSteps,
    living_change as living_change,
    sink_steps as sink_steps,
    yearly_uptake as yearly_uptake,
    young_growth as young_growth,
)
from .map_beside_survey import (
    MappedTreeEffect as MappedTreeEffect,
    mapped_tree_effect as mapped_tree_effect,
)
from .soil_change import (
    YEARS as YEARS,
    SoilSpan as SoilSpan,
    soil_span as soil_span,
    spans_in_transition as spans_in_transition,
)
from .soil_use import (
    REFERENCE as REFERENCE,
    mineral_soil as mineral_soil,
)
from .stock_and_sink import (
    SOIL_PARTS as SOIL_PARTS,
    CarbonAccount as CarbonAccount,
    NotEstimated as NotEstimated,
    add_up as add_up,
    carbon_account as carbon_account,
    check_sum as check_sum,
    covers as covers,
    estimates as estimates,
    other_depth as other_depth,
)
from .stratification import (
    CarbonStratum as CarbonStratum,
    strata as strata,
)
