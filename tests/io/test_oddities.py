"""What is told of a file that is not quite what it seems."""

from __future__ import annotations

import pytest

from tests.io import files, parts

HEAD = ["小区编号", "小区名称", "小区类型", "户数"]
ROWS = [HEAD, ["X1", "甲小区", "商品房", "5"], ["X2", "乙小区", "商品房", "6"]]


def cells(rows):
    found = ""
    for n, row in enumerate(rows, 1):
        found += (
            f'<row r="{n}">' + "".join(parts.text(f"{c}{n}", x) for c, x in zip("ABCD", row, strict=True)) + "</row>"
        )
    return found


def oddities(folder, name):
    city, findings = files.read(folder, f'[registries.compounds]\npath = "{name}"\n')
    assert len(city.rows("compounds")) == 2
    found = [row for row in findings.rows() if row["code"] == "S159"]
    return sorted((row["params"].get("variant", ""), row["params"]["n"], row["refs"]) for row in found)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv"])
def test_a_table_in_html(tmp_path, name):
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    (tmp_path / name).write_text(f"<html><table>{rows}</table></html>", "utf-8")
    assert oddities(tmp_path, name) == [("named", 0, ())]


def test_stray_quotation_marks_name_their_lines(tmp_path):
    (tmp_path / "a.csv").write_text("\n".join(",".join(row) for row in ROWS).replace("X2", '"X2'), "utf-8")
    assert oddities(tmp_path, "a.csv") == [("", 1, ("a.csv!3",))]


def test_links_and_macros(tmp_path):
    formula = '<c r="D2"><f>[1]S!A1</f><v>5</v></c>'
    xml = parts.sheet(cells(ROWS).replace(parts.text("D2", "5"), formula))
    parts.book(tmp_path / "a.xlsm", {"S": xml}, more={"xl/vbaProject.bin": b"x"})
    assert oddities(tmp_path, "a.xlsm") == [("external", 1, ()), ("macros", 0, ())]


def test_nothing_odd(tmp_path):
    parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(cells(ROWS))})
    assert oddities(tmp_path, "a.xlsx") == []
    files.table(tmp_path / "a.txt", ROWS, separator="\t", encoding="utf-16")
    assert oddities(tmp_path, "a.txt") == []
