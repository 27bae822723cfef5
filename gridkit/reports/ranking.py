"""Places by their coverage, and the street that evaluates each unit, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.audit.format import NO_RATE
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.model.fields import STREET
from gridkit.reports import words
from gridkit.reports.names import Names
from gridkit.reports.proof import spread
from gridkit.reports.tables import Column, Table, each, labels_of, listed, table
from gridkit.reports.values import shares, texts, whole
from gridkit.rules.labels import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model import Run

CLASSES: Final[Mapping[str, str]] = {
    "urban": N_("urban communities"),
    "township": N_("township communities"),
    "mixed": N_("urban and township"),
    "unclassed": N_("communities without a class"),
    "": NO_RATE,
}
STATES: Final[Mapping[str, str]] = {
    "one": N_("one street"),
    "several": N_("several streets"),
    "unplaced": N_("paired, in no known street"),
    "waiting": N_("a link waits for a person"),
    "unpaired": N_("not paired"),
    "unknown": N_("not known: the registry of pairings is not complete"),
}
"""What is known of the street that evaluates a unit."""


def rank(first: object, last: object) -> str:
    """Return the ranks that a place can have; a dash where it is not ranked.

    >>> rank(3, 3), rank(3, 7), rank(None, None)
    ('3', '3–7', '—')
    """
    lowest, highest = whole([first, last])
    if lowest is None:
        return NO_RATE
    return str(lowest) if lowest == highest else f"{lowest}–{highest}"


def league(run: Run, names: Names | None = None, *, level: str = "") -> Table:
    """Return streets and communities by their valid organisation coverage, of one level or both."""
    names = names or Names.of(run)
    frame = run.result.league
    frame = frame[frame["level"] == level] if level else frame
    columns = [
        Column("level", _("level"), 12),
        Column("rank", _("rank (best–worst)"), 12),
        Column("name", _("area"), 22),
        Column("class", _("class"), 18),
        Column("rate", _("rate as valid"), 20),
        Column("numerator", _("covered as valid"), 12, number=True),
        Column("denominator", _("compounds"), 12, number=True),
        Column("unknown", _("unknown among them"), 12, number=True),
        Column("low", _("lowest"), 10, number=True, page=False),
        Column("high", _("highest"), 10, number=True, page=False),
        Column("ranked", _("ranked"), 9, page=False),
        Column("to_move_up", _("more covered compounds to move up"), 14, number=True),
        Column("code", _("area code"), 18, page=False),
    ]
    counts = {key: whole(frame[key]) for key in ("numerator", "denominator", "unknown")}
    data: dict[str, object] = {
        "level": labels_of(words.SCOPE_LEVELS, frame["level"]),
        "rank": each(rank, frame["rank_first"].astype("object"), frame["rank_last"].astype("object")),
        "name": each(names.scope, frame["level"], frame["code"]),
        "class": labels_of(CLASSES, frame["class"]),
        "rate": [spread(row) for row in frame.itertuples(index=False)],
        **counts,
        "low": shares(frame["low"], [False] * len(frame)),
        "high": shares(frame["high"], [False] * len(frame)),
        "ranked": [words.labelled(ANSWERS, "yes" if value else "no") for value in frame["ranked"]],
        "to_move_up": whole(frame["to_move_up"]),
        "code": texts(frame["code"]),
    }
    note = _(
        "Ranked by organisation coverage as valid, as far as it is known. As the unknown may be covered, a place has a "
        "best and a worst rank; equal places share theirs. Places with few compounds are listed apart, without a rank."
    )
    return table("league", _("League table"), columns, data, note=note)


def gap_lines(run: Run) -> list[str]:
    """Return the gap between urban and township communities in words, both shares with their numbers."""
    frame: pd.DataFrame = run.indicators.frame
    rows = frame[(frame["id"] == words.GAP) & (frame["basis"] == "compounds")]
    said = [words.details(words.GAP, values) for values in rows["details"]]
    return [_("{title}: {text}").format(title=words.indicator_title(words.GAP), text=text) for text in said if text]


def evaluating(run: Run, names: Names | None = None) -> Table:
    """Return every unit with the street that evaluates it, and the pairings that say so."""
    names = names or Names.of(run)
    frame = run.result.evaluating
    columns = [
        Column("name", _("unit"), 32),
        Column("street", _("street that evaluates it"), 20),
        Column("state", _("state"), 24),
        Column("targets", _("paired there with"), 44),
        Column("via", _("pairings (rows)"), 44),
        Column("unit", _("internal id"), 32, page=False),
    ]
    data: dict[str, object] = {
        "name": texts(frame["name"]),
        "street": [names.place(STREET, str(code)) for code in frame["street"]],
        "state": labels_of(STATES, frame["state"]),
        "targets": [listed(codes, say=names.thing) for codes in frame["targets"]],
        "via": [listed(ids) for ids in frame["via"]],
        "unit": texts(frame["unit"]),
    }
    note = _("The street in which the paired compound or community lies evaluates the unit.")
    return table("evaluating", _("Evaluating streets"), columns, data, note=note)
