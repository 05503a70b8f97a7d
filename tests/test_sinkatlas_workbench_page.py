"""The workbench's page in a browser: from files to results, by mouse and keyboard, no network."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from axe_playwright_python.sync_playwright import Axe
from served_workbench import Served
from small_city import write_city

pytestmark = pytest.mark.browser

SLOW_MS = 60_000
HOSTILE = "<img src=x onerror=document.title='hacked'>区"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a city as a bureau has them: area field in mu, a hostile name, no workspace."""
    data = tmp_path_factory.mktemp("数据") / "城"
    file = write_city(data, name=HOSTILE)
    file.unlink()
    stands = gpd.read_file(data / "forest.gpkg")
    stands.assign(MIAN_JI=stands["MIAN_JI"] * 15).to_file(data / "小班2023 a&b.gpkg")
    (data / "forest.gpkg").unlink()
    (data / "survey.gpkg").rename(data / "三调图斑2023.gpkg")
    (data / "units.gpkg").rename(data / "区县.gpkg")
    return data


@contextmanager
def opened(
    chromium: Any, link: str, *, asked: list[str], bypass_csp: bool = False
) -> Iterator[Any]:
    """A page in a window of its own; errors of scripts fail the test, requests are listed."""
    wrong: list[str] = []
    context = chromium.new_context(bypass_csp=bypass_csp, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    page.wait_for_selector("main h1")
    yield page
    context.close()
    assert wrong == []


def settled(page: Any) -> None:
    page.wait_for_selector("#status:text-is('')", state="attached")


def test_a_new_user_gets_from_files_to_results(chromium: Any, folder: Path) -> None:
    """Folder → recognised layers → check → run → results → compare, with keyboard and mouse."""
    asked: list[str] = []
    with (
        Served(folder, language="zh") as served,
        opened(chromium, served.link, asked=asked) as page,
    ):
        # the first thing that Tab and Enter reach in the page itself is the folder of one's data
        page.get_by_role("button", name="选择文件夹").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog .entries")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        page.get_by_role("button", name="选择文件夹").click()
        page.get_by_role("button", name="选用").click()
        page.wait_for_selector("section.layer summary")
        settled(page)
        summaries = page.locator("section.layer summary").all_inner_texts()
        assert any("国土调查图斑 · 三调图斑2023.gpkg" in each for each in summaries)
        assert any("小班2023 a&b.gpkg" in each for each in summaries)
        page.locator("section.layer summary").first.click()
        columns = page.get_by_label("名称列").locator("option").all_inner_texts()
        assert any(HOSTILE in each for each in columns), "a hostile name is shown as text"
        assert page.title() != "hacked"
        table = tomllib.loads((folder / "workspace.toml").read_text("utf-8"))
        (stands,) = [each for each in table["epochs"][0]["layers"] if "forest" in each["kind"]]
        assert stands["area_unit"] == "mu", "15 mu are a hectare: told from the geometry"

        # a wrong choice is made, found by the check, and mended by its button
        section = page.locator("section.layer", has_text="小班2023").first
        section.locator("summary").first.click()
        section.get_by_label("面积单位").select_option("ha")
        page.wait_for_selector("#status:has-text('已保存')")
        settled_text = (folder / "workspace.toml").read_text("utf-8")
        assert "# 由 sinkatlas new --from 生成" in settled_text, "comments survive a change"
        section.get_by_role("button", name="在图上看").click()
        page.wait_for_selector("svg.map path.shape")
        page.locator("nav [data-step=check]").click()
        page.get_by_role("button", name="开始检查").click()
        wrong = page.locator(".finding.error", has_text="layers.area_unit_looks")
        wrong.wait_for()
        wrong.get_by_role("button", name="设置 面积单位 = 亩").click()
        page.wait_for_selector("#status:has-text('已保存')")
        page.get_by_role("button", name="开始检查").click()
        page.get_by_role("button", name="再检查一次").wait_for()
        assert page.locator(".finding.error").count() == 0

        # a plan that ships, then the run; a second window shows the same run
        page.locator("nav [data-step=plan]").click()
        page.get_by_label("内置规划").select_option("guangzhou")
        page.locator(".target").first.wait_for()
        page.locator("nav [data-step=run]").click()
        page.get_by_role("button", name="开始计算").click()
        page.wait_for_selector("progress")
        second = page.context.new_page()
        second.set_default_timeout(SLOW_MS)
        second.goto(f"http://{served.host}/")
        second.get_by_role("button", name="查看进度").click()
        second.wait_for_selector("progress")
        second.close()
        page.get_by_text("交互地图").wait_for()
        link = page.get_by_role("link", name="map.html")
        with page.context.expect_page() as shown:
            link.click()
        shown.value.wait_for_load_state()
        assert shown.value.url.partition("/map.html")[0] not in f"http://{served.host}"
        shown.value.close()
        own = {served.host}
        hosts = {each.partition("://")[2].partition("/")[0] for each in asked if "://" in each}
        assert own <= hosts
        assert all(each.startswith("127.0.0.1:") for each in hosts), "nothing is asked of others"

        # English, and back to the start: the run is listed
        page.get_by_role("button", name="English").click()
        page.get_by_text("Interactive map").wait_for()
        page.locator("nav [data-step=start]").click()
        page.get_by_text(str(folder / "workspace.toml")).first.wait_for()


def test_no_step_has_a_serious_fault_of_access(
    chromium: Any, folder: Path, make_steps: Callable[[Any], Iterator[str]]
) -> None:
    with (
        Served(folder, language="zh") as served,
        opened(chromium, served.link, asked=[], bypass_csp=True) as page,
    ):
        faults = {}
        for step in make_steps(page):
            found = Axe().run(page).response["violations"]
            serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
            if serious:
                faults[step] = serious
        assert faults == {}


@pytest.fixture
def make_steps(folder: Path) -> Callable[[Any], Iterator[str]]:
    def steps(page: Any) -> Iterator[str]:
        yield "start"
        page.get_by_role("button", name="选择文件夹").click()
        page.wait_for_selector("dialog .entries button")
        yield "picker"
        page.get_by_role("button", name="选用").click()
        page.wait_for_selector("section.layer summary")
        settled(page)
        page.locator("section.layer summary").nth(1).click()
        yield "files"
        page.locator("nav [data-step=plan]").click()
        page.get_by_label("内置规划").select_option("jiaxing")
        page.locator(".target").first.wait_for()
        yield "plan"
        page.locator("nav [data-step=run]").click()
        page.get_by_role("button", name="开始计算").wait_for()
        yield "run"
        page.locator("nav [data-step=check]").click()
        page.get_by_role("button", name="开始检查").click()
        page.get_by_role("button", name="再检查一次").wait_for()
        yield "check"

    return steps


def test_an_answer_that_comes_late_is_not_drawn_over_another_step(
    chromium: Any, tmp_path: Path
) -> None:
    """The step that one looks at stays, however long the step that was left takes to answer."""
    write_city(tmp_path / "城").unlink()
    held: list[Any] = []
    with (
        Served(tmp_path / "城", language="zh") as served,
        opened(chromium, served.link, asked=[]) as page,
    ):
        page.get_by_role("button", name="选择文件夹").click()
        page.get_by_role("button", name="选用").click()
        page.wait_for_selector("section.layer summary")
        settled(page)
        page.route("**/api/plan", lambda route: held.append(route))
        page.locator("nav [data-step=plan]").click()
        page.wait_for_function("document.title.startsWith('规划')")
        page.locator("nav [data-step=run]").click()
        page.get_by_role("button", name="开始计算").wait_for()
        (left,) = held
        with page.expect_response("**/api/plan") as answered:
            left.continue_()
        answered.value.finished()
        page.wait_for_timeout(200)
        assert page.get_by_role("button", name="开始计算").is_visible()
        page.unroute("**/api/plan")
        page.locator("nav [data-step=plan]").click()
        page.get_by_label("内置规划").wait_for()


def test_districts_that_were_not_found_are_picked(chromium: Any, tmp_path: Path) -> None:
    file = write_city(tmp_path / "城")
    (tmp_path / "界").mkdir()
    (file.parent / "units.gpkg").rename(tmp_path / "界" / "units.gpkg")
    file.unlink()
    with (
        Served(tmp_path, language="zh") as served,
        opened(chromium, served.link, asked=[]) as page,
    ):
        page.get_by_role("button", name="选择文件夹").click()
        page.locator("dialog").get_by_role("button", name="城").last.click()
        page.locator("dialog").get_by_text("forest.gpkg").wait_for()
        page.get_by_role("button", name="选用").click()
        section = page.locator("section.layer").first
        section.get_by_role("button", name="换文件").click()
        crumbs = page.locator("dialog .crumbs")
        crumbs.get_by_role("button", name=tmp_path.name).click()
        page.locator("dialog").get_by_role("button", name="界").last.click()
        page.locator("dialog").get_by_text("units.gpkg").click()
        page.get_by_role("button", name="选用").click()
        page.wait_for_selector("#status:has-text('已保存')")
        page.locator("section.layer summary", has_text="units.gpkg").wait_for()
    units = tomllib.loads(file.read_text("utf-8"))["units"]
    assert units == {
        "path": units["path"], "code": "adcode", "name": "name", "whole_code": "440100",
        "whole_name": "全域",
    }  # fmt: skip
    assert (file.parent / units["path"]).resolve() == tmp_path / "界" / "units.gpkg"


def test_a_server_that_is_gone_is_told_in_words(chromium: Any, tmp_path: Path) -> None:
    with Served(tmp_path, language="zh") as served:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(served.link)
        page.wait_for_selector("main h1")
    page.get_by_role("button", name="选择文件夹").click()
    page.get_by_text("工作台已停止").wait_for()
    context.close()
