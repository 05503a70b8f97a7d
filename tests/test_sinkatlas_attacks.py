"""A small real run under attack: killed, starved of disk, its inputs swapped, its texts hostile.

How often it is killed says ``SINKATLAS_KILLS``; ``make nightly`` does it a hundred times and more.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pdfplumber
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from typer.main import get_command
from typer.testing import CliRunner

from gis.problems import InputError, OutputError
from gis.visible_text import is_unseen
from sinkatlas import Run, run
from sinkatlas.cli import app
from sinkatlas.publish.manifest import files_below, is_unchanged, read_manifest
from sinkatlas.workspace.toml_text import quoted

KILLS = int(os.environ.get("SINKATLAS_KILLS", "3"))
LIMITS = (300, 60_000) if KILLS < 100 else (0, 100, 300, 1_000, 4_000, 16_000, 60_000, 200_000)
UNSEEN = "\x07\x1b[31m\x9b1m\u202e\u2066\u200b\ufeff\u2028\u00ad\U000e0041"
NAMES = (
    f"甲{UNSEEN}区",
    f"</script><svg onload=x>{UNSEEN}{{{{7*7}}}}$x^2$",
    f"../../{UNSEEN}CON:=1+1",
)


def write_city(folder: Path, names: tuple[str, ...] = ("甲区", "乙区", "丙区")) -> Path:
    """Three units of 100 ha over a class raster, with stands in the first."""
    folder.mkdir(parents=True, exist_ok=True)
    west, south, side = 400_000, 2_500_000, 1000
    boxes = [
        shapely.box(west + n * side, south, west + (n + 1) * side, south + side) for n in range(3)
    ]
    codes = [f"44010{n}" for n in (3, 4, 5)]
    units = {"adcode": codes, "name": list(names)}
    gpd.GeoDataFrame(units, geometry=boxes, crs=4547).to_file(folder / "units.gpkg")
    stands = {
        "XIAO_BAN": [f"1{names[0]}"],
        "DI_LEI": ["030101"],
        "MIAN_JI": [50.0],
        "ZXJ": [4000.0],
    }
    half = shapely.box(west, south, west + side, south + side / 2)
    gpd.GeoDataFrame(stands, geometry=[half], crs=4547).to_file(folder / "forest.gpkg")
    parks = gpd.GeoDataFrame({"name": [names[1]]}, geometry=[half.buffer(-50)], crs=4547)
    parks.to_file(folder / "parks.gpkg")
    values = np.full((200, 300), 10, np.uint8)
    values[:, 150:] = 90
    with rasterio.open(
        folder / "land.tif", "w", driver="GTiff", width=300, height=200, count=1, dtype="uint8",
        crs=4547, transform=from_origin(west, south + side, 10, 5), nodata=0, blockysize=16,
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    title = quoted(f"小城{names[0]}")
    layers = "".join(
        f'[[epochs.layers]]\nkind = "{kind}"\npath = "{path}"\n{more}'
        for kind, path, more in (
            ("land_cover", "land.tif", 'legend = "esa_worldcover"\n'),
            ("forest_subcompartments", "forest.gpkg", ""),
            ("protected_areas", "parks.gpkg", ""),
        )
    )
    file = folder / "workspace.toml"
    file.write_text(
        f'[workspace]\ntitle = {title}\norganisation = {title}\nlanguage = "zh"\ndraws = 0\n'
        f'sources = [{title}]\n[units]\npath = "units.gpkg"\nwhole_code = "440100"\n'
        f"whole_name = {title}\n[[epochs]]\nyear = 2023\n{layers}",
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("城"))


@pytest.fixture(scope="module")
def done(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(city, tmp_path_factory.mktemp("whole") / "out")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files_below(folder)
        if path.name != "timings.json"
    }


def check_whole(folder: Path) -> None:
    """The folder is a result of one run: every file is the one its manifest lists."""
    listed = read_manifest(folder)
    assert listed is not None
    assert "run.json" in listed
    assert all(is_unchanged(folder, name, listed) for name in listed)


# --- inputs that change meanwhile ---------------------------------------------------------------


@pytest.mark.parametrize(("stage", "back"), [("raster", True), ("write", False)])
def test_an_input_swapped_while_a_run_reads_stops_it(
    tmp_path: Path, stage: str, back: bool
) -> None:
    file = write_city(tmp_path / "in")
    raster = tmp_path / "in" / "land.tif"
    aside = raster.with_name("aside")
    swaps = iter([True])

    def swap(name: str, count: int, total: int) -> None:
        if name == stage and next(swaps, False):
            raster.rename(aside)
            raster.write_bytes(aside.read_bytes()[:-1] + b"x")
            if back:
                raster.unlink()
                aside.rename(raster)
                os.utime(raster)  # what an editor does that saves again

    out = tmp_path / "out"
    with pytest.raises(InputError, match=r"sinkatlas\.input_changed.*land\.tif"):
        run(file, out, progress=swap)
    assert not out.exists()
    assert [each.name for each in tmp_path.iterdir()] == ["in"]


def test_files_that_stay_are_no_change_and_all_stand_in_the_record(done: Run) -> None:
    record = done.report.provenance
    inputs = [each["path"] for each in record["inputs"]]  # type: ignore[attr-defined]
    assert inputs == ["units.gpkg", "land.tif", "forest.gpkg", "parks.gpkg"]
    assert record["tables"] == []


# --- a disk that is full ------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind exist on POSIX systems")
@pytest.mark.parametrize("limit", LIMITS)
def test_a_disk_that_fills_leaves_the_earlier_result_or_a_whole_one(
    done: Run, city: Path, tmp_path: Path, limit: int
) -> None:
    """No file may grow beyond ``limit`` bytes: every output in turn is the first that fails."""
    import resource

    out = tmp_path / "out"
    assert done.folder is not None
    before = contents(done.folder)
    for name, content in before.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    refused: tuple[str, ...] = ()
    try:
        run(city, out)
    except OutputError as error:
        refused = tuple(each.code for each in error.problems)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    if refused:
        assert refused == ("sinkatlas.output_unwritable",)
        assert contents(out) == before
    else:
        check_whole(out)
    assert list(tmp_path.iterdir()) == [out]


# --- kills ---------------------------------------------------------------------------------------


def started(city: Path, out: Path, parts: Path) -> Any:
    code = "from sinkatlas.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", city, "--out", out, "--resume", parts,
         "--progress", "jsonl"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind exist on POSIX systems")
def test_killed_at_random_moments_nothing_is_lost_or_mixed(
    city: Path, done: Run, tmp_path: Path
) -> None:
    """Half of the moments lie in the writing, the others anywhere; each run resumes the last."""
    assert done.folder is not None
    whole, out, parts = contents(done.folder), tmp_path / "out", tmp_path / "parts"
    dice = random.Random(20261201)
    killed = 0
    for number in range(KILLS):
        wanted = '"write"' if number % 2 else ""
        skipped = dice.randrange(20 if wanted else 30)
        process = started(city, out, parts)
        for line in process.stdout:
            skipped -= wanted in line
            if skipped < 0:
                time.sleep(dice.uniform(0, 0.1))
                process.send_signal(signal.SIGTERM if number % 5 == 4 else signal.SIGKILL)
                break
        process.stdout.close()
        killed += process.wait() != 0
        if out.exists():
            assert {**contents(out), "notes.txt": b""} == {**whole, "notes.txt": b""}
        else:
            assert not (tmp_path / "mine").exists(), "a result was lost"
        for each in tmp_path.rglob("notes.txt"):
            assert each.read_text("utf-8") == "mine"
        if out.exists():
            (out / "notes.txt").write_text("mine", encoding="utf-8")
            (tmp_path / "mine").touch()
    assert killed
    last = started(city, out, parts)
    assert '"result"' in list(last.stdout)[-1]
    assert last.wait() == 0
    last.stdout.close()
    assert {name: text for name, text in contents(out).items() if name != "notes.txt"} == whole
    left = {each.name for each in tmp_path.iterdir()} - {"mine"}
    assert left == {"out", "parts"}
    assert not list(parts.rglob("*.npz")), "parts go when the result is published"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind exist on POSIX systems")
def test_of_two_runs_into_one_folder_one_is_refused_and_the_other_is_whole(
    city: Path, done: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = started(city, out, tmp_path / "parts")
    for line in first.stdout:
        if '"read"' in line:
            break
    with pytest.raises(OutputError, match=rf"output_in_use.*{first.pid}"):
        run(city, out)
    assert '"result"' in list(first.stdout)[-1]
    assert first.wait() == 0
    first.stdout.close()
    assert done.folder is not None
    assert contents(out) == contents(done.folder)


# --- hostile text --------------------------------------------------------------------------------


def unseen_in(text: str) -> set[str]:
    return {each for each in text if is_unseen(each) and each not in "\n\t\r"} | {
        each for each in text if each in "\u2028\u2029"
    }


def texts_of(path: Path) -> Iterator[str]:
    """Every text of an output, unpacked."""
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name
                if name.endswith((".xml", ".rels")):
                    yield archive.read(name).decode("utf-8")
    elif path.suffix == ".gpkg":
        with sqlite3.connect(path) as base:
            tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master")]
            for table in (each for each in tables if not each.startswith(("rtree", "sqlite"))):
                try:
                    rows = base.execute(f'SELECT * FROM "{table}"').fetchall()
                except sqlite3.OperationalError:
                    continue  # an index
                yield from (cell for row in rows for cell in row if isinstance(cell, str))
    elif path.suffix == ".parquet":
        table = pd.DataFrame(gpd.read_parquet(path))
        yield from map(str, table.select_dtypes(exclude="number").to_numpy().ravel())
    elif path.suffix == ".pdf":
        with pdfplumber.open(path) as opened:
            yield from map(str, opened.metadata.values())
            for page in opened.pages:
                yield page.extract_text()
                yield from (str(each.get("uri") or each.get("contents")) for each in page.annots)
    elif path.suffix != ".png":
        yield path.read_text("utf-8-sig" if path.suffix == ".csv" else "utf-8")


@dataclass(frozen=True)
class World:
    """One hostile workspace, its result, and files of every other kind that a command reads."""

    folder: Path
    workspace: Path
    result: Path
    name: str = NAMES[0]

    def out(self, name: str) -> Path:
        """A place below the folder whose every file is looked through afterwards."""
        return self.folder / "made" / name


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("hostile")
    file = write_city(folder / "in", NAMES)
    with file.open("a", encoding="utf-8") as stream:
        stream.write('[sheets]\nformats = ["svg", "pdf"]\n')
    write_city(folder / "other", NAMES)
    with rasterio.open(folder / "other" / "land.tif", "r+") as raster:
        raster.write(np.full((200, 300), 10, np.uint8), 1)
    result = run(file, folder / "out", sheets="all").folder
    assert result is not None
    title = quoted(NAMES[0])
    (folder / "plan.toml").write_text(
        f"[plan]\nid = {title}\ntitle_zh = {title}\ntitle_en = {title}\ncity = {title}\n"
        f"adcode = {title}\n[[targets]]\nid = {title}\n", encoding="utf-8",
    )  # fmt: skip
    (folder / "plan.txt").write_text(
        f"到2030年，{NAMES[0]}森林覆盖率达到42%{UNSEEN}。", encoding="utf-8"
    )
    (folder / "made").mkdir()
    gpd.GeoDataFrame(
        {"name": list(NAMES), "type": list(NAMES), "year": 2024},
        geometry=[shapely.box(400_100 + n * 200, 2_500_100, 400_200 + n * 200, 2_500_200)
                  for n in range(3)], crs=4547,
    ).to_file(folder / "footprint.gpkg")  # fmt: skip
    (folder / "pools.csv").write_text(
        "lucode,LULC_name,c_above,c_below,c_soil,c_dead\n"
        + "".join(f'{code},"{NAMES[0]}",1,1,1,1\n' for code in (10, 90)), "utf-8",
    )  # fmt: skip
    for name, text in (
        ("bio.csv", f'code,lulc-class,{NAMES[0]}\n1,"{NAMES[0]}",2\n'),
        ("moves.csv", f'lulc-class,"{NAMES[0]}"\n"{NAMES[0]}",NCC\n'),
        ("snaps.csv", f"snapshot_year,raster_path\n2010,{NAMES[0]}\n"),
    ):
        (folder / name).write_text(text, "utf-8")
    return World(folder, file, result)


def test_one_hostile_workspace_leaves_nothing_unseen_in_any_output(done: Run, world: World) -> None:
    assert done.folder is not None
    plain = unseen_in((done.folder / "map.html").read_text("utf-8"))
    for path in files_below(world.result):
        assert not unseen_in(path.name), path
        assert path.resolve().is_relative_to(world.result)
        assert re.fullmatch(r"[\w.\- ()（）]+", path.name), path
        found = set[str]().union(*map(unseen_in, texts_of(path)))
        assert found <= (plain if path.suffix == ".html" else set()), path
    assert len(list(world.result.rglob("*.svg"))) > 3
    sheets = list(world.result.rglob("*.pdf"))
    assert len(sheets) > 3
    for path in sheets:
        assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction|AA)\b",
                             path.read_bytes()), path  # fmt: skip


Calls = Callable[[World], Sequence[Sequence[object]]]
COMMANDS: dict[str, Calls] = {
    "demo": lambda w: [(w.name,)],
    "new": lambda w: [(w.out("w.toml"), "--from", w.folder / "in"), (w.workspace,)],
    "look": lambda w: [(w.folder / "in",), (w.folder / "in", "--format", "json"),
                       (w.folder / w.name,)],
    "schema": lambda w: [()],
    "check": lambda w: [
        (w.workspace, "--out", w.out("check")), (w.workspace, "--progress", "jsonl"),
        (w.workspace, "--repair", w.out("mended")),
    ],
    "run": lambda w: [(w.workspace, "--out", w.folder / "in"), (w.folder / w.name,),
                      (w.workspace, "--out", w.result, "--progress", "jsonl")],
    "landtake": lambda w: [
        (w.workspace, "--footprint", w.folder / "footprint.gpkg", "--out", w.out("take")),
        (w.workspace, "--footprint", w.folder / w.name),
    ],
    "compare": lambda w: [
        (w.workspace, w.folder / "other" / "workspace.toml", "--out", w.out("compared")),
    ],
    "pack": lambda w: [(w.result, "--out", w.out("pack.zip")), (w.folder / w.name,)],
    "verify": lambda w: [(w.out("pack.zip"),), (w.folder / w.name,)],
    "plans list": lambda w: [()],
    "plans show": lambda w: [(w.folder / "plan.toml",), (w.name,)],
    "plans check": lambda w: [(w.folder / "plan.toml",), (w.name,)],
    "plans extract": lambda w: [
        (w.folder / "plan.txt",), (w.folder / "plan.txt", "--format", "toml"), (w.name,),
    ],
    "plans new": lambda w: [(w.out("own.toml"),)],
    "factors list": lambda w: [(w.name,)],
    "factors show": lambda w: [(w.name,)],
    "factors export": lambda w: [(w.out("factors.csv"),)],
    "factors template": lambda w: [(w.name, w.out("gaps.csv"))],
    "factors compare": lambda w: [
        (w.name, w.name, "--path", w.out("sets.csv")), ("sinkatlas", w.folder / w.name),
    ],
    "factors documents": lambda w: [()],
    "factors explain": lambda w: [(w.name,)],
    "invest carbon": lambda w: [
        (w.folder / "pools.csv", w.folder / "in" / "land.tif", "--out", w.out("invest")),
        (w.folder / w.name, w.folder / w.name),
    ],
    "invest blue-carbon": lambda w: [
        (w.folder / "bio.csv", w.folder / "moves.csv", w.folder / "snaps.csv", "--end-year", 2020),
    ],
}  # fmt: skip
"""How every command of the program meets the hostile workspace, in the order of its needs."""

NOT_CALLED = {
    "workbench": "serves until it is stopped; its pages are tests/test_sinkatlas_workbench.py's",
    "doctor": "reads no file of the user's",
}


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Names of every command that the program has, from its own registry."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_every_command_of_the_program_meets_the_hostile_workspace() -> None:
    assert set(commands(get_command(app))) == set(COMMANDS) | set(NOT_CALLED)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_nothing_unseen_of_hostile_files(world: World, command: str) -> None:
    for arguments in COMMANDS[command](world):
        shown = CliRunner().invoke(app, [*command.split(), *map(str, arguments)])
        assert not unseen_in(shown.stdout + shown.stderr), arguments
        assert not re.search(r"Traceback|sinkatlas\.unexpected", shown.output), arguments
        assert shown.exception is None or isinstance(shown.exception, SystemExit), arguments
    for path in files_below(world.folder / "made"):
        assert not unseen_in(path.name), path
        if path.suffix not in (".zip", ".tif"):
            found = set[str]().union(*map(unseen_in, texts_of(path)))
            assert not found or path.stem.endswith("_mended"), path


# --- surroundings ---------------------------------------------------------------------------------

SURROUNDINGS = {
    "locale": {"LC_ALL": "C"},
    "time zone": {"TZ": "Asia/Shanghai"},
    "hash seed": {"PYTHONHASHSEED": "4711"},
    "umask": {"UMASK": "63"},
    "threads 1": {"THREADS": "1"},
    "threads 4": {"THREADS": "4"},
    "workers": {"WORKERS": "2"},
    "folder": {},
}
ALL_AT_ONCE = {key: value for each in SURROUNDINGS.values() for key, value in each.items()}
VARIED = {"all at once": ALL_AT_ONCE} | (SURROUNDINGS if KILLS >= 100 else {})
SAME = """
import os, sys
from pathlib import Path
os.umask(int(os.environ.get("UMASK", "18")))
if __name__ == "__main__":
    from gis.executors import Engine
    from sinkatlas import run
    threads, workers = os.environ.get("THREADS"), os.environ.get("WORKERS", "0")
    engine = Engine(threads=int(threads) if threads else None, workers=int(workers))
    run(Path(sys.argv[1]), Path(sys.argv[2]), engine=engine)
"""


@pytest.mark.parametrize("varied", VARIED)
def test_the_surroundings_of_a_run_change_no_byte(
    varied: str, city: Path, done: Run, tmp_path: Path
) -> None:
    script = tmp_path / "same.py"
    script.write_text(SAME, encoding="utf-8")
    path = os.pathsep.join(each for each in sys.path if each)
    command = [sys.executable, script, city, tmp_path / "out"]
    subprocess.run(
        command, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path} | VARIED[varied]
    )
    assert done.folder is not None
    assert contents(tmp_path / "out") == contents(done.folder)
