"""Equations as pure functions, one module per subject; each declares its own in ``EQUATIONS``.

Arguments are numbers or arrays that broadcast, named with their units; the last axis may be strata
and the first axis draws. Results are element by element: sum over strata where the equation sums.
NaN in, NaN out: no function answers for missing input.
"""

from sink_models.equations.card import EquationCard, equation_cards
from sink_models.equations.coastal import (
    coastal_extraction,
    coastal_soil_flux,
    rewetted_organic_soil,
)
from sink_models.equations.conversion import conversion_change, converted_land_change
from sink_models.equations.cropland import perennial_crop_change, service_carbon_fixation
from sink_models.equations.dead_organic_matter import (
    dead_matter_after_conversion,
    dead_matter_gain_loss,
    dead_matter_stock_difference,
)
from sink_models.equations.forest_flows import (
    biomass_gain,
    biomass_loss,
    disturbance_loss,
    fuelwood_loss,
    gain_loss,
    provincial_arbor_change,
    stock_difference,
    total_growth,
    total_growth_from_increment,
    wood_removal_loss,
)
from sink_models.equations.forest_stocks import (
    biomass_carbon_from_stock,
    carbon_from_density,
    expansion_from_density,
    growth_curve,
    mapped_biomass_carbon,
    whole_tree_carbon,
)
from sink_models.equations.roots import (
    AboveGroundBiomass,
    LivingBiomass,
    VolumeBiomass,
    add_roots,
)
from sink_models.equations.settlement import (
    UrbanGreen,
    greenway_green,
    urban_growth_by_crown,
    urban_growth_by_trees,
)
from sink_models.equations.soil import (
    mineral_soil_change,
    organic_soil_loss,
    soil_change,
    soil_stock,
)
from sink_models.equations.sums import (
    afolu_total,
    dead_matter_total,
    land_use_total,
    settlement_total,
    stratum_total,
)
from sink_models.equations.totals import (
    Reconciliation,
    co2_from_carbon,
    fire_emission,
    net_present_value,
    present_value_of_flows,
    reconcile,
)
from sink_models.equations.wetland import (
    WeightedGas,
    co2_equivalent,
    coastal_methane,
    marsh_methane,
    methane_as_co2,
    tidal_accretion,
    wetland_methane,
)
from sink_models.equations.wood_products import wood_products_stock

__all__ = [
    "AboveGroundBiomass",
    "EquationCard",
    "LivingBiomass",
    "Reconciliation",
    "UrbanGreen",
    "VolumeBiomass",
    "WeightedGas",
    "add_roots",
    "afolu_total",
    "biomass_carbon_from_stock",
    "biomass_gain",
    "biomass_loss",
    "carbon_from_density",
    "co2_equivalent",
    "co2_from_carbon",
    "coastal_extraction",
    "coastal_methane",
    "coastal_soil_flux",
    "conversion_change",
    "converted_land_change",
    "dead_matter_after_conversion",
    "dead_matter_gain_loss",
    "dead_matter_stock_difference",
    "dead_matter_total",
    "disturbance_loss",
    "equation_cards",
    "expansion_from_density",
    "fire_emission",
    "fuelwood_loss",
    "gain_loss",
    "greenway_green",
    "growth_curve",
    "land_use_total",
    "mapped_biomass_carbon",
    "marsh_methane",
    "methane_as_co2",
    "mineral_soil_change",
    "net_present_value",
    "organic_soil_loss",
    "perennial_crop_change",
    "present_value_of_flows",
    "provincial_arbor_change",
    "reconcile",
    "rewetted_organic_soil",
    "service_carbon_fixation",
    "settlement_total",
    "soil_change",
    "soil_stock",
    "stock_difference",
    "stratum_total",
    "tidal_accretion",
    "total_growth",
    "total_growth_from_increment",
    "urban_growth_by_crown",
    "urban_growth_by_trees",
    "wetland_methane",
    "whole_tree_carbon",
    "wood_products_stock",
    "wood_removal_loss",
]
