"""What a sheet holds beside its values, in every way in which workbooks write it."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter

from gridkit.io import workbooks
from gridkit.io.sheets import read_sheets
from gridkit.io.zip_splice import PREFIX
from tests.io import files, parts


def read(path, **how):
    return read_sheets(path, path.name, **how)


def one(path, **how):
    (sheet,) = read(path, **how)
    return sheet


def page(path, rows, **how):
    return one(parts.book(path, {"S": parts.sheet(rows, **how)}))


@pytest.fixture
def full(tmp_path):
    """One of each, as Excel would write it."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("台账")
    struck, plain = book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
    for row in range(12):
        sheet.write_row(row, 0, [f"小区{row}", row, row * 2], plain)
    sheet.write(3, 0, "撤销小区", struck)
    sheet.write_blank(4, 0, None, struck)
    sheet.write_rich_string(5, 0, struck, "原名", struck, "小区")
    sheet.write_rich_string(6, 0, struck, "旧", plain, "新小区")
    sheet.write_formula(7, 1, "=SUM(B1:B7)", None, 21)
    sheet.write_formula(7, 2, "=SUBTOTAL(9,C1:C3,C5:C7)", None, 36)
    sheet.write_formula(8, 1, "=B1+B2+B3", None, 3)
    sheet.write_formula(9, 1, "='[other.xlsx]Sheet1'!A1", None, 3)
    sheet.write_formula(10, 1, "=1/0", None, "#DIV/0!")
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(2, 2, None, None, {"hidden": True})
    sheet.set_column(20, 30, None, None, {"hidden": True})
    sheet.merge_range(11, 0, 11, 1, "合并")
    sheet.autofilter(0, 0, 11, 2)
    sheet.filter_column(0, "x == 小区1")
    sheet.set_row(4, options={"hidden": True})  # as a filter hides it
    sheet.set_row(500, options={"hidden": True})
    for name, hide in (("藏", "hide"), ("深藏", "very_hidden"), ("说明", "")):
        other = book.add_worksheet(name)
        other.write(0, 0, name)
        if hide:
            getattr(other, hide)()
    book.close()
    return tmp_path / "a.xlsx"


def test_everything_that_a_sheet_hides(full):
    first, last = read(full)
    hidden = first.hidden
    assert (first.name, last.name, first.unread) == ("台账", "说明", ("藏", "深藏"))
    assert hidden.rows == (2, 4)  # and none below the table
    assert hidden.columns == (2,)
    assert hidden.struck == {(3, 0), (5, 0)}  # not the blank cell, not the text of which one half is new
    assert hidden.sums == {
        (7, 1): ((0, 1, 6, 1),),
        (7, 2): ((0, 2, 2, 2), (4, 2, 6, 2)),
        (8, 1): ((0, 1, 0, 1), (1, 1, 1, 1), (2, 1, 2, 1)),
    }
    assert (hidden.external, hidden.errors, hidden.empty, hidden.macros) == (1, ("B11",), (), False)
    assert first.merged == (((11, 0), (11, 1)),)
    assert (first.format, first.cells[5][0], first.cells[3][0]) == ("xlsx", "原名小区", "撤销小区")


@pytest.mark.parametrize("name", ["藏", "深藏"])
def test_a_hidden_sheet_is_read_if_it_is_named(full, name):
    sheet = one(full, sheet=name)
    assert (sheet.cells, sheet.hidden.sheet, sheet.unread) == ([[name]], True, ())


