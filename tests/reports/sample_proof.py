"""The run of :mod:`tests.reports.sample` with everything that an audit proves, made by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from gridkit.model import Allowance, AuditResult, Run
from gridkit.model.proof import (
    BRIDGE_COLUMNS,
    DIFFERENCE_COLUMNS,
    EVALUATING_COLUMNS,
    LEAGUE_COLUMNS,
    MATRIX_COLUMNS,
    PLAN_COLUMNS,
    SHADE_COLUMNS,
    TRICK_COLUMNS,
)
from tests import tiny
from tests.reports import sample
from tests.reports.sample import BRANCH, FORMULA, HOSTILE

UNIT, PAIR = "units.xlsx!Sheet1!{}", "pairings.xlsx!Sheet1!{}"


def _matrix() -> pd.DataFrame:
    rows = []
    for level, scope, size in (("city", "", 8), ("street", tiny.STREET1, 6)):
        for weight, unit in (("compounds", 1), ("households", 100), ("area", 3600)):
            for name, n in (("declared", 3), ("valid", 1), ("own", 1)):
                for of, d in (("all", size), ("eligible", size - 1)):
                    low, high = max(n * unit - 1, 0) / (d * unit), min((n + 2) * unit + 1, d * unit) / (d * unit)
                    rows.append(("compound", level, scope, name, of, weight, n * unit, d * unit, 8 - d, 2 * unit, 1, 1,
                                 low, high))  # fmt: skip
    rows.append(("grid", "city", "", "branch_or_group", "comprehensive", "grids", 4, 4, 0, 0, 0, 0, 1.0, 1.0))
    rows.append(
        ("compound", "city", "", "valid", "property", "compounds", 0, 0, 8, 0, 0, 0, float("nan"), float("nan"))
    )
    return pd.DataFrame(rows, columns=list(MATRIX_COLUMNS))


def _league() -> pd.DataFrame:
    rows = [
        ("street", tiny.STREET1, "平安街道", "urban", 1, 6, 1, 1 / 6, 2 / 6, 1, 1, True, 0),
        ("street", tiny.STREET2, "临河镇", "township", 0, 2, 1, 0.0, 0.5, pd.NA, pd.NA, False, pd.NA),
        ("community", tiny.A, "东门社区", "urban", 1, 4, 0, 0.25, 0.25, 1, 2, True, 0),
        ("community", tiny.B, HOSTILE, "urban", 0, 2, 1, 0.0, 0.5, 1, 2, True, 1),
    ]
    return pd.DataFrame([(*row, 0, 0) for row in rows], columns=list(LEAGUE_COLUMNS))


def result() -> AuditResult:
    """Return a result with every frame filled, hostile texts among them."""
    tricks = [
        ("A101", 1, (BRANCH.format(3),), ("a1",), 3, 2, 8),
        ("A104", 2, (BRANCH.format(4), BRANCH.format(5)), ("a2",), 3, 2, 8),
        ("A112", 1, (BRANCH.format(6),), (), 3, 3, 8),
    ]
    shades = {
        code: ("covered", {"why": "covered", "n": 1, "records": (BRANCH.format(3),)}) for code in ("a1", "a2", "a3")
    }
    shades |= {code: ("possible", {"why": "waiting", "n": 2, "records": (BRANCH.format(7),)}) for code in ("b2", "c2")}
    shades |= {code: ("confirmed", {"why": "confirmed", "n": 0, "records": ()}) for code in ("a4", "b1", "c1")}
    plan = [
        ("own", tiny.A, ("a4",), 5, ""),
        ("joint", tiny.C, ("c1", "c2"), 4, HOSTILE),
        ("instructor", "", ("b1",), 0, ""),
    ]
    differences = [
        ("小区数", "only_a", "c1", "", "1", "", (BRANCH.format(3),), ()),
        ("小区数", "value", "a1", "households", "100", FORMULA, (BRANCH.format(3),), (BRANCH.format(4),)),
    ]
    bridges = [
        ("小区数", "compounds", "rows", line, n, n, "台账", HOSTILE)
        for line, n in (("rows_a", 8), ("only_a", -1), ("rows_b", 7))
    ]
    evaluating = [
        (UNIT.format(3), HOSTILE, tiny.STREET1, "one", (PAIR.format(3),), ("a1",)),
        (UNIT.format(4), "市图书馆", "", "unpaired", (), ()),
    ]
    return AuditResult(
        allowance=Allowance(0.0124, 240, 0),
        matrix=_matrix(),
        tricks=pd.DataFrame(tricks, columns=list(TRICK_COLUMNS)),
        shades=pd.DataFrame.from_dict(shades, orient="index", columns=list(SHADE_COLUMNS)).sort_index(),
        plan=pd.DataFrame(plan, columns=list(PLAN_COLUMNS)),
        bounds={
            "uncovered": 5,
            "own": 1,
            "joint_least": 1,
            "joint_planned": 1,
            "joint_compounds": 2,
            "unit": 0,
            "instructor_least": 1,
            "instructor": 1,
            "unknown": 0,
            "check": 1,
        },
        league=_league(),
        evaluating=pd.DataFrame(evaluating, columns=list(EVALUATING_COLUMNS)),
        differences=pd.DataFrame(differences, columns=list(DIFFERENCE_COLUMNS)),
        bridges=pd.DataFrame(bridges, columns=list(BRIDGE_COLUMNS)),
    )


def run(language: str = "zh") -> Run:
    """Return the sample run with its proof; its first claim is upheld under another definition."""
    plain = sample.run(language)
    claims = plain.claims.assign(
        definition=pd.Series(["declared/all/compounds", ""], dtype="object"),
        upheld_under=pd.Series([("work/all/compounds", "declared/eligible/compounds"), ()], dtype="object"),
        as_of=pd.Series(["2024-06-30", ""], dtype="object"),
    )
    return replace(plain, claims=claims, result=result())
