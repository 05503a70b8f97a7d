from .change_areas import (
    ARTEFACT_CAUSES as ARTEFACT_CAUSES,
    SampledArea as SampledArea,
    Tolerances as Tolerances,
    Turnover as Turnover,
    certainty_of as certainty_of,
    error_of_difference as error_of_difference,
    is_converted as is_converted,
    sampled_change as sampled_change,
    turnover as turnover,
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
from .land_take import (
    Need as Need,
    TakenStand as TakenStand,
    credits_needed as credits_needed,
    hectares_to_plant as hectares_to_plant,
    need_of as need_of,
    year_of_balance as year_of_balance,
)
from .pools import (
    DESTINATIONS as DESTINATIONS,
    KnownSum as KnownSum,
    Transfers as Transfers,
    everything_to as everything_to,
    known_sum as known_sum,
)
from .values import (
    Price as Price,
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
