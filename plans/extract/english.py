"""Promises in English sentences: government news and plans for readers abroad.

A figure's metric is the shortest pattern of ``english.toml`` around it; its year the nearest one in
its sentence, else that of the sentence before; it is a promise when its clause speaks of what will
be, and not of what has been.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib import resources

from plans.extract.found import FoundTarget
from plans.extract.vocabulary import Metric, metric_of
from plans.extract.wording import Sign

_SIZES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_FACTORS: Mapping[str, tuple[str, Fraction]] = {
    "mu": ("ha", Fraction(1, 15)),
    "acre": ("ha", Fraction("0.40468564224")),
    "km2": ("ha", Fraction(100)),
    "points": ("%", Fraction(1)),
}
"""Printed units that are no unit of a metric: which one they make, and how many of it."""
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_WRITTEN = re.compile(
    rf"{_MONTH} \d{{1,2}}, (20\d\d)|\d{{1,2}} {_MONTH},? (20\d\d)|\b(20\d\d)-\d\d?-\d\d?\b"
)
_STOP = re.compile(
    r"(?<!\b[A-Z])(?<!ca)(?<!No)(?<!Jan)(?<!Feb)(?<!Aug)(?<!Sept)(?<!Oct)(?<!Nov)(?<!Dec)"
    r"[.!?;][\"”')]*\s+|\n+"
)
_YEAR = re.compile(
    r"(?P<period>(?:from |between )?(?P<first>20[0-6]\d)(?:-| to | and |–)"
    r"(?P<last>20[0-6]\d|\d\d)\b)"
    r"|(?P<lead>by the end of |by |until |through |before |in |of )?(?P<year>20[0-6]\d)\b(?!-\d)"
    r"|(?P<plan>1[1-9])th[- ]five[- ]year",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:(?P<last>last|previous)|(?P<now>this|current|end of the)|(?P<next>next)) year\b",
    re.I,
)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|should|aims?|aiming|targets?|goals?|plans?|planned|vow(?:s|ed)?|"
    r"pledges?d?|expect(?:s|ed)?|striv(?:e|es|ing)|seeks?|intends?|hopes?|must|to (?:reach|hit|be|"
    r"add|plant|restore|complete|raise|increase|expand|achieve|cover|build|create|bring|have|grow|"
    r"treat|improve|protect|keep|maintain|exceed|afforest|tend|top|rise))\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?<!be )(?:ha[sd]|have|was|were|reached|rose|grew|stood|stands|totall?ed|completed|planted|"
    r"restored|increased|expanded|covered|covering|added|achieved|home to|so far|current(?:ly)?|"
    r"at present|already|now|compared with|up from|over the past|in the past|since)\b",
    re.I,
)
_FROM = re.compile(r"\b(?:up |down )?from(?: (?:the )?(?:current|about|around|some))* $", re.I)
_MOST = re.compile(
    r"\b(?:no more than|at most|not exceed\w*|within|below|under|"
    r"(?<!no )(?<!not )less than|up to)(?: \w+)? $",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|around|some|approximately|roughly|nearly|almost|close to|ca\.?) $", re.I
)
_BY = re.compile(
    r"\b(?:by|another|an additional|additional|a further)"
    r"(?: (?:about|around|over|more than|at least))? $",
    re.I,
)
_TOUCHING = 12
"""Characters by which “# hectares of X” counts as nearer than a name before the figure."""
_EACH_YEAR = re.compile(
    r"[^,;.]{0,40}?\b(?:a|each|every|per) year\b|[^,;.]{0,40}?\bannually\b", re.I
)
_LONG = 25
"""Width at which a metric that is only understood counts."""
_GOING_ON = (
    r"(?:[\s,]|\b(?:and|will|to|in|by|from|last|this|next|year|the|end|of|be|is|are|was|were|it|"
    r"rise|risen|rose|grow|grown|increase[sd]?|raised?|reach|about|around|more|than|over|further|"
    r"again|then|expected|20\d\d)\b)*"
)
_NEW = re.compile(r"\b(?:add|adds|adding|new|additional|another)\b", re.I)


@dataclass(frozen=True)
class _Figure:
    """A figure at ``text[start:end]``: ``value`` of ``unit`` (a key of ``english.toml``)."""

    start: int
    end: int
    value: Fraction
    unit: str
    digits: str
    printed_unit: str


