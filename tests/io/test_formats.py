"""What files are by their content, and tables under wrong names."""

from __future__ import annotations

import json
import struct
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from gridkit.errors import TableError
from gridkit.io.formats import format_of, text_of
from gridkit.io.sheets import read_sheets
from tests.io import files, parts
from tests.io.test_workbook_hostile import GOOD, compound

SPREAD = "urn:schemas-microsoft-com:office:spreadsheet"
TABLE = "<table><tr><td>小区名称</td><td>户数</td></tr><tr><td>甲</td><td>3</td></tr></table>"
ROWS = [["小区名称", "户数"], ["甲", "3"]]


def archive(path, *names, mimetype=""):
    with zipfile.ZipFile(path, "w") as book:
        if mimetype:
            book.writestr("mimetype", mimetype)
        for name in names:
            book.writestr(name, "x")
    return path.read_bytes()


def layered(path, driver):
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[Point(107, 26)], crs=4490)
    frame.to_parquet(path) if driver == "parquet" else frame.to_file(path, driver=driver)
    return path


TEXTS = {
    "<html><body>" + TABLE: "html-table",
    "\ufeff  <!DOCTYPE html PUBLIC '-//W3C'>\n<!-- x --><HTML><TABLE></TABLE>": "html-table",
    "<style>" + "a{}" * 40_000 + "</style>" + TABLE: "html-table",
    TABLE: "html-table",
    "<html><body>no table</body></html>": "unknown",
    "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n": "html-table",
    f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{SPREAD}"/>': "xml-spreadsheet",
    f'<ss:Workbook xmlns:ss="{SPREAD}"/>': "xml-spreadsheet",
    '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>': "kml",
    "<ogc:kml/>": "kml",
    "<gpx/>": "unknown",
    '{"type": "FeatureCollection", "features": []}': "geojson",
    '{"type":"Feature","geometry":null,"properties":{}}\n{"type":"Feature","geometry":null}': "geojson",
    '\x1e{"type":"Feature","geometry":null,"properties":{}}': "geojson",
    '{"type": "Point", "coordinates": [1, 2]}': "geojson",
    '{"type": "Point", "name": "no shape"}': "json",
    '[{"a": 1}]': "json",
    '[project]\nname = "平安"\n': "toml",
    '# note\n[[registries.branches]]\npath = "a.xlsx"\n': "toml",
    "小区名称,户数\n甲,3\n": "text-table",
    "统计表\n填报单位\n小区名称\t户数\n甲\t3\n乙\t4\n": "text-table",
    "a;b\n": "text-table",
    "小区名称\n甲\n乙\n": "unknown",
    "  0\r\nSECTION\r\n  2\r\nHEADER\r\n": "dxf",
    "999\nby hand\n0\nSECTION\n2\nENTITIES\n": "dxf",
    'GEOGCS["WGS 84",DATUM["x",SPHEROID["y",1,2]]]': "unknown",
    " \r\n\t": "empty",
}


@pytest.mark.parametrize(("text", "what"), TEXTS.items(), ids=range(len(TEXTS)))
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_texts(tmp_path, text, what, encoding):
    if encoding != "utf-8":
        text = text.lstrip("\ufeff")
    if what == "toml" and encoding != "utf-8":
        return  # TOML is UTF-8
    (tmp_path / "a.xyz").write_bytes(text.encode(encoding))
    assert format_of(tmp_path / "a.xyz") == what


BYTES = {
    b"": "empty",
    b"%PDF-1.7\n": "pdf",
    b"\x89PNG\r\n\x1a\n": "image",
    b"\xff\xd8\xff\xe0": "image",
    b"RIFF\0\0\0\0WEBPVP8 ": "image",
    b"RIFF\0\0\0\0WAVE": "unknown",
    b"BM" + struct.pack("<IIII", 100, 0, 54, 40): "image",
    "BMW小区,户数\n甲,1\n".encode(): "text-table",
    b"AC1032\0\0\0": "dwg",
    b"{\\rtf1 hello}": "doc",
    b"AutoCAD Binary DXF\r\n\x1a\0": "dxf",
    b"\x09\x04\x06\x00\x00\x00\x10\x00": "xls",
    b"PAR1\x15\x04": "unknown",
    bytes(range(256)) * 8: "unknown",
    b"SQLite format 3\0" + bytes(2000): "unknown",
    compound("Workbook"): "xls",
    compound("Book"): "xls",
    compound("WordDocument", "1Table"): "doc",
    compound("EncryptionInfo", "EncryptedPackage"): "encrypted",
    compound("Contents"): "unknown",
    compound("Workbook")[:600]: "unknown",
    compound()[:20]: "unknown",
}


