"""Text tables in every encoding, with every separator, and with quotation marks out of order."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.errors import TableError
from gridkit.io.csv_text import decoded, read_text, separator_of
from gridkit.io.sheets import read_sheets

TEXT = "小区名称,户数,备注\n阳光花园,120,一期\n㵲水小区,35,\n"
ROWS = [["小区名称", "户数", "备注"], ["阳光花园", "120", "一期"], ["㵲水小区", "35", ""]]


def read(tmp_path, text, *, encoding="utf-8", mark=b"", **how):
    path = tmp_path / "a.csv"
    path.write_bytes(mark + (text.encode(encoding) if isinstance(text, str) else text))
    return read_text(path, "a.csv", **how)


@pytest.mark.parametrize(
    ("encoding", "mark", "used", "guessed"),
    [
        ("utf-8", b"", "utf-8", False),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig", False),
        ("gb18030", b"", "gb18030", True),
        ("utf-16-le", b"\xff\xfe", "utf-16", False),
        ("utf-16-be", b"\xfe\xff", "utf-16", False),
        ("utf-16-le", b"", "utf-16-le", True),
        ("utf-16-be", b"", "utf-16-be", True),
    ],
)
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_separators(tmp_path, encoding, mark, used, guessed, separator, end):
    text = TEXT.replace(",", separator).replace("\n", end)
    found = read(tmp_path, text, encoding=encoding, mark=mark, kind="compounds")
    assert (found.cells, found.encoding, found.guessed, found.odd) == (ROWS, used, guessed, ())


def test_a_stated_encoding_is_no_guess(tmp_path):
    assert read(tmp_path, TEXT.encode("gb18030")).guessed
    path = tmp_path / "a.csv"
    for stated in ("GBK", "gb2312", "GB18030", "cp936"):
        assert read_text(path, "a.csv", encoding=stated)[1:3] == ("gb18030", False)
    with pytest.raises(TableError, match="no-such is not an encoding"):
        read_text(path, "a.csv", encoding="no-such")


def test_one_wrong_byte_does_not_turn_utf8_into_nonsense(tmp_path):
    head, line = "小区名称,户数\n".encode(), "阳光花园,1\n".encode()
    with pytest.raises(TableError, match=r"UTF-8, but line 4 holds bytes that are not \(repair that line"):
        read(tmp_path, head + line * 2 + b"\xff\n" + line * 2)


def test_a_file_that_was_cut_off_inside_a_character(tmp_path):
    data = ("小区名称,户数\n" + "阳光花园,1\n" * 5 + "阳光").encode()
    found = read(tmp_path, data[:-1])
    assert (found.cells[-1], found.encoding) == (["阳", ""], "utf-8")


def test_zero_bytes(tmp_path):
    found = read(tmp_path, TEXT.encode() + bytes(5) + "\n甲\0小区,3,\n".encode())
    assert found.cells == [*ROWS, ["", "", ""], ["甲小区", "3", ""]]
    with pytest.raises(TableError, match="cannot be decoded"):
        read(tmp_path, b"\0\0\0a" * 50)


def test_the_line_that_states_the_separator(tmp_path):
    found = read(tmp_path, "sep=;\n小区,甲;户数\n阳光;3\n")
    assert found.cells == [["", ""], ["小区,甲", "户数"], ["阳光", "3"]]  # rows keep the numbers of the lines


def test_separators_are_guessed_by_quoting_and_by_headers():
    assert separator_of('"甲,乙,丙,丁";3\n"戊,己";4\n') == ";"
    assert separator_of('"a;b;c"|1\n"d;e"|2\n') == "|"
    assert separator_of("小区名称;户数;备注\n甲,乙,丙,丁,戊;3;x\n", "compounds") == ";"
    assert separator_of("报表\n小区名称\t户数\n甲\t3\n乙\t4\n") == "\t"
    assert separator_of("") in ",\t;|"


def test_line_breaks_and_separators_between_quotation_marks(tmp_path):
    found = read(tmp_path, '小区名称,备注\r\n"阳光,花园","第一行\r\n第二行"\r\n"甲""乙",x\r\n')
    assert found.cells == [["小区名称", "备注"], ["阳光,花园", "第一行\r\n第二行"], ['甲"乙', "x"]]
    assert found.odd == ()


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('"阳光花园,5', ["阳光花园", "5"]),  # never closed
        ('阳光"花园,5', ['阳光"花园', "5"]),
        ('"阳光"花园,5', ["阳光花园", "5"]),
        ('阳光花园",5', ['阳光花园"', "5"]),
        ('"阳光花园" ,5', ["阳光花园 ", "5"]),
        ('12" 管,5', ['12" 管', "5"]),
    ],
)
def test_stray_quotation_marks_lose_no_row(tmp_path, line, record):
    body = [f"小区{n},{n}" for n in range(60)]
    found = read(tmp_path, "\n".join(["小区名称,户数", "甲,1", line, *body]))
    assert len(found.cells) == 63
    assert found.cells[2] == record
    assert found.cells[3:] == [text.split(",") for text in body]
    assert found.odd in ((3,), ())
    assert found.odd == (3,) or list(csv.reader([line], strict=True)) == [record]  # or it was in order after all


@pytest.mark.parametrize("between", [3, 20, 200])
def test_a_mark_that_is_closed_much_later_does_not_swallow_the_rows_between(tmp_path, between):
    lines = ["小区名称,户数", '"甲,1', *(f"小区{n},{n}" for n in range(between)), '乙",2']
    found = read(tmp_path, "\n".join(lines))
    assert len(found.cells) == len(lines)
    assert (found.cells[1], found.cells[-1]) == (["甲", "1"], ["乙", "2"])
    assert found.odd == (2, len(lines))


def test_ragged_rows_and_separators_at_the_end(tmp_path):
    found = read(tmp_path, "a,b,,\n1,2,,\n3\n4,5,6,\n\n")
    assert found.cells == [["a", "b", ""], ["1", "2", ""], ["3", "", ""], ["4", "5", "6"]]


def test_a_cell_without_end(tmp_path):
    with pytest.raises(TableError, match=r"a\.csv: line 2 breaks the rules of CSV: field larger"):
        read(tmp_path, 'a,b\n"' + "x" * 300_000 + ",1\n")


def test_nothing_at_all(tmp_path):
    for data in (b"", b"\xef\xbb\xbf", b" \r\n \n", "\n\n".encode("utf-16")):
        with pytest.raises(TableError, match="the file is empty"):
            read_sheets(_written(tmp_path, data), "a.csv")


def _written(tmp_path, data):
    (tmp_path / "a.csv").write_bytes(data)
    return tmp_path / "a.csv"


def test_text_that_is_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr("gridkit.io.csv_text.MOST_TEXT", 100)
    with pytest.raises(TableError, match="the text is larger than 0 MB"):
        read(tmp_path, "a,b\n" * 100)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=2, max_size=6), st.sampled_from(",\t;|"))
def test_whatever_a_spreadsheet_program_writes_comes_back(tmp_path_factory, rows, mark):
    width = max(map(len, rows))
    rows = [["甲", *["乙"] * (width - 1)], *(row + [""] * (width - len(row)) for row in rows), ["末"] * width]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(stream.getvalue(), "utf-8", newline="")
    found = read_text(path, "a.csv")
    assert (found.cells, found.odd) == (rows, ())


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    try:
        text, _, _ = decoded(data, "a.csv")
        separator_of(text)
    except TableError as problem:
        assert str(problem).startswith("a.csv: ")
