"""What a check found: problems in order of weight, and facts of each layer read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.problems import Problem, Severity
from layers.declarations import LayerSpec
from sinkatlas.checking.places_map import Outline

if TYPE_CHECKING:
    from layers.profiling import Look


@dataclass(frozen=True)
class Check:
    """Findings of a workspace: problems in order of weight, and facts of each layer read."""

    workspace: str
    problems: tuple[Problem, ...]
    layers: tuple[Mapping[str, str], ...]
    classes: tuple[Mapping[str, object], ...]
    is_closed: bool
    looks: tuple[tuple[LayerSpec, Look], ...] = ()
    official: tuple[Mapping[str, object], ...] = ()
    outlines: tuple[Outline, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)
