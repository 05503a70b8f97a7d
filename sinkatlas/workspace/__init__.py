"""The workspace file: what an analyst writes down so that a run can be repeated and defended."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
