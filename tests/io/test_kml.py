"""KML as people draw it, and files meant to do harm."""

from __future__ import annotations

import zipfile

import pytest
import shapely

from gridkit.errors import LayerError
from gridkit.io.descriptions import pairs_of
from gridkit.io.vector import layers_of, read_layer, read_vector
from tests.io import boundaries as b
from tests.io import files

SQUARE = b.SHAPES[0]


def told(folder, body, level="grid", name="a.kml", **how):
    (folder / name).write_text(b.kml_text(body), "utf-8")
    return read_layer(name, folder, level, **how)


DESCRIPTIONS = {
    "table": "<![CDATA[<table border=1><tr><td>网格编码</td><td>17</td></tr>"
    "<tr><th>户数</th><td>1<b>20</b></td></tr></table>]]>",
    "nested table": "<![CDATA[<html><head><style>td{}</style><script>网格编码: 9</script></head><body><table>"
    "<tr><td>第一网格</td></tr><tr><td><table><tr><td>网格编码</td><td>17</td></tr><tr><td>户数</td><td>120</td></tr></table></td></tr>"
    "</table></body></html>]]>",
    "lines": "<![CDATA[网格编码：17<br>户数: 120 <br/>]]>",
    "plain lines": "网格编码=17\n户数：120",
    "escaped": "&lt;p&gt;网格编码：17&lt;/p&gt;&lt;p&gt;户数：120&amp;nbsp;&lt;/p&gt;",
    "unclosed": "<![CDATA[<table><tr><td>网格编码<td>17<tr><td>户数<td>120]]>",
}


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_attributes_in_a_description(tmp_path, kind):
    inside = f"<description>{DESCRIPTIONS[kind]}</description>"
    frame = told(tmp_path, b.placemark("<![CDATA[<b>第一网格</b>]]>", SQUARE, inside)).records.frame
    assert (frame["code"].to_list(), frame["households"].to_list()) == (["17"], [120])
    assert frame["name"].to_list() == ["第一网格"]


def test_attributes_in_extended_data(tmp_path):
    simple = '<SchemaData><SimpleData name="户数">120</SimpleData></SchemaData>'
    inside = '<ExtendedData><Data name="网格编码"><displayName>x</displayName><value>17</value></Data>'
    inside += f"{simple}</ExtendedData>"
    draft = told(tmp_path, b.placemark("第一网格", SQUARE, inside))
    assert draft.records.frame[["code", "households"]].to_numpy().tolist() == [["17", 120]]
    assert draft.records.source.cell(1, "code") == "a.kml!a!1.网格编码"


def test_labels_of_a_free_text_are_columns_only_where_they_are_known_or_common(tmp_path):
    lines = "<description>网格编码：17\n张三丰：13800138000\n第%d段：x\n路段：y</description>"
    body = b.placemark("第一网格", SQUARE, lines % 1) + b.placemark(
        "第二网格", SQUARE, lines.replace("张三", "李四") % 2
    )
    (tmp_path / "a.kml").write_text(b.kml_text(body), "utf-8")
    raw, _, _ = read_vector("a.kml", tmp_path)
    assert raw.headers == ["name", "网格编码", "路段", "描述"]


def test_the_folder_names_the_community(tmp_path):
    grids = [b.placemark("第一网格", SQUARE), b.placemark("第二网格", b.SHAPES[1])]
    body = "".join(f"<Folder><name>{name}</name>{''.join(grids)}</Folder>" for name in b.NAMES[:2])
    draft = told(tmp_path, f"<Folder><name>地图</name>{body}</Folder>")
    assert draft.records.frame["community_name"].to_list() == [b.NAMES[0]] * 2 + [b.NAMES[1]] * 2
    assert draft.records.frame["name"].to_list() == ["第一网格", "第二网格"] * 2
    assert draft.records.source.cell(3, "community_name") == "a.kml!a!3.文件夹"
    late = f"<Folder>{grids[0]}<name>{b.NAMES[0]}</name></Folder>"
    assert told(tmp_path, late).records.frame["community_name"].to_list() == [b.NAMES[0]]
    other = f"<Folder><name>我的图层</name>{grids[0]}</Folder>"
    assert "community_name" not in told(tmp_path, other).records.given


