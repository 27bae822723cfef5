"""A run over the tiny city with coverage and indicators written by hand, one compound in each of eight situations.

Street 1 (a1..b2): own, joint, unit, grid branch, instructor only, planned; street 2 (c1, c2): uncovered, unknown.
Counted by hand: organisation coverage 3 yes (a1, a2, a3), 4 no, 1 unknown; a2's cover is not valid.
"""

from __future__ import annotations

import pandas as pd
from shapely.geometry import Point

from gridkit.model import Attributes, City, Coverage, Findings, Indicators, Links, Places, Run
from gridkit.model.fields import LAYER_FIELDS
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS, LINK_COLUMNS
from tests import tiny

BRANCH = "branches.xlsx!Sheet1!"
# status, organisation, work, valid, records
SITUATIONS = {
    "a1": ("OWN_BRANCH", "yes", "yes", "yes", (BRANCH + "3",)),
    "a2": ("JOINT_BRANCH", "yes", "yes", "no", (BRANCH + "4",)),
    "a3": ("UNIT_ORG", "yes", "yes", "unknown", (BRANCH + "5",)),
    "a4": ("GRID_BRANCH", "no", "yes", "yes", (BRANCH + "6",)),
    "b1": ("INSTRUCTOR_ONLY", "no", "yes", "yes", ()),
    "b2": ("PLANNED", "no", "no", "unknown", ()),
    "c1": ("UNCOVERED", "no", "no", "unknown", ()),
    "c2": ("UNKNOWN", "unknown", "unknown", "unknown", ()),
}
BRANCHES = [{"name": name} for name in ("金桂家园党支部", "东门联合党支部", "市财政局党支部", "第二网格党支部")]
COUNTS_AS = ("UNIT_ORG", "OWN_BRANCH", "JOINT_BRANCH")


def coverage(situations=None, *, refs=None) -> Coverage:
    rows = situations or SITUATIONS
    columns = ("status", "organisation", "work", "valid", "via")
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame.index = pd.Index(frame.index, dtype="object", name="code")
    frame["rule"] = frame["status"]
    frame["open_via"] = [()] * len(frame)
    frame["flags"] = [()] * len(frame)
    cells = {code: tuple(f"{record.rpartition('!')[0]}!B9" for record in via) for code, via in frame["via"].items()}
    frame["refs"] = pd.Series(cells | (refs or {}))
    return Coverage(frame.sort_index(), "strict", COUNTS_AS)


def indicators(coverage: Coverage, places: Places, layers, *, widened=0) -> Indicators:
    """Rates by counting: an oracle of its own, small and slow. ``widened``: mentions that match nothing."""
    rows = []
    scopes = [("city", "", list(coverage.frame.index))]
    for level in layers.keys() & {"street", "community", "grid"}:
        for code in [*layers[level].frame.index, ""]:
            inside = list(places.frame.index[places.frame[level] == code])
            if code or inside:
                scopes += [(level, code or "unplaced", inside)]
    for level, scope, members in scopes:
        part = coverage.frame.loc[members]
        for name, held in (
            ("coverage.organisation.declared", part["organisation"] == "yes"),
            ("coverage.organisation.valid", (part["organisation"] == "yes") & (part["valid"] == "yes")),
        ):
            doubtful = part["organisation"] == "unknown"
            if name.endswith("valid"):
                doubtful |= (part["organisation"] == "yes") & (part["valid"] == "unknown")
            ids = tuple(part.index[doubtful])
            perhaps = min(widened, int((part["organisation"] == "no").sum()))
            n, d, unknown = int(held.sum()), len(part), len(ids) + perhaps
            details = {"possible": (BRANCH + "7",) * bool(widened)} if level == "city" else {}
            low, high = (n / d, (n + unknown) / d) if d else (float("nan"),) * 2
            rows.append((name, level, scope, "compounds", n, d, 0, unknown, low, high, (), ids, (), (), details, 0, 0))
    return Indicators(pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS)))


def run(city: City | None = None, *, language="zh", cover=None, findings=None, places=None, widened=0) -> Run:
    city = city or tiny.city([tiny.registry("branches", BRANCHES)])
    cover, places = cover or coverage(), places or tiny.places()
    frame = city.layers["compound"].frame[list(LAYER_FIELDS["compound"])].sort_index()
    return Run(
        city=city,
        places=places,
        links=Links(pd.DataFrame(columns=list(LINK_COLUMNS))),
        attributes=Attributes(pd.DataFrame(frame), pd.DataFrame("", index=frame.index, columns=frame.columns)),
        coverage=cover,
        indicators=indicators(cover, places, city.layers, widened=widened),
        claims=pd.DataFrame(columns=list(CLAIM_COLUMNS)),
        findings=findings or Findings.none(),
        inputs_hash="5f" * 32,
        language=language,
    )


def listing(n: int, *, language="en") -> Run:
    """Two streets and ``n`` compounds as points without any registry: everything is unknown."""
    base = tiny.city()
    codes = [f"p{at:06d}" for at in range(n)]
    rows = {code: {"name": f"小区{at}"} for at, code in enumerate(codes)}
    points = [Point(tiny.X0 + 10 + (at * 37) % 1180, tiny.Y0 + 10 + (at * 101) % 380) for at in range(n)]
    layers = {"street": base.layers["street"], "compound": tiny.layer("compound", rows, points)}
    frame = pd.DataFrame({"grid": "", "community": "", "street": "", "method": "point", "share": float("nan")}, codes)
    frame["street"] = [tiny.STREET1 if point.x < tiny.X0 + 800 else tiny.STREET2 for point in points]
    unknown = dict.fromkeys(codes, ("UNKNOWN", "unknown", "unknown", "unknown", ()))
    city = City("listing", tiny.CRS, None, layers)
    return run(city, language=language, cover=coverage(unknown), places=Places(frame.rename_axis("code")))
