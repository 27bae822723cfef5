"""Validating 100,000 rows of 20 columns: ``python -m benchmarks.validation [--rows 100000] [--repeat 3] [--build]``.

Ours is conversion and checks together: :func:`gridkit.io.fields.shape` on the raw cells of a registry of compounds,
then :func:`gridkit.schema.check_city`; a fifth of the rows hold one cell that is wrong, and every one is named with
file, sheet and cell. The target is one second of cpu.

The peer is pandera with a schema of the same columns, ``lazy=True``, in an environment of its own: ``--build`` makes
``.venv-pandera`` with the pinned version, ``--peer PYTHON`` names another. It checks texts with patterns and names
rows, not cells; plain conversions with pandas are timed beside it (first number of a cell, no words understood), and
nobody looks for persons. Without it the peer is a loop over all cells that calls the same converters, and that is said.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridkit.io import values
from gridkit.io.cells import _converter
from gridkit.io.dictionary import match
from gridkit.io.fields import shape, types_of
from gridkit.io.raw import RawTable, letter
from gridkit.model import City, Registry, conform
from gridkit.model.fields import REGISTRY_FIELDS
from gridkit.schema import check_city

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, TARGET, PINNED = 100_000, 1.0, "0.35.0"
PEER = Path(".venv-pandera/bin/python")
COUNTS = ("楼栋数", "单元数", "户数", "入住户数", "常住人口", "正式党员数", "预备党员数", "报到党员数")
LETTERS = "金银翠阳和平锦绣东西南北海棠梧桐香樟玉兰丽景春江月亮"
WRONG = {"楼栋数": "若干", "户数": "300-320户", "常住人口": "不足10人", "正式党员数": "三四名", "建成年份": "90年代",
         "小区类型": "别墅区", "是否符合组建条件": "部分", "共建协议签订时间": "去年"}  # fmt: skip
"""Column -> a cell that is wrong in it."""

CHILD = r"""
import sys, time
import pandas as pd
import pandera.pandas as pa
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
count = pa.Check.str_matches(r"^([约近]?\d+(\.0)?[户人名]?|XX|)$")
columns = {name: pa.Column(str, count) for name in sys.argv[2].split(",")}
columns["建成年份"] = pa.Column(str, pa.Check.str_matches(r"^\d{4}(\.\d|年)?(\.0)?$"))
columns["小区类型"] = pa.Column(str, pa.Check.isin(["商品房小区", "老旧小区", "单位家属院", "安置房"]))
columns["是否符合组建条件"] = pa.Column(str, pa.Check.isin(["是", "否", "√", "×", ""]))
columns["共建协议签订时间"] = pa.Column(str, pa.Check.str_matches(r"^(\d{4}[.年/-].*|\d{5}\.0|)$"))
columns["小区名称"] = pa.Column(str, pa.Check.str_matches(r"."))
columns["小区编号"] = pa.Column(str, [pa.Check.str_matches(r"^\d{15}$")], unique=True)
schema = pa.DataFrameSchema(columns)
start = time.process_time()
try:
    schema.validate(frame, lazy=True)
    failed = 0
except pa.errors.SchemaErrors as error:
    failed = len(error.failure_cases)
checked = time.process_time() - start
start = time.process_time()
for name in [*sys.argv[2].split(","), "建成年份"]:
    frame[name] = pd.to_numeric(frame[name].str.extract(r"(\d+)", expand=False)).astype("Int64")
