"""Addresses of files on web servers: what they are, and what the server says of them."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gis.problems import InputError, Problem, problem
from gis.redaction import redact

TRIES = 4
"""How often a server is asked for the same thing before the run stops."""

PAUSE_S = 0.5
"""Before the second try; doubled for every further one."""

TIMEOUT_S = 60

_REMOTE = re.compile(r"^(https?):/+(?=[^/])", re.IGNORECASE)
_RANGE = re.compile(r"bytes \d+-\d+/(\d+)")


@dataclass(frozen=True)
class RemoteFile:
    """What a server says of a file: its length in bytes and its tag, "" where it gives none."""

    url: str
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
    shown, host = redact(url), urlsplit(url).hostname or ""
    if host not in hosts:
        return [problem("gis.remote_not_allowed", shown, host=host)]
    return [] if is_raster else [problem("gis.remote_raster_only", shown)]


def ask(url: str, hosts: Sequence[str]) -> RemoteFile:
    """Ask a server for a file's first bytes and what it says of the whole.

    Raises
    ------
    InputError
        ``gis.remote_not_allowed`` where the host is not among ``hosts``; ``gis.remote_redirects``;
        ``gis.remote_unreachable`` with the reason; ``gis.remote_no_ranges``.
    """
    shown, found = redact(url), address_problems(url, hosts)
    if found:
        raise InputError(found)
    request = urllib.request.Request(url, headers={"Range": "bytes=0-63"})  # noqa: S310 - http(s)
    for number in range(TRIES):
        try:
            with _opener().open(request, timeout=TIMEOUT_S) as answer:
                return _remote_file(url, answer.status, answer.headers, answer.read(64))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (301, 302, 303, 307, 308):
                target = redact(str(error.headers.get("Location", "")))[:200]
                raise InputError(problem("gis.remote_redirects", shown, target=target)) from None
            reason = f"HTTP {error.code}"
            if error.code < 500 and error.code != 429:
                break
        except (OSError, HTTPException) as error:
            reason = redact(str(getattr(error, "reason", error)))[:200]
        pause(number)
    raise InputError(problem("gis.remote_unreachable", shown, reason=reason, tries=number + 1))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects)


def _remote_file(url: str, status: int, headers: Message, start: bytes) -> RemoteFile:
    whole = _RANGE.match(headers.get("Content-Range", ""))
    if status != 206 or whole is None:
        raise InputError(problem("gis.remote_no_ranges", redact(url)))
    tag = headers.get("ETag") or headers.get("Last-Modified") or ""
    return RemoteFile(url, int(whole.group(1)), tag.strip('"'), start)


def pause(number: int) -> None:
    if number + 1 < TRIES:
        time.sleep(PAUSE_S * 2**number)
