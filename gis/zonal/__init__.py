"""Rasters counted by zone: exact cell coverage, bands of rows, classes and densities."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
