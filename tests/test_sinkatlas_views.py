"""What a run shows in a notebook is what the result folder holds, and nothing in it runs."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gis.problems import InputError, OutputError
from maps.page.page import map_page, write_map
from maps.plate.page_layout import layout
from maps.plate.plate import write_sheet
from maps.report import Report
from sinkatlas.pipeline.views import MapView, TableView, sheet_view, table_view
from sinkatlas.publish.csv_tables import write_csv

Maker = Callable[..., Report]
HOSTILE = (
    "<script>window.top.pwned=1</script>",
    "\"></iframe><img src=x onerror=window.top.pwned=1>'&amp;",
    "$x$ {{7*7}} \u202e\x07区",
)


def test_a_saved_map_is_the_map_of_the_result_folder(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    write_map(report, tmp_path / "map.html")
    saved = MapView(report).save(tmp_path / "saved.html")
    assert saved.read_bytes() == (tmp_path / "map.html").read_bytes()


def test_a_shown_map_is_the_whole_page_in_a_frame_without_our_origin(make_report: Maker) -> None:
    report = make_report(names=HOSTILE, text='"><script>window.top.pwned=1</script>')
    shown = MapView(report)._repr_html_()
    frame = re.fullmatch(r'<iframe ((?:[\w-]+="[^"]*" ?)+)></iframe>', shown)
    assert frame, "an attribute was broken out of"
    facts = dict(re.findall(r'([\w-]+)="([^"]*)"', frame[1]))
    assert html.unescape(facts["srcdoc"]) == map_page(report)
    assert "allow-scripts" in facts["sandbox"].split()
    assert not {"allow-same-origin", "allow-top-navigation"} & set(facts["sandbox"].split())


@pytest.mark.browser
def test_a_shown_map_works_in_its_frame_and_touches_nothing_outside(
    make_report: Maker, tmp_path: Path, chromium: Any
) -> None:
    report = make_report(names=HOSTILE)
    page_file = tmp_path / "notebook.html"
    body = MapView(report)._repr_html_() + table_view(report, "results")._repr_html_()
    page_file.write_text(f"<!doctype html><meta charset=utf-8>{body}", encoding="utf-8")
    said: list[str] = []
    asked: list[str] = []
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.frame_locator("iframe").locator("path.leaflet-interactive").first.wait_for()
    outside = page.evaluate("[window.pwned, document.querySelectorAll('iframe').length]")
    inside = page.frames[1].evaluate("window.origin")
    context.close()
    assert outside == [None, 1]
    assert inside == "null"
    assert not said
    beyond = [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert not beyond


def test_a_sheet_shows_and_saves_what_is_written(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    form, asked = layout("A4", "portrait"), {"indicator": "forest_area", "epoch": 2020}
    pdf, png, svg = write_sheet(report, tmp_path, form=form, formats=("pdf", "png", "svg"), **asked)
    view = sheet_view(report, "forest_area", 2020, form)
    assert view._repr_png_() == png.read_bytes()
    assert view.save(tmp_path / "saved.pdf").read_bytes() == pdf.read_bytes()
    assert view.save(tmp_path / "saved.svg").read_bytes() == svg.read_bytes()


def test_a_sheet_that_cannot_be_is_refused_before_it_is_drawn(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    with pytest.raises(OutputError, match=r"maps\.indicator_unknown.*greenway"):
        sheet_view(report, "greenway", None)
    with pytest.raises(OutputError, match=r"sinkatlas\.sheet_format.*\.bmp"):
        sheet_view(report, None, None).save(tmp_path / "a.bmp")
    assert not (tmp_path / "a.bmp").exists()


@pytest.mark.parametrize("name", ["results", "changes", "verdicts", "account"])
def test_a_saved_table_is_the_csv_of_the_result_folder(
    make_report: Maker, tmp_path: Path, name: str
) -> None:
    report = make_report(names=HOSTILE)
    write_csv(getattr(report, name), tmp_path / "expected.csv")
    saved = table_view(report, name).save(tmp_path / "saved.csv")
    assert saved.read_bytes() == (tmp_path / "expected.csv").read_bytes()


def test_a_narrowed_table_keeps_the_figures(make_report: Maker) -> None:
    report = make_report()
    frame = table_view(report, "results", indicator="forest_area", epoch=2024).frame
    rows = report.results
    expected = rows[(rows["indicator"] == "forest_area") & (rows["epoch"] == 2024)]
    pd.testing.assert_frame_equal(frame, expected.reset_index(drop=True))


def test_an_unknown_table_indicator_or_year_is_named_with_what_there_is(
    make_report: Maker,
) -> None:
    report = make_report()
    with pytest.raises(InputError, match=r"sinkatlas\.table_unknown.*verdicts"):
        table_view(report, "result")
    with pytest.raises(InputError, match=r"table_value_unknown.*forest_cover_rate"):
        table_view(report, "results", indicator="forest")
    with pytest.raises(InputError, match=r"table_value_unknown.*2020, 2024"):
        table_view(report, "results", epoch=1999)
    with pytest.raises(InputError, match=r"table_value_unknown.*indicator"):
        table_view(report, "account", indicator="forest_area")


def test_a_shown_table_is_escaped_and_missing_is_empty(make_report: Maker) -> None:
    shown = table_view(make_report(names=HOSTILE), "results")._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert html.escape(HOSTILE[0]) in shown
    assert "tex2jax_ignore" in shown
    assert "nan" not in shown.lower()


def test_a_long_table_says_how_much_it_shows() -> None:
    shown = TableView(pd.DataFrame({"a": range(1000)}))._repr_html_()
    assert shown.count("<tr>") == 61  # sixty rows and their heading
    assert shown.endswith("<p>60 / 1000</p>")
