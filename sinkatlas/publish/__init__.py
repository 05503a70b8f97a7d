"""A result folder: written aside, renamed at the end, its files sealed and its sources hashed."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
