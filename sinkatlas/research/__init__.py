"""Objects in, labelled arrays out: what a notebook needs of the main job."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
