"""What a machine has that the outputs need, said so that a person can mend it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from gis.problems import Language
from sinkatlas.publish import software_versions

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "firefox")


@dataclass(frozen=True)
class MachineFinding:
    """One line of the examination."""

    text: str
    is_well: bool = True


def examine(language: Language) -> tuple[MachineFinding, ...]:
    """The typefaces of the plates, a browser, and the versions of the libraries.

    A missing browser is only told: any browser on the reader's own machine opens the map.
    """
    return (_font(language), _browser(language), *_versions())


def _font(language: Language) -> MachineFinding:
    from maps.fonts import chinese_font

    label = {"zh": "图幅字体", "en": "Typefaces of the plates"}[language]
    return MachineFinding(f"{label}: {', '.join(chinese_font().families)}")


def _browser(language: Language) -> MachineFinding:
    label, none = {
        "zh": ("浏览器", "未找到（不影响生成结果）"),
        "en": ("Browser", "none found (results do not need one)"),
    }[language]
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return MachineFinding(f"{label}: {found or none}")


def _versions() -> tuple[MachineFinding, ...]:
    return tuple(
        MachineFinding(f"{name} {version}") for name, version in software_versions().items()
    )
