"""``report.xlsx``, the file that a bureau hands in, and ``audit.xlsx``, what backs it."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
