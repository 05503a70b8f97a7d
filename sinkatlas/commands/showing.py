"""Plans and coefficients as lines of text for the command line."""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from gis.problems import InputError, Language, ProblemLog, preferred_language, problem
from layers.codes import ecosystem_types
from maps.text import aligned
from plans.extract import decoded
from plans.number_words import printed_words
from plans.reader import load_plan
from sink_models.carbon import POOLS, SOIL_BURIAL
from sink_models.coefficients import (
    AGE_GROUPS,
    Sought,
    choose_expansion,
    choose_volume_function,
    coefficients,
    density_candidates,
    export_rows,
    find_zone,
    leaf_of,
)
from sink_models.indicator import indicators
from sink_models.method import compared_sets, expected_documents, gap_template
from sinkatlas.publish import write_csv


def plan_lines(named: str, language: Language) -> Iterator[str]:
    """A plan's title and source, then each target with its reading, clause and quote."""
    plan = load_plan(Path(named) if Path(named).is_file() else named)
    source = plan.source if language == "zh" else plan.source_en
    yield f"{plan.title[language]} ({plan.adcode}) {source}"
    for target in plan.targets:
        printed = printed_words(target)[language]
        yield f"{target.id}\t{target.indicator}\t{target.kind}\t{target.force}\t{printed}"
        yield f"    {target.clause}: 「{target.quote}」"
        scope = "" if target.scope == plan.adcode else target.scope_name[language]
        said = (scope, target.basis or "", target.note[language])
        if any(said):
            yield f"    {' · '.join(filter(None, said))}"


def language_of_plan(named: str) -> Language:
    """The language to speak of a plan file in: what is set, else its own, else the user's."""
    path = Path(named)
    if os.environ.get("SINKATLAS_LANG") or not path.is_file():
        return preferred_language()
    text = decoded(path.read_bytes()) or ""
    is_chinese = re.search(r"[\u4e00-\u9fff]", text) is not None
    return "zh" if is_chinese else preferred_language()


def plan_check(named: str, language: Language, problems: ProblemLog) -> str:
    """How many targets of each kind a plan has; doubts about it go into ``problems``.

    Raises ``InputError`` with every mistake of the file.
    """
    plan = load_plan(Path(named) if Path(named).is_file() else named, problems=problems)
    kinds = Counter(target.kind for target in plan.targets)
    counted = ", ".join(f"{kind} {number}" for kind, number in kinds.items())
    judged = sum(target.indicator in indicators() for target in plan.targets)
    if language == "zh":
        return (
            f"{plan.title['zh']}：{len(plan.targets)} 条目标可用（{counted}），"
            f"{judged} 条有可计算的指标。"
        )
    return (
        f"{plan.title['en']}: {len(plan.targets)} targets are usable ({counted}), "
        f"{judged} with an indicator that is computed."
    )


_FACTOR_HEADS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("键", "数值", "单位", "范围", "核实程度", "适用对象"),
    "en": ("key", "value", "unit", "range", "may drive", "made for"),
}


def factor_lines(contains: str, language: Language) -> Iterator[str]:
    """A table of the coefficients whose key contains the text, with what each was made for.

    Raises ``InputError`` when there is none, naming the nearest keys.
    """
    store = coefficients().rows
    found = [each for each in store.values() if contains.casefold() in each.key.casefold()]
    if not found:
        nearest = ", ".join(difflib.get_close_matches(contains, store, n=3, cutoff=0.3)) or "–"
        raise InputError(problem("sinkatlas.factor_unknown", where=contains, nearest=nearest))
    rows = [
        (each.key, _shown(each.value), each.unit, f"{_shown(each.low)} … {_shown(each.high)}",
         each.ship, each.applicability)
        for each in found
    ]  # fmt: skip
    yield from aligned([_FACTOR_HEADS[language], *rows])


def factor_card(key: str) -> Iterator[str]:
    """Every field of one coefficient.

    Raises ``InputError`` for an unknown key, naming the nearest ones.
    """
    rows = coefficients().rows
    if key not in rows:
        nearest = ", ".join(difflib.get_close_matches(key, rows, n=3)) or "–"
        raise InputError(problem("sinkatlas.factor_unknown", where=key, nearest=nearest))
    for name, value in vars(rows[key]).items():
        if value not in (None, ""):
            yield f"{name}: {_shown(value)}"


