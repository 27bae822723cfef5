"""Workbooks made of raw XML, for markup that no library writes, and for bombs."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/></font>'
    '<font><strike/><sz val="11"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf fontId="0"/><xf fontId="0"/>'
    '<xf fontId="1"/></cellXfs></styleSheet>'
)


def text(place: str, words: str, more: str = "") -> str:
    return f'<c r="{place}"{more} t="inlineStr"><is><t>{words}</t></is></c>'


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


@dataclass(frozen=True)
class Bomb:
    """Content of any size that is made, and packed, in no time: one block again and again."""

    block: bytes
    times: int
    before: bytes = b""
    after: bytes = b""

    def packed(self) -> tuple[bytes, int, int]:
        """Return the deflated content, its size and its checksum (of a small one: nobody reads so far in a large)."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        start = packer.compress(self.before) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(self.block) + packer.flush(zlib.Z_FULL_FLUSH)
        end = packer.compress(self.after) + packer.flush()
        size = len(self.before) + len(self.block) * self.times + len(self.after)
        checksum = zlib.crc32(self.before)
        for _ in range(self.times if size < 200 << 20 else 0):
            checksum = zlib.crc32(self.block, checksum)
        return start + block * self.times + end, size, zlib.crc32(self.after, checksum)


def archive(path: Path, members: dict[str, object]) -> Path:
    """Write a zip whose members are texts, bytes or bombs."""
    body, directory = b"", b""
    for name, content in members.items():
        data = content.encode() if isinstance(content, str) else content
        bomb = data if isinstance(data, Bomb) else Bomb(b"", 0, data)
        packed, size, checksum = bomb.packed()
        fixed = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, checksum, len(packed), size, len(name.encode()), 0)
        entry = b"PK" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += entry + name.encode()
        body += b"PK" + fixed + name.encode() + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK" + end)
    return path


def book(path: Path, pages: dict[str, object], *, strings="", styles=STYLES, states=None, more=None) -> Path:
    """Write a workbook of pages of XML."""
    names = list(pages)
    numbers = range(1, len(names) + 1)
    override = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPES}.worksheet+xml"/>' for n in numbers
    )
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"{(states or {}).get(name, "")}/>'
        for n, name in zip(numbers, names, strict=True)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    fixed = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>{override}'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPES}.sharedStrings+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}">{relations}'
            f'<Relationship Id="rId98" Type="{OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        "xl/styles.xml": styles,
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{MAIN}"/>',
        **(more or {}),
    }
    fixed |= {f"xl/worksheets/sheet{n}.xml": page for n, page in zip(numbers, pages.values(), strict=True)}
    return archive(path, fixed)