def test_shared_formulas_are_moved_with_their_cells(tmp_path):
    rows = (
        '<row r="9"><c r="B9"><f t="shared" ref="B9:D9" si="0">SUM(B$2:B8,$A1)</f><v>1</v></c>'
        '<c r="C9"><f t="shared" si="0"/><v>1</v></c><c r="D9"><f t="shared" si="0"></f><v>1</v></c>'
        '<c r="E9"><f t="shared" si="7"/><v>1</v></c></row>'
        '<row r="10"><c r="B10"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    assert page(tmp_path / "a.xlsx", rows).hidden.sums == {
        (8, 1): ((1, 1, 7, 1), (0, 0, 0, 0)),
        (8, 2): ((1, 2, 7, 2), (0, 0, 0, 0)),
        (8, 3): ((1, 3, 7, 3), (0, 0, 0, 0)),
        (9, 1): ((1, 1, 8, 1), (1, 0, 1, 0)),
    }


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(B1:B3)", ((0, 1, 2, 1),)),
        ("SUM(B1:B3,B5)", ((0, 1, 2, 1), (4, 1, 4, 1))),
        ("SUM( $B$1:$B$3 )", ((0, 1, 2, 1),)),
        ("sum(b1:b3)", ((0, 1, 2, 1),)),
        ("SUBTOTAL(109,B1:B3)", ((0, 1, 2, 1),)),
        ("AGGREGATE(9,5,B1:B3)", ((0, 1, 2, 1),)),
        ("SUM(B1:B3)+SUM(B5:B6)", ((0, 1, 2, 1), (4, 1, 5, 1))),
        ("SUM(S!B1:B3)", ((0, 1, 2, 1),)),
        ("SUM('S'!B1:B3)", ((0, 1, 2, 1),)),
        ("SUM(other!B1:B3)", ()),
        ("SUBTOTAL(3,B1:B3)", ()),  # counts
        ("SUM(B1:B3)*2", ()),
        ("SUM(B1:B3)-B4", ()),
        ("SUM(B:B)", ()),
        ("B4", ()),
        ("IF(B4&gt;0,SUM(B1:B3),0)", ()),
        ("SUM(" + "B1," * 9000 + "B2)", ()),
    ],
)
def test_formulas_that_add_and_others(tmp_path, formula, found):
    sheet = page(tmp_path / "a.xlsx", f'<row r="9"><c r="B9"><f>{formula}</f><v>1</v></c></row>')
    assert sheet.hidden.sums == ({(8, 1): found} if found else {})


def test_formulas_without_a_stored_result(tmp_path):
    rows = (
        '<row r="1"><c r="A1"><f>SUM(B1:B3)</f></c><c r="B1"><f>B2</f><v></v></c><c r="C1"><f>B2</f><v/></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1"><f>1+1</f><v>2</v></c></row>'
    )
    hidden = page(tmp_path / "a.xlsx", rows).hidden
    assert hidden.empty == ("A1", "B1", "C1")  # D1 has a result: an empty text
    assert hidden.sums == {(0, 0): ((0, 1, 2, 1),)}


ROWS = (
    '<row r="1">' + parts.text("A1", "a") + '<c r="B1" s="2"><v>1</v></c></row>'
    '<row r="3" hidden="1">' + parts.text("A3", "b", ' s="2"') + '<c r="B3"><f>SUM(B1:B2)</f><v>5</v></c></row>'
)


def unprefixed(text):
    return text


def prefixed(text):
    for tag in ("worksheet", "sheetData", "row", "c", "f", "v", "is", "t", "cols", "col", "mergeCells", "mergeCell"):
        text = (
            text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>").replace(f"</{tag}>", f"</x:{tag}>")
        )
    return text.replace("xmlns=", "xmlns:x=")


def single_quoted(text):
    return text.replace('"', "'")


def spaced(text):
    return text.replace('r="', 'r = "').replace('s="', '\n s ="').replace('hidden="', 'hidden= "')


def without_places(text):
    for place in ("A1", "B1", "A3", "B3"):
        text = text.replace(f' r="{place}"', "")
    return text.replace('<row r="1">', "<row>")


def commented(text):
    return text.replace("<sheetData>", '<sheetData><!-- <row r="2" hidden="1"><c r="A2" s="2"><v>1</v></c></row> -->')


