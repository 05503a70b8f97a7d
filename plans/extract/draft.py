"""A draft plan file from what was found in a text, for an analyst to confirm.

Every table carries ``confirmed = false``, which the reader of plan files refuses, with the quote
as a comment beside its reading. What cannot be known from the text (code of the area, title) is
a placeholder in a table that also wants confirming.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from gis.problems import Language
from plans.extract.cleaning import is_noisy, lines_of
from plans.extract.dating import document_times
from plans.extract.document import Document
from plans.extract.found import FoundTarget
from plans.extract.vocabulary import metrics
from plans.extract.wording import CHANGES
from plans.units import printed_figures, printed_units

_HEAD = {
    "zh": (
        "# 由 sinkatlas 从 {name} 读出的草稿。读法照规则，不保证无误：请逐条与引文核对，",
        "# 无误的把 confirmed = false 改为 true，有误的改正或整节删去。未确认的文件不会被使用。",
    ),
    "en": (
        "# Drafted by sinkatlas from {name}, by rules that may be wrong: compare each reading with",
        "# its quote, set confirmed = true where it is right, mend or delete it where it is not.",
        "# A file with unconfirmed tables is refused.",
    ),
}
_WORDS = {
    "zh": {"quote": "原文", "also": "另见", "read": "读作", "sure": "把握", "before": "前文"},
    "en": {
        "quote": "text",
        "also": "also",
        "read": "read as",
        "sure": "confidence",
        "before": "before it",
    },
}
_PLACEHOLDER = {"zh": "未写明", "en": "not stated"}
_FILL_IN = {"zh": "请核对标题、地区和行政区划代码", "en": "check title, area and area code"}
_AREA = re.compile(
    r"(?<=省)[\u4e00-\u9fff]{1,7}?(?:市|县|区|自治州)|[\u4e00-\u9fff]{1,7}?(?:自治区|自治州|市|省|县|区)"
)
_WHOLE = re.compile(r"全[国省市县区州域]|[市县省]域")
_MOST_BEFORE = 60
_CARBON_UNITS = {"carbon_sink": "t CO2/yr", "carbon_stock": "t C"}


def draft_plan(
    document: Document, found: Sequence[FoundTarget], *, name: str, language: Language
) -> str:
    """The text of a draft plan file; ``name`` is the file the text came from."""
    lines = [line.format(name=_comment(name)) for line in _HEAD[language]]
    lines += ["", *_plan_table(document, name, language)]
    seen: dict[str, int] = {}
    for first, *others in _grouped(found):
        lines += ["", *_target_table(document, first, others, seen, language)]
    return "\n".join(lines) + "\n"


def _grouped(found: Iterable[FoundTarget]) -> list[list[FoundTarget]]:
    """Promises with their repeats, the surest first."""
    groups: dict[tuple[object, ...], list[FoundTarget]] = {}
    for each in found:
        key = (each.metric, each.year, _comparator(each), each.value_si, _scope(each))
        groups.setdefault(key, []).append(each)
    return [sorted(group, key=lambda each: -each.confidence) for group in groups.values()]


def _comparator(found: FoundTarget) -> str:
    """The sign in a plan file: works added are works done, a rule without figure has none."""
    if found.kind in ("rule", "system") and not found.has_figure:
        return "none"
    if not found.has_figure and found.comparator == "~":
        return "stable"
    if found.kind == "works" and found.comparator == "increase" and found.has_figure:
        return ">="
    is_added = found.is_added and found.has_figure and found.kind == "target"
    return "increase" if is_added and found.comparator in (">=", "=", "~") else found.comparator


def _kind(found: FoundTarget) -> str:
    if found.kind in ("rule", "system"):
        return found.kind
    if _comparator(found) in ("increase", "decrease", "stable") and not found.has_figure:
        return "trend"
    if found.kind == "works":
        return "works"
    return "count" if found.unit_si == "count" else "state"


def _plan_table(document: Document, name: str, language: Language) -> list[str]:
    lines = lines_of(document.text, 0, min(len(document.text), 3000), noisy=is_noisy(document.text))
    texts = [line.chars for line in lines if line.chars]
    titles = (each for each in texts[:20] if re.search(r"规划|方案|计划|纲要|意见", each))
    title = next((each for each in titles if len(each) <= 60 and "。" not in each), name).strip(
        "《》"
    )
    place = _AREA.search(title)
    times = document_times("\n".join(texts))
    stem = re.sub(r"[^a-z0-9]+", "-", name.rpartition(".")[0].lower()).strip("-") or "draft"
    table = [
        "[plan]",
        f"confirmed = false # {_FILL_IN[language]}",
        f"id = {_text(stem)}",
        f"title_zh = {_text(title)}",
        f"city = {_text(place.group() if place else _PLACEHOLDER[language])}",
        'adcode = "000000"',
        f"source_zh = {_text(name)}",
    ]
    if times.plan_end is not None:
        table.append(f"starts = {times.present}")
    return table


def _target_table(
    document: Document,
    found: FoundTarget,
    others: Sequence[FoundTarget],
    seen: dict[str, int],
    language: Language,
) -> list[str]:
    words = _WORDS[language]
    lines = [f"# {words['quote']} [{found.start}:{found.end}] 「{_quote(document, found)}」"]
    lines += [
        f"# {words['also']} {each.clause} [{each.start}:{each.end}] 「{_quote(document, each)}」"
        for each in others
    ]
    if (before := _before(document, found)) and str(found.year) not in lines[0]:
        lines.insert(0, f"# {words['before']} 「{before}」")
    lines.append(f"# {words['read']} {_reading(found)}; {words['sure']} {found.confidence}")
    fields = _fields(document, found, seen, language)
    return [*lines, "[[targets]]", "confirmed = false", *(f"{k} = {v}" for k, v in fields)]


def _reading(found: FoundTarget) -> str:
    figures = "~".join(f"{each:.10g}" for each in found.value_si)
    parts = (_title(found.metric), found.year or "–", found.comparator, figures, found.unit_si)
    return _comment(" ".join(str(each) for each in parts if each))


def _fields(
    document: Document, found: FoundTarget, seen: dict[str, int], language: Language
) -> list[tuple[str, str]]:
    """Keys and TOML values of a target, in the order of the bundled plans."""
    comparator = _comparator(found)
    fields = [
        ("id", _text(_id(found, seen))),
        ("indicator", _text(found.metric)),
        ("title_zh", _text(_title(found.metric))),
    ]
    if found.year is not None:
        fields.append(("year", str(found.year)))
    fields.append(("comparator", _text(comparator)))
    fields += _figures(found, comparator)
    fields.append(("clause", _text(found.clause or _PLACEHOLDER[language])))
    fields.append(("quote", _text(_quote(document, found))))
    force = "assigned" if comparator == "assigned" else "strive" if found.strive else "binding"
    fields += [("force", _text(force)), ("kind", _text(_kind(found)))]
    scope = _scope(found)
    if scope:
        fields.append(("scope", _text(scope)))
    family = re.match(r"forest|standing|wetland", found.metric)
    if family and found.kind == "target":
        basis = "wetland:unknown" if family.group() == "wetland" else "forest:unknown"
        fields.append(("basis", _text(basis)))
    if found.is_implied:
        fields.append(("implied", "true"))
    if found.base_year is not None and comparator in CHANGES and found.has_figure:
        fields.append(("base_year", str(found.base_year)))
    adds_up = comparator in CHANGES or _kind(found) in ("works", "count")
    if found.period == "year" and adds_up and found.has_figure:
        fields.append(("period", _text(found.period)))
    return fields


def _figures(found: FoundTarget, comparator: str) -> list[tuple[str, str]]:
    """Figures, printed figures and unit; a direction has a unit only."""
    unit = _CARBON_UNITS.get(found.metric, found.unit_si or "")
    fields = []
    if comparator in (">=", "<=", "~", "=", "range", *CHANGES) and found.has_figure:
        fields.append(("value", repr(found.value_si[0])))
        if comparator == "range":
            fields.append(("value_high", repr(found.value_si[-1])))
        unit_text = "平方米/人" if unit == "m2" else found.unit or ""
        printed = printed_units().get(unit_text)
        if printed and printed.unit == unit and _agrees(found, float(printed.factor)):
            fields += [("value_text", _text(found.printed)), ("unit_text", _text(unit_text))]
    if unit and comparator != "none":
        fields.append(("unit", _text(unit)))
    return fields


def _agrees(found: FoundTarget, factor: float) -> bool:
    figures = [float(each) * factor for each in printed_figures(found.printed)]
    return len(figures) == len(found.value_si) and all(
        abs(one - other) <= 1e-6 * abs(other)
        for one, other in zip(figures, found.value_si, strict=True)
    )


def _id(found: FoundTarget, seen: dict[str, int]) -> str:
    stem = "-".join([found.metric.replace("_", "-"), *([str(found.year)] if found.year else [])])
    seen[stem] = seen.get(stem, 0) + 1
    return stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"


def _scope(found: FoundTarget) -> str:
    return "" if found.scope is None or _WHOLE.fullmatch(found.scope) else found.scope


def _title(key: str) -> str:
    return next((each.zh for each in metrics() if each.key == key), key)


def _quote(document: Document, found: FoundTarget) -> str:
    """The quote without noise, in Simplified script."""
    lines = lines_of(document.text, found.start, found.end, noisy=is_noisy(document.text))
    return _comment("".join(line.chars for line in lines)) or "–"


def _before(document: Document, found: FoundTarget) -> str:
    """The words of the sentence in front of a quote, where its year may stand."""
    text = document.text[max(0, found.start - 400) : found.start]
    start = found.start - len(text) + max(text.rfind(mark) for mark in ("。", "\n\n", "\t")) + 1
    lines = lines_of(document.text, start, found.start, noisy=is_noisy(document.text))
    words = _comment("".join(line.chars for line in lines)).strip(",;、")
    return words if len(words) <= _MOST_BEFORE else f"…{words[-_MOST_BEFORE:]}"


def _comment(text: str) -> str:
    """A text on one line, without characters that a TOML file may not hold."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _text(text: str) -> str:
    return json.dumps(_comment(text), ensure_ascii=False)
