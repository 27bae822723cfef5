"""The language of edits in the page: the shared cases, a long session that Python replays, logs and tables.

One page for all: it has the scripts and no content.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.grid_worlds import community
from gridkit.errors import UsageError
from gridkit.grids.atoms import edges_of
from gridkit.grids.edit import ARGUMENTS
from gridkit.grids.replay import add, effective, replay, start, undo
from gridkit.grids.totals import totals
from gridkit.io.assignment import read_assignment, write_assignment
from gridkit.io.edits import read_edits, write_edits
from gridkit.maps import vendored
from gridkit.maps.board_data import SCRIPTS, board_document, packed
from gridkit.model.plan import ATOM_COLUMNS, EDGE_COLUMNS, Atoms
from gridkit.stores.plan_folder import shown
from tests.grids.language import cases, facts, listed, plan_of_case, refusal, unexpected
from tests.grids.plans import EAST, EMPTY, WEST, plan_of, usual
from tests.grids.test_edit import some_edit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(20_000)
    for name in ("fflate", "gk-data", *SCRIPTS):
        page.add_script_tag(content=(vendored.folder() / f"{name}.js").read_text(encoding="utf-8"))
    page.add_script_tag(content=(Path(__file__).parent / "board_language.js").read_text(encoding="utf-8"))
    yield page
    page.close()


def document(plan, log=None, **more):
    return board_document(plan, log or start(plan), **more)


@pytest.fixture(scope="module")
def ran(page):
    """Every shared case as the page has done it."""
    told = [[document(plan_of_case(case)), case["edits"]] for _, case in cases()]
    found = page.evaluate("all => all.map(one => boardTest.run(one[0], one[1]))", told)
    return {name: one for (name, _), one in zip(cases(), found, strict=True)}


def test_the_page_does_what_python_does(ran, tmp_path):
    wrong = {}
    for name, case in cases():
        found, base = ran[name], plan_of_case(case)
        path = tmp_path / "edits.jsonl"
        path.write_text(found["text"], encoding="utf-8", newline="\n")
        plan = replay(base, read_edits(path, base=base.base))
        there = facts(plan)
        off = unexpected(found["facts"], case.get("expected", {}), found["created"])
        if off or found["early"] or found["said"] != refusal(case, "page"):
            wrong[name] = (found["said"], off)
        elif any(there[what] != found["facts"][what] for what in ("members", "unassigned")):
            wrong[name] = "Python replays to another plan"
    assert wrong == {}
    assert len(ran) >= 80


def test_masks_and_hashes_are_those_of_python(page):
    assert page.evaluate("all => all.map(gk.board.mask)", [text for text, _ in listed("mask")]) == [
        masked for _, masked in listed("mask")
    ]
    plan = usual()
    args = {
        "atoms": ["A11"],
        "to": "g2",
        "x": [1.0, 0.125, 5e-05, 1e22, -0.0, None, True, "\u2028é😀\uffff\x7f"],
        "\uffff": 1,
        "😀": 2,
    }
    log = add(plan, start(plan), "move", {"atoms": ["A11"], "to": "g2"}, reason='网格\n\t"')[1]
    edit = replace(log.edits[0], args=args).sealed()
    assert page.evaluate("text => gk.board.digest(JSON.parse(text))", edit.line()) == edit.hash


def town():
    """Two communities of a synthetic city, three of four atoms in a grid."""
    rows, edges = [], []
    for at, code in enumerate((WEST, EAST)):
        world = community(at + 3, (34, 38), households=(9000, 15000))
        ids = [f"{code}-{i:03d}" for i in range(len(world.shapes))]
        for i, shape in enumerate(world.shapes):
            size, moved = (
                int(world.households[i]),
                shapely.transform(shape, lambda p, at=at: p + np.array([500_000 + 1200 * at, 2_940_000])),
            )
            rows.append(
                (ids[i], code, "compound" if size else "land", ids[i] if size else "", "", size, 2 * size, True, moved)
            )
        edges += [(ids[a], ids[b], length / 100, 0.0) for a, b, length, _ in world.edges]
    frame = pd.DataFrame(rows, columns=["atom", *ATOM_COLUMNS]).set_index("atom").sort_index()
    whole = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4545")
    atoms = Atoms(whole, pd.DataFrame(edges, columns=list(EDGE_COLUMNS)).sort_values(["a", "b"], ignore_index=True))
    grids = {}
    for i, atom in enumerate(whole.index):
        if i % 4:
            grids.setdefault(f"g{atom[:12]}{i // 8:02d}", []).append(atom)
    return plan_of(atoms, grids, code={"g" + WEST + "00": WEST + "001"})


@pytest.fixture(scope="module")
def long(page):
    base = town()
    page.evaluate("said => { window.one = boardTest.session(said, 500, 20261120); }", document(base))
    names = ("text", "facts", "assignment", "ops", "figures")
    return base, page.evaluate(f"() => ({{ {', '.join(f'{name}: one.{name}' for name in names)} }})")


def test_a_long_session_is_replayed_to_the_same_plan(page, long, tmp_path):
    base, found = long
    path = tmp_path / "edits.jsonl"
    path.write_text(found["text"], encoding="utf-8", newline="\n")
    log = read_edits(path)
    plan = replay(base, log)
    assert len(log) == 500
    assert set(found["ops"]) == {*ARGUMENTS, "redo"}
    assert found["ops"]["cut"] > 15
    there = facts(plan)
    for what in ("members", "unassigned", "locked", "atoms"):
        mine = there[what]
        if what == "atoms":
            mine = {
                atom: {key: row[key] for key in ("households", "persons", "kind", "compound")}
                for atom, row in mine.items()
            }
        assert mine == found["facts"][what], what
    rows = {
        uid: {key: value for key, value in row.items() if key != "uid"} for uid, row in found["facts"]["rows"].items()
    }
    assert rows == there["rows"]
    # the same neighbours, so that both say the same of what hangs together
    sums = totals(plan)
    for uid, said in found["figures"].items():
        assert [said[key] for key in ("atoms", "households", "persons", "pieces", "outside", "unknown")] == [
            sums[key][uid] for key in ("atoms", "households", "persons", "pieces", "outside", "unknown")
        ]
        if said["atoms"]:
            assert said["compactness"] == pytest.approx(sums["compactness"][uid], rel=0.02)
    assert "13900000000" not in found["text"]
    # the table that the page writes is the one of a plan folder
    table = tmp_path / "assignment.csv"
    write_assignment(shown(plan), table)
    assert table.read_bytes().decode() == found["assignment"]
    # the log as Python writes it, opened at its base: the same plan, and its bytes again
    write_edits(log, path)
    assert path.read_bytes().decode() == found["text"]
    again = page.evaluate(
        "said => { const one = gk.board.session(gk.inflate(said), {});"
        " return [one.save(), boardTest.facts(one.state), one.assignment()]; }",
        packed(document(base, log)),
    )
    assert again == [found["text"], found["facts"], found["assignment"]]
    read = read_assignment(table, atoms=list(plan.atoms.frame.index), grids=[*plan.grids.index, *plan.grids["code"]])
    assert read.to_dict() == shown(plan).to_dict()
    # all of it is undone to the base, and made again
    undone, bare, same, lines = page.evaluate(
        "() => { const s = one.session, first = boardTest.facts(s.state); let n = 0;"
        " while (s.canUndo) { s.undo(); n++; } const bare = boardTest.facts(s.state);"
        " while (s.canRedo) s.redo(); const last = boardTest.facts(s.state);"
        " const sizes = f => Object.values(f.members).map(m => m.join()).sort().join(';');"
        " return [n, bare, sizes(first) === sizes(last), s.lines.length]; }"
    )
    assert bare["members"] == facts(base)["members"]
    assert bare["near"].keys() == facts(base)["near"].keys()
    assert same
    assert lines == 500 + 2 * undone


# ---- what comes from outside


def session(page, said, script, *more):
    """Return what a script makes of a new session ``s`` on a document."""
    return page.evaluate(
        f"([said, ...more]) => {{ const s = gk.board.session(said, {{now: boardTest.clock, user: 'u'}}); {script} }}",
        [said, *more],
    )


def made(plan, *steps, **said):
    log = start(plan)
    for op, args in steps:
        plan, log = add(plan, log, op, args, **said)
    return plan, log


LINE = [[500_020.125, 2_939_900], [500_080.5, 2_940_200]]


def test_a_log_of_python_is_opened_and_loaded(page):
    """Among its lines is a cut whose households are not stated: Python's shares count."""
    case = dict(cases())["cut: a compound above the band, west first"]
    base = plan_of_case(case)
    plan, log = made(
        base, ("cut", {"atom": "A11", "lines": [LINE], "households": []}),
        ("split", {"grid": "g1", "parts": [["A11~1"], ["A11~2", "A12"]]}), ("rename", {"grid": "g2", "name": "二"}),
        user="甲", time="2026-01-02T03:04:05", reason="会议", doc_no="〔2026〕1号",
    )  # fmt: skip
    text = "".join(edit.line() + "\r\n" for edit in log.edits)
    opened = session(page, document(base, log), "return [boardTest.facts(s.state), s.save()]")
    assert opened[0]["members"] == facts(plan)["members"]
    assert opened[0]["atoms"]["A11~1"]["households"] == plan.atoms.frame["households"]["A11~1"]
    assert opened[1] == text.replace("\r", "")
    # loaded into a page that has some lines of its own: refused as a whole where the page cannot be sure, else taken
    script = """
        s.do("lock", {}); const before = s.save(), dry = boardTest.refusal(() => s.load(more[0]));
        const kept = s.save() === before && s.state.grids.get("g1").locked;
        const told = s.load("\ufeff" + more[1], {dry: true}), still = s.save() === before;
        return [dry, kept, told, still, s.load(more[1]), s.save(), boardTest.facts(s.state).members, s.canRedo]"""
    rest, other = made(base, *[(edit.op, dict(edit.args)) for edit in log.edits[2:]])
    short = "\n" + other.edits[0].line()
    found = session(page, document(base), script, text, short)
    assert found[:4] == [["file", 1, "refused"], True, {"edits": 1, "standing": 1, "dropped": 1}, True]
    assert found[4:6] == [{"edits": 1, "standing": 1, "dropped": 1}, other.edits[0].line() + "\n"]
    assert found[6] == facts(rest)["members"]
    assert found[7] is False