@pytest.mark.parametrize("writing", [unprefixed, prefixed, single_quoted, spaced, without_places, commented])
def test_markup_is_understood_however_it_is_written(tmp_path, writing):
    xml = parts.sheet(
        ROWS,
        before='<cols><col min="2" max="2" hidden="1"/></cols>',
        after='<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>',
    )
    sheet = one(parts.book(tmp_path / "a.xlsx", {"S": writing(xml)}))
    assert sheet.hidden.rows == (2,)
    assert sheet.hidden.columns == (1,)
    assert sheet.hidden.struck == {(0, 1), (2, 0)}
    assert sheet.hidden.sums == {(2, 1): ((0, 1, 1, 1),)}
    assert sheet.merged == (((0, 0), (1, 0)),)
    assert sheet.cells == [["a", 1.0], ["", ""], ["b", 5.0]]


def test_styles_of_rows_and_columns_strike_cells_without_a_style(tmp_path):
    rows = (
        '<row r="1" s="2" customFormat="1"><c r="A1"><v>1</v></c><c r="B1" s="1"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>1</v></c><c r="D2" s="1"><v>1</v></c>'
        '<c r="E2"><v>1</v></c></row>'
        '<row r="3" s="2"><c r="A3"><v>1</v></c></row>'
        '<row r="4" s="1" customFormat="1"><c r="C4"><v>1</v></c></row>'
    )
    struck = page(tmp_path / "a.xlsx", rows, before='<cols><col min="3" max="4" style="2"/></cols>').hidden.struck
    assert struck == {(0, 0), (1, 2)}
    assert page(tmp_path / "b.xlsx", rows).hidden.struck == {(0, 0)}


def test_struck_texts_shared_and_inline(tmp_path):
    struck, plain = "<r><rPr><strike/></rPr><t>旧</t></r>", "<r><t>新</t></r>"
    undone = '<r><rPr><strike val="0"/></rPr><t>新</t></r>'
    items = [f"<si>{struck}{struck}</si>", f"<si>{struck}{plain}</si>", f"<si>{undone}</si>", "<si><t>strike</t></si>"]
    rows = '<row r="1">' + "".join(f'<c r="{c}1" t="s"><v>{n}</v></c>' for n, c in enumerate("ABCD"))
    rows += f'<c r="E1" t="inlineStr"><is>{struck}</is></c><c r="F1" t="inlineStr"><is>{struck}{plain}</is></c></row>'
    strings = f'<sst xmlns="{parts.MAIN}">{"".join(items)}</sst>'
    sheet = one(parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(rows)}, strings=strings))
    assert sheet.cells == [["旧旧", "新", "新", "strike", "旧", "新"]]
    assert sheet.hidden.partly == {(0, 1): "新", (0, 5): "新"}
    assert sheet.hidden.struck == {(0, 0), (0, 4)}


def test_a_font_that_says_it_is_not_struck(tmp_path):
    styles = parts.STYLES.replace("<strike/>", '<strike val="0"/>')
    book = parts.book(
        tmp_path / "a.xlsx", {"S": parts.sheet('<row r="1"><c r="A1" s="2"><v>1</v></c></row>')}, styles=styles
    )
    assert one(book).hidden.struck == frozenset()


def test_macros_are_told_and_never_run(tmp_path):
    more = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open()"}
    book = parts.book(tmp_path / "a.xlsm", {"S": parts.sheet(ROWS)}, more=more)
    assert one(book).hidden.macros


