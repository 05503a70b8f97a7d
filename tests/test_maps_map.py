"""The interactive map: one file, no network, no string from data ever run, figures as computed."""

from __future__ import annotations

import base64
import csv
import dataclasses
import hashlib
import io
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import axe_playwright_python
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pypdf import PdfReader

from gis.problems import OutputError, problem
from maps.page.offline import DATA_ID, offline_page, unresolved_links
from maps.page.page import SCRIPTS, map_page, write_map
from maps.report import IndicatorWords, MapLayer, Report
from maps.words.catalogue import words

PROJECT = Path(__file__).resolve().parent.parent
CODES = ("440103", "440104", "440105")
WHOLE = "440100"
INDICATORS = {
    "forest_area": ("ha", "森林面积"),
    "forest_cover_rate": ("%", "森林覆盖率"),
    "mangrove_area": ("ha", "红树林面积"),
    "carbon_stock": ("t C", "碳储量"),
    "greenway_length": ("km", "绿道长度"),
}
RESULT_COLUMNS = "unit_code unit_name epoch indicator value low high unit coverage"
VERDICT_COLUMNS = (
    "plan clause indicator scope nature year base_epoch comparator target unit epoch value low "
    "high gap status leaning probability reason"
)
HOSTILE = (
    '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">',
    "{{ cycler.__init__.__globals__.os.mkdir('PWNED') }}{% raw %}{# gone #}${window.pwned=1}`",
    "</script><script>window.pwned=1</script>\"' onmouseover='window.pwned=1' =cmd|' /C calc'!A0",
)
LONG = "\u202e\u200f\u2028长" * 2_500


def values(epoch: int) -> dict[str, list[float]]:
    """Districts, then the whole; one district has no mangrove figure, and the whole then none."""
    grown = 1.0 if epoch == 2020 else 1.0625
    forest = [1_000.1 * grown, 2_500.0 * grown, 123.456789012345 * grown]
    stock = [80.3 * each for each in forest]
    return {
        "forest_area": [*forest, sum(forest)],
        "forest_cover_rate": [each / 11_000 * 100 for each in (*forest, sum(forest) / 3)],
        "mangrove_area": [12.5 * grown, 0.0, math.nan, math.nan],
        "carbon_stock": [*stock, sum(stock)],
        "carbon_stock.pool.above_ground": [0.6 * each for each in (*stock, sum(stock))],
        "carbon_stock.pool.soil": [0.4 * each for each in (*stock, sum(stock))],
        "carbon_stock.type.mangrove": [0.1 * each for each in (*stock, sum(stock))],
    }


