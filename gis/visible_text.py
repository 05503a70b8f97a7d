"""Text from data where it leaves the program: nothing in it is unseen, nothing steers a terminal.

A name may hold escape sequences, marks that turn the reading direction, letters of no width. In
what people read they are left out (``visible``); where every character counts, in JSON and on a
terminal, they stand as escapes (``escaped``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any


def visible(text: str) -> str:
    """Text without what cannot be seen: control, format and direction marks, lone surrogates.

    Tabs and line ends become single spaces. Code points that Unicode calls noncharacters go too:
    XML cannot hold all of them, so a workbook or a document with one would not open.

    >>> visible("锦江\\u202e区\\x07\\n一 期")
    '锦江区 一 期'
    """
    if text.isprintable():  # most text: nothing invisible, told in one look
        return text
    spaced = "".join(" " if each in "\t\n\r\u2028\u2029" else each for each in text)
    return "".join(each for each in spaced if not is_unseen(each))


def visible_values(value: Any) -> Any:
    """The same nest of mappings and lists with every text made visible.

    >>> visible_values({"a": ["x\\u200b", 1]})
    {'a': ['x', 1]}
    """
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: visible_values(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(visible_values(each) for each in value)
    return value


_SUSPECT = re.compile(r"[^\x20-\x7e\u2e80-\ud7ff\uff01-\uffee]")
"""All but the letters, figures and signs that nearly every text is made of."""


def escaped(text: str, *, toml: bool = False) -> str:
    """Text, JSON or TOML, with what cannot be seen as their escapes; tabs and line ends stay.

    >>> escaped('"a\\x1b[31m\\u202e\\U000e0041"') == r'"a\\u001b[31m\\u202e\\udb40\\udc41"'
    True
    """
    escape = _toml_escape if toml else _json_escape

    def replaced(found: re.Match[str]) -> str:
        character = found[0]
        is_plain = character in "\t\n" or not (
            is_unseen(character) or character in "\r\u2028\u2029"
        )
        return character if is_plain else escape(character)

    return _SUSPECT.sub(replaced, text)


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", errors="surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _toml_escape(character: str) -> str:
    return f"\\U{ord(character):08x}"


def is_unseen(character: str) -> bool:
    """Whether a character has no shape of its own, or is none at all."""
    code = ord(character)
    is_none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_none or unicodedata.category(character) in ("Cc", "Cf", "Cs")
