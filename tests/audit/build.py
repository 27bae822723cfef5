"""Links, attributes and coverage by hand, for tests of the audit."""

from __future__ import annotations

import pandas as pd

from gridkit.audit import measure
from gridkit.model import Attributes, Coverage, Indicators, Links
from gridkit.model.results import LINK_COLUMNS
from tests import tiny

LINK = {
    "mention": "",
    "method": "code",
    "score": 100.0,
    "margin": 100.0,
    "rank": 1,
    "reason": {},
}


def links(rows: list[tuple] = ()) -> Links:
    """Rows of (record, field, level, code) or (record, field, level, code, accepted)."""
    records = []
    for position, (record, field, level, code, *rest) in enumerate(rows):
        row = {"record": record, "field": field, "level": level, "code": code, "position": position}
        records.append({**LINK, **row, "accepted": rest[0] if rest else True})
    return Links(pd.DataFrame(records, columns=list(LINK_COLUMNS)).astype({"accepted": bool}))


def attributes(city) -> Attributes:
    frame = pd.DataFrame(city.layers["compound"].frame.drop(columns=["geometry", "src", "row"]))
    return Attributes(frame, frame.astype("object").map(lambda _: ""))


def coverage(city, values: dict[str, tuple[str, str, str, str]] | None = None) -> Coverage:
    """Values per compound: status, organisation, work, valid; compounds not named are UNKNOWN."""
    nothing = ("UNKNOWN", "unknown", "unknown", "unknown")
    index = city.layers["compound"].frame.index
    rows = [(values or {}).get(code, nothing) for code in index]
    frame = pd.DataFrame(rows, columns=["status", "organisation", "work", "valid"], index=index, dtype="object")
    for name in ("rule", "via", "open_via", "flags", "refs"):
        frame[name] = [() if name != "rule" else "" for _ in index]
    return Coverage(frame, "strict", ("OWN_BRANCH", "JOINT_BRANCH", "UNIT_ORG"))


def indicators(registries=None, *, rows=(), compounds=None, values=None) -> Indicators:
    city = tiny.city(registries, compounds)
    return measure(city, tiny.places(), links(list(rows)), attributes(city), coverage(city, values))


def numbers(table: Indicators, name: str, *, scope: str = "", basis: str = "") -> tuple[int, int, int, int]:
    """Return numerator, denominator, excluded, unknown."""
    row = table.get(name, scope=scope, basis=basis)
    return tuple(int(row[key]) for key in ("numerator", "denominator", "excluded", "unknown"))
