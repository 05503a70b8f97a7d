"""What a workspace says about methods, and the files that tell what the methods did.

The analyst's own coefficients, an InVEST pools table, error matrices of layers; the method sheet,
the table of what drives the spread, areas adjusted for map error, InVEST totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gis.extent import CLASSIFIED, OUTSIDE, ExtentAccount
from gis.problems import InputError, Language, Problem, ProblemLog, problem
from gis.reading import bounded_bytes, is_file
from sink_models.coefficients import CoefficientStore, Override, coefficients, with_overrides
from sink_models.invest import CarbonPools, carbon_totals, read_carbon_pools
from sink_models.method import method_sheet
from sink_models.options import ForestFlows
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import ErrorMatrix, draw_areas, read_error_matrix
from sinkatlas.method_page import write_method_page
from sinkatlas.tables import write_csv
from sinkatlas.workspace import Workspace

ADJUSTED_COLUMNS = (
    *("unit_code", "unit_name", "epoch", "cover", "ecosystem_type"),
    *("mapped_ha", "adjusted_ha", "low", "high"),
)
POOL_COLUMNS = ("unit_code", "unit_name", "epoch", "pool", "value", "unit")

FLOW_NAMES = (
    "growth_percent",
    "consumption_percent",
    "increment_m3_ha",
    "harvest_m3",
    "fuelwood_m3",
    "disturbed_ha",
    "fraction_lost",
)

NONE: tuple[Override, ...] = ()

OutputFile = tuple[str, Callable[[Path], object]]


@dataclass(frozen=True)
class Methods:
    """Read once per run: the coefficients in use and what the analyst changed in them."""

    store: CoefficientStore
    overrides: tuple[Override, ...]
    pools: CarbonPools | None
    matrices: Mapping[tuple[int, str], ErrorMatrix]

    @property
    def notices(self) -> tuple[Problem, ...]:
        """One warning per coefficient of the analyst's, for every output."""
        return tuple(each.notice for each in self.overrides)


def read_methods(space: Workspace) -> Methods:
    """Read the method files that a workspace names.

    Raises ``InputError`` with every bad row of a file.
    """
    table = space.table.carbon
    store, overrides = coefficients(), NONE
    if table.coefficients:
        file = space.resolve(table.coefficients)
        store, overrides = with_overrides(store, text_of(file), where=file.name)
    pools = None
    if table.pools:
        file = space.resolve(table.pools)
        pools = read_carbon_pools(text_of(file), where=file.name)
    matrices = {}
    for epoch in space.epochs:
        for layer in epoch.layers:
            if layer.accuracy.error_matrix:
                file = space.resolve(layer.accuracy.error_matrix)
                matrices[epoch.year, layer.kind] = read_error_matrix(text_of(file), where=file.name)
    return Methods(store, overrides, pools, matrices)


def forest_flows(space: Workspace) -> ForestFlows | None:
    """Flows of the growing stock that the analyst gave, None when there are none.

    Raises ``InputError`` when they are incomplete, stand twice or have no source.
    """
    table = space.table.carbon
    given = {name: getattr(table, name) for name in FLOW_NAMES}
    if not table.rates_source and all(each is None for each in given.values()):
        return None
    flows = ForestFlows(table.rates_source, **given)
    log = ProblemLog()
    flows.check(log)
    log.raise_if_errors()
    return flows


def text_of(path: Path) -> str:
    """Text of a small table, UTF-8 or the Chinese national encoding.

    Raises ``InputError`` for a file that is neither, or that is not there.
    """
    if not is_file(path):
        raise InputError(problem("sinkatlas.table_missing", where=path.name))
    content = bounded_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            raise InputError(problem("sinkatlas.table_encoding", where=path.name)) from None


