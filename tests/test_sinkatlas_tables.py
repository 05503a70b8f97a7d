"""Every table declares itself once: files, ``run.table()``, workbook and page of docs read that."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pandas as pd
import pytest

from gis.problems import LANGUAGES
from maps.sensitivity import public_view
from maps.workbook import write_audit
from plans.tables import ALLOCATION_COLUMNS, COLUMNS, SCHEME_COLUMNS, TRAJECTORY_COLUMNS
from sink_models.indicator import indicators
from sink_models.ledger import LUCF_COLUMNS
from sink_models.ledger.change_tables import IPCC_COLUMNS, TRANSITION_COLUMNS
from sink_models.ledger.reconciliation import RECONCILIATION_COLUMNS
from sink_models.ledger.scenarios import (
    DIFFERENCE_COLUMNS,
    PATH_COLUMNS,
    SHORTFALL_COLUMNS,
    TARGET_COLUMNS,
)
from sink_models.method import METHOD_SET_COLUMNS, SIDE_COLUMNS, SPECIES_COLUMNS
from sink_models.official_figures import OFFICIAL_COLUMNS
from sink_models.published_check import PUBLISHED_COLUMNS
from sink_models.results import BALANCE_COLUMNS, SOIL_COLUMNS, UNCERTAINTY_COLUMNS
from sinkatlas.pipeline import gep, projects, works_effect
from sinkatlas.pipeline.raster_readings import READING_COLUMNS
from sinkatlas.pipeline.table_registry import output_tables

PROJECT = Path(__file__).resolve().parent.parent
NAMES = {key: [each.name for each in one.words.columns] for key, one in output_tables().items()}


def test_every_table_and_column_has_words_in_both_languages() -> None:
    for name, table in output_tables().items():
        assert table.words.name == name
        for language in LANGUAGES:
            assert table.words.title[language]
            headings = [each.heading[language] for each in table.words.columns]
            assert "" not in headings, name
            assert len({*headings}) == len(headings), (name, headings)
        assert all(bool(each.note_zh) == bool(each.note_en) for each in table.words.columns), name


def test_declared_columns_are_those_that_the_rooms_below_fill() -> None:
    assert NAMES["verdicts"] == list(COLUMNS)
    assert NAMES["trajectories"] == list(TRAJECTORY_COLUMNS)
    assert NAMES["allocation"] == list(ALLOCATION_COLUMNS)
    assert NAMES["uncertainty"] == list(UNCERTAINTY_COLUMNS)
    assert NAMES["forest_balance"] == list(BALANCE_COLUMNS)
    assert NAMES["soil_change"] == list(SOIL_COLUMNS)
    assert NAMES["schemes"] == list(SCHEME_COLUMNS)
    assert NAMES["transitions"] == list(TRANSITION_COLUMNS)
    assert NAMES["ipcc_land"] == list(IPCC_COLUMNS)
    assert NAMES["species_functions"] == list(SPECIES_COLUMNS)
    assert NAMES["published_check"] == list(PUBLISHED_COLUMNS)
    assert NAMES["official_figures"] == list(OFFICIAL_COLUMNS)
    assert NAMES["lucf"] == list(LUCF_COLUMNS)
    assert NAMES["method_sets"] == list(METHOD_SET_COLUMNS)
    assert NAMES["raster_readings"] == list(READING_COLUMNS)
    assert NAMES["side_by_side"] == list(SIDE_COLUMNS)
    assert NAMES["carbon_reconciliation"] == list(RECONCILIATION_COLUMNS)
    assert NAMES["scenario_paths"] == list(PATH_COLUMNS)
    assert NAMES["scenario_differences"] == list(DIFFERENCE_COLUMNS)
    assert NAMES["scenario_targets"] == list(TARGET_COLUMNS)
    assert NAMES["scenario_shortfall"] == list(SHORTFALL_COLUMNS)
    assert NAMES["works_effect"] == list(works_effect.COLUMNS)
    assert NAMES["project_estimates"] == list(projects.ESTIMATE_COLUMNS)
    assert NAMES["project_eligibility"] == list(projects.ELIGIBILITY_COLUMNS)
    assert NAMES["gep_carbon"] == list(gep.COLUMNS)


def test_tables_without_a_page_of_their_own_are_pages_of_the_audit_file(
    make_report: Any, tmp_path: Path
) -> None:
    soils = output_tables()["soil_change"].words
    row = [2020, 2024, "forest", "crop", 1.0, 38.0, 30.0, -0.4]
    frame = pd.DataFrame([row], columns=SOIL_COLUMNS)
    report = make_report()
    report = replace(report, tables=(*report.tables, soils), further={"soil_change": frame})
    book = openpyxl.load_workbook(write_audit(report, tmp_path / "a.xlsx"))
    rows = [[cell.value for cell in row] for row in book[soils.zh[:31]].iter_rows()]
    assert [each.zh for each in soils.columns] in rows
    assert frame.iloc[0].tolist() in rows


def test_tables_that_are_not_public_are_empty_in_the_public_profile(make_report: Any) -> None:
    report = make_report()
    withheld = {each.name for each in report.tables if not each.is_public}
    assert withheld == {"conflicts"}
    seen = public_view(report)
    for words in report.tables:
        expected = 0 if words.name in withheld else len(report.table(words.name))
        assert len(seen.table(words.name)) == expected


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("w", PROJECT / "docs" / "write_outputs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_outputs_is_current_and_lists_all(writer: ModuleType) -> None:
    """Run ``python docs/write_outputs.py`` after a change of a table or an indicator."""
    page = writer.PAGE.read_text(encoding="utf-8")
    assert page == writer.current(page)
    for key, each in indicators().items():
        assert f"| `{key}` | {each.unit} | {each.title_zh} |" in page
    for name, columns in NAMES.items():
        assert f"### {name}.csv" in page
        assert all(f"| `{each}` |" in page for each in columns)