@dataclass(frozen=True)
class _Year:
    start: int
    end: int
    year: int
    is_goal: bool


@cache
def _tables() -> tuple[
    re.Pattern[str], Mapping[str, str], tuple[tuple[Metric, re.Pattern[str]], ...]
]:
    """The pattern of a figure, its printed units, and a pattern for every metric."""
    raw = tomllib.loads(
        (resources.files("plans.extract") / "english.toml").read_text(encoding="utf-8")
    )
    units = "|".join(f"(?P<u{n}>{'|'.join(each)})" for n, each in enumerate(raw["units"].values()))
    figure = re.compile(
        r"(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*-?"
        rf"(?P<size>thousand|million|billion|trillion)?[\s-]*(?P<unit>{units})(?![a-z])",
        re.IGNORECASE,
    )
    names = {f"u{n}": name for n, name in enumerate(raw["units"])}
    patterns = []
    for key, texts in raw["metrics"].items():
        metric = metric_of(key)
        if metric is None:
            raise ValueError(f"english.toml names '{key}', which vocabulary.toml does not")
        filled = [_filled(each, raw) for each in texts]
        patterns.append((metric, re.compile("|".join(f"(?:{each})" for each in filled))))
    return figure, names, tuple(patterns)


def _filled(pattern: str, raw: Mapping[str, str]) -> str:
    for name in ("gap", "of", "be"):
        pattern = pattern.replace(f"{{{name}}}", raw[name])
    return pattern


def is_english(text: str) -> bool:
    """Whether a paragraph is in English: letters in words, hardly a Chinese character.

    >>> is_english("By 2025, forest cover will reach 24.1%."), is_english("到2025年GDP增长5%。")
    (True, False)
    """
    han = sum("\u3400" <= each <= "\u9fff" for each in text)
    latin = sum(each.isascii() and each.isalpha() for each in text)
    return latin >= 12 and latin > 20 * han and " " in text.strip()


def written_in(text: str) -> int | None:
    """The year in an English date, the first of a text.

    >>> written_in("NANJING, Jan. 16, 2024 (Xinhua)")
    2024
    """
    hit = _WRITTEN.search(text)
    return int(next(filter(None, hit.groups()))) if hit else None


def read_english(
    paragraphs: Sequence[tuple[str, int]], written: int | None
) -> Iterator[FoundTarget]:
    """The promises of English paragraphs, each with where it begins in its document."""
    carried: int | None = None
    for text, base in paragraphs:
        found, carried = _paragraph(text, base, written, carried)
        yield from found


def _paragraph(
    text: str, base: int, written: int | None, carried: int | None
) -> tuple[list[FoundTarget], int | None]:
    """The promises of a paragraph, and the last goal year that it or an earlier one named."""
    plain = re.sub(r"[\u00a0\t\r]", " ", text)
    promised: list[FoundTarget] = []
    is_ahead = False
    start = 0
    for stop in [*_STOP.finditer(plain), None]:
        end = stop.start() if stop else len(plain)
        sentence = plain[start:end]
        years = list(_years(sentence, written))
        found = list(_sentence(sentence, years, carried, written, is_ahead=is_ahead))
        for each, first, last in found:
            promised.append(_placed(each, base + start + first, base + start + last))
        goals = [each.year for each in years if each.is_goal]
        carried = goals[-1] if goals else carried
        is_ahead = bool(goals) or _AHEAD.search(sentence) is not None
        start = stop.end() if stop else end
    return promised, carried


def _placed(found: FoundTarget, start: int, end: int) -> FoundTarget:
    return replace(found, start=start, end=end)


def _years(sentence: str, written: int | None) -> Iterator[_Year]:
    for hit in _YEAR.finditer(sentence):
        if hit["plan"]:
            year, is_goal = 2005 + 5 * (int(hit["plan"]) - 10), True
            year = 2010 + 5 * (int(hit["plan"]) - 11)
        elif hit["period"]:
            last = hit["last"] if len(hit["last"]) == 4 else hit["first"][:2] + hit["last"]
            year, is_goal = int(last), True
        else:
            year = int(hit["year"])
            lead = (hit["lead"] or "").lower()
            is_goal = lead.startswith(("by", "until", "through", "before")) or (
                lead == "in " and _AHEAD.search(sentence[: hit.start()]) is not None
            )
        if re.search(rf"{_MONTH} \d{{1,2}}, $", sentence[max(0, hit.start() - 12) : hit.start()]):
            continue
        yield _Year(hit.start(), hit.end(), year, is_goal and (written is None or year >= written))
    for hit in _RELATIVE.finditer(sentence):
        if written is not None:
            ahead = 1 if hit["next"] else -1 if hit["last"] else 0
            yield _Year(hit.start(), hit.end(), written + ahead, ahead >= 0)


