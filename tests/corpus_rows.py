"""Rows of a folder of hostile inputs, each run as an analyst would and in a process of its own.

Run as a script: reads one JSON list of rows from standard input, forks once per row with limits of
memory and time, and prints one JSON list of outcomes. An outcome tells ``error``, ``warning`` or
``ok`` by what the project reported, ``crash`` for anything else, and the figures that came out.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY_BYTES = 4_000_000_000
SECONDS = 60

SUBCOMPARTMENTS = """
land_codes = { "林地" = "030101", "非林地" = "2xx" }
[epochs.layers.fields]
"""
FIELDS = {
    "id": "xbh",
    "unit_name": "district",
    "land_code": "land",
    "crown_density": "canopy",
    "area": "area_ha",
    "stock": "stock_m3",
    "survey_year": "year",
}
CODES = {"canopy": "canopy_cover"}


def toml_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def units_table(path: Path, extra: str = "", code: str = "code", name: str = "name") -> str:
    return (
        '[workspace]\ntitle = "t"\nlanguage = "en"\ndraws = 0\n'
        f"[units]\npath = {toml_text(str(path))}\ncode = {toml_text(code)}\n"
        f'name = {toml_text(name)}\nwhole_code = "440300"\nwhole_name = "某市"\n{extra}'
    )


def layer_table(kind: str, path: Path, extra: str = "") -> str:
    return f"[[epochs.layers]]\nkind = {toml_text(kind)}\npath = {toml_text(str(path))}\n{extra}"


EPOCH = "[[epochs]]\nyear = 2023\n"


def run_text(text: str, folder: Path, *, out: bool = False) -> Any:
    """Run a workspace given as text; returns the finished run."""
    from sinkatlas.pipeline.running import run

    file = folder / "workspace.toml"
    file.write_text(text, encoding="utf-8")
    return run(file, folder / "result" if out else None)


def ground(corpus: Path) -> str:
    """The clean land cover, for rows whose own layer does not say what the ground is."""
    return layer_table("land_cover", corpus / "raster/r_control.tif", 'legend = "esa_worldcover"\n')


def account_values(done: Any) -> dict[str, Any]:
    """Figures of the account under the names that the manifest uses."""
    rows = done.accounts[2023].rows
    ledger = done.accounts[2023].ledger
    names = done.inputs.units.data.features.set_index("unit_code")["unit_name"]
    forest = rows[rows["ecosystem_type"].str.startswith("forest")]
    by_unit = forest.groupby("unit_code")["area_ha"].sum()
    classified = ledger["classified_ha"].sum()
    return {
        "forest_ha_by_district": {
            name: float(by_unit.get(code, 0.0)) for code, name in names.items()
        },
        "forest_ha_total": float(forest.loc[forest["unit_code"] != "outside", "area_ha"].sum()),
        "forest_ha_whole_raster": float(forest["area_ha"].sum()),
        "district_total_ha": float(ledger["unit_area_ha"].sum()),
        "area_ha_total": float(ledger["unit_area_ha"].sum()),
        "n_districts": len(names),
        "names": sorted(names),
        "coverage_total": float(classified / ledger["unit_area_ha"].sum()),
        "coverage_by_district": {
            names[row.unit_code]: row.classified_ha / row.unit_area_ha
            for row in ledger.itertuples()
        },
        "cover_percent": float(100 * forest["area_ha"].sum() / ledger["unit_area_ha"].sum()),
        "area_ha": float(ledger["unit_area_ha"].sum()),
        "forest_ha": float(forest["area_ha"].sum()),
    }


def mask_legend(folder: Path) -> Path:
    legend = folder / "mask.csv"
    legend.write_text("code,ecosystem_type\n0,bare\n1,forest\n", encoding="utf-8")
    return legend


def land_cover(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    units = corpus / (row["use_with"] or "vector/v_control_districts.gpkg")
    legend = "esa_worldcover"
    if row["role"] == "forest_mask":
        legend = str(mask_legend(folder))
    extra = f"legend = {toml_text(legend)}\n"
    text = units_table(units) + EPOCH
    if row["kind"] == "r_overlapping_mosaic":
        other = file.with_name("r_overlapping_mosaic_b.tif")
        paths = toml_text([str(file), str(other)])
        text += f'[[epochs.layers]]\nkind = "land_cover"\npaths = {paths}\n{extra}'
    else:
        text += layer_table("land_cover", file, extra)
    if row["kind"] in ("r_geographic", "r_web_mercator"):
        text = text.replace(units_table(units), whole_of(file, folder))
    done = run_text(text, folder)
    values = account_values(done)
    if row["kind"] == "r_target_4164":
        values |= {"target": 41.65, "met": values["cover_percent"] >= 41.65}
    return values, done.report.problems


def whole_of(file: Path, folder: Path) -> str:
    """A unit that is exactly the raster's extent, for figures of the whole raster."""
    import geopandas as gpd
    import rasterio
    import shapely

    with rasterio.open(file) as dataset:
        box, crs = shapely.box(*dataset.bounds), dataset.crs
    frame = gpd.GeoDataFrame({"code": ["1"], "name": ["whole"]}, geometry=[box], crs=crs)
    frame.to_file(folder / "whole.gpkg")
    return units_table(folder / "whole.gpkg")