@pytest.mark.parametrize("seed", range(4))
def test_large_sheets_are_read_like_small_ones(tmp_path, monkeypatch, seed):
    """The copy that spares calamine its second pass gives the same cells; our merged ranges are those of calamine."""
    dice = random.Random(seed)
    rows = []
    merges = [f"{c}{top}:{c}{top + 2}" for top in range(2, 300, 4) for c in "AC"]
    struck, hidden = set(), set()
    for number in range(1, 400):
        cells = []
        for at, column in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: dice.randint(1, 26)]):
            style = dice.choice([0, 1, 2])
            kind = dice.randint(0, 3)
            if kind == 0:
                cells.append(f'<c r="{column}{number}" s="{style}"/>')
                continue
            struck |= {(number - 1, at)} if style == 2 else set()
            words = f"文字{dice.randint(0, 9)} k"
            cells.append(
                parts.text(f"{column}{number}", words, f' s="{style}"')
                if kind == 1
                else f'<c r="{column}{number}" s="{style}"><v>{dice.randint(0, 999)}</v></c>'
            )
        gone = dice.random() < 0.1
        hidden |= {number - 1} if gone else set()
        rows.append(f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if gone else ""}>{"".join(cells)}</row>')
    after = "<mergeCells>" + "".join(f'<mergeCell ref="{area}"/>' for area in merges) + "</mergeCells>"
    after += '<rowBreaks count="1"><brk id="3"/></rowBreaks>'
    path = parts.book(tmp_path / "a.xlsx", {"甲": parts.sheet("".join(rows), after=after), "乙": parts.sheet(ROWS)})
    plain = read(path)
    monkeypatch.setattr(workbooks, "LARGE", 100)
    monkeypatch.setattr("gridkit.io.workbook_parts.PIECE", 777)
    quick = read(path)
    assert [vars(sheet) for sheet in quick] == [vars(sheet) for sheet in plain]
    assert (plain[0].hidden.struck, set(plain[0].hidden.rows)) == (
        struck,
        {row for row in hidden if row < len(plain[0].cells)},
    )
    with calamine.CalamineWorkbook.from_path(path) as book:
        assert list(plain[0].merged) == sorted(book.get_sheet_by_name("甲").merged_cell_ranges)


def test_the_quicker_copy_is_a_sound_archive(tmp_path, monkeypatch):
    seen = []
    real = workbooks.spliced
    monkeypatch.setattr(workbooks, "LARGE", 100)
    monkeypatch.setattr(workbooks, "spliced", lambda *given: seen.append(real(*given)) or seen[0])
    path = parts.book(tmp_path / "a.xlsx", {"甲": parts.sheet(ROWS), "乙": parts.sheet(ROWS)})
    assert len(read(path)) == 2
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(io.BytesIO(seen[0])) as after:
        assert after.testzip() is None
        for name in before.namelist():
            spared = PREFIX if name.startswith("xl/worksheets/") else b""
            assert after.read(name) == spared + before.read(name)


def test_widths_beyond_z(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in range(1, 40):
        for column in (1, 26, 27, 53, 703):
            book.active.cell(row, column, row)
    book.active.column_dimensions["BA"].hidden = True
    book.save(path)
    sheet = one(path)
    assert (len(sheet.cells), len(sheet.cells[0]), sheet.hidden.columns) == (39, 703, (52,))


def test_names_of_sheets_with_odd_characters(tmp_path):
    names = ["A &amp; B", "&lt;新&gt;", "O'Neil", "2024年（一）", "a.b", " 空 格 "]
    book = parts.book(tmp_path / "a.xlsx", {name: parts.sheet(ROWS) for name in names})
    sheets = read(book)
    assert [sheet.name for sheet in sheets] == ["A & B", "<新>", "O'Neil", "2024年（一）", "a.b", " 空 格 "]
    assert all(sheet.hidden.rows == (2,) for sheet in sheets)


def test_of_a_text_that_is_struck_out_in_part_only_the_rest_is_read(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet, struck = book.add_worksheet("S"), book.add_format({"font_strikeout": True})
    sheet.write_row(0, 0, ["小区名称", "户数", "小区类型"])
    for row, name in enumerate(["甲小区", "乙小区"], start=1):
        sheet.write_row(row, 0, [name, 20, "商品房"])
    sheet.write_rich_string(1, 0, struck, "旧名花园", "新名花园")
    sheet.write_rich_string(2, 1, struck, "2", "5")
    book.close()
    city, findings = files.read(tmp_path, '[registries.compounds]\npath = "a.xlsx"\n')
    assert city.rows("compounds")[["name", "households"]].to_numpy().tolist() == [["新名花园", 20], ["乙小区", 5]]
    found = [(row["refs"], row["params"]["variant"]) for row in findings.rows() if row["code"] == "S152"]
    assert found == [(("a.xlsx!S!A2",), "partly"), (("a.xlsx!S!B3",), "partly")]
