"""What a source is taken for. A guess that could change a figure is made only where one reading is
left; otherwise the readings are listed for a person to choose from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from layers.codes import ecosystem_types, land_survey_codes, normalised
from layers.declarations import Field, LayerKind
from layers.legends import built_in_legends, legend
from layers.recognition.evidence import ColumnEvidence
from layers.recognition.sources import ColumnSource, SourceColumn
from layers.registry import kinds

_FORMS = {"Polygon": "polygons", "LineString": "lines", "Point": "points"}
_BY_NAME, _BY_CLASSES, _BY_CODES, _REQUIRED, _BY_NAMES = 3.0, 2.0, 1.5, 1.0, 0.8
"""What a piece of evidence weighs. A name outweighs any one column, which may mean many things;
columns together outweigh a name."""

_LEAST = 0.7
"""Weight below which a guess would rest on a column that any layer may have."""

_SHOWN = 8
_MOST_UNITS = 4000
_UNIT_NAMES = ("名称", "县名", "区名", "mc", "name")
_UNIT_CODES = ("代码", "编码", "adcode", "xzqdm", "dm", "code", "id")
_CODE = re.compile(r"\d{6}(\d{3}|\d{6})?")
_YEAR = re.compile(
    r"(?<!\d)(?<!CGCS)(?<!cgcs)(?<![vV])(19[5-9]\d|20[0-6]\d)(?:(?!\d)|(?=[01]\d[0-3]\d(?!\d)))"
)
_DATAV = {"adcode", "childrenNum"}
_DATAV_EITHER = {"acroutes", "subFeatureIndex"}


@dataclass(frozen=True)
class Guess:
    """A kind that a source may be, how much speaks for it, and what does."""

    kind: str
    weight: float
    evidence: tuple[ColumnEvidence, ...]


@dataclass(frozen=True)
class LegendGuess:
    """The legend of a class raster where one alone is left, else those that a person chooses of."""

    name: str | None
    candidates: tuple[str, ...]
    evidence: ColumnEvidence


@dataclass(frozen=True)
class YearGuess:
    """The year that a source shows."""

    year: int
    evidence: ColumnEvidence


@dataclass(frozen=True)
class UnitsGuess:
    """Columns of unit codes and names; ``whole_code`` where all codes share a prefecture's."""

    code: str
    name: str
    whole_code: str
    evidence: tuple[ColumnEvidence, ...]


@dataclass(frozen=True)
class Recognised:
    """A source and all that was guessed of it; ``kinds`` begin with the likeliest."""

    source: ColumnSource
    kinds: tuple[Guess, ...]
    year: YearGuess | None = None
    legend: LegendGuess | None = None
    units: UnitsGuess | None = None
    shift: ColumnEvidence | None = None
    """Why the source is taken for an offset copy (GCJ-02)."""

    @property
    def kind(self) -> str | None:
        return self.kinds[0].kind if self.kinds else None


def recognise(source: ColumnSource) -> Recognised:
    """Guess kind, year, legend, and the columns of reporting units."""
    found = [each for kind in kinds().values() if (each := _guess(source, kind)) is not None]
    units = _units(source)
    if units is not None:
        found = [_as_units(each, units) if each.kind == "districts" else each for each in found]
    likely_enough = (each for each in found if each.weight >= _LEAST)
    ordered = tuple(sorted(likely_enough, key=lambda each: -each.weight))
    likely = ordered[0].kind if ordered else None
    return Recognised(
        source,
        ordered,
        _year(source),
        _legend(source) if source.values and likely == "land_cover" else None,
        units,
        _offset(source),
    )


def _as_units(guess: Guess, units: UnitsGuess) -> Guess:
    """Units by their codes; names alone may be those of anything."""
    weight = _BY_CODES if units.code != units.name else _BY_NAMES
    return Guess(guess.kind, guess.weight + weight, (*guess.evidence, *units.evidence))


