"""Units that a biomass raster states: by its band, its tags or its name."""

from __future__ import annotations

import re
from typing import Any

from gis.problems import ProblemLog
from layers.declarations import LayerSpec

_TEXTS = ("units", "unit", "long_name", "title", "description", "standard_name", "band_name")
_CARBON = re.compile(r"\b(?:k?g|mg|gg|t|tonnes?|tons?)[ _]*c\b|carbon|碳(?!汇)", re.IGNORECASE)
_BIOMASS = re.compile(r"biomass|agbd?\b|生物量|dry matter|d\.?m\.?", re.IGNORECASE)
_PER_M2 = re.compile(r"\b(k?g)\s*(?:c\s*)?(?:/\s*m\^?[2²]|m\s*\^?-\s*[2²])", re.IGNORECASE)
_CONTENT = re.compile(
    r"\bd?g\s*(?:/\s*kg|[·.]?\s*kg\s*\^?-\s*1)|(?<![\w])%|percent|克/千克", re.IGNORECASE
)
_SCALED = re.compile(
    r"(?:[x×*]\s*10+\b)|\b(?:scale[ _]?(?:factor)?|multipl\w+)\b\D{0,12}[\d.]+|乘以?\s*10|放大",
    re.IGNORECASE,
)
_SCALES = ("scale_factor", "scale", "add_offset", "offset", "multiplier")
T_HA_PER = {"kg": 10.0, "g": 0.01}
"""Tonnes per hectare that one kilogram, or gram, per square metre makes."""


def biomass_factor(dataset: Any, band: int, spec: LayerSpec, problems: ProblemLog) -> float:
    """What the values are to be times for tonnes of dry matter per hectare.

    Kilograms and grams per square metre are converted. Carbon, and a scale that the file tells in
    words and does not declare, are refused: by which figure to divide is for the analyst.
    """
    tags = {key.lower(): value for key, value in {**dataset.tags(), **dataset.tags(band)}.items()}
    text = _said(dataset, band)
    named = f"{text}; {spec.path.stem}"
    if _CARBON.search(text) or (_CARBON.search(named) and not _BIOMASS.search(named)):
        problems.add("layers.biomass_as_carbon", spec.where, said=named[:80])
    is_plain = (dataset.scales[band - 1], dataset.offsets[band - 1]) == (1.0, 0.0)
    stated = {name: str(tags[name]) for name in _SCALES if name in tags}
    is_scaled = any(each.strip() not in ("1", "1.0", "0", "0.0") for each in stated.values())
    if is_plain and (is_scaled or _SCALED.search(text)):
        said_so = ", ".join(f"{name} = {each}" for name, each in stated.items()) or text
        problems.add("layers.biomass_scale_in_words", spec.where, said=said_so[:80])
    return _per_hectare(text, spec, problems)


def soil_factor(dataset: Any, band: int, spec: LayerSpec, problems: ProblemLog) -> float:
    """What the values are to be times for tonnes of carbon per hectare.

    A content (g/kg, %) is no stock and is refused: bulk density and depth would be needed.
    """
    text = _said(dataset, band)
    if content := _CONTENT.search(text):
        problems.add("layers.soil_as_content", spec.where, said=content[0])
    return _per_hectare(text, spec, problems)


def _said(dataset: Any, band: int) -> str:
    """What a file says of a band in words: tags, unit and description."""
    tags = {key.lower(): value for key, value in {**dataset.tags(), **dataset.tags(band)}.items()}
    said = [str(tags[key]) for key in _TEXTS if tags.get(key)]
    said += [
        str(each) for each in (dataset.units[band - 1], dataset.descriptions[band - 1]) if each
    ]
    return "; ".join(dict.fromkeys(said))


def _per_hectare(text: str, spec: LayerSpec, problems: ProblemLog) -> float:
    per_m2 = _PER_M2.search(text)
    if per_m2 is None:
        return 1.0
    problems.add("layers.biomass_unit_stated", spec.where, said=per_m2[0])
    return T_HA_PER[per_m2[1].lower()]