def results(names: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for epoch in (2020, 2024):
        for key, numbers in values(epoch).items():
            unit = INDICATORS[key.partition(".")[0]][0]
            for code, name, number in zip((*CODES, WHOLE), names, numbers, strict=True):
                low = number * 0.9 if key.startswith("carbon") else math.nan
                row = (code, name, epoch, key, number, low, low / 0.9 * 1.2, unit, 1.0)
                rows.append(row)
    stated = {"basis": "survey", "basis_words": "调查", "method": "area", "method_words": "面积"}
    return pd.DataFrame(rows, columns=RESULT_COLUMNS.split()).assign(**stated)


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Later minus earlier, with an interval one tenth of a unit wide on either side."""
    early, late = (
        table[
            (table["epoch"] == epoch) & ~table["indicator"].str.contains(".", regex=False)
        ].reset_index(drop=True)
        for epoch in (2020, 2024)
    )
    change = late["value"] - early["value"]
    return late[["unit_code", "unit_name", "indicator"]].assign(
        from_epoch=2020, to_epoch=2024, value=change, low=change - 0.1, high=change + 0.1,
        unit=late["unit"],
    )  # fmt: skip


def both(text: str) -> dict[Any, str]:
    return {"zh": text, "en": text}


def make_report(
    names: tuple[str, ...] = ("荔湾区", "越秀区", "海珠区"), text: str = "目标"
) -> Report:
    """Three squares of 0.1 degree in a row; two epochs; one overlay; two verdicts for the city."""
    squares = [shapely.box(113.0 + i / 10, 23.0, 113.1 + i / 10, 23.1) for i in range(3)]
    rate, area = values(2024)["forest_cover_rate"][3], values(2024)["forest_area"][3]
    verdicts = pd.DataFrame(
        [
            ("p", text, "forest_cover_rate", WHOLE, "state", 2025, None, ">=", 12.0, "%", 2024,
             rate, math.nan, math.nan, rate - 12.0, "off_track", None, 0.25, text),
            ("p", text, "forest_area", WHOLE, "state", 2025, None, ">=", 3_000.0, "ha", 2024,
             area, math.nan, math.nan, area - 3_000.0, "met", None, math.nan, text),
        ],
        columns=VERDICT_COLUMNS.split(),
    )  # fmt: skip
    said = {name: both(text) for name in ("title", "printed", "quote", "reason")}
    said |= {"leaning": both("")}
    land = {"unit_code": [*CODES, WHOLE], "unit_area_ha": [11_000.0] * 3 + [33_000.0]}
    wetlands = gpd.GeoDataFrame({"name": [text]}, geometry=[squares[1].buffer(-0.02)], crs=4490)
    table = results((*names, "广州市"))
    absent = problem("maps.indicator_unknown", where=text, indicator="greenway_length", known=text)
    return Report(
        title=text,
        language="zh",
        synthetic=True,
        review_number="",
        interval_percent=90.0,
        units=gpd.GeoDataFrame(
            {"unit_code": CODES, "unit_name": names}, geometry=squares, crs="EPSG:4490"
        ),
        whole_code=WHOLE,
        whole_name="广州市",
        epochs=(2020, 2024),
        indicators=tuple(
            IndicatorWords(key, unit, both(title), both(text), text, additive=unit != "%")
            for key, (unit, title) in INDICATORS.items()
        ),
        results=table,
        sentences={"survey": {"zh": "调查", "en": "survey"}, "area": {"zh": "面积", "en": "area"}},
        changes=changes(table),
        verdicts=verdicts,
        verdict_words=(said, said),
        account=pd.DataFrame(),
        ledger=pd.DataFrame(land).assign(epoch=2024, relative_residual=0.0),
        absences=(("greenway_length", 2020, absent), ("greenway_length", 2024, absent)),
        problems=(absent,),
        layers=(MapLayer("wetlands", both(text), None, features=wetlands),),
        coefficients=pd.DataFrame({"key": [text], "value": [0.47], "unit": ["1"]}),
        plan_title=both(text),
        plan_source={"zh": text, "en": text},
        provenance={"title": text, text: [1, {"a": None}]},
    )


@pytest.fixture(scope="module")
def page_text() -> str:
    return map_page(make_report())


def data_of(page: str) -> dict[str, Any]:
    found = re.search(rf'<script type="application/json" id="{DATA_ID}">(.*?)</script>', page)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def without_data(page: str) -> str:
    return re.sub(r'(<script type="application/json"[^>]*>).*?(</script>)', r"\1\2", page)


def test_same_report_gives_same_bytes(tmp_path: Path, page_text: str) -> None:
    write_map(make_report(), tmp_path / "map.html")
    assert (tmp_path / "map.html").read_bytes() == page_text.encode()


def test_page_refers_to_nothing_outside_itself(page_text: str) -> None:
    assert unresolved_links(page_text) == ()
    assert "sourceMappingURL" not in page_text


@pytest.mark.parametrize(
    "style", ["p{background:url(images/a.png)}", "p{background:url('https://a/b')}", "@import 'a';"]
)
def test_page_with_an_asset_to_fetch_is_refused(style: str) -> None:
    with pytest.raises(OutputError, match=r"maps\.asset_unresolved"):
        offline_page({}, script="", style=style)


def test_text_from_data_changes_nothing_but_the_data(
    page_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = map_page(make_report(HOSTILE, HOSTILE[1] + LONG))
    assert without_data(hostile) == without_data(page_text)
    assert list(tmp_path.iterdir()) == []
    assert [unit["name"] for unit in data_of(hostile)["units"]] == list(HOSTILE)


def test_policy_names_every_script_and_style_by_its_own_hash(page_text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page_text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    for tag, least in (("script", 3), ("style", 2)):
        bodies = page_text.split(f"<{tag}>")[1:]
        assert len(bodies) >= least
        for body in bodies:
            digest = hashlib.sha256(body.partition(f"</{tag}>")[0].encode()).digest()
            assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy[1]


def test_figures_on_the_page_are_those_of_the_results(page_text: str) -> None:
    report, data = make_report(), data_of(page_text)
    shown = pd.DataFrame(data["results"]["rows"], columns=data["results"]["columns"])
    pd.testing.assert_frame_equal(
        shown[["value", "low", "high"]].astype(float),
        report.results[["value", "low", "high"]],
        check_exact=True,
    )
    assert data["results"]["rows"][10][3] is None  # no mangrove figure for 440105 in 2020


def test_only_a_sum_has_shares_and_amounts_per_land(page_text: str) -> None:
    """A least distance has the unit of a length, and is no part of a sum."""
    report = make_report()
    told = tuple(
        replace(each, additive=each.additive and each.key != "forest_area")
        for each in report.indicators
    )
    relative = {"value/forest_area/share", "value/forest_area/land"}
    assert relative <= data_of(page_text)["classes"].keys()
    data = data_of(map_page(replace(report, indicators=told)))
    assert not relative & data["classes"].keys()
    (area,) = (each for each in data["indicators"] if each["key"] == "forest_area")
    assert (area["adds_up"], area["per_land"]) == (False, None)
    # against a target a level is a difference, where a sum is a share: classes about zero
    breaks = data["classes"]["gap/1"]["breaks"]
    assert breaks == [-each for each in reversed(breaks)]


def test_every_word_the_script_asks_for_exists_and_every_word_is_asked_for() -> None:
    folder = PROJECT / "maps" / "page" / "assets" / "js"
    script = "\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS)
    assert sorted(path.name for path in folder.iterdir()) == sorted(SCRIPTS)
    own = {key.removeprefix("map.") for key in words("zh") if key.startswith("map.")}
    assert own == {key.removeprefix("map.") for key in words("en") if key.startswith("map.")}
    quoted = set(re.findall(r'"([a-z_]+)"', script))
    quoted |= {f"branch_{name}" for name in re.findall(r'\["([a-z]+)", \[', script)}
    asked = set(re.findall(r'\bt\("([a-z_.]+)"', script))
    families = tuple(re.findall(r"`(?:map\.)?([a-z]+_)\$\{", script))
    common = {key for key in asked if key.startswith("common.")}
    assert common <= words("zh").keys()
    assert asked - common <= own
    assert {key for key in own if key not in quoted and not key.startswith(families)} == set()


def test_script_has_no_way_to_turn_text_into_markup_or_code() -> None:
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|import\("
    for name in SCRIPTS:
        text = (PROJECT / "maps" / "page" / "assets" / "js" / name).read_text(encoding="utf-8")
        assert re.findall(ways, text) == [], name


# --- in a browser -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A page in Chromium and all it asked for, said, or popped up."""

    page: Any
    requests: list[str]
    said: list[str]

    def select(self, code: str) -> None:
        self.page.evaluate(
            "code => document.querySelector(`path[data-unit='${code}']`)"
            ".dispatchEvent(new MouseEvent('click', {bubbles: true}))",
            code,
        )

    def card(self) -> dict[str, str | None]:
        """Exact values in the card, by indicator."""
        found: dict[str, str | None] = self.page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('.side [data-indicator]')]"
            ".map(node => [node.dataset.indicator, node.dataset.value ?? null]))"
        )
        return found


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Callable[[Report], Opened]]:
    """Open a report's map with the network denied; nothing may be asked for, said or popped up."""
    contexts, seen = [], []

    def open_map(report: Report) -> Opened:
        path = tmp_path / "map.html"
        write_map(report, path)
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, offline=True)
        view = Opened(context.new_page(), [], [])
        view.page.on("request", lambda request: view.requests.append(request.url))
        view.page.on("console", lambda message: view.said.append(message.text))
        view.page.on("pageerror", lambda error: view.said.append(str(error)))
        view.page.on("dialog", lambda dialog: (view.said.append(dialog.message), dialog.dismiss()))
        view.page.goto(path.as_uri())
        contexts.append(context)
        seen.append((view, path.as_uri()))
        return view

    yield open_map
    for view, address in seen:
        assert [url for url in view.requests if not url.startswith(("data:", "blob:"))] == [address]
        assert view.said == []
    for context in contexts:
        context.close()


