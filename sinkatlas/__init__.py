"""SinkAtlas: forest, wetland, mangrove and carbon-sink accounts, tested against a plan.

The public API of the front door. Names load on first use, so that importing the package is quick.

>>> sorted(__all__)[:3]
['CITIES', 'Run', 'Workspace']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sinkatlas.demo import CITIES, write_demo
    from sinkatlas.pipeline import Run, run
    from sinkatlas.workspace import Workspace, load_workspace, workspace_schema

__version__ = "0.1.0"

_HOMES = {
    "CITIES": "sinkatlas.demo",
    "Run": "sinkatlas.pipeline.steps",
    "Workspace": "sinkatlas.workspace.settings",
    "load_workspace": "sinkatlas.workspace.settings",
    "run": "sinkatlas.pipeline.steps",
    "workspace_schema": "sinkatlas.workspace.settings",
    "write_demo": "sinkatlas.demo",
}

__all__ = [
    "CITIES",
    "Run",
    "Workspace",
    "load_workspace",
    "run",
    "workspace_schema",
    "write_demo",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sinkatlas' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
