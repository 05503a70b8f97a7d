"""What breaks while counting: processes, workers, versions, disks. One clear message, no debris."""

from __future__ import annotations

import itertools
import os
import pickle
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from gis.account.accounting import extent_account as counted
from gis.executors import processes as crew_processes
from gis.executors.engine import Engine
from gis.extent import DensityRaster, ExtentAccount, RasterCover, Units
from gis.problems import InputError

X, Y, CELL = 500_000.0, 2_500_000.0, 10.0
WIDTH, HEIGHT, BLOCK = 1200, 4200, 64
PROJECT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX systems")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Units, RasterCover, DensityRaster]:
    """Land cover and stock in small blocks, counted in two bands, under two districts."""
    folder = tmp_path_factory.mktemp("faults")
    random = np.random.default_rng(8)
    land = random.choice(np.array([0, 10, 20], np.uint8), (HEIGHT // 4, WIDTH // 4))
    values = {
        "land": land.repeat(4, 0).repeat(4, 1),
        "stock": random.uniform(0, 90, (HEIGHT, WIDTH)).astype(np.float32),
    }
    for name, cells in values.items():
        profile = {
            "driver": "GTiff", "width": WIDTH, "height": HEIGHT, "count": 1, "dtype": cells.dtype,
            "crs": 4547, "transform": rasterio.Affine(CELL, 0, X, 0, -CELL, Y), "nodata": 0,
            "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "compress": "deflate",
        }  # fmt: skip
        with rasterio.open(folder / f"{name}.tif", "w", **profile) as dataset:
            dataset.write(cells, 1)
    west = shapely.Polygon([(X + 55, Y - 33), (X + 6000, Y - 900), (X + 4000, Y - 41_500)])
    east = shapely.Polygon([(X + 6000, Y - 900), (X + 11_900, Y - 30_000), (X + 4000, Y - 41_500)])
    features = gpd.GeoDataFrame(
        {"unit_code": ["w", "e"], "unit_name": ["w", "e"]}, geometry=[west, east], crs=4547
    )
    kinds = pd.DataFrame({"kind": ["forest", "water"]}, index=[10, 20])
    return (
        Units(features, "whole", "whole"),
        RasterCover("land", folder / "land.tif", kinds, ("kind",)),
        DensityRaster("stock", folder / "stock.tif", "stock_t"),
    )


def account(inputs: tuple[Units, RasterCover, DensityRaster], **options: object) -> ExtentAccount:
    units, cover, density = inputs
    return counted(units, [cover], [], epoch=2020, further=[density], **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def alone(inputs: tuple[Units, RasterCover, DensityRaster]) -> ExtentAccount:
    return account(inputs, engine=Engine(threads=1))


def dies(*given: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@posix
def test_worker_that_dies_again_and_again_ends_the_run(
    inputs: tuple[Units, RasterCover, DensityRaster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_processes, "_work", dies)
    with pytest.raises(InputError, match=r"\[gis\.workers_lost\] .*3 times.*exit code -9"):
        account(inputs, engine=Engine(workers=2))


PROGRAM = textwrap.dedent(
    """
    import os, pickle, resource, signal, sys
    from pathlib import Path
    from gis.account import extent_account
    from gis.executors import Engine
    from gis.problems import InputError
    what, number, source, folder = sys.argv[1:]
    units, cover, density = pickle.load(open(source, "rb"))
    seen = []

    def progress(stage, done, total):
        seen.append(stage)
        if what == "kill" and len(seen) == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    if what == "full":  # writing beyond so many bytes of a file fails, as on a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    try:
        extent_account(units, [cover], [], epoch=2020, further=[density],
                       engine=Engine(threads=2, partials=Path(folder)), progress=progress)
    except InputError as error:
        sys.exit("".join(each.text("en") for each in error.problems))
    """
)


def in_a_process(
    inputs: tuple[Units, RasterCover, DensityRaster], tmp_path: Path, what: str, number: int
) -> subprocess.CompletedProcess[str]:
    source = tmp_path / "inputs.pickle"
    source.write_bytes(pickle.dumps(inputs))
    command = [sys.executable, "-c", PROGRAM, what, str(number), str(source), str(tmp_path / "p")]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@posix
@pytest.mark.parametrize("step", [2, 3, 4])
def test_process_killed_at_any_step_leaves_whole_parts_or_none(
    inputs: tuple[Units, RasterCover, DensityRaster],
    alone: ExtentAccount,
    tmp_path: Path,
    step: int,
) -> None:
    # steps: covers begin, covers end, the first band, the second band
    done = in_a_process(inputs, tmp_path, "kill", step)
    assert done.returncode == -signal.SIGKILL, done.stderr
    kept = sorted(path.name for path in (tmp_path / "p").rglob("*.npz"))
    assert kept[: step - 2] == ["band-000000.npz", "band-000001.npz"][: max(0, step - 2)]
    found = account(inputs, engine=Engine(threads=2, partials=tmp_path / "p"))
    pd.testing.assert_frame_equal(found.rows, alone.rows, check_exact=True)


@posix
def test_disk_that_fills_up_leaves_no_half_written_part(
    inputs: tuple[Units, RasterCover, DensityRaster], alone: ExtentAccount, tmp_path: Path
) -> None:
    done = in_a_process(inputs, tmp_path, "full", 700)
    assert done.returncode == 1
    assert "Intermediate tables cannot be kept in" in done.stderr
    assert not [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    found = account(inputs, engine=Engine(threads=2, partials=tmp_path / "p"))
    pd.testing.assert_frame_equal(found.rows, alone.rows, check_exact=True)


def test_cluster_with_other_versions_or_lost_workers_is_told_and_a_lost_one_survived(
    inputs: tuple[Units, RasterCover, DensityRaster],
    alone: ExtentAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from concurrent.futures import CancelledError
    from importlib import metadata

    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        engine = Engine(cluster=cluster.scheduler_address)
        version = metadata.version
        with monkeypatch.context() as patch:
            patch.setattr(metadata, "version", lambda n: "0.1" if n == "numba" else version(n))
            expected = rf"\[gis\.cluster_versions\].*numba {version('numba')} / 0\.1"
            with pytest.raises(InputError, match=expected):
                account(inputs, engine=engine)

        with monkeypatch.context() as patch:
            patch.setattr("gis.executors.cluster.unseen_files", lambda paths: paths)
            with pytest.raises(InputError, match=r"\[gis\.cluster_files\].*land\.tif"):
                account(inputs, engine=engine)

        answers = itertools.count()
        result = distributed.Future.result

        def gone(self: object) -> object:
            if next(answers):
                raise CancelledError  # what a future of a dead scheduler says
            return result(self)

        with monkeypatch.context() as patch:
            patch.setattr(distributed.Future, "result", gone)
            found = account(inputs, engine=engine)
        pd.testing.assert_frame_equal(found.rows, alone.rows, check_exact=True)

        def killed(self: object) -> None:
            raise distributed.KilledWorker("band", None, 3)

        monkeypatch.setattr(distributed.Future, "result", killed)
        with pytest.raises(InputError, match=r"\[gis\.workers_lost\]"):
            account(inputs, engine=engine)
