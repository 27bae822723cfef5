"""The map of two plans of grids: colours, marks, counts; the page and the picture are the same twice."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.grids.lineage import issue_codes
from gridkit.grids.replay import add, start
from gridkit.locale import speaking
from gridkit.maps import GridMap
from gridkit.maps.plan_colours import coloured, neighbours
from gridkit.maps.plan_frames import ABOVE, BELOW, inner_lines, shown
from gridkit.maps.plan_map import plan_map, write_plan_html, write_plan_png
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual

levels = pytest.mark.skipif(not hasattr(GridMap, "add_level"), reason="this GridMap has no add_level")
stills = pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None or importlib.util.find_spec("gridkit.maps.fonts") is None,
    reason="no picture without matplotlib and gridkit.maps.fonts",
)


def two_plans(name=""):
    """Return four grids of two squares; then A12 goes from g1 (400, then 200) to g2 (400, then 600)."""
    old, lineage = issue_codes(usual(), date="2025-01-01")
    after, log = add(old, start(old), "move", {"atoms": ["A12"], "to": "g2"})
    if name:
        after, _log = add(after, log, "rename", {"grid": "g2", "name": name})
    new, _ = issue_codes(after, lineage.ledger, before=old, date="2026-01-01")
    return old, new


def test_neighbours_share_a_border_not_a_corner():
    boxes = shapely.box([0, 1, 0, 1], [0, 0, 1, 1], [1, 2, 1, 2], [1, 1, 2, 2])
    assert neighbours(list("abcd"), boxes) == {"a": {"b", "c"}, "b": {"a", "d"}, "c": {"a", "d"}, "d": {"b", "c"}}


def test_colours_are_held_and_four_are_enough_for_a_wheel():
    wheel = {"hub": set("abcde")} | {one: {"hub", *near} for one, near in zip("abcde", ("be", "ac", "bd", "ce", "da"),
                                                                          strict=True)}  # fmt: skip
    found = coloured(wheel)
    assert max(found.values()) == 3
    held = coloured(wheel, held={"hub": 2, "a": 0, "b": 0})
    assert held["hub"] == 2
    assert held["a"] == 0 != held["b"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 40))
def test_neighbours_always_differ_and_five_colours_are_the_most(seed, count):
    points = shapely.multipoints(np.random.default_rng(seed).random((count, 2)) * 1000)
    cells = shapely.get_parts(shapely.voronoi_polygons(points))
    uids = [f"g{at:03d}" for at in range(len(cells))]
    beside = neighbours(uids, cells)
    found = coloured(beside)
    assert all(found[uid] != found[near] for uid, some in beside.items() for near in some)
    assert max(found.values()) <= 4
    assert found == coloured(dict(reversed(beside.items())))


def test_what_is_shown():
    old, new = two_plans()
    with speaking("en"):
        parts = shown(new, old)
    labels = dict(zip(parts.after["code"], parts.after["label"], strict=True))
    assert labels[WEST + "002"] == f"002 · 600 {ABOVE}"
    assert labels[WEST + "003"] == f"003 · 200 {BELOW}"
    assert labels[EAST + "001"] == "001 · 400"
    assert dict(zip(parts.after["code"], parts.after["changed"], strict=True)) == {
        WEST + "002": True, WEST + "003": True, EAST + "001": False, EAST + "002": False,
    }  # fmt: skip
    assert parts.figures == [
        "plan after: comprehensive grids in the band: 2/4", "plan before: comprehensive grids in the band: 4/4",
        "grids: 2 unchanged, 1 changed, 1 new, 1 retired", "households that change grid: 400/1,600 (25.0%)",
    ]  # fmt: skip
    assert [(row[0][-3:], row[1][-3:], row[2]) for row in parts.changes] == [
        ("001", "002", 200), ("001", "003", 200), ("002", "002", 400),
    ]  # fmt: skip


def test_marks_lie_inside():
    _, new = two_plans()
    frame = shown(new).after
    lines = inner_lines(frame, 0.05)
    assert all(frame.geometry.buffer(-1).contains(lines.geometry))


def test_a_first_issue_has_no_changes():
    parts = shown(usual())
    assert parts.before is None
    assert not parts.after["changed"].any()
    assert len(shown(plan_of(atoms_of(((0, 0),)), {})).after) == 0


@levels
def test_the_page_is_the_same_twice_and_names_are_texts(tmp_path):
    old, new = two_plans("<script>alert(1)</script>{{7*7}}" + "长" * 10_000)
    for name in ("a", "b"):
        with speaking("zh"):
            write_plan_html(new, tmp_path / name, before=old, title="备案 <b>")
    text = (tmp_path / "a").read_text(encoding="utf-8")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert "<b>" not in text.split("<h1>")[1].split("</h1>")[0]
    assert "alert(1)" not in text


@levels
def test_the_levels_of_the_map():
    old, new = two_plans()
    with speaking("en"):
        names = [child.layer_name for child in plan_map(new, before=old)._children.values() if hasattr(child, "number")]
        alone = [child.layer_name for child in plan_map(old)._children.values() if hasattr(child, "number")]
    assert names == ["Grids before (4)", "Grids after (4)", "Changed: 2/4", "Outside the band: 2/4", "Communities"]
    assert alone == ["Grids (4)", "Communities"]


@stills
@pytest.mark.parametrize("shape", ["two", "one", "wide"])
def test_the_picture_is_the_same_twice(tmp_path, shape):
    old, new = two_plans("=1+1")
    if shape == "wide":
        atoms = atoms_of(((400,) * 12,))
        new = plan_of(atoms, {f"g{at:02d}": [name] for at, name in enumerate(atoms.frame.index)})
        old = new
    for name in ("a.png", "b.png"):
        with speaking("en"):
            write_plan_png(new, tmp_path / name, before=None if shape == "one" else old, title="Plan", dpi=40)
    data = (tmp_path / "a.png").read_bytes()
    assert data == (tmp_path / "b.png").read_bytes()
    assert data.startswith(b"\x89PNG")
