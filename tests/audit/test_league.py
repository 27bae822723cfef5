"""League table: by hand, and the laws that ranks obey."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.audit.league import league, ranks, to_move_up
from gridkit.model.proof import LEAGUE_COLUMNS
from gridkit.rules.ruleset import load_ruleset, override
from tests import tiny
from tests.audit import build

OWN, INVALID, NONE = ("OWN_BRANCH", "yes", "yes", "yes"), ("OWN_BRANCH", "yes", "yes", "no"), ("UNCOVERED", *["no"] * 3)
VALUES = {"a1": OWN, "a2": OWN, "a3": INVALID, "a4": NONE, "b1": OWN, "b2": NONE, "c1": OWN}  # c2 is unknown


def table(least=2, values=VALUES, rows=(), registries=None):
    city = tiny.city(registries)
    rules = override(load_ruleset("strict"), {"thresholds": {"league_min_compounds": least}})
    return league(city, tiny.places(), build.links(list(rows)), build.coverage(city, values), ruleset=rules)


def test_streets_and_communities_by_hand():
    made = table()
    assert tuple(made.columns) == LEAGUE_COLUMNS
    rows = made[["level", "code", "class", "numerator", "denominator", "unknown", "ranked"]].values.tolist()
    # A: 2 of 4; B: 1 of 2; C: 1 of 2 and one unknown; street 1: 3 of 6; street 2: 1 of 2, one unknown.
    assert rows == [
        ["street", tiny.STREET2, "township", 1, 2, 1, True],
        ["street", tiny.STREET1, "urban", 3, 6, 0, True],
        ["community", tiny.C, "township", 1, 2, 1, True],
        ["community", tiny.A, "urban", 2, 4, 0, True],
        ["community", tiny.B, "urban", 1, 2, 0, True],
    ]
    # All three know half of theirs to be covered; only C can turn out better than that.
    assert made[["rank_first", "rank_last"]].values.tolist() == [[1, 2], [1, 2], [1, 3], [1, 3], [1, 3]]
    assert made["to_move_up"].tolist() == [0, 0, 0, 0, 0]


def test_a_place_with_few_compounds_is_listed_apart():
    made = table(least=4)
    assert made.loc[made["code"] == tiny.A, ["ranked", "rank_first", "rank_last"]].values.tolist() == [[True, 1, 1]]
    apart = made[~made["ranked"]]
    assert apart["code"].tolist() == [tiny.STREET2, tiny.B, tiny.C]
    assert apart[["rank_first", "rank_last", "to_move_up"]].isna().all(axis=None)
    assert made[made["level"] == "community"]["code"].tolist() == [tiny.A, tiny.B, tiny.C]


def test_what_would_move_a_place_up():
    made = table(values={"a1": OWN, "a2": NONE, "a3": NONE, "a4": NONE, "b1": OWN, "b2": OWN, "c1": OWN, "c2": NONE})
    moves = made[made["level"] == "community"].set_index("code")["to_move_up"].to_dict()
    # A has 1 of 4 and needs 2 more to be ahead of C (1 of 2); C needs its other one to be level with B (2 of 2).
    assert moves == {tiny.B: 0, tiny.C: 1, tiny.A: 2}


def test_figures_are_those_of_the_indicator():
    registry = tiny.registry("branches", [{"name": "x", "branch_kind": "compound"}], complete=True)
    row = [("branches.xlsx!Sheet1!3", "covers", "compound", "", False)]
    made = table(least=1, registries=[registry], rows=row)
    indicators = build.indicators([registry], rows=row, values=VALUES)
    for code in made["code"]:
        of = made[made["code"] == code].iloc[0]
        expected = build.numbers(indicators, "coverage.organisation.valid", scope=code, basis="compounds")
        assert (of["numerator"], of["denominator"], 0, of["unknown"]) == expected


@pytest.mark.parametrize("least", [0, 1])
def test_a_city_without_layers_has_an_empty_league(least):
    from gridkit.model import City, Coverage, Places
    from gridkit.model.results import COVERAGE_COLUMNS, PLACE_COLUMNS

    city = City("nowhere", "EPSG:4545")
    places = Places(pd.DataFrame(columns=list(PLACE_COLUMNS), dtype="object"))
    empty = Coverage(pd.DataFrame(columns=list(COVERAGE_COLUMNS), dtype="object"))
    rules = override(load_ruleset("strict"), {"thresholds": {"league_min_compounds": least}})
    assert league(city, places, build.links(), empty, ruleset=rules).empty


SHARES = st.integers(1, 12).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


@given(st.lists(SHARES, max_size=12), st.data())
def test_ranks_hold_whatever_the_unknown_turn_out_to_be(shares, data):
    spans = []
    for n, d in shares:
        spans.append((Fraction(n, d), Fraction(data.draw(st.integers(n, d)), d)))
    truth = [low + (high - low) * data.draw(st.sampled_from([0, Fraction(1, 2), 1])) for low, high in spans]
    for at, (first, last) in enumerate(ranks(spans)):
        best = 1 + sum(value > truth[at] for value in truth)
        worst = sum(value >= truth[at] for value in truth)
        assert first <= best <= worst <= last


@given(st.lists(SHARES, max_size=12))
def test_ties_share_their_ranks_and_moving_up_is_enough(shares):
    values = [Fraction(n, d) for n, d in shares]
    spans = ranks([(value, value) for value in values])
    for value, span in zip(values, spans, strict=True):
        assert span == (1 + sum(other > value for other in values), sum(other >= value for other in values))
    for (n, d), value, more in zip(shares, values, to_move_up(shares), strict=True):
        better = [other for other in values if other > value]
        assert 0 <= more <= d - n
        if better and min(better) < 1:
            assert Fraction(n + more, d) > min(better) >= Fraction(n + more - 1, d)
        elif better:
            assert n + more == d
        else:
            assert more == 0
