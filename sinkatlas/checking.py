"""``sinkatlas check``: read everything, say what was understood, list what is wrong, offer repairs.

The findings go to ``check.json`` for machines and ``check.html`` for people. Repairs are written
as copies into another folder with a list of what they change; inputs are never touched.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis.extent import ExtentAccount, RasterCover
from gis.problems import LANGUAGES, InputError, Language, Problem, ProblemLog, Severity, strictly
from gis.progress import Progress, silent
from gis.redaction import redact
from layers import Layer, legend
from sinkatlas.workspace import Workspace, load_workspace

_TITLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "数据检查", "problems": "问题", "layers": "读到的图层", "severity": "级别",
        "code": "编号", "message": "说明", "remedy": "处理办法", "none": "没有发现问题。",
        "closed": "台账闭合", "open": "没有得出台账", "classes": "类别与面积", "fact": "项目",
        "value": "内容", "class": "类别", "hectares": "公顷", "strict": "影响数字",
    },
    "en": {
        "title": "Check of the data", "problems": "Problems", "layers": "Layers as read",
        "severity": "Severity", "code": "Check", "message": "Message", "remedy": "Remedy",
        "none": "Nothing was found.", "closed": "The account closes", "open": "No account was made",
        "classes": "Classes and areas", "fact": "Item", "value": "Content", "class": "Class",
        "hectares": "Hectares", "strict": "Can change figures",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """Findings of a workspace: problems in order of weight, and facts of each layer read."""

    workspace: str
    problems: tuple[Problem, ...]
    layers: tuple[Mapping[str, str], ...]
    classes: tuple[Mapping[str, object], ...]
    is_closed: bool

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)


def check_workspace(
    path: str | Path, *, strict: bool = False, progress: Progress = silent
) -> Check:
    """Run the whole main job without writing, and gather what it says; never raises for data."""
    from sinkatlas.pipeline import run

    try:
        space = load_workspace(path)
        done = run(space, progress=progress)
    except InputError as error:
        found = strictly(error.problems) if strict else error.problems
        readable = _readable_layers(path)
        return Check(Path(path).name, _weighed(found), readable, (), is_closed=False)
    found = strictly(done.report.problems) if strict else done.report.problems
    layers = [done.inputs.units, *(each for held in done.inputs.layers.values() for each in held)]
    return Check(
        Path(path).name,
        _weighed(found),
        tuple(_facts(layer) for layer in layers),
        tuple(_class_rows(done.accounts, layers)),
        is_closed=True,
    )


def _weighed(found: Iterable[Problem]) -> tuple[Problem, ...]:
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return tuple(sorted(found, key=lambda each: order[each.severity]))


def _readable_layers(path: str | Path) -> tuple[Mapping[str, str], ...]:
    """Facts of the layers that can be read, although others cannot."""
    from sinkatlas.pipeline import layer_specs

    try:
        space = load_workspace(path)
    except InputError:
        return ()
    from layers import read_layer

    found = []
    for spec in layer_specs(space):
        try:
            found.append(_facts(read_layer(spec, problems=ProblemLog())))
        except InputError:
            continue
    return tuple(found)


def _facts(layer: Layer) -> Mapping[str, str]:
    return {"layer": layer.spec.where, "kind": layer.spec.kind, **layer.facts}


def _class_rows(
    accounts: Mapping[int, ExtentAccount], layers: Sequence[Layer]
) -> Iterable[Mapping[str, object]]:
    """Code, name and hectares of each class of the rasters, as the account counted them."""
    for layer in layers:
        if not isinstance(layer.data, RasterCover) or layer.spec.epoch is None:
            continue
        rows = accounts[layer.spec.epoch].rows
        held = rows[rows["cover"] == layer.data.name].groupby("land_code")["area_ha"].sum()
        names = legend(str(layer.spec.legend)).rows
        for code, hectares in held.items():
            if str(code):
                row = names.loc[int(str(code))]
                yield {
                    "layer": layer.spec.where, "code": str(code), "zh": row["zh"], "en": row["en"],
                    "ecosystem_type": row["ecosystem_type"], "hectares": float(hectares),
                }  # fmt: skip


def write_check(found: Check, folder: Path, language: Language) -> tuple[Path, Path]:
    """Write ``check.json`` and ``check.html``; texts from data are data in both."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "check.json"
    content = json.dumps(as_record(found), ensure_ascii=False, indent=2, sort_keys=False)
    record.write_text(redact(content) + "\n", encoding="utf-8")
    page = folder / "check.html"
    page.write_text(redact(as_page(found, language)), encoding="utf-8")
    return record, page


