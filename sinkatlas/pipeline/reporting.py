"""From a run's parts to the report that every output reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

import geopandas as gpd
import pandas as pd
import shapely

from gis.crs import to_crs
from gis.extensions import extension_names
from gis.extent import CLASSIFIED, NO_DATA, UNCOVERED, ExtentAccount, RasterCover
from gis.measure import polygon_areas_ha
from gis.problems import LANGUAGES, Language, Problem
from gis.redaction import without_secrets
from layers.declarations import Density, Layer
from layers.legends import legend
from layers.registry import kinds
from maps.report import IndicatorWords, MapLayer, Report
from maps.sensitivity import public_view
from maps.visible_report import visible_report
from maps.words import sentences, words
from plans.tables import scheme_words, verdict_words
from sink_models.indicator import indicators
from sink_models.results import Results
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.table_registry import output_tables
from sinkatlas.publish import Seal, font_hashes, sha256_of, software_versions
from sinkatlas.workspace import Workspace, named_files

DISPLAY_CRS = "EPSG:4490"
DETAIL_KIND = "forest_subcompartments"
DETAIL_ATTRIBUTES = (
    *("area_ha", "ecosystem_type", "land_code", "forest_class", "species_group", "age_group"),
    *("origin", "protection_class", "growing_stock_m3", "scattered_stock_m3"),
)
"""What the map tells of a single sub-compartment."""


def make_report(run: Computed) -> Report:
    """Put together what the outputs show; every figure is computed before this point."""
    settings, plan = run.space.table.workspace, run.judgement.plan
    territory, results = run.territory, run.results
    tables = {name: each.make(run) for name, each in output_tables().items()}
    frames = {name: frame for name, frame in tables.items() if frame is not None}
    conflicts = gpd.GeoDataFrame(frames["conflicts"])
    report = Report(
        title=settings.title,
        language=run.language,
        synthetic=settings.synthetic,
        review_number=settings.review_number,
        interval_percent=settings.interval_percent,
        units=to_crs(territory.features, DISPLAY_CRS, where=run.units.spec.path),
        whole_code=territory.whole_code,
        whole_name=territory.whole_name,
        epochs=tuple(run.accounts),
        indicators=_indicator_words(results),
        tables=tuple(output_tables()[name].words for name in frames),
        results=frames.pop("results"),
        changes=frames.pop("changes"),
        verdicts=frames.pop("verdicts"),
        verdict_words=tuple(verdict_words(run.judged)),
        trajectories=frames.pop("trajectories"),
        allocation=frames.pop("allocation"),
        works=frames.pop("works"),
        schemes=frames.pop("schemes"),
        conflicts=gpd.GeoDataFrame(frames.pop("conflicts")),
        account=frames.pop("account"),
        further=frames,
        sentences={**sentences_of(results), **sentences_of(run.of_areas)},
        ledger=ledger_table(run.accounts, run.names, territory.whole_code),
        absences=tuple((each.indicator, each.epoch, each.problem) for each in results.absences),
        problems=run.problems,
        layers=(*map_layers(run.layers), *_conflict_layers(conflicts)),
        coefficients=results.coefficients_used,
        plan_title=dict(plan.title) if plan else {"zh": "", "en": ""},
        plan_source={"zh": plan.source, "en": plan.source_en} if plan else {"zh": "", "en": ""},
        provenance=_provenance(run),
        sensitivity=settings.sensitivity,
        organisation=settings.organisation,
        date=settings.date.isoformat() if settings.date else "",
        sources=tuple(settings.sources),
        named_areas=frames.pop("named_areas"),
        scheme_words=scheme_words(plan),
    )
    report = visible_report(report)
    return public_view(report) if settings.sensitivity == "public" else report


def sentences_of(results: Results) -> dict[str, Mapping[Language, str]]:
    """What every basis and method of the values says, in both languages, by its code."""
    stated = {each for value in results.values.values() for each in (value.basis, value.method)}
    return {str(each): sentences(each) for each in stated}


def ledger_table(
    accounts: Mapping[int, ExtentAccount], names: Mapping[str, str], whole_code: str
) -> pd.DataFrame:
    """How each unit's area closes, per epoch, with the whole as the sum of its units."""
    tables = []
    for year, account in accounts.items():
        ledger = account.ledger
        parts = [f"{status}_ha" for status in (CLASSIFIED, NO_DATA, UNCOVERED)]
        sums = ledger[["unit_area_ha", *parts, "residual_ha"]].sum()
        whole = sums.to_frame().T.assign(
            unit_code=whole_code, relative_residual=sums["residual_ha"] / sums["unit_area_ha"]
        )
        both = pd.concat([ledger, whole[ledger.columns]], ignore_index=True)
        both.insert(1, "unit_name", both["unit_code"].map(names))
        both.insert(2, "epoch", year)
        tables.append(both)
    return pd.concat(tables, ignore_index=True)


