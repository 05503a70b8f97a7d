"""The catalogue of checks in the documentation is the one that the rooms report."""

from __future__ import annotations

import runpy
from pathlib import Path

from gis.problems import Severity, catalogue, problem, strictly

PROJECT = Path(__file__).resolve().parent.parent


def test_the_page_is_current() -> None:
    script = runpy.run_path(str(PROJECT / "docs" / "write_checks.py"))
    written = (PROJECT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert script["page"]() == written, "run: python docs/write_checks.py"


def test_every_room_tells_which_warnings_change_figures() -> None:
    for room in ("gis", "layers"):
        warnings = [w for w in catalogue(room).values() if w.severity is Severity.WARNING]
        assert any(words.changes_numbers for words in warnings)
        infos = [w for w in catalogue(room).values() if w.severity is Severity.INFO]
        assert not any(words.changes_numbers for words in infos), "a note changes nothing"


def test_strict_mode_raises_only_what_can_change_a_figure() -> None:
    doubt = problem("layers.duplicate_features", "a", count=1, rows="2")
    harmless = problem("gis.encoding_guessed", "a", chosen="GB18030", sample="区")
    weighed = strictly([doubt, harmless])
    assert [each.severity for each in weighed] == [Severity.ERROR, Severity.WARNING]
    assert doubt.severity is Severity.WARNING
