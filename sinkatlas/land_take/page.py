"""The result of a land take: two tables, one page per project, lines for the terminal."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from gis.problems import Language
from gis.visible_text import visible
from maps.page import document_style
from sink_models.carbon import POOL_NAMES
from sink_models.ecosystem_types import type_names
from sink_models.equations import co2_from_c
from sinkatlas.land_take.taking import HORIZONS, LandTake, TakenProject
from sinkatlas.publish import published, write_csv

Words = dict[Language, str]

GATE_WORDS: dict[str, Words] = {
    "not_allowed": {
        "zh": "不得占用：含Ⅰ级保护林地（《建设项目使用林地审核审批管理办法》第四条）",
        "en": "not allowed: class I protected forest land (rules on construction use, art. 4)",
    },
    "needs_approval": {
        "zh": "须先核准：落入红线、永久基本农田或保护地",
        "en": "needs approval first: red line, permanent farmland or a protected area",
    },
    "not_fully_checked": {
        "zh": "限制未核全：缺少相应图层",
        "en": "gates not all looked at: layers are missing",
    },
    "no_gate_found": {"zh": "未发现限制", "en": "no gate found"},
}
WORDS: dict[str, Words] = {
    "title": {"zh": "占用林地碳补偿单", "en": "Land take: carbon to make up for"},
    "area": {"zh": "占用面积", "en": "Area"},
    "forest": {"zh": "其中森林植被", "en": "of which forest vegetation"},
    "gate": {"zh": "限制", "en": "Gate"},
    "gated": {"zh": "受限面积", "en": "Gated area"},
    "lost": {"zh": "一次性损失", "en": "Lost at once"},
    "need": {"zh": "{years} 年后应补", "en": "Owed after {years} years"},
    "at_least": {"zh": "至少", "en": "at least"},
    "unknown": {"zh": "未知", "en": "not known"},
    "missing": {"zh": "未计入（未知）", "en": "Not counted (not known)"},
    "options": {"zh": "补偿方案", "en": "Ways to make up for it"},
    "credits": {"zh": "购买碳信用 {n} 吨", "en": "buy {n} credits of 1 t CO2"},
    "planting": {
        "zh": "栽植 {kind} {n} 公顷，{balance}",
        "en": "plant {n} ha of {kind}, {balance}",
    },
    "balance": {"zh": "{n} 年后持平", "en": "balanced after {n} years"},
    "never": {"zh": "不能持平", "en": "never balanced"},
    "impossible": {"zh": "栽植 {kind} 不能补足", "en": "{kind} cannot make up for it"},
    "law": {
        "zh": "植树造林面积不得少于减少的森林植被面积（森林法）。",
        "en": "The area planted is not less than the forest vegetation lost (Forest Law).",
    },
    "rule": {
        "zh": (
            "未见将占用林地折算为吨或金额的已发布规则，本单不给出法定数额。"
            "购买的碳信用不改变本区碳账。"
        ),
        "en": (
            "No published rule that turns land take into tonnes or yuan was seen: no legal amount"
            " is computed. Credits bought elsewhere do not mend the district's account."
        ),
    },
    "curve": {"zh": "应补碳随时间（吨 CO2）", "en": "Owed carbon by year (t CO2)"},
}
MISSING_WORDS: dict[str, Words] = {
    "living": {"zh": "活生物量", "en": "living biomass"},
    "dead_matter": {"zh": "枯死木与枯落物", "en": "dead wood and litter"},
    "soil": {"zh": "土壤", "en": "soil"},
    "foregone_growth": {"zh": "本应继续的生长", "en": "growth foregone"},
    "cleared_at_planting_site": {"zh": "栽植地清除的碳", "en": "carbon cleared where planted"},
}
STYLE = "section{break-after:page}.gate{background:#fff4d6;padding:6px 11px}svg{width:100%}"


def write_land_take(found: LandTake, folder: Path, language: Language) -> Path:
    """Write ``land_take.csv``, ``compensation.csv`` and ``land_take.html``; whole or not at all."""
    with published(folder) as stage:
        write_csv(found.land_take, stage / "land_take.csv")
        write_csv(found.compensation, stage / "compensation.csv")
        text = "\n".join(map(visible, _page(found, language))) + "\n"
        (stage / "land_take.html").write_text(text, encoding="utf-8", newline="\n")
    return folder / "land_take.html"


def take_lines(found: LandTake, language: Language) -> Iterator[str]:
    """The answer in a few lines per project: the gate first, then the tonnes."""
    for row in found.land_take.to_dict("records"):
        yield f"{visible(str(row['project']))}: {GATE_WORDS[row['gate']][language]}"
        yield (
            f"  {WORDS['area'][language]} {row['area_ha']:.4f} ha, "
            f"{WORDS['lost'][language]} {_tonnes(row['stock_lost_t_co2'], row['bound'], language)}"
        )
        for option in _options_of(found, row["project"], HORIZONS[1], language):
            yield f"  {option}"


def _tonnes(value: float, bound: str, language: Language) -> str:
    if np.isnan(value):
        return WORDS["unknown"][language]
    least = f"{WORDS['at_least'][language]} " if bound == "at_least" else ""
    return f"{least}{value:,.1f} t CO2"


def _missing(text: str, language: Language) -> str:
    own = {**POOL_NAMES, **MISSING_WORDS}
    names = [own[each][language] for each in text.split("; ") if each]
    return ("、" if language == "zh" else ", ").join(names)


def _options_of(found: LandTake, project: str, years: int, language: Language) -> Iterator[str]:
    table = found.compensation
    own = table[(table["project"] == project) & (table["horizon_years"] == years)]
    for row in own.to_dict("records"):
        if row["option"] == "credits":
            if not pd.isna(row["credits"]):
                yield WORDS["credits"][language].format(n=f"{row['credits']:,.0f}")
            continue
        kind = _type_name(row["ecosystem_type"], language)
        if pd.isna(row["hectares_needed"]):
            yield WORDS["impossible"][language].format(kind=kind)
            continue
        never = row["years_to_balance"] == "never"
        balance = WORDS["never" if never else "balance"][language]
        yield WORDS["planting"][language].format(
            kind=kind, n=f"{row['hectares_needed']:,.2f}",
            balance=balance.format(n=row["years_to_balance"]),
        )  # fmt: skip


def _type_name(kind: str, language: Language) -> str:
    return type_names([kind])[language]


def _page(found: LandTake, language: Language) -> Iterator[str]:
    title = WORDS["title"][language]
    yield f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{document_style()}{STYLE}</style></head><body><main>"
    for each, row in zip(found.projects, found.land_take.to_dict("records"), strict=True):
        yield from _section(found, each, row, language)
    for problem in found.problems:
        yield f'<p class="small">{html.escape(problem.text(language))}</p>'
    yield "</main></body></html>"


def _section(
    found: LandTake, each: TakenProject, row: dict[str, object], language: Language
) -> Iterator[str]:
    bound = str(row["bound"])
    later = "at_least" if row["missing_later"] else "whole"
    lines = [
        (WORDS["area"][language], f"{row['area_ha']:,.4f} ha"),
        (WORDS["forest"][language], f"{row['forest_ha']:,.4f} ha"),
        (WORDS["gated"][language], f"{row['gated_ha']:,.4f} ha"),
        (WORDS["lost"][language], _tonnes(float(str(row["stock_lost_t_co2"])), bound, language)),
    ]
    for years in HORIZONS:
        need = float(str(row[f"need_{years}_yr_t_co2"]))
        label = WORDS["need"][language].format(years=years)
        lines.append((label, _tonnes(need, later, language)))
    if row["missing_later"]:
        lines.append((WORDS["missing"][language], _missing(str(row["missing_later"]), language)))
    yield f"<section><h1>{WORDS['title'][language]}: {html.escape(each.code)}</h1>"
    gate = GATE_WORDS[str(row["gate"])][language]
    yield f'<p class="gate">{WORDS["gate"][language]}: {gate}</p><table>'
    for label, value in lines:
        yield f'<tr><th>{label}</th><td class="n">{html.escape(value)}</td></tr>'
    yield f"</table><h2>{WORDS['curve'][language]}</h2>"
    yield _curve(each)
    yield f"<h2>{WORDS['options'][language]}</h2><ul>"
    for years in HORIZONS:
        for option in _options_of(found, each.code, years, language):
            label = WORDS["need"][language].format(years=years)
            yield f"<li>{label}: {html.escape(option)}</li>"
    yield f'</ul><p class="small">{WORDS["law"][language]} {WORDS["rule"][language]}</p></section>'


def _curve(each: TakenProject) -> str:
    """The need by year as a picture without script."""
    years = np.arange(max(HORIZONS) + 1)
    owed = co2_from_c(np.array([float(each.need.total(int(y)).value[0]) for y in years]))
    if not np.isfinite(owed).all() or owed.max() <= 0:
        return ""
    top = float(owed.max())
    x, y = 60 + years * 13, 170 - owed / top * 150
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    ticks = "".join(
        f'<text x="{60 + year * 13}" y="190" font-size="11" text-anchor="middle">{year}</text>'
        for year in (0, *HORIZONS)
    )
    return (
        '<svg viewBox="0 0 620 200" role="img">'
        f'<text x="55" y="24" font-size="11" text-anchor="end">{top:,.0f}</text>'
        '<line x1="60" y1="170" x2="580" y2="170" stroke="#556b61"/>'
        f'<polyline points="{points}" fill="none" stroke="#b5462f" stroke-width="2"/>{ticks}</svg>'
    )