def some_cut(draw, plan):
    """Return a cut of an atom that may be cut, along one or two lines through it."""
    frame = plan.atoms.frame
    some = frame.loc[(frame["kind"] == "land") | ((frame["kind"] != "exclusive") & (frame["households"] > 500))]
    atom = draw.choice(list(some.index))
    x0, y0, x1, y1 = some.geometry[atom].bounds
    lines = [
        [[draw.uniform(x0, x1), y0 - 5], [draw.uniform(x0, x1), y1 + 5]],
        [[x0 - 5, draw.uniform(y0, y1)], [x1 + 5, draw.uniform(y0, y1)]],
    ]
    lines = [[[round(x, 3), round(y, 3)] for x, y in line] for line in draw.sample(lines, draw.randint(1, 2))]
    return "cut", {"atom": atom, "lines": lines, "households": []}


def test_any_log_of_python_opens_as_the_same_plan(page):
    """Cuts without stated households, in many pieces, with slivers: what Python made of them counts."""
    sizes = {"sizes": [[900, 0, 200, 800], [200, 200, 0, 200]], "grids": {
        "g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]}}  # fmt: skip
    base, wanted, told = plan_of_case({"plan": sizes}), [], []
    corner = [[500_000 - 1, 2_940_001.5], [500_001.5, 2_940_000 - 1]]
    for seed in range(12):
        draw, plan, log = random.Random(seed), base, start(base)
        if seed == 0:
            plan, log = add(plan, log, "cut", {"atom": "A11", "lines": [LINE, corner], "households": []})
            assert len(plan.atoms) == len(base.atoms) + 1
        for _ in range(14):
            if len(log) and draw.random() < 0.15 and effective(log):
                plan, log = undo(base, log)
                continue
            try:
                plan, log = add(plan, log, *(some_cut(draw, plan) if draw.random() < 0.4 else some_edit(draw, plan)))
            except UsageError:
                continue
        wanted.append(facts(plan))
        told.append([document(base, log), [edit.digest() for edit in log.edits]])
    assert sum(len(one[0].get("cuts", {})) for one in told) > 20
    script = """all => all.map(one => { const s = gk.board.session(one[0], {}), f = boardTest.facts(s.state);
        return [s.lines.every((edit, i) => gk.board.digest(edit) === one[1][i]), f]; })"""
    for mine, (same, found) in zip(wanted, page.evaluate(script, told), strict=True):
        assert same
        assert [found[what] for what in ("members", "unassigned", "locked")] == [
            mine[what] for what in ("members", "unassigned", "locked")
        ]
        assert {atom: row["households"] for atom, row in found["atoms"].items()} == {
            atom: row["households"] for atom, row in mine["atoms"].items()
        }
        for atom, near in mine["near"].items():
            assert {other for other, length in near.items() if length > 1} == {
                other for other, length in found["near"][atom].items() if length > 1
            }


HOSTILE = {
    "tampered": (lambda a, b, c: [a, b.replace("A12", "A11"), c], ["file", 2, "changed"]),
    "left out": (lambda a, b, c: [a, c], ["file", 2, "follows"]),
    "moved": (lambda a, b, c: [b, a], ["file", 1, "follows"]),
    "twice": (lambda a, b, c: [a, a], ["file", 2, "follows"]),
    "no JSON": (lambda a, b, c: [a, b[:-3], c], ["file", 2, "json"]),
    "half a line after a crash": (lambda a, b, c: [a, b, c[: len(c) // 2]], ["file", 3, "json"]),
    "a list": (lambda a, b, c: ["[]"], ["file", 1, "object"]),
    "null": (lambda a, b, c: ["null"], ["file", 1, "object"]),
    "a field too many": (lambda a, b, c: [a[:-1] + ',"x":1}'], ["file", 1, "unknown"]),
    "the prototype": (lambda a, b, c: [a[:-1] + ',"__proto__":{"x":1}}'], ["file", 1, "unknown"]),
    "a field too few": (lambda a, b, c: [a.replace('"doc_no":"",', "")], ["file", 1, "missing"]),
    "a text for a number": (lambda a, b, c: [a.replace('"seq":1', '"seq":"1"')], ["file", 1, "type"]),
    "no operation": (lambda a, b, c: [a.replace('"op":"move"', '"op":"toString"')], ["file", 1, "op"]),
    "no number": (lambda a, b, c: [a.replace('"to":"g2"', '"to":1e999')], ["file", 1, "json"]),
    "NaN": (lambda a, b, c: [a.replace('"to":"g2"', '"to":NaN')], ["file", 1, "json"]),
    "half a character": (lambda a, b, c: [a.replace('"reason":""', '"reason":"\\ud83d"')], ["file", 1, "half"]),
    "deep": (lambda a, b, c: [a.replace('"to":"g2"', '"to":' + "[" * 5000 + "]" * 5000)], ["file", 1, "json"]),
    "another base": (lambda a, b, c: [a.replace('"base":"', '"base":"0')], ["other_base", 0, ""]),
    "nothing": (lambda a, b, c: ["", " "], ["empty", 0, ""]),
    "a web page": (lambda a, b, c: ["<!doctype html>", "<p>"], ["file", 1, "json"]),
}


def test_hostile_logs_are_refused_by_line(page):
    base = usual()
    _, log = made(
        base, *[("move", {"atoms": ["A12"], "to": "g2"}), ("move", {"atoms": ["A12"], "to": "g1"}), ("lock", {})]
    )
    lines = [edit.line() for edit in log.edits]
    bad = log.edits[0].__class__(1, "", "", "undo", {"seq": 7}, "", "", base.base, base.base).sealed()
    locked = (
        log.edits[0].__class__(4, "", "", "move", {"atoms": ["A11"], "to": "g2"}, "", "", base.base, log.head).sealed()
    )
    texts = ["\n".join(forge(*lines)) for forge, _ in HOSTILE.values()] + [
        bad.line(),
        "\n".join([*lines, locked.line()]),
    ]
    script = """
        s.do("rename", {grid: "g1", name: "a"}); const before = s.save();
        return more[0].map(text =>
          [boardTest.refusal(() => s.load(text)), s.save() === before, s.state.grids.get("g1").name])"""
    found = session(page, document(base), script, texts)
    wanted = [said for _, said in HOSTILE.values()] + [["file", 1, "order"], ["file", 4, "refused"]]
    assert dict(zip([*HOSTILE, "order", "locked"], found, strict=True)) == {
        name: [said, True, "a"] for name, said in zip([*HOSTILE, "order", "locked"], wanted, strict=True)
    }


TABLES = {
    "ours": ("atom_id,grid_code\nA11,g2\nA12,g1\n", {"edits": 1, "atoms": 1, "fresh": 0, "missing": 6, "same": 1}),
    "codes, quotes, a mark": (
        '\ufeffATOM_ID ,"Grid_Code"\r\n"A11","520100001001002"\r\n',
        {"edits": 1, "atoms": 1, "fresh": 0, "missing": 7, "same": 0},
    ),
    "Districtr, semicolons": (
        "zone;note;geo_id\ng2;x;A11\n;;A12\n",
        {"edits": 3, "atoms": 2, "fresh": 0, "missing": 6, "same": 0},
    ),
    "no header": ("A13\tg4\nA14\tg4\n", {"edits": 2, "atoms": 2, "fresh": 0, "missing": 6, "same": 0}),
    "a grid that is new": (
        'atom,grid\nA11,"新, ""一"""\nA12,"新, ""一"""\n',
        {"edits": 3, "atoms": 2, "fresh": 1, "missing": 6, "same": 0},
    ),
    "scientific": ("atom_id,grid_code\nA11,g2\nA12,5.22601E+14\n", ["table", 3, "scientific"]),
    "rounded": ("atom_id,grid_code\nA11,520100001001002000\n", ["table", 2, "scientific"]),
    "zeros": ("atom_id,grid_code\nA13,52\n", ["table", 2, "zeros"]),
    "no atom": ("atom_id,grid_code\nB7,g2\n", ["table", 2, "no_atom"]),
    "no name": ("atom_id,grid_code\n,g2\n", ["table", 2, "atom"]),
    "twice": ("atom_id,grid_code\nA11,g2\nA11,g1\n", ["table", 3, "twice"]),
    "communities": ("atom_id,grid_code\nA11,g3\n", ["table", 2, "communities"]),
    "header": ("a,b,c\n1,2,3\n", ["table", 1, "header"]),
    "cells": ("atom_id,grid_code\nA11\n", ["table", 2, "cells"]),
    "open quote": ('atom_id,grid_code\n"A11,g2\n', ["table", 3, "quote"]),
    "empty": ("atom_id,grid_code\n", ["empty", 0, ""]),
}


def test_tables_become_edits(page, tmp_path):
    base = plan_of_case({"plan": {"sizes": [[200] * 4] * 2, "grids": {
        "g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]},
        "columns": {"code": {"g2": "520100001001002", "g3": "052"}}}})  # fmt: skip
    script = """
        let told = null; const why = boardTest.refusal(() => { told = s.loadAssignment(more[0], {reason: "r"}); });
        return [why || told, s.save(), s.assignment()]"""
    for name, (text, wanted) in TABLES.items():
        found = session(page, document(base), script, text)
        assert found[0] == wanted, name
        assert isinstance(wanted, dict) or not found[1], name
        path = tmp_path / "edits.jsonl"
        path.write_text(found[1], encoding="utf-8", newline="\n")
        plan = replay(base, read_edits(path, base=base.base))
        write_assignment(shown(plan), tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_bytes().decode() == found[2], name
    assert "g1" not in session(
        page, document(base), "s.loadAssignment('A11,g2\\nA12,g2'); return [...s.state.grids.keys()]"
    )
    refused = session(
        page, document(base), "s.do('lock', {grid: 'g2'}); return boardTest.refusal(() => s.loadAssignment('A11,g2'))"
    )
    assert refused == ["table", 1, "locked"]


def test_halves_hang_together_and_fit_the_band(page):
    """A community of 1,600 in one grid: halves of 400 each, again and again; a line parts it by its sides."""
    base = plan_of(town_of_squares(), {"g1": [f"A{y}{x}" for y in (1, 2, 3, 4) for x in (1, 2, 3, 4)]})
    script = """
        const out = [], b = gk.board;
        for (let round = 0; round < 2; round++) for (const uid of [...s.state.grids.keys()]) {
          const found = b.splitInTwo(s.state, uid);
          out.push([JSON.stringify(found) === JSON.stringify(b.splitInTwo(s.state, uid)), found.parts.length]);
          s.do("split", {grid: uid, parts: found.parts});
        }
        const grids = [...s.state.grids.keys()].map(uid => s.totals(uid));
        s.do("merge", {grids: [...s.state.grids.keys()], into: "g1"});
        const o = s.state.origin, line = b.splitLine(s.state, "g1", [[o[0] + 190, o[1]], [o[0] + 190, o[1] + 50]]);
        const at = (x, y) => [o[0] + x, o[1] + y];
        const bend = b.splitLine(s.state, "g1", [at(110, 500), at(110, 190), at(500, 190)]);
        const missed = boardTest.refusal(() => b.splitLine(s.state, "g1", [at(990, 0), at(990, 50)]));
        return [out, grids, line, bend, missed]"""
    out, grids, line, bend, missed = session(page, document(base), script)
    assert out == [[True, 2]] * 3
    assert [(one["pieces"], one["outside"], one["households"]) for one in grids] == [(1, 0, 400)] * 4
    assert sorted(map(len, line["parts"])) == [8, 8]
    assert line["strays"] == 0
    assert sorted(map(len, bend["parts"])) == [6, 10]
    assert missed[0] == "split_misses"


def town_of_squares():
    """Sixteen squares of 100 m in one community."""
    rows = [
        (
            f"A{y}{x}",
            WEST,
            "compound",
            f"A{y}{x}",
            "",
            100,
            300,
            True,
            shapely.box(100 * x, -100 * y, 100 * x + 100, 100 - 100 * y),
        )
        for y in (1, 2, 3, 4)
        for x in (1, 2, 3, 4)
    ]
    frame = pd.DataFrame(rows, columns=["atom", *ATOM_COLUMNS]).set_index("atom").sort_index()
    whole = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4545")
    return Atoms(whole, edges_of(whole, EMPTY))


def test_problems_and_changes_against_the_filed_plan(page):
    script = """
        s.do("move", {atoms: ["A11", "A12"], to: ""}); s.do("move", {atoms: ["A22"], to: "g2"});
        s.do("new", {community: more[0], kind: "comprehensive", atoms: ["A13"]}); s.do("lock", {grid: "g4"});
        const uid = s.state.grid[s.state.atomAt.get("A13")];
        return [s.problems().map(one => [one.code, one.uid === uid ? "new" : one.uid, one.n]), s.pending().map(one =>
          [one.uid === uid ? "new" : one.uid, one.status, one.households_in, one.households_out]), s.moved(), s.city(),
          s.community(more[1])]"""
    problems, pending, moved, city, west = session(page, document(usual()), script, EAST, WEST)
    land = ["unassigned", "", 200]
    assert sorted(problems) == sorted([land, land, ["empty", "g1", 0], ["below", "g3", 100], ["below", "new", 100]])
    assert sorted(pending) == sorted([["g1", "changed", 0, 400], ["g3", "changed", 0, 200], ["new", "new", 200, 0]])
    assert moved == {"atoms": 3, "households": 600, "persons": 1800}
    assert (city["grids"], city["judged"], city["in_band"], city["below"], city["locked"], city["households"]) == (
        5,
        4,
        2,
        2,
        1,
        1600,
    )
    assert (west["empty"], west["unassigned"], west["unassigned_households"], west["contiguous"]) == (1, 2, 400, 1)
