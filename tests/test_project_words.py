"""What a user reads: every problem code has words, every word is used, zh and en say the same."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = sorted(path.parent.name for path in PROJECT.glob("*/problems.toml"))
SOURCES = sorted(path for room in PROJECT.glob("*/py.typed") for path in room.parent.rglob("*.py"))


def catalogue(room: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((PROJECT / room / "problems.toml").read_text(encoding="utf-8"))


def places(text: str) -> set[str]:
    """The names in braces that a message wants filled."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


CODES = {f"{room}.{code}": words for room in ROOMS for code, words in catalogue(room).items()}


@dataclass(frozen=True)
class Mention:
    """A problem made somewhere in the source: where, its code or pattern of codes, its facts."""

    where: str
    pattern: str
    facts: frozenset[str]
    has_open_facts: bool

    @property
    def codes(self) -> list[str]:
        return [code for code in CODES if re.fullmatch(self.pattern, code)]


def patterns(node: ast.expr) -> Iterator[str]:
    """Regular expressions of the codes that an argument may hold; none for a plain variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = (re.escape(p.value) if isinstance(p, ast.Constant) else r"\w+" for p in node.values)
        yield "".join(parts)
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def mentions() -> Iterator[Mention]:
    """Calls of ``problem(…)``, ``Problem(…)`` and ``<log>.add(…)`` whose first text is a code."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called not in {"problem", "add"}:
                continue
            names = [keyword.arg for keyword in node.keywords]
            for pattern in patterns(node.args[0]):
                if called == "add" and not re.match(rf"({'|'.join(ROOMS)})\\\.", pattern):
                    continue  # the add of a set or a table
                yield Mention(
                    where=f"{path.relative_to(PROJECT).as_posix()}:{node.lineno}",
                    pattern=pattern,
                    facts=frozenset(name for name in names if name) | {"where"},
                    has_open_facts=None in names,
                )


def texts() -> Iterator[str]:
    """Patterns of every text in the source that may be a problem code."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                yield from patterns(node)


@pytest.mark.parametrize("code", CODES)
def test_words_are_complete_in_both_languages(code: str) -> None:
    words = CODES[code]
    assert set(words) - {"families", "changes_numbers", "concerns"} == {
        "severity", "zh", "zh_remedy", "en", "en_remedy"
    }  # fmt: skip
    assert all(text.strip() for text in words.values() if isinstance(text, str))
    assert words["severity"] in {"error", "warning", "info"}
    assert re.search(r"[\u4e00-\u9fff]", words["zh"]), "the Chinese message holds no Chinese"
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"[「『“].*?[」』”]", "", words["en_remedy"]))


@pytest.mark.parametrize("code", CODES)
def test_both_languages_tell_the_same_facts(code: str) -> None:
    words = CODES[code]
    assert places(words["zh"]) == places(words["en"])
    assert places(words["zh_remedy"]) == places(words["en_remedy"])


def test_every_problem_in_the_source_has_words() -> None:
    unknown = {each.where: each.pattern for each in mentions() if not each.codes}
    assert not unknown


def test_every_problem_is_given_the_facts_that_its_words_name() -> None:
    missing = {}
    for each in mentions():
        if each.has_open_facts or len(each.codes) != 1:
            continue  # which facts belong to which code is decided at run time
        words = CODES[each.codes[0]]
        wanted = places(words["en"]) | places(words["en_remedy"])
        if wanted - each.facts:
            missing[f"{each.where} {each.codes[0]}"] = sorted(wanted - each.facts)
    assert not missing


def test_no_words_stand_unused() -> None:
    unused = set(CODES)
    for pattern in {each for each in texts() if "." in each}:
        matches = re.compile(pattern).fullmatch
        unused -= {code for code in unused if matches(code)}
    assert not unused


def test_a_room_reports_under_its_own_name() -> None:
    strangers = {
        each.where: each.pattern
        for each in mentions()
        if not each.pattern.startswith(f"{each.where.partition('/')[0]}\\.")
        and not each.where.startswith("gis/problems.py")
    }
    assert not strangers


@pytest.mark.parametrize("table", ["common", "map", "sheet", "workbook", "brief"])
def test_outputs_have_the_same_words_in_both_languages(table: str) -> None:
    zh, en = (
        tomllib.loads((PROJECT / f"maps/words/{language}.toml").read_text(encoding="utf-8"))[table]
        for language in ("zh", "en")
    )
    assert set(zh) == set(en)
    assert {key: places(zh[key]) for key in zh} == {key: places(en[key]) for key in en}
    assert all(text.strip() for text in (*zh.values(), *en.values()))


def test_reasons_of_verdicts_tell_the_same_facts_in_both_languages() -> None:
    reasons = tomllib.loads((PROJECT / "plans/judging/reasons.toml").read_text(encoding="utf-8"))
    assert {key: places(words["zh"]) for key, words in reasons.items()} == {
        key: places(words["en"]) for key, words in reasons.items()
    }
