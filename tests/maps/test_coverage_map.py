from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest

from gridkit.errors import UsageError
from gridkit.locale import speaking
from gridkit.maps import GridMap, coverage_map
from gridkit.maps.codec import Encoded, decode_levels
from gridkit.maps.features import AREA_FIELDS, COMPOUND_FIELDS, features, group_of
from gridkit.maps.palette import STATUS_STYLES
from gridkit.maps.summary import by_street, headline, rates, upper_end
from gridkit.model import City, Findings, Layer
from gridkit.model.fields import STATUSES
from tests import tiny
from tests.maps import sample


def page_of(run, **options) -> str:
    return coverage_map(run, **options).get_root().render()


def data_of(page: str):
    later = re.search(r'id="gk-later">([^<]*)<', page)
    return decode_levels(Encoded(re.search(r'id="gk-data">([^<]*)<', page)[1], later[1] if later else ""))


def test_equal_runs_give_equal_bytes_and_row_order_does_not_matter():
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)])
    frame = city.layers["compound"].frame
    turned = city.with_layers(compound=Layer("compound", frame.iloc[::-1]))
    first = page_of(sample.run(language="en"))
    assert first == page_of(sample.run(language="en")) == page_of(sample.run(turned, language="en"))


def test_the_map_holds_exactly_the_allowed_fields():
    levels = data_of(page_of(sample.run()))
    assert list(levels) == ["street", "community", "grid", "compound"]
    plain = {level: {name for name in frame if "@" not in name} for level, frame in levels.items()}
    assert plain["compound"] == {*COMPOUND_FIELDS, "geometry"}
    assert {name for name in plain["community"] if ":" not in name} == {*AREA_FIELDS, "geometry"}
    assert not {"members", "members_reported", "address", "secretary"} & set(levels["compound"].columns)


def test_every_compound_is_on_the_map_with_status_reason_and_evidence():
    frame = data_of(page_of(sample.run()))["compound"]
    assert frame["status"].to_dict() == {code: row[0] for code, row in sample.SITUATIONS.items()}
    assert frame.loc["a2", "reason"] == "与其他小区联合组建党支部：东门联合党支部；但该组织不符合有效条件"
    assert frame.loc["a2", "records"] == ("东门联合党支部（branches.xlsx · Sheet1 · 第 4 行）",)
    assert frame.loc["a2", "cells"] == ("branches.xlsx · Sheet1 · B9",)
    assert frame.loc["a2", ["organisation", "work", "formal_members"]].tolist() == ["yes", "yes", 1]
    assert frame.loc["c1", ["street", "community", "grid"]].tolist() == [tiny.STREET2, tiny.C, tiny.C1]


def test_headline_by_hand_and_adding_up():
    run = sample.run(language="en")
    figures = {figure.id: (figure.count, figure.share) for figure in headline(run)}
    assert figures == {
        "total": (8, ""), "covered": (3, "37.5%"), "work": (2, "25.0%"), "planned": (1, "12.5%"),
        "uncovered": (1, "12.5%"), "unknown": (1, "12.5%"),
    }  # fmt: skip
    assert rates(run)[0] == "Organisation coverage as declared, by compounds: 3/8, 37.5%; interval 37.5%–50.0%"


def test_unknown_work_of_an_uncovered_compound_does_not_hide_it():
    groups = group_of(sample.coverage({"a1": ("UNCOVERED", "no", "unknown", "unknown", ())}))
    assert groups.tolist() == ["uncovered"]


def test_the_table_by_street_adds_up_and_names_what_lies_nowhere():
    places = tiny.places()
    places.frame.loc["c2", ["grid", "community", "street"]] = ""
    rows = by_street(sample.run(places=places))
    assert [(row.name, row.total, row.share) for row in rows] == [
        ("平安街道", 6, "3/6"), ("临河镇", 1, "0/1"), ("(in no street)", 1, "0/1"), ("All", 8, "3/8"),
    ]  # fmt: skip
    assert [sum(row.counts) for row in rows] == [row.total for row in rows]
    assert [row.rate for row in rows] == ["50.0%", "0%", "0%–100%", "37.5%–50.0%"]


def test_the_table_takes_its_rates_from_the_indicators_so_that_one_page_says_one_figure():
    """Two mentions that match nothing widen every interval, in the table as in the headline and on the areas."""
    run = sample.run(language="en", widened=2)
    rows = by_street(run)
    assert [row.rate for row in rows] == ["50.0%–83.3%", "0%–100%", "37.5%–75.0%"]
    assert rates(run)[0].endswith("3/8, 37.5%; interval 37.5%–75.0%")
    street = features(run)["street"]
    assert street.loc[tiny.STREET1, "rate"] == "3/6, 50.0%; interval 50.0%–83.3% (2 unknown)"
    assert upper_end(run) == (
        "Upper end of the interval: 6 = 3 covered + 1 with data missing + "
        "up to 2 that the registries may mean by names that match nothing (1 records)"
    )
    assert upper_end(run) in page_of(run)


