"""Install the built wheel into a clean environment outside the checkout and use it there.

``python -m bundle.check_wheel --python python3.13`` takes the newest packages that fit;
``--lowest`` the oldest that ``pyproject.toml`` allows (needs uv). Runs the example city and every
notebook; says what failed, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NEEDED = ("jupytext", "nbclient", "ipykernel")
"""What runs notebooks; a user has it already."""

RUN_NOTEBOOK = """\
import sys, jupytext
from nbclient import NotebookClient
notebook = jupytext.read(sys.argv[1], fmt="py:percent")
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
"""


def main() -> int:
    """Build, install, use; the exit code is the number of steps that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--lowest", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sinkatlas-wheel-") as folder:
        place = Path(folder)
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
        subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
        (wheel,) = place.glob("*.whl")
        python = _environment(place / "env", asked.python)
        _install(python, wheel, is_lowest=asked.lowest)
        return _used(python, place)


def _environment(folder: Path, base: str) -> Path:
    subprocess.run([base, "-m", "venv", str(folder)], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _install(python: Path, wheel: Path, *, is_lowest: bool) -> None:
    only = ["--only-binary", ":all:", "--no-binary", "prcoords"]
    if is_lowest:
        uv = shutil.which("uv")
        if uv is None:
            raise SystemExit("--lowest needs uv: pip install uv")
        command = [uv, "pip", "install", "--quiet", "--python", str(python)]
        command += ["--resolution", "lowest-direct", *only]
    else:
        command = [str(python), "-m", "pip", "install", "--quiet", *only]
    subprocess.run([*command, str(wheel)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    subprocess.run([*pip, *NEEDED], check=True)


def _used(python: Path, place: Path) -> int:
    """Use the installation from a folder of its own; the number of steps that failed."""
    work = place / "work"
    work.mkdir()
    surroundings = {key: each for key, each in os.environ.items() if key != "PYTHONPATH"}
    surroundings["PATH"] = os.pathsep.join([str(python.parent), surroundings.get("PATH", "")])
    surroundings["JUPYTER_PREFER_ENV_PATH"] = "1"
    command = [str(python), "-c", "from sinkatlas.cli import main; main()"]
    steps = {
        "doctor": [*command, "doctor"],
        "demo": [*command, "demo", "jiaxing", "--out", "city"],
        **{
            path.stem: [str(python), "-c", RUN_NOTEBOOK, str(path)]
            for path in sorted((PROJECT / "notebooks").glob("*.py"))
        },
    }
    failed = 0
    for name, step in steps.items():
        done = subprocess.run(step, cwd=work, env=surroundings, capture_output=True, check=False)
        failed += done.returncode != 0
        end = "" if done.returncode == 0 else "\n" + done.stderr.decode(errors="replace")[-1500:]
        print(f"{'ok' if done.returncode == 0 else 'FAILED'} {name}{end}", flush=True)
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
