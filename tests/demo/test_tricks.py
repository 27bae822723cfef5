"""The planted tricks, and the oracle of tricks against rows worked out by hand."""

import json

import pytest
import shapely

from gridkit.demo import make_city, write
from gridkit.demo.oracle import decide
from gridkit.demo.oracle_tricks import Facts, carried, tricks

AS_OF = "2024-06-30"
CODES = tuple(f"A1{n:02d}" for n in range(1, 15))


def home(code="h", **more):
    figures = {"households": 100, "households_occupied": 80, "population": 240, "members_reported": 9}
    where = {"community": "c", "street": "s", "grid": "g", "x": 0.0, "y": 0.0, "geometry": shapely.Point(0, 0)}
    kind = {"compound_type": "commercial", "eligible": "yes", "instructor": False, "paired": False, "claimed": ""}
    return {"id": code, "formal_members": 3, **where, **kind, **figures, **more}


def branch(code="b", kind="compound", covers=("h",), **more):
    return {
        "id": code, "branch_kind": kind, "org_level": "branch", "status": "active", "covers": covers, "ghosts": (),
        "term_end": "2026-12-31", "formal_members": 3, "secretary": True, "big_committee_member": "",
        "agreement_on": "", "duplicate_of": "", "community": "c", **more,
    }  # fmt: skip


def found(homes, branches, **more):
    return {
        code: ids
        for code, ids in tricks(Facts(homes, branches, decide(homes, branches, AS_OF), AS_OF, **more)).items()
        if ids
    }


SIX = [home(f"h{n}", formal_members=1, households=n) for n in range(6)]
FAR = [home("h1", formal_members=2), home("h2", formal_members=2, x=1500.1, households=1)]
NEAR = [home("h1", formal_members=2), home("h2", formal_members=2, x=1500.0, households=1)]
OTHER = [home("h1", formal_members=2), home("h2", formal_members=2, community="d", households=1)]
UNIT = home(compound_type="unit")
LONE = home(formal_members=0)
ALIKE = [home(f"h{n}", formal_members=1) for n in range(5)]


def joint(*codes, **more):
    return branch("j", "joint", codes, **{"formal_members": 4, **more})


@pytest.mark.parametrize(
    ("homes", "branches", "more", "wanted"),
    [
        ([home()], [branch()], {}, {}),
        ([home()], [branch(formal_members=2, secretary=False)], {}, {"A101": ["b"], "A108": ["b"]}),
        ([home()], [branch(formal_members=3, secretary=False)], {}, {}),
        ([home()], [branch(formal_members=2, status="dissolved", secretary=False)], {}, {}),
        (FAR, [joint("h1", "h2")], {}, {"A102": ["j"]}),
        (NEAR, [joint("h1", "h2")], {}, {}),
        (OTHER, [joint("h1", "h2")], {}, {"A102": ["j"]}),
        (SIX, [joint(*(f"h{n}" for n in range(6)))], {}, {"A103": ["j"]}),
        (SIX[:5], [joint(*(f"h{n}" for n in range(5)))], {}, {}),
        (SIX[:5], [joint(*(f"h{n}" for n in range(5)), ghosts=("x",))], {}, {"A103": ["j"]}),
        ([home()], [branch(term_end="2024-06-29")], {}, {"A104": ["b"]}),
        ([home()], [branch(term_end=AS_OF)], {}, {}),
        ([home()], [branch(), branch("t", duplicate_of="b", formal_members=0)], {}, {"A105": ["t"], "A108": ["t"]}),
        ([home()], [branch()], {"listed_twice": frozenset("h")}, {"A105": ["h"]}),
        ([home(formal_members=0)], [], {"unlisted": frozenset("h")}, {"A106": ["h"]}),
        ([home()], [branch()], {"unlisted": frozenset("h")}, {}),
        ([UNIT], [], {}, {"A107": ["h"]}),
        ([UNIT], [branch(kind="unit", big_committee_member="yes")], {}, {}),
        ([UNIT], [branch(kind="unit")], {}, {"A107": ["h"]}),
        ([home(), LONE | {"id": "i", "households": 1}], [joint("h", "i")], {}, {"A108": ["h"]}),
        ([home(eligible="no"), LONE | {"id": "i", "households": 1}], [joint("h", "i")], {}, {}),
        ([home(formal_members=3)], [branch(), branch("c", "functional")], {}, {}),
        ([home()], [branch(formal_members=9)], {}, {"A109": ["c"]}),
        ([home()], [branch(formal_members=9)], {"silent": frozenset("h")}, {}),
        ([home()], [branch(formal_members=9), branch("k", "community", (), formal_members=9)], {}, {}),
        ([LONE | {"claimed": "单独组建"}], [branch("f", "functional")], {}, {"A110": ["h"]}),
        ([LONE], [branch("f", "functional")], {}, {}),
        (ALIKE, [], {}, {"A112": ["h0"]}),
        (ALIKE[:4], [], {}, {}),
        ([LONE], [branch(covers=(), ghosts=("x",))], {}, {"A114": ["b"]}),
    ],
)  # fmt: skip
def test_by_hand(homes, branches, more, wanted):
    found_ids = found(homes, branches, **more)
    if "k" not in {row["id"] for row in branches} and "A109" not in wanted:
        found_ids.pop("A109", None)  # stated members are not what these cases are about
    assert found_ids == wanted


