"""A whole run beside the time that its accounts take, on a city as large as a bureau's data.

python benchmarks/bench_run.py                # Chengdu, synthetic: 10 m cells, 100,000 stands
python benchmarks/bench_run.py --small        # the demonstration as it is
python benchmarks/bench_run.py --write        # and put the table into the docs
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from tables import DOCUMENT, PROJECT, as_table, put_into

GOAL = 3.0
"""A whole run may take so many times its accounts."""


def run_one(workspace: Path, out: Path) -> None:
    """Run in this process and print the seconds of each stage."""
    from gis.reading import harden_environment

    harden_environment()
    from sinkatlas.pipeline import run

    start = time.perf_counter()
    done = run(workspace, out)
    seconds = dict(done.seconds) | {"whole": time.perf_counter() - start}
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": mib}))


def stages(seconds: dict[str, float], mib: float) -> str:
    own = seconds["account"]
    rows = [[name, f"{each:.1f}", f"{each / own:.2f}"] for name, each in seconds.items()]
    return as_table(["stage", "s", "/ accounts"], rows) + f"\n\nPeak: {mib:.0f} MiB."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = asked.folder / ("chengdu" if asked.small else "chengdu_large")
    if asked.one:
        run_one(asked.one, folder / "result")
        return
    workspace = folder / "data" / "workspace.toml"
    if not workspace.exists():
        from sinkatlas.demo import write_demo

        write_demo("chengdu", folder / "data", large=not asked.small)
    command = [sys.executable, __file__, "--folder", str(asked.folder), "--one", str(workspace)]
    done = subprocess.run(
        [*command, *(["--small"] if asked.small else [])], check=True, stdout=subprocess.PIPE,
        text=True, env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    table = stages(found["seconds"], found["mib"])
    print(f"{table}\n\nThe goal is a whole of at most {GOAL:.0f} x its accounts.")
    if asked.write:
        put_into(DOCUMENT, "run", table)


if __name__ == "__main__":
    main()
