"""What if: a workspace with other coefficients or another layer, everything else as it is."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gis.problems import ArgumentKeyError, problem
from sink_models.coefficients import coefficients
from sinkatlas.workspace.loading import Workspace, workspace_of
from sinkatlas.workspace.objects import LayerData, known_kind, layer_entry
from sinkatlas.workspace.small_tables import text_of

_COLUMNS = ("key", "value", "low", "high", "unit", "reason", "analyst")


def with_coefficients(
    space: Workspace,
    folder: Path,
    values: Mapping[str, float | Mapping[str, float]],
    *,
    reason: str,
    analyst: str,
) -> Workspace:
    """A workspace whose coefficients have other values; the rows are written into ``folder``.

    ``values`` maps keys to a value without a range, or to ``value``, ``low`` and ``high``, in the
    unit of the coefficient. Rows of the workspace's own table stay where they are not replaced.

    Raises ``ArgumentKeyError`` for a key that no coefficient has.
    """
    known = coefficients().rows
    own = space.table.carbon.coefficients
    rows = list(csv.DictReader(text_of(space.resolve(own)).splitlines())) if own else []
    rows = [row for row in rows if row["key"] not in values]
    for key, given in values.items():
        if key not in known:
            near = ", ".join(difflib.get_close_matches(key, known, n=3, cutoff=0.0))
            raise ArgumentKeyError(
                problem("sinkatlas.argument_coefficient", key, nearest=near, count=len(known))
            )
        numbers = given if isinstance(given, Mapping) else {"value": given}
        signed = {"unit": known[key].unit, "reason": reason, "analyst": analyst}
        rows.append({"key": key, **{name: str(each) for name, each in numbers.items()}, **signed})
    columns = list(dict.fromkeys((*_COLUMNS, *(name for row in rows for name in row))))
    file = folder / "coefficients.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    tables = _tables(space)
    tables.setdefault("carbon", {})["coefficients"] = str(file)
    return workspace_of(tables, space.path)


def with_layer(
    space: Workspace, folder: Path, kind: str, data: LayerData | None, *, epoch: int | None
) -> Workspace:
    """A workspace with a layer added, replaced, or taken out where ``data`` is None.

    ``data`` is what ``workspace_from`` takes for a layer; an object is written into ``folder``.

    Raises ``ArgumentKeyError`` for an epoch that the workspace does not have.
    """
    years = [each.year for each in space.epochs]
    year = years[-1] if epoch is None else epoch
    if year not in years:
        allowed = ", ".join(map(str, years))
        raise ArgumentKeyError(problem("sinkatlas.argument_name", where=year, allowed=allowed))
    tables = _tables(space)
    (held,) = (each for each in tables["epochs"] if each["year"] == year)
    held["layers"] = [each for each in held["layers"] if each["kind"] != known_kind(kind)]
    if data is not None:
        entry = layer_entry(folder, f"{kind}_{year}", data)
        entry["path"] = str(folder / entry["path"])  # a path that is absolute already stays
        held["layers"].append({"kind": kind, **entry})
    return workspace_of(tables, space.path)


def _tables(space: Workspace) -> dict[str, Any]:
    """What the workspace says, as its file would say it."""
    return space.table.model_dump(mode="python", exclude_unset=True)
