"""Addresses of files on web servers: what they are, and ranges of their bytes by our own client.

Nothing but the named hosts is ever asked: redirects are not followed, and a name that leads to this
machine or to its link (``127.0.0.1``, ``169.254.169.254``) is refused unless the address itself was
named. Every request ends after ``DEADLINE_S``, however slowly a server drips.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gis.problems import InputError, Problem, problem
from gis.redaction import redact

TRIES = 4
"""How often a server is asked for the same thing before the run stops."""

PAUSE_S = 0.5
"""Before the second try; doubled for every further one."""

TIMEOUT_S = 30
"""Silence of a server after which a connection counts as lost."""

DEADLINE_S = 120
"""One request from the look-up of the name to its last byte."""

START = 64
"""Bytes that tell what a file is."""

_REMOTE = re.compile(r"^(https?):/+(?=[^/])", re.IGNORECASE)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True)
class RemoteFile:
    """What a server says of a file: its length in bytes and its tag, "" where it gives none."""

    url: str
    hosts: tuple[str, ...]
    length: int
    etag: str
    start: bytes

    @property
    def name(self) -> str:
        """Last part of the address, for messages and file names."""
        return Path(urlsplit(self.url).path).name or "raster.tif"


def is_remote(path: str | Path) -> bool:
    """Whether a path is an address on a web server.

    >>> is_remote("https://example.org/a.tif"), is_remote("data/https.tif")
    (True, False)
    """
    return bool(_REMOTE.match(str(path).replace("\\", "/")))


def url_of(path: str | Path) -> str:
    """The address again, of which a path kept one slash.

    >>> url_of(Path("https://example.org/a.tif"))
    'https://example.org/a.tif'
    """
    return _REMOTE.sub(r"\1://", str(path).replace("\\", "/"))


def address_problems(url: str, hosts: Sequence[str], *, is_raster: bool = True) -> list[Problem]:
    """Why an address may not be read: its host is not among ``hosts``, or it is no raster."""
    shown, host = redact(url), _host(url)
    if host not in hosts:
        return [problem("gis.remote_not_allowed", shown, host=host)]
    return [] if is_raster else [problem("gis.remote_raster_only", shown)]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that are not closed
        return ""


def ask(url: str, hosts: Sequence[str]) -> RemoteFile:
    """Ask a server for a file's first bytes and what it says of the whole.

    Raises
    ------
    InputError
        ``gis.remote_not_allowed`` where the host is not among ``hosts``; ``gis.remote_redirects``;
        ``gis.remote_unreachable`` with the reason; ``gis.remote_no_ranges``.
    """
    found = address_problems(url, hosts)
    if found:
        raise InputError(found)
    headers, start = _range(url, hosts, 0, START - 1)
    told = _RANGE.match(headers.get("Content-Range", ""))
    assert told is not None
    tag = headers.get("ETag") or headers.get("Last-Modified") or ""
    return RemoteFile(url, tuple(hosts), int(told[3]), tag.strip('"'), start)


def bytes_of(remote: RemoteFile, first: int, last: int) -> bytes:
    """Bytes ``first`` … ``last`` of a file that is still the one that was asked for.

    Raises ``InputError`` as :func:`ask`, and ``gis.remote_changed``.
    """
    headers, body = _range(remote.url, remote.hosts, first, min(last, remote.length - 1))
    tag = (headers.get("ETag") or headers.get("Last-Modified") or "").strip('"')
    told = _RANGE.match(headers.get("Content-Range", ""))
    if tag != remote.etag or told is None or int(told[3]) != remote.length:
        raise InputError(problem("gis.remote_changed", redact(remote.url)))
    return body


def _range(url: str, hosts: Sequence[str], first: int, last: int) -> tuple[Message, bytes]:
    """Headers and exactly the bytes asked for, with further tries after a lost connection."""
    shown, reason = redact(url), ""
    for number in range(TRIES):
        try:
            status, headers, body = _in_time(url, hosts, first, last)
            told = _RANGE.match(headers.get("Content-Range", ""))
            if status != 206 or told is None or int(told[1]) != first:
                raise InputError(problem("gis.remote_no_ranges", shown))
            if len(body) == min(last, int(told[3]) - 1) - first + 1:
                return headers, body
            reason = f"{len(body)} bytes"
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (301, 302, 303, 307, 308):
                target = redact(str(error.headers.get("Location", "")))[:200]
                raise InputError(problem("gis.remote_redirects", shown, target=target)) from None
            reason = f"HTTP {error.code}"
            if error.code < 500 and error.code != 429:
                break
        except (OSError, HTTPException, ValueError) as error:
            reason = redact(str(getattr(error, "reason", error)))[:200]
        _pause(number)
    raise InputError(problem("gis.remote_unreachable", shown, reason=reason, tries=number + 1))


def _in_time(url: str, hosts: Sequence[str], first: int, last: int) -> tuple[int, Message, bytes]:
    """One request, given up after ``DEADLINE_S`` whatever the server does meanwhile."""
    answers: list[tuple[int, Message, bytes] | BaseException] = []

    def request() -> None:
        try:
            asked = urllib.request.Request(  # noqa: S310 - http(s)
                url, headers={"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
            )
            with _opener(hosts).open(asked, timeout=TIMEOUT_S) as answer:
                body = answer.read(last - first + 2)
                answers.append((answer.status, answer.headers, body))
        except BaseException as error:  # handed on below
            answers.append(error)

    thread = threading.Thread(target=request, daemon=True)
    thread.start()
    thread.join(DEADLINE_S)
    if not answers:
        raise TimeoutError(f"no answer in {DEADLINE_S} s")
    if isinstance(answers[0], BaseException):
        raise answers[0]
    return answers[0]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(hosts: Sequence[str]) -> urllib.request.OpenerDirector:
    """An opener that follows nothing and connects only where it may."""
    proxies = {_host(each) for each in urllib.request.getproxies().values()}
    near = {each for each in hosts if each == "localhost" or _is_literal(each)} | proxies

    def connected(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        host, port = address
        return socket.create_connection((_checked_peer(host, port, near), port), *rest, **more)

    class Plain(HTTPConnection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._create_connection = connected

    class Secure(HTTPSConnection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._create_connection = connected

    class PlainHandler(urllib.request.HTTPHandler):
        def http_open(self, asked: urllib.request.Request) -> Any:
            return self.do_open(Plain, asked)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, asked: urllib.request.Request) -> Any:
            return self.do_open(Secure, asked)

    return urllib.request.build_opener(_NoRedirects, PlainHandler, SecureHandler)


def _checked_peer(host: str, port: int, near: set[str]) -> str:
    """The address to connect to; refused when a name leads to this machine or its link."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    peers = [str(each[4][0]) for each in found]
    for peer in peers:
        address = ipaddress.ip_address(peer.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        is_near = (
            mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified
            or mapped.is_multicast
        )  # fmt: skip
        if is_near and host not in near:
            raise OSError(f"{host} leads to {peer}, which was not named")
    return peers[0]


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _pause(number: int) -> None:
    if number + 1 < TRIES:
        time.sleep(PAUSE_S * 2**number)