@pytest.mark.parametrize(("data", "what"), BYTES.items(), ids=range(len(BYTES)))
def test_bytes(tmp_path, data, what):
    (tmp_path / "a.xlsx").write_bytes(data)
    assert format_of(tmp_path / "a.xlsx") == what


@pytest.mark.parametrize(
    ("names", "mimetype", "what"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), "", "xlsx"),
        (("xl/workbook.xml", "xl/vbaProject.bin"), "", "xlsx"),
        (("xl/workbook.bin",), "", "xlsb"),
        (("word/document.xml",), "", "doc"),
        (("content.xml",), "application/vnd.oasis.opendocument.spreadsheet", "ods"),
        (("content.xml",), "application/vnd.oasis.opendocument.text", "doc"),
        (("a/b.shp", "a/b.dbf"), "", "zip-vector"),
        (("社区.SHP",), "", "zip-vector"),
        (("x.gdb/a00000001.gdbtable",), "", "zip-vector"),
        (("doc.kml", "files/a.png"), "", "kmz"),
        (("面.ovkml",), "", "kmz"),
        (("a.xlsx", "b.txt"), "", "zip"),
        ((), "", "zip"),
    ],
)
def test_archives(tmp_path, names, mimetype, what):
    data = archive(tmp_path / "a", *names, mimetype=mimetype)
    assert format_of(tmp_path / "a") == what
    if what == "xlsx":
        (tmp_path / "a").write_bytes(data[:-30])  # cut off: the names at its start still tell
        assert format_of(tmp_path / "a") == what


def test_layers(tmp_path):
    for driver, name, what in (
        ("GPKG", "a.gpkg", "gpkg"),
        ("GeoJSON", "a.json", "geojson"),
        ("ESRI Shapefile", "a.shp", "shp"),
        ("parquet", "a.pq", "geoparquet"),
        ("OpenFileGDB", "a.gdb", "gdb"),
    ):
        assert format_of(layered(tmp_path / name, driver)) == what, driver
    assert format_of(tmp_path / "a.dbf") == "dbf"
    assert format_of(tmp_path / "a.shx") == "unknown"
    assert format_of(tmp_path) == "folder"
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "b.pq")
    assert format_of(tmp_path / "b.pq") == "parquet"
    with pytest.raises(OSError, match="No such file"):
        format_of(tmp_path / "none")


@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", compound()[:500], b"SQLite format 3\0", b"PAR1", b"<"]),
)
def test_nothing_raises(tmp_path_factory, data, start):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + data)
    assert format_of(path)
    text_of(data)


# tables under wrong names


def xlsx(path):
    return files.workbook(path, [["小区名称", "户数"], ["甲", 3]])


def one(path):
    (sheet,) = read_sheets(path, path.name)
    return sheet


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.ods", "a.txt", "a"])
def test_a_workbook_under_another_name(tmp_path, name):
    sheet = one(xlsx(tmp_path / "b.xlsx").rename(tmp_path / name))
    assert (sheet.cells, sheet.format, sheet.name) == ([["小区名称", "户数"], ["甲", 3.0]], "xlsx", "Sheet1")


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_texts_under_another_name(tmp_path, name, encoding):
    for text, what in (("小区名称\t户数\n甲\t3\n", "text-table"), (f"<html>{TABLE}</html>", "html-table")):
        (tmp_path / name).write_text(text, encoding)
        assert (one(tmp_path / name).cells, one(tmp_path / name).format) == (ROWS, what)


