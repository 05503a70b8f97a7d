"""What the page may ask: folders, workspaces, jobs, plans and results, all as JSON."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gis.problems import (
    LANGUAGES,
    InputError,
    Language,
    Problem,
    ProblemLog,
    SinkAtlasError,
    problem,
)
from sinkatlas import __version__
from sinkatlas.checking import finding_record
from sinkatlas.demo import CITIES
from sinkatlas.publish import listed_runs
from sinkatlas.workbench import editing, places
from sinkatlas.workbench.jobs import Job, Jobs
from sinkatlas.workbench.remedies import remedy
from sinkatlas.workspace import load_workspace, propose, write_proposal

_STATIC = Path(str(resources.files("sinkatlas.workbench"))) / "static"
_POLL_SECONDS = 0.15
_MOST_RECENT = 12


@dataclass
class Bench:
    """What a workbench knows while it runs; results are shown under ``result_url``."""

    places: tuple[Path, ...]
    language: Language
    result_url: str
    started_with: Path | None = None
    jobs: Jobs = field(default_factory=Jobs)
    workspaces: dict[str, Path] = field(default_factory=dict)
    results: dict[str, Path] = field(default_factory=dict)
    seen: float = field(default_factory=time.monotonic)

    def path(self, text: str) -> Path:
        return places.allowed(text, self.places)

    def workspace(self, name: str) -> Path:
        if name not in self.workspaces:
            raise InputError(problem("sinkatlas.path_missing", where=name[:40]))
        return self.workspaces[name]

    def opened(self, file: Path) -> str:
        """A short name for a workspace file, the same whenever it is opened."""
        name = hashlib.sha256(str(file).encode()).hexdigest()[:16]
        self.workspaces[name] = file
        return name

    def shown(self, folder: Path) -> str:
        """The address under which a result folder is read."""
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        self.results[name] = folder
        return f"{self.result_url}/{name}"


Answer = Callable[[Bench, Mapping[str, Any]], Any]


def application(bench: Bench) -> Starlette:
    """The pages and the answers; guards are put around it by the server."""
    routes = [
        Route("/", _page),
        Mount("/static", StaticFiles(directory=_STATIC)),
        Route("/api/jobs/{job}/events", _events(bench)),
        *(Route(f"/api/{name}", _answer(bench, answer), methods=["POST"])
          for name, answer in ANSWERS.items()),
    ]  # fmt: skip
    handlers = {SinkAtlasError: _told}
    return Starlette(routes=routes, exception_handlers=cast(Any, handlers))


def result_application(bench: Bench, secret: str) -> Starlette:
    """Files of result folders that the page has shown, below a path that nobody can guess."""

    async def file(request: Request) -> Response:
        folder = bench.results.get(request.path_params["folder"])
        if request.path_params["secret"] != secret or folder is None:
            return Response(status_code=404)
        path = (folder / request.path_params["path"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return Response(status_code=404)
        return FileResponse(path)

    return Starlette(routes=[Route("/{secret}/{folder}/{path:path}", file)])


async def _page(_: Request) -> Response:
    return FileResponse(_STATIC / "index.html")


async def _told(_: Request, error: Exception) -> Response:
    found = cast(SinkAtlasError, error).problems
    return JSONResponse({"problems": [finding_record(each) for each in found]}, status_code=400)


def _answer(bench: Bench, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        bench.seen = time.monotonic()
        try:
            asked = await request.json()
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            return Response(status_code=400)
        try:
            found = await run_in_threadpool(answer, bench, asked)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return JSONResponse({"wrong": f"{type(error).__name__}: {error}"}, status_code=422)
        return JSONResponse(found)

    return answered


def _events(bench: Bench) -> Callable[[Request], Awaitable[Response]]:
    async def stream(request: Request) -> Response:
        try:
            job = bench.jobs[request.path_params["job"]]
        except KeyError:
            return Response(status_code=404)
        last = request.headers.get("last-event-id", "")
        return StreamingResponse(
            _followed(bench, job, int(last) + 1 if last.isdecimal() else 0),
            media_type="text/event-stream",
        )

    return stream


async def _followed(bench: Bench, job: Job, at: int) -> AsyncIterator[str]:
    """Events from one number on; a page that comes back goes on where it was."""
    while True:
        bench.seen = time.monotonic()
        for number, event in enumerate(job.events[at:], start=at):
            yield f"id: {number}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
            at = number + 1
            if "ended" in event:
                return
        await asyncio.sleep(_POLL_SECONDS)


# --- what is asked ---


def _start(bench: Bench, _: Mapping[str, Any]) -> Any:
    recent = {each.workspace: each for each in reversed([*listed_runs()])}
    runs = sorted(recent.values(), key=lambda each: each.time, reverse=True)[:_MOST_RECENT]
    return {
        "version": __version__,
        "language": bench.language,
        "cities": list(CITIES),
        "home": str(bench.started_with or bench.places[0]),
        "places": [str(each) for each in bench.places],
        "runs": [{**asdict(each), "exists": Path(each.workspace).is_file()} for each in runs],
        "jobs": [each.as_record() for each in bench.jobs.all()],
    }


def _words(_: Bench, asked: Mapping[str, Any]) -> Any:
    language = "zh" if asked["language"] == "zh" else "en"
    text = (resources.files("sinkatlas.workbench") / "words" / f"{language}.toml").read_text(
        "utf-8"
    )
    return tomllib.loads(text)


def _choices(_: Bench, asked: Mapping[str, Any]) -> Any:
    """Kinds with their fields, legends with classes, plans: nothing is typed that can be picked."""
    from layers.legends import built_in_legends, legend
    from layers.registry import kinds
    from plans.reader import bundled_plans
    from sinkatlas.workbench.remedies import USUAL_SYSTEMS

    legends = {name: legend(name) for name in built_in_legends()}
    return {
        "kinds": [
            {"key": each.key, "zh": each.title_zh, "en": each.title_en, "role": each.role,
             "is_raster": each.is_raster, "options": list(each.options),
             "fields": [{"name": one.name, "column": one.column, "aliases": list(one.aliases),
                         "required": one.required, "zh": one.title_zh, "en": one.title_en}
                        for one in each.fields]}
            for each in kinds().values()
        ],
        "legends": [
            {"name": name, "title": each.title,
             "classes": [{"code": int(code), **row}
                         for code, row in each.rows.to_dict("index").items()]}
            for name, each in legends.items()
        ],
        "plans": [{"id": each.id, "adcode": each.adcode, **each.title} for each in bundled_plans()],
        "systems": list(USUAL_SYSTEMS),
    }  # fmt: skip


def _folder(bench: Bench, asked: Mapping[str, Any]) -> Any:
    path = bench.path(asked["path"])
    folder = path if path.is_dir() else path.parent
    inside = [each for each in (folder, *folder.parents) if _is_inside(each, bench.places)]
    return {
        "path": str(folder),
        "parents": [{"name": each.name or str(each), "path": str(each)} for each in inside[::-1]],
        "entries": [asdict(each) for each in places.listing(folder)],
    }


def _is_inside(path: Path, roots: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(place) for place in roots)


def _open(bench: Bench, asked: Mapping[str, Any]) -> Any:
    path = bench.path(asked["path"])
    file = path / "workspace.toml" if path.is_dir() else path
    if not file.is_file():
        raise InputError(problem("sinkatlas.workspace_not_found", where=file))
    editing.parsed(file, editing.read_text(file))
    return {"id": bench.opened(file)}


def _propose(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """A workspace from a folder, written into it; one that is there already is opened."""
    folder = bench.path(asked["path"])
    file = folder / "workspace.toml"
    if not file.exists():
        write_proposal(propose(folder, asked["language"]), file, asked["language"])
    return {"id": bench.opened(file)}


def _state(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """The workspace as it stands in its file, with what is wrong with it so far."""
    file = bench.workspace(asked["id"])
    text = editing.read_text(file)
    found: tuple[Problem, ...] = ()
    try:
        load_workspace(file)
    except InputError as error:
        found = error.problems
    table = json.loads(json.dumps(editing.parsed(file, text).unwrap(), default=str))
    return {
        "id": asked["id"],
        "file": str(file),
        "folder": str(file.parent),
        "name": file.name,
        "text": text,
        "digest": editing.digest(text),
        "table": table,
        "problems": [finding_record(each) for each in found],
        "layers": [{"place": place, **found} for place, found in _layers(table, file.parent)],
        "out": str(_out(file)),
        "has_result": (_out(file) / "run.json").is_file(),
    }


def _out(file: Path) -> Path:
    """Where results of a workspace go unless another folder is chosen."""
    return file.with_name("result" if file.name == "workspace.toml" else f"{file.stem}-result")


def _layers(table: Mapping[str, Any], folder: Path) -> list[tuple[list[str | int], dict[str, Any]]]:
    """Place in the file, path, and the name that findings use, of the units and every layer."""
    from layers.declarations import LayerSpec

    units = table.get("units", {})
    held: list[tuple[list[str | int], Any, str, int | None]] = [
        (["units"], units, "districts", None)
    ]
    for number, epoch in enumerate(table.get("epochs", [])):
        held += [
            (["epochs", number, "layers", at], layer, str(layer.get("kind", "")), epoch.get("year"))
            for at, layer in enumerate(epoch.get("layers", []))
        ]
    found = []
    for place, layer, kind, year in held:
        named = layer.get("path") or next(iter(layer.get("paths") or []), "")
        path = (folder / str(named)).resolve()
        where = LayerSpec(kind, path, year).where
        entry = {"path": str(path), "where": where, "kind": kind, "year": year, "layer": layer}
        found.append((place, entry))
    return found


def _edit(bench: Bench, asked: Mapping[str, Any]) -> Any:
    file = bench.workspace(asked["id"])
    changes = [(each["place"], each.get("value")) for each in asked["changes"]]
    text = editing.edited(editing.read_text(file), file, changes)
    editing.save(file, text, asked["digest"])
    return _state(bench, asked)


def _remedies(_: Bench, asked: Mapping[str, Any]) -> Any:
    """For each finding what a button may set; None where a person has to mend it."""
    found = [
        remedy(Problem(each["check"], each["where"], each["facts"])) for each in asked["problems"]
    ]
    return [each and {"key": list(each.key), "values": list(each.values)} for each in found]


def _repair(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """Repaired copies beside the workspace, taken in place of the files they were made from."""
    from sinkatlas.checking import repair_workspace

    file = bench.workspace(asked["id"])
    folder = file.parent / "repaired"
    repairs = repair_workspace(file, folder)
    copies = {source.resolve(): copy for source, copy in repairs.copies.items()}
    text = editing.read_text(file)
    layers = _layers(editing.parsed(file, text).unwrap(), file.parent)
    edits = [
        ([*place, "path"], f"repaired/{copies[source].name}")
        for place, each in layers
        if each["layer"].get("path") and (source := Path(each["path"])) in copies
    ]
    editing.save(file, editing.edited(text, file, edits), editing.digest(text))
    return {**_state(bench, asked), "repairs": [asdict(each) for each in repairs.changes]}


def _outlines(bench: Bench, asked: Mapping[str, Any]) -> Any:
    from sinkatlas.workbench.previews import outlines

    return outlines(bench.path(asked["path"]), asked.get("layer"), asked.get("crs"))


def _begin(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """Start a job: look at files, check, run, or make and run the example city."""
    kind, language = asked["kind"], asked["language"]
    out: Path | None = None
    if kind == "demo":
        if asked["city"] not in CITIES:
            raise ValueError("city")
        workspace, out = bench.path(asked["path"]), bench.path(asked["path"])
        arguments = ["demo", asked["city"], "--out", str(out), "--progress", "jsonl"]
    elif kind == "look":
        workspace = bench.workspace(asked["id"])
        files = [str(bench.path(each)) for each in asked["paths"]]
        arguments = ["look", *files, "--format", "json"]
    else:
        workspace = bench.workspace(asked["id"])
        arguments = [{"check": "check", "run": "run"}[kind], str(workspace), "--progress", "jsonl"]
        if kind == "run":
            out = bench.path(asked["out"]) if asked.get("out") else _out(workspace)
            arguments += ["--out", str(out)]
    try:
        job = bench.jobs.start(kind, arguments, workspace=workspace, out=out, language=language)
    except FileExistsError:
        raise InputError(problem("sinkatlas.job_in_the_way", where=out)) from None
    return job.as_record()


def _cancel(bench: Bench, asked: Mapping[str, Any]) -> Any:
    bench.jobs.cancel(asked["job"])
    return {}


def _jobs(bench: Bench, _: Mapping[str, Any]) -> Any:
    return [each.as_record() for each in bench.jobs.all()]


def _plan(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """The plan of a workspace: its targets, each beside its quote, confirmed or not."""
    file = bench.workspace(asked["id"])
    named = str(editing.parsed(file, editing.read_text(file)).get("workspace", {}).get("plan", ""))
    path = (file.parent / named).resolve() if named else None
    if path is None or not path.is_file():
        return {"named": named, "file": None, **_judged(named)}
    text = editing.read_text(path)
    table = json.loads(json.dumps(editing.parsed(path, text).unwrap(), default=str))
    is_draft = any("confirmed" in each for each in (table["plan"], *table.get("targets", [])))
    return {
        "named": named, "file": str(path), "digest": editing.digest(text), "is_draft": is_draft,
        "plan": table.get("plan", {}), "targets": table.get("targets", []), **_judged(str(path)),
    }  # fmt: skip


def _judged(named: str) -> dict[str, Any]:
    """Targets of a usable plan in words, and what is wrong with one that is not."""
    from plans.number_words import printed_words
    from plans.reader import load_plan

    if not named:
        return {"usable": [], "problems": []}
    log = ProblemLog()
    try:
        plan = load_plan(Path(named) if Path(named).is_file() else named, problems=log)
    except InputError as error:
        return {"usable": [], "problems": [finding_record(each) for each in error.problems]}
    usable = [
        {"id": each.id, "indicator": each.indicator, "clause": each.clause, "quote": each.quote,
         "year": each.year, "title": dict(each.title), "printed": dict(printed_words(each))}
        for each in plan.targets
    ]  # fmt: skip
    return {"usable": usable, "problems": [finding_record(each) for each in log]}


def _draft(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """Targets read out of a document into a draft plan file, which the workspace then names."""
    from plans.extract import write_draft

    file, source = bench.workspace(asked["id"]), bench.path(asked["path"])
    target = file.parent / f"{source.stem}.plan.toml"
    if not target.exists():
        write_draft(source, target, asked["language"])
    text = editing.edited(editing.read_text(file), file, [(["workspace", "plan"], target.name)])
    editing.save(file, text, editing.digest(editing.read_text(file)))
    return _plan(bench, asked)


def _edit_plan(bench: Bench, asked: Mapping[str, Any]) -> Any:
    shown = _plan(bench, asked)
    if shown["file"] is None:
        raise ValueError("plan")
    path = Path(shown["file"])
    changes = [(each["place"], each.get("value")) for each in asked["changes"]]
    editing.save(path, editing.edited(editing.read_text(path), path, changes), asked["digest"])
    return _plan(bench, asked)


def _result(bench: Bench, asked: Mapping[str, Any]) -> Any:
    from sinkatlas.workbench.results import result

    folder = bench.path(asked["path"])
    return {**result(folder), "url": bench.shown(folder)}


def _compare(bench: Bench, asked: Mapping[str, Any]) -> Any:
    from sinkatlas.workbench.results import compared

    return compared(bench.path(asked["one"]), bench.path(asked["other"]))


def _reveal(bench: Bench, asked: Mapping[str, Any]) -> Any:
    """Open a folder in the file manager; False where the machine has none."""
    folder = bench.path(asked["path"])
    folder = folder if folder.is_dir() else folder.parent
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606 - a folder, in the user's own file manager
        return {"opened": True}
    program = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        subprocess.Popen([program, str(folder)], start_new_session=True)  # noqa: S603
    except OSError:
        return {"opened": False}
    return {"opened": True}


ANSWERS: Mapping[str, Answer] = {
    "start": _start, "words": _words, "choices": _choices, "folder": _folder, "open": _open,
    "propose": _propose, "state": _state, "edit": _edit, "remedies": _remedies, "repair": _repair,
    "outlines": _outlines, "begin": _begin, "cancel": _cancel, "jobs": _jobs, "plan": _plan,
    "draft": _draft, "edit_plan": _edit_plan, "result": _result, "compare": _compare,
    "reveal": _reveal,
}  # fmt: skip

assert set(LANGUAGES) == {"zh", "en"}, "the page has words in these"
