"""The bundle for machines without internet: it fits, is whole, installs, and goes again."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from bundle.make_bundle import (
    BUNDLE,
    PLATFORMS,
    checked_runtime,
    compatible,
    first_words,
    lay_out,
    lock,
    packed,
    requirements,
    sha256,
)

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def wheel(folder: Path, name: str, version: str = "1.0", tag: str = "py3-none-any") -> Path:
    """A wheel that pip installs: a module that tells its arguments, with a command."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": b"import sys\ndef main():\n    print(*sys.argv[1:])\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n".encode(),
        f"{info}/licenses/LICENSE": b"free",
    }
    digests = {
        each: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        for each, data in files.items()
    }
    record = [f"{each},sha256={digests[each]},{len(data)}" for each, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    target = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(target, "w") as held:
        for each, data in files.items():
            held.writestr(each, data)
    return target


@pytest.mark.parametrize(("tag", "platform", "python", "fits"), [
    ("py3-none-any", "win_amd64", "3.12", True),
    ("cp312-cp312-win_amd64", "win_amd64", "3.12", True),
    ("cp312-cp312-win_amd64", "win_amd64", "3.13", False),
    ("cp312-cp312-win_amd64", "linux_x86_64", "3.12", False),
    ("cp37-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64", "linux_x86_64", "3.12", True),
    ("cp313-abi3-manylinux_2_17_x86_64", "linux_x86_64", "3.12", False),
    ("cp312-cp312-manylinux_2_28_x86_64", "linux_x86_64", "3.12", True),
    ("cp312-cp312-manylinux_2_34_x86_64", "linux_x86_64", "3.12", False),
    ("cp312-cp312-manylinux_2_28_aarch64", "linux_x86_64", "3.12", False),
    ("py3-none-manylinux2014_aarch64", "linux_aarch64", "3.11", True),
    ("cp312-cp312-musllinux_1_2_x86_64", "linux_x86_64", "3.12", False),
])  # fmt: skip
def test_a_wheel_fits_a_machine_or_not(tag: str, platform: str, python: str, fits: bool) -> None:
    assert compatible(Path(f"some_thing-1.0-{tag}.whl"), platform, python) is fits


def test_a_lock_names_each_package_once_with_its_hash(tmp_path: Path) -> None:
    one, two = wheel(tmp_path, "one"), wheel(tmp_path, "two", "2.5")
    assert lock([two, one], "win_amd64", "3.12") == (
        f"one==1.0 --hash=sha256:{sha256(one)}\ntwo==2.5 --hash=sha256:{sha256(two)}\n"
    )
    with pytest.raises(SystemExit, match="one is there twice"):
        lock([one, wheel(tmp_path, "one", "1.1")], "win_amd64", "3.12")
    with pytest.raises(SystemExit, match=r"do not fit win_amd64.*two-1"):
        lock([wheel(tmp_path, "two", tag="cp39-cp39-win_amd64")], "win_amd64", "3.12")


def test_what_is_built_here_is_not_asked_of_the_index() -> None:
    asked = requirements()
    assert not any(each.startswith("prcoords") for each in asked)
    assert any(each.startswith("starlette") for each in asked)


def test_an_interpreter_is_taken_only_with_its_hash(tmp_path: Path) -> None:
    archive = tmp_path / "python.tar.gz"
    archive.write_bytes(b"interpreter")
    assert checked_runtime(archive, sha256(archive).upper()) == archive
    assert checked_runtime(None, "") is None
    for given in ("", "0" * 64):
        with pytest.raises(SystemExit, match="RUNTIME needs SHA256"):
            checked_runtime(archive, given)
    with pytest.raises(SystemExit, match="There is no archive"):
        checked_runtime(tmp_path / "none", "")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_first_line_says_which_python_is_needed(platform: str, tmp_path: Path) -> None:
    assert "Python 3.12 (64-bit) first" in first_words(platform, "3.12", None).splitlines()[0]
    with_runtime = first_words(platform, "3.12", tmp_path).splitlines()[0]
    assert "brings Python 3.12" in with_runtime


def test_the_windows_installer_is_what_a_console_can_read() -> None:
    """ASCII alone, so that no code page garbles it; CRLF comes when it is laid out."""
    text = (BUNDLE / "install.bat").read_bytes()
    assert text.isascii()
    lines = text.decode().splitlines()
    labels = {line[1:] for line in lines if line.startswith(":")}
    gone_to = {line.split("goto ")[1].split()[0] for line in lines if "goto " in line}
    assert gone_to <= labels, "every label exists"


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bundle")
    wheel(place / "wheels", "sinkatlas")
    lay_out(place / "out", place / "wheels", "linux_x86_64", HERE, None)
    return place / "out"


def test_a_bundle_is_whole_and_packs_to_the_same_bytes(laid: Path, tmp_path: Path) -> None:
    listed = {line.split("  ", 1)[1] for line in (laid / "SHA256SUMS").read_text().splitlines()}
    held = {each.relative_to(laid).as_posix() for each in laid.rglob("*") if each.is_file()}
    assert held == listed | {"SHA256SUMS"}
    assert {"lock.txt", "install.sh", "先读我.txt", "docs/workbench.md"} <= held
    assert "LICENSES/sinkatlas/LICENSE" in held
    for suffix in (".tar.gz", ".zip"):
        one, two = (packed(laid, tmp_path / f"{name}{suffix}") for name in "ab")
        assert one.read_bytes() == two.read_bytes()
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        names = archive.getnames()
    assert max(map(len, names)) < 200, "long paths fail on Windows"
    windows = tmp_path / "windows"
    lay_out(windows, laid / "wheels", "win_amd64", HERE, None)
    assert b"\r\n" in (windows / "install.bat").read_bytes()


def install(bundle: Path, home: Path, target: Path | str) -> subprocess.CompletedProcess[str]:
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "XDG_DATA_HOME": str(home / "share"), "PIP_NO_INDEX": "1",
    }  # fmt: skip
    return subprocess.run(
        ["sh", str(bundle / "install.sh"), str(target)], cwd=home, env=environment,
        capture_output=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="the installer of Linux")