def test_rings_that_do_not_end_where_they_begin(tmp_path):
    draft = told(tmp_path, b.placemark("一", SQUARE, close=False) + b.placemark("二", b.SHAPES[1]))
    assert shapely.area(draft.geometry.to_numpy()) == pytest.approx([SQUARE.area, b.SHAPES[1].area])
    assert b.codes_of(draft)["S160/rings"] == {"n": 1, "variant": "rings"}


def test_shapes_of_many_kinds(tmp_path):
    points = "<Point><coordinates> 107.98 , 26.58 , 0 </coordinates></Point>"
    ring = f"<LineString><coordinates>{b.ring(SQUARE.exterior)}</coordinates></LineString>"
    hole = shapely.box(107.983, 26.583, 107.986, 26.586)
    holed = b.kml_polygon(SQUARE).replace(
        "</Polygon>",
        f"<innerBoundaryIs><LinearRing><coordinates>{b.ring(hole.exterior)}</coordinates></LinearRing></innerBoundaryIs>"
        "</Polygon>",
    )
    few = "<Polygon><outerBoundaryIs><LinearRing><coordinates>1,2 3,4</coordinates></LinearRing></outerBoundaryIs>"
    few += "</Polygon>"
    words = "<Point><coordinates>北京</coordinates></Point>"
    both = f"<MultiGeometry>{holed}{points}</MultiGeometry>"
    shapes = [points, ring, holed, few, words, both, ""]
    draft = told(tmp_path, "".join(f"<Placemark><name>{n}</name>{one}</Placemark>" for n, one in enumerate(shapes)))
    kinds = shapely.get_type_id(draft.geometry.to_numpy()).tolist()
    assert kinds == [3, 3, -1, -1, 7, -1]  # the point is no grid
    assert draft.geometry.iloc[1].area == pytest.approx(SQUARE.area - hole.area)
    found = b.codes_of(draft)
    assert found["S169/geometry"]["n"] == 2
    assert found["S160/closed"]["n"] == 1
    assert sum(params["n"] for code, params in found.items() if code.startswith("S133")) == 3


POINT = "<Point><coordinates>107.98,26.58,0</coordinates></Point>"
LINE = "<LineString><coordinates>107.98,26.58,0 107.99,26.58,0</coordinates></LineString>"


def compounds(folder, shapes):
    marks = "".join(f"<Placemark><name>{n}</name>{one}</Placemark>" for n, one in enumerate(shapes))
    (folder / "a.kml").write_text(b.kml_text(marks), "utf-8")
    city, findings = files.read(folder, '[layers.compound]\npath = "a.kml"\n')
    (source,) = city.sources
    assert source.rows_in == source.kept + source.set_aside == len(shapes)
    assert len(city.layers["compound"].frame) == source.kept
    notes = [row["params"] for row in findings.with_code("S169").to_dict("records")]
    return city.set_aside[["row", "reason"]].to_numpy().tolist(), notes


def test_lines_and_points_are_no_compounds_of_a_layer_of_areas(tmp_path):
    areas = [b.kml_polygon(one) for one in (*b.SHAPES, shapely.box(107.97, 26.58, 107.971, 26.581))]
    aside, notes = compounds(tmp_path, [*areas, POINT, LINE])
    assert aside == [[5, "S169"], [6, "S169"]]
    assert notes == [{"n": 2, "total": 4, "variant": "shapes"}]
    assert compounds(tmp_path, areas) == ([], [])


def test_points_of_a_layer_of_points_stay(tmp_path):
    points = [POINT.replace("107.98,", f"107.98{n},") for n in range(4)]
    aside, _ = compounds(tmp_path, [*points, b.kml_polygon(SQUARE), LINE])
    assert aside == [[6, "S169"]]


