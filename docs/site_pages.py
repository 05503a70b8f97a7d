"""Pages of the documentation site that the program itself writes."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer.main

import sinkatlas
from sinkatlas.cli import app

GUIDES = (
    *("tutorial", "install-offline", "legend", "two-zones", "confirm-columns", "strict"),
    *("new-plan", "new-coefficients", "plates", "extending", "cluster"),
)
TREE: Mapping[str, tuple[str, ...]] = {
    "index": (
        "中文指南 <zh/index>",
        "Guides <en/index>",
        "Reference <_made/reference>",
        "Explanation <_made/explanation>",
        "Notebooks <_made/notebooks>",
        "Gallery <_made/gallery>",
    ),
    "zh/index": GUIDES,
    "en/index": GUIDES,
    "decisions/README": (
        *(path.stem for path in sorted((Path(__file__).parent / "decisions").glob("[!R]*.md"))),
    ),
}
"""Contents of each page that has others below it."""

REFERENCE = {
    "workspace": "../workspace",
    "schema": "schema",
    "commands": "commands",
    "api": "api",
    "outputs": "../outputs",
    "plans": "../plans",
    "checks": "../checks",
    "problems": "../problems",
    "fronts": "../fronts",
}
EXPLANATION = (
    *("../method", "../architecture", "../reliability", "../benchmarks", "../beside_others"),
    *("../workbench", "../offline", "../release", "../decisions/README"),
)
WINGS = (
    *("gis.measure", "gis.account", "gis.by_unit", "gis.executors", "gis.reading"),
    *("sink_models.equations", "sink_models.carbon", "sink_models.coefficients"),
    *("sink_models.ledger", "sink_models.measures", "sink_models.uncertainty"),
    *("plans.judging", "plans.extract", "plans.allocation"),
)
"""Public surfaces below ``sinkatlas`` that a program may build on."""


def write_pages(docs: Path) -> None:
    """Write every page into ``docs/_made``; a picture of an earlier build stays."""
    made = docs / "_made"
    made.mkdir(exist_ok=True)
    (docs / "_static").mkdir(exist_ok=True)
    pages = {
        "reference": _list("Reference", list(REFERENCE.values())),
        "explanation": _list("Explanation", list(EXPLANATION)),
        "commands": "\n".join(_commands()),
        "schema": "\n".join(_schema()),
        "notebooks": _notebooks(docs, made),
        "gallery": _gallery(docs),
    }
    for name, text in pages.items():
        _write(made / f"{name}.md", text)
    _write(made / "api.rst", "\n".join(_api(made)))


def _write(path: Path, text: str) -> None:
    """Write a page only where it changed, so that a second build reads nothing anew."""
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")


def _list(title: str, pages: list[str]) -> str:
    lines = "\n".join(pages)
    return f"# {title}\n\n```{{toctree}}\n:maxdepth: 1\n\n{lines}\n```\n"


def _commands() -> Iterator[str]:
    """Every command with its arguments and options, as the command line declares them."""
    yield "# Commands\n"
    yield from _of_group(typer.main.get_command(app), "sinkatlas")


def _of_group(group: Any, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        full = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _of_group(command, full)
            continue
        yield f"## {full}\n\n{inspect.cleandoc(command.help or '')}\n"
        rows = [each for each in command.params if each.name != "help"]
        if rows:
            yield "| | meaning | default |\n|---|---|---|"
        for each in rows:
            names = each.name if each.param_type_name == "argument" else each.opts[-1]
            default = "" if each.default in (None, False, ()) or each.required else each.default
            text = str(getattr(each, "help", "") or "").replace("|", "\\|")
            shown = f"`{getattr(default, 'value', default)}`" if default != "" else ""
            yield f"| `{names}` | {text} | {shown} |"
        yield ""


def _schema() -> Iterator[str]:
    """Every table and key of the workspace file, with type, bounds and default."""
    yield "# Keys of the workspace file\n\nTheir meaning: [workspace.md](../workspace.md)."
    schema: Any = sinkatlas.workspace_schema()
    for name, table in {"WorkspaceTable": schema, **schema["$defs"]}.items():
        if "properties" not in table:
            continue
        required = table.get("required", [])
        yield f"\n## {name}\n\n{inspect.cleandoc(table.get('description', ''))}\n"
        yield "| key | type | default | |\n|---|---|---|---|"
        for key, value in table["properties"].items():
            held = value.get("default")
            default = "" if held is None else f"`{json.dumps(held, ensure_ascii=False)}`"
            default = "required" if key in required else default
            text = value.get("description", "").replace("|", "\\|").replace("\n", " ")
            yield f"| `{key}` | {_type(value)} | {default} | {text} |"


def _type(value: Mapping[str, Any]) -> str:
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "$ref" in value:
        return str(value["$ref"]).rpartition("/")[2]
    if "anyOf" in value:
        return " or ".join(_type(each) for each in value["anyOf"] if each.get("type") != "null")
    if value.get("type") == "array":
        return f"list of {_type(value.get('items', {}))}" if "items" in value else "list"
    signs = {
        "minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<",
    }  # fmt: skip
    bounds = " ".join(f"{sign} {value[name]}" for name, sign in signs.items() if name in value)
    return f"{value.get('type', value.get('const', ''))} {bounds}".strip()


def _api(made: Path) -> Iterator[str]:
    """The public names, by the surface that they stand on; a page each."""
    yield "Python\n======\n\n.. toctree::\n   :maxdepth: 1\n"
    folder = made / "api"
    folder.mkdir(exist_ok=True)
    told: set[int] = set()  # what two surfaces offer stands on the first
    for surface in ("sinkatlas", "sinkatlas.uncertainty", "sinkatlas.testing", *WINGS):
        module = importlib.import_module(surface)
        lines = [surface, "=" * len(surface), "", f".. py:module:: {surface}", ""]
        lines += [inspect.cleandoc(module.__doc__ or ""), ""]
        for name in sorted(module.__all__, key=str.lower):
            member = getattr(module, name)
            if id(member) in told:
                continue
            told.add(id(member))
            if inspect.isclass(member):
                lines += [f".. autoclass:: {surface}.{name}", "   :members:", ""]
            elif callable(member):
                lines += [f".. autofunction:: {surface}.{name}", ""]
        _write(folder / f"{surface}.rst", "\n".join(lines) + "\n")
        yield f"   api/{surface}"
    yield ""


def _notebooks(docs: Path, made: Path) -> str:
    """The notebooks as pages: their text and code, with a link to nothing outside."""
    import jupytext

    folder = made / "notebooks"
    folder.mkdir(exist_ok=True)
    names = []
    for source in sorted((docs.parent / "notebooks").glob("*.py")):
        target = folder / f"{source.stem}.md"
        _write(target, jupytext.writes(jupytext.read(source), fmt="md:myst"))
        names.append(f"notebooks/{source.stem}")
    return _list("Notebooks", names)


def _gallery(docs: Path) -> str:
    """Pictures of the example city, where ``docs/make_gallery.py`` made them."""
    pictures = sorted((docs / "_static" / "gallery").glob("*.png"))
    if not pictures:
        return "# Gallery\n\nThis build made no pictures.\n"
    shown = "\n\n".join(f"![{each.stem}](../_static/gallery/{each.name})" for each in pictures)
    return f"# Gallery\n\nSynthetic demonstration data (合成示意数据).\n\n{shown}\n"
