"""Tables of a real PostGIS server, started here for the tests and stopped after them."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError, ProblemLog
from gis.reading.postgis import read_postgis
from gis.reading.safe_open import read_vector
from sinkatlas.checking.check import check_workspace, write_check
from sinkatlas.pipeline.running import run

PASSWORD = "S3cretPw-canary"
USER = "reader_canary"

SCHEMA = f"""
CREATE EXTENSION postgis;
CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}';
CREATE SCHEMA bureau;
CREATE TABLE bureau."森林小班" (
  fid serial PRIMARY KEY, "XIAO_BAN" text, "DI_LEI" varchar(10), "MIAN_JI" numeric(12,4),
  "ZXJ" double precision, code numeric(18,0), made date, geom geometry(Polygon, 4547));
INSERT INTO bureau."森林小班" ("XIAO_BAN", "DI_LEI", "MIAN_JI", "ZXJ", code, made, geom)
  SELECT i::text, '030101', 1.0, 100 + i, 440305001002003001 + i, '2023-05-06',
         ST_MakeEnvelope(400000 + 100*i, 2500000, 400100 + 100*i, 2500100, 4547)
  FROM generate_series(9, 0, -1) AS i;
CREATE TABLE bureau.units (adcode text, name text, geom geometry(Polygon, 4547));
INSERT INTO bureau.units VALUES ('440103', '甲区', ST_MakeEnvelope(400000, 2500000, 400500, 2500100, 4547)),
                                ('440104', '乙区', ST_MakeEnvelope(400500, 2500000, 401000, 2500100, 4547));
CREATE VIEW bureau.only_first AS SELECT * FROM bureau."森林小班" WHERE "XIAO_BAN" = '0';
CREATE TABLE bureau.two_shapes (a geometry(Point, 4326), b geometry(Polygon, 4326));
CREATE TABLE bureau.plain (a int);
CREATE TABLE bureau.unknown_system (id int, geom geometry);
INSERT INTO bureau.unknown_system VALUES (1, ST_MakeEnvelope(113, 22, 114, 23));
CREATE TABLE bureau.mixed_systems (id int, geom geometry);
INSERT INTO bureau.mixed_systems VALUES (1, ST_MakeEnvelope(113, 22, 114, 23, 4326)), (2, ST_MakeEnvelope(1, 2, 3, 4, 4547));
CREATE TABLE bureau.curves (id int, geom geometry(CurvePolygon, 4547));
INSERT INTO bureau.curves VALUES (1, ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(400100 2500000, 400200 2500100, 400300 2500000, 400200 2499900, 400100 2500000))', 4547));
CREATE TABLE bureau.globe (id int, place geography(Polygon, 4326));
INSERT INTO bureau.globe VALUES (1, ST_MakeEnvelope(113, 22, 113.01, 22.01, 4326)::geography);
CREATE TABLE bureau.hidden (id int, geom geometry(Polygon, 4547));
INSERT INTO bureau.hidden VALUES (1, ST_MakeEnvelope(0, 0, 1, 1, 4547));
ALTER TABLE bureau.hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE bureau.private (id int, geom geometry(Polygon, 4547));
CREATE TABLE bureau."x"" OR 1=1; DROP TABLE bureau.units;--" (id int, geom geometry(Polygon, 4547));
INSERT INTO bureau."x"" OR 1=1; DROP TABLE bureau.units;--" VALUES (1, ST_MakeEnvelope(0, 0, 1, 1, 4547));
GRANT USAGE ON SCHEMA bureau TO {USER};
GRANT SELECT ON ALL TABLES IN SCHEMA bureau TO {USER};
REVOKE SELECT ON bureau.private FROM {USER};
"""  # noqa: E501


class Server:
    """A PostgreSQL server of our own on a free port, with its data in a folder under /tmp."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])

    def call(self, *command: str, **options: str) -> str:
        # the server refuses to run as root
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        prefix = as_other if os.geteuid() == 0 else []
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **options}
        done = subprocess.run(
            [*prefix, *command], cwd=self.folder, env=environment, text=True, check=False,
            capture_output=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def start(self) -> None:
        data = str(self.folder / "data")
        self.call(str(self.programs / "initdb"), "-D", data, "-A", "scram-sha-256", "-U", "owner",
                  f"--pwfile={self.folder / 'password'}", "--no-sync", "-E", "UTF8")  # fmt: skip
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self.call(str(self.programs / "pg_ctl"), "-D", data, "-w", "-l", str(self.folder / "log"),
                  "-o", settings, "start")  # fmt: skip

    def stop(self) -> None:
        self.call(str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate",
                  "stop")  # fmt: skip

    def sql(self, text: str, database: str = "gis") -> str:
        return self.call("psql", "-v", "ON_ERROR_STOP=1", "-qAtc", text, PGHOST="127.0.0.1",
                         PGPORT=self.port, PGUSER="owner", PGPASSWORD=PASSWORD,
                         PGDATABASE=database)  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return {"PGHOST": "127.0.0.1", "PGPORT": self.port, "PGDATABASE": "gis", "PGUSER": USER,
                "PGPASSWORD": PASSWORD}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    has_postgis = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    if not found or not has_postgis:
        message = "PostgreSQL with PostGIS is absent"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and CI must run these tests")
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="sinkatlas-pg-"))
    (folder / "password").write_text(PASSWORD)
    owner = "postgres" if os.geteuid() == 0 else getpass.getuser()
    for path in (folder, folder / "password"):
        shutil.chown(path, owner)
    held = Server(found[-1].parent, folder)
    try:
        held.start()
        held.sql("CREATE DATABASE gis", "postgres")
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                held.sql(statement)
        yield held
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            held.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


