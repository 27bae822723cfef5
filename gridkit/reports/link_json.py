"""What ``gridkit link`` found, for programs; its schema is documented in ``docs/link-json.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit import __version__
from gridkit.linkage.changes import (
    CHANGES,
    FIGURES,
    coverage_changes,
    indicator_changes,
    link_changes,
    tally,
)
from gridkit.reports import words
from gridkit.reports.json import dumps, tidy
from gridkit.rules.weights import load_weights
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gridkit.model import Linked

SCHEMA: Final = "gridkit-link/1"
"""Name and version of the schema; the number grows when a key changes its meaning or goes away."""
STATES: Final = ("used", "gone", "single", "unseen", "expired")
"""What can become of a decision."""


def link_document(after: Linked, *, profile: str, before: Linked | None = None, keep: str = "") -> dict[str, Any]:
    """Return the links in numbers as plain values, titles in the current language.

    Parameters
    ----------
    after : Linked
        The links, and the coverage and indicators that follow from them.
    profile : str
        How much was asked of a link.
    before : Linked, optional
        The same without the decisions that were applied; then ``changes`` says what they changed.
    keep : str
        What to write into the project file so that the decisions stay.
    """
    links = after.links
    severity = dict(zip(after.findings.frame["code"], after.findings.frame["severity"], strict=True))
    states = links.decisions["state"].value_counts()
    document = {
        "schema": SCHEMA,
        "gridkit": __version__,
        "city": after.city.name,
        "profile": profile,
        "weights": load_weights().version,
        "columns": tidy(tally(after.city, links).to_dict("records")),
        "unfit": tidy(links.health.to_dict("records")),
        "overrides": [
            {"path": one.path, "sheet": one.sheet, "sha256": one.sha256, "decisions": one.kept}
            for one in after.city.sources
            if one.kind == "overrides"
        ],
        "decisions": {state: int(states.get(state, 0)) for state in STATES},
        "findings": [
            {"code": code, "count": count, "severity": severity[code], "title": words.rule_title(code)}
            for code, count in after.findings.counts().items()
        ],
        "coverage": after.coverage.by_status(),
    }
    return document if before is None else {**document, "changes": _changes(before, after), "keep": keep}


def _changes(before: Linked, after: Linked) -> dict[str, Any]:
    links = link_changes(after.city, before.links, after.links)
    counts = links["change"].value_counts()
    status = coverage_changes(before.coverage, after.coverage)
    pairs = status.groupby(["old", "new"]).size()
    names = after.attributes.frame["name"].reindex(status.index).fillna("")
    households = after.attributes.frame["households"].reindex(status.index)
    return {
        "link_counts": {name: int(counts.get(name, 0)) for name in CHANGES},
        "links": [
            {**row, "before": list(row["before"]), "after": list(row["after"])}
            for row in links.to_dict("records")
        ],
        "status_counts": [{"old": old, "new": new, "compounds": int(n)} for (old, new), n in pairs.items()],
        "compounds": [
            {"code": code, "name": name, "households": None if many is None else int(many), "old": old, "new": new}
            for code, name, many, old, new in zip(
                status.index, names, households.astype(object).where(households.notna(), None), status["old"],
                status["new"], strict=True,
            )
        ],
        "indicators": tidy(_figures(before, after)),
    }  # fmt: skip


def _figures(before: Linked, after: Linked) -> list[dict[str, Any]]:
    rows = indicator_changes(before.indicators, after.indicators)
    return [
        {
            **{key: row[key] for key in ("id", "scope_level", "scope", "basis")},
            "title": words.indicator_title(row["id"]),
            **{side: _side(row, side) for side in ("before", "after")},
        }
        for row in rows.to_dict("records")
    ]


def _side(row: dict[str, Any], side: str) -> dict[str, Any] | None:
    """Return the figures of one side, None where the indicator was not measured."""
    found = {name: row[f"{name}_{side}"] for name in FIGURES}
    if found["denominator"] != found["denominator"]:
        return None
    return {name: value if name in ("low", "high") else int(value) for name, value in found.items()}


def write_link_json(document: Mapping[str, Any], path: Path) -> None:
    """Write what :func:`link_document` has made to ``path``.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole(path) as draft:
        draft.write_text(dumps(dict(document)) + "\n", encoding="utf-8", errors="replace", newline="\n")
