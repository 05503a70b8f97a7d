"""``works_effect.csv``: what works were worth, measured and expected."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 88
TABLE = TableWords(
    "works_effect",
    "工程成效",
    "What works were worth, measured and expected",
    (
        BOOK,
        TableColumn("works", "工程", "Works"),
        TableColumn("type", "类型", "Type"),
        TableColumn("indicator", "指标代码", "Indicator key"),
        TableColumn("year", "年度", "Year"),
        *UNIT,
        TableColumn(
            "works_ha", "工程量（公顷）", "Works (ha)", "ha", "工程量可相加", "work adds up"
        ),
        TableColumn(
            "ground_ha",
            "地面（公顷）",
            "Ground (ha)",
            "ha",
            "此前没有工程的地面",
            "ground that no earlier work holds",
        ),
        TableColumn("survival", "保存率", "Survival", "0–1"),
        TableColumn("age_yr", "林龄", "Age", "yr"),
        TableColumn("before_t_c_ha", "前期", "Before", "t C/ha"),
        TableColumn("after_t_c_ha", "后期", "After", "t C/ha"),
        TableColumn("works_plots", "工程样地数", "Plots in works"),
        TableColumn("control_change_t_c_ha", "对照变化", "Change of controls", "t C/ha"),
        TableColumn("control_plots", "对照样地数", "Control plots"),
        TableColumn("effect_t_c_ha", "每公顷成效", "Effect per hectare", "t C/ha"),
        TableColumn("effect_t_c", "成效", "Effect", "t C"),
        TableColumn("effect_t_co2", "成效（二氧化碳）", "Effect as CO2", "t CO2"),
        TableColumn("low", "下限", "Low", "t CO2"),
        TableColumn("high", "上限", "High", "t CO2"),
        TableColumn("expected_t_c", "预期", "Expected", "t C"),
        TableColumn(
            "expected_bound",
            "预期性质",
            "Expected is",
            "",
            "`at_most` 为未给出保存率",
            "`at_most` where survival is not given",
        ),
        TableColumn("measured_t_c", "实测", "Measured", "t C"),
        TableColumn("ratio", "实测与预期之比", "Measured to expected"),
        TableColumn("probability_reached", "达到预期的概率", "Probability of being reached", "0–1"),
        TableColumn("status", "状态", "Status", "", "见上", "see above"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    return run.works_effect
