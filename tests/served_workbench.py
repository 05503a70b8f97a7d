"""A workbench in a process of its own, and requests as a browser or an attacker sends them."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Served:
    """``host`` and the ``token`` of the first link; ``cookie`` is sent once it is set."""

    def __init__(self, folder: Path, *, language: str = "en") -> None:
        code = "from sinkatlas.cli import main; main()"
        arguments = ["workbench", str(folder), "--no-browser", "--lang", language]
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert self.process.stdout is not None
        lines = (re.search(r"http://([\d.:]+)/\?token=(\S+)", each) for each in self.process.stdout)
        self.host, self.token = next(filter(None, lines)).groups()
        self.cookie = ""

    @classmethod
    def at(cls, host: str) -> Self:
        """Requests to another address, without a process."""
        made = cls.__new__(cls)
        made.host, made.cookie = host, ""
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def link(self) -> str:
        return f"http://{self.host}/?token={self.token}"

    def send(
        self, method: str, path: str, content: object = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """One request; a header's name has ``_`` for ``-``, an empty one is not sent."""
        sent = {"Host": self.host, "Cookie": self.cookie, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        link = http.client.HTTPConnection(self.host, timeout=120)
        try:
            body = None if content is None else json.dumps(content)
            link.request(method, path, body, {name: each for name, each in sent.items() if each})
            answer = link.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read().decode("utf-8", "replace")
        finally:
            link.close()

    def ask(self, name: str, **content: Any) -> Any:
        status, _, text = self.send("POST", f"/api/{name}", {"language": "en", **content})
        assert status in (200, 400), text
        return json.loads(text)

    def ended(self, job: str) -> list[dict[str, Any]]:
        """The events of a job, to its end."""
        _, _, text = self.send("GET", f"/api/jobs/{job}/events")
        return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