def test_the_upper_end_is_explained_only_where_it_is_more_than_the_compounds_without_data():
    assert upper_end(sample.run(language="en")) == ""
    cover = sample.coverage({**sample.SITUATIONS, "a4": ("GRID_BRANCH", "unknown", "yes", "yes", ())})
    line = upper_end(sample.run(language="en", cover=cover))
    assert "2 whose organisation coverage is unknown (1 of them listed as data missing)" in line


def test_missing_layers_and_missing_date():
    run = sample.listing(40)
    page = page_of(run)
    levels = data_of(page)
    assert list(levels) == ["street", "compound"]
    assert set(levels["compound"].geometry.geom_type) == {"Point"}
    assert "Data as of not stated" in page
    assert levels["street"]["class"].tolist() == ["unknown", "unknown"]


def test_no_compound_layer_at_all():
    base = sample.run()
    city = City("bare", tiny.CRS, dt.date(2024, 1, 1), {"street": base.city.layers["street"]})
    empty = sample.coverage().frame.iloc[:0]
    coverage = type(base.coverage)(empty, "strict")
    bare = dataclasses.replace(base, city=city, coverage=coverage, language="en")
    assert list(data_of(page_of(bare))) == ["street"]


def test_compounds_without_geometry_are_counted():
    city = tiny.city()
    frame = city.layers["compound"].frame.copy()
    frame["geometry"] = None
    run = sample.run(city.with_layers(compound=Layer("compound", frame)))
    back = data_of(page_of(run))["compound"]
    assert len(back) == 8 and back.geometry.isna().all()
    assert headline(run)[0].count == 8


def test_findings_are_said_in_words_on_their_compound():
    found = Findings.of(
        [{"code": "C101", "subject": "a1", "params": {"name": "金桂家园", "members": 5, "status": "x"}}]
    )
    frame = features(sample.run(findings=found))["compound"]
    assert frame.loc["a1", "findings"][0].startswith("C101 ")
    assert frame.loc["a2", "findings"] == ()


def test_public_maps_hold_no_evidence_and_no_details_of_small_compounds():
    city = tiny.city([tiny.registry("branches", sample.BRANCHES)], {"a1": {"households": 12}})
    page = page_of(sample.run(city, language="en"), profile="public")
    frame = data_of(page)["compound"]
    assert frame["cells"].tolist() == frame["records"].tolist() == [()] * 8
    assert frame.loc["a1", ["households", "rule", "type", "reason"]].tolist() == [None, "", "", ""]
    assert frame["formal_members"].tolist() == [None] * 8
    assert frame.loc["a2", "reason"] == "a joint branch with other compounds; does not hold as valid"
    assert frame.loc["a1", "status"] == "OWN_BRANCH"
    assert "branches.xlsx" not in page and "Internal" not in page and "review number" in page
    assert "Internal" in page_of(sample.run(language="en"))


def test_an_unknown_profile_is_one_sentence():
    with pytest.raises(UsageError, match="secret is not a profile"):
        coverage_map(sample.run(), profile="secret")


def test_settings_are_json_without_a_character_that_could_end_the_element():
    city = City("</script><b>\u2028&", tiny.CRS, None, tiny.city().layers)
    page = page_of(sample.run(city), title="</title><script>alert(1)</script>{{ 7*7 }}")
    settings = re.search(r'id="gk-settings">(.*?)</script>', page, re.S)[1]
    assert not re.search("[<>&\u2028\u2029]", settings)
    assert json.loads(settings)["statuses"][0]["id"] == "UNIT_ORG"
    assert "<script>alert(1)" not in page and "{{ 7*7 }}" in page


def test_no_address_is_asked_for_and_no_random_id_is_left():
    page = page_of(sample.run())
    assert not re.search(r"(?i)(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page.replace("https://leafletjs.com", ""))
    assert re.findall(r"map_[0-9a-f]{32}", page)[0] == "map_" + "0" * 31 + "1"


def test_every_status_has_its_own_picture_and_word():
    assert tuple(style.id for style in STATUS_STYLES) == STATUSES
    assert len({(style.color, style.pattern) for style in STATUS_STYLES}) == len(STATUSES)
    for language in ("zh", "en"):
        with speaking(language):
            assert len({style.said()["short"] for style in STATUS_STYLES} - {""}) == len(STATUSES)


def test_folium_elements_can_be_added():
    import folium

    grid_map = coverage_map(sample.run())
    assert isinstance(grid_map, GridMap)
    folium.CircleMarker((39.7, 105.0)).add_to(grid_map)
    assert "L.circleMarker(" in grid_map.get_root().render()


def test_a_city_gives_its_language_on_where_none_is_chosen():
    run = sample.run()
    city = dataclasses.replace(run.city, language="zh")
    with speaking(""):
        assert '<html lang="zh-CN">' in coverage_map(city, run.coverage).get_root().render()
    with speaking("en"):
        assert '<html lang="en">' in coverage_map(city, run.coverage).get_root().render()
