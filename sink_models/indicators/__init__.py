"""Indicators, one module per family; each module lists its own in ``INDICATORS``."""
