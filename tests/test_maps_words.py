"""Words of the outputs: every key exists in both languages and is used, every form has words."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from gis.problems import LANGUAGES
from layers.codes import ecosystem_types
from layers.legal_forms import LEGAL_FORMS
from layers.registry import kinds
from maps.words.catalogue import words
from maps.words.statements import sentences, statement_words
from maps.words.terms import term
from sink_models.carbon import POOL_NAMES, covers
from sink_models.coefficients import coefficients
from sink_models.options import GWP, WETLAND_SCOPES
from sink_models.statements import statement

PROJECT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((PROJECT / "maps" / "page" / "assets" / "js").glob("*.js"))
SOURCES = [
    path for room in ("maps", "sinkatlas") for path in sorted((PROJECT / room).rglob("*.py"))
]
TABLES = sorted({key.partition(".")[0] for key in words("zh")})


def patterns(node: ast.AST) -> Iterator[str]:
    """Patterns of the keys that a text in the source may be; a place in it may be any word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = (re.escape(p.value) if isinstance(p, ast.Constant) else r"\w*" for p in node.values)
        yield "".join(str(each) for each in parts)


def mentioned() -> tuple[set[str], list[re.Pattern[str]]]:
    """Texts of the source and of the scripts, plain ones and those with places in them."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found.update(patterns(node))
    script = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    found |= {re.escape(each) for each in re.findall(r'"([\w.]+)"', script)}
    found |= {f"{re.escape(a)}\\w+" for a in re.findall(r"`([\w.]+)\$\{", script)}
    found |= {f"branch_{name}" for name in re.findall(r'\["([a-z]+)", \[', script)}
    plain = {each for each in found if re.fullmatch(r"[\w\\.]+", each) and r"\w" not in each}
    # A place that may be any key of a table says of no key that it is used.
    telling = (each for each in found if r"\w" in each and re.search(r"[a-z]_|_[a-z]", each))
    open_ones = [re.compile(each) for each in telling]
    return {each.replace("\\.", ".") for each in plain}, open_ones


PLAIN, OPEN = mentioned()


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_the_same_places() -> None:
    zh, en = words("zh"), words("en")
    assert zh.keys() == en.keys()
    assert {key for key in zh if places(zh[key]) != places(en[key])} == set()
    assert {key for key in zh if not zh[key].strip() or not en[key].strip()} == set()


@pytest.mark.parametrize("table", [each for each in TABLES if each not in ("terms", "method")])
def test_every_word_is_used(table: str) -> None:
    unused = set()
    for key in (each for each in words("zh") if each.startswith(f"{table}.")):
        name = key.partition(".")[2]
        if key in PLAIN or name in PLAIN:
            continue
        if not any(each.fullmatch(key) or each.fullmatch(name) for each in OPEN):
            unused.add(key)
    assert unused == set()


def test_every_word_that_is_asked_for_exists() -> None:
    asked = {each for each in PLAIN if each.partition(".")[0] in TABLES and "." in each}
    files = {each for each in asked if each.endswith((".py", ".css", ".js", ".html", ".toml"))}
    beginnings = {each for each in asked if each.endswith((".", "_"))}
    assert {
        each for each in beginnings if not any(k.startswith(each) for k in words("zh"))
    } == set()
    assert asked - files - beginnings - words("zh").keys() == set()


def statements_made() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every statement that any option can produce: where it is made, its code, its facts."""
    rooms = (PROJECT / "sink_models", PROJECT / "sinkatlas")
    for path in sorted(path for room in rooms for path in room.rglob("*.py")):
        if path.name == "statements.py":
            continue
        module = importlib.import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            where = f"{path.relative_to(PROJECT)}:{node.lineno}"
            if called in ("statement", "also"):
                first = node.args[0]
                named = getattr(module, first.id) if isinstance(first, ast.Name) else first.value
                yield where, named, frozenset(str(each.arg) for each in node.keywords)


MADE = list(statements_made())


def test_every_basis_and_method_that_any_option_can_produce_is_said_in_both_languages() -> None:
    """A code is written where it is made, its facts fill the places of both sentences."""
    told = statement_words()
    unsaid = {(where, code) for where, code, _ in MADE if code not in told and code not in kinds()}
    assert unsaid == set()
    for where, code, facts in MADE:
        if code in told:
            assert {*told[code]} == {*LANGUAGES}
            assert places(told[code]["zh"]) == places(told[code]["en"]) == facts, (where, code)
        else:
            assert facts == frozenset(), (where, code)


def test_no_sentence_is_kept_that_no_basis_and_no_method_uses() -> None:
    renamed = {"protected_wetland"}  # what ``protected_share`` is the share of
    assert statement_words().keys() - {code for _, code, _ in MADE} == renamed


KEYS = (
    *POOL_NAMES, *ecosystem_types().index, *WETLAND_SCOPES, *covers(),
    *(each.key.removeprefix(GWP) for each in coefficients() if each.key.startswith(GWP)),
    *(name for name, _ in LEGAL_FORMS), "unnamed",
)  # fmt: skip


@pytest.mark.parametrize("key", sorted({*KEYS} - {"soil_burial"}))
def test_every_key_that_a_statement_names_has_a_name(key: str) -> None:
    for language in LANGUAGES:
        assert term(key, language) != key


def test_a_statement_says_its_facts_in_the_readers_language() -> None:
    soils = (
        statement("soil_depth", cm="20", types=("built",)),
        statement("soil_depth", cm="30", types=("crop", "shrub")),
    )
    said = statement("inside_redline", inner=statement("carbon_pools", pools=("litter", "soil")))
    found = sentences(said.also("soil_depths", depths=soils))
    assert found == {
        "zh": "红线内：碳库：枯落物、土壤；土壤深度：0–20 cm（建设用地）、0–30 cm（耕地、灌木林）",
        "en": "inside the red line: pools: litter, soil; "
        "soil depth: 0–20 cm (built-up land), 0–30 cm (cropland, shrubland)",
    }


def test_numbers_agree_with_what_they_count() -> None:
    said = [sentences(statement("nearest_project", count=each))["en"] for each in (0, 1, 2)]
    assert [each.split(" to ")[0].removeprefix("least geodesic distance of ") for each in said] == [
        "0 projects", "1 project", "2 projects",
    ]  # fmt: skip


def test_text_of_the_data_stays_as_it_is() -> None:
    hostile = "{0.__class__}｛x｝; 红线"
    assert hostile in sentences(statement("ground_in_areas", names=(hostile,)))["zh"]


def test_unknown_code_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError, match="no_such_method"):
        sentences(statement("no_such_method"))


def test_every_term_is_one_that_the_accounts_use() -> None:
    """A term is a value of a key column, a basis or a scope somewhere on another floor."""
    rooms = [PROJECT / room for room in ("layers", "sink_models", "sinkatlas")]
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for room in rooms
        for pattern in ("*.py", "*.csv")
        for path in sorted(room.rglob(pattern))
    )
    terms = [key.partition(".")[2] for key in words("zh") if key.startswith("terms.")]
    assert [each for each in terms if not re.search(rf"(\b|_){each}\b", text)] == []
