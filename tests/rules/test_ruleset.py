"""Rule sets: the bundled one, local policy, and every mistake named at once."""

from __future__ import annotations

import pytest

from gridkit.errors import InputError
from gridkit.model.fields import STATUSES
from gridkit.rules.ruleset import OF_RECORD, Predicates, load_ruleset, override

MINIMAL = """
name = "mine"
organisation = { statuses = ["OWN_BRANCH"], silence = [{ complete = ["branches"] }] }
work = { statuses = ["OWN_BRANCH"], silence = [] }
[[rules]]
id = "OWN"
status = "OWN_BRANCH"
text = "t"
source = "s"
needs = [{ branch_kind = ["compound"], names = "alone" }]
[[rules]]
id = "REST"
status = "UNKNOWN"
text = "t"
source = "s"
"""


def test_the_strict_set():
    strict = load_ruleset("strict")
    assert tuple(rule.status for rule in strict.rules) == STATUSES
    assert strict.organisation.statuses == STATUSES[:3]
    assert strict.work.statuses == STATUSES[:6]
    assert strict.thresholds.min_formal_members == 3
    assert strict.thresholds.joint_max_units == 5
    assert strict.thresholds.joint_max_span_m == 1500
    assert strict.thresholds.branch_max_members == 50
    assert all(rule.source and rule.text for rule in strict.rules)
    assert strict.rule("PLANNED").status == "PLANNED"
    with pytest.raises(KeyError):
        strict.rule("NOWHERE")


def test_rule_sets_are_frozen_and_comparable():
    strict = load_ruleset()
    assert strict == load_ruleset()
    assert hash(strict) == hash(load_ruleset())
    with pytest.raises(ValueError, match="frozen"):
        strict.name = "other"


def test_a_set_of_ones_own():
    mine = load_ruleset(MINIMAL)
    assert (mine.name, [rule.id for rule in mine.rules]) == ("mine", ["OWN", "REST"])
    assert mine.rules[-1].always


def test_record_predicates_are_fields():
    assert set(Predicates.model_fields) > OF_RECORD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lenient", ["lenient", "strict"]),
        ("name = ", ["TOML"]),
        ("name = 'x'", ["organisation", "work", "rules", "must be given"]),
        (MINIMAL.replace('"compound"', '"kompound"'), ["rules.0.needs.0.branch_kind", "kompound"]),
        (MINIMAL.replace("names =", "name ="), ["rules.0.needs.0.name", "unknown key"]),
        (MINIMAL.replace('status = "UNKNOWN"', 'status = "MAYBE"'), ["rules.1.status", "MAYBE"]),
        (MINIMAL.replace('id = "REST"', 'id = "OWN"'), ["differ"]),
        (MINIMAL.replace('id = "REST"', 'id = "REST"\nneeds = [{ paired = true }]'), ["last rule"]),
        (MINIMAL.replace('id = "OWN"', 'id = "OWN"\nwhen = { branch_kind = ["joint"] }'), ["'when'"]),
        (MINIMAL.replace('complete = ["branches"]', "open = true"), ["'silence'"]),
        (MINIMAL.replace('id = "OWN"', 'id = "OWN"\nneeds = [{ silent = ["organisation"], open = false }]').replace(
            "\nneeds = [{ branch", "\n# [{ branch"), ["OWN", "wait for itself"]),
        (MINIMAL + "\n[thresholds]\njoint_max_units = -1\nbranch_max_members = 'x'\nterms = 3\n",
         ["joint_max_units: must not be negative", "branch_max_members: must be a whole number", "terms: unknown key"]),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_once(text, words):
    with pytest.raises(InputError) as error:
        load_ruleset(text)
    for word in words:
        assert word in str(error.value)


def test_local_policy():
    strict = load_ruleset()
    assert override(strict, {}) is strict
    local = override(strict, {"organisation": ["OWN_BRANCH", "GRID_BRANCH"], "thresholds": {"joint_max_units": 4}})
    assert local.organisation.statuses == ("OWN_BRANCH", "GRID_BRANCH")
    assert local.organisation.silence == strict.organisation.silence
    assert (local.thresholds.joint_max_units, local.thresholds.min_formal_members) == (4, 3)
    assert local.rules == strict.rules
    assert strict.thresholds.joint_max_units == 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counts": 1, "organization": 2}, ["counts: unknown key", "organization: unknown key"]),
        ({"audit": {"link_error": 0.6}}, ["audit.link_error: must not be more than 0.5"]),
        ({"audit": {"link_error": -0.1}}, ["audit.link_error: must not be negative"]),
        ({"audit": {"link_error": float("nan")}}, ["audit.link_error"]),
        ({"thresholds": {"joint_max_span_m": 10**9}}, ["thresholds.joint_max_span_m: must not be more than 1000000"]),
        ({"organisation": ["OWN_BRANCH", "UNKNOWN"]}, ["organisation.statuses"]),
        ({"organisation": ["PLANNED"]}, ["organisation.statuses", "PLANNED"]),
        ({"work": "OWN_BRANCH"}, ["work.statuses", "must be a list"]),
        ({"thresholds": {"joint_max_units": "five"}}, ["thresholds.joint_max_units"]),
        ({"thresholds": 5}, ["thresholds"]),
    ],
)
def test_mistakes_in_local_policy(changes, words):
    with pytest.raises(InputError) as error:
        override(load_ruleset(), changes)
    for word in words:
        assert word in str(error.value)
