"""The files of the demonstration cities: calibrated, disjoint, valid, the same each time.

Jiangmen stands for the coastal cities in Gauss-Krueger metres, Jiaxing for files in longitude and
latitude; figures are measured here with the Green integral of ``gis``, not with the generator's
own areas.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from gis.by_unit.lengths import line_lengths
from gis.extent import Units
from gis.measure.geometry_areas import polygon_areas_ha
from layers.legends import legend
from sinkatlas.demo import write_demo
from sinkatlas.demo.facts import EPOCHS, City, city_facts
from sinkatlas.demo.forest import ARBOR, BAMBOO, SPECIAL_SHRUB
from sinkatlas.demo.workspace_text import file_names
from sinkatlas.workspace.loading import load_workspace

WRITTEN = ("jiangmen", "jiaxing")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each city was written; a Chinese folder, as users have."""
    base = tmp_path_factory.mktemp("示意")
    return {key: write_demo(key, base / key).parent for key in WRITTEN}


@pytest.fixture(scope="module", params=WRITTEN)
def city(request: pytest.FixtureRequest) -> City:
    return city_facts(request.param)


@pytest.fixture(scope="module")
def folder(folders: dict[str, Path], city: City) -> Path:
    return folders[city.key]


@cache
def features(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path)


def layer(folder: Path, city: City, kind: str, year: int) -> gpd.GeoDataFrame:
    return features(folder / file_names(city, year)[kind])


def hectares(frame: gpd.GeoDataFrame, mask: np.ndarray | slice = slice(None)) -> float:
    return float(polygon_areas_ha(frame)[mask].sum())


def mangrove_ha(folder: Path, city: City, year: int) -> float:
    kinds = file_names(city, year)
    return hectares(layer(folder, city, "mangroves", year)) if "mangroves" in kinds else 0.0


# Laws: no ground twice, none missing, everything valid and marked.


def test_districts_are_an_exact_coverage_in_one_piece_each(folder: Path) -> None:
    districts = features(folder / "districts.gpkg")
    shapes = districts.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_num_geometries(shapes) == 1).all()
    whole = gpd.GeoSeries([shapely.union_all(shapes)], crs=districts.crs)
    assert hectares(districts) == pytest.approx(float(polygon_areas_ha(whole)[0]), rel=1e-9)


@pytest.mark.parametrize("year", EPOCHS)
def test_surveys_do_not_overlap(folder: Path, city: City, year: int) -> None:
    """Sub-compartments, wetlands and mangroves together claim no square metre twice."""
    kinds = ("forest_subcompartments", "wetlands", "mangroves")
    frames = [layer(folder, city, kind, year) for kind in kinds if kind in file_names(city, year)]
    shapes = np.concatenate([frame.geometry.to_crs(city.drawing_crs) for frame in frames])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    common = shapely.intersection(shapes[one[pairs]], shapes[other[pairs]])
    assert shapely.area(common).sum() < 1.0


@pytest.mark.parametrize("year", EPOCHS)
def test_every_layer_is_valid_in_the_declared_crs_and_named_synthetic(
    folder: Path, city: City, year: int
) -> None:
    names = [name for name in file_names(city, year).values() if name.endswith(".gpkg")]
    for name in ["districts.gpkg", *names]:
        frame = features(folder / name)
        assert len(frame) > 0, name
        assert frame.crs == city.file_crs, name
        assert frame.is_valid.all(), name
        assert not frame.is_empty.any(), name
        assert all(
            layer.startswith("synthetic_") for layer, _ in pyogrio.list_layers(folder / name)
        )


def test_wetlands_and_forest_lie_in_the_city(folder: Path, city: City) -> None:
    """Half a metre is allowed for edges that are straight in another CRS."""
    districts = features(folder / "districts.gpkg").to_crs(city.drawing_crs)
    outline = shapely.buffer(districts.union_all(), 0.5)
    shapely.prepare(outline)
    for kind in ("forest_subcompartments", "wetlands"):
        shapes = layer(folder, city, kind, EPOCHS[-1]).to_crs(city.drawing_crs).geometry
        assert shapely.covers(outline, shapes.to_numpy()).all(), kind


def test_the_same_city_gives_the_same_bytes(folders: dict[str, Path], tmp_path: Path) -> None:
    again = write_demo("jiangmen", tmp_path / "again").parent
    first = {path.name: path.read_bytes() for path in folders["jiangmen"].iterdir()}
    assert {path.name: path.read_bytes() for path in again.iterdir()} == first


