"""Lengths, neighbourhoods and walking distances by reporting unit."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
