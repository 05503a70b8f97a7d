"""Which product a raster says it is: by its name, its tags and its palette, and in which version.

Products keep to no common way of saying so; the table of products lists the words they use. What a
file says is held against the legend that the workspace names, and one epoch against another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gis.problems import Language, ProblemLog
from layers.codes import read_table
from layers.declarations import LayerSpec
from layers.legends import Legend, built_in_legends, legend

_VERSION = re.compile(
    r"(?<![a-z0-9])v(?:er(?:sion)?)?[ _.]?(\d{1,3}(?:\.\d{1,3}){0,2})(?![a-z0-9])"
)
_TITLES = ("title", "product", "product_name", "tifftag_imagedescription", "long_name", "source")
_VERSIONS = ("product_version", "version", "dataset_version")
_BY: Mapping[str, Mapping[Language, str]] = {
    "tags": {"zh": "标签", "en": "tags"},
    "name": {"zh": "文件名", "en": "name"},
    "palette": {"zh": "色表", "en": "palette"},
}
_SAME_COLOUR = 30
_LEAST_COLOURS = 2
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Signs:
    """What a raster says of itself; empty where it says nothing."""

    product: str = ""
    version: str = ""
    by: str = ""


@cache
def _products() -> Mapping[str, tuple[re.Pattern[str], frozenset[str]]]:
    """Words of each product, and the legends that are its own."""
    table = read_table("land_cover_products").set_index("key")
    return {
        key: (re.compile(row["words"], re.IGNORECASE), frozenset(row["legends"].split()))
        for key, row in table.iterrows()
    }


def signs_of(dataset: Any, name: str) -> Signs:
    """Product and version of an open raster whose file has a name.

    >>> _version("esa_worldcover_10m_2020_v100_map"), _version("V1.0.0"), _version("lc_2020")
    ('1.0.0', '1.0.0', '')
    """
    tags = {key.lower(): str(value) for key, value in {**dataset.tags(), **dataset.tags(1)}.items()}
    for text, by in (
        (" ".join(tags[key] for key in _TITLES if key in tags), "tags"),
        (" ".join(each or "" for each in dataset.descriptions), "tags"),
        (name, "name"),
    ):
        for key, (words, _) in _products().items():
            if words.search(text):
                stated = next((tags[each] for each in _VERSIONS if each in tags), "")
                version = _version(stated) or _version(f"v{stated}") or _version(name)
                return Signs(key, version, by)
    return Signs()


def _version(text: str) -> str:
    found = _VERSION.search(text.lower())
    if found is None:
        return ""
    digits = found[1]
    parts = digits.split(".") if "." in digits or len(digits) < 3 else list(digits)
    return ".".join([*parts, "0", "0"][:3])


def check_product(
    dataset: Any, band: int, codes: set[int], spec: LayerSpec, meaning: Legend, problems: ProblemLog
) -> Signs:
    """Hold what a class raster says of its product against the legend it is read with."""
    found = signs_of(dataset, spec.path.name)
    is_built_in = meaning.name in built_in_legends()
    if found.product and is_built_in and meaning.name not in _products()[found.product][1]:
        problems.add(
            "layers.legend_of_other_product", spec.where, legend=meaning.name,
            product=found.product, by=_BY[found.by],
            legends=" / ".join(sorted(_products()[found.product][1])),
        )  # fmt: skip
    elif is_built_in:
        other = _legend_of_palette(_palette(dataset, band), codes, meaning)
        if other:
            problems.add(
                "layers.legend_of_other_product", spec.where, legend=meaning.name, product=other,
                by=_BY["palette"], legends=other,
            )  # fmt: skip
    return found


def _palette(dataset: Any, band: int) -> Mapping[int, Colour]:
    try:
        entries = dataset.colormap(band)
    except ValueError:
        return {}
    return {int(code): (each[0], each[1], each[2]) for code, each in entries.items()}


def _legend_of_palette(palette: Mapping[int, Colour], codes: set[int], meaning: Legend) -> str:
    """Another legend whose colours the palette has for all codes held, while its own it has not."""
    held = {code: colour for code, colour in palette.items() if code in codes and any(colour)}
    if len(held) < _LEAST_COLOURS or _agrees(held, meaning):
        return ""
    others = (name for name in built_in_legends() if name != meaning.name)
    return next((name for name in others if _agrees(held, legend(name))), "")


def _agrees(held: Mapping[int, Colour], meaning: Legend) -> bool:
    """Whether each colour is that of its class; a legend without colours agrees with nothing."""
    colours = {
        int(code): tuple(int(text[place : place + 2], 16) for place in (1, 3, 5))
        for code, text in meaning.rows["colour"].items()
    }
    return all(
        code in colours
        and max(abs(a - b) for a, b in zip(colours[code], colour, strict=True)) <= _SAME_COLOUR
        for code, colour in held.items()
    )
