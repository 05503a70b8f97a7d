"""Figures per head: park ground by the residents that the workspace gives, with their source."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tiny_workspace import box, half_forest, write_polygons, write_workspace

from gis.problems import InputError
from sinkatlas import Run, run

KEY = "park_green_area_per_capita"
TWO = '"440103" = 1000, "440104" = 3000'


def entry(persons: str, year: int = 2024) -> str:
    return f'\n[[population]]\nyear = {year}\nsource = "公报表 2"\npersons = {{ {persons} }}\n'


def with_parks(folder: Path, more: str) -> Run:
    """Parks of 300 m by 100 m in the east and 100 m by 100 m in the west: about 3 ha and 1 ha."""
    folder.mkdir(parents=True, exist_ok=True)
    parks = write_polygons(
        folder / "parks.gpkg", [box(100, 100, 400, 200), box(1200, 100, 1300, 200)],
        name=["甲园", "乙园"], type=["综合公园", "社区公园"],
    )  # fmt: skip
    file = write_workspace(
        folder, {2024: half_forest()}, layers={2024: [("parks", parks)]}, more=more, draws=0
    )
    return run(file)


def values(done: Run) -> dict[str, float]:
    table = done.results
    rows = table[table["indicator"] == KEY]
    return dict(zip(rows["unit_code"], rows["value"].astype(float), strict=True))


def test_park_ground_by_residents_and_the_whole_by_its_sums(tmp_path: Path) -> None:
    """30,000 m2 / 1000 = 30; 10,000 / 3000 = 3.33; the city 40,000 / 4000 = 10, no mean."""
    done = with_parks(tmp_path, entry(TWO))
    found = values(done)
    parks = done.results[done.results["indicator"] == "park_green_area"].set_index("unit_code")
    for code, residents in {"440103": 1000, "440104": 3000, "440100": 4000}.items():
        assert found[code] == pytest.approx(parks.loc[code, "value"] * 1e4 / residents)
    assert found["440103"] == pytest.approx(30.0, rel=0.01)
    method = done.results[done.results["indicator"] == KEY]["method_words"].iloc[0]
    assert "公报表 2" in method


def test_a_unit_without_residents_has_no_figure_and_nor_has_the_whole(tmp_path: Path) -> None:
    found = values(with_parks(tmp_path, entry('"440103" = 1000')))
    assert found["440103"] == pytest.approx(30.0, rel=0.01)
    assert math.isnan(found.get("440104", math.nan))
    assert math.isnan(found.get("440100", math.nan))


def test_without_residents_the_figure_is_absent_and_says_what_is_missing(tmp_path: Path) -> None:
    done = with_parks(tmp_path, "")
    assert values(done) == {}
    (absent,) = [each for each in done.indicator_results.absences if each.indicator == KEY]
    assert absent.problem.code == "sink_models.no_population"
    assert "[[population]]" in absent.problem.text("zh")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (entry('"440199" = 5'), "sinkatlas.population_unit"),
        (entry(TWO, 2019), "sinkatlas.population_year"),
        (entry(TWO) + entry(TWO), "sinkatlas.population_year"),
        (entry('"440103" = 0'), "workspace"),
        (entry('"440103" = "many"'), "workspace"),
    ],
)
def test_residents_of_no_unit_or_no_epoch_stop_the_run(
    tmp_path: Path, more: str, code: str
) -> None:
    with pytest.raises(InputError, match="population") as caught:
        with_parks(tmp_path, more)
    assert any(code in each.code for each in caught.value.problems)
