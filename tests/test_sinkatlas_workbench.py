"""The workbench's server: who may ask, which places it looks into, what a change leaves."""

from __future__ import annotations

import http.client
import json
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from served_workbench import Served
from small_city import write_city

from gis.problems import InputError, problem
from layers.registry import kinds
from sinkatlas.workbench.editing import digest, edited, save
from sinkatlas.workbench.places import allowed, given_path, listing
from sinkatlas.workbench.remedies import remedy

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "sinkatlas" / "workbench" / "static"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("工作台") / "城")


@pytest.fixture(scope="module")
def served(city: Path) -> Iterator[Served]:
    with Served(city.parent) as found:
        status, headers, _ = found.send("GET", f"/?token={found.token}")
        assert (status, headers["location"]) == (303, "/")
        assert "HttpOnly" in headers["set-cookie"]
        assert "SameSite=strict" in headers["set-cookie"]
        found.cookie = headers["set-cookie"].partition(";")[0]
        yield found
    assert found.process.returncode == 0


# --- who may ask -------------------------------------------------------------------------------


def test_the_page_comes_with_a_policy_that_lets_no_text_run(served: Served) -> None:
    status, headers, text = served.send("GET", "/")
    policy = headers["content-security-policy"]
    assert (status, "<title>SinkAtlas" in text) == (200, True)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|https?://", text)


def test_the_link_works_once(served: Served) -> None:
    assert served.send("GET", f"/?token={served.token}", Cookie="")[0] == 401


@pytest.mark.parametrize(("headers", "status"), [
    ({"Cookie": ""}, 401), ({"Cookie": "sinkatlas-1=x"}, 401),
    ({"Host": "evil.example"}, 421), ({"Host": "localhost:80"}, 421),
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403),
    ({"Sec_Fetch_Site": "cross-site"}, 403), ({"Sec_Fetch_Site": "same-site"}, 403),
    ({"Content_Type": "text/plain"}, 415), ({"Content_Type": "multipart/form-data"}, 415),
])  # fmt: skip
def test_whoever_is_not_the_page_is_refused(
    served: Served, headers: dict[str, str], status: int
) -> None:
    """False names (DNS rebinding), pages from elsewhere, forms: nothing of it reaches an answer."""
    found, sent, text = served.send("POST", "/api/start", {}, **headers)
    assert (found, "places" in text) == (status, False)
    assert "default-src 'none'" in sent["content-security-policy"]
    own = {"Origin": f"http://{served.host}", "Sec_Fetch_Site": "same-origin"}
    assert served.send("POST", "/api/start", {}, **own)[0] == 200


def test_it_listens_on_this_machine_alone(served: Served) -> None:
    assert served.host.startswith("127.0.0.1:")


@pytest.mark.parametrize("path", [
    "/etc/passwd", "/etc", "file:///etc/passwd", "/../../etc", "relative", "", "\x00",
])  # fmt: skip
def test_places_of_others_are_not_looked_into(served: Served, path: str) -> None:
    for question in ("folder", "open", "propose", "outlines", "result", "reveal"):
        status, _, text = served.send("POST", f"/api/{question}", {"path": path, "language": "en"})
        assert status in (400, 422), question
        assert "root:" not in text


@pytest.mark.parametrize("content", [
    [], "text", {}, {"id": "none"}, {"id": 3, "changes": 1}, {"path": 7}, {"kind": "rm", "id": ""},
])  # fmt: skip
def test_malformed_questions_get_an_answer_and_break_nothing(served: Served, content: Any) -> None:
    for name in ("edit", "begin", "state", "plan", "compare", "remedies", "cancel", "draft"):
        assert served.send("POST", f"/api/{name}", content)[0] in (400, 422), name
    assert served.send("POST", "/api/start", {})[0] == 200


# --- a whole way -------------------------------------------------------------------------------


