"""Pictures that were looked at once and kept: what is drawn now must look like them.

A picture is kept small (``WIDE`` pixels) and compared smaller still, so that another version of the
browser or of the font passes while a missing layer, another colour or a shifted box does not.
``SINKATLAS_PICTURES=write pytest …`` writes them anew: look at them before they are committed.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).resolve().parent / "pictures"
WIDE, COMPARED = 720, 180
DRAWN_WITH = "Noto Sans CJK SC"
"""The browser's font where the pictures were kept; letters of another one lie elsewhere."""

MOST_MEAN = 1.0
"""Mean difference of a colour channel, of 255."""
MOST_SHARE, APART = 0.0045, 40.0
"""Share of the compared pixels that may differ by more than ``APART`` of 255."""


Part = tuple[float, float, float, float]
"""Left, top, right and bottom of a part, as shares of a picture."""


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Mean difference, and the share of pixels that are apart, of two pictures of one shape."""
    first, second = (_reduced(each) for each in (one, other))
    if first.shape != second.shape:
        return 255.0, 1.0
    apart = np.abs(first - second)
    return float(apart.mean()), float((apart.max(axis=2) > APART).mean())


def _reduced(picture: Image.Image) -> NDArray[np.float64]:
    height = round(COMPARED * picture.height / picture.width)
    small = picture.convert("RGB").resize((COMPARED, height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64)


def _cut(picture: Image.Image, part: Part) -> Image.Image:
    width, height = picture.size
    left, top, right, bottom = part
    return picture.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )


def kept(name: str) -> Image.Image:
    return Image.open(FOLDER / f"{name}.png")


def require_browser_font() -> None:
    """Skip with the reason where the browser has another Chinese font; CI must have this one."""
    program = shutil.which("fc-list")
    listed = (
        subprocess.run([program, DRAWN_WITH], capture_output=True, check=True) if program else None
    )
    if listed is None or not listed.stdout.strip():
        message = f"pictures of pages were kept with {DRAWN_WITH}, which this machine lacks"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and CI must compare them")
        pytest.skip(message)


def looks_like(name: str, png: bytes, part: Part = (0.0, 0.0, 1.0, 1.0)) -> None:
    """Fail when a part of a picture does not look like that of the one kept under its name."""
    now = Image.open(io.BytesIO(png)).convert("RGB")
    small = now.resize((WIDE, round(WIDE * now.height / now.width)), Image.Resampling.LANCZOS)
    path = FOLDER / f"{name}.png"
    if os.environ.get("SINKATLAS_PICTURES") == "write":
        FOLDER.mkdir(exist_ok=True)
        small.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    assert path.is_file(), f"no picture {name} was kept"
    mean, share = difference(_cut(small, part), _cut(kept(name), part))
    if mean > MOST_MEAN or share > MOST_SHARE:
        seen = Path(os.environ.get("TMPDIR", "/tmp")) / f"{name}_now.png"
        small.save(seen)
        raise AssertionError(f"{name}: mean {mean:.2f}, apart {share:.2%}; see {seen}")