def refused(source: str, code: str, layer: str | None = None) -> str:
    with pytest.raises(InputError, match=code) as told:
        read_postgis(source, layer)
    text = told.value.text("en") + told.value.text("zh")
    assert PASSWORD not in text
    assert USER not in text
    return text


def test_a_table_reads_as_its_geopackage_does(database: Server, tmp_path: Path) -> None:
    read = read_vector("postgis:bureau.森林小班")
    assert read.crs == "EPSG:4547"
    # ten squares of one hectare on the plane; on the ellipsoid a little less or more, alike
    read.drop(columns=["made"]).to_file(tmp_path / "copy.gpkg", driver="GPKG")
    other = read_vector(tmp_path / "copy.gpkg")
    assert polygon_areas_ha(read).tolist() == polygon_areas_ha(other).tolist()
    assert read["ZXJ"].tolist() == [109.0 - i for i in range(10)]  # order of the primary key
    assert read["MIAN_JI"].sum() == 10.0
    assert read["code"].iloc[0] == "440305001002003010"  # 18 digits, none lost
    assert read["made"].iloc[0] == "2023-05-06"


def test_two_reads_give_the_same_bytes_and_an_edit_does_not(database: Server) -> None:
    first = read_postgis("postgis:bureau.units").attrs["sha256"]
    assert read_postgis("postgis:bureau.units").attrs["sha256"] == first
    database.sql("UPDATE bureau.units SET name = '丙区' WHERE adcode = '440103'")
    assert read_postgis("postgis:bureau.units").attrs["sha256"] != first
    database.sql("UPDATE bureau.units SET name = '甲区' WHERE adcode = '440103'")
    assert read_postgis("postgis:bureau.units").attrs["sha256"] == first


def test_views_and_geographies_are_read(database: Server) -> None:
    assert len(read_postgis("postgis:bureau.only_first")) == 1
    globe = read_postgis("postgis:bureau.globe")
    assert globe.crs == "EPSG:4326"
    # 0.01° x 0.01° at 22° N: 1.0319 km x 1.1073 km
    assert polygon_areas_ha(globe)[0] == pytest.approx(114.27, rel=1e-3)


