import dataclasses

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from gridkit.geo import place
from gridkit.linkage import check_links, explain_link, find_duplicates, key_of, link, merge_attributes
from gridkit.linkage.told import Told
from gridkit.locale import speaking
from gridkit.model import City, Findings, Layer, Overrides, Places
from gridkit.model.fields import LAYER_FIELDS
from gridkit.model.overrides import KEPT_COLUMNS
from gridkit.rules import CATALOGUE
from tests import tiny

BRANCH = {"branch_kind": "joint", "branch_status": "active", "name": "联合党支部"}
EAST = {"community_name": "东门社区"}


def check(
    registries: dict[str, list[dict]], compounds: dict[str, dict] | None = None, decision: tuple[str, ...] = ()
) -> Findings:
    city = tiny.city([tiny.registry(kind, rows) for kind, rows in registries.items()], compounds)
    links = link(city, place(city), overrides=decided(*decision) if decision else None)
    return Findings.concat([check_links(city, links), merge_attributes(city, links)[1], find_duplicates(city)])


def decided(decision: str, target: str, expires: str = "", mention: str = "金桂家圆") -> Overrides:
    """A decision about what the branch of a case lists."""
    key = key_of("branches", "covers", mention, "东门社区")
    row = (key, "branches", "covers", mention, decision, target, expires, "overrides.csv!2")
    return Overrides(pd.DataFrame([row], columns=list(KEPT_COLUMNS), dtype=object))


def branch(covers: str, **row: str) -> dict[str, list[dict]]:
    return {"branches": [{**BRANCH, "covers": covers, **row}]}


NEXT_CODE = {"a2": "金桂家园", "a3": "银杏小区", "a4": "市财政局家属院", "a1": "翠湖苑一期"}
SHIFTED = [{"compound_id": code, "compound_name": name, **EAST} for code, name in NEXT_CODE.items()]
UNIT_POINT = {"name": "甲", "lon": 105.012, "lat": 39.735}


def premises(east: float) -> list[dict]:
    """Twenty premises whose points lie ``east`` metres east of the compounds that they name."""
    rows = []
    for code in ("a1", "a2", "a3", "a4") * 5:
        _, _, x, y, name = tiny.COMPOUNDS[code]
        point = gpd.GeoSeries([Point(tiny.X0 + x + 30 + east, tiny.Y0 + y + 30)], crs=tiny.CRS).to_crs("EPSG:4490")
        rows.append(
            {"unit_name": "甲", "compound_name": name, "lon": float(point.x[0]), "lat": float(point.y[0]), **EAST}
        )
    return rows


def served(community: str) -> list[dict]:
    names = ("银杏小区", "市财政局家属院", "翠湖苑一期") * 7
    return [{"company_name": "甲", "compound_name": name, "community_name": community} for name in names]


