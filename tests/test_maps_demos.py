"""The maps of all five demonstration cities in headless Chromium, with the network denied."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pictures import looks_like, require_browser_font
from pypdf import PdfReader

from gis.problems import Language
from maps.brief.document import write_brief
from maps.page.page import write_map
from maps.report import Report
from sinkatlas import CITIES, Run
from sinkatlas.publish.csv_tables import write_csv

pytestmark = pytest.mark.browser
SIZE = {"width": 1440, "height": 900}
MAP = (0.2, 0.08, 0.72, 0.88)
"""The map in a picture of the page; what stands beside it grows with the indicators."""


@dataclass(frozen=True)
class Seen:
    """A page, and everything that it asked for or said while it was used."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


EVERY_THEME = """
() => {
  const found = [];
  const all = (what) => [...document.querySelectorAll(what)];
  const press = (what) => document.querySelector(what).click();
  for (const view of all(".chooser [data-view]").map((each) => each.dataset.view)) {
    press(`.chooser [data-view='${view}']`);
    for (let i = 0; i < all(".chooser .choice").length; i += 1) {
      all(".chooser .choice")[i].click();
      const epochs = all(".epochs [data-epoch]").map((each) => each.dataset.epoch);
      for (const epoch of epochs.length ? epochs : [null]) {
        if (epoch !== null) press(`.epochs [data-epoch='${epoch}']`);
        found.push({
          theme: `${view}/${i}/${epoch}`, legend: document.querySelector(".legend").textContent,
          fills: all("path[data-unit]").filter((each) => each.getAttribute("fill")).length,
          count: all(".legend-count").reduce((sum, each) => sum + (parseInt(each.textContent) || 0), 0),
        });
      }
    }
  }
  return found;
}
"""  # noqa: E501

ON_PAPER = """
() => {
  window.dispatchEvent(new Event("beforeprint"));
  const card = document.querySelector(".paper .card");
  const seen = [...document.querySelectorAll(".page *")].filter((each) => each.checkVisibility() && !each.closest("svg, .unseen")
    && [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
  const sizes = seen.map((each) => 0.75 * parseFloat(getComputedStyle(each).fontSize));
  const found = { hidden: card.scrollWidth - card.clientWidth, smallest: Math.min(...sizes), shown: card.innerText };
  window.dispatchEvent(new Event("afterprint"));
  return found;
}
"""  # noqa: E501

EVERY_CARD = """
(codes) => {
  const found = [];
  const epochs = [...document.querySelectorAll(".epochs [data-epoch]")].map((each) => each.dataset.epoch);
  for (const epoch of epochs) {
    document.querySelector(`.epochs [data-epoch='${epoch}']`).click();
    for (const code of codes) {
      const path = document.querySelector(`path[data-unit='${code}']`);
      if (path) path.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      else document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      found.push({ epoch: Number(epoch), code, card: document.querySelector(".side .card").dataset.card,
        shown: [...document.querySelectorAll(".side [data-indicator]")].map((e) => [e.dataset.indicator, e.dataset.value ?? null]) });
    }
  }
  return found;
}
"""  # noqa: E501


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Report], Path]:
    """The map of a report as a file, written once."""
    known: dict[int, tuple[Report, Path]] = {}

    def of(report: Report) -> Path:
        if id(report) not in known:
            path = tmp_path_factory.mktemp("map") / "map.html"
            write_map(report, path)
            known[id(report)] = (report, path)
        return known[id(report)][1]

    return of


@pytest.fixture
def opened(chromium: Any, pages: Callable[[Report], Path]) -> Iterator[Open]:
    """Open a report's map; at the end nothing may have been asked for or said."""
    seen: list[tuple[Seen, str, Any]] = []

    def open_map(report: Report, size: Mapping[str, int] = SIZE) -> Seen:
        path = pages(report)
        context = chromium.new_context(viewport=size, offline=True)
        view = Seen(context.new_page())
        view.page.on("request", lambda request: view.requests.append(request.url))
        view.page.on("console", lambda message: view.said.append(message.text))
        view.page.on("pageerror", lambda error: view.said.append(str(error)))
        view.page.goto(path.as_uri())
        seen.append((view, path.as_uri(), context))
        return view

    yield open_map
    for view, address, context in seen:
        outside = [url for url in view.requests if not url.startswith(("data:", "blob:"))]
        assert outside == [address]
        assert view.said == []
        context.close()


