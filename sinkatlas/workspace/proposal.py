"""A workspace proposed from a folder: what each file seems to be, and why, for a person to confirm.

What is proposed stands in the file as settings, its reason as a comment. What could change a figure
and has more than one reading stands as a comment only, to be chosen; so does every file left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gis.crs import likely_systems
from gis.problems import InputError, Language, problem
from gis.reading import open_raster
from layers.declarations import LayerKind, LayerSpec
from layers.profiling import Look, look
from layers.rasters import class_contents
from layers.recognition import (
    ColumnEvidence,
    ColumnSource,
    Recognised,
    data_files,
    read_sources,
    recognise,
)
from layers.registry import kinds
from plans.reader import bundled_plans
from sinkatlas.workspace.proposal_words import WORDS, Words
from sinkatlas.workspace.toml_text import commented, quoted

NO_YEAR = 0
"""Written where no year is known: the check refuses it, so that no year is ever assumed."""

_SAME_GROUND = 0.05
"""Share of the smaller of two files' bounds from which on they show the same ground."""

_MOST_LEFT_OUT = 200

_LARGEST_CLASS = 255
"""Cell values beyond this are codes of something else than a land-cover product's classes."""


@dataclass(frozen=True)
class Part:
    """One layer of the proposal: one file, or several that lie side by side."""

    found: tuple[Recognised, ...]
    kind: str
    look: Look | None = None
    is_of_epoch: bool = True
    """False where the data show another year, or none."""

    @property
    def first(self) -> Recognised:
        return self.found[0]


@dataclass(frozen=True)
class Proposal:
    """Units, layers by year, what was left out and why, and the plan of the place."""

    folder: Path
    units: Recognised | None
    epochs: dict[int, tuple[Part, ...]]
    left_out: tuple[tuple[ColumnSource, str], ...] = ()
    plan: str = ""
    place: str = ""
    doubtful: dict[int, tuple[Part, ...]] = field(default_factory=dict)
    """Covers without a year, where several years are proposed."""


def propose(folder: Path, language: Language) -> Proposal:
    """Look through a folder and propose a workspace.

    Raises ``InputError`` when there is no folder, or nothing in it that may be a layer.
    """
    if not folder.is_dir():
        raise InputError(problem("sinkatlas.folder_missing", where=folder))
    found = [recognise(source) for file in data_files(folder) for source in read_sources(file)]
    if not found:
        raise InputError(problem("sinkatlas.folder_without_layers", where=folder))
    return proposal_of(folder, found, language)


def proposal_of(folder: Path, found: Sequence[Recognised], language: Language) -> Proposal:
    """Arrange what was recognised: one source of units, the others by year and kind."""
    words = WORDS[language]
    units = _units(found)
    left: list[tuple[ColumnSource, str]] = []
    candidates: list[Recognised] = []
    for each in found:
        if each is units:
            continue
        if reason := _why_not(each, units, words, language):
            left.append((each.source, reason))
        else:
            candidates.append(each)
    years = sorted({each.year.year for each in candidates if each.year and _is_cover(each)})
    if not years:
        years = sorted({each.year.year for each in candidates if each.year})[-1:] or [NO_YEAR]
    epochs, doubtful = {}, {}
    for year in years:
        own, unsure = _of_epoch(candidates, year, years)
        chosen, beaten = _one_of_a_kind(own)
        left += [(each.source, words.kind_taken.format(year=year)) for each in beaten]
        epochs[year] = tuple(map(_with_look, chosen))
        if unsure and year == years[-1]:
            doubtful[year] = tuple(Part((each,), str(each.kind)) for each in unsure)
    whole = units.units.whole_code if units and units.units else ""
    plan = next((each for each in bundled_plans() if each.adcode == whole), None)
    unique = tuple({(each.path, each.layer): (each, why) for each, why in left}.values())
    return Proposal(
        folder, units, epochs, unique, plan.id if plan else "", plan.city if plan else "", doubtful
    )


def _units(found: Sequence[Recognised]) -> Recognised | None:
    """The likeliest source of reporting units; of several alike the one with most units."""
    able = [
        each for each in found
        if each.units is not None and each.kind in ("districts", None)
    ]  # fmt: skip
    weight = {id(each): each.kinds[0].weight if each.kinds else 0.0 for each in able}
    return max(able, key=lambda each: (weight[id(each)], each.source.count), default=None)


