"""Who may speak to the workbench: this machine's user, in one browser, and nobody else.

A page that the user has open elsewhere can send requests to 127.0.0.1, and a name that an attacker
owns can be made to resolve to it. So every request must carry the workbench's own Host, no foreign
Origin, no cross-site fetch, and a cookie that only the link in the terminal gives; that link works
once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hmac import compare_digest
from urllib.parse import parse_qs

from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""No inline script or style, nothing from elsewhere: text out of a layer can never run."""

RESULT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Results are whole pages with scripts of their own: they run, on another origin, but send and
fetch nothing."""


def headers_with(policy: str) -> list[tuple[bytes, bytes]]:
    """Headers that every answer carries."""
    named = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return [(name.encode(), value.encode()) for name, value in named.items()]


@dataclass
class Session:
    """The one session of a workbench; ``token`` is in the first link and is used up by it."""

    host: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    token: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """Name of the cookie; cookies know no ports, so the port is in it."""
        return f"sinkatlas-{self.host.rpartition(':')[2]}"

    @property
    def link(self) -> str:
        return f"http://{self.host}/?token={self.token}"


@dataclass(frozen=True)
class Guard:
    """Lets requests of the session through to the workbench."""

    app: ASGIApp
    session: Session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.refusal(scope) or self._first_visit(scope)
        await _with_headers(answer or self.app, PAGE_POLICY)(scope, receive, send)

    def refusal(self, scope: Scope) -> Response | None:
        """Why a request is not answered; None for one that may go on."""
        sent = _headers(scope)
        if sent.get("host") != self.session.host:
            return _refused(421, "This address is not the workbench's.")
        if sent.get("origin", f"http://{self.session.host}") != f"http://{self.session.host}":
            return _refused(403, "A page from elsewhere may not ask the workbench.")
        if sent.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return _refused(403, "A page from elsewhere may not ask the workbench.")
        if self._has_cookie(sent) or self._has_token(scope):
            if scope["method"] not in ("GET", "HEAD") and not sent.get(
                "content-type", ""
            ).startswith("application/json"):
                return _refused(415, "Requests that change something are JSON.")
            return None
        return _refused(
            401,
            "此链接已用过或不完整，请重新运行 sinkatlas workbench。\n"
            "This link was used already or is not whole: run sinkatlas workbench again.",
        )

    def _first_visit(self, scope: Scope) -> Response | None:
        """Exchange the token for the cookie, and take it out of the address."""
        if "token" not in parse_qs(scope["query_string"].decode()):
            return None
        answer = RedirectResponse("/", status_code=303)
        if self._has_token(scope):
            self.session.token = None
            answer.set_cookie(
                self.session.cookie, self.session.secret, httponly=True, samesite="strict", path="/"
            )
        return answer

    def _has_cookie(self, sent: dict[str, str]) -> bool:
        held = cookie_parser(sent.get("cookie", "")).get(self.session.cookie, "")
        return compare_digest(held.encode(), self.session.secret.encode())

    def _has_token(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode()).get("token", [""])[0]
        token = self.session.token
        is_first = scope["path"] == "/" and scope["method"] == "GET"
        return is_first and token is not None and compare_digest(given.encode(), token.encode())


@dataclass(frozen=True)
class ResultGuard:
    """Lets readers of results through: the path holds a secret, so no cookie is needed."""

    app: ASGIApp
    host: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent, refused = _headers(scope), None
        if sent.get("host") != self.host:
            refused = _refused(421, "This address is not the workbench's.")
        elif scope["method"] not in ("GET", "HEAD"):
            refused = _refused(405, "Results are only read.")
        elif sent.get("sec-fetch-site", "none") == "cross-site":
            refused = _refused(403, "A page from elsewhere may not read results.")
        await _with_headers(refused or self.app, RESULT_POLICY)(scope, receive, send)


def _headers(scope: Scope) -> dict[str, str]:
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status_code=status)


def _with_headers(app: ASGIApp, policy: str) -> ASGIApp:
    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers_with(policy)]
            await send(message)

        await app(scope, receive, sent)

    return answered
