"""A city's target split over its districts so that the parts add up exactly."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
