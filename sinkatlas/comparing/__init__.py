"""Two workspaces compared: every changed figure explained by what was exchanged."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
