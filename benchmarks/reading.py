"""Our reading of a nasty workbook against openpyxl in read-only mode, by cpu time, each run in a process of its own.

``python -m benchmarks.reading [--rows 100000] [--repeat 5]`` writes an .xlsx as offices send them: title and unit rows,
a header of two merged rows, a tenth as many vertical merges as rows, every twentieth row a subtotal with SUM formulas,
hidden and struck-out rows, shared texts. Ours reads all cells, merged ranges, hidden rows, struck-out cells and the
ranges that each SUM adds, and checks them against what was written; openpyxl reads the values alone. Printed are the
ratio of cpu seconds with its spread (target: at least 5) and our peak memory (target: at most 600 MB).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = 5.0
MOST_MB = 600
TOP = 4
"""Rows above the first record: title, unit and date, header of two rows."""

_KINDS = ("商品房小区", "老旧小区", "单位型小区", "保障房小区")
_YES_NO = ("是", "否", "√", "×")
_NUMBERS = "HIJKLMNO"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

OURS = """
import json, resource, sys, time
from pathlib import Path
from gridkit.io.sheets import read_sheets
start = time.process_time()
(sheet,) = read_sheets(Path(sys.argv[1]), "nasty.xlsx")
cpu = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
hidden = sheet.hidden
print(json.dumps({"cpu": cpu, "peak": peak, "rows": len(sheet.cells), "columns": len(sheet.cells[0]),
    "merges": len(sheet.merged), "hidden": len(hidden.rows), "hidden_columns": len(hidden.columns),
    "struck": len(hidden.struck), "sums": len(hidden.sums), "added": sum(a[2] - a[0] + 1 for s in hidden.sums.values()
    for a in s), "first": sheet.cells[4][2]}))
"""

PEER = """
import json, resource, sys, time
import openpyxl
start = time.process_time()
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
rows = [row for row in book.worksheets[0].iter_rows(values_only=True)]
cpu = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpu": cpu, "peak": peak, "rows": len(rows), "columns": len(rows[0])}))
"""


@dataclass(frozen=True)
class Written:
    """What was written, to be found again."""

    rows: int
    columns: int
    merges: int
    hidden: int
    hidden_columns: int
    struck: int
    sums: int
    added: int
    first: str


class _Texts:
    """Shared texts in the order of their first use."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.uses = 0

    def cell(self, place: str, text: str, style: int) -> str:
        self.uses += 1
        number = self.numbers.setdefault(text, len(self.numbers))
        return f'<c r="{place}" s="{style}" t="s"><v>{number}</v></c>'


def write_nasty(path: Path, rows: int) -> Written:
    """Write the workbook; ``rows`` records and subtotals."""
    texts = _Texts()
    merges = ["A1:T1", "A2:J2", "K2:T2", *(f"{c}3:{c}4" for c in "ABCDEFGPQRST"), "H3:K3", "L3:O3"]
    merges += [f"B{TOP + 1 + top}:B{TOP + 9 + top}" for top in range(0, rows - 9, 10)]
    counts = {"hidden": 0, "struck": 0, "sums": 0, "added": 0}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        with book.open("xl/worksheets/sheet1.xml", "w") as stream:
            for piece in _sheet(rows, texts, merges, counts):
                stream.write(piece.encode())
        items = "".join(f"<si><t>{text}</t></si>" for text in texts.numbers)
        head = f'<sst xmlns="{_MAIN}" count="{texts.uses}" uniqueCount="{len(texts.numbers)}">'
        book.writestr("xl/sharedStrings.xml", f"{_XML}{head}{items}</sst>")
        for name, text in _FIXED.items():
            book.writestr(name, _XML + text)
    return Written(TOP + rows + 2, 20, len(merges), hidden_columns=1, first="阳光花园0期", **counts)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIXED = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="汇总" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/></font><font><strike/><sz val="11"/></font>'
        '</fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/>'
        '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="0" '
        'applyAlignment="1"/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        "</styleSheet>"
    ),
}


