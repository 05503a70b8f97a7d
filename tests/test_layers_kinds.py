"""Contract of the layer kinds: every kind in the registry reads, refuses and explains alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.problems import LANGUAGES, InputError, ProblemLog, catalogue
from layers.declarations import LINES, Layer, LayerKind, LayerSpec, Lines, Register
from layers.reading import read_layer
from layers.registry import kinds

CRS = "EPSG:4547"
WEST, SOUTH = 500_000.0, 2_500_000.0
SIDE = 100.0

ATTRIBUTES: dict[str, dict[str, list[object]]] = {
    "districts": {"adcode": ["440103", "440104"], "name": ["荔湾区", "越秀区"]},
    "mangroves": {"id": ["a", "b"], "name": ["甲", "乙"], "species": ["秋茄", "桐花树"]},
    "wetlands": {"DLBM": ["1101", "1105"], "DLMC": ["河流水面", "沿海滩涂"]},
    "forest_subcompartments": {
        "XIAO_BAN": ["1", "2"],
        "DI_LEI": ["030101", "030200"],
        "MIAN_JI": [1.0, 1.0],
        "YOU_SHI_SZ": ["马尾松", "毛竹"],
        "YU_BI_DU": [0.6, 0.8],
        "ZXJ": [80.0, None],
    },
    "greenways": {"name": ["绿道一", "绿道二"], "level": ["区域", "城市"]},
    "redline": {"name": ["红线一", "红线二"]},
    "protected_areas": {"name": ["保护地", "公园"], "legal_form": ["自然保护区", "湿地公园"]},
}
for _key, _columns in {
    "blue_green_network": {"name": ["河", "廊道"], "level": ["市级", ""]},
    "built_up_boundary": {"name": ["主城区", "新区"]},
    "land_survey": {"BSM": ["1", "2"], "DLBM": ["0301", "1101"], "DLMC": ["", ""]},
    "shoreline": {"AXLX": ["自然岸线", "人工岸线"]},
    "parks": {"name": ["甲园", "乙园"], "type": ["综合公园", ""]},
    "permanent_farmland": {"BSM": ["1", "2"], "DLBM": ["0101", "0103"]},
    "project_footprints": {"name": ["甲", "乙"], "type": ["道路", "厂房"], "year": [2019, 2020]},
    "public_welfare_forest": {"XIAO_BAN": ["1", "2"], "SHI_QUAN_D": ["11", "21"]},
    "residential_land": {"name": ["甲", "乙"], "YDYHFLDM": ["0701", "0702"]},
    "named_areas": {"name": ["海珠湿地", "白云山"]},
    "demonstration_areas": {"name": ["甲", "乙"], "type": ["公益林", ""]},
    "green_cover": {"name": ["甲", "乙"]},
    "rivers": {"name": ["湘江", "支流"]},
    "streets": {"name": ["甲路", "乙路"]},
    "seagrass": {"name": ["甲", "乙"], "species": ["", ""]},
    "tidal_marsh": {"id": ["1", "2"], "name": ["甲", "乙"]},
    "works": {"year": ["2020", "2021"], "type": ["造林", "抚育"]},
}.items():
    ATTRIBUTES[_key] = _columns
DATA_TYPES = {
    "units": Units,
    "cover": PolygonCover,
    "stratum": Stratum,
    "lines": Lines,
    "register": Register,
}


def square(column: int, row: int = 0, side: float = SIDE) -> Polygon:
    """One hectare, give or take the map scale."""
    west, south = WEST + column * side, SOUTH + row * side
    return box(west, south, west + side, south + side)


def line(column: int) -> LineString:
    return LineString([(WEST + column * SIDE, SOUTH), (WEST + column * SIDE, SOUTH + SIDE)])


def minimal(kind: LayerKind) -> gpd.GeoDataFrame:
    """Two features of a kind, side by side."""
    draw = line if kind.geometry == LINES else square
    return gpd.GeoDataFrame(ATTRIBUTES[kind.key], geometry=[draw(0), draw(1)], crs=CRS)


def write_raster(path: Path, cells: np.ndarray, *, nodata: float | None = 0) -> Path:
    profile = {
        "driver": "GTiff",
        "height": cells.shape[0],
        "width": cells.shape[1],
        "count": 1,
        "dtype": cells.dtype.name,
        "crs": CRS,
        "nodata": nodata,
        "transform": Affine(10.0, 0.0, WEST, 0.0, -10.0, SOUTH + SIDE),
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(cells, 1)
    return path


def spec_of(kind: LayerKind, path: Path, **changes: object) -> LayerSpec:
    options: dict[str, object] = (
        {"whole_code": "440100", "whole_name": "广州市"} if kind.role == "units" else {}
    )
    options |= changes.pop("options", {})  # type: ignore[arg-type]
    legend = "esa_worldcover" if kind.is_raster else None
    return LayerSpec(kind.key, path, 2020, **{"legend": legend, "options": options, **changes})


VECTOR_KINDS = [kind for kind in kinds().values() if not kind.is_raster]
vector_kinds = pytest.mark.parametrize("kind", VECTOR_KINDS, ids=lambda kind: kind.key)
all_kinds = pytest.mark.parametrize("kind", list(kinds().values()), ids=lambda kind: kind.key)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Layer]:
    """Write features of a kind to a GeoPackage and read them as a layer."""

    def write_and_read(kind: LayerKind, features: gpd.GeoDataFrame, **changes: object) -> Layer:
        path = tmp_path / f"{kind.key}.gpkg"
        features.to_file(path, driver="GPKG")
        return read_layer(spec_of(kind, path, **changes), problems=ProblemLog())

    return write_and_read


def refusal(call: Callable[[], object]) -> list[str]:
    """Codes of the problems that a call raises."""
    with pytest.raises(InputError, match=r"layers\.|gis\.") as raised:
        call()
    return [problem.code for problem in raised.value.problems]


@all_kinds
def test_every_kind_has_titles_in_both_languages_and_a_declared_role(kind: LayerKind) -> None:
    assert kind.title_zh
    assert kind.title_en
    assert not kind.title_zh.isascii()
    assert kind.title_en.isascii()
    assert kind.role in (*DATA_TYPES, "density")
    assert all(field.title_zh and field.title_en for field in kind.fields)
    assert len({field.name for field in kind.fields}) == len(kind.fields)


def test_covers_claim_ground_in_distinct_priorities() -> None:
    priorities = [kind.priority for kind in kinds().values() if kind.role == "cover"]
    assert len(set(priorities)) == len(priorities)
    assert list(kinds())[-1] == "land_cover"


@vector_kinds
def test_a_minimal_file_reads_into_the_type_of_its_role(
    kind: LayerKind, read: Callable[..., Layer]
) -> None:
    layer = read(kind, minimal(kind))
    assert isinstance(layer.data, DATA_TYPES[kind.role])
    assert len(layer.data.features) == 2
    assert layer.facts["crs"].startswith("EPSG:4547")
    if isinstance(layer.data, PolygonCover):
        keys = layer.data.features[list(layer.data.keys)]
        assert keys.map(lambda value: isinstance(value, str)).all(axis=None)
        assert set(layer.data.quantities) <= set(layer.data.features)


def test_a_minimal_raster_reads_into_a_cover_with_the_legend(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "土地覆盖.tif", np.full((4, 4), 10, dtype="uint8"))
    layer = read_layer(spec_of(kinds()["land_cover"], path), problems=ProblemLog())
    assert isinstance(layer.data, RasterCover)
    assert layer.data.classes.loc[95].to_dict() == {
        "ecosystem_type": "mangrove",
        "land_code": "95",
    }
    assert layer.data.no_data == (0,)


@vector_kinds
def test_an_empty_layer_is_refused(kind: LayerKind, read: Callable[..., Layer]) -> None:
    assert "layers.empty_layer" in refusal(lambda: read(kind, minimal(kind).iloc[:0]))


@vector_kinds
def test_a_layer_without_crs_is_refused_unless_one_is_declared(
    kind: LayerKind, read: Callable[..., Layer], tmp_path: Path
) -> None:
    features = minimal(kind).set_crs(None, allow_override=True)
    path = tmp_path / "no_crs.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        features.to_file(path, driver="GPKG")
    spec = spec_of(kind, path)
    found = refusal(lambda: read_layer(spec, problems=ProblemLog()))
    assert found == ["layers.crs_missing"]
    declared = spec_of(kind, path, crs=CRS)
    layer = read_layer(declared, problems=ProblemLog())
    assert layer.facts["crs"].startswith("EPSG:4547")


@vector_kinds
def test_a_wrong_geometry_type_is_refused_with_its_row(
    kind: LayerKind, read: Callable[..., Layer]
) -> None:
    features = minimal(kind)
    features.loc[1, "geometry"] = Point(WEST, SOUTH)
    with pytest.raises(InputError, match=r"layers\.geometry_type.*Point.*2"):
        read(kind, features)


@vector_kinds
def test_a_feature_without_geometry_is_refused_with_its_row(
    kind: LayerKind, read: Callable[..., Layer]
) -> None:
    features = minimal(kind)
    features.loc[1, "geometry"] = None
    with pytest.raises(InputError, match=r"layers\.geometry_missing.*2"):
        read(kind, features)


@vector_kinds
def test_a_field_that_the_analyst_maps_to_an_absent_column_names_columns_and_the_nearest(
    kind: LayerKind, read: Callable[..., Layer]
) -> None:
    field = next(each for each in kind.fields if each.column in ATTRIBUTES[kind.key])
    wrong = field.column + "_X"
    with pytest.raises(InputError, match=r"layers\.missing_column") as raised:
        read(kind, minimal(kind), options={"fields": {field.name: wrong}})
    (missing,) = raised.value.problems
    assert missing.facts["nearest"] == field.column
    assert missing.facts["existing"] == ", ".join(ATTRIBUTES[kind.key])


@vector_kinds
def test_a_required_column_that_is_absent_is_refused(
    kind: LayerKind, read: Callable[..., Layer]
) -> None:
    required = [field for field in kind.fields if field.required]
    for field in required:
        found = refusal(lambda f=field: read(kind, minimal(kind).drop(columns=f.column)))
        assert found == ["layers.missing_column"]


@all_kinds
def test_an_unknown_option_is_refused_with_the_nearest(kind: LayerKind, tmp_path: Path) -> None:
    spec = spec_of(kind, tmp_path / "none", options={"field": {}})
    with pytest.raises(InputError, match=r"layers\.unknown_option.*fields"):
        read_layer(spec, problems=ProblemLog())


def test_an_unknown_kind_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"layers\.unknown_kind.*wetlands"):
        read_layer(LayerSpec("wetland", tmp_path / "none"), problems=ProblemLog())


def test_multipart_polygons_keep_all_their_parts(read: Callable[..., Layer]) -> None:
    kind = kinds()["redline"]
    features = minimal(kind)
    features.loc[0, "geometry"] = MultiPolygon([square(0), square(5)])
    layer = read(kind, features)
    # two hectares and one
    assert layer.data.features.area.tolist() == pytest.approx([20_000.0, 10_000.0])


def test_an_invalid_polygon_is_refused_with_reason_and_remedy(read: Callable[..., Layer]) -> None:
    features = minimal(kinds()["redline"])
    x, y = WEST, SOUTH
    bow_tie = Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    features.loc[0, "geometry"] = bow_tie
    with pytest.raises(InputError, match=r"layers\.geometry_invalid.*Self-intersection"):
        read(kinds()["redline"], features)


def test_a_spike_without_area_is_mended_and_named(read: Callable[..., Layer]) -> None:
    x, y = WEST, SOUTH
    corners = [(0, 0), (100, 0), (100, 100), (50, 100), (50, 150), (50, 100), (0, 100)]
    features = minimal(kinds()["redline"])
    features.loc[0, "geometry"] = Polygon([(x + dx, y + dy) for dx, dy in corners])
    log = ProblemLog()
    layer = read_layer(read(kinds()["redline"], features).spec, problems=log)
    assert [problem.code for problem in log] == ["layers.geometry_mended"]
    assert layer.data.features.is_valid.all()
    assert layer.data.features.area.tolist() == pytest.approx([10_000.0] * 2)


def test_all_mistakes_of_a_file_are_reported_at_once(read: Callable[..., Layer]) -> None:
    kind = kinds()["wetlands"]
    features = minimal(kind).rename(columns={"DLBM": "code"})
    features.loc[0, "geometry"] = None
    found = refusal(lambda: read(kind, features))
    assert found == ["layers.missing_column", "layers.geometry_missing"]


def test_problem_words_say_the_same_in_both_languages() -> None:
    chinese, places = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"(?<!{){(\w+)}")
    for code, words in catalogue("layers").items():
        text = {each: words.message[each] + words.remedy[each] for each in LANGUAGES}
        assert chinese.search(words.message["zh"]), code
        assert chinese.search(words.remedy["zh"]), code
        assert not chinese.search(text["en"]), code
        assert set(places.findall(text["zh"])) == set(places.findall(text["en"])), code


def test_every_problem_word_is_used_and_every_used_one_has_words() -> None:
    room = Path(str(resources.files("layers")))
    sources = "".join(path.read_text("utf-8") for path in room.rglob("*.py"))
    known = set(catalogue("layers"))
    named = set(re.findall(r'"layers\.([a-z_]+)"', sources)) - {"kinds", "recognition"}
    assert named <= known
    assert {code for code in known if f'{code}"' not in sources} == set()