def _indicator_words(results: Results) -> tuple[IndicatorWords, ...]:
    shown = {value.indicator for value in results.values.values()}
    shown |= {absence.indicator for absence in results.absences}
    return tuple(
        IndicatorWords(
            key=each.key,
            unit=each.unit,
            title={"zh": each.title_zh, "en": each.title_en},
            definition={"zh": each.definition_zh, "en": each.definition_en},
            source=each.source,
            additive=each.additive,
        )
        for each in indicators().values()
        if each.key in shown
    )


def map_layers(layers: Mapping[int, Sequence[Layer]]) -> tuple[MapLayer, ...]:
    """The layers that can be drawn: class rasters, and whatever has outlines or lines."""
    shown = []
    for year, of_epoch in layers.items():
        for layer in of_epoch:
            kind = kinds()[layer.spec.kind]
            title: dict[Language, str] = {"zh": kind.title_zh, "en": kind.title_en}
            if isinstance(layer.data, RasterCover):
                shown.append(
                    MapLayer(
                        kind.key,
                        title,
                        year,
                        raster=layer.data.path,
                        classes=legend(str(layer.spec.legend)).rows,
                        band=layer.data.band,
                        crs=layer.data.crs,
                    )
                )
            elif (
                not isinstance(layer.data, Density)
                and _is_for_the_map(layer)
                and _is_drawn(features := _until(layer, layer.data.features, year))
            ):
                shown.append(_feature_layer(layer, features, title, year))
    return tuple(shown)


def _until(layer: Layer, features: pd.DataFrame, year: int) -> pd.DataFrame:
    """Features without the works of later years: one ledger may serve several epochs."""
    if layer.spec.kind != "works":
        return features
    done = pd.to_numeric(features["year"].str.slice(0, 4), errors="coerce")
    return features[~(done > year)]


def _is_drawn(features: pd.DataFrame) -> TypeGuard[gpd.GeoDataFrame]:
    """Whether features have outlines or lines: a ledger may be a table, or points."""
    if not isinstance(features, gpd.GeoDataFrame) or features.geometry.dropna().empty:
        return False
    return bool((shapely.get_dimensions(features.geometry.dropna()) > 0).all())


def _feature_layer(
    layer: Layer, own: gpd.GeoDataFrame, title: Mapping[Language, str], year: int
) -> MapLayer:
    """A vector layer to draw; sub-compartments keep the attributes that a reader may look up.

    Their areas are taken here, on the ellipsoid and from the full outlines.
    """
    kind = layer.spec.kind
    features = to_crs(own, DISPLAY_CRS, where=layer.spec.path)
    if kind != DETAIL_KIND:
        return MapLayer(kind, title, year, features=features)
    features = features.assign(area_ha=polygon_areas_ha(own))
    attributes = tuple(each for each in DETAIL_ATTRIBUTES if each in features)
    return MapLayer(kind, title, year, features=features, attributes=attributes)


NOT_DRAWN = frozenset({"residential_land", "green_cover", "streets"})
"""Layers beside the account that only divide or measure: many small shapes that tell no reader
anything."""

MOST_CONFLICTS = 500
"""More conflicts than this make the map a list; they stay in the tables."""


def _is_for_the_map(layer: Layer) -> bool:
    return layer.spec.kind not in NOT_DRAWN


