"""The engine beside decoding alone and beside its peers, on the same files, in turns.

    python benchmarks/bench_account.py                       # every part, some twenty minutes
    python benchmarks/bench_account.py --part account        # one of them
    python benchmarks/bench_account.py --size 700 800        # small, for a smoke test
    python benchmarks/bench_account.py --write               # and put the tables into the docs

Every way runs in a process of its own, once per round, in turns: load on the machine meets all of
them alike. Shown are the medians of the ratios to the first way within a round. Peers that are not
installed are left out (``pip install -e ".[bench]"``), and so are real files that are not there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import real_scene
from scene import make_scene
from tables import DOCUMENT, PROJECT, as_table, put_into
from ways import WAYS, Answer

DATA = PROJECT.parent / "shared" / "data"
FULL = (17_000, 19_000)
AGAIN_S = 10.0
"""Seconds of work above which imports and compiled code do not show: it is not done again."""

ONCE_S = 60.0
"""Seconds of a process above which a way has only one turn."""


@dataclass(frozen=True)
class Run:
    """A way, and a scene: ``made:70x80``, ``repeated:70x80``, ``worldcover``, ``gauss_kruger``."""

    way: str
    scene: str


@dataclass(frozen=True)
class Took:
    """One run: seconds of the work, and of the whole process with its processor time."""

    seconds: float
    whole: float
    cpu: float
    mib: float
    answer: Answer


def parts(size: tuple[int, int]) -> dict[str, list[Run]]:
    """What is compared in each table, ours first; sizes follow from that of the scene."""
    width, height = size
    made = f"made:{width}x{height}"
    large = [f"repeated:{times * width}x{times * height}" for times in (1, 2, 4)]
    of = {question: [way for way in WAYS if way.startswith(f"{question}/")] for question in
          ("account", "classes", "biomass")}  # fmt: skip
    real = [way for way in of["classes"] if way.endswith(("ours", "decode", "exactextract"))]
    return {
        "account": [Run(way, made) for way in of["account"]],
        "classes": [Run(way, made) for way in of["classes"]],
        "biomass": [Run(way, made) for way in of["biomass"]],
        "sizes": [Run("account/ours", large[0]), Run("account/ours", large[2])],
        "workers": [Run(f"workers/{count}", large[2]) for count in (2, 1)],
        "worldcover": [Run(way, "worldcover") for way in real],
        "gauss_kruger": [Run(way, "gauss_kruger") for way in real],
    }


def open_scene(name: str, folder: Path, data: Path) -> Any:
    kind, _, size = name.partition(":")
    if size:
        width, height = map(int, size.split("x"))
        return make_scene(folder, width, height, repeated=kind == "repeated")
    return real_scene.real_scene(folder, data, gauss_kruger=kind == "gauss_kruger")


def run_one(run: Run, folder: Path, data: Path, start: float) -> None:
    """Run one way in this process, which was started at ``start``, and print what it took.

    The first time counts for the whole process. Work that is soon done is done again: its seconds
    are then those of the second time, with everything imported, compiled and held ready.
    """
    scene = open_scene(run.scene, folder, data)
    work = WAYS[run.way][0]
    began = time.time()
    answer = work(scene)
    whole, seconds = time.time() - start, time.time() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    if seconds < AGAIN_S:
        began = time.time()
        answer = work(scene)
        seconds = time.time() - began
    found = {
        "seconds": seconds,
        "whole": whole,
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "mib": max(each.ru_maxrss for each in used) / 1024,
        "answer": answer,
    }
    print(json.dumps(found, default=float))


def timed(run: Run, folder: Path, data: Path) -> Took | None:
    """A run in a process of its own; None, and its last line of error, when it fails."""
    command = [
        sys.executable, __file__, "--folder", str(folder), "--data", str(data),
        "--one", run.way, run.scene, str(time.time()),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": _python_path()}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        print(f"{run.way}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def _python_path() -> str:
    """Ours first, then whatever the caller added for the peers."""
    given = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    return os.pathsep.join(dict.fromkeys([str(PROJECT), *given]))


def in_turns(runs: list[Run], rounds: int, folder: Path, data: Path) -> list[list[str]]:
    """All runs, ``rounds`` times in turns; the rows of the table."""
    took: dict[Run, list[Took]] = {run: [] for run in runs}
    timed(runs[0], folder, data)  # compiles, and warms the cache of the files
    for _ in range(rounds):
        for run in runs:
            if any(each.whole > ONCE_S for each in took[run]):
                continue
            found = timed(run, folder, data)
            if found:
                print(f"{run.way}, {run.scene}: {found.whole:.1f} s", file=sys.stderr, flush=True)
                took[run].append(found)
    return [_row(run, each, took[runs[0]]) for run, each in took.items() if each]


def _row(run: Run, took: list[Took], base: list[Took]) -> list[str]:
    def ratio(name: str) -> str:
        pairs = zip(took, base, strict=False)
        return f"{median(getattr(a, name) / getattr(b, name) for a, b in pairs):.2f}"

    closure = took[0].answer.get("closure", {}).get("")
    return [
        f"{run.way.partition('/')[2]} {run.scene.partition(':')[2].replace('x', ' x ')}".strip(),
        WAYS[run.way][2],
        f"{median(each.seconds for each in took):.1f}", ratio("seconds"),
        f"{median(each.whole for each in took):.1f}", ratio("whole"), ratio("cpu"),
        f"{max(each.mib for each in took):.0f}",
        f"{closure:.0e}" if closure is not None else _difference(took[0].answer, base[0].answer),
    ]  # fmt: skip


def _difference(one: Answer, other: Answer) -> str:
    """Largest difference from ours: of an area as a share of its district, else of the number."""
    worst = 0.0
    for code, numbers in other.items():
        known = {name: value for name, value in numbers.items() if name}
        own = one.get(code)
        if own is None:
            continue
        is_area = not {"sum", "mean"} & set(known)
        for name in {*known, *own} - {""}:
            gap = abs(known.get(name, 0.0) - own.get(name, 0.0))
            worst = max(worst, gap / (sum(numbers.values()) if is_area else abs(known[name])))
    return f"{worst:.1e}" if one and one is not other else "-"


HEADER = ["way", "what it does", "s", "/ first", "whole process, s", "/ first",
          "processor / first", "peak MiB", "differs"]  # fmt: skip


def possible(runs: list[Run], only: list[str] | None, data: Path) -> Iterator[Run]:
    """The runs whose packages and files are there; says what is left out."""
    for run in runs:
        name = run.way.partition("/")[2]
        if run is not runs[0] and only is not None and name not in only:
            continue
        if run.scene in {"worldcover", "gauss_kruger"} and not (data / real_scene.TILE).exists():
            print(f"{run.way}, {run.scene}: no such file under {data}, left out")
        elif not find_spec(WAYS[run.way][1]):
            print(f"{run.way}: {WAYS[run.way][1]} is not installed, left out")
        else:
            yield run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="*", help="which tables; all without it")
    parser.add_argument("--only", nargs="*", help="which ways beside ours")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--data", type=Path, default=DATA, help="folder of real files")
    parser.add_argument("--size", type=int, nargs=2, default=FULL)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--make", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:  # in a process of its own: what it takes shows in the peak of later ones
        open_scene(asked.make, asked.folder, asked.data)
        return
    if asked.one:
        way, scene, start = asked.one
        run_one(Run(way, scene), asked.folder, asked.data, float(start))
        return
    for name, all_runs in parts(tuple(asked.size)).items():
        if asked.part and name not in asked.part:
            continue
        runs = list(possible(all_runs, asked.only, asked.data))
        if not runs:
            continue
        for scene in dict.fromkeys(run.scene for run in runs):
            aside = [sys.executable, __file__, "--folder", str(asked.folder), "--data",
                     str(asked.data), "--make", scene]  # fmt: skip
            subprocess.run(aside, check=True, env=os.environ | {"PYTHONPATH": _python_path()})
        table = as_table(HEADER, in_turns(runs, asked.rounds, asked.folder, asked.data))
        print(f"\n{name}\n{table}", flush=True)
        if asked.write:
            put_into(DOCUMENT, name, table)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
