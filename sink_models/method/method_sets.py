"""Method sets by name: which documents' rows and equations they stand for, and what is lacking.

A part whose numbers could not be read is a named gap: ``gap_template`` gives the rows that an
analyst fills in from the document on the desk, as a file for ``coefficients`` of ``[carbon]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from gis.problems import InputError, problem
from sink_models.coefficients import CoefficientStore, read_table
from sink_models.method.values import both
from sink_models.results import Results

METHOD_SET_COLUMNS = (
    *("epoch", "method_set", "title_zh", "title_en", "part_zh", "part_en", "clause"),
    *("t_c", "against_ours_percent", "coefficients", "lacking", "gap_zh", "gap_en", "document"),
)
TEMPLATE_COLUMNS = (
    *("key", "value", "unit", "low", "high", "reason", "analyst"),
    *("source_document", "table_section", "page"),
)


@cache
def method_sets() -> Mapping[str, tuple[Mapping[str, str], ...]]:
    """The parts of every method set, by its name.

    >>> list(method_sets())[:2]
    ['ipcc_2006_2019', 'provincial_guideline_2011']
    """
    rows = read_table("method_sets.csv")
    names = dict.fromkeys(row["method_set"] for row in rows)
    return {name: tuple(row for row in rows if row["method_set"] == name) for name in names}


def expected_documents() -> list[dict[str, str]]:
    """Documents that a reviewer expects, with what of each was seen and what it is used for."""
    return read_table("expected_documents.csv")


def gap_template(name: str, store: CoefficientStore) -> pd.DataFrame:
    """The rows of a set whose numbers were not seen, for an analyst to fill in and sign.

    Raises ``InputError`` for a set that does not exist or has no such row.
    """
    sets = method_sets()
    if name not in sets:
        allowed = ", ".join(sets)
        raise InputError(problem("sink_models.method_set_unknown", where=name, allowed=allowed))
    gaps = [
        (key, row["document"], row["clause"])
        for row in sets[name]
        for key in row["keys"].split()
        if not store[key].ships
    ]
    if not gaps:
        told = both(*(_listed(row[f"gap_{each}"] for row in sets[name]) for each in ("zh", "en")))
        raise InputError(problem("sink_models.method_set_no_gaps", where=name, gaps=told))
    rows = [
        (key, "", store[key].unit, "", "", "", "", document, clause, "")
        for key, document, clause in gaps
    ]
    return pd.DataFrame(rows, columns=list(TEMPLATE_COLUMNS))


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts))) or "–"


def method_set_table(results: Results) -> pd.DataFrame:
    """Each set beside ours: living carbon of the measured stands by its route, t C, or its gaps."""
    rows = []
    for epoch in results.epochs:
        routes = {each.route: each for each in results.forest_routes if each.epoch == epoch}
        ours = routes["function"].carbon_t if "function" in routes else np.nan
        for parts in method_sets().values():
            for part in parts:
                route = routes.get(part["route"])
                carbon = np.nan if route is None else route.carbon_t
                keys = part["keys"].split()
                lacking = [key for key in keys if not results.store[key].ships
                           and key not in results.options.accepted]  # fmt: skip
                lacking += [] if route is None else [*route.missing]
                is_gap = bool(lacking) or not keys
                rows.append(
                    (
                        *(epoch, part["method_set"], part["title_zh"], part["title_en"]),
                        *(part["part_zh"], part["part_en"], part["clause"]),
                        *(carbon, 100.0 * (carbon / ours - 1.0), " ".join(keys)),
                        " ".join(dict.fromkeys(lacking)),
                        *((part["gap_zh"], part["gap_en"]) if is_gap else ("", "")),
                        part["document"],
                    )
                )
    return pd.DataFrame(rows, columns=list(METHOD_SET_COLUMNS))
