"""Statistical bases: two figures of one name may count different things.

A basis is ``family:key`` of ``bases.csv``, such as ``wetland:second_survey`` (which wetlands count)
or ``forest:after_fusion`` (forest figures after fusion with the third land survey). Results that
come from a land-cover product say ``land_cover``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib import resources

from plans.plan import Words
from sink_models.measures import BASIS as WORKS
from sink_models.results import IndicatorValue

_UNKNOWN = "unknown"


@cache
def bases() -> Mapping[str, Words]:
    """Every basis a plan may name, and its words."""
    text = (resources.files("plans") / "bases.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return {row["basis"]: {"zh": row["zh"], "en": row["en"]} for row in rows}


def basis_of(text: str) -> str | None:
    """The basis that a text states, with or without its family; None when it states none.

    >>> basis_of("sandiao_00"), basis_of("wetland:unknown"), basis_of("forest_survey")
    ('wetland:sandiao_00', None, None)
    """
    names = (basis for basis in bases() if text in (basis, basis.rpartition(":")[2]))
    basis = next(names, None)
    return None if basis is None or basis.endswith(_UNKNOWN) else basis


def basis_name(text: str) -> Words:
    """Words of a basis as results state it; the text itself when it is not in the table."""
    return bases().get(basis_of(text) or text, {"zh": text or "–", "en": text or "–"})


def is_works(value: IndicatorValue) -> bool:
    """Whether a value is work done, as a ledger holds it, and not what stands."""
    return value.basis.code == WORKS


def contradict(plan_basis: str, run_basis: str) -> bool:
    """Whether two known bases differ: two of one family, or a survey's and a map product's."""
    of_one_kind = plan_basis.partition(":")[0] == run_basis.partition(":")[0]
    return plan_basis != run_basis and (of_one_kind or "land_cover" in (plan_basis, run_basis))
