"""Fonts of the printed sheet: found on the machine, never shipped, and proven to hold every glyph.

A missing glyph prints as an empty box while the PDF's text still reads right, so each character is
looked up in the fonts' own character maps before anything is written.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

from gis.problems import OutputError, problem
from maps.text import ELLIPSIS

CJK_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Micro Hei",
)
"""Families with simplified Chinese, best first."""

FONT_PACKAGES = ("cvttf_NotoSansCJK_Regular", "cvttf_NotoSansCJK_Bold")
"""Packages of the extra ``fonts``, for a machine without a Chinese font: Noto Sans CJK with its
Traditional forms, so the last choice."""

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
    """Fonts for a sheet: the file at ``path``, else the first installed family with Chinese.

    Raises ``OutputError`` when the file is no font, or when no such family is installed.
    """
    family = _family_of(Path(path)) if path is not None else _installed_family()
    return _loaded((family, _SYMBOLS))


def require_glyphs(texts: Iterable[str], fonts: Fonts) -> None:
    """Raise ``OutputError`` naming every character that none of the fonts can draw."""
    wanted = set().union(*texts) - {"\n"}
    maps = [_characters(face) for face in fonts.faces]
    absent = sorted(each for each in wanted if not any(ord(each) in known for known in maps))
    if absent:
        named = " ".join(f"{each} (U+{ord(each):04X})" for each in absent[:20])
        raise OutputError(problem("maps.glyph_missing", where=fonts.name, characters=named))


@cache
def _loaded(families: tuple[str, ...]) -> Fonts:
    return Fonts(families, tuple(font_manager.get_font(_file(each)) for each in families))


def _file(family: str, *, rebuild: bool = False) -> font_manager.FontPath:
    """File and face of a family; raises ``ValueError`` when it is not installed."""
    wanted = FontProperties(family=family)
    return font_manager.findfont(wanted, fallback_to_default=False, rebuild_if_missing=rebuild)


def _installed_family() -> str:
    """The first family that the machine has, else that of the font packages of the extra."""
    # The list of fonts is cached between runs: look again once before saying that none is there.
    for rebuild in (False, True):
        for family in CJK_FAMILIES:
            try:
                _file(family, rebuild=rebuild and family == CJK_FAMILIES[0])
            except ValueError:
                continue
            return family
    if packaged := _packaged_files():
        families = [_family_of(path) for path in packaged]  # makes every face known
        return families[0]
    raise OutputError(problem("maps.font_missing", families=", ".join(CJK_FAMILIES)))


def _packaged_files() -> list[Path]:
    """Font files of the installed font packages, the regular face first."""
    specs = [importlib.util.find_spec(name) for name in FONT_PACKAGES]
    folders = [Path(spec.origin).parent for spec in specs if spec and spec.origin]
    return [path for folder in folders for path in sorted(folder.glob("*.otf"))]


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
