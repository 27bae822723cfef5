"""A reader is told what the registries at hand cannot say."""

from __future__ import annotations

from gridkit.coverage import caveats
from tests import tiny

ROW = {"name": "x", "branch_kind": "compound", "covers": "金桂家园"}


def test_no_registry_of_party_organisations():
    (sentence,) = caveats(tiny.city())
    assert "no compound can be called uncovered" in sentence


def test_not_declared_complete():
    (sentence,) = caveats(tiny.city([tiny.registry("branches", [ROW])]))
    assert "unknown, not uncovered" in sentence


def test_nothing_to_say_about_a_complete_one():
    assert caveats(tiny.city([tiny.registry("branches", [ROW], complete=True)])) == []
