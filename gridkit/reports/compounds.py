"""The compounds as tables: all of them, those that are uncovered or without data, and names that match nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gridkit.coverage.reasons import reasons
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.model.fields import COMPOUND, STATUSES
from gridkit.reports import words
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table, each, labels_of, listed, table
from gridkit.reports.values import texts, whole
from gridkit.rules.labels import ANSWERS, label

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from gridkit.model import City, Run

COVERAGE_WORDS: Final = {"organisation": N_("organisation coverage"), "work": N_("work coverage")}
_OF_SILENCE: Final = ("UNCOVERED", "UNKNOWN")
"""Statuses that rest on what a registry does not say, so that no cell of the compound proves them."""


def _columns() -> list[Column]:
    return [
        Column("code", _("code"), 20),
        Column("name", _("compound"), 24),
        Column("street", _("street"), 16),
        Column("community", _("community"), 16),
        Column("grid", _("grid"), 16),
        Column("grid_code", _("grid code"), 20, page=False),
        Column("households", label("households", "field"), 9, number=True),
        Column("formal_members", label("formal_members", "field"), 9, number=True),
        Column("status", _("status"), 18),
        Column("reason", _("reason"), 56),
        Column("organisation", _("organisation coverage"), 10),
        Column("work", _("work coverage"), 10),
        Column("valid", _("valid"), 10),
        Column("flags", _("findings"), 28),
        Column("refs", _("evidence (cells)"), 44),
        Column("via", _("through the records"), 32),
        Column("open_via", _("waiting for confirmation"), 32),
        Column("rule", _("internal id of the rule"), 18, page=False),
    ]


def compounds(run: Run, names: Names | None = None, *, statuses: Collection[str] = STATUSES) -> Table:
    """Return one row per compound of some statuses: where it is, its status and why, through which records."""
    names = names or Names.of(run)
    cover = run.coverage.frame[run.coverage.frame["status"].isin(statuses)]
    place = run.places.frame.reindex(cover.index)
    attributes = run.attributes.frame.reindex(cover.index)
    data: dict[str, object] = {
        "code": texts(cover.index),
        "name": texts(attributes["name"]),
        "street": names.places("street", place["street"]),
        "community": names.places("community", place["community"]),
        "grid": names.places("grid", place["grid"]),
        "grid_code": texts(place["grid"]),
        "households": whole(attributes["households"]),
        "formal_members": whole(attributes["formal_members"]),
        "status": each(words.status_label, cover["status"]),
        "reason": reasons(replace(run, coverage=replace(run.coverage, frame=cover))).tolist(),
        "valid": each(words.valid_label, cover["status"], cover["valid"]),
        "flags": each(lambda flags: listed(flags, say=words.coded), cover["flags"]),
        "refs": _evidence(run.city, cover, texts(place["community"])),
        "rule": texts(cover["rule"]),
        **{key: [listed(value) for value in cover[key]] for key in ("via", "open_via")},
        **{key: labels_of(ANSWERS, cover[key]) for key in ("organisation", "work")},
    }
    return table("compounds", _("Compounds"), _columns(), data)


def _evidence(city: City, cover: pd.DataFrame, communities: list[str]) -> list[str]:
    """Return the cells that each status rests on; of an uncovered compound the registries whose silence counts."""
    declared = [source for source in city.sources if source.kind == "branches" and source.complete]

    def silence(community: str) -> str:
        said = [source for source in declared if community.startswith(source.scope)]
        return listed([_("{source} (declared complete)").format(source=source.name) for source in said])

    known: dict[str, str] = {}
    result = []
    for status, refs, waiting, where in zip(
        cover["status"], cover["refs"], cover["open_via"], communities, strict=True
    ):
        if status not in _OF_SILENCE:
            result.append(listed(refs))
        elif status == "UNKNOWN":
            result.append(listed([city.cell(record, "covers") for record in waiting]))
        else:
            if where not in known:
                known[where] = silence(where)
            result.append(known[where])
    return result


def with_status(run: Run, full: Table, status: str) -> Table:
    """Return the rows of the compounds table that have ``status``, as the list of uncovered ones or without data."""
    keys = {"code", "name", "street", "community", "grid", "grid_code", "households", "formal_members", "reason"}
    keys |= {"UNCOVERED": {"flags", "refs"}, "UNKNOWN": {"open_via"}}[status]
    held = run.coverage.frame["status"]
    rows = full.frame["code"].isin(set(texts(held.index[held == status]))).to_numpy()
    title, note = {
        "UNCOVERED": (
            _("Status “uncovered”"),
            _(
                "Compounds with the status “uncovered”: a registry declared complete does not name them. Those with a "
                "grid branch, a functional branch, an instructor or a plan have a status of their own and are not "
                "here; “No organisation, by certainty” has them all."
            ),
        ),
        "UNKNOWN": (
            _("No data"),
            _("Compounds of which the data do not tell whether they are covered. Unknown is not uncovered."),
        ),
    }[status]
    hidden = {"refs", "open_via"}  # the sentence of the reason says it, and the page is narrow
    columns = [
        replace(column, page=column.page and column.key not in hidden) for column in full.columns if column.key in keys
    ]
    frame = full.frame.loc[rows, [column.key for column in columns]].reset_index(drop=True)
    return Table(status.lower(), title, tuple(columns), frame, note)


def _widened(run: Run) -> dict[str, dict[str, None]]:
    """Return, per record that names nothing known, the coverages whose unknown part it widens."""
    frame = run.indicators.frame
    city = frame[(frame["scope"] == "") & frame["id"].str.startswith("coverage.") & (frame["basis"] == "compounds")]
    widened: dict[str, dict[str, None]] = {}
    for name, details in zip(city["id"], city["details"], strict=True):
        for record in details.get("possible", ()):
            widened.setdefault(record, {})[COVERAGE_WORDS[name.split(".")[1]]] = None
    return widened


def unmatched_rows(run: Run) -> pd.DataFrame:
    """Return the mentions of compounds that match nothing known and widen a coverage rate, in order of the files."""
    rows = run.links.unmatched()
    rows = rows[(rows["field"] == "covers") & (rows["level"] == COMPOUND) & (rows["method"] != "all")]
    branches = run.city.rows("branches").reindex(rows["record"])
    rows = rows.assign(**{key: branches[key].to_numpy() for key in ("src", "row", "community_name")})
    return rows[rows["record"].isin(_widened(run))].sort_values(["src", "row", "position"], kind="stable")


def unmatched(run: Run, names: Names | None = None) -> Table:
    """Return the names of compounds in the registry of Party organisations that match nothing known.

    They are the part of ``unknown`` of the coverage rates that is no compound: each may mean one more that is covered.
    """
    names = names or Names.of(run)
    widened = _widened(run)
    rows = unmatched_rows(run)
    columns = [
        Column("mention", _("name as written"), 28),
        Column("branch", _("Party organisation"), 36),
        Column("community", _("community stated"), 20),
        Column("widens", _("makes unknown"), 28),
        Column("cell", _("cell"), 44),
    ]
    data: dict[str, object] = {
        "mention": texts(rows["mention"]),
        "branch": [names.thing(record) for record in rows["record"]],
        "community": texts(rows["community_name"]),
        "widens": [_(", ").join(map(gettext, widened[record])) for record in rows["record"]],
        "cell": [run.city.cell(record, "covers") for record in rows["record"]],
    }
    note = _(
        "Each name may mean a compound that is otherwise uncovered; it counts as one unknown in the rates named, "
        "until somebody says which compound it is."
    )
    return table("unmatched", _("Names that match nothing"), columns, data, note=note)