# Calibration: what a reader measures is what the facts say.


def test_land_area(folder: Path, city: City) -> None:
    wanted = city.figures["land_area"].value
    assert hectares(features(folder / "districts.gpkg")) == pytest.approx(wanted, rel=1e-3)


def test_district_areas_are_within_two_percent_of_the_facts(folder: Path, city: City) -> None:
    districts = features(folder / "districts.gpkg")
    assert districts["adcode"].tolist() == [each.adcode for each in city.districts]
    assert districts["name"].tolist() == [each.name for each in city.districts]
    share = np.array([each.area_km2 for each in city.districts])
    got = polygon_areas_ha(districts)
    assert got / got.sum() == pytest.approx(share / share.sum(), rel=0.02)


@pytest.mark.parametrize("year", EPOCHS)
def test_forest_and_stock(folder: Path, city: City, year: int) -> None:
    """One sub-compartment of about 100 ha is the finest step that areas can meet the facts by."""
    frame = layer(folder, city, "forest_subcompartments", year)
    figures = {name: figure.at(year) for name, figure in city.figures.items()}
    is_forest = frame["DI_LEI"].isin([ARBOR, BAMBOO, SPECIAL_SHRUB]).to_numpy()
    forest_ha = hectares(frame, is_forest) + mangrove_ha(folder, city, year)
    assert forest_ha == pytest.approx(figures["forest_area"], rel=2e-3)
    for code, name in ((BAMBOO, "bamboo_area"), (SPECIAL_SHRUB, "special_shrub_area")):
        got = hectares(frame, (frame["DI_LEI"] == code).to_numpy())
        assert got == pytest.approx(figures[name], rel=2e-2)
    forest_m3 = frame.loc[frame["DI_LEI"] == ARBOR, "ZXJ"].sum()
    standing_m3 = frame["ZXJ"].sum() + frame["SSMXJ"].sum()
    assert forest_m3 == pytest.approx(figures["forest_stock_volume"], rel=1e-3)
    assert standing_m3 == pytest.approx(figures["standing_stock_volume"], rel=1e-3)
    is_welfare = frame["SEN_LIN_LB"].isin(["011", "012"]).to_numpy()
    assert hectares(frame, is_welfare) == pytest.approx(
        figures["public_welfare_forest_area"], rel=5e-3
    )


@pytest.mark.parametrize("year", EPOCHS)
def test_wetlands_by_class_and_mangroves(folder: Path, city: City, year: int) -> None:
    frame = layer(folder, city, "wetlands", year)
    for code, figure in city.wetlands.items():
        got = hectares(frame, (frame["DLBM"] == code).to_numpy())
        assert got == pytest.approx(figure.at(year), rel=1e-3), code
    if "mangrove_area" in city.figures:
        wanted = city.figures["mangrove_area"].at(year)
        assert mangrove_ha(folder, city, year) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize("year", EPOCHS)
def test_protected_share_of_wetlands(folder: Path, city: City, year: int) -> None:
    """With or without the red line, which touches no other wetlands."""
    wetlands = layer(folder, city, "wetlands", year).to_crs(city.drawing_crs)
    areas, redline = (
        layer(folder, city, kind, year).to_crs(city.drawing_crs).geometry.to_numpy()
        for kind in ("protected_areas", "redline")
    )
    shapes = wetlands.geometry.to_numpy()
    wanted = city.figures["wetland_protection_rate"].at(year) / 100
    for zones in (areas, [shapely.union_all([*areas, *redline])]):
        wetland, zone = shapely.STRtree(zones).query(shapes, predicate="intersects")
        inside = shapely.area(shapely.intersection(shapes[wetland], np.asarray(zones)[zone])).sum()
        assert inside / shapely.area(shapes).sum() == pytest.approx(wanted, rel=1e-2)


@pytest.mark.parametrize("year", EPOCHS)
def test_redline_area_and_greenway_length(folder: Path, city: City, year: int) -> None:
    redline = layer(folder, city, "redline", year)
    assert hectares(redline) == pytest.approx(city.figures["redline_area"].at(year), rel=5e-3)
    districts = features(folder / "districts.gpkg").rename(
        columns={"adcode": "unit_code", "name": "unit_name"}
    )
    units = Units(districts, city.adcode, city.name)
    lengths = line_lengths(units, layer(folder, city, "greenways", year)).set_index("unit_code")
    inside = lengths["length_km"].drop("outside").sum()
    assert inside == pytest.approx(city.figures["greenway_length"].at(year), rel=1e-4)


