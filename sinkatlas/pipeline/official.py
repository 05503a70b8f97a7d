"""Official figures of a workspace, checked and in the units of our indicators."""

from __future__ import annotations

from fractions import Fraction

from gis.extent import Units
from gis.problems import ProblemLog
from plans.units import printed_units
from sink_models.indicator import indicators
from sink_models.official_figures import OfficialFigure
from sinkatlas.workspace import Workspace


def official_figures(space: Workspace, units: Units) -> tuple[OfficialFigure, ...]:
    """The ``[[official]]`` entries.

    Raises ``InputError`` for indicators and units that do not exist, and units of measure that are
    not those of the indicator.
    """
    log = ProblemLog()
    found: list[OfficialFigure] = []
    codes = (*units.codes, units.whole_code)
    for each in space.table.official:
        where = f"official: {each.indicator} {each.year}"
        indicator = indicators().get(each.indicator)
        if indicator is None:
            allowed = ", ".join(indicators())
            log.add("sinkatlas.official_indicator", where, allowed=allowed)
            continue
        code = each.code or units.whole_code
        if code not in codes:
            log.add("sinkatlas.official_unit", where, given=code, allowed=", ".join(codes))
        printed = printed_units().get(each.unit)
        unit, factor = (each.unit, 1) if printed is None else (printed.unit, printed.factor)
        if unit != indicator.unit:
            same = [name for name, one in printed_units().items() if one.unit == indicator.unit]
            allowed = ", ".join(dict.fromkeys((indicator.unit, *same)))
            log.add("sinkatlas.official_measure", where, given=each.unit, allowed=allowed)
            continue
        value = float(Fraction(str(each.value)) * factor)
        found.append(
            OfficialFigure(
                each.indicator, code, each.year, value, each.basis, each.document,
                each.counts_shrub, each.territory_ha,
            )
        )  # fmt: skip
    log.raise_if_errors()
    return tuple(found)
