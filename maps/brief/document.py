"""``report.docx``: the brief for a review, four to six pages, from the report alone.

Findings first: how each target stands and why those in doubt are in doubt. Then two maps, the
districts, the main figures, and what limits them. Sentences are the plan's own, the verdicts'
reasons and the problems' words; everything else is a name beside a figure. What has no room is
counted and stands in the workbooks.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from gis.problems import LANGUAGES, OutputError, ProblemLog, problem
from maps.brief.parts import (
    ACCENT,
    GREY,
    TEXT_WIDTH_MM,
    WARN,
    Brief,
    Cells,
    Piece,
    new_brief,
    shown,
)
from maps.brief.picture import map_picture
from maps.figures import figure_in, shown_unit
from maps.imprint import data_sources, imprint
from maps.report import IndicatorWords, Report
from maps.status_style import LOOKS, URGENCY, by_urgency, look
from maps.words import without_keys, words

_MOST_MAPS = 2
_MAP_WIDTH_MM, _MAP_HEIGHT_MM = 150.0, 104.0
"""Room that a map has: two of them fill a page."""

_MOST_REASONS, _MOST_BLANK, _MOST_FIGURES, _MOST_NOTES = 8, 6, 12, 6
"""Targets in doubt that are explained, targets without a verdict, main figures, notices."""

_COLUMNS = 7
"""Indicators side by side in the table of districts."""

_NAME, _SENTENCES = 40, 600
"""Characters of a name and of sentences; a cut shows as an ellipsis."""

_NAME_MM, _CODE_MM = 28.0, 17.0
_IN_DOUBT = URGENCY[:3]
"""A key in brackets behind the title that says the same."""


def write_brief(
    report: Report,
    path: str | os.PathLike[str],
    *,
    font: str | os.PathLike[str] | None = None,
    problems: ProblemLog | None = None,
) -> Path:
    """Write the brief; the same bytes for the same report.

    Where a map cannot be drawn, the brief says so in its place, and ``problems`` is told.
    """
    text = words(report.language)
    notice = text["common.synthetic"] if report.synthetic else ""
    foot = " · ".join(": ".join(each) for each in imprint(report))
    brief = new_brief(report.language, title=report.title, notice=notice, foot=shown(foot, 160))
    _add_front(brief, report, text)
    _add_findings(brief, report, text)
    _add_reasons(brief, report, text)
    _add_maps(brief, report, text, font, ProblemLog() if problems is None else problems)
    _add_districts(brief, report, text)
    _add_figures(brief, report, text)
    _add_schemes(brief, report, text)
    _add_caveats(brief, report, text)
    target = Path(path)
    target.write_bytes(brief.saved())
    return target


def _add_front(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """Title, and in two lines what the findings are about."""
    brief.paragraph(shown(report.title, 200), style="Title")
    language = report.language
    years = ", ".join(map(str, report.epochs))
    facts = [f"{shown(report.whole_name, _NAME)} {report.whole_code}", years]
    facts += [shown(report.plan_title[language], 200)]
    facts += [text["common.interval"].format(percent=f"{report.interval_percent:g}")]
    brief.paragraph(Piece(" · ".join(filter(str.strip, facts)), colour=GREY))


def _tally(report: Report, text: Mapping[str, str]) -> str:
    counts = report.verdicts["status"].value_counts()
    told = [f"{_status(each, text)} {counts[each]}" for each in LOOKS if each in counts.index]
    return " · ".join(told)


def _status(status: str, text: Mapping[str, str]) -> str:
    return f"{look(status).sign} {text[f'common.{status}']}"


def _order(report: Report) -> list[int]:
    """Places of the targets, the worst first."""
    table = report.verdicts
    return by_urgency(list(table["status"]), list(table["probability"].astype(float)))


def _add_findings(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """How many targets stand where, then each in a row, the worst first."""
    brief.heading(text["brief.findings"])
    if report.verdicts.empty:
        brief.paragraph(text["brief.no_targets"])
        return
    brief.paragraph(Piece(_tally(report, text), bold=True))
    language, order = report.language, _order(report)
    rows = report.verdicts.iloc[order].to_dict("records")
    told = [report.verdict_words[place] for place in order]
    measured = [_measured(report, row) for row in rows]
    brief.table(
        [
            Cells(text["brief.status"], [_status(str(each["status"]), text) for each in rows], 24),
            Cells(text["brief.target"], [shown(each["title"][language]) for each in told], 37),
            Cells(
                text["brief.printed"], [shown(each["printed"][language], 60) for each in told], 37
            ),
            Cells(text["brief.actual"], [each[0] for each in measured], 37, is_number=True),
            Cells(text["brief.gap"], [each[1] for each in measured], 21, is_number=True),
            Cells(text["brief.probability"], [each[2] for each in measured], 14, is_number=True),
        ],
        colours=[look(str(each["status"])).colour.lstrip("#").upper() for each in rows],
    )


def _measured(report: Report, row: Mapping[str, object]) -> tuple[str, str, str]:
    """Value with interval and unit, gap, and probability of a verdict, as far as it has them."""
    unit = shown_unit(str(row["unit"]), report.language)
    value, low, high, gap, chance = (
        _number(row[name]) for name in ("value", "low", "high", "gap", "probability")
    )
    actual = miss = ""
    if math.isfinite(value):
        actual = f"{figure_in(value, low, high, unit)} {unit.name}"
        if math.isfinite(low) and math.isfinite(high):
            ends = (figure_in(each, low, high, unit) for each in (low, high))
            actual += f" ({' – '.join(ends)})"
    if math.isfinite(gap):
        printed = figure_in(gap, low, high, unit)
        miss = f"+{printed}" if gap > 0 else printed
        if row["unit"] == "%":
            miss += f" {shown_unit('percentage points', report.language).name}"
    return actual, miss, _percent(chance) if math.isfinite(chance) else ""


def _number(value: object) -> float:
    return math.nan if value is None or value is pd.NA else float(str(value))


def _percent(chance: float) -> str:
    """A chance in whole percent; never 0 or 100, which nobody can know."""
    return "< 1 %" if chance < 0.01 else "> 99 %" if chance > 0.99 else f"{100.0 * chance:.0f} %"


def _add_reasons(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """Why the targets that are missed or in doubt are so; what the others without verdict lack."""
    language, statuses = report.language, list(report.verdicts["status"])
    order = _order(report)
    doubtful = [place for place in order if statuses[place] in _IN_DOUBT]
    blank = [place for place in order if statuses[place] == "not_evaluable"]
    if doubtful:
        brief.heading(text["brief.reasons"])
    for place in doubtful[:_MOST_REASONS]:
        told, status = report.verdict_words[place], str(statuses[place])
        colour = look(status).colour.lstrip("#").upper()
        clause = shown(report.verdicts["clause"].iloc[place], 30)
        leaning = told["leaning"][language]
        brief.paragraph(
            Piece(f"{look(status).sign} {shown(told['title'][language])}", True, colour),
            Piece(f"  {leaning}" if leaning else "", colour=colour),
            Piece(f"  {clause}", colour=GREY, size=9),
            keep=True,
        )
        brief.paragraph(
            Piece(
                shown(without_keys(told["reason"][language], report, language), _SENTENCES), size=9
            )
        )
    _tell_more(brief, text, len(doubtful) - _MOST_REASONS)
    if blank:
        brief.paragraph(Piece(text["brief.blank"], bold=True, colour=ACCENT), keep=True)
    for place in blank[:_MOST_BLANK]:
        told = report.verdict_words[place]
        reason = shown(without_keys(told["reason"][language], report, language), _SENTENCES)
        title = shown(told["title"][language])
        brief.paragraph(
            Piece(f"{title}  ", True, size=9), Piece(reason, size=9), style="List Bullet"
        )
    _tell_more(brief, text, len(blank) - _MOST_BLANK)


def _tell_more(brief: Brief, text: Mapping[str, str], more: int) -> None:
    """How many have no room."""
    if more > 0:
        brief.paragraph(Piece(text["brief.more"].format(count=more), colour=GREY, size=9))


def _add_maps(
    brief: Brief,
    report: Report,
    text: Mapping[str, str],
    font: str | os.PathLike[str] | None,
    problems: ProblemLog,
) -> None:
    pictured = _pictured(report)
    if pictured:
        brief.heading(text["brief.maps"], new_page=True)
    for number, indicator in enumerate(pictured, start=1):
        try:
            _add_map(brief, report, text, indicator, number, font)
        except OutputError as error:
            reason = {
                each: " ".join(found.message(each) for found in error.problems)
                for each in LANGUAGES
            }
            lost = problem("maps.map_left_out", f"report.docx {indicator}", reason=reason)
            problems.include(lost)
            brief.paragraph(Piece(shown(lost.message(report.language), _SENTENCES), colour=WARN))


def _districts(report: Report) -> pd.DataFrame:
    return report.results[report.results["unit_code"] != report.whole_code]


def _pictured(report: Report) -> tuple[str, ...]:
    """The judged indicators that differ between districts, the worst first; else any first one."""
    rows = _districts(report)
    rows = rows[rows["epoch"] == report.epochs[-1]].dropna(subset=["value"])
    varied = rows.groupby("indicator")["value"].nunique()
    many = set(varied[varied > len(report.units) / 2].index)
    known = [each.key for each in report.indicators if each.key in set(rows["indicator"])]
    judged = dict.fromkeys(str(report.verdicts["indicator"].iloc[each]) for each in _order(report))
    return tuple(each for each in judged if each in known and each in many)[:_MOST_MAPS] or tuple(
        known[:1]
    )


def _add_map(
    brief: Brief,
    report: Report,
    text: Mapping[str, str],
    indicator: str,
    number: int,
    font: str | os.PathLike[str] | None,
) -> None:
    picture = map_picture(report, indicator, font=font)
    title = shown(picture.title, 120)
    width = min(_MAP_WIDTH_MM, _MAP_HEIGHT_MM * picture.aspect)
    brief.picture(picture.png, width_mm=width, description=title)
    brief.swatches(picture.colours, picture.labels)
    unit = text["sheet.unit"].format(unit=picture.unit)
    pieces = [Piece(f"{text['brief.map'].format(number=number)} {title} · {unit}")]
    if report.synthetic:
        pieces.append(Piece(f" · {text['common.synthetic']}", colour=WARN))
    brief.paragraph(*pieces, style="Caption")


def _ranked(report: Report) -> list[IndicatorWords]:
    """Indicators with a value in the last year, those of targets first, the worst leading."""
    rows = report.results[report.results["epoch"] == report.epochs[-1]]
    present = set(rows.dropna(subset=["value"])["indicator"])
    judged = dict.fromkeys(str(report.verdicts["indicator"].iloc[each]) for each in _order(report))
    rank = {key: place for place, key in enumerate(judged)}
    shown_ = [each for each in report.indicators if each.key in present]
    return sorted(shown_, key=lambda each: rank.get(each.key, len(rank)))


def _titles(indicators: Iterable[IndicatorWords], report: Report) -> list[str]:
    return [shown(each.title[report.language], 60) for each in indicators]


def _add_districts(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """The last year's figures by district: 合计 first, then code order."""
    last = report.epochs[-1]
    brief.heading(text["brief.by_district"].format(year=last))
    brief.paragraph(Piece(text["brief.note_missing"], colour=GREY, size=9), keep=True)
    units = report.units.sort_values("unit_code")
    codes = [report.whole_code, *units["unit_code"]]
    total = f"{shown(report.whole_name, _NAME)} {text['workbook.total']}"
    names = [total, *(shown(each, _NAME) for each in units["unit_name"])]
    table = report.results.set_index(["indicator", "epoch", "unit_code"])
    ends = table[["value", "low", "high"]].astype(float)
    told = _ranked(report)[:_COLUMNS]
    width = (TEXT_WIDTH_MM - _NAME_MM - _CODE_MM) / _COLUMNS
    brief.table(
        [
            Cells(text["workbook.code"], codes, _CODE_MM),
            Cells(text["workbook.name"], names, _NAME_MM),
            *(_district_column(report, each, ends, codes, width) for each in told),
        ],
        size=7.5,
        strong=0,
    )


