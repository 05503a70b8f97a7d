"""Method sets as rows: an inventory's rules, or an analyst's own, in place of ours.

A set is a CSV. What it has no row for is not estimated and is named, unless a row says ``ours``:

=============  ====================================================================
``density``    ``formula`` of coefficients, t C/ha (``soil_burial``: t C/ha/yr)
``function``   living biomass of stands by B = aV + b; ``formula`` names the function
``expansion``  by stock × BCEF × (1 + R) × CF: ``formula`` is a BCEF or a forest class of
               Table 4.5, whose factor goes by the mean stock per hectare of the species
``ours``       what a run without a set would take; without types or pool for all of them
=============  ====================================================================

Growth of new stands, soil management and the provinces' rates are choices of their own and stay.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gis.problems import InputError, Problem, ProblemLog, problem
from layers.codes import ecosystem_types, species_groups
from sink_models.coefficients.formulas import addends, formula_dimension, formula_terms
from sink_models.coefficients.rule_tables import (
    CarbonFraction,
    DensityRule,
    Expansion,
    Rules,
    VolumeFunction,
    our_rules,
    read_table,
)
from sink_models.coefficients.selection import expansion_key
from sink_models.coefficients.store import CoefficientStore

DENSITY, FUNCTION, EXPANSION, OURS = "density", "function", "expansion", "ours"
METHODS = (DENSITY, FUNCTION, EXPANSION, OURS)
LIVING_POOL, BURIAL = "living", "soil_burial"
DENSITY_POOLS = ("above_ground", "below_ground", "dead_wood", "litter", "soil", BURIAL)
STANDS = "forest_arbor"

METHOD_RULE_COLUMNS = (
    *("ecosystem_types", "species_group", "pool", "method", "formula", "root_shoot"),
    *("carbon_fraction", "region", "climate_zone", "leaf", "depth_cm", "document", "clause"),
    *("why_zh", "why_en"),
)
NEEDED = ("ecosystem_types", "species_group", "pool", "method", "formula")


def own_method_sets() -> dict[str, str]:
    """The sets that ship as rows, by name, each as the text of its CSV."""
    rows = read_table("method_rules.csv")
    names = dict.fromkeys(row["method_set"] for row in rows)
    head = ",".join(METHOD_RULE_COLUMNS)
    return {name: "\n".join([head, *_lines(rows, name)]) for name in names}


def _lines(rows: Sequence[Mapping[str, str]], name: str) -> Iterator[str]:
    for row in rows:
        if row["method_set"] == name:
            yield ",".join(f'"{row[column]}"' for column in METHOD_RULE_COLUMNS)


def with_method_set(
    store: CoefficientStore, name: str, text: str, accepted: frozenset[str], *, where: str
) -> CoefficientStore:
    """A store that goes by the rules of a set.

    Raises ``InputError`` with every bad row: columns, types, species, pools, methods, coefficients
    that do not exist or are not checked, units that give no carbon per hectare, a rule given twice.
    """
    lines = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    header = [each.strip() for each in lines[0]] if lines else []
    strangers = sorted(set(header) - {*METHOD_RULE_COLUMNS})
    if not set(NEEDED) <= set(header) or strangers or len(set(header)) < len(header):
        columns = ", ".join(METHOD_RULE_COLUMNS)
        raise InputError(problem("sink_models.method_rule_columns", where, columns=columns))
    log = ProblemLog()
    rows: list[_Row] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in [*line, *[""] * len(header)]]
        record = dict.fromkeys(METHOD_RULE_COLUMNS, "") | dict(zip(header, cells, strict=False))
        if any(record.values()):
            row = _Row(record, f"{where}:{number}")
            row.check(store, accepted, log)
            rows.append(row)
    if not rows:
        log.add("sink_models.method_rules_empty", where)
    for key, count in Counter(row.key for row in rows).items():
        if count > 1:
            log.add("sink_models.method_rule_twice", where, rule=" / ".join(filter(None, key)))
    log.raise_if_errors()
    return replace(store, rules=_rules(name, rows))


def with_own_method_set(
    store: CoefficientStore, name: str, accepted: frozenset[str]
) -> CoefficientStore:
    """A store that goes by the rules of a set that ships.

    Raises ``InputError`` for a name that does not exist.
    """
    sets = own_method_sets()
    if name not in sets:
        allowed = ", ".join(sets)
        raise InputError(problem("sink_models.method_rules_unknown", name, allowed=allowed))
    return with_method_set(store, name, sets[name], accepted, where=name)


def set_in_use(store: CoefficientStore) -> tuple[Problem, ...]:
    """The note that every output carries where a set speaks in place of our rules."""
    name = store.rules.name
    return (problem("sink_models.method_set_used", name),) if name else ()


@dataclass(frozen=True)
class _Row:
    cells: Mapping[str, str]
    place: str

    def __getitem__(self, name: str) -> str:
        return self.cells[name]

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in self["ecosystem_types"].split("|") if each.strip())

    @property
    def key(self) -> tuple[str, ...]:
        """What a second row may not repeat."""
        names = ("ecosystem_types", "species_group", "pool", "region", "climate_zone", "leaf")
        is_stand = self["method"] in (FUNCTION, EXPANSION)
        return (LIVING_POOL, self["species_group"]) if is_stand else tuple(map(self.get, names))

    def get(self, name: str) -> str:
        return self.cells[name]

    def speaks_for(self, kind: str, pool: str) -> bool:
        living = self["pool"] == LIVING_POOL and pool in DENSITY_POOLS[:2]
        return (not self.types or kind in self.types) and (
            self["pool"] in ("", pool) or (living and self["method"] == OURS)
        )

    def check(self, store: CoefficientStore, accepted: frozenset[str], log: ProblemLog) -> None:
        """Log all that is wrong with the row."""
        method = self["method"]
        pools = {
            DENSITY: DENSITY_POOLS,
            OURS: ("", LIVING_POOL, *DENSITY_POOLS),
        }.get(method, (LIVING_POOL,))
        choices: list[tuple[str, str, Sequence[str]]] = [("method", method, METHODS)]
        if method in METHODS:
            choices.append(("pool", self["pool"], pools))
        known = tuple(ecosystem_types().index)
        choices += [("ecosystem_types", each, known) for each in self.types]
        if self["species_group"]:
            choices.append(("species_group", self["species_group"], (*species_groups().index,)))
        for field, given, allowed in choices:
            if given not in allowed:
                listed = ", ".join(each for each in allowed if each)
                log.add(
                    "sink_models.method_rule_choice", self.place,
                    field=field, given=given or "–", allowed=listed,
                )  # fmt: skip
        if method in METHODS:
            self._check_method(store, accepted, log)

    def _check_method(
        self, store: CoefficientStore, accepted: frozenset[str], log: ProblemLog
    ) -> None:
        method, formula = self["method"], self["formula"]
        if method == OURS:
            return
        is_stand = method in (FUNCTION, EXPANSION)
        if is_stand and set(self.types) - {STANDS}:
            log.add(
                "sink_models.method_rule_choice", self.place,
                field="ecosystem_types", given=self["ecosystem_types"], allowed=STANDS,
            )  # fmt: skip
        needed = {"formula": formula}
        if method == EXPANSION:
            needed["root_shoot"] = self["root_shoot"]
        if method == DENSITY:
            needed["ecosystem_types"] = self["ecosystem_types"]
        lacking = [name for name, given in needed.items() if not given]
        for name in lacking:
            log.add("sink_models.method_rule_empty", self.place, field=name, method=method)
        if lacking:
            return
        try:
            keys = self._keys(store)
        except ValueError as error:
            log.add("sink_models.method_rule_formula", self.place, given=formula, why=str(error))
            return
        unknown = [key for key in keys if key not in store]
        for key in unknown:
            log.add("sink_models.coefficient_unknown", f"{self.place}: {key}")
        unchecked = [
            key for key in keys
            if key in store and not store[key].ships and key not in accepted
        ]  # fmt: skip
        if unchecked:
            log.add("sink_models.method_rule_unchecked", self.place, keys=", ".join(unchecked))
        if not unknown and method == DENSITY and "{" not in formula:
            self._check_unit(store, log)

    def _keys(self, store: CoefficientStore) -> tuple[str, ...]:
        formula = self["formula"]
        further = [self[name] for name in ("root_shoot", "carbon_fraction") if self[name]]
        if self["method"] == FUNCTION:
            return (f"{formula}_a", f"{formula}_b", *further)
        if self["method"] == EXPANSION:
            by_class = expansion_key(formula, 0.0, store)
            return (by_class or formula, *further)
        if "{" in formula:
            return ()  # of which zone it will be is known when the units are
        return tuple(dict.fromkeys(term.key for term in formula_terms(formula)))

    def _check_unit(self, store: CoefficientStore, log: ProblemLog) -> None:
        wanted = Counter({"C": 1, "ha": -1} | ({"yr": -1} if self["pool"] == BURIAL else {}))
        for _, product in addends(self["formula"]):
            try:
                found = formula_dimension(product, lambda key: store[key].unit)
            except ValueError:
                found = Counter()
            if found != wanted:
                units = " × ".join(store[term.key].unit for term in formula_terms(product))
                allowed = "t C/ha/yr" if self["pool"] == BURIAL else "t C/ha"
                log.add(
                    "sink_models.method_rule_unit", self.place,
                    given=self["formula"], units=units, allowed=allowed,
                )  # fmt: skip

    @property
    def why(self) -> tuple[str, str]:
        source = " ".join(filter(None, (self["document"], self["clause"])))
        return self["why_zh"] or source, self["why_en"] or source


def _rules(name: str, rows: Sequence[_Row]) -> Rules:
    ours = our_rules()
    kept = [row for row in rows if row["method"] == OURS]
    own = [row for row in rows if row["method"] == DENSITY]
    densities = tuple(
        DensityRule(
            ecosystem_types=row.types, forest_class="", species_group=row["species_group"],
            pool=row["pool"], region=row["region"], climate_zone=row["climate_zone"],
            leaf=row["leaf"], age_group="", base="area", formula=row["formula"],
            depth_cm=row["depth_cm"] or ("30" if row["pool"] == "soil" else ""),
            why_zh=row.why[0], why_en=row.why[1],
        )
        for row in own
    )  # fmt: skip
    taken = {(kind, row["pool"]) for row in own for kind in row.types}
    for rule in ours.densities:
        types = tuple(
            kind
            for kind in rule.ecosystem_types
            if (kind, rule.pool) not in taken
            and any(row.speaks_for(kind, rule.pool) for row in kept)
        )
        if types:
            densities += (replace(rule, ecosystem_types=types),)
    return Rules(name, densities, *_stand_rules(rows, kept, taken, ours))


def _stand_rules(
    rows: Sequence[_Row], kept: Sequence[_Row], taken: set[tuple[str, str]], ours: Rules
) -> tuple[
    tuple[VolumeFunction, ...], tuple[Expansion, ...], tuple[CarbonFraction, ...]
]:  # fmt: skip
    stands = [row for row in rows if row["method"] in (FUNCTION, EXPANSION)]
    leaves = {row.species_group: row.leaf for row in ours.functions}
    functions = tuple(
        VolumeFunction(
            row["species_group"], row["formula"], leaves.get(row["species_group"], "mixed"), "",
            *row.why,
        )
        for row in stands
        if row["method"] == FUNCTION
    )  # fmt: skip
    expansions = tuple(
        Expansion(row["species_group"], row["formula"], row["root_shoot"], *row.why)
        for row in stands
        if row["method"] == EXPANSION
    )
    fractions = tuple(
        CarbonFraction(row["species_group"], row["carbon_fraction"], *row.why)
        for row in stands
        if row["carbon_fraction"]
    )
    named = {row["species_group"] for row in stands}
    by_density = (STANDS, DENSITY_POOLS[0]) in taken
    keeps = any(row.speaks_for(STANDS, DENSITY_POOLS[0]) for row in kept) and not by_density
    if keeps and "" not in named:
        functions += tuple(row for row in ours.functions if row.species_group not in named)
        expansions += tuple(row for row in ours.expansions if row.species_group not in named)
    own = {row.species_group for row in fractions}
    fractions += tuple(row for row in ours.fractions if row.species_group not in own)
    return functions, expansions, fractions


def with_stock_classes(
    store: CoefficientStore, stock_m3_ha: Mapping[str, float]
) -> CoefficientStore:
    """A store whose expansions by forest class have the factor of each species' mean stock.

    ``stock_m3_ha`` is that of all stands of all epochs by species group: one factor per species
    and run, so that no stand, unit or epoch steps from one class into another.
    """
    found: list[Expansion] = []
    for row in store.rules.expansions:
        if expansion_key(row.bcef, 0.0, store) is None:
            found.append(row)
            continue
        named = {each.species_group for each in store.rules.expansions} | {
            each.species_group for each in store.rules.functions
        }
        species = [row.species_group] if row.species_group else sorted({*stock_m3_ha} - named)
        for each in (*species, *([] if row.species_group else [""])):
            stock = stock_m3_ha.get(each, _mean(stock_m3_ha))
            key = expansion_key(row.bcef, stock, store)
            if key is not None:
                found.append(replace(row, species_group=each, bcef=key, stands_in="yes"))
    rules = replace(store.rules, expansions=tuple(found))
    return store if rules == store.rules else replace(store, rules=rules)


def _mean(stock_m3_ha: Mapping[str, float]) -> float:
    return sum(stock_m3_ha.values()) / len(stock_m3_ha) if stock_m3_ha else 0.0
