"""Texts of reports: encodings, Word documents, HTML pages, and files that are none of these or hostile."""

from __future__ import annotations

import contextlib
import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridkit.errors import InputError, TableError
from gridkit.io import report_text
from gridkit.io.report_text import html_text, read_report

SAID = "全市建立网格党支部194个。"
NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def put(folder, data, name="report.txt"):
    (folder / name).write_bytes(data)
    return folder / name


def word(body, **others):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        for name, data in others.items():
            book.writestr(f"word/{name}.xml", data)
    return out.getvalue()


def run(text, properties=""):
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_a_text(tmp_path, codec):
    found = read_report(put(tmp_path, f"一、概况\r\n{SAID}".encode(codec)))
    assert (found.text, found.kind) == (f"一、概况\n{SAID}", "text")
    assert found.guessed == (codec == "gb18030")


def test_a_word_document_as_a_text_program_writes_it(tmp_path):
    made = docx.Document()
    made.add_heading("报告")
    made.add_paragraph("全市建立").add_run("网格党支部194个。").bold = True
    table = made.add_table(rows=2, cols=2)
    for at, text in enumerate(["指标", "数量", "综合网格", "1359"]):
        table.cell(at // 2, at % 2).text = text
    made.add_paragraph("此后。")
    made.save(tmp_path / "report.docx")
    found = read_report(tmp_path / "report.docx")
    assert found.text == "报告\n全市建立网格党支部194个。\n指标\t数量\n综合网格\t1359\n此后。"
    assert found.kind == "word"


def test_what_a_word_document_hides_or_struck_out(tmp_path):
    body = (
        run("留下", '<w:strike w:val="0"/>') + run("划掉", "<w:strike/>") + run("隐藏", "<w:vanish/>")
        + "<w:p><w:del><w:r><w:delText>删除</w:delText></w:r></w:del><w:ins><w:r><w:t>插入</w:t></w:r></w:ins></w:p>"
        + "<w:p><w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>"
        + '<mc:A xmlns:mc="m"><mc:Choice>' + run("文本框") + "</mc:Choice><mc:Fallback>" + run("文本框")
        + "</mc:Fallback></mc:A>"
    )  # fmt: skip
    notes = f"<w:footnotes {NS}>{run('注：不含单位型小区')}</w:footnotes>"
    found = read_report(put(tmp_path, word(body, footnotes=notes), "a.docx"))
    assert found.text.splitlines() == ["留下", "插入", "文本框", "注：不含单位型小区"]
    assert found.struck == 2


def test_how_a_passage_looked_before_a_tracked_change_of_format_is_nothing(tmp_path):
    former = '<w:rPrChange w:id="1" w:author="x"><w:rPr><w:strike/></w:rPr></w:rPrChange>'
    body = f"<w:p><w:r><w:rPr>{former}</w:rPr><w:t>覆盖率98%</w:t></w:r></w:p>"
    (tmp_path / "a.docx").write_bytes(word(body))
    found = read_report(tmp_path / "a.docx")
    assert (found.text, found.struck) == ("覆盖率98%", 0)


def test_a_text_in_big5_is_told_from_one_in_gbk(tmp_path):
    for codec, said in (
        ("big5", "全縣綜合網格11個，建立網格黨支部6個，組建率達到62.5%。"),
        ("gbk", "全县综合网格11个，组建率62.5%。"),
    ):
        (tmp_path / "a.txt").write_bytes(said.encode(codec))
        found = read_report(tmp_path / "a.txt")
        assert (found.text, found.encoding, found.guessed) == (said, "big5" if codec == "big5" else "gb18030", True)


def test_empty_cells_keep_their_place_and_tables_lie_in_tables(tmp_path):
    def cell(inner):
        return f"<w:tc>{inner}</w:tc>"

    inner = f"<w:tbl><w:tr>{cell(run('甲'))}{cell(run('乙'))}</w:tr></w:tbl>"
    row = f"<w:tbl><w:tr>{cell('')}{cell(run('一') + run('二'))}{cell(inner)}</w:tr></w:tbl>"
    assert read_report(put(tmp_path, word(row), "a.docx")).text == "\t一 二\t甲 乙"


def test_an_html_page(tmp_path):
    page = (
        "<!DOCTYPE html><html><head><meta charset=gb2312><title>题</title><style>a{}</style></head><body>"
        f"<h1>报告</h1><p>{SAID}<!-- <p>3个网格</p> --><br>另&nbsp;起</p><script>var n='5个网格';</script>"
        "<table><tr><td>综合网格</td><td>1359</td></tr></table></body></html>"
    )
    found = read_report(put(tmp_path, page.encode("gbk"), "a.html"))
    assert found.text == f"报告\n{SAID}\n另 起\n综合网格\t1359"
    assert (found.kind, found.encoding) == ("html", "gb18030")
    wrong = page.replace("gb2312", "utf-8").encode("gbk")
    assert read_report(put(tmp_path, wrong, "b.doc")).text == found.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "there is no text"),
        (b" \n\t", "there is no text"),
        (b"%PDF-1.7 ...", "kind PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "kind Word 97"),
        (b"{\\rtf1 abc}", "kind RTF"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\x01\x02\x03" * 50, "no text"),
        (b"\xff\xff\xff\xff", "decoded"),
        (word("<w:p><w:r><w:t>open"), "breaks the rules"),
        (word(run("x")).replace(b"<w:body>", b"<w:bodx>"), "damaged"),
        (b"<html><script>1</script></html>", "there is no text"),
    ],
)
def test_files_that_are_no_report(tmp_path, data, said):
    with pytest.raises(TableError, match=said) as caught:
        read_report(put(tmp_path, data, "a.docx"))
    assert str(caught.value).startswith("a.docx: ")


def test_a_document_type_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(TableError, match="entities"):
        read_report(put(tmp_path, out.getvalue(), "a.docx"))


def test_a_bomb_ends_the_reading_not_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(report_text, "MOST_BYTES", 100_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("word/document.xml", b" " * 10_000_000)
    with pytest.raises(TableError, match="larger than"):
        read_report(put(tmp_path, out.getvalue(), "a.docx"))
    with pytest.raises(TableError, match="larger than"):
        read_report(put(tmp_path, b"a" * 100_001))


def test_an_archive_without_a_document(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(TableError, match="no Word document"):
        read_report(put(tmp_path, out.getvalue(), "a.xlsx"))


@pytest.mark.parametrize("name", ["nothing.txt", "x" * 5000, "a\x00b", "."])
def test_no_such_file(tmp_path, name):
    with pytest.raises(InputError):
        read_report(tmp_path / name)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_a_text_or_an_error_of_ours(tmp_path_factory, data):
    file = put(tmp_path_factory.getbasetemp(), data, "any.txt")
    with contextlib.suppress(InputError):
        assert read_report(file).text.strip()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<script>", "</script>", "<!--", "-->", "<td", ">", "<", "&#x;", "网格"]))
)
def test_any_page_ends(pieces):
    said = html_text("".join(pieces))
    assert "<p>" not in said
    assert "<!--" not in said
