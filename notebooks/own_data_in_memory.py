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
# # Own data in memory
# **How much forest does each district have, when the layers are objects and no file exists yet?**
#
# The layers are **synthetic** (合成示意数据): two districts on a coast, made by
# `sinkatlas.testing`. Put your own GeoDataFrames and arrays in their place: polygons with
# `adcode` and `name`, a land-cover array with a CRS, stands with their columns.

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
units

# %%
cover = layers[2024]["land_cover"]
account = sinkatlas.account(
    units,
    year=2024,
    land_cover=cover["data"],
    legend=cover["legend"],
    forest=layers[2024]["forest_subcompartments"],
    whole=("440100", "Example"),
)
account.groupby(["unit_name", "ecosystem_type"])["area_ha"].sum().unstack(0).round(1)

# %% [markdown]
# Areas are on the ellipsoid, every hectare once: stands go before the map. The units add
# up to the whole, and each to its own outline.

# %%
by_unit = account.groupby("unit_code")["area_ha"].sum()
assert abs(by_unit["440103"] + by_unit["440104"] - by_unit["440100"]) < 1e-6
by_unit

# %% [markdown]
# ## Carbon of that account
# Stocks by pool, with the interval from the coefficients.

# %%
carbon = sinkatlas.carbon(account, draws=500)
stock = carbon[carbon["indicator"].str.match(r"carbon_stock(\.pool|$)")]
stock.pivot(index="indicator", columns="unit_name", values="value").round(0)

# %% [markdown]
# ## The whole job, and a folder to repeat it from
# `evaluate` gives the same `Run` as files do; with `folder` the files and a
# `workspace.toml` stay.

# %%
run = sinkatlas.evaluate(
    units,
    layers,
    plan="guangzhou",
    whole=("440100", "Example"),
    folder="mine",
    workspace={"draws": 200},
)
run

# %%
sinkatlas.features(run)[["unit_name", "forest_cover_rate", "carbon_stock", "geometry"]]
