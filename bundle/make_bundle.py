"""Make the bundle: ``make bundle PLATFORM=linux_x86_64 PYTHON=3.12 [RUNTIME=archive SHA256=...]``.

Needs a package index once, here; the machine where it is installed needs none.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename

PROJECT = Path(__file__).resolve().parent.parent
BUNDLE = PROJECT / "bundle"
PYTHONS = ("3.11", "3.12", "3.13")
GLIBC = ("2_28", "2_27", "2_26", "2_24", "2_17", "2_12", "2_10", "2_5")
"""Newest first; pip takes none of the older ones for granted. 2.28 is UOS 20 and Kylin V10."""

_BUILT = ("prcoords",)
"""Published as source alone, pure Python: their wheels are built here."""

_DATE = (2020, 1, 1, 0, 0, 0)


def platform_tags(platform: str) -> tuple[str, ...]:
    """What pip calls a platform, and every older standard that it also takes.

    >>> platform_tags("win_amd64")
    ('win_amd64',)
    >>> platform_tags("linux_aarch64")[0]
    'manylinux_2_28_aarch64'
    """
    if platform == "win_amd64":
        return (platform,)
    machine = platform.removeprefix("linux_")
    old = ("manylinux2014", "manylinux2010", "manylinux1") if machine == "x86_64" else (
        "manylinux2014",
    )  # fmt: skip
    named = [f"manylinux_{each}_{machine}" for each in GLIBC]
    return (*named, *(f"{each}_{machine}" for each in old), platform)


PLATFORMS = ("win_amd64", "linux_x86_64", "linux_aarch64")


def compatible(wheel: Path, platform: str, python: str) -> bool:
    """Whether a wheel installs on a platform and Python."""
    _, _, _, tags = parse_wheel_filename(wheel.name)
    return any(_is_compatible(tag, platform, python) for tag in tags)


def _is_compatible(tag: Tag, platform: str, python: str) -> bool:
    minor = int(python.partition(".")[2])
    is_there = tag.platform == "any" or tag.platform in platform_tags(platform)
    if tag.abi == "abi3":
        is_built = tag.interpreter.startswith("cp3") and int(tag.interpreter[3:]) <= minor
    elif tag.abi == "none":
        is_built = tag.interpreter in ("py3", "py2.py3", f"py3{minor}", f"cp3{minor}", "py2")
        is_built = is_built and tag.interpreter != "py2"
    else:
        is_built = tag.interpreter == f"cp3{minor}" and tag.abi == f"cp3{minor}"
    return is_there and is_built


def lock(wheels: Sequence[Path], platform: str, python: str) -> str:
    """A requirements file with hashes; exactly one wheel for each package that fits the machine.

    Raises ``SystemExit`` naming wheels that do not fit, or packages that are there twice.
    """
    strangers = [each.name for each in wheels if not compatible(each, platform, python)]
    if strangers:
        raise SystemExit(f"These wheels do not fit {platform}, Python {python}: {strangers}")
    lines, seen = [], set()
    for wheel in sorted(wheels, key=lambda each: each.name.casefold()):
        name, version, _, _ = parse_wheel_filename(wheel.name)
        if name in seen:
            raise SystemExit(f"{name} is there twice")
        seen.add(name)
        lines.append(f"{name}=={version} --hash=sha256:{sha256(wheel)}")
    return "\n".join([*lines, ""])


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def requirements() -> list[str]:
    """What an installation asks for, without what is built here."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return [each for each in settings["dependencies"]
            if canonicalize_name(Requirement(each).name) not in _BUILT]  # fmt: skip


def gather_wheels(folder: Path, platform: str, python: str) -> None:
    """Download, build and make every wheel of the bundle."""
    folder.mkdir(parents=True)
    short = python.replace(".", "")
    abis = [f"--abi={each}" for each in (f"cp{short}", "abi3", "none")]
    tags = [f"--platform={each}" for each in platform_tags(platform)]
    pins = f"--constraint={PROJECT / 'constraints.txt'}"
    _pip("download", "--only-binary=:all:", f"--python-version={python}", "--implementation=cp",
         *abis, *tags, pins, f"--dest={folder}", *requirements())  # fmt: skip
    pinned = (PROJECT / "constraints.txt").read_text("utf-8").splitlines()
    for name in _BUILT:
        version = next(each for each in pinned if each.startswith(f"{name}=="))
        _pip("wheel", "--no-deps", f"--wheel-dir={folder}", version)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True)


