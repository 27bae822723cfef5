"""The Word report: its form, its parts, hostile texts, and the same bytes every time."""

import io
import zipfile
from dataclasses import replace

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

from gridkit.errors import OutputError
from gridkit.model import AuditResult
from gridkit.reports import docx as report
from gridkit.reports import write_docx
from gridkit.reports.docx_form import BODY_FACE, FALLBACKS, HEAD_FACE, SUBHEAD_FACE, TITLE_FACE, Form, chinese_number
from tests.reports import sample, sample_proof


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("docx") / "audit.docx"
    write_docx(sample_proof.run("en"), target)
    return target


@pytest.fixture(scope="module")
def made(path):
    return docx.Document(path)


def texts(document, style=None):
    return [p.text for p in document.paragraphs if style is None or p.style.name == style]


def everything(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*texts(document), *cells])


def test_the_parts_come_in_the_order_of_an_office(made):
    assert texts(made, "Title") == ["Audit of Party organisation coverage in 测试市"]
    assert texts(made, "Date Line") == ["(data as of 2024-06-30)"]
    assert texts(made, "Heading 1") == [
        "1. Findings of the audit",
        "2. Three key figures",
        "3. Compounds that are not covered",
        "4. What may make the figures too high",
        "5. What full organisation coverage would need",
        "6. Reconciliation",
        "7. Definitions and limits",
    ]


def test_chinese_headings_are_counted_in_chinese():
    form = Form("题", None, "zh")
    for at in range(1, 12):
        form.heading(f"标题{at}")
        form.subheading("甲")
        form.subheading("乙")
    made = docx.Document(io.BytesIO(form.to_bytes()))
    heads = texts(made, "Heading 1")
    assert (heads[0], heads[1], heads[10]) == ("一、标题1", "二、标题2", "十一、标题11")
    assert texts(made, "Heading 2")[:4] == ["（一）甲", "（二）乙", "（一）甲", "（二）乙"]
    assert chinese_number(30) == "三十"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_paper_faces_and_lines(language):
    made = docx.Document(io.BytesIO(Form("t", None, language).to_bytes()))
    section = made.sections[0]
    assert abs(section.page_width - Cm(21)) < 700
    assert abs(section.page_height - Cm(29.7)) < 700
    sizes = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    for size, wanted in zip(sizes, (3.7, 3.5, 2.8, 2.6), strict=True):
        assert abs(size - Cm(wanted)) < 700
    expected = {"Title": (TITLE_FACE, 22), "Normal": (BODY_FACE, 16), "Heading 1": (HEAD_FACE, 16),
                "Heading 2": (SUBHEAD_FACE, 16)}  # fmt: skip
    for name, (face, size) in expected.items():
        style = made.styles[name]
        fonts = style.element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == face
        assert not [key for key in fonts.attrib if "Theme" in key]
        assert style.font.size == Pt(size)
        assert style.font.name == "Times New Roman"
    assert made.styles["Normal"].paragraph_format.line_spacing == Pt(28)
    for footer in (section.footer, section.even_page_footer):
        xml = footer._element.xml
        assert 'w:instr="PAGE"' in xml
        assert footer.paragraphs[0].text.startswith("— ")
        assert footer.paragraphs[0].text.endswith(" —")
    assert made.settings.odd_and_even_pages_header_footer


def test_the_pieces_of_a_page_number_are_in_order():
    made = docx.Document(io.BytesIO(Form("t", None, "zh").to_bytes()))
    tags = [child.tag.rpartition("}")[2] for child in made.sections[0].footer.paragraphs[0]._p]
    assert tags == ["pPr", "r", "fldSimple", "r"]


def test_it_says_verdicts_figures_and_limits(made):
    body = everything(made)
    verdicts = made.tables[0]
    assert [cell.text for cell in verdicts.rows[1].cells][:3] == ["refuted", "全市小区党组织覆盖率达到100%", "100%"]
    assert "Would hold only under work coverage ÷ all of the layer, by compounds; " in body
    assert body.count("would hold") + body.count("Would hold") == 1
    assert "only in 台账" in body
    assert "37.5%–62.5%: 3 of 8 compounds; 2 unknown (1 of compounds + 1 of names that match nothing)" in body
    assert "62.1% (306/493) − 41.8% (51/122)" in body
    assert "Of 8 compounds 3 are covered; 3 are confirmed to be uncovered; 2 may be covered" in body
    assert "37.5% → 25.0%" in body
    assert "measured: 0 of 240 checked links wrong" in body
    assert "Annex 3: League table of the streets" in body


def test_only_confirmed_compounds_are_called_uncovered(made):
    table = next(table for table in made.tables if table.cell(0, 3).text == "reason")
    assert [row.cells[2].text for row in table.rows][1:] == ["翠湖苑一期", "翠湖苑二期", "向阳院"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_long_lists_are_counted_and_pointed_to(monkeypatch, tmp_path):
    monkeypatch.setattr(report, "PER_STREET", 1)
    monkeypatch.setattr(report, "MOST_STEPS", 1)
    write_docx(sample_proof.run("en"), tmp_path / "a.docx")
    body = everything(docx.Document(tmp_path / "a.docx"))
    assert "1 more: see sheet “No organisation, by certainty” of audit.xlsx." in body
    assert "2 more: see sheet “What full coverage needs” of audit.xlsx." in body


def test_hostile_texts_stay_texts(tmp_path):
    run = sample_proof.run("en")
    claims = run.claims.assign(text=pd.Series(["<w:p>&\x00\x0b\ud800\n]]>" + "长" * 40_000, "{x} %s"], dtype="object"))
    write_docx(replace(run, claims=claims), tmp_path / "a.docx")
    body = everything(docx.Document(tmp_path / "a.docx"))
    assert "<w:p>&��� ]]>长" in body
    assert "{x} %s" in body
    assert sample.HOSTILE in body


def test_nothing_proved_is_said_in_words(tmp_path):
    run = replace(sample.run("en"), result=AuditResult())
    write_docx(replace(run, claims=run.claims.iloc[:0]), tmp_path / "a.docx")
    body = everything(docx.Document(tmp_path / "a.docx"))
    assert "The project states no claim to judge." in body
    assert "Of 8 compounds 1 are uncovered and of 2 there are no data." in body
    assert "None of the rules for figures that are too high has found anything." in body


def test_properties_name_nobody_and_the_clock_leaves_no_mark(path, tmp_path, made):
    core = made.core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert core.created.date() == core.modified.date() == sample.run().city.as_of
    archive = zipfile.ZipFile(path)
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive.namelist()[0] == "[Content_Types].xml"
    assert not [name for name in archive.namelist() if "thumbnail" in name or "app.xml" in name]
    assert all(face in archive.read("word/fontTable.xml").decode() for face in FALLBACKS)
    assert b"python-docx" not in b"".join(archive.read(name) for name in archive.namelist())
    write_docx(sample_proof.run("en"), tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == path.read_bytes()


def test_undated_and_chinese(tmp_path):
    run = sample_proof.run("zh")
    write_docx(replace(run, city=replace(run.city, as_of=None)), tmp_path / "a.docx")
    made = docx.Document(tmp_path / "a.docx")
    assert made.core_properties.created.year == 1980
    assert texts(made, "Heading 1")[5].startswith("六、")
    assert isinstance(made.tables[0], Table)


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(OutputError):
        write_docx(sample_proof.run("en"), tmp_path / "missing" / "audit.docx")
