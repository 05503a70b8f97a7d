"""Uncertainty by hand: draws, correlations, error matrices and contributions, on any model.

What a published Monte Carlo workbook does takes three steps: say the variables, run the model, ask
for interval and contributions.

>>> trees = MonteCarlo(
...     {"area": Variable(100.0, 90.0, 110.0), "density": Variable(45.8, 35.0, 58.0)}, draws=2000
... )
>>> central, low, high = trees.interval(trees.run(lambda v: v["area"] * v["density"]))
>>> round(central), low < central < high
(4580, True)
"""

from __future__ import annotations

from sink_models.uncertainty import (
    AdjustedAreas,
    ErrorMatrix,
    MapAccuracy,
    MonteCarlo,
    Variable,
    adjusted_areas,
    draw_areas,
    error_matrix,
    map_accuracy,
    product_uncertainty,
    shared_sum,
    sum_uncertainty,
    variables_of,
)

__all__ = [
    "AdjustedAreas",
    "ErrorMatrix",
    "MapAccuracy",
    "MonteCarlo",
    "Variable",
    "adjusted_areas",
    "draw_areas",
    "error_matrix",
    "map_accuracy",
    "product_uncertainty",
    "shared_sum",
    "sum_uncertainty",
    "variables_of",
]
