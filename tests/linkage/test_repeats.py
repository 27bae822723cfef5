import dataclasses

import pandas as pd
import pytest

from gridkit.geo import place
from gridkit.linkage import check_links, find_duplicates, link
from gridkit.model import City
from tests import tiny

EAST, WEST = {"community_name": "东门社区"}, {"community_name": "西门社区"}
BRANCH = {"branch_kind": "joint", "branch_status": "active"}


def clusters(kind: str, *rows: dict) -> list[tuple[int, str]]:
    """Size and evidence of each cluster."""
    city = tiny.city([tiny.registry(kind, list(rows))])
    found = check_links(city, link(city, place(city))).with_code("L120")
    return [(params["count"], params.get("variant", "name")) for params in found["params"]]


@pytest.mark.parametrize(
    ("kind", "rows", "found"),
    [
        ("branches", [{"name": "中共金桂支部委员会", **EAST}, {"name": "金桂党支部", **EAST}], [(2, "name")]),
        ("branches", [{"name": "东门社区金桂党支部", **EAST}, {"name": "金桂党支部", **EAST}], [(2, "name")]),
        ("branches", [{"name": "金桂党支部", **EAST}, {"name": "金桂支部", **WEST}], []),  # two places
        ("branches", [{"name": "金桂党支部", **EAST}, {"name": "金桂党支部", **EAST}], []),  # C215 tells it
        ("branches", [{"name": "党支部", **EAST}, {"name": "支部委员会", **EAST}], []),  # no name
        ("branches", [{"name": "金桂党支部"}, {"name": "中共金桂支部"}], []),  # nobody knows where
        ("branches", [{"name": "甲党支部", "branch_id": "7"}, {"name": "乙党支部", "branch_id": "７"}], [(2, "code")]),
        ("branches", [{"name": "甲党支部", "branch_id": "7"}, {"name": "乙党支部", "branch_id": "8"}], []),
        ("branches", [{"name": "金桂支部", "branch_status": status, **EAST} for status in ("active", "dissolved")], []),
        (
            "branches",
            [
                {"name": "金桂家园片区联合党支部", "covers": "金桂家园、银杏小区", **EAST},
                {"name": "金桂家圆片区联合党支部", "covers": "银杏小区，金桂家园", **EAST},
                {"name": "金桂家园片区联合党支部委员会", "covers": "银杏小区", **EAST},
            ],
            [(3, "name")],
        ),
        (
            "branches",
            [
                {"name": "金桂家园片区联合党支部", "covers": "金桂家园、银杏小区", **EAST},
                {"name": "金桂家圆片区联合党支部", "covers": "银杏小区，金桂家园", **EAST},
            ],
            [(2, "list")],
        ),
        (
            "branches",  # numbered branches of one place are several
            [{"name": f"金桂家园片区第{n}党支部", "covers": "金桂家园、银杏小区", **EAST} for n in "一二三"],
            [],
        ),
        ("units", [{"name": "市财政局", **EAST}, {"name": "市財政局", **EAST}], [(2, "name")]),
        ("units", [{"name": "第一小学", **EAST}, {"name": "第一小学", **WEST}], []),
        ("units", [{"name": "第一小学", "address": "文化路12号"}, {"name": "第1小学", "address": "演示市文化路12号"}],
         [(2, "name")]),
        ("units", [{"name": "甲", "uscc": "A1"}, {"name": "乙", "uscc": "a1"}], [(2, "code")]),
        ("property_companies", [{"name": "金安物业有限公司"}, {"name": "金安物业（有限公司）"}], [(2, "name")]),
        ("property_companies", [{"name": "金安物业有限公司"}, {"name": "银安物业有限公司"}], []),
    ],
)  # fmt: skip
def test_repeated_records(kind, rows, found):
    rows = [{**(BRANCH if kind == "branches" else {}), **row} for row in rows]
    assert clusters(kind, *rows) == found