def test_from_folder_to_results_on_a_second_origin(served: Served, city: Path) -> None:
    name = served.ask("open", path=str(city.parent))["id"]
    state = served.ask("state", id=name)
    assert [each["kind"] for each in state["layers"]] == [
        "districts", "land_survey", "forest_subcompartments",
    ]  # fmt: skip
    paths = [each["path"] for each in state["layers"]]
    looks = served.ended(served.ask("begin", kind="look", id=name, paths=paths)["id"])
    kinds_seen = [each["kinds"][0]["kind"] for each in looks if "path" in each]
    assert kinds_seen[2] == "forest_subcompartments"
    checked = served.ended(served.ask("begin", kind="check", id=name)["id"])
    assert checked[-2]["result"]["is_closed"] is True
    job = served.ask("begin", kind="run", id=name)
    again = served.ask("begin", kind="run", id=name)
    assert again["problems"][0]["check"] == "sinkatlas.job_in_the_way"
    events = served.ended(job["id"])
    assert events[-1] == {"ended": {"status": "done"}}
    out = next(each["result"]["folder"] for each in events if "result" in each)
    found = served.ask("result", path=out)
    assert found["first"][0] == "map.html"
    assert [each["status"] for each in found["verdicts"]] == ["not_met"]
    same = served.ask("compare", one=out, other=out)
    assert same
    assert all(each["one"] == each["other"] for each in same)
    shown, _, path = found["url"].removeprefix("http://").partition("/")
    assert shown != served.host
    other = Served.at(shown)
    status, headers, text = other.send("GET", f"/{path}/map.html", Sec_Fetch_Site="same-site")
    assert (status, "小城" in text) == (200, True)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    secret = path.partition("/")[0]
    for wrong in (f"/{path}/../../workspace.toml", f"/{path}/none", f"/x{path}/map.html",
                  f"/{secret}/none/map.html", f"/{path}/..%2f..%2fworkspace.toml"):  # fmt: skip
        assert other.send("GET", wrong)[0] == 404
    assert other.send("GET", f"/{path}/map.html", Sec_Fetch_Site="cross-site")[0] == 403
    assert other.send("GET", f"/{path}/map.html", Host="evil.example")[0] == 421
    assert other.send("POST", f"/{path}/map.html", {})[0] == 405


def test_events_come_again_from_where_a_page_was(served: Served, city: Path) -> None:
    name = served.ask("open", path=str(city))["id"]
    job = served.ask("begin", kind="look", id=name, paths=[str(city.parent / "units.gpkg")])["id"]
    whole = served.ended(job)
    _, _, text = served.send("GET", f"/api/jobs/{job}/events", Last_Event_ID=str(len(whole) - 2))
    told = [line for line in text.splitlines() if line.startswith("id:")]
    assert told == [f"id: {len(whole) - 1}"]


def test_a_cancelled_run_leaves_nothing(served: Served, city: Path) -> None:
    name = served.ask("open", path=str(city))["id"]
    out = city.parent / "abgebrochen"
    job = served.ask("begin", kind="run", id=name, out=str(out))["id"]
    time.sleep(1.0)
    served.ask("cancel", job=job)
    assert served.ended(job)[-1] == {"ended": {"status": "cancelled"}}
    assert not out.exists()
    assert not list(city.parent.glob(".*stage*"))