def _is_cover(found: Recognised) -> bool:
    return found.kind is not None and kinds()[found.kind].role == "cover"


def _why_not(found: Recognised, units: Recognised | None, words: Words, language: Language) -> str:
    """Why a source is no layer of the proposal; empty for one that is."""
    source = found.source
    if source.form == "unreadable":
        return " ".join(each.message(language) for each in source.problems)
    if found.kind is None:
        return words.unknown
    if found.kind == "districts":
        return words.units_taken
    if units and _apart(source, units.source):
        return ColumnEvidence("elsewhere").text(language)
    if found.kind == "land_cover" and found.legend is None:
        return ColumnEvidence("no_classes").text(language)
    if found.legend is not None and not found.legend.candidates:
        is_plausible = units is not None and max(source.values) <= _LARGEST_CLASS
        return "" if is_plausible else found.legend.evidence.text(language)
    return ""


def _apart(one: ColumnSource, other: ColumnSource) -> bool:
    a, b = one.extent, other.extent
    if a is None or b is None:
        return False
    return a[0] > b[2] or b[0] > a[2] or a[1] > b[3] or b[1] > a[3]


def _of_epoch(
    candidates: Sequence[Recognised], year: int, years: Sequence[int]
) -> tuple[list[Recognised], list[Recognised]]:
    """Sources of a year, and covers that show no year while there are several.

    What divides or counts beside the covers (red line, roads, works) belongs to every year of
    which there is no own file.
    """
    own, unsure = [], []
    with_own = {each.kind for each in candidates if each.year and each.year.year == year}
    for each in candidates:
        shown = each.year.year if each.year else None
        if shown == year or (_is_cover(each) and shown is None and len(years) == 1):
            own.append(each)
        elif _is_cover(each):
            unsure += [each] if shown is None else []
        elif each.kind not in with_own and (shown is None or shown not in years):
            own.append(each)
    return own, unsure


def _one_of_a_kind(own: Sequence[Recognised]) -> tuple[list[Part], list[Recognised]]:
    """One part per kind, covers first; of files that are not side by side the likeliest stays."""
    parts: list[Part] = []
    beaten: list[Recognised] = []
    for kind in dict.fromkeys(each.kind for each in own):
        alike = sorted(
            (each for each in own if each.kind == kind), key=lambda each: -each.kinds[0].weight
        )
        held: list[Recognised] = []
        for each in alike:
            beside = all(_are_beside(each.source, other.source) for other in held)
            (held if beside else beaten).append(each)
        parts.append(Part(tuple(held), str(kind)))
    order = [*kinds()]
    rank = {key: (kinds()[key].role != "cover", order.index(key)) for key in order}
    return sorted(parts, key=lambda part: rank[part.kind]), beaten


def _are_beside(one: ColumnSource, other: ColumnSource) -> bool:
    """Whether two files of one form show different ground."""
    a, b = one.extent, other.extent
    if one.form != other.form or a is None or b is None or one.layer or other.layer:
        return False
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    smaller = min((each[2] - each[0]) * (each[3] - each[1]) for each in (a, b))
    return shared <= _SAME_GROUND * smaller


def _with_look(part: Part) -> Part:
    """The part with what its columns and units seem to be, where these can be read."""
    kind, source = kinds()[part.kind], part.first.source
    if source.form not in ("polygons", "lines", "points") or not kind.fields:
        return part
    try:
        return replace(part, look=look(_spec(part), kind))
    except InputError:
        return part  # reading the layer says what is wrong with it


def _spec(part: Part) -> LayerSpec:
    source = part.first.source
    return LayerSpec(part.kind, source.path, layer=source.layer)


def write_proposal(proposal: Proposal, path: Path, language: Language) -> tuple[Path, ...]:
    """Write the proposed workspace to a file that does not exist yet, and return the files.

    Beside it stands a legend to fill in for every class raster that no legend fits. Raises
    ``InputError`` when the workspace file exists.
    """
    file = path / "workspace.toml" if path.is_dir() else path
    if file.exists():
        raise InputError(problem("sinkatlas.template_exists", where=file))
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(proposal_lines(proposal, file.parent, language))
    file.write_text(f"{text}\n", encoding="utf-8")
    return (file, *_write_legends(proposal, file.parent))


