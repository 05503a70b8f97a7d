"""Estimates of projects by methodology: 估算，非核证. Never added to the account.

A methodology is one TOML file of parameters with document, clause and how far it was read. A clause
that was not read has no value; the analyst may give one with its source. While one is lacking there
are removals but no total.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations import EquationCard, co2_from_c
from sink_models.ledger.growth import GrowthRule
from sink_models.sampling import Array

MARK = "估算，非核证 / estimate, not certified"
"""Stands on every output of an estimate."""

RANGES = {"fraction": (0.0, 1.0), "percent": (0.0, 100.0), "yr": (1.0, 100.0)}
"""Values that a clause of a unit may have; a percentage typed as a fraction is out of it."""

M2_PER_HA = 10_000.0


@dataclass(frozen=True)
class Clause:
    """A parameter of a methodology; ``value`` is None where the clause was not read."""

    key: str
    title_zh: str
    title_en: str
    unit: str
    where: str
    verification: str
    value: float | None = None


@dataclass(frozen=True)
class Methodology:
    """Parameters of a methodology. ``eligibility`` holds its tests of a patch of ground."""

    id: str
    title_zh: str
    title_en: str
    document: str
    types: tuple[str, ...]
    eligibility: Mapping[str, Any]
    clauses: Mapping[str, Clause]
    allowable_error_percent: float | None = None

    def values(self, own: Mapping[str, float]) -> dict[str, float | None]:
        """Each clause's value: the analyst's own before what was read.

        An estimate cannot do without any of them.
        """
        return {key: own.get(key, clause.value) for key, clause in self.clauses.items()}


@cache
def methodologies() -> Mapping[str, Methodology]:
    """All methodologies by id.

    >>> methodologies()["CCER-14-001-V01"].clauses["risk_deduction"].value is None
    True
    """
    found = {}
    folder = resources.files(__package__) / "methodologies"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            clauses = {row["key"]: Clause(**row) for row in table["clause"]}
            found[table["id"]] = Methodology(
                table["id"], table["title_zh"], table["title_en"], table["document"],
                tuple(table["types"]), table["eligibility"], clauses,
                table.get("allowable_error_percent"),
            )  # fmt: skip
    return found


@dataclass(frozen=True)
class Patch:
    """Ground of a project: what it was, what it becomes and when; ``forest_before`` in years."""

    id: str
    area_ha: float
    kind: str
    start_year: int
    types_before: Mapping[str, float] = field(default_factory=dict)
    """Hectares by ecosystem type before the project began; empty where no layer knows."""
    groups_before: Mapping[str, float] = field(default_factory=dict)
    claimed_ha: float = 0.0
    """Hectares that an earlier patch holds already."""


NEGLIGIBLE = 0.01
"""Share of a patch that may be of another type before a test counts it: edges of maps."""


def reasons_against(patch: Patch, rules: Mapping[str, Any], types: Sequence[str]) -> list[str]:
    """Codes of the tests that a patch fails or that nothing can tell; none where it is eligible."""
    found = []
    early = patch.start_year <= 2019 and "minimum_m2_started_by_2019" in rules
    least = rules["minimum_m2_started_by_2019" if early else "minimum_m2"]
    if patch.area_ha * M2_PER_HA < least:
        found.append("below_least_area")
    if patch.kind not in types or patch.kind in rules.get("excluded_types", ()):
        found.append("type_not_covered")
    if patch.claimed_ha > NEGLIGIBLE * patch.area_ha:
        found.append("ground_claimed_twice")
    if not patch.types_before:
        return [*found, "ground_before_unknown"]
    known = sum(patch.types_before.values())

    def share(names: Sequence[str], held: Mapping[str, float]) -> float:
        return sum(held.get(name, 0.0) for name in names) / known

    if rules.get("years_without_forest") and share(FOREST, patch.types_before) > NEGLIGIBLE:
        found.append("forest_before")
    if share(rules.get("excluded_before", ()), patch.groups_before) > NEGLIGIBLE:
        found.append("excluded_ground_before")
    required = rules.get("required_before")
    if required and share(required, patch.types_before) < 1.0 - NEGLIGIBLE:
        found.append("not_on_required_ground")
    return found


FOREST = ("forest_arbor", "forest_bamboo", "forest", "mangrove")
TO_BE_SHOWN = ("tenure", "compliance", "additionality")
"""What no layer shows and every project has still to prove."""


@dataclass(frozen=True)
class Estimate:
    """An estimate over the crediting period, t CO2; ``total`` is None while clauses lack."""

    removals: Array
    baseline: float | None
    leakage: float | None
    total: Array | None
    missing: tuple[str, ...]
    years: int
    error_discount: float | None
    """Share deducted for the error of the plots; None while it is not known."""


def estimate(
    patches: Sequence[Patch],
    growth: Mapping[str, GrowthRule],
    clauses: Mapping[str, float | None],
    until: int,
    *,
    allowable_error_percent: float | None = None,
) -> Estimate:
    """Removals of living biomass of some patches until a year, and what may be estimated.

    ``clauses`` hold either ``error_discount`` or, where the methodology has an allowance for the
    error of the plots, ``plot_error_percent``.
    """
    missing = [key for key, value in clauses.items() if value is None]
    discount = _error_discount(clauses, allowable_error_percent)
    limit = clauses["crediting_years"]
    removals: Array = np.zeros(1)
    baseline = leakage = 0.0
    longest = 0
    for patch in patches:
        years = max(until - patch.start_year, 0)
        years = years if limit is None else min(years, int(limit))
        longest = max(longest, years)
        rule = growth.get(patch.kind)
        if rule is None:
            missing.append(f"growth:{patch.kind}")
            continue
        ends = rule.curve.density(np.array([0.0, float(years)]))
        removals = removals + co2_from_c((ends[:, 1] - ends[:, 0]) * patch.area_ha)
        baseline += (clauses["baseline_t_co2_ha_yr"] or 0.0) * patch.area_ha * years
        leakage += (clauses["leakage_t_co2_ha_yr"] or 0.0) * patch.area_ha * years
    lacking = tuple(dict.fromkeys(missing))
    total = None
    if not lacking:
        total = credited_removals(
            project_t_co2=removals, baseline_t_co2=baseline, leakage_t_co2=leakage,
            risk_deduction=clauses["risk_deduction"] or 0.0,
        ) * (1.0 - (discount or 0.0))  # fmt: skip
    known = {"baseline_t_co2_ha_yr": baseline, "leakage_t_co2_ha_yr": leakage}
    told = [None if key in lacking else value for key, value in known.items()]
    return Estimate(removals, told[0], told[1], total, lacking, longest, discount)


def _error_discount(
    clauses: Mapping[str, float | None], allowable_percent: float | None
) -> float | None:
    """Share to deduct for the error of the plots; None where its clause has no value."""
    if allowable_percent is None:
        return clauses["error_discount"]
    error = clauses["plot_error_percent"]
    if error is None:
        return None
    kept = adjusted_for_error(
        removals=1.0, error_percent=error, allowable_percent=allowable_percent
    )
    return float(1.0 - kept)


def credited_removals(
    *,
    project_t_co2: ArrayLike,
    baseline_t_co2: ArrayLike,
    leakage_t_co2: ArrayLike,
    risk_deduction: ArrayLike,
) -> Array:
    """Removals beyond the baseline, less leakage and the risk of reversal, t CO2.

    >>> float(credited_removals(project_t_co2=500, baseline_t_co2=20, leakage_t_co2=0,
    ...                         risk_deduction=0.1))
    432.0
    """
    net = np.subtract(np.subtract(project_t_co2, baseline_t_co2), leakage_t_co2)
    return np.asarray(net * (1.0 - np.asarray(risk_deduction, float)), dtype=float)


def discounted_by_bands(
    *, estimate: float, error_percent: float, bands: Sequence[tuple[float, float]]
) -> float | None:
    """An estimate less the discount of its error's band; None above the last band: more plots.

    ``bands`` are pairs of the band's upper end (inclusive, percent) and its discount.

    >>> bands = [(10, 0.0), (20, 0.06), (30, 0.11)]
    >>> [discounted_by_bands(estimate=1000, error_percent=e, bands=bands) for e in (8, 15, 25, 35)]
    [1000.0, 940.0, 890.0, None]
    """
    for end, discount in bands:
        if error_percent <= end:
            return float(estimate * (1.0 - discount))
    return None


def adjusted_for_error(
    *, removals: ArrayLike, error_percent: ArrayLike, allowable_percent: ArrayLike
) -> Array:
    """Removals less what their error exceeds the allowance by; VM0033 v2.1 Eq. 92.

    >>> adjusted_for_error(removals=1000, error_percent=[28, 15], allowable_percent=20).tolist()
    [920.0, 1000.0]
    """
    beyond = np.maximum(np.subtract(error_percent, allowable_percent), 0.0)
    return np.asarray(np.multiply(removals, 1.0 - beyond / 100.0), dtype=float)


def stratified_error(
    areas_ha: ArrayLike, means: ArrayLike, deviations: ArrayLike, counts: ArrayLike
) -> tuple[float, float]:
    """Mean per hectare of a stratified sample of plots, and its standard error.

    >>> mean, error = stratified_error([60, 40], [50, 30], [10, 8], [25, 16])
    >>> round(mean, 6), round(error, 6)
    (42.0, 1.442221)
    """
    area = np.asarray(areas_ha, float)
    weight = area / area.sum()
    variance = weight**2 * np.asarray(deviations, float) ** 2 / np.asarray(counts, float)
    return float((weight * np.asarray(means, float)).sum()), float(np.sqrt(variance.sum()))


def long_term_average(stock: ArrayLike) -> float:
    """Mean stock over a rotation: what a harvested stand may claim, not its peak; VM0033 Eq. 76.

    >>> long_term_average([0, 20, 40, 0])
    15.0
    """
    return float(np.mean(np.asarray(stock, dtype=float)))


EQUATIONS = (
    EquationCard(
        "project-removals",
        "项目减排量估算",
        "Estimated removals of a project",
        "CDR = (ΔC_project - ΔC_baseline - LK) * (1 - K_risk)",
        "t CO2",
        "form of the afforestation methodologies; the figures are clauses of the methodology",
        "recalled",
        credited_removals,
    ),
    EquationCard(
        "vm0033-92",
        "不确定性扣减（VM0033）",
        "Deduction for uncertainty (VM0033)",
        "NER_adjusted = NER * (100 - NER_error + allowable) / 100",
        "t CO2",
        "VM0033 v2.1 Eq. 92",
        "verified",
        adjusted_for_error,
    ),
)
