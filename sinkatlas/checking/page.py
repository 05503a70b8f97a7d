"""The findings of a check for people: one HTML page, and a table for the terminal."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gis.problems import Language, Problem
from maps.page import document_style
from maps.text import aligned
from sinkatlas.checking.places_map import numbered, places_map

if TYPE_CHECKING:
    from layers.profiling import FieldLook
    from sinkatlas.checking.findings import Check

_TITLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "数据检查", "problems": "问题", "layers": "读到的图层", "severity": "级别",
        "code": "编号", "message": "说明", "remedy": "处理办法", "none": "没有发现问题。",
        "closed": "台账闭合", "open": "没有得出台账", "classes": "类别与面积", "fact": "项目",
        "value": "内容", "class": "类别", "hectares": "公顷", "strict": "影响数字",
        "concerns": "涉及", "count": "个数", "rows": "行", "features": "编号",
        "error": "错误", "warning": "警告", "info": "提示", "next": "下一步：",
        "next_repair": "用 sinkatlas check --repair 文件夹 写出修好几何的副本，改用副本后再检查。",
        "next_mend": "按下面的处理办法改正错误后再检查。",
        "next_strict": "逐条确认下面标有“影响数字”的警告，再运行。",
        "next_run": "可以运行：sinkatlas run。",
        "looks": "字段、单位与代码表", "field": "标准字段", "column": "列", "found_by": "依据",
        "empty": "空值", "span": "取值", "meaning": "单位或代码表",
        "evidence": "证据与疑点", "officials": "官方面积与椭球面积", "official": "官方面积（公顷）",
        "ellipsoid": "椭球面积（公顷）", "difference": "相差（公顷）",
        "unit": "单元", "epoch": "年份", "map": "问题所在位置", "on_map": "图上编号",
        "beyond": "另有 {count} 条问题所涉要素远在报告单元之外，图上没有画出。",
    },
    "en": {
        "title": "Check of the data", "problems": "Problems", "layers": "Layers as read",
        "severity": "Severity", "code": "Check", "message": "Message", "remedy": "Remedy",
        "none": "Nothing was found.", "closed": "The account closes", "open": "No account was made",
        "classes": "Classes and areas", "fact": "Item", "value": "Content", "class": "Class",
        "hectares": "Hectares", "strict": "Can change figures",
        "concerns": "Concerns", "count": "count", "rows": "rows", "features": "features",
        "error": "errors", "warning": "warnings", "info": "notes", "next": "Next: ",
        "next_repair": "write copies with mended geometry by sinkatlas check --repair FOLDER, use "
        "them, and check again.",
        "next_mend": "mend the errors below by their remedies and check again.",
        "next_strict": "confirm each warning below that can change figures, then run.",
        "next_run": "run it: sinkatlas run.",
        "looks": "Columns, units and code lists", "field": "Field", "column": "Column",
        "found_by": "Found by", "empty": "Empty", "span": "Values", "meaning": "Unit or list",
        "evidence": "Evidence and doubts", "officials": "Official and ellipsoidal areas",
        "official": "Official (ha)", "ellipsoid": "Ellipsoid (ha)", "difference": "Difference (ha)",
        "unit": "Unit", "epoch": "Year", "map": "Where the findings lie", "on_map": "on the map",
        "beyond": "Findings whose features lie far outside the units and are not drawn: {count}.",
    },
}  # fmt: skip


def as_page(found: Check, language: Language) -> str:
    """One HTML page without scripts; every text is escaped."""
    words = _TITLES[language]
    problems = _by_place(found.problems, language) or f"<p>{words['none']}</p>"
    places = places_map(found.outlines, found.problems, language, words)
    next_step = words[_next_step(found)]
    layers = "".join(
        f"<h3>{html.escape(each['layer'])}</h3>"
        + _table((words["fact"], words["value"]), [(k, v) for k, v in each.items() if k != "layer"])
        for each in found.layers
    )
    classes = _table(
        (words["layers"], words["code"], words["class"], words["hectares"]),
        [(str(each["layer"]), str(each["code"]), str(each[language]), f"{each['hectares']:,.2f}")
         for each in found.classes],
    ) if found.classes else ""  # fmt: skip
    looks = "".join(
        f"<h3>{html.escape(spec.where)}</h3>"
        + _table([words[name] for name in _LOOK_COLUMNS], map(_look_cells, seen.fields))
        for spec, seen in found.looks
    )
    official = _table(
        (words["layers"], words["epoch"], words["unit"], words["official"], words["ellipsoid"],
         words["difference"], "%"),
        [(str(each["cover"]), str(each["epoch"]), f"{each['unit_name']} {each['unit_code']}",
          *(f"{each[name]:,.4f}" for name in ("official_ha", "ellipsoidal_ha", "difference_ha")),
          f"{each['difference_percent']:+.3f}" if each["difference_percent"] is not None else "-")
         for each in found.official],
    ) if found.official else ""  # fmt: skip
    state = words["closed"] if found.is_closed else words["open"]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words['title']}</title><style>{document_style()}{_STYLE}</style></head>"
        "<body><main>"
        f"<h1>{words['title']}: {html.escape(found.workspace)}</h1><p>{state}</p>"
        f"<p>{words['next']}{next_step}</p>"
        f"{'<h2>' + words['map'] + '</h2>' + places if places else ''}"
        f"<h2>{words['problems']}</h2>{problems}<h2>{words['layers']}</h2>{layers}"
        f"{'<h2>' + words['looks'] + '</h2>' + looks if looks else ''}"
        f"{'<h2>' + words['classes'] + '</h2>' + classes if classes else ''}"
        f"{'<h2>' + words['officials'] + '</h2>' + official if official else ''}"
        "</main></body></html>\n"
    )


def _by_place(problems: Sequence[Problem], language: Language) -> str:
    """Problems under the file, layer or setting they stand at, the gravest place first."""
    words = _TITLES[language]
    header = (words["severity"], words["code"], words["message"], words["remedy"],
              words["concerns"], words["strict"])  # fmt: skip
    places: dict[str, list[tuple[int, Problem]]] = {}
    for place, each in enumerate(problems):
        places.setdefault(each.where or "–", []).append((place, each))
    numbers = numbered(problems)
    parts = []
    for where, held in places.items():
        counts = Counter(each.severity.value for _, each in held)
        shown = ", ".join(f"{words[name]} {counts[name]}" for name in _SEVERITIES if counts[name])
        rows = [
            (each.severity.value, each.code, each.message(language), each.remedy(language),
             _concerned(each, words, numbers.get(place)),
             "✓" if each.changes_numbers else each.why_idle(language))
            for place, each in held
        ]  # fmt: skip
        parts.append(f"<h3>{html.escape(where)} ({shown})</h3>{_table(header, rows)}")
    return "".join(parts)


_SEVERITIES = ("error", "warning", "info")
REPAIRABLE = ("layers.geometry_invalid", "layers.duplicate_features", "layers.geometry_zero_area")
"""Faults of which ``--repair`` writes mended copies."""


def _next_step(found: Check) -> str:
    if any(each.code in REPAIRABLE for each in found.problems):
        return "next_repair"
    if found.errors:
        return "next_mend"
    return "next_strict" if any(each.changes_numbers for each in found.problems) else "next_run"


_STYLE = (
    "svg path{fill:#eef2ec;stroke:#6b7a6b;stroke-width:1}svg text{font-size:12px;fill:#222}"
    "svg circle{fill:#4a78b0;stroke:#fff}svg .error circle{fill:#b3261e}"
    "svg .warning circle{fill:#a66a00}"
)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "".join(
        f'<tr class="{html.escape(row[0]) if row[0] in ("error", "warning", "info") else ""}">'
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def look_lines(found: Check, language: Language) -> Iterator[str]:
    """The table of columns, units and code lists for the terminal, aligned for wide characters."""
    for spec, seen in found.looks:
        yield f"{spec.where}:"
        rows = [_look_cells(each) for each in seen.fields]
        head = tuple(_TITLES[language][name] for name in _LOOK_COLUMNS)
        yield from (f"  {line}" for line in aligned([head, *rows]))


CONCERNED = ("count", "rows", "features", "hectares")
"""Facts of a problem that tell what it concerns: how many, which, and how much ground."""


def _concerned(found: Problem, words: Mapping[str, str], number: int | None) -> str:
    """What a problem concerns, as far as it tells it, and its number on the map."""
    told = [f"{words[name]}: {found.facts[name]}" for name in CONCERNED if found.facts.get(name)]
    return "; ".join(told if number is None else [*told, f"{words['on_map']}: {number}"])


def concerned_line(found: Problem, language: Language) -> str:
    """Identifiers and hectares of the features concerned, as far as the message has them not.

    Empty for problems that concern no features.
    """
    if found.words.concerns != "features":
        return ""
    message = found.words.message[language]
    return "; ".join(
        f"{_TITLES[language][name]}: {found.facts[name]}"
        for name in CONCERNED
        if found.facts.get(name) and f"{{{name}}}" not in message
    )


_LOOK_COLUMNS = ("field", "column", "found_by", "empty", "span", "meaning", "evidence")


def _look_cells(each: FieldLook) -> tuple[str, ...]:
    evidence = "; ".join(filter(None, (each.evidence, *each.doubts)))
    empty = f"{100 * each.empty / each.rows:.3g} %" if each.rows else "-"
    return (each.field, each.column, each.found_by, empty, each.span[:40], each.meaning, evidence)
