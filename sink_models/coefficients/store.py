"""The coefficient store: every number of the carbon methods, with its source and its range.

Tables live in ``sink_models/coefficients/*.csv``, one row per coefficient. ``seen_as`` says in what
kind of text the number was seen, and ``verified_in`` in which: only *first-hand* rows were read in
the publication itself, the others in a transcription of it or in a paper that cites it, or were not
seen in print. ``range_seen`` says the same of the range. ``ship`` says what follows: only ``ship``,
``ship_with_note`` and rows of the analyst's own may drive a default, the others want the analyst's
explicit choice.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np

from gis.problems import InputError, ProblemLog, problem
from sink_models.coefficients import distributions
from sink_models.coefficients.rule_tables import Rules, our_rules
from sink_models.sampling import Array, Sampling

ANALYST = "analyst"
"""Standing of a row that an analyst gave under their own name."""

SHIPPING = ("ship", "ship_with_note", ANALYST)
SHIP_VALUES = (*SHIPPING, "confirm", "do_not_use_until_confirmed", "historic_only")
COLUMNS = (
    *("key", "value", "unit", "low", "high", "range_basis", "distribution", "applies_to"),
    *("climate_zone", "ecosystem", "species", "region", "age"),
    *("source_document", "table_section", "page", "seen_as", "verified_in", "range_seen"),
    *("ship", "note"),
)
GRADES: Mapping[str, str] = {
    "publication": "A",
    "publication_and_transcription": "A",
    "two_transcriptions": "B",
    "transcription": "B",
    "citing_paper": "B",
    "description": "C",
    "not_seen": "",
    ANALYST: ANALYST,
}
"""Grade of a number by the kind of text it was seen in: A is first-hand, B second-hand, C a text
that speaks of the number without printing its table, empty a number that was not seen in print."""

RANGES = ("printed", "derived", "not_seen", ANALYST, "")
"""How a range was come by: printed beside the value, derived from what is printed there, not seen
in print, given by the analyst; empty where there is no range."""

AGE_GROUPS = ("young", "middle", "near_mature", "mature", "over_mature")
_AGE = re.compile(rf"(?:<=|>)?\d+ yr|\d+-\d+ yr|{'|'.join(AGE_GROUPS)}")
FRACTION_UNITS = ("fraction", "t C/t d.m.")


@dataclass(frozen=True)
class Coefficient:
    """One coefficient as its source prints it; ``low`` and ``high`` are NaN when not given.

    ``age`` is an age class of the forest survey or years (``<=20 yr``, ``1-20 yr``), empty for any
    age; ``page`` is empty where the page was not recorded.
    """

    key: str
    value: float
    unit: str
    low: float
    high: float
    range_basis: str
    distribution: str
    applies_to: str
    climate_zone: str
    ecosystem: str
    species: str
    region: str
    age: str
    source_document: str
    table_section: str
    page: str
    seen_as: str
    verified_in: str
    range_seen: str
    ship: str
    note: str

    @property
    def ships(self) -> bool:
        """Whether this row may drive a default."""
        return self.ship in SHIPPING

    @property
    def grade(self) -> str:
        """``A`` first-hand, ``B`` second-hand, ``C`` only spoken of, empty not seen in print."""
        return GRADES[self.seen_as]

    @property
    def is_first_hand(self) -> bool:
        """Whether the number was read in the publication itself."""
        return self.grade == "A"

    @property
    def place(self) -> str:
        """Table and page in the document, as far as they are recorded."""
        page = self.page and f"p. {self.page}"
        return ", ".join(filter(None, (self.table_section, page)))

    @property
    def cited(self) -> str:
        """Document, table and page, as far as they are recorded."""
        return ", ".join(filter(None, (self.source_document, self.place)))

    @property
    def applicability(self) -> str:
        """Climate zone, ecosystem, species, province and age that the row was made for."""
        parts = (self.climate_zone, self.ecosystem, self.species, self.region, self.age)
        return "; ".join(filter(None, parts))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value the quantity can take, for truncation."""
        is_signed = self.value < 0 or self.low < 0
        least = -math.inf if is_signed else 0.0
        if self.unit.startswith("%"):
            return least, 100.0
        return least, 1.0 if self.unit in FRACTION_UNITS else math.inf

    @property
    def recommended_distribution(self) -> str:
        """The law that the range alone suggests; the table records the law in use."""
        least, greatest = self.bounds
        return distributions.choose_distribution(
            self.value, self.low, self.high, minimum=least, maximum=greatest
        )


