"""What lies there? Layer kinds, legends, code lists, readers and quality checks (floor 1)."""

from layers.codes import (
    ecosystem_types,
    forest_land_codes,
    land_survey_codes,
    planning_codes_2023,
    species_groups,
    survey_codes,
)
from layers.legends import Legend, built_in_legends, legend
from layers.quality import account_problems, coverage_problems, grid_problems, layer_problems
from layers.reading import read_layer
from layers.registry import kinds
from layers.values import Density, Field, Layer, LayerKind, LayerSpec, Lines, Register

__all__ = [
    "Density",
    "Field",
    "Layer",
    "LayerKind",
    "LayerSpec",
    "Legend",
    "Lines",
    "Register",
    "account_problems",
    "built_in_legends",
    "coverage_problems",
    "ecosystem_types",
    "forest_land_codes",
    "grid_problems",
    "kinds",
    "land_survey_codes",
    "layer_problems",
    "legend",
    "planning_codes_2023",
    "read_layer",
    "species_groups",
    "survey_codes",
]
