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
# # What changed
# **Where was mangrove won and where was it lost, and what does that mean for carbon?**
#
# A table of net changes hides both. The transition account overlays two epochs piece by
# piece. The layers are **synthetic** (合成示意数据): two districts on a coast, made by
# `sinkatlas.testing`.

# %%
import sinkatlas
from sinkatlas.testing import example_layers

units, layers = example_layers()
run = sinkatlas.evaluate(units, layers, whole=("440100", "Example"), workspace={"draws": 200})
change = sinkatlas.transitions(run)
change["area_ha"].sel(unit="440100").sum("certainty").squeeze().to_pandas().round(1)

# %% [markdown]
# Rows: what it was in 2020; columns: what it is in 2024. Mangrove lost and mangrove
# planted stand apart; the rows add up to the account of 2020, the columns to that of
# 2024.

# %%
area = change["area_ha"].sel(unit="440100").sum("certainty").squeeze()
accounts = run.account[run.account["unit_code"] == "440100"]
for year, side in ((2020, "from_type"), (2024, "to_type")):
    other = "to_type" if side == "from_type" else "from_type"
    held = accounts[(accounts["epoch"] == year) & (accounts["ecosystem_type"] == "mangrove")]
    assert abs(float(area.sum(other).sel({side: "mangrove"})) - held["area_ha"].sum()) < 1e-6
area.sel(from_type="mangrove").to_series().round(1)

# %% [markdown]
# ## Carbon of the change
# Stands that stayed forest grew: that is realised. Of planting on a tidal flat the flux
# is not known, because no checked coefficient says what the flat held; it is named and
# stays empty, which is not 0. `committed` follows in later years (soils take twenty),
# `revaluation` is a change of coefficients alone.

# %%
rows = run.table("transitions").frame
mine = rows[
    (rows["unit_code"] == "440100")
    & rows["from_type"].isin(["forest_arbor", "mangrove", "wetland_tidal_flat"])
]
mine[["from_type", "to_type", "certainty", "area_ha", "realised_t_c", "pools_missing"]]

# %% [markdown]
# ## IPCC categories
# The same ground as land remaining and land converted, for an inventory.

# %%
run.table("ipcc_land").frame.query("unit_code == '440100'").head(8)
