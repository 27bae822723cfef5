"""The definition matrix: a small city by hand, and laws over generated answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.audit import allowance_of, measure
from gridkit.audit.definitions import OF_SUBJECT
from gridkit.audit.matrix import build_matrix
from gridkit.model import Allowance, Links
from gridkit.model.proof import MATRIX_COLUMNS
from gridkit.model.results import LINK_COLUMNS
from tests import tiny
from tests.audit import build

NOBODY = Allowance(rate=0.0)
NUMBERS = ["numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high"]
HOMES = {"a1": 100, "a2": 200, "a3": 300, "a4": 400, "b1": 500, "b2": 600, "c1": None, "c2": 800}
VALUES = {
    "a1": ("OWN_BRANCH", "yes", "yes", "yes"),
    "a2": ("JOINT_BRANCH", "yes", "yes", "yes"),
    "a3": ("UNIT_ORG", "yes", "yes", "unknown"),
    "a4": ("UNCOVERED", "no", "no", "no"),
    "b1": ("OWN_BRANCH", "yes", "yes", "no"),
    "b2": ("GRID_BRANCH", "no", "yes", "yes"),
    "c1": ("PLANNED", "no", "no", "no"),
    "c2": ("UNKNOWN", "unknown", "unknown", "unknown"),
}


def cell(matrix, text, scope="", subject="compound"):
    numerator, denominator, weight = text.split("/")
    rows = matrix[(matrix["subject"] == subject) & (matrix["scope"] == scope) & (matrix["numerator_id"] == numerator)]
    rows = rows[(rows["denominator_id"] == denominator) & (rows["weight"] == weight)]
    assert len(rows) == 1
    return rows.iloc[0]


def numbers(matrix, text, scope="", subject="compound"):
    return cell(matrix, text, scope, subject)[NUMBERS].tolist()


def link(record, code, method="name+parent", *, field="covers", level="compound", accepted=True):
    row = dict.fromkeys(LINK_COLUMNS, 0)
    return row | {"record": record, "field": field, "mention": "", "level": level, "code": code, "method": method,
                  "accepted": accepted, "reason": {}}  # fmt: skip


def world(links=(), *, values=None, via=None, registries=(), compounds=None):
    """Return what the matrix is made from: the tiny city with households, residents and formal members."""
    fields = {
        code: {"households": homes, "population": None if homes is None else 3 * homes, "formal_members": 3}
        for code, homes in HOMES.items()
    }
    fields = {code: {**fields[code], **(compounds or {}).get(code, {})} for code in HOMES}
    branches = tiny.registry("branches", [{"name": f"b{i}", "branch_kind": "compound"} for i in range(9)],
                             complete=True)  # fmt: skip
    city = tiny.city([branches, *registries], fields)
    coverage = build.coverage(city, values or VALUES)
    coverage.frame["via"] = [tuple((via or {}).get(code, ())) for code in coverage.frame.index]
    frame = pd.DataFrame(list(links), columns=list(LINK_COLUMNS)).astype({"accepted": bool})
    return city, tiny.places(), Links(frame), build.attributes(city), coverage


ROW = "branches.xlsx!Sheet1!{}".format
VIA = {"a1": [ROW(3)], "a2": [ROW(4)], "a3": [ROW(5)], "b1": [ROW(6)]}
MACHINE = [link(ROW(3), "a1"), link(ROW(4), "a2"), link(ROW(5), "a3"), link(ROW(6), "b1")]


def matrix_of(*args, allowance=NOBODY, **more):
    return build_matrix(*world(*args, **more), allowance=allowance)


def test_the_small_city_by_hand():
    """Declared: a1 a2 a3 b1 of eight, c2 unknown. Links of no person: one of four may be wrong."""
    matrix, _ = matrix_of(MACHINE, via=VIA, allowance=Allowance(rate=0.1))
    assert tuple(matrix.columns) == MATRIX_COLUMNS
    assert numbers(matrix, "declared/all/compounds") == [4, 8, 0, 1, 1, 1]
    row = cell(matrix, "declared/all/compounds")
    assert (row["low"], row["high"]) == (3 / 8, 6 / 8)
    # c1 has no household count: it is excluded, not none; the heaviest of each side are taken
    assert numbers(matrix, "declared/all/households") == [1100, 2900, 1, 800, 500, 600]
    assert numbers(matrix, "declared/all/residents") == [3300, 8700, 1, 2400, 1500, 1800]
    assert numbers(matrix, "declared/all/area") == [4 * 3600, 8 * 3600, 0, 3600, 3600, 3600]
    assert numbers(matrix, "valid/all/compounds") == [2, 8, 0, 2, 1, 1]
    assert numbers(matrix, "own/all/compounds")[:4] == [2, 8, 0, 1]
    assert numbers(matrix, "work/all/compounds")[:4] == [5, 8, 0, 1]
    assert numbers(matrix, "work_valid/all/compounds")[:4] == [3, 8, 0, 2]
    assert numbers(matrix, "declared/all/compounds", "urban") == [4, 6, 0, 0, 1, 1]
    assert numbers(matrix, "declared/all/households", "township") == [0, 800, 1, 800, 0, 0]
    assert numbers(matrix, "declared/all/compounds", tiny.STREET2) == [0, 2, 0, 1, 0, 0]


def test_what_the_answers_rest_on():
    """A person's decision is no risk; code and name together confirm; a record beside another one is enough."""
    links = [link(ROW(3), "a1", "override"), link(ROW(4), "a2", "code+name+parent"), *MACHINE[2:]]
    matrix, definitions = matrix_of(links, via=VIA, allowance=Allowance(rate=1.0))
    assert numbers(matrix, "declared/all/compounds")[4:] == [3, 3]
    frame = definitions["compound"]
    assert frame["machine.declared"].tolist() == ["no", "yes", "yes", "no", "yes", "no", "no", "no"]
    assert frame["numerator.valid_confirmed"].tolist() == ["yes", "yes", "unknown", "no", "no", "no", "no", "unknown"]
    both = {**VIA, "a2": [ROW(4), ROW(7)]}
    _, definitions = matrix_of([*links, link(ROW(7), "a2", "name")], via=both)
    assert definitions["compound"].loc["a2", "numerator.valid_confirmed"] == "unknown"
    assert definitions["compound"].loc["a2", "machine.declared"] == "yes"
    _, definitions = matrix_of([*links, link(ROW(7), "a2", "override")], via=both)
    assert definitions["compound"].loc["a2", "machine.declared"] == "no"
    assert definitions["compound"].loc["a2", "machine.valid"] == "yes"  # nobody says which of the two is valid


