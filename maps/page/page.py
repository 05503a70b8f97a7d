"""The interactive map: one HTML file that opens with no network and shows the whole report."""

from __future__ import annotations

from pathlib import Path

from maps.page.offline import offline_page
from maps.page.page_data import payload
from maps.page.style import asset
from maps.report import Report

SCRIPTS = (
    "dom.js",
    "data.js",
    "format.js",
    "theme.js",
    "mapview.js",
    "swipe.js",
    "stands.js",
    "legend.js",
    "chooser.js",
    "card.js",
    "targets.js",
    "trend.js",
    "ranking.js",
    "panels.js",
    "link.js",
    "page.js",
)
"""Our script in the order in which its parts build on each other."""

STYLES = ("page.css", "map.css", "panels.css", "print.css")


def write_map(report: Report, path: Path) -> None:
    """Write the map of a report to one file; the same bytes for the same report.

    Raises ``OutputError`` when the page would need the network, ``OSError`` when it cannot be
    written.
    """
    path.write_text(map_page(report), encoding="utf-8", newline="\n")


def map_page(report: Report) -> str:
    """The text of the map page."""
    body = "\n".join(asset("js", name) for name in SCRIPTS)
    script = f'(function () {{\n"use strict";\n{body}\n}})();'
    style = "\n".join(asset("css", name) for name in STYLES)
    return offline_page(payload(report), script=script, style=style)
