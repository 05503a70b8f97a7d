"""What became of the ground between two epochs: labelled transitions and their carbon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.account import (
    EpochCovers,
    TransitionAccount,
    change_patches,
    require_margins,
    transition_account,
)
from gis.crs import to_crs
from gis.executors import Engine
from gis.extent import CLASSIFIED, Cover, ExtentAccount, PolygonCover, RasterCover, Units
from gis.problems import LANGUAGES, Language, ProblemLog
from gis.progress import Progress, silent
from layers.declarations import Layer
from layers.registry import kinds
from maps.report import MapLayer
from maps.words import words
from sink_models.account import HOME, EpochData
from sink_models.choices import PastConversion
from sink_models.ecosystem_types import type_names
from sink_models.ledger import (
    ARTEFACT_CAUSES,
    CERTAIN,
    TRANSITION_COLUMNS,
    ChangeTolerances,
    GrowthChoice,
    GrowthRule,
    TransitionCarbon,
    certainty_of,
    ipcc_land,
    land_matrix,
    transition_carbon,
    transition_table,
)
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook
from sinkatlas.workspace import Workspace

TYPE = "ecosystem_type"
DISPLAY_CRS = "EPSG:4490"


@dataclass(frozen=True)
class EpochOverlay:
    """The transition account of a span with labelled rows, and the patches one can see."""

    account: TransitionAccount
    rows: pd.DataFrame
    patches: gpd.GeoDataFrame

    @property
    def span(self) -> tuple[int, int]:
        return self.account.from_epoch, self.account.to_epoch


@dataclass(frozen=True)
class EpochChange:
    """An overlay with its carbon."""

    overlay: EpochOverlay
    carbon: TransitionCarbon


def growth_choices(space: Workspace) -> list[GrowthChoice]:
    """The growth curves of a workspace.

    Raises ``InputError`` with everything that is wrong with any of them.
    """
    choices = [GrowthChoice(**each.model_dump()) for each in space.table.growth]
    log = ProblemLog()
    for each in choices:
        each.check(log)
    log.raise_if_errors()
    return choices


def covers_of(layers: Sequence[Layer]) -> list[Cover]:
    """The covers of an epoch in order of priority, as every account of it reads them."""
    ranked = sorted(layers, key=lambda layer: (kinds()[layer.spec.kind].priority, layer.spec.kind))
    return [each.data for each in ranked if isinstance(each.data, PolygonCover | RasterCover)]


def overlay_of(
    units: Units,
    layers: Mapping[int, Sequence[Layer]],
    accounts: tuple[ExtentAccount, ExtentAccount],
    tolerances: ChangeTolerances,
    *,
    engine: Engine | None = None,
    progress: Progress = silent,
) -> EpochOverlay:
    """Lay two epochs over each other and label what changed."""
    ends = [EpochCovers(each.epoch, tuple(covers_of(layers[each.epoch]))) for each in accounts]
    account = transition_account(units, *ends, engine=engine, progress=progress)
    require_margins(account, TYPE, accounts)
    patches = change_patches(account, TYPE)
    causes = _causes(account, layers[account.to_epoch])
    rows = account.rows.assign(
        certainty=_labels(account, patches, tolerances, causes),
        cause=causes,
        **{HOME: account.rows["unit_code"]},
    )
    label = [rows["certainty"].iloc[each[0]] if each else "" for each in patches["rows"]]
    return EpochOverlay(account, rows, patches.assign(certainty=label))


def change_of(
    overlay: EpochOverlay,
    units: Units,
    earlier: EpochData,
    later: EpochData,
    book: DrawBook,
    growth: Mapping[str, GrowthRule],
) -> EpochChange:
    """The carbon of an overlay, by unit and of the whole."""
    rows = overlay.rows
    whole = pd.concat([rows, rows.assign(unit_code=units.whole_code)], ignore_index=True)
    return EpochChange(overlay, transition_carbon(whole, earlier, later, book, growth))


def _causes(account: TransitionAccount, layers: Sequence[Layer]) -> NDArray[np.object_]:
    """The code of the cause that the later survey gives for each piece that changed."""
    rows = account.rows
    causes = np.full(len(rows), "", dtype=object)
    changed = (rows[f"{TYPE}_a"] != rows[f"{TYPE}_b"]).to_numpy()
    for layer in layers:
        if layer.attributes is None or "change_cause" not in layer.attributes:
            continue
        codes = layer.attributes["change_cause"].astype(str).to_numpy()
        own = changed & (rows["cover_b"] == layer.spec.kind).to_numpy()
        causes[own] = codes[rows["feature_b"].to_numpy()[own]]
    return causes


def _labels(
    account: TransitionAccount,
    patches: gpd.GeoDataFrame,
    tolerances: ChangeTolerances,
    causes: NDArray[np.object_],
) -> NDArray[np.object_]:
    """The certainty of each row; ground that stayed what it is is certain by one source."""
    rows = account.rows
    known = [(rows[f"status{ending}"] == CLASSIFIED).to_numpy() for ending in ("_a", "_b")]
    first, last = rows["cover_a"], rows["cover_b"]
    by_survey = (rows["feature_a"] >= 0) & (rows["feature_b"] >= 0)
    in_both = first.isin(set(last)) & last.isin(set(first))
    changed = (rows[f"{TYPE}_a"] != rows[f"{TYPE}_b"]).to_numpy()
    by_cell = (rows["feature_a"].to_numpy() < 0) & (rows["feature_b"].to_numpy() < 0)
    area = np.full(len(rows), np.inf)
    width = np.where(changed & by_cell & (not account.same_cells), 0.0, np.inf)
    width[changed & ~by_cell] = 0.0
    for patch in patches.itertuples():
        own = list(patch.rows)
        area[own], width[own] = patch.area_ha, patch.width_m
    return certainty_of(
        area_ha=area,
        width_m=width,
        tolerances=tolerances,
        is_known=known[0] & known[1],
        # a survey of both years that left ground to another survey speaks of it too
        is_same_source=((first == last) | (by_survey & in_both)).to_numpy(),
        is_artefact=np.isin(causes.astype(str), sorted(ARTEFACT_CAUSES)),
    )


@dataclass(frozen=True)
class ChangeTables:
    """The tables of all spans of a run, and the patches and years of the last."""

    transitions: pd.DataFrame
    matrix: pd.DataFrame
    ipcc: pd.DataFrame
    patches: gpd.GeoDataFrame | None
    years: tuple[int, int] = (0, 0)


def change_tables(
    changes: Sequence[EpochChange],
    names: Mapping[str, str],
    sampling: Sampling,
    past: Sequence[PastConversion] = (),
) -> ChangeTables:
    """Tables of the spans of a run; without a span their headers alone."""
    parts = [transition_table(each.carbon, each.overlay.span, names, sampling) for each in changes]
    none = pd.DataFrame(columns=list(TRANSITION_COLUMNS))
    whole = pd.concat(parts, ignore_index=True) if parts else none
    last = changes[-1].overlay if changes else None
    patches, years = (None, (0, 0)) if last is None else (last.patches, last.span)
    return ChangeTables(whole, land_matrix(whole), ipcc_land(whole, past), patches, years)


MOST_DRAWN = 150
"""Patches per map layer, the largest first: more would be merged and could not be clicked."""


def change_layers(tables: ChangeTables, language: Language) -> tuple[MapLayer, ...]:
    """Patches of the last span as layers of the map: certain change, and uncertain change."""
    patches = tables.patches
    if patches is None or not len(patches):
        return ()
    is_certain = (patches["certainty"] == CERTAIN).to_numpy()
    found = []
    for kind, word, chosen in (
        ("change_certain", "common.change_certain", is_certain),
        ("change_uncertain", "common.change_uncertain", ~is_certain),
    ):
        own = patches[chosen].sort_values("area_ha", ascending=False).head(MOST_DRAWN)
        if not len(own):
            continue
        names = [
            f"{type_names([before])[language]} → {type_names([after])[language]} {area:,.2f} ha"
            for before, after, area in zip(own["from"], own["to"], own["area_ha"], strict=True)
        ]
        features = to_crs(own[["geometry"]].assign(name=names), DISPLAY_CRS, "change")
        title: dict[Language, str] = {each: words(each)[word] for each in LANGUAGES}
        found.append(MapLayer(kind, title, tables.years[1], features=features))
    return tuple(found)
