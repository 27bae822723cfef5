"""Registries and layers that no office should have: bounded time and memory, no false links, and a clear word."""

from __future__ import annotations

import dataclasses
import time

import geopandas as gpd
import numpy as np
import pytest

from gridkit.geo import place, to_lonlat
from gridkit.linkage import check_links, find_duplicates, link
from gridkit.linkage.lists import split_cell
from gridkit.linkage.names import LONGEST, normalise
from gridkit.linkage.wholes import whole
from gridkit.model import City, Findings, Links, Registry
from tests import tiny

MANY = 2_500
SECONDS = 30.0
"""Quadratic behaviour takes minutes or all memory; the machine that runs this may be slow."""
EAST = {"community_name": "东门社区"}


def wide(names: list[str], communities: int = 1) -> City:
    """A city with one 15 m square per name, 20 m apart, in communities as strips."""
    side = int(np.ceil(np.sqrt(len(names))))
    width = side * 20
    strips = {
        f"{tiny.STREET1}{i:03d}": {"name": f"第{i}社区" if i else "东门社区", "street_code": tiny.STREET1}
        for i in range(communities)
    }
    areas = [tiny.square(0, i * width / communities, width, width / communities) for i in range(communities)]
    rows = {f"k{i:05d}": {"name": name} for i, name in enumerate(names)}
    shapes = [tiny.square(i % side * 20, i // side * 20, 15) for i in range(len(names))]
    layers = {"community": tiny.layer("community", strips, areas), "compound": tiny.layer("compound", rows, shapes)}
    return City("wide", tiny.CRS, layers=layers)


def linked(city: City, kind: str, rows: list[dict]) -> tuple[Links, Findings]:
    registry: Registry = tiny.registry(kind, rows)
    city = dataclasses.replace(city, registries={kind: registry}, sources=(tiny.source(kind, len(rows)),))
    begun = time.process_time()
    places = place(city)
    links = link(city, places, profile="normal")
    findings = Findings.concat([check_links(city, links), find_duplicates(city, places)])
    assert time.process_time() - begun < SECONDS
    return links, findings


def places_of(links: Links) -> list[str]:
    return links.accepted("compound")["code"].to_list()


def committees(names: list[str], **more: str) -> list[dict]:
    return [{"compound_name": name, **more} for name in names]


def distinct(count: int) -> list[str]:
    return [
        f"{a}{b}{c}苑" for a in "金银铜铁锡玉翠碧云霞" for b in "桂杏松柏梅兰竹菊荷莲" for c in "东西南北中上下前后里"
    ][:count]


def test_every_name_identical():
    links, findings = linked(wide(["和平里"] * MANY), "owners_committees", committees(["和平里"] * MANY, **EAST))
    assert places_of(links) == []
    assert findings.counts()["L106"] == 1
    (params,) = findings.with_code("L121")["params"]
    assert (params["variant"], params["n"], params["name"]) == ("same", MANY, "和平里")


@pytest.mark.parametrize("kind", ["compounds", "premises"])
def test_every_name_identical_but_each_row_has_an_address(kind):
    """Rows that differ are compared one by one: 10,000 mentions of a name that 10,000 features have."""
    field = "name" if kind == "compounds" else "compound_name"
    rows = [{field: "和平里", "address": f"文化路{i}号", "unit_name": "甲", **EAST} for i in range(MANY)]
    links, _ = linked(wide(["和平里"] * MANY), kind, rows)
    assert places_of(links) == []


def test_identical_names_with_points_are_told_apart_by_them():
    city = wide(["和平里"] * 2500)
    inside = to_lonlat(city.layers["compound"].frame).representative_point()
    rows = [{"compound_name": "和平里", "unit_name": "甲", "lon": p.x, "lat": p.y, **EAST} for p in inside[::50]]
    links, _ = linked(city, "premises", rows)
    found = links.accepted("compound")
    assert set(found["code"]) <= set(inside.index[::50])
    assert len(found) >= 45  # those in a crowd are found by the nearest


def test_exchangeable_records_are_not_dealt_out():
    """Two rows and two compounds of one name: nothing says which is which."""
    city = tiny.city([tiny.registry("compounds", [{"name": "金桂家园", "households": n, **EAST} for n in (90, 300)])],
                     {"a3": {"name": "金桂家园"}})  # fmt: skip
    for profile in ("audit", "normal"):
        links = link(city, place(city), profile=profile)
        assert places_of(links) == []
    assert "L105" not in check_links(city, links).counts()


def test_a_linked_record_is_no_second_record_for_its_other_candidates():
    rows = [{"name": name, "compound_id": code, **EAST} for name, code in (("金桂家园", "a1"), ("金桂家园", "a3"))]
    city = tiny.city([tiny.registry("compounds", rows)], {"a3": {"name": "金桂家园"}})
    links = link(city, place(city))
    assert places_of(links) == ["a1", "a3"]
    assert "L105" not in check_links(city, links).counts()


def test_everything_at_one_spot():
    """A geocoder that puts what it does not know into the middle of the town."""
    names = [f"{name}{i}" for i in range(10) for name in distinct(1000)][:MANY]
    city = wide(names)
    frame = city.layers["compound"].frame.copy()
    spot = tiny.square(500, 500, 1).centroid
    frame["geometry"] = gpd.GeoSeries([spot] * len(frame), index=frame.index, crs=frame.crs)
    city = city.with_layers(compound=dataclasses.replace(city.layers["compound"], frame=frame))
    at = to_lonlat(frame.head(1)).geometry.iloc[0]
    rows = [
        {"unit_name": "甲", "compound_name": f"{i}号大楼", "lon": at.x + i * 1e-7, "lat": at.y} for i in range(MANY)
    ]
    links, _ = linked(city, "premises", rows)
    assert places_of(links) == []


def test_no_community_column():
    names = [f"{name}{i}" for i in range(10) for name in distinct(1000)]
    links, _ = linked(wide(names, 10), "owners_committees", committees([name + "北楼" for name in names]))
    assert places_of(links) == []


def test_one_community_for_all_rows():
    names = distinct(1000)
    city = wide(names, 10)
    links, findings = linked(city, "owners_committees", committees(names, **EAST))
    assert findings.counts()["L116"] == 1  # the column is named and not used
    found = links.accepted("compound")
    truth = dict(zip(names, city.layers["compound"].frame.index, strict=True))
    assert [truth[name] for name in found["mention"]] == found["code"].to_list()


@pytest.mark.parametrize("name", ["小区", "花园", "住宅小区", "院", "家园小区", "一期", "A区"])
def test_names_of_only_suffix_words(name):
    layer = ["小区", "花园", "苑", "院", "住宅小区", "家园小区", "1期", "A区"]
    links, _ = linked(wide(layer), "owners_committees", committees([name], **EAST))
    assert places_of(links) == []
    links, findings = linked(wide(layer), "owners_committees", committees([name] * 200, **EAST))
    assert places_of(links) == []
    assert findings.counts()["L121"] == 1


def test_a_registry_with_no_counterpart_at_all():
    names = ["无" + chr(0x4E00 + i % 20000) + chr(0x4E00 + i * 7 % 20000) + "大楼" for i in range(MANY)]
    links, findings = linked(wide(distinct(1000), 10), "owners_committees", committees(names, **EAST))
    assert places_of(links) == []
    (row,) = [row for row in findings.rows() if row["code"] == "L121"]
    assert (row["severity"], row["params"]["count"]) == ("error", MANY)
    assert row["refs"] == ("owners_committees.xlsx!Sheet1!B",)


def test_an_empty_layer():
    city = wide(["和平里"])
    empty = dataclasses.replace(city.layers["compound"], frame=city.layers["compound"].frame.iloc[:0])
    city = city.with_layers(compound=empty)
    links, findings = linked(city, "owners_committees", committees(["和平里"] * 100, **EAST))
    assert places_of(links) == []
    (params,) = findings.with_code("L113")["params"]
    assert params["count"] == 100


def test_emoji_and_control_characters():
    names = ["😀", "\x00", "\x07\x08", "🏠小区", "\u202e", "￾", "𠮷" * 3]
    layer = ["😀😀", "\x01", "\x1f", "🏠🏠小区", "\u200b", "　"]
    for communities in (1, 3):
        links, _ = linked(wide(layer, communities), "owners_committees", committees(names * 100, **EAST))
        assert places_of(links) == []
    assert normalise(["\x00\x07", "金\x00桂"]) == ["", "金桂"]


def test_names_of_10_mb():
    monster = "金桂" * (10 * 1024 * 1024 // 6)
    rows = committees([monster, monster + "二", "(" * 1_000_000, "一" * 1_000_000, "金桂"], **EAST)
    links, _ = linked(wide([*distinct(100), "金桂", monster + "三"]), "owners_committees", rows)
    assert [len(mention) for mention in links.accepted("compound")["mention"]] == [2]
    one, two, three = normalise([monster, monster + "二", monster])
    assert one == three != two
    assert len(one) < LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "金",
        "一",
        "金1",
        "A",
        "(金",
        "和",
        "一、",
        "和平",
        "(、",
        "1.",
        "除金",
        "至",
        "翠湖苑1-3期",
        " ",
        "除金外其余小区",
    ],
)
def test_cells_that_are_all_of_one_kind(text):
    """Each of these once took minutes, or never ended."""
    known = {"金桂", "和平", "和平和平"}
    begun = time.process_time()
    for length in (40, 2_000, 1_000_000):
        cell = text * (length // len(text))
        split_cell(cell, known)
        whole(cell)
        normalise([cell])
    assert time.process_time() - begun < SECONDS


def test_long_lists_are_still_split():
    names = distinct(1000)
    assert split_cell("、".join([*names, names[0]])).items == tuple(names)
    assert split_cell("、".join([*names, names[0]])).repeated == (names[0],)