def test_a_unit_is_as_sure_as_the_weakest_link_of_its_chain():
    units = tiny.registry("units", [{"name": "局", "unit_id": "U1"}])
    premises = tiny.registry("premises", [{"unit_name": "局", "compound_name": "x"}])
    unit, flat = "units.xlsx!Sheet1!3", "premises.xlsx!Sheet1!3"
    chain = [
        link(ROW(5), unit, "override", field="unit", level="unit"),
        link(flat, unit, "override", field="unit", level="unit"),
        link(flat, "a3", "code+name", field="compound"),
    ]
    for method, sure, confirmed in (("override", "no", "yes"), ("code+name", "yes", "yes"), ("name", "yes", "unknown")):
        chain[2]["method"] = method
        values = {**VALUES, "a3": ("UNIT_ORG", "yes", "yes", "yes")}
        _, definitions = matrix_of(chain, via={"a3": [ROW(5)]}, registries=[units, premises], values=values)
        row = definitions["compound"].loc["a3"]
        assert (row["machine.declared"], row["numerator.valid_confirmed"]) == (sure, confirmed)


def test_denominators():
    compounds = {
        "a1": {"compound_type": "unit", "formal_members": 2, "eligible": "no", "property_mode": "company"},
        "a2": {"compound_type": "", "formal_members": None, "eligible": "unknown", "property_mode": "none"},
    }
    links = [link("compounds.xlsx!Sheet1!3", "a1", field="compound"),
             link("compounds.xlsx!Sheet1!4", "a2", field="compound", accepted=False)]  # fmt: skip
    rows = tiny.registry("compounds", [{"name": "a"}, {"name": "b"}])
    matrix, definitions = matrix_of(links, compounds=compounds, registries=[rows])
    frame = definitions["compound"]
    found = frame.loc[["a1", "a2", "a3"], [f"denominator.{name}" for name in OF_SUBJECT["compound"][1]]]
    assert found.to_numpy().tolist() == [
        ["yes", "yes", "no", "no", "no", "yes"],
        ["yes", "unknown", "unknown", "unknown", "unknown", "no"],
        ["yes", "no", "yes", "yes", "yes", "unknown"],
    ]
    # a2 is covered and may belong to it or not: it stays in the denominator and is unknown
    assert numbers(matrix, "declared/not_exempt/compounds")[:4] == [2, 7, 1, 2]
    assert numbers(matrix, "declared/registry/compounds")[:4] == [1, 2, 6, 1]


