"""What a workspace names, read: the units and the layers of each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gis.extent import PolygonCover, RasterCover, Units
from gis.problems import (
    InputError,
    ProblemLog,
)
from gis.progress import Progress, silent
from gis.reading import is_file
from layers.checks import in_this_run, layer_problems
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer
from sinkatlas.pipeline.remote_layers import fetched, is_on_server
from sinkatlas.workspace import (
    LayerTable,
    Source,
    Workspace,
    as_confirmed,
    confirmation_problems,
    read_confirmations,
)

LAYER_OPTIONS = (
    "encoding",
    *(
        name
        for name in LayerTable.model_fields
        if name not in Source.model_fields and name not in ("kind", "legend", "table", "accuracy")
    ),
)
"""Keys of a layer entry that are handed to its kind's reader as options."""


@dataclass(frozen=True)
class Inputs:
    """Everything read: the units, and the layers of each epoch in the order of the workspace."""

    units: Layer
    layers: Mapping[int, tuple[Layer, ...]]


def read_inputs(space: Workspace, *, problems: ProblemLog, progress: Progress = silent) -> Inputs:
    """Read the units and every layer; all errors of all files are raised together."""
    units_spec, *specs = layer_specs(space)
    confirmed = read_confirmations(space.path)
    problems.extend(confirmation_problems((units_spec, *specs), confirmed, space.folder))
    total = len(specs) + 1
    log = ProblemLog()
    units = _read(units_spec, log)
    progress("read", 1, total)
    read: dict[int, list[Layer]] = {epoch.year: [] for epoch in space.epochs}
    for number, spec in enumerate(specs, start=2):
        layer = _fetched_and_read(spec, space, units, log, progress)
        if layer is not None and spec.epoch is not None:
            read[spec.epoch].append(layer)
        progress("read", number, total)
    if units is None:
        problems.extend(log.notices)
        log.raise_if_errors()
        raise AssertionError("a layer that was not read left no error")
    inputs = Inputs(units, {year: tuple(layers) for year, layers in read.items()})
    # what lies between layers that could be read is told together with those that could not
    between = layer_problems(units_of(inputs), inputs.layers)
    held = [each for layers in inputs.layers.values() for each in layers]
    problems.extend(in_this_run(log.notices, held, units_of(inputs)))
    between = in_this_run(between, held, units_of(inputs))
    if log.errors:
        raise InputError([*log.errors, *between])
    problems.extend(between)
    for year, layers in inputs.layers.items():
        if not any(isinstance(each.data, PolygonCover | RasterCover) for each in layers):
            problems.add("sinkatlas.epoch_without_cover", space.path.name, year=year)
    problems.raise_if_errors()
    return inputs


def read_units(space: Workspace) -> Units | None:
    """The units alone, None where they cannot be read."""
    layer = _read(layer_specs(space)[0], ProblemLog())
    return layer.data if layer is not None and isinstance(layer.data, Units) else None


def layer_specs(space: Workspace) -> tuple[LayerSpec, ...]:
    """What is to be read: the units first, then the layers epoch by epoch."""
    units = space.table.units
    options = {
        "fields": {"unit_code": units.code, "unit_name": units.name},
        "encoding": units.encoding,
        "whole_code": units.whole_code,
        "whole_name": units.whole_name,
    }
    confirmed = read_confirmations(space.path)
    specs = (
        _spec(space, "districts", units, None, options),
        *(
            _layer_spec(space, table, epoch.year)
            for epoch in space.epochs
            for table in epoch.layers
        ),
    )
    return tuple(as_confirmed(spec, confirmed, space.folder) for spec in specs)


def _fetched_and_read(
    spec: LayerSpec, space: Workspace, units: Layer | None, log: ProblemLog, progress: Progress
) -> Layer | None:
    """Read one layer; of a raster on a server first what the units touch of it."""
    if not is_on_server(spec):
        return _read(spec, log)
    if units is None or not isinstance(units.data, Units):
        return None  # their errors are told already
    try:
        hosts = space.table.network.hosts
        local, facts = fetched(spec, hosts, units.data.features, progress)
    except InputError as error:
        log.extend(error.problems)
        return None
    layer = _read(local, log)
    return replace(layer, facts={**layer.facts, **facts}) if layer else None


def _read(spec: LayerSpec, log: ProblemLog) -> Layer | None:
    """Read one layer; its errors go to the log, so that the next file is read too."""
    own = ProblemLog()
    try:
        return read_layer(spec, problems=own)
    except InputError as error:
        own.extend(error.problems)
        return None
    finally:
        log.extend(own)


def _spec(
    space: Workspace,
    kind: str,
    source: Source,
    epoch: int | None,
    options: Mapping[str, object],
    legend: str | None = None,
) -> LayerSpec:
    return LayerSpec(
        kind=kind,
        path=space.resolve(source.files[0]),
        paths=tuple(space.resolve(path) for path in source.paths),
        epoch=epoch,
        crs=source.crs,
        shift=source.shift,
        layer=source.layer,
        legend=legend,
        options={name: each for name, each in options.items() if each not in (None, "", [], {})},
    )


def _layer_spec(space: Workspace, table: LayerTable, year: int) -> LayerSpec:
    legend = table.legend
    if legend is not None and is_file(space.resolve(legend)):
        legend = str(space.resolve(legend))
    options = {name: getattr(table, name) for name in LAYER_OPTIONS}
    if table.table is not None:
        options["table"] = {
            **table.table.model_dump(exclude_none=True), "path": space.resolve(table.table.path)
        }  # fmt: skip
    if table.kind == "forest_subcompartments":
        options["forest_definition"] = space.table.workspace.forest_definition
        options["canopy_threshold_percent"] = space.table.forest.canopy_threshold_percent
    return _spec(space, table.kind, table, year, options, legend)


def units_of(inputs: Inputs) -> Units:
    units = inputs.units.data
    if not isinstance(units, Units):
        raise TypeError(f"districts were read as {type(units).__name__}")
    return units


def last_epoch(space: Workspace, problems: ProblemLog) -> tuple[Units, tuple[Layer, ...]]:
    """The units and the layers of a workspace's last epoch."""
    inputs = read_inputs(space, problems=problems)
    return units_of(inputs), inputs.layers[space.epochs[-1].year]
