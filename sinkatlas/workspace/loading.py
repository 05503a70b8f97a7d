"""A workspace file read and checked: its tables, and the files that they name."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.problems import InputError, Problem, ProblemLog, problem
from gis.reading import (
    LARGEST_TOML,
    address_problems,
    bounded_bytes,
    found_path,
    is_database,
    is_remote,
    split_archive,
)
from gis.redaction import redact
from sinkatlas.workspace.confirmation import confirmation_file
from sinkatlas.workspace.refusals import validated
from sinkatlas.workspace.settings import EpochTable, WorkspaceTable


@dataclass(frozen=True)
class Workspace:
    """A checked workspace and the file it came from; ``epochs`` are in order of year.

    ``notices`` are warnings about the file itself.
    """

    table: WorkspaceTable
    path: Path
    notices: tuple[Problem, ...] = ()

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def epochs(self) -> tuple[EpochTable, ...]:
        return tuple(sorted(self.table.epochs, key=lambda epoch: epoch.year))

    def resolve(self, path: str) -> Path:
        """A path of the workspace file, counted from its folder; what is no file as it stands."""
        is_elsewhere = is_database(path) or is_remote(path)
        return Path(path) if is_elsewhere else found_path(self.folder / path)


def named_files(space: Workspace) -> dict[Path, str]:
    """Every file that a workspace names and that exists, with the key that names it.

    Whatever key is added to the file is in it: a text that leads to a file is taken for its name.
    """
    found = {space.path: "workspace"}
    if (confirmed := confirmation_file(space.path)).is_file():
        found[confirmed] = "confirmed"
    for keys, text in texts_of(space):
        if is_remote(text) or is_database(text) or "\x00" in text:
            continue
        path = space.resolve(text)
        if _is_data(split_archive(path)[0] or path):
            names = [key for key in keys if key not in ("path", "paths", "table")]
            found.setdefault(path, names[-1] if names else keys[-1])
    return found


def _is_data(file: Path) -> bool:
    try:
        return file.is_file() or (file.is_dir() and file.suffix.lower() == ".gdb")
    except OSError:  # a title may be too long for a file's name
        return False


def texts_of(space: Workspace) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a workspace with the keys that lead to it."""
    return _texts(space.table.model_dump(mode="json", exclude_none=True))


def _texts(value: object, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*keys, name))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, keys)


