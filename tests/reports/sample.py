"""A whole run of the tiny city, made by hand, so that reports and stores are tested without the rooms before them."""

from __future__ import annotations

import pandas as pd

from gridkit.model import Attributes, City, Coverage, Findings, Indicators, Links, Run
from gridkit.model.fields import LAYER_FIELDS
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS, LINK_COLUMNS
from tests import tiny

HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x","y")'
BRANCH = "branches.xlsx!Sheet1!{}"

STATUS = {
    "a1": ("OWN_BRANCH", "yes", "yes", "yes", (BRANCH.format(3),), (), ()),
    "a2": ("JOINT_BRANCH", "yes", "yes", "no", (BRANCH.format(4),), (), ("C103",)),
    "a3": ("UNIT_ORG", "yes", "yes", "unknown", (BRANCH.format(5),), (), ()),
    "a4": ("GRID_BRANCH", "no", "yes", "yes", (BRANCH.format(6),), (), ()),
    "b1": ("PLANNED", "no", "no", "no", (), (), ()),
    "b2": ("UNKNOWN", "unknown", "unknown", "unknown", (), (BRANCH.format(7),), ()),
    "c1": ("UNCOVERED", "no", "no", "no", (), (), ("C101",)),
    "c2": ("UNKNOWN", "unknown", "unknown", "unknown", (), (), ()),
}


def _coverage() -> Coverage:
    rows = {
        code: (status, organisation, work, valid, f"rule-{status.lower()}", via, waiting, flags,
               tuple(f"{row[: row.rindex('!')]}!B{row.rpartition('!')[2]}" for row in via))
        for code, (status, organisation, work, valid, via, waiting, flags) in STATUS.items()
    }  # fmt: skip
    columns = ["status", "organisation", "work", "valid", "rule", "via", "open_via", "flags", "refs"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("code")
    trace = pd.DataFrame(
        [(code, f"rule-{n}", n == 2, STATUS[code][4]) for code in STATUS for n in (1, 2)],
        columns=["compound", "rule", "held", "via"],
    )
    return Coverage(frame, "strict", ("UNIT_ORG", "OWN_BRANCH", "JOINT_BRANCH"), trace)


def indicator(name: str, n: int, d: int, unknown: int = 0, **more: object) -> dict[str, object]:
    row = {
        "id": name, "scope_level": "city", "scope": "", "basis": "compounds", "numerator": n, "denominator": d,
        "excluded": 0, "unknown": unknown, "low": n / d if d else float("nan"),
        "high": (n + unknown) / d if d else float("nan"), "numerator_ids": ("a1",), "unknown_ids": ("b2",),
        "missing_ids": (), "excluded_ids": (), "details": {},
    }  # fmt: skip
    return {**row, **more}


def _indicators() -> Indicators:
    declared, valid = "coverage.organisation.declared", "coverage.organisation.valid"
    rows = [
        indicator(declared, 3, 8, 2, details={"possible": (BRANCH.format(8),), "counts_as": ("OWN_BRANCH",)}),
        indicator(valid, 1, 8, 3),
        indicator("coverage.work.declared", 4, 8, 2),
        indicator(declared, 300, 800, 200, basis="households", excluded=1),
        indicator("grids.branch_or_group_rate", 4, 4, basis="grids"),
        indicator("load.units_per_community", 10, 4, basis="communities", details={"min": 1, "max": 5, "cv": 1 / 3}),
        indicator("property.organisation_rate", 0, 0, basis="companies"),
        indicator(
            "gap.organisation",
            11696,
            60146,
            2201,
            details={
                "urban": {"numerator": 306, "denominator": 493, "unknown": 14},
                "township": {"numerator": 51, "denominator": 122, "unknown": 1},
                "points": (19.446015, 23.105443),
            },
        ),
    ]
    for level, code, n, d, unknown in (
        ("street", tiny.STREET1, 3, 6, 1), ("street", tiny.STREET2, 0, 2, 1), ("class", "urban", 3, 6, 1),
    ):  # fmt: skip
        rows.append(indicator(declared, n, d, unknown, scope_level=level, scope=code))
        rows.append(indicator(valid, min(n, 1), d, unknown, scope_level=level, scope=code))
    return Indicators(pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS)))


