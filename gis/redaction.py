"""Passwords and access tokens taken out of any text that leaves the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_USERINFO = re.compile(r"(?P<scheme>\b[A-Za-z][\w+.-]*://)[^/\s@]*(?:@[^/\s@]*)*@(?=[^/\s])")
_NAMED = re.compile(
    r"(?P<name>\b(?:password|passwd|pwd|sig|signature|token|access_token|api_?key|key|sas|"
    r"X-Amz-[\w-]+)\s*=\s*)(?P<value>'[^']*'|\"[^\"]*\"|[^&\s;,]+)",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with user and password of addresses, and values named like secrets, as ``***``.

    >>> redact("postgresql://u:p@ss@host/db?sslmode=require")
    'postgresql://***@host/db?sslmode=require'
    >>> redact("https://x.example/a.tif?sig=ABC&se=2030"), redact("host=h password='a b'")
    ('https://x.example/a.tif?sig=***&se=2030', 'host=h password=***')
    """
    return _NAMED.sub(r"\g<name>***", _USERINFO.sub(r"\g<scheme>***@", text))


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