def seat(x, code="u"):
    return {"id": code, "community": "c", "x": float(x), "y": 0.0}


def pair(target, kind="community", unit="u", reason="near"):
    return {"unit": unit, "target": target, "target_kind": kind, "reason": reason}


def square(x):
    return shapely.box(x, -10, x + 20, 10)


PLACES = (
    {"code": "c", "geometry": square(0)},
    {"code": "d", "geometry": square(2000)},
    {"code": "e", "geometry": square(4000)},
)


@pytest.mark.parametrize(
    ("x", "pairs", "far"),
    [
        (0, [pair("e")], True),  # 4,000 m away, while c and d have nobody
        (0, [pair("e", reason="premises")], False),
        (0, [pair("d")], False),
        (0, [pair("e"), pair("c", unit="v"), pair("d", unit="v")], False),  # nothing nearer is left
    ],
)
def test_pairs_far_away(x, pairs, far):
    got = found([], [], units=(seat(x), seat(0, "v")), pairings=tuple(pairs), communities=PLACES)
    assert got == ({"A111": ["u"]} if far else {})


def test_premises_passed_by():
    homes = [home(formal_members=0)]
    premises = ({"unit": "u", "compound": "h"},)
    for target, told in (("d", True), ("c", False)):
        got = found(homes, [], units=(seat(0),), pairings=(pair(target),), communities=PLACES, premises=premises)
        assert ("A111" in got) is told


def test_one_unit_for_six_compounds():
    for count, told in ((6, True), (5, False)):
        homes = [home(f"h{n}", formal_members=0, households=n, paired=True) for n in range(count)]
        pairs = tuple(pair(f"h{n}", "compound") for n in range(count))
        assert ("A113" in found(homes, [], units=(seat(0),), pairings=pairs, communities=PLACES)) is told


def test_only_organisations_that_count_carry_a_compound():
    homes = [home(), UNIT | {"id": "u"}]
    rows = [
        branch(), branch("g", "grid", ("g",)), branch("f", "functional"), branch("p", status="planned"),
        branch("w", "unit", ("h", "u"), agreement_on="2023-01-01"), branch("v", "unit", ("u",)),
    ]  # fmt: skip
    assert carried(Facts(homes, rows, {}, AS_OF)) == {"b": ("h",), "w": ("u",)}


def test_all_fourteen_are_planted_in_the_county_and_each_is_an_offender(written):
    answers = json.loads((written / "answers.json").read_text("utf-8"))
    planted = [place for place in answers["planted"] if place["code"].startswith("A1")]
    assert tuple(sorted({place["code"] for place in planted})) == CODES == tuple(sorted(answers["tricks"]))
    for place in planted:
        assert place["subject"] in answers["tricks"][place["code"]], place
        assert place["row"] > 0 and place["note"]


@pytest.mark.parametrize("seed", range(3))
def test_towns_hold_what_they_have_room_for(seed, tmp_path):
    write(make_city("town", seed), tmp_path)
    answers = json.loads((tmp_path / "answers.json").read_text("utf-8"))
    planted = {place["code"] for place in answers["planted"] if place["code"].startswith("A1")}
    assert {"A101", "A105", "A108", "A112"} <= planted
    assert planted <= {code for code, ids in answers["tricks"].items() if ids}
