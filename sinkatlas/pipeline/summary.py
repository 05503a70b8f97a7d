"""What a run came to, for the end of a command line and for the fronts that start one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.problems import LANGUAGES, Language
from maps.status_style import LOOKS
from maps.words import words

if TYPE_CHECKING:
    from maps.report import Report

TO_OPEN = ("map.html", "report.docx", "report.xlsx", "audit.xlsx", "method.html", "sheets")
"""What a reader opens, in this order; the tables lie beside them."""

HEADLINE = ("sink_models.provenance", "sink_models.biomass_left_out")
"""What a reader of the figures has to know first: what they rest on, what they do not include."""

_BAD = ("not_met", "off_track")
_MOST_NEWS = 5
_COLON: Mapping[Language, str] = {"zh": "：", "en": ": "}


def run_record(report: Report, folder: Path | None) -> dict[str, object]:
    """A finished run as plain values: folder, files to open, verdicts, worst news, problems."""
    return {
        "folder": str(folder) if folder else None,
        "files": files_to_open(folder) if folder else [],
        **told_of(report),
    }


def told_of(report: Report) -> dict[str, Any]:
    """What a run says at its end, wherever its files are."""
    return {
        "title": report.title,
        "verdicts": _verdicts(report),
        "worst": [
            {each: f"{title}{_COLON[each]}{reason}" for each, title, reason in news}
            for news in _worst(report)
        ],
        "headline": _headline(report),
        "problems": dict(Counter(each.severity.value for each in report.problems)),
    }


def standing_summary(record: Mapping[str, Any], folder: Path) -> dict[str, object]:
    """What a run says of a folder that holds its result already: the record's own words."""
    place = {"folder": str(folder), "files": files_to_open(folder)}
    return {**place, **record["told"], "is_up_to_date": True}


def summary_lines(record: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Counts of verdicts, the worst news, how many doubts there are, and the files to open."""
    text = words(language)
    yield record["title"]
    if record.get("is_up_to_date"):
        yield (
            "  输入、设置和程序都没有变化，结果仍然有效，未重新计算（要重新计算请加 --again）。"
            if language == "zh"
            else "  Inputs, settings and program are unchanged: the result stands and was not"
            " computed again (--again does)."
        )
    if counts := record["verdicts"]:
        told = (f"{LOOKS[each].sign} {text[f'common.{each}']} {n}" for each, n in counts.items())
        yield "  " + " · ".join(told)
    yield from (f"  {news[language]}" for news in record["worst"])
    yield from (f"  {said[language]}" for said in record["headline"])
    weights = record["problems"]
    warnings, notes = weights.get("warning", 0), weights.get("info", 0)
    if warnings or notes:
        places = [
            name for name in ("map.html", "run.json") if name in (*record["files"], "run.json")
        ]
        yield (
            f"  警告 {warnings} 条，提示 {notes} 条，见 {' 和 '.join(places)}。"
            if language == "zh"
            else f"  Warnings: {warnings}, notes: {notes}; see {' and '.join(places)}."
        )
    if record["folder"] is not None:
        yield "打开：" if language == "zh" else "Open:"
        yield from (f"  {Path(record['folder']) / name}" for name in record["files"])


def files_to_open(folder: Path) -> list[str]:
    """The files of a result folder that a reader opens, as far as they are there."""
    return [name for name in TO_OPEN if (folder / name).exists()]


def _verdicts(report: Report) -> dict[str, int]:
    counts = Counter(report.verdicts["status"]) if len(report.verdicts) else Counter()
    return {each: counts[each] for each in LOOKS if counts[each]}


def _headline(report: Report) -> list[dict[Language, str]]:
    """What the last epoch's figures rest on and leave out, by language."""
    told = {
        each.code: each  # the last epoch is told last
        for each in report.problems
        if each.code in HEADLINE
    }
    return [
        {language: told[code].message(language) for language in LANGUAGES}
        for code in HEADLINE
        if code in told
    ]


def _worst(report: Report) -> list[list[tuple[Language, str, str]]]:
    """Title and reason, per language, of the targets that are missed, the plainest first."""
    if not len(report.verdicts):
        return []
    told = zip(report.verdicts["status"], report.verdict_words, strict=True)
    missed = sorted(
        ((status, said) for status, said in told if status in _BAD),
        key=lambda each: _BAD.index(each[0]),
    )
    return [
        [(each, said["title"][each], said["reason"][each]) for each in LANGUAGES]
        for _, said in missed[:_MOST_NEWS]
    ]