def lay_out(folder: Path, wheels: Path, platform: str, python: str, runtime: Path | None) -> None:
    """The folder that is packed: wheels, lock, installer, documents, licences, checksums."""
    folder.mkdir(parents=True)
    if wheels != folder / "wheels":
        shutil.copytree(wheels, folder / "wheels")
    held = sorted((folder / "wheels").glob("*.whl"))
    (folder / "lock.txt").write_text(lock(held, platform, python), encoding="ascii", newline="\n")
    if runtime is not None:
        (folder / "runtime").mkdir()
        shutil.copy(runtime, folder / "runtime" / runtime.name)
    for name in ("install.bat",) if platform == "win_amd64" else ("install.sh",):
        text = (BUNDLE / name).read_text("ascii").replace("@PYTHON@", python)
        ends = "\r\n" if name.endswith(".bat") else "\n"
        (folder / name).write_text(text, encoding="ascii", newline=ends)
        (folder / name).chmod(0o755)
    shutil.copy(BUNDLE / "verify.py", folder / "verify.py")
    shutil.copytree(PROJECT / "docs", folder / "docs", ignore=shutil.ignore_patterns("*.py"))
    for name in ("README.md", "README.zh.md", "CHANGELOG.md"):
        shutil.copy(PROJECT / name, folder / "docs" / name)
    copy_licences(held, folder / "LICENSES")
    (folder / "先读我.txt").write_text(first_words(platform, python, runtime), encoding="utf-8-sig")
    sums = "".join(
        f"{sha256(each)}  {each.relative_to(folder).as_posix()}\n"
        for each in sorted(folder.rglob("*")) if each.is_file()
    )  # fmt: skip
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")


def copy_licences(wheels: Sequence[Path], folder: Path) -> None:
    """Licence texts of every wheel, in a folder by its name."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as held:
            names = [
                each for each in held.namelist()
                if ".dist-info/" in each and not each.endswith("/")
                and any(word in each.casefold() for word in ("licen", "copying", "notice"))
            ]  # fmt: skip
            for name in names:
                target = folder / wheel.name.split("-")[0] / Path(name).name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(held.read(name))
    for name in ("LICENSE", "NOTICE"):
        target = folder / "sinkatlas" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, target)


def first_words(platform: str, python: str, runtime: Path | None) -> str:
    """What a person reads first; without an interpreter the first line says which is needed."""
    installer = "install.bat" if platform == "win_amd64" else "install.sh"
    need = (
        f"本安装包自带 Python {python}。This bundle brings Python {python}."
        if runtime is not None
        else f"安装前本机须有 64 位 Python {python}。Install Python {python} (64-bit) first."
    )
    floor = "" if platform == "win_amd64" else (
        "系统要求：glibc 2.28 以上（UOS 20、银河麒麟 V10 及以后）。Needs glibc 2.28 or later.\n"
    )  # fmt: skip
    untested = (
        "此安装包的 Windows 部分未在 Windows 上试过。The Windows side was not tried on Windows.\n"
        if platform == "win_amd64"
        else ""
    )
    return (
        f"{need}\n{floor}{untested}\n"
        f"安装：运行 {installer}，不需要网络和管理员权限。安装后从菜单打开 SinkAtlas。\n"
        f"Install: run {installer}; no network, no administrator. Then open it from the menu.\n\n"
        "文档：docs 文件夹。许可：LICENSES 文件夹。校验：SHA256SUMS（安装时自动核对）。\n"
        "Documents: docs. Licences: LICENSES. Checksums: SHA256SUMS, checked by the installer.\n"
    )


def packed(folder: Path, target: Path) -> Path:
    """The folder as one archive; equal files give equal bytes."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file()]
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w") as archive:
            for each in files:
                info = zipfile.ZipInfo(
                    f"{folder.name}/{each.relative_to(folder).as_posix()}", _DATE
                )
                # wheels are compressed already
                info.compress_type = (
                    zipfile.ZIP_STORED if each.suffix == ".whl" else zipfile.ZIP_DEFLATED
                )
                with each.open("rb") as stream, archive.open(info, "w", force_zip64=True) as out:
                    shutil.copyfileobj(stream, out)
        return target
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for each in files:
            info = archive.gettarinfo(each, f"{folder.name}/{each.relative_to(folder).as_posix()}")
            info.uid = info.gid = info.mtime = 0
            info.uname = info.gname = ""
            with each.open("rb") as content:
                archive.addfile(info, content)
    return target


def checked_runtime(runtime: Path | None, expected: str) -> Path | None:
    """The interpreter's archive, refused without a matching hash."""
    if runtime is None:
        return None
    if not runtime.is_file():
        raise SystemExit(f"There is no archive {runtime}")
    if not expected or sha256(runtime) != expected.lower():
        raise SystemExit(f"RUNTIME needs SHA256; that of {runtime.name} is {sha256(runtime)}")
    return runtime


def main() -> None:
    """Make one bundle and say where it is and how large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=PLATFORMS, required=True)
    parser.add_argument("--python", choices=PYTHONS, required=True)
    parser.add_argument("--runtime", type=Path)
    parser.add_argument("--sha256", default="")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels gathered before")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist")
    asked = parser.parse_args()
    runtime = checked_runtime(asked.runtime, asked.sha256)
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    name = f"sinkatlas-{settings['version']}-{asked.platform}-py{asked.python.replace('.', '')}"
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        wheels = asked.wheels or Path(place) / "wheels"
        if asked.wheels is None:
            gather_wheels(wheels, asked.platform, asked.python)
        folder = Path(place) / name
        lay_out(folder, wheels, asked.platform, asked.python, runtime)
        suffix = ".zip" if asked.platform == "win_amd64" else ".tar.gz"
        archive = packed(folder, asked.out / f"{name}{suffix}")
    print(f"{archive}  {archive.stat().st_size / 1e6:.0f} MB  sha256 {sha256(archive)}")


if __name__ == "__main__":
    main()