def load_workspace(path: str | Path, *, tolerated: ProblemLog | None = None) -> Workspace:
    """Read and check a workspace file.

    Raises ``InputError`` with every mistake found: syntax, unknown keys, missing keys, wrong types,
    values out of range, unknown layer kinds, files that do not exist. With ``tolerated`` the last
    two go there instead, so that what is named rightly can be looked at.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "workspace.toml"
    return workspace_of(_parsed(file), found_path(file), tolerated=tolerated)


def workspace_of(
    raw: Mapping[str, Any], file: Path, *, tolerated: ProblemLog | None = None
) -> Workspace:
    """The checked workspace of parsed tables; paths count from the folder of ``file``.

    Raises what ``load_workspace`` raises but for faults of syntax.
    """
    problems = ProblemLog()
    _check_secrets(raw, file, problems)
    try:
        table = validated(raw, file)
    except InputError as error:
        raise InputError([*error.problems, *problems.notices]) from None
    workspace = Workspace(table, file, tuple(problems.notices))
    _check_layers(workspace, problems)
    if tolerated is None:
        problems.raise_if_errors()
    else:
        tolerated.extend(problems)
    return workspace


def workspace_schema() -> dict[str, object]:
    """JSON Schema of the workspace file, with the layer kinds that exist."""
    from layers.registry import kinds

    schema: dict[str, Any] = WorkspaceTable.model_json_schema()
    schema["title"] = "SinkAtlas workspace"
    schema["$defs"]["LayerTable"]["properties"]["kind"]["enum"] = list(kinds())
    return schema


def _parsed(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(bounded_bytes(file, LARGEST_TOML).decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(problem("sinkatlas.workspace_not_found", where=file)) from None
    except UnicodeDecodeError:
        raise InputError(problem("sinkatlas.workspace_not_utf8", where=file)) from None
    except RecursionError:
        raise InputError(
            problem("sinkatlas.workspace_syntax", where=file, detail="nested too deeply")
        ) from None
    except ValueError as error:  # a number of five thousand digits is no TOMLDecodeError
        raise InputError(problem("sinkatlas.workspace_syntax", where=file, detail=error)) from None


_SECRET = re.compile(
    r"://[^/\s:@]{0,200}:[^/\s@]{1,200}@"
    r"|[?&;](?:sig|token|key|signature|password|passwd|pwd|tk|auth|code|ak|sk|"
    r"access_?key|api_?key|app_?key|secret|X-Amz-[\w-]{1,40})=[^&\s]"
    r"|\bpassword\s{0,8}=\s{0,8}\S",
    re.IGNORECASE,
)


def _check_secrets(raw: object, file: Path, problems: ProblemLog, key: str = "") -> None:
    """Warn of passwords and access tokens in the file; the warning never repeats them."""
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            _check_secrets(value, file, problems, f"{key}.{name}".lstrip("."))
    elif isinstance(raw, list):
        for number, value in enumerate(raw, start=1):
            _check_secrets(value, file, problems, f"{key}[{number}]")
    elif isinstance(raw, str) and _SECRET.search(raw):
        problems.add("sinkatlas.workspace_secret", where=file, key=key)


def _check_layers(workspace: Workspace, problems: ProblemLog) -> None:
    from layers.registry import kinds

    known = kinds()
    if workspace.table.sheets.template is not None:
        _check_file(workspace, workspace.table.sheets.template, "sheets.template", problems)
    cover_kinds = {key for key, kind in known.items() if kind.role != "units"}
    for path in workspace.table.units.files:
        _check_file(workspace, path, "units.path", problems)
    for name in ("coefficients", "pools"):
        path = getattr(workspace.table.carbon, name)
        if path:
            _check_file(workspace, path, f"carbon.{name}", problems)
    for number, epoch in enumerate(workspace.table.epochs, start=1):
        seen: set[str] = set()
        for place, layer in enumerate(epoch.layers, start=1):
            key = f"epochs[{number}].layers[{place}]"
            if layer.kind not in cover_kinds:
                words = {known[k].title_zh: k for k in cover_kinds} | {k: k for k in cover_kinds}
                nearest = [
                    words[each] for each in difflib.get_close_matches(layer.kind, words, n=1)
                ]
                problems.add(
                    "sinkatlas.workspace_unknown_kind",
                    where=workspace.path,
                    key=f"{key}.kind",
                    given=layer.kind,
                    nearest=nearest[0] if nearest else "–",
                    allowed=", ".join(sorted(cover_kinds)),
                )
            elif layer.kind in seen:
                problems.add(
                    "sinkatlas.workspace_kind_twice",
                    where=workspace.path,
                    key=key,
                    kind=layer.kind,
                    year=epoch.year,
                )
            seen.add(layer.kind)
            for path in layer.files:
                is_raster = layer.kind in known and known[layer.kind].is_raster
                _check_file(workspace, path, f"{key}.path", problems, is_raster=is_raster)
            if layer.table is not None:
                _check_file(workspace, layer.table.path, f"{key}.table.path", problems)
            if layer.accuracy.error_matrix:
                matrix = layer.accuracy.error_matrix
                _check_file(workspace, matrix, f"{key}.accuracy.error_matrix", problems)
    for number, each in enumerate(workspace.table.allocation, start=1):
        if each.table is not None:
            _check_file(workspace, each.table, f"allocation[{number}].table", problems)


def _check_file(
    workspace: Workspace, path: str, key: str, problems: ProblemLog, *, is_raster: bool = False
) -> None:
    if is_remote(path):
        hosts = workspace.table.network.hosts
        problems.extend(address_problems(path, hosts, is_raster=is_raster))
        return
    archive, _ = split_archive(workspace.resolve(path))
    if not is_database(path) and not (archive or workspace.resolve(path)).exists():
        shown = redact(path)
        problems.add("sinkatlas.workspace_file_missing", where=workspace.path, key=key, path=shown)
