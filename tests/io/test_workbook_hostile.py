"""Workbooks that are broken, protected or made to do harm: each ends with a message, in bounded time and memory."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from gridkit.errors import TableError
from gridkit.io import workbook_parts
from gridkit.io.sheets import read_sheets
from tests.io import parts

GOOD = '<row r="1">' + parts.text("A1", "小区名称") + '<c r="B1"><v>1</v></c></row>'


def refused(path, *words):
    with pytest.raises(TableError) as caught:
        read_sheets(path, path.name)
    said = str(caught.value)
    assert said.startswith(path.name)
    assert caught.value.remedy
    assert all(word in said for word in words), said


CHILD = """
import json, resource, sys
from pathlib import Path
import gridkit.io.sheets as sheets
from gridkit.errors import TableError
before = resource.getrusage(resource.RUSAGE_SELF)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000, 2_500_000_000))
said = {}
for file in sorted(Path(sys.argv[1]).iterdir()):
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        found = sheets.read_sheets(file, file.name)
        text = f"{len(found[0].cells)} row(s)"
    except TableError as problem:
        text = str(problem)
    after = resource.getrusage(resource.RUSAGE_SELF)
    said[file.stem] = [text, after.ru_utime - start, (after.ru_maxrss - before.ru_maxrss) / 1024]
print(json.dumps(said))
"""

MB = 1 << 20


def inside(block, times, before=b"", after=b""):
    head = f'<worksheet xmlns="{parts.MAIN}"><sheetData>'.encode()
    return parts.Bomb(block, times, head + before, after + b"</sheetData></worksheet>")


CELL = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
FAR = b'<row r="1"><c r="XFD1"><v>1</v></c><c r="A1"><v>1</v></c><c r="A1048576"><v>1</v></c></row>'
EMPTY = "".join(f'<row r="{n}" spans="1:9" s="1" customFormat="1" ht="20"/>' for n in range(2, 1002))
STYLED = "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="2"/></row>' for n in range(2, 1002))
PAGES = {
    "zeros": (parts.Bomb(bytes(MB), 1100), "more than 1024 MB is not read"),
    "no-rows": (parts.Bomb(bytes(MB), 200), "S: one row or one text takes more than 32 MB"),
    "a-cell-of-a-gigabyte": (inside(b"x" * MB, 1000, CELL, b"</t></is></c></row>"), "S: one row or one text takes"),
    "the-last-corner": (inside(b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>', 1), "reaches to cell XFD1048576"),
    "two-far-corners": (inside(FAR, 1), "reaches to cell XFD1048576"),
    "a-million-empty-rows": (inside(EMPTY.encode(), 1048, GOOD.encode()), "1 row(s)"),
    "a-million-rows-of-empty-cells": (inside(STYLED.encode(), 1048, GOOD.encode()), "1 row(s)"),
}
TEXTS = {
    "texts-of-a-gigabyte": (parts.Bomb(b"<si><t>" + b"x" * MB, 1100), "more than 1024 MB is not read"),
    "one-text": (parts.Bomb(b"x" * MB, 100), "takes more than 32 MB"),
    "ten-million-texts": (parts.Bomb(b"<si/>" * 100_000, 100), "more than 5000000 different texts"),
}
SMALL = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Read all bombs in one process that may use 2.5 GB of addresses and a minute of cpu."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, (page, _) in PAGES.items():
        parts.book(folder / f"{name}.xlsx", {"S": page})
    for name, (texts, _) in TEXTS.items():
        parts.book(folder / f"{name}.xlsx", {"S": parts.sheet(GOOD)}, strings=texts)
    for at, part in enumerate(SMALL):
        parts.book(folder / f"small-{at}.xlsx", {"S": parts.sheet(GOOD)}, more={part: parts.Bomb(b" " * MB, 80)})
    assert max(file.stat().st_size for file in folder.iterdir()) < 20 * MB
    english = os.environ | {"LC_ALL": "en_US.UTF-8"}
    asked = [sys.executable, "-c", CHILD, str(folder)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env=english)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, (_, words) in (PAGES | TEXTS).items()])
def test_bombs(said, name, words):
    text, cpu, megabytes = said[name]
    assert words in text
    assert cpu < 20
    assert megabytes < 250


@pytest.mark.parametrize("at", range(len(SMALL)))
def test_bombs_in_small_parts(said, at):
    assert "more than 64 MB is not read" in said[f"small-{at}"][0]


def test_an_archive_that_lies_about_its_sizes(tmp_path):
    """The directory says 1 kB; what comes out is more: the checksum of what was promised is wrong."""
    path = parts.book(tmp_path / "a.xlsx", {"S": inside(b" " * MB, 60, GOOD.encode())})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    while data[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        if data[at + 46 : at + 46 + name].startswith(b"xl/worksheets"):
            data[at + 24 : at + 28] = struct.pack("<I", 1000)
        at += 46 + name + extra + comment
    path.write_bytes(bytes(data))
    refused(path, "damaged or was cut off")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {"abcdefghij"[n]} "{("&" + "abcdefghij"[n - 1] + ";") * 10}">' for n in range(1, 10))
    + "]>"
)


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml"])
def test_a_billion_laughs(tmp_path, part):
    path = parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(GOOD)})
    with zipfile.ZipFile(path) as before:
        members = {name: before.read(name).decode() for name in before.namelist()}
    members[f"xl/{part}"] = LAUGHS + members[f"xl/{part}"].replace("小区名称", "&j;")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name, text in members.items():
            after.writestr(name, text)
    refused(path, "declares entities of its own", "do not trust this file")


def test_laughter_and_bombs_in_other_formats(tmp_path):
    name = (
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    body = "<Worksheet ss:Name='S'><Table><Row><Cell><Data ss:Type='String'>&j;</Data></Cell></Row></Table></Worksheet>"
    (tmp_path / "a.xls").write_text(f"{LAUGHS}<Workbook {name}>{body}</Workbook>", "utf-8")
    refused(tmp_path / "a.xls", "declares entities")
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", f"{LAUGHS}<x>&j;</x>")
    refused(tmp_path / "a.ods", "declares entities")


def compound(*names):
    """Return a compound file (MS-CFB) with empty streams of these names."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b""
    for at, name in enumerate(("Root Entry", *names)):
        text = name.encode("utf-16-le") + b"\0\0"
        entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), 2 if at else 5, 1)
        entries += (entry + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if not at else 0xFFFFFFFF)).ljust(128, b"\0")
    return head + table + entries.ljust(512, b"\0")