Open = Callable[[Report], Opened]


@pytest.mark.browser
def test_card_shows_exactly_the_results_of_every_district_and_epoch(opened: Open) -> None:
    view = opened(make_report())
    expected = make_report().results
    view.page.click(".side [data-fold='card']")
    for epoch, code in product((2024, 2020), (WHOLE, *CODES)):
        view.page.click(f".epochs [data-epoch='{epoch}']")
        if code == WHOLE:
            view.page.keyboard.press("Escape")
        else:
            view.select(code)
        card = view.card()
        rows = expected[(expected["unit_code"] == code) & (expected["epoch"] == epoch)]
        wanted = dict(zip(rows["indicator"], rows["value"], strict=True))
        shown = {key: math.nan if text is None else float(text) for key, text in card.items()}
        assert shown.pop("greenway_length") is not None  # absent, with its reason, not as a number
        assert card["greenway_length"] is None
        assert shown == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)


@pytest.mark.browser
def test_missing_is_told_in_words_with_the_reason_and_never_as_zero(opened: Open) -> None:
    view = opened(make_report())
    view.select("440105")
    assert view.page.locator(".side [data-row='mangrove_area']").count() == 0  # folded away
    view.page.click(".side [data-fold='card']")
    row = view.page.inner_text(".side [data-row='mangrove_area']")
    assert "无数据" in row
    assert "0.00" not in row
    reason = view.page.inner_text(".side [data-row='greenway_length']")
    assert "没有指标 “绿道长度” 的结果" in reason  # the title, not the key of the program
    view.page.click(".chooser [data-view='value']")
    view.page.click(".chooser [data-indicator='mangrove_area']")
    fills = view.page.eval_on_selector_all(
        "path[data-unit]", "all => all.map(each => [each.dataset.unit, each.getAttribute('fill')])"
    )
    assert {code for code, fill in fills if fill == "url(#hatch)"} == {"440105"}


