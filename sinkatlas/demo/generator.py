"""Draw a demonstration city and publish its files together."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from sinkatlas.demo.facts import EPOCHS, City, city_facts
from sinkatlas.demo.files import write_raster, write_vector
from sinkatlas.demo.forest import draw_stands, forest_threshold, sub_compartments
from sinkatlas.demo.further import DemoGround, draw_further, works_polygons, works_table
from sinkatlas.demo.greenways import draw_greenways
from sinkatlas.demo.land_cover import Surveyed, draw_land_cover
from sinkatlas.demo.mosaic import Booleans, Mosaic, build_mosaic, ellipsoidal_ha
from sinkatlas.demo.reserves import dissolved, draw_protected, draw_redline
from sinkatlas.demo.terrain import build_terrain
from sinkatlas.demo.water import CLASS_NAMES, Water, draw_water, mangrove_shapes, wetland_shapes
from sinkatlas.demo.workspace_text import file_names, workspace_text
from sinkatlas.publish import write_csv

WORKSPACE = "workspace.toml"
MANGROVE_SPECIES = ("秋茄", "桐花树", "无瓣海桑", "白骨壤")
LEGAL_FORMS = ("自然保护区", "湿地公园", "森林公园", "自然公园")


LARGE_CELLS, LARGE_FINENESS = 250_000, 10
"""Cells of the mosaic, two fifths of them stands, and how much finer land cover is, when large."""


def generate(key: str, folder: Path, *, large: bool = False) -> Path:
    """Draw a city, write its files to a sibling folder and move them into ``folder``."""
    city = city_facts(key)
    if large:
        city = replace(city, cells=LARGE_CELLS)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
        draft = Path(made)
        _write_layers(city, draft, LARGE_FINENESS if large else 1)
        folder.mkdir(exist_ok=True)
        for path in sorted(draft.iterdir()):
            path.replace(folder / path.name)
        text = draft / WORKSPACE
        text.write_text(workspace_text(city), encoding="utf-8", newline="\n")
        text.replace(folder / WORKSPACE)
    return folder / WORKSPACE


def _write_layers(city: City, draft: Path, fineness: int) -> None:
    rng = np.random.Generator(np.random.PCG64(city.seed))
    mosaic = build_mosaic(city, rng)
    terrain = build_terrain(city, mosaic, rng)
    water = draw_water(city, mosaic, terrain, rng)
    stands = draw_stands(city, mosaic, terrain, water, rng)
    protected = draw_protected(city, mosaic, terrain, water, rng)
    redline = draw_redline(city, mosaic, terrain, water, protected[EPOCHS[0]])
    greenways = draw_greenways(city, mosaic, terrain, rng)
    write_vector(_districts(city, mosaic), draft / "districts.gpkg", "districts", city)
    if city.works and not city.works_are_drawn:
        write_csv(works_table(city), draft / "works.csv")
    elif city.works:
        write_vector(works_polygons(city, water), draft / "works.gpkg", "works", city)
    for year in EPOCHS:
        frames = {
            "forest_subcompartments": sub_compartments(city, mosaic, stands, year, rng),
            "wetlands": _wetlands(city, water, year),
            "mangroves": _mangroves(city, water, year),
            "greenways": greenways[year],
            "redline": _redline(city, mosaic, redline),
            "protected_areas": _protected_areas(city, mosaic, protected[year]),
        }
        names = file_names(city, year)
        frames |= draw_further(DemoGround(city, mosaic, terrain, water, redline), year)
        for kind, frame in frames.items():
            if kind in names:
                write_vector(frame, draft / names[kind], f"{kind}_{year}", city)
        surveyed = Surveyed(
            forest_threshold(city, stands, year),
            wetland_shapes(city, water, year),
            frames["mangroves"].geometry.to_numpy(),
        )
        codes = draw_land_cover(city, mosaic, terrain, surveyed, year, rng)
        path = draft / names["land_cover"]
        write_raster(codes, terrain.frame, path, city, year, fineness=fineness)


def _districts(city: City, mosaic: Mosaic) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "adcode": [each.adcode for each in city.districts],
            "name": [each.name for each in city.districts],
        },
        geometry=mosaic.district_outlines(),
        crs=city.drawing_crs,
    )


def _wetlands(city: City, water: Water, year: int) -> gpd.GeoDataFrame:
    """Wetland polygons with the field names of the land survey; areas in square metres."""
    shapes = wetland_shapes(city, water, year)
    codes = np.repeat(list(shapes), [len(each) for each in shapes.values()])
    geometry = np.concatenate(list(shapes.values()))
    names = [CLASS_NAMES[code] for code in codes]
    return gpd.GeoDataFrame(
        {
            "DLBM": codes,
            "DLMC": names,
            "TBMJ": np.round(ellipsoidal_ha(geometry, city.drawing_crs) * 10_000.0, 2),
        },
        geometry=geometry,
        crs=city.drawing_crs,
    )


def _mangroves(city: City, water: Water, year: int) -> gpd.GeoDataFrame:
    rows = [
        (city.mangrove_names[adcode], shape)
        for adcode, shapes in mangrove_shapes(city, water, year).items()
        for shape in shapes
    ]
    species = [MANGROVE_SPECIES[number % len(MANGROVE_SPECIES)] for number in range(len(rows))]
    return gpd.GeoDataFrame(
        pd.DataFrame(
            {
                "id": [f"HSL{number:03d}" for number in range(1, len(rows) + 1)],
                "name": [name for name, _ in rows],
                "species": species,
            }
        ),
        geometry=[shape for _, shape in rows],
        crs=city.drawing_crs,
    )


def _redline(city: City, mosaic: Mosaic, chosen: Booleans) -> gpd.GeoDataFrame:
    frame = dissolved(city, mosaic, chosen)
    names = [f"示意生态保护红线{number:02d}" for number in range(1, len(frame) + 1)]
    return frame.assign(name=names)[["name", "geometry"]]


def _protected_areas(city: City, mosaic: Mosaic, chosen: Booleans) -> gpd.GeoDataFrame:
    frame = dissolved(city, mosaic, chosen)
    forms = [LEGAL_FORMS[number % len(LEGAL_FORMS)] for number in range(len(frame))]
    names = [f"示意{form}{number:03d}" for number, form in enumerate(forms, start=1)]
    return frame.assign(name=names, legal_form=forms)[["name", "legal_form", "geometry"]]