def _sheet(rows: int, texts: _Texts, merges: list[str], counts: dict[str, int]) -> Iterator[str]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:T{TOP + rows + 2}"/>'
    yield '<cols><col min="20" max="20" width="9" hidden="1" customWidth="1"/></cols><sheetData>'
    heads = {"A": "序号", "B": "社区", "C": "小区名称", "D": "小区编号", "E": "小区类型", "F": "地址", "G": "建成时间"}
    tail = {"P": "是否覆盖", "Q": "组建方式", "R": "管理模式", "S": "面积", "T": "备注"}
    yield _row(1, [texts.cell("A1", "××街道小区党组织覆盖情况统计表", 1)])
    yield _row(2, [texts.cell("A2", "填报单位：××街道（盖章）", 1), texts.cell("K2", "填报时间：2024年6月", 1)])
    groups = {"H": "党员情况", "L": "房屋情况"}
    yield _row(3, [texts.cell(f"{c}3", text, 1) for c, text in sorted({**heads, **groups, **tail}.items())])
    names = ("正式党员数", "预备党员数", "报到党员数", "党小组数", "楼栋数", "单元数", "户数", "常住人口")
    yield _row(4, [texts.cell(f"{c}4", text, 1) for c, text in zip(_NUMBERS, names, strict=True)])
    first = TOP + 1
    for at in range(rows):
        number = TOP + 1 + at
        if at % 20 == 19:
            cells = [texts.cell(f"A{number}", "小计", 1)]
            sums = ((c, f"SUM({c}{first}:{c}{number - 1})") for c in _NUMBERS[:4])
            cells += [f'<c r="{c}{number}" s="1"><f>{formula}</f><v>57</v></c>' for c, formula in sums]
            counts["sums"] += 4
            counts["added"] += 4 * (number - first)
            first = number + 1
            yield _row(number, cells)
            continue
        struck, hidden = at % 200 == 7, at % 2500 == 13
        counts["struck"] += 20 * struck - struck * (at % 10 != 0)
        counts["hidden"] += hidden
        yield _row(number, _record(at, number, texts, 2 if struck else 1), ' hidden="1"' if hidden else "")
    foot = TOP + rows + 1
    yield _row(foot, [texts.cell(f"A{foot}", "合计", 1)])
    yield _row(foot + 1, [texts.cell(f"A{foot + 1}", "注：正式党员数按组织关系统计。", 1)])
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in merges)
    yield f'</sheetData><mergeCells count="{len(merges)}">{cells}</mergeCells></worksheet>'


def _row(number: int, cells: list[str], more: str = "") -> str:
    return f'<row r="{number}" spans="1:20"{more}>{"".join(cells)}</row>'


def _record(at: int, n: int, texts: _Texts, style: int) -> list[str]:
    text = texts.cell
    return [
        f'<c r="A{n}" s="{style}"><v>{at + 1}</v></c>',
        text(f"B{n}", f"第{at // 10}社区", style) if at % 10 == 0 else f'<c r="B{n}" s="{style}"/>',
        text(f"C{n}", f"阳光花园{at}期", style),
        text(f"D{n}", f"5223010010{at:08d}", style),
        text(f"E{n}", _KINDS[at % 4], style),
        text(f"F{n}", f"平安路{at % 5000}号", style),
        f'<c r="G{n}" s="{3 if style == 1 else style}"><v>{38_000 + at % 6000}</v></c>',
        *(
            f'<c r="{c}{n}" s="{style}"><v>{3 if c in "HIJK" else (at * k) % 900}</v></c>'
            for k, c in enumerate(_NUMBERS)
        ),
        text(f"P{n}", _YES_NO[at % 4], style),
        text(f"Q{n}", "单独组建" if at % 3 else "联合组建", style),
        text(f"R{n}", f"模式{at % 5}", style),
        f'<c r="S{n}" s="{style}"><v>{at * 1.5}</v></c>',
        text(f"T{n}", f"说明{at % 100}", style),
    ]


def measure(program: str, path: Path) -> dict[str, float | str]:
    """Run one reader in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
    figures: dict[str, float | str] = json.loads(done.stdout)
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; exit code 1 if something was not found, or a target is missed at full size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--tiny", action="store_true", help="a size that only shows that it runs")
    given = parser.parse_args(arguments)
    if given.tiny:
        given.rows, given.repeat = 400, 1
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "nasty.xlsx"
        written = write_nasty(path, given.rows)
        runs = [(measure(OURS, path), measure(PEER, path)) for _ in range(given.repeat)]
        size = path.stat().st_size / 1e6
    equal = all(own[key] == value for own, _ in runs for key, value in vars(written).items())
    ratios = sorted(float(peer["cpu"]) / max(float(own["cpu"]), 1e-9) for own, peer in runs)
    middle, peak = ratios[len(ratios) // 2], max(float(own["peak"]) for own, _ in runs)
    print(f"{given.rows} rows x 20 columns, {size:.1f} MB, {given.repeat} repetitions, cpu seconds (best of each)")
    print(f"  gridkit.io.read_sheets  {min(float(own['cpu']) for own, _ in runs):8.3f}, peak {peak:.0f} MB")
    print(f"  openpyxl read_only      {min(float(peer['cpu']) for _, peer in runs):8.3f}, values alone")
    print(f"  ratio {middle:.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f}), target {TARGET:.0f} at 100000")
    print(
        f"  merges {written.merges}, hidden rows {written.hidden}, struck cells {written.struck}, sums {written.sums}"
    )
    print(f"  all of them found: {'yes' if equal else 'NO'}")
    return 0 if equal and (given.rows < 100_000 or (middle >= TARGET and peak <= MOST_MB)) else 1


if __name__ == "__main__":
    sys.exit(main())