@pytest.mark.browser
def test_themes_are_exclusive_and_the_legend_follows(opened: Open) -> None:
    view = opened(make_report())
    page = view.page
    page.click(".chooser [data-view='value']")
    page.click(".chooser [data-fold='choices']")
    for name, (_, title) in INDICATORS.items():
        page.click(f".chooser [data-indicator='{name}']")
        assert page.locator(".choice[aria-checked='true']").count() == 1
        assert title in page.inner_text(".legend-title")
    page.click(".chooser [data-indicator='forest_area']")
    legends = set()
    for name in ("value", "carbon", "change", "verdict", "gap"):
        page.click(f".chooser [data-view='{name}']")
        assert page.locator(".segments [aria-checked='true']").count() == 1
        legends.add(page.inner_text(".legend"))
    assert len(legends) == 5
    counts = page.eval_on_selector_all(
        ".legend-count", "all => all.map(e => parseInt(e.textContent) || 0)"
    )
    assert sum(counts) == len(CODES)


@pytest.mark.browser
def test_districts_are_reached_and_chosen_by_keyboard(opened: Open) -> None:
    view = opened(make_report())
    path = "path[data-unit='440104']"
    view.page.click(".chooser [data-view='value']")
    view.page.click(".chooser [data-indicator='forest_area']")
    assert view.page.get_attribute(path, "aria-label").startswith("越秀区: 2,656")
    view.page.focus(path)
    view.page.keyboard.press("Enter")
    assert view.page.get_attribute(path, "aria-pressed") == "true"
    assert view.page.get_attribute(".side .card", "data-card") == "440104"
    view.page.fill(".search input", "440105")
    view.page.keyboard.press("Enter")
    assert view.page.get_attribute(".side .card", "data-card") == "440105"
    view.page.click(".side [data-tab='ranking']")
    view.page.focus(".ranking [data-code='440103'] button")
    view.page.keyboard.press("Enter")
    assert view.page.get_attribute("path[data-unit='440103']", "aria-pressed") == "true"


