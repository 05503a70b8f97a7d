from .area_fields import (
    PER_HA as PER_HA,
    official_areas_ha as official_areas_ha,
    unit_of_ratio as unit_of_ratio,
)
from .forest import (
    PER_WHOLE as PER_WHOLE,
    STOCKED_CLASSES as STOCKED_CLASSES,
    apply_definition as apply_definition,
    classify as classify,
    crown_density as crown_density,
    definition_of as definition_of,
    look_like_tenths as look_like_tenths,
    species_groups_of as species_groups_of,
    survey_values as survey_values,
    without_unfilled_density as without_unfilled_density,
)
from .land_codes import (
    code_set_of as code_set_of,
)
from .land_parcels import (
    KEYS as KEYS,
    QUANTITIES as QUANTITIES,
    read_parcels as read_parcels,
)
from .registers import (
    YEAR as YEAR,
    read_register as read_register,
    read_table_register as read_table_register,
    register_kind as register_kind,
)
from .sentinels import (
    without_sentinels as without_sentinels,
)
from .single_class_survey import (
    single_type_kind as single_type_kind,
)
from .stock import (
    LARGEST_DENSITY_M3_HA as LARGEST_DENSITY_M3_HA,
    growing_stock as growing_stock,
    stock_unit_of as stock_unit_of,
)
from .ways import (
    each_way_once as each_way_once,
)
