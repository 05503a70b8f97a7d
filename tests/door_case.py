"""A small workspace of four districts that tests put together layer by layer, right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import box

from gis.problems import InputError, Severity
from sinkatlas import run

WEST, SOUTH, CELL = 400_000.0, 2_500_000.0, 20.0
UNITS = {"440103": "荔湾区", "440104": "越秀区", "440105": "海珠区", "440106": "天河区"}


def squares(count: int = 4, side: float = 1000.0) -> list[Any]:
    return [box(WEST + i * side, SOUTH, WEST + (i + 1) * side, SOUTH + side) for i in range(count)]


class Case:
    """A small workspace: four districts of 100 ha in a row, and layers by epoch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layers: dict[int, list[str]] = {}
        self.units_file = "d.gpkg"
        self.whole = ("440100", "广州市")
        self.further = ""
        self.settings = 'title = "t"\nlanguage = "en"\ndraws = 0\n'
        self.units(UNITS)

    def units(self, names: Mapping[str, str]) -> None:
        frame = gpd.GeoDataFrame(
            {"adcode": list(names), "name": list(names.values())},
            geometry=squares(len(names)), crs="EPSG:4547",
        )  # fmt: skip
        frame.to_file(self.folder / "d.gpkg")

    def districts_in(self, crs: str, prefix: float) -> Case:
        """Districts whose label and eastings do not fit, and a land cover that does."""
        frame = gpd.read_file(self.folder / "d.gpkg")
        moved = frame.geometry.translate(prefix).set_crs(crs, allow_override=True)
        frame.set_geometry(moved).to_file(self.folder / "d.gpkg")
        return self.raster("lc.tif")

    def districts_without_code(self) -> Case:
        frame = gpd.read_file(self.folder / "d.gpkg").rename(columns={"adcode": "代码"})
        frame.to_file(self.folder / "d.gpkg")
        return self

    def raster(
        self, name: str, cells: np.ndarray | None = None, *, year: int = 2023,
        legend: str = "esa_worldcover", kind: str = "land_cover", extra: str = "",
        palette: Mapping[int, tuple[int, int, int]] | None = None, **tags: str,
    ) -> Case:  # fmt: skip
        """Half forest (10), half cropland (40) in every district unless told otherwise."""
        if cells is None:
            cells = np.tile(np.repeat(np.array([[10, 40]], np.uint8), 25, axis=1), (50, 4))
        band = str(tags.pop("band", ""))
        units = tags.pop("units", "")
        with rasterio.open(
            self.folder / name, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0],
            count=1, dtype=cells.dtype, crs="EPSG:4547",
            transform=from_origin(WEST, SOUTH + 1000, CELL, CELL),
        ) as file:  # fmt: skip
            file.write(cells, 1)
            file.update_tags(**tags)
            if band:
                file.set_band_description(1, band)
            if units:
                file.set_band_unit(1, units)
            if palette:
                file.write_colormap(1, palette)
        said = f'legend = "{legend}"\n' if kind == "land_cover" else ""
        return self.layer(kind, name, year=year, extra=said + extra)

    def layer(self, kind: str, name: str, *, year: int = 2023, extra: str = "") -> Case:
        entry = f'[[epochs.layers]]\nkind = "{kind}"\npath = "{name}"\n{extra}\n'
        self.layers.setdefault(year, []).append(entry)
        return self

    def table(self, text: str, extra: str = "", name: str = "k.csv") -> Case:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.layer("works", name, extra=extra)

    def features(
        self, kind: str, file: str, shapes: list[Any], extra: str = "", **columns: Any
    ) -> Case:
        rows = pd.DataFrame(columns, index=range(len(shapes)))
        gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4547").to_file(self.folder / file)
        return self.layer(kind, file, extra=extra)

    @property
    def text(self) -> str:
        code, name = self.whole
        units = (
            f'[units]\npath = "{self.units_file}"\ncode = "adcode"\nname = "name"\n'
            f'whole_code = "{code}"\nwhole_name = "{name}"\n'
        )
        epochs = "".join(
            f"[[epochs]]\nyear = {year}\n" + "".join(held)
            for year, held in sorted(self.layers.items())
        )
        return f"[workspace]\n{self.settings}{units}{epochs}{self.further}"

    def run(self, text: str | None = None) -> Any:
        file = self.folder / "w.toml"
        file.write_text(text or self.text, encoding="utf-8")
        return run(file)

    def weighed(self) -> list[str]:
        """Codes at which strict mode stops."""
        return strict_codes(self.run)


def strict_codes(job: Callable[[], Any]) -> list[str]:
    try:
        found = job().report.problems
    except InputError as error:
        found = tuple(e for e in error.problems if e.severity is Severity.ERROR)
    return [each.code for each in found if each.changes_numbers]


def value(
    done: Any, indicator: str, unit: str = "440100", epoch: int | None = None,
    column: str = "value",
) -> float:  # fmt: skip
    rows = done.results
    rows = rows[(rows["indicator"] == indicator) & (rows["unit_code"] == unit)]
    rows = rows if epoch is None else rows[rows["epoch"] == epoch]
    return float(rows[column].iloc[-1])


def stands(case: Case, **columns: Any) -> Case:
    shapes = [box(WEST + i * 1000, SOUTH, WEST + i * 1000 + 500, SOUTH + 1000) for i in range(4)]
    base = {"XIAO_BAN": ["a", "b", "c", "d"], "DI_LEI": "030100", "ZXJ": 3000.0, "YU_BI_DU": 0.7,
            "MIAN_JI": 50.0, "YOU_SHI_SZ": "马尾松"}  # fmt: skip
    shapes = columns.pop("shapes", shapes)
    case.raster("lc.tif")
    return case.features("forest_subcompartments", "s.gpkg", shapes, **{**base, **columns})


def forest_everywhere(case: Case) -> Case:
    return case.raster("lc.tif", np.full((50, 200), 10, np.uint8))


def biomass(case: Case, cells: np.ndarray, **tags: Any) -> Case:
    return case.raster("b.tif", cells.astype(np.float32), kind="above_ground_biomass", **tags)
