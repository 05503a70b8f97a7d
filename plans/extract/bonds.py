"""A figure bound to a metric, and how many words part two places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plans.extract.figures import Quantity
from plans.extract.vocabulary import Metric
from plans.extract.wording import Bound, unexplained


@dataclass(frozen=True)
class Bond:
    """A figure of a sentence bound to a metric.

    ``start`` and ``end`` span metric and figure; ``doubt`` is taken from the confidence; ``year``
    when a list says which.
    """

    metric: Metric
    quantity: Quantity
    bound: Bound
    start: int
    end: int
    doubt: float
    year: int | None = None


def residue(text: str) -> int:
    return len(unexplained(re.sub(r"\([^)]*\)", "", text)))
