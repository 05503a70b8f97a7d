"""Whoever counts, and however often it is interrupted: the same account, bit for bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray

from gis.account.accounting import extent_account
from gis.executors.engine import Engine
from gis.executors.partials import Partials, discard_partials
from gis.extent import DensityRaster, ExtentAccount, KeyRaster, RasterCover, Units
from gis.grid import read_grid
from gis.measure.cell_area import cell_areas_ha
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError

X, Y, CELL = 500_000.0, 2_500_000.0, 10.0
WIDTH, HEIGHT = 1100, 2300
Stage = tuple[str, int, int]


def written(path: Path, values: NDArray[np.generic], **options: object) -> Path:
    cell = float(options.pop("cell", CELL))  # type: ignore[arg-type]
    profile: dict[str, object] = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype,
        "crs": 4547,
        "transform": Affine(cell, 0, X, 0, -cell, Y),
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **(profile | options)) as dataset:
        dataset.write(values, 1)
    return path


def land_values() -> NDArray[np.uint8]:
    random = np.random.default_rng(5)
    coarse = random.choice([0, 10, 20, 30], (HEIGHT // 8 + 1, WIDTH // 8 + 1))
    return coarse.repeat(8, 0).repeat(8, 1)[:HEIGHT, :WIDTH].astype(np.uint8)


def soil_values() -> NDArray[np.int16]:
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    return ((row // 97 + column // 53) % 4 - 1).astype(np.int16)


def stock_values() -> NDArray[np.float32]:
    values = np.random.default_rng(6).uniform(0, 200, (HEIGHT, WIDTH)).astype(np.float32)
    values[soil_values() == 0] = -1.0
    values[::50, ::50] = np.nan
    return values


@pytest.fixture(scope="module")
def rasters(tmp_path_factory: pytest.TempPathFactory) -> tuple[RasterCover, list[object]]:
    """Land cover, soil as further keys, and a density of stock, all on one grid."""
    folder = tmp_path_factory.mktemp("栅格")
    land = written(folder / "land.tif", land_values(), nodata=0)
    soil = written(folder / "soil.tif", soil_values())
    stock = written(folder / "stock.tif", stock_values(), nodata=-1.0)
    kinds = pd.DataFrame({"kind": ["forest", "water", "crop"]}, index=[10, 20, 30])
    soils = pd.DataFrame({"soil": ["clay", "sand", "loam"]}, index=[0, 1, 2])
    cover = RasterCover("land", land, kinds, ("kind",))
    further = [
        KeyRaster("soil", soil, soils, ("soil",), no_data=(-1,)),
        DensityRaster("stock", stock, "stock_t", per_ha=0.5),
    ]
    return cover, further


def test_a_density_counts_after_the_scale_and_offset_of_its_file(tmp_path: Path) -> None:
    """Whole numbers of 0.1 above 20, and the same in plain numbers: 20 + 0.1 x value."""
    stored = np.random.default_rng(8).integers(0, 900, (HEIGHT, WIDTH)).astype(np.int16)
    stored[::7, ::5] = -1
    plain = np.where(stored == -1, -9.0, 20.0 + 0.1 * stored)
    scaled = written(tmp_path / "scaled.tif", stored, nodata=-1)
    with rasterio.open(scaled, "r+") as dataset:
        dataset.scales, dataset.offsets = (0.1,), (20.0,)
    both = [
        DensityRaster("a", scaled, "a_t"),
        DensityRaster("b", written(tmp_path / "plain.tif", plain, nodata=-9.0), "b_t"),
    ]
    found = extent_account(district_units(), [], [], epoch=2020, further=both).rows
    assert found["a_t_known_ha"].sum() > 0
    assert found["a_t"].to_numpy() == pytest.approx(found["b_t"].to_numpy(), rel=1e-12)
    assert found["a_t_known_ha"].to_numpy() == pytest.approx(found["b_t_known_ha"].to_numpy())


def district_units() -> Units:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    reach = 4500 + 700 * np.sin(9 * turn) + 150 * np.sin(61 * turn)
    ring = np.c_[X + 5500 + reach * np.cos(turn), Y - 11_500 + 2.3 * reach * np.sin(turn)]
    whole = shapely.Polygon(ring)
    line = shapely.LineString([(X, Y - 9000), (X + 6000, Y - 11_000), (X + 11_000, Y - 12_500)])
    parts = list(shapely.get_parts(shapely.ops.split(whole, line)))
    codes = [f"u{number}" for number in range(len(parts))]
    features = gpd.GeoDataFrame({"unit_code": codes, "unit_name": codes}, geometry=parts, crs=4547)
    return Units(features, "whole", "whole")


def account(rasters: tuple[RasterCover, list[object]], **options: object) -> ExtentAccount:
    cover, further = rasters
    return extent_account(district_units(), [cover], [], epoch=2020, further=further, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def alone(rasters: tuple[RasterCover, list[object]]) -> ExtentAccount:
    """The account as one thread counts it."""
    return account(rasters, engine=Engine(threads=1))


def same_bits(one: ExtentAccount, other: ExtentAccount) -> None:
    pd.testing.assert_frame_equal(one.rows, other.rows, check_exact=True)
    pd.testing.assert_frame_equal(one.ledger, other.ledger, check_exact=True)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_no_bit(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount, threads: int
) -> None:
    same_bits(alone, account(rasters, engine=Engine(threads=threads)))


def test_memory_budget_changes_no_bit(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount
) -> None:
    same_bits(alone, account(rasters, engine=Engine(threads=4, memory_mib=64)))


def test_processes_change_no_bit_even_when_one_is_killed(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount
) -> None:
    import multiprocessing

    killed: list[int] = []

    def kill_one(stage: str, done: int, total: int) -> None:
        children = multiprocessing.active_children()
        if stage == "raster" and not killed and children:
            killed.append(children[0].pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    found = account(rasters, engine=Engine(workers=2), progress=kill_one)
    assert killed
    same_bits(alone, found)
    assert not multiprocessing.active_children()


def test_every_table_equals_plain_numpy_on_whole_cells(
    rasters: tuple[RasterCover, list[object]],
) -> None:
    cover, further = rasters
    box = shapely.box(X + 110, Y - 20_030, X + 10_940, Y - 120)  # columns 11–1093, rows 12–2002
    features = gpd.GeoDataFrame({"unit_code": ["u"], "unit_name": ["u"]}, geometry=[box], crs=4547)
    found = extent_account(
        Units(features, "u", "u"),
        [cover],
        [],
        epoch=2020,
        further=further,  # type: ignore[arg-type]
    )
    part = (slice(12, 2003), slice(11, 1094))
    with rasterio.open(cover.path) as dataset:
        ground = cell_areas_ha(read_grid(dataset), *part)
    land, soil, stock = (v[part] for v in (land_values(), soil_values(), stock_values()))
    known = np.isfinite(stock) & (stock != -1)
    rows = found.rows.set_index(["kind", "soil"])
    assert len(rows) == 4 * 4
    for kind, land_code in {"": 0, "forest": 10, "water": 20, "crop": 30}.items():
        for name, soil_code in {"": -1, "clay": 0, "sand": 1, "loam": 2}.items():
            here = (land == land_code) & (soil == soil_code)
            row = rows.loc[(kind, name)]
            assert row["area_ha"] == pytest.approx(ground[here].sum(), rel=1e-11)
            assert row["stock_t_known_ha"] == pytest.approx(ground[here & known].sum(), rel=1e-11)
            if name == "clay":  # the stock of clay is nowhere known: missing, not 0
                assert np.isnan(row["stock_t"])
                continue
            total = (ground * 0.5 * stock.astype(float))[here & known].sum()
            assert row["stock_t"] == pytest.approx(total, rel=1e-11)
    assert found.quantities == ("stock_t", "stock_t_known_ha")


def test_interrupted_run_goes_on_and_gives_the_same_bits(
    rasters: tuple[RasterCover, list[object]],
    alone: ExtentAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "raster" and done == 2:
            raise KeyboardInterrupt

    engine = Engine(threads=2, partials=tmp_path / "parts")
    with pytest.raises(KeyboardInterrupt):
        account(rasters, engine=engine, progress=stop)
    kept = sorted(path.name for path in tmp_path.rglob("*.npz"))
    assert kept == ["band-000000.npz", "band-000001.npz"]
    counted: list[int] = []
    keep = Partials.keep

    def noted(self: Partials, number: int, tally: object) -> None:
        counted.append(number)
        keep(self, number, tally)  # type: ignore[arg-type]

    monkeypatch.setattr(Partials, "keep", noted)
    same_bits(alone, account(rasters, engine=engine))
    assert counted
    assert min(counted) == 2
    parts = list(tmp_path.rglob("*.npz"))
    assert parts, "they stay until the result is published"
    mine = [tmp_path / "parts" / "notes.txt", parts[0].parent / "notes.txt"]
    for each in mine:
        each.touch()
    discard_partials(tmp_path / "parts")
    assert sorted(each for each in tmp_path.rglob("*") if each.is_file()) == sorted(mine)


def test_broken_part_is_counted_again(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount, tmp_path: Path
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "raster" and done == 2:
            raise KeyboardInterrupt

    engine = Engine(threads=1, partials=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        account(rasters, engine=engine, progress=stop)
    first, second = sorted(tmp_path.rglob("*.npz"))
    whole = first.read_bytes()
    for damaged in (
        whole[:100],
        whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
        second.read_bytes(),  # a part that stands in another's place
        b"",
    ):
        first.write_bytes(damaged)
        same_bits(alone, account(rasters, engine=engine))
    assert first.read_bytes() == whole


def test_parts_of_other_inputs_are_not_taken(
    rasters: tuple[RasterCover, list[object]], tmp_path: Path
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "raster" and done == 2:
            raise KeyboardInterrupt

    cover, _ = rasters
    copy = written(tmp_path / "land.tif", land_values(), nodata=0)
    other = RasterCover(cover.name, copy, cover.classes, cover.keys)
    engine = Engine(threads=1, partials=tmp_path / "parts")
    with pytest.raises(KeyboardInterrupt):
        account((other, []), engine=engine, progress=stop)
    written(copy, np.where(land_values() == 10, 20, land_values()).astype(np.uint8), nodata=0)
    found = account((other, []), engine=engine)
    assert "forest" not in set(found.rows["kind"])


def test_killed_process_leaves_parts_that_a_new_one_takes_up(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount, tmp_path: Path
) -> None:
    program = textwrap.dedent(
        """
        import os, pickle, signal, sys
        from gis.account import extent_account
        from gis.executors import Engine
        units, cover, further, folder = pickle.load(open(sys.argv[1], "rb"))

        def die(stage, done, total):
            if stage == "raster" and done == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        extent_account(units, [cover], [], epoch=2020, further=further,
                       engine=Engine(threads=2, partials=folder), progress=die)
        """
    )
    inputs = tmp_path / "inputs.pickle"
    folder = tmp_path / "parts"
    pd.to_pickle((district_units(), *rasters, folder), inputs)
    done = subprocess.run(
        [sys.executable, "-c", program, str(inputs)], check=False, cwd=Path(__file__).parent.parent
    )
    assert done.returncode == -signal.SIGKILL
    assert list(folder.rglob("*.npz"))
    same_bits(alone, account(rasters, engine=Engine(threads=2, partials=folder)))


def test_full_disk_stops_the_run_in_words(
    rasters: tuple[RasterCover, list[object]], tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(InputError, match=r"\[gis\.partials_unwritable\]"):
        account(rasters, engine=Engine(threads=1, partials=blocked))


def test_cancelling_ends_the_threads(rasters: tuple[RasterCover, list[object]]) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "raster":
            raise RuntimeError("cancelled by the caller")

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="cancelled by the caller"):
        account(rasters, engine=Engine(threads=4), progress=stop)
    assert threading.active_count() == before


def test_too_many_combinations_are_refused(rasters: tuple[RasterCover, list[object]]) -> None:
    cover, further = rasters
    soil = further[0]
    assert isinstance(soil, KeyRaster)
    wide = pd.DataFrame({"soil": [str(code) for code in range(30_000)]}, index=range(30_000))
    many = [KeyRaster(f"s{n}", soil.path, wide.rename(columns={"soil": f"s{n}"}), (f"s{n}",))
            for n in range(2)]  # fmt: skip
    with pytest.raises(InputError, match=r"\[gis\.combinations_too_many\].*memory budget"):
        extent_account(district_units(), [cover], [], epoch=2020, further=many)


def test_block_beyond_the_budget_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "giant.tif"
    profile = {
        "driver": "GTiff", "width": 16384, "height": 16384, "count": 1, "dtype": "uint8",
        "crs": 4547, "transform": Affine(CELL, 0, X, 0, -CELL, Y), "tiled": True,
        "blockxsize": 16384, "blockysize": 16384, "compress": "deflate", "sparse_ok": True,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile):
        pass
    classes = pd.DataFrame({"kind": ["none"]}, index=[0])
    cover = RasterCover("land", path, classes, ("kind",))
    with pytest.raises(InputError, match=r"\[gis\.block_too_large\].*16384 × 16384"):
        account((cover, []), engine=Engine(memory_mib=256))


@pytest.mark.parametrize(
    "options",
    [
        {"tiled": False},
        {"tiled": False, "blockysize": HEIGHT},
        {"blockxsize": 16, "blockysize": 16},
        {"blockxsize": 2048, "blockysize": 2048},
    ],
)
def test_layout_of_the_file_does_not_matter(
    rasters: tuple[RasterCover, list[object]],
    alone: ExtentAccount,
    tmp_path: Path,
    options: dict[str, object],
) -> None:
    cover, further = rasters
    if options.get("tiled") is False:
        options = {"blockxsize": WIDTH, "blockysize": 1} | options
    path = written(tmp_path / "land.tif", land_values(), nodata=0, **options)
    found = account((RasterCover("land", path, cover.classes, cover.keys), further))
    one, other = (each.rows.set_index(["unit_code", "status", "kind", "soil"]) for each in
                  (alone, found))  # fmt: skip
    for column in ("area_ha", "stock_t"):
        assert other[column].to_numpy() == pytest.approx(
            one[column].to_numpy(), rel=1e-11, nan_ok=True
        )


@pytest.mark.parametrize(
    "options", [{"tiled": False, "blockysize": 1}, {"tiled": False, "blockysize": 200}, {}]
)
def test_sparse_file_of_65000_columns_is_counted_in_little_memory(
    tmp_path: Path, options: dict[str, object]
) -> None:
    # nothing is written: every cell is 0, which is a class here; cells of 1 m
    path = tmp_path / "wide.tif"
    profile = {
        "driver": "GTiff", "width": 65_000, "height": 400, "count": 1, "dtype": "uint8",
        "crs": 4547, "transform": Affine(1, 0, X, 0, -1, Y), "compress": "deflate",
        "sparse_ok": True, "tiled": True, "blockxsize": 256, "blockysize": 256,
    }  # fmt: skip
    if options:
        del profile["blockxsize"]
    with rasterio.open(path, "w", **(profile | options)):
        pass
    shape = shapely.Polygon([(X + 3.5, Y - 1.2), (X + 64_990, Y - 30.7), (X + 20_000, Y - 399)])
    features = gpd.GeoDataFrame(
        {"unit_code": ["u"], "unit_name": ["u"]}, geometry=[shape], crs=4547
    )
    classes = pd.DataFrame({"kind": ["none"]}, index=[0])
    found = extent_account(
        Units(features, "u", "u"), [RasterCover("land", path, classes, ("kind",))], [], epoch=2020,
        engine=Engine(threads=2, memory_mib=64),
    )  # fmt: skip
    assert found.rows["status"].tolist() == ["classified"]
    assert found.rows["area_ha"].sum() == pytest.approx(polygon_areas_ha(features)[0], rel=1e-11)


def test_south_up_file_gives_the_same_account(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount, tmp_path: Path
) -> None:
    cover, _ = rasters
    path = written(
        tmp_path / "land.tif", land_values()[::-1], nodata=0,
        transform=Affine(CELL, 0, X, 0, CELL, Y - HEIGHT * CELL),
    )  # fmt: skip
    found = account((RasterCover("land", path, cover.classes, cover.keys), []))
    by = ["unit_code", "status", "kind"]
    one, other = (each.rows.groupby(by)["area_ha"].sum() for each in (alone, found))
    assert other.to_numpy() == pytest.approx(one.to_numpy(), rel=1e-10)


def test_raster_shifted_by_whole_cells_is_not_resampled(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount, tmp_path: Path
) -> None:
    cover, further = rasters
    path = written(
        tmp_path / "stock.tif", stock_values()[200:, 100:], nodata=-1.0,
        transform=Affine(CELL, 0, X + 100 * CELL, 0, -CELL, Y - 200 * CELL),
    )  # fmt: skip
    cropped = DensityRaster("stock", path, "stock_t", per_ha=0.5)
    found = account((cover, [further[0], cropped]))
    assert not [key for key in found.notes if key.startswith("resampled")]
    assert 0 < found.rows["stock_t"].sum() < alone.rows["stock_t"].sum()


def test_density_on_a_coarser_grid_keeps_its_total_and_says_so(
    rasters: tuple[RasterCover, list[object]], tmp_path: Path
) -> None:
    # 30 m cells of 3 x 3 fine ones; a field that is even within each, so both give one total
    cover, _ = rasters
    coarse = np.random.default_rng(2).uniform(0, 90, (HEIGHT // 3 + 1, WIDTH // 3 + 1))
    fine = coarse.repeat(3, 0).repeat(3, 1)[:HEIGHT, :WIDTH]
    one = DensityRaster("a", written(tmp_path / "a.tif", fine), "a_t")
    other = DensityRaster("b", written(tmp_path / "b.tif", coarse, cell=30.0), "b_t")
    found = account((cover, [one, other]))
    assert "average; cell 30 x 30 instead of 10 x 10" in found.notes["resampled.b"]
    assert found.notes["resampled.b"].endswith(("total changes by +0.0000%", "-0.0000%"))
    assert found.rows["b_t"].to_numpy() == pytest.approx(
        found.rows["a_t"].to_numpy(), rel=1e-9, nan_ok=True
    )


def test_classes_on_a_finer_grid_take_the_class_with_most_area(
    rasters: tuple[RasterCover, list[object]], tmp_path: Path
) -> None:
    cover, _ = rasters
    coarse = soil_values().clip(0)[:400, :400].astype(np.uint8)
    fine = coarse.repeat(5, 0).repeat(5, 1)
    fine[::5, ::5] = 1  # one of 25 cells differs and must lose
    soils = pd.DataFrame({"soil": ["clay", "sand", "loam"]}, index=[0, 1, 2])
    plain = KeyRaster("soil", written(tmp_path / "a.tif", coarse), soils, ("soil",))
    finer = KeyRaster("soil", written(tmp_path / "b.tif", fine, cell=2.0), soils, ("soil",))
    one, other = (account((cover, [each])) for each in (plain, finer))
    assert other.notes["resampled.soil"].startswith("mode;")
    pd.testing.assert_frame_equal(one.rows, other.rows)


def test_density_alone_is_integrated_over_ground_that_no_cover_claims(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount
) -> None:
    _, further = rasters
    found = extent_account(district_units(), [], [], epoch=2020, further=[further[1]])  # type: ignore[list-item]
    assert set(found.rows["status"]) == {"uncovered"}
    one, other = (
        each.rows.groupby("unit_code")[["area_ha", "stock_t", "stock_t_known_ha"]].sum()
        for each in (alone, found)
    )
    np.testing.assert_allclose(other, one, rtol=1e-12)


def test_columns_that_the_account_has_already_are_refused(
    rasters: tuple[RasterCover, list[object]],
) -> None:
    cover, (soil, stock) = rasters
    assert isinstance(soil, KeyRaster)
    assert isinstance(stock, DensityRaster)
    kinds = cover.classes.rename(columns={"kind": "cover"})
    wrong = RasterCover("land", cover.path, kinds, ("cover",))
    same_key = KeyRaster(
        "soil", soil.path, soil.classes.rename(columns={"soil": "kind"}), ("kind",), no_data=(-1,)
    )
    area = DensityRaster("stock", stock.path, "area_ha")
    with pytest.raises(InputError, match=r"\[gis\.columns_twice\]") as caught:
        account((wrong, [area, soil]))
    assert [(each.where, each.facts["columns"]) for each in caught.value.problems] == [
        ("land", "cover"), ("stock", "area_ha"),
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"\[gis\.columns_twice\] soil:.* kind"):
        account((cover, [same_key]))


def test_cluster_that_is_not_there_is_named(rasters: tuple[RasterCover, list[object]]) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=r"\[gis\.cluster_unreachable\].*127\.0\.0\.1:9"):
        account(rasters, engine=Engine(cluster="tcp://127.0.0.1:9"))


def test_cluster_changes_no_bit_when_a_worker_is_killed(
    rasters: tuple[RasterCover, list[object]], alone: ExtentAccount
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        killed: list[int] = []

        def kill_one(stage: str, done: int, total: int) -> None:
            if stage == "raster" and not killed:
                nanny = next(iter(cluster.workers.values()))
                killed.append(nanny.pid)
                os.kill(nanny.pid, signal.SIGKILL)
                time.sleep(0.2)

        engine = Engine(cluster=cluster.scheduler_address)
        same_bits(alone, account(rasters, engine=engine, progress=kill_one))
        assert killed