def test_a_plan_is_drafted_from_a_document_and_confirmed_target_by_target(
    served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "计划"
    file = write_city(served.folder / "计划" / "城")
    text = file.parent / "方案.txt"
    text.write_text(
        "到2025年，全市森林覆盖率达到42%，森林蓄积量达到2000万立方米。", encoding="utf-8"
    )
    assert not folder.exists()
    name = served.ask("open", path=str(file))["id"]
    drafted = served.ask("draft", id=name, path=str(text))
    assert drafted["is_draft"] is True
    assert [each["value_text"] for each in drafted["targets"]] == ["42", "2000"]
    assert all(each["value_text"] in each["quote"] for each in drafted["targets"])
    changes = [
        *({"place": ["targets", at, "confirmed"], "value": True} for at in range(2)),
        *({"place": ["plan", key], "value": value} for key, value in
          {"confirmed": True, "city": "市", "adcode": "440100"}.items()),
    ]  # fmt: skip
    confirmed = served.ask("edit_plan", id=name, digest=drafted["digest"], changes=changes)
    errors = [each for each in confirmed["problems"] if each["severity"] == "error"]
    assert not [each for each in errors if "confirm" in each["check"]]
    assert 'plan = "方案.plan.toml"' in file.read_text(encoding="utf-8")
    again = served.ask("edit_plan", id=name, digest=drafted["digest"], changes=changes)
    assert again["problems"][0]["check"] == "sinkatlas.edit_outdated"


# --- changes of the file -----------------------------------------------------------------------

TEXT = """# 本市的工作区 my own words
[workspace]
title = "t"   # kept
[units]
path = "u.gpkg"
whole_code = '440100'

[[epochs]]
year = 2020
  [[epochs.layers]]
  kind = "land_cover"  # why
  path = "a.tif"
  [[epochs.layers]]
  kind = "wetlands"
  path = "w.gpkg"
"""


def test_a_change_leaves_comments_and_hand_edits_as_they_were() -> None:
    place = ["epochs", 0, "layers"]
    text = edited(TEXT, Path("w.toml"), [
        ([*place, 0, "legend"], "clcd"), ([*place, 1, "fields", "area"], "面积"),
        ([*place, 2], {"kind": "parks", "path": "p.gpkg"}), (["epochs", 1], {"year": 2024}),
    ])  # fmt: skip
    for line in TEXT.splitlines():
        assert line in text
    table = tomllib.loads(text)
    assert table["epochs"][0]["layers"][0]["legend"] == "clcd"
    assert table["epochs"][0]["layers"][1]["fields"] == {"area": "面积"}
    assert table["epochs"][0]["layers"][2] == {"kind": "parks", "path": "p.gpkg"}
    assert table["epochs"][1] == {"year": 2024}
    removed = edited(text, Path("w.toml"), [([*place, 1], None), ([*place, 0, "legend"], None)])
    left = [each["kind"] for each in tomllib.loads(removed)["epochs"][0]["layers"]]
    assert left == ["land_cover", "parks"]
    assert "legend" not in removed


def test_nothing_at_all_changes_no_byte() -> None:
    for text in (TEXT, TEXT.replace("\n", "\r\n"), ""):
        assert edited(text, Path("w.toml"), []) == text


@pytest.mark.parametrize("place", [["epochs", 7, "year"], ["units", "path", "x"], ["epochs", "x"]])
def test_a_place_that_is_not_there_is_refused(place: list[str | int]) -> None:
    with pytest.raises(InputError, match="edit_place"):
        edited(TEXT, Path("w.toml"), [(place, 1)])


def test_a_file_that_somebody_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(TEXT, encoding="utf-8")
    seen = digest(TEXT)
    file.write_text(f"{TEXT}# other window\n", encoding="utf-8")
    with pytest.raises(InputError, match="edit_outdated"):
        save(file, "new", seen)
    assert file.read_text(encoding="utf-8").endswith("# other window\n")
    save(file, "a = 1\n", digest(file.read_text(encoding="utf-8")))
    assert [each.name for each in tmp_path.iterdir()] == ["w.toml"]


# --- places ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['"{}"', " {} ", "file://{}", "“{}”"])
def test_a_pasted_path_is_understood(tmp_path: Path, text: str) -> None:
    file = tmp_path / "小班 1.gpkg"
    file.touch()
    assert allowed(text.format(file), (tmp_path,)) == file
    assert given_path(str(file)) == file


def test_a_link_out_of_the_places_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="path_outside"):
        allowed(str(tmp_path / "in" / "link" / "x"), (tmp_path / "in",))


