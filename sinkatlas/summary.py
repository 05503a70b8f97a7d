"""What a run came to, for the end of a command line and for the fronts that start one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gis.problems import LANGUAGES, Language
from maps.status_style import LOOKS
from maps.words import words
from sinkatlas.pipeline import Run

TO_OPEN = ("map.html", "report.docx", "report.xlsx", "audit.xlsx", "method.html", "sheets")
"""What a reader opens, in this order; the tables lie beside them."""

_BAD = ("not_met", "off_track")
_MOST_NEWS = 5


def run_record(done: Run) -> dict[str, object]:
    """A finished run as plain values: folder, files to open, verdicts, worst news, problems."""
    folder = done.folder
    return {
        "folder": str(folder) if folder else None,
        "title": done.report.title,
        "files": [name for name in TO_OPEN if folder and (folder / name).exists()],
        "verdicts": _verdicts(done),
        "worst": [
            {language: f"{title} {reason}" for language, title, reason in news}
            for news in _worst(done)
        ],
        "problems": _weights(done),
    }


def summary_lines(done: Run, language: Language) -> Iterator[str]:
    """Counts of verdicts, the worst news, how many doubts there are, and the files to open."""
    text, counts, weights = words(language), _verdicts(done), _weights(done)
    yield done.report.title
    if counts:
        told = (f"{LOOKS[each].sign} {text[f'common.{each}']} {n}" for each, n in counts.items())
        yield "  " + " · ".join(told)
    for news in _worst(done):
        yield from (f"  {title}: {reason}" for each, title, reason in news if each == language)
    warnings, notes = weights.get("warning", 0), weights.get("info", 0)
    if warnings or notes:
        yield (
            f"  警告 {warnings} 条，提示 {notes} 条，见 map.html 和 run.json。"
            if language == "zh"
            else f"  Warnings: {warnings}, notes: {notes}; see map.html and run.json."
        )
    if done.folder is not None:
        yield "打开：" if language == "zh" else "Open:"
        yield from (f"  {path}" for path in files_to_open(done.folder))


def files_to_open(folder: Path) -> Iterator[Path]:
    """The files of a result folder that a reader opens, as far as they are there."""
    return (folder / name for name in TO_OPEN if (folder / name).exists())


def _verdicts(done: Run) -> dict[str, int]:
    counts = Counter(done.report.verdicts["status"]) if len(done.report.verdicts) else Counter()
    return {each: counts[each] for each in LOOKS if counts[each]}


def _weights(done: Run) -> dict[str, int]:
    return dict(Counter(each.severity.value for each in done.report.problems))


def _worst(done: Run) -> list[list[tuple[Language, str, str]]]:
    """Title and reason, per language, of the targets that are missed, the plainest first."""
    if not len(done.report.verdicts):
        return []
    told = zip(done.report.verdicts["status"], done.report.verdict_words, strict=True)
    missed = sorted(
        ((status, said) for status, said in told if status in _BAD),
        key=lambda each: _BAD.index(each[0]),
    )
    return [
        [(each, said["title"][each], said["reason"][each]) for each in LANGUAGES]
        for _, said in missed[:_MOST_NEWS]
    ]