@pytest.mark.browser
def test_ranking_is_in_order_and_carries_exact_values(opened: Open) -> None:
    view = opened(make_report())
    view.page.click(".chooser [data-view='value']")
    view.page.click(".chooser [data-indicator='forest_area']")
    view.page.click(".side [data-tab='ranking']")
    shown = view.page.eval_on_selector_all(
        ".ranking [data-code] .amount [data-value]", "all => all.map(e => Number(e.dataset.value))"
    )
    assert shown == sorted(values(2024)["forest_area"][:3], reverse=True)


@pytest.mark.browser
def test_the_page_opens_on_the_worst_target(opened: Open) -> None:
    """Behind is told before met; the map, the chooser and the address show the same target."""
    view = opened(make_report())
    shown = view.page.eval_on_selector_all(".side .target", "all => all.map(e => e.dataset.status)")
    assert shown == ["off_track", "met"]
    assert view.page.get_attribute(".chooser [data-view='gap']", "aria-checked") == "true"
    assert view.page.get_attribute(".chooser [data-target] >> nth=0", "aria-checked") == "true"
    view.page.click(".side [data-pick] >> nth=1")
    assert view.page.get_attribute(".chooser [data-target] >> nth=1", "aria-checked") == "true"
    assert view.page.locator(".side .target.current").get_attribute("data-status") == "met"


CIRCLES = ".leaflet-symbols-pane path"


@pytest.mark.browser
def test_amounts_are_circles_whose_area_goes_by_the_value(opened: Open) -> None:
    view = opened(make_report())
    view.page.click(".chooser [data-view='value']")
    view.page.click(".chooser [data-indicator='forest_area']")
    boxes = view.page.eval_on_selector_all(CIRCLES, "all => all.map(e => e.getBBox().width / 2)")
    amounts = sorted(values(2024)["forest_area"][:3], reverse=True)
    most = max(values(2020)["forest_area"][:3] + values(2024)["forest_area"][:3])
    assert boxes == pytest.approx([30 * (each / most) ** 0.5 for each in amounts], abs=0.6)
    grounds = view.page.eval_on_selector_all(
        "path[data-unit]", "all => all.map(each => each.getAttribute('fill'))"
    )
    assert set(grounds) == {"#f3f5f2"}
    view.page.click(".chooser [data-indicator='forest_cover_rate']")
    assert view.page.locator(CIRCLES).count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080), (3840, 2160)])
def test_controls_on_the_map_never_collide(opened: Open, size: tuple[int, int]) -> None:
    view = opened(make_report())
    view.page.set_viewport_size({"width": size[0], "height": size[1]})
    names = (".epoch-box", ".banner", ".leaflet-control-zoom", ".legend", ".leaflet-control-scale")
    boxes = {name: view.page.locator(name).first.bounding_box() for name in names}
    assert all(boxes.values())
    hits = [
        (one, two)
        for one, a in boxes.items()
        for two, b in boxes.items()
        if one < two
        and a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    ]
    assert hits == []


