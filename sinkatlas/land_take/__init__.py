"""What a project's footprint costs in carbon, and what would make up for it."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
