"""The one door through which layers come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gis.problems import ProblemLog
from layers.declarations import Layer, LayerKind, LayerSpec
from layers.registry import kinds
from layers.tables import nearest

COMMON_OPTIONS = ("fields", "encoding", "year", "table", "assume", "states")
"""Options that every kind understands; ``encoding`` is for attribute tables only."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "area_unit": ("ha", "mu", "m2"),
    "stock_unit": ("m3", "m3_per_ha"),
    "crown_density_unit": ("fraction", "percent", "tenths"),
    "code_set": ("sandiao", "planning2023"),
}


def read_layer(spec: LayerSpec, *, problems: ProblemLog) -> Layer:
    """Read one layer and turn it into the value type that floor 0 takes.

    Warnings go to ``problems``. Errors of the layer are raised together in one ``InputError``.
    """
    log = ProblemLog()
    try:
        kind = _kind(spec, log)
        _check_options(spec, kind, log)
        reading = kind.read(spec, log)
        log.raise_if_errors()
    finally:
        problems.extend(log.notices)
    return Layer(spec, kind, reading.data, reading.facts, reading.attributes)


def _kind(spec: LayerSpec, problems: ProblemLog) -> LayerKind:
    known = kinds()
    if spec.kind not in known:
        problems.add(
            "layers.unknown_kind",
            spec.where,
            given=spec.kind,
            nearest=nearest(spec.kind, known),
            allowed=", ".join(known),
        )
        problems.raise_if_errors()
    return known[spec.kind]


def _check_options(spec: LayerSpec, kind: LayerKind, problems: ProblemLog) -> None:
    allowed = (*COMMON_OPTIONS, *kind.options)
    for name, value in spec.options.items():
        if name not in allowed:
            problems.add(
                "layers.unknown_option",
                spec.where,
                option=name,
                nearest=nearest(name, allowed),
                allowed=", ".join(allowed),
            )
        else:
            _check_choice(spec, name, value, problems)
    if spec.legend is not None and not kind.is_raster:
        problems.add("layers.legend_not_for_kind", spec.where, legend=spec.legend)
    if spec.shift is not None and kind.is_raster:
        problems.add("layers.shift_not_for_raster", spec.where, shift=spec.shift)
    problems.raise_if_errors()


def _check_choice(spec: LayerSpec, name: str, value: Any, problems: ProblemLog) -> None:
    choices = _CHOICES.get(name, ())
    if choices and value not in choices:
        problems.add(
            "layers.option_value",
            spec.where,
            option=name,
            given=value,
            allowed=", ".join(choices),
        )
