"""Basis and method of a figure in words: ``results.csv`` keeps its own terse English terms.

A method is a row of clauses (``pools: above_ground+soil; soil 0-30 cm (crop)``). Each clause is
matched against a known form; what fills the form is said term by term. What has no form here stays
as it is, so that nothing a method says is ever lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from gis.problems import LANGUAGES, Language
from layers.codes import ecosystem_types, species_groups
from layers.registry import kinds
from maps.words.catalogue import words

FORMS: Mapping[str, str] = {
    "survey_forest": "arbor + bamboo + special shrub + mangrove (survey)",
    "land_cover_forest": "tree cover of the land-cover layer + mangrove",
    "with_all_shrub": "({inner} + all shrub) / unit territory",
    "per_territory": "({inner}) / unit territory",
    "over_territory": "{inner} / unit territory",
    "without_scattered_trees": "farm shelterbelts and four-side trees not included",
    "forest_stock": "growing stock of forest sub-compartments",
    "standing_stock": "growing stock of forest and open forest + scattered and four-side trees",
    "stock_density": "growing stock / area of arbor sub-compartments with stock",
    "without_stock": "lower bound: {area} ha of stands without growing stock",
    "scattered_not_given": "lower bound: scattered stock not given everywhere",
    "public_welfare": "sub-compartments classed as public welfare",
    "survey_wetland": "survey polygons in scope {term}",
    "land_cover_wetland": "land-cover classes and mangrove in scope {term}",
    "protected_share": "share of wetland area inside {terms}, each piece of ground once",
    "protected_lower_bound": "{term} not given, so this is a lower bound",
    "mangrove_class": "mangrove class of the land-cover layer",
    "mangrove_of": "mangrove of {terms}",
    "geodesic_length": "geodesic length inside the unit, overlaps once",
    "redline_territory": "territory inside the ecological red line",
    "inside_redline": "inside the red line: {inner}",
    "survey_forestland": (
        "arbor, bamboo, shrub, open and young stands and other forestland of the survey"
    ),
    "redline_conflicts": "built-up land, cropland and orchards inside the ecological red line",
    "redline_type": "{term} inside the ecological red line",
    "protected_territory": "territory inside protected areas, overlaps once",
    "built_up_territory": "territory inside the boundary of the built-up area",
    "wetland_legal_form": "wetland inside protected areas, {term} first",
    "wetland_redline_only": "wetland inside the red line and in no protected area",
    "protected_wetland": "wetland area inside {terms}, each piece of ground once",
    "works_done": "works done {since} to {until}, years in the ledger: {term}",
    "works_unplaced": "{area} ha without a unit stand in the whole only",
    "parks_area": "parks, overlaps once",
    "welfare_area": "public-welfare forest layer, overlaps once",
    "surveyed_green": "surveyed green cover inside the built-up area / built-up area",
    "mapped_green_parks": (
        "classes under plants and parks inside the built-up area, each piece "
        "of ground once / built-up area"
    ),
    "mapped_green": (
        "classes under plants inside the built-up area, each piece of ground once / built-up area"
    ),
    "homes_near_parks": "housing land of the built-up area {reach}, as the crow flies / all of it",
    "all_homes_near_parks": "housing land {reach}, as the crow flies / all of it",
    "homes_walking": (
        "housing land of the built-up area {reach}, walked along streets, at "
        "most {off} m off them / all of it"
    ),
    "all_homes_walking": (
        "housing land {reach}, walked along streets, at most {off} m off them / all of it"
    ),
    "nearest_project": "least geodesic distance of {count} projects to {name}",
    "near_projects": "{count} within {distance} m",
    "blocks_by_area": "contiguous patches of {least} ha and more in {count} named areas ({listed})",
    "blocks": "contiguous patches of {least} ha and more in {count} named areas",
    "ground_in_areas": "ground inside the named areas ({listed})",
    "park_reach": (
        "within {far} m of parks of {large} m2 and more and {near} m of parks "
        "of {small} to {top} m2"
    ),
    "pools": "pools: {terms}",
    "soil_depths": "soil {depths}",
    "mineral_soils": (
        "SOC_REF × F_LU × F_MG × F_I to 30 cm over 20 years, net changes of type in {years}, "
        "losses shared out to gains in proportion"
    ),
    "not_in_sink": "not in carbon_sink",
    "stock_difference_burial": (
        "stock difference of living biomass {years} + soil burial of coastal wetland"
    ),
    "stock_difference": "stock difference of living biomass {years}",
    "static_left_out": "other pools rest on static densities and are left out",
    "by_account": "account:{terms}:growing_stock",
    "by_account_area": "account:{terms}",
    "by_wetland_scope": "wetland:{term}",
}
"""Key of our words to the form a clause has in ``results.csv``; the first that fits is taken."""

_PLACE = re.compile(r"\{(\w+)\}")


def described(text: str) -> Mapping[Language, str]:
    """A basis or a method in both languages.

    >>> described("pools: above_ground+soil; soil 0-30 cm (crop, shrub)")["zh"]
    '碳库：地上生物量、土壤；土壤深度 0-30 cm（耕地、灌木林）'
    >>> described("my own method")["zh"]
    'my own method'
    """
    return {language: _described(text, language) for language in LANGUAGES}


@cache
def _described(text: str, language: Language) -> str:
    said = [_clause(each, language) for each in text.split("; ")]
    return ("；" if language == "zh" else "; ").join(said)


def _clause(text: str, language: Language) -> str:
    for key, form in FORMS.items():
        found = _matcher(form).fullmatch(text)
        if found is not None:
            parts = {
                name: _filled(name, part, language) for name, part in found.groupdict().items()
            }
            return words(language)[f"method.{key}"].format(**parts)
    return term(text, language)


@cache
def _matcher(form: str) -> re.Pattern[str]:
    """A form as a pattern: every place takes any text.

    >>> _matcher("wetland:{term}").fullmatch("wetland:law_2022")["term"]
    'law_2022'
    """
    pieces = _PLACE.split(form)
    return re.compile(
        "".join(f"(?P<{each}>.+)" if i % 2 else re.escape(each) for i, each in enumerate(pieces))
    )


def _filled(name: str, text: str, language: Language) -> str:
    if name in ("inner", "reach"):
        return _clause(text, language)
    if name == "term":
        return term(text, language)
    if name == "terms":
        listed = re.split(r" or | \+ |\+", text)
        return _listing([term(each, language) for each in listed], language)
    if name == "depths":
        return _depths(text, language)
    return text


def _depths(text: str, language: Language) -> str:
    """``0-20 cm (built), 0-30 cm (crop, forest)`` with the types named."""

    def named(found: re.Match[str]) -> str:
        types = [term(each, language) for each in found[1].split(", ")]
        inside = _listing(types, language)
        return f"（{inside}）" if language == "zh" else f" ({inside})"

    said = re.sub(r" \(([^)]*)\)", named, text)
    return said.replace("）, ", "），") if language == "zh" else said


def _listing(terms: list[str], language: Language) -> str:
    if language == "zh":
        return "、".join(terms)
    return ", ".join(each[:1].lower() + each[1:] for each in terms)


@cache
def term(key: str, language: Language) -> str:
    """A term of the accounts in words: a layer kind, an ecosystem type, a pool, a scope, a survey.

    >>> term("forest_arbor", "zh"), term("law_2022", "en"), term("no such term", "en")
    ('乔木林', 'Wetlands Protection Law', 'no such term')
    """
    own = words(language).get(f"terms.{key}")
    if own is not None:
        return own
    if key in kinds():
        kind = kinds()[key]
        return kind.title_zh if language == "zh" else kind.title_en
    for table in (ecosystem_types(), species_groups()):
        if key in table.index:
            return str(table.loc[key, language])
    return key