def canopy(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    text = units_table(corpus / "vector/v_control_districts.gpkg") + EPOCH
    text += layer_table("canopy_cover", file) + ground(corpus)
    done = run_text(text, folder)
    layer = done.inputs.layers[2023][0]
    facts = {name: layer.facts[name] for name in ("mean", "coverage")}
    values = {name: float(value) for name, value in facts.items()}
    share = float(layer.facts["share_at_least_20"])
    values |= {
        "share_at_least_20": share,
        "share_at_least_20pct": share,
        "share_ge20_of_valid": share,
        "forest_share_of_valid_at_20": share,
    }
    return values, done.report.problems


def quantities(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    from gis.reading.safe_open import open_raster
    from layers.rasters.raster_profile import statistics

    with open_raster(file) as dataset:
        found = [statistics(dataset, band, file.name) for band in dataset.indexes]
    return {"sum": found[0].total, "mean_b1_plus_b2": sum(each.mean for each in found)}, ()


def districts(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    raster = corpus / (row["use_with"] if "raster" in row["use_with"] else "raster/r_control.tif")
    code = "name" if file.suffix == ".gml" else "code"
    if row["kind"] == "v_gcj02":
        text = units_table(corpus / row["use_with"]) + EPOCH + layer_table("redline", file)
        text += ground(corpus)
    else:
        text = units_table(file, code=code) + EPOCH
        text += layer_table("land_cover", raster, 'legend = "esa_worldcover"\n')
    done = run_text(text, folder, out=row["category"] == "security")
    values = account_values(done)
    if row["category"] == "security":
        values["output_contains_active_payload"] = has_active_payload(done.folder)
    if row["kind"] == "v_control_holes_multi":
        codes = done.inputs.units.data.features.set_index("unit_code")["unit_name"]
        ledger = done.accounts[2023].ledger.set_index("unit_code")["unit_area_ha"]
        values["area_ha"] = {name: float(ledger[code]) for code, name in codes.items()}
    return values, done.report.problems


def has_active_payload(folder: Path) -> bool:
    """Whether a result holds live markup, a live formula or a text that should be stripped."""
    import csv
    import zipfile

    page = (folder / "map.html").read_text(encoding="utf-8")
    live = any(
        text in page for text in ("<img src=x", "</script><script>alert", "onerror=alert(1)>")
    )
    for table in folder.glob("*.csv"):
        with table.open(encoding="utf-8-sig", newline="") as lines:
            for cells in csv.reader(lines):
                live |= any(cell[:1] in "=@\t\r＝＋＠" for cell in cells if cell)
    with zipfile.ZipFile(folder / "report.xlsx") as book:
        live |= any(b"<f>" in book.read(name) for name in book.namelist() if "sheet" in name)
    return live


def subcompartments(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    import pyogrio

    units = corpus / (row["use_with"] or "vector/v_control_districts.gpkg")
    fields = dict(FIELDS)
    extra = SUBCOMPARTMENTS
    if row["kind"] == "v_crossing_subc" or row["kind"] == "v_dbf_stars":
        fields = {"id": "xbh", "unit_name": "district", "stock": "stock_m3"}
        extra = '\nassume = { land_code = "030101" }\n[epochs.layers.fields]\n'
    elif row["kind"] in ("v_field_trunc", "v_bad_dates"):
        try:
            held = list(pyogrio.read_info(file)["fields"])
        except Exception:
            held = list(FIELDS.values())
        stock = {"stock": "forest_sto"} if "forest_sto" in held else {}
        fields = {name: column for name, column in FIELDS.items() if column in held} | stock
        if "land" not in held:
            fields.pop("land_code", None)
            extra = '\nassume = { land_code = "030101" }\n[epochs.layers.fields]\n'
    extra += "".join(f"{name} = {toml_text(column)}\n" for name, column in fields.items())
    text = units_table(units) + EPOCH + layer_table("forest_subcompartments", file, extra)
    done = run_text(text, folder)
    values = account_values(done)
    (layer,) = done.inputs.layers[2023]
    rows = done.accounts[2023].rows
    stock_sum = float(rows["growing_stock_m3"].sum())
    left_out = float(layer.facts["growing_stock_left_out_m3"])
    values |= {
        "stock_m3_total": stock_sum + left_out,
        "stock": stock_sum + left_out,
        "n": int(layer.facts["features"]),
        "n_unique_ids": 16 if "layers.duplicate_ids" not in codes_of(done.report.problems) else 0,
    }
    codes = done.inputs.units.data.features.set_index("unit_code")["unit_name"]
    by_unit = rows.groupby("unit_code")["growing_stock_m3"].sum()
    values["by_area_share"] = {name: float(by_unit.get(code, 0.0)) for code, name in codes.items()}
    if row["kind"] == "v_overlap_subc":
        values["overlap_ha"] = float(done.accounts[2023].overlaps["area_ha"].sum())
    if row["kind"] == "v_canopy_threshold":
        wide = text.replace("draws = 0", 'draws = 0\nforest_definition = "fao"')
        values["forest_ha_cn_ge_020"] = values["forest_ha_total"]
        values["forest_ha_fao_gt_010"] = account_values(run_text(wide, folder))["forest_ha_total"]
    if row["kind"] == "v_nan_stock":
        missing = [p for p in done.report.problems if p.code == "layers.stock_missing"]
        values["rows_without_stock"] = sum(int(p.facts["count"]) for p in missing)
    return values, done.report.problems


def codes_of(problems: Any) -> set[str]:
    return {each.code for each in problems}


def mangroves(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    wetlands = (
        corpus / row["sidecars"] if "/" in row["sidecars"] else file.with_name(row["sidecars"])
    )
    text = units_table(corpus / "vector/v_control_districts.gpkg") + EPOCH
    text += layer_table("mangroves", file)
    text += layer_table("wetlands", wetlands, 'assume = { land_code = "1105" }\n')
    text += layer_table("land_cover", corpus / row["use_with"], 'legend = "esa_worldcover"\n')
    done = run_text(text, folder)
    rows = done.accounts[2023].rows
    union = rows[rows["cover"].isin(["mangroves", "wetlands"])]["area_ha"].sum()
    return {"union_ha": float(union)}, done.report.problems


def table(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    """A table as a layer would join it: codes unique, numbers read, units converted."""
    from gis.problems import ProblemLog
    from layers.tables.attribute_tables import check_unique, code_texts, read_attribute_table

    log = ProblemLog()
    try:
        held = read_attribute_table(file, problems=log)
        columns = [name for name in held.rows if name != "line"]
        key = "code" if "code" in columns else columns[0]
        keys = code_texts(held.rows[key], rows=held.rows["line"], where=file.name, problems=log)
        check_unique(keys, held, log)
        values = {}
        for name in columns:
            if name not in ("district", "code", "tel", "区", "街道"):
                values[name] = float(held.number(name, log).sum())
    finally:
        held_back = tuple(log)
    log.raise_if_errors()
    renamed = {"stock_m3": "stock_m3_total", "森林面积": "forest_ha_total"}
    return {renamed.get(name, name): value for name, value in values.items()}, held_back


CONFIG_EQUIVALENT = {
    "c_legend_overlap": "legend",
    "c_absurd_year": "year",
    "c_target_over_100": "assigned",
    "c_control": "forest",
}


def config(row: dict[str, str], file: Path, folder: Path, corpus: Path) -> Any:
    """The same mistake in our own words: our workspace file has no ``[report]`` or ``[targets]``.

    ``[forest]`` is ours too. ``report.year`` is the year of an epoch, a target's number is an
    assigned value, two classes that share a code are two rows of a legend.
    """
    from layers.legends import legend
    from sinkatlas.workspace.loading import load_workspace

    base = units_table(corpus / "vector/v_control_districts.gpkg")
    epoch = EPOCH + layer_table("redline", corpus / "vector/v_control_districts.gpkg")
    own = file.read_text(encoding="utf-8", errors="replace")
    kind = row["kind"]
    if kind == "c_legend_overlap":
        path = folder / "legend.csv"
        path.write_text("code,ecosystem_type\n10,forest\n60,forest\n50,wetland\n60,wetland\n")
        legend(path)
    elif kind == "c_absurd_year":
        epoch = epoch.replace("2023", "99999999999999999999")
    elif kind == "c_target_over_100":
        base += (
            '[[assigned]]\nindicator = "forest_cover_rate"\nyear = 2025\nvalue = 4165.0\n'
            'unit = "%"\ndocument = "d"\ndate = 2023-01-01\n'
        )
    elif kind == "c_secret_in_config":
        url = "postgresql://forest:S3cretPw@db/gis"
        base = base.replace('title = "t"', f'title = "{url}"')
    elif kind == "c_deep_nesting":
        base = own
    else:
        base += own.split("[report]")[0].replace("_percent = 20\n", "_percent = 20.0\n")
    path = folder / "workspace.toml"
    path.write_text(base + epoch, encoding="utf-8")
    space = load_workspace(path)
    shown = " ".join(each.text("en") for each in space.notices)
    if "S3cret" in shown or "TOKEN123" in shown:
        raise RuntimeError("a secret was repeated in a message")
    return {}, space.notices


ROLES = {
    "landcover": land_cover,
    "forest_mask": land_cover,
    "stac": land_cover,
    "canopy": canopy,
    "stock_gram": quantities,
    "stock_two_bands": quantities,
    "carbon": quantities,
    "districts": districts,
    "subcompartments": subcompartments,
    "mangrove": mangroves,
    "table": table,
    "config": config,
}


def run_row(row: dict[str, str], corpus: Path) -> dict[str, Any]:
    from gis.problems import InputError, Severity

    with tempfile.TemporaryDirectory() as temporary:
        try:
            values, problems = ROLES[row["role"]](
                row, corpus / row["file"], Path(temporary), corpus
            )
            outcome = "ok"
        except InputError as error:
            values, problems, outcome = {}, error.problems, "error"
        found = [
            {"code": p.code, "severity": str(p.severity), "families": list(p.words.families),
             "text": p.text("en"), "zh": p.text("zh")}
            for p in problems
        ]  # fmt: skip
        if outcome == "ok" and any(p.severity is Severity.WARNING for p in problems):
            outcome = "warning"
    return {"outcome": outcome, "problems": found, "values": values}


def forked(job: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A job in a forked child with limits; whatever happens comes back as an outcome."""
    read_end, write_end = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        signal.alarm(SECONDS)
        try:
            result = job()
        except BaseException:  # a traceback is what this run must find
            result = {
                "outcome": "crash",
                "problems": [],
                "values": {},
                "trace": traceback.format_exc(),
            }
        with os.fdopen(write_end, "w") as pipe:
            json.dump(result, pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(child, 0)
    result = json.loads(text) if text else {"outcome": "killed", "problems": [], "values": {}}
    return result | {
        "status": status,
        "seconds": round(time.monotonic() - started, 2),
        "megabytes": usage.ru_maxrss // 1024,
    }


def run_limited(row: dict[str, str], corpus: Path) -> dict[str, Any]:
    return forked(lambda: run_row(row, corpus)) | {"kind": row["kind"]}


def main() -> None:
    from gis.reading.safe_open import harden_environment

    harden_environment()
    import sinkatlas.pipeline.outputs
    import sinkatlas.pipeline.running  # noqa: F401 - imported once, before the forks

    request = json.load(sys.stdin)
    corpus = Path(request["corpus"])
    json.dump([run_limited(row, corpus) for row in request["rows"]], sys.stdout)


if __name__ == "__main__":
    main()
