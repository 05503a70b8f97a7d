"""Write docs/sbom.json: every package of requirements.lock with version, licence and hashes.

CycloneDX 1.5, so that a bureau's own tools can read what it is given. Run it after ``make lock``.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements.lock"
SBOM = PROJECT / "docs" / "sbom.json"

STATED = {
    "axe-playwright-python": "MIT",
    "xstatic-leaflet": "BSD-2-Clause",
    "appnope": "BSD-2-Clause",
    "colorama": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "tzdata": "Apache-2.0",
}
"""Licences of packages whose metadata state none (their licence files do), or of other systems."""

_ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")


def locked() -> dict[str, tuple[str, list[str]]]:
    """Version and SHA-256 hashes by package."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        entry = _ENTRY.match(line)
        if entry:
            name = entry[1].lower()
            found[name] = (entry[2], [])
        elif name and (digest := re.search(r"--hash=sha256:([0-9a-f]{64})", line)):
            found[name][1].append(digest[1])
    return found


def licence(name: str) -> str:
    """The licence that a package states, "" when it states none."""
    if name in STATED:
        return STATED[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression = told.get("License-Expression")
    if expression:
        return str(expression)
    classes = [each for each in told.get_all("Classifier") or [] if each.startswith("License")]
    if classes:
        return "; ".join(each.rpartition("::")[2].strip() for each in classes)
    return next(iter(str(told.get("License") or "").strip().splitlines()), "")[:80]


def sbom() -> str:
    """The bill of materials as JSON text."""
    components = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": [{"license": {"name": licence(name)}}],
            "hashes": [{"alg": "SHA-256", "content": each} for each in sorted(hashes)],
        }
        for name, (version, hashes) in sorted(locked().items())
    ]
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "sinkatlas"}},
        "components": components,
    }
    return (
        json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace('{"type"', '\n{"type"')
        + "\n"
    )


if __name__ == "__main__":
    SBOM.write_text(sbom(), encoding="utf-8", newline="\n")
