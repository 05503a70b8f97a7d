"""The names and signatures that users rely on change on purpose alone, and say their types."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_public_names_and_signatures_are_those_that_stand_written() -> None:
    written = (PROJECT / "docs" / "public_api.txt").read_text(encoding="utf-8")
    script = runpy.run_path(str(PROJECT / "docs" / "write_public_api.py"))
    assert script["text"]() == written, "meant? then run: python docs/write_public_api.py"


def test_every_argument_and_result_has_a_type_that_says_something() -> None:
    written = (PROJECT / "docs" / "public_api.txt").read_text(encoding="utf-8").splitlines()
    calls = [line for line in written if "(" in line]
    assert len(calls) > 15
    for line in calls:
        assert not re.search(r"\bAny\b", line), line
        assert " -> " in line, line
