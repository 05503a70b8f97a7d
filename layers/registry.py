"""The layer kinds that exist: one module each in ``layers/kinds/``, found by walking it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from layers.declarations import LayerKind


@cache
def kinds() -> Mapping[str, LayerKind]:
    """All layer kinds by key, covers in the order in which they claim ground.

    >>> [key for key, kind in kinds().items() if kind.role == "cover"]
    ['mangroves', 'tidal_marsh', 'seagrass', 'wetlands', 'forest_subcompartments', 'land_survey', \
'land_cover']
    """
    package = importlib.import_module("layers.kinds")
    found = [
        importlib.import_module(f"layers.kinds.{module.name}").KIND
        for module in pkgutil.iter_modules(package.__path__)
    ]
    ordered = sorted(found, key=lambda kind: (kind.priority, kind.key))
    return MappingProxyType({kind.key: kind for kind in ordered})