def test_nothing_to_divide_by():
    row = cell(matrix_of()[0], "declared/registry/area")
    assert row["denominator"] == 0
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_mentions_that_name_nothing_are_added_once():
    """Two rows name ghosts: one in community B, one that states no community: b2 and the heaviest other are meant."""
    links = [*MACHINE, link(ROW(8), "", "none", accepted=False), link(ROW(9), "", "none", accepted=False),
             link(ROW(8), tiny.B, "name", field="community", level="community")]  # fmt: skip
    matrix, definitions = matrix_of(links, via=VIA)
    assert numbers(matrix, "declared/all/compounds")[3] == 1 + 2
    assert numbers(matrix, "declared/all/households")[3] == 800 + 600 + 400
    assert numbers(matrix, "declared/all/compounds", tiny.STREET2)[3] == 1 + 1
    assert numbers(matrix, "declared/all/compounds", "urban")[3] == 2
    assert definitions["mentions"].query("numerator == 'declared'")["community"].tolist() == [tiny.B, ""] or set(
        definitions["mentions"].query("numerator == 'declared'")["community"]
    ) == {"", tiny.B}
    # with an allowance that would take in every compound that is not covered, none is counted twice
    matrix, _ = matrix_of(links, via=VIA, allowance=Allowance(rate=1.0))
    row = cell(matrix, "declared/all/compounds")
    assert row["unknown"] + row["allowance_high"] == 4
    assert row["high"] == 1.0


def test_grids():
    rows = [{"name": "g", "branch_kind": "grid"}, {"name": "h", "branch_kind": "grid", "org_level": "group"}]
    branches = tiny.registry("branches", rows, complete=True)
    city = tiny.city([branches], {code: {"households": homes} for code, homes in HOMES.items()})
    at = [link(ROW(3), tiny.A1, "override", level="grid"), link(ROW(4), tiny.A2, level="grid")]
    links = Links(pd.DataFrame(at, columns=list(LINK_COLUMNS)).astype({"accepted": bool}))
    value = build.coverage(city, VALUES)
    matrix, definitions = build_matrix(city, tiny.places(), links, build.attributes(city), value,
                                       allowance=Allowance(rate=0.3))  # fmt: skip
    assert numbers(matrix, "branch/comprehensive/grids", subject="grid") == [1, 4, 0, 0, 0, 0]
    assert numbers(matrix, "branch_or_group/comprehensive/grids", subject="grid") == [2, 4, 0, 0, 1, 1]
    assert numbers(matrix, "branch_or_group/all/households", subject="grid") == [420, 760, 0, 0, 220, 240]
    assert numbers(matrix, "branch/all/area", subject="grid")[:2] == [200 * 400, 2 * 200 * 400 + 2 * 400 * 400]
    assert definitions["grid"]["machine.branch_or_group"].tolist() == ["no", "yes", "no", "no"]


