"""The method sheet as one self-contained page: no script, no network, every text escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from gis.problems import Language
from maps.page import document_style
from maps.words import sentence
from sink_models.method import Cell, Figure, Formula, Math, MethodSheet, Section, SheetTable, Words
from sink_models.statements import Statement

_TOKEN = re.compile(r"\s+|\d+(?:\.\d+)?|[^\W\d_]\w*|[_^]|.", re.DOTALL)
_OPERATORS = {"*": "·", "-": "−", "sum": "Σ"}
SYNTHETIC: Words = {
    "zh": "合成演示数据：不是任何城市的证据。",
    "en": "Synthetic demonstration data: no evidence about any city.",
}
TITLE: Words = {"zh": "方法说明", "en": "Method sheet"}
LONG = 40
"""Characters from which words want a wide column."""
CONTENTS: Words = {"zh": "目录", "en": "Contents"}
STATUS: dict[str, Words] = {
    "verified": {"zh": "已核对", "en": "checked"},
    "recalled": {"zh": "未见原文", "en": "not seen in print"},
    "own": {"zh": "本项目定义", "en": "defined here"},
}


def write_method_page(
    sheet: MethodSheet, path: Path, *, title: str, language: Language, is_synthetic: bool
) -> None:
    """Write the sheet as HTML in one language. All text from data is escaped."""
    path.write_text(
        "\n".join(_page(sheet, title, language, is_synthetic)) + "\n",
        encoding="utf-8",
        newline="\n",
    )


def _page(sheet: MethodSheet, title: str, language: Language, is_synthetic: bool) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    named = escaped(f"{TITLE[language]}{colon}{title}")
    yield f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{named}</title><style>{document_style()}</style></head>"
    yield f"<body><main><h1>{named}</h1>"
    if is_synthetic:
        yield f'<p class="mark">{escaped(SYNTHETIC[language])}</p>'
    yield f'<nav aria-label="{CONTENTS[language]}"><ol>'
    for each in sheet.sections:
        yield f'<li><a href="#{escaped(each.key)}">{escaped(each.title[language])}</a></li>'
    yield "</ol></nav>"
    for section in sheet.sections:
        yield from _section(section, language)
    yield "</main></body></html>"


def _section(section: Section, language: Language) -> Iterator[str]:
    yield f'<section id="{escaped(section.key)}"><h2>{escaped(section.title[language])}</h2>'
    for words in section.paragraphs:
        yield f"<p>{escaped(words[language])}</p>"
    if section.formulas:
        yield "<dl>"
        for each in section.formulas:
            yield _formula(each, language)
        yield "</dl>"
    if section.table is not None:
        yield from _table(section.table, language)
    yield "</section>"


def _formula(each: Formula, language: Language) -> str:
    facts = "; ".join(filter(None, (each.unit, each.source, STATUS[each.status][language])))
    return (
        f"<dt>({escaped(each.key)}) {escaped(each.title[language])}</dt>"
        f'<dd>{mathml(each.formula)}<div class="small">{escaped(facts)}</div></dd>'
    )


def _table(table: SheetTable, language: Language) -> Iterator[str]:
    first = table.rows[0] if table.rows else ()
    figures = [isinstance(cell, Figure) for cell in first] or [False] * len(table.heads)
    yield '<div class="scroll" tabindex="0"><table><thead><tr>'
    yield "".join(
        f'<th scope="col"{" class=n" if is_figure else ""}>{escaped(head[language])}</th>'
        for head, is_figure in zip(table.heads, figures, strict=True)
    )
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(_cell(cell, language) for cell in row) + "</tr>"
    yield "</tbody></table></div>"


def _cell(cell: Cell, language: Language) -> str:
    if isinstance(cell, Math):
        return f"<td class=m>{mathml(cell.formula)}</td>"
    if isinstance(cell, Figure):
        return f"<td class=n>{escaped(cell.text)}</td>"
    if isinstance(cell, str):
        if "_" in cell:
            return f"<td class=k>{escaped(cell).replace('_', '_<wbr>')}</td>"
        return f"<td>{escaped(cell)}</td>"
    text = sentence(cell, language) if isinstance(cell, Statement) else cell[language]
    kind = " class=w" if len(text) > LONG else ""
    return f"<td{kind}>{escaped(text)}</td>"


def escaped(text: str) -> str:
    """Text that cannot be markup, with control and bidirectional characters taken out.

    >>> escaped("<b>&")
    '&lt;b&gt;&amp;'
    """
    visible = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", text
    )
    return html.escape(visible, quote=True)


def mathml(formula: str) -> str:
    """A formula of the equation cards as MathML.

    ``_`` lowers and ``^`` raises the next part, ``/`` makes a fraction of the parts beside it,
    ``√`` takes the bracket that follows.

    >>> mathml("A_i * 2")
    '<math><msub><mi>A</mi><mi>i</mi></msub><mo>·</mo><mn>2</mn></math>'
    >>> mathml("1 / (1 + R)").count("mfrac")
    2
    """
    tokens = [token for token in _TOKEN.findall(formula) if token.strip()]
    parts, rest = _parts(_split(tokens), closing="")
    return "<math>" + "".join(parts) + "".join(map(_plain, rest)) + "</math>"


def _split(tokens: list[str]) -> list[str]:
    """Names with an underscore as three tokens: name, ``_``, index."""
    split: list[str] = []
    for token in tokens:
        name, bar, index = token.partition("_")
        split += [name, bar, index] if name and bar and index else [token]
    return split


def _parts(pieces: list[str], closing: str) -> tuple[list[str], list[str]]:
    """Typeset up to a closing bracket; gives the pieces and what is left."""
    made: list[str] = []
    while pieces:
        piece = pieces[0]
        if closing and piece == closing:
            pieces = pieces[1:]
            break
        if piece == "-" and made:
            made, pieces = [*made, _plain(piece)], pieces[1:]
        elif piece in ("_", "^", "/") and made and len(pieces) > 1:
            part, pieces = _operand(pieces[1:])
            made[-1] = _joined(piece, made[-1], part)
        else:
            part, pieces = _operand(pieces)
            made.append(part)
    return made, pieces


def _joined(operator: str, before: str, after: str) -> str:
    if operator == "/":
        return f"<mfrac>{_bare(before)}{_bare(after)}</mfrac>"
    tag = "msub" if operator == "_" else "msup"
    return f"<{tag}>{before}{_bare(after)}</{tag}>"


def _operand(pieces: list[str]) -> tuple[str, list[str]]:
    """The next part, with its own sub- and superscripts: a name, a number, a bracket or a root."""
    piece, rest = pieces[0], pieces[1:]
    if piece == "√" and rest:
        inner, rest = _operand(rest)
        made = f"<msqrt>{_bare(inner)}</msqrt>"
    elif piece == "(":
        parts, rest = _parts(rest, ")")
        made = f"{_OPEN}{''.join(parts)}{_CLOSE}"
    elif piece == "-" and rest and (rest[0][0].isalnum()):
        return f"<mrow><mo>−</mo>{_plain(rest[0])}</mrow>", rest[1:]
    else:
        made = _plain(piece)
    while len(rest) > 1 and rest[0] in "_^":
        part, after = _index(rest[1:])
        made, rest = _joined(rest[0], made, part), after
    return made, rest


def _index(pieces: list[str]) -> tuple[str, list[str]]:
    """What a sub- or superscript takes: one part, without an index of its own."""
    if pieces[0] in ("(", "-"):
        return _operand(pieces)
    return _plain(pieces[0]), pieces[1:]


_OPEN, _CLOSE = "<mrow><mo>(</mo>", "<mo>)</mo></mrow>"


def _bare(part: str) -> str:
    """A bracketed part without its brackets, where the typesetting groups it anyway."""
    if part.startswith(_OPEN) and part.endswith(_CLOSE):
        return f"<mrow>{part.removeprefix(_OPEN).removesuffix(_CLOSE)}</mrow>"
    return part


def _plain(piece: str) -> str:
    text = html.escape(_OPERATORS.get(piece, piece))
    if piece[0].isdigit():
        return f"<mn>{text}</mn>"
    return f"<mi>{text}</mi>" if piece[0].isalpha() else f"<mo>{text}</mo>"
