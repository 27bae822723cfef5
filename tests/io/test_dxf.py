"""Drawings: lines to areas, texts to names, and what stays open."""

from __future__ import annotations

import pytest
import shapely

from gridkit.errors import LayerError
from gridkit.io.vector import layers_of, read_layer
from tests.io import boundaries as b
from tests.io import files

CRS = "EPSG:4545"
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


def moved(points, x):
    return [(a + x, c) for a, c in points]


def read(folder, *entities, level="community", layer="社区界", **how):
    b.dxf(folder / "a.dxf", *entities, **how)
    return read_layer("a.dxf", folder, level, layer=layer, crs=CRS)


def areas(draft):
    return shapely.area(draft.geometry.to_numpy()).tolist()


OUTLINES = {
    "closed LWPOLYLINE": [b.lwpolyline(SQUARE, True)],
    "LWPOLYLINE that returns": [b.lwpolyline([*SQUARE, SQUARE[0]])],
    "almost closed LWPOLYLINE": [b.lwpolyline([*SQUARE, (0, 0.02)])],
    "closed POLYLINE": [b.polyline(SQUARE, True)],
    "almost closed POLYLINE": [b.polyline([*SQUARE, (0.01, 0.02)])],
    "LINEs": [b.line(SQUARE[n], SQUARE[(n + 1) % 4]) for n in (2, 0, 3, 1)],
    "LINEs with gaps": [
        b.line((0, 0.02), (100, 0)), b.line((100, 100), (100.02, 0.01)), b.line((100, 99.98), (0, 100)),
        b.line((0, 0), (0.01, 99.99)),
    ],
    "LINEs and a POLYLINE": [b.polyline(SQUARE[:3]), b.line(SQUARE[2], SQUARE[3]), b.line(SQUARE[0], SQUARE[3])],
}  # fmt: skip


@pytest.mark.parametrize("kind", OUTLINES)
def test_outlines_of_all_kinds(tmp_path, kind):
    draft = read(tmp_path, *OUTLINES[kind], b.label(50, 50, "启明社区"))
    assert areas(draft) == pytest.approx([10_000], abs=10)
    assert draft.records.frame["name"].to_list() == ["启明社区"]
    assert "S164/one" not in b.codes_of(draft)


def test_arcs_and_bulges(tmp_path):
    half = b.lwpolyline([(0, 0), (100, 0)], True, bulges=[1, 0])
    arc = b.arc((300, 0), 50, 0, 180) + b.line((250, 0), (350, 0))
    draft = read(tmp_path, half, arc)
    assert sorted(areas(draft)) == pytest.approx([3927, 3927], rel=0.003)


@pytest.mark.parametrize(
    ("version", "codepage", "encoding"),
    [
        ("AC1015", "ANSI_936", "gbk"),
        ("AC1018", "ANSI_1252", "gbk"),
        ("AC1024", "ANSI_936", "utf-8"),
        ("AC1032", "ANSI_1252", "utf-8"),
    ],
)
@pytest.mark.parametrize("kind", ["TEXT", "MTEXT"])
def test_texts_whatever_the_header_says(tmp_path, version, codepage, encoding, kind):
    how = {"version": version, "codepage": codepage, "encoding": encoding}
    text = r"{\fSimSun|b0|i0;启明\P社区}" if kind == "MTEXT" else "启明社区"
    draft = read(tmp_path, b.lwpolyline(SQUARE, True), b.label(50, 50, text, kind=kind), **how)
    assert draft.records.frame["name"].to_list() == ["启明 社区" if kind == "MTEXT" else "启明社区"]
    assert draft.records.source.sheet == "社区界"


def test_codes_and_names_are_told_apart(tmp_path):
    texts = [
        b.label(50, 50, "启明社区"),
        b.label(50, 40, "990101001001"),
        b.label(50, 30, "户数：120"),
        b.label(50, 20, "10.5"),
    ]
    draft = read(tmp_path, b.lwpolyline(SQUARE, True), *texts)
    frame = draft.records.frame
    assert frame[["code", "name", "households"]].to_numpy().tolist() == [["990101001001", "启明社区", 120]]


def test_labels_that_are_unclear_are_said(tmp_path):
    outlines = [b.lwpolyline(moved(SQUARE, 200 * n), True) for n in range(3)]
    texts = [
        b.label(50, 50, "甲社区"),
        b.label(60, 50, "乙社区"),
        b.label(250, 50, "丙社区"),
        b.label(900, 50, "丁社区"),
    ]
    draft = read(tmp_path, *outlines, *texts)
    assert draft.records.frame["name"].to_list() == ["", "丙社区", ""]
    found = b.codes_of(draft)
    assert [found[f"S165/{kind}"]["n"] for kind in ("several", "none", "outside")] == [1, 1, 1]
    refs = {note["params"].get("variant"): note["refs"] for note in draft.records.notes}
    assert (refs["several"], refs["none"]) == (("a.dxf!社区界!1",), ("a.dxf!社区界!3",))


def test_a_label_belongs_to_the_smallest_area(tmp_path):
    inner = [(10, 10), (30, 10), (30, 30), (10, 30)]
    draft = read(
        tmp_path,
        b.lwpolyline(SQUARE, True),
        b.lwpolyline(inner, True),
        b.label(20, 20, "飞地"),
        b.label(70, 70, "甲社区"),
    )
    assert draft.records.frame["name"].to_list() == ["甲社区", "飞地"]


