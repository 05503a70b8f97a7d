"""Checks of geometry, of attributes, and between layers; copies repaired on request."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
