"""The workspace file that ``sinkatlas new`` writes: every key once, each with a comment."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from gis.problems import InputError, Language, problem


def template(language: Language) -> str:
    """The commented workspace file in a language."""
    name = f"workspace_{language}.toml"
    return (resources.files("sinkatlas") / "templates" / name).read_text(encoding="utf-8")


def write_template(path: Path, language: Language) -> Path:
    """Write the template to a file that does not exist yet, and return the file.

    Raises ``InputError`` when it exists.
    """
    file = path / "workspace.toml" if path.is_dir() else path
    if file.exists():
        raise InputError(problem("sinkatlas.template_exists", where=file))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template(language), encoding="utf-8")
    return file