def test_curves_come_as_short_edges(database: Server) -> None:
    read = read_postgis("postgis:bureau.curves")
    # a circle of 100 m: 3.14159 ha, less what 32 edges a quarter leave out (0.01 %)
    assert shapely.area(read.geometry.iloc[0]) / 1e4 == pytest.approx(3.14159, rel=5e-4)


def test_a_system_that_is_unknown_or_mixed_is_not_guessed(database: Server) -> None:
    assert read_postgis("postgis:bureau.unknown_system").crs is None
    assert "4326, 4547" in refused("postgis:bureau.mixed_systems", r"gis\.database_systems")


def test_what_is_not_there_is_told_with_what_is(database: Server) -> None:
    assert "bureau.units" in refused("postgis:bureau.unit", r"gis\.database_table")
    refused("postgis:bureau.plain", r"gis\.layer_none")
    assert "a, b" in refused("postgis:bureau.two_shapes", r"gis\.layer_ambiguous")
    refused("postgis:bureau.two_shapes", r"gis\.layer_missing", layer="c")
    assert len(read_postgis("postgis:bureau.two_shapes", "b")) == 0


def test_rows_that_a_policy_hides_and_rights_that_lack_are_errors(database: Server) -> None:
    assert "row-level security" in refused("postgis:bureau.hidden", r"gis\.database_unreadable")
    assert "permission denied" in refused("postgis:bureau.private", r"gis\.database_unreadable")


def test_a_name_is_a_name_and_no_statement(database: Server) -> None:
    evil = 'postgis:bureau.x" OR 1=1; DROP TABLE bureau.units;--'
    assert len(read_postgis(evil)) == 1
    refused("postgis:bureau.units; DELETE FROM bureau.units", r"gis\.database_table")
    assert database.sql("SELECT count(*) FROM bureau.units").strip() == "2"


def test_a_superuser_is_told_to_step_down(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGUSER", "owner")
    log = ProblemLog()
    read_postgis("postgis:bureau.units", problems=log)
    assert [each.code for each in log] == ["gis.database_superuser"]


def test_a_wrong_password_and_a_dead_port_say_no_secret(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", f"{PASSWORD}-wrong")
    refused("postgis:bureau.units", r"gis\.database_unreachable")
    monkeypatch.setenv("PGPORT", "1")
    refused("postgis:bureau.units", r"gis\.database_unreachable")


def test_a_run_on_the_database_writes_no_credential(database: Server, tmp_path: Path) -> None:
    file = tmp_path / "workspace.toml"
    file.write_text(
        '[workspace]\ntitle = "t"\nlanguage = "en"\ndraws = 0\n'
        '[units]\npath = "postgis:bureau.units"\nwhole_code = "440100"\nwhole_name = "市"\n'
        '[[epochs]]\nyear = 2023\n[[epochs.layers]]\nkind = "forest_subcompartments"\n'
        'path = "postgis:bureau.森林小班"\n',
        encoding="utf-8",
    )
    done = run(file, tmp_path / "result")
    table = done.results.set_index(["unit_code", "indicator"])["value"]
    units = gpd.GeoDataFrame(read_postgis("postgis:bureau.units"))
    assert table["440100", "forest_area"] == pytest.approx(polygon_areas_ha(units).sum(), rel=1e-9)
    # stock of the five stands 5-9 of 乙区: 105 + 106 + 107 + 108 + 109
    assert table["440104", "forest_stock_volume"] == pytest.approx(535.0)
    record = json.loads((tmp_path / "result" / "run.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in record["inputs"]] == [
        "postgis:bureau.units", "postgis:bureau.森林小班",
    ]  # fmt: skip
    assert all(len(each["sha256"]) == 64 for each in record["inputs"])
    write_check(check_workspace(file), tmp_path / "check", "en")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    assert len(written) > 10
    for path in written:
        content = path.read_bytes()
        assert PASSWORD.encode() not in content, path
        assert USER.encode() not in content, path
