"""Laws of the coverage: a partition, monotone in valid branches, blind to the order of rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.coverage.kleene import Y
from gridkit.model import Links
from gridkit.model.fields import VOCABULARIES
from gridkit.rules.ruleset import load_ruleset
from tests import tiny
from tests.coverage.build import GRIDS, build

RULESET = load_ruleset()
ORDER = {"no": 0, "unknown": 1, "yes": 2}
TOKENS = [*tiny.COMPOUNDS, *GRIDS, "a1?", "b2?c1", "A1?", "海天佳苑"]
BRANCHES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["一", "二", "三", ""]),
            "branch_kind": st.sampled_from([*VOCABULARIES["branch_kind"], ""]),
            "org_level": st.sampled_from(["", "group", "branch", "committee"]),
            "branch_status": st.sampled_from(["active", "active", "planned", "dissolved", ""]),
            "community_code": st.sampled_from(["A", "B", ""]),
            "covers": st.lists(st.sampled_from(TOKENS), max_size=4).map("、".join),
            "formal_members": st.sampled_from([0, 2, 3, 60, None]),
            "term_end": st.sampled_from(["", "2020-01-01", "2026-01-01"]),
            "agreement_on": st.sampled_from(["", "2023-01-01"]),
        }
    ),
    max_size=6,
)
CASES = st.fixed_dictionaries(
    {
        "branches": BRANCHES,
        "complete": st.lists(st.sampled_from(["branches", "compounds"]), unique=True),
        "compounds": st.just([]),
        "layer": st.dictionaries(
            st.sampled_from(list(tiny.COMPOUNDS)),
            st.fixed_dictionaries(
                {
                    "compound_type": st.sampled_from(["unit", "commercial", ""]),
                    "instructor": st.sampled_from(["yes", "no", "unknown"]),
                    "formal_members": st.sampled_from([0, 3, None]),
                }
            ),
            max_size=3,
        ),
    }
)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(CASES)
def test_statuses_partition_the_compounds(case):
    values = build(case)
    coverage = cover(*values, RULESET)
    assert sum(coverage.by_status().values()) == len(tiny.COMPOUNDS)
    frame = coverage.frame
    uncovered = frame[frame["status"] == "UNCOVERED"]
    assert (uncovered[["organisation", "valid"]] == "no").all(axis=None)
    assert (uncovered["work"] != "yes").all()
    assert (uncovered["open_via"].map(len) == 0).all()
    assert not len(uncovered) or "branches" in case["complete"]
    assert (frame.loc[frame["status"].isin(coverage.counts_as), "organisation"] == "yes").all()
    rank = {rule.id: number for number, rule in enumerate(RULESET.rules)}
    held = coverage.trace[coverage.trace["held"]]
    first = held.assign(rank=held["rule"].map(rank)).groupby("compound")["rank"].min()
    assert (frame["rule"].map(rank) == first.reindex(frame.index)).all()
    check_coverage(*values, coverage, RULESET)
    check_tree(*values[:3])


@FEW
@given(
    CASES, st.sampled_from(["compound", "joint", "grid", "functional", "unit"]), st.sampled_from(["a1", "a1、b2", "c2"])
)
def test_a_valid_branch_more_never_lowers_coverage(case, kind, covers):
    more = {"name": "新", "branch_kind": kind, "covers": covers, "formal_members": 5, "term_end": "2026-01-01",
            "agreement_on": "2023-01-01", "community_code": "C"}  # fmt: skip
    before = cover(*build(case), RULESET).frame
    after = cover(*build({**case, "branches": [*case["branches"], more]}), RULESET).frame
    for measure in ("organisation", "work"):
        was, now = (frame[measure].map(ORDER) for frame in (before, after))
        assert (now[was == Y] == Y).all(), measure
        validly = [(frame[measure] == "yes") & (frame["valid"] == "yes") for frame in (before, after)]
        if measure == "organisation":
            assert (validly[1] | ~validly[0]).all()


@FEW
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case, random):
    city, places, links, attributes = build(case)
    shuffled = list(range(len(city.rows("branches"))))
    random.shuffle(shuffled)
    registry = city.registries["branches"]
    mixed_rows = dataclasses.replace(registry, frame=registry.frame.iloc[shuffled])
    other = dataclasses.replace(city, registries={**city.registries, "branches": mixed_rows})
    order = np.array(random.sample(range(len(links.frame)), len(links.frame)), dtype=int)
    mixed = Links(links.frame.iloc[order].reset_index(drop=True))
    one = cover(city, places, links, attributes, RULESET)
    two = cover(other, places, mixed, attributes, RULESET)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.trace, two.trace)
    found = [check_coverage(c, places, lk, attributes, one, RULESET).frame for c, lk in ((city, links), (other, mixed))]
    pd.testing.assert_frame_equal(*found)
