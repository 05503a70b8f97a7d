"""Equations, one row of ``equations.csv`` each, that compute what they print.

Arguments are numbers or arrays that broadcast, named with their units; the last axis may be strata
and the first axis draws. Results are element by element; ``sum`` is over the last axis. NaN in, NaN
out: no equation answers for missing input.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
