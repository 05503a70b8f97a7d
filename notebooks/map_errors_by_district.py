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
# # A map's errors, by district
# **How much forest is there, when the map is wrong here and there and we know how often?**
#
# A sample of points says, for each mapped class, what the ground really is. Areas are
# then estimated from map *and* sample (Olofsson et al. 2014), which moves the figure and
# gives it an interval. All numbers here are **synthetic**.

# %%
from sinkatlas.uncertainty import adjusted_areas, draw_areas, error_matrix, map_accuracy

classes = ["forest", "crop", "water_lake"]
counts = [[92, 7, 1], [6, 140, 4], [0, 3, 47]]  # rows: what the map says; columns: the ground
matrix = error_matrix(classes, counts)
mapped = [[3000.0, 5200.0, 400.0], [1200.0, 7900.0, 900.0]]  # hectares: two districts by class

accuracy = map_accuracy(matrix, [sum(each) for each in zip(*mapped, strict=True)])
round(accuracy.overall, 3), accuracy.users.round(3), accuracy.producers.round(3)

# %%
found = adjusted_areas(matrix, mapped)
low, high = found.interval(90.0)
[
    (district, round(found.area[at, 0]), round(low[at, 0]), round(high[at, 0]))
    for at, district in enumerate(("east", "west"))
]

# %% [markdown]
# Shares are drawn once and hold for both districts, so that the districts add up to the
# whole in every draw and no area falls below 0.

# %%
from sink_models.sampling import Sampling

drawn = draw_areas(matrix, mapped, Sampling(draws=2000))
forest = drawn[..., 0]
assert (drawn >= 0).all()
assert abs(drawn.sum(axis=(1, 2)) - 18600.0).max() < 1e-6
forest.mean(axis=0).round(0)

# %% [markdown]
# ## In a run
# The same matrix at a layer (`accuracy = { error_matrix = "points.csv" }`) makes every
# figure of that layer an area-adjusted estimate: forest, cover rate, carbon.

# %%
import csv
from pathlib import Path

import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
ground = {"land_cover": layers[2024]["land_cover"]}
plain = sinkatlas.evaluate(units, {2024: ground}, whole=("440100", "Example"))

names = ["forest", "crop", "built", "water_lake"]
rows = [[92, 7, 0, 1], [6, 140, 2, 2], [1, 3, 46, 0], [0, 3, 0, 47]]
with Path("points.csv").open("w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(
        [["map\\reference", *names], *([name, *row] for name, row in zip(names, rows, strict=True))]
    )
ground["land_cover"]["accuracy"] = {"error_matrix": str(Path("points.csv").resolve())}
adjusted = sinkatlas.evaluate(units, {2024: ground}, whole=("440100", "Example"))

columns = ["value", "low", "high"]
{
    name: run.results.set_index(["indicator", "unit_code"])
    .loc[("forest_area", "440100"), columns]
    .round(1)
    .tolist()
    for name, run in (("as mapped", plain), ("adjusted", adjusted))
}