def _claims() -> pd.DataFrame:
    because = {"key": "contradicts_anyway", "numerator": 3, "denominator": 8, "unknown": 2, "claimed": "100%"}
    declared, branches = "coverage.organisation.declared", "grids.branch_or_group_rate"
    rows = [
        ("全市小区党组织覆盖率达到100%", declared, "", "compounds", "=", 100.0, "refuted", 3, 8, 0.375, 0.625, because,
         ("c1", "b1"), HOSTILE),
        ("网格全覆盖", branches, "", "grids", ">=", 100.0, "upheld", 4, 4, 1.0, 1.0, "4/4", (), ""),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(CLAIM_COLUMNS[: len(rows[0])]))
    frame = frame.assign(definition="", upheld_under=[()] * len(frame), as_of="", upper=float("nan"))
    return frame.assign(scope_level="city", scope_code="")


def _links() -> Links:
    rows = [
        (BRANCH.format(3), "covers", 0, "金桂家园", "compound", "a1", "name+parent", 95.0, 20.0, 1, True, {"name": 1}),
        (BRANCH.format(7), "covers", 0, "和平花圆", "compound", "b2", "name", 80.0, 3.0, 1, False, {"name": 0.8}),
        (BRANCH.format(8), "covers", 0, "无此小区", "compound", "", "none", float("nan"), float("nan"), 0, False, {}),
    ]  # fmt: skip
    return Links(pd.DataFrame(rows, columns=list(LINK_COLUMNS)))


def _findings() -> Findings:
    return Findings.of(
        [
            {"code": "C101", "severity": "error", "subject": "c1", "refs": ("compounds.xlsx!Sheet1!D9",), "lon": 105.1,
             "lat": 39.7, "params": {"name": HOSTILE, "members": 5}},
            {"code": "C103", "severity": "warning", "subject": "a2", "refs": (BRANCH.format(4),),
             "params": {"name": FORMULA}},
            {"code": "S104", "severity": "notice", "subject": "x", "params": {"n": 1.5, "rows": ["a", "b"]}},
        ]
    )  # fmt: skip


def city() -> City:
    names = {3: HOSTILE, 4: FORMULA, 5: "市财政局党总支", 6: "第二网格党支部", 7: "和平花园党支部", 8: "无此党支部"}
    rows = [{"name": name, "branch_kind": "compound", "members": 5} for name in names.values()]
    branches = tiny.registry("branches", rows, complete=True)
    overrides = {"a1": {"name": HOSTILE}, "a2": {"name": FORMULA, "formal_members": None}, "b2": {"name": "+86"}}
    made = tiny.city([branches], overrides)
    aside = pd.DataFrame(
        [("branches.xlsx!Sheet1", 9, "S110", "合计"), ("branches.xlsx!Sheet1", 2, "S109", "")],
        columns=["src", "row", "reason", "subject"],
    )
    return City("测试市", made.crs, made.as_of, made.layers, made.registries, made.sources, aside)


def run(language: str = "zh") -> Run:
    made = city()
    fields = list(LAYER_FIELDS["compound"])
    frame = pd.DataFrame(made.layers["compound"].frame[fields])
    origin = pd.DataFrame("compound.gpkg!compound!1", index=frame.index, columns=fields)
    return Run(
        made, tiny.places(), _links(), Attributes(frame, origin), _coverage(), _indicators(), _claims(), _findings(),
        inputs_hash="ab" * 32, language=language, settings={"name": "测试市", "coverage": {"ruleset": "strict"}},
    )  # fmt: skip
