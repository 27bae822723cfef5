"""One small layer of communities, written in every format that is read."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import box

NAMES = ["启明社区", "金井㵲水社区", "五鼎社区"]
CODES = ["990101001001", "990101001002", "990101001003"]
SHAPES = [
    box(107.98, 26.58, 107.99, 26.59),
    box(107.99, 26.58, 108.0, 26.59),
    shapely.MultiPolygon([box(107.98, 26.59, 107.985, 26.6), box(107.99, 26.59, 108.0, 26.6)]),
]
FIELDS = {"社区代码": CODES, "社区名称": NAMES, "户数": [120, 240, 360]}
AREAS = {code: round(shape.area, 9) for code, shape in zip(CODES, SHAPES, strict=True)}


def frame(columns=None, shapes=None, crs="EPSG:4490"):
    return gpd.GeoDataFrame(columns or FIELDS, geometry=list(SHAPES if shapes is None else shapes), crs=crs)


def write(file: Path, data=None, **how) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names are cut and numbers become floats: what some tests are about
        pyogrio.write_dataframe(frame() if data is None else data, file, **how)
    return file


def geoparquet(file: Path, **how) -> Path:
    frame().to_parquet(file, **how)
    return file


def feature(properties, shape, **more):
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape), **more}


def features():
    rows = zip(*FIELDS.values(), strict=True)
    return [feature(dict(zip(FIELDS, row, strict=True)), shape) for row, shape in zip(rows, SHAPES, strict=True)]


def geojson(file: Path, items=None, *, encoding="utf-8", lines=False, **members) -> Path:
    items = features() if items is None else items
    whole = {"type": "FeatureCollection", **members, "features": items}
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in (items if lines else [whole]))
    file.write_bytes(text.encode(encoding))
    return file


def ring(shape, close=True):
    points = list(shape.coords)
    return " ".join(f"{x!r},{y!r},0" for x, y in (points if close else points[:-1]))


def kml_polygon(shape, close=True):
    parts = getattr(shape, "geoms", [shape])
    texts = [
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring(one.exterior, close)}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon>"
        for one in parts
    ]
    return texts[0] if len(texts) == 1 else f"<MultiGeometry>{''.join(texts)}</MultiGeometry>"


def kml_text(body, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>图</name>{body}</Document></kml>'


def placemark(name, shape, inside="", close=True):
    return f"<Placemark><name>{name}</name>{inside}{kml_polygon(shape, close)}</Placemark>"


def extended(values):
    data = "".join(f'<Data name="{label}"><value>{value}</value></Data>' for label, value in values.items())
    return f"<ExtendedData>{data}</ExtendedData>"


def kml(file: Path) -> Path:
    rows = [
        placemark(name, shape, extended({"社区代码": code, "户数": number}))
        for code, name, number, shape in zip(CODES, NAMES, FIELDS["户数"], SHAPES, strict=True)
    ]
    file.write_text(kml_text("".join(rows)), "utf-8")
    return file


def archive(file: Path, sources: dict[str, Path], *, gbk=False) -> Path:
    """Zip files under the given names; ``gbk`` writes the names as Windows does."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, source in sources.items():
            info = _GbkInfo(name.encode("gb18030").decode("cp437")) if gbk else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read_bytes())
    return file


class _GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):  # noqa: N802
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def parts(shp: Path, stem=None) -> dict[str, Path]:
    """Name in an archive -> file, for all parts of a Shapefile."""
    return {f"{stem or shp.stem}{one.suffix}": one for one in sorted(shp.parent.glob(f"{shp.stem}.*"))}


def shapefile(file: Path, encoding="gb18030", **how) -> Path:
    return write(file, encoding=encoding, **how)


def zipped_shapefile(file: Path) -> Path:
    return archive(file, parts(shapefile(file.parent / "z" / "社区.shp")), gbk=True)


def geodatabase(file: Path, data=None, layer="社区") -> Path:
    how = {"geometry_type": "MultiPolygon", "promote_to_multi": True}
    return write(file, data, driver="OpenFileGDB", layer=layer, **how)


def zipped_geodatabase(file: Path) -> Path:
    base = geodatabase(file.parent / "z.gdb")
    return archive(file, {f"城/z.gdb/{one.name}": one for one in base.iterdir()})


def kmz(file: Path) -> Path:
    return archive(file, {"doc.kml": kml(file.parent / "doc.kml")})