@pytest.mark.browser
def test_axe_finds_nothing_serious_on_any_panel(opened: Open) -> None:
    script = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
    view = opened(make_report())
    page = view.page
    page.evaluate(script.read_text(encoding="utf-8"))
    panels = [f".side [data-tab='{each}']" for each in ("ranking", "quality", "provenance")]
    views = [f".chooser [data-view='{each}']" for each in ("value", "change", "verdict")]
    for step in ("", *panels, *views, ".chooser [data-tab='layers']"):
        if step:
            page.click(step)
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


@pytest.mark.browser
def test_a_group_of_choices_is_one_stop_in_which_arrows_choose(opened: Open) -> None:
    page = opened(make_report()).page
    stops = "all => all.filter(e => e.tabIndex === 0).length"
    for group in (".segments [role='radio']", ".choices [role='radio']", ".side [role='tab']"):
        assert page.locator(group).count() > 1
        assert page.eval_on_selector_all(group, stops) == 1, group
    page.focus(".chooser [data-view='gap']")
    page.keyboard.press("ArrowRight")  # around the end to the first
    assert page.get_attribute(".chooser [data-view='value']", "aria-checked") == "true"
    assert page.evaluate("document.activeElement.dataset.view") == "value"


@pytest.mark.browser
def test_figures_show_the_digits_that_their_interval_supports(opened: Open) -> None:
    report = make_report()
    results = report.results.copy()
    own = (results["indicator"] == "forest_area") & (results["unit_code"] == "440103")
    results.loc[own, ["value", "low", "high"]] = [1_234.5, 1_100.0, 1_400.0]
    view = opened(dataclasses.replace(report, results=results))
    view.select("440103")
    figure = view.page.locator(".side [data-row='forest_area'] .figure").first
    # half of the interval is 150: its second digit stands at tens
    assert figure.inner_text().split()[0] == "1,230"
    assert figure.get_attribute("data-value") == "1234.5"  # the exact figure stays


@pytest.mark.browser
def test_city_card_tells_each_verdict_by_sign_word_and_figures(opened: Open) -> None:
    report = make_report()
    view = opened(report)
    badges = view.page.eval_on_selector_all(
        ".side .target .status", "all => all.map(e => e.textContent)"
    )
    assert badges == ["↓进度滞后", "√达标"]
    gap = view.page.get_attribute(".side [data-gap='0']", "data-value")
    assert float(gap) == report.verdicts["gap"][0]
    assert "25 %" in view.page.inner_text(".side .target >> nth=0")


@pytest.mark.browser
def test_language_switch_leaves_no_word_of_the_other(opened: Open) -> None:
    view = opened(make_report())
    view.page.click("[data-action='language']")
    assert view.page.get_attribute("html", "lang") == "en"
    assert words("en")["common.synthetic"] in view.page.inner_text(".head")
    interface = view.page.inner_text(".tabs >> nth=0") + view.page.inner_text(".foot")
    assert not any(
        words("zh")[key] in interface for key in ("map.tab_themes", "common.review_number")
    )


@pytest.mark.browser
def test_hostile_text_is_shown_and_never_run(opened: Open) -> None:
    view = opened(make_report(HOSTILE, HOSTILE[0] + HOSTILE[1] + LONG))
    page = view.page
    assert page.eval_on_selector_all(".label-name", "all => all.map(e => e.textContent)") == list(
        HOSTILE
    )
    for code, name in zip(CODES, HOSTILE, strict=True):
        view.select(code)
        page.dispatch_event(f"path[data-unit='{code}']", "mouseover")
        assert page.text_content(".side h2") == name
    for tab in ("ranking", "quality", "provenance", "card"):
        page.click(f".side [data-tab='{tab}']")
    page.click("[data-action='language']")
    for name in ("change", "verdict", "gap", "value"):
        page.click(f".chooser [data-view='{name}']")
    page.click(".chooser [data-tab='layers']")
    page.check(".layer input[type='checkbox']")
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src='x'], .page script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


