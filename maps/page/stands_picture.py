"""Sub-compartments in the web map: a picture whose colours are row numbers, and the rows.

Tens of thousands of outlines would make the page heavy and slow. A click needs none of them: it
reads the colour under the pointer, which is the number of a row of attributes. The rows come from
the full outlines; only the picture has cells.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from affine import Affine
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import rasterize
from rasterio.warp import transform_bounds

from gis.problems import LANGUAGES
from maps.report import MapLayer
from maps.words import term

WIDEST_PX = 1_536
NARROWEST_PX = 384
BUDGET_BYTES = 1_000_000
"""What all epochs together may weigh, so that the page stays below 3 MB with all its themes."""

_DECIMALS = 3
"""Hectares and cubic metres travel with three decimals, ten square metres and a litre."""


def details(layers: Sequence[MapLayer]) -> list[dict[str, object] | None]:
    """For each layer what a click may ask for, or None: no attributes, or the budget is spent.

    All epochs get an equal part of the budget; when they do not fit, the earliest goes.
    """
    found: list[dict[str, object] | None] = [None] * len(layers)
    wanted = [i for i, each in enumerate(layers) if each.attributes and each.features is not None]
    wanted.sort(key=lambda i: layers[i].epoch or 0)
    while wanted:
        made = [_detail(layers[i], BUDGET_BYTES / len(wanted)) for i in wanted]
        if all(each is not None for each in made):
            for i, each in zip(wanted, made, strict=True):
                found[i] = each
            break
        wanted = wanted[1:]
    return found


def _detail(layer: MapLayer, room: float) -> dict[str, object] | None:
    """Rows and picture of a layer within a number of bytes; the picture gives way first."""
    features = layer.features
    if features is None or features.empty:
        return None
    columns = [_column(name, features[name]) for name in layer.attributes]
    rows = len(json.dumps(columns, ensure_ascii=False).encode("utf-8"))
    if rows >= room:
        return None
    shapes = np.asarray(features.geometry.to_crs(3857), dtype=object)
    widest = WIDEST_PX
    while widest >= NARROWEST_PX:
        picture = id_picture(shapes, widest)
        if rows + len(str(picture["image"])) <= room:
            return {"columns": columns, "count": len(features), **picture}
        widest //= 2
    return None


def id_picture(shapes: NDArray[np.object_], widest: int) -> dict[str, object]:
    """Row numbers (from 1; 0 is nothing) as the colours of a PNG over Web Mercator.

    Overlaps show the earlier row, which is the one that the account gives the ground to. A shape
    too small for a cell of its own gets the cell at its middle, if that is free.
    """
    left, bottom, right, top = shapely.total_bounds(shapes)
    cell = max(right - left, top - bottom, 1.0) / widest
    width, height = (max(1, math.ceil(side / cell)) for side in (right - left, top - bottom))
    ids = _burnt(shapes, Affine(cell, 0, left, 0, -cell, top), (height, width))
    east, south = left + width * cell, top - height * cell
    west, low, far, high = transform_bounds("EPSG:3857", "EPSG:4326", left, south, east, top)
    ground = cell * math.cos(math.radians((low + high) / 2))
    return {
        "image": _png(ids),
        "mercator": [float(each) for each in (left, south, east, top)],
        "bounds": [[low, west], [high, far]],
        "size": [width, height],
        "cell_m": round(float(ground), 1),
    }


def _burnt(
    shapes: NDArray[np.object_], transform: Affine, size: tuple[int, int]
) -> NDArray[np.uint32]:
    numbered = [(shape, i) for i, shape in enumerate(shapes, start=1) if not shape.is_empty]
    ids: NDArray[np.uint32] = rasterize(
        reversed(numbered), out_shape=size, transform=transform, fill=0, dtype="uint32"
    )
    unseen = sorted({i for _, i in numbered} - set(np.unique(ids).tolist()))
    for i in unseen:
        middle = shapely.point_on_surface(shapes[i - 1])
        column, row = (int(each) for each in ~transform * (middle.x, middle.y))
        if 0 <= row < size[0] and 0 <= column < size[1] and ids[row, column] == 0:
            ids[row, column] = i
    return ids


def _png(ids: NDArray[np.uint32]) -> str:
    planes = np.stack([ids >> 16, (ids >> 8) & 255, ids & 255], axis=-1).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(planes).save(stream, format="PNG", compress_level=7)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"


def _column(name: str, values: pd.Series) -> dict[str, object]:
    """One attribute of all rows: numbers, or numbers of terms that are said once."""
    if pd.api.types.is_numeric_dtype(values):
        rounded = np.round(values.to_numpy(dtype=float), _DECIMALS)
        return {
            "name": name,
            "values": [float(each) if math.isfinite(each) else None for each in rounded],
        }
    codes, terms = pd.factorize(values.fillna("").astype(str), sort=True)
    return {"name": name, "codes": codes.tolist(), "terms": [_said(each) for each in terms]}


def _said(key: str) -> Mapping[str, Any]:
    return {language: term(key, language) for language in LANGUAGES}
