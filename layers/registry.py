"""The layer kinds that exist: one module each in ``layers/kinds/``, found by walking it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from gis.extensions import extended, registry
from layers.declarations import LayerKind


def kind_key(word: str) -> str:
    """The key of a kind by its key or its name in either language; the word itself for none.

    >>> kind_key("森林资源小班"), kind_key("Land cover"), kind_key("roads")
    ('forest_subcompartments', 'land_cover', 'roads')
    """
    plain = word.strip().casefold()
    for key, kind in kinds().items():
        if plain in (key, kind.title_zh.casefold(), kind.title_en.casefold()):
            return key
    return word


@registry
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
    ordered = sorted([*found, *extended("KINDS")], key=lambda kind: (kind.priority, kind.key))
    return MappingProxyType({kind.key: kind for kind in ordered})
