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
# # How sure is the sink?
# **What makes its interval wide, and what would make it narrower?**
#
# The layers are **synthetic** (合成示意数据): two districts on a coast, made by
# `sinkatlas.testing`.

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
for year in layers:
    layers[year]["forest_subcompartments"]["accuracy"] = {"area_percent": 3.0, "stock_percent": 5.0}


def evaluated(layers):
    return sinkatlas.evaluate(units, layers, whole=("440100", "Example"), workspace={"draws": 2000})


run = evaluated(layers)
rows = run.results.set_index(["indicator", "epoch", "unit_code"])
rows.loc[("carbon_sink", 2024, "440100"), ["value", "low", "high", "unit"]]

# %% [markdown]
# Draw `k` of every figure belongs to the same imagined world, so a share or a difference
# is taken draw by draw: here the share of the eastern district in the sink.

# %%
sink = sinkatlas.draws(run, "carbon_sink")["carbon_sink_draws"].sel(epoch=2024)
share = sink.sel(unit="440103") / sink.sel(unit="440100")
share.quantile([0.05, 0.5, 0.95], dim="draw").round(3)

# %% [markdown]
# ## What the interval is made of
# Each source alone, moved to the ends of its own interval, and its share of the variance.

# %%
drivers = run.table("uncertainty").frame
mine = drivers[(drivers["indicator"] == "carbon_sink") & (drivers["epoch"] == 2024)]
mine.sort_values("share", ascending=False).head(6)[
    ["source", "kind", "low_change", "high_change", "share"]
]

# %% [markdown]
# ## Permanent plots
# Both surveys measure the same plots, so their errors are largely the same and cancel in
# the difference. Saying so narrows the sink, and leaves both stocks as they were.

# %%
layers[2024]["forest_subcompartments"]["accuracy"] |= {"shared_with": 2020, "correlation": 0.9}
shared = evaluated(layers)


def width(run, indicator):
    row = run.results.set_index(["indicator", "epoch", "unit_code"]).loc[
        (indicator, 2024, "440100")
    ]
    return row["high"] - row["low"]


assert width(shared, "carbon_sink") < width(run, "carbon_sink")
{
    name: (round(width(run, name)), round(width(shared, name)))
    for name in ("carbon_stock", "carbon_sink")
}

# %% [markdown]
# ## By hand
# The same draws without any layer: two variables, a correlation, a model of one's own,
# and which of them the spread comes from (one at a time, and Sobol' indices).

# %%
from sinkatlas.uncertainty import MonteCarlo, Variable

change = MonteCarlo(
    {
        "stock_2020": Variable(1.00e6, 0.95e6, 1.05e6),
        "stock_2024": Variable(1.08e6, 1.026e6, 1.134e6),
    },
    correlations={("stock_2020", "stock_2024"): 0.9},
)
change.interval(change.run(lambda v: (v["stock_2024"] - v["stock_2020"]) / 4))

# %%
apart = MonteCarlo(change.variables)
apart.contributions(lambda v: (v["stock_2024"] - v["stock_2020"]) / 4)