def _figures(sentence: str) -> list[_Figure]:
    pattern, names, _ = _tables()
    found: list[_Figure] = []
    for hit in pattern.finditer(sentence):
        unit = next(names[key] for key, text in hit.groupdict().items() if text and key in names)
        size = _SIZES[hit["size"].lower()] if hit["size"] else 1
        value = Fraction(hit["digits"].replace(",", "")) * size
        in_brackets = found and re.fullmatch(
            r"\s*\((?:ca\.?|about|or|some)?\s*", sentence[found[-1].end : hit.start()]
        )
        if not in_brackets:  # 600,000 mu (40,000 hectares) says one thing twice
            printed = f"{hit['size'] or ''} {hit['unit']}".strip()
            digits = hit["digits"].replace(",", "")
            found.append(_Figure(hit.start(), hit.end(), value, unit, digits, printed))
    return found


def _sentence(
    sentence: str,
    years: Sequence[_Year],
    carried: int | None,
    written: int | None,
    *,
    is_ahead: bool,
) -> Iterator[tuple[FoundTarget, int, int]]:
    figures = _figures(sentence)
    spoken: Metric | None = None
    for number, figure in enumerate(figures):
        bound = _metric(sentence, figures, number)
        if bound is None and spoken is not None and _goes_on(sentence, figures, number, spoken):
            bound = spoken, _LONG
        spoken = bound[0] if bound is not None else None
        if bound is None or _FROM.search(sentence[: figure.start]):
            continue
        metric, width = bound
        rest = figures[number + 1 :]
        year = _year_of(figure, rest[0].start if rest else len(sentence), years, sentence)
        if not _is_promise(sentence, figure, figures[:number], year, written, is_ahead=is_ahead):
            continue
        goal = year.year if year is not None else carried
        yield _found(sentence, figure, metric, goal, width), *_quote(sentence, figure)


def _quote(sentence: str, figure: _Figure) -> tuple[int, int]:
    lead = len(sentence) - len(sentence.lstrip(" -•*"))
    return lead, max(figure.end, len(sentence.rstrip(" .;")))


def _metric(sentence: str, figures: Sequence[_Figure], number: int) -> tuple[Metric, int] | None:
    """The metric whose pattern around the figure is shortest, and how long that is.

    Works go first: plant 73 million hectares of forest is no forest area.
    """
    figure = figures[number]
    masked = ""
    for order, each in enumerate(figures):
        before = figures[order - 1].end if order else 0
        masked += sentence[before : each.start].lower()
        masked += "#" if each is figure else "@"
        if each.unit == "count":
            masked += each.printed_unit.lower()
    masked += sentence[figures[-1].end :].lower()
    masked = _with_noun(re.sub(r"\s*\([^()#@]*\)", "", masked))
    found: list[tuple[int, Metric]] = []
    for metric, pattern in _tables()[2]:
        if _values(figure, metric) is None:
            continue
        for hit in pattern.finditer(masked):
            if "#" in hit.group():
                touches = hit.group().startswith("# of")
                found.append((hit.end() - hit.start() - _TOUCHING * touches, metric))
    works = [each for each in found if each[1].kind == "works"]
    if not found:
        return None
    width, nearest = min(works or found, key=lambda each: each[0])
    return nearest, width


def _with_noun(masked: str) -> str:
    """9,750 hectares will be rehabilitated: of what was spoken of before."""
    noun = re.findall(
        r"mangroves?(?: forests?)?|wetlands?|grasslands?|forests?", masked[: masked.index("#")]
    )
    elliptic = re.search(r"# (?=(?:will|would|should|to|are to|is to) be )", masked)
    return masked if elliptic is None or not noun else masked.replace("# ", f"# of {noun[-1]} ", 1)


