"""Tables of measures: printed as Markdown, and kept in the page of the docs that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENT = PROJECT / "docs" / "benchmarks.md"


def as_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def put_into(document: Path, name: str, table: str) -> None:
    """Replace one table of the document, between its marks."""
    text = document.read_text(encoding="utf-8")
    head, mark, rest = text.partition(f"<!-- table: {name} -->\n")
    _, end, tail = rest.partition("<!-- end -->\n")
    if not mark or not end:
        raise SystemExit(f"{document} has no place for the table {name}")
    document.write_text(f"{head}{mark}{table}\n{end}{tail}", encoding="utf-8")
