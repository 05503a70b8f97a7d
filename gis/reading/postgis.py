"""One table of a PostGIS database, read in one read-only transaction.

A workspace names the table alone (``postgis:schema.table``). Host, database, user and password are
those of the environment, under the names that ``psql`` knows too (``PGHOST``, ``PGDATABASE``,
``PGUSER``, ``PGPASSWORD``, ``PGPASSFILE``, ``PGSERVICE``, ...), so that no secret stands in a file
that travels. Names are quoted by the server, values are bound, and nothing that the server says
is repeated before user and password are taken out of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.problems import InputError, ProblemLog, problem
from gis.redaction import redact

if TYPE_CHECKING:
    import geopandas as gpd
    import pyarrow as pa

PREFIX = "postgis:"
_SESSION = (
    "-c default_transaction_read_only=on -c row_security=off -c statement_timeout=600000 "
    "-c search_path=pg_catalog -c extra_float_digits=3"
)
_CONNECT_SECONDS = "10"

_FIND_POSTGIS = """
SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(n.nspname), false)
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'
"""
_FIND_TABLE = """
SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname || '.' || c.relname = $1 OR n.nspname = 'public' AND c.relname = $1)
  AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
"""
_NAME_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
WHERE t.typname IN ('geometry', 'geography') AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
ORDER BY 1 LIMIT 50
"""
_COLUMNS = """
SELECT a.attname, t.typname, t.typcategory::text, a.atttypmod, quote_ident(a.attname) AS quoted,
  EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary
          AND a.attnum = ANY (i.indkey)) AS is_key
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_SYSTEM = "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = $1"


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    category: str
    modifier: int
    quoted: str
    is_key: bool

    @property
    def is_spatial(self) -> bool:
        return self.type in ("geometry", "geography")

    @property
    def expression(self) -> str:
        """The column in SQL as a type that keeps all its digits: numbers, yes and no, or text."""
        if self.type == "numeric":
            scale = (self.modifier - 4) & 0x7FF if self.modifier >= 4 else None
            # codes of many digits live in numeric columns; a float would lose the last ones
            return f"{self.quoted}::{'text' if scale == 0 else 'float8'}"
        if self.type in ("int2", "int4", "int8", "float4", "float8", "bool"):
            return self.quoted
        return f"{self.quoted}::text"


def is_database(path: str | Path) -> bool:
    """Whether a layer's path names a table of the database.

    >>> is_database("postgis:public.stands"), is_database("stands.gpkg")
    (True, False)
    """
    return str(path).startswith(PREFIX)


def read_postgis(
    source: str | Path, layer: str | None = None, problems: ProblemLog | None = None
) -> gpd.GeoDataFrame:
    """Read a table or view whole; ``layer`` names the geometry column where there are several.

    Curves come as short straight edges. Rows are in the order of the primary key, else of their
    own text, so that two reads give the same. ``attrs`` holds ``driver``, ``layer`` and ``sha256``
    of what was read.

    Raises
    ------
    InputError
        ``gis.database_extra`` when the driver is not installed, ``gis.database_unreachable``,
        ``gis.database_table`` naming the tables there are, ``gis.layer_ambiguous``,
        ``gis.layer_missing``, ``gis.database_unreadable``.
    """
    where = str(source)
    log = ProblemLog() if problems is None else problems
    with _cursor(where) as cursor:
        return _read(cursor, where, layer, log)


@contextmanager
def _cursor(where: str) -> Iterator[Any]:
    """A cursor in a read-only session; what the server says of errors leaves without secrets."""
    try:
        from adbc_driver_manager import Error
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise InputError(problem("gis.database_extra", where)) from error
    from urllib.parse import quote

    wait = os.environ.get("PGCONNECT_TIMEOUT", _CONNECT_SECONDS)
    uri = f"postgresql:///?connect_timeout={quote(wait)}&options={quote(_SESSION)}"
    try:
        connection = dbapi.connect(uri, autocommit=False)
    except Error as error:
        told = problem("gis.database_unreachable", where, detail=_discreet(error))
        raise InputError(told) from None
    with connection, connection.cursor() as cursor:
        try:
            yield cursor
        except Error as error:
            told = problem("gis.database_unreadable", where, detail=_discreet(error))
            raise InputError(told) from None


def _discreet(error: Exception) -> str:
    """The server's first sentence, without what the environment keeps to itself."""
    text = " ".join(str(error).split())
    for name in ("PGPASSWORD", "PGUSER", "PGHOST", "PGHOSTADDR"):
        secret = os.environ.get(name, "")
        text = text.replace(secret, "***") if secret else text
    return redact(text)[:200]