def _district_column(
    report: Report,
    indicator: IndicatorWords,
    ends: pd.DataFrame,
    codes: Sequence[str],
    width_mm: float,
) -> Cells:
    unit = shown_unit(indicator.unit, report.language)
    keys = pd.MultiIndex.from_product([[indicator.key], [report.epochs[-1]], codes])
    figures = [
        figure_in(value, low, high, unit) for value, low, high in ends.reindex(keys).to_numpy()
    ]
    heading = f"{shown(indicator.title[report.language], 60)} ({unit.name})"
    return Cells(heading, figures, width_mm, is_number=True)


def _add_figures(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """The whole's main figures, their intervals, and the change since the first year."""
    brief.heading(text["brief.figures"])
    told = _ranked(report)
    if not told:
        brief.paragraph(text["common.none"])
        return
    first, last = report.epochs[0], report.epochs[-1]
    whole = report.results[report.results["unit_code"] == report.whole_code]
    table = whole.set_index(["indicator", "epoch"])[["value", "low", "high"]].astype(float)
    moved = report.changes[
        (report.changes["unit_code"] == report.whole_code)
        & (report.changes["from_epoch"] == first)
        & (report.changes["to_epoch"] == last)
    ].set_index("indicator")[["value", "low", "high"]]
    now, ends, change = [], [], []
    for each in told[:_MOST_FIGURES]:
        unit = shown_unit(each.unit, report.language)
        value, low, high = _row(table, (each.key, last))
        now.append(figure_in(value, low, high, unit))
        known = math.isfinite(low) and math.isfinite(high)
        ends.append(
            f"{figure_in(low, low, high, unit)} – {figure_in(high, low, high, unit)}"
            if known
            else "–"
        )
        step = _row(moved, each.key)
        printed = figure_in(
            *step, shown_unit("percentage points", report.language) if each.unit == "%" else unit
        )
        change.append(f"+{printed}" if step[0] > 0 else printed)
    units = [shown_unit(each.unit, report.language).name for each in told[:_MOST_FIGURES]]
    columns = [
        Cells(text["brief.indicator"], _titles(told[:_MOST_FIGURES], report), 52),
        Cells(text["brief.unit"], units, 26),
        Cells(text["common.year"].format(year=last), now, 26, is_number=True),
        Cells(
            text["common.interval"].format(percent=f"{report.interval_percent:g}"),
            ends,
            38,
            is_number=True,
        ),
    ]
    if first != last:
        heading = text["workbook.change_of"].format(first=first, last=last)
        columns.append(Cells(heading, change, 28, is_number=True))
    brief.table(columns)
    _tell_more(brief, text, len(told) - _MOST_FIGURES)


def _row(table: pd.DataFrame, key: object) -> tuple[float, float, float]:
    """Value, low and high of a row, not known where there is none."""
    if key not in table.index:
        return math.nan, math.nan, math.nan
    value, low, high = table.loc[[key]].astype(float).iloc[0]
    return float(value), float(low), float(high)


def _add_schemes(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """How many systems and tasks the plan names without a figure, and which: one line."""
    if not report.scheme_words:
        return
    language = report.language
    comma = "、" if language == "zh" else "; "
    titles = comma.join(shown(each["title"][language], _NAME) for each in report.scheme_words)
    brief.paragraph(
        Piece(f"{text['map.schemes']}  ", bold=True, colour=ACCENT),
        Piece(shown(titles, _SENTENCES), size=9),
    )


def _add_caveats(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """What limits the figures: notices, the graver first; what has no figure; sources."""
    language = report.language
    brief.heading(text["brief.quality"])
    covered = _districts(report)["coverage"].astype(float)
    if covered.notna().any():
        brief.paragraph(f"{text['brief.coverage']}: {100 * covered.min():.1f} %")
    grave = [each for each in report.problems if each.severity != "info"]
    for each in grave[:_MOST_NOTES]:
        said = f"{each.message(language)} {each.remedy(language)}"
        said = shown(without_keys(said, report, report.language), _SENTENCES)
        brief.paragraph(Piece(said, size=9), style="List Bullet")
    if not report.problems:
        brief.paragraph(Piece(text["common.none"], size=9))
    _tell_more(brief, text, len(report.problems) - len(grave[:_MOST_NOTES]))
    titles = {each.key: each.title[language] for each in report.indicators}
    absent = dict.fromkeys(titles[key] for key, _, _ in report.absences if key in titles)
    if absent:
        comma = "、" if language == "zh" else ", "
        brief.paragraph(
            Piece(f"{text['brief.absences']}  ", bold=True, colour=ACCENT),
            Piece(shown(comma.join(absent), _SENTENCES), size=9),
        )
    sources = [data_sources(report), _systems(report)]
    brief.paragraph(
        Piece(f"{text['common.sources']}  ", bold=True, colour=ACCENT),
        Piece(shown(" ".join(filter(None, sources)), _SENTENCES), size=9),
    )
    brief.paragraph(Piece(text["brief.further"], colour=GREY, size=9))


def _systems(report: Report) -> str:
    """The coordinate systems of the layers, each once."""
    listed = report.provenance.get("inputs")
    found = (
        [each.get("crs") for each in listed if isinstance(each, Mapping)]
        if isinstance(listed, list)
        else []
    )
    return "; ".join(dict.fromkeys(str(each) for each in found if each))
