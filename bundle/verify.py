"""Check every file of the bundle against SHA256SUMS; exit 1 naming what is missing or changed."""

import hashlib
import sys
from pathlib import Path


def wrong_files(folder):
    """Names that SHA256SUMS lists and that are missing or changed."""
    found = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        expected, name = line.split("  ", 1)
        file = folder / name
        digest = hashlib.sha256()
        try:
            with file.open("rb") as stream:
                for block in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(block)
        except OSError:
            found.append(name)
            continue
        if digest.hexdigest() != expected:
            found.append(name)
    return found


if __name__ == "__main__":
    wrong = wrong_files(Path(__file__).resolve().parent)
    for name in wrong:
        sys.stderr.write("missing or changed: " + ascii(name) + "\n")
    sys.exit(1 if wrong else 0)
