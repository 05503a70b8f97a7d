"""Where things stand on a sheet: a small template file that a bureau can change.

Templates count in millimetres of paper. ``text`` enlarges or shrinks all type and lines; inside,
a sheet is drawn in millimetres of an A3 page of normal type, so every length of a template is
divided by it once, here.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from gis.problems import InputError, ProblemLog, problem
from gis.reading import LARGEST_TOML, bounded_bytes

Box = tuple[float, float, float, float]
"""left, bottom, right, top in mm."""

Size = Literal["A3", "A4"]
Orientation = Literal["landscape", "portrait"]

SECTIONS = ("headline", "legend", "indicators", "targets", "districts")
BOXES = ("title", "badge", "map", "footer")
LEAST_MM: Mapping[str, tuple[float, float]] = {
    "title": (60.0, 14.0),
    "badge": (30.0, 8.0),
    "map": (80.0, 80.0),
    "footer": (150.0, 20.0),
    "column": (60.0, 40.0),
}
"""The narrowest and lowest box in which a part can still be read, at ``text = 1``."""


@dataclass(frozen=True)
class PageColumn:
    """A column of sections beside or below the map."""

    box: Box
    city: tuple[str, ...]
    district: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A checked template; every length is in mm of paper divided by ``text``."""

    width: float
    height: float
    text: float
    resolution: int
    title: Box
    badge: Box
    map: Box
    footer: Box
    footer_columns: int
    locator: tuple[float, float]
    columns: tuple[PageColumn, ...]

    @property
    def paper_mm(self) -> tuple[float, float]:
        """Width and height of the paper."""
        return self.width * self.text, self.height * self.text


def layout(size: Size = "A3", orientation: Orientation = "landscape") -> Layout:
    """A layout that ships.

    >>> layout("A4", "portrait").paper_mm
    (210.0, 297.0)
    """
    name = f"{size.lower()}_{orientation}.toml"
    text = (resources.files("maps.plate") / "templates" / name).read_text(encoding="utf-8")
    return _checked(tomllib.loads(text), name)


