"""Second readings: mistakes of the project file, and files read as any registry is."""

from __future__ import annotations

import pytest

from gridkit.comparisons import compare
from gridkit.errors import InputError, ProjectError
from gridkit.geo.places import place
from gridkit.io.city import read_city
from gridkit.io.project import read_project
from gridkit.linkage import link
from tests.io import files

BASE = '[layers.compound]\npath = "c.gpkg"\n[registries.compounds]\npath = "own.csv"\n'
HEAD = ["小区编号", "小区名称", "社区代码", "小区类型", "户数"]
TWO = [HEAD, ["X1", "启明小区", "990101001001", "商品房小区", 120], ["X2", "银杏小区", "990101001001", "老旧小区", 80]]


def project(folder, extra: str, base: str = BASE):
    (folder / "gridkit.toml").write_text(base + extra, encoding="utf-8")
    return read_project(folder)


@pytest.fixture
def folder(tmp_path):
    columns = {name: [row[at] for row in TWO[1:]] for at, name in enumerate(HEAD)}
    files.layer(tmp_path / "c.gpkg", columns, [files.square(0), files.square(0.01)], name="c")
    files.table(tmp_path / "own.csv", TWO)
    return tmp_path


def told(folder, extra: str):
    found = project(folder, extra)
    city, _ = read_city(found)
    places = place(city)
    return city, compare(found, city, places, link(city, places), overrides=None)


def test_all_mistakes_are_told_with_their_lines(tmp_path):
    text = """
[[reconcile]]
name = "n"
kind = "compounds"
a = { label = "x", path = "b.csv", pth = "c", columns = { hoseholds = "户数" } }
[[reconcile]]
name = "n"
kind = "units"
b = { path = "c.csv" }
[[reconcile]]
name = " "
kind = "units"
a = { sheet = "S" }
not_counted = { unit_kind = ["agenc"], foo = ["x"] }
[[reconcile]]
kind = "unit"
a = { path = 3, as_of = 2024 }
zz = 1
"""
    with pytest.raises(ProjectError) as caught:
        project(tmp_path, text)
    said = str(caught.value)
    for needle in (
        "unknown key pth; did you mean path?", "unknown key hoseholds; did you mean households?",
        "two [[reconcile]] are called n", "a names no path, and the project has no [registries.units]", "name is empty",
        "nothing to compare: a or b must name a path", "sheet goes with a path", "unit_kind must be one of: agency",
        "unknown key foo", "name is missing", "kind must be one of", "unknown key zz", "as_of must be a date",
    ):  # fmt: skip
        assert needle in said, needle
    assert all(line.split(":")[1].isdigit() for line in said.splitlines() if "gridkit.toml:" in line)


def test_a_second_reading_is_hashed_counted_and_gated(folder):
    rows = [[*TWO[0], "联系人电话"], *([*row, "13900000000"] for row in TWO[1:]), ["合计", "", "", "", 200, ""]]
    files.table(folder / "other.csv", rows)
    extra = '[[reconcile]]\nname = "户数"\nkind = "compounds"\nb = { label = "城管", path = "other.csv" }\n'
    city, compared = told(folder, extra)
    source = compared.city.sources[-1]
    assert (source.kind, source.path, source.rows_in, source.kept, source.set_aside) == (
        "reconcile.compounds", "other.csv", 3, 2, 1,
    )  # fmt: skip
    assert len(source.sha256) == 64
    assert compared.city.registries.keys() == city.registries.keys()
    assert list(compared.city.set_aside["src"]) == ["other.csv"]
    assert compared.findings.counts()["S120"] == 1
    assert "13900000000" not in compared.differences.to_json() + str(compared.findings.frame.to_dict())
    assert compared.differences.empty
    assert set(compared.bridges["registry"]) == {"compounds"}


def test_differences_lead_to_cells_of_both_files(folder):
    files.table(folder / "other.csv", [HEAD, ["X1", "启明小区", "990101001001", "单位型小区", 100]])
    extra = '[[reconcile]]\nname = "n"\nkind = "compounds"\na = { path = "other.csv" }\n'
    _, compared = told(folder, extra)
    found = compared.differences.set_index("kind")
    assert found.loc["moved_out_a", "a_records"] == ("other.csv!2",)
    assert found.loc["only_b", "b_records"] == ("own.csv!3",)
    refs = compared.findings.with_code("A234").iloc[0]["refs"]
    assert refs == ("other.csv!D2", "own.csv!D2")
    params = compared.findings.with_code("A234").iloc[0]["params"]
    assert (params["here"], params["there"]) == ("other.csv", "the project's registry")


def test_the_same_sheet_read_three_times_keeps_its_rows_apart(folder):
    side = '{ path = "own.csv" }'
    extra = "".join(
        f'[[reconcile]]\nname = "{name}"\nkind = "compounds"\na = {side}\nb = {side}\n' for name in ("m", "n")
    )
    _, compared = told(folder, extra)
    names = [source.name for source in compared.city.sources]
    assert len(names) == len(set(names)) == 6
    assert compared.differences.empty


def test_all_missing_files_are_told_at_once(folder):
    extra = '[[reconcile]]\nname = "n"\nkind = "units"\na = { path = "a.csv" }\nb = { path = "b.csv" }\n'
    with pytest.raises(InputError) as caught:
        told(folder, extra)
    assert "a.csv" in str(caught.value)
    assert "b.csv" in str(caught.value)


def test_records_are_compared_as_well(folder):
    head = ["单位代码", "单位名称", "党员数"]
    files.table(folder / "a.csv", [head, ["U1", "财政局", 30], ["U2", "教育局", 20]])
    files.table(folder / "b.csv", [head, ["U1", "财政局", 33], ["U3", "民政局", 9]])
    extra = '[[reconcile]]\nname = "n"\nkind = "units"\na = { path = "a.csv" }\nb = { path = "b.csv" }\n'
    _, compared = told(folder, extra)
    assert sorted(zip(compared.differences["kind"], compared.differences["code"], strict=True)) == [
        ("only_a", "U2"), ("only_b", "U3"), ("value", "U1"),
    ]  # fmt: skip
    names = [row["params"]["name"] for row in compared.findings.rows() if row["code"] == "A231"]
    assert names == ["教育局 (U2)", "民政局 (U3)"]
