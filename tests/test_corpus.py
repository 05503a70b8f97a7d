"""Every hostile input of the corpus, run as an analyst would: refused, warned of or read right.

The manifest says for each file what must happen, by which family of check, and which figures must
come out. Each row runs in a child process with 4 GB and 60 s.
"""

from __future__ import annotations

import csv
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real

HERE = Path(__file__).resolve().parent
LEAST_SHARE_OF_WARNINGS = 0.95
MOST_MEGABYTES = 2000
REPEATED_TEXTS = ("root:x:", "S3cret", "TOKEN123")

OTHER_FAMILIES = {
    "E-SEC-DRIVER": {"READ-FORMAT"},
    "E-SEC-URL": {"READ-FORMAT"},
    "E-SEC-PATH": {"CONFIG"},  # our workspace has no key for an output folder to climb out by
}
"""Families that a check may have instead, where the cause is told in other words."""


def manifest(shared: Path) -> list[dict[str, str]]:
    with (shared / "corpus" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class Listener:
    """Counts connections on the port that the hostile files call."""

    def __init__(self) -> None:
        self.requests = 0
        self.server = socket.create_server(("127.0.0.1", 48999), backlog=16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.requests += 1
            connection.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.server.close()


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, str]]:
    return manifest(shared)


@pytest.fixture(scope="module")
def outcomes(
    shared: Path, rows: list[dict[str, str]], listener: Listener
) -> dict[str, dict[str, Any]]:
    request = json.dumps({"corpus": str(shared / "corpus"), "rows": rows})
    done = subprocess.run(
        [sys.executable, str(HERE / "corpus_rows.py")],
        input=request, capture_output=True, text=True, cwd=HERE.parent, timeout=1800, check=False,
        env={**__import__("os").environ, "PYTHONPATH": str(HERE.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return {found["kind"]: found for found in json.loads(done.stdout)}


def amiss(row: dict[str, str], found: dict[str, Any]) -> str:
    """What is not as the manifest says; empty when all is."""
    outcome = found["outcome"]
    if outcome in ("crash", "killed"):
        return f"{outcome}: {found.get('trace', '')[-400:]}"
    allowed = {row["expected"], *row["also_acceptable"].split("|")} - {""}
    if row["expected"] == "ok":
        allowed.add("warning")  # other warnings, such as of uncovered ground, are beside the point
    if outcome not in allowed:
        return f"{outcome} instead of {'|'.join(sorted(allowed))}"
    wanted = row["code"].partition("-")[2]
    if row["expected"] != "ok" and outcome != "ok" and wanted:
        families = {wanted} | OTHER_FAMILIES.get(row["code"], set())
        named = {family for each in found["problems"] for family in each["families"]}
        if not families & named:
            return f"{outcome} of another family: {[p['code'] for p in found['problems']]}"
    if outcome == "error":
        return ""
    return wrong_values(json.loads(row["expected_values"]), found["values"])


def wrong_values(expected: dict[str, Any], held: dict[str, Any]) -> str:
    relative = expected.get("tol_rel", 1e-5)
    wrong = [
        f"{name}: {held[name]} instead of {value}"
        for name, value in expected.items()
        if name in held and not agrees(value, held[name], relative)
    ]
    missing = [name for name in expected if name in CHECKED and name not in held]
    return "; ".join([*wrong, *(f"{name} not computed" for name in missing)])


CHECKED = (
    "forest_ha_by_district", "forest_ha_total", "district_total_ha", "forest_ha_whole_raster",
    "coverage_total", "coverage_by_district", "cover_percent", "mean", "coverage", "sum", "names",
    "n_districts", "stock_m3_total", "area_ha_total", "n", "union_ha", "by_area_share", "met",
    "forest_ha_cn_ge_020", "forest_ha_fao_gt_010", "mean_b1_plus_b2", "share_at_least_20",
    "output_contains_active_payload", "n_unique_ids",
)  # fmt: skip
"""Expected values that must have been computed wherever the file was read."""


def agrees(expected: Any, held: Any, relative: float) -> bool:
    if isinstance(expected, dict):
        return all(name in held and agrees(v, held[name], relative) for name, v in expected.items())
    if isinstance(expected, list):
        return sorted(expected) == sorted(held)
    if isinstance(expected, bool | str):
        return bool(expected == held)
    return abs(float(held) - float(expected)) <= max(1e-9, relative * abs(float(expected)))


def test_every_error_and_every_good_file_is_as_stated(
    rows: list[dict[str, str]], outcomes: dict[str, dict[str, Any]]
) -> None:
    wrong = {
        row["kind"]: fault
        for row in rows
        if row["expected"] in ("error", "ok") and (fault := amiss(row, outcomes[row["kind"]]))
    }
    assert not wrong, "\n".join(f"{kind}: {fault}" for kind, fault in wrong.items())


def test_nearly_every_doubtful_file_is_warned_of(
    rows: list[dict[str, str]], outcomes: dict[str, dict[str, Any]]
) -> None:
    doubtful = [row for row in rows if row["expected"] == "warning"]
    wrong = {row["kind"]: fault for row in doubtful if (fault := amiss(row, outcomes[row["kind"]]))}
    share = 1 - len(wrong) / len(doubtful)
    told = "\n".join(f"{kind}: {fault}" for kind, fault in wrong.items())
    assert share >= LEAST_SHARE_OF_WARNINGS, f"{share:.1%}\n{told}"
    assert all("instead of" not in fault or "warning" in fault for fault in wrong.values()), told


def test_nothing_crashed_hung_or_grew(outcomes: dict[str, dict[str, Any]]) -> None:
    bad = {
        kind: (found["outcome"], found["seconds"], found["megabytes"])
        for kind, found in outcomes.items()
        if found["outcome"] in ("crash", "killed") or found["megabytes"] > MOST_MEGABYTES
    }
    assert not bad


def test_no_request_was_sent_and_no_code_was_run(
    outcomes: dict[str, dict[str, Any]], listener: Listener
) -> None:
    assert outcomes
    assert listener.requests == 0
    assert not list(Path("/tmp").glob("PWNED*"))


def test_messages_repeat_no_secret_and_no_foreign_file(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    told = [
        each[key]
        for found in outcomes.values()
        for each in found["problems"]
        for key in ("text", "zh")
    ]
    assert told
    assert not [text for text in told for word in REPEATED_TEXTS if word in text]
