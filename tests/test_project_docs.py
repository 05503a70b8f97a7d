"""The documents are true to the tree: links resolve, both READMEs say the same, keys are named."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main

import sinkatlas
from sinkatlas.cli import app
from sinkatlas.workspace import workspace_of

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path
    for path in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"))
    if "_made" not in path.parts  # written by the build of the site
)
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


GUIDES = sorted(path.name for path in (PROJECT / "docs" / "en").glob("*.md"))


def guide(language: str, name: str) -> str:
    return (PROJECT / "docs" / language / name).read_text("utf-8")


def code(text: str, *languages: str) -> list[str]:
    return [body for language, body in FENCE.findall(text) if language in languages]


@pytest.mark.parametrize("name", GUIDES)
def test_guides_say_the_same_in_both_languages(name: str) -> None:
    english, chinese = guide("en", name), guide("zh", name)
    for part in (outline, commands, settings):
        assert part(english) == part(chinese)
    assert code(english, "python") == code(chinese, "python")
    assert set(LINK.findall(english)) == set(LINK.findall(chinese))


def test_every_guide_is_listed_and_in_the_contents() -> None:
    sys.path.insert(0, str(PROJECT / "docs"))
    try:
        from site_pages import GUIDES as CONTENTS
    finally:
        sys.path.pop(0)
    assert [*sorted(f"{name}.md" for name in CONTENTS), "index.md"] == sorted(
        GUIDES, key=lambda name: (name == "index.md", name)
    )
    for language in ("en", "zh"):
        assert {f"{name}.md" for name in CONTENTS} <= set(LINK.findall(guide(language, "index.md")))
        assert set(GUIDES) == {path.name for path in (PROJECT / "docs" / language).glob("*.md")}


@pytest.mark.parametrize("name", GUIDES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_settings_of_the_guides_are_keys_of_the_workspace(
    language: str, name: str, tmp_path: Path
) -> None:
    from gis.problems import InputError

    for number, block in enumerate(code(guide(language, name), "toml")):
        table = {**BASE, **tomllib.loads(block)}
        table["workspace"] = {"title": "x", **table["workspace"]}
        if isinstance(table["epochs"], dict):  # layers alone, under an epoch that stands elsewhere
            table["epochs"] = [{"year": 2024, **table["epochs"]}]
        file = tmp_path / f"{number}.toml"
        with pytest.raises(InputError) as caught:
            workspace_of(table, file)
        codes = {problem.code for problem in caught.value.problems}
        assert codes == {"sinkatlas.workspace_file_missing"}, block


UNITS = {"path": "a.gpkg", "code": "a", "name": "b", "whole_code": "1", "whole_name": "x"}
BASE = {
    "workspace": {},
    "units": UNITS,
    "epochs": [{"year": 2024, "layers": [{"kind": "wetlands", "path": "w.gpkg"}]}],
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_of_the_documents_exist_with_their_options(document: Path) -> None:
    for line in commands(document.read_text("utf-8")):
        words = line.split()
        if not words or words[0].rpartition("/")[2] != "sinkatlas":
            continue
        command = typer.main.get_command(app)
        rest = words[1:]
        while rest and hasattr(command, "commands"):
            assert rest[0] in command.commands, line
            command = command.commands[rest.pop(0)]
        known = {name for each in command.params for name in each.opts} | {"--help"}
        assert {word for word in rest if word.startswith("--")} <= known, line


@pytest.mark.parametrize("name", GUIDES)
def test_python_of_the_guides_compiles_and_names_what_exists(name: str) -> None:
    for block in code(guide("en", name), "python"):
        tree = ast.parse(block)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = {"sinkatlas": sinkatlas, "run": sinkatlas.Run, "other": sinkatlas.Run}
                if node.value.id in owner:
                    assert hasattr(owner[node.value.id], node.attr), node.attr


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the site needs the extra docs: make docs")
    build = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*build, str(PROJECT / "docs"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    page = (tmp_path / "zh" / "tutorial.html").read_text("utf-8")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*\.(?:js|css)', page)
    index = (tmp_path / "searchindex.js").read_text("utf-8")
    assert json.dumps("图例")[1:-1] in index
    assert "legend" in index
