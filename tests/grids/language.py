"""The cases that Python and the page of the redraw board share: ``tests/cases/board/*.json``.

Each is ``{name, plan, edits, expected | refused}``. ``plan`` is ``"usual"`` or sizes, kinds, grids and columns as of
:mod:`tests.grids.plans`; ``$1`` in an edit or in what is expected is the first grid that the edits make. ``refused`` is
the reason for which the last edit is refused.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.grids.plans import atoms_of, plan_of, usual

FOLDER = Path(__file__).parents[1] / "cases" / "board"
TOPICS = ("move", "merge", "split", "cut", "grids", "undo")
REASONS = {
    "edit {seq}: {op} with {args} is no edit that is known": "unknown_op",
    "edit {seq}: {op} lacks or mistakes an argument: {what}": "argument",
    "edit {seq} ({op}): there is no atom {atom}": "no_atom",
    "edit {seq} ({op}): there is no grid {grid}": "no_grid",
    "edit {seq} ({op}): grid {grid} is locked": "locked",
    "edit {seq} ({op}): land of community {other} cannot join a grid of community {code}": "two_communities",
    "edit {seq} (split): the parts are not exactly the land of grid {grid}": "parts",
    "edit {seq} (cut): {atom} is kept whole": "kept_whole",
    "edit {seq} (cut): the lines do not cut {atom} in two": "argument",
    "edit {seq} (cut): the households of the pieces are not the {n} of {atom}": "argument",
    "edit {seq} (new): there is no community {code}": "no_community",
    "edit {seq} ({op}): {kind} is no kind of grid": "unknown_kind",
    "edit {seq} (retire): grid {grid} still has land": "has_land",
    "edit {seq} ({op}): there is no grid in community {code}": "no_grid_in_community",
    "there is no edit to undo": "nothing_to_undo",
}
"""What Python says -> the reason that the page gives."""


def listed(topic):
    return json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))


def cases():
    return [(f"{topic}: {one['name']}", one) for topic in TOPICS for one in listed(topic)]


def plan_of_case(case):
    said = case["plan"]
    if said == "usual":
        return usual()
    atoms = atoms_of(tuple(map(tuple, said["sizes"])), kinds=said.get("kinds"))
    return plan_of(atoms, said["grids"], **said.get("columns", {}))


def named(value, created):
    """Return a value with ``$1`` and so on as the grids that were made."""
    if isinstance(value, str):
        return created[int(value[1:]) - 1] if value.startswith("$") and value[1:].isdigit() else value
    if isinstance(value, dict):
        return {named(key, created): named(one, created) for key, one in value.items()}
    return [named(one, created) for one in value] if isinstance(value, list) else value


def refusal(case, who):
    said = case.get("refused")
    return said[who] if isinstance(said, dict) else said


def facts(plan):
    """Return what a case may expect, of a plan."""
    grid, frame, edges = plan.assignment, plan.atoms.frame, plan.atoms.edges
    near = {}
    for a, b, length in zip(edges["a"], edges["b"], edges["length"], strict=True):
        near.setdefault(a, {})[b] = length
        near.setdefault(b, {})[a] = length
    return {
        "members": {uid: sorted(grid.index[grid == uid]) for uid in plan.grids.index},
        "unassigned": sorted(grid.index[grid == ""]),
        "grids": sorted(plan.grids.index),
        "locked": sorted(plan.grids.index[plan.grids["locked"].astype(bool)]),
        "rows": plan.grids.to_dict("index"),
        "atoms": frame.drop(columns="geometry").to_dict("index"),
        "near": near,
    }


def unexpected(found, expected, created):
    """Return where facts are not as expected, {} where they are."""
    wrong = {}
    for what, said in named(expected, created).items():
        if isinstance(said, list):
            if sorted(said) != sorted(found[what]):
                wrong[what] = found[what]
            continue
        for key, value in said.items():
            there = found[what].get(key)
            if isinstance(value, dict):
                close = {
                    name: there is not None and abs(there.get(name, -1) - one) < 0.5
                    if isinstance(one, (int, float)) and not isinstance(one, bool)
                    else there is not None and there.get(name) == one
                    for name, one in value.items()
                }
                if not all(close.values()) or (what == "near" and set(there) != set(value)):
                    wrong[what, key] = there
            elif sorted(value) != sorted(there if there is not None else ["none"]):
                wrong[what, key] = there
    return wrong
