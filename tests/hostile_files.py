"""Small files that ask for much, made afresh; and a script that reads a folder of them, measured.

``python hostile_files.py FOLDER`` prints per file its name, CPU seconds and the code of the
refusal, and at the end the peak of memory above that of the libraries, in MB.
"""

from __future__ import annotations

import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LAUGHS = (
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
FIRST = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>unit</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>n</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><v>1</v></c></row>'
)
PROMISE = "<w:p><w:r><w:t>到2030年森林覆盖率达到42%</w:t></w:r></w:p>"


def workbook(
    path: Path, rows: str, tail: str = "", head: str = "", encoding: str = "utf-8"
) -> None:
    sheet = f'{head}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{tail}</worksheet>'
    kinds = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{TYPE}.{kind}+xml"/>'
        for name, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"))
    )
    rels = f"{PACKAGE}/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>',
        )
        for name, kind, target in (
            ("_rels/.rels", "officeDocument", "xl/workbook.xml"),
            ("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml"),
        ):
            link = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
            archive.writestr(name, f'<Relationships xmlns="{rels}">{link}</Relationships>')
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet.encode(encoding))


def word_file(path: Path, body: str, head: str = "", encoding: str = "utf-8") -> None:
    text = f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", text.encode(encoding))


def pdf(path: Path, content: bytes, filters: bytes = b"/FlateDecode") -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page + b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    path.write_bytes(body + b"xref\n0 6\n0000000000 65535 f \n" + table + end)


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding="utf-8")


def spanned(spans: int, cells: int, rows: int) -> str:
    span = f'<w:tcPr><w:gridSpan w:val="{spans}"/></w:tcPr>'
    return (
        f"<w:tbl>{('<w:tr>' + f'<w:tc>{span}{PROMISE}</w:tc>' * cells + '</w:tr>') * rows}</w:tbl>"
    )


def merged(areas: str) -> str:
    return f"<mergeCells>{areas}</mergeCells>"


def geopackage(*sql: str) -> Callable[[Path], object]:
    """A GeoPackage of one square, changed."""

    def make(path: Path) -> None:
        import sqlite3
        from contextlib import closing

        import geopandas as gpd
        import shapely

        square = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4490)
        square.to_file(path, layer="held")
        with closing(sqlite3.connect(path)) as base:
            base.executescript(";".join(sql))
            base.commit()

    return make


def as_layer(query: str) -> tuple[str, ...]:
    """A view that takes the place of the layer in the lists of the file."""
    return (
        f"CREATE VIEW trap AS {query}",
        "UPDATE gpkg_contents SET table_name = 'trap', identifier = 'trap'",
        "UPDATE gpkg_geometry_columns SET table_name = 'trap'",
    )


ENDLESS = (
    "WITH RECURSIVE r(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM r) "
    "SELECT r.fid AS fid, held.geom AS geom FROM r, held"
)
HEAVY = "SELECT fid, geom, zeroblob(900000000) AS n FROM held"


def parquet(rows: int, **columns: object) -> Callable[[Path], object]:
    """A GeoParquet of one square that so many rows bear, and columns of one value each."""

    def make(path: Path) -> None:
        import geopandas as gpd
        import pyarrow as pa
        import pyarrow.parquet as pq
        import shapely

        one = path.with_suffix(".one")
        square = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4490)
        square.to_parquet(one)
        told = {b"geo": pq.read_schema(one).metadata[b"geo"]}
        one.unlink()
        shape = shapely.to_wkb(shapely.box(0, 0, 1, 1))

        def column(value: object, kind: object) -> object:
            return pa.DictionaryArray.from_arrays(
                pa.Array.from_buffers(pa.int32(), rows, [None, pa.py_buffer(bytes(4 * rows))]),
                pa.array([value], kind),
            )

        table = pa.table(
            {"geometry": column(shape, pa.binary())}
            | {name: column(value, pa.string()) for name, value in columns.items()}
        )
        with pq.ParquetWriter(path, table.schema, compression="zstd", store_schema=False) as out:
            out.write_table(table)
            out.add_key_value_metadata(told)

    return make


