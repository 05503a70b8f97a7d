"""How a verdict looks: a sign and a colour beside its word, so that no reader depends on colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StatusLook:
    """Sign, strong colour (for a mark with white sign) and pale one (behind dark text)."""

    sign: str
    colour: str
    pale: str


LOOKS: dict[str, StatusLook] = {
    "met": StatusLook("√", "#01665e", "#d5ebe7"),
    "on_track": StatusLook("↑", "#1f766e", "#e3f3f0"),
    "cannot_tell": StatusLook("?", "#4d4d4d", "#ededed"),
    "off_track": StatusLook("↓", "#955d0c", "#f8ecd8"),
    "not_met": StatusLook("×", "#8c3a04", "#f5dccb"),
    "not_evaluable": StatusLook("–", "#6f6f6f", "#f4f4f4"),
    "not_applicable": StatusLook("○", "#8a8a8a", "#fafafa"),
}
"""Status to look; teal to brown (ColorBrewer BrBG), told apart by colour-blind readers too."""


def look(status: str) -> StatusLook:
    """The look of a status; an unknown one looks like ``not_evaluable``."""
    return LOOKS.get(status, LOOKS["not_evaluable"])


URGENCY = ("not_met", "off_track", "cannot_tell", "on_track", "met", "not_evaluable")
"""Statuses by what a reader must see first: what is missed, what is in doubt, what is kept."""


def by_urgency(statuses: Sequence[str], probabilities: Sequence[float]) -> list[int]:
    """Places of findings, the worst first; among equals the least likely, then their own order.

    >>> by_urgency(["met", "cannot_tell", "cannot_tell"], [0.99, 0.6, 0.4])
    [2, 1, 0]
    """

    def rank(place: int) -> tuple[int, float]:
        status, chance = statuses[place], probabilities[place]
        last = len(URGENCY)
        order = URGENCY.index(status) if status in URGENCY else last
        return order, 2.0 if math.isnan(chance) else chance

    return sorted(range(len(statuses)), key=rank)
