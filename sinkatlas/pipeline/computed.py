"""Everything that a run has computed, as the report and its tables read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gis.extent import ExtentAccount, Units
from gis.problems import Language, Problem
from layers.declarations import Layer
from plans.judging import Verdict
from plans.plan import SCHEMES
from sink_models.official_figures import OfficialFigure
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas.pipeline.change import ChangeTables
from sinkatlas.pipeline.judging import Judgement
from sinkatlas.pipeline.measuring import Beside
from sinkatlas.pipeline.methods import Methods
from sinkatlas.publish import Seal
from sinkatlas.workspace import Workspace


@dataclass(frozen=True)
class Computed:
    """The parts of a run, complete: what comes after shows them and computes nothing.

    ``units`` is the layer of districts; ``layers``, ``accounts`` and ``beside`` are by year.
    """

    space: Workspace
    language: Language
    units: Layer
    layers: Mapping[int, tuple[Layer, ...]]
    accounts: Mapping[int, ExtentAccount]
    beside: Mapping[int, Beside]
    methods: Methods
    results: Results
    of_areas: Results
    """The same with the values of the areas that the plan names, by their names."""
    judgement: Judgement
    changes: ChangeTables
    scenarios: Mapping[str, pd.DataFrame]
    """Tables of the scenarios by name; none without any."""
    works_effect: pd.DataFrame
    projects: Mapping[str, pd.DataFrame]
    """Tables of the projects by name; none without any."""
    official: tuple[OfficialFigure, ...]
    """Figures of others that stand beside ours."""
    sampling: Sampling
    problems: tuple[Problem, ...]
    seals: Mapping[Path, Seal]
    """What every named file held when it was read."""

    @property
    def territory(self) -> Units:
        if not isinstance(self.units.data, Units):
            raise TypeError(f"districts were read as {type(self.units.data).__name__}")
        return self.units.data

    @property
    def judged(self) -> tuple[Verdict, ...]:
        """The verdicts on what can be judged: systems and tasks without a figure stand apart."""
        return tuple(each for each in self.judgement.verdicts if each.target.kind not in SCHEMES)

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the units and of the whole, by code."""
        return unit_names(self.territory)


def unit_names(territory: Units) -> dict[str, str]:
    """Names of the units and of the whole, by code."""
    features = territory.features
    names = dict(zip(features["unit_code"], features["unit_name"], strict=True))
    return names | {territory.whole_code: territory.whole_name}
