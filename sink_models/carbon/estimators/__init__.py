"""Estimators of carbon, one module per family; each module lists its own in ``ESTIMATORS``."""
