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
# # A province on several workers
# **How do I run many counties at once and look at them as one table?**
#
# Each county is a workspace. `run_many` starts a process for each, so that nothing needs
# a main guard and one that fails costs no other. The layers are **synthetic** (合成示意数据):
# two districts on a coast, made by `sinkatlas.testing`.

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
workspaces = []
for county in ("440103", "440104"):
    own = units[units["adcode"] == county]
    space = sinkatlas.workspace_from(
        county,
        own,
        {2024: {"land_cover": layers[2024]["land_cover"]}},
        whole=("440100", "Example"),
        workspace={"draws": 0},
    )
    workspaces.append(space.path)
workspaces

# %%
runs = sinkatlas.run_many(workspaces, "out", workers=2, only="tables")
assert not runs.failed
forest = runs.table("results").query("indicator == 'forest_area' and unit_code != '440100'")
forest[["unit_code", "unit_name", "value", "unit"]]

# %% [markdown]
# Asked again, nothing is computed: each result folder knows whether it is up to date.

# %%
again = sinkatlas.run_many(workspaces, "out", workers=2, only="tables")
assert again.folders == runs.folders

# %% [markdown]
# A raster too large for one machine is counted by the workers of a dask cluster instead
# (`sinkatlas run workspace.toml --cluster tls://scheduler:8786`); the bytes are the same.
