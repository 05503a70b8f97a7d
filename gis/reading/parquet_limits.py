"""What a Parquet file makes of its bytes, measured before it is read.

Runs and dictionaries hold a value once for any number of rows: a few kilobytes can stand for a
thousand million rows, or for one long text in each of them.
"""

from __future__ import annotations

from pathlib import Path

from gis.reading.limits import MOST_COLUMNS, check_rows

_WIDTH = 8
"""Bytes of a number; texts are measured."""
_SMALL = 64_000_000
"""Bytes of a file up to which its texts are measured: a larger one is no small file."""


def check_parquet(file: Path) -> None:
    """Refuse rows, columns or texts that no file of this size holds.

    Raises ``InputError`` (``gis.rows_too_many``); what is no Parquet raises what pyarrow raises,
    a ``ValueError`` or an ``OSError``.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    packed = file.stat().st_size
    with pq.ParquetFile(file) as opened:
        held = opened.metadata
        columns = min(held.num_columns, MOST_COLUMNS + 1)
        unpacked = sum(held.row_group(n).total_byte_size for n in range(held.num_row_groups))
        check_rows(held.num_rows, max(unpacked, held.num_rows * columns), packed, file.name)
        texts = [
            each.name for each in opened.schema_arrow
            if pa.types.is_string(each.type) or pa.types.is_binary(each.type)
            or pa.types.is_large_string(each.type) or pa.types.is_large_binary(each.type)
        ]  # fmt: skip
    if packed > _SMALL:
        return
    size = held.num_rows * columns * _WIDTH
    for name in texts:
        column = pq.read_table(file, columns=[name], read_dictionary=[name]).column(0)
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
            else:
                lengths = pc.binary_length(chunk)
            size += int(pc.sum(lengths).as_py() or 0)
        check_rows(held.num_rows, size, packed, file.name)
