"""The value book: net carbon fixation of the account in yuan, where the workspace states a price.

Net carbon alone is valued, a loss as a loss. There is no default price. Oxygen is an optional line
from the same carbon and is never added to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from sink_models.choices import Price
from sink_models.equations import c_from_co2
from sink_models.ledger import carbon_value, oxygen_released, per_t_co2, price_and_quantity_effects
from sink_models.results import Results
from sink_models.sampling import Sampling

SINK = "carbon_sink"
COLUMNS = (
    *("book", "unit_code", "unit_name", "epoch", "net_t_c_yr", "net_t_co2_yr", "price_yuan"),
    *("price_per", "price_year", "price_source", "value_yuan_yr", "low", "high"),
    *("oxygen_t_o2_yr", "change_yuan_yr", "by_quantity", "by_price"),
)


def gep_table(
    results: Results,
    names: Mapping[str, str],
    prices: Sequence[Price],
    sampling: Sampling,
    *,
    with_oxygen: bool,
) -> pd.DataFrame:
    """One row per unit and epoch with a sink and a price; the change since the epoch before.

    A price holds from its year on, until a later one.
    """
    rows = []
    for unit in (*results.units, results.whole_code):
        own: list[tuple[dict[str, object], float, float]] = []
        for epoch in results.epochs:
            sink = results.values.get((SINK, epoch, unit))
            price = _price_of(epoch, prices)
            if sink is None or not sink.is_known or price is None:
                continue
            net = c_from_co2(sink.sampled)
            yuan = per_t_co2(price)
            value = carbon_value(net_t_c=net, yuan_per_t_co2=yuan)
            low, high = sampling.bounds(value)
            row: dict[str, object] = {
                "book": "value", "unit_code": unit, "unit_name": names.get(unit, ""),
                "epoch": epoch, "net_t_c_yr": net[0], "net_t_co2_yr": sink.value,
                "price_yuan": price.yuan, "price_per": price.per, "price_year": price.year,
                "price_source": price.source, "value_yuan_yr": value[0], "low": low, "high": high,
                "oxygen_t_o2_yr": float(oxygen_released(net_t_co2=sink.value))
                if with_oxygen else np.nan,
            }  # fmt: skip
            own.append((row, sink.value, yuan))
        for (_, before, cheap), (row, after, dear) in pairwise(own):
            quantity, price_part = price_and_quantity_effects(before, after, cheap, dear)
            row |= {"change_yuan_yr": quantity + price_part, "by_quantity": quantity,
                    "by_price": price_part}  # fmt: skip
        rows += [row for row, _, _ in own]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _price_of(epoch: int, prices: Sequence[Price]) -> Price | None:
    earlier = [each for each in prices if each.year <= epoch]
    return max(earlier, key=lambda each: each.year) if earlier else None
