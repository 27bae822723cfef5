"""Tables of assignments: our own and those of other programs, and what a spreadsheet program does to codes."""

from __future__ import annotations

import pandas as pd
import pytest
import xlsxwriter

from gridkit.errors import TableError
from gridkit.io.assignment import read_assignment, write_assignment

WANTED = {"0101": "522601001001001", "0102": "", "0103": "522601001001002"}


def written(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_round_trip(tmp_path):
    hostile = pd.Series({"=1+1": '=cmd|"x"', 'a,"b"': "第一 网格", "c\nd": "1"}, dtype="object")
    for table in (pd.Series(WANTED, dtype="object"), hostile):
        path = tmp_path / "a.csv"
        write_assignment(table, path)
        assert read_assignment(path).to_dict() == table.to_dict()
    assert path.read_bytes().startswith(b"atom_id,grid_code\n")


@pytest.mark.parametrize("text", [
    "atom_id,grid_code\n0101,522601001001001\n0102,\n0103,522601001001002\n",
    "\ufeffatom_id,grid_code\r\n0101,522601001001001\r\n\r\n0102,\r\n0103,522601001001002",
    "geo_id,zone\n0103,522601001001002\n0101,522601001001001\n0102,\n",
    "BLOCKID|DISTRICT\n0101|522601001001001\n0102|\n0103|522601001001002\n",
    "0101\t522601001001001\n0102\t\n0103\t522601001001002\n",
    "name;atom_id;grid_code\nx;0101;522601001001001\ny;0102;\nz;0103;522601001001002\n",
    "atom_id,grid_code\n0101,522601001001001\n0102,\n0103,522601001001002\n".encode("utf-16"),
])  # fmt: skip
def test_layouts(tmp_path, text):
    assert read_assignment(written(tmp_path, text), atoms=list(WANTED)).to_dict() == WANTED


@pytest.mark.parametrize(("text", "needle"), [
    ("atom_id,grid_code\n0101,5.22601E+14\n", "a.csv:2: 5.22601E+14 has lost its digits"),
    ("atom_id,grid_code\n0101,522601001001001000\n", "a.csv:2: 522601001001001000 has lost its digits"),
    ("atom_id,grid_code\n101,5\n0102,5\n0103,5\n", "a.csv:2: 101 has lost its leading zeros"),
    ("atom_id,grid_code\n0101,5\n0101,6\n", "a.csv:3: 0101 stands here again; first in row 2"),
    ("atom_id,grid_code\n,6\n", "a.csv:2: the row names no atom"),
    ("atom_id,grid_code\n0101\n", "a.csv:2: the row has too few cells"),
    ("a,b,c\n1,2,3\n", "no known columns"),
    ("", "no row"),
    ("atom_id,grid_code\n", "no row"),
    ('atom_id,grid_code\n"' + "x" * 200_000, "cannot be read"),
    (b"\x00\x01\x02\x00\x00\x00\x00\x00", ""),
])  # fmt: skip
def test_damage_is_told_with_its_row(tmp_path, text, needle):
    with pytest.raises(TableError) as said:
        read_assignment(written(tmp_path, text))
    assert needle in str(said.value)


def test_what_is_known_is_never_damaged(tmp_path):
    text = "atom_id,grid_code\n101,5E3\n0102,5\n"
    assert read_assignment(written(tmp_path, text), atoms=["101", "0102"], grids=["5E3", "5"])["101"] == "5E3"
    with pytest.raises(TableError, match="101 has lost its leading zeros"):
        read_assignment(written(tmp_path, text), atoms=["0101", "0102"], grids=["5E3"])
    with pytest.raises(TableError, match="there is no atom 101"):
        read_assignment(written(tmp_path, text), atoms=["X", "0102"], grids=["5E3"])


def book(path, rows):
    with xlsxwriter.Workbook(path) as out:
        sheet = out.add_worksheet()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(row, column, cell)
    return path


def test_workbooks_of_text(tmp_path):
    rows = [("atom_id", "grid_code"), *((atom, code) for atom, code in WANTED.items() if code)]
    found = read_assignment(book(tmp_path / "a.xlsx", rows))
    assert found.to_dict() == {atom: code for atom, code in WANTED.items() if code}


def test_workbooks_of_numbers_are_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", [("atom_id", "grid_code"), ("0101", "5"), ("0102", 522601001001001001)])
    with pytest.raises(TableError, match=r"a.xlsx:3: .* is a number, not text"):
        read_assignment(path)


def test_no_file(tmp_path):
    for name in ("no.csv", "no.xlsx"):
        with pytest.raises(TableError):
            read_assignment(tmp_path / name)
