"""``report.docx``: the brief that goes to a review, three to eight pages, from the report alone.

What was asked, what was found for each target with the sheet's map, the districts, method and
sources, quality and caveats. Sentences are the plan's own, the verdicts' reasons and the problems'
words; everything else is a name beside a figure.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from gis.problems import LANGUAGES, Language, OutputError, ProblemLog, problem
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
from maps.figures import figure, shown_unit
from maps.imprint import data_sources, imprint
from maps.report import IndicatorWords, Report
from maps.status_style import LOOKS, look
from maps.words import term, words

_MOST_MAPS = 2
_MAP_WIDTH_MM = 104.0
_COLUMNS = 8
"""Indicators side by side in a table of districts."""

_MOST_BY_DISTRICT = 16
"""Indicators that are told by district and defined; the workbook has all."""

_MOST_NOTES = 6
"""Notices and absences that are printed; the workbook lists all."""

_NAME, _REASON, _QUOTE = 40, 140, 240
"""Characters of a name, of a reason and of a plan's words; a cut shows as an ellipsis."""

_NAME_MM, _CODE_MM = 28.0, 17.0

_FACTS = ("epoch", "path", "crs")
"""What the brief tells of an input beside its kind."""


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
    foot = ": ".join(imprint(report)[0])
    brief = new_brief(report.language, title=report.title, notice=notice, foot=shown(foot, 120))
    _add_front(brief, report, text)
    _add_asked(brief, report, text)
    _add_findings(brief, report, text, font, ProblemLog() if problems is None else problems)
    _add_schemes(brief, report, text)
    _add_figures(brief, report, text)
    _add_districts(brief, report, text)
    _add_method(brief, report, text)
    _add_quality(brief, report, text)
    target = Path(path)
    target.write_bytes(brief.saved())
    return target