def _guess(source: ColumnSource, kind: LayerKind) -> Guess | None:
    """What speaks for one kind; None where the geometry or too little evidence speaks against."""
    if not _has_form(source, kind):
        return None
    evidence, weight = [], 0.0
    if word := _word_of(source, (kind.key, kind.title_zh, *kind.names)):
        evidence.append(ColumnEvidence("name_holds", {"word": word}))
        weight += _BY_NAME + len(word.encode()) / 100
    if kind.is_raster:
        if kind.role == "cover" and source.values:
            evidence.append(ColumnEvidence("few_values", {"count": str(len(source.values))}))
            weight += _BY_CLASSES
        elif kind.role == "cover" and evidence:
            evidence.append(ColumnEvidence("no_classes"))
            weight -= _BY_CLASSES
    elif kind.role != "units":
        more, columns = _by_columns(source, kind)
        weight += more
        evidence += columns
    return Guess(kind.key, round(weight, 3), tuple(evidence))


def _has_form(source: ColumnSource, kind: LayerKind) -> bool:
    if kind.is_raster:
        return source.form == "raster"
    if source.form == "table":
        return "header_row" in kind.options
    return source.form in {_FORMS.get(each.removeprefix("Multi"), "") for each in kind.geometry}


def _word_of(source: ColumnSource, words: Iterable[str]) -> str:
    """The longest of some words that the name of the file or layer holds, Latin ones as words."""
    name = re.sub(r"[\W_]+", " ", normalised(f"{source.path.stem} {source.layer or ''}").casefold())
    found = []
    for word in words:
        text = word.casefold().replace("_", " ")
        pattern = rf"(?<![a-z]){re.escape(text)}(?![a-rt-z])" if text.isascii() else re.escape(text)
        if re.search(pattern, name):
            found.append(word)
    return max(found, key=lambda each: len(each.encode()), default="")


@cache
def _kinds_with(column: str) -> int:
    """How many kinds know a column by this name: the more, the less it tells."""
    return sum(
        any(column in {name.casefold() for name in (each.column, *each.aliases)}
            for each in kind.fields)
        for kind in kinds().values()
    )  # fmt: skip


def _by_columns(source: ColumnSource, kind: LayerKind) -> tuple[float, list[ColumnEvidence]]:
    columns = {each.name.casefold(): each for each in source.columns}
    found: dict[str, SourceColumn] = {}
    for each in kind.fields:
        usual = (name.casefold() for name in (each.column, *each.aliases))
        column = next((columns[name] for name in usual if name in columns), None)
        if column is not None:
            found[each.name] = column
    weight = sum(1 / _kinds_with(each.name.casefold()) for each in found.values())
    evidence = []
    if weight >= _LEAST:
        listed = ", ".join(each.name for each in found.values())
        evidence.append(ColumnEvidence("columns_known", {"columns": listed}))
    missing = [each for each in kind.fields if each.required and each.name not in found]
    if missing:
        weight -= _REQUIRED * len(missing)
        evidence.append(ColumnEvidence("columns_missing", {"fields": _titles(missing)}))
    if "land_code" in found and kind.land_groups:
        more, told = _by_codes(found["land_code"], kind)
        weight += more
        evidence += told
    return weight, evidence


def _titles(fields: Sequence[Field]) -> str:
    return ", ".join(f"{each.title_zh} ({each.column})" for each in fields)


def _by_codes(column: SourceColumn, kind: LayerKind) -> tuple[float, list[ColumnEvidence]]:
    """Whether the land codes are those that files of this kind hold."""
    types, groups = land_survey_codes()["ecosystem_type"], ecosystem_types()["group"]
    known = [code for code in map(normalised, column.samples) if code in types.index]
    beyond = [code for code in known if groups.get(types[code], "") not in kind.land_groups]
    if not known:
        return 0.0, []
    if beyond:
        facts = {"count": str(len(beyond)), "codes": ", ".join(beyond[:_SHOWN])}
        return -_BY_CODES, [ColumnEvidence("codes_beyond", facts)]
    return _BY_CODES, [ColumnEvidence("codes_within", {"codes": ", ".join(known[:_SHOWN])})]


def _legend(source: ColumnSource) -> LegendGuess:
    """The legend whose codes hold every cell value: by the file's name, or as the only one."""
    values = set(source.values)
    fitting = [name for name in built_in_legends() if values <= _codes(name)]
    shown = _values(sorted(values))
    for name in fitting:
        if word := _word_of(source, (name, name.replace("_", ""))):
            return LegendGuess(
                name, (name,), ColumnEvidence("legend_named", {"word": word, "values": shown})
            )
    if len(fitting) == 1:
        return LegendGuess(
            fitting[0], tuple(fitting), ColumnEvidence("legend_only", {"values": shown})
        )
    if not fitting:
        return LegendGuess(None, (), ColumnEvidence("legend_none", {"values": shown}))
    facts = {"count": str(len(fitting)), "values": shown, "legends": ", ".join(fitting)}
    return LegendGuess(None, tuple(fitting), ColumnEvidence("legends_several", facts))