@pytest.mark.parametrize(("name", "variant"), [("a.kml", "kml"), ("a.ovkml", "ovital")])
def test_the_datum_is_doubted_and_nothing_converted(tmp_path, name, variant):
    draft = told(tmp_path, b.placemark("一", SQUARE), name=name)
    assert b.codes_of(draft)[f"S166/{variant}"]
    assert draft.geometry.iloc[0].equals(SQUARE)
    settled = told(tmp_path, b.placemark("一", SQUARE), name=name, crs="EPSG:4326")
    assert not [code for code in b.codes_of(settled) if code.startswith("S166")]
    moved = told(tmp_path, b.placemark("一", SQUARE), name=name, crs="GCJ-02")
    assert not moved.geometry.iloc[0].equals(SQUARE)


def test_an_ovital_archive_is_known_by_its_name(tmp_path):
    file = b.kmz(tmp_path / "a.ovkmz")
    assert b.codes_of(read_layer(file.name, tmp_path, "community"))["S166/ovital"]


def test_links_are_counted_and_never_followed(tmp_path):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    draft = told(tmp_path, link + b.placemark("一", SQUARE) + link)
    assert b.codes_of(draft)["S169/links"] == {"n": 2, "variant": "links"}


@pytest.mark.parametrize("codec", ["gbk", "gb2312", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("declared", [True, False])
def test_texts_in_any_encoding(tmp_path, codec, declared):
    label = codec.replace("-sig", "")
    head = f'<?xml version="1.0" encoding="{label}"?>' if declared else ""
    (tmp_path / "a.kml").write_bytes(b.kml_text(b.placemark("启明社区", SQUARE), head).encode(codec))
    assert read_layer("a.kml", tmp_path, "community").records.frame["name"].to_list() == ["启明社区"]


def test_several_texts_in_one_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        for name in ("doc.kml", "启明社区.kml"):
            archive.writestr(name, b.kml_text(b.placemark("第一网格", SQUARE)))
        archive.writestr("images/x.png", b"x")
    assert layers_of("a.kmz", tmp_path) == ("doc", "启明社区")
    with pytest.raises(LayerError, match="several layers: doc, 启明社区"):
        read_layer("a.kmz", tmp_path, "grid")
    draft = read_layer("a.kmz", tmp_path, "grid", layer="启明社区")
    assert b.codes_of(draft)["S169/others"]["n"] == 1


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARM = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{LAUGHS}]><kml><Placemark>'
    "<name>&l9;</name></Placemark></kml>",
    "a file of the system": '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>'
    "<Placemark><name>&x;</name></Placemark></kml>",
    "a document type elsewhere": '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd"><kml/>',
    "deep folders": "<kml>" + "<Folder>" * 100_000 + "</Folder>" * 100_000 + "</kml>",
    "a huge name": "<kml><Placemark><name>" + "x" * 1_100_000 + "</name></Placemark></kml>",
    "cut off": b.kml_text(b.placemark("一", SQUARE))[:-60],
    "no placemark": b.kml_text(""),
    "two roots": "<kml></kml><kml></kml>",
}


@pytest.mark.parametrize("kind", HARM)
def test_files_meant_to_do_harm(tmp_path, kind):
    (tmp_path / "a.kml").write_text(HARM[kind], "utf-8")
    with pytest.raises(LayerError, match=r"a\.kml"):
        read_layer("a.kml", tmp_path, "community")


@pytest.mark.parametrize(
    "text", ["<" * 50_000, "<td>" * 50_000, "&" * 100_000, "<!--" * 50_000, "<![CDATA[" * 20_000, "：" * 9999]
)
def test_descriptions_take_bounded_time(text):
    pairs, rest = pairs_of(text)
    assert len(pairs) <= 1
    assert len(rest) <= len(text)


def test_what_is_left_of_a_description_has_no_tags():
    pairs, rest = pairs_of(
        "<h1>甲</h1><a href='http://x'>看：http://x.cn</a><p>时间 12:30</p><img src=x onerror=alert(1)>"
    )
    assert "<" not in rest + str(pairs)
    assert "onerror" not in rest