def test_refs_name_all_cells_and_the_order_of_rows_does_not_matter():
    rows = [{"name": "甲", "unit_id": "U1"}, {"name": "乙", "unit_id": "U1"}, {"name": "丙"}]
    city = tiny.city([tiny.registry("units", rows)])
    found = check_links(city, link(city, place(city))).with_code("L120")
    assert found["refs"].to_list() == [
        ("units.xlsx!Sheet1!B3", "units.xlsx!Sheet1!A3", "units.xlsx!Sheet1!B4", "units.xlsx!Sheet1!A4")]  # fmt: skip
    turned = dataclasses.replace(city.registries["units"], frame=city.rows("units").iloc[::-1])
    other = dataclasses.replace(city, registries={"units": turned})
    pd.testing.assert_frame_equal(found, check_links(other, link(other, place(other))).with_code("L120"))


def test_a_branch_in_two_files():
    city = tiny.city([tiny.registry("branches", [{**BRANCH, "name": name, **EAST} for name in ("甲支部", "甲党支部")])])
    frame = city.rows("branches").copy()
    frame["src"] = ["old.xlsx!Sheet1", "new.xlsx!Sheet1"]
    frame.index = pd.Index([f"{src}!{row}" for src, row in zip(frame["src"], frame["row"], strict=True)], name="row_id")
    both = dataclasses.replace(
        city, registries={"branches": dataclasses.replace(city.registries["branches"], frame=frame)}
    )
    (refs,) = check_links(both, link(both, place(both))).with_code("L120")["refs"]
    assert {ref.partition("!")[0] for ref in refs} == {"old.xlsx", "new.xlsx"}


def renamed(level: str, **names: str) -> City:
    city = tiny.city()
    layer = city.layers[level]
    frame = layer.frame.copy()
    for code, name in names.items():
        frame.loc[code.lstrip("_"), "name"] = name
    return city.with_layers(**{level: dataclasses.replace(layer, frame=frame)})


@pytest.mark.parametrize(
    ("level", "names", "told"),
    [
        ("grid", {"_" + tiny.A2: "第1网格"}, ["grid"]),
        ("grid", {"_" + tiny.A2: "第一网格"}, []),  # to the letter: S106
        ("grid", {"_" + tiny.A2: "第三网格"}, []),
        ("community", {"_" + tiny.B: "东门居委会"}, ["community"]),
        ("street", {"_" + tiny.STREET2: "平安街道办事处"}, ["street"]),
        ("compound", {"a2": "金桂家園"}, [""]),
        ("compound", {"b1": "金桂家园"}, []),  # another community
    ],
)
def test_names_that_clash_in_a_parent(level, names, told):
    found = find_duplicates(renamed(level, **names)).with_code("L106")
    assert [params.get("variant", "") for params in found["params"]] == told
    assert all(len(refs) == 2 for refs in found["refs"])


def test_evidence_of_repeated_compounds():
    rows = {
        "p1": {"name": "和平里", "address": "演示市文化路12号"}, "p2": {"name": "和平里", "address": "文化路12号院"},
        "p3": {"name": "向阳院", "address": ""}, "p4": {"name": "向阳院", "address": "文化路3号"},
        "p5": {"name": "翠湖苑", "address": "文化路12号"}, "p6": {"name": "翠湖苑", "address": "文化路13号"},
    }  # fmt: skip
    spots = [(10, 10), (390, 390), (900, 10), (930, 50), (1000, 100), (400, 100)]
    layer = tiny.layer("compound", rows, [tiny.square(x, y, 1).centroid for x, y in spots])
    found = find_duplicates(City("points", tiny.CRS, layers={"compound": layer})).with_code("L110")
    assert [(params.get("variant"), params["distance_m"], params.get("address")) for params in found["params"]] == [
        ("address", 537, "文化路12"), (None, 50, None)]  # fmt: skip
