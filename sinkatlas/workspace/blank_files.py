"""The files that ``sinkatlas new`` and ``plans new`` write: every key once, each with a comment."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

from gis.problems import InputError, Language, problem

Kind = Literal["workspace", "plan"]


def template(language: Language, kind: Kind = "workspace") -> str:
    """The commented workspace or plan file in a language."""
    name = f"{kind}_{language}.toml"
    return (resources.files("sinkatlas.workspace") / "templates" / name).read_text(encoding="utf-8")


def write_template(path: Path, language: Language, kind: Kind = "workspace") -> Path:
    """Write the template to a file that does not exist yet, and return the file.

    Raises ``InputError`` when it exists.
    """
    file = path / f"{kind}.toml" if path.is_dir() else path
    if file.exists():
        raise InputError(problem("sinkatlas.template_exists", where=file))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template(language, kind), encoding="utf-8")
    return file