@pytest.mark.browser
def test_hostile_attributes_shares_and_imprint_are_shown_and_never_run(opened: Open) -> None:
    bad = HOSTILE[0]
    report = make_report(text=bad)
    squares = report.units.geometry
    stands = gpd.GeoDataFrame(
        {"land_code": [bad] * 3, "area_ha": [1.5, 2.5, 3.5]}, geometry=squares.array, crs=4490
    )
    shares = pd.DataFrame(
        {
            "clause": bad, "indicator": "forest_cover_rate", "year": 2025, "method": "potential",
            "origin": "ours", "unit_code": list(CODES), "share_printed": bad, "unit_printed": bad,
            "unit": "%", "epoch": 2024, "value": 1.5, "gap": -0.5, "status": "off_track",
            "probability": 0.5,
        }
    )  # fmt: skip
    points = pd.DataFrame(
        {
            "clause": bad, "indicator": "forest_cover_rate", "scope": WHOLE, "target_year": 2025,
            "year": [2020, 2024, 2020, 2024, 2025], "kind": ["observed"] * 2 + ["trend"] * 3,
            "value": [9.0, 11.0, 9.0, 11.0, 11.5], "low": math.nan, "high": math.nan, "pace": 0.5,
            "required_pace": 1.0,
        }
    )  # fmt: skip
    layer = MapLayer(
        "forest_subcompartments", both(bad), 2024, stands, attributes=("land_code", "area_ha")
    )
    view = opened(
        dataclasses.replace(
            report,
            layers=(*report.layers, layer),
            allocation=shares,
            trajectories=points,
            organisation=bad,
            sources=(bad,),
        )
    )
    page = view.page
    assert page.locator(".trend-figure svg[role='img']").count() == 1
    page.click(".chooser [data-tab='layers']")
    page.check(".layer[data-kind='forest_subcompartments'] input[type='checkbox']")
    view.select(CODES[1])
    page.click("[data-focus='stand-centre']")
    page.wait_for_selector("[data-stand]")
    assert bad in page.text_content("[data-stand]")
    assert bad in page.text_content("[data-share='forest_cover_rate']")
    page.click(".side [data-tab='provenance']")
    assert page.text_content(".sources").count(bad) >= 2
    page.click("[data-action='language']")
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src='x'], .page script").count() == 0


@pytest.mark.browser
def test_csv_holds_what_is_shown_and_no_formula(opened: Open) -> None:
    view = opened(make_report(("=1+1", "@SUM(A1)", '越"秀,区')))
    view.page.click(".chooser [data-view='value']")
    view.page.click(".chooser [data-indicator='forest_area']")
    with view.page.expect_download() as saved:
        view.page.click("[data-action='csv']")
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["unit_name"] for row in rows] == ["'=1+1", "'@SUM(A1)", '越"秀,区', "广州市"]
    assert [float(row["value"]) for row in rows] == values(2024)["forest_area"]
    assert {row["note"] for row in rows} == {words("zh")["common.synthetic"]}


@pytest.mark.browser
def test_layer_switches_on_and_states_its_tolerance(opened: Open) -> None:
    view = opened(make_report())
    view.page.click(".chooser [data-tab='layers']")
    assert view.page.locator(".leaflet-overlays-pane path").count() == 0
    view.page.check(".layer[data-kind='wetlands'] input[type='checkbox']")
    assert view.page.locator(".leaflet-overlays-pane path").count() == 1
    assert "20 米" in view.page.inner_text(".layer-facts")


