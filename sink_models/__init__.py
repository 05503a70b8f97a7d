"""How much? Indicators, estimators, coefficients and their uncertainty.

Pure functions over account rows and coefficient tables: no layers are read, no maps are drawn.
"""

from sink_models.account import Accuracy, EpochData
from sink_models.carbon import co2_from_c
from sink_models.coefficient_store import Coefficient, CoefficientStore, coefficients
from sink_models.estimator import POOLS, Estimator, estimators
from sink_models.evaluate import evaluate
from sink_models.indicator import Indicator, indicators
from sink_models.options import WETLAND_SCOPES, Options
from sink_models.results import TABLE_COLUMNS, Absence, IndicatorValue, Results
from sink_models.sampling import Array, Sampling

__all__ = [
    "POOLS",
    "TABLE_COLUMNS",
    "WETLAND_SCOPES",
    "Absence",
    "Accuracy",
    "Array",
    "Coefficient",
    "CoefficientStore",
    "EpochData",
    "Estimator",
    "Indicator",
    "IndicatorValue",
    "Options",
    "Results",
    "Sampling",
    "co2_from_c",
    "coefficients",
    "estimators",
    "evaluate",
    "indicators",
]
