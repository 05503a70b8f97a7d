"""Figures beside the world's: published values flagged outside, official ones split by cause."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tiny_workspace import half_forest, write_workspace

from gis.problems import InputError
from sink_models.account import EpochData
from sink_models.coefficients import read_table
from sink_models.evaluate import evaluate
from sink_models.official_figures import OfficialFigure, official_table
from sink_models.options import Options
from sink_models.published_check import published_check, published_values
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas.checking import check_workspace
from sinkatlas.pipeline.running import run as run_workspace

Row = dict[str, object]


def stand(area: float, stock: float, unit: str = "440103", **more: object) -> Row:
    return {
        "unit_code": unit, "cover": "forest_subcompartments", "status": "classified",
        "area_ha": area, "ecosystem_type": "forest_arbor", "forest_class": "arbor",
        "species_group": "pinus_massoniana", "stock_basis": "measured",
        "growing_stock_m3": stock, **more,
    }  # fmt: skip


def shrub(area: float) -> Row:
    return stand(area, 0.0, ecosystem_type="shrub", forest_class="other_shrub", stock_basis="",
                 species_group="", growing_stock_m3=None)  # fmt: skip


def crop(area: float, unit: str = "440103") -> Row:
    return {"unit_code": unit, "cover": "land_cover", "status": "classified", "area_ha": area,
            "ecosystem_type": "crop"}  # fmt: skip


def frames(*epochs: list[Row]) -> dict[int, pd.DataFrame]:
    return {year: pd.DataFrame(rows) for year, rows in zip((2020, 2024), epochs, strict=False)}


def evaluated(rows: dict[int, pd.DataFrame], region: str = "440100") -> Results:
    kinds = frozenset({"land_cover", "forest_subcompartments"})
    data = [EpochData(year, each, kinds=kinds) for year, each in rows.items()]
    return evaluate(
        data, ("440103",), (region, "city"), sampling=Sampling(draws=0),
        options=Options(region=region),
    )  # fmt: skip


def test_our_density_is_flagged_against_the_values_of_city_province_and_country() -> None:
    """23.01 (Guangdong) to 45.8 (China). Pine at 60 m3/ha: (0.5034 * 60 + 20.547) * 0.47 = 23.9."""
    for stock, finding in ((6_000.0, "inside"), (1_000.0, "below"), (40_000.0, "above")):
        table = published_check(evaluated(frames([stand(100.0, stock), crop(50.0)])), {})
        row = table[table["unit_code"] == "440100"].iloc[0]
        assert (row["published_low"], row["published_high"]) == (23.01, 45.8)
        assert row["value"] == pytest.approx((0.5034 * stock / 100 + 20.547) * 0.47)
        assert row["finding"] == finding, stock
        assert "西南林业大学学报" in row["published"]


def test_the_sink_per_hectare_is_that_of_the_forest_alone() -> None:
    """1,000 m3 more on 100 ha in four years: 1,000 * 0.5034 * 0.47 / 4 / 100 * 44 / 12 t CO2."""
    results = evaluated(frames([stand(100.0, 6_000.0)], [stand(100.0, 7_000.0)]))
    table = published_check(results, {}).set_index(["unit_code", "epoch", "quantity"])
    row = table.loc[("440103", 2024, "forest_sink")]
    assert row["value"] == pytest.approx(1_000 * 0.5034 * 0.47 / 4 / 100 * 44 / 12)
    assert (row["published_low"], row["published_high"]) == (3.26, 3.9)
    assert row["finding"] == "below"
    assert ("440103", 2020, "forest_sink") not in table.index


def test_conflicting_sources_span_the_range_and_elsewhere_nothing_is_published() -> None:
    assert {row["value"] for row in published_values("430100", "forest_living_density")} == {
        "16.31", "24.266", "45.8",
    }  # fmt: skip
    table = published_check(evaluated(frames([stand(10.0, 600.0)]), region=""), {})
    assert set(table.loc[table["unit_code"] == "", "finding"]) <= {"nothing_published"}


def test_every_published_value_has_region_unit_and_document() -> None:
    units = {"forest_living_density": "t C/ha", "forest_sink": "t CO2/ha/yr"}
    for row in read_table("published_values.csv"):
        assert float(row["value"]) > 0
        assert row["unit"] == units[row["quantity"]]
        assert row["source_document"]
        assert row["table_section"]
        assert row["seen_as"] == "publication"


def causes(rows: dict[int, pd.DataFrame], figure: OfficialFigure) -> dict[str, float]:
    table = official_table(evaluated(rows), rows, [figure], {})
    return dict(zip(table["cause"], table["amount"], strict=True))


def official(value: float, **more: object) -> OfficialFigure:
    given = {"indicator": "forest_area", "unit_code": "440100", "year": 2024, "basis": "bulletin",
             "document": "a bulletin", **more}  # fmt: skip
    return OfficialFigure(value=value, **given)  # type: ignore[arg-type]


BEFORE = [stand(100.0, 6_000.0), shrub(20.0), crop(80.0)]
AFTER = [stand(110.0, 6_600.0), shrub(20.0), crop(70.0)]


def test_an_official_figure_equal_to_ours_has_nothing_to_explain() -> None:
    assert causes(frames(BEFORE, AFTER), official(110.0)) == {
        "whole_difference": pytest.approx(0.0), "unexplained": pytest.approx(0.0),
    }  # fmt: skip


def test_the_difference_of_years_is_our_own_change() -> None:
    """2.5 ha a year: a bulletin of 2022 lies 5 ha below ours of 2024."""
    found = causes(frames(BEFORE, AFTER), official(104.0, year=2023))
    assert found["date"] == pytest.approx(2.5)
    assert found["unexplained"] == pytest.approx(3.5)


def test_shrub_boundary_and_outlines_are_told_apart_and_add_up() -> None:
    """Official 140 ha with all shrub, of 250 ha of land where ours are 200.

    Shrub -20; boundary 110 * (1 - 250 / 200) = -27.5; registered 112 ha against 110: -2."""
    after = [{**AFTER[0], "official_area_ha": 112.0}, *AFTER[1:]]
    figure = official(140.0, counts_shrub=True, territory_ha=250.0)
    found = causes(frames(BEFORE, after), figure)
    assert found["shrub"] == pytest.approx(-20.0)
    assert found["boundary"] == pytest.approx(-27.5)
    assert found["outlines"] == pytest.approx(-2.0)
    parts = sum(amount for cause, amount in found.items() if cause != "whole_difference")
    assert parts == pytest.approx(found["whole_difference"])
    assert found["whole_difference"] == pytest.approx(-30.0)


def test_a_cover_rate_counts_shrub_in_percent() -> None:
    """20 of 200 ha: 10 points."""
    found = causes(
        frames(AFTER), official(65.0, indicator="forest_cover_rate", year=2020, counts_shrub=True)
    )
    assert found["shrub"] == pytest.approx(-10.0)
    assert found["unexplained"] == pytest.approx(0.0)


def test_a_figure_that_we_have_no_value_for_is_listed_without_a_difference() -> None:
    (row,) = official_table(
        evaluated(frames(AFTER)), frames(AFTER), [official(3.0, indicator="greenway_length")], {}
    ).to_dict("records")
    assert pd.isna(row["ours"])
    assert pd.isna(row["amount"])


ENTRY = """
[[official]]
indicator = "{indicator}"
year = 2020
value = {value}
unit = "{unit}"
basis = "公报"
document = "某市公报"
{more}
"""


def workspace(folder: Path, *entries: str) -> Path:
    file = write_workspace(folder / "w", {2020: half_forest()}, draws=0)
    file.write_text(file.read_text("utf-8") + "".join(entries), "utf-8")
    return file


def entry(
    indicator: str = "forest_area", value: float = 1.5, unit: str = "万亩", more: str = ""
) -> str:
    return ENTRY.format(indicator=indicator, value=value, unit=unit, more=more)


def test_a_workspace_gives_official_figures_as_they_are_printed(tmp_path: Path) -> None:
    """1.5 万亩 are 1,000 ha."""
    done = run_workspace(workspace(tmp_path, entry()))
    table = done.table("official_figures").frame
    assert set(table["official"]) == {1_000.0}
    assert table["unit"].iloc[0] == "ha"
    clean = run_workspace(write_workspace(tmp_path / "clean", {2020: half_forest()}, draws=0))
    assert "official_figures" not in clean.report.further


def test_wrong_entries_are_told_together(tmp_path: Path) -> None:
    entries = entry("forest_size"), entry(unit="公里"), entry(more='code = "999999"')
    with pytest.raises(InputError) as caught:
        run_workspace(workspace(tmp_path, *entries))
    assert {each.code for each in caught.value.problems} >= {
        "sinkatlas.official_indicator", "sinkatlas.official_measure", "sinkatlas.official_unit",
    }  # fmt: skip


def test_a_check_knows_the_coefficients_that_the_analyst_brings(tmp_path: Path) -> None:
    """An accepted key that only the own file has is no mistake, whatever else is wrong."""
    own = '\n[carbon]\ncoefficients = "本地.csv"\naccepted = ["local_shrub_c"]\n'
    strange = '\n[carbon]\naccepted = ["local_shrub_c"]\n'
    for name, more, is_wrong in (("own", own, False), ("strange", strange, True)):
        file = workspace(tmp_path / name, more)
        head = "key,value,unit,reason,analyst,source_document\n"
        row = "local_shrub_c,10.2,t C/ha,样地,李,某县样地调查\n"
        (file.parent / "本地.csv").write_text(head + row, encoding="utf-8")
        (file.parent / "cover_2020.tif").write_bytes(b"no raster")
        codes = {each.code for each in check_workspace(file).problems}
        assert ("sink_models.coefficient_unknown" in codes) == is_wrong


def test_a_check_tells_wrong_entries_with_all_that_else_is_wrong(tmp_path: Path) -> None:
    """A layer that cannot be read hides neither figures nor residents nor growth curves."""
    file = workspace(
        tmp_path,
        entry("forest_size"),
        entry(more='code = "999999"'),
        entry(unit="公里"),
        '[[population]]\nyear = 1999\nsource = "年鉴"\npersons = { "999998" = 3 }\n',
        '[[growth]]\ntype = "mangrove"\nform = "table"\nages = [1.0, 2.0]\nvalues = [5.0, 3.0]\n'
        'root_shoot = 0.3\nsource = "某调查"\nunit = "t_c"\n',
    )
    (tmp_path / "w" / "cover_2020.tif").write_bytes(b"no raster")
    codes = {each.code for each in check_workspace(file).problems}
    assert codes >= {
        "sinkatlas.official_indicator", "sinkatlas.official_measure", "sinkatlas.official_unit",
        "sinkatlas.population_unit", "sinkatlas.population_year", "sink_models.growth_declines",
    }  # fmt: skip
    clean = check_workspace(workspace(tmp_path / "clean", entry()))
    assert not [each for each in clean.problems if "official" in each.code]