# What fails each rule, and what passes it.
CASES = {
    "L101": (
        {"owners_committees": [{"compound_name": "不知名的小区", **EAST}]},
        {"owners_committees": [{"compound_name": "金桂家园", **EAST}]},
    ),
    "L102": (branch("金桂家圆", **EAST), branch("金桂家园", **EAST)),
    "L103": ({"owners_committees": SHIFTED[:1]}, {"owners_committees": [{**SHIFTED[0], "compound_id": "a1"}]}),
    "L104": (branch("金桂家园、银杏小区等3个小区", **EAST), branch("金桂家园、银杏小区等2个小区", **EAST)),
    "L105": ({"compounds": [{"name": "金桂家园", **EAST}] * 2}, {"compounds": [{"name": "金桂家园", **EAST}]}),
    "L106": ({"branches": [BRANCH]}, {"branches": [BRANCH]}),
    "L107": (
        {"compounds": [{"name": "金桂家园", "households": 120, **EAST}]},
        {"compounds": [{"name": "金桂家园", "households": 100, "owner_unit": "市局", **EAST}]},
    ),
    "L108": (branch("金桂家园", community_name="旧名社区"), branch("金桂家园", **EAST)),
    "L109": ({"owners_committees": SHIFTED * 5}, {"owners_committees": SHIFTED * 4}),
    "L110": ({"branches": [BRANCH]}, {"branches": [BRANCH]}),
    "L111": ({"units": [{**UNIT_POINT, **EAST}]}, {"units": [{**UNIT_POINT, "community_name": "河口社区"}]}),
    "L112": (
        {"owners_committees": [{"compound_id": "b2", "compound_name": "和平花园", **EAST}]},
        {"owners_committees": [{"compound_id": "b2", "compound_name": "和平花园", "community_name": "西门社区"}]},
    ),
    "L115": ({"premises": premises(300.0)}, {"premises": premises(0.0)}),
    "L116": ({"property_service": served("西门社区")}, {"property_service": served("东门社区")}),
    "L113": (branch("金桂家园", unit_name="市财政局", **EAST), branch("金桂家园", **EAST)),
    "L117": (branch("金桂家圆", **EAST), branch("金桂家圆", **EAST)),
    "L118": (branch("金桂家园", **EAST), branch("金桂家圆", **EAST)),
    "L119": (branch("金桂家圆", **EAST), branch("金桂家圆", **EAST)),
    "L114": (branch("金桂家园、银杏小区、金桂家园", **EAST), branch("金桂家园、银杏小区", **EAST)),
    "L121": (
        {"owners_committees": [{"compound_name": f"无此{n}号院", **EAST} for n in range(20)]},
        {"owners_committees": [{"compound_name": f"无此{n}号院", **EAST} for n in range(19)]},
    ),
    "L120": (
        {"branches": [{**BRANCH, "name": name, **EAST} for name in ("中共东门社区金桂支部委员会", "金桂党支部")]},
        {"branches": [{**BRANCH, "name": name, **EAST} for name in ("金桂第一党支部", "金桂第二党支部")]},
    ),
}
DECISIONS = {
    "L117": (("link", "a9"), ("link", "a1")),
    "L118": (("link", "a1"), ("link", "a1")),
    "L119": (("link", "a1", "2024-06-29"), ("link", "a1", "2024-06-30")),
}
LAYER = {
    "L106": {"a3": {"name": "金桂家园"}},  # 200 m from a1, same community
    "L110": {"a2": {"name": "金桂·家园"}},  # see below: moved beside a1
}


def beside(city: City) -> City:
    """Move a2 beside a1."""
    layer = city.layers["compound"]
    frame = layer.frame.copy()
    shapes = [tiny.square(110, 40, 60) if code == "a2" else shape for code, shape in frame.geometry.items()]
    frame["geometry"] = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    return city.with_layers(compound=dataclasses.replace(layer, frame=frame))


def test_every_rule_has_a_case():
    elsewhere = {"L122", "L123"}  # of samples: test_sampled.py
    assert set(CASES) | elsewhere == {code for code in CATALOGUE if code.startswith("L1")}


@pytest.mark.parametrize("code", CASES)
def test_rule_fails_and_passes(code):
    bad, good = CASES[code]
    if code == "L110":
        found = find_duplicates(beside(tiny.city(compounds=LAYER[code]))).with_code(code)
    else:
        found = check(bad, LAYER.get(code), DECISIONS.get(code, ((), ()))[0]).with_code(code)
    assert len(found) == (4 if code == "L103" and len(bad["owners_committees"]) > 1 else 1)
    row = found.iloc[0]
    with speaking("en"):
        sentence = CATALOGUE[code].say(row["params"])
    assert not set("?〈") & set(sentence)
    assert row["refs"]
    assert all("!" in ref for ref in row["refs"])
    assert code not in check(good, decision=DECISIONS.get(code, ((), ()))[1]).counts()