def test_a_city_without_grids_or_registries():
    bare = tiny.city()
    layers = {level: layer for level, layer in bare.layers.items() if level != "grid"}
    city = type(bare)(bare.name, bare.crs, bare.as_of, layers)
    matrix, definitions = build_matrix(city, tiny.places(), build.links(), build.attributes(city),
                                       build.coverage(city, VALUES), allowance=NOBODY)  # fmt: skip
    assert set(matrix["subject"]) == {"compound"}
    assert set(definitions) == {"compound", "mentions"}


# ---- laws over generated answers

WORDS3 = st.sampled_from(["yes", "no", "unknown"])
WORLD = st.fixed_dictionaries({
    code: st.tuples(
        st.sampled_from(["OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG", "GRID_BRANCH", "UNCOVERED", "UNKNOWN"]),
        WORDS3, WORDS3, WORDS3, st.sampled_from(["override", "code+name", "name", ""]),
        st.one_of(st.none(), st.integers(0, 900)), st.one_of(st.none(), st.integers(0, 6)), WORDS3,
        st.sampled_from(["unit", "old", ""]),
    )
    for code in HOMES
})  # fmt: skip
GHOSTS = st.lists(st.sampled_from([tiny.A, tiny.B, tiny.C, ""]), max_size=4)


def generated(drawn, ghosts, shuffle=None):
    links, via = [], {}
    for at, (code, (_, organisation, _, _, method, *_)) in enumerate(drawn.items()):
        if organisation == "yes" and method:
            links.append(link(ROW(3 + at), code, method))
            via[code] = [ROW(3 + at)]
    for at, community in enumerate(ghosts):
        row = f"branches.xlsx!Sheet1!{100 + at}"
        links.append(link(row, "", "none", accepted=False))
        if community:
            links.append(link(row, community, "name", field="community", level="community"))
    compounds = {
        code: {"households": homes, "population": homes, "formal_members": members, "eligible": eligible,
               "compound_type": kind}
        for code, (*_, homes, members, eligible, kind) in drawn.items()
    }  # fmt: skip
    values = {code: drawn[code][:4] for code in drawn}
    if shuffle is not None:
        shuffle.shuffle(links)
    more = tiny.registry("branches", [{"branch_kind": "compound"} for _ in range(104)], complete=True)
    made = world(links, values=values, via=via, compounds=compounds)
    city = made[0]
    city = type(city)(city.name, city.crs, city.as_of, city.layers, {"branches": more}, city.sources)
    return (city, *made[1:])


def recounted(matrix, definitions, rate, random):
    """Count thirty cells of the compounds again from the answers, one by one."""
    frame = definitions["compound"]
    mentions = definitions["mentions"].query("subject == 'compound'")
    for row in random.sample(matrix[matrix["subject"] == "compound"].to_dict("records"), 30):
        part = frame if row["scope_level"] == "city" else frame[frame[f"scope.{row['scope_level']}"] == row["scope"]]
        weight = part[f"weight.{row['weight']}"]
        member = part[f"denominator.{row['denominator_id']}"]
        inside = part[weight.notna() & (member != "no")]
        weight = inside[f"weight.{row['weight']}"].astype(int)
        member = inside[f"denominator.{row['denominator_id']}"]
        answer = inside[f"numerator.{row['numerator_id']}"]
        held, lacking = (member == "yes") & (answer == "yes"), (member == "yes") & (answer == "no")
        assert row["numerator"] == weight[held].sum()
        assert row["denominator"] == weight.sum()
        assert row["excluded"] == len(part) - len(inside)
        risky = held & (inside[f"machine.{row['numerator_id']}"] == "yes")
        wrong = math.ceil(round(rate * risky.sum(), 9))
        assert row["allowance_low"] == sum(sorted(weight[risky], reverse=True)[:wrong])
        free, doubt = weight[lacking].copy(), 0
        of = mentions[mentions["numerator"] == row["numerator_id"]]["community"]
        for community in [*of[of != ""], *of[of == ""]]:
            here = free if community == "" else free[frame.loc[free.index, "scope.community"] == community]
            if len(here):
                doubt += here.max()
                free = free.drop(here.idxmax())
        assert row["unknown"] == weight[~held & ~lacking].sum() + doubt
        most = sum(sorted(weight[lacking], reverse=True)[:wrong])
        assert row["allowance_high"] == min(most, weight[lacking].sum() - doubt)


