"""Words of the outputs: every key exists in both languages and is used, every form has words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from maps.words.catalogue import words
from maps.words.methods import FORMS

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


def test_every_form_of_a_method_has_words_with_the_same_places() -> None:
    said = {key.partition(".")[2] for key in words("zh") if key.startswith("method.")}
    assert said == set(FORMS)
    for key, form in FORMS.items():
        assert places(words("zh")[f"method.{key}"]) == places(form), key


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
    assert [each for each in terms if not re.search(rf"\b{each}\b", text)] == []
