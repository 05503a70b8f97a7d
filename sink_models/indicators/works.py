"""Works done, by type: one indicator for each row of ``works_types.csv``."""

from __future__ import annotations

from sink_models.indicator import Indicator
from sink_models.indicators.green_space import measured
from sink_models.measures import BASIS, WorksType, works_types
from sink_models.statements import statement

ORDER = 35


def _indicator(kind: WorksType) -> Indicator:
    return Indicator(
        key=kind.key,
        title_zh=kind.zh,
        title_en=kind.en,
        unit=kind.unit,
        definition_zh="工程台账中自起始年份到该期累计完成的面积；是工程量，不与现状面积比较。",
        definition_en=(
            "Hectares of work in the ledger from its first year to the epoch; work done, never "
            "compared with ground that stands."
        ),
        source="造林修复工程验收台账",
        additive=True,
        needs=(frozenset({"works"}),),
        read=measured(kind.key, statement(BASIS)),
        is_missed=False,
    )


INDICATORS = tuple(map(_indicator, works_types().values()))
