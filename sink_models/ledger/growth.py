"""How land of a type grows: a yield curve with its source, the analyst's or one of ours.

Growth that nobody gave and no checked source states is not there: what it would enter is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import ProblemLog
from layers.codes import ecosystem_types
from sink_models.carbon import LIVING, young_growth
from sink_models.coefficients import check_range, resolve_formula
from sink_models.ledger.yield_curves import PARAMETERS, YieldCurve
from sink_models.sampling import Array, Sampling
from sink_models.uncertainty import DrawBook

OLDEST = 500.0
"""Age in years by which every curve has come to its end."""

HALVINGS = 50
"""Steps of the search for an age: 500 years come down to the rounding of a number."""

NEARLY = 1e-6
"""Share of a curve's end below which a stand counts as grown up."""


@dataclass(frozen=True)
class GrowthRule:
    """Living biomass of a type by age, in t C/ha; pools are above and below ground."""

    ecosystem_type: str
    curve: YieldCurve
    source: str

    def age_at(self, density_t_c_ha: ArrayLike) -> Array:
        """Ages at which the central curve holds some densities; ``OLDEST`` beyond its end.

        >>> rule = GrowthRule("forest", YieldCurve("capped", {"rate": np.array([2.0]),
        ...                                                   "cap": np.array([60.0])}), "-")
        >>> rule.age_at([30.0, 90.0]).round(6).tolist()
        [15.0, 500.0]
        """
        wanted = np.atleast_1d(np.asarray(density_t_c_ha, dtype=float))
        central = self.curve.central()
        end = float(central.density(np.array([OLDEST]))[0, 0])
        low, high = np.zeros(wanted.shape), np.full(wanted.shape, OLDEST)
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            is_below = central.density(middle)[0] < wanted
            low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
        return np.where(wanted >= end * (1.0 - NEARLY), OLDEST, (low + high) / 2.0)


@dataclass(frozen=True)
class GrowthChoice:
    """The analyst's growth of a type, as the workspace states it.

    ``form`` and ``parameters`` give a curve in ``unit`` per hectare: ``t_c`` of living biomass, or
    ``m3`` of growing stock with the living carbon of a cubic metre, ``t_c_per_m3``. A ``table`` has
    ``ages`` and ``values``. ``uncertainty_percent`` is half of the run's interval.
    """

    type: str
    form: str
    root_shoot: float
    source: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    ages: Sequence[float] = ()
    values: Sequence[float] = ()
    unit: str = "t_c"
    t_c_per_m3: float | None = None
    uncertainty_percent: float | None = None

    def check(self, log: ProblemLog) -> None:
        """Log a type nobody knows, parameters that make no curve, a curve that declines."""
        where = f"growth: {self.type}"
        if self.type not in ecosystem_types().index:
            log.add("sink_models.growth_type", where)
        needed = PARAMETERS.get(self.form, ())
        if set(self.parameters) != set(needed):
            log.add(
                "sink_models.growth_parameters", where, form=self.form,
                needed=", ".join(needed) or "–", given=", ".join(sorted(self.parameters)) or "–",
            )  # fmt: skip
        elif any(not each > 0 for each in self.parameters.values()):
            log.add("sink_models.growth_positive", where)
        if self.form == "table":
            self._check_table(where, log)
        if (self.unit == "m3") != (self.t_c_per_m3 is not None):
            log.add("sink_models.growth_unit", where)
        if not log.errors:
            end = self._curve(None).density(np.array([OLDEST]))
            check_range(f"{where}: {OLDEST:g} yr", "density_t_c_ha", end[0], log)

    def _check_table(self, where: str, log: ProblemLog) -> None:
        ages, values = np.array(self.ages, float), np.array(self.values, float)
        if len(ages) != len(values) or len(ages) < 2 or (np.diff(ages) <= 0).any():
            log.add("sink_models.growth_table", where)
        elif (np.diff(values) < 0).any():
            row = int(np.argmax(np.diff(values) < 0)) + 2
            log.add(
                "sink_models.growth_declines", where, row=row,
                before=f"{values[row - 2]:g}", after=f"{values[row - 1]:g}",
            )  # fmt: skip

    def rule(self, sampling: Sampling) -> GrowthRule:
        """The curve with its draws: one factor for the whole curve, shared by all units."""
        return GrowthRule(self.type, self._curve(sampling), self.source)

    def _curve(self, sampling: Sampling | None) -> YieldCurve:
        above = 1.0 / (1.0 + self.root_shoot)
        given = {"ages": self.ages, "values": self.values} if self.form == "table" else {}
        parameters = {name: np.array([each]) for name, each in self.parameters.items()}
        parameters |= {name: np.asarray(each, float) for name, each in given.items()}
        scale = 1.0 if self.t_c_per_m3 is None else self.t_c_per_m3
        factor: Array = np.ones(1)
        if sampling is not None and self.uncertainty_percent and sampling.draws:
            half = self.uncertainty_percent / 100.0 * sampling.half_width_95 / 1.96
            drawn = sampling.generator(f"growth:{self.type}").normal(1.0, half, sampling.draws)
            factor = np.concatenate([[1.0], np.maximum(drawn, 0.0)])
        return YieldCurve(
            self.form,
            parameters,
            dict(zip(LIVING, (above, 1.0 - above), strict=True)),
            scale * factor,
            self.source,
        )


def own_growth(book: DrawBook) -> dict[str, GrowthRule]:
    """Growth from ``conversion_growth.csv``: rows of the zone, of checked sources, at any age."""
    rates: dict[str, dict[str, tuple[Array, Array]]] = {}
    why: dict[str, str] = {}
    for (kind, pool), rule in young_growth(book).items():
        if rule.ages:
            continue
        cap = resolve_formula(rule.cap, book.zone)
        rates.setdefault(kind, {})[pool] = book.formula(rule.rate), book.formula(cap)
        why[kind] = rule.why_en
    return {kind: _capped(kind, pools, why[kind]) for kind, pools in rates.items()}


def _capped(kind: str, pools: Mapping[str, tuple[Array, Array]], source: str) -> GrowthRule:
    rate = np.sum(np.broadcast_arrays(*(each[0] for each in pools.values())), axis=0)
    cap = np.sum(np.broadcast_arrays(*(each[1] for each in pools.values())), axis=0)
    shares = {pool: each[0] / rate for pool, each in pools.items()}
    return GrowthRule(
        kind, YieldCurve("capped", {"rate": rate, "cap": cap}, shares, source=source), source
    )


def growth_rules(book: DrawBook, choices: Iterable[GrowthChoice] = ()) -> dict[str, GrowthRule]:
    """Growth by type: the analyst's own before ours."""
    chosen = {each.type: each.rule(book.sampling) for each in choices}
    return {**own_growth(book), **chosen}


def in_one_pool(curve: YieldCurve, pool: str) -> YieldCurve:
    """The same curve with all that grows in one pool."""
    return replace(curve, pools={pool: 1.0})