def test_html_as_systems_export_it(tmp_path):
    (tmp_path / "a.xls").write_bytes(
        """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type
        content="text/html; charset=gb2312"><style>.xl1 {text-decoration:line-through;} .gone{display : none}</style>
        <script>document.write("<table><tr><td>no</td></tr></table>")</script></head><body>
        <!-- <table><tr><td>no</td></tr></table> --><table border=1>
        <tr><th colspan=3>统计表</th></tr>
        <tr><td rowspan="2">社区<td colspan=2>党员&amp;情况</tr>
        <tr><td>正式<br>党员</td><td x:num="522301001000001">5.22301E+14</td></tr>
        <tr style="display:none"><td>东门</td><td>1</td><td>2</td></tr>
        <tr class=gone><td>东门</td><td class="xl1">3</td><td><s>4</s></td></tr>
        <tr><td>&nbsp;西门&nbsp;</td><td>5<script>alert(1)</script></td></tr>
        </table></body></html>""".encode("gb18030")
    )
    sheet = one(tmp_path / "a.xls")
    assert sheet.cells == [
        ["统计表", "", ""],
        ["社区", "党员&情况", ""],
        ["", "正式\n党员", "522301001000001"],
        ["东门", "1", "2"],
        ["东门", "3", "4"],
        ["西门", "5", ""],
    ]
    assert sheet.merged == (((0, 0), (0, 2)), ((1, 0), (2, 0)), ((1, 1), (1, 2)))
    assert (sheet.hidden.rows, sheet.hidden.struck) == ((3, 4), {(4, 1), (4, 2)})


def test_several_tables_of_a_page(tmp_path):
    (tmp_path / "a.html").write_text(f"<html>{TABLE}<table></table><table><tr><td>{TABLE}</table>", "utf-8")
    sheets = read_sheets(tmp_path / "a.html", "a.html")
    assert [sheet.name for sheet in sheets] == ["table1", "table2"]
    assert [sheet.cells for sheet in read_sheets(tmp_path / "a.html", "a.html", sheet="table2")] == [ROWS]


@pytest.mark.parametrize(
    "text",
    [
        "<table>" + "<tr><td rowspan=99999 colspan=99999>" * 30_000,
        "<table>" + "<!--" * 500_000,
        "<table>" + "<a" * 500_000,
        "<table>" + '<td x="' * 200_000,
        "<table>" * 100_000,
        "<table><tr>" + "<script>" * 200_000,
        "<table><tr><td>" + "&" * 1_000_000,
        "<table>" + "<td " + "a=1 " * 500_000 + ">",
    ],
)
def test_html_that_is_made_to_take_long(tmp_path, text):
    (tmp_path / "a.xls").write_text(text + TABLE, "utf-8")
    try:
        read_sheets(tmp_path / "a.xls", "a.xls")
    except TableError as problem:
        assert str(problem).startswith("a.xls")


