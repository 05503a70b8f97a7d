"""Surveys: forest sub-compartments, land parcels, registers, and the codes they carry."""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
