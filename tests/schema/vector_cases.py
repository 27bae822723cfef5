"""A failing and a passing case of each rule about boundary files."""

from __future__ import annotations

from tests.io import boundaries as b
from tests.io.test_geopackages import HOT

LAYER = '[layers.community]\npath = "{}"\n'
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]


def written(make, name, extra="", then=lambda file: None):
    def build(folder):
        then(make(folder / name))
        return LAYER.format(name) + extra

    return build


def drawing(*entities):
    return written(lambda file: b.dxf(file, *entities), "a.dxf", 'crs = "EPSG:4545"\n')


def several(*columns):
    def build(folder):
        for number, more in enumerate(columns):
            data = b.frame({**b.FIELDS, **more}).iloc[[number]]
            b.write(folder / "c" / f"{number}.gpkg", data)
        return LAYER.format("c")

    return build


def layers(*names):
    def make(file):
        for number, name in enumerate(names):
            b.write(file, b.frame() if number == 0 else b.frame({"备注": b.CODES}), layer=name, append=number > 0)
        return file

    return written(make, "a.gpkg")


def text(body):
    return lambda file: (file.write_text(b.kml_text(body), "utf-8"), file)[1]


def shapes(encoding):
    data = b.frame({"社区代码": b.CODES, "所属街道": b.CODES})
    return written(lambda file: b.shapefile(file, encoding, data=data), "a.shp")


CLEAN = written(b.write, "a.gpkg")
CLOSED = b.lwpolyline(SQUARE, True) + b.label(50, 50, "启明社区")

CASES = {
    "S160": (written(text(b.placemark("一", b.SHAPES[0], close=False)), "a.kml"), written(b.kml, "a.kml")),
    "S161": (
        written(b.shapefile, "a.shp", then=lambda file: file.with_suffix(".dbf").unlink()),
        written(b.shapefile, "a.shp"),
    ),
    "S162": (written(b.write, "a.gpkg", then=lambda file: file.with_name("a.gpkg-journal").write_bytes(HOT)), CLEAN),
    "S163": (layers("社区", "备注"), layers("社区")),
    "S164": (drawing(CLOSED, b.line((200, 0), (300, 0))), drawing(CLOSED)),
    "S165": (drawing(b.lwpolyline(SQUARE, True)), drawing(CLOSED)),
    "S166": (written(b.kml, "a.kml"), written(b.kml, "a.kml", 'crs = "EPSG:4326"\n')),
    "S167": (several({}, {"类型": ["", "城市社区", ""]}), several({}, {})),
    "S168": (shapes("utf-8"), shapes("gb18030")),
    "S169": (
        written(text("<NetworkLink/>" + b.placemark("一", b.SHAPES[0])), "a.kml"),
        written(text(b.placemark("一", b.SHAPES[0])), "a.kml"),
    ),
}
