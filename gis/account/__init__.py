"""The extent account: every unit's ground once, from counted rasters and pieces of polygons."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
