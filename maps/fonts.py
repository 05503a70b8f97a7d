"""Fonts of the plates: a typeface that ships with the program, so that a page is the same anywhere.

A missing glyph prints as an empty box while the PDF's text still reads right, so each character is
looked up in the fonts' own character maps before it is drawn; one that no font has is drawn as 〓.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

from gis.problems import OutputError, Problem, problem
from maps.text import ELLIPSIS

FAMILY = "SinkAtlas Sans SC"
"""The typeface that ships beside this file: Noto Sans CJK SC, cut down to the characters of GBK."""

FALLBACKS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("Microsoft YaHei", "PingFang SC", "SimSun-ExtB", "SimHei", "WenQuanYi Micro Hei"),
)
"""Families that are asked, where they are installed, for the rare characters that ours lacks."""

ABSENT = "〓"
"""Stands where no font has a character, as printers set it."""

_SYMBOLS = "DejaVu Sans"
"""Comes with matplotlib; draws the signs that a Chinese font may lack (³, ′, −)."""

MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Fonts:
    """The families a sheet draws with, in order of preference, and what they can draw.

    ``advances`` gives, for each character measured so far, its width in em.
    """

    families: tuple[str, ...]
    faces: tuple[FT2Font, ...]
    advances: dict[str, float] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The family with Chinese characters."""
        return self.families[0]

    @property
    def pdf_type(self) -> int:
        """How a PDF may embed them: 42 for TrueType outlines, 3 when any has CFF outlines.

        matplotlib 3.11 declares embedded CFF outlines as TrueType ones; strict viewers refuse them.
        """
        tables = [face.get_sfnt_table("maxp") for face in self.faces]
        return 42 if all(each and each["version"] == (1, 0) for each in tables) else 3

    def absent(self, text: str) -> str:
        """The characters of a text that none of the fonts can draw, each once, in order."""
        maps = [_characters(face) for face in self.faces]
        return "".join(
            sorted(
                each for each in set(text) - {"\n"} if not any(ord(each) in known for known in maps)
            )
        )

    def drawable(self, text: str) -> str:
        """The text with ``ABSENT`` for every character that none of the fonts can draw."""
        return text.translate(dict.fromkeys(map(ord, self.absent(text)), ABSENT))

    def width_mm(self, text: str, size_pt: float) -> float:
        """Width of a line of text in mm at a size in points."""
        return sum(self._advance(each) for each in text) * size_pt * MM_PER_POINT

    def _advance(self, character: str) -> float:
        if character not in self.advances:
            self.advances[character] = _advance(self.faces, character)
        return self.advances[character]

    def fitted(self, text: str, size_pt: float, width_mm: float) -> str:
        """The text, or as much of it as fits the width, a cut shown by an ellipsis."""
        if self.width_mm(text, size_pt) <= width_mm:
            return text
        room = width_mm - self.width_mm(ELLIPSIS, size_pt)
        for end, each in enumerate(text):
            room -= self.width_mm(each, size_pt)
            if room < 0:
                return text[:end].rstrip() + ELLIPSIS
        return text

    def wrapped(self, text: str, size_pt: float, width_mm: float, lines: int) -> list[str]:
        """The text in at most ``lines`` lines of the given width; what is left over is cut.

        Lines break after spaces and between Chinese characters, never inside a Latin word unless
        the word alone is wider than a line.
        """
        found: list[str] = []
        rest = text.strip()
        while rest and len(found) < lines - 1:
            end = self._break(rest, size_pt, width_mm)
            found.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return [*found, self.fitted(rest, size_pt, width_mm)] if rest else found

    def _break(self, text: str, size_pt: float, width_mm: float) -> int:
        """Where the first line of a text ends."""
        room, last = width_mm, 0
        for place, each in enumerate(text):
            if place and _may_break(text[place - 1], each):
                last = place
            room -= self.width_mm(each, size_pt)
            if room < 0:
                return last or max(place, 1)
        return len(text)


def chinese_font(path: str | os.PathLike[str] | None = None) -> Fonts:
    """Fonts for a plate: the file at ``path`` where one is named, else the typeface that ships.

    Raises ``OutputError`` when the file is no font.
    """
    own = () if path is None else (_family_of(Path(path)),)
    installed = set(font_manager.get_font_names())
    rare = tuple(each for each in FALLBACKS if each in installed)
    return _loaded((*own, *_shipped(), *rare[:1], _SYMBOLS))


def glyph_problems(named: Mapping[str, str], fonts: Fonts) -> list[Problem]:
    """A warning for each name with characters that no font can draw, by what bears the name."""
    return [
        problem("maps.glyph_missing", where=bearer, name=name, characters=characters)
        for bearer, name in named.items()
        if (characters := " ".join(f"{each} (U+{ord(each):04X})" for each in fonts.absent(name)))
    ]


@cache
def _shipped() -> tuple[str, ...]:
    """The family beside this file, made known to matplotlib in both weights."""
    folder = Path(__file__).parent / "typefaces"
    return tuple({_family_of(path): None for path in sorted(folder.glob("*.otf"))})


@cache
def _loaded(families: tuple[str, ...]) -> Fonts:
    files = (
        font_manager.findfont(FontProperties(family=each), fallback_to_default=False)
        for each in families
    )
    return Fonts(families, tuple(map(font_manager.get_font, files)))


def _family_of(path: Path) -> str:
    try:
        family = FT2Font(path).family_name
    except (OSError, RuntimeError) as error:
        raise OutputError(problem("maps.font_unreadable", where=path, detail=error)) from error
    known = {Path(each.fname) for each in font_manager.fontManager.ttflist if each.name == family}
    if path not in known:
        font_manager.fontManager.addfont(path)
    return family


@cache
def _characters(face: FT2Font) -> Mapping[int, int]:
    return face.get_charmap()


def _advance(faces: tuple[FT2Font, ...], character: str) -> float:
    """Width of a character in em; one that no face has counts as a full one until it is refused."""
    face = next((each for each in faces if ord(character) in _characters(each)), None)
    if face is None:
        return 1.0
    face.set_size(100, 72)
    glyph = face.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 65536 / 100


def _may_break(before: str, after: str) -> bool:
    if after in "，。；：、）》」！？,.;:)%…" or before in "（《「(":
        return False
    return before == " " or ord(before) >= 0x2E80 or ord(after) >= 0x2E80