def _add_front(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """Title and the facts of the run."""
    brief.paragraph(shown(report.title, 200), style="Title")
    language = report.language
    facts = {
        "territory": f"{shown(report.whole_name, _NAME)} {report.whole_code}",
        "years": ", ".join(map(str, report.epochs)),
        "plan": shown(report.plan_title[language], 200),
        "plan_source": shown(report.plan_source[language]),
        "interval": f"{report.interval_percent:g} %",
        "districts_count": str(len(report.units)),
        "findings": _tally(report, text),
    }
    told = [(text[f"brief.{key}"], fact) for key, fact in facts.items() if fact.strip()]
    told += [(name, shown(fact, 200)) for name, fact in imprint(report)]
    brief.facts([*told, (text["common.sources"], shown(data_sources(report)))])


def _tally(report: Report, text: Mapping[str, str]) -> str:
    counts = report.verdicts["status"].value_counts()
    told = [f"{_status(each, text)} {counts[each]}" for each in LOOKS if each in counts.index]
    return " · ".join(told)


def _status(status: str, text: Mapping[str, str]) -> str:
    return f"{look(status).sign} {text[f'common.{status}']}"


def _add_asked(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """Each target as the plan prints it."""
    brief.heading(text["brief.asked"])
    if report.verdicts.empty:
        brief.paragraph(text["brief.no_targets"])
        return
    language, table = report.language, report.verdicts
    told = report.verdict_words
    brief.table(
        [
            Cells(text["brief.clause"], [shown(each, 30) for each in table["clause"]], 24),
            Cells(text["brief.target"], [shown(each["title"][language], 80) for each in told], 58),
            Cells(
                text["brief.printed"], [shown(each["printed"][language], 100) for each in told], 58
            ),
            Cells(text["brief.status"], [_status(each, text) for each in table["status"]], 30),
        ]
    )


def _add_findings(
    brief: Brief,
    report: Report,
    text: Mapping[str, str],
    font: str | os.PathLike[str] | None,
    problems: ProblemLog,
) -> None:
    """Each target with its figure, reason and the plan's words, then the maps they point to."""
    brief.heading(text["brief.found"])
    pictured = _pictured(report)
    for told, row in zip(report.verdict_words, report.verdicts.to_dict("records"), strict=True):
        indicator = str(row["indicator"])
        number = pictured.index(indicator) + 1 if indicator in pictured else 0
        _add_finding(brief, report, text, told, row, number)
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
            brief.paragraph(Piece(shown(lost.message(report.language), _REASON), colour=WARN))


def _add_schemes(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """What the plan wants built or done without a figure, and what the run contributes."""
    if not report.scheme_words:
        return
    brief.heading(text["map.schemes"])
    language = report.language
    brief.paragraph(text["map.note_schemes"])

    def cells(name: str, heading: str, most: int, width: float) -> Cells:
        told = [shown(each[name][language], most) for each in report.scheme_words]
        return Cells(heading, told, width)

    brief.table(
        [
            cells("clause", text["brief.clause"], 20, 20),
            cells("title", text["brief.target"], 40, 44),
            cells("contributes", text["map.contributes"], 64, 62),
            cells("needs", text["map.scheme_needs"], 44, 44),
        ]
    )


def _districts(report: Report) -> pd.DataFrame:
    return report.results[report.results["unit_code"] != report.whole_code]


def _pictured(report: Report) -> tuple[str, ...]:
    """The first judged indicators that have figures for districts; with none, any first one."""
    with_values = set(_districts(report).dropna(subset=["value"])["indicator"])
    known = [each.key for each in report.indicators if each.key in with_values]
    judged = [str(each) for each in dict.fromkeys(report.verdicts["indicator"])]
    return tuple(each for each in judged if each in known)[:_MOST_MAPS] or tuple(known[:1])


def _add_finding(
    brief: Brief,
    report: Report,
    text: Mapping[str, str],
    told: Mapping[str, Mapping[Language, str]],
    row: Mapping[str, object],
    number: int,
) -> None:
    """One target; ``number`` is that of its map, 0 for none."""
    language, status = report.language, str(row["status"])
    colour = look(status).colour.lstrip("#").upper()
    brief.paragraph(
        Piece(f"{_status(status, text)}  ", bold=True, colour=colour),
        *([Piece(f"{leaning}  ", colour=colour)] if (leaning := told["leaning"][language]) else []),
        Piece(shown(told["title"][language], 120)),
        style="Heading 2",
        keep=True,
    )
    facts = _measured(report, text, row)
    if facts:
        facts.insert(0, f"{text['brief.printed']}: {shown(told['printed'][language], 100)}")
    facts += [text["brief.see_map"].format(number=number)] if number else []
    if facts:
        brief.paragraph(" · ".join(facts), keep=True)
    quote = f"{text['brief.quote']} ({shown(row['clause'], 30)}): "
    brief.paragraph(
        Piece(f"{shown(told['reason'][language], _REASON)} "),
        Piece(f"{quote}{shown(told['quote'][language], _QUOTE)}", colour=GREY, size=9),
    )


def _measured(report: Report, text: Mapping[str, str], row: Mapping[str, object]) -> list[str]:
    """Value with interval, gap and probability of a verdict, as far as it has them."""
    unit = shown_unit(str(row["unit"]), report.language)
    value, low, high, gap, chance = (
        _number(row[name]) for name in ("value", "low", "high", "gap", "probability")
    )
    found = []
    if math.isfinite(value):
        year = int(_number(row["epoch"]))
        actual = text["brief.actual"].format(year=year)
        found.append(f"{actual}: {figure(value, unit)} {unit.name}")
    if math.isfinite(low) and math.isfinite(high):
        name = text["common.interval"].format(percent=f"{report.interval_percent:g}")
        found.append(f"{name}: {figure(low, unit)} – {figure(high, unit)}")
    if math.isfinite(gap):
        found.append(f"{text['brief.gap']}: {_signed(gap, figure(gap, unit))} {unit.name}")
    if math.isfinite(chance):
        found.append(f"{text['brief.probability']}: {_percent(chance)}")
    return found


def _number(value: object) -> float:
    return math.nan if value is None or value is pd.NA else float(str(value))


def _percent(chance: float) -> str:
    """A chance in percent, in the digits that it comes in; never 0 or 100."""
    return "< 1 %" if chance < 0.01 else "> 99 %" if chance > 0.99 else f"{100.0 * chance:.3g} %"


def _signed(value: float, printed: str) -> str:
    return f"+{printed}" if value > 0 else printed


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
    brief.picture(picture.png, width_mm=_MAP_WIDTH_MM, description=title)
    brief.swatches(picture.colours, picture.labels)
    unit = text["sheet.unit"].format(unit=picture.unit)
    caption = (
        f"{text['brief.map'].format(number=number)} {title} · {unit} · {text['brief.reduced']}"
    )
    pieces = [Piece(caption)]
    if report.synthetic:
        pieces.append(Piece(f" · {text['common.synthetic']}", colour=WARN))
    brief.paragraph(*pieces, style="Caption")


def _add_figures(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """The whole's figure of each indicator per year, with the last year's interval and change."""
    brief.heading(text["brief.figures"])
    shown_ = _shown_indicators(report)
    if not shown_:
        brief.paragraph(text["common.none"])
        return
    whole = report.results[report.results["unit_code"] == report.whole_code]
    table = whole.set_index(["indicator", "epoch"])[["value", "low", "high"]].astype(float)
    units = [shown_unit(each.unit, report.language) for each in shown_]

    def cell(place: int, epoch: int, name: str) -> float:
        key = (shown_[place].key, epoch)
        return float(table.loc[key, name]) if key in table.index else math.nan

    numbers = range(len(shown_))
    last = report.epochs[-1]
    years = [
        Cells(
            text["common.year"].format(year=epoch),
            [figure(cell(i, epoch, "value"), units[i]) for i in numbers],
            24,
            is_number=True,
        )
        for epoch in report.epochs[-3:]
    ]
    interval = text["brief.interval_of"].format(
        year=last, interval=text["common.interval"].format(percent=f"{report.interval_percent:g}")
    )
    intervals = [
        f"{figure(cell(i, last, 'low'), units[i])} – {figure(cell(i, last, 'high'), units[i])}"
        if math.isfinite(cell(i, last, "low"))
        else "–"
        for i in numbers
    ]
    brief.table(
        [
            Cells(text["brief.indicator"], _titles(shown_, report), 46),
            Cells(text["brief.unit"], [each.name for each in units], 26),
            *years,
            Cells(interval, intervals, TEXT_WIDTH_MM - 72 - 24 * len(years), is_number=True),
        ]
    )


def _shown_indicators(report: Report) -> list[IndicatorWords]:
    present = set(report.results.dropna(subset=["value"])["indicator"])
    return [each for each in report.indicators if each.key in present]


def _told_by_district(report: Report) -> list[IndicatorWords]:
    """The judged indicators and then the others, as many as the brief has room for, in order."""
    shown_ = _shown_indicators(report)
    judged = set(report.verdicts["indicator"].astype(str))
    first = sorted(shown_, key=lambda each: each.key not in judged)[:_MOST_BY_DISTRICT]
    return [each for each in shown_ if each in first]


def _tell_the_rest(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """How many indicators have no place in a table."""
    more = len(_shown_indicators(report)) - len(_told_by_district(report))
    if more:
        brief.paragraph(Piece(text["brief.more"].format(count=more), colour=GREY, size=9))


def _titles(indicators: Iterable[IndicatorWords], report: Report) -> list[str]:
    return [shown(each.title[report.language], 60) for each in indicators]


def _add_districts(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """The last year's figures by district: 合计 first, then code order."""
    last = report.epochs[-1]
    brief.heading(text["brief.by_district"].format(year=last))
    brief.paragraph(Piece(text["brief.note_missing"], colour=GREY, size=9))
    units = report.units.sort_values("unit_code")
    codes = [report.whole_code, *units["unit_code"]]
    total = f"{shown(report.whole_name, _NAME)} {text['workbook.total']}"
    names = [total, *(shown(each, _NAME) for each in units["unit_name"])]
    values = report.results.set_index(["indicator", "epoch", "unit_code"])["value"].astype(float)
    shown_ = _told_by_district(report)
    width = (TEXT_WIDTH_MM - _NAME_MM - _CODE_MM) / _COLUMNS
    for start in range(0, len(shown_), _COLUMNS):
        part = shown_[start : start + _COLUMNS]
        brief.table(
            [
                Cells(text["workbook.code"], codes, _CODE_MM),
                Cells(text["workbook.name"], names, _NAME_MM),
                *(_district_column(report, each, values, codes, width) for each in part),
            ],
            size=7.5,
            strong=0,
        )
    _tell_the_rest(brief, report, text)


def _district_column(
    report: Report,
    indicator: IndicatorWords,
    values: pd.Series[float],
    codes: Sequence[str],
    width_mm: float,
) -> Cells:
    unit = shown_unit(indicator.unit, report.language)
    wanted = pd.MultiIndex.from_product([[indicator.key], [report.epochs[-1]], codes])
    figures = [figure(each, unit) for each in values.reindex(wanted)]
    heading = f"{shown(indicator.title[report.language], 60)} ({unit.name})"
    return Cells(heading, figures, width_mm, is_number=True)


def _add_method(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """Definitions, inputs and documents."""
    language = report.language
    brief.heading(text["brief.method"])
    shown_ = _told_by_district(report)
    brief.table(
        [
            Cells(text["brief.indicator"], _titles(shown_, report), 34),
            Cells(
                text["brief.definition"], [shown(each.definition[language]) for each in shown_], 84
            ),
            Cells(text["brief.source"], [shown(each.source, 160) for each in shown_], 52),
        ],
        size=8,
    )
    _tell_the_rest(brief, report, text)
    brief.paragraph(Piece(text["brief.inputs"], bold=True, colour=ACCENT), keep=True)
    inputs = _inputs(report)
    widths = (38.0, 20.0, 52.0, 60.0)
    brief.table(
        [
            Cells(text[f"workbook.input_{name}"], [each[place] for each in inputs], width)
            for place, (name, width) in enumerate(
                zip(("kind", "epoch", "path", "crs"), widths, strict=True)
            )
        ],
        size=7.5,
    )
    documents = _documents(report)
    if documents:
        brief.paragraph(Piece(text["brief.documents"], bold=True, colour=ACCENT), keep=True)
        brief.paragraph(Piece("; ".join(documents), size=9))


def _inputs(report: Report) -> list[tuple[str, ...]]:
    """Kind, years, files and coordinate systems of the layers that were read; a row per kind."""
    found: dict[str, list[Mapping[str, object]]] = {}
    for each in _listed(report.provenance.get("inputs")):
        if "path" in each:
            found.setdefault(str(each.get("kind", "")), []).append(each)
    return [
        (shown(term(kind, report.language), _NAME), *(_listing(of_kind, name) for name in _FACTS))
        for kind, of_kind in found.items()
    ]


def _listing(inputs: Sequence[Mapping[str, object]], name: str) -> str:
    """What several inputs say of themselves, each thing once."""
    told = [str(each[name]) for each in inputs if each.get(name) is not None]
    return shown(", ".join(dict.fromkeys(told)) or "–", 120)


def _listed(value: object) -> list[Mapping[str, object]]:
    """The mappings of a list in the run record; of anything else, none."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _documents(report: Report) -> list[str]:
    """The documents of the coefficients used, each once."""
    if "source_document" not in report.coefficients:
        return []
    named = report.coefficients["source_document"].dropna()
    return [shown(each, 160) for each in dict.fromkeys(map(str, named))]


def _add_quality(brief: Brief, report: Report, text: Mapping[str, str]) -> None:
    """How the account closes, notices, and what is absent; absent parts are counted."""
    language = report.language
    brief.heading(text["brief.quality"])
    facts = []
    if "relative_residual" in report.ledger:
        residual = float(report.ledger["relative_residual"].abs().max())
        facts.append((text["brief.residual"], f"{residual:.1e}"))
    covered = _districts(report)["coverage"].astype(float)
    if covered.notna().any():
        facts.append((text["brief.coverage"], f"{100 * covered.min():.2f} %"))
    if facts:
        brief.facts(facts)
    notices = [each.text(language) for each in report.problems]
    titles = {each.key: each.title[language] for each in report.indicators}
    absent = [
        f"{titles[key]} {epoch}: {each.message(language)} {each.remedy(language)}"
        for key, epoch, each in report.absences
        if key in titles
    ]
    parts = len(report.absences) - len(absent)
    _add_notes(brief, text, text["brief.notices"], notices, 0)
    _add_notes(brief, text, text["brief.absences"], absent, parts)


def _add_notes(
    brief: Brief, text: Mapping[str, str], title: str, notes: Sequence[str], unlisted: int
) -> None:
    """A titled list; what does not fit is counted with what was not to be listed."""
    brief.paragraph(Piece(title, bold=True, colour=ACCENT), keep=True)
    for each in notes[:_MOST_NOTES]:
        brief.paragraph(Piece(shown(each), size=9), style="List Bullet")
    more = max(len(notes) - _MOST_NOTES, 0) + unlisted
    if more:
        brief.paragraph(Piece(text["brief.more"].format(count=more), colour=GREY, size=9))
    elif not notes:
        brief.paragraph(Piece(text["common.none"], size=9))