def _values(values: Sequence[int]) -> str:
    shown = ", ".join(map(str, values[: 2 * _SHOWN]))
    return f"{shown}, …" if len(values) > 2 * _SHOWN else shown


@cache
def _codes(name: str) -> frozenset[int]:
    held = legend(name)
    return frozenset(map(int, (*held.rows.index, *held.no_data)))


def _year(source: ColumnSource) -> YearGuess | None:
    """The one year in the name; else that of a column of years; else that of the folder."""
    for text in (source.layer or "", source.path.stem):
        years = set(_YEAR.findall(text))
        if len(years) == 1:
            return YearGuess(int(years.pop()), ColumnEvidence("year_in_name"))
    names = {
        name.casefold()
        for kind in kinds().values()
        for each in kind.fields
        if each.name == "survey_year"
        for name in (each.column, *each.aliases)
    }
    for column in source.columns:
        years = set(column.samples)
        if (
            column.name.casefold() in names
            and len(years) == 1
            and _YEAR.fullmatch(column.samples[0])
        ):
            return YearGuess(
                int(years.pop()), ColumnEvidence("year_in_column", {"column": column.name})
            )
    folder = source.path.parent.name
    years = set(_YEAR.findall(folder))
    if len(years) == 1:
        return YearGuess(int(years.pop()), ColumnEvidence("year_in_folder", {"folder": folder}))
    return None


def _units(source: ColumnSource) -> UnitsGuess | None:
    """Columns in which every feature has its own code and its own name."""
    if source.form != "polygons" or not 0 < source.count <= _MOST_UNITS:
        return None
    own = [each for each in source.columns if each.given == each.distinct == source.count]
    codes = [
        each
        for each in own
        if all(map(_CODE.fullmatch, each.samples))
        and (source.count > 1 or _rank(each, _UNIT_CODES) < len(_UNIT_CODES))
    ]
    if not codes:
        codes = [each for each in own if _rank(each, _UNIT_CODES) < len(_UNIT_CODES)]
    names = [
        each for each in own if not any(text.replace(".", "").isdigit() for text in each.samples)
    ]
    names = [each for each in names if _rank(each, _UNIT_NAMES) < len(_UNIT_NAMES)]
    if not names:
        return None
    name = min(names, key=lambda each: _rank(each, _UNIT_NAMES))
    others = (each for each in codes if each is not name)
    code = min(others, key=lambda each: _rank(each, _UNIT_CODES), default=name)
    evidence = [_column_evidence("code_column", code), _column_evidence("name_column", name)]
    return UnitsGuess(code.name, name.name, _whole(code), tuple(evidence))


def _rank(column: SourceColumn, words: Sequence[str]) -> int:
    folded = column.name.casefold()
    return next((at for at, word in enumerate(words) if word in folded), len(words))


def _column_evidence(key: str, column: SourceColumn) -> ColumnEvidence:
    sample = column.samples[0] if column.samples else ""
    return ColumnEvidence(
        key, {"column": column.name, "count": str(column.distinct), "sample": sample}
    )


def _whole(codes: SourceColumn) -> str:
    """The prefecture (or province) that six-digit codes share, empty where they share none."""
    if not all(map(_CODE.fullmatch, codes.samples)):
        return ""
    for digits in (4, 2):
        shared = Counter(each[:digits] for each in codes.samples)
        whole = next(iter(shared)).ljust(6, "0")
        if len(shared) == 1 and whole not in codes.samples:
            return whole
    return ""


def _offset(source: ColumnSource) -> ColumnEvidence | None:
    names = {each.name for each in source.columns}
    if names >= _DATAV and names & _DATAV_EITHER:
        columns = ", ".join(sorted(names & (_DATAV | _DATAV_EITHER)))
        return ColumnEvidence("offset_copy", {"columns": columns})
    return None
