"""What holds for every city: intervals, and parts that add up to the whole."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit import measure
from gridkit.model import Places
from tests import tiny
from tests.audit.build import attributes, coverage, links
from tests.tiny import A1, A2, B1, C1, A, B, C

GRIDS = {A1: A, A2: A, B1: B, C1: C, "": ""}
ANSWER = st.sampled_from(["yes", "no", "unknown"])
COMPOUND = st.tuples(
    ANSWER, ANSWER, st.sampled_from(sorted(GRIDS)), st.one_of(st.none(), st.integers(0, 900)),
    st.sampled_from(["commercial", "unit", "old", ""]),
)  # fmt: skip
LINK = st.tuples(
    st.integers(3, 6),
    st.sampled_from(sorted(tiny.COMPOUNDS)),
    st.booleans(),
    st.sampled_from(["unit", "target", "compound"]),
)
BODIES = [{"body_kind": kind, "members": 5, "party_members": 3} for kind in ("owners_committee", "", "none")]
NUMBERS = ["numerator", "denominator", "unknown", "excluded"]


def build(values, rows, complete):
    codes = sorted(tiny.COMPOUNDS)
    override = {
        code: {"households": households, "compound_type": kind}
        for code, (_, _, _, households, kind) in zip(codes, values, strict=True)
    }
    registries = [
        tiny.registry("units", [{"name": str(at)} for at in range(4)]),
        tiny.registry("pairings", [{"target_kind": "compound"}] * 4, complete=complete),
        tiny.registry("owners_committees", BODIES, complete=complete),
    ]
    city = tiny.city(registries, override)
    places = tiny.places().frame
    for code, (_, _, grid, *_) in zip(codes, values, strict=True):
        community = GRIDS[grid]
        places.loc[code, ["grid", "community"]] = [grid, community]
        places.loc[code, "street"] = "" if not community else tiny.STREET2 if community == C else tiny.STREET1
    table = []
    for number, code, accepted, field in rows:
        kind, level = ("owners_committees", "compound") if field == "compound" else ("pairings", "compound")
        target = f"units.xlsx!Sheet1!{number}" if field == "unit" else code
        table.append((f"{kind}.xlsx!Sheet1!{number}", field, "unit" if field == "unit" else level, target, accepted))
    status = {"yes": "OWN_BRANCH", "no": "UNCOVERED", "unknown": "UNKNOWN"}
    cover = {code: (status[a], a, a, v) for code, (a, v, *_) in zip(codes, values, strict=True)}
    return measure(
        city, Places(places, tiny.places().parents), links(table), attributes(city), coverage(city, cover)
    ).frame


@settings(deadline=None, max_examples=12)
@given(st.lists(COMPOUND, min_size=8, max_size=8), st.lists(LINK, max_size=10), st.booleans())
def test_laws(values, rows, complete):
    frame = build(values, rows, complete)
    shares = frame[~frame["id"].str.startswith(("load.", "gap."))]
    assert (shares[NUMBERS] >= 0).all(axis=None)
    assert (shares["numerator"] + shares["unknown"] <= shares["denominator"]).all()
    rated = frame[frame["denominator"] > 0]
    assert (rated["low"] <= rated["high"]).all()
    assert frame.loc[frame["denominator"] == 0, ["low", "high"]].isna().all(axis=None)
    counted = shares[shares["basis"].isin(["compounds", "units", "communities"])]
    for number, ids in (("numerator", "numerator_ids"), ("unknown", "unknown_ids"), ("excluded", "excluded_ids")):
        assert (counted[number] == counted[ids].map(len)).all()
    total = counted[["numerator_ids", "unknown_ids", "missing_ids"]].map(len).sum(axis=1)
    assert (total == counted["denominator"]).all()
    assert all(ids == tuple(sorted(ids)) for ids in shares["missing_ids"])


@settings(deadline=None, max_examples=12)
@given(st.lists(COMPOUND, min_size=8, max_size=8), st.lists(LINK, max_size=10), st.booleans())
def test_every_level_adds_up_to_the_city(values, rows, complete):
    frame = build(values, rows, complete)
    frame = frame[~frame["id"].str.startswith(("load.", "gap.", "mode."))]
    sums = frame.groupby(["id", "basis", "scope_level"])[NUMBERS].sum()
    city = sums.xs("city", level="scope_level")
    for level in ("class", "street", "community", "grid"):
        part = sums.xs(level, level="scope_level")
        pd.testing.assert_frame_equal(part, city.reindex(part.index))
    assert set(frame.loc[frame["scope_level"] == "class", "scope"]) <= {"urban", "township", "unclassed"}