def test_a_listing_shows_what_can_be_picked(tmp_path: Path) -> None:
    for name in ("城.gdb/a.gdbtable", "小班.shp", "小班.dbf", "w.toml", "规划.docx", "x.exe",
                 "结果/run.json", ".hidden", "子/a.txt"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert {each.name: each.kind for each in listing(tmp_path)} == {
        "城.gdb": "data", "子": "folder", "结果": "result", "w.toml": "workspace",
        "小班.shp": "data", "规划.docx": "document",
    }  # fmt: skip


# --- remedies ----------------------------------------------------------------------------------


def test_a_remedy_sets_what_the_words_say() -> None:
    found = remedy(problem("layers.area_unit_looks", "a", looks="mu"))
    assert found is not None
    assert (found.key, found.values) == (("area_unit",), ("mu",))
    facts = {"field": "stock", "nearest": "XBXJ", "existing": "ID, XBXJ, 面积"}
    column = remedy(problem("layers.missing_column", "a", **facts))
    assert column is not None
    assert (column.key, column.values) == (("fields", "stock"), ("XBXJ", "ID", "面积"))
    twin = remedy(problem("layers.no_overlap", "a", candidates="EPSG:4548, EPSG:4527"))
    assert twin is not None
    assert twin.values[:2] == ("EPSG:4548", "EPSG:4527")
    assert remedy(problem("layers.empty_layer", "a")) is None


# --- words -------------------------------------------------------------------------------------


def catalogues() -> list[dict[str, str]]:
    folder = PROJECT / "sinkatlas" / "workbench" / "words"
    return [tomllib.loads((folder / f"{each}.toml").read_text("utf-8")) for each in ("zh", "en")]


def test_every_word_of_the_page_is_there_in_both_languages() -> None:
    zh, en = catalogues()
    assert set(zh) == set(en)
    for key in zh:
        named = [{n for _, n, _, _ in Formatter().parse(words[key]) if n} for words in (zh, en)]
        assert named[0] == named[1], key
    scripts = "".join(each.read_text("utf-8") for each in STATIC.glob("*.js"))
    used = set(re.findall(r"word\('([^']+)'", scripts))
    assert used <= set(zh)
    # what stands in no script as a text of its own is built from a part, or used by no one
    prefixes = tuple(re.findall(r"word\(`(\w+_)\$", scripts))
    quoted = set(re.findall(r"'(\w+)'|\b(\w+):", scripts))
    named_somewhere = {each for pair in quoted for each in pair if each} | {
        name for kind in kinds().values() for name in kind.options
    }
    unused = {each for each in zh if each not in used | named_somewhere}
    steps = {"start", "files", "check", "plan", "run", "results"}
    assert {each for each in unused if not each.startswith(prefixes)} - steps == set()


def test_text_becomes_no_markup() -> None:
    for script in STATIC.glob("*.js"):
        text = script.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_every_option_that_has_a_unit_can_be_picked() -> None:
    script = (STATIC / "files.js").read_text("utf-8")
    units = {name for kind in kinds().values() for name in kind.options if name.endswith("_unit")}
    assert all(f"{name}:" in script for name in units)


def test_http_answers_are_those_of_a_client(served: Served) -> None:
    """The fixture speaks plain HTTP: what it sends is what an attacker can send."""
    link = http.client.HTTPConnection(served.host, timeout=10)
    link.request("GET", "/", headers={"Host": served.host})
    assert link.getresponse().status == 401
    link.close()
    assert json.loads(served.send("POST", "/api/jobs", {})[2]) is not None


def test_repaired_copies_take_the_place_of_their_own_files(served: Served, city: Path) -> None:
    """Of two layers with one file name only the one that was mended changes; nothing is lost."""
    file = write_city(city.parent / "修复")
    stands = gpd.read_file(file.parent / "forest.gpkg")
    gpd.GeoDataFrame(pd.concat([stands, stands])).to_file(file.parent / "forest.gpkg")
    (file.parent / "repaired").mkdir()
    (file.parent / "repaired" / "forest_mended.gpkg").write_text("of somebody", "utf-8")
    name = served.ask("open", path=str(file.parent))["id"]
    served.ask("repair", id=name)
    layers = tomllib.loads(file.read_text("utf-8"))["epochs"][0]["layers"]
    paths = {each["kind"]: each["path"] for each in layers}
    assert paths == {
        "land_survey": "survey.gpkg",
        "forest_subcompartments": "repaired/forest_mended_2.gpkg",
    }
    assert len(gpd.read_file(file.parent / paths["forest_subcompartments"])) == 1
    assert (file.parent / "repaired" / "forest_mended.gpkg").read_text("utf-8") == "of somebody"
