"""Rasters on a server and in archives: what is fetched, what happens when the connection drops."""

from __future__ import annotations

import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from gis.account.accounting import extent_account
from gis.extent import RasterCover, Units
from gis.problems import InputError, ProblemLog
from gis.reading import web
from gis.reading.remote_rasters import Fetched, fetch_raster
from gis.reading.safe_open import open_raster
from sinkatlas.pipeline.inputs import read_inputs
from sinkatlas.workspace.loading import load_workspace

X, Y = 500_000.0, 2_500_000.0
SIDE, BLOCK = 2048, 256


@dataclass
class Server:
    """A web server that counts what it gives and breaks as it is told."""

    content: bytes
    etag: str = '"one"'
    ranges: list[tuple[int, int]] = field(default_factory=list)
    asked: int = 0
    drop: set[int] = field(default_factory=set)
    down_from: int | None = None
    no_ranges: bool = False
    redirect: str = ""
    change_at: int | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/data/land.tif"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        number = self.asked
        if self.redirect:
            handler.send_response(302)
            handler.send_header("Location", self.redirect)
            handler.end_headers()
            return
        if self.change_at is not None and number >= self.change_at:
            self.etag = '"two"'
        if self.down_from is not None and number >= self.down_from:
            hang_up(handler)
            return
        wanted = handler.headers.get("Range", "")
        if self.no_ranges or not wanted:
            first, last, status = 0, len(self.content) - 1, 200
        else:
            low, _, high = wanted.removeprefix("bytes=").partition("-")
            first, last = int(low), min(int(high), len(self.content) - 1)
            status = 206
        body = self.content[first : last + 1]
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", self.etag)
        handler.send_header("Accept-Ranges", "none" if self.no_ranges else "bytes")
        if status == 206:
            handler.send_header("Content-Range", f"bytes {first}-{last}/{len(self.content)}")
        handler.end_headers()
        if number in self.drop and handler.command == "GET":
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            hang_up(handler)
            return
        if handler.command == "GET":
            self.ranges.append((first, last))
            handler.wfile.write(body)

    @property
    def bytes_given(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection; the handler closes its end as always."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,048 x 2,048 cells of 10 m in blocks of 256, noisy, so that every block has its bytes."""
    path = tmp_path_factory.mktemp("remote") / "land.tif"
    values = np.random.default_rng(1).choice([10, 20, 30], (SIDE, SIDE)).astype(np.uint8)
    profile = {
        "driver": "GTiff", "width": SIDE, "height": SIDE, "count": 1, "dtype": "uint8", "crs": 4547,
        "transform": Affine(10, 0, X, 0, -10, Y + 10 * SIDE), "tiled": True, "blockxsize": BLOCK,
        "blockysize": BLOCK, "compress": "deflate",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(values, 1)
        dataset.update_tags(YEAR="2024")
    return path


@pytest.fixture
def server(raster: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server(raster.read_bytes())
    monkeypatch.setattr(web, "PAUSE_S", 0.01)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.answer(self)

        def do_HEAD(self) -> None:
            state.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = running.server_address[1]
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield state
    running.shutdown()
    running.server_close()


def units(*shapes: shapely.Geometry) -> Units:
    codes = [f"u{place}" for place in range(len(shapes))]
    frame = gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": codes}, geometry=list(shapes), crs=4547
    )
    return Units(frame, "w", "w")


def corner() -> Units:
    """Two units within the three by three blocks of the south-west corner, not in all of them."""
    return units(
        shapely.box(X + 100, Y + 100, X + 2000, Y + 7000),
        shapely.box(X + 2000, Y + 100, X + 7000, Y + 2000),
    )


def fetched(server: Server, folder: Path, **options: object) -> Fetched:
    hosts = options.pop("hosts", ["127.0.0.1"])
    url = str(options.pop("url", server.url))
    return fetch_raster(url, hosts, corner().features, folder)  # type: ignore[arg-type]


def areas(path: Path) -> pd.Series:
    classes = pd.DataFrame({"kind": ["a", "b", "c"]}, index=[10, 20, 30])
    rows = extent_account(
        corner(), [RasterCover("land", path, classes, ("kind",))], [], epoch=2024
    ).rows
    return rows.groupby(["unit_code", "status", "kind"])["area_ha"].sum()


def test_only_touched_blocks_are_fetched_and_the_account_is_the_same(
    server: Server, raster: Path, tmp_path: Path
) -> None:
    found = fetched(server, tmp_path)
    # an L of 3 + 2 blocks of the 64; GDAL reads the header and rounds ranges to 16 KiB
    assert found.facts["blocks_fetched"] == "5 of 64"
    assert server.bytes_given < 0.25 * len(server.content)
    pd.testing.assert_series_equal(areas(found.path), areas(raster), rtol=1e-12)
    with rasterio.open(found.path) as copy:
        assert copy.tags()["YEAR"] == "2024"
        assert (copy.read_masks(1)[:BLOCK, -BLOCK:] == 0).all()  # a block that no unit touches


def test_record_names_address_length_and_tag(server: Server, tmp_path: Path) -> None:
    facts = fetched(server, tmp_path).facts
    assert facts["url"] == server.url
    assert facts["etag"] == "one"
    assert facts["length"] == str(len(server.content))


@pytest.mark.parametrize("dropped", [{1}, {2}, {3, 4}, {2, 4, 5}])
def test_dropped_connections_are_survived(
    server: Server, raster: Path, tmp_path: Path, dropped: set[int]
) -> None:
    server.drop = dropped
    found = fetched(server, tmp_path)
    assert server.asked >= max(dropped)
    pd.testing.assert_series_equal(areas(found.path), areas(raster), rtol=1e-12)


@pytest.mark.parametrize("down_from", [1, 2, 3, 4])
def test_server_that_stays_down_stops_the_run_once(
    server: Server, tmp_path: Path, down_from: int
) -> None:
    server.down_from = down_from
    with pytest.raises(InputError, match=r"tries") as stopped:
        fetched(server, tmp_path)
    assert len(stopped.value.problems) == 1
    assert stopped.value.problems[0].code == "gis.remote_unreachable"
    assert server.asked < 60  # bounded


def test_nothing_is_asked_of_a_host_that_is_not_allowed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not allowed"):
        fetched(server, tmp_path, hosts=["example.org"])
    assert server.asked == 0


def test_redirects_are_not_followed(server: Server, tmp_path: Path) -> None:
    server.redirect = "http://169.254.169.254/latest?token=TOKEN123"
    with pytest.raises(InputError, match=r"points to another address: http://169.254") as stopped:
        fetched(server, tmp_path)
    assert "TOKEN123" not in str(stopped.value)


def test_server_without_ranges_is_refused(server: Server, tmp_path: Path) -> None:
    server.no_ranges = True
    with pytest.raises(InputError, match=r"does not serve byte ranges"):
        fetched(server, tmp_path)


def test_file_that_changes_meanwhile_is_refused(server: Server, tmp_path: Path) -> None:
    server.change_at = 3
    with pytest.raises(InputError, match=r"changed while it was read"):
        fetched(server, tmp_path)


def test_page_instead_of_a_raster_is_named(server: Server, tmp_path: Path) -> None:
    server.content = b"<!DOCTYPE html><html><body>log in</body></html>" * 10
    with pytest.raises(InputError, match=r"its content is: HTML"):
        fetched(server, tmp_path)


def test_units_elsewhere_are_refused(server: Server, tmp_path: Path) -> None:
    far = units(shapely.box(X + 90_000, Y, X + 91_000, Y + 1000))
    with pytest.raises(InputError, match=r"no reporting unit lies on this raster"):
        fetch_raster(server.url, ["127.0.0.1"], far.features, tmp_path)


def test_passwords_and_tokens_stay_out_of_facts_and_messages(
    server: Server, tmp_path: Path
) -> None:
    secret = f"{server.url}?sig=TOKEN123"
    assert "TOKEN123" not in json.dumps(fetched(server, tmp_path, url=secret).facts)
    server.down_from = server.asked + 1
    with pytest.raises(InputError, match=r"land\.tif\?\*\*\*") as stopped:
        fetched(server, tmp_path, url=secret)
    assert "TOKEN123" not in str(stopped.value)


def workspace(folder: Path, path: str, network: str = "", kind: str = "land_cover") -> Path:
    frame = corner().features.rename(columns={"unit_code": "adcode", "unit_name": "name"})
    frame.to_file(folder / "districts.gpkg", driver="GPKG")
    (folder / "legend.csv").write_text(
        "code,ecosystem_type\n10,forest\n20,grass\n30,crop\n", "utf-8"
    )
    file = folder / "workspace.toml"
    file.write_text(
        f'[workspace]\ntitle = "t"\nlanguage = "en"\n{network}\n[units]\npath = "districts.gpkg"\n'
        'whole_code = "440100"\nwhole_name = "w"\n[[epochs]]\nyear = 2024\n[[epochs.layers]]\n'
        f'kind = "{kind}"\npath = "{path}"\n'
        + ('legend = "legend.csv"\n' if kind == "land_cover" else ""),
        "utf-8",
    )  # fmt: skip
    return file


def test_workspace_reads_an_address_only_from_an_allowed_host(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"reading from 127.0.0.1 is not allowed"):
        load_workspace(workspace(tmp_path, server.url))
    assert server.asked == 0
    allowed = '[network]\nhosts = ["127.0.0.1"]'
    with pytest.raises(InputError, match=r"only rasters can be read from an address"):
        load_workspace(workspace(tmp_path, server.url, allowed, "wetlands"))
    space = load_workspace(workspace(tmp_path, server.url, allowed))

    layer = read_inputs(space, problems=ProblemLog()).layers[2024][0]
    assert layer.facts["url"] == server.url
    assert layer.spec.path.name == "land.tif"


def test_layer_on_a_server_that_is_down_is_told_with_the_other_errors(
    server: Server, tmp_path: Path
) -> None:

    server.down_from = 1
    allowed = '[network]\nhosts = ["127.0.0.1"]'
    space = load_workspace(workspace(tmp_path, server.url, allowed))
    with pytest.raises(InputError, match=r"does not give the file"):
        read_inputs(space, problems=ProblemLog())


@pytest.fixture
def archive(raster: Path, tmp_path: Path) -> Path:
    path = tmp_path / "tiles.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        held.write(raster, "east/land.tif")
    return path


def test_raster_in_an_archive_gives_the_same_account(archive: Path, raster: Path) -> None:
    pd.testing.assert_series_equal(areas(archive), areas(raster), rtol=0)
    pd.testing.assert_series_equal(areas(archive / "east" / "land.tif"), areas(raster), rtol=0)


def test_archive_with_several_rasters_wants_a_name(archive: Path, raster: Path) -> None:
    with zipfile.ZipFile(archive, "a") as held:
        held.write(raster, "west/land.tif")
    with pytest.raises(InputError, match=r"several rasters: east/land.tif, west/land.tif"):
        open_raster(archive)
    open_raster(archive / "west" / "land.tif").close()
    with pytest.raises(InputError, match=r"north.tif"):
        open_raster(archive / "north.tif")


def test_archive_is_looked_through_before_it_is_read(tmp_path: Path, raster: Path) -> None:
    climbing, bomb, text = tmp_path / "climb.zip", tmp_path / "bomb.zip", tmp_path / "text.zip"
    with zipfile.ZipFile(climbing, "w") as held:
        held.write(raster, "../land.tif")
    with pytest.raises(InputError, match=r"\.\./land.tif"):
        open_raster(climbing)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("land.tif", bytes(120_000_000))
    with pytest.raises(InputError, match=r"MB"):
        open_raster(bomb)
    with zipfile.ZipFile(text, "w") as held:
        held.writestr("land.tif", "<VRTDataset rasterXSize='1'/>")
    with pytest.raises(InputError, match=r"its content is: GDAL VRT"):
        open_raster(text)


def test_workspace_names_a_file_inside_an_archive(archive: Path, tmp_path: Path) -> None:

    space = load_workspace(workspace(tmp_path, "tiles.zip/east/land.tif"))
    layer = read_inputs(space, problems=ProblemLog()).layers[2024][0]
    assert layer.facts["size"] == f"{SIDE} × {SIDE}"
    with pytest.raises(InputError, match=r"other.zip"):
        load_workspace(workspace(tmp_path, "other.zip/land.tif"))


@pytest.mark.parametrize(
    "peer", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"]
)
def test_a_name_that_leads_to_this_machine_or_its_link_is_not_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    def resolved(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (peer, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    url = server.url.replace("127.0.0.1", "data.example.org")
    with pytest.raises(InputError, match=r"leads to .*, which was not named"):
        fetched(server, tmp_path, url=url, hosts=["data.example.org"])
    assert server.asked == 0


def test_a_redirect_in_the_middle_of_a_file_is_not_followed(server: Server, tmp_path: Path) -> None:
    target = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    answer = server.answer

    def later(handler: BaseHTTPRequestHandler) -> None:
        server.redirect = f"http://localhost:{target.server_port}/x" if server.asked > 1 else ""
        answer(handler)

    server.answer = later  # type: ignore[method-assign]
    with pytest.raises(InputError, match=r"points to another address"):
        fetched(server, tmp_path)
    target.socket.setblocking(False)
    with pytest.raises(BlockingIOError, match="temporarily"):
        target.socket.accept()
    target.server_close()


def test_a_server_that_drips_is_given_up_at_the_deadline(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "DEADLINE_S", 0.3)
    monkeypatch.setattr(web, "TRIES", 2)
    stopped = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        server.asked += 1
        handler.wfile.write(b"HTTP/1.1 206 Partial Content\r\n")
        for number in range(100):
            if stopped.wait(0.05):
                break
            handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.close_connection = True

    server.answer = drip  # type: ignore[method-assign]
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"no answer in 0\.3 s"):
        fetched(server, tmp_path)
    assert time.perf_counter() - start < 5
    stopped.set()
    assert server.asked == 2


def test_an_answer_longer_or_shorter_than_asked_for_is_no_part_of_the_file(
    server: Server, raster: Path, tmp_path: Path
) -> None:
    whole = server.answer

    def lying(handler: BaseHTTPRequestHandler) -> None:
        if server.asked == 2:
            server.asked += 1
            handler.send_response(206)
            wanted = handler.headers["Range"].removeprefix("bytes=")
            handler.send_header("Content-Range", f"bytes {wanted}/{len(server.content)}")
            handler.send_header("ETag", server.etag)
            handler.send_header("Content-Length", "9")
            handler.end_headers()
            handler.wfile.write(b"too short")
            return
        whole(handler)

    server.answer = lying  # type: ignore[method-assign]
    found = fetched(server, tmp_path)
    pd.testing.assert_series_equal(areas(found.path), areas(raster), rtol=1e-12)
