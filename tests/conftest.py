"""Fixtures that every test may use."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, settings

from gis.problems import Language, problem

if TYPE_CHECKING:
    from maps.report import Report
    from sinkatlas import Run

collect_ignore = ["corpus_rows.py", "hostile_files.py", "odd_rows.py"]
"""Scripts that tests start in a process of their own."""

settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs of the tests do not stand in the list of runs of whoever tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "APPDATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp("settings")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real public data beside the project; absent outside the developers' machines."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        message = f"real data folder {folder} is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and CI must run these tests")
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        message = "no Chromium on this machine (Debian/Ubuntu: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Open a file in LibreOffice and save it in another format."""
    program = shutil.which("soffice")
    if program is None:
        message = "LibreOffice (soffice) is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and CI must run these tests")
        pytest.skip(message)
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def converted(path: Path, suffix: str) -> Path:
        out = path.parent / "converted"
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", suffix, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return out / f"{path.stem}.{suffix}"

    return converted


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """A run of a demonstration city, made once per process; no result folder is written."""
    known: dict[str, Run] = {}

    def of(city: str) -> Run:
        from sinkatlas import run, write_demo

        if city not in known:
            known[city] = run(write_demo(city, tmp_path_factory.mktemp(city)))
        return known[city]

    return of


TABLES = (
    *("results", "changes", "verdicts", "trajectories", "allocation", "works", "conflicts"),
    "account",
)
"""Tables that the small report has."""


@pytest.fixture
def make_report() -> Callable[..., Report]:
    """A maker of small reports: squares of 0.1 degree in rows of four, two years, three targets.

    Every number differs from every other; the second unit has no forest cover rate in 2024.
    """
    return _report


def _both(words: str) -> dict[Language, str]:
    return {"zh": words, "en": words}


def _report(*, names: Sequence[str] = ("东区", "西区", "南区"), text: str = "目标") -> Report:
    from maps.report import IndicatorWords, MapLayer, Report
    from sinkatlas.pipeline.table_registry import output_tables

    codes = [f"4401{place:02d}" for place in range(3, 3 + len(names))]
    squares = [
        shapely.box(113 + i % 4 / 10, 23 + i // 4 / 10, 113.1 + i % 4 / 10, 23.1 + i // 4 / 10)
        for i in range(len(names))
    ]
    units = gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": list(names)}, geometry=squares, crs="EPSG:4490"
    )
    keys = {
        "forest_cover_rate": "%",
        "forest_area": "ha",
        "forest_stock_volume": "m3",
        "carbon_stock": "t C",
        "carbon_stock.pool.soil": "t C",
    }
    rows = [
        (code, name, epoch, key, 10.0 * (k + 1) ** 3 + (u + 1) / 7 + epoch / 1e4, unit)
        for k, (key, unit) in enumerate(keys.items())
        for epoch in (2020, 2024)
        for u, (code, name) in enumerate(zip([*codes, "440100"], [*names, "某市"], strict=True))
    ]
    results = pd.DataFrame(
        rows, columns=["unit_code", "unit_name", "epoch", "indicator", "value", "unit"]
    ).assign(
        basis="forest_survey",
        basis_words="森林资源调查",
        method="stock_density",
        method_words="蓄积 / 面积",
        coverage=1.0,
    )
    gap = (results["unit_code"] == codes[1 % len(codes)]) & (results["epoch"] == 2024)
    results.loc[gap & (results["indicator"] == "forest_cover_rate"), "value"] = math.nan
    results = results.assign(low=results["value"] * 0.9, high=results["value"] * 1.2)
    verdicts = pd.DataFrame(
        {
            "plan": "p",
            "clause": "三(七)20",
            "indicator": ["forest_cover_rate", "forest_area", "greenway_length"],
            "scope": "440100",
            "year": 2025,
            "nature": "state",
            "base_epoch": math.nan,
            "comparator": ">=",
            "target": [9.0, 90.0, math.nan],
            "unit": ["%", "ha", "km"],
            "epoch": [2024, 2024, math.nan],
            "value": [10.5, 80.5, math.nan],
            "low": [10.0, 75.0, math.nan],
            "high": [11.0, 85.0, math.nan],
            "gap": [1.5, -9.5, math.nan],
            "status": ["met", "not_met", "not_evaluable"],
            "leaning": None,
            "probability": [0.99, 0.01, math.nan],
            "reason": text,
        }
    )
    words = {name: _both(text) for name in ("title", "printed", "quote", "reason")}
    words |= {"leaning": _both("")}
    early, late = (
        results[results["epoch"] == epoch].reset_index(drop=True) for epoch in (2020, 2024)
    )
    difference = late["value"] - early["value"]
    changes = late[["unit_code", "unit_name", "indicator"]].assign(
        from_epoch=2020,
        to_epoch=2024,
        value=difference,
        low=difference - 0.25,
        high=difference + 0.5,
        unit=late["unit"],
    )
    return Report(
        title=text,
        language="zh",
        synthetic=True,
        review_number="",
        interval_percent=90.0,
        units=units,
        whole_code="440100",
        whole_name="某市",
        epochs=(2020, 2024),
        indicators=tuple(
            IndicatorWords(key, unit, _both(f"{key}名"), _both(text), text, additive=unit != "%")
            for key, unit in keys.items()
            if "." not in key
        ),
        results=results,
        tables=tuple(output_tables()[each].words for each in TABLES),
        sentences={
            "forest_survey": {"zh": "森林资源调查", "en": "forest survey"},
            "stock_density": _both(text),
        },
        verdicts=verdicts,
        verdict_words=(words,) * 3,
        account=pd.DataFrame(
            {
                "unit_code": [*codes, "440100"] * 2,
                "epoch": [epoch for epoch in (2020, 2024) for _ in (*codes, "440100")],
                "status": "classified",
                "ecosystem_type": "forest_arbor",
                "in_redline": True,
                "area_ha": [*[1.5] * len(codes), 1.5 * len(codes)] * 2,
                "note": text,
            }
        ),
        ledger=pd.DataFrame({"unit_code": codes, "unit_area_ha": 1.5, "residual_ha": 0.0}),
        absences=(("greenway_length", 2024, problem("gis.crs_unreadable", where=text, crs=text)),),
        problems=(problem("gis.crs_unreadable", where="a.gpkg", crs=text),),
        layers=(MapLayer("redline", _both(text), 2024, features=units.head(1)),),
        coefficients=pd.DataFrame({"key": [text], "value": [0.47], "unit": ["1"]}),
        plan_title=_both(text),
        plan_source={"zh": text, "en": text},
        provenance={"seed": 1, "inputs": [{"path": text}]},
        changes=changes.dropna(subset=["value"], ignore_index=True),
    )
