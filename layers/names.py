"""Names of places as people write them: traditional characters, missing suffixes, odd blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from layers.codes import normalised, read_table

_SUFFIXES = (
    "自治县",
    "开发区",
    "管理区",
    "新区",
    "林区",
    "特区",
    "区",
    "县",
    "市",
    "旗",
    "镇",
    "乡",
)
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u001f]+")


@cache
def _simplified_of() -> Mapping[int, str]:
    """Traditional to simplified characters, one to one (from OpenCC's t2s dictionary)."""
    table = read_table("traditional_characters")
    return {
        ord(one): other
        for one, other in zip(table["traditional"], table["simplified"], strict=True)
    }


def plain(name: str) -> str:
    """A name without invisible characters, with width and script folded.

    >>> plain("鹽田区\\u3000"), plain("ＬＵＯＨＵ")
    ('盐田区', 'luohu')
    """
    return _INVISIBLE.sub("", normalised(name)).translate(_simplified_of()).casefold()


def core(name: str) -> str:
    """The plain name without the suffix that says what kind of place it is.

    >>> core("南山区"), core("南山"), core("市区")
    ('南山', '南山', '市区')
    """
    folded = plain(name)
    for suffix in _SUFFIXES:
        if folded.endswith(suffix) and len(folded) - len(suffix) >= 2:
            return folded[: -len(suffix)]
    return folded


def match_names(given: Iterable[str], known: Iterable[str]) -> dict[str, str | None]:
    """Each given name's only counterpart among the known names; ``None`` where none or several.

    An exact name wins, then the plain form, then the form without suffix.

    >>> match_names(["南山", "鼓楼"], ["南山区", "罗湖区"])
    {'南山': '南山区', '鼓楼': None}
    """
    names = list(dict.fromkeys(known))
    found: dict[str, str | None] = {}
    for name in dict.fromkeys(given):
        found[name] = name if name in names else None
        for form in (plain, core):
            if found[name] is None:
                alike = [each for each in names if form(each) == form(name)]
                found[name] = alike[0] if len(alike) == 1 else None
    return found
