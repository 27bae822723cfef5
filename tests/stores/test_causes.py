"""Why a compound is covered otherwise: each cause by itself, and several in their order."""

from __future__ import annotations

import copy

import pandas as pd
import pytest

from gridkit.model.changes import CAUSES
from gridkit.stores.causes import Causes, Tables
from gridkit.stores.rows import COLUMNS, content_rows
from tests import tiny

RULES = [{"id": "OWN", "status": "OWN_BRANCH"}, {"id": "NONE", "status": "UNCOVERED"}]
MANIFEST = {
    "settings": {
        "as_of": "2024-06-30", "hidden": "pending", "registries": {"branches": [{"complete": True, "path": "b.csv"}]},
        "ruleset": {"rules": RULES, "thresholds": {"min": 3}, "audit": {"min": 5}}, "weights": 1,
    },
    "versions": {"gridkit": "1", "pandas": "3"},
}  # fmt: skip
LINKS = ("record", "field", "mention", "level", "code", "accepted")
SET, READ = "manifest.settings.ruleset", "manifest.settings.registries"


def run(change=lambda _run: None) -> Tables:
    """Compound x (layer row c.gpkg!1, branch b.csv!2) and y (c.gpkg!2); ``change`` edits frames and manifest."""
    compound = {"street": "S", "community": "C", "grid": "G", "open_via": ()}
    found = {
        "manifest": copy.deepcopy(MANIFEST),
        "compounds": [{"code": "x", **compound, "via": ("b.csv!2",)}, {"code": "y", **compound, "via": ()}],
        "links": [dict(zip(LINKS, ("b.csv!2", "covers", "甲", "compound", "x", True), strict=True))],
        "trace": [{"compound": code, "rule": rule} for code in "xy" for rule in ("OWN", "NONE")],
        "rows": [
            {"record": "c.gpkg!1", "kind": "compound", "code": "x", "content": "X", "x": 0.0, "y": 0.0, "area_m2": 9.0},
            {"record": "c.gpkg!2", "kind": "compound", "code": "y", "content": "Y", "x": 9.0, "y": 0.0, "area_m2": 9.0},
            {"record": "b.csv!2", "kind": "branches", "code": "", "content": "B"},
            {"record": "b.csv!3", "kind": "branches", "code": "", "content": "D"},
        ],
    }  # fmt: skip
    change(found)
    columns = {"rows": list(COLUMNS), "links": list(LINKS)}
    frames = {name: pd.DataFrame(found[name], columns=columns.get(name)) for name in found if name != "manifest"}
    return Tables(found["manifest"], **frames)


def change(path: str, value):
    """An edit of one value: ``rows.2.content``."""

    def edit(found):
        *way, last = path.split(".")
        for part in way:
            found = found[int(part) if part.isdigit() else part]
        found[last] = value

    return edit


def several(*edits):
    return lambda found: [edit(found) for edit in edits]


def rewritten(found):
    """The same rows under other numbers."""
    for name, key in (("rows", "record"), ("links", "record")):
        for row in found[name]:
            row[key] = row[key].replace("b.csv!", "b.csv!1")
    found["compounds"][0]["via"] = ("b.csv!12",)


CASES = {
    "grid": (change("compounds.0.grid", "H"), ("boundary",)),
    "shape": (change("rows.0.x", 0.5), ("boundary",)),
    "shape within a millimetre": (change("rows.0.x", 0.0004), ("elsewhere",)),
    "rule tried": (change(f"{SET}.rules", [{"id": "OWN", "status": "JOINT_BRANCH"}, RULES[1]]), ("rules",)),
    "rule not tried": (change(f"{SET}.rules", [*RULES, {"id": "LAST"}]), ("elsewhere",)),
    "order of rules": (change(f"{SET}.rules", RULES[::-1]), ("rules",)),
    "threshold": (change(f"{SET}.thresholds", {"min": 4}), ("rules",)),
    "threshold of claims only": (change(f"{SET}.audit", {"min": 6}), ("elsewhere",)),
    "as of": (change("manifest.settings.as_of", "2025-06-30"), ("settings",)),
    "complete": (change(READ, {"branches": [{"complete": False}]}), ("settings",)),
    "path only": (change(READ, {"branches": [{"complete": True, "path": "c.csv"}]}), ("elsewhere",)),
    "link refused": (change("links.0.accepted", False), ("links",)),
    "link gone": (change("links", []), ("links",)),
    "data": (change("rows.2.content", "B2"), ("data",)),
    "data of the layer": (change("rows.0.content", "X2"), ("data",)),
    "another row": (change("rows.3.content", "D2"), ("elsewhere",)),
    "rows renumbered": (rewritten, ("elsewhere",)),
    "version": (change("manifest.versions", {"gridkit": "2", "pandas": "3"}), ("version",)),
    "library": (change("manifest.versions", {"gridkit": "1", "pandas": "4"}), ("elsewhere",)),
    "all": (
        several(
            change("manifest.versions", {"gridkit": "2"}), change("rows.2.content", "B2"), change("rows.0.x", 5.0),
            change("manifest.settings.as_of", None), change(f"{SET}.thresholds", {}),
        ),
        ("boundary", "rules", "settings", "data", "version"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_causes(case):
    edit, causes = CASES[case]
    for pair in ((run(), run(edit)), (run(edit), run())):
        found, *_ = Causes(*pair).of("x")
        assert found == causes
        assert list(found) == sorted(found, key=CAUSES.index)


def test_rows_behind_a_cause():
    assert Causes(run(), run(change("rows.2.content", "B2"))).of("x")[1:] == (("b.csv!2",), ("b.csv!2",))
    assert Causes(run(), run(change("links", []))).of("x")[1:] == (("b.csv!2",), ())
    assert Causes(run(), run(change("links", []))).of("y")[0] == ("elsewhere",)


def test_what_only_one_run_has_is_a_boundary_and_nothing_else():
    def without(found):
        found["compounds"].pop(0)
        found["rows"].pop(0)
        found["links"].clear()

    assert Causes(run(), run(without)).of("x")[0] == ("boundary",)
    assert Causes(run(without), run()).of("x")[0] == ("boundary",)


def test_content_of_rows():
    rows = [{"name": "甲支部", "members": 3}, {"name": "乙支部", "members": pd.NA}]
    one = content_rows(tiny.city([tiny.registry("branches", rows)]))
    turned = content_rows(tiny.city([tiny.registry("branches", rows[::-1])]))
    assert list(one.columns) == list(COLUMNS)
    branches = one[one["kind"] == "branches"]
    assert sorted(branches["content"]) == sorted(turned.loc[turned["kind"] == "branches", "content"])
    assert branches["content"].is_unique
    assert set(branches["record"]) == {"branches.xlsx!Sheet1!3", "branches.xlsx!Sheet1!4"}
    a1 = one[one["code"] == "a1"].iloc[0]
    assert (a1["x"], a1["y"], a1["area_m2"]) == (tiny.X0 + 70, tiny.Y0 + 70, 3600.0)


def test_free_text_does_not_decide_the_content():
    plain = tiny.city([tiny.registry("units", [{"name": "财政局", "address": "甲路1号"}])])
    other = tiny.city([tiny.registry("units", [{"name": "财政局", "address": "乙路2号"}])])
    assert content_rows(plain).equals(content_rows(other))
