"""Passwords and access tokens taken out of any text that leaves the program.

An address keeps scheme, host and path; user, password and the whole query go, because any parameter
may be a secret (``tk``, ``auth``, ``code``, ``AccessKey`` …). Every pattern is bounded, so that the
work grows with the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"

_END = re.compile(r"[\s\"'<>]")
_BLANK = re.compile(r"\s")
_SECRET_WORD = (
    r"(?:password|passwd|pwd|secret|token|signature|credential|access_?key|api_?key|app_?key)"  # noqa: S105
)
_NAMED = re.compile(
    rf"(?P<name>(?:{_SECRET_WORD}[\w-]{{0,20}}[\"']?\s{{0,8}}[=:]"
    r"|(?<![A-Za-z])(?:key|sig|sas|tk|auth|ak|sk|X-Amz-[\w-]{1,40})\s{0,8}="
    r"|[?&][\w.-]{1,64}=|(?<!\w)authorization[\"']?\s{0,8}[=:])\s{0,8}"
    r"(?:(?:bearer|basic)\s{1,8})?)"
    r"(?P<value>'[^']{0,500}'|\"[^\"]{0,500}\"|[^&\s;,]{1,2000})",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with users, passwords and queries of addresses, and named secrets, as ``***``.

    >>> redact("postgresql://u:p@ss@host/db?sslmode=require")
    'postgresql://***@host/db?***'
    >>> redact("https://x.example/a.tif?tk=ABC&se=2030."), redact("host=h password='a b'")
    ('https://x.example/a.tif?***', 'host=h password=***')
    """
    return _NAMED.sub(rf"\g<name>{HIDDEN}", _without_users_and_queries(text))


def _without_users_and_queries(text: str) -> str:
    """Every address in a text, found by its ``://`` one after the other."""
    parts: list[str] = []
    done = 0
    while (found := text.find("://", done)) >= 0:
        start = _user_end(text, found + 3)
        ends = _END.search(text, start)
        end = ends.start() if ends else len(text)
        path, mark, _ = text[start:end].partition("?")
        user = f"{HIDDEN}@" if start > found + 3 else ""
        parts.append(f"{text[done : found + 3]}{user}{path}{f'?{HIDDEN}' if mark else ''}")
        done = end
    parts.append(text[done:])
    return "".join(parts)


def _user_end(text: str, start: int) -> int:
    """Where the host of an address begins, behind a user and a password of any characters.

    A password may hold a stroke: what stands before one like a port, and is no number, is a user.

    >>> [_user_end(each, 0) for each in ("u:a/b@host/c", "host:80/a@2x.tif", "u@h?q=1", "h/a")]
    [6, 0, 2, 0]
    """
    blank = _BLANK.search(text, start)
    end = blank.start() if blank else len(text)
    stroke = text.find("/", start, end)
    host = text[start : stroke if stroke >= 0 else end]
    _, colon, port = host.rpartition(":")
    if "@" not in host and (not colon or port.isdecimal() or "?" in host or "#" in host):
        return start
    return text.rfind("@", start, start + len(host) if "@" in host else end) + 1 or start


def without_secrets(value: Any) -> Any:
    """The same nest of mappings and lists with every text redacted.

    >>> without_secrets({"path": ["https://u:p@x.example/a.tif"], "year": 2024})
    {'path': ['https://***@x.example/a.tif'], 'year': 2024}
    """
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: without_secrets(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(each) for each in value]
    return value