# What a reader can rely on.


def test_official_areas_differ_from_true_ones_by_at_most_a_third_of_a_percent(
    folder: Path, city: City
) -> None:
    frame = layer(folder, city, "forest_subcompartments", EPOCHS[-1])
    official = frame["MIAN_JI"].to_numpy() / polygon_areas_ha(frame)
    large = frame["MIAN_JI"].to_numpy() > 5.0
    assert np.abs(official[large] - 1).max() < 0.0045
    assert np.abs(official[large] - 1).mean() > 0.001


def test_only_stands_with_trees_have_stock(folder: Path, city: City) -> None:
    """Missing is missing: bamboo and shrub have an empty stock, not zero."""
    frame = layer(folder, city, "forest_subcompartments", EPOCHS[0])
    has_stock = frame["DI_LEI"].isin([ARBOR, "030401"])
    assert frame.loc[has_stock, "ZXJ"].gt(0).all()
    assert frame.loc[~has_stock, ["ZXJ", "HUO_LMGQXJ"]].isna().all(axis=None)
    arbor = frame[frame["DI_LEI"] == ARBOR]
    assert arbor["YU_BI_DU"].between(0.2, 0.95).all()


def test_most_sub_compartments_live_on_and_greenways_only_grow(folder: Path, city: City) -> None:
    early, late = (
        set(layer(folder, city, "forest_subcompartments", y)["XIAO_BAN"]) for y in EPOCHS
    )
    assert len(early & late) > 0.98 * len(early)
    assert early - late
    early_ways, late_ways = (set(layer(folder, city, "greenways", y)["name"]) for y in EPOCHS)
    assert early_ways < late_ways


def test_land_cover_epochs_share_one_grid_and_cover_the_city(folder: Path, city: City) -> None:
    seen = []
    for year in EPOCHS:
        with rasterio.open(folder / file_names(city, year)["land_cover"]) as source:
            seen.append((source.transform, source.shape, source.crs.to_string()))
            codes, bounds = source.read(1), source.bounds
            assert source.nodata == 0
            assert source.tags()["synthetic"] == "true"
            assert "TIFFTAG_DATETIME" not in source.tags()
        assert set(np.unique(codes)) - {0} <= set(legend("esa_worldcover").rows.index)
        west, south, east, north = features(folder / "districts.gpkg").total_bounds
        assert bounds.left < west < east < bounds.right
        assert bounds.bottom < south < north < bounds.top
    assert seen[0] == seen[1]
    assert seen[0][2] == city.file_crs


def test_workspace_is_accepted_and_says_that_it_is_synthetic(folder: Path, city: City) -> None:
    workspace = load_workspace(folder / "workspace.toml")
    assert workspace.table.workspace.synthetic
    assert "合成示意数据" in workspace.table.workspace.title
    assert [epoch.year for epoch in workspace.epochs] == list(EPOCHS)
    raw = tomllib.loads((folder / "workspace.toml").read_text(encoding="utf-8"))
    listed = {entry["path"] for epoch in raw["epochs"] for entry in epoch["layers"]}
    files = {path.name for path in folder.iterdir()}
    assert files == listed | {"districts.gpkg", "workspace.toml"}
    assert "绿道_2024.gpkg" in listed


def test_other_files_in_the_folder_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second demonstration replaces its own files and leaves the analyst's alone."""
    from sinkatlas.demo import generator

    def one_layer(city: City, draft: Path, fineness: int) -> None:
        (draft / "districts.gpkg").write_text("new", encoding="utf-8")

    monkeypatch.setattr(generator, "_write_layers", one_layer)
    target = tmp_path / "demo"
    target.mkdir()
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    (target / "districts.gpkg").write_text("old", encoding="utf-8")
    write_demo("jiaxing", target)
    assert (target / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (target / "districts.gpkg").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_failed_drawing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sinkatlas.demo import generator

    def broken(city: City, draft: Path, fineness: int) -> None:
        (draft / "districts.gpkg").write_text("half", encoding="utf-8")
        raise RuntimeError("disk full")

    monkeypatch.setattr(generator, "_write_layers", broken)
    with pytest.raises(RuntimeError, match="disk full"):
        write_demo("jiaxing", tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


def test_gdal_setting_is_restored(folder: Path) -> None:
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
