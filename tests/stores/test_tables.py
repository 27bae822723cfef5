import json
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from gridkit.model import Findings, Links
from gridkit.model.results import LINK_COLUMNS
from gridkit.stores import write_tables
from gridkit.stores.tables import TABLES
from tests.reports import sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("run") / "tables"
    write_tables(sample.run(), target)
    return target


def read(folder, name):
    return pq.read_table(folder / f"{name}.parquet")


def test_all_tables_are_there(folder):
    assert sorted(path.stem for path in folder.iterdir()) == sorted(TABLES)


def test_compounds(folder):
    rows = {row["code"]: row for row in read(folder, "compounds").to_pylist()}
    assert list(rows) == sorted(rows)
    assert rows["a2"]["status"] == "JOINT_BRANCH"
    assert rows["a2"]["flags"] == ["C103"]
    assert rows["a2"]["formal_members"] is None
    assert rows["a1"]["via"] == ["branches.xlsx!Sheet1!3"]
    assert rows["a1"]["grid"] == "990101001001001"


def test_free_text_stays_out(folder):
    assert not {"address", "ineligible_reason"} & set(read(folder, "compounds").column_names)


def test_ids_behind_each_indicator(folder):
    row = read(folder, "indicators").to_pylist()[0]
    assert (row["numerator_ids"], row["unknown_ids"]) == (["a1"], ["b2"])
    assert json.loads(read(folder, "indicators").to_pylist()[5]["details"])["max"] == 5


def test_values_come_back_as_they_were(folder):
    findings = read(folder, "findings").to_pylist()
    assert json.loads(findings[0]["params"]) == {"name": sample.HOSTILE, "members": 5}
    assert findings[1]["lon"] is None
    assert [row["accepted"] for row in read(folder, "links").to_pylist()] == [True, False, False]
    assert all(row["rows_in"] == row["kept"] + row["set_aside"] for row in read(folder, "sources").to_pylist())
    assert read(folder, "set_aside").column("row").to_pylist() == [2, 9]
    assert read(folder, "trace").num_rows == 16


def test_empty_tables_keep_their_columns(tmp_path):
    run = replace(sample.run(), findings=Findings.none(), links=Links(pd.DataFrame(columns=list(LINK_COLUMNS))))
    write_tables(run, tmp_path / "tables")
    assert read(tmp_path / "tables", "links").column_names == list(LINK_COLUMNS)
    assert read(tmp_path / "tables", "findings").num_rows == 0


def test_texts_that_utf8_cannot_hold(tmp_path):
    run = sample.run()
    broken = run.claims.assign(text=pd.Series(["a\ud800b"] * 2, dtype="object"))
    write_tables(replace(run, claims=broken), tmp_path / "tables")
    assert read(tmp_path / "tables", "claims").column("text").to_pylist() == ["a?b"] * 2


def test_what_cells_say_beside_their_values(tmp_path):
    run = sample.run()
    rows = [["b.xlsx!1!3", "households", "about", "约300户"], ["a.xlsx!1!9", "members", "masked", ""]]
    said = pd.DataFrame(rows, columns=["record", "field", "remark", "written"], dtype="object")
    write_tables(replace(run, city=replace(run.city, remarks=said)), tmp_path / "tables")
    table = read(tmp_path / "tables", "remarks")
    assert table.column_names == ["record", "field", "remark", "written"]
    assert [tuple(row.values()) for row in table.to_pylist()] == sorted(map(tuple, rows))