def test_refs_name_the_cell():
    assert check(CASES["L101"][0]).with_code("L101")["refs"].iloc[0] == ("owners_committees.xlsx!Sheet1!B3",)
    assert check(CASES["L103"][0]).with_code("L103")["refs"].iloc[0][0] == "owners_committees.xlsx!Sheet1!A3"


def test_equal_candidates_are_named_by_their_communities():
    """金桂家园 is in two communities; a row that states none may mean either, and no made-up code is shown."""
    city = tiny.city([tiny.registry("owners_committees", [{"compound_name": "金桂家园"}])])
    places = place(city)
    (row,) = check_links(city, link(city, places), places=places).with_code("L102").to_dict("records")
    assert (row["params"]["variant"], row["params"]["n"]) == ("equal", 2)
    assert row["params"]["candidates"] == "金桂家园 (东门社区); 金桂家园 (河口社区)"
    assert CATALOGUE["L102"].say(row["params"]).startswith("“金桂家园” may mean each of 2 ")


def test_duplicates_say_how_far_apart_and_where():
    (row,) = find_duplicates(beside(tiny.city(compounds=LAYER["L110"]))).with_code("L110").to_dict("records")
    assert row["params"]["distance_m"] == 70
    assert row["params"]["candidates"] == "东门社区; 东门社区"
    assert "variant" not in row["params"]
    two = {"a2": {"name": "金桂家园"}, "a1": {"community_code": tiny.B, "address": "一街1号"}}
    city = beside(tiny.city(compounds=two))
    (row,) = find_duplicates(city, Places(place(city).frame.assign(community=""), {})).rows()
    assert (row["params"]["variant"], row["params"]["n"]) == ("communities", 2)
    assert row["params"]["candidates"] == "西门社区 一街1号; 东门社区"


def test_provisional_codes_are_not_shown():
    told = Told(tiny.city())
    assert told.named("甲园", "~0011") == "甲园"
    assert told.named("甲园", "a1") == "甲园 (东门社区)"
    assert told.spot("~0011") == "—"


def test_an_unknown_compound_of_a_branch_may_be_left_to_the_coverage():
    """It is C111 there; the same cell is not told twice. Other unknown names are told in any case."""
    city = tiny.city([tiny.registry("branches", branch("不知名的小区、不知名网格", **EAST)["branches"])])
    links = link(city, place(city))
    assert [
        row["params"]["mention"] for row in check_links(city, links, covers=False).with_code("L101").to_dict("records")
    ] == ["不知名网格"]
    assert len(check_links(city, links).with_code("L101")) == 2


def test_a_clean_city_has_no_findings():
    city = tiny.city()
    assert len(check_links(city, link(city, place(city)))) == 0
    assert len(find_duplicates(city)) == 0
    empty = City("none", tiny.CRS)
    assert len(check_links(empty, link(empty, place(empty)))) == 0
    assert len(find_duplicates(empty)) == 0


def test_attributes_come_from_the_registry_first():
    rows = [{"compound_id": "a1", "name": "金桂家園", "households": 120, "built_year": 1995, "eligible": "no", **EAST}]
    city = tiny.city([tiny.registry("compounds", rows)], {"a1": {"buildings": 4}})
    attributes, findings = merge_attributes(city, link(city, place(city)))
    frame, origin = attributes.frame, attributes.origin
    assert list(frame.columns) == list(LAYER_FIELDS["compound"]) == list(origin.columns)
    assert frame.index.equals(city.layers["compound"].frame.index)
    here = frame.loc["a1"]
    assert (here["households"], here["built_year"], here["buildings"], here["eligible"]) == (120, 1995, 4, "no")
    assert here["name"] == "金桂家园"
    assert origin.loc["a1", ["households", "buildings", "property_mode"]].to_list() == [
        "compounds.xlsx!Sheet1!3", "compound.gpkg!compound!1", ""]  # fmt: skip
    assert frame.loc["a2", "households"] == 100
    assert str(frame["households"].dtype) == "Int64"
    assert [params["field"] for params in findings.frame["params"]] == ["households", "eligible"]
    assert findings.frame["params"].iloc[0] | {} == {
        "field": "households", "name": "金桂家园", "registry_value": 120, "layer_value": 100, "column": "households",
    }  # fmt: skip


