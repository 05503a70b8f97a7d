"""Text of the page's own files, and the one style of all pages to read."""

from __future__ import annotations

from importlib import resources


def document_style() -> str:
    """The style of pages to read, such as the method sheet: colours and type of the map's page."""
    return asset("css", "document.css")


def asset(*parts: str) -> str:
    """A file beside this one as text, with the same line ends on every system."""
    text = resources.files("maps.page").joinpath("assets", *parts).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