def _goes_on(sentence: str, figures: Sequence[_Figure], number: int, spoken: Metric) -> bool:
    """41.2 percent last year and will rise to 42.5 percent: no other noun stands between."""
    before, figure = figures[number - 1], figures[number]
    between = sentence[before.end : figure.start]
    fits = before.unit == figure.unit and _values(figure, spoken) is not None
    return fits and re.fullmatch(_GOING_ON, between, re.I) is not None


def _values(figure: _Figure, metric: Metric) -> Fraction | None:
    """The figure in the metric's unit; None when it cannot be one of it."""
    if figure.unit == "count":
        is_tree = re.search("tree|sapling|seedling", figure.printed_unit, re.I) is not None
        if metric.unit != "count" or is_tree != (metric.key == "trees_planted"):
            return None
        return figure.value
    unit, factor = _FACTORS.get(figure.unit, (figure.unit, Fraction(1)))
    value = figure.value * factor
    if unit == "m2" and metric.unit == "ha":
        return value / 10**4
    if unit != metric.unit or (unit == "%" and value > 100) or value < metric.least:
        return None
    return value


def _year_of(
    figure: _Figure, following: int, years: Sequence[_Year], sentence: str
) -> _Year | None:
    """The year right behind the figure, else the last one before it, else a goal further on.

    ``following`` is where the next figure begins, whose year may not be this one's.
    """
    clause = re.search(r"[,;]|\bwhile\b", sentence[figure.end : following])
    stop = figure.end + clause.start() if clause else following
    before = [each for each in years if each.end <= figure.start]
    behind = [each for each in years if each.start >= figure.end]
    near = [each for each in behind if each.start < stop]
    goals = [each for each in behind if each.is_goal]
    return next(iter([*near, *reversed(before), *goals]), None)


def _is_promise(
    sentence: str,
    figure: _Figure,
    before: Sequence[_Figure],
    year: _Year | None,
    written: int | None,
    *,
    is_ahead: bool,
) -> bool:
    """What the words of the clause say, else those of the sentence, else the sentence before."""
    if year is not None and written is not None and year.year < written:
        return False
    left = max(
        [0, *(hit.end() for hit in re.finditer(r"[,;:]|\bwhile\b", sentence[: figure.start]))]
    )
    clause = sentence[left : figure.start]
    passive = re.match(r"[^,;]{0,30}?\b(?:will|would|should|to) be\b", sentence[figure.end :])
    if _AHEAD.search(clause) or passive:
        return True
    if _PAST.search(clause):
        return False
    if year is not None and year.is_goal and left <= year.start:
        return True
    earlier = sentence[:left]
    ahead = [hit.end() for hit in _AHEAD.finditer(earlier)]
    past = [hit.end() for hit in _PAST.finditer(earlier)]
    if ahead or past:
        return max(ahead, default=-1) >= max(past, default=-1)
    rest = sentence[figure.end :]
    return (
        (year is not None and year.is_goal)
        or _AHEAD.search(rest) is not None
        or (is_ahead and not _PAST.search(sentence))
    )


def _found(
    sentence: str, figure: _Figure, metric: Metric, year: int | None, width: int
) -> FoundTarget:
    before = sentence[: figure.start]
    value = _values(figure, metric)
    if value is None:
        raise ValueError(f"{figure.printed_unit} is no unit of {metric.key}")
    sign: Sign = ">="
    if figure.unit == "points" or (_BY.search(before) and metric.kind == "target"):
        sign = "increase"
    elif _MOST.search(before):
        sign = "<="
    elif _ABOUT.search(before):
        sign = "~"
    is_new = (
        metric.kind == "target" and metric.unit != "%" and _NEW.search(before[-30:]) is not None
    )
    return FoundTarget(
        metric=metric.key,
        year=year,
        comparator=sign,
        value=(float(Fraction(figure.digits)),),
        unit=figure.printed_unit,
        value_si=(float(value),),
        unit_si=metric.unit,
        strive=re.search(r"\b(?:striv|aim|seek|hope)", before, re.I) is not None,
        kind=metric.kind,
        scope=None,
        clause="",
        quote="",
        start=0,
        end=1,
        confidence=round(max(0.5, 0.93 - 0.004 * width - (0.2 if year is None else 0.0)), 2),
        printed=figure.digits,
        period="year" if _EACH_YEAR.match(sentence[figure.end :]) else "whole",
        is_said=sign != ">=",
        is_added=sign == "increase" or is_new,
    )