def as_record(found: Check) -> dict[str, object]:
    """The findings as plain values; ``facts`` of a problem hold rows, identifiers and hectares."""
    return {
        "workspace": found.workspace,
        "is_closed": found.is_closed,
        "errors": len(found.errors),
        "problems": [
            {
                "check": each.code,
                "severity": each.severity.value,
                "changes_numbers": each.changes_numbers,
                "families": list(each.words.families),
                "where": each.where,
                "facts": dict(each.facts),
                **{name: {"message": each.message(name), "remedy": each.remedy(name)}
                   for name in LANGUAGES},
            }
            for each in found.problems
        ],
        "layers": [dict(each) for each in found.layers],
        "classes": [dict(each) for each in found.classes],
    }  # fmt: skip


def as_page(found: Check, language: Language) -> str:
    """One HTML page without scripts; every text is escaped."""
    words = _TITLES[language]
    problems = _table(
        (words["severity"], words["code"], words["message"], words["remedy"], words["strict"]),
        [
            (each.severity.value, each.code, each.message(language), each.remedy(language),
             "✓" if each.changes_numbers else "")
            for each in found.problems
        ],
    ) if found.problems else f"<p>{words['none']}</p>"  # fmt: skip
    layers = "".join(
        f"<h3>{html.escape(each['layer'])}</h3>"
        + _table((words["fact"], words["value"]), [(k, v) for k, v in each.items() if k != "layer"])
        for each in found.layers
    )
    classes = _table(
        (words["layers"], words["code"], words["class"], words["hectares"]),
        [(str(each["layer"]), str(each["code"]), str(each[language]), f"{each['hectares']:,.2f}")
         for each in found.classes],
    ) if found.classes else ""  # fmt: skip
    state = words["closed"] if found.is_closed else words["open"]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{words['title']}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{words['title']}: {html.escape(found.workspace)}</h1><p>{state}</p>"
        f"<h2>{words['problems']}</h2>{problems}<h2>{words['layers']}</h2>{layers}"
        f"{'<h2>' + words['classes'] + '</h2>' + classes if classes else ''}</body></html>\n"
    )


_STYLE = (
    "body{font:15px/1.5 sans-serif;margin:2em;max-width:75em}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}"
    "tr.error td:first-child{background:#f3c1bd}tr.warning td:first-child{background:#f7e3a8}"
)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(
        f'<tr class="{html.escape(row[0]) if row[0] in ("error", "warning", "info") else ""}">'
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


@dataclass(frozen=True)
class Repair:
    """One change to one layer: which feature, what was done, hectares before and after."""

    layer: str
    row: int
    action: str
    before_ha: float
    after_ha: float


def repair_workspace(path: str | Path, folder: Path) -> tuple[Repair, ...]:
    """Write mended copies of the vector layers that can be mended, and ``repairs.csv``.

    Mended are geometries that are not valid (every lobe kept, ``make_valid``), and features that
    repeat an earlier geometry or hold no ground are taken out. The inputs stay as they are.
    """
    from layers.mending import mended_copy
    from sinkatlas.pipeline import layer_specs

    space: Workspace = load_workspace(path)
    folder.mkdir(parents=True, exist_ok=True)
    done: list[Repair] = []
    for spec in layer_specs(space):
        for change in mended_copy(spec, folder):
            done.append(
                Repair(spec.where, change.row, change.action, change.before_ha, change.after_ha)
            )
    _write_repairs(done, folder / "repairs.csv")
    return tuple(done)


def _write_repairs(done: Sequence[Repair], file: Path) -> None:
    import csv

    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["layer", "row", "action", "before_ha", "after_ha", "difference_ha"])
        for each in done:
            writer.writerow(
                [_safe(each.layer), each.row, each.action, f"{each.before_ha:.6f}",
                 f"{each.after_ha:.6f}", f"{each.after_ha - each.before_ha:.6f}"]
            )  # fmt: skip


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r＝＋－＠" else text
