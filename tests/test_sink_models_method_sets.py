"""Method sets by name: their rows beside ours, their gaps to be filled in from the document."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from gis.problems import InputError
from sink_models.account import EpochData
from sink_models.coefficients import CoefficientStore, coefficients, read_table, with_overrides
from sink_models.evaluate import evaluate
from sink_models.method import expected_documents, gap_template, method_set_table
from sink_models.method.method_sets import method_sets
from sink_models.options import Options
from sink_models.sampling import Sampling
from sinkatlas.cli import app
from sinkatlas.commands.showing import SEEN_DOCUMENTS

PROVINCIAL = "provincial_guideline_2011"


def table(store: CoefficientStore | None = None) -> pd.DataFrame:
    """100 ha of pine with 6,000 m3."""
    rows = pd.DataFrame(
        {
            "unit_code": ["1"], "cover": "forest_subcompartments", "status": "classified",
            "ecosystem_type": "forest_arbor", "forest_class": "arbor", "area_ha": 100.0,
            "species_group": "pinus_massoniana", "stock_basis": "measured",
            "growing_stock_m3": 6_000.0,
        }
    )  # fmt: skip
    data = EpochData(2024, rows, kinds=frozenset({"forest_subcompartments"}))
    results = evaluate(
        [data], ("1",), ("440100", "city"), sampling=Sampling(draws=0),
        options=Options(region="440100"), store=store,
    )  # fmt: skip
    return method_set_table(results)


def test_a_set_whose_table_was_not_read_has_gaps_and_no_number() -> None:
    found = table()
    own = found[found["method_set"] == PROVINCIAL]
    assert own["t_c"].isna().all()
    assert "prov_svd_national" in own["lacking"].iloc[0]
    assert own["gap_zh"].str.contains("请按原文填写").all()


def test_the_ipcc_set_stands_beside_ours_with_its_difference() -> None:
    """6,000 m3 on 100 ha: the class of 41-100 m3/ha, by Eq. 2.8b."""
    found = table()
    own = found[(found["method_set"] == "ipcc_2006_2019") & found["t_c"].notna()]
    assert len(own) == 2
    ours = (0.5034 * 6_000 + 20.547 * 100) * 0.47
    for row in own.to_dict("records"):
        assert row["against_ours_percent"] == pytest.approx(100 * (row["t_c"] / ours - 1))
        assert row["gap_en"] == ""


def test_a_filled_template_drives_the_set() -> None:
    """6,000 m3 * 0.5 t/m3 * 1.7 * 0.5 = 2,550 t C."""
    template = gap_template(PROVINCIAL, coefficients())
    assert set(template["value"]) == {""}
    values = {"prov_svd_national": 0.5, "prov_bef_total_national": 1.7, "prov_cf": 0.5}
    filled = template[template["key"].isin(values)].assign(reason="guideline", analyst="W. Li")
    filled["value"] = filled["key"].map(values)
    store, overrides = with_overrides(coefficients(), filled.to_csv(index=False), where="own.csv")
    assert len(overrides) == 3
    own = table(store)
    row = own[(own["method_set"] == PROVINCIAL) & own["t_c"].notna()].iloc[0]
    assert row["t_c"] == pytest.approx(6_000 * 0.5 * 1.7 * 0.5)
    assert row["lacking"] == ""


def test_an_unfilled_template_is_refused_by_row_and_field() -> None:
    text = gap_template(PROVINCIAL, coefficients()).to_csv(index=False)
    with pytest.raises(InputError, match=r"own\.csv:2"):
        with_overrides(coefficients(), text, where="own.csv")


def test_sets_without_rows_to_fill_say_what_is_lacking() -> None:
    with pytest.raises(InputError, match="diameters and heights"):
        gap_template("gbt_43648_2024", coefficients())
    with pytest.raises(InputError, match=PROVINCIAL):
        gap_template("gbt", coefficients())


def test_every_key_and_route_of_the_sets_exists() -> None:
    from sink_models.carbon.forest_methods import ROUTES

    for parts in method_sets().values():
        for part in parts:
            assert part["route"] in ("", *ROUTES)
            assert all(key in coefficients() for key in part["keys"].split())
            assert bool(part["gap_zh"]) == bool(part["gap_en"])
            assert part["document"]
            assert part["clause"]


def test_expected_documents_say_what_was_seen() -> None:
    names = {row["document"].split()[0] for row in expected_documents()}
    assert {"LY/T", "GB/T", "HY/T", "DB33/T", "IPCC"} <= names
    assert {row["seen"] for row in expected_documents()} == set(SEEN_DOCUMENTS)
    assert len(read_table("expected_documents.csv")) == len(expected_documents())


def test_the_commands_write_a_template_and_list_documents(tmp_path: Path) -> None:
    runner, file = CliRunner(), tmp_path / "填写.csv"
    made = runner.invoke(app, ["factors", "template", PROVINCIAL, str(file)])
    assert made.exit_code == 0
    assert len(pd.read_csv(file)) == len(gap_template(PROVINCIAL, coefficients()))
    again = runner.invoke(app, ["factors", "template", PROVINCIAL, str(file)])
    assert again.exit_code != 0, "a file that somebody may have filled in is kept"
    listed = runner.invoke(app, ["factors", "documents", "--lang", "zh"])
    assert "GB/T 43648-2024" in listed.stdout
    assert "仅适用范围" in listed.stdout
