"""Issue ledgers, the three lists, and how completely rows are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gridkit.audit.rollup import Rate, among, one_row, rollup
from gridkit.model.fields import COMMUNITY, REQUIRED

if TYPE_CHECKING:
    from gridkit.audit.evidence import Evidence
    from gridkit.audit.scopes import Scopes
    from gridkit.model import City

LEDGER: Final = "issue"
"""The kind of ledger row that the ledger rates count: needs, resources, projects and promises are other lists."""

_SAYS_DONE = r"^已?(?:办结|解决|完成|辦結|解決)"
_BETWEEN = r"[、,,;;\s]+"


def ledger_rates(scopes: Scopes, evidence: Evidence) -> list[list[pd.DataFrame]]:
    """Return ``ledger.*`` (``promised``, ``resolved_of_promised``, ``resolved``, ``overdue``) and ``lists.match_rate``.

    Raised is every row of kind ``issue``; promised and resolved are those with the date. An item whose status says that
    it is done, without a date, is unknown. A rate whose date column the registry does not have is left out.
    """
    if not evidence.has("ledgers"):
        return []
    rows, given = scopes.city.rows("ledgers").sort_index(), scopes.city.registries["ledgers"].given
    where = evidence.one("ledgers", "community", COMMUNITY)
    parts: list[list[pd.DataFrame]] = []
    issues = rows[rows["ledger_kind"] == LEDGER]
    if len(issues):
        items = scopes.rows(issues.index, where)
        promised, resolved = (issues["promised_on"] != "").to_numpy(), (issues["resolved_on"] != "").to_numpy()
        says_done = issues["status"].str.contains(_SAYS_DONE, regex=True).to_numpy(dtype=bool) & ~resolved
        nothing = np.zeros(len(issues), dtype=bool)
        details = _details(scopes.city, issues, resolved)
        of_promised = Rate("ledger.resolved_of_promised", "items", resolved[promised], says_done[promised])
        if "promised_on" in given:
            parts.append(rollup(items, Rate("ledger.promised", "items", promised, nothing, details=details)))
        if "resolved_on" in given:
            parts.append(rollup(items, Rate("ledger.resolved", "items", resolved, says_done, details=details)))
        if {"promised_on", "resolved_on"} <= given:
            parts.append(rollup(items.only(promised), of_promised))
        if {"due_on", "resolved_on"} <= given and scopes.city.as_of is not None:
            parts.append(rollup(items, _overdue(issues, resolved, says_done, scopes.city.as_of.isoformat())))
    if (rows["ledger_kind"] == "need").any():
        parts.append(_match_rate(scopes, evidence, rows, where))
    return parts


def _details(city: City, issues: pd.DataFrame, resolved: np.ndarray) -> dict[str, object]:
    """Return what the rates do not show: resolved without a promise, and overdue at the date of the data."""
    unpromised = resolved & (issues["promised_on"] == "").to_numpy()
    details: dict[str, object] = {"kind": LEDGER, "resolved_without_promise": tuple(issues.index[unpromised])}
    if city.as_of is not None:
        overdue = (issues["due_on"] != "") & (issues["due_on"] < city.as_of.isoformat()) & ~resolved
        details["overdue"] = tuple(issues.index[overdue])
    return details


def _overdue(issues: pd.DataFrame, resolved: np.ndarray, says_done: np.ndarray, today: str) -> Rate:
    """Return the rate of issues that were due before the date of the data and are not resolved.

    An issue without a due date is excluded; one that says it is done, without a date, is unknown where it was due.
    """
    dated, past = (issues["due_on"] != "").to_numpy(), (issues["due_on"] < today).to_numpy()
    late = dated & past & ~resolved
    return Rate("ledger.overdue", "items", late & ~says_done, late & says_done, dated, details={"kind": LEDGER})


def _match_rate(scopes: Scopes, evidence: Evidence, rows: pd.DataFrame, where: pd.Series) -> list[pd.DataFrame]:
    """Return the rate of needs that a project answers; a need without a number cannot be answered by one: unknown."""
    needs, projects = rows[rows["ledger_kind"] == "need"], rows[rows["ledger_kind"] == "project"]
    answered = set(projects["answers"].str.split(_BETWEEN, regex=True).explode()) - {""}
    items = scopes.rows(needs.index, where)
    held = among(needs["item_id"], answered)
    nameless = (needs["item_id"] == "").to_numpy()
    silent = ~evidence.speaks_of("ledgers", items.frame[COMMUNITY])
    strays = answered - set(needs["item_id"])
    details = {
        "needs": len(needs),
        "unanswered": int((~held & ~nameless & ~silent).sum()),
        "projects": len(projects),
        "resources": int((rows["ledger_kind"] == "resource").sum()),
        "answer_no_need": len(strays),
    }
    return rollup(items, Rate("lists.match_rate", "needs", held, nameless | silent, details=details))


def completeness_rates(city: City) -> list[list[pd.DataFrame]]:
    """Return ``completeness.<kind>`` of every layer and registry: rows with all required fields / rows kept.

    Rows that were set aside while reading are the excluded ones, named by file and row.
    """
    frames = {level: layer.frame for level, layer in city.layers.items()}
    frames |= {kind: registry.frame for kind, registry in city.registries.items()}
    kinds = {source.name: source.kind for source in city.sources}
    aside = city.set_aside.assign(kind=city.set_aside["src"].map(kinds))
    rows = []
    for kind, frame in sorted(frames.items()):
        required = [name for name in REQUIRED[kind] if name in frame.columns]
        filled = (frame[required].fillna("").astype("object") != "").all(axis=1).to_numpy(dtype=bool)
        ids = frame.index.to_numpy(dtype=object)
        out = aside[aside["kind"] == kind]
        excluded = tuple(sorted(f"{src}!{row}" for src, row in zip(out["src"], out["row"], strict=True)))
        numbers = (int(filled.sum()), len(frame), len(excluded), 0)
        names = (tuple(sorted(ids[filled])), (), tuple(sorted(ids[~filled])), excluded)
        details = {"required": REQUIRED[kind]}
        rows.append(one_row(f"completeness.{kind}", "rows", numbers, ids=names, details=details))
    return [[pd.DataFrame(rows)]] if rows else []
