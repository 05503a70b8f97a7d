"""Blue-carbon classes of mangrove, tidal marsh, seagrass and drained coast from the store.

Stocks and rates of the IPCC Wetlands Supplement, fractions and half-lives of the InVEST user guide.
Only checked rows drive a class; the others must be accepted by name. A pool without a usable row is
left out of the class, and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sink_models.blue_carbon.classes import (
    BIOMASS,
    DEAD,
    HIGH,
    LITTER,
    LOW,
    MEDIUM,
    SOIL,
    CoastalClass,
    PoolBehaviour,
)
from sink_models.coefficients import CoefficientStore, coefficients
from sink_models.sampling import Array, Sampling

Kind = Literal["mangrove", "tidal_marsh", "seagrass", "drained"]
CENTRAL = Sampling(draws=0)
YOUNG_ONLY = "mangrove_gw_subtropical"
"""Growth measured on young plantations: the ceiling of the mature biomass is what makes it usable
beyond their first years."""


@dataclass(frozen=True)
class CoastalPreset:
    """A class, the coefficients it rests on, and those that were lacking or not accepted."""

    coast: CoastalClass
    keys: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass
class _Reader:
    """Draws coefficients and keeps account of what was used and what could not be."""

    store: CoefficientStore
    accepted: frozenset[str]
    sampling: Sampling
    used: dict[str, None]
    lacking: dict[str, None]

    def product(self, *keys: str, sign: float = 1.0) -> Array | None:
        """Product of coefficients, None when one of them may not be used."""
        missing = [
            key
            for key in keys
            if key not in self.store or not (self.store[key].ships or key in self.accepted)
        ]
        if missing:
            self.lacking |= dict.fromkeys(missing)
            return None
        self.used |= dict.fromkeys(keys)
        result: Array = np.full(1, sign)
        for key in keys:
            result = result * self.store.draw(key, self.sampling)
        return result if result.size > 1 else result[0] * np.ones(())


def coastal_preset(
    kind: Kind,
    *,
    store: CoefficientStore | None = None,
    accepted: frozenset[str] = frozenset(),
    sampling: Sampling = CENTRAL,
) -> CoastalPreset:
    """The class of a coastal ecosystem, t C/ha, with draws where ``sampling`` has them.

    >>> coastal_preset("mangrove").coast.name
    'mangrove'
    """
    reader = _Reader(store or coefficients(), accepted, sampling, {}, {})
    build = {
        "mangrove": _mangrove,
        "tidal_marsh": _marsh,
        "seagrass": _seagrass,
        "drained": _drained,
    }[kind]
    pools = {pool: each for pool, each in build(reader).items() if each is not None}
    return CoastalPreset(CoastalClass(kind, pools), tuple(reader.used), tuple(reader.lacking))


def _mangrove(reader: _Reader) -> dict[str, PoolBehaviour | None]:
    carbon, ratio = "mangrove_cf", "mangrove_r_subtropical"
    above = reader.product("mangrove_agb_subtropical", carbon)
    growth = reader.product(YOUNG_ONLY, carbon)
    roots = reader.product(ratio)
    biomass = None
    if above is not None and growth is not None and roots is not None:
        mature, yearly = above * (1.0 + roots), growth * (1.0 + roots)
        biomass = _disturbed(reader, "mangrove", BIOMASS, mature, yearly, mature)
    litter, dead = reader.product("mangrove_litter_c"), reader.product("mangrove_deadwood_c")
    stock = reader.product("mangrove_soil_c_mineral")
    burial = reader.product("mangrove_ef_rewet", sign=-1.0)
    return {
        BIOMASS: biomass,
        LITTER: None if litter is None else PoolBehaviour(litter),
        DEAD: None if dead is None else PoolBehaviour(dead),
        SOIL: _disturbed(reader, "mangrove", SOIL, stock, burial),
    }


def _marsh(reader: _Reader) -> dict[str, PoolBehaviour | None]:
    above, below = reader.product("spartina_beibu_agc"), reader.product("spartina_beibu_bgc")
    stock = reader.product("tidalmarsh_soil_c_mineral")
    burial = reader.product("tidalmarsh_ef_rewet", sign=-1.0)
    living = None if above is None or below is None else above + below
    return {
        BIOMASS: _disturbed(reader, "salt_marsh", BIOMASS, living, np.zeros(()), living),
        SOIL: _disturbed(reader, "salt_marsh", SOIL, stock, burial),
    }


def _seagrass(reader: _Reader) -> dict[str, PoolBehaviour | None]:
    stock = reader.product("seagrass_soil_c_mineral")
    burial = reader.product("seagrass_ef_rewet", sign=-1.0)
    half_life = reader.product("invest_cbc_seagrass_soil_half_life")
    washed = {impact: reader.product(key) for impact, key in WASHED.items()}
    known = {impact: share for impact, share in washed.items() if share is not None}
    if stock is None or burial is None or half_life is None:
        return {SOIL: None}
    rest = {impact: 1.0 - share for impact, share in known.items()}
    return {SOIL: PoolBehaviour(stock, burial, half_life=half_life, disturbed=rest, washed=known)}


WASHED: Mapping[str, str] = {
    LOW: "invest_cbc_seagrass_soil_washout_low_med",
    MEDIUM: "invest_cbc_seagrass_soil_washout_low_med",
    HIGH: "invest_cbc_seagrass_soil_washout_high",
}
"""Shares of a seagrass soil that a disturbance washes away; the rest decays where it is."""


def _drained(reader: _Reader) -> dict[str, PoolBehaviour | None]:
    """Drained coast holds nothing of its own; what soil it was left loses carbon every year."""
    rate = reader.product("coastal_ef_drainage")
    return {SOIL: None if rate is None else PoolBehaviour(drainage=rate)}


LOSSES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("mangrove", BIOMASS): {
        LOW: "biomass_loss_low_med",
        MEDIUM: "biomass_loss_low_med",
        HIGH: "biomass_loss_high",
    },
    ("mangrove", SOIL): {LOW: "soil_loss_low", MEDIUM: "soil_loss_med", HIGH: "soil_loss_high"},
    ("salt_marsh", BIOMASS): {
        LOW: "biomass_loss_low_med",
        MEDIUM: "biomass_loss_low_med",
        HIGH: "biomass_loss_high",
    },
    ("salt_marsh", SOIL): {
        LOW: "soil_loss_low",
        MEDIUM: "soil_loss_med_high",
        HIGH: "soil_loss_med_high",
    },
}
"""Names of the fractions that each impact sets free, after ``invest_cbc_<habitat>_``."""


def _disturbed(
    reader: _Reader,
    habitat: str,
    pool: str,
    initial: Array | None,
    gain: Array | None,
    ceiling: Array | float | None = np.inf,
) -> PoolBehaviour | None:
    """A pool with its fractions and half-life; None when a stock or rate is lacking."""
    half_life = reader.product(f"invest_cbc_{habitat}_{pool}_half_life")
    if initial is None or gain is None or ceiling is None or half_life is None:
        return None
    fractions = {
        impact: reader.product(f"invest_cbc_{habitat}_{name}")
        for impact, name in LOSSES[habitat, pool].items()
    }
    known = {impact: share for impact, share in fractions.items() if share is not None}
    return PoolBehaviour(initial, gain, ceiling, half_life=half_life, disturbed=known)
