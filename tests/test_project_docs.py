"""The documents are true to the tree: links resolve, both READMEs say the same, keys are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sinkatlas

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
READMES = tuple((PROJECT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def outline(text: str) -> list[int]:
    """Levels of the headings, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE)]


def commands(text: str) -> list[str]:
    """Lines of the shell blocks without their comments."""
    blocks = [body for language, body in FENCE.findall(text) if language in {"sh", "bat"}]
    lines = "".join(blocks).splitlines()
    return [line.partition("#")[0].strip() for line in lines]


def first_cells(text: str) -> list[str]:
    """What stands in the first column of the tables, between backticks."""
    rows = re.findall(r"^\| ([^|]*)\|", FENCE.sub("", text), re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def settings(text: str) -> list[str]:
    """Keys of the workspace example: the values are translated."""
    return [
        line.partition("=")[0].strip()
        for language, body in FENCE.findall(text)
        if language == "toml"
        for line in body.splitlines()
    ]


@pytest.mark.parametrize("part", [outline, commands, first_cells, settings])
def test_both_readmes_say_the_same(part) -> None:
    english, chinese = map(part, READMES)
    assert english == chinese
    assert english


def test_both_readmes_link_to_the_same_documents() -> None:
    english, chinese = (set(LINK.findall(text)) for text in READMES)
    assert english - {"README.zh.md"} == chinese - {"README.md"}


def test_the_readmes_make_targets_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    asked = {line.split()[1] for line in commands(READMES[0]) if line.startswith("make ")}
    assert {"demo", "test"} <= asked
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in asked)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_resolve_and_nothing_is_absolute(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [link for link in LINK.findall(text) if not link.startswith("https://")]
    broken = [link for link in links if not (document.parent / link.partition("#")[0]).exists()]
    assert not broken
    assert not [link for link in links if link.startswith(("/", "file:", "http:"))]
    assert not re.search(r"(?<![\w.])/(work|home|root|Users|tmp)/|\b[A-Z]:\\", text)


def test_every_decision_is_listed() -> None:
    index = PROJECT / "docs" / "decisions" / "README.md"
    listed = set(LINK.findall(index.read_text("utf-8")))
    assert listed == {path.name for path in index.parent.glob("*.md")} - {"README.md"}


def test_every_room_with_problems_is_listed() -> None:
    listed = set(LINK.findall((PROJECT / "docs" / "problems.md").read_text("utf-8")))
    assert listed == {f"../{named(path)}" for path in PROJECT.glob("*/problems.toml")}


def test_every_key_of_the_workspace_is_documented() -> None:
    text = (PROJECT / "docs" / "workspace.md").read_text("utf-8")
    words = set(re.findall(r"`([\w.]+)`|^(\w+) =|^\[+([\w.]+)\]+", text, re.MULTILINE))
    documented = {part for groups in words for word in groups for part in word.split(".")}
    schema = sinkatlas.workspace_schema()
    tables = [schema, *schema["$defs"].values()]
    keys = {key for table in tables for key in table.get("properties", {})}
    kinds = set(schema["$defs"]["LayerTable"]["properties"]["kind"]["enum"]) - {"districts"}
    assert not (keys | kinds) - documented


def test_the_workspace_example_of_the_docs_is_valid_but_for_its_files(tmp_path: Path) -> None:
    from gis.problems import InputError

    for document in (PROJECT / "docs" / "workspace.md", PROJECT / "README.md"):
        (example,) = (
            body for kind, body in FENCE.findall(document.read_text("utf-8")) if kind == "toml"
        )
        file = tmp_path / "workspace.toml"
        file.write_text(example, encoding="utf-8")
        with pytest.raises(InputError, match="workspace_file_missing") as caught:
            sinkatlas.load_workspace(file)
        codes = {problem.code for problem in caught.value.problems}
        assert codes == {"sinkatlas.workspace_file_missing"}