@settings(max_examples=4, deadline=None)
@given(WORLD, GHOSTS, st.sampled_from([0.0, 0.01, 0.3, 1.0]), st.randoms(use_true_random=False))
def test_laws(drawn, ghosts, rate, random):
    made = generated(drawn, ghosts)
    matrix, definitions = build_matrix(*made, allowance=Allowance(rate=rate))
    counted = matrix[matrix["denominator"] > 0]
    assert ((counted["low"] >= 0) & (counted["low"] <= counted["high"]) & (counted["high"] <= 1)).all()
    total = matrix["numerator"] + matrix["unknown"] + matrix["allowance_high"]
    assert (total <= matrix["denominator"]).all()
    assert (matrix["allowance_low"] <= matrix["numerator"]).all()
    recounted(matrix, definitions, rate, random)
    # streets and classes add up to the city
    key = ["subject", "numerator_id", "denominator_id", "weight"]
    city = matrix[matrix["scope_level"] == "city"].set_index(key)[["numerator", "denominator", "excluded"]]
    for level in ("street", "class"):
        sums = matrix[matrix["scope_level"] == level].groupby(key)[["numerator", "denominator", "excluded"]].sum()
        pd.testing.assert_frame_equal(sums.sort_index(), city.sort_index())
    # the order of rows says nothing
    again, same = build_matrix(*generated(drawn, ghosts, random), allowance=Allowance(rate=rate))
    pd.testing.assert_frame_equal(matrix, again)
    pd.testing.assert_frame_equal(definitions["compound"], same["compound"])
    # more wrong links never narrow an interval, and without any the interval is the plain one
    plain, _ = build_matrix(*made, allowance=NOBODY)
    assert not plain[["allowance_low", "allowance_high"]].any(axis=None)
    assert not ((matrix["low"] > plain["low"]) | (matrix["high"] < plain["high"])).any()
    # without an allowance the declared coverage is the indicator
    table = measure(*made)
    for basis in ("compounds", "households"):
        for scope in ("", "urban", tiny.STREET1):
            indicator = table.get("coverage.organisation.declared", scope=scope, basis=basis)
            found = cell(plain, f"declared/all/{basis}", scope)
            names = ["numerator", "denominator", "excluded", "unknown"]
            assert indicator[names].tolist() == found[names].tolist()


@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.5, 0.999))
def test_the_bound_of_a_sample(sampled, share, confidence):
    wrong = int(share * sampled)
    found = allowance_of(sampled, wrong, confidence=confidence)
    assert wrong / sampled <= found.rate <= 1
    assert found.measured
    finite = allowance_of(sampled, wrong, confidence=confidence, links=sampled + 50)
    assert wrong / (sampled + 50) <= finite.rate <= found.rate + 1e-9
    if wrong < sampled:
        assert allowance_of(sampled, wrong + 1, confidence=confidence).rate >= found.rate


def test_the_rule_of_three():
    """None wrong of 300: below 1 % with 95 % (3 / 300)."""
    assert 0.0099 < allowance_of(300, 0).rate < 0.01
    # the textbook case of Clopper and Pearson: 1 of 10, one-sided 95 %
    assert allowance_of(10, 1).rate == pytest.approx(0.39416, abs=1e-5)
    assert not Allowance().measured


@pytest.mark.parametrize(("sampled", "wrong", "more"), [
    (0, 0, {}), (10, 11, {}), (10, -1, {}), (10, 1, {"confidence": 1.0}), (10, 1, {"links": 9}),
])  # fmt: skip
def test_samples_that_are_none(sampled, wrong, more):
    with pytest.raises(ValueError, match="sampled"):
        allowance_of(sampled, wrong, **more)


def test_weights_are_whole_numbers():
    matrix, _ = matrix_of(MACHINE, via=VIA)
    assert all(matrix[name].dtype == np.int64 for name in NUMBERS)
