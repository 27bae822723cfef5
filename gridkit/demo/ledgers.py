"""Ledgers: issues collected, promised and resolved, and the three lists needs, resources, projects."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridkit.demo.territory import Record, Territory

_ITEMS = (
    "楼道照明",
    "电动车充电",
    "下水疏通",
    "停车划线",
    "绿化补植",
    "健身器材",
    "加装电梯",
    "垃圾分类",
    "养老助餐",
    "课后托管",
)
COUNTS = {"issue": 119, "promised": 98, "resolved": 93, "need": 325, "resource": 470, "project": 263}
"""Totals of the county, as in two real reports (domain note D3-7, D4-3); other sizes scale them."""
_MET_TWICE = 23


def make_ledgers(land: Territory, homes: list[Record], seed: int) -> list[Record]:
    """Return all ledger rows; projects name the need they answer, 23 of 263 a need that another one answers too."""
    rng = Random(f"{seed}/ledgers")
    share = min(1.0, len(land.communities) / 26)
    count = {kind: max(4, round(number * share)) for kind, number in COUNTS.items()}
    rows: list[Record] = []
    for kind in ("issue", "need", "resource", "project"):
        rows += [_row(kind, number, rng.choice(homes), rng) for number in range(1, count[kind] + 1)]
    issues = [row for row in rows if row["kind"] == "issue"]
    for number, row in enumerate(issues):
        if number < count["promised"]:
            row["promised_on"], row["due_on"] = "2024-02-10", "2024-05-31"
        if number < count["resolved"]:
            row["resolved_on"] = "2024-06-20" if number % 9 == 0 else "2024-05-12"
        row["status"] = "已办结" if row["resolved_on"] else "办理中" if row["promised_on"] else "已登记"
    needs = [row["id"] for row in rows if row["kind"] == "need"]
    projects = [row for row in rows if row["kind"] == "project"]
    twice = round(_MET_TWICE * share)
    for number, row in enumerate(projects):
        row["answers"] = needs[number if number < len(projects) - twice else number - (len(projects) - twice)]
    return rows


def _row(kind: str, number: int, home: Record, rng: Random) -> Record:
    letter = {"issue": "W", "need": "X", "resource": "Z", "project": "P"}[kind]
    return {
        "id": f"{letter}{number:04d}",
        "kind": kind,
        "community": home["community"],
        "compound": home["id"] if kind in {"issue", "need"} else "",
        "item": rng.choice(_ITEMS),
        "raised_on": f"2024-01-{rng.randint(1, 28):02d}",
        "promised_on": "",
        "due_on": "",
        "resolved_on": "",
        "owner_unit": "",
        "answers": "",
        "status": "",
    }