def _conflict_layers(conflicts: gpd.GeoDataFrame) -> tuple[MapLayer, ...]:
    """The conflicts of each epoch as a layer of their own, where they are few."""
    title: dict[Language, str] = {each: words(each)["common.conflicts"] for each in LANGUAGES}
    return tuple(
        MapLayer(
            "conflicts", title, int(epoch), features=features.rename(columns={"feature": "name"})
        )
        for epoch, features in conflicts.groupby("epoch")
        if len(features) <= MOST_CONFLICTS
    )


def _provenance(run: Computed) -> dict[str, object]:
    """The run record: inputs with hashes and CRS, settings, software, coefficients, checks.

    Paths are relative to the workspace file, so that no home folder is told.
    """
    space, plan, sampling = run.space, run.judgement.plan, run.sampling
    settings = space.table.workspace
    sources = [run.units, *(layer for of_epoch in run.layers.values() for layer in of_epoch)]
    return {
        "title": settings.title,
        "synthetic": settings.synthetic,
        "workspace": {
            "file": space.path.name,
            "sha256": run.seals[space.path].sha256,
            "content": without_secrets(space.table.model_dump(mode="json", exclude_none=True)),
        },
        "plan": {"id": plan.id, "source": plan.source} if plan else None,
        "inputs": [_input_record(space, each, run.seals) for each in sources],
        "tables": _table_records(space, sources, run.seals),
        "software": software_versions(),
        "extensions": list(extension_names()),
        "fonts": font_hashes(),
        "sampling": {
            "seed": sampling.seed,
            "draws": sampling.draws,
            "interval_percent": sampling.interval_percent,
        },
        "coefficients": [
            {key: value for key, value in row.items() if not _is_missing(value)}
            for row in run.results.coefficients_used.to_dict("records")
        ],
        "accounts": [
            {
                "epoch": year,
                "largest_relative_residual": float(account.ledger["relative_residual"].abs().max()),
                **account.notes,
            }
            for year, account in run.accounts.items()
        ],
        "problems": [problem_record(each) for each in run.problems],
    }


def problem_record(found: Problem) -> dict[str, str]:
    """A problem as the run record holds it."""
    return {
        "code": found.code,
        "severity": found.severity.value,
        "zh": found.text("zh"),
        "en": found.text("en"),
    }


def _input_record(space: Workspace, layer: Layer, seals: Mapping[Path, Seal]) -> dict[str, object]:
    def sha256(file: Path) -> str:
        """Of what was read: a local copy of a file on a server was made in this run."""
        return seals[file].sha256 if file in seals else sha256_of(file)

    spec = layer.spec
    record: dict[str, object] = {
        "kind": spec.kind,
        "epoch": spec.epoch,
        "path": _shown(space, spec.path),
        "sha256": layer.facts.get("sha256") or sha256(spec.path),
        **layer.facts,
    }
    further = [
        {
            "path": _shown(space, file),
            "sha256": layer.facts.get(f"sha256 [{number}]") or sha256(file),
        }
        for number, file in enumerate(spec.files[1:], start=2)
    ]
    if "table" in spec.options:
        table = spec.options["table"]["path"]
        further.append({"path": _shown(space, table), "sha256": sha256(table)})
    if further:
        record["further_files"] = further
    return record


def _shown(space: Workspace, file: Path) -> str:
    try:
        return file.relative_to(space.folder).as_posix()
    except ValueError:
        return file.name


def _table_records(
    space: Workspace, layers: Sequence[Layer], seals: Mapping[Path, Seal]
) -> list[dict[str, object]]:
    """The analyst's other files: plan, shares, coefficients, legends, matrices, a template.

    A bundled plan is part of the software.
    """
    shown = {file for layer in layers for file in layer.spec.files} | {space.path}
    shown |= {each.spec.options["table"]["path"] for each in layers if "table" in each.spec.options}
    return [
        {"kind": kind, "path": _shown(space, path), "sha256": seals[path].sha256}
        for path, kind in named_files(space).items()
        if path in seals and path not in shown
    ]


def _is_missing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)
