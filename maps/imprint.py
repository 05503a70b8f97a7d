"""Who answers for an output, and with which sources: the same few facts on every output."""

from __future__ import annotations

from maps.report import Report
from maps.words import words


def imprint(report: Report) -> tuple[tuple[str, str], ...]:
    """Name and text of each fact of publication; nothing is invented for what was not written."""
    text = words(report.language)
    facts = (
        ("review_number", report.review_number or text["common.review_pending"]),
        ("organisation", report.organisation or text["common.not_given"]),
        ("date", report.date or text["common.not_given"]),
    )
    return tuple((text[f"common.{key}"], fact) for key, fact in facts)


def data_sources(report: Report) -> str:
    """The sources as the analyst wrote them, else the layers and their years; then the plan's."""
    parts = list(report.sources)
    if not parts:
        years: dict[str, list[str]] = {}
        for layer in report.layers:
            years.setdefault(layer.title[report.language], []).append(str(layer.epoch or ""))
        parts = [f"{title} {'/'.join(each)}".strip() for title, each in years.items()]
    parts.append(report.plan_source[report.language])
    separator = "；" if report.language == "zh" else "; "
    return separator.join(dict.fromkeys(filter(None, parts)))
