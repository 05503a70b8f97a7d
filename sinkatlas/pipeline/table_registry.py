"""The tables of a run by the names of their CSV files, in the order in which they are written."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from maps.tables import TableWords
from sinkatlas.pipeline.computed import Computed


@dataclass(frozen=True)
class OutputTable:
    """What a table says of itself, and how it is filled; None where a run has no such table."""

    words: TableWords
    make: Callable[[Computed], pd.DataFrame | None]


@cache
def output_tables() -> Mapping[str, OutputTable]:
    """Every table by name, from the modules of ``sinkatlas/pipeline/tables``."""
    package = importlib.import_module("sinkatlas.pipeline.tables")
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    ordered = sorted(modules, key=lambda module: (module.ORDER, module.TABLE.name))
    return {each.TABLE.name: OutputTable(each.TABLE, each.make) for each in ordered}
