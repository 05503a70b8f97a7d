"""Targets read from the text of a plan, by rules, for an analyst to confirm."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
