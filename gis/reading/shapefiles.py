"""Shapefiles checked for missing and shortened parts, which GDAL reads without a word.

The encoding of the attribute table is settled here too. A .cpg file or the language id of the .dbf
may declare it, and either may be wrong: the bytes decide, and what was chosen is said.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from gis.problems import Problem, ProblemLog, problem
from gis.reading.dbf import (
    CODE_PAGES,
    Dbf,
    TextCell,
    cut_cells,
    decodes,
    deleted_rows,
    impossible_dates,
    overflowing_rows,
    parse_dbf,
    shortened_names,
    text_cells,
    unreadable_numbers,
)

Reader = Callable[[str], bytes | None]
"""From a suffix to the first 100 bytes of that part, or ``None`` when it is missing."""

Sizes = Callable[[str], int]

Bytes = NDArray[np.uint8]

Whole = Callable[[str], Bytes]
"""From a suffix to all bytes of that part; large parts are mapped, not held."""


LARGEST_DBF = 4_000_000_000
"""Bytes; the format's own limit is 2 GB."""

WESTERN = ("CP1252", "CP437", "CP850", "CP28591", "ISO-8859-1", "ISO8859-1", "ISO88591", "LATIN1")
"""Declarations that read any bytes, and that software writes without having looked."""

_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_LETTERS = re.compile(rb"[A-Za-z]")
_SHOWN_ROWS = 10
_LONGEST_PRJ = 20_000


def check_shapefile(
    source: str | Path, file: Path, problems: ProblemLog, encoding: str | None = None
) -> str | None:
    """Compare the lengths and counts that .shp, .shx and .dbf state with what is there.

    Returns the encoding of the attribute table, ``None`` when every text is ASCII. ``encoding`` is
    the analyst's word and is only tried. Warnings go to ``problems``.

    ``source`` is a path on disk, or a member of the zip ``file`` in GDAL's notation.

    Raises
    ------
    InputError
        ``gis.shapefile_part_missing``, ``gis.shapefile_shortened``, ``gis.shapefile_counts``.
    """
    if isinstance(source, Path):
        head, size, whole = _parts_on_disk(source)
    else:
        head, size, whole = _parts_in_zip(file, source.rpartition("}/")[2])
    log = ProblemLog()
    log.extend(_missing_parts(head, file.name))
    log.raise_if_errors()
    log.extend(_length_problems(head, size, file.name))
    log.raise_if_errors()
    log.extend(_index_problems(whole(".shx"), whole(".shp"), file.name))
    log.raise_if_errors()
    table = parse_dbf(whole(".dbf").tobytes()) if size(".dbf") <= LARGEST_DBF else None
    if table is None:
        return encoding
    log.extend(_value_problems(table, file.name))
    chosen = _encoding(table, head(".cpg"), encoding, file.name, log)
    log.extend(_cut_problems(table, chosen, file.name))
    problems.extend(log.notices)
    log.raise_if_errors()
    return chosen


def projection_text(source: str | Path, file: Path) -> str | None:
    """The text of the .prj, as it is: software may read no more of it than the name."""
    if isinstance(source, Path):
        head, _, whole = _parts_on_disk(source)
    else:
        head, _, whole = _parts_in_zip(file, source.rpartition("}/")[2])
    if not head(".prj"):
        return None
    return whole(".prj").tobytes()[:_LONGEST_PRJ].decode("utf-8", errors="replace")


def _index_problems(index: Bytes, shapes: Bytes, where: str) -> Iterator[Problem]:
    """Entries of the .shx that lead to another row's shape; GDAL would join it to the attributes.

    Each entry holds place and length of a record, in 16-bit words; each record of the .shp begins
    with its own number (from 1; some writers count from 0) and length.
    """
    entries = np.frombuffer(index[100:].tobytes(), dtype=">i4").reshape(-1, 2).astype(np.int64)
    place = entries[:, 0] * 2
    is_inside = (place >= 100) & (place + 8 <= len(shapes))
    start = np.where(is_inside, place, 0)[:, None] + np.arange(8)
    heads = np.ascontiguousarray(shapes[start]).view(">i4").astype(np.int64)
    row = np.arange(len(entries))
    bad = ~is_inside | (heads[:, 1] != entries[:, 1])
    is_numbered = np.isin(heads[:, 0], row + 1) | (heads[:, 0] == 0)
    if is_numbered.all() and len(np.unique(heads[:, 0])) > 1:
        bad |= (heads[:, 0] != row + 1) & ~(heads[:, 0] == row).all()
    _, first = np.unique(place, return_index=True)
    bad |= ~np.isin(row, first)
    if bad.any():
        listed = _listed(int(each) + 1 for each in np.flatnonzero(bad))
        yield problem("gis.shapefile_index_wrong", where, count=int(bad.sum()), rows=listed)