def test_it_installs_without_network_and_goes_without_the_users_files(
    laid: Path, tmp_path: Path
) -> None:
    home, target = tmp_path / "我的 家", tmp_path / "我的 家" / "碳汇 软件"
    done = install(laid, home, target)
    assert done.returncode == 0, done.stderr
    told = subprocess.run([target / "sinkatlas", "a b", "c"], capture_output=True, encoding="utf-8",
                          check=True)  # fmt: skip
    assert told.stdout == "a b c\n"
    entry = home / "share" / "applications" / "sinkatlas.desktop"
    assert f'Exec="{target}/workbench"' in entry.read_text(encoding="utf-8")
    assert install(laid, home, target).returncode == 0, "installing again takes its own place"
    (target / "我的.txt").touch()
    subprocess.run(["sh", str(target / "uninstall.sh")], check=True)
    assert [each.name for each in target.iterdir()] == ["我的.txt"]
    assert not entry.exists()


@pytest.mark.skipif(os.name == "nt", reason="the installer of Linux")
def test_a_damaged_bundle_or_a_folder_of_others_is_refused(laid: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(laid, damaged)
    (damaged / "docs" / "index.md").write_text("changed", encoding="utf-8")
    refused = install(damaged, tmp_path / "home", tmp_path / "new")
    assert refused.returncode == 1
    assert "docs/index.md" in refused.stderr
    assert not (tmp_path / "new").exists()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "论文.docx").touch()
    refused = install(laid, tmp_path / "home", tmp_path / "own")
    assert (refused.returncode, "holds other files" in refused.stderr) == (1, True)
    assert [each.name for each in (tmp_path / "own").iterdir()] == ["论文.docx"]
