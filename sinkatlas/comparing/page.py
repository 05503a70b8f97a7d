"""What ``compare`` found, as a table and a page with bars."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from gis.problems import Language
from gis.visible_text import visible
from maps.page import document_style
from sinkatlas.comparing.comparison import EXPLAINED, FACTORS, Comparison, contributions_of
from sinkatlas.publish import published, write_csv

Words = dict[Language, str]

TITLE: Words = {"zh": "两次运行的差异", "en": "Differences between two runs"}
FACTOR_WORDS: dict[str, Words] = {
    "data": {"zh": "数据", "en": "data"},
    "coefficients": {"zh": "系数", "en": "coefficients"},
    "boundaries": {"zh": "边界", "en": "boundaries"},
    "method": {"zh": "方法", "en": "method"},
}
HEADS: dict[str, Words] = {
    "indicator": {"zh": "指标", "en": "Indicator"},
    "epoch": {"zh": "年份", "en": "Year"},
    "unit_name": {"zh": "单元", "en": "Unit"},
    "before": {"zh": "前", "en": "Before"},
    "after": {"zh": "后", "en": "After"},
    "difference": {"zh": "差", "en": "Difference"},
    "status": {"zh": "状态", "en": "Status"},
}
STATUS_WORDS: dict[str, Words] = {
    "explained": {"zh": "已归因", "en": "explained"},
    "scope": {"zh": "仅一方有（范围）", "en": "one run only (scope)"},
    "definition_differs": {"zh": "口径不同，不作归因", "en": "unlike definitions: not explained"},
    "grouped": {"zh": "合并归因", "en": "parts of a group at once"},
}
NOTHING: Words = {"zh": "没有差异。", "en": "Nothing differs."}
COLOURS = {"data": "#2166ac", "coefficients": "#b5462f", "boundaries": "#5aae61",
           "method": "#8073ac"}  # fmt: skip
SHOWN = 400
"""Rows of the page; the table has all."""


def write_comparison(found: Comparison, folder: Path, language: Language) -> Path:
    """Write ``compare.csv`` and ``compare.html``; whole or not at all."""
    with published(folder) as stage:
        write_csv(found.table, stage / "compare.csv")
        text = "\n".join(map(visible, _page(found, language))) + "\n"
        (stage / "compare.html").write_text(text, encoding="utf-8", newline="\n")
    return folder / "compare.html"


def _page(found: Comparison, language: Language) -> Iterator[str]:
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    yield f"<title>{TITLE[language]}</title><style>"
    yield f"{document_style()}</style></head><body><main><h1>{TITLE[language]}</h1>"
    for note in found.notes:
        yield f"<p>{html.escape(note.text(language))}</p>"
    if not len(found.table):
        yield f"<p>{NOTHING[language]}</p></main></body></html>"
        return
    legend = " ".join(
        f'<span style="color:{COLOURS[name]}">■ {FACTOR_WORDS[name][language]}</span>'
        for name in FACTORS
    )
    yield f"<p>{legend}</p><table><tr>"
    heads = [HEADS[name][language] for name in HEADS]
    yield "".join(f"<th>{each}</th>" for each in [*heads, *(
        FACTOR_WORDS[name][language] for name in FACTORS), ""]) + "</tr>"  # fmt: skip
    for row in found.table.head(SHOWN).to_dict("records"):
        yield _line({str(name): value for name, value in row.items()}, language)
    yield "</table></main></body></html>"


def _line(row: dict[str, object], language: Language) -> str:
    kind = str(row["status"]).split(":")[0]
    told = STATUS_WORDS[kind][language] + str(row["status"])[len(kind) :]
    texts = [str(row["indicator"]), str(row["epoch"]), str(row["unit_name"])]
    numbers = [row[name] for name in ("before", "after", "difference")]
    cells = [f"<td>{html.escape(each)}</td>" for each in texts]
    cells += [f'<td class="n">{_number(each)}</td>' for each in numbers]
    cells.append(f"<td>{html.escape(told)}</td>")
    cells += [f'<td class="n">{_number(row[name])}</td>' for name in FACTORS]
    bar = _bar(row) if row["status"] == EXPLAINED else ""
    return f"<tr>{''.join(cells)}<td>{bar}</td></tr>"


def _number(value: object) -> str:
    if value is None or pd.isna(value):
        return ""
    return f"{float(str(value)):,.6g}"


def _bar(row: dict[str, object]) -> str:
    """Parts side by side, losses left of the middle and gains right of it."""
    parts = contributions_of(row)
    scale = 90.0 / max(float(abs(parts).sum()), 1e-300)
    left = right = 100.0
    drawn = []
    for name, part in zip(FACTORS, parts, strict=True):
        width = abs(float(part)) * scale
        x = right if part > 0 else left - width
        left, right = (left, right + width) if part > 0 else (left - width, right)
        drawn.append(f'<rect x="{x:.1f}" y="3" width="{width:.1f}" height="10" '
                     f'fill="{COLOURS[name]}"/>')  # fmt: skip
    middle = '<line x1="100" y1="0" x2="100" y2="16" stroke="#1c2a25"/>'
    return f'<svg width="200" height="16">{"".join(drawn)}{middle}</svg>'
