"""Every S rule has a failing and a passing case; the cases are data: kind of file, rows that fail, rows that pass."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import LineString, Polygon

from gridkit.io.city import read_city
from gridkit.io.notes import SEVERITY
from gridkit.io.project import read_project
from gridkit.model import Findings
from gridkit.rules import CATALOGUE
from gridkit.schema import check_city
from tests.io import files
from tests.schema import coordinate_cases, vector_cases

DATA = Path(__file__).parents[2] / "data"
HEAD = ["小区编号", "小区名称", "小区类型", "户数"]
GOOD = [HEAD, ["X1", "甲小区", "商品房", 5], ["X2", "乙小区", "商品房", 6]]
MORE = [HEAD, ["X3", "丙小区", "商品房", 7]]
CODES = [["code", "name"], ["990101001001", "启明社区居委会"]]
USCC = "91350100M000100Y43"


def with_cells(rows, **cells):
    """Copy of ``rows`` with single cells exchanged: ``B3=5``."""
    copy = [list(row) for row in rows]
    for place, value in cells.items():
        copy[int(place[1:]) - 1][ord(place[0]) - ord("A")] = value
    return copy


def xlsx(rows, kind="compounds", **how):
    def build(folder):
        files.workbook(folder / "a.xlsx", rows, **how)
        return f'[registries.{kind}]\npath = "a.xlsx"\n'

    return build


def marked(builder, *, struck=(), columns=()):
    """The workbook of ``builder`` with cells struck out and columns hidden."""

    def build(folder):
        text = builder(folder)
        book = openpyxl.load_workbook(folder / "a.xlsx")
        for cell in struck:
            book.active[cell].font = openpyxl.styles.Font(strike=True)
        for letter in columns:
            book.active.column_dimensions[letter].hidden = True
        book.save(folder / "a.xlsx")
        return text

    return build


def said(builder, **keys):
    return lambda folder: builder(folder) + "".join(f'{key} = "{value}"\n' for key, value in keys.items())


def csv(rows, kind="compounds", **how):
    def build(folder):
        files.table(folder / "a.csv", rows, **how)
        return f'[registries.{kind}]\npath = "a.csv"\n'

    return build


def stray(code):
    """A text table with a line whose quotation marks may be out of place."""

    def build(folder):
        line = ",".join(str(cell) for cell in GOOD[1])
        rows = [",".join(GOOD[0]), line, f"{code}{line}"]
        (folder / "a.csv").write_text("\n".join(rows), encoding="utf-8")
        return '[registries.compounds]\npath = "a.csv"\n'

    return build


def points(rows, extra=""):
    def build(folder):
        files.table(folder / "p.csv", rows)
        return f'[layers.compound]\npath = "p.csv"\n{extra}'

    return build


def polygons(shapes, level="compound", name="p.gpkg", **columns):
    def build(folder):
        files.layer(folder / name, {header: list(values) for header, values in columns.items()}, shapes)
        return f'[layers.{level}]\npath = "{name}"\n'

    return build


def both(*builders):
    return lambda folder: "".join(build(folder) for build in builders)


def shapefile(names):
    def build(folder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the name is cut: the point of the case
            frame = gpd.GeoDataFrame(
                {**{name: ["1"] for name in names}, "小区编号": ["A"]}, geometry=[files.square()], crs=4490
            )
            frame.to_file(folder / "p.shp", encoding="gb18030")
        return '[layers.compound]\npath = "p.shp"\n'

    return build


SQUARE, NEXT = files.square(), files.square(0.002)
BOWTIE = Polygon([(107.98, 26.58), (107.981, 26.581), (107.981, 26.58), (107.98, 26.581)])
LINE = LineString([(107.98, 26.58), (107.99, 26.58)])
COMMUNITY = polygons(
    [SQUARE], "community", "c.gpkg", 社区代码=["990101001001"], 社区名称=["启明社区"], 街道代码=["990101001"]
)
POINT = [
    ["小区编号", "小区名称", "小区类型", "经度", "纬度", "坐标系"],
    ["X1", "甲小区", "商品房", "107.98", "26.58", "WGS84"],
]
ONE = {"小区编号": ["X1"], "小区名称": ["甲小区"], "小区类型": ["商品房"]}
TWO = {"小区编号": ["X1", "X2"], "小区名称": ["甲小区", "乙小区"]}
BRANCH = [
    ["党组织编码", "党组织名称", "党组织类型", "成立时间", "书记", "覆盖小区"],
    ["D1", "甲支部", "小区党支部", "2021.5", "", "甲小区"],
]
LONG = [f"52260100100100200{n}" for n in range(1, 5)]


def codes(*given):
    return [HEAD, *([code, f"第{n}小区", "商品房", 5] for n, code in enumerate(given))]


NAMES = ["王小明", "李建国", "张秀英", "刘志强", "陈桂兰"]

CASES = {
    "S101": (xlsx(with_cells(GOOD, B3=None)), xlsx(GOOD)),
    "S102": (
        polygons([SQUARE], "community", 社区代码=["99010100100"], 社区名称=["启明社区"]),
        polygons([SQUARE], "community", 社区代码=["990101001001"], 社区名称=["启明社区"]),
    ),
    "S103": (polygons([SQUARE], 小区名称=["甲小区"]), polygons([SQUARE], **ONE)),
    "S104": (polygons([SQUARE, NEXT], 小区编号=["X1", "X1"]), polygons([SQUARE, NEXT], **TWO)),
    "S105": (xlsx(with_cells(GOOD, A3="X1")), xlsx(GOOD)),
    "S106": (
        xlsx([[*HEAD, "社区"], ["X1", "甲小区", "商品房", 5, "东门社区"], ["X2", "甲小区", "商品房", 6, "东门社区"]]),
        xlsx([[*HEAD, "社区"], ["X1", "甲小区", "商品房", 5, "东门社区"], ["X2", "甲小区", "商品房", 6, "西门社区"]]),
    ),
    "S107": (
        both(COMMUNITY, xlsx([[*HEAD, "社区代码"], ["X1", "甲小区", "商品房", 5, "990101001099"]])),
        both(COMMUNITY, xlsx([[*HEAD, "社区代码"], ["X1", "甲小区", "商品房", 5, "990101001001"]])),
    ),
    "S108": (
        both(COMMUNITY, csv(with_cells(CODES, A2="990101001002"), "codes")),
        both(COMMUNITY, csv(CODES, "codes")),
    ),
    "S109": (
        both(COMMUNITY, csv(with_cells(CODES, B2="东厂社区居委会"), "codes")),
        both(COMMUNITY, csv(CODES, "codes")),
    ),
    "S110": (xlsx(with_cells(GOOD, C2="别墅区")), xlsx(GOOD)),
    "S111": (xlsx(with_cells(GOOD, D2="若干")), xlsx(GOOD)),
    "S112": (xlsx(with_cells(GOOD, D2="约300户")), xlsx(with_cells(GOOD, D2="300户"))),
    "S113": (xlsx(with_cells(BRANCH, D2="去年"), "branches"), xlsx(BRANCH, "branches")),
    "S114": (
        xlsx([[*HEAD, "是否符合组建条件"], ["X1", "甲小区", "商品房", 5, "部分"]]),
        xlsx([[*HEAD, "是否符合组建条件"], ["X1", "甲小区", "商品房", 5, "是"]]),
    ),
    "S115": (xlsx(with_cells(GOOD, A2=522601001001002001)), xlsx(with_cells(GOOD, A2="522601001001002001"))),
    "S116": (xlsx(with_cells(GOOD, D2="=1+1")), xlsx(GOOD)),
    "S117": (xlsx(with_cells(GOOD, D3=None), merges=["D2:D3"]), xlsx(GOOD)),
    "S118": (xlsx(with_cells(GOOD, D2=0)), xlsx(GOOD)),
    "S119": (
        xlsx([[*HEAD, "地址"], ["X1", "甲小区", "商品房", 5, "演示路8号3栋502室"]]),
        xlsx([[*HEAD, "地址"], ["X1", "甲小区", "商品房", 5, "演示路8号3栋"]]),
    ),
    "S120": (xlsx([[*HEAD, "联系电话"], ["X1", "甲小区", "商品房", 5, "13900000000"]]), xlsx(GOOD)),
    "S121": (xlsx(with_cells(BRANCH, E2="张某"), "branches"), xlsx([row[:4] for row in BRANCH], "branches")),
    "S122": (
        xlsx([*with_cells(BRANCH, F2="甲小区、乙小区、丙小区13900000000"), *BRANCH[1:] * 3], "branches"),
        xlsx(BRANCH, "branches"),
    ),
    "S190": (
        xlsx([[*HEAD, "备注1"], *[[f"X{n}", f"甲{n}小区", "商品房", 5, name] for n, name in enumerate(NAMES)]]),
        xlsx([[*HEAD, "备注1"], *[[f"X{n}", f"甲{n}小区", "商品房", 5, "高层"] for n, _ in enumerate(NAMES)]]),
    ),
    "S191": (
        both(xlsx(GOOD), lambda _: '[project]\nname = "某市（联系人：王小明）"\n'),
        both(xlsx(GOOD), lambda _: '[project]\nname = "某市"\n'),
    ),
    "S192": (
        xlsx(GOOD, sheet="表13900000000"),
        xlsx(GOOD, sheet="表1390"),
    ),
    "S123": (xlsx([[*HEAD, "备注"], ["X1", "甲小区", "商品房", 5, "好"]]), xlsx(GOOD)),
    "S124": (xlsx([[*HEAD, "总户数"], ["X1", "甲小区", "商品房", 5, 6]]), xlsx(GOOD)),
    "S125": (shapefile(["正式党员人数"]), shapefile(["户数"])),
    "S126": (
        xlsx([[*HEAD, "所属社区"], ["X1", "甲小区", "商品房", 5, "990101001001"]]),
        xlsx([[*HEAD, "所属社区"], ["X1", "甲小区", "商品房", 5, "东门社区"]]),
    ),
    "S127": (xlsx([["党组织编码", "党组织名称"], ["D1", "甲支部"]], "branches"), xlsx(BRANCH, "branches")),
    "S128": (
        csv([["单位名称", "统一社会信用代码"], ["甲局", USCC[:-1] + "4"]], "units"),
        csv([["单位名称", "统一社会信用代码"], ["甲局", USCC]], "units"),
    ),
    "S129": (polygons([SQUARE], "grid", 网格编码=["990101001002001"], 社区代码=["990101001001"]),
             polygons([SQUARE], "grid", 网格编码=["990101001001001"], 社区代码=["990101001001"])),
    "S130": (points(with_cells(POINT, F2="")), points(POINT)),
    "S131": (points(with_cells(POINT, F2="GCJ-02")), points(POINT)),
    "S132": (csv(GOOD, encoding="gb18030"), csv(GOOD, encoding="utf-8-sig")),
    "S133": (polygons([SQUARE, None], **TWO), polygons([SQUARE, NEXT], **TWO)),
    "S134": (polygons([BOWTIE], **ONE), polygons([SQUARE], **ONE)),
    "S135": (points([*POINT, ["X2", "乙小区", "商品房", "0", "0", "WGS84"]]), points(POINT)),
    "S136": (polygons([LINE], **ONE), polygons([SQUARE], **ONE)),
    "S137": (
        both(polygons([SQUARE], **ONE), csv(GOOD), lambda folder: 'complete = true\nscope = "Y"\n'),
        both(polygons([SQUARE], **ONE), csv(GOOD), lambda folder: 'complete = true\nscope = "X"\n'),
    ),
    "S140": (xlsx([*GOOD[:2], [], GOOD[2]]), xlsx([*GOOD, []])),
    "S141": (xlsx([*GOOD, ["合计", None, None, 11]]), xlsx([*GOOD, ["X3", "合计小区", "商品房", 11]])),
    "S142": (xlsx([*GOOD, ["注：截至2024年6月。"]]), xlsx(GOOD)),
    "S143": (xlsx([*GOOD[:2], HEAD, GOOD[2]]), xlsx(GOOD)),
    "S144": (xlsx([["小区情况统计表"], *GOOD]), xlsx(GOOD)),
    "S145": (said(xlsx(GOOD, hidden=[3]), hidden="keep"), said(xlsx(GOOD), hidden="keep")),
    "S147": (xlsx([HEAD]), xlsx(GOOD)),
    "S148": (xlsx([*GOOD, *[[]] * 1001, GOOD[1]]), xlsx([*GOOD, *[[]] * 1000, GOOD[1]])),
    "S180": (xlsx(with_cells(GOOD, D2="不足10户")), xlsx(with_cells(GOOD, D2="10户"))),
    "S181": (xlsx(with_cells(GOOD, D2="XX")), xlsx(with_cells(GOOD, D2=""))),
    "S182": (xlsx(with_cells(GOOD, D2="无")), xlsx(with_cells(GOOD, D2=""))),
    "S183": (xlsx(with_cells(BRANCH, D2="5/3/2021"), "branches"), xlsx(with_cells(BRANCH, D2="5/23/2021"), "branches")),
    "S184": (csv(codes("0101", "0102", "0103", "0104", "105")), csv(codes("0101", "0102", "0103", "0104", "0105"))),
    "S185": (csv(codes("1", "2", "3", "4", "5O")), csv(codes("1", "2", "3", "4", "50"))),
    "S186": (csv(codes("11", "12", "13", "14", "1-5")), csv(codes("11", "12", "13", "14", "15"))),
    "S187": (csv(codes(*LONG, "522601001001002000")), csv(codes(*LONG, "522601001001002010"))),
    "S188": (
        csv([["党组织名称", "任期届满"], ["甲党支部", "2025-01-01"]], "branches"),
        csv([["党组织名称", "党员数"], ["甲党支部", 5]], "branches"),
    ),
    "S189": (xlsx(with_cells(GOOD, D3="同上")), xlsx(GOOD)),
    "S146": (xlsx(GOOD, others=[("说明", [["见附件"]])]), xlsx(GOOD)),
    "S149": (xlsx(GOOD, hidden=[3]), said(xlsx(GOOD, hidden=[3]), hidden="keep")),
    "S150": (said(xlsx(GOOD, hidden=[3]), hidden="exclude"), xlsx(GOOD, hidden=[3])),
    "S151": (marked(xlsx(GOOD), columns=["D"]), xlsx(GOOD)),
    "S152": (marked(xlsx(GOOD), struck=["D3"]), xlsx(GOOD)),
    "S153": (xlsx([*GOOD, ["合计", None, None, 12]]), xlsx([*GOOD, ["合计", None, None, 11]])),
    "S154": (xlsx([*GOOD, ["合计", None, None, 11]]), xlsx(GOOD)),
    "S155": (xlsx(GOOD, others=[("Sheet2", MORE)]), xlsx(GOOD)),
    "S156": (xlsx(GOOD, others=[("Sheet2", [row[:3] for row in MORE])]), xlsx(GOOD, others=[("Sheet2", MORE)])),
    "S157": (xlsx(GOOD, sheet="东门社区"), xlsx(GOOD)),
    "S158": (xlsx(GOOD, others=[("Sheet2", GOOD)]), xlsx(GOOD, others=[("Sheet2", MORE)])),
    "S159": (stray('"X8"'), stray("X8")),
    **vector_cases.CASES,
}  # fmt: skip

CASES |= coordinate_cases.CASES


def found(folder, build):
    folder.mkdir()
    text = build(folder)
    city, noticed = files.read(folder, text)
    assert all(source.rows_in == source.kept + source.set_aside for source in city.sources)
    return Findings.concat([noticed, check_city(city)])


@pytest.mark.parametrize("code", sorted(CASES))
def test_each_rule_fails_and_passes(tmp_path, code):
    bad, good = CASES[code]
    failing = found(tmp_path / "bad", bad)
    assert code in failing.counts(), failing.counts()
    assert code not in found(tmp_path / "good", good).counts()
    rule = CATALOGUE[code]
    for row in failing.rows():
        sentence = CATALOGUE[row["code"]].say(row["params"])
        assert not set("?〈") & set(sentence), (row["code"], sentence)
        assert all(isinstance(value, (str, int, float)) for value in row["params"].values())
        assert row["severity"] == CATALOGUE[row["code"]].severity
    assert failing.with_code(code).iloc[0]["subject"], rule


def test_every_rule_has_a_case():
    assert set(CASES) == {code for code in CATALOGUE if code.startswith("S")}


def test_reading_and_the_catalogue_agree_on_severities():
    assert {code: CATALOGUE[code].severity for code in SEVERITY} == dict(SEVERITY)


@pytest.mark.parametrize("code", sorted(code for code in CATALOGUE if code.startswith("S")))
def test_rules_are_complete(code):
    rule = CATALOGUE[code]
    assert rule.title
    assert rule.source
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


PLANTED = {
    "value_out_of_vocabulary": "S110", "count_not_a_number": "S111", "count_with_words": "S112",
    "code_scientific": "S115",
    "hidden_row": "S149", "lon_lat_swapped": "S174", "grid_does_not_exist": "S107", "parent_does_not_exist": "S107",
    "duplicate_row": "S105",
}  # fmt: skip


def test_what_was_planted_in_the_demo_city_is_found_in_its_cell():
    city, noticed = read_city(read_project(DATA))
    refs: dict[str, set[str]] = {}
    for row in Findings.concat([noticed, check_city(city)]).rows():
        refs.setdefault(row["code"], set()).update(row["refs"])
    planted = [
        one for one in json.loads((DATA / "answers.json").read_text("utf-8"))["planted"] if one["kind"] in PLANTED
    ]
    assert {one["kind"] for one in planted} == set(PLANTED)
    for one in planted:
        place = f"{one['file']}!{one['sheet']}!" if one["sheet"] else f"{one['file']}!"
        assert f"{place}{one['column']}{one['row']}" in refs[PLANTED[one["kind"]]], one
