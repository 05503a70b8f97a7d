"""The workbench's server: on 127.0.0.1 alone, two ports, ended when nobody looks any more."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gis.problems import Language
from sinkatlas.workbench.api import Bench, application, result_application
from sinkatlas.workbench.guards import Guard, ResultGuard, Session
from sinkatlas.workbench.places import roots

IDLE_SECONDS = 2 * 3600.0
"""Without a page and without a job for so long, the workbench ends."""

_LOCAL = "127.0.0.1"


def serve(
    start: Path,
    *,
    language: Language,
    announce: Callable[[str], None],
    is_opened: bool = True,
    idle_seconds: float = IDLE_SECONDS,
) -> None:
    """Serve until interrupted or idle; ``announce`` gets the link that opens the page once.

    ``start`` is the folder that the page opens with, and may be looked into wherever it lies.
    """
    page, shown = (socket.create_server((_LOCAL, 0)) for _ in range(2))
    hosts = [f"{_LOCAL}:{each.getsockname()[1]}" for each in (page, shown)]
    session, secret = Session(hosts[0]), secrets.token_urlsafe(32)
    folder = start if start.is_dir() else start.parent
    bench = Bench(roots(folder), language, f"http://{hosts[1]}/{secret}", folder.resolve())
    guarded: dict[int, ASGIApp] = {
        page.getsockname()[1]: Guard(application(bench), session),
        shown.getsockname()[1]: ResultGuard(result_application(bench, secret), hosts[1]),
    }

    async def by_port(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await guarded[scope["server"][1]](scope, receive, send)

    # The access log would hold the link; proxies' headers are no concern of a local page.
    config = uvicorn.Config(
        by_port, access_log=False, log_level="warning", proxy_headers=False, server_header=False,
        lifespan="off", timeout_graceful_shutdown=1, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)

    async def served() -> None:
        ending = asyncio.create_task(_end_when_idle(server, bench, idle_seconds))
        try:
            await server.serve(sockets=[page, shown])
        finally:
            ending.cancel()

    announce(session.link)
    if is_opened:
        webbrowser.open(session.link)
    asyncio.run(served())


async def _end_when_idle(server: uvicorn.Server, bench: Bench, idle_seconds: float) -> None:
    while True:
        await asyncio.sleep(min(5.0, idle_seconds))
        if not bench.jobs.running and time.monotonic() - bench.seen > idle_seconds:
            server.should_exit = True
            return
