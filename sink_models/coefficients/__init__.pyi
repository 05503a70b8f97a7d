from .distributions import (
    DISTRIBUTIONS as DISTRIBUTIONS,
    choose_distribution as choose_distribution,
    draw as draw,
)
from .formulas import (
    BoundTerm as BoundTerm,
    bind as bind,
)
from .method_rules import (
    METHOD_RULE_COLUMNS as METHOD_RULE_COLUMNS,
    own_method_sets as own_method_sets,
    set_in_use as set_in_use,
    with_method_set as with_method_set,
    with_own_method_set as with_own_method_set,
    with_stock_classes as with_stock_classes,
)
from .overrides import (
    Override as Override,
    export_rows as export_rows,
    with_overrides as with_overrides,
)
from .plausible_ranges import (
    SHOWN_ROWS as SHOWN_ROWS,
    check_range as check_range,
    checked as checked,
    quantities as quantities,
)
from .rule_tables import (
    Expansion as Expansion,
    Rules as Rules,
    VolumeFunction as VolumeFunction,
    density_rules as density_rules,
    our_rules as our_rules,
    read_table as read_table,
)
from .selection import (
    CHINA as CHINA,
    TESTED as TESTED,
    Candidate as Candidate,
    Sought as Sought,
    Zone as Zone,
    aged_types as aged_types,
    alternatives as alternatives,
    carbon_fraction_key as carbon_fraction_key,
    choose_density as choose_density,
    choose_expansion as choose_expansion,
    choose_volume_function as choose_volume_function,
    climate_zones as climate_zones,
    density_candidates as density_candidates,
    expansion_key as expansion_key,
    find_zone as find_zone,
    formula_keys as formula_keys,
    leaf_of as leaf_of,
    literature_residual as literature_residual,
    resolve_formula as resolve_formula,
    rival_keys as rival_keys,
    soil_classes as soil_classes,
)
from .store import (
    AGE_GROUPS as AGE_GROUPS,
    Coefficient as Coefficient,
    CoefficientStore as CoefficientStore,
    coefficients as coefficients,
)
