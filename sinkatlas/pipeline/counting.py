"""The account of an epoch, and what the estimators are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gis.account import extent_account
from gis.executors import Engine
from gis.extent import OUTSIDE, ExtentAccount, RasterCover, Stratum, Units
from gis.progress import Progress
from layers.checks import product_of
from layers.declarations import Layer
from layers.legal_forms import with_legal_forms
from layers.registry import kinds
from sink_models.account import Accuracy, EpochData, Product
from sink_models.options import (
    SharedError,
)
from sinkatlas.pipeline.biomass import biomass_maps
from sinkatlas.pipeline.change import (
    covers_of,
)
from sinkatlas.pipeline.inputs import Inputs
from sinkatlas.pipeline.measuring import (
    Beside,
    further_strata,
)
from sinkatlas.pipeline.methods import Methods
from sinkatlas.pipeline.named_areas import home_strata, with_homes
from sinkatlas.pipeline.urban import urban_strata
from sinkatlas.workspace import (
    AccuracyTable,
    EpochTable,
    Workspace,
)


def account_of(
    space: Workspace,
    units: Units,
    layers: tuple[Layer, ...],
    year: int,
    engine: Engine | None,
    progress: Progress,
    homes: Units | None = None,
) -> ExtentAccount:
    """The account of an epoch; ``homes`` are the districts, where the units are others."""
    account = extent_account(
        units,
        covers_of(layers),
        [
            *_strata(layers),
            *further_strata(layers),
            *urban_strata(layers, space.table.carbon.urban),
            *([] if homes is None else home_strata(homes)),
        ],
        further=biomass_maps(layers),
        epoch=year,
        engine=engine,
        progress=progress,
    )
    rows = with_homes(with_legal_forms(account.rows))
    return replace(
        account,
        rows=rows,
        keys=(*account.keys, *(["legal_form"] if "legal_form" in rows else [])),
        strata=tuple(each for each in account.strata if each in rows),
    )


def _strata(layers: Sequence[Layer]) -> list[Stratum]:
    ranked = sorted(layers, key=lambda layer: (kinds()[layer.spec.kind].priority, layer.spec.kind))
    return [each.data for each in ranked if isinstance(each.data, Stratum)]


def epoch_data(
    epoch: EpochTable, inputs: Inputs, account: ExtentAccount, beside: Beside, methods: Methods
) -> EpochData:
    return EpochData(
        year=epoch.year,
        rows=account.rows[account.rows["unit_code"] != OUTSIDE],
        measures=beside.measures,
        kinds=frozenset(layer.spec.kind for layer in inputs.layers[epoch.year]),
        complete={each.kind: each.complete for each in epoch.layers if each.complete is not None},
        accuracy={table.kind: _accuracy(table.accuracy) for table in epoch.layers},
        products={
            layer.spec.kind: Product(**product_of(layer))
            for layer in inputs.layers[epoch.year]
            if isinstance(layer.data, RasterCover)
        },
        matrices={
            kind: matrix for (year, kind), matrix in methods.matrices.items() if year == epoch.year
        },
    )


def _accuracy(stated: AccuracyTable) -> Accuracy:
    with_year, correlation = stated.shared_with, stated.correlation
    shared = (
        None if with_year is None or correlation is None else SharedError(with_year, correlation)
    )
    return Accuracy(stated.area_percent, stated.stock_percent, shared)
