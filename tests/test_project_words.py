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

from gis.problems import Problem

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


# --- as it is written ----------------------------------------------------------------------------

HAN = r"[\u3400-\u9fff\u3001\u3002\u300a-\u3011\uff08\uff09\uff0c\uff1a\uff1b]"
HALF_WIDTH = re.compile(rf"{HAN}['\"}}）]?[,;:?!(]|[,;:?!)]\s?{HAN}")
CODE = re.compile(r"`[^`]*`|「[^」]*」|https?://\S+")
WORDS_OF_PEOPLE = sorted(
    path
    for path in PROJECT.glob("*/**/*.toml")
    if path.parts[len(PROJECT.parts)] in ROOMS
    # patterns that read plans, plans as printed, and where the figures of the demo were seen
    and not {"extract", "data", "demo"} & set(path.parts[len(PROJECT.parts) :])
)


def said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from said(each)
    elif isinstance(value, list):
        for each in value:
            yield from said(each)


def is_chinese(text: str) -> bool:
    """More Chinese than Latin: an English sentence may quote a Chinese word."""
    return len(re.findall(r"[\u4e00-\u9fff]", text)) > len(re.findall(r"\b[a-z]{2,}\b", text))


@pytest.mark.parametrize("path", WORDS_OF_PEOPLE, ids=lambda path: str(path.relative_to(PROJECT)))
def test_chinese_words_have_chinese_punctuation(path: Path) -> None:
    texts = filter(is_chinese, said(tomllib.loads(path.read_text("utf-8"))))
    assert [text for text in texts if HALF_WIDTH.search(CODE.sub("", text))] == []


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [("栅格没有地理定位(没有仿射变换)。", True), ("东, 西", True), ("{where}:没有", True),
     ("范围（1，2）在外", False), ("写作 `control:名称`。", False), ("共 3 个：{names}。", False)],
)  # fmt: skip
def test_half_width_punctuation_beside_han_is_seen(text: str, is_wrong: bool) -> None:
    assert bool(HALF_WIDTH.search(CODE.sub("", text))) is is_wrong


COUNTED = (
    "bands bytes cells coordinates draws entries features figures files geometries lines"
    " members pairs parcels parts points polygons problems rows samples shapes slivers stands"
    " sub-compartments targets times units values vertices years"
)
ONE_OF_MANY = re.compile(
    rf"(?<![\w.–×-] )(?<!\w)1 (?!mixes)(?:[a-z-]+ )?(?:{COUNTED.replace(' ', '|')})\b(?! to)"
)


@pytest.mark.parametrize("code", CODES)
def test_english_words_agree_in_number(code: str) -> None:
    facts = dict.fromkeys(places(CODES[code]["en"]) | places(CODES[code]["en_remedy"]), "1")
    found = Problem(code, "a.gpkg", facts)
    for text in (found.message("en"), found.remedy("en")):
        assert ONE_OF_MANY.search(text) is None, text
