"""Reading a plan's file: text, Word, text PDF, web page or workbook, told by its first bytes."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from gis.problems import InputError, problem
from plans.extract.document import Document
from plans.extract.encodings import decoded
from plans.extract.html_pages import read_html
from plans.extract.pdf_files import LockedError, read_pdf
from plans.extract.word_files import read_docx
from plans.extract.workbooks import read_xlsx

LARGEST = 200 * 2**20
"""Bytes of the largest file that is read, packed or unpacked."""

_FORMATS = ".txt, .md, .docx, .pdf, .html, .htm, .xlsx"


def read_document(path: Path) -> Document:
    """The text and tables of a plan's file.

    Raises ``InputError`` when the file is absent, too large, of another format, damaged, or (a
    scanned PDF) without text.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                problem("plans.document_large", where=path, megabytes=LARGEST // 2**20)
            )
        content = path.read_bytes()
    except OSError as error:
        detail = error.strerror or error
        raise InputError(
            problem("plans.document_unreadable", where=path, detail=detail, formats=_FORMATS)
        ) from None
    document = _reader(path, content)(content)
    if not document.text.strip():
        raise InputError(problem("plans.document_empty", where=path))
    return document


def _reader(path: Path, content: bytes) -> Callable[[bytes], Document]:
    """The reader for what the file is, whatever it is called."""
    if content.startswith(b"%PDF"):
        return _careful(read_pdf, path)
    if content.startswith(b"PK\x03\x04"):
        return _careful(_packed(path, content), path)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InputError(problem("plans.document_locked", where=path))
        raise _unreadable(path, "Word or Excel file of before 2007")
    text = decoded(content)
    if text is None:
        raise _unreadable(path, "binary file")
    if path.suffix.lower() in (".html", ".htm") or re.match(r"\s*<(?:!doctype|html)", text, re.I):
        return lambda _: read_html(text)
    return lambda _: Document(text.replace("\r\n", "\n").replace("\r", "\n"))


def _packed(path: Path, content: bytes) -> Callable[[bytes], Document]:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            size = sum(each.file_size for each in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(path, error) from None
    if size > LARGEST:
        raise InputError(problem("plans.document_large", where=path, megabytes=LARGEST // 2**20))
    readers: Mapping[str, Callable[[bytes], Document]] = {
        "word/document.xml": read_docx,
        "xl/workbook.xml": read_xlsx,
    }
    for name, reader in readers.items():
        if name in names:
            return reader
    raise _unreadable(path, "neither .docx nor .xlsx")


def _careful(reader: Callable[[bytes], Document], path: Path) -> Callable[[bytes], Document]:
    """Readers of foreign formats fail in their own ways; all are a file that cannot be read."""

    def read(content: bytes) -> Document:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of fonts and styles that no text depends on
                return reader(content)
        except LockedError:
            raise InputError(problem("plans.document_locked", where=path)) from None
        except Exception as error:
            raise _unreadable(path, error) from error

    return read


def _unreadable(path: Path, detail: object) -> InputError:
    words = " ".join(str(detail).split())[:120] or type(detail).__name__
    return InputError(
        problem("plans.document_unreadable", where=path, detail=words, formats=_FORMATS)
    )
