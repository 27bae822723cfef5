"""What stands on the page, section by section, as plain values that the template lays out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.audit.format import NO_RATE, percent
from gridkit.audit.shades import say_shade
from gridkit.coverage.reasons import reasons
from gridkit.locale import gettext as _
from gridkit.model.fields import COMMUNITY, NO, STREET, UNKNOWN
from gridkit.reports import figures, proof, proof_words, summary, words
from gridkit.reports.traced import figure_key
from gridkit.reports.values import texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.model import Run
    from gridkit.reports.names import Names

MARKS: Final = {"refuted": "✘", "undetermined": "?", "upheld": "✔"}
"""A shape for each verdict, so that colour never stands alone; in the order of the page."""
CONFIRMED: Final = 40
POSSIBLE: Final = 15
"""Compounds of each shade that the page lists."""
WORST: Final = 8
"""Streets that the page names as the worst."""
DECLARED, VALID, WORK = (
    f"coverage.{name}" for name in ("organisation.declared", "organisation.valid", "work.declared")
)


def claims(run: Run, names: Names) -> list[dict[str, Any]]:
    """Return every claim: verdict, figures, the interval with its whole numbers, and under what it would hold."""
    table = figures.claims(run, names).frame.to_dict("records")
    out = []
    for at, (said, row) in enumerate(zip(table, run.claims.to_dict("records"), strict=True)):
        # Of a claim that holds as it is stated, the other definitions are no news.
        other = () if row["verdict"] == "upheld" else row.get("upheld_under") or ()
        upheld = proof_words.definitions(other)
        because = words.plainly(row["because"])
        definition = str(row.get("definition") or "")
        out.append(
            {
                **said, "key": row["verdict"], "mark": MARKS.get(row["verdict"], ""),
                "because": words.because(because), "upheld": upheld, "ids_key": f"claim|{at}", "count": len(row["ids"]),
                "definition": proof_words.definition_label(definition) if definition else "",
                "stem": _stem(run, row, definition), "as_of": _day(row.get("as_of")),
                "measured": " · ".join(filter(None, (said["indicator"], said["scope"], said["basis"]))),
            }
        )  # fmt: skip
    order = list(MARKS)
    return sorted(out, key=lambda claim: order.index(claim["key"]))


def _day(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") and value == value else ""  # noqa: PLR0124


def _stem(run: Run, row: dict[str, Any], definition: str) -> str:
    """Return the key of the figure that a claim was measured by, without its part."""
    parts = definition.split("/")
    # What a claim calls its place may be a name; the row says which place it was taken for.
    scope = row.get("scope_code") if row.get("scope_level") else row["scope"]
    if len(parts) == 3:
        matrix = run.result.matrix
        found = matrix[
            (matrix["scope"] == scope) & (matrix["numerator_id"] == parts[0])
            & (matrix["denominator_id"] == parts[1]) & (matrix["weight"] == parts[2])
        ]  # fmt: skip
        for cell in found.head(1).to_dict("records"):
            return figure_key("matrix", cell["subject"], cell["scope_level"], cell["scope"], *parts)
    frame = run.indicators.frame
    found = frame[(frame["id"] == row["indicator"]) & (frame["scope"] == scope) & (frame["basis"] == row["basis"])]
    for cell in found.head(1).to_dict("records"):
        return figure_key("indicator", cell["id"], cell["scope_level"], cell["scope"], cell["basis"])
    return ""


def numbers(run: Run) -> list[dict[str, Any]]:
    """Return the three numbers of the page, each with its definition and its allowance; none without a denominator."""
    counts = words.counts_as_sentence(run.coverage.counts_as)
    declared = _("counts: {statuses}; every organisation as the registry states it").format(statuses=counts)
    said = {
        DECLARED: declared,
        VALID: _("as before, and the organisation is in term, active, large enough and no duplicate"),
        WORK: _("any organisation, grid branch, functional branch, instructor or paired unit works there"),
    }
    out = []
    for name, definition in said.items():
        frame = run.indicators.frame
        rows = frame[(frame["id"] == name) & (frame["scope"] == "") & (frame["basis"] == "compounds")]
        for _at, row in rows.head(1).iterrows():
            figure = summary.figure_of(row, run)
            if figure.denominator:
                out.append(
                    {
                        "figure": figure, "definition": definition, "rate": figure.rate,
                        "low": f"{100 * figure.low:.3f}", "wide": f"{max(100 * (figure.high - figure.low), 0):.3f}",
                        "stem": figure_key("indicator", name, "city", "", "compounds"),
                    }
                )  # fmt: skip
    return out


def _cells(run: Run, subject: str, weight: str) -> pd.DataFrame:
    frame = run.result.matrix
    return frame[(frame["subject"] == subject) & (frame["scope_level"] == "city") & (frame["weight"] == weight)]


def matrix(run: Run) -> list[dict[str, Any]]:
    """Return one table per subject and weight of the whole city: numerators down, denominators across."""
    frame = run.result.matrix
    out = []
    for subject, weight in dict.fromkeys(zip(frame["subject"], frame["weight"], strict=True)):
        rows = _cells(run, subject, weight)
        above, below = (list(dict.fromkeys(rows[f"{kind}_id"])) for kind in ("numerator", "denominator"))
        cells = {(row["numerator_id"], row["denominator_id"]): row for _at, row in rows.iterrows()}
        lines = [
            {
                "label": proof_words.numerator_label(numerator), "note": proof_words.numerator_note(numerator),
                "cells": [_cell(cells.get((numerator, denominator))) for denominator in below],
            }
            for numerator in above
        ]  # fmt: skip
        out.append(
            {
                "subject": proof_words.subject_label(subject), "weight": proof_words.weight_label(weight),
                "first": weight in ("compounds", "grids"), "lines": lines,
                "heads": [proof_words.denominator_label(denominator) for denominator in below],
            }
        )  # fmt: skip
    return out


def _cell(row: pd.Series | None) -> dict[str, Any] | None:
    if row is None or not int(row["denominator"]):
        return None
    names = ("subject", "scope_level", "scope", "numerator_id", "denominator_id", "weight")
    full = int(row["numerator"]) == int(row["denominator"])
    return {"rate": proof.spread(row), "stem": figure_key("matrix", *(row[name] for name in names)), "full": full,
            "n": int(row["numerator"]), "d": int(row["denominator"])}  # fmt: skip


def tricks(run: Run) -> list[dict[str, Any]]:
    """Return one row per trick that was found: what it is, and the rate without the rows that it rests on."""
    out = []
    for row in run.result.tricks.to_dict("records"):
        n, d = int(row["without"]), int(row["denominator"])
        out.append(
            {
                "code": row["code"], "title": proof_words.trick_title(row["code"]),
                "stem": figure_key("trick", row["code"]),
                "rate": percent(n, d), "before": percent(int(row["numerator"]), d),
                "changed": n != int(row["numerator"]), "findings": int(row["findings"]),
                "compounds": len(row["compounds"]),
            }
        )  # fmt: skip
    return out


def streets(run: Run, names: Names) -> list[dict[str, Any]]:
    """Return every street, the largest share without organisation coverage first."""
    cover = run.coverage.frame
    place = run.places.frame["street"].reindex(cover.index).fillna("").to_numpy(dtype=object)
    tally = pd.crosstab(place, cover["organisation"].to_numpy(dtype=object))
    tally = tally.reindex(columns=["yes", NO, UNKNOWN], fill_value=0)
    known = set(run.city.layers[STREET].frame.index) if STREET in run.city.layers else set()
    rates = [_rates(run, name) for name in (DECLARED, VALID)]
    out = []
    for code, row in tally.iterrows():
        if code not in known:
            continue
        total, lacking = int(row.sum()), int(row[NO])
        out.append(
            {
                "name": names.place(STREET, str(code)), "code": code, "total": total, "lacking": lacking,
                "share": percent(lacking, total), "rates": [rate.get(str(code), NO_RATE) for rate in rates],
                "figures": [figure_key("organisation", answer, STREET, code) for answer in (NO, "all")],
                "confirmed": figure_key("shade", "confirmed", STREET, code),
            }
        )  # fmt: skip
    return sorted(out, key=lambda row: (-row["lacking"] / row["total"], -row["lacking"], row["code"]))


def _rates(run: Run, name: str) -> dict[str, str]:
    """Return the rate of one indicator, in compounds, by street."""
    frame = run.indicators.frame
    frame = frame[(frame["id"] == name).to_numpy()]
    frame = frame[(frame["scope_level"] == STREET) & (frame["basis"] == "compounds")]
    columns = [frame[key].tolist() for key in ("scope", "numerator", "denominator", "unknown")]
    columns += figures.allowances(frame)
    return {
        str(code): words.rate(name, int(n), int(d), int(u), less=less, more=more)
        for code, n, d, u, less, more in zip(*columns, strict=True)
    }


def uncovered(run: Run, names: Names) -> list[dict[str, Any]]:
    """Return the compounds without organisation coverage by shade, those with most households first, each with why.

    Without shades the compounds that a complete registry does not name stand in for the confirmed ones.
    """
    shades = run.result.shades
    if len(shades):
        groups = [(shade, shades.index[(shades["shade"] == shade).to_numpy()]) for shade in ("confirmed", "possible")]
    else:
        held = run.coverage.frame["status"]
        groups = [(status, held.index[(held == status).to_numpy()]) for status in ("UNCOVERED", "UNKNOWN")]
    out = []
    for most, (key, codes) in zip((CONFIRMED, POSSIBLE), groups, strict=True):
        by_shade = bool(len(shades))
        out.append(
            {
                "key": f"{'shade' if by_shade else 'status'}|{key}", "total": len(codes), "shade": key,
                "title": proof_words.shade_label(key) if by_shade else words.status_label(key),
                "note": proof_words.shade_note(key) if by_shade else "",
                "rows": _listed(run, names, codes, most=most),
            }
        )  # fmt: skip
    return out


def _listed(run: Run, names: Names, codes: Iterable[str], *, most: int) -> list[dict[str, Any]]:
    homes = run.attributes.frame["households"].reindex(list(codes)).fillna(-1).astype("int64")
    first = homes.sort_index().sort_values(ascending=False, kind="stable").index[:most]
    frame = run.coverage.frame.loc[first]
    place = run.places.frame.reindex(first)
    why = reasons(replace(run, coverage=replace(run.coverage, frame=frame))).tolist()
    shades = run.result.shades
    if len(shades):
        said = [say_shade(because) if because else "" for because in shades.loc[first, "because"]]
        doubtful = (shades.loc[first, "shade"] == "possible").tolist()
        why = [f"{a} — {b}" if b and add else a for a, b, add in zip(why, said, doubtful, strict=True)]
    columns = {
        "code": texts(first), "name": texts(run.attributes.frame["name"].reindex(first)), "why": why,
        "street": names.places(STREET, place["street"]), "community": names.places(COMMUNITY, place["community"]),
        "households": whole(run.attributes.frame["households"].reindex(first)),
        "status": [words.status_label(status) for status in frame["status"]],
    }  # fmt: skip
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
