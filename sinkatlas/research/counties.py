"""Many workspaces in one call, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from gis.problems import ArgumentError, problem

_COMMAND = "from sinkatlas.cli import main; main()"


@dataclass(frozen=True)
class ManyRuns:
    """What became of each workspace, by its file, in the order asked.

    ``folders`` are the result folders of those that ran, ``failed`` the errors of the others as
    ``check``, ``zh`` and ``en`` tell them.
    """

    folders: Mapping[Path, Path]
    failed: Mapping[Path, tuple[Mapping[str, object], ...]]

    def table(self, name: str = "results") -> pd.DataFrame:
        """One table of all runs under each other; the first column, ``workspace``, says whose.

        ``name`` is that of a CSV file. Codes are text. A run without the table adds no rows.
        """
        found = [
            pd.read_csv(file, dtype={"unit_code": str}).assign(workspace=str(workspace))
            for workspace, folder in self.folders.items()
            if (file := folder / f"{name}.csv").is_file()
        ]
        whole = (
            pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["workspace"])
        )
        return whole[["workspace", *(each for each in whole if each != "workspace")]]


def run_many(
    workspaces: Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    workers: int = 2,
    only: Literal["tables"] | None = None,
    strict: bool = False,
) -> ManyRuns:
    """Run workspaces side by side, ``workers`` at a time, and publish each under ``out``.

    Every run is a process of its own that starts from the command line, so that no
    ``if __name__ == "__main__"`` is needed and one that fails or runs out of memory costs no other.
    A result that is up to date is left as it is. Folders are called ``1``, ``2``, … by the order
    of the workspaces, with the name of the folder that each lies in.

    Raises ``ArgumentError`` when there is no worker or a workspace is named twice.
    """
    files = [Path(each).resolve() for each in workspaces]
    if workers < 1:
        raise ArgumentError(problem("sinkatlas.argument_workers", where=workers))
    if len(set(files)) < len(files):
        twice = next(each for each in files if files.count(each) > 1)
        raise ArgumentError(problem("sinkatlas.argument_twice", where=twice))
    targets = [
        Path(out).resolve() / f"{number}-{file.parent.name if file.suffix else file.name}"
        for number, file in enumerate(files, start=1)
    ]
    more = [*(["--only", only] if only else []), *(["--strict"] if strict else [])]
    with ThreadPoolExecutor(workers) as pool:
        told = list(pool.map(lambda file, target: _events(file, target, more), files, targets))
    folders, failed = {}, {}
    for file, target, events in zip(files, targets, told, strict=True):
        if any("result" in each for each in events):
            folders[file] = target
        else:
            problems = (each["problem"] for each in events if "problem" in each)
            failed[file] = tuple(each for each in problems if each["severity"] == "error")
    return ManyRuns(folders, failed)


def _events(file: Path, target: Path, more: list[str]) -> list[dict[str, Any]]:
    arguments = ["run", str(file), "--out", str(target), "--progress", "jsonl", *more]
    done = subprocess.run(  # noqa: S603 - our own command line, paths are arguments
        [sys.executable, "-c", _COMMAND, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not any(("result" in each) or ("failed" in each) for each in events):
        lost = problem("sinkatlas.run_lost", file.name, status=done.returncode)
        said = {
            name: {"message": lost.message(name), "remedy": lost.remedy(name)}
            for name in ("zh", "en")
        }
        events.append({"problem": {"check": lost.code, "severity": "error", **said}})
    return events