Open = Callable[..., Seen]
Runs = Callable[[str], Run]


@pytest.mark.parametrize("city", CITIES)
def test_every_theme_and_epoch_shows_a_class_for_every_district(
    city: str, demo_run: Runs, opened: Open
) -> None:
    report = demo_run(city).report
    view = opened(report)
    found = view.page.evaluate(EVERY_THEME)
    for each in found:
        assert each["count"] == each["fills"] == len(report.units), each["theme"]
    assert len(found) >= 2 * len(report.indicators)
    assert len({each["legend"] for each in found}) > len(report.indicators)


@pytest.mark.parametrize("city", CITIES)
def test_card_numbers_are_those_of_results_csv(
    city: str, demo_run: Runs, opened: Open, tmp_path: Path
) -> None:
    report = demo_run(city).report
    write_csv(report.results, tmp_path / "results.csv")
    table = pd.read_csv(tmp_path / "results.csv", dtype={"unit_code": str})
    view = opened(report)
    keys = {each.key for each in report.indicators}
    codes = [*report.units["unit_code"], report.whole_code]
    found = view.page.evaluate(EVERY_CARD, codes)
    assert len(found) == len(codes) * len(report.epochs)
    for each in found:
        assert each["card"] == each["code"]
        shown = {key: math.nan if text is None else float(text) for key, text in each["shown"]}
        rows = table[(table["unit_code"] == each["code"]) & (table["epoch"] == each["epoch"])]
        wanted = dict(zip(rows["indicator"], rows["value"], strict=True))
        known = rows[rows[["value", "low", "high"]].notna().any(axis=1)]
        assert keys & set(known["indicator"]) <= set(shown), "others are folded away"
        for key in shown:
            assert shown[key] == pytest.approx(wanted[key], rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("city", CITIES)
def test_the_first_picture_looks_as_kept(city: str, demo_run: Runs, opened: Open) -> None:
    require_browser_font()
    view = opened(demo_run(city).report)
    looks_like(f"demo_{city}", view.page.screenshot(), part=MAP)


@pytest.mark.parametrize("city", CITIES)
def test_print_is_one_page(city: str, demo_run: Runs, opened: Open, tmp_path: Path) -> None:
    view = opened(demo_run(city).report)
    view.page.pdf(path=tmp_path / "a.pdf", prefer_css_page_size=True, print_background=True)
    (page,) = PdfReader(tmp_path / "a.pdf").pages
    assert float(page.mediabox.width) * 25.4 / 72 == pytest.approx(420, abs=1)
    paper = view.page.evaluate(ON_PAPER)
    assert paper["hidden"] <= 1
    assert paper["smallest"] >= 7 - 1e-3
    for words in demo_run(city).report.verdict_words:
        assert words["title"]["zh"] in paper["shown"]


@pytest.mark.office
@pytest.mark.parametrize("city", CITIES)
def test_the_brief_has_three_to_six_pages(
    city: str, demo_run: Runs, convert: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    report = demo_run(city).report
    languages: tuple[Language, ...] = ("zh", "en") if city == "changsha" else ("zh",)
    for language in languages:
        told = replace(report, language=language)
        pages = PdfReader(convert(write_brief(told, tmp_path / f"{language}.docx"), "pdf")).pages
        assert 3 <= len(pages) <= 6
        printed = re.sub(r"\s", "", "".join(each.extract_text() for each in pages))
        for target in report.verdict_words:
            title = re.sub(r"\s", "", target["title"][language])
            assert unicodedata.normalize("NFKC", title) in unicodedata.normalize("NFKC", printed)


REACHED = """
() => {
  const at = document.activeElement;
  return [at.dataset.unit ? "unit" : at.dataset.focus || at.className, at.dataset.unit || ""];
}
"""


@pytest.mark.parametrize("city", CITIES)
def test_keyboard_alone_reaches_and_chooses(city: str, demo_run: Runs, opened: Open) -> None:
    """Tab reaches every control; the districts are one stop, Page Down goes through them, Enter
    chooses, and a group of choices is one stop.
    """
    report = demo_run(city).report
    view = opened(report)
    page = view.page
    reached: set[str] = set()
    chosen: set[str] = set()
    for _ in range(140):
        page.keyboard.press("Tab")
        name, unit = page.evaluate(REACHED)
        if name in reached:
            break  # around once
        reached.add(name)
        while unit and unit not in chosen:
            page.keyboard.press("Enter")
            assert page.get_attribute(".side .card", "data-card") == unit
            chosen.add(unit)
            page.keyboard.press("PageDown")
            unit = page.evaluate(REACHED)[1]
    assert chosen == set(report.units["unit_code"])
    assert sum(each.startswith(("view/", "target/")) for each in reached) == 2
    page.focus("path[data-unit][tabindex='0']")
    page.keyboard.press("Escape")
    assert page.get_attribute(".side .card", "data-card") == report.whole_code
    assert {"unit", "view/gap", "epoch", "swipe", "action/print", "home"} <= reached
    assert any(each.startswith("target/") for each in reached)
    assert any(each.startswith("panel/") for each in reached)


SCREENS = {"phone": (390, 844), "hd": (1280, 720), "laptop": (1366, 768), "4k": (3840, 2160)}

ON_THE_MAP = """
async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const box = (node) => { const { left, top, right, bottom } = node.getBoundingClientRect(); return [left, top, right, bottom]; };
  const seen = (node) => node && node.getBoundingClientRect().width > 0;
  const labels = [...document.querySelectorAll(".label-text")].filter((e) => e.style.visibility !== "hidden");
  const controls = [".legend", ".epoch-box > *", ".banner-box > *", ".leaflet-control-zoom", ".home", ".leaflet-control-scale"];
  return {
    labels: labels.map((e) => [e.querySelector(".label-name").textContent, box(e)]),
    controls: controls.map((name) => [name, document.querySelector(name)]).filter(([, e]) => seen(e)).map(([name, e]) => [name, box(e)]),
    wide: document.documentElement.scrollWidth - window.innerWidth,
  };
}
"""  # noqa: E501


@pytest.mark.parametrize("city", CITIES)
def test_nothing_on_the_map_lies_over_another_thing(
    city: str, demo_run: Runs, opened: Open
) -> None:
    """Measured from the boxes of the layout, from a phone to 4K, in the views that open first.

    Every district has its label: where the old town is a few pixels wide, or the legend stands,
    labels step aside with a line. On a phone a label without room is left out.
    """
    report = demo_run(city).report
    names = sorted(map(str, report.units["unit_name"]))
    page = None
    for screen, (width, height) in SCREENS.items():
        size = {"width": width, "height": height}
        if screen in ("phone", "hd"):  # the larger ones are the same window made larger
            page = opened(report, size).page
        page.set_viewport_size(size)
        for view in ("gap", "value"):
            page.evaluate(f"document.querySelector(\".chooser [data-view='{view}']\").click()")
            told = page.evaluate(ON_THE_MAP)
            assert told["wide"] <= 0, screen
            things = told["labels"] + told["controls"]
            for (one, a), (other, b) in combinations(things, 2):
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, f"{screen}, {view}: {one} and {other}"
            labelled = sorted(name for name, _ in told["labels"])
            assert labelled == names or screen == "phone", f"{screen}, {view}"


KEYS_SHOWN = """
() => {
  const found = new Set();
  const look = () => {
    const nodes = document.createTreeWalker(document.querySelector(".page"), NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
      const node = nodes.currentNode;
      if (node.parentElement.closest(".remedy, .provenance, .schemes, [data-action]")) continue;
      for (const key of node.textContent.match(/(?<![\\w.])[a-z]+(?:_[a-z0-9]+)+(?![\\w]*\\.[a-z])|undefined|NaN|\\[object/g) || []) found.add(key);
      const isOurs = !node.parentElement.closest(".given");
      if (document.documentElement.lang === "en" && isOurs && /[\\u4e00-\\u9fff]/.test(node.textContent)) found.add(node.textContent);
    }
  };
  const press = (what) => document.querySelector(what).click();
  for (const view of [...document.querySelectorAll(".chooser [data-view]")].map((each) => each.dataset.view)) {
    press(`.chooser [data-view='${view}']`);
    look();
  }
  press(".chooser [data-tab='layers']");
  for (const panel of ["card", "ranking", "quality"]) {
    press(`.side [data-tab='${panel}']`);
    for (const each of document.querySelectorAll("details")) each.open = true;
    look();
  }
  press(".chooser [data-tab='themes']");
  return [...found];
}
"""  # noqa: E501


@pytest.mark.parametrize("city", CITIES)
def test_no_key_of_the_program_is_shown_in_either_language(
    city: str, demo_run: Runs, opened: Open
) -> None:
    """Settings to be written stand in remedies, and keys to be looked up in the run record.

    ``status_year`` is the name of the column that a layer lacks.
    """
    page = opened(demo_run(city).report).page
    assert set(page.evaluate(KEYS_SHOWN)) <= {"status_year"}
    page.click("[data-action='language']")
    assert page.get_attribute("html", "lang") == "en"
    assert set(page.evaluate(KEYS_SHOWN)) <= {"status_year"}


def test_five_questions_are_answered_in_at_most_three_clicks(demo_run: Runs, opened: Open) -> None:
    """What a review asks of Guangzhou's map, without a manual; each from the page as it opens."""
    report = demo_run("guangzhou").report
    names = dict(zip(report.units["unit_code"], report.units["unit_name"], strict=True))

    def labels(page: Any) -> dict[str, str]:
        told = "all => all.map((each) => [...each.children].map((part) => part.textContent))"
        return dict(page.eval_on_selector_all(".label-text", told))

    # 1. Which districts miss which target, and by how much: no click.
    page = opened(report).page
    assert "森林蓄积量" in page.inner_text(".legend-title")
    short = {name for name, value in labels(page).items() if value.startswith("−")}
    shares = report.allocation[report.allocation["indicator"] == "forest_stock_volume"]
    missing = set(shares[shares["gap"] < 0]["unit_code"]) & set(names)
    assert short == {names[code] for code in missing}
    # 2. Where mangrove was won and lost: two clicks.
    page.click(".chooser [data-view='change']")
    page.click(".chooser [data-indicator='mangrove_area']")
    changed = report.changes[report.changes["indicator"] == "mangrove_area"]
    gained = {names[code] for code in changed[changed["value"] > 0]["unit_code"] if code in names}
    assert {name for name, value in labels(page).items() if value.startswith("+")} == gained
    # 3. The sink per hectare of a district, and how sure: two clicks and a pointer.
    page = opened(report).page
    page.click(".chooser [data-view='carbon']")
    page.click(".chooser [data-indicator='carbon_sink']")
    assert "公顷" in page.inner_text(".legend-sub")
    page.hover("path[data-unit='440117']")
    assert "90 %" in page.inner_text(".leaflet-tooltip.hover")
    # 4. The source of a number: one click.
    page.click(".side [data-tab='provenance']")
    assert "数据来源" in page.inner_text(".side .provenance")
    assert page.locator(".side .provenance dl").first.is_visible()
    # 5. What to hand to the review meeting: one click prints the page that is on the screen.
    assert page.locator("[data-action='print']").is_visible()


EVERY_LAYER = """
() => {
  const found = [];
  const press = (what) => document.querySelector(what).click();
  press(".chooser [data-tab='layers']");
  const rows = () => [...document.querySelectorAll(".layer")];
  for (let i = 0; i < rows().length; i += 1) {
    rows()[i].querySelector("input[type='checkbox']").click();
    const slider = rows()[i].querySelector(".opacity input");
    slider.value = 40;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const panes = ["rasters", "overlays"].map((name) => map_sinkatlas.getPane(name));
    const image = panes[0].querySelector("img"), path = panes[1].querySelector("path");
    found.push({
      kind: rows()[i].dataset.kind, facts: rows()[i].querySelector(".layer-facts").textContent,
      legend: document.querySelectorAll(".legend-overlays li").length,
      drawn: image ? image.src.length : path ? path.getAttribute("d").length : 0,
      opacity: Number(image ? image.style.opacity : path ? path.getAttribute("stroke-opacity") : NaN),
    });
    rows()[i].querySelector("input[type='checkbox']").click();
  }
  return found;
}
"""  # noqa: E501


@pytest.mark.parametrize("city", CITIES)
def test_each_layer_of_the_tree_is_drawn_explained_and_faded(
    city: str, demo_run: Runs, opened: Open
) -> None:
    report = demo_run(city).report
    found = opened(report).page.evaluate(EVERY_LAYER)
    kinds = {each["kind"] for each in found}
    wanted = {"land_cover", "forest_subcompartments", "wetlands", "greenways", "redline"}
    assert wanted | {"protected_areas"} <= kinds == {each.kind for each in report.layers}
    assert ("mangroves" in kinds) == (city in ("guangzhou", "jiangmen"))
    assert ("conflicts" in kinds) == bool(len(report.conflicts))
    assert ("works" in kinds) == (city == "guangzhou")
    for each in found:
        assert each["drawn"] > 20, each
        assert each["opacity"] == pytest.approx(0.4), each
        assert each["legend"] >= 1, each
        assert "米" in each["facts"], each


def test_works_of_guangzhou_are_polygons_that_the_map_draws_and_the_plan_judges(
    demo_run: Runs, opened: Open
) -> None:
    """24 + 17 ha a year from 2021 to 2024 are 164 ha; drawn once, and in 2020 with their epoch."""
    report = demo_run("guangzhou").report
    (layer,) = [each for each in report.layers if each.kind == "works"]
    assert layer.epoch == 2024
    assert layer.features is not None
    assert {"红树林营造", "红树林修复"} == set(layer.features["type"])
    assert set(report.works["epochs"]) == {"2020; 2024"}
    assert report.works["area_ha"].sum() == pytest.approx(164.0, rel=1e-3)
    by_year = report.works.groupby(["type", "year"])["area_ha"].sum()
    assert by_year["红树林营造"].tolist() == pytest.approx([24.0] * 4, rel=1e-3)
    verdicts = report.verdicts.set_index("indicator")["status"]
    assert verdicts["mangrove_created_restored_area"] == "on_track"  # 0 to 164 in 4 years: 205
    page = opened(report).page
    page.click(".chooser [data-tab='layers']")
    row = ".layer[data-kind='works']"
    assert f"{len(layer.features)} " in page.inner_text(f"{row} .layer-facts")
    legend = page.locator(".legend-overlays li")
    assert (legend.count(), page.locator(".leaflet-overlays-pane path").count()) == (0, 0)
    page.check(f"{row} input[type='checkbox']")
    assert legend.inner_text().split() == ["造林修复工程"]
    assert page.locator(".leaflet-overlays-pane path").count() > 0
    page.click(".epochs [data-epoch='2020']")
    assert legend.inner_text().split() == ["造林修复工程", "2024"]


def test_curtain_shows_two_epochs_and_moves_by_keys_and_pointer(
    demo_run: Runs, opened: Open
) -> None:
    report = demo_run("jiaxing").report
    view = opened(report)
    page = view.page
    page.click(".chooser [data-view='value']")
    page.click(".chooser [data-indicator='forest_stock_volume']")
    assert page.locator("path[data-left]").count() == 0
    page.check("[data-focus='swipe']")
    handle = page.locator(".curtain-handle")
    assert page.locator("path[data-left]").count() == len(report.units)
    handle.focus()
    for key, wanted in (("ArrowLeft", "48"), ("PageUp", "58"), ("End", "100"), ("Home", "0")):
        page.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == wanted
    values = {}
    for key, epoch in (("End", report.epochs[0]), ("Home", report.epochs[-1])):
        page.keyboard.press(key)
        values[epoch] = page.eval_on_selector_all(
            ".label-value", "all => all.map(each => each.textContent)"
        )
    assert values[report.epochs[0]] != values[report.epochs[-1]]
    clips = (
        "() => ['overlayPane', 'leftDistricts'].map(n => map_sinkatlas.getPane(n).style.clipPath)"
    )
    right, left = page.evaluate(clips)
    assert right.startswith("polygon(")
    assert left != right
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 26, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 226, box["y"] + 16)
    page.mouse.up()
    assert int(handle.get_attribute("aria-valuenow")) > 10
    page.uncheck("[data-focus='swipe']")
    assert page.evaluate(clips) == ["", ""]


FIND_STAND = """
async (wanted) => {
  const payload = JSON.parse(document.getElementById("sinkatlas-data").textContent);
  const layer = payload.layers.filter((each) => each.detail).pop();
  const { size, mercator, image } = layer.detail;
  const picture = new Image();
  picture.src = image;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = size;
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const cells = context.getImageData(0, 0, size[0], size[1]).data;
  for (let i = 0; i < size[0] * size[1]; i += 1) {
    if (cells[4 * i] * 65536 + cells[4 * i + 1] * 256 + cells[4 * i + 2] !== wanted + 1) continue;
    const x = mercator[0] + ((i % size[0]) + 0.5) / size[0] * (mercator[2] - mercator[0]);
    const y = mercator[3] - (Math.floor(i / size[0]) + 0.5) / size[1] * (mercator[3] - mercator[1]);
    const place = L.CRS.EPSG3857.unproject(L.point(x, y));
    map_sinkatlas.setView(place, 12, { animate: false });
    return true;
  }
  return false;
}
"""


def test_a_click_tells_the_attributes_of_the_sub_compartment(demo_run: Runs, opened: Open) -> None:
    report = demo_run("jiaxing").report
    layer = [each for each in report.layers if each.attributes][-1]
    assert layer.features is not None
    view = opened(report)
    page = view.page
    page.click(".chooser [data-tab='layers']")
    page.check(".layer[data-kind='forest_subcompartments'] input[type='checkbox']")
    at = int(layer.features["area_ha"].to_numpy().argmax())
    assert page.evaluate(FIND_STAND, at)
    box = page.locator("#map_sinkatlas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f"[data-stand='{at}']")
    text = page.inner_text(".side .stand").replace(",", "")
    area, stock = layer.features["area_ha"].iloc[at], layer.features["growing_stock_m3"].iloc[at]
    assert f"{area:.1f}" in text or f"{area:.2f}" in text or f"{area:.0f}" in text
    assert math.isnan(stock) or f"{stock:.0f}" in text or f"{stock:.1f}" in text
    assert "米的像元定位" in text
    page.keyboard.press("Escape")
    assert page.locator("[data-stand]").count() == 0
    page.focus("[data-focus='stand-centre']")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-stand='{at}']")


def test_public_page_holds_no_sub_compartment_and_no_fine_outline(
    demo_run: Runs, opened: Open, tmp_path: Path
) -> None:
    from maps.page.page_data import payload
    from maps.sensitivity import PUBLIC_TOLERANCE_M, public_view

    report = public_view(demo_run("jiaxing").report)
    data: Any = payload(report)
    assert "forest_subcompartments" not in {each["kind"] for each in data["layers"]}
    assert all(each["detail"] is None for each in data["layers"])
    write_map(report, tmp_path / "public.html")
    page_text = (tmp_path / "public.html").read_text(encoding="utf-8")
    for name in ("growing_stock_m3", "species_group", "age_group"):
        assert f'"name":"{name}"' not in page_text
    for each in data["layers"]:
        assert each.get("tolerance_m", PUBLIC_TOLERANCE_M) >= PUBLIC_TOLERANCE_M
    view = opened(report)
    view.page.click(".chooser [data-tab='layers']")
    assert "公开版" in view.page.inner_text(".chooser")


CONTRAST = """
() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => { const v = c[i] / 255; return sum + w * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (node) => {
    const stack = [];
    for (let each = node; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      stack.push(colour);
      if (colour[3] === 1) break;
    }
    // What shows through a half-transparent box may be any colour of the map: both ends are tried.
    return [[0, 0, 0], [255, 255, 255]].map((last) => stack.reverse().reduce((under, top) => over(top, under), last));
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility() || node.closest(".watermark, script, style, option, .unseen")) continue;
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const worst = Math.min(...ground(node).map((under) => ratio(over(parse(style.color), under), under)));
    if (worst < (isLarge ? 3 : 4.5)) found.push([node.className, node.textContent.slice(0, 30), worst.toFixed(2)]);
  }
  return found;
}
"""  # noqa: E501


@pytest.mark.parametrize("city", CITIES)
def test_contrast_of_all_text_is_aa(city: str, demo_run: Runs, opened: Open) -> None:
    report = demo_run(city).report
    view = opened(report)
    page = view.page
    assert page.evaluate(CONTRAST) == []
    for tab in ("ranking", "quality", "provenance", "card"):
        page.click(f".side [data-tab='{tab}']")
        assert page.evaluate(CONTRAST) == [], tab
    page.click(".chooser [data-view='verdict']")
    page.check("[data-focus='swipe']")
    page.click(".side .info >> nth=0")
    page.click(".chooser [data-tab='layers']")
    assert page.evaluate(CONTRAST) == []


def test_language_switch_leaves_no_term_of_the_account_untranslated(
    demo_run: Runs, opened: Open
) -> None:
    """Basis and method of every result are said in Chinese: no Latin word but units is left."""
    report = demo_run("guangzhou").report
    left = {code: said["zh"] for code, said in report.sentences.items()}
    untold = {text: said for text, said in left.items() if re.search(r"[a-z]{3,}", said)}
    assert untold == {}
    view = opened(report)
    view.page.click("[data-action='language']")
    view.page.click(".side [data-row='forest_area'] .info")
    assert "forest survey" in view.page.inner_text(".side [data-row='forest_area'] .about")


def test_card_tells_the_change_with_the_interval_of_the_difference(
    demo_run: Runs, opened: Open
) -> None:
    report = demo_run("jiaxing").report
    view = opened(report)
    changes = report.changes[report.changes["unit_code"] == report.whole_code]
    wanted = dict(zip(changes["indicator"], changes["value"], strict=True))
    shown = view.page.evaluate(
        "() => [...document.querySelectorAll('.side [data-change]')]"
        ".map(node => [node.dataset.change, Number(node.dataset.value)])"
    )
    assert len(shown) >= 8
    assert all(value == wanted[key] for key, value in shown)
    assert "区间" in view.page.inner_text(".side [data-row='forest_area'] .trend")
    assert view.page.locator(".side .spark").count() == len(shown)


def test_each_judged_target_shows_where_its_epochs_lead(demo_run: Runs, opened: Open) -> None:
    report = demo_run("guangzhou").report
    view = opened(report)
    trend = report.trajectories[report.trajectories["kind"] == "trend"]
    led = {(each.clause, each.indicator, each.target_year) for each in trend.itertuples()}
    assert view.page.locator(".side .trend-figure svg[role='img']").count() == len(led) > 1
    due = trend[(trend["target_year"] == 2025) & (trend["year"] == 2025)]
    ends = due.set_index("indicator")["value"]
    figures = view.page.locator(".side .trend-figure[data-trend='forest_cover_rate']")
    end = ends["forest_cover_rate"]
    wanted = [f"2025 年约为 {end:.{digits}f} %" for digits in (0, 1, 2)]  # as the interval supports
    assert any(one in each for each in figures.all_inner_texts() for one in wanted)


def test_shares_of_districts_stand_in_the_card_and_colour_the_verdicts(
    demo_run: Runs, opened: Open
) -> None:
    report = demo_run("guangzhou").report
    shares = report.allocation[report.allocation["indicator"] == "forest_cover_rate"]
    view = opened(report)
    page = view.page
    page.click(".chooser [data-view='verdict']")
    cover = list(report.verdicts["indicator"]).index("forest_cover_rate")
    page.click(f".chooser [data-target='{cover}']")
    words = {"met": "达标", "not_met": "未达标", "on_track": "按期可达", "off_track": "进度滞后"}
    words |= {"cannot_tell": "尚难判断", "not_applicable": "不适用"}
    for share in shares[shares["origin"] == "ours"].itertuples():
        label = page.get_attribute(f"path[data-unit='{share.unit_code}']", "aria-label")
        assert label.endswith(words[share.status]), share.unit_name
        page.evaluate(
            "code => document.querySelector(`path[data-unit='${code}']`)"
            ".dispatchEvent(new MouseEvent('click', { bubbles: true }))",
            share.unit_code,
        )
        text = page.inner_text(".side [data-share='forest_cover_rate']")
        assert share.share_printed in text
        assert f"按分解份额：{words[share.status]}" in text
    assert "不是计划原文" in page.inner_text(".legend")


@pytest.mark.parametrize("city", CITIES)
def test_verdicts_are_recomputed_from_the_tables_by_separate_arithmetic(
    city: str, demo_run: Runs
) -> None:
    """Value, gap, base and status of every verdict again, from the tables alone."""
    report = demo_run(city).report
    whole = report.results[report.results["unit_code"] == report.whole_code]
    series = whole.pivot(index="indicator", columns="epoch", values="value")
    low, high = 0.1, 0.9
    judged = 0
    for row in report.verdicts.to_dict("records"):
        if row["status"] == "not_evaluable" or row["scope"] != report.whole_code:
            continue
        judged += 1
        known = series.loc[row["indicator"]].dropna()
        year = None if pd.isna(row["year"]) else int(row["year"])
        due = [epoch for epoch in known.index if year is not None and epoch >= year]
        epoch = due[0] if due else known.index[-1]
        value, first = known[epoch], known.index[0]
        assert (row["epoch"], row["value"]) == (epoch, pytest.approx(value, rel=1e-12))
        is_change = row["comparator"] in ("increase", "decrease", "stable")
        if is_change and len(known) < 2:
            assert (row["status"], pd.isna(row["base_epoch"])) == ("cannot_tell", True)
            continue
        if is_change:
            # every plan counts from 2020, which the demonstrations have
            assert row["base_epoch"] == 2020
            assert row["gap"] == pytest.approx(value - known[2020], rel=1e-9, abs=1e-12)
        else:
            assert row["gap"] == pytest.approx(value - row["target"], rel=1e-9)
        is_ahead = year is not None and not due
        then = value
        if is_ahead and len(known) > 1:
            # the straight line through two epochs
            then = value + (value - known[first]) / (epoch - first) * (year - epoch)
        if pd.isna(row["probability"]):
            if row["status"] == "cannot_tell":
                continue
            change = then - known[first]
            size = abs(known[first])
            entered = row["nature"] == "rule" and change > 0.001 * size
            held = {
                ">=": then >= row["target"],
                "=": then >= row["target"],
                "~": then >= 0.99 * row["target"],
                "increase": change > 0.001 * size,
                "stable": not entered and (row["nature"] == "rule" or change >= -0.01 * size),
            }[row["comparator"]]
            assert bool(held) is (row["status"] in ("met", "on_track")), row["indicator"]
            continue
        inside = low <= row["probability"] <= high
        assert inside is (row["status"] == "cannot_tell"), row["indicator"]
        if not inside:
            assert (row["probability"] > high) is (row["status"] in ("met", "on_track"))
            assert (row["status"] in ("met", "not_met")) >= (not is_ahead)
        ways = report.trajectories
        own = ways[
            (ways["indicator"] == row["indicator"])
            & (ways["clause"] == row["clause"])
            & (ways["comparator"] == row["comparator"])
            & (ways["target_year"].isna() if year is None else ways["target_year"] == year)
        ]
        assert set(own["probability"]) == {row["probability"]}
    assert judged
