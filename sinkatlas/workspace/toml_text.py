"""Texts of others as TOML strings and comments."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's too, but for the bare DEL.

    >>> quoted('a"b')
    '"a\\\\"b"'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def commented(text: str) -> str:
    """Text for a comment: one line, with nothing that a terminal or TOML obeys.

    >>> commented("a\\nb = 1")
    'a b = 1'
    """
    return "".join(each if each.isprintable() else " " for each in text)