@pytest.mark.browser
def test_print_is_one_a3_page_with_the_watermark_and_all_figures(
    opened: Open, tmp_path: Path
) -> None:
    view = opened(make_report())
    view.page.pdf(path=tmp_path / "print.pdf", prefer_css_page_size=True, print_background=True)
    pages = PdfReader(tmp_path / "print.pdf").pages
    assert len(pages) == 1
    # A3 landscape is 420 x 297 mm; a point is 25.4/72 mm.
    assert float(pages[0].mediabox.width) * 25.4 / 72 == pytest.approx(420, abs=1)
    # A PDF may name a glyph by a compatibility character: 示 as the radical ⽰.
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", pages[0].extract_text()))
    for wanted in ("合成示意数据", "荔湾区", "未审,内部使用", "3,850", "土壤"):
        assert wanted in text, wanted


@pytest.mark.browser
def test_one_epoch_without_a_plan_offers_values_only(opened: Open) -> None:
    report = make_report()
    bare = replace(
        report,
        epochs=(2024,),
        results=report.results[report.results["epoch"] == 2024],
        verdicts=report.verdicts.iloc[:0],
        verdict_words=(),
        plan_title={"zh": "", "en": ""},
        layers=(),
        coefficients=pd.DataFrame(),
        synthetic=False,
    )
    view = opened(bare)
    views = view.page.locator(".chooser [data-view]")
    assert views.evaluate_all("all => all.map(each => each.dataset.view)") == [
        "value",
        "carbon",
    ]
    assert words("zh")["common.synthetic"] not in view.page.inner_text("body")


def test_small_figures_are_told_as_small(opened: Open) -> None:
    view = opened(make_report())
    told = view.page.eval_on_selector_all(".side .figure", "all => all.map(e => e.textContent)")
    assert not any(re.search(r"0\.00\d", each) for each in told)


LATER_THAN_ES2020 = (
    r"(\|\||&&|\?\?)=",  # logical assignment, 2021
    r"\b\d+_\d",  # numeric separators, 2021
    r"\.(replaceAll|at|hasOwn|findLast|findLastIndex|toSorted|toReversed|toSpliced|with|groupBy)\(",
    r"\bObject\.hasOwn\b|\bWeakRef\b|\bAggregateError\b|Promise\.any\b|\bstructuredClone\b",
    r"\bstatic\s*\{|^\s*#\w+\s*[=;(]|\bawait\b|^\s*(import|export)\b",  # 2022 classes, modules
    r"/[dgimsuy]*[dv][dgimsuy]*\.(test|exec)\(",
)


def test_script_is_es2020_without_modules(page_text: str) -> None:
    for name in SCRIPTS:
        text = (PROJECT / "maps" / "page" / "assets" / "js" / name).read_text(encoding="utf-8")
        code = re.sub(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"", "", text, flags=re.DOTALL)
        for pattern in LATER_THAN_ES2020:
            assert re.findall(pattern, code, re.MULTILINE) == [], (name, pattern)
    assert 'type="module"' not in page_text


@pytest.mark.browser
def test_the_address_keeps_what_is_chosen_and_takes_nothing_else(opened: Open) -> None:
    view = opened(make_report())
    page = view.page
    start = page.url
    page.click(".chooser [data-view='verdict']")
    view.select(CODES[1])
    page.click("[data-action='language']")
    address = page.url
    assert f"unit={CODES[1]}" in address
    page.click(".chooser [data-view='value']")
    page.evaluate("hash => { location.hash = hash; }", address.partition("#")[2])
    page.wait_for_selector(".chooser [data-view='verdict'][aria-checked='true']")
    assert page.text_content(".side h2") == "越秀区"
    assert page.get_attribute("html", "lang") == "en"
    bad = "#view=<img src=x>&unit=__proto__&epoch=1999&language=constructor&target=7&x=1"
    page.evaluate("hash => { location.hash = hash; }", bad)
    page.wait_for_selector(".chooser [data-view='gap'][aria-checked='true']")
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.url == start
