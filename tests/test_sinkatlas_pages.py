"""Pages to read, in a browser: nothing serious for axe, no page wider than a phone, one design."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from tiny_workspace import half_forest, write_workspace

from gis.problems import LANGUAGES
from sink_models.method import method_sheet
from sink_models.sampling import Sampling
from sinkatlas import run
from sinkatlas.checking.check import check_workspace
from sinkatlas.checking.page import as_page
from sinkatlas.pipeline.method_page import write_method_page

pytestmark = pytest.mark.browser
ACCENT = "rgb(20, 85, 63)"
"""``--accent`` of the map's page."""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Method sheet and check of a small territory, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    workspace = write_workspace(folder, {2024: half_forest()})
    sheet = method_sheet(run(workspace).indicator_results, Sampling(draws=50))
    checked = check_workspace(workspace)
    found = []
    for language in LANGUAGES:
        method, check = folder / f"method_{language}.html", folder / f"check_{language}.html"
        write_method_page(sheet, method, title="t", language=language, is_synthetic=True)
        check.write_text(as_page(checked, language), encoding="utf-8")
        found += [method, check]
    return found


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_serious_on_pages_to_read(documents: list[Path], page: Any) -> None:
    script = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
    for each in documents:
        page.goto(each.as_uri())
        page.evaluate(script.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run()).violations")
        grave = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert grave == [], each.name


def test_pages_to_read_have_the_maps_colours_and_fit_a_phone(
    documents: list[Path], page: Any
) -> None:
    for each in documents:
        page.goto(each.as_uri())
        colour = page.eval_on_selector("h2", "each => getComputedStyle(each).color")
        assert colour == ACCENT, each.name
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 720})
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{each.name} at {width}"


def test_formulas_are_typeset_not_spelled(documents: list[Path], page: Any) -> None:
    for each in documents:
        if each.name.startswith("method"):
            page.goto(each.as_uri())
            assert page.locator("dl math").count() > 0
            assert page.locator("dl math msub, dl math mfrac").count() > 0
