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
# From layers to a verdict in five cells: a synthetic city, the run, the figures, the plan, the map.
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
# ## The map
# One file that opens without a network.

# %%
map_file = result.folder / "map.html"
print(f"{map_file.name}: {map_file.stat().st_size / 1e6:.1f} MB")
