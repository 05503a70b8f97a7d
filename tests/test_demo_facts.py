"""The facts behind the demonstration cities: cited, consistent, and spelled as the tables spell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gis.problems import InputError
from layers.codes import forest_land_codes, land_survey_codes, species_groups
from layers.legends import legend
from plans.reader import load_plan
from sinkatlas.demo import CITIES, land_cover, write_demo
from sinkatlas.demo.facts import EPOCHS, City, PublishedFigure, city_facts
from sinkatlas.demo.forest import ARBOR, BAMBOO, OTHER_FORESTLAND, SPECIAL_SHRUB
from sinkatlas.demo.water import CANAL, CLASS_NAMES, RIVER

PUBLISHED = {
    ("chengdu", "forest_area"): 2020,
    ("chengdu", "forest_stock_volume"): 2020,
    ("jiangmen", "forest_area"): 2024,
    ("jiangmen", "forest_stock_volume"): 2024,
    ("guangzhou", "forest_area"): None,
    ("guangzhou", "forest_stock_volume"): None,
    ("guangzhou", "public_welfare_forest_area"): None,
    ("guangzhou", "mangrove_area"): 2022,
    ("jiaxing", "forest_area"): 2021,
}
"""Figures that are published under the same name; None where the source says "about 2013"."""


@pytest.fixture(params=CITIES)
def city(request: pytest.FixtureRequest) -> City:
    return city_facts(request.param)


def all_figures(city: City) -> dict[str, PublishedFigure]:
    return {**city.figures, **city.wetlands}


def test_every_figure_has_a_grade_and_published_ones_a_source(city: City) -> None:
    for name, figure in all_figures(city).items():
        assert figure.grade in {"A", "B", "assumed"}, name
        assert figure.source or figure.grade == "assumed", name


def test_figures_stay_positive_in_every_epoch(city: City) -> None:
    for name, figure in all_figures(city).items():
        assert all(figure.at(year) > 0 for year in EPOCHS), name


def test_parts_of_the_forest_leave_room_for_arbor_forest(city: City) -> None:
    for year in EPOCHS:
        at = {name: figure.at(year) for name, figure in city.figures.items()}
        arbor = at["forest_area"] - at["bamboo_area"] - at["special_shrub_area"]
        arbor -= at.get("mangrove_area", 0.0)
        assert arbor > 0.25 * at["forest_area"]
        assert at["public_welfare_forest_area"] < at["forest_area"] < at["land_area"]
        assert at["forest_stock_volume"] < at["standing_stock_volume"]


def test_shares_make_one(city: City) -> None:
    assert sum(each.share for each in city.species) == pytest.approx(1.0)
    if city.mangrove_districts:
        assert sum(city.mangrove_districts.values()) == pytest.approx(1.0)


def test_district_areas_make_the_city(city: City) -> None:
    """Rounded to whole square kilometres, the districts' areas add up to the city's land."""
    total_ha = sum(each.area_km2 for each in city.districts) * 100.0
    assert total_ha == pytest.approx(city.figures["land_area"].value, rel=1e-3)


def test_district_codes_belong_to_the_city_and_are_in_order(city: City) -> None:
    codes = [each.adcode for each in city.districts]
    assert codes == sorted(set(codes))
    assert all(code.startswith(city.adcode[:4]) and len(code) == 6 for code in codes)
    assert set(city.mangrove_districts) <= set(codes)
    assert set(city.mangrove_names) == set(city.mangrove_districts)


def test_bands_have_no_trend_because_they_are_drawn_once(city: City) -> None:
    assert city.wetlands[RIVER].per_year == 0
    assert city.wetlands[CANAL].per_year == 0


def test_plan_is_bundled_and_of_this_city(city: City) -> None:
    assert load_plan(city.plan).adcode == city.adcode


def test_codes_and_names_are_known_to_the_layers(city: City) -> None:
    survey = land_survey_codes()
    assert set(city.wetlands) <= set(CLASS_NAMES)
    assert all(survey.loc[code, "zh"] == name for code, name in CLASS_NAMES.items())
    known = {name for names in species_groups()["names"] for name in names}
    drawn = {each.name for each in city.species} | {city.bamboo_species, city.shrub_species}
    assert drawn <= known
    forest = forest_land_codes()
    assert {ARBOR, BAMBOO, SPECIAL_SHRUB, *OTHER_FORESTLAND} <= set(forest.index)
    assert sum(OTHER_FORESTLAND.values()) == pytest.approx(1.0)


def test_land_cover_codes_are_those_of_the_legend() -> None:
    codes = {
        land_cover.TREE, land_cover.SHRUB, land_cover.GRASS, land_cover.CROP, land_cover.BUILT,
        land_cover.BARE, land_cover.WATER, land_cover.WETLAND, land_cover.MANGROVE,
    }  # fmt: skip
    assert codes <= set(legend("esa_worldcover").rows.index)


def test_unknown_city_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shenzhen"):
        write_demo("shenzhen", tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.real
def test_districts_are_the_real_ones(shared: Path) -> None:
    table = pd.read_csv(shared / "domain" / "districts.csv", dtype=str)
    real = dict(zip(table["adcode"], table["name_zh"], strict=True))
    ours = {each.adcode: each.name for key in CITIES for each in city_facts(key).districts}
    assert ours == real


@pytest.mark.real
@pytest.mark.parametrize(("key", "metric"), PUBLISHED)
def test_published_figures_are_as_published(shared: Path, key: str, metric: str) -> None:
    city, year = city_facts(key), PUBLISHED[key, metric]
    figure = city.figures[metric]
    table = pd.read_csv(shared / "domain" / "stats_published.csv", dtype=str)
    rows = table[(table["unit_adcode"] == city.adcode) & (table["metric_key"] == metric)]
    rows = rows[rows["year"] == (str(year) if year else "c.2013")]
    grade = rows["confidence(A dated official/press;B partial;C old;X reject)"].item()
    assert figure.value == pytest.approx(float(rows["value_si"].item()), rel=1e-9)
    assert figure.grade == grade
    assert figure.year == (year or 2013)