@dataclass(frozen=True)
class CoefficientStore:
    """All coefficients by key, and the rules that say which of them apply."""

    rows: Mapping[str, Coefficient]
    rules: Rules = field(default_factory=our_rules)

    def __getitem__(self, key: str) -> Coefficient:
        try:
            return self.rows[key]
        except KeyError:
            raise InputError(problem("sink_models.coefficient_unknown", where=key)) from None

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    def __iter__(self) -> Iterator[Coefficient]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, key: str, sampling: Sampling) -> Array:
        """Central value, then draws: shape ``(1 + draws,)``, or ``(1,)`` for a row without range.

        The same key under the same seed gives the same draws, in whatever order it is asked for:
        districts, classes and epochs share them.
        """
        row = self[key]
        if row.distribution == "constant" or sampling.draws == 0:
            return np.array([row.value])
        least, greatest = row.bounds
        drawn = distributions.draw(
            sampling.generator(f"coefficient:{key}"),
            sampling.draws,
            distribution=row.distribution,
            value=row.value,
            low=row.low,
            high=row.high,
            minimum=least,
            maximum=greatest,
        )
        return np.concatenate([[row.value], drawn])


@cache
def coefficients() -> CoefficientStore:
    """The store over our own tables, read and checked once.

    >>> coefficients()["mangrove_cf"].value
    0.451
    """
    folder = resources.files("sink_models") / "coefficients"
    files = sorted(each.name for each in folder.iterdir() if each.name.endswith(".csv"))
    records: list[tuple[str, Mapping[str, str]]] = []
    for name in files:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        records += [
            (f"{name}:{number}", row) for number, row in enumerate(csv.DictReader(lines), start=2)
        ]
    return read_coefficients(records)


def read_coefficients(records: Iterable[tuple[str, Mapping[str, str]]]) -> CoefficientStore:
    """Check rows whole and build a store; each record is (place, row with the table's columns).

    Raises ``InputError`` with every bad row: unknown or missing columns, a key given twice, a value
    that is no number or lies outside its range, half a range, an unknown age, ship value or law.
    """
    log = ProblemLog()
    rows: dict[str, Coefficient] = {}
    for where, record in records:
        if set(record) != set(COLUMNS) or None in record.values():
            log.add("sink_models.coefficient_columns", where, columns=", ".join(COLUMNS))
            continue
        row = _parse(where, record, log)
        if row is None:
            continue
        if row.key in rows:
            log.add("sink_models.coefficient_twice", where, key=row.key)
        rows[row.key] = row
    log.raise_if_errors()
    return CoefficientStore(rows)


def _parse(where: str, record: Mapping[str, str], log: ProblemLog) -> Coefficient | None:
    numbers: dict[str, float] = {}
    for name in ("value", "low", "high"):
        try:
            numbers[name] = float(record[name]) if record[name] or name == "value" else math.nan
        except ValueError:
            numbers[name] = math.inf
        is_given = bool(record[name]) or name == "value"
        if is_given and not math.isfinite(numbers[name]):
            log.add("sink_models.coefficient_number", where, field=name, given=record[name])
            return None
    texts = {name: record[name] for name in COLUMNS if name not in numbers}
    row = Coefficient(**texts, **numbers)  # type: ignore[arg-type]
    _check(where, row, log)
    return row


def _check(where: str, row: Coefficient, log: ProblemLog) -> None:
    has_range = not math.isnan(row.low) and not math.isnan(row.high)
    if math.isnan(row.low) != math.isnan(row.high):
        log.add("sink_models.coefficient_half_range", where, key=row.key)
    elif has_range and not row.low <= row.value <= row.high:
        given = f"{row.value} ∉ [{row.low}, {row.high}]"
        log.add("sink_models.coefficient_outside_range", where, key=row.key, given=given)
    if row.ship not in SHIP_VALUES:
        allowed = ", ".join(SHIP_VALUES)
        log.add("sink_models.coefficient_ship", where, given=row.ship, allowed=allowed)
    for name, given, choices in (
        ("seen_as", row.seen_as, tuple(GRADES)),
        ("range_seen", row.range_seen, RANGES),
    ):
        if given not in choices:
            allowed = ", ".join(filter(None, choices))
            log.add("sink_models.coefficient_seen", where, field=name, given=given, allowed=allowed)
    if row.age and not _AGE.fullmatch(row.age):
        allowed = f"{', '.join(AGE_GROUPS)}, <=20 yr, >20 yr, 1-20 yr"
        log.add("sink_models.coefficient_age", where, given=row.age, allowed=allowed)
    known = row.distribution in distributions.DISTRIBUTIONS
    if not known or (row.distribution == "constant") == (has_range and row.low < row.high):
        allowed = ", ".join(distributions.DISTRIBUTIONS)
        log.add(
            "sink_models.coefficient_distribution",
            where,
            key=row.key,
            given=row.distribution,
            allowed=allowed,
        )
