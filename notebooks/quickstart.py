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
# # SinkAtlas from Python
#
# From layers to a verdict: a synthetic city, the run, the figures, the plan, map, sheet and tables.
# The data are **synthetic demonstration data** (合成示意数据); with files of your own, write a
# workspace (`sinkatlas new`) and start at the second cell.

# %%
from pathlib import Path

import sinkatlas

workspace = sinkatlas.write_demo("jiaxing", Path("jiaxing") / "data")
workspace

# %% [markdown]
# ## The main job
# Reads the layers, closes the account, reads the indicators, judges the plan, writes the folder.
# Without the second argument nothing is written.

# %%
result = sinkatlas.run(workspace, Path("jiaxing") / "result", language="en")
sorted(path.name for path in result.folder.iterdir())

# %% [markdown]
# ## Figures
# One row per unit, epoch and indicator, with the interval. `coverage` is the share of the unit that
# the layers speak of. The districts add up to the city.

# %%
figures = result.results
whole = result.report.whole_code
latest = figures[figures["epoch"] == figures["epoch"].max()]
latest.loc[latest["unit_code"] == whole, ["indicator", "value", "low", "high", "unit"]]

# %%
forest = latest[latest["indicator"] == "forest_area"].set_index("unit_code")["value"]
assert abs(forest.drop(whole).sum() - forest[whole]) <= 1e-9 * forest[whole]
forest

# %% [markdown]
# ## Where the figures come from
# The extent account is the one table behind them: every hectare once, also those that no layer
# speaks of.

# %%
account = result.account
account.groupby(["epoch", "status"])["area_ha"].sum()

# %% [markdown]
# ## Against the plan
# `not_evaluable` is an answer too: its reason names what is missing.

# %%
result.verdicts[["clause", "indicator", "year", "target", "value", "gap", "status", "reason"]]

# %% [markdown]
# ## Showing and saving
# The map, a sheet and the tables show themselves, and `save` writes what the result folder holds.
# The map sits in a frame of its own; it needs no network there either.

# %%
result.map()

# %%
result.sheet("forest_cover_rate")

# %%
result.table("verdicts")

# %%
table = result.table(indicator="forest_area", epoch=2024)
saved = table.save(Path("jiaxing") / "forest_area_2024.csv")
map_file = result.map().save(Path("jiaxing") / "map.html")
assert map_file.read_bytes() == (result.folder / "map.html").read_bytes()
print(f"{saved.name}, {map_file.name}: {map_file.stat().st_size / 1e6:.1f} MB")
table
