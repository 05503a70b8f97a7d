"""Files at the door: opened as what they are said to be, with sidecars, archives and servers."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
