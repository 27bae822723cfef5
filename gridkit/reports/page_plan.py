"""The later sections of the page: what would make the claim true, reconciliation, the league table, findings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.audit.needed import KINDS, say_need
from gridkit.locale import gettext as _
from gridkit.model.fields import COMMUNITY, STREET
from gridkit.model.findings import SEVERITIES
from gridkit.reports import proof, proof_words, ranking, tables, words
from gridkit.reports.traced import figure_key

if TYPE_CHECKING:
    from gridkit.model import Run
    from gridkit.reports.names import Names

STEPS: Final = 12
"""Steps of the plan that the page lists."""
RULES: Final = 12
"""Rules with findings that the page shows at once, errors first; the others are folded."""
EXAMPLES: Final = 5
"""Findings of one rule that the page writes out."""
WHOLE_LEAGUE: Final = 16
"""So many places of a level are listed all; of more only both ends."""
ENDS: Final = (5, 10)
"""First and last places of a long league table that the page lists."""


def plan(run: Run, names: Names) -> dict[str, Any]:
    """Return what would make the claim of full coverage true: least numbers, planned numbers, and the first steps."""
    frame = run.result.plan
    bounds = run.result.bounds
    kinds = [
        {
            "label": proof_words.plan_label(kind), "steps": len(rows), "least": bounds.get(f"{kind}_least", 0),
            "compounds": sum(len(ids) for ids in rows["compounds"]),
        }
        for kind in KINDS if len(rows := frame[frame["kind"] == kind])
    ]  # fmt: skip
    order = sorted(range(len(frame)), key=lambda at: (-len(frame["compounds"].iloc[at]), at))
    steps = [
        {
            "key": f"plan|{at}", "kind": proof_words.plan_label(row["kind"]),
            "community": names.place(COMMUNITY, str(row["community"])),
            "compounds": _("; ").join(names.place("compound", code) for code in row["compounds"][:5])
            + (" …" if len(row["compounds"]) > 5 else ""),
            "because": say_need(row["because"]) if isinstance(row["because"], dict) else str(row["because"] or ""),
        }
        for at in order[:STEPS] for row in [frame.iloc[at]]
    ]  # fmt: skip
    return {"kinds": kinds, "steps": steps, "total": len(frame)}


def league(run: Run) -> list[dict[str, Any]]:
    """Return the league table per level: all places of a short one, both ends of a long one."""
    frame = run.result.league
    out = []
    for level in (STREET, COMMUNITY):
        rows = frame[frame["level"] == level]
        ranked = rows[rows["ranked"].astype(bool)]
        if ranked.empty:
            continue
        long = len(ranked) > WHOLE_LEAGUE
        shown = pd.concat([ranked.head(ENDS[0]), ranked.tail(ENDS[1])]) if long else ranked
        out.append(
            {
                "title": words.labelled(words.SCOPE_LEVELS, level), "total": len(ranked), "long": long,
                "unranked": len(rows) - len(ranked), "rows": [_placed(row) for row in shown.to_dict("records")],
                "cut": ENDS[0] if long else 0,
            }
        )  # fmt: skip
    return out


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    n, d = int(row["numerator"]), int(row["denominator"])
    more = row["to_move_up"]
    return {
        "rank": ranking.rank(row["rank_first"], row["rank_last"]), "name": row["name"] or row["code"],
        "class": words.scope_label(str(row["class"])) if row["class"] else "",
        "rate": proof.spread(SimpleNamespace(**row)),
        "n": n, "d": d, "stem": figure_key("league", row["level"], row["code"]),
        "more": "" if pd.isna(more) or not more else int(more),
    }  # fmt: skip


def findings(run: Run) -> list[dict[str, Any]]:
    """Return the findings by rule, errors first, each with its first examples."""
    groups = []
    for code, rows in run.findings.frame.groupby("code", sort=True):
        first = rows.head(EXAMPLES)
        groups.append(
            {
                "code": code, "title": words.rule_title(str(code)), "severity": rows["severity"].iloc[0],
                "label": words.severity(rows["severity"].iloc[0]), "count": len(rows), "key": f"finding|{code}",
                "source": words.rule_source(str(code)), "remedy": words.rule_remedy(str(code)),
                "examples": [
                    (words.finding_sentence(str(code), params), tables.listed(refs, 4))
                    for params, refs in zip(first["params"], first["refs"], strict=True)
                ],
                "more": max(len(rows) - EXAMPLES, 0),
            }
        )  # fmt: skip
    return sorted(groups, key=lambda group: (SEVERITIES.index(group["severity"]), group["code"]))


def inputs(run: Run) -> list[dict[str, Any]]:
    """Return every table or layer that was read, with its row balance and the beginning of its hash."""
    rows = sorted(run.city.sources, key=lambda source: (source.kind, source.name))
    return [
        {
            "kind": words.table_label(source.kind), "name": source.name, "rows_in": source.rows_in, "kept": source.kept,
            "set_aside": source.set_aside, "complete": source.complete, "sha": source.sha256[:12],
        }
        for source in rows
    ]  # fmt: skip
