from .carbon_of_change import (
    TransitionCarbon as TransitionCarbon,
    holds_nothing as holds_nothing,
    ipcc_categories as ipcc_categories,
    realised_bounds as realised_bounds,
    sums_by_group as sums_by_group,
    surveyed_changes as surveyed_changes,
    transition_carbon as transition_carbon,
)
from .change_areas import (
    ARTEFACT_CAUSES as ARTEFACT_CAUSES,
    CERTAIN as CERTAIN,
    DEFAULT_TOLERANCES as DEFAULT_TOLERANCES,
    ChangeTolerances as ChangeTolerances,
    SampledArea as SampledArea,
    Turnover as Turnover,
    certainty_of as certainty_of,
    error_of_difference as error_of_difference,
    is_converted as is_converted,
    sampled_change as sampled_change,
    turnover as turnover,
)
from .change_tables import (
    IPCC_COLUMNS as IPCC_COLUMNS,
    TRANSITION_COLUMNS as TRANSITION_COLUMNS,
    ipcc_land as ipcc_land,
    land_matrix as land_matrix,
    transition_table as transition_table,
)
from .cohort_rows import (
    NO_CURVE as NO_CURVE,
    Cohorts as Cohorts,
    cohorts as cohorts,
    joined as joined,
)
from .contributions import (
    shapley_contributions as shapley_contributions,
)
from .growth import (
    GrowthChoice as GrowthChoice,
    GrowthRule as GrowthRule,
    growth_rules as growth_rules,
    in_one_pool as in_one_pool,
)
from .land_take import (
    Need as Need,
    TakenStand as TakenStand,
    credits_needed as credits_needed,
    hectares_to_plant as hectares_to_plant,
    need_of as need_of,
    year_of_balance as year_of_balance,
)
from .lucf import (
    LUCF_COLUMNS as LUCF_COLUMNS,
    lucf_table as lucf_table,
)
from .pools import (
    DESTINATIONS as DESTINATIONS,
    KnownSum as KnownSum,
    Transfers as Transfers,
    everything_to as everything_to,
    known_sum as known_sum,
)
from .projects import (
    MARK as MARK,
    RANGES as RANGES,
    TO_BE_SHOWN as TO_BE_SHOWN,
    Patch as Patch,
    adjusted_for_error as adjusted_for_error,
    credited_removals as credited_removals,
    discounted_by_bands as discounted_by_bands,
    estimate as estimate,
    long_term_average as long_term_average,
    methodologies as methodologies,
    reasons_against as reasons_against,
    stratified_error as stratified_error,
)
from .reconciliation import (
    RECONCILIATION_COLUMNS as RECONCILIATION_COLUMNS,
    reconciliation_table as reconciliation_table,
)
from .scenarios import (
    BASELINE as BASELINE,
    DIFFERENCE_COLUMNS as DIFFERENCE_COLUMNS,
    EXPLORATORY_AFTER as EXPLORATORY_AFTER,
    PATH_COLUMNS as PATH_COLUMNS,
    SHORTFALL_COLUMNS as SHORTFALL_COLUMNS,
    TARGET_COLUMNS as TARGET_COLUMNS,
    Path as Path,
    Programme as Programme,
    Scenario as Scenario,
    Start as Start,
    Yearly as Yearly,
    difference_rows as difference_rows,
    path_rows as path_rows,
    probability_of as probability_of,
    project as project,
)
from .values import (
    carbon_value as carbon_value,
    oxygen_released as oxygen_released,
    per_t_co2 as per_t_co2,
    price_and_quantity_effects as price_and_quantity_effects,
)
from .works_effect import (
    Expectation as Expectation,
    before_after_control as before_after_control,
    change_of_plots as change_of_plots,
    standardised_difference as standardised_difference,
    status_of as status_of,
)
from .yearly import (
    TRANSITION_YEARS as TRANSITION_YEARS,
    Event as Event,
    History as History,
    NewLand as NewLand,
    committed_soil_t_c as committed_soil_t_c,
    run as run,
)
from .yield_curves import (
    FORMS as FORMS,
    PARAMETERS as PARAMETERS,
    AgeClasses as AgeClasses,
    Curve as Curve,
    YieldCurve as YieldCurve,
    spread_over_ages as spread_over_ages,
)
