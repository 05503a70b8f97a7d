"""Across categories: C to CO2, fire, reconciliation of the two methods, money value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.co2 import co2_from_c
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array


def co2_from_carbon(carbon_t: ArrayLike) -> Array:
    """t CO2 of t C, by 44/12: the one conversion, for numbers as for arrays."""
    return co2_from_c(np.asarray(carbon_t, dtype=np.float64))


def fire_emission(
    *,
    area_ha: ArrayLike,
    fuel_t_ha: ArrayLike,
    combustion_factor: ArrayLike,
    emission_g_kg: ArrayLike,
) -> Array:
    """Gas emitted by fire, ``A M_B C_f G_ef / 1000``, t of the gas; Eq. 2.27."""
    area, fuel, burnt, factor = checked(
        "2.27",
        {
            "area_ha": ("area_ha", area_ha),
            "fuel_t_ha": ("biomass_t_ha", fuel_t_ha),
            "combustion_factor": ("fraction", combustion_factor),
            "emission_g_kg": ("emission_g_kg", emission_g_kg),
        },
    )
    return area * fuel * burnt * factor * 1e-3


@dataclass(frozen=True)
class Reconciliation:
    """The two ways to a yearly change and what lies between them, t C/yr.

    ``residual = stock_difference - (gains - losses)``: what the stocks say happened and the flows
    do not explain. It is printed, never spread over the terms.
    """

    gains: Array
    losses: Array
    stock_difference: Array
    residual: Array

    @property
    def gain_loss(self) -> Array:
        return np.asarray(self.gains - self.losses)


def reconcile(
    *, gains_t_c: ArrayLike, losses_t_c: ArrayLike, stock_difference_t_c: ArrayLike
) -> Reconciliation:
    """Set gain-loss against stock difference.

    >>> float(reconcile(gains_t_c=9.0, losses_t_c=4.0, stock_difference_t_c=6.0).residual)
    1.0
    """
    gains, losses = np.asarray(gains_t_c, float), np.asarray(losses_t_c, float)
    change = np.asarray(stock_difference_t_c, float)
    return Reconciliation(gains, losses, change, np.asarray(change - (gains - losses)))


def net_present_value(
    *,
    carbon_t: ArrayLike,
    price_per_t_c: float,
    start_year: int,
    end_year: int,
    discount_percent: float,
    price_change_percent: float,
) -> Array:
    """Value of carbon taken up evenly between two years, in the currency of the price.

    ``price * s / (q - p) * sum over t of 1 / ((1 + r/100)^t (1 + c/100)^t)``, t = 0 … q-p-1, where
    s is the carbon (t C), r the discount rate and c the yearly change of the price, both in %.
    """
    span = end_year - start_year
    (span_checked,) = checked("NPV", {"end_year - start_year": ("years", span)})
    ratio = 1.0 / ((1.0 + discount_percent / 100.0) * (1.0 + price_change_percent / 100.0))
    weight = sum(ratio**year for year in range(span)) / float(span_checked)
    return np.asarray(np.asarray(carbon_t, float) * price_per_t_c * weight)


def present_value_of_flows(
    *,
    flows_t_c: ArrayLike,
    prices: ArrayLike,
    discount_percent: float,
) -> Array:
    """Value of yearly flows at the start year, ``Σ p_t dC_t / (1 + d)^t``, t = 0 …, currency.

    ``flows_t_c`` has the year as last axis, one price per t C for each year (or one for all). Each
    year's carbon meets its own price and discount once. InVEST's blue-carbon model multiplies the
    carbon of a whole period by the sum of the yearly factors: ten years of 8.35 t at price 1 and
    no discount are 83.5 here and 835 there.
    """
    flows = np.asarray(flows_t_c, float)
    years = np.arange(flows.shape[-1])
    worth = np.asarray(prices, float) / (1.0 + discount_percent / 100.0) ** years
    return np.asarray(np.sum(flows * worth, axis=-1))


EQUATIONS = (
    EquationCard(
        "CO2",
        "碳折算二氧化碳",
        "Carbon to CO2",
        "CO2 = C * 44 / 12",
        "t CO2",
        "ratio of molar masses",
        "own",
        co2_from_carbon,
    ),
    EquationCard(
        "2.27",
        "火灾排放",
        "Emission by fire",
        "L_fire = A * M_B * C_f * G_ef * 10^-3",
        "t",
        f"{CHAPTER_2} Eq. 2.27",
        "verified",
        fire_emission,
    ),
    EquationCard(
        "residual",
        "两法之差",
        "Residual between the two methods",
        "residual = (C_t2 - C_t1) / (t_2 - t_1) - (ΔC_G - ΔC_L)",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.7 and 2.8a",
        "own",
        reconcile,
    ),
    EquationCard(
        "NPV",
        "碳的净现值",
        "Net present value of carbon",
        "value = V * s / (q - p) * Σ 1 / ((1 + r)^t * (1 + c)^t)",
        "currency",
        "InVEST User Guide, Carbon Storage",
        "verified",
        net_present_value,
    ),
    EquationCard(
        "NPV-FLOWS",
        "逐年碳流的现值",
        "Present value of yearly flows",
        "value = Σ_t p_t * ΔC_t / (1 + d)^t",
        "currency",
        "textbook discounting, each year once",
        "own",
        present_value_of_flows,
    ),
)