def _value_problems(table: Dbf, where: str) -> Iterator[Problem]:
    """Numbers that did not fit, dates that do not exist, names cut at ten characters."""
    for field in table.fields:
        name = field.name.decode("utf-8", errors="replace")
        rows = overflowing_rows(table, field)
        if rows:
            yield problem(
                "gis.number_overflow", where, field=name, count=len(rows), rows=_listed(rows)
            )
        rows = unreadable_numbers(table, field)
        if rows:
            yield problem(
                "gis.number_unreadable", where, field=name, count=len(rows), rows=_listed(rows)
            )
        rows = impossible_dates(table, field)
        if rows:
            yield problem(
                "gis.date_impossible", where, field=name, count=len(rows), rows=_listed(rows)
            )
    deleted = deleted_rows(table)
    if deleted:
        yield problem("gis.rows_deleted", where, count=len(deleted), rows=_listed(deleted))
    pairs = shortened_names(table)
    if pairs:
        shown = ", ".join(f"{one}/{other}" for one, other in pairs[:_SHOWN_ROWS])
        shown += ", …" if len(pairs) > _SHOWN_ROWS else ""
        yield problem("gis.field_names_cut", where, fields=shown)


def _listed(rows: Iterable[int]) -> str:
    numbers = list(rows)
    shown = ", ".join(map(str, numbers[:_SHOWN_ROWS]))
    return shown if len(numbers) <= _SHOWN_ROWS else f"{shown}, … ({len(numbers)})"


def _encoding(
    table: Dbf, cpg: bytes | None, asked: str | None, where: str, problems: ProblemLog
) -> str | None:
    """The encoding to read with: asked for, declared and true, or told from the bytes."""
    names = [field.name for field in table.fields if any(byte > 127 for byte in field.name)]
    cells = text_cells(table) + [TextCell(name, len(name) >= 10) for name in names]
    if asked is not None or not cells:
        return asked
    declared, by = _declared(cpg, table.language_id)
    found = likely_encoding(cells)
    says_little = declared is None or declared in WESTERN
    if (
        declared
        and decodes(cells, declared)
        and not (says_little and found in ("UTF-8", "GB18030"))
    ):
        return declared
    if found is None and declared:
        # single cells are broken, the declaration stands and the reader names the first of them
        problems.add("gis.encoding_wrong", where, encoding=declared)
        return declared
    if found is None:
        problems.add("gis.encoding_unknown", where)
        return None
    sample = cells[0].data.decode(found, errors="ignore")
    if declared:
        problems.add(
            "gis.encoding_not_declared", where, by=by, declared=declared, chosen=found,
            sample=sample[:20],
        )  # fmt: skip
    elif found != "UTF-8":
        problems.add("gis.encoding_guessed", where, chosen=found, sample=sample[:20])
    return found


def likely_encoding(cells: list[TextCell]) -> str | None:
    """The encoding that some texts beyond ASCII are in: UTF-8, GB18030, Big5 or a western one.

    None when no single one reads them all. Bytes that GB18030 and Big5 both read are in the one
    whose everyday characters they give.

    >>> likely_encoding([TextCell("南山区".encode("gbk"), False)])
    'GB18030'
    >>> likely_encoding([TextCell("臺灣區".encode("big5"), False)])
    'BIG5'
    >>> likely_encoding([TextCell("Straße".encode("latin-1"), False)])
    'CP1252'
    """
    if decodes(cells, "UTF-8"):
        return "UTF-8"
    if _is_western(cells) and decodes(cells, "CP1252"):
        return "CP1252"
    fitting = [name for name in ("GB18030", "BIG5") if decodes(cells, name)]
    return max(fitting, key=lambda name: _everyday_share(cells, name), default=None)


def _is_western(cells: list[TextCell]) -> bool:
    """Whether bytes above 127 are accents: one or two at a time, among more plain letters.

    Chinese bytes come in pairs, or (Big5) with few plain letters between them.
    """
    runs = [len(run) for cell in cells for run in _HIGH_BYTES.findall(cell.data)]
    letters = sum(len(_LETTERS.findall(cell.data)) for cell in cells)
    lone = sum(length % 2 for length in runs)
    return max(runs, default=0) <= 2 and lone > 0.25 * sum(runs) and letters >= sum(runs)


