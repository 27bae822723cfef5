"""Two tellings of one figure: every kind of difference by hand, and the law that the bridge always closes."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit.discrepancies import find_discrepancies
from gridkit.audit.reconcile import Side, reconcile
from gridkit.io.reconcile import NOT_COUNTED
from gridkit.locale import speaking
from gridkit.model import conform
from gridkit.model.fields import REGISTRY_FIELDS
from gridkit.model.proof import BRIDGE_LINES, DIFFERENCE_COLUMNS, DIFFERENCE_KINDS
from gridkit.rules import CATALOGUE
from gridkit.rules.reconcile import RULES

TOTALS = ("rows_a", "counted_a", "counted_b", "rows_b")


def side(label: str, rows: list[dict]) -> Side:
    """Rows of compounds with ``things`` (codes), ``maybe`` and fields; row ids are ``<label>.csv!2`` and so on."""
    index = pd.Index([f"{label}.csv!{n}" for n in range(2, len(rows) + 2)], dtype=object, name="row_id")
    frame = pd.DataFrame(
        [{key: value for key, value in row.items() if key not in ("things", "maybe")} for row in rows], index=index
    )
    frame = conform(frame, REGISTRY_FIELDS["compounds"])
    things = pd.Series([tuple(row.get("things", ())) for row in rows], index=index, dtype=object)
    maybe = pd.Series([tuple(row.get("maybe", ())) for row in rows], index=index, dtype=object)
    return Side(label, frame, things, maybe, frame["name"])


def row(*things: str, **fields) -> dict:
    return {"things": things, "name": "/".join(things), "compound_type": "old", "households": 10, **fields}


def compared(a: list[dict], b: list[dict], **settings_):
    settings_.setdefault("not_counted", NOT_COUNTED["compounds"])
    return reconcile("n", "compounds", side("a", a), side("b", b), **settings_)


def kinds(differences: pd.DataFrame) -> list[tuple]:
    return [(one.kind, one.code, one.field) for one in differences.itertuples()]


def steps(bridge: pd.DataFrame, figure: str = "rows") -> dict[str, int]:
    lines = bridge[bridge["figure"] == figure].set_index("line")["amount"]
    return {line: int(lines[line]) for line in BRIDGE_LINES if lines[line] and line not in TOTALS}


def findings(differences, bridge):
    return find_discrepancies(
        differences,
        bridge,
        labels=("民政", "城管"),
        names={"x": "X苑 (x)"},
        cell=lambda record, field: f"{record}.{field}",
    )


CASES = [
    # what each rule finds, and what it leaves alone
    ("A231", ([row("x"), row("y")], [row("x")]), ("only_a", "y", ""), {"only_a": -1}),
    ("A231", ([row("x")], [row(maybe=["x"])]), ("only_a", "x", "open"), {"open_a": -1, "unlinked_b": 1}),
    ("A232", ([row("x")], [row("x"), row("x")]), ("twice_b", "x", ""), {"twice_b": 1}),
    ("A233", ([row("x", "y")], [row("x"), row("y")]), ("merged_a", "x,y", ""), {"merged_a": 1}),
    ("A234", ([row("x")], [row("x", compound_type="mixed")]), ("reclassified", "x", "compound_type"), {}),
    (
        "A235", ([row("x")], [row("x", compound_type="unit")]), ("moved_out_b", "x", "compound_type"),
        {"moved_out_b": -1, "not_counted_b": 1},
    ),
    ("A236", ([row("x")], [row("x", households=13)]), ("value", "x", "households"), {}),
    ("A237", ([row("x")], [row("x", name="新名")]), ("renamed", "x", "name"), {}),
    ("A238", ([row("x")], [row("x"), row(name="查无")]), ("unlinked_b", "", ""), {"unlinked_b": 1}),
    ("A239", ([row("x"), row("y")], [row("x")]), ("only_a", "y", ""), {"only_a": -1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "sides", "difference", "way"), CASES, ids=[f"{case[0]}-{case[2][0]}" for case in CASES]
)
def test_every_kind_of_difference(code, sides, difference, way):
    differences, bridge = compared(*sides)
    assert difference in kinds(differences)
    assert steps(bridge) == way
    found = findings(differences, bridge)
    assert len(found.with_code(code)) == 1
    same = findings(*compared(sides[0], [{**one} for one in sides[0]]))
    if code not in ("A233",):
        assert len(same.with_code(code)) == 0
    for language in ("en", "zh"):
        with speaking(language):
            for one in found.rows():
                assert not set("〈{?") & set(CATALOGUE[one["code"]].say(one["params"]))


def test_every_rule_has_a_case():
    assert {case[0] for case in CASES} == {rule.code for rule in RULES}


def test_rows_of_both_sides_lead_to_cells():
    differences, bridge = compared([row("x")], [row("x", compound_type="mixed")])
    one = differences.iloc[0]
    assert (one["a"], one["b"], one["a_records"], one["b_records"]) == ("old", "mixed", ("a.csv!2",), ("b.csv!2",))
    found = findings(differences, bridge).frame.iloc[0]
    assert found["refs"] == ("a.csv!2.compound_type", "b.csv!2.compound_type")
    assert found["params"]["name"] == "X苑 (x)"
    with speaking("en"):
        said = CATALOGUE["A234"].say(found["params"])
    assert said == "n: X苑 (x), type of the compound: old compound in “民政”, mixed compound in “城管”"


def test_moved_out_says_who_counts():
    found = findings(*compared([row("x", compound_type="village")], [row("x")])).with_code("A235").iloc[0]
    with speaking("en"):
        said = CATALOGUE["A235"].say(found["params"])
    assert said.startswith("n: X苑 (x) counts in “城管”; “民政” lists it without counting it")


def test_sums_by_hand():
    a = [row("x", households=100), row("x", households=50), row("y", households=30), row("u", "v", households=70)]
    b = [
        row("x", households=120),
        row("u", households=40),
        row("v", households=35),
        row("z", households=9),
        row(households=4),
    ]
    _, bridge = compared(a, b)
    assert steps(bridge, "households") == {
        "twice_a": -50, "only_a": -30, "value": 25, "only_b": 9, "unlinked_b": 4,
    }  # fmt: skip
    lines = bridge[bridge["figure"] == "households"].set_index("line")["amount"]
    assert (lines["rows_a"], lines["rows_b"]) == (250, 208)


def test_what_one_side_does_not_state_is_a_line_of_its_own():
    _, bridge = compared([row("x", households=pd.NA), row("y")], [row("x", households=12), row("y")])
    assert steps(bridge, "households") == {"unstated_a": 12}


def test_scope_leaves_out_both_sides_but_no_row_without_a_thing():
    a = [row("11x"), row("22y"), row(name="?")]
    differences, bridge = compared(a, [row("11x")], scope="11")
    assert kinds(differences) == [("unlinked_a", "", "")]
    assert steps(bridge) == {"unlinked_a": -1}


def test_empty_sides():
    differences, bridge = compared([], [])
    assert list(differences.columns) == list(DIFFERENCE_COLUMNS)
    assert differences.empty
    assert set(bridge["amount"]) == {0}


def test_hostile_text_stays_text():
    name = "=HYPERLINK(1)<script>{x}"
    differences, bridge = compared([row("x", name=name)], [row("x", name="乙")])
    found = findings(differences, bridge).with_code("A237").iloc[0]
    assert name in CATALOGUE["A237"].say(found["params"])


ROW = st.builds(
    lambda things, kind, households, maybe: {
        "things": tuple(sorted(things)), "maybe": tuple(sorted(maybe)) if not things else (), "compound_type": kind,
        "households": households, "name": "/".join(sorted(things)),
    },
    st.sets(st.sampled_from("uvwxyz"), max_size=3),
    st.sampled_from(["old", "mixed", "unit", "village", ""]),
    st.one_of(st.just(pd.NA), st.integers(0, 500)),
    st.sets(st.sampled_from("uvwxyz"), max_size=2),
)  # fmt: skip
SIDES = st.lists(ROW, max_size=9)


@settings(max_examples=80, deadline=None)
@given(SIDES, SIDES, st.randoms(use_true_random=False))
def test_the_bridge_closes_and_every_step_lists_its_rows(a, b, random):
    differences, bridge = compared(a, b)
    for figure, lines in bridge.groupby("figure"):
        amount = lines.set_index("line")["amount"]
        assert list(lines["line"]) == list(BRIDGE_LINES)
        assert amount["rows_a"] + amount.drop(list(TOTALS)).sum() == amount["rows_b"], figure
        assert amount["rows_a"] + amount["not_counted_a"] == amount["counted_a"]
        assert amount["counted_b"] + amount["not_counted_b"] == amount["rows_b"]
    rows = bridge[bridge["figure"] == "rows"].set_index("line")["amount"]
    assert (rows["rows_a"], rows["rows_b"]) == (len(a), len(b))
    count = differences["kind"].value_counts()
    opened = differences["field"] == "open"
    for own, sign in (("a", -1), ("b", 1)):
        assert rows[f"unlinked_{own}"] == sign * count.get(f"unlinked_{own}", 0)
        assert rows[f"only_{own}"] == sign * ((differences["kind"] == f"only_{own}") & ~opened).sum()
        assert rows[f"open_{own}"] == sign * ((differences["kind"] == f"only_{own}") & opened).sum()
        twice = differences[differences["kind"] == f"twice_{own}"]
        assert rows[f"twice_{own}"] == sign * sum(int(n) - 1 for n in twice[own])
        merged = differences[differences["kind"] == f"merged_{own}"]
        assert rows[f"merged_{own}"] == -sign * sum(code.count(",") for code in merged["code"])
    assert rows["moved_out_b"] == -count.get("moved_out_b", 0)
    assert rows["moved_out_a"] == count.get("moved_out_a", 0)
    assert set(count.index) <= set(DIFFERENCE_KINDS)


@settings(max_examples=40, deadline=None)
@given(SIDES, SIDES)
def test_sides_exchanged_give_the_way_back(a, b):
    def turned(line: str) -> str:
        return line[:-1] + {"a": "b", "b": "a"}[line[-1]] if line[-2:] in ("_a", "_b") else line

    there, back = (compared(*sides)[1].set_index(["figure", "line"])["amount"] for sides in ((a, b), (b, a)))
    for (figure, line), amount in there.items():
        assert back[figure, turned(line)] == (amount if line in TOTALS else -amount)
