"""QGIS styles of the districts: the map's classes, colours and words, one style per indicator.

A style colours the districts by the latest year of an indicator with the class breaks and colours
of the web map, leaves the row of the whole as an outline, and gives every field its alias. QGIS
reads them from table ``layer_styles`` of a GeoPackage, and a ``.qml`` file from beside a layer.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as Xml

from maps.classes import MISSING_COLOUR, Classes, classes, kind_of, plain
from maps.figures import shown_unit
from maps.report import IndicatorWords, Report
from maps.words import words

_PREFERRED = "forest_cover_rate"
"""What a layer shows when it is added, as on the first sheet."""

_HEADER = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION = "3.22.0"
_OUTLINE, _WHOLE_OUTLINE = "#8c8c8c", "#1a1a1a"
_CONFLICT = "#e57373"


@dataclass(frozen=True)
class Style:
    """A named QGIS style (the text of a ``.qml`` file) and what it shows."""

    name: str
    description: str
    qml: str


def indicator_classes(report: Report, indicator: str) -> Classes:
    """Classes of an indicator's district values of all years, in its stored unit: the map's."""
    rows = report.results
    own = rows[(rows["indicator"] == indicator) & rows["unit_code"].isin(report.units["unit_code"])]
    return classes(own["value"].to_numpy(dtype=float), kind=kind_of(indicator))


def styles(
    report: Report,
    fields: Mapping[tuple[str, int], str],
    aliases: Mapping[str, str],
) -> tuple[Style, ...]:
    """A style for the last year of each indicator with results, the one shown at first in front.

    ``fields`` names the column of each (indicator, year), ``aliases`` what a column means.
    """
    shown = [each for each in report.indicators if any(key == each.key for key, _ in fields)]
    shown.sort(key=lambda each: each.key != _PREFERRED)
    return tuple(_style(report, each, fields, aliases) for each in shown)


def conflict_style(title: str, rules: Mapping[str, str], aliases: Mapping[str, str]) -> Style:
    """A style of the features that break a rule: one colour, a legend row and filter for each rule.

    ``rules`` gives the words of each value of field ``rule``.
    """
    root = _document()
    found = [(f"\"rule\" = '{key}'", label, _CONFLICT) for key, label in rules.items()]
    _add_rules(root, found)
    _add_labels(root, '"feature"')
    _add_aliases(root, aliases, '"feature"')
    return Style("conflicts", title, _text(root))


def write_styles(path: Path, found: Mapping[str, Sequence[Style]], *, date: str) -> None:
    """Put styles by layer into a GeoPackage as QGIS stores them; the first is a layer's default.

    ``date`` stands where QGIS keeps the time of a change.
    """
    with closing(sqlite3.connect(path)) as database, database:
        columns = dict(
            database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )
        database.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
            " f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),"
            " f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,"
            " useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),"
            " update_time DATETIME)"
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
            (date,),
        )
        database.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
            " ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
            [
                (layer, columns[layer], each.name, each.qml, place == 0, each.description, date)
                for layer, styles_of_layer in found.items()
                for place, each in enumerate(styles_of_layer)
            ],
        )


def _style(
    report: Report,
    indicator: IndicatorWords,
    fields: Mapping[tuple[str, int], str],
    aliases: Mapping[str, str],
) -> Style:
    epoch = max(year for key, year in fields if key == indicator.key)
    field = fields[indicator.key, epoch]
    root = _document()
    _add_renderer(root, report, indicator, field)
    _add_labels(root, 'CASE WHEN NOT "is_whole" THEN "unit_name" END')
    _add_aliases(root, aliases, '"unit_name"')
    return Style(field, aliases.get(field, field), _text(root))


def _document() -> Xml.Element:
    return Xml.Element(
        "qgis",
        version=_VERSION,
        styleCategories="Symbology|Labeling|Fields|Forms",
        labelsEnabled="1",
    )


def _add_aliases(root: Xml.Element, aliases: Mapping[str, str], preview: str) -> None:
    listed = Xml.SubElement(root, "aliases")
    for place, (name, alias) in enumerate(aliases.items(), start=1):
        Xml.SubElement(listed, "alias", field=name, index=str(place), name=alias)
    Xml.SubElement(root, "previewExpression").text = preview


def _text(root: Xml.Element) -> str:
    Xml.indent(root)
    return _HEADER + Xml.tostring(root, encoding="unicode") + "\n"


def _add_renderer(root: Xml.Element, report: Report, indicator: IndicatorWords, field: str) -> None:
    """Rules with the map's classes: ``break <= value < break``, missing grey, the whole outlined.

    QGIS's graduated renderer closes its classes on both sides, which would move a value that
    equals a break into the class below the one it has on the map.
    """
    text = words(report.language)
    found = indicator_classes(report, indicator.key)
    looks = [
        *(
            (f'NOT "is_whole" AND {condition}', label, colour)
            for (condition, label), colour in zip(
                _conditions(report, indicator, field, found.breaks), found.colours, strict=False
            )
        ),
        (f'NOT "is_whole" AND "{field}" IS NULL', text["common.no_data"], MISSING_COLOUR),
        ('"is_whole"', text["common.whole"], ""),
    ]
    _add_rules(root, looks)


def _add_rules(root: Xml.Element, looks: Sequence[tuple[str, str, str]]) -> None:
    """A rule with its symbol for each condition, label and colour."""
    renderer = Xml.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0"
    )
    rules = Xml.SubElement(renderer, "rules", key="root")
    symbols = Xml.SubElement(renderer, "symbols")
    for place, (condition, label, colour) in enumerate(looks):
        Xml.SubElement(
            rules, "rule", key=f"class{place}", symbol=str(place), filter=condition, label=label
        )
        _add_symbol(symbols, str(place), colour)


def _conditions(
    report: Report, indicator: IndicatorWords, field: str, breaks: Sequence[float]
) -> list[tuple[str, str]]:
    """Filter and label of each class; labels speak in the unit of display."""
    unit = shown_unit(indicator.unit, report.language)
    edges = [-math.inf, *breaks, math.inf]
    found = []
    for low, high in pairwise(edges):
        above = f'"{field}" >= {low!r}' if math.isfinite(low) else ""
        below = f'"{field}" < {high!r}' if math.isfinite(high) else ""
        limits = [plain(each * unit.factor) for each in (low, high) if math.isfinite(each)]
        label = " – ".join(limits)
        if not (above and below):
            label = f"≥ {label}" if above else f"< {label}"
        condition = " AND ".join(each for each in (above, below) if each)
        if not condition:
            condition, label = f'"{field}" IS NOT NULL', indicator.title[report.language]
        found.append((condition, f"{label} {unit.name}".strip()))
    return found


def _add_symbol(symbols: Xml.Element, name: str, colour: str) -> None:
    """A fill with a thin edge; without a colour, a thick edge alone."""
    symbol = Xml.SubElement(symbols, "symbol", type="fill", name=name, alpha="1")
    layer = Xml.SubElement(
        symbol, "layer", {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"}
    )
    options = Xml.SubElement(layer, "Option", type="Map")
    for key, value in {
        "color": _rgba(colour or "#ffffff"),
        "outline_color": _rgba(_OUTLINE if colour else _WHOLE_OUTLINE),
        "outline_style": "solid",
        "outline_width": "0.2" if colour else "0.6",
        "outline_width_unit": "MM",
        "style": "solid" if colour else "no",
    }.items():
        Xml.SubElement(options, "Option", type="QString", name=key, value=value)


def _add_labels(root: Xml.Element, expression: str) -> None:
    """What an expression gives, over each feature."""
    labeling = Xml.SubElement(root, "labeling", type="simple")
    settings = Xml.SubElement(labeling, "settings", calloutType="simple")
    style = Xml.SubElement(
        settings,
        "text-style",
        fieldName=expression,
        isExpression="1",
        fontFamily="Sans Serif",
        fontSize="9",
        fontSizeUnit="Point",
        textColor=_rgba("#1a1a1a"),
        textOpacity="1",
    )
    Xml.SubElement(
        style,
        "text-buffer",
        bufferOpacity="1",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_rgba("#ffffff"),
    )
    Xml.SubElement(settings, "placement", placement="1", placementFlags="10", priority="5")
    Xml.SubElement(settings, "rendering", drawLabels="1", obstacle="1", labelPerPart="0")


def _rgba(colour: str) -> str:
    return ",".join([*(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)), "255"])