SPREADSHEET = f"""<?xml version="1.0" encoding="{{encoding}}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="{SPREAD}" xmlns:ss="{SPREAD}" xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="s2"/></Styles>
<Worksheet ss:Name="台账"><Table><Column ss:Index="3" ss:Hidden="1" ss:Span="1"/>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">统计表</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell ss:StyleID="s1"><Data ss:Type="String">甲&amp;乙</Data></Cell>
<Cell><Data ss:Type="Number">3</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
<Row><Cell ss:Index="2" ss:Formula="=SUM(R[-1]C:R[-1]C)"><Data ss:Type="Number">3</Data></Cell>
<Cell ss:Formula="='[b.xls]S'!R1C1"/><Cell><Data ss:Type="DateTime">2024-06-01T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Error">#REF!</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="旧"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_xml_spreadsheets(tmp_path, encoding):
    (tmp_path / "a.xls").write_text(SPREADSHEET.format(encoding=encoding), encoding)
    sheet = one(tmp_path / "a.xls")
    assert sheet.cells == [
        ["统计表", "", "", "", ""],
        ["", "", "", "", ""],
        ["甲&乙", 3.0, True, "", ""],
        ["", 3.0, "", "2024-06-01", ""],
    ]
    assert (sheet.merged, sheet.unread) == ((((0, 0), (0, 1)),), ("旧",))
    hidden = sheet.hidden
    assert (hidden.rows, hidden.columns, hidden.struck) == ((2,), (2, 3), {(2, 0)})
    assert (hidden.sums, hidden.external) == ({(3, 1): ((2, 1, 2, 1),)}, 1)
    assert (hidden.errors, hidden.empty) == (("E4",), ("C4",))
    (old,) = read_sheets(tmp_path / "a.xls", "a.xls", sheet="旧")
    assert (old.cells, old.hidden.sheet) == ([["x"]], True)


def test_an_xml_spreadsheet_that_breaks_off_or_reaches_far(tmp_path):
    for text, words in (
        (SPREADSHEET.format(encoding="utf-8")[:-200], "breaks the rules"),
        (
            SPREADSHEET.format(encoding="utf-8").replace('ss:Index="3" ss:H', 'ss:Index="9999999" ss:H'),
            "reaches to cell",
        ),
    ):
        (tmp_path / "a.xls").write_text(text, "utf-8")
        with pytest.raises(TableError, match=words):
            read_sheets(tmp_path / "a.xls", "a.xls")


ODS = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:calcext="urn:calcext"><office:automatic-styles>
<style:style style:name="ce1" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/>
</style:style><style:style style:name="ce2" style:family="table-cell"><style:text-properties
 style:text-line-through-style="none"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="台账"><table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>小区</text:p></table:table-cell><table:table-cell
 office:value-type="float" office:value="1"/></table:table-row>
<table:table-row table:visibility="filter" table:number-rows-repeated="2"><table:table-cell table:style-name="ce1"
 office:value-type="string"><text:p>甲</text:p></table:table-cell><table:table-cell table:style-name="ce2"
 office:value-type="float" office:value="2"/></table:table-row>
<table:table-row><table:table-cell/><table:table-cell table:formula="of:=SUM([.B1:.B3];[$台账.B1])"
 office:value-type="float" office:value="6"/></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>""".replace("\n", "")


def ods(path, content=ODS):
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_open_document(tmp_path):
    sheet = one(ods(tmp_path / "a.ods"))
    assert sheet.cells == [["小区", 1.0], ["甲", 2.0], ["甲", 2.0], ["", 6.0]]
    hidden = sheet.hidden
    assert (hidden.rows, hidden.columns, hidden.struck) == ((1, 2), (1,), {(1, 0), (2, 0)})
    assert hidden.sums == {(3, 1): ((0, 1, 2, 1), (0, 1, 0, 1))}
    far = ODS.replace(
        'table:number-columns-repeated="16384"/>', 'table:number-columns-repeated="16384" office:value-type="x"/>'
    )
    with pytest.raises(TableError, match="reaches to cell"):
        one(ods(tmp_path / "b.ods", far))


def test_what_is_no_table_says_what_it_is(tmp_path):
    for data, words in (
        (b"%PDF-1.7", "a PDF"),
        (compound("WordDocument"), "a text document"),
        (archive(tmp_path / "z", "a.txt"), "an archive"),
        (json.dumps([{"a": 1}]).encode(), "a JSON file"),
    ):
        (tmp_path / "a.csv").write_bytes(data)
        with pytest.raises(TableError, match=f"this is {words}, not a table"):
            read_sheets(tmp_path / "a.csv", "a.csv")


def test_reading_changes_nothing(tmp_path):
    path = xlsx(tmp_path / "a.xlsx")
    before = path.read_bytes()
    assert one(path).cells
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]
    assert openpyxl.load_workbook(path).sheetnames == ["Sheet1"]


def test_a_page_without_text_is_told_from_one_that_is_damaged(tmp_path):
    sheet = one(parts.book(tmp_path / "a.dat", {"S": parts.sheet(GOOD)}))
    assert sheet.cells == [["小区名称", 1.0]]


def test_a_compound_file_of_zeros_is_unknown(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 3000)
    assert format_of(tmp_path / "a.xlsx") == "unknown"