def rule_lines(
    ecosystem_type: str,
    *,
    region: str = "",
    species_group: str = "",
    forest_class: str = "",
    age_group: str = "",
    accepted: frozenset[str] = frozenset(),
    language: Language = "en",
) -> Iterator[str]:
    """For each pool of a stratum: the rule chosen with its numbers, and the others with why not.

    Raises ``InputError`` for an ecosystem type or an age class that does not exist.
    """
    if ecosystem_type not in ecosystem_types().index:
        nearest = difflib.get_close_matches(ecosystem_type, list(ecosystem_types().index), n=3)
        known = ", ".join(nearest) or "–"
        raise InputError(problem("sinkatlas.type_unknown", where=ecosystem_type, nearest=known))
    if age_group not in ("", *AGE_GROUPS):
        known = ", ".join(AGE_GROUPS)
        raise InputError(problem("sinkatlas.age_group_unknown", where=age_group, known=known))
    store, zone = coefficients(), find_zone(region)
    if ecosystem_type == "forest_arbor":
        chosen = choose_volume_function(store, accepted, species_group)
        why = chosen.why_zh if language == "zh" else chosen.why_en
        slope, intercept = (store[f"{chosen.function}_{letter}"] for letter in "ab")
        expansion = choose_expansion(store, accepted, species_group)
        if expansion is not None:
            bcef, ratio = (store[key] for key in expansion.keys)
            own = expansion.why_zh if language == "zh" else expansion.why_en
            yield (
                f"living\tchosen\tB = V * {bcef.value:g} * (1 + {ratio.value:g}) ({bcef.key})"
                f"\t{bcef.cited}\t{own}"
            )
        verdict = "chosen" if expansion is None else "later"
        yield (
            f"living\t{verdict}\tB = {slope.value:g} V + {intercept.value:g} ({chosen.function})"
            f"\t{slope.cited}\t{why}"
        )
    for pool in (*POOLS, SOIL_BURIAL):
        leaf = leaf_of(species_group)
        sought = Sought(ecosystem_type, pool, forest_class, leaf, age_group, species_group)
        candidates = density_candidates(store, zone, accepted, sought)
        if not candidates:
            yield f"{pool}\tno rule"
        for each in candidates:
            why = each.rule.why_zh if language == "zh" else each.rule.why_en
            lacking = f" ({' '.join(each.keys)})" if each.keys else ""
            yield f"{pool}\t{each.verdict}{lacking}\t{each.rule.formula}\t{why}"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else ("" if value is None else str(value))


def export_factors(path: Path) -> int:
    """Write every coefficient with all its columns as CSV; gives the number of rows.

    Raises ``InputError`` for a file that exists: somebody may have worked on it.
    """
    if path.exists():
        raise InputError(problem("sinkatlas.template_exists", where=path))
    rows = export_rows(coefficients())
    table = pd.DataFrame(rows)
    numbers = ["value", "low", "high"]
    table[numbers] = table[numbers].apply(pd.to_numeric)  # text that begins with a minus is guarded
    write_csv(table, path)
    return len(rows)


def write_gap_template(method_set: str, path: Path) -> int:
    """Write the rows that a method set lacks as CSV; gives their number.

    Raises ``InputError`` for a file that exists, or a set without such rows.
    """
    if path.exists():
        raise InputError(problem("sinkatlas.template_exists", where=path))
    table = gap_template(method_set, coefficients())
    write_csv(table, path)
    return len(table)


OUR_RULES = "sinkatlas"
"""Name of our own choice of rules among method sets."""


def compare_method_sets(
    first: str,
    second: str,
    *,
    region: str,
    accepted: frozenset[str],
    stock_m3_ha: float,
    path: Path,
) -> int:
    """Write two method sets beside each other as CSV; gives the number of rows.

    Raises ``InputError`` for a file that exists, and for sets that cannot be used.
    """
    from sinkatlas.pipeline import in_method_set

    if path.exists():
        raise InputError(problem("sinkatlas.template_exists", where=path))
    stores = [
        coefficients() if name == OUR_RULES
        else in_method_set(coefficients(), name, accepted, Path.cwd())
        for name in (first, second)
    ]  # fmt: skip
    table = compared_sets(stores[0], stores[1], find_zone(region), accepted, stock_m3_ha)
    write_csv(table, path)
    return len(table)


SEEN_DOCUMENTS: Mapping[str, Mapping[Language, str]] = {
    "transcription": {"zh": "转录", "en": "in transcriptions"},
    "citing_paper": {"zh": "引用文献", "en": "in papers that cite it"},
    "definitions_only": {"zh": "仅定义", "en": "definitions only"},
    "conditions_only": {"zh": "仅适用条件", "en": "conditions only"},
    "contents_only": {"zh": "仅目录", "en": "contents only"},
    "scope_only": {"zh": "仅适用范围", "en": "scope only"},
    "title_only": {"zh": "仅题名", "en": "title only"},
    "named_only": {"zh": "仅见提及", "en": "named by others only"},
    "not_seen": {"zh": "未查见", "en": "not seen"},
}
"""What of a document was seen, in words."""


def document_lines(language: Language) -> Iterator[str]:
    """Documents that a reviewer expects, one line each: what was seen, what it is used for."""
    for row in expected_documents():
        words = SEEN_DOCUMENTS[row["seen"]][language]
        yield f"{row['document']}\t{row['title_zh']}\t{words}\t{row[f'used_for_{language}']}"
