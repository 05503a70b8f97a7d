# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An indicator of one's own
# **How do I add a figure that the program does not have, and trust it?**
#
# The layers are **synthetic** (合成示意数据): two districts on a coast, made by
# `sinkatlas.testing`.

# %%
import sinkatlas
from sink_models.indicator import Context, Reading
from sink_models.statements import statement


@sinkatlas.indicator(
    "blue_share",
    title_zh="蓝色空间率",
    title_en="Share of blue ground",
    unit="%",
    definition_zh="水面与红树林占辖区面积的比例。",
    definition_en="Water and mangrove as a share of the territory.",
    source="this notebook",
    additive=False,
    words={"blue_ground": {"zh": "水面与红树林", "en": "water and mangrove"}},
)
def blue_share(context: Context) -> Reading:
    account = context.account
    blue = account.is_in("ecosystem_type", ("water", "water_lake", "water_river", "mangrove"))
    said = statement("blue_ground")
    return Reading(
        account.area(blue), said, said, denominator=account.territory[None, :], scale=100.0
    )


# %% [markdown]
# The contract of our own indicators: twice the ground gives the same share, splitting or
# reordering rows changes nothing, its words exist in both languages.

# %%
from sinkatlas.testing import check_indicator, example_layers

check_indicator(blue_share)

# %%
units, layers = example_layers()
run = sinkatlas.evaluate(units, layers, whole=("440100", "Example"), workspace={"draws": 0})
run.table(indicator="blue_share").frame[["unit_name", "epoch", "value", "unit", "method_words"]]

# %% [markdown]
# A broken one is told before anybody sees its figures.

# %%
from dataclasses import replace


def rows_counted(context: Context) -> Reading:
    found = blue_share.read(context)
    return replace(found, numerator=found.numerator + len(context.account.rows))


try:
    check_indicator(replace(blue_share, key="broken", read=rows_counted))
except AssertionError as told:
    print(told)
