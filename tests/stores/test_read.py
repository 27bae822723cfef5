import pytest

from gridkit.errors import UsageError
from gridkit.locale import speaking
from gridkit.stores import read_compound, write_run, write_tables
from tests.reports import sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(sample.run(), tmp_path_factory.mktemp("runs"), {"tables": write_tables})


def test_by_code(folder):
    stored = read_compound(folder, "c1")
    assert stored["compound"]["status"] == "UNCOVERED"
    assert [(row["rule"], row["held"]) for row in stored["trace"]] == [("rule-1", False), ("rule-2", True)]
    assert [row["code"] for row in stored["findings"]] == ["C101"]
    assert stored["findings"][0]["params"]["members"] == 5
    assert stored["links"] == []


def test_links_that_wait_are_there(folder):
    links = read_compound(folder, "b2")["links"]
    assert [(row["mention"], row["accepted"]) for row in links] == [("和平花圆", False)]


def test_by_a_name_that_is_unique(folder):
    assert read_compound(folder, "向阳院")["compound"]["code"] == "c1"


def test_an_unknown_compound_shows_close_ones(folder):
    with speaking("en"), pytest.raises(UsageError) as caught:
        read_compound(folder, "翠湖苑")
    said = str(caught.value)
    assert "a4 翠湖苑一期" in said
    assert "b1 翠湖苑二期" in said


def test_a_name_that_several_have(tmp_path):
    run = sample.run()
    run.attributes.frame.loc[["a3", "c1"], "name"] = "同名小区"
    folder = write_run(run, tmp_path, {"tables": write_tables})
    with pytest.raises(UsageError, match="a3, c1"):
        read_compound(folder, "同名小区")


def test_not_a_run_folder(tmp_path):
    with pytest.raises(UsageError):
        read_compound(tmp_path, "a1")


def test_missing_or_broken_tables(tmp_path):
    folder = write_run(sample.run(), tmp_path, {"tables": write_tables})
    (folder / "tables" / "trace.parquet").write_bytes(b"no")
    with speaking("en"), pytest.raises(UsageError, match="cannot be read"):
        read_compound(folder, "a1")
    (folder / "tables" / "compounds.parquet").unlink()
    with speaking("en"), pytest.raises(UsageError, match="cannot be read"):
        read_compound(folder, "a1")
