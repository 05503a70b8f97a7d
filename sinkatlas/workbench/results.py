"""Result folders as the page shows them: what came out, and beside an earlier run."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gis.problems import InputError, problem
from sink_models.indicator import indicators
from sinkatlas.pipeline import files_to_open

_SHEETS = (".pdf", ".png", ".svg")
_SHOWN = (".html", ".csv", ".json", ".xlsx", ".docx", ".gpkg", ".parquet", ".qml", *_SHEETS)


def result(folder: Path) -> dict[str, Any]:
    """Title, verdicts, problems and files of a result folder.

    Raises ``InputError`` where it is none.
    """
    record = _record(folder)
    files = [each for each in sorted(folder.rglob("*")) if each.suffix.lower() in _SHOWN]
    first = files_to_open(folder)
    return {
        "folder": str(folder),
        "title": record.get("title", folder.name),
        "synthetic": bool(record.get("synthetic")),
        "workspace_sha256": record.get("workspace", {}).get("sha256", ""),
        "verdicts": _rows(folder / "verdicts.csv"),
        "titles": {
            key: {"zh": each.title_zh, "en": each.title_en} for key, each in indicators().items()
        },
        "problems": record.get("problems", []),
        "first": first,
        "files": [each.relative_to(folder).as_posix() for each in files if each.is_file()],
    }


def compared(one: Path, other: Path) -> list[dict[str, Any]]:
    """Figures of the whole in two result folders, side by side; absent is None, never zero."""
    tables = [_figures(folder) for folder in (one, other)]
    return [
        {
            "indicator": indicator, "epoch": epoch, "unit": unit,
            "one": tables[0].get((indicator, epoch, unit)),
            "other": tables[1].get((indicator, epoch, unit)),
        }
        for indicator, epoch, unit in sorted({*tables[0], *tables[1]})
    ]  # fmt: skip


def _figures(folder: Path) -> Mapping[tuple[str, str, str], float | None]:
    """Figures of the whole: of the unit whose code every indicator's last row has."""
    _record(folder)
    rows = _rows(folder / "results.csv")
    ledger = _rows(folder / "account.csv")
    known = {row["unit_code"] for row in rows}
    whole = ledger[-1]["unit_code"] if ledger else (rows[-1]["unit_code"] if rows else "")
    whole = whole if whole in known else (rows[-1]["unit_code"] if rows else "")
    return {
        (row["indicator"], row["epoch"], row["unit"]): float(row["value"]) if row["value"] else None
        for row in rows
        if row["unit_code"] == whole
    }


def _record(folder: Path) -> dict[str, Any]:
    try:
        held = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        held = None
    if not isinstance(held, dict):
        raise InputError(problem("sinkatlas.no_result", where=folder))
    return held


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