def load_layout(path: str | os.PathLike[str]) -> Layout:
    """A layout of the user's own; raises ``InputError`` with everything that is wrong in it."""
    file = Path(path)
    try:
        raw = tomllib.loads(bounded_bytes(file, LARGEST_TOML).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise InputError(problem("maps.template_unreadable", where=file, detail=error)) from error
    return _checked(raw, str(file))


def _checked(raw: Mapping[str, Any], where: str) -> Layout:
    log = ProblemLog()
    reader = _Reader(raw, where, log)
    page = {key: reader.number("page", key, *limits) for key, limits in _PAGE.items()}
    boxes = {name: reader.box(f"boxes.{name}", reader.get("boxes", name)) for name in BOXES}
    footer_columns = reader.number("footer", "columns", 2, 4)
    locator = reader.pair("locator", "size")
    columns = tuple(reader.columns())
    reader.refuse_unknown()
    for name, box in [*boxes.items(), *(("column", each.box) for each in columns)]:
        reader.check_room(name, box, page)
    log.raise_if_errors()
    text = page["text"]

    def scaled(box: Box) -> Box:
        left, bottom, right, top = (each / text for each in box)
        return left, bottom, right, top

    return Layout(
        width=page["width"] / text,
        height=page["height"] / text,
        text=text,
        resolution=round(page["resolution"]),
        title=scaled(boxes["title"]),
        badge=scaled(boxes["badge"]),
        map=scaled(boxes["map"]),
        footer=scaled(boxes["footer"]),
        footer_columns=round(footer_columns),
        locator=(locator[0] / text, locator[1] / text),
        columns=tuple(PageColumn(scaled(each.box), each.city, each.district) for each in columns),
    )


_PAGE = {
    "width": (100.0, 1200.0),
    "height": (100.0, 1200.0),
    "text": (0.6, 3.0),
    "resolution": (72.0, 600.0),
}
_KEYS = {
    "page": set(_PAGE),
    "boxes": set(BOXES),
    "footer": {"columns"},
    "locator": {"size"},
    "columns": {"box", "city", "district"},
}
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_LARGEST_INSET_MM = 200.0


@dataclass(frozen=True)
class _Reader:
    """Takes values out of a raw template and notes what is wrong with each."""

    raw: Mapping[str, Any]
    where: str
    log: ProblemLog

    def wrong(self, key: str, allowed: str) -> None:
        self.log.add("maps.template_value", where=self.where, key=key, allowed=allowed)

    def get(self, table: str, key: str) -> object:
        found = self.raw.get(table)
        return found.get(key) if isinstance(found, Mapping) else None

    def number(self, table: str, key: str, least: float, most: float) -> float:
        value = _numbers([self.get(table, key)], 1)
        if value is not None and least <= value[0] <= most:
            return value[0]
        self.wrong(f"{table}.{key}", f"{least:g}–{most:g}")
        return least

    def pair(self, table: str, key: str) -> tuple[float, float]:
        value = _numbers(self.get(table, key), 2)
        if value is not None and all(0 <= each <= _LARGEST_INSET_MM for each in value):
            return value[0], value[1]
        self.wrong(f"{table}.{key}", f"[0–{_LARGEST_INSET_MM:g}, 0–{_LARGEST_INSET_MM:g}]")
        return 0.0, 0.0

    def box(self, key: str, value: object) -> Box:
        found = _numbers(value, 4)
        if found is not None and found[0] < found[2] and found[1] < found[3]:
            return found[0], found[1], found[2], found[3]
        self.wrong(key, "[left, bottom, right, top]")
        return _NOWHERE

    def columns(self) -> list[PageColumn]:
        given = self.raw.get("columns")
        if not isinstance(given, list) or not given:
            self.wrong("columns", "[[columns]]")
            return []
        return [self._column(i, each) for i, each in enumerate(given, start=1)]

    def _column(self, number: int, given: object) -> PageColumn:
        table = given if isinstance(given, Mapping) else {}
        key = f"columns[{number}]"
        return PageColumn(
            self.box(f"{key}.box", table.get("box")),
            self._sections(f"{key}.city", table.get("city")),
            self._sections(f"{key}.district", table.get("district")),
        )

    def _sections(self, key: str, given: object) -> tuple[str, ...]:
        if isinstance(given, list) and all(each in SECTIONS for each in given):
            return tuple(given)
        self.wrong(key, ", ".join(SECTIONS))
        return ()

    def refuse_unknown(self) -> None:
        for table, content in self.raw.items():
            known = _KEYS.get(table)
            if known is None:
                self.wrong(table, ", ".join(_KEYS))
                continue
            for each in content if isinstance(content, list) else [content]:
                for key in set(each) - known if isinstance(each, Mapping) else ():
                    self.wrong(f"{table}.{key}", ", ".join(sorted(known)))

    def check_room(self, name: str, box: Box, page: Mapping[str, float]) -> None:
        """A box lies on the paper and is large enough for what it holds."""
        if box == _NOWHERE:
            return
        if min(box) < 0 or box[2] > page["width"] or box[3] > page["height"]:
            self.wrong(name, f"0–{page['width']:g} × 0–{page['height']:g} mm")
        width, height = (each * page["text"] for each in LEAST_MM[name])
        if box[2] - box[0] < width or box[3] - box[1] < height:
            self.wrong(name, f"≥ {width:g} × {height:g} mm")


def _numbers(value: object, count: int) -> tuple[float, ...] | None:
    """A list of that many finite numbers, or None."""
    if not isinstance(value, list) or len(value) != count:
        return None
    found = [each for each in value if isinstance(each, int | float) and not isinstance(each, bool)]
    fits = len(found) == count and all(map(math.isfinite, found))
    return tuple(float(each) for each in found) if fits else None
