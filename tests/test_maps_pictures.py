"""Sheets and states of the map look as they did when they were last looked at."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pypdfium2
import pytest
from matplotlib.text import Text
from pictures import (
    FOLDER,
    MOST_MEAN,
    MOST_SHARE,
    difference,
    kept,
    looks_like,
    require_browser_font,
)
from PIL import Image, ImageFilter

from maps.fonts import chinese_font
from maps.page.page import write_map
from maps.plate.page_layout import Orientation, Size, layout
from maps.plate.plate import choose, draw_sheet, style, write_sheet
from maps.report import Report

Maker = Callable[..., Report]
FORMS: list[tuple[Size, Orientation]] = [
    ("A3", "landscape"),
    ("A3", "portrait"),
    ("A4", "landscape"),
    ("A4", "portrait"),
]
CITY = ("荔湾区", "越秀区", "海珠区", "天河区", "白云区", "黄埔区", "番禺区")

DPI = 200
UNHINTED = {"text.hinting": "none"}  # a PDF is not hinted either


def png_of(report: Report, form: tuple[Size, Orientation], district: str | None = None) -> bytes:
    fonts = chinese_font()
    subject = dataclasses.replace(choose(report), district=district)
    stream = io.BytesIO()
    with mpl.rc_context(style(fonts)):
        sheet = draw_sheet(report, subject, fonts, form=layout(*form))
        sheet.page.figure.savefig(stream, format="png", dpi=60)
    return stream.getvalue()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form))
def test_sheets_look_as_kept(make_report: Maker, form: tuple[Size, Orientation]) -> None:
    looks_like(f"sheet_{form[0]}_{form[1]}", png_of(make_report(names=CITY), form))


def test_a_district_sheet_and_an_english_one_look_as_kept(make_report: Maker) -> None:
    report = make_report(names=CITY)
    looks_like("sheet_district", png_of(report, ("A4", "landscape"), "440104"))
    english = dataclasses.replace(report, language="en")
    looks_like("sheet_english", png_of(english, ("A3", "landscape")))


def test_the_pdf_draws_the_glyphs_that_the_picture_draws(
    make_report: Maker, tmp_path: Path
) -> None:
    """Another library draws the PDF from its embedded fonts: every text looks as in the picture."""
    report = make_report(names=CITY)
    (pdf,) = write_sheet(report, tmp_path, formats=("pdf",))
    page = pypdfium2.PdfDocument(pdf)[0]
    soft = ImageFilter.GaussianBlur(
        1.5
    )  # renderers place the same glyph a fraction of a pixel apart
    shown = page.render(scale=DPI / 72).to_pil().convert("L").filter(soft)
    fonts = chinese_font()
    with mpl.rc_context(style(fonts) | UNHINTED):
        figure = draw_sheet(report, choose(report), fonts).page.figure
        figure.set_dpi(DPI)
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        found = [each for each in figure.findobj(Text) if each.get_text().strip()]
        boxes = [(each.get_text(), each.get_window_extent(renderer).extents) for each in found]
    own = Image.open(io.BytesIO(_picture(figure))).convert("L").filter(soft)
    assert own.size == pytest.approx(shown.size, abs=2)
    assert len(boxes) > 60
    for text, (left, bottom, right, top) in boxes:
        if text == "–":  # stands on the hatch of unknown ground, which renderers place apart
            continue
        box = (
            int(left) - 1,
            int(own.height - top) - 1,
            int(right) + 2,
            int(own.height - bottom) + 2,
        )
        inks = [np.asarray(each.crop(box), dtype=float) for each in (shown, own)]
        dark = [float((255 - each).sum()) for each in inks]
        assert dark[0] > 0, text
        assert dark[0] == pytest.approx(dark[1], rel=0.2), text
        like = np.corrcoef(inks[0].ravel(), inks[1].ravel())[0, 1]
        assert like > 0.7, text


def _picture(figure: Any) -> bytes:
    stream = io.BytesIO()
    with mpl.rc_context(style(chinese_font()) | UNHINTED):
        figure.savefig(stream, format="png", dpi=DPI)
    return stream.getvalue()


STATES: dict[str, tuple[str, ...]] = {
    "map_opened": (),
    "map_value": (".chooser [data-view='value']",),
    "map_verdict": (".chooser [data-view='verdict']",),
    "map_change_ranking": (".chooser [data-view='change']", ".side [data-tab='ranking']"),
    "map_swipe": (
        ".chooser [data-view='value']",
        ".chooser [data-indicator='forest_cover_rate']",
        "[data-focus='swipe']",
    ),
    "map_quality": (".side [data-tab='quality']", ".chooser [data-tab='layers']"),
    "map_english": ("[data-action='language']",),
}


@pytest.mark.browser
def test_states_of_the_map_look_as_kept(make_report: Maker, chromium: Any, tmp_path: Path) -> None:
    require_browser_font()
    write_map(make_report(names=CITY), tmp_path / "map.html")
    for name, clicks in STATES.items():
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, offline=True)
        page = context.new_page()
        page.goto((tmp_path / "map.html").as_uri())
        for each in clicks:
            page.click(each)
        page.mouse.move(0, 0)
        looks_like(name, page.screenshot())
        context.close()


def test_the_tolerance_tells_any_two_kept_pictures_apart() -> None:
    """A tolerance that lets another state or another paper pass would prove nothing."""
    names = sorted(path.stem for path in FOLDER.glob("*.png"))
    assert len(names) >= 17
    alike = []
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            mean, share = difference(kept(one), kept(other))
            if mean <= MOST_MEAN and share <= MOST_SHARE:
                alike.append((one, other))
    assert alike == []
