"""Write the tables and indicators of docs/outputs.md from what they declare of themselves.

Run ``python docs/write_outputs.py`` after a change of a table or an indicator; a test tells when
the page is not current.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from maps.tables import TableWords
from sink_models.indicator import indicators
from sinkatlas.pipeline.table_registry import output_tables

PAGE = Path(__file__).resolve().parent / "outputs.md"
START, END = "<!-- written by docs/write_outputs.py -->", "<!-- end -->"


def current(page: str) -> str:
    """The page with its written part as the declarations are now."""
    before, rest = page.split(START, 1)
    _, after = rest.split(END, 1)
    return "\n".join([before + START, "", *_written(), END]) + after


def _written() -> Iterator[str]:
    for table in output_tables().values():
        yield from _table(table.words)
    yield "### Indicators\n"
    yield "| indicator | unit | 名称 | name | 定义 | definition |"
    yield "|---|---|---|---|---|---|"
    for key, each in indicators().items():
        titles = f"{each.title_zh} | {each.title_en}"
        yield f"| `{key}` | {each.unit} | {titles} | {each.definition_zh} | {each.definition_en} |"
    yield ""


def _table(words: TableWords) -> Iterator[str]:
    yield f"### {words.name}.csv\n"
    withheld = "" if words.is_public else " Empty in the public profile. 公开版为空。"
    yield f"{words.en}. {words.zh}。{withheld}\n".replace("。 ", "。")
    yield "| column | unit | meaning | 含义 |"
    yield "|---|---|---|---|"
    for each in words.columns:
        english = f"{each.en}: {each.note_en}" if each.note_en else each.en
        chinese = f"{each.zh}：{each.note_zh}" if each.note_zh else each.zh
        yield f"| `{each.name}` | {each.unit} | {english} | {chinese} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
