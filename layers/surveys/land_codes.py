"""Land codes of survey features: padded, looked up, and every unknown one named with its ground."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from layers.codes import land_survey_codes, planning_codes_2023
from layers.vector_files import Features


def land_code_texts(features: Features, *, lost_zero_length: int) -> pd.Series:
    """The field ``land_code`` as text; blank codes are refused.

    A file that holds codes as numbers has lost the leading zero: codes with ``lost_zero_length``
    digits get it back, with a warning.
    """
    codes, column = features.text("land_code"), features.facts["column.land_code"]
    short = features.is_numeric("land_code") & (codes.str.len() == lost_zero_length)
    if short.any():
        codes = codes.where(~short, "0" + codes)
        features.reporter.report(
            short, "layers.code_zero_restored", column=column, codes=_listed(codes[short])
        )
    features.reporter.report(codes == "", "layers.land_code_missing", column=column)
    return codes


def report_unknown(features: Features, codes: pd.Series, is_known: pd.Series) -> None:
    """Name each unknown code with its features, hectares and rows."""
    column = features.facts["column.land_code"]
    for code in sorted(set(codes[~is_known & (codes != "")])):
        features.reporter.report(
            codes == code, "layers.land_code_unknown", column=column, value=code[:40]
        )


def code_set_of(codes: pd.Series, names: pd.Series) -> str | None:
    """Which list the codes come from: ``sandiao``, ``planning2023``, ``mixed``, or None if unclear.

    0303 and 0304 mean mangrove and forested swamp in the land survey, shrubland and other forest
    land in the planning codes of 2023. Codes that only one list has decide; where none is present
    the class names beside the codes decide; else it is for the analyst to say.

    >>> code_set_of(pd.Series(["0303", "1104A"]), pd.Series(["", ""]))
    'sandiao'
    >>> code_set_of(pd.Series(["0303", "1701"]), pd.Series(["", ""]))
    'planning2023'
    >>> code_set_of(pd.Series(["0303"]), pd.Series(["红树林地"]))
    'sandiao'
    """
    survey, planning = land_survey_codes(), planning_codes_2023()
    found = {
        "sandiao": codes.isin(survey.index.difference(planning.index)).any()
        or _is_named(codes, names, survey["zh"]),
        "planning2023": codes.isin(planning.index.difference(survey.index)).any()
        or _is_named(codes, names, planning["zh"]),
    }
    claims = [name for name, is_found in found.items() if is_found]
    if len(claims) == 2:
        return "mixed"
    if claims:
        return claims[0]
    return None if codes.isin(colliding_codes()).any() else "sandiao"


def colliding_codes() -> pd.Index:
    """Codes that both lists have with different meanings."""
    planning = planning_codes_2023()
    differs = planning.index != planning["sandiao_code"]
    return planning.index[differs].intersection(land_survey_codes().index)


def _is_named(codes: pd.Series, names: pd.Series, list_names: pd.Series) -> bool:
    """Whether a class name confirms one of the colliding codes in this list."""
    unclear = codes.isin(colliding_codes())
    return bool((codes[unclear].map(list_names) == names[unclear]).any())


def sandiao_codes(codes: pd.Series, code_set: str) -> pd.Series:
    """Codes as land-survey codes; codes that the list lacks become empty."""
    if code_set == "planning2023":
        to_survey: Mapping[str, str] = planning_codes_2023()["sandiao_code"].to_dict()
        return codes.map(to_survey).fillna("")
    return codes.where(codes.isin(land_survey_codes().index), "")


def _listed(codes: pd.Series) -> str:
    return ", ".join(sorted(set(codes))[:20])


def check_names(features: Features, codes: pd.Series, names: pd.Series, code_set: str) -> None:
    """Rows whose class name is that of another code: one of the two statements is wrong.

    Names that the list lacks say nothing; the name of a class or of one above it agrees.
    """
    table = planning_codes_2023() if code_set == "planning2023" else land_survey_codes()
    known = table["zh"].map(_plain)
    codes_of: dict[str, set[str]] = {}
    for code, name in known.items():
        codes_of.setdefault(name, set()).add(str(code))
    given = names.map(_plain)
    pairs = pd.DataFrame({"code": codes, "name": given})
    unlike = {
        (code, name)
        for code, name in set(pairs.itertuples(index=False, name=None))
        if name in codes_of
        and code in table.index
        and not any(code.startswith(each) or each.startswith(code) for each in codes_of[name])
    }
    apart = np.array([pair in unlike for pair in pairs.itertuples(index=False, name=None)])
    listed = "; ".join(f"{code} {known[code]} / {name}" for code, name in sorted(unlike)[:10])
    features.reporter.report(apart, "layers.code_against_name", names=listed)


def _plain(name: str) -> str:
    """A class name without 用地 or 地 at its end: 红树林地 is 红树林.

    >>> _plain("红树林地"), _plain("公路用地"), _plain("草地")
    ('红树林', '公路', '草地')
    """
    short = name.removesuffix("用地").removesuffix("地")
    return short if len(short) >= 2 else name