def _write_legends(proposal: Proposal, at: Path) -> Iterator[Path]:
    """Legends with the codes of the rasters and room for what they mean."""
    for part in (each for parts in proposal.epochs.values() for each in parts):
        for found in part.found:
            target = at / _legend_file(found.source)
            if found.legend is not None and not found.legend.candidates and not target.exists():
                rows = [f"{code},,,," for code in _codes_of(found.source)]
                head = "code,ecosystem_type,zh,en,no_data"
                target.write_text("\n".join([head, *rows, ""]), encoding="utf-8-sig")
                yield target


def _codes_of(source: ColumnSource) -> list[int]:
    """Every cell value of a class raster, seldom ones too."""
    with open_raster(source.path) as dataset:
        return sorted(class_contents(dataset, 1, source.name).counts)


def _legend_file(source: ColumnSource) -> str:
    return f"legend_{source.path.stem}.csv"


def proposal_lines(proposal: Proposal, at: Path, language: Language) -> Iterator[str]:
    """The workspace as TOML, with paths counted from ``at`` and every reason as a comment."""
    words = WORDS[language]
    yield from words.head
    yield ""
    yield "[workspace]"
    place = proposal.place or proposal.folder.resolve().name
    yield f"title = {quoted(words.title.format(place=place))}"
    yield f'language = "{language}"'
    if proposal.plan:
        yield f"plan = {quoted(proposal.plan)}  # {words.plan_found}"
    else:
        yield f'# plan = "plan.toml"  # {words.plan_none}'
    yield ""
    yield from _units_lines(proposal, at, language)
    for year, parts in proposal.epochs.items():
        yield ""
        yield "[[epochs]]"
        yield f"year = {year}" + (f"  # {words.no_year}" if year == NO_YEAR else "")
        for part in parts:
            yield ""
            yield from _layer_lines(part, year, at, language)
        for part in proposal.doubtful.get(year, ()):
            yield ""
            yield f"# {words.no_year_of_several}"
            yield from (f"# {line}" for line in _layer_lines(part, year, at, language))
    if proposal.left_out:
        yield ""
        yield f"# {words.left_out}"
        for source, reason in proposal.left_out[:_MOST_LEFT_OUT]:
            yield f"#   {commented(_named(source, at))}: {commented(reason)}"


def _units_lines(proposal: Proposal, at: Path, language: Language) -> Iterator[str]:
    words, found = WORDS[language], proposal.units
    yield f"[units]  # {words.units}"
    if found is None or found.units is None:
        yield f'path = ""  # {words.units_missing}'
        yield 'whole_code = ""'
        yield 'whole_name = ""'
        return
    source, guess = found.source, found.units
    yield from _source_lines(found, at, language)
    yield f"code = {quoted(guess.code)}  # {commented(guess.evidence[0].text(language))}"
    yield f"name = {quoted(guess.name)}  # {commented(guess.evidence[1].text(language))}"
    if guess.whole_code:
        yield f"whole_code = {quoted(guess.whole_code)}  # {words.whole_shared}"
    else:
        yield f'whole_code = "whole"  # {words.whole_own}'
    yield f"whole_name = {quoted(proposal.place or words.whole_name)}"
    if source.count == 1:
        yield f"# {words.one_unit}"


def _source_lines(found: Recognised, at: Path, language: Language) -> Iterator[str]:
    """Path, layer, coordinate system and shift of one source."""
    words, source = WORDS[language], found.source
    yield f"path = {quoted(_path(source.path, at))}"
    if source.layer:
        yield f"layer = {quoted(source.layer)}"
    if not source.crs and source.own_bounds and source.form != "table":
        likely = likely_systems(source.own_bounds)
        told = words.crs_likely if likely else words.crs_unknown
        yield f"# crs = {quoted(likely[0] if len(likely) == 1 else 'EPSG:')}  # {told}"
        if len(likely) > 1:
            yield f"#   {', '.join(likely)}"
    if found.shift is not None:
        yield f'shift = "gcj02"  # {commented(found.shift.text(language))}'