def _everyday_share(cells: list[TextCell], encoding: str) -> float:
    """Share of the characters beyond ASCII that are in the encoding's list of everyday ones."""
    text = "".join(cell.data.decode(encoding, errors="ignore") for cell in cells)
    beyond = [each for each in text if not each.isascii()]
    if encoding == "BIG5":
        found = sum(0xA4 <= each.encode("big5", "replace")[0] <= 0xC6 for each in beyond)
    else:
        found = sum(0xB0 <= each.encode("gb2312", "replace")[0] <= 0xD7 for each in beyond)
    return found / max(1, len(beyond))


def _declared(cpg: bytes | None, language_id: int) -> tuple[str | None, str]:
    """Encoding and source of the declaration; code page 936 and its like get Python's names."""
    text = (cpg or b"").replace(b"\x00", b"").decode("ascii", errors="ignore").strip().upper()
    if text:
        number = text.removeprefix("ANSI").removeprefix("CP").strip(" _-")
        known = {"936": "GBK", "950": "BIG5", "65001": "UTF-8", "UTF8": "UTF-8", "54936": "GB18030"}
        if text.startswith("GB"):
            return "GB18030", ".cpg"
        return known.get(number, f"CP{number}" if number.isdecimal() else text), ".cpg"
    name = CODE_PAGES.get(language_id)
    return name, f"LDID 0x{language_id:02X}"


def _cut_problems(table: Dbf, encoding: str | None, where: str) -> Iterator[Problem]:
    if encoding is None:
        return
    try:
        cut = cut_cells(table, encoding)
    except LookupError:
        return  # an unknown encoding is reported when it is used
    for name, rows in cut.items():
        yield problem("gis.text_cut", where, field=name, count=len(rows), rows=_listed(rows))


def _parts_on_disk(shp: Path) -> tuple[Reader, Sizes, Whole]:
    parts = {
        path.suffix.lower(): path
        for path in shp.parent.iterdir()
        if path.stem == shp.stem and path.is_file()
    }

    def head(suffix: str) -> bytes | None:
        if suffix not in parts:
            return None
        with parts[suffix].open("rb") as stream:
            return stream.read(100)

    return (
        head,
        lambda suffix: parts[suffix].stat().st_size,
        lambda suffix: np.memmap(parts[suffix], dtype=np.uint8, mode="r"),
    )


def _parts_in_zip(file: Path, member: str) -> tuple[Reader, Sizes, Whole]:
    stem = str(PurePosixPath(member).with_suffix(""))
    with zipfile.ZipFile(file) as archive:
        parts = {
            PurePosixPath(each.filename).suffix.lower(): each
            for each in archive.infolist()
            if str(PurePosixPath(each.filename).with_suffix("")) == stem
        }

    def head(suffix: str) -> bytes | None:
        if suffix not in parts:
            return None
        with zipfile.ZipFile(file) as archive, archive.open(parts[suffix]) as stream:
            return stream.read(100)

    def whole(suffix: str) -> Bytes:
        with zipfile.ZipFile(file) as archive, archive.open(parts[suffix]) as stream:
            return np.frombuffer(stream.read(), dtype=np.uint8)

    return head, lambda suffix: parts[suffix].file_size, whole


def _missing_parts(head: Reader, where: str) -> list[Problem]:
    return [
        problem("gis.shapefile_part_missing", where, part=suffix)
        for suffix in (".shp", ".shx", ".dbf")
        if len(head(suffix) or b"") < 32
    ]


def _length_problems(head: Reader, size: Sizes, where: str) -> list[Problem]:
    """Lengths are in 16-bit words at byte 24 of .shp and .shx; .dbf counts rows at byte 4."""
    found = []
    for suffix in (".shp", ".shx"):
        stated = 2 * struct.unpack(">i", (head(suffix) or b"")[24:28])[0]
        if stated != size(suffix):
            found.append(
                problem(
                    "gis.shapefile_shortened", where, part=suffix, stated=stated, size=size(suffix)
                )
            )
    shapes = (size(".shx") - 100) // 8
    rows, header, width = struct.unpack("<IHH", (head(".dbf") or b"")[4:12])
    if header + rows * width > size(".dbf"):
        found.append(
            problem(
                "gis.shapefile_shortened", where, part=".dbf", stated=header + rows * width,
                size=size(".dbf"),
            )
        )  # fmt: skip
    if rows != shapes:
        found.append(problem("gis.shapefile_counts", where, shapes=shapes, rows=rows))
    return found