FORMATS = {
    "gpkg": lambda folder: write(folder / "a.gpkg"),
    "gdb": lambda folder: geodatabase(folder / "a.gdb"),
    "gdb.zip": lambda folder: zipped_geodatabase(folder / "a.zip"),
    "shp GB18030": lambda folder: shapefile(folder / "a.shp"),
    "shp.zip": lambda folder: zipped_shapefile(folder / "a.zip"),
    "geojson": lambda folder: geojson(folder / "a.geojson"),
    "geojson GBK": lambda folder: geojson(folder / "a.json", encoding="gb18030"),
    "geojson UTF-16": lambda folder: geojson(folder / "a.json", encoding="utf-16"),
    "geojson BOM": lambda folder: geojson(folder / "a.geojson", encoding="utf-8-sig"),
    "geojson lines": lambda folder: geojson(folder / "a.geojsonl", lines=True),
    "geoparquet": lambda folder: geoparquet(folder / "a.parquet"),
    "kml": lambda folder: kml(folder / "a.kml"),
    "kmz": lambda folder: kmz(folder / "a.kmz"),
    "ovkml": lambda folder: kml(folder / "a.ovkml"),
    "ovkmz": lambda folder: kmz(folder / "a.ovkmz"),
    "fgb": lambda folder: write(folder / "a.fgb", SPATIAL_INDEX="NO"),
    "another ending": lambda folder: Path(shutil.copy(write(folder / "z.gpkg"), folder / "a.dat")),
}


# ---- drawings

EAST, NORTH = 500000.0, 2941000.0


def drawn(points):
    return [(x + EAST, y + NORTH) for x, y in points]


def lwpolyline(points, closed=False, layer="社区界", bulges=None):
    text = f"0\nLWPOLYLINE\n100\nAcDbEntity\n8\n{layer}\n100\nAcDbPolyline\n90\n{len(points)}\n70\n{int(closed)}\n"
    for n, (x, y) in enumerate(drawn(points)):
        text += f"10\n{x}\n20\n{y}\n" + (f"42\n{bulges[n]}\n" if bulges else "")
    return text


def polyline(points, closed=False, layer="社区界"):
    text = f"0\nPOLYLINE\n8\n{layer}\n66\n1\n70\n{int(closed)}\n"
    return text + "".join(f"0\nVERTEX\n8\n{layer}\n10\n{x}\n20\n{y}\n" for x, y in drawn(points)) + "0\nSEQEND\n"


def line(start, end, layer="社区界"):
    (x1, y1), (x2, y2) = drawn([start, end])
    return f"0\nLINE\n8\n{layer}\n10\n{x1}\n20\n{y1}\n11\n{x2}\n21\n{y2}\n"


def arc(centre, radius, start, end, layer="社区界"):
    ((x, y),) = drawn([centre])
    return f"0\nARC\n8\n{layer}\n10\n{x}\n20\n{y}\n40\n{radius}\n50\n{start}\n51\n{end}\n"


def label(x, y, text, layer="注记", kind="TEXT"):
    ((x, y),) = drawn([(x, y)])
    group = "100\nAcDbMText\n" if kind == "MTEXT" else ""
    return f"0\n{kind}\n100\nAcDbEntity\n8\n{layer}\n{group}10\n{x}\n20\n{y}\n40\n2.5\n1\n{text}\n"


def dxf(file: Path, *entities, version="AC1015", codepage="ANSI_936", encoding="gbk", end="0\nEOF\n") -> Path:
    head = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n9\n$DWGCODEPAGE\n3\n{codepage}\n0\nENDSEC\n"
    file.write_bytes((head + "0\nSECTION\n2\nENTITIES\n" + "".join(entities) + "0\nENDSEC\n" + end).encode(encoding))
    return file


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and time: what reading must not change."""
    found = {}
    for one in sorted(folder.rglob("*")):
        state = one.stat()
        found[str(one.relative_to(folder))] = (state.st_size, state.st_mtime_ns)
    return found


def measured(draft) -> dict[str, float]:
    """Code -> area in square degrees of a layer that was read."""
    areas = shapely.area(draft.geometry.to_numpy())
    return dict(zip(draft.records.frame["code"], np.round(areas, 9).tolist(), strict=True))


def codes_of(draft) -> dict[str, dict]:
    """Rule code and variant -> params of the findings of reading."""
    notes = draft.records.notes
    return {"/".join(filter(None, [one["code"], one["params"].get("variant", "")])): one["params"] for one in notes}
