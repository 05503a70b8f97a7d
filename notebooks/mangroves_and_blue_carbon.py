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
# # Mangroves and blue carbon
# **What do the mangroves hold and bury, what did planting add, and what would InVEST say?**
#
# The layers are **synthetic** (合成示意数据): two districts on a coast, made by
# `sinkatlas.testing`.

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
run = sinkatlas.evaluate(units, layers, whole=("440100", "Example"), workspace={"draws": 500})
rows = run.results
mine = rows[rows["indicator"].str.contains("mangrove") & (rows["unit_code"] == "440100")]
mine[["epoch", "indicator", "value", "low", "high", "unit"]]

# %% [markdown]
# Which coefficients speak for them, and why these, is asked of the coefficient tables:

# %%
run.report.coefficients.query("key.str.startswith('mangrove')")[
    ["key", "value", "low", "high", "unit", "source_document", "seen_as"]
]

# %% [markdown]
# ## Another carbon fraction
# What if samples of our own bay said 0.44? Two lines, and the interval of the difference
# comes from shared draws.

# %%
other = run.with_coefficients({"mangrove_cf": {"value": 0.44, "low": 0.42, "high": 0.46}})
change = other.compare(run).set_index(["indicator", "epoch", "unit_code"])
change.loc[("carbon_stock.type.mangrove", 2024, "440100"), ["value", "other", "difference"]]

# %% [markdown]
# ## Planted since 2020
# The stock of 2024 counts new mangrove at the density of its type, so it is an upper
# bound for young stands; the transition account keeps planted ground apart, and says
# which pools it cannot tell.

# %%
moved = run.table("transitions").frame.query("unit_code == '440100' and to_type == 'mangrove'")
moved[["from_type", "certainty", "area_ha", "realised_t_c", "pools_missing"]]
