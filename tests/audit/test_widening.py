"""One interval for one figure: the link-error allowance of every indicator that rests on links."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from gridkit.audit import judge, measure, say_because, widen
from gridkit.audit.figures import figure_of
from gridkit.audit.matrix import build_matrix
from gridkit.model import Allowance, AuditResult
from tests import tiny
from tests.audit import build
from tests.audit.test_claim_definitions import Claim
from tests.audit.test_matrix import MACHINE, VIA, world

UNITS = [{"name": f"unit {n}"} for n in range(4)]
PAIRS = [{"unit_name": f"unit {n}"} for n in range(4)]


def paired(method="name+parent"):
    """Four units, each paired with a compound by links of one method."""
    city = tiny.city([
        tiny.registry("units", UNITS, complete=True), tiny.registry("pairings", PAIRS, complete=True),
    ])  # fmt: skip
    codes = city.layers["compound"].frame.index
    rows = []
    for at, (pair, unit) in enumerate(zip(city.rows("pairings").index, city.rows("units").index, strict=True)):
        rows += [(pair, "unit", "unit", unit), (pair, "target", "compound", codes[at])]
    links = build.links(rows)
    links.frame["method"] = method
    return city, tiny.places(), links, build.attributes(city), build.coverage(city)


def widened(made, rate=0.01):
    allowance = Allowance(rate=rate)
    matrix, definitions = build_matrix(*made, allowance=allowance)
    result = AuditResult(allowance=allowance, matrix=matrix, definitions=definitions)
    return widen(measure(*made), result, made[0], made[2]), result


def row(table, name, **scope):
    return table.get(name, **scope)


@pytest.mark.parametrize(("method", "less", "verdict"), [("name+parent", 1, "undetermined"), ("override", 0, "upheld")])
def test_pairing_of_all_units_is_upheld_only_where_persons_decided_the_links(method, less, verdict):
    made = paired(method)
    table, result = widened(made)
    found = row(table, "pairing.units")
    assert (found["numerator"], found["denominator"], found["allowance_low"]) == (4, 4, less)
    claim = judge([Claim("pairing.units")], table, made[0], result=result).iloc[0]
    assert claim["verdict"] == verdict
    assert ("may be wrong" in say_because(claim)) is bool(less)
    assert found["low"] == (4 - less) / 4
    assert found["high"] == 1


def test_a_cell_of_the_matrix_and_its_indicator_have_one_interval():
    table, result = widened(world(MACHINE, via=VIA), 0.3)
    cells = result.matrix[(result.matrix["numerator_id"] == "declared") & (result.matrix["denominator_id"] == "all")]
    for cell in cells[cells["weight"].isin(["compounds", "households"])].to_dict("records"):
        found = row(table, "coverage.organisation.declared", scope=cell["scope"], basis=cell["weight"])
        names = ["numerator", "denominator", "unknown", "allowance_low", "allowance_high"]
        assert [int(found[name]) for name in names] == [int(cell[name]) for name in names]
        if cell["denominator"]:
            assert (found["low"], found["high"]) == (cell["low"], cell["high"])


def test_the_gap_reaches_from_the_lowest_urban_to_the_highest_township_share():
    table, _result = widened(world(MACHINE, via=VIA), 0.3)
    found = row(table, "gap.organisation", basis="compounds")
    sides = {}
    for side in ("urban", "township"):
        one = row(table, "coverage.organisation.declared", scope=side, basis="compounds")
        low = int(one["numerator"]) - int(one["allowance_low"])
        high = min(int(one["numerator"]) + int(one["unknown"]) + int(one["allowance_high"]), int(one["denominator"]))
        sides[side] = [Fraction(end, int(one["denominator"])) for end in (low, high)]
    least, most = sides["urban"][0] - sides["township"][1], sides["urban"][1] - sides["township"][0]
    assert found["low"] == pytest.approx(float(least))
    assert found["high"] == pytest.approx(float(most))
    assert found["allowance_low"] > 0


def test_modes_and_communities_are_widened_as_the_city_is():
    table, _result = widened(world(MACHINE, via=VIA), 0.3)
    frame = table.frame
    for name, level in (("mode.covered", "mode"), ("coverage.organisation.declared", "community")):
        part = frame[(frame["id"] == name) & (frame["scope_level"] == level) & (frame["numerator"] > 0)]
        assert len(part)
        assert (part["allowance_low"] > 0).any()
        assert (part["low"] >= 0).all()
        assert (part["high"] <= 1).all()


def test_no_allowance_without_a_rate():
    table, _result = widened(world(MACHINE, via=VIA), 0.0)
    plain = measure(*world(MACHINE, via=VIA))
    pd.testing.assert_frame_equal(table.frame, plain.frame)


def test_figures_that_nobody_states_cost_nothing():
    claim = Claim(figure="1e-999999")
    assert figure_of(claim) is None
    assert figure_of(Claim(figure="0." + "1" * 400))[1] == 30


def test_a_rounded_figure_says_how_it_is_read():
    made = world(MACHINE, via=VIA)
    table, result = widened(made, 0.0)
    claim = judge([Claim(figure=55)], table, made[0], result=result).iloc[0]
    assert claim["verdict"] == "undetermined"
    assert "55% is read as 54.5%–55.5%" in say_because(claim)


def test_a_range_and_the_scope_it_means_stay_in_the_claim():
    made = world(MACHINE, via=VIA)
    table, result = widened(made, 0.0)
    name = made[0].layers["street"].frame["name"].iloc[0]
    claim = judge([Claim(figure=40, upper=75, scope=name)], table, made[0], result=result).iloc[0]
    assert (claim["upper"], claim["scope_level"]) == (75, "street")
    assert claim["scope_code"] == made[0].layers["street"].frame.index[0]
    assert "40%–75%" in say_because(claim)
