"""InVEST's inputs run whole: pool maps and totals, and the blue-carbon balance."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
