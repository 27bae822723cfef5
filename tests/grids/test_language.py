"""The language of edits in Python: the cases that the page must do alike (tests/browser/test_board_language.py)."""

from __future__ import annotations

import pytest

from gridkit.errors import UsageError
from gridkit.grids.replay import add, replay, start, undo
from gridkit.io.person_numbers import mask_numbers
from tests.grids.language import REASONS, cases, facts, listed, named, plan_of_case, refusal, unexpected

CASES = dict(cases())


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    case = CASES[name]
    base = plan = plan_of_case(case)
    log, created, said = start(base), [], None
    for edit in case["edits"]:
        before = set(plan.grids.index)
        try:
            if edit["op"] == "undo":
                plan, log = undo(base, log)
            else:
                args = named(edit["args"], created)
                plan, log = add(plan, log, edit["op"], args)
                # in the order of their parts
                fresh = {plan.assignment[part[0]]: None for part in args.get("parts", [])[1:]}
                created += list(fresh) or sorted(set(plan.grids.index) - before)
        except UsageError as error:
            said = REASONS[error.template]
            assert edit is case["edits"][-1], f"refused too early: {error}"
    assert said == refusal(case, "python")
    assert unexpected(facts(plan), case.get("expected", {}), created) == {}
    assert replay(base, log).base == plan.base


def test_numbers_of_persons_are_masked():
    assert [mask_numbers(text) for text, _ in listed("mask")] == [masked for _, masked in listed("mask")]
