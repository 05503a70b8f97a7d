"""Method files of a workspace: own coefficients, matrices, pools, and the page they end up in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from gis.problems import InputError
from sink_models.method import method_sheet
from sink_models.method.values import Figure, Formula, Math, MethodSheet, Section, SheetTable, both
from sink_models.sampling import Sampling
from sinkatlas.commands.showing import export_factors
from sinkatlas.pipeline.method_page import mathml, write_method_page
from sinkatlas.pipeline.methods import (
    read_methods,
)
from sinkatlas.pipeline.running import Run, run
from sinkatlas.pipeline.tables.adjusted_areas import adjusted_area_table
from sinkatlas.pipeline.tables.invest_carbon import pool_table
from sinkatlas.workspace.loading import load_workspace

HOSTILE = '<script>alert(1)</script>"&{{x}}\u202e=1+1'
WORKSPACE = """
[workspace]
title = "t"
draws = 50
[units]
path = "units.gpkg"
whole_code = "440100"
whole_name = "city"
[[epochs]]
year = 2024
[[epochs.layers]]
kind = "land_cover"
path = "cover.tif"
legend = "esa_worldcover"
{accuracy}
[carbon]
{carbon}
"""
MATRIX = "map\\reference,forest,crop\nforest,45,5\ncrop,2,48\n"
POOLS = "lucode,c_above,c_below,c_soil,c_dead\n10,50,10,40,2\n40,3,1,30,0\n"
OWN = "key,value,unit,reason,analyst\nannual_crop_biomass_2019,4,t C/ha,own plots,Li Hua\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two square units of 0.02 degree; the western one is tree cover (10), the other crop (40)."""
    squares = [shapely.box(113.0 + x, 23.0, 113.02 + x, 23.02) for x in (0.0, 0.02)]
    units = gpd.GeoDataFrame(
        {"adcode": ["440103", "440104"], "name": ["A", "B"]}, geometry=squares, crs="EPSG:4490"
    )
    units.to_file(tmp_path / "units.gpkg", driver="GPKG")
    cells = np.repeat(np.repeat([[10, 40]], 20, axis=0), 20, axis=1).astype("uint8")
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "width": 40, "height": 20}
    transform = from_origin(113.0, 23.02, 0.001, 0.001)
    with rasterio.open(
        tmp_path / "cover.tif", "w", crs="EPSG:4326", transform=transform, **profile
    ) as file:
        file.write(cells, 1)
    for name, text in (("matrix.csv", MATRIX), ("pools.csv", POOLS), ("own.csv", OWN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def done(folder: Path, carbon: str = "", accuracy: str = "") -> Run:
    file = folder / "workspace.toml"
    file.write_text(WORKSPACE.format(carbon=carbon, accuracy=accuracy), encoding="utf-8")
    return run(file)


def test_own_coefficient_moves_the_figure_and_every_list_of_problems_names_it(
    folder: Path,
) -> None:
    plain, own = done(folder), done(folder, 'coefficients = "own.csv"')
    area = own.account.query("ecosystem_type == 'crop' and unit_code == '440104'")["area_ha"].sum()

    def stock(made: Run) -> float:
        key = ("carbon_stock.pool.above_ground", 2024, "440104")
        return made.indicator_results.values[key].value

    assert stock(plain) - stock(own) == pytest.approx(0.7 * area)
    told = [each.text("en") for each in own.report.problems]
    assert [each for each in told if "Li Hua" in each and "own plots" in each]
    recorded = str(own.report.provenance["problems"])
    assert "Li Hua" in recorded
    assert "Li Hua" not in str(plain.report.provenance["problems"])


def test_a_biomass_map_gives_the_carbon_of_tree_cover(folder: Path) -> None:
    """The western unit is tree cover: 120 t/ha in its northern half, unknown in the southern.

    Known half: 120 * 0.47 above and * 0.23 below; the other half keeps area times density.
    """
    cells = np.full((20, 40), 110.0 / 0.5, dtype="float32")  # t/ha = 0.5 * cell + 10
    cells[10:] = -9999.0
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "width": 40, "height": 20}
    with rasterio.open(
        folder / "agb.tif", "w", crs="EPSG:4326", nodata=-9999.0,
        transform=from_origin(113.0, 23.02, 0.001, 0.001), **profile,
    ) as file:  # fmt: skip
        file.write(cells, 1)
        file.scales, file.offsets = (0.5,), (10.0,)
    plain = done(folder).indicator_results.values
    layer = '\n[[epochs.layers]]\nkind = "above_ground_biomass"\npath = "agb.tif"\n'
    made = done(folder, accuracy=layer)
    values = made.indicator_results.values

    def pool(name: str, of: Mapping[Any, Any]) -> float:
        return float(of[f"carbon_stock.pool.{name}", 2024, "440103"].value)

    rows = made.account.query("unit_code == '440103' and ecosystem_type == 'forest'")
    known = rows["above_ground_biomass_t_known_ha"].sum()
    area = rows["area_ha"].sum()
    assert known == pytest.approx(area / 2, rel=1e-3)
    above = 120 * known * 0.47 + pool("above_ground", plain) * (1 - known / area)
    assert pool("above_ground", values) == pytest.approx(above, rel=1e-6)
    below = 120 * known * 0.47 * 0.23 + pool("below_ground", plain) * (1 - known / area)
    assert pool("below_ground", values) == pytest.approx(below, rel=1e-6)
    assert pool("soil", values) == pytest.approx(pool("soil", plain))
    assert values["forest_area", 2024, "440103"].value == pytest.approx(area)
    assert "biomass_map" in str(values["carbon_stock", 2024, "440100"].basis)


def test_unchecked_coefficients_that_were_taken_on_are_named_in_every_list_of_problems(
    folder: Path,
) -> None:
    """Named where it was used (mangrove), silent where nothing rests on it (crop)."""
    made = done(folder, 'accepted = ["mangrove_soil_c_aggregated"]')
    assert "accepted_used" not in str(made.report.provenance["problems"])
    own = run_with_crop_as_mangrove(folder)
    assert "mangrove_soil_c_aggregated" in str(own.report.provenance["problems"])
    assert [each for each in own.report.problems if each.code == "sink_models.accepted_used"]


def run_with_crop_as_mangrove(folder: Path) -> Run:
    legend = "code,ecosystem_type\n10,forest\n40,mangrove\n"
    (folder / "legend.csv").write_text(legend, encoding="utf-8")
    file = folder / "workspace.toml"
    carbon = 'accepted = ["mangrove_soil_c_aggregated"]'
    text = WORKSPACE.format(carbon=carbon, accuracy="").replace("esa_worldcover", "legend.csv")
    file.write_text(text, encoding="utf-8")
    return run(file)


def test_pools_table_sums_by_the_areas_of_the_account(folder: Path) -> None:
    """Tree cover holds 50 + 10 + 40 + 2 = 102 t C/ha, crop 34."""
    made = done(folder, 'pools = "pools.csv"')
    methods = read_methods(made.workspace)
    table = pool_table(methods, made.accounts, {"440103": "A"}, "440100")
    totals = table[table["pool"] == "total"].set_index("unit_code")["value"]
    areas = (
        made.account[made.account["cover"] == "land_cover"].groupby("unit_code")["area_ha"].sum()
    )
    assert totals["440103"] == pytest.approx(102 * areas["440103"])
    assert totals["440104"] == pytest.approx(34 * areas["440104"])
    assert totals["440100"] == pytest.approx(totals["440103"] + totals["440104"])


def test_error_matrix_adjusts_areas_per_unit_and_units_sum_to_the_whole(folder: Path) -> None:
    """Of mapped tree cover 45 in 50 are forest, of mapped crop 2 in 50."""
    made = done(folder, accuracy='accuracy = { error_matrix = "matrix.csv" }')
    methods = read_methods(made.workspace)
    table = adjusted_area_table(methods, made.accounts, {}, "440100", Sampling())
    by = table.set_index(["unit_code", "ecosystem_type"])
    mapped = by["mapped_ha"]
    forest = by["adjusted_ha"].xs("forest", level="ecosystem_type")
    assert forest["440103"] == pytest.approx(0.9 * mapped["440103", "forest"])
    assert forest["440104"] == pytest.approx(0.04 * mapped["440104", "crop"])
    assert forest["440100"] == pytest.approx(forest["440103"] + forest["440104"])
    assert (table["low"] < table["adjusted_ha"]).all()


def test_a_matrix_without_a_class_that_the_layer_shows_is_refused(folder: Path) -> None:
    (folder / "matrix.csv").write_text("class,forest,grass\nforest,9,1\ngrass,1,9\n")
    with pytest.raises(InputError, match=r"matrix_classes.*crop"):
        done(folder, accuracy='accuracy = { error_matrix = "matrix.csv" }')


def test_areas_and_carbon_of_a_run_are_the_adjusted_ones_with_their_intervals(folder: Path) -> None:
    """West: 0.9 of mapped tree cover is forest; east: 0.04 of mapped crop is."""
    plain = done(folder).indicator_results.values
    adjusted = done(folder, accuracy='accuracy = { error_matrix = "matrix.csv" }')
    made = adjusted.indicator_results.values
    for unit, share, key in (("440103", 0.9, "440103"), ("440104", 0.04, None)):
        mapped = plain["forest_area", 2024, "440103"].value if key else (
            adjusted.account.query("unit_code == '440104' and ecosystem_type == 'crop'")[
                "area_ha"
            ].sum()
        )  # fmt: skip
        assert made["forest_area", 2024, unit].value == pytest.approx(share * mapped)
    assert made["forest_area", 2024, "440103"].sampled.size == 51
    west = made["carbon_stock.type.forest", 2024, "440103"].value
    assert west == pytest.approx(0.9 * plain["carbon_stock.type.forest", 2024, "440103"].value)
    told = [each.code for each in adjusted.report.problems]
    assert "sink_models.areas_adjusted" in told
    both = 'accuracy = { error_matrix = "matrix.csv", area_percent = 5 }'
    with pytest.raises(InputError, match="accuracy_twice"):
        done(folder, accuracy=both)


@pytest.mark.parametrize(
    ("carbon", "words"),
    [
        ('coefficients = "absent.csv"', r"workspace_file_missing.*carbon\.coefficients"),
        ("growth_percent = 5.0", "flows_incomplete"),
        ('growth_percent = 5.0\nharvest_m3 = 3.0\nrates_source = "x"', "flows_incomplete"),
        ("growth_percent = 50.0", "growth_percent"),
        (
            '[[carbon.correlations]]\nfirst = "a"\nsecond = "b"\nvalue = 0.5\nreason = "x"',
            "coefficient_unknown",
        ),
    ],
)
def test_method_settings_that_cannot_be_are_refused(folder: Path, carbon: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        done(folder, carbon)


def test_gb18030_tables_are_read(folder: Path) -> None:
    text = OWN.replace("own plots", "自有样地").replace("Li Hua", "李华")
    (folder / "own.csv").write_bytes(text.encode("gb18030"))
    file = folder / "workspace.toml"
    file.write_text(WORKSPACE.format(carbon='coefficients = "own.csv"', accuracy=""))
    (override,) = read_methods(load_workspace(file)).overrides
    assert override.analyst == "李华"


def test_a_run_has_no_table_that_it_was_given_nothing_for(folder: Path) -> None:
    made = done(folder)
    assert made.report.interval_percent == 90.0
    conditional = {"forest_balance", "soil_change", "adjusted_areas", "invest_carbon", "gep_carbon"}
    assert conditional & {*made.report.further} == set()
    with pytest.raises(InputError, match="soil_change"):
        made.table("soil_change")


# The page


def test_no_text_of_data_becomes_markup(tmp_path: Path) -> None:
    words = both(HOSTILE, HOSTILE)
    table = SheetTable((words,), ((HOSTILE,), (words,), (Figure(HOSTILE),), (Math("A * <b>"),)))
    formula = Formula(HOSTILE, words, "A * <b>", HOSTILE, HOSTILE, "own")
    sheet = MethodSheet((Section("x", words, (words,), (formula,), table),))
    path = tmp_path / "method.html"
    write_method_page(sheet, path, title=HOSTILE, language="en", is_synthetic=True)
    page = path.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "Synthetic" in page
    assert not re.search(r'(?:src|href)=(?!"#)', page)  # only the contents link, within the page
    assert "default-src 'none'" in page


def test_formulas_are_typeset_with_indices_and_powers() -> None:
    assert mathml("ΔC_G = A * G_TOTAL") == (
        "<math><msub><mi>ΔC</mi><mi>G</mi></msub><mo>=</mo><mi>A</mi><mo>·</mo>"
        "<msub><mi>G</mi><mi>TOTAL</mi></msub></math>"
    )
    decay = mathml("0.5^((t - s) / H)")
    assert decay.startswith("<math><msup><mn>0.5</mn><mrow>")
    assert decay.count("(") == 0  # brackets only group the exponent and the numerator
    assert decay.count("<mfrac>") == 1
    assert "<msqrt>" in mathml("√(Σ U_i^2)")
    assert mathml("a - b") == "<math><mi>a</mi><mo>−</mo><mi>b</mi></math>"


def test_seagrass_claims_its_ground_and_names_what_it_lacks(folder: Path) -> None:
    """A bed of 0.01 degree square in the western unit, another beyond all units: only the first
    enters, 108 t C/ha of soil and 0.43 t C/ha/yr buried where the recalled rows are accepted."""
    beds = [shapely.box(113.005, 23.005, 113.015, 23.015), shapely.box(113.1, 23.0, 113.11, 23.01)]
    frame = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=beds, crs="EPSG:4490")
    frame.to_file(folder / "seagrass.gpkg", driver="GPKG")
    layer = '\n[[epochs.layers]]\nkind = "seagrass"\npath = "seagrass.gpkg"\n'
    rows = ("seagrass_soil_c_mineral", "seagrass_ef_rewet")
    bare = done(folder, accuracy=layer)
    taken = done(folder, f"accepted = {list(rows)}", accuracy=layer)
    inside = bare.account.query("ecosystem_type == 'seagrass' and unit_code == '440103'")
    hectares = inside["area_ha"].sum()
    assert hectares == pytest.approx(0.01**2 * 111.32 * 110.77 * np.cos(np.radians(23.01)) * 100,
                                     rel=0.01)  # fmt: skip
    (told,) = (each for each in bare.indicator_results.notes if "Seagrass" in each.message("en"))
    assert rows[0] in told.text("zh")
    assert "海草床" in told.text("zh")
    assert [each for each in bare.report.problems if each.code == "layers.cover_outside"]
    values = taken.indicator_results.values
    soil = values["carbon_stock.soil_100cm", 2024, "440103"].value
    assert soil == pytest.approx(108 * hectares)
    assert ("carbon_stock.soil_100cm", 2024, "440103") not in bare.indicator_results.values


def test_a_run_of_two_epochs_lists_the_soils_in_transition(folder: Path) -> None:
    """The western unit turns from tree cover into fields, half of them without tillage."""
    cells = np.full((20, 40), 40, dtype="uint8")
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "width": 40, "height": 20}
    with rasterio.open(
        folder / "later.tif", "w", crs="EPSG:4326",
        transform=from_origin(113.0, 23.02, 0.001, 0.001), **profile,
    ) as file:  # fmt: skip
        file.write(cells, 1)
    carbon = """
[[carbon.soils]]
type = "crop"
share = 0.5
factors = ["fmg_2019_crop_no_till_tropical_moist"]
source = "yearbook"
[[epochs]]
year = 2029
[[epochs.layers]]
kind = "land_cover"
path = "later.tif"
legend = "esa_worldcover"
"""
    made = done(folder, carbon)
    area = made.account.query("unit_code == '440103' and ecosystem_type == 'forest'")[
        "area_ha"
    ].sum()
    after = 38 * 0.83 * (0.5 + 0.5 * 1.1)
    change = made.indicator_results.values["mineral_soil_change", 2029, "440103"].value
    assert change == pytest.approx(area * (after - 38) / 20 * 44 / 12)
    made.table("soil_change").save(folder / "soil.csv")
    written = pd.read_csv(folder / "soil.csv")
    (row,) = written.to_dict("records")
    assert (row["earlier_type"], row["later_type"]) == ("forest", "crop")
    assert row["area_ha"] == pytest.approx(area)
    assert row["after_t_c_ha"] == pytest.approx(after)
    page = folder / "method.html"
    sheet = method_sheet(made.indicator_results, Sampling(draws=50))
    write_method_page(sheet, page, title="t", language="en", is_synthetic=False)
    assert "yearbook" in page.read_text(encoding="utf-8")


def test_an_exported_table_that_was_worked_on_is_not_written_over(tmp_path: Path) -> None:
    own = tmp_path / "factors.csv"
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"sinkatlas\.template_exists"):
        export_factors(own)
    assert own.read_text(encoding="utf-8") == "mine"


def test_factors_are_exported_whole(tmp_path: Path) -> None:
    count = export_factors(tmp_path / "factors.csv")
    table = pd.read_csv(tmp_path / "factors.csv", dtype=str, keep_default_na=False)
    assert len(table) == count > 1_000
    row = table.set_index("key").loc["mangrove_cf"]
    assert (row["value"], row["low"], row["ship"]) == ("0.451", "0.429", "ship")
    aged = table.set_index("key").loc["gd_deadwood_pct_live_age_young"]
    assert (aged["age"], aged["region"], aged["page"]) == ("young", "Guangdong", "")
