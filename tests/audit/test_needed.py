"""What would make the claim true: laws of the plan over random communities, and hand-made cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit.joining import Limits, join_neighbours
from gridkit.audit.needed import KINDS, SENTENCES, plan_needed, say_need
from gridkit.locale import speaking
from gridkit.rules.ruleset import load_ruleset, override
from tests import tiny
from tests.audit import build

STRICT = load_ruleset()
NO, YES, UNKNOWN = (("UNCOVERED", "no", "no", "no"), ("OWN_BRANCH", "yes", "yes", "yes"),
                    ("UNKNOWN", "unknown", "unknown", "unknown"))  # fmt: skip


def plan(compounds=None, *, values=None, ruleset=STRICT, possible=(), shuffle=0):
    city = tiny.city(compounds=compounds)
    values = dict.fromkeys(tiny.COMPOUNDS, NO) | (values or {})
    coverage = build.coverage(city, values)
    organisation = coverage.frame["organisation"]
    shade = organisation.map({"yes": "covered", "no": "confirmed", "unknown": "possible"}).astype(object)
    shade[[code in possible for code in shade.index]] = "possible"
    shades = pd.DataFrame({"shade": shade, "because": [{} for _ in shade]}, index=shade.index)
    if shuffle:
        shades = shades.sample(frac=1, random_state=shuffle)
    return plan_needed(city, tiny.places(), build.attributes(city), coverage, shades, ruleset=ruleset)


def kinds(frame) -> dict[str, str]:
    return {code: row["kind"] for row in frame.to_dict("records") for code in row["compounds"]}


def test_neighbours_are_joined_and_the_rest_gets_an_instructor():
    """Four compounds of one member each in A make a joint branch; two in B and C have two members together."""
    found, bounds = plan()
    assert kinds(found) == {**dict.fromkeys(("a1", "a2", "a3", "a4"), "joint"),
                            **dict.fromkeys(("b1", "b2", "c1", "c2"), "instructor")}  # fmt: skip
    joint = found[found["kind"] == "joint"].iloc[0]
    assert joint["members"] == 4
    assert joint["because"]["span"] == 283  # the diagonal of 200 m, rounded up
    assert bounds == {"uncovered": 8, "own": 0, "joint_least": 1, "joint_planned": 1, "joint_compounds": 4, "unit": 0,
                      "instructor_least": 4, "instructor": 4, "unknown": 0, "check": 0}  # fmt: skip


def test_own_branches_need_three_members_and_eligibility():
    found, _ = plan({
        "a1": {"formal_members": 3}, "a2": {"formal_members": 2}, "a3": {"formal_members": 3, "eligible": "no"},
        "b1": {"formal_members": 9, "eligible": "unknown"}, "b2": {"formal_members": 120},
    })  # fmt: skip
    got = kinds(found)
    assert (got["a1"], got["a2"], got["a3"], got["b1"], got["b2"]) == ("own", "joint", "joint", "own", "own")
    why = {row["compounds"][0]: row["because"] for row in found.to_dict("records") if row["kind"] == "own"}
    assert (why["a1"]["why"], why["b1"]["why"], why["b2"]["why"]) == ("own", "own_unstated", "own_large")
    assert why["b2"]["branches"] == 3


def test_units_unknown_members_and_unknown_coverage_are_listed_not_dropped():
    found, bounds = plan({"a1": {"compound_type": "unit", "formal_members": 9}, "a2": {"formal_members": pd.NA}},
                         values={"a3": UNKNOWN, "b1": YES})  # fmt: skip
    got = kinds(found)
    assert (got["a1"], got["a2"], got["a3"]) == ("unit", "unknown", "check")
    assert "b1" not in got
    assert (bounds["unit"], bounds["unknown"], bounds["check"], bounds["uncovered"]) == (1, 1, 1, 7)
    assert found.loc[found["kind"] == "unknown", "members"].isna().all()


def test_too_many_members_without_eligibility():
    found, bounds = plan({"a1": {"formal_members": 51, "eligible": "no"}})
    assert kinds(found)["a1"] == "instructor"
    assert bounds["instructor_least"] == bounds["instructor"] == 5


def test_the_span_of_the_rule_set_is_kept():
    narrow = override(STRICT, {"thresholds": {"joint_max_span_m": 200}})
    found, _ = plan({code: {"formal_members": 2} for code in tiny.COMPOUNDS}, ruleset=narrow)
    assert [row["because"]["span"] for row in found.to_dict("records") if row["kind"] == "joint"] == [200, 200]


def test_what_may_be_covered_already_is_told():
    found, _ = plan(possible=("a1",))
    row = found[found["kind"] == "joint"].iloc[0]
    with speaking("en"):
        assert "1 of them may be covered already" in say_need(row["because"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_is_a_sentence(language):
    numbers = {"n": 2, "span": 9, "members": 4, "branches": 1}
    with speaking(language):
        for why in SENTENCES:
            assert not set("{}") & set(say_need({"why": why, **numbers}))


MEMBERS = st.one_of(st.none(), st.integers(0, 60))
ANSWERS = st.sampled_from(["yes", "no", "unknown"])
COMPOUND = st.fixed_dictionaries({"formal_members": MEMBERS, "eligible": ANSWERS,
                                  "compound_type": st.sampled_from(["commercial", "unit", ""])})  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(COMPOUND, min_size=8, max_size=8), st.lists(st.sampled_from([NO, YES, UNKNOWN]), min_size=8,
       max_size=8), st.integers(1, 9))  # fmt: skip
def test_laws_of_the_plan(compounds, values, seed):
    made = {code: {**row, "formal_members": pd.NA if row["formal_members"] is None else row["formal_members"]}
            for code, row in zip(tiny.COMPOUNDS, compounds, strict=True)}  # fmt: skip
    stated = dict(zip(tiny.COMPOUNDS, values, strict=True))
    found, bounds = plan(made, values=stated)
    wanted = sorted(code for code, value in stated.items() if value[1] != "yes")
    assert sorted(code for codes in found["compounds"] for code in codes) == wanted
    assert bounds["uncovered"] == len(wanted)
    for row in found.to_dict("records"):
        assert row["kind"] in KINDS
        assert row["kind"] == "joint" or len(row["compounds"]) == 1
        if row["kind"] == "joint":
            assert 2 <= len(row["compounds"]) <= 5
            assert 3 <= row["members"] <= 50
            assert row["because"]["span"] <= 1500
            assert len({tiny.COMPOUNDS[code][1] for code in row["compounds"]}) == 1
    assert bounds["joint_planned"] >= bounds["joint_least"]
    assert bounds["instructor"] >= bounds["instructor_least"]
    assert sum(bounds[kind] for kind in KINDS if kind != "joint") + bounds["joint_compounds"] == len(wanted)
    again, same = plan(made, values=stated, shuffle=seed)
    pd.testing.assert_frame_equal(found, again)
    assert bounds == same


POINTS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 6)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(POINTS, st.integers(200, 3000))
def test_laws_of_joining(rows, span):
    points = np.array([row[:2] for row in rows], dtype=float)
    members = np.array([row[2] for row in rows])
    limit = Limits(3, 5, 50, float(span))
    groups, lone = join_neighbours(points, members, limit)
    assert sorted([at for group, _ in groups for at in group] + [at for at, _ in lone]) == list(range(len(rows)))
    for group, reach in groups:
        away = [np.hypot(*(points[a] - points[b])) for a in group for b in group]
        assert 2 <= len(group) <= 5
        assert 3 <= members[group].sum() <= 50
        assert max(away) == pytest.approx(reach)
        assert reach <= span
    for at, isolated in lone:
        others = [np.hypot(*(points[at] - points[b])) for b in range(len(rows)) if b != at]
        assert isolated == (not any(one <= span for one in others))


def test_nothing_is_left_over_that_two_can_cover():
    """Six in a row, one member each: five and one would leave one; three and three leave none."""
    points = np.array([[100.0 * at, 0.0] for at in range(6)])
    groups, lone = join_neighbours(points, np.ones(6, dtype=int), Limits(3, 5, 50, 1500.0))
    assert (len(groups), lone) == (2, [])


def test_ten_thousand_compounds_in_one_community_take_no_matrix():
    dice = np.random.default_rng(1)
    points, members = dice.uniform(0, 60_000, (5_000, 2)), dice.integers(0, 3, 5_000)
    groups, lone = join_neighbours(points, members, Limits(3, 5, 50, 1500.0))
    assert sum(len(group) for group, _ in groups) + len(lone) == 5_000
    assert len(lone) < 500