def _layer_lines(part: Part, year: int, at: Path, language: Language) -> Iterator[str]:
    words, found, kind = WORDS[language], part.first, kinds()[part.kind]
    source = found.source
    yield "[[epochs.layers]]"
    title = kind.title_zh if language == "zh" else kind.title_en
    reasons = "; ".join(each.text(language) for each in found.kinds[0].evidence)
    yield f"kind = {quoted(part.kind)}  # {title}: {commented(reasons)}"
    also = [each.kind for each in found.kinds[1:3] if each.weight > found.kinds[0].weight - 1]
    if also:
        yield f"# {words.also.format(kinds=', '.join(also))}"
    if len(part.found) > 1:
        listed = ", ".join(quoted(_path(each.source.path, at)) for each in part.found)
        yield f"paths = [{listed}]  # {words.side_by_side}"
    else:
        yield from _source_lines(found, at, language)
    if found.legend is not None:
        told = commented(found.legend.evidence.text(language))
        if not found.legend.candidates:
            yield f"legend = {quoted(_legend_file(source))}  # {told}; {words.legend_to_fill}"
        else:
            mark = "" if found.legend.name else "# "
            yield f"{mark}legend = {quoted(found.legend.candidates[0])}  # {told}"
    yield from _column_lines(part, kind, language)
    shown = found.year
    if shown is None and year != NO_YEAR and kind.role == "cover":
        yield f"# {words.year_assumed.format(year=year)}"
    elif shown is not None and shown.year != year and year != NO_YEAR and part.kind != "works":
        yield f"year = {shown.year}  # {commented(shown.evidence.text(language))}"


def _column_lines(part: Part, kind: LayerKind, language: Language) -> Iterator[str]:
    """Columns with other names than usual, units with their evidence, required columns absent."""
    words = WORDS[language]
    if part.look is not None:
        usual = {each.name: each.column for each in kind.fields}
        columns = {name: c for name, c in part.look.columns.items() if c != usual[name]}
        if columns:
            pairs = ", ".join(f"{name} = {quoted(column)}" for name, column in columns.items())
            yield f"fields = {{ {pairs} }}  # {words.by_alias}"
        told = {each.meaning: each.evidence for each in part.look.fields if each.meaning}
        for name, value in part.look.options.items():
            yield f"{name} = {quoted(value)}  # {commented(told.get(value, ''))}"
    held = set(part.look.columns) if part.look else set()
    if part.look is None and part.first.source.form != "table":
        return
    names = {each.name.casefold() for each in part.first.source.columns}
    for each in kind.fields:
        usual_names = {name.casefold() for name in (each.column, *each.aliases)}
        if each.required and each.name not in held and not usual_names & names:
            title = each.title_zh if language == "zh" else each.title_en
            existing = ", ".join(column.name for column in part.first.source.columns[:20])
            yield f"# {words.column_missing.format(title=title, columns=commented(existing))}"
            yield f'# fields = {{ {each.name} = "" }}'


def _named(source: ColumnSource, at: Path) -> str:
    path = _path(source.path, at)
    return f"{path}: {source.layer}" if source.layer else path


def _path(path: Path, at: Path) -> str:
    """A path as the workspace names it: relative where both lie on one disk."""
    try:
        return Path(os.path.relpath(path.resolve(), at.resolve())).as_posix()
    except ValueError:  # another drive of Windows
        return path.resolve().as_posix()


def choices(proposal: Proposal) -> int:
    """How many settings of a proposal a person has to choose before it can be used."""
    parts = [part for own in proposal.epochs.values() for part in own]
    used = [each for part in parts for each in part.found]
    sources_used = [*used, *([proposal.units] if proposal.units else [])]
    return (
        (proposal.units is None)
        + sum(year == NO_YEAR for year in proposal.epochs)
        + sum(each.legend is not None and each.legend.name is None for each in used)
        + sum(not each.source.crs and each.source.own_bounds is not None for each in sources_used)
        + sum("fields = {" in line for part in parts for line in _open_columns(part))
        + sum(map(len, proposal.doubtful.values()))
    )


def _open_columns(part: Part) -> list[str]:
    lines = _column_lines(part, kinds()[part.kind], "en")
    return [line for line in lines if line.startswith("# fields")]
