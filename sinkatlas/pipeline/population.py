"""Residents of the units, as the workspace gives them with their source: for figures per head."""

from __future__ import annotations

from gis.extent import Units
from gis.problems import ProblemLog
from sink_models.measures import Population
from sinkatlas.workspace import Workspace


def population_of(space: Workspace, units: Units) -> dict[int, Population]:
    """Residents by epoch. Raises ``InputError`` with every code or year that is none of the run."""
    log = ProblemLog()
    known = set(units.codes)
    years = [epoch.year for epoch in space.epochs]
    found: dict[int, Population] = {}
    for number, each in enumerate(space.table.population, start=1):
        where = f"{space.path.name} population[{number}]"
        strange = [code for code in each.persons if code not in known]
        if strange:
            facts = {"codes": ", ".join(strange[:5]), "allowed": ", ".join(sorted(known)[:12])}
            log.add("sinkatlas.population_unit", where=where, **facts)
        if each.year not in years or each.year in found:
            allowed = ", ".join(map(str, years))
            log.add("sinkatlas.population_year", where=where, year=each.year, allowed=allowed)
        found[each.year] = Population(each.persons, each.source)
    log.raise_if_errors()
    return found
