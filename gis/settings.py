"""How a value type is declared that a settings file may fill.

A choice that an analyst writes down is declared once, where it is used: a frozen dataclass with
``@with_config(SETTINGS)``. Bounds stand in the types, what a key means in the docstring below it;
the workspace file takes both from there.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

SETTINGS = ConfigDict(extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
"""No unknown keys, no NaN or infinity.

Not strict as a whole, or no table could fill a dataclass and no list a tuple: the scalars are.
"""

Real = Annotated[float, Field(strict=True)]
Share = Annotated[Real, Field(ge=0, le=1)]
Year = Annotated[int, Field(strict=True, ge=1900, le=2100)]
Text = Annotated[str, Field(strict=True, min_length=1)]
