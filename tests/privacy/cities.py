"""Projects full of persons: in every column of every registry, in layers, and in all that stands around them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import openpyxl
import shapely
from openpyxl.comments import Comment

from gridkit.io.gate import POST_FIELDS
from gridkit.io.headers import HEADERS
from gridkit.model.fields import LAYER_FIELDS, LEVELS, REGISTRY_FIELDS
from tests.io import files
from tests.privacy.people import People

PERSON_HEADERS = {
    "name": [
        "姓名", "户主", "业主", "楼长", "負責人_姓名", "聯繫人", "xingming", "Contact Person", "产权人\n（签字）",
        "备注1", "Column5", "",
    ],
    "number": ["身份证号码", "shenfenzheng", "证件号", "备用", "F7", ""],
    "mobile": ["联系电话", "手機", "shouji", "Mobile No.", "列3", ""],
    "mail": ["邮箱", "E-mail", "其他"],
}  # fmt: skip
"""Headers of columns of persons; the last ones of each say nothing."""

KINDS = tuple(kind for kind in REGISTRY_FIELDS if kind != "codes")
STREET, COMMUNITY = "990101001", "990101001001"
_REAL = {
    "street_name": "平安街道", "street_code": STREET, "community_code": COMMUNITY, "community_name": "东门社区",
    "grid_code": COMMUNITY + "001", "compound_type": "商品房小区", "branch_kind": "小区党支部", "branch_status": "正常",
    "covers": "启明小区1", "compound_name": "启明小区1", "compound_id": "X1", "unit_name": "某某局",
    "company_name": "某某物业公司", "property_company": "某某物业公司",
    "target_kind": "小区", "target_name": "启明小区1",
    "address": "启明路3号", "lon": "107.9805", "lat": "26.5805", "datum": "WGS84", "premises_kind": "住宿区",
    "body_kind": "业主委员会", "service_level": "社区", "ledger_kind": "问题", "community_type": "城市社区",
    "grid_kind": "综合网格", "parent_name": "东门社区党总支",
}  # fmt: skip
_BY_TYPE = {"count": "5", "number": "12", "date": "2024-05-01", "yesno": "是", "list": "启明小区1"}


def header_of(kind: str, field: str) -> str:
    return HEADERS[kind][field].split()[0]


def value_of(field: str, dtype: str, row: int) -> str:
    if field in ("name", "code") or field.endswith("_id") or field in ("item", "site_name"):
        return f"启明小区{row}" if field == "name" else f"X{row}"
    return _REAL.get(field, _BY_TYPE.get(dtype, ""))


def columns_of(kind: str, people: People, draw: random.Random) -> tuple[list[str], list[list[str]]]:
    """Return headers and rows: persons between all columns, and in row n a remark about one in column n."""
    types = {"code": "code", **LAYER_FIELDS[kind]} if kind in LAYER_FIELDS else dict(REGISTRY_FIELDS[kind])
    fields = [field for field in types if field in HEADERS[kind]]
    if kind not in LAYER_FIELDS:
        draw.shuffle(fields)
    count = len(fields) + 4
    headers: list[str] = []
    columns: list[list[str]] = []
    for number, field in enumerate(fields):
        what = draw.choice(list(PERSON_HEADERS))
        headers.append(draw.choice(PERSON_HEADERS[what]))
        columns.append([getattr(people, what)() for _ in range(count)])
        headers.append(header_of(kind, field))
        cells = [value_of(field, types[field], row) for row in range(count)]
        if field in POST_FIELDS:
            cells = [people.name() for _ in cells]
        elif field == "address":
            cells = [people.room() for _ in cells]
        else:
            cells[number] += people.remark()
        columns.append(cells)
    return headers, [list(row) for row in zip(*columns, strict=True)]


def workbook(path: Path, kind: str, people: People, draw: random.Random) -> None:
    """Write a registry as offices do: lines around the table, comments, hidden columns and rows, a hidden sheet."""
    headers, rows = columns_of(kind, people, draw)
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = people.name()
    page = book.active
    page.title = f"表{people.mobile_in_name()}" if draw.random() < 0.5 else "Sheet1"
    page.append([f"{kind}台账（{people.name()}整理）"])
    page.append([f"填报单位：平安街道 填报人：{people.name()} 电话：{people.mobile()} 填报时间：2024年6月"])
    page.append(headers)
    for row in rows:
        page.append(row)
    last = page.max_row
    page.append(["合计", f"制表{people.name()}", "", f"审核{people.name()}"])
    page.append([f"注：由{people.name()}提供，联系{people.name()} {people.mobile()}"])
    page.append([f"续一行 {people.name()} {people.mail()}"])
    page["A4"].comment = Comment(f"问{people.name()} {people.mobile()}", people.name())
    page.column_dimensions["B"].hidden = True
    page.row_dimensions[last].hidden = True
    hidden = book.create_sheet("旧表")
    for row in (headers, *rows[:2]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def layer(path: Path, level: str, people: People, draw: random.Random) -> None:
    """Write a layer of squares, the attributes as in a registry; GeoPackage, GeoJSON or KML by the ending."""
    headers, rows = columns_of(level, people, draw)
    names = [header or f"attr{n}" for n, header in enumerate(headers)]
    names = [name if names.index(name) == n else f"{name}{n}" for n, name in enumerate(names)]
    size = {"street": 0.1, "community": 0.05, "grid": 0.02, "compound": 0.001}[level]
    shapes = [files.square(0.0011 * n if level == "compound" else 0.11 * n, side=size) for n in range(len(rows))]
    if path.suffix == ".gpkg":
        columns = {name: [row[n] for row in rows] for n, name in enumerate(names)}
        files.layer(path, columns, shapes, name=level)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".kml":
        path.write_text(_kml(names, rows, shapes, people), encoding="utf-8")
        return
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(names, row, strict=True)),
            "geometry": shapely.geometry.mapping(shape),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def _kml(names, rows, shapes, people) -> str:
    marks = []
    for row, shape in zip(rows, shapes, strict=True):
        table = "".join(f"<tr><td>{name}</td><td>{cell}</td></tr>" for name, cell in zip(names, row, strict=True))
        ring = " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)
        marks.append(
            f"<Placemark><name>{row[1]}</name><description><![CDATA[<table>{table}</table>录入{people.name()}"
            f"]]></description><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates>"
            "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    body = "".join(marks)
    return f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def project(folder: Path, seed: int, kinds: tuple[str, ...] = KINDS) -> People:
    """Write a project with layers and the registries ``kinds``, and return the persons that are in it."""
    people, draw = People(seed), random.Random(seed)
    lines = [
        f'[project]\nname = "示例市（联系人：{people.name()}）"\nas_of = 2024-06-30',
        f'language = "{draw.choice(["zh", "en"])}"\nprofile = "{draw.choice(["internal", "public"])}"',
        f'[map]\ntitle = "覆盖图 {people.mobile()}"',
    ]
    for level in LEVELS:
        path = f"boundaries/{level}{draw.choice(['.gpkg', '.geojson', '.kml'])}"
        layer(folder / path, level, people, draw)
        lines.append(f'[layers.{level}]\npath = "{path}"\ncrs = "EPSG:4490"')
    for kind in kinds:
        path = f"registries/{kind}{people.mobile_in_name() if draw.random() < 0.3 else ''}.xlsx"
        workbook(folder / path, kind, people, draw)
        lines.append(f'[registries.{kind}]\npath = "{path}"\ncomplete = true')
    lines.append(
        f'[[claims]]\ntext = "据书记{people.name()}（{people.mobile()}）介绍，全部覆盖"\n'
        f'indicator = "coverage.organisation.declared"\nbasis = "compounds"\nfigure = 100\nsource = "{people.mail()}"'
    )
    (folder / "gridkit.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return people