def test_attributes_without_a_compound_layer():
    city = City("none", tiny.CRS)
    attributes, findings = merge_attributes(city, link(city, place(city)))
    assert attributes.frame.empty
    assert len(findings) == 0


def points(names: list[str], xy: list[tuple[float, float]]) -> City:
    rows = {f"p{i:02d}": {"name": name} for i, name in enumerate(names)}
    shapes = [Point(tiny.X0 + x, tiny.Y0 + y) for x, y in xy]
    return City("points", tiny.CRS, layers={"compound": tiny.layer("compound", rows, shapes)})


def clusters(city: City) -> list[tuple[str, int]]:
    return [(row["subject"], row["params"]["count"]) for row in find_duplicates(city).rows()]


def test_repeated_compounds_within_200_m():
    names = ["和平里", "和平裏", "和平里", "和平里", "向阳院", "和平里"]
    spots = [(0, 0), (150, 0), (300, 0), (520, 0), (10, 0), (0, 0)]
    assert clusters(points(names, spots)) == [("p00", 4)]  # chained 0-150-300; 520 is too far


def test_repeated_points_in_one_community_or_street():
    city = points(["和平里", "和平里", "向阳院"], [(10, 10), (390, 390), (20, 20)])
    assert clusters(city) == []
    assert clusters(
        dataclasses.replace(city, layers={**city.layers, "community": tiny.city().layers["community"]})
    ) == [("p00", 2)]
    assert clusters(dataclasses.replace(city, layers={**city.layers, "street": tiny.city().layers["street"]})) == [
        ("p00", 2)
    ]


def test_thousands_at_one_spot_are_chained():
    """Geocoders put what they do not know into the middle of the town; that must not cost all pairs."""
    city = points(["和平里"] * 3000 + [f"小区{i}" for i in range(3000)], [(0, 0)] * 6000)
    assert clusters(city) == [("p00", 3000)]


def test_features_without_geometry_are_no_duplicates():
    layer = points(["和平里", "和平里"], [(0, 0), (0, 0)]).layers["compound"]
    frame = layer.frame.set_geometry(gpd.GeoSeries([None, None], index=layer.frame.index, crs=tiny.CRS))
    city = City("none", tiny.CRS, layers={"compound": Layer("compound", frame)})
    assert len(find_duplicates(city)) == 0


def test_links_in_words():
    city = tiny.city([tiny.registry("branches", [{**BRANCH, "covers": "金桂家园、金桂家圆、没有此处、a2", **EAST}])])
    frame = link(city, place(city)).frame
    with speaking("en"):
        said = [explain_link(row) for row in frame[frame["field"] == "covers"].to_dict("records")]
    assert said == [
        "“金桂家园” was linked to a1 (11 points): same normalised name; same community",
        "“金桂家圆” may mean a1 (6.5 points), a person must decide: one character differs; same community",
        "“没有此处” names nothing known",
        "“a2” was linked to a2 (7 points): same code; same community",
    ]


def test_findings_do_not_depend_on_row_order():
    bad = [{**BRANCH, "covers": text, **EAST} for text in ("不知名", "金桂家圆", "银杏小区等3个小区")]
    city = tiny.city([tiny.registry("branches", bad)])
    turned = dataclasses.replace(city.registries["branches"], frame=city.rows("branches").iloc[::-1])
    other = dataclasses.replace(city, registries={"branches": turned})
    one, two = (check_links(each, link(each, place(each))).frame for each in (city, other))
    pd.testing.assert_frame_equal(one, two)
