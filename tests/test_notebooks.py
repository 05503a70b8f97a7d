"""Every notebook runs from top to bottom on the installed package."""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.py"))


def test_there_is_a_quickstart_and_every_other_asks_a_question() -> None:
    assert "quickstart.py" in {path.name for path in NOTEBOOKS}
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert path.stem == "quickstart" or "?**" in text, f"{path.name} asks nothing"
        assert "synthetic" in text, f"{path.name} does not call its data synthetic"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "JUPYTER_PREFER_ENV_PATH", "1"
    )  # this interpreter's kernel before the user's
    notebook = jupytext.read(path, fmt="py:percent")
    assert any(cell.cell_type == "code" for cell in notebook.cells)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    errors = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert not errors
    if path.stem == "quickstart":
        require_views(notebook)


def require_views(notebook: nbformat.NotebookNode) -> None:
    """The map in its frame, a sheet as a picture and a table with reasons are among the outputs."""
    shown = [
        output["data"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    pages = [str(each.get("text/html", "")) for each in shown]
    assert any(each.startswith('<iframe sandbox="allow-scripts') for each in pages)
    assert any("not_evaluable" in each for each in pages)
    assert any(str(each.get("image/png", "")).startswith("iVBOR") for each in shown)
