"""Names of the parts of an indicator: carbon by pool and type, wetland by legal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gis.problems import LANGUAGES, Language
from maps.report import IndicatorWords, Report
from maps.words.terms import term


def parts_of(report: Report) -> tuple[IndicatorWords, ...]:
    """The parts that the results hold (``carbon_stock.pool.soil``), named after their indicator."""
    whole = {each.key: each for each in report.indicators}
    units = dict(zip(report.results["indicator"], report.results["unit"], strict=True))
    known = [key for key in units if "." in key and key.partition(".")[0] in whole]
    return tuple(
        replace(
            whole[key.partition(".")[0]],
            key=key,
            unit=str(units[key]),
            title={
                language: f"{whole[key.partition('.')[0]].title[language]} · {name}"
                for language, name in part_name(key).items()
            },
        )
        for key in known
        if key not in whole
    )


def part_name(key: str) -> Mapping[Language, str]:
    """What a part is called: its pool, ecosystem type or legal form, else the end of its key.

    >>> part_name("carbon_stock.pool.soil")["en"], part_name("carbon_sink.type.mangrove")["zh"]
    ('Soil', '红树林')
    """
    name = key.rpartition(".")[2]
    return {language: term(name, language) for language in LANGUAGES}
