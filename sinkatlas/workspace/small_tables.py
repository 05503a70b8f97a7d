"""Text of the small tables that a workspace names: coefficients, pools, matrices, paths."""

from __future__ import annotations

from pathlib import Path

from gis.problems import InputError, problem
from gis.reading import bounded_bytes, is_file


def text_of(path: Path) -> str:
    """Text of a small table, UTF-8 or the Chinese national encoding.

    Raises ``InputError`` for a file that is neither, or that is not there.
    """
    if not is_file(path):
        raise InputError(problem("sinkatlas.table_missing", where=path.name))
    content = bounded_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            raise InputError(problem("sinkatlas.table_encoding", where=path.name)) from None
