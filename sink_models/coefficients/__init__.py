"""The store of cited numbers, which of them apply where, and an analyst's own."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
