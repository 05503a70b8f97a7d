"""What files seem to be, as plain values for a program and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gis.problems import LANGUAGES, InputError, Language, problem
from layers.declarations import LayerSpec
from layers.profiling import look
from layers.recognition import ColumnEvidence, Recognised, data_files, read_sources, recognise
from layers.registry import kinds

_SAMPLES = 6


def looked(paths: Sequence[Path]) -> Iterator[Recognised]:
    """Everything in some files and folders, one layer after the other, as it is read.

    Raises ``InputError`` for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise InputError(problem("sinkatlas.path_missing", where=path))
        is_folder = path.is_dir() and path.suffix.lower() != ".gdb"
        for file in data_files(path) if is_folder else (path,):
            for source in read_sources(file):
                yield recognise(source)


def look_record(found: Recognised) -> dict[str, Any]:
    """One layer as plain values; sentences in both languages."""
    source = found.source
    return {
        "path": str(source.path),
        "layer": source.layer,
        "form": source.form,
        "count": source.count,
        "crs": source.crs,
        "extent": source.extent,
        "columns": [
            {"name": each.name, "given": each.given, "distinct": each.distinct,
             "samples": list(each.samples[:_SAMPLES])}
            for each in source.columns
        ],
        "values": {str(value): cells for value, cells in source.values.items()},
        "kinds": [
            {"kind": each.kind, "zh": kinds()[each.kind].title_zh,
             "en": kinds()[each.kind].title_en, "weight": each.weight,
             "evidence": [_words(one) for one in each.evidence]}
            for each in found.kinds
        ],
        "year": found.year and {"year": found.year.year, "evidence": _words(found.year.evidence)},
        "legend": found.legend and {
            "name": found.legend.name, "candidates": list(found.legend.candidates),
            "evidence": _words(found.legend.evidence),
        },
        "units": found.units and {
            "code": found.units.code, "name": found.units.name,
            "whole_code": found.units.whole_code,
            "evidence": [_words(each) for each in found.units.evidence],
        },
        "shift": found.shift and _words(found.shift),
        "fields": [asdict(each) for each in _fields(found)],
        "problems": [
            {"check": each.code, "severity": each.severity.value,
             **{name: {"message": each.message(name), "remedy": each.remedy(name)}
                for name in LANGUAGES}}
            for each in source.problems
        ],
    }  # fmt: skip


def _words(evidence: ColumnEvidence) -> dict[str, str]:
    return {language: evidence.text(language) for language in LANGUAGES}


def _fields(found: Recognised) -> tuple[Any, ...]:
    """Columns of the likeliest kind with their units, where the layer is one of features."""
    source = found.source
    kind = kinds()[found.kind] if found.kind else None
    if kind is None or not kind.fields or source.form not in ("polygons", "lines", "points"):
        return ()
    try:
        return look(LayerSpec(kind.key, source.path, layer=source.layer), kind).fields
    except InputError:
        return ()  # what cannot be read is told when the layer is used


def look_text(found: Recognised, language: Language) -> Iterator[str]:
    """One layer in a few lines: what it is taken for and why, and what it holds."""
    source = found.source
    titles = [
        kinds()[each.kind].title_zh if language == "zh" else kinds()[each.kind].title_en
        for each in found.kinds[:3]
    ]
    unknown = {"zh": "看不出是哪类图层", "en": "no kind of layer was recognised"}[language]
    year = f" {found.year.year}" if found.year else ""
    yield f"{source.name}: {titles[0] if titles else unknown}{year}"
    facts = [_form(source.form, source.count, language), source.crs]
    if source.extent:
        facts.append("{:.3f} {:.3f} … {:.3f} {:.3f}".format(*source.extent))
    yield f"  {', '.join(filter(None, facts))}"
    if found.kinds:
        yield f"  {'; '.join(each.text(language) for each in found.kinds[0].evidence)}"
    if len(titles) > 1:
        also = {"zh": "也可能是", "en": "may also be"}[language]
        yield f"  {also}: {', '.join(titles[1:])}"
    for guess in (found.legend, found.shift):
        evidence = (
            guess.evidence if guess is not None and not isinstance(guess, ColumnEvidence) else guess
        )
        if evidence is not None:
            yield f"  {evidence.text(language)}"
    for each in _fields(found):
        told = "  ".join(filter(None, (each.column, each.span[:40], each.meaning, each.evidence)))
        yield f"    {each.field} = {told}"
    for trouble in source.problems:
        yield f"  {trouble.text(language)}"


def _form(form: str, count: int, language: Language) -> str:
    names: dict[str, dict[Language, str]] = {
        "polygons": {"zh": "面", "en": "polygons"}, "lines": {"zh": "线", "en": "lines"},
        "points": {"zh": "点", "en": "points"}, "raster": {"zh": "像元", "en": "cells"},
        "table": {"zh": "行", "en": "rows"}, "unreadable": {"zh": "", "en": ""},
    }  # fmt: skip
    name = names[form][language]
    return f"{count:,} {name}" if name else ""