def _read(cursor: Any, where: str, layer: str | None, problems: ProblemLog) -> gpd.GeoDataFrame:
    if not _rows(cursor, _FIND_POSTGIS):
        raise InputError(problem("gis.database_without_postgis", where))
    found = _rows(cursor, _FIND_TABLE, (where.removeprefix(PREFIX).strip(),))
    if not found:
        known = [row[0] for row in _rows(cursor, _NAME_TABLES)]
        raise InputError(problem("gis.database_table", where, tables=", ".join(known) or "–"))
    oid, own_schema, own_name = found[0]
    columns = [_Column(*row) for row in _rows(cursor, _COLUMNS, (int(oid),))]
    shape = _shape_column(columns, layer, where)
    _report_rights(cursor, where, problems)
    relation = _quoted(cursor, own_schema, own_name)
    crs = _system(cursor, relation, shape, where)
    table = _selected(cursor, relation, columns, shape)
    read = _as_frame(table, shape.name, crs)
    read.attrs.update(driver="PostGIS", layer=f"{own_schema}.{own_name}", sha256=_digest(table))
    return read


def _rows(cursor: Any, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    cursor.execute(sql, tuple(values) or None)
    return list(cursor.fetchall())


def _quoted(cursor: Any, schema: str, name: str) -> str:
    return str(_rows(cursor, "SELECT format('%I.%I', $1::text, $2::text)", (schema, name))[0][0])


def _shape_column(columns: Sequence[_Column], layer: str | None, where: str) -> _Column:
    shapes = [each for each in columns if each.is_spatial]
    shown = ", ".join(each.name for each in shapes)
    if layer is not None:
        named = [each for each in shapes if each.name == layer]
        if not named:
            raise InputError(problem("gis.layer_missing", where, layer=layer, layers=shown or "–"))
        return named[0]
    if not shapes:
        raise InputError(problem("gis.layer_none", where))
    if len(shapes) > 1:
        raise InputError(problem("gis.layer_ambiguous", where, layers=shown))
    return shapes[0]


def _report_rights(cursor: Any, where: str, problems: ProblemLog) -> None:
    sql = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    if any(row[0] for row in _rows(cursor, sql)):
        problems.add("gis.database_superuser", where)


def _system(cursor: Any, relation: str, shape: _Column, where: str) -> Any:
    """The CRS that all geometries share; None where the database knows none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    sql = f"SELECT DISTINCT ST_SRID({shape.quoted}::geometry) FROM {relation} "  # noqa: S608
    held = [row[0] for row in _rows(cursor, sql + f"WHERE {shape.quoted} IS NOT NULL LIMIT 9")]
    if len(held) > 1:
        listed = ", ".join(str(each) for each in sorted(held))
        raise InputError(problem("gis.database_systems", where, systems=listed))
    entries = _rows(cursor, _SYSTEM, (int(held[0]),)) if held and held[0] else []
    if not entries:
        return None
    authority, number, text = entries[0]
    try:
        if str(authority).upper() in ("EPSG", "ESRI") and number:
            return CRS.from_authority(str(authority).upper(), int(number))
        return CRS.from_wkt(text) if text else None
    except CRSError:
        raise InputError(problem("gis.crs_unreadable", where, crs=f"SRID {held[0]}")) from None


def _selected(cursor: Any, relation: str, columns: Sequence[_Column], shape: _Column) -> pa.Table:
    """All rows, attributes first, the geometry as well-known binary in the last column."""
    plain = [each for each in columns if not each.is_spatial and each.type != "bytea"]
    keys = [each.quoted for each in plain if each.is_key]
    ground = f"{shape.quoted}::geometry"
    straight = f"CASE WHEN ST_HasArc({ground}) THEN ST_CurveToLine({ground}) ELSE {ground} END"
    wanted = [f"{each.expression} AS {each.quoted}" for each in plain]
    order = ", ".join(keys) or f"t::text, ST_AsBinary({ground})"
    cursor.execute(
        f"SELECT {', '.join([*wanted, f'ST_AsBinary({straight}) AS {shape.quoted}'])} "  # noqa: S608
        f"FROM {relation} AS t ORDER BY {order}"
    )
    found: pa.Table = cursor.fetch_arrow_table()
    return found


def _as_frame(table: pa.Table, shape: str, crs: Any) -> gpd.GeoDataFrame:
    import geopandas
    import shapely

    held = table.column(shape).to_numpy(zero_copy_only=False)
    attributes = table.drop_columns([shape]).to_pandas()
    return geopandas.GeoDataFrame(attributes, geometry=shapely.from_wkb(held), crs=crs)


class _Hashed:
    """A sink that keeps nothing but the digest of what is written to it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        return


def _digest(table: pa.Table) -> str:
    """SHA-256 of names and values, the same however the server cut them into batches."""
    import pyarrow as pa

    sink = _Hashed()
    whole = table.combine_chunks().replace_schema_metadata(None)
    with pa.ipc.new_stream(sink, whole.schema) as stream:
        stream.write_table(whole)
    return sink.digest.hexdigest()
