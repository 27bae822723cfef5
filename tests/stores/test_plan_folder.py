"""Plan folders: what is written is read again, the same bytes each time, and no change by hand goes unseen."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
import shapely

from gridkit.errors import InputError, OutputError
from gridkit.grids.lineage import issue_codes
from gridkit.grids.propose import REPORT_COLUMNS
from gridkit.grids.replay import add, undo
from gridkit.locale import speaking
from gridkit.model.plan import Norm, Plan
from gridkit.stores.plan_folder import Stored, open_plan, plan_of, read_plan, write_plan
from tests.grids.plans import WEST, atoms_of
from tests.grids.plans import plan_of as drawn


def coded():
    atoms = atoms_of(((900, 200, 200, 200), (200, 200, 200, 0)))
    plan = drawn(atoms, {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]})
    plan = Plan(plan.atoms, plan.assignment, plan.grids, Norm(300, 500), {WEST: Norm(100, 600)})
    plan, lineage = issue_codes(plan, date="2024-06-30", doc_no="贺政办〔2024〕1号")
    return plan_of(plan, ledger=lineage.ledger)


def edited():
    stored = coded()
    plan, log = add(stored.plan, stored.log, "move", {"atoms": ["A21"], "to": "g1"}, user="甲", reason="道路")
    plan, log = add(plan, log, "rename", {"grid": "g2", "name": '东门, "二"\n网格'})
    line = [[500_020.0, 2_939_990.0], [500_020.0, 2_940_110.0]]
    plan, log = add(plan, log, "cut", {"atom": "A11", "lines": [line], "households": []})
    return Stored(plan, stored.base, log, stored.ledger)


def proposed():
    stored = edited()
    row = ("c", 8, 2300, 4, 3, 1400, 1500, "optimal", "0", "1", "too_large=1", "")
    report = pd.DataFrame([row], columns=list(REPORT_COLUMNS), dtype="object")
    grids = stored.base.grids.assign(name="旧")
    return replace(stored, before=replace(stored.base, grids=grids), report=report, communities={WEST: "东门社区"})


@pytest.mark.parametrize("make", [coded, edited, proposed])
def test_round_trip_and_the_same_bytes(tmp_path, make):
    stored = make()
    write_plan(stored, tmp_path / "a", inputs={"c.gpkg": "0" * 64})
    back = open_plan(tmp_path / "a")
    assert back.plan.base == stored.plan.base
    assert back.log == stored.log
    assert back.base.base == stored.base.base
    assert back.plan.norm_of(WEST) == stored.plan.norm_of(WEST)
    assert shapely.equals_identical(back.plan.atoms.frame.geometry, stored.plan.atoms.frame.geometry).all()
    pd.testing.assert_frame_equal(back.plan.atoms.edges, stored.plan.atoms.edges, check_dtype=False)
    pd.testing.assert_frame_equal(back.ledger, stored.ledger, check_dtype=False)
    pd.testing.assert_frame_equal(
        back.plan.grids, stored.plan.grids, check_dtype=False, check_names=False, check_index_type=False
    )
    assert (back.before is None) == (stored.before is None)
    if back.before is not None:
        assert back.before.base == stored.before.base
        assert back.held is back.before
        assert back.communities == stored.communities
        assert not (tmp_path / "a/before/atoms.gpkg").exists()  # they are those of the base
    write_plan(back, tmp_path / "b")
    files = sorted(file.relative_to(tmp_path / "a") for file in (tmp_path / "a").rglob("*") if file.is_file())
    assert [(tmp_path / "a" / file).read_bytes() for file in files] == [
        (tmp_path / "b" / file).read_bytes() for file in files
    ]
    assert {"inputs", "norm", "base", "versions", "files"} <= set(
        json.loads((tmp_path / "a/plan.json").read_text("utf-8"))
    )


def test_a_plan_is_written_over_and_undone(tmp_path):
    stored = edited()
    write_plan(stored, tmp_path / "a")
    plan, log = undo(stored.base, stored.log)
    write_plan(Stored(plan, stored.base, log, stored.ledger), tmp_path / "a")
    plan, log, ledger = read_plan(tmp_path / "a")
    assert (len(log), log.edits[-1].op, len(plan.atoms), len(ledger)) == (4, "undo", 8, 4)


def test_an_assignment_changed_by_hand_is_a_new_base(tmp_path):
    write_plan(proposed(), tmp_path / "a")
    file = tmp_path / "a" / "assignment.csv"
    lines = file.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("A23,"))
    lines[at] = "A23,新网格"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stored = open_plan(tmp_path / "a")
    assert list(stored.changed) == ["assignment.csv"]
    assert len(stored.log) == 0
    assert stored.log.base == stored.plan.base
    assert "new base" in stored.notes[0]
    assert stored.plan.grids["name"][stored.plan.assignment["A23"]] == "新网格"
    write_plan(stored, tmp_path / "a")
    again = open_plan(tmp_path / "a")
    assert again.changed == {}
    assert again.held.base == proposed().before.base  # it held until now, whatever was changed by hand
    assert again.report is None  # nothing is proven of what was changed by hand


@pytest.mark.parametrize(
    "name", ["atoms.gpkg", "grids.csv", "ledger.csv", "edits.jsonl", "base/grids.csv", "before/grids.csv", "report.csv"]
)
def test_other_changes_are_refused(tmp_path, name):
    write_plan(proposed(), tmp_path / "a")
    (tmp_path / "a" / name).write_bytes((tmp_path / "a" / name).read_bytes() + b"\n")
    with pytest.raises(InputError, match="was changed after it was written"):
        open_plan(tmp_path / "a")
    with pytest.raises(OutputError):
        write_plan(coded(), tmp_path / "a")
    (tmp_path / "a" / name).unlink()
    with pytest.raises(InputError, match="is not there"):
        open_plan(tmp_path / "a")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 9}', '{"format": 2}', '{"format": 2, "norm": 3}'])
def test_a_document_that_is_none(tmp_path, text):
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        open_plan(tmp_path)


def test_a_band_that_was_tampered_with_is_told_in_the_language_of_the_reader(tmp_path):
    write_plan(coded(), tmp_path / "a")
    file = tmp_path / "a" / "plan.json"
    file.write_text(file.read_text("utf-8").replace('"low": 300', '"low": 900'), encoding="utf-8")
    with speaking("zh"), pytest.raises(InputError) as caught:
        open_plan(tmp_path / "a")
    with speaking("zh"):
        assert "900:700:500 (households) 不是规模范围" in str(caught.value)


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="no folder of a plan"):
        open_plan(tmp_path / "none")


def test_a_damaged_table_by_a_spreadsheet(tmp_path):
    write_plan(coded(), tmp_path / "a")
    file = tmp_path / "a" / "assignment.csv"
    file.write_text(file.read_text("utf-8").replace(WEST + "001", "5.20100E+14"), encoding="utf-8")
    with pytest.raises(InputError, match=r"assignment.csv:2: 5.20100E\+14 has lost its digits"):
        open_plan(tmp_path / "a")