def test_what_stays_open_is_reported_with_place_and_gap(tmp_path):
    gap = b.lwpolyline([*moved(SQUARE, 200), (200, 1.5)])
    draft = read(tmp_path, b.lwpolyline(SQUARE, True), gap)
    assert areas(draft) == pytest.approx([10_000])
    found = [note for note in draft.records.notes if note["code"] == "S164"]
    assert [note["params"]["distance_m"] for note in found] == [1.5, 1.5]
    lon, lat = found[0]["lon"], found[0]["lat"]
    assert (lon, lat) == pytest.approx((108.002, 26.58), abs=0.01)


def test_a_boundary_divided_by_lines(tmp_path):
    draft = read(
        tmp_path,
        b.lwpolyline(SQUARE, True),
        b.line((50, 0.03), (50, 100)),
        b.label(25, 50, "甲"),
        b.label(75, 50, "乙"),
    )
    assert areas(draft) == pytest.approx([5000, 5000], abs=5)
    assert draft.records.frame["name"].to_list() == ["甲", "乙"]
    assert b.codes_of(draft)["S160/divided"]["n"] == 1


def test_layers_of_the_drawing_are_layers(tmp_path):
    b.dxf(
        tmp_path / "a.dxf",
        b.lwpolyline(SQUARE, True, layer="社区界"),
        b.lwpolyline(SQUARE, True, layer="网格界"),
        b.label(50, 50, "启明社区"),
    )
    assert layers_of("a.dxf", tmp_path) == ("社区界", "网格界")
    with pytest.raises(LayerError, match="the file has several layers: 社区界, 网格界"):
        read_layer("a.dxf", tmp_path, "community", crs=CRS)


def test_a_drawing_states_no_system(tmp_path):
    b.dxf(tmp_path / "a.dxf", b.lwpolyline(SQUARE, True))
    with pytest.raises(LayerError, match=r"a\.dxf!社区界: the layer states no coordinate system \(state it in"):
        read_layer("a.dxf", tmp_path, "community")


def test_a_layer_without_anything_closed(tmp_path):
    with pytest.raises(LayerError, match="no line of the layer 社区界 is closed"):
        read(tmp_path, b.line((0, 0), (100, 0)))


def test_a_whole_city_from_a_drawing(tmp_path):
    b.dxf(
        tmp_path / "a.dxf",
        b.lwpolyline(SQUARE, True),
        b.lwpolyline([*moved(SQUARE, 200), (200, 3)]),
        b.label(50, 50, "甲社区"),
    )
    city, findings = files.read(tmp_path, f'[layers.community]\npath = "a.dxf"\ncrs = "{CRS}"\n')
    frame = city.layers["community"].frame
    assert (frame["name"].to_list(), frame.index[0][0]) == (["甲社区"], "~")
    assert findings.counts()["S164"] == 2


def test_a_drawing_in_degrees_has_a_tolerance_in_degrees(tmp_path):
    text = b.dxf(tmp_path / "z.dxf", b.lwpolyline(SQUARE, True)).read_bytes().decode("gbk")
    for (x, y), (lon, lat) in zip(b.drawn(SQUARE), b.SHAPES[0].exterior.coords, strict=False):
        text = text.replace(f"10\n{x}\n20\n{y}\n", f"10\n{lon}\n20\n{lat}\n", 1)
    (tmp_path / "a.dxf").write_bytes(text.encode("gbk"))
    draft = read_layer("a.dxf", tmp_path, "community", crs="EPSG:4490")
    assert draft.geometry.iloc[0].area == pytest.approx(1e-4)


def test_outlines_in_blocks_and_on_printed_sheets(tmp_path):
    block = "0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n8\n0\n2\nB\n70\n0\n10\n0\n20\n0\n"
    inner = b.lwpolyline(SQUARE, True)
    for x, y in SQUARE:
        inner = inner.replace(f"10\n{x + b.EAST}\n20\n{y + b.NORTH}\n", f"10\n{x}\n20\n{y}\n")
    block += inner + "0\nENDBLK\n0\nENDSEC\n"
    insert = f"0\nINSERT\n8\n社区界\n2\nB\n10\n{b.EAST}\n20\n{b.NORTH}\n"
    sheet = b.lwpolyline(moved(SQUARE, 500), True).replace("8\n社区界\n", "67\n1\n8\n社区界\n", 1)
    text = b.dxf(tmp_path / "a.dxf", insert, sheet, b.label(50, 50, "启明社区")).read_bytes().decode("gbk")
    (tmp_path / "a.dxf").write_bytes(
        text.replace("0\nSECTION\n2\nENTITIES", block + "0\nSECTION\n2\nENTITIES").encode("gbk")
    )
    draft = read_layer("a.dxf", tmp_path, "community", layer="社区界", crs=CRS)
    assert areas(draft) == pytest.approx([10_000])
    assert draft.records.frame["name"].to_list() == ["启明社区"]


@pytest.mark.parametrize("end", ["", "0\nEND"])
def test_a_drawing_that_was_cut_off(tmp_path, end):
    with pytest.raises(LayerError, match=r"a\.dxf: the drawing has no end"):
        read(tmp_path, b.lwpolyline(SQUARE, True), end=end)


def test_a_dwg_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "a.dwg").write_bytes(b"AC1032" + bytes(200))
    with pytest.raises(LayerError, match=r"a\.dwg: this is a DWG drawing, which cannot be read \(save it as DXF"):
        read_layer("a.dwg", tmp_path, "community")
