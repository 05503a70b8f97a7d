"""The runs of this user: one line each in a file of their own, appended, never replaced.

A front may show them to be opened or run again. The file holds paths of this machine and stays on
it; a run's own record (``run.json``) holds none.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer

Status = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True)
class ListedRun:
    """One run: when it ended (ISO, with zone), on what, where the results are, how it ended.

    ``workspace_sha256`` is that of the workspace file, empty where it could not be read.
    """

    time: str
    workspace: str
    workspace_sha256: str
    out: str
    status: Status


def list_file() -> Path:
    """Where the list stands: in the user's folder for settings of programs."""
    return Path(typer.get_app_dir("sinkatlas")) / "runs.jsonl"


def append_run(workspace: Path, out: Path, status: Status) -> None:
    """Add a run to the list. A list that cannot be written costs the run nothing."""
    from sinkatlas.publish.provenance import sha256_of

    file = workspace / "workspace.toml" if workspace.is_dir() else workspace
    digest = sha256_of(file) if file.is_file() else ""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    entry = ListedRun(now, str(file.resolve()), digest, str(out.resolve()), status)
    with suppress(OSError):
        list_file().parent.mkdir(parents=True, exist_ok=True)
        with list_file().open("a", encoding="utf-8", newline="\n") as lines:
            lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def listed_runs() -> Iterator[ListedRun]:
    """The runs, the latest first; lines that are none (cut off, edited) are passed over."""
    try:
        lines = list_file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in reversed(lines):
        with suppress(ValueError, TypeError):
            yield ListedRun(**json.loads(line))
