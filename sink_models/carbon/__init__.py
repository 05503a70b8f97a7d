"""Carbon of strata by pool: stocks, what is taken up between epochs, soils."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
