"""The filing of a plan: codes, relations, change log, findings, registries; hostile texts; equal bytes."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace

import openpyxl
import pandas as pd
import pyogrio
import pytest

from gridkit import filing as package
from gridkit.errors import OutputError, TableError, UsageError
from gridkit.grids.lineage import issue_codes
from gridkit.grids.replay import add, start
from gridkit.io.edits import read_edits
from gridkit.io.referring import read_referring
from gridkit.locale import speaking
from gridkit.maps import GridMap
from gridkit.model.plan import Atoms, Edit, Plan
from gridkit.reports.filing import Terms, community_rows, make_filing, outside_rows, refusals
from gridkit.reports.filing_sheets import change_table, code_rows, decision_table, relation_rows, write_filing_xlsx
from gridkit.reports.filing_words import edit_words
from tests.grids.plans import EAST, WEST, atoms_of, plan_of, usual

HOSTILE = [
    '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "<script>alert(1)</script>", "长" * 10_000, "a\x00b",
    "{{7*7}}", "x\r\ny",
]  # fmt: skip
TERMS = Terms(date="2026-02-01", doc_no="No. 8")
HELD = hasattr(GridMap, "add_level")


def before_and_after():
    """Return four grids of two squares; then A12 goes from g1 to g2, which was g2 = A21, A22."""
    old, lineage = issue_codes(usual(), date="2025-01-01", doc_no="No. 1")
    new, log = add(old, start(old), "move", {"atoms": ["A12"], "to": "g2"}, user="gis", time="2026-01-05T09:00:00",
                   reason="by request", doc_no="No. 3")  # fmt: skip
    return old, lineage, new, log


def filed(**more):
    old, lineage, new, log = before_and_after()
    return make_filing(new, before=old, ledger=lineage.ledger, log=log, terms=TERMS, **more)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def save(filing, folder, *, maps=False, **more):
    return package.save_filing(filing, folder, maps=maps and HELD, **more)


def test_codes_go_on_by_majority_and_are_sorted():
    # g1 keeps A11 (200 of 400 households, not more than half: a new code); g2 keeps all its 400 in 600
    rows = code_rows(filed())
    assert [(row[0], row[4]) for row in rows] == [
        (WEST + "002", 600), (WEST + "003", 200), (EAST + "001", 400), (EAST + "002", 400),
    ]  # fmt: skip
    assert rows[1][7] == "2026-02-01"
    assert rows[0][7] == "2025-01-01"


def test_codes_of_the_plan_before_are_never_issued_again_without_a_ledger():
    old, _, new, log = before_and_after()
    filing = make_filing(new, before=old, log=log, terms=TERMS)
    assert [row[0][-3:] for row in code_rows(filing)][:2] == ["002", "003"]
    assert filing.lineage.ledger.set_index("code")["status"][WEST + "001"] == "retired"


def test_relations_name_codes_and_weights():
    rows = {(row["grid_old"], row["grid_new"]): row for row in relation_rows(filed())}
    assert rows[WEST + "001", WEST + "002"]["weight"] == rows[WEST + "001", WEST + "003"]["weight"] == 0.5
    assert rows[WEST + "002", WEST + "002"]["relation"] == "boundary"
    assert rows[EAST + "001", EAST + "001"]["relation"] == "unchanged"


def test_the_cover_counts_by_community():
    rows = community_rows(filed())
    keys = ("community", "drawn", "least", "mean", "most", "inside")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (WEST, 2, 200, 400.0, 600, 0), (EAST, 2, 400, 400.0, 400, 2), ("", 4, 200, 400.0, 600, 2),
    ]  # fmt: skip


def test_why_a_grid_lies_outside_the_band():
    low, high = (row["why"] for row in outside_rows(filed()))
    assert low == high == "edit 1: by request; document No. 3"
    atoms = atoms_of(((700, 100, 100, 100),))
    rows = outside_rows(make_filing(plan_of(atoms, {"a": ["A11"], "b": ["A12"], "c": ["A13", "A14"]}), terms=TERMS))
    assert [row["why"] for row in rows] == [
        "one compound alone has 700, above the limit, and is kept whole",
        "no reason on record",
        "the whole community has 200, fewer than one grid needs",
    ]


def test_edits_in_words():
    filing = filed()
    assert change_table(filing).frame["what"].tolist() == [f"1 pieces of land moved to {WEST}002"]


@pytest.mark.parametrize(("op", "args", "said"), [
    ("move", {"atoms": ["A12"], "to": ""}, "1 pieces of land taken out of their grids"),
    ("merge", {"grids": ["g1", "g2"], "into": "g1"}, "2 grids merged into"),
    ("cut", {"atom": "A15", "lines": [[[0, 0], [1, 1]]], "households": []}, "A15 cut into 2 pieces along 1 lines"),
    ("new", {"community": WEST, "kind": "basic", "atoms": ["A12"]}, f"new grid in community {WEST} of 1 pieces"),
    ("retire", {"grid": "g9"}, "g9 retired"),
    ("undo", {"seq": 1}, "edit 1 undone"),
    ("split", {"grid": "g1", "parts": [["A11"], ["A12"]]}, "split into 2 parts"),
    ("set_kind", {"grid": "g1", "kind": "basic"}, "made a basic grid"),
    ("lock", {}, "every grid locked"),
    ("lock", {"community": WEST}, f"every grid of community {WEST} locked"),
    ("rename", {"grid": "g1", "name": "=1+1"}, "named =1+1"),
])  # fmt: skip
def test_every_operation_has_words(op, args, said):
    edit = Edit(1, "", "", op, args, "", "", "", "")
    filing = make_filing(usual(), terms=TERMS)
    with speaking("en"):
        assert said in edit_words(edit, filing.called)


def test_a_registry_is_carried_over_without_persons(tmp_path):
    path = tmp_path / "staff.csv"
    lines = [f"王小明,网格员,{WEST}001,3", f"李秀英,网格员,{WEST}002,4", f"张伟,网格长,{EAST}001,5", "刘洋,网格员,77,6"]
    path.write_text("姓名,岗位,网格编码,户数\n" + "\n".join(lines), encoding="utf-8")
    tables = read_referring(path, "网格编码")
    assert tables[0].headers == ("岗位", "网格编码", "户数")
    assert tables[0].dropped == ("姓名",)
    filing = filed(registries=tables)
    assert filing.registries[0].homes["outcome"].tolist() == ["decide", "same", "same", "unknown"]
    decisions = decision_table(filing).frame
    assert decisions["row"].tolist() == [2, 5]
    assert decisions["candidates"][0] == f"{WEST}003 50.0%; {WEST}002 50.0%"
    folder = save(filing, tmp_path / "out")
    rows = rows_of(folder / "registries" / "staff.csv")
    assert [row["网格编码"] for row in rows] == [WEST + "001", WEST + "002", EAST + "001", "77"]
    assert list(rows[0].values())[3] == WEST + "001"
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert "王小明".encode() not in everything


def test_a_registry_as_workbook_with_two_sheets(tmp_path):
    book = openpyxl.Workbook()
    for number, name in enumerate(("甲", "乙")):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = name
        sheet.append(["统计表"])
        sheet.append(["网格 编码", "户数"])
        sheet.append([f"{WEST}00{number + 1}", 7])
    book.save(tmp_path / "r.xlsx")
    tables = read_referring(tmp_path / "r.xlsx", "网格编码")
    assert [(one.name, one.rows) for one in tables] == [("r.xlsx!甲", (3,)), ("r.xlsx!乙", (3,))]
    folder = save(filed(registries=tables), tmp_path / "out")
    assert len(openpyxl.load_workbook(folder / "registries" / "r.xlsx").sheetnames) == 2


def test_no_such_column(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(TableError, match="网格编码"):
        read_referring(tmp_path / "a.csv", "网格编码")


def test_registries_need_a_plan_before(tmp_path):
    (tmp_path / "a.csv").write_text(f"c,n\n{WEST}001,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="earlier plan"):
        make_filing(usual(), registries=read_referring(tmp_path / "a.csv", "c"), terms=TERMS)


def test_errors_refuse_all_but_a_draft(tmp_path):
    plan = plan_of(atoms_of(), {"g1": ["A11", "A12"], "g2": ["A21"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]})
    filing = make_filing(plan, terms=TERMS)
    assert [text[:4] for text in refusals(filing)] == ["G101"]
    with pytest.raises(UsageError, match="1 errors"):
        save(filing, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    folder = save(replace(filing, terms=replace(TERMS, draft=True)), tmp_path / "out")
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["draft"]


def test_codes_damaged_by_a_spreadsheet_program_are_refused():
    plan = plan_of(atoms_of(), {"g1": ["A11", "A12", "A21", "A22"], "g2": ["A13", "A14", "A23", "A24"]},
                   code={"g1": "5.20E+14"})  # fmt: skip
    assert any(text.startswith("G106") for text in refusals(make_filing(plan, terms=TERMS)))


def hostile():
    """Return a plan whose names are hostile, one after another."""
    atoms = atoms_of(((400,) * len(HOSTILE),))
    grids = {f"g{at}": [name] for at, name in enumerate(atoms.frame.index)}
    plan = plan_of(atoms, grids, name={f"g{at}": text for at, text in enumerate(HOSTILE)})
    frame = atoms.frame.assign(name=HOSTILE)
    return Plan(Atoms(frame, atoms.edges), plan.assignment, plan.grids, plan.norm)


def test_hostile_names_stay_texts(tmp_path):
    folder = save(make_filing(hostile(), terms=TERMS), tmp_path / "out")
    book = openpyxl.load_workbook(folder / "filing.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    names = [row["name"] for row in rows_of(folder / "codes.csv")]
    assert len(names) == len(HOSTILE)
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)
    grids = pyogrio.read_dataframe(folder / "grids.gpkg", layer="grids")
    assert set(grids["name"]) >= {HOSTILE[0], HOSTILE[4], HOSTILE[5]}


def test_the_workbook_holds_codes_as_text(tmp_path):
    with speaking("zh"):
        write_filing_xlsx(filed(), tmp_path / "f.xlsx")
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    assert len(book.sheetnames) == 6
    codes = [row[0] for row in book.worksheets[1].iter_rows(min_row=2)]
    assert [cell.value for cell in codes][:2] == [WEST + "002", WEST + "003"]
    assert {cell.data_type for cell in codes} <= {"s", "inlineStr"}
    assert book.worksheets[2]["I2"].number_format.endswith("%")


def test_the_geopackage_is_in_the_system_of_the_city(tmp_path):
    folder = save(filed(), tmp_path / "out")
    layers = {
        name: pyogrio.read_dataframe(folder / "grids.gpkg", layer=name)
        for name, _ in pyogrio.list_layers(folder / "grids.gpkg")
    }
    assert {name: len(frame) for name, frame in layers.items()} == {"grids": 4, "atoms": 8, "communities": 2}
    grids = layers["grids"]
    assert grids.crs.to_epsg() == 4545
    assert grids["code"].tolist() == [row[0] for row in code_rows(filed())]
    assert grids.geometry.area.round().tolist() == [30_000, 10_000, 20_000, 20_000]
    assert grids.geometry.union_all().area == pytest.approx(layers["atoms"].geometry.area.sum())
    assert layers["communities"]["grids"].tolist() == [2, 2]


def test_the_manifest_has_the_hash_of_every_file(tmp_path):
    extra = tmp_path / "plan.json"
    extra.write_text("{}")
    folder = save(filed(), tmp_path / "out", inputs={"plan.json": extra})
    stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert stated["inputs"]["plan.json"] == hashlib.sha256(b"{}").hexdigest()
    for name, digest in stated["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert {*stated["files"], "manifest.json"} == {
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    }
    assert package.verify_filing(folder) == []
    (folder / "codes.csv").write_text("x")
    (folder / "new.txt").write_text("x")
    (folder / "ledger.csv").unlink()
    assert package.verify_filing(folder) == [("codes.csv", "changed"), ("ledger.csv", "missing"), ("new.txt", "new")]
    with pytest.raises(OutputError):
        save(filed(), folder)


def test_equal_bytes_twice_and_with_shuffled_rows(tmp_path):
    old, lineage, new, log = before_and_after()
    turned = []
    for plan in (old, new):
        grids = plan.grids.sample(frac=1, random_state=1)
        edges = plan.atoms.edges.sample(frac=1, random_state=1)
        turned.append(Plan(Atoms(plan.atoms.frame, edges), plan.assignment, grids.sort_index(), plan.norm))
    one = save(make_filing(new, before=old, ledger=lineage.ledger, log=log, terms=TERMS), tmp_path / "one", maps=True)
    ledger = lineage.ledger.sample(frac=1, random_state=1)
    other = save(
        make_filing(turned[1], before=turned[0], ledger=ledger, log=log, terms=TERMS), tmp_path / "two", maps=True
    )
    for file in sorted(one.rglob("*")):
        if file.is_file():
            assert file.read_bytes() == (other / file.relative_to(one)).read_bytes(), file.name


def test_the_edits_are_copied_and_the_ledger_is_complete(tmp_path):
    folder = save(filed(), tmp_path / "out")
    *_, log = before_and_after()
    assert read_edits(folder / "edits.jsonl").head == log.head
    ledger = {row["code"]: row for row in rows_of(folder / "ledger.csv")}
    assert ledger[WEST + "001"]["status"] == "retired"
    assert ledger[WEST + "001"]["successors"] == f"{WEST}002 {WEST}003"
    assert ledger[WEST + "003"]["doc_no"] == "No. 8"


def test_a_first_issue_and_a_plan_without_grids(tmp_path):
    filing = make_filing(usual(), terms=TERMS)
    assert len(filing.plan) == 4
    assert filing.called("g1") == WEST + "001"
    assert filing.called("gone") == "gone"
    save(filing, tmp_path / "out")
    empty = plan_of(atoms_of(((0, 0),)), {})
    bare = make_filing(empty, terms=replace(TERMS, draft=True))
    save(bare, tmp_path / "bare")
    assert community_rows(bare)[-1]["drawn"] == 0
    assert isinstance(bare.findings.frame, pd.DataFrame)


def test_hostile_cells_and_empty_tables_of_registries(tmp_path):
    cells = ["=1+1", "+1", "@x", "<script>", "长" * 10_000, "13900000000", "a\x00"]
    path = tmp_path / "r.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        book = csv.writer(stream)
        book.writerow(["code", "=head", "=head", ""])
        book.writerows([f"{WEST}001" if at else "=HYPERLINK(1)", cell, "x", ""] for at, cell in enumerate(cells))
    (tmp_path / "empty.csv").write_text("code,n\n", encoding="utf-8")
    tables = [one for name in ("r.csv", "empty.csv") for one in read_referring(tmp_path / name, "code")]
    assert len(tables[0].headers) == 3
    folder = save(filed(registries=tables), tmp_path / "out")
    written = (folder / "registries" / "r.csv").read_text(encoding="utf-8-sig")
    for row in csv.reader(written.splitlines()):
        assert not any(cell.lstrip().startswith(("=", "+", "@")) for cell in row)
    assert "13900000000" not in written
    assert len(rows_of(folder / "registries" / "empty.csv")) == 0


def test_codes_that_a_workbook_holds_as_numbers(tmp_path):
    book = openpyxl.Workbook()
    for row in (["网格编码", "n"], [int(WEST + "002"), 1], [float(EAST + "001"), 2], [None, 3]):
        book.active.append(row)
    book.save(tmp_path / "r.xlsx")
    filing = filed(registries=read_referring(tmp_path / "r.xlsx", "网格编码"))
    assert filing.registries[0].homes["outcome"].tolist() == ["same", "same", "blank"]


def test_two_registries_of_one_name_are_both_written(tmp_path):
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "r.csv").write_text(f"code,n\n{WEST}002,{number}\n", encoding="utf-8")
        found += read_referring(folder / "r.csv", "code")
    out = save(filed(registries=found), tmp_path / "out")
    assert [file.name for file in sorted((out / "registries").iterdir())] == ["r.csv", "r_2.csv"]
