"""Work of the workbench: each job is a command of its own process, so the page may be closed.

The process writes its events into a file, not into a pipe: it goes on when the workbench ends.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

PATIENCE_SECONDS = 15.0
"""How long a cancelled job may take to clean up before it is killed."""

_POLL_SECONDS = 0.1
_MOST_LOG = 20_000


@dataclass
class Job:
    """One command: ``events`` are the objects it wrote, in order, and only grow."""

    id: str
    kind: str
    workspace: str
    out: str
    process: subprocess.Popen[bytes]
    log: Path
    started: float
    expected_seconds: float | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    status: str = "running"
    is_cancelled: bool = False

    def as_record(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "workspace": self.workspace,
            "out": self.out,
            "status": self.status,
            "seconds": round(time.time() - self.started, 1),
            "expected_seconds": self.expected_seconds,
        }


class Jobs:
    """The jobs of a workbench, and the threads that follow them."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Job:
        return self._jobs[name]

    def all(self) -> list[Job]:
        return list(self._jobs.values())

    @property
    def running(self) -> list[Job]:
        return [each for each in self.all() if each.status == "running"]

    def start(
        self,
        kind: str,
        arguments: Sequence[str],
        *,
        workspace: Path,
        out: Path | None = None,
        language: str,
    ) -> Job:
        """Start a command of ours; its standard output becomes the job's events.

        Raises ``FileExistsError`` when another job of this workbench writes the same folder.
        """
        with self._lock:
            target = str(out) if out else ""
            if target and any(each.out == target for each in self.running):
                raise FileExistsError(target)
            name = secrets.token_hex(8)
            folder = Path(typer.get_app_dir("sinkatlas")) / "jobs"
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / f"{name}.jsonl"
            process = _started(arguments, log, language)
            job = Job(name, kind, str(workspace), target, process, log, time.time(), _expected(out))
            self._jobs[name] = job
        threading.Thread(target=_follow, args=(job,), daemon=True).start()
        return job

    def cancel(self, name: str) -> None:
        """Ask a job to end and clean up; kill what does not."""
        job = self._jobs[name]
        if job.status != "running":
            return
        job.is_cancelled = True
        _ask_to_end(job.process)
        threading.Thread(target=_kill_later, args=(job,), daemon=True).start()


def _started(arguments: Sequence[str], log: Path, language: str) -> subprocess.Popen[bytes]:
    code = "from sinkatlas.cli import main; main()"
    environment = {
        **os.environ, "SINKATLAS_LANG": language, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    with log.open("wb") as events:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and commands
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=events,
            stderr=subprocess.STDOUT,
            env=environment,
            creationflags=flags,
            start_new_session=True,
        )


def _expected(out: Path | None) -> float | None:
    """Seconds that the last run into a folder took, for the time that is left."""
    try:
        held = json.loads((out / "timings.json").read_text("utf-8")) if out else {}
        return sum(map(float, held.values())) or None
    except (OSError, ValueError, AttributeError):
        return None


def _follow(job: Job) -> None:
    """Gather events until the process ends."""
    with job.log.open("rb") as lines:
        rest = b""
        while True:
            has_ended = job.process.poll() is not None
            rest += lines.read()
            *whole, rest = rest.split(b"\n")
            job.events += filter(None, map(_event, whole))
            if has_ended:
                break
            time.sleep(_POLL_SECONDS)
    ends = {"result": "done", "failed": "failed", "cancelled": "cancelled"}
    told = [ends[name] for each in job.events for name in each if name in ends]
    status = told[-1] if told else ("done" if job.process.returncode == 0 else "failed")
    job.status = "cancelled" if job.is_cancelled and status != "done" else status
    job.events.append({"ended": {"status": job.status}})
    job.log.unlink(missing_ok=True)


def _event(line: bytes) -> dict[str, Any] | None:
    """An event, or a line of a library's that goes to the log."""
    text = line.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    return {"log": text[:_MOST_LOG]} if text else None


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.terminate()


def _kill_later(job: Job) -> None:
    try:
        job.process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            # terminate() would leave the children of the process behind
            command = ["taskkill", "/pid", str(job.process.pid), "/t", "/f"]
            subprocess.run(command, check=False, capture_output=True)  # noqa: S603
        else:
            os.killpg(job.process.pid, signal.SIGKILL)
