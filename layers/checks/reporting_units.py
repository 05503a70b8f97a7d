"""The reporting units by themselves: overlaps, gaps, size against the cells of rasters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from gis.crs import to_crs
from gis.extent import RasterCover, Units
from gis.measure import polygon_areas_ha
from gis.problems import Problem, problem
from layers.checks.layer_grids import layer_grid
from layers.checks.overlaps import (
    open_gaps,
    unit_gap_ha,
    unit_overlaps,
)
from layers.codes import official_units
from layers.declarations import Layer
from layers.names import core, plain

_SERIOUS_OVERLAP = 0.01
_SLIVER_HA = 0.01
_LEAST_OPEN_GAP = 0.002
_LEAST_CELLS = 10


def unit_problems(units: Units) -> list[Problem]:
    """Overlaps and gaps between the reporting units."""
    names = units.features["unit_name"].to_numpy()
    found = []
    for one, other, hectares, share in unit_overlaps(units):
        if hectares >= _SLIVER_HA:
            serious = share > _SERIOUS_OVERLAP
            found.append(
                problem(
                    "layers.units_overlap" if serious else "layers.units_overlap_slightly",
                    "districts",
                    one=names[one],
                    other=names[other],
                    hectares=f"{hectares:.4g}",
                    percent=f"{100 * share:.3g}",
                )
            )
    gap = unit_gap_ha(units)
    if gap >= _SLIVER_HA:
        found.append(problem("layers.units_gap", "districts", hectares=f"{gap:.4g}"))
    whole = float(polygon_areas_ha(units.features).sum())
    for touching, hectares in open_gaps(units):
        if hectares >= _LEAST_OPEN_GAP * whole:
            shown = ", ".join(names[place] for place in touching)
            found.append(
                problem(
                    "layers.units_gap_open", "districts", units=shown, hectares=f"{hectares:.4g}"
                )
            )
    return found


def territory_problems(units: Units) -> list[Problem]:
    """Codes of units that lie in another territory than the whole, and names under other codes."""
    codes, names = units.features["unit_code"], units.features["unit_name"]
    stem = re.sub(r"(?:00)+$", "", units.whole_code) if _is_official(units.whole_code) else ""
    found = []
    strange = [each for each in codes if _is_official(each) and not each.startswith(stem)]
    if stem and strange:
        found.append(
            problem(
                "layers.units_of_other_territory", "districts", whole=units.whole_code,
                count=len(strange), codes=", ".join(strange[:10]),
                likely=_territory_of(codes),
            )
        )  # fmt: skip
    apart = [
        f"{code} {name} ({official_name})"
        for code, name, official_name in contradicted(codes, names)
    ]
    if apart:
        found.append(
            problem("layers.units_swapped", "districts", count=len(apart), units="; ".join(apart))
        )
    return found


def contradicted(codes: Iterable[str], names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Codes, names and official names of units that bear the name of another code.

    The other code is among the units, or in the same prefecture: what was renamed since the list
    bears a name that no other code had.
    """
    official = official_units()["name"].to_dict()
    pairs = [(code, _county(code), str(name)) for code, name in zip(codes, names, strict=True)]
    held = {county for _, county, _ in pairs}
    for code, county, name in pairs:
        own = official.get(county)
        if own is None or plain(name) == plain(own):
            continue
        near = {each for each in official if each[:4] == county[:4]} | (held & set(official))
        others = [official[each] for each in near - {county}]
        # 吉安县 is no other way to write 吉安市 where both are official
        is_exact = any(plain(name) == plain(each) for each in others)
        if is_exact or (not _is_named(name, own) and any(_is_named(name, e) for e in others)):
            yield code, name, own


def _county(code: str) -> str:
    """The six digits of a county in a code that may be longer (440103000000)."""
    return code[:6] if re.fullmatch(r"\d{6}(0{3}|0{6})?", code) else ""


def _is_named(name: str, official: str) -> bool:
    """Whether a name is the official one, also behind that of the city (广州市荔湾区)."""
    return core(name) == core(official) or plain(name).endswith(plain(official))


def _territory_of(codes: Iterable[str]) -> str:
    """The code of a city or province that holds all units, or one that is no official code."""
    held = list(codes)
    shared = next((held[0][:n] for n in (4, 2) if len({each[:n] for each in held}) == 1), "")
    return shared.ljust(6, "0") if shared.isdecimal() else "whole"


def _is_official(code: str) -> bool:
    return re.fullmatch(r"[1-8]\d{5}", code) is not None


def small_unit_problems(layer: Layer, units: Units) -> list[Problem]:
    """Units of fewer than ten cells of a class raster: no classification says much of them."""
    if not isinstance(layer.data, RasterCover):
        return []
    grid = layer_grid(layer)
    placed_units = to_crs(units.features, grid.crs, "districts")
    shapes = np.asarray(placed_units.geometry.array)
    cells = shapely.area(shapes) / (grid.cell_width * grid.cell_height)
    hectares = polygon_areas_ha(units.features)
    return [
        problem(
            "layers.unit_below_cells", layer.spec.where,
            name=units.features["unit_name"].iloc[place], cells=f"{cells[place]:.3g}",
            hectares=f"{hectares[place]:.4g}",
        )
        for place in np.flatnonzero(cells < _LEAST_CELLS)
    ]  # fmt: skip
