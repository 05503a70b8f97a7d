"""Reading a plan's file: text, Word, text PDF, web page or workbook, told by its first bytes."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from gis.problems import InputError, problem
from gis.reading import LARGEST_DOCUMENT, LARGEST_SETTINGS, check_word_file, check_workbook
from plans.extract.document import Document, TooMuchError
from plans.extract.encodings import decoded
from plans.extract.html_pages import read_html
from plans.extract.pdf_files import LockedError, read_pdf
from plans.extract.word_files import read_docx
from plans.extract.workbooks import read_xlsx

_Check = Callable[[IO[bytes], str], None]

_FORMATS = ".txt, .md, .docx, .pdf, .html, .htm, .xlsx"


def read_document(path: Path) -> Document:
    """The text and tables of a plan's file.

    Raises ``InputError`` when the file is absent, too large, of another format, damaged, or (a
    scanned PDF) without text.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        detail = error.strerror or error
        raise InputError(
            problem("plans.document_unreadable", where=path, detail=detail, formats=_FORMATS)
        ) from None
    if len(content) > LARGEST_DOCUMENT:
        raise _too_large(path, LARGEST_DOCUMENT)
    try:
        document = _reader(path, content)(content)
    except TooMuchError:
        raise InputError(problem("plans.document_excessive", where=path)) from None
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
    if len(content) > LARGEST_SETTINGS:
        raise _too_large(path, LARGEST_SETTINGS)
    text = decoded(content)
    if text is None:
        raise _unreadable(path, "binary file")
    if path.suffix.lower() in (".html", ".htm") or re.match(r"\s*<(?:!doctype|html)", text, re.I):
        return lambda _: read_html(text)
    return lambda _: Document(text.replace("\r\n", "\n").replace("\r", "\n"))


def _packed(path: Path, content: bytes) -> Callable[[bytes], Document]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from None
    readers: Mapping[str, tuple[_Check, Callable[[bytes], Document]]] = {
        "word/document.xml": (check_word_file, read_docx),
        "xl/workbook.xml": (check_workbook, read_xlsx),
    }
    for name, (check, reader) in readers.items():
        if name in names:
            check(io.BytesIO(content), path.name)
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
        except TooMuchError:
            raise
        except Exception as error:
            raise _unreadable(path, error) from error

    return read


def _too_large(path: Path, size: int) -> InputError:
    return InputError(problem("plans.document_large", where=path, megabytes=size // 1_000_000))


def _unreadable(path: Path, detail: object) -> InputError:
    words = " ".join(str(detail).split())[:120] or type(detail).__name__
    return InputError(
        problem("plans.document_unreadable", where=path, detail=words, formats=_FORMATS)
    )
