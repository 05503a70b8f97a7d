"""Changes of the page to a workspace file: comments and what a person wrote stay as they are."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from gis.problems import InputError, problem

Key = str | int


def digest(text: str) -> str:
    """By which a page knows that a file is still the one that it shows."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_text(file: Path) -> str:
    """The text of a TOML file as it stands, line ends included.

    Raises ``InputError`` when it cannot be read or is no UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(problem("sinkatlas.workspace_not_utf8", where=file)) from None
    except OSError as error:
        detail = error.strerror or str(error)
        raise InputError(problem("sinkatlas.file_refused", file, detail=detail)) from None


def parsed(file: Path, text: str) -> tomlkit.TOMLDocument:
    """The text as a document; raises ``InputError`` where its syntax is wrong."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise InputError(problem("sinkatlas.workspace_syntax", where=file, detail=error)) from None


def edited(text: str, file: Path, changes: Sequence[tuple[Sequence[Key], Any]]) -> str:
    """The text with values set at keys; ``None`` takes a key away, a list grows at its end.

    Raises ``InputError`` for a place that the file does not have.

    >>> edited("a = 1  # why\\n", Path("w.toml"), [(["a"], 2)])
    'a = 2  # why\\n'
    """
    document = parsed(file, text)
    for place, value in changes:
        try:
            _set(document, place, value)
        except (KeyError, IndexError, TypeError, AttributeError, TOMLKitError):
            shown = ".".join(map(str, place))
            raise InputError(problem("sinkatlas.edit_place", where=file, key=shown)) from None
    return tomlkit.dumps(document)


def _set(document: Any, place: Sequence[Key], value: Any) -> None:
    *path, last = place
    at = document
    for key in path:
        if isinstance(key, str) and key not in at:
            at[key] = tomlkit.inline_table() if at is not document else tomlkit.table()
        at = at[key]
    if value is None:
        if isinstance(last, int) or last in at:
            del at[last]
    elif isinstance(last, int) and last == len(at):
        at.append(_item(value))
    else:
        at[last] = _item(value)


def _item(value: Any) -> Any:
    """A value as the file writes it; a table of an array stands on lines of its own."""
    if isinstance(value, dict):
        table = tomlkit.table()
        for key, each in value.items():
            if isinstance(each, list) and each and all(isinstance(one, dict) for one in each):
                held = tomlkit.aot()
                for one in each:
                    held.append(_item(one))
                table.append(key, held)
            else:
                table.append(key, _inline(each))
        return table
    return tomlkit.item(value)


def _inline(value: Any) -> Any:
    if not isinstance(value, dict):
        return tomlkit.item(value)
    table = tomlkit.inline_table()
    table.update(value)
    return table


def save(file: Path, text: str, seen: str) -> None:
    """Write the text in the file's place at once, if the file is still the one that was seen.

    Raises ``InputError`` ``sinkatlas.edit_outdated`` when somebody changed it meanwhile.
    """
    if file.exists() and digest(read_text(file)) != seen:
        raise InputError(problem("sinkatlas.edit_outdated", where=file))
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(text.encode())
        os.replace(beside, file)  # noqa: PTH105 - Path.replace returns a path nobody needs
    except OSError as error:
        beside.unlink(missing_ok=True)
        detail = error.strerror or str(error)
        raise InputError(problem("sinkatlas.file_refused", file, detail=detail)) from None