dates = frame["共建协议签订时间"].str.replace(r"[年月./]", "-", regex=True).str.rstrip("日")
frame["共建协议签订时间"] = pd.to_datetime(dates, errors="coerce", format="mixed")
frame["是否符合组建条件"] = frame["是否符合组建条件"].map({"是": "yes", "√": "yes", "否": "no", "×": "no"})
print(checked, time.process_time() - start, failed)
"""


def make_table(rows: int, seed: int = 0) -> RawTable:
    """Return the raw cells of a registry of compounds as a spreadsheet reader gives them."""
    rng = random.Random(seed)
    names = {
        "小区编号": lambda n: f"99010100{n:07d}",
        "小区名称": lambda n: "".join(rng.choices(LETTERS, k=4)) + rng.choice(("小区", "花园", "苑")) + f"{n % 97}期",
        "所属街道": lambda n: f"{LETTERS[n % 20]}{LETTERS[n // 20 % 20]}街道",
        "社区": lambda n: f"{LETTERS[n % 20]}{LETTERS[n * 7 % 23]}社区",
        "社区代码": lambda n: float(990_101_001_000 + n % 500),
        "所属网格": lambda n: f"990101001{n % 500:03d}{n % 9:03d}",
        "小区类型": lambda _: rng.choice(("商品房小区", "老旧小区", "单位家属院", "安置房")),
        "建成年份": lambda _: rng.choice((1998.0, "2001年", "2005.6", 1985.0)),
        **{name: lambda _: _count(rng) for name in COUNTS},
        "是否符合组建条件": lambda _: rng.choice(("是", "否", "√", "×", "")),
        "组建方式": lambda _: rng.choice(("单独组建", "联合组建", "无")),
        "物业服务企业": lambda n: f"{LETTERS[n % 20]}{LETTERS[n * 7 % 23]}物业有限公司",
        "共建协议签订时间": lambda _: rng.choice(("2021.5", "2021年5月3日", 44319.0, "", "2022-1-1")),
    }
    columns: dict[str, list[Any]] = {name: [make(n) for n in range(rows)] for name, make in names.items()}
    for row in range(0, rows, 5):  # every fifth row has one cell that is wrong
        name = rng.choice(sorted(WRONG))
        columns[name][row] = WRONG[name]
    return RawTable(
        "compounds.xlsx", "Sheet1", "0" * 64, list(columns), [letter(n) for n in range(len(columns))],
        list(columns.values()), list(range(3, rows + 3)),
    )  # fmt: skip


def _count(rng: random.Random) -> Any:
    drawn = rng.random()
    if drawn > 0.06:
        return float(rng.randint(0, 900))
    return f"{rng.randint(1, 900)}户" if drawn > 0.02 else rng.choice(("约300户", "", "XX"))


def ours(table: RawTable) -> int:
    """Convert and check; return the number of cells that findings of wrong cells name."""
    records = shape(table, "compounds")
    registry = Registry("compounds", conform(records.frame, REGISTRY_FIELDS["compounds"]), given=records.given)
    city = City("benchmark", "EPSG:4545", registries={"compounds": registry}, sources=(records.source,))
    check_city(city)
    wrong = {"S110", "S111", "S113", "S114", "S180"}
    return sum(len(note["refs"]) for note in records.notes if note["code"] in wrong)


def loop(table: RawTable) -> int:
    """Convert cell by cell with the same converters; return the number of wrong cells."""
    failed = 0
    for field, position in match(table.headers, "compounds").fields.items():
        convert = _converter(field, types_of("compounds")[field], table.headers[position])
        failed += sum(bool(convert(cell)[1]) for cell in table.columns[position])
        failed -= sum(convert(cell)[1] == values.APPROXIMATE for cell in table.columns[position])
    return failed


def pandera(table: RawTable, python: Path) -> tuple[float, int, float]:
    """Check the same cells as texts in the peer's environment.

    Returns cpu seconds, failing cells, and the cpu seconds of plain conversions with pandas beside it.
    """
    import pandas as pd

    frame = pd.DataFrame(dict(zip(table.headers, table.columns, strict=True)), dtype=object)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        frame.to_csv(file, index=False)
        command = [str(python), "-W", "ignore", "-c", CHILD, str(file), ",".join(COUNTS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    checked, converted, failed = done.stdout.split()
    return float(checked), int(failed), float(converted)


def build() -> None:
    """Make the environment of the peer."""
    subprocess.run([sys.executable, "-m", "venv", str(PEER.parents[1])], check=True)
    subprocess.run([str(PEER), "-m", "pip", "install", "--quiet", f"pandera[pandas]=={PINNED}"], check=True)


def _cpu(job: Callable[[], int]) -> tuple[float, int]:
    start = time.process_time()
    found = job()
    return time.process_time() - start, found


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; exit code 1 where the target is missed at full size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peer", type=Path, default=PEER, help="python of an environment with pandera")
    parser.add_argument("--build", action="store_true", help="make that environment first")
    parser.add_argument("--tiny", action="store_true", help="a size that only shows that it runs")
    given = parser.parse_args(arguments)
    if given.tiny:
        given.rows, given.repeat = 500, 1
    if given.build:
        build()
    table = make_table(given.rows)
    ours(make_table(200))  # what is loaded once is loaded
    there = given.peer.is_file() and not given.tiny
    pairs = []
    for _ in range(given.repeat):
        mine = _cpu(lambda: ours(table))
        pairs.append((mine, pandera(table, given.peer) if there else (*_cpu(lambda: loop(table)), 0.0)))
    own = statistics.median(mine[0] for mine, _ in pairs)
    ratios = sorted((peer[0] + peer[2]) / max(mine[0], 1e-9) for mine, peer in pairs)
    checks, conversion = (statistics.median(peer[at] for _, peer in pairs) for at in (0, 2))
    print(f"{given.rows} rows x {len(table.headers)} columns, {given.repeat} repetitions, median cpu seconds")
    print(f"  gridkit: persons, conversion, checks  {own:6.3f} (target {TARGET:.0f} at {ROWS} rows)")
    if there:
        print(f"  pandera {PINNED}: checks of texts  {checks:6.3f}, and conversion with pandas {conversion:6.3f}")
    else:
        print(f"  no pandera at hand; a loop over all cells with our converters, no checks  {checks:6.3f}")
    print(f"  ratio {statistics.median(ratios):.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f})")
    print(f"  wrong cells told: {pairs[0][0][1]} by gridkit with file, sheet and cell; {pairs[0][1][1]} by the peer")
    return int(given.rows >= ROWS and own > TARGET)


if __name__ == "__main__":
    sys.exit(main())