def lines_pdf(count: int) -> Callable[[Path], object]:
    drawn = b"".join(b"%d %d m %d %d l S\n" % (n % 600, n % 800, n % 599, n % 797)
                     for n in range(count))  # fmt: skip
    text_beside = b"BT /F 9 Tf 9 9 Td (2030 42%) Tj ET "
    return lambda path: pdf(path, zlib.compress(text_beside + drawn, 9))


FAR = '<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>'
SPACES = b" " * 50_000_000
HOSTILE: dict[str, Callable[[Path], object]] = {
    "far.xlsx": lambda path: workbook(path, FIRST + FAR.format(5000)),
    "farther.xlsx": lambda path: workbook(path, FIRST + FAR.format(1_048_576)),
    "merged_whole.xlsx": lambda path: workbook(
        path, FIRST, merged('<mergeCell ref="A1:XFD1048576"/>')
    ),
    "merged_often.xlsx": lambda path: workbook(
        path, FIRST,
        merged("".join(f'<mergeCell ref="A{n}01:CV{n}99"/>' for n in range(1, 99))),
    ),
    "linked.xlsx": lambda path: workbook(
        path, FIRST, '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
    ),
    "unnamed_cells.xlsx": lambda path: workbook(
        path, "<row>" + "<c/>" * 9000 + "</row>" + "<row><c/></row>" * 9000
    ),
    "cells.xlsx": lambda path: workbook(path, ("<row>" + "<c/>" * 1000 + "</row>") * 900),
    "laughs_utf16.xlsx": lambda path: workbook(path, FIRST, "", LAUGHS, "utf-16"),
    "deep.xlsx": lambda path: workbook(path, FIRST, "<a>" * 50_000 + "</a>" * 50_000),
    "spans.docx": lambda path: word_file(path, spanned(100, 20, 400)),
    "huge_span.docx": lambda path: word_file(path, spanned(99_999_999, 100, 10)),
    "laughs_utf16.docx": lambda path: word_file(path, "<w:p>&i;</w:p>", LAUGHS, "utf-16"),
    "ratio.docx": lambda path: word_file(path, PROMISE * 400_000),
    "deep.docx": lambda path: word_file(path, "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000),
    "text.docx": lambda path: word_file(
        path, f"<w:p><w:r><w:t>{'森' * 7_000_000}</w:t></w:r></w:p>"
    ),
    "zeros.pdf": lambda path: pdf(path, zlib.compress(SPACES)),
    "packed_twice.pdf": lambda path: pdf(
        path, zlib.compress(zlib.compress(SPACES)), b"[/FlateDecode /FlateDecode]"
    ),
    "escaped_name.pdf": lambda path: pdf(path, zlib.compress(SPACES), b"/Fl#61te#44ecode"),
    "letters.pdf": lambda path: pdf(
        path, zlib.compress(b"BT /F 12 Tf 9 9 Td " + b"(abcdefghij) Tj " * 200_000 + b"ET")
    ),
    "spans.html": text("<html><table><tr>" + "<td rowspan=100 colspan=100>x" * 2000),
    "rows.html": text("<html><table>" + ("<tr>" + "<td rowspan=100 colspan=9>x" * 10) * 300),
    "never_closed.html": text("<html>" + "<a " * 200_000),
    "declarations.html": text("<html>" + "<!<!" * 100_000),
    "wide.csv": text(",".join(f"c{n}" for n in range(5000)) + "\n" + "1\n" * 50_000),
    "wider.csv": text("," * 500_000 + "\n1\n"),
    "lines.pdf": lines_pdf(40_000),
    "endless_view.gpkg": geopackage(*as_layer(ENDLESS)),
    "crossed_view.gpkg": geopackage(
        "CREATE TABLE t AS WITH RECURSIVE r(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM r "
        "LIMIT 400) SELECT a FROM r",
        *as_layer("SELECT held.fid, held.geom FROM held, t AS a, t AS b, t AS c, t AS d"),
    ),
    "heavy_view.gpkg": geopackage(*as_layer(HEAVY)),
    "computed.gpkg": geopackage(
        "ALTER TABLE held ADD COLUMN big BLOB GENERATED ALWAYS AS (zeroblob(900000000)) VIRTUAL"
    ),
    "endless_lists.gpkg": geopackage(
        "ALTER TABLE gpkg_geometry_columns RENAME TO kept",
        "CREATE VIEW gpkg_geometry_columns AS WITH RECURSIVE r(a) AS (SELECT 1 UNION ALL "
        "SELECT a + 1 FROM r) SELECT kept.* FROM kept, r",
    ),
    "rows.parquet": parquet(30_000_000),
    "texts.parquet": parquet(90_000, name="森" * 1_000_000),
    "deep.kml": text("<kml>" + "<Folder>" * 50_000 + "</Folder>" * 50_000 + "</kml>"),
}  # fmt: skip
"""Every one is refused; the names of most say what they are."""

HONEST: dict[str, Callable[[Path], object]] = {
    "table.xlsx": lambda path: workbook(
        path,
        FIRST + "".join(
            f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>小班{n}</t></is></c>'
            f'<c r="B{n}"><v>{n % 97}</v></c></row>' for n in range(3, 3000)
        ),
    ),
    "merged.xlsx": lambda path: workbook(
        path, FIRST + FAR.format(9).replace("XFD", "AZ"), merged('<mergeCell ref="C3:Z40"/>')
    ),
    "plan.docx": lambda path: word_file(path, PROMISE * 2000 + spanned(3, 4, 50)),
    "plan.pdf": lambda path: pdf(path, zlib.compress(b"BT /F 9 Tf 9 9 Td (2030 42%) Tj ET")),
    "plan.html": text(
        "<html><p>到2030年森林覆盖率达到42%</p>"
        "<table><tr><td rowspan=2 colspan=3>a<td>b<tr><td>c</table>"
    ),
    "table.csv": text("unit,n\n" + "x,1\n" * 20_000),
    "lines.pdf": lines_pdf(3000),
    "view.gpkg": geopackage(*as_layer("SELECT fid, geom, n + 1 AS n FROM held WHERE n > 0")),
    "computed.gpkg": geopackage(
        "ALTER TABLE held ADD COLUMN twice INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL"
    ),
    "stands.parquet": parquet(50_000, name="马尾松"),
}  # fmt: skip
"""As surveys and plans have them: the same shapes in honest sizes, every one read."""


def read(path: Path) -> None:
    """With the readers that a file of its kind meets in a run."""
    from gis.problems import ProblemLog
    from gis.reading import read_vector
    from layers.tables import read_attribute_table
    from plans.extract import read_document

    if path.suffix in (".kml", ".gpkg", ".parquet"):
        read_vector(path)
        return
    if path.suffix in (".xlsx", ".csv") and not path.name.startswith("merged."):
        read_attribute_table(path, problems=ProblemLog())
    if path.suffix != ".csv":
        read_document(path)


def main(folder: Path) -> None:
    import resource

    import geopandas  # noqa: F401 - what the libraries take is not what a file takes
    import openpyxl  # noqa: F401
    import pdfplumber  # noqa: F401

    from gis.problems import InputError

    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    before = peak()
    for path in sorted(folder.iterdir()):
        start, code = time.process_time(), "read"
        try:
            read(path)
        except InputError as error:
            code = error.problems[0].code
        print(f"{path.name}\t{time.process_time() - start:.3f}\t{code}")
    print(f"peak\t{peak() - before}\tMB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
