from .co2 import (
    c_from_co2 as c_from_co2,
    co2_from_c as co2_from_c,
)
from .coastal import (
    coastal_extraction as coastal_extraction,
    coastal_soil_flux as coastal_soil_flux,
    rewetted_organic_soil as rewetted_organic_soil,
)
from .conversion import (
    conversion_change as conversion_change,
    converted_land_change as converted_land_change,
)
from .cropland import (
    perennial_crop_change as perennial_crop_change,
    service_carbon_fixation as service_carbon_fixation,
)
from .dead_organic_matter import (
    dead_matter_after_conversion as dead_matter_after_conversion,
    dead_matter_gain_loss as dead_matter_gain_loss,
    dead_matter_stock_difference as dead_matter_stock_difference,
)
from .equation_spec import (
    EquationCard as EquationCard,
    equation_cards as equation_cards,
)
from .forest_flows import (
    biomass_gain as biomass_gain,
    biomass_loss as biomass_loss,
    disturbance_loss as disturbance_loss,
    fuelwood_loss as fuelwood_loss,
    gain_loss as gain_loss,
    provincial_arbor_change as provincial_arbor_change,
    stock_difference as stock_difference,
    total_growth as total_growth,
    total_growth_from_increment as total_growth_from_increment,
    wood_removal_loss as wood_removal_loss,
)
from .forest_stocks import (
    biomass_carbon_from_stock as biomass_carbon_from_stock,
    carbon_from_density as carbon_from_density,
    expansion_from_density as expansion_from_density,
    growth_curve as growth_curve,
    mapped_biomass_carbon as mapped_biomass_carbon,
    whole_tree_carbon as whole_tree_carbon,
)
from .roots import (
    AboveGroundBiomass as AboveGroundBiomass,
    LivingBiomass as LivingBiomass,
    VolumeBiomass as VolumeBiomass,
    add_roots as add_roots,
)
from .settlement import (
    NOT_CREDITABLE as NOT_CREDITABLE,
    UrbanGreen as UrbanGreen,
    greenway_green as greenway_green,
    urban_growth_by_crown as urban_growth_by_crown,
    urban_growth_by_trees as urban_growth_by_trees,
)
from .soil import (
    mineral_soil_change as mineral_soil_change,
    organic_soil_loss as organic_soil_loss,
    soil_change as soil_change,
    soil_stock as soil_stock,
)
from .sums import (
    afolu_total as afolu_total,
    dead_matter_total as dead_matter_total,
    land_use_total as land_use_total,
    settlement_total as settlement_total,
    stratum_total as stratum_total,
)
from .totals import (
    Reconciliation as Reconciliation,
    co2_from_carbon as co2_from_carbon,
    fire_emission as fire_emission,
    net_present_value as net_present_value,
    present_value_of_flows as present_value_of_flows,
    reconcile as reconcile,
)
from .wetland import (
    SALINE_PPT as SALINE_PPT,
    WeightedGas as WeightedGas,
    co2_equivalent as co2_equivalent,
    coastal_methane as coastal_methane,
    marsh_methane as marsh_methane,
    methane_as_co2 as methane_as_co2,
    tidal_accretion as tidal_accretion,
    wetland_methane as wetland_methane,
)
from .wood_products import (
    wood_products_stock as wood_products_stock,
)
