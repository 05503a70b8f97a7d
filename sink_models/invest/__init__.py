"""InVEST's tables, read and computed as its models do where they are right."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
