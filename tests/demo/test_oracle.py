"""The oracle against rows worked out by hand from domain rule 2.1."""

import pytest

from gridkit.demo.oracle import decide, validity

AS_OF = "2024-06-30"


def home(**more):
    return {"id": "h", "grid": "g", "compound_type": "commercial", "instructor": False, "paired": False, **more}


def branch(kind, covers=("h",), **more):
    return {
        "id": f"{kind}1",
        "branch_kind": kind,
        "org_level": "branch",
        "status": "active",
        "covers": covers,
        "term_end": "2026-12-31",
        "formal_members": 3,
        "big_committee_member": "",
        "agreement_on": "",
        "duplicate_of": "",
        **more,
    }


CASES = [
    ("nothing", {}, [], "UNCOVERED", "no"),
    ("own", {}, [branch("compound")], "OWN_BRANCH", "yes"),
    ("own before joint", {}, [branch("joint"), branch("compound")], "OWN_BRANCH", "yes"),
    ("joint", {}, [branch("joint")], "JOINT_BRANCH", "yes"),
    ("grid branch of its grid", {}, [branch("grid", ("g",))], "GRID_BRANCH", "yes"),
    ("grid branch of another grid", {}, [branch("grid", ("other",))], "UNCOVERED", "no"),
    ("grid group is no branch", {}, [branch("grid", ("g",), org_level="group")], "UNCOVERED", "no"),
    ("grid before functional", {}, [branch("grid", ("g",)), branch("functional")], "GRID_BRANCH", "yes"),
    ("functional", {"instructor": True}, [branch("functional")], "FUNCTIONAL_ONLY", "yes"),
    ("instructor", {"instructor": True}, [], "INSTRUCTOR_ONLY", "yes"),
    ("pairing before planned", {"paired": True}, [branch("compound", status="planned")], "INSTRUCTOR_ONLY", "yes"),
    ("planned", {}, [branch("compound", status="planned")], "PLANNED", "no"),
    ("dissolved", {}, [branch("compound", status="dissolved")], "UNCOVERED", "no"),
    ("unit without evidence", {"compound_type": "unit"}, [branch("unit")], "UNCOVERED", "no"),
    ("unit by agreement", {"compound_type": "unit"}, [branch("unit", agreement_on="2023-01-01")], "UNIT_ORG", "yes"),
    ("retired", {"compound_type": "unit"}, [branch("retired", big_committee_member="yes")], "UNIT_ORG", "yes"),
    ("unit evidence elsewhere", {}, [branch("unit", big_committee_member="yes")], "UNCOVERED", "no"),
    ("unit before own", {"compound_type": "unit"}, [branch("compound"), branch("unit", big_committee_member="yes")],
     "UNIT_ORG", "yes"),
    ("two members", {}, [branch("compound", formal_members=2)], "OWN_BRANCH", "no"),
    ("members not stated", {}, [branch("compound", formal_members=None)], "OWN_BRANCH", "unknown"),
    ("last day of term", {}, [branch("compound", term_end=AS_OF)], "OWN_BRANCH", "yes"),
    ("out of term", {}, [branch("compound", term_end="2024-06-29")], "OWN_BRANCH", "no"),
    ("term not stated", {}, [branch("compound", term_end="")], "OWN_BRANCH", "unknown"),
    ("any valid one is enough", {}, [branch("joint", term_end=""), branch("joint")], "JOINT_BRANCH", "yes"),
    ("unknown beats no", {}, [branch("joint", term_end=""), branch("joint", formal_members=1)], "JOINT_BRANCH",
     "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "more", "branches", "status", "valid"), CASES, ids=[case[0] for case in CASES])
def test_by_hand(what, more, branches, status, valid):
    truth = decide([home(**more)], branches, AS_OF)["h"]
    assert (truth.status, truth.valid) == (status, valid), what


def test_a_duplicate_is_not_valid():
    assert validity(branch("compound", duplicate_of="x"), AS_OF) == "no"


@pytest.mark.parametrize(
    ("status", "organisation", "work"),
    [("OWN_BRANCH", "yes", "yes"), ("GRID_BRANCH", "no", "yes"), ("PLANNED", "no", "no"), ("UNCOVERED", "no", "no")],
)
def test_what_counts(status, organisation, work):
    from gridkit.demo.oracle import Truth

    truth = Truth(status, "yes")
    assert (truth.organisation, truth.work) == (organisation, work)
