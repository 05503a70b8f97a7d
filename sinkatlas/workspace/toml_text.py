"""Texts of others as TOML strings and comments."""

from __future__ import annotations

import json

from gis.visible_text import escaped


def quoted(text: str) -> str:
    """A TOML string; what cannot be seen stands as an escape.

    >>> quoted('a"b')
    '"a\\\\"b"'
    """
    return escaped(json.dumps(text, ensure_ascii=False), toml=True)


def commented(text: str) -> str:
    """Text for a comment: one line, with nothing that a terminal or TOML obeys.

    >>> commented("a\\nb = 1")
    'a b = 1'
    """
    return "".join(each if each.isprintable() else " " for each in text)