def test_a_workbook_under_a_password(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(compound("EncryptionInfo", "EncryptedPackage"))
    refused(tmp_path / "a.xlsx", "a.xlsx: the workbook is protected by a password", "save a copy without a password")
    with zipfile.ZipFile(tmp_path / "b.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        book.writestr("content.xml", b"\x12\x34")
    refused(tmp_path / "b.ods", "protected by a password")


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.97, 0.999])
def test_a_workbook_that_was_cut_off(tmp_path, kept):
    book = openpyxl.Workbook()
    for row in range(200):
        book.active.append([f"小区{row}", row])
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(data[: int(len(data) * kept)])
    refused(tmp_path / "a.xlsx")


def test_bytes_that_were_changed_on_the_way(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 2000))
    path = parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(rows)})
    good = path.read_bytes()
    with zipfile.ZipFile(path) as book:
        start = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    for at in range(start, start + 3000, 500):
        bad = bytearray(good)
        bad[at] ^= 0x55
        path.write_bytes(bytes(bad))
        refused(path, "damaged or was cut off")


@pytest.mark.parametrize(
    "xml",
    [
        parts.sheet(GOOD)[:-30],  # ends in the middle
        parts.sheet(GOOD * 3)[: len(parts.sheet(GOOD)) + 40],
        parts.sheet(GOOD).replace("<v>1</v>", "<v>1</w>"),
        parts.sheet(GOOD).replace("</sheetData>", ""),
        "",
        "no markup at all",
    ],
)
def test_xml_that_is_broken(tmp_path, xml):
    refused(parts.book(tmp_path / "a.xlsx", {"S": xml}))


def test_no_sheets_at_all(tmp_path):
    refused(parts.book(tmp_path / "a.xlsx", {}), "the sheet is empty")
    only = parts.book(tmp_path / "b.xlsx", {"S": parts.sheet(GOOD)}, states={"S": ' state="hidden"'})
    refused(only, "the sheet is empty")


def test_a_part_that_is_missing(tmp_path):
    path = parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(GOOD)})
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    for lost in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        with zipfile.ZipFile(path, "w") as book:
            for name, content in members.items():
                if name != lost:
                    book.writestr(name, content)
        refused(path)


def test_formulas_with_links_and_programs_fetch_and_run_nothing(tmp_path):
    formulas = ("[1]Sheet1!A1", "cmd|'/c calc'!A0", "'http://x.example/[b.xlsx]S'!A1", 'WEBSERVICE("http://x.example")')
    cells = "".join(f'<c r="{c}1"><f>{f}</f><v>7</v></c>' for c, f in zip("ABCD", formulas, strict=True))
    (sheet,) = read_sheets(parts.book(tmp_path / "a.xlsx", {"S": parts.sheet(f'<row r="1">{cells}</row>')}), "a.xlsx")
    assert sheet.cells == [[7.0, 7.0, 7.0, 7.0]]
    assert sheet.hidden.external == 3


def test_spans_that_cover_everything_many_times(tmp_path):
    columns = '<col min="1" max="16384" hidden="1"/>' * 20_000
    xml = parts.sheet(
        GOOD, before=f"<cols>{columns}</cols>", after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    (sheet,) = read_sheets(parts.book(tmp_path / "a.xlsx", {"S": xml}), "a.xlsx")
    assert sheet.hidden.columns == (0, 1)
    assert sheet.merged == (((0, 0), (1_048_575, 16_383)),)


def test_numbers_that_are_too_long(tmp_path):
    digits = "9" * 5000
    xml = parts.sheet(GOOD, before=f'<cols><col min="{digits}" max="{digits}" hidden="1"/></cols>')
    (sheet,) = read_sheets(parts.book(tmp_path / "a.xlsx", {"S": xml}), "a.xlsx")
    assert sheet.hidden.columns == ()


def test_limits_are_told_with_their_number(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook_parts, "MOST_ROW", 1 << 20)
    monkeypatch.setattr(workbook_parts, "PIECE", 1 << 10)
    path = parts.book(tmp_path / "a.xlsx", {"S": inside(b"x" * MB, 2, CELL)})
    refused(path, "a.xlsx!S: one row or one text takes more than 1 MB")


def test_a_binary_workbook_that_reaches_far_or_is_broken(tmp_path):
    far = bytes([0, 4]) + struct.pack("<I", 1_048_575) + bytes([1, 4]) + struct.pack("<I", 16_383)
    for sheet, words in ((far, "reaches to cell XFD1048576"), (far[:9], "not a workbook that can be read")):
        parts.archive(tmp_path / "a.xlsb", {"xl/workbook.bin": b"\x83\x01\x00", "xl/worksheets/sheet1.bin": sheet})
        refused(tmp_path / "a.xlsb", words)
