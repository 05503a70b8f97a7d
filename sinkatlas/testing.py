"""The contracts that declarations of one's own must keep, as checks to be called from a test.

Each raises ``AssertionError`` that says what does not hold. Our own indicators, kinds and
estimators are held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray  # noqa: F401 - gives arrays their coordinate system
import xarray as xr
from shapely import Polygon, box

from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.problems import LANGUAGES, ProblemLog
from layers.declarations import Density, LayerKind, LayerSpec, Lines, Register
from layers.reading import read_layer
from layers.registry import kinds
from maps.words import sentence
from sink_models.account import EpochData
from sink_models.carbon import POOLS, CarbonStratum, Estimator, registered_estimators
from sink_models.evaluate import evaluate
from sink_models.indicator import Indicator, indicators
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.research import Declaration, Words, registered
from sinkatlas.workspace import LayerData

__all__ = [
    "account_row",
    "arbor_row",
    "check_estimator",
    "check_indicator",
    "check_layer_kind",
    "example_account",
    "example_layers",
]

ROLES = {
    "units": (Units,),
    "cover": (PolygonCover, RasterCover),
    "stratum": (Stratum,),
    "lines": (Lines,),
    "register": (Register,),
    "density": (Density,),
}
"""What a kind of each role reads into."""

CODES = ("440103", "440104")
WHOLE = ("440100", "example")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def account_row(
    unit: str, cover: str, ecosystem_type: str, area: float, **more: object
) -> dict[str, object]:
    """A row of an account, with what is not given empty: texts, flags, and stocks as NaN."""
    texts: dict[str, object] = dict.fromkeys(
        ("species_group", "forest_class", "stock_basis", "protection_class"), ""
    )
    flags = {"in_redline": False, "in_protected": False}
    stocks: dict[str, object] = {"growing_stock_m3": np.nan, "scattered_stock_m3": np.nan}
    if cover == "forest_subcompartments":
        stocks["scattered_stock_m3"] = 0.0
    place = {"unit_code": unit, "cover": cover, "ecosystem_type": ecosystem_type}
    return {**place, "area_ha": area, "status": "classified", **texts, **flags, **stocks, **more}


def arbor_row(unit: str, area: float, stock: float, group: str = "oaks") -> dict[str, object]:
    """A row of measured arbor forest: hectares, and growing stock in m3."""
    keys = {"forest_class": "arbor", "species_group": group, "stock_basis": "measured"}
    return account_row(
        unit, "forest_subcompartments", "forest_arbor", area, growing_stock_m3=stock, **keys
    )


def example_account(scale: float = 1.0) -> pd.DataFrame:
    """Two districts: 440103 has 1,020 ha, 440104 has 1,000 ha (times ``scale``)."""
    survey, row = "forest_subcompartments", account_row
    rows = [
        arbor_row("440103", 400 * scale, 32_000 * scale) | {"in_redline": True},
        arbor_row("440103", 200 * scale, 12_000 * scale, "pinus_massoniana")
        | {"protection_class": "public_welfare", "scattered_stock_m3": 50.0 * scale},
        row("440103", survey, "forest_bamboo", 100 * scale, forest_class="bamboo"),
        row("440103", "land_cover", "forest", 300 * scale),
        row("440103", "", "", 20 * scale, status="uncovered"),
        row("440104", survey, "shrub", 60 * scale, forest_class="special_shrub"),
        row("440104", survey, "shrub", 40 * scale, forest_class="other_shrub"),
        row("440104", "mangroves", "mangrove", 50 * scale, in_protected=True),
        row("440104", "wetlands", "wetland_marsh", 30 * scale, in_redline=True),
        row("440104", "wetlands", "water_river", 70 * scale, in_protected=True, in_redline=True),
        row("440104", "land_cover", "crop", 500 * scale),
        row("440104", "land_cover", "water", 200 * scale),
        row("440104", "land_cover", "", 50 * scale, status="no_data"),
    ]
    return pd.DataFrame(rows)


def example_layers() -> tuple[gpd.GeoDataFrame, dict[int, dict[str, LayerData]]]:
    """Two districts on a coast, and their layers of 2020 and 2024: **synthetic**, small, quick.

    Land cover (an array with a CRS), stands with stock, mangroves that were planted and lost, a red
    line, works. What ``evaluate`` takes: ``evaluate(units, layers, whole=("440100", "某市"))``.
    """
    west, south, cell = 113.0, 22.5, 0.001
    units = gpd.GeoDataFrame(
        {"adcode": list(CODES), "name": ["东区", "西区"]},
        geometry=[box(west + 0.05 * i, south, west + 0.05 * (i + 1), south + 0.05) for i in (0, 1)],
        crs="EPSG:4490",
    )

    def square(column: float, row: float, width: float, height: float) -> Polygon:
        left, low = west + column * cell, south + row * cell
        return box(left, low, left + width * cell, low + height * cell)

    def cover(forest: int) -> xr.DataArray:
        """Rows from the north: forest, crop, and water along the southern coast."""
        codes = np.full((50, 100), 40, dtype="uint8")
        codes[:forest], codes[45:], codes[20:25, 60:80] = 10, 80, 50
        rows, columns = south + 0.05 - cell * (np.arange(50) + 0.5), np.arange(100) + 0.5
        array = xr.DataArray(codes, dims=("y", "x"), coords={"y": rows, "x": west + cell * columns})
        placed: xr.DataArray = array.rio.write_crs("EPSG:4490")
        return placed

    def stands(growth: float) -> gpd.GeoDataFrame:
        places = [(5.0 * (i % 20), 40.0 - 5.0 * (i // 20)) for i in range(40)]
        table = {
            "DI_LEI": ["030100"] * 40,
            "YOU_SHI_SZ": ["杉木", "马尾松", "栎类", "桉树"] * 10,
            "LING_ZU": ["2", "3"] * 20,
            "HUO_LMGQXJ": [growth * (60.0 + i) for i in range(40)],
            "YU_BI_DU": [0.7] * 40,
        }
        shapes = [square(column, row, 5, 5) for column, row in places]
        return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")

    def mangroves(*parts: Polygon) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame({"id": range(len(parts))}, geometry=list(parts), crs="EPSG:4490")

    def flats(place: Polygon) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame({"DLBM": ["1105"]}, geometry=[place], crs="EPSG:4490")

    redline = gpd.GeoDataFrame(geometry=[square(10, 35, 30, 10)], crs="EPSG:4490")
    legend = {10: "forest", 40: "crop", 50: "built", 80: "water_lake"}
    kept, lost, planted = square(20, 5, 8, 2), square(40, 5, 2, 2), square(60, 5, 6, 2)
    years = {
        2020: (cover(12), stands(1.0), mangroves(kept, lost), flats(planted)),
        2024: (cover(13), stands(1.12), mangroves(kept, planted), flats(lost)),
    }
    return units, {
        year: {
            "land_cover": {"data": ground, "legend": legend},
            "forest_subcompartments": {"data": forest, "stock_unit": "m3_per_ha"},
            "mangroves": shore,
            "wetlands": flat,
            "redline": redline,
        }
        for year, (ground, forest, shore, flat) in years.items()
    }


def check_indicator(declared: Indicator, *, words: Words | None = None) -> None:
    """Titles, words, and the laws of a figure on an example account.

    The whole is the sum of the units where it is additive; twice the ground gives twice a total and
    the same rate; neither splitting nor reordering rows changes anything.
    """
    _named(declared.key, declared.title_zh, declared.title_en)
    _named(declared.key, declared.definition_zh, declared.definition_en)
    assert declared.source, f"{declared.key}: source is empty"
    assert declared.unit, f"{declared.key}: unit is empty"
    rows = example_account()
    halves = pd.concat([example_account(0.5), example_account(0.5)], ignore_index=True)
    with _known(declared, words):
        once, twice = _values(declared, rows), _values(declared, example_account(2.0))
        factor = 2.0 if declared.additive else 1.0
        for at, value in once.items():
            where = f"{declared.key}, {at[2]} {at[1]}"
            for language in LANGUAGES:
                for statement in (value.basis, value.method):
                    assert sentence(statement, language), f"{where}: no words in {language}"
            _same(twice[at].sampled, value.sampled * factor, f"{where}: twice the ground")
        for changed, what in ((rows.iloc[::-1], "rows in another order"), (halves, "rows split")):
            for at, value in _values(declared, changed.reset_index(drop=True)).items():
                _same(value.sampled, once[at].sampled, f"{declared.key}: {what}")
        if declared.additive:
            for year in (2020, 2024):
                parts = [once[declared.key, year, code].sampled for code in CODES]
                whole = once[declared.key, year, WHOLE[0]].sampled
                _same(sum(parts[1:], parts[0]), whole, f"{declared.key} {year}: sum of the units")


def check_layer_kind(declared: LayerKind, file: Path, *, legend: str | None = None) -> None:
    """Titles, role, fields, and that a small ``file`` reads into the type of the role."""
    _named(declared.key, declared.title_zh, declared.title_en)
    assert declared.role in ROLES, f"{declared.key}: role is none of {', '.join(ROLES)}"
    names = [each.name for each in declared.fields]
    assert len(set(names)) == len(names), f"{declared.key}: a field stands twice"
    for each in declared.fields:
        _named(f"{declared.key}.{each.name}", each.title_zh, each.title_en, is_key=False)
    if declared.role == "cover":
        rivals = [
            each.key
            for each in kinds().values()
            if each.role == "cover" and each.priority == declared.priority and each != declared
        ]
        assert not rivals, f"{declared.key}: priority {declared.priority} is that of {rivals[0]}"
    with _known(declared, None):
        layer = read_layer(
            LayerSpec(declared.key, file, 2024, legend=legend), problems=ProblemLog()
        )
    expected = " or ".join(each.__name__ for each in ROLES[declared.role])
    found = type(layer.data).__name__
    assert isinstance(layer.data, ROLES[declared.role]), f"{declared.key}: {found}, not {expected}"


def check_estimator(declared: Estimator, stratum: CarbonStratum) -> None:
    """Titles, that it alone claims a ``stratum``, and that its pools are numbers with sources."""
    _named(declared.key, declared.title_zh, declared.title_en)
    assert declared.claims(stratum), f"{declared.key}: does not claim {stratum}"
    rivals = [
        each.key
        for each in registered_estimators().values()
        if each.key != declared.key and each.claims(stratum)
    ]
    assert not rivals, f"{declared.key}: {stratum} is claimed by {', '.join(rivals)} too"
    book = _book()
    found = {**declared.estimate(stratum, book), **declared.fluxes(stratum, book)}
    assert found, f"{declared.key}: no pool of {stratum} is estimated"
    for pool, each in found.items():
        where = f"{declared.key}, {pool}"
        assert pool in (*declared.pools, "soil_burial"), f"{where}: a pool that is not declared"
        for part in (each.per_ha, each.per_m3):
            assert part.ndim == 1, f"{where}: shape {part.shape}"
            assert np.isfinite(part).all(), f"{where}: not finite; leave the pool out instead"
        for key in each.choice.keys:
            assert key in book.store, f"{where}: no coefficient {key}"
    assert set(declared.pools) <= set(POOLS), f"{declared.key}: pools are {', '.join(POOLS)}"


def _book() -> DrawBook:
    results = _run(example_account())
    options = results.options
    return DrawBook(results.store, Sampling(draws=50), options.zone, options.accepted)


def _run(rows: pd.DataFrame) -> Results:
    layers = frozenset({"greenways", "redline", "protected_areas", *rows["cover"]}) - {""}
    epochs = [EpochData(year, rows, kinds=layers) for year in (2020, 2024)]
    options = Options(region=WHOLE[0])
    return evaluate(epochs, CODES, WHOLE, sampling=Sampling(draws=50), options=options)


def _values(declared: Indicator, rows: pd.DataFrame) -> dict[tuple[str, int, str], Any]:
    values = _run(rows).values
    found = {at: value for at, value in values.items() if at[0].partition(".")[0] == declared.key}
    assert found, f"{declared.key}: no value on the example account; what it needs is not there"
    return found


@contextmanager
def _known(declared: Declaration, words: Words | None) -> Iterator[None]:
    """Register a declaration unless it is already."""
    if declared.key in indicators() or declared.key in kinds():
        yield
        return
    with registered(declared, words=words):
        yield


def _named(key: str, zh: str, en: str, *, is_key: bool = True) -> None:
    assert not is_key or _KEY.fullmatch(key), f"{key}: keys are lower case with underscores"
    assert _HAN.search(zh), f"{key}: no Chinese words"
    assert en.strip(), f"{key}: no English words"
    assert not _HAN.search(en), f"{key}: Chinese in the English words"


def _same(one: Any, other: Any, what: str) -> None:
    close = np.allclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)
    assert close, f"{what}: {np.ravel(one)[0]} against {np.ravel(other)[0]}"