def adjusted_area_table(
    methods: Methods,
    accounts: Mapping[int, ExtentAccount],
    names: Mapping[str, str],
    whole_code: str,
    sampling: Sampling,
) -> pd.DataFrame:
    """Mapped and adjusted areas per unit and the whole for layers with an error matrix.

    Intervals are those of the run's draws: the same as of the areas in ``results.csv``.
    """
    rows: list[tuple[object, ...]] = []
    for (year, kind), matrix in methods.matrices.items():
        mapped = _mapped_areas(accounts[year], kind, matrix)
        units = [*mapped.index, whole_code]
        areas = np.vstack([mapped.to_numpy(), mapped.to_numpy().sum(axis=0)])
        drawn = draw_areas(matrix, areas, sampling)
        for place, code in enumerate(units):
            for column, name in enumerate(matrix.classes):
                values = drawn[:, place, column]
                numbers = areas[place, column], values[0], *sampling.bounds(values)
                rows.append((code, names.get(code, ""), year, kind, name, *map(float, numbers)))
    return pd.DataFrame(rows, columns=list(ADJUSTED_COLUMNS))


def _mapped_areas(account: ExtentAccount, kind: str, matrix: ErrorMatrix) -> pd.DataFrame:
    rows = account.rows
    own = rows[
        (rows["cover"] == kind) & (rows["status"] == CLASSIFIED) & (rows["unit_code"] != OUTSIDE)
    ]
    table = own.pivot_table(
        index="unit_code", columns="ecosystem_type", values="area_ha", aggfunc="sum", fill_value=0.0
    )
    return table.reindex(columns=list(matrix.classes), fill_value=0.0)


def pool_table(
    methods: Methods, accounts: Mapping[int, ExtentAccount], names: Mapping[str, str], whole: str
) -> pd.DataFrame:
    """Carbon by an InVEST pools table over the land-cover codes of the account, t C.

    Only ground that the land-cover layer classifies counts: with that layer alone this is what
    InVEST's Carbon model sums, by exact areas.
    """
    rows: list[tuple[object, ...]] = []
    if methods.pools is None:
        return pd.DataFrame(rows, columns=list(POOL_COLUMNS))
    for year, account in accounts.items():
        own = account.rows[
            (account.rows["cover"] == "land_cover")
            & (account.rows["status"] == CLASSIFIED)
            & (account.rows["unit_code"] != OUTSIDE)
        ]
        groups = [*own.groupby("unit_code"), (whole, own)]
        for code, part in groups:
            areas = part.groupby("land_code")["area_ha"].sum()
            by_code = {int(float(name)): float(area) for name, area in areas.items()}
            for pool, value in carbon_totals(methods.pools, by_code).items():
                rows.append((code, names.get(str(code), ""), year, pool, value, "t C"))
    return pd.DataFrame(rows, columns=list(POOL_COLUMNS))


def method_files(
    methods: Methods,
    results: Results,
    sampling: Sampling,
    accounts: Mapping[int, ExtentAccount],
    names: Mapping[str, str],
    *,
    title: str,
    language: Language,
    is_synthetic: bool,
) -> tuple[OutputFile, ...]:
    """Names and writers of the files that tell what the methods did, everything computed now."""

    def files() -> Iterator[OutputFile]:
        sheet = method_sheet(results, sampling, methods.overrides)
        spread = results.uncertainty_table(sampling)
        yield (
            "method.html",
            lambda path: write_method_page(
                sheet, path, title=title, language=language, is_synthetic=is_synthetic
            ),
        )
        yield "uncertainty.csv", lambda path: write_csv(spread, path)
        if results.forest_balances:
            balance = results.balance_table(sampling)
            yield "forest_balance.csv", lambda path: write_csv(balance, path)
        soils = results.soil_table()
        if not soils.empty:
            yield "soil_change.csv", lambda path: write_csv(soils, path)
        if methods.matrices:
            areas = adjusted_area_table(methods, accounts, names, results.whole_code, sampling)
            yield "adjusted_areas.csv", lambda path: write_csv(areas, path)
        if methods.pools is not None:
            pools = pool_table(methods, accounts, names, results.whole_code)
            yield "invest_carbon.csv", lambda path: write_csv(pools, path)

    return tuple(files())
