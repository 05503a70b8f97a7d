"""Equations as pure functions, one module per subject; each declares its own in ``EQUATIONS``.

Arguments are numbers or arrays that broadcast, named with their units; the last axis may be strata
and the first axis draws. Results are element by element: sum over strata where the equation sums.
NaN in, NaN out: no function answers for missing input.
"""

from lazy_loader import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
