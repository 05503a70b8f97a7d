"""The method sheet as one self-contained page: no script, no network, every text escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from gis.problems import Language
from sink_models.method_sheet import Formula, MethodSheet, Section, SheetTable, Words

STYLE = """
body{font:15px/1.55 "Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif;color:#1c2a25;
 margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #b9c8c0}
table{border-collapse:collapse;font-size:.86rem;width:100%}
th,td{border-bottom:1px solid #d9e2dd;padding:.3rem .5rem;text-align:left;vertical-align:top;
 overflow-wrap:anywhere}
th{background:#eef3f0}.scroll{overflow-x:auto}dt{margin-top:.7rem}dd{margin:.1rem 0 .1rem 1.2rem}
.mark{background:#fff3c4;padding:.4rem .7rem}.small{color:#556b61;font-size:.85rem}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}}
"""

_TOKEN = re.compile(r"\s+|\d+(?:\.\d+)?|[^\W\d_]\w*|[_^]|.", re.DOTALL)
_OPERATORS = {"*": "·", "-": "−"}
SYNTHETIC: Words = {
    "zh": "合成演示数据：不是任何城市的证据。",
    "en": "Synthetic demonstration data: no evidence about any city.",
}
TITLE: Words = {"zh": "方法说明", "en": "Method sheet"}
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
    named = escaped(f"{TITLE[language]}: {title}")
    yield f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{named}</title><style>{STYLE}</style></head><body><h1>{named}</h1>"
    if is_synthetic:
        yield f'<p class="mark">{escaped(SYNTHETIC[language])}</p>'
    for section in sheet.sections:
        yield from _section(section, language)
    yield "</body></html>"


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
        f'<dd>{mathml(each.formula)}</dd><dd class="small">{escaped(facts)}</dd>'
    )


def _table(table: SheetTable, language: Language) -> Iterator[str]:
    yield '<div class="scroll"><table><thead><tr>'
    yield "".join(f'<th scope="col">{escaped(head[language])}</th>' for head in table.heads)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        cells = (cell if isinstance(cell, str) else cell[language] for cell in row)
        yield "<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table></div>"


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
    """A formula of the equation cards as MathML: ``_`` lowers, ``^`` raises the next part.

    >>> mathml("A_i * 2")
    '<math><msub><mi>A</mi><mi>i</mi></msub><mo>·</mo><mn>2</mn></math>'
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
        piece, pieces = pieces[0], pieces[1:]
        if closing and piece == closing:
            break
        if piece in "_^" and made and pieces:
            below, pieces = _one(pieces)
            tag = "msub" if piece == "_" else "msup"
            made[-1] = f"<{tag}>{made[-1]}{below}</{tag}>"
        elif piece == "(":
            inner, pieces = _parts(pieces, ")")
            made.append("<mrow><mo>(</mo>" + "".join(inner) + "<mo>)</mo></mrow>")
        else:
            made.append(_plain(piece))
    return made, pieces


def _one(pieces: list[str]) -> tuple[str, list[str]]:
    """The part that a sub- or superscript takes: a bracket's inside, or a signed piece."""
    piece, rest = pieces[0], pieces[1:]
    if piece == "(":
        inner, left = _parts(rest, ")")
        return "<mrow>" + "".join(inner) + "</mrow>", left
    if piece == "-" and rest:
        return f"<mrow><mo>−</mo>{_plain(rest[0])}</mrow>", rest[1:]
    return _plain(piece), rest


def _plain(piece: str) -> str:
    text = html.escape(_OPERATORS.get(piece, piece))
    if piece[0].isdigit():
        return f"<mn>{text}</mn>"
    return f"<mi>{text}</mi>" if piece[0].isalpha() else f"<mo>{text}</mo>"
