"""Evidence packs: the tables of a run with what they rest on, packed and verified."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
