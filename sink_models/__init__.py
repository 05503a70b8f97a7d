"""How much? Indicators, estimators, coefficients and their uncertainty.

Pure functions over account rows and coefficient tables: no layers are read, no maps are drawn.
"""
