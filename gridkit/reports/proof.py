"""What an audit proves, as tables: definition matrix, tricks, uncovered compounds by shade, plan, differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.audit.format import NO_RATE, interval, percent
from gridkit.audit.needed import SENTENCES as NEEDS
from gridkit.audit.needed import say_need
from gridkit.audit.shades import SENTENCES as SHADE_REASONS
from gridkit.audit.shades import say_shade
from gridkit.locale import gettext as _
from gridkit.model.fields import COMMUNITY, COMPOUND, STREET
from gridkit.model.proof import SHADES
from gridkit.reports import proof_words, words
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table, each, listed, table
from gridkit.reports.values import shares, texts, whole
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from gridkit.model import Run

LISTED: Final = ("confirmed", "possible")
"""Shades whose compounds are listed, the surest first; those that are covered stand in the list of all compounds."""
AREA: Final = "area"
_BOUNDS_ORDER: Final = {
    key: at
    for at, key in enumerate(
        ("uncovered", "own", "joint_least", "joint_planned", "joint_compounds", "unit", "instructor_least",
         "instructor", "check", "unknown")
    )
}  # fmt: skip


def spread(row: Any) -> str:
    """Return the interval of a cell of the matrix or a row of the league table.

    >>> from types import SimpleNamespace as Cell
    >>> spread(Cell(numerator=5, unknown=2, allowance_low=1, allowance_high=1, denominator=7))
    '57.1%–100%'
    """
    numbers = (int(row.numerator), int(row.denominator), int(row.unknown))
    return interval(*numbers, less=int(row.allowance_low), more=int(row.allowance_high))


def cell(row: Any) -> str:
    """Return one cell of the matrix: from the least to the greatest share, and the numbers as counted.

    >>> from types import SimpleNamespace as Cell
    >>> cell(Cell(numerator=5, unknown=2, allowance_low=1, allowance_high=1, denominator=8))
    '50.0%–100% (5/8)'
    """
    if not int(row.denominator):
        return NO_RATE
    return _("{share} ({n}/{d})").format(share=spread(row), n=f"{int(row.numerator):,}", d=f"{int(row.denominator):,}")


def weight_title(weight: str) -> str:
    """Return what a weight of the matrix counts, with its unit.

    >>> weight_title("area"), weight_title("households")
    ('area (m²)', 'households')
    """
    said = proof_words.weight_label(weight)
    return _("{what} (m²)").format(what=said) if weight == AREA else said


def _ordered(values: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Return ids in the order in which people read them; strange ones at the end."""
    found = set(values)
    return [key for key in known if key in found] + sorted(found - set(known))


def matrix_blocks(run: Run) -> list[Table]:
    """Return the definition matrix of the whole city, one table per subject and weight: numerators by denominators."""
    frame = run.result.matrix
    city = frame[frame["scope"].astype("object").fillna("") == ""]
    blocks = []
    for subject in _ordered(city["subject"], proof_words.SUBJECTS):
        part = city[city["subject"] == subject]
        weights = _ordered(part["weight"], proof_words.WEIGHTS)
        blocks += [_block(part[part["weight"] == weight], subject, weight) for weight in weights]
    return blocks


def _block(part: pd.DataFrame, subject: str, weight: str) -> Table:
    across = _ordered(part["denominator_id"], proof_words.DENOMINATORS)
    down = _ordered(part["numerator_id"], proof_words.NUMERATORS)
    cells = {(row.numerator_id, row.denominator_id): cell(row) for row in part.itertuples(index=False)}
    columns = [Column("numerator", _("numerator"), 34)]
    columns += [Column(key, proof_words.denominator_label(key), 30) for key in across]
    data: dict[str, object] = {"numerator": [proof_words.numerator_label(key) for key in down]}
    data |= {there: [cells.get((here, there), NO_RATE) for here in down] for there in across}
    title = _("{subject}, by {weight}").format(subject=proof_words.subject_label(subject), weight=weight_title(weight))
    return table(f"matrix.{subject}.{weight}", title, columns, data)


def matrix(run: Run, names: Names | None = None) -> Table:
    """Return every cell of the definition matrix, of every scope, with all its numbers."""
    names = names or Names.of(run)
    frame = run.result.matrix
    columns = [
        Column("subject", _("subject"), 12),
        Column("level", _("level"), 12),
        Column("scope", _("area"), 18),
        Column("numerator_label", _("definition of the numerator"), 30),
        Column("denominator_label", _("definition of the denominator"), 26),
        Column("weight", _("counted in"), 14),
        Column("numerator", _("numerator"), 12, number=True),
        Column("denominator", _("denominator"), 12, number=True),
        Column("excluded", _("left out"), 10, number=True),
        Column("unknown", _("unknown among them"), 12, number=True),
        Column("allowance_low", _("link errors: at most fewer"), 14, number=True),
        Column("allowance_high", _("link errors: at most more"), 14, number=True),
        Column("low", _("lowest"), 10, number=True),
        Column("high", _("highest"), 10, number=True),
        Column("interval", _("interval (exact)"), 26),
        Column("id", _("internal id"), 34),
        Column("code", _("area code"), 18),
    ]
    counts = ("numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high")
    keys = zip(frame["numerator_id"], frame["denominator_id"], frame["weight"], strict=True)
    data: dict[str, object] = {
        "subject": each(proof_words.subject_label, frame["subject"]),
        "level": [words.labelled(words.SCOPE_LEVELS, level) for level in frame["scope_level"]],
        "scope": each(names.scope, frame["scope_level"], frame["scope"]),
        "numerator_label": each(proof_words.numerator_label, frame["numerator_id"]),
        "denominator_label": each(proof_words.denominator_label, frame["denominator_id"]),
        "weight": each(weight_title, frame["weight"]),
        **{key: whole(frame[key]) for key in counts},
        **{key: shares(frame[key], [False] * len(frame)) for key in ("low", "high")},
        "interval": [cell(row) for row in frame.itertuples(index=False)],
        "id": ["/".join(parts) for parts in keys],
        "code": texts(frame["scope"]),
    }
    return table("matrix", _("Definition matrix (all columns)"), columns, data)


def tricks(run: Run, names: Names | None = None) -> Table:
    """Return what may make the declared figure too high: per rule its rows, and what is left without them."""
    names = names or Names.of(run)
    frame = run.result.tricks
    frame = frame.sort_values(
        "code", key=lambda codes: codes.replace("", "~"), kind="stable"
    )  # all together at the end
    columns = [
        Column("code", _("rule"), 8),
        Column("title", _("what may make the figure too high"), 40),
        Column("findings", _("findings"), 10, number=True),
        Column("count", _("compounds that rest on nothing else"), 14, number=True),
        Column("declared", _("share as declared"), 18),
        Column("left", _("share without them"), 18),
        Column("numerator", _("declared: covered"), 12, number=True),
        Column("without", _("covered without them"), 12, number=True),
        Column("denominator", _("denominator"), 12, number=True),
        Column("compounds", _("compounds"), 48),
        Column("records", _("rows"), 48),
        Column("remedy", _("what to do"), 48),
        Column("source", _("source of the rule"), 48),
    ]
    figures = {key: whole(frame[key]) for key in ("findings", "numerator", "without", "denominator")}
    data: dict[str, object] = {
        "code": texts(frame["code"]),
        "title": [proof_words.trick_title(code) for code in frame["code"]],
        "count": [len(ids) for ids in frame["compounds"]],
        "declared": [
            percent(n or 0, d or 0) for n, d in zip(figures["numerator"], figures["denominator"], strict=True)
        ],
        "left": [percent(n or 0, d or 0) for n, d in zip(figures["without"], figures["denominator"], strict=True)],
        **figures,
        "compounds": [listed(ids, say=names.thing) for ids in frame["compounds"]],
        "records": [listed(ids) for ids in frame["records"]],
        "remedy": [words.rule_remedy(str(code)) for code in frame["code"]],
        "source": [words.rule_source(str(code)) for code in frame["code"]],
    }
    note = _("A finding is a reason to look at the rows, not a proof of intent.")
    return table("tricks", _("What may be too high"), columns, data, note=note)


def because(value: object) -> str:
    """Return why a compound has its shade or why the plan asks for something, in words; a text as it is.

    >>> because({"why": "silent", "n": 0, "records": ()}), because("as it is"), because(None)
    ('possible: no registry that is declared complete speaks of it', 'as it is', '')
    >>> because({"why": "own", "members": 4})
    '4 formal members, enough for a branch of its own'
    """
    if not isinstance(value, dict):
        return "" if value is None or value != value else str(value)  # noqa: PLR0124
    why = str(value.get("why"))
    return say_shade(value) if why in SHADE_REASONS else say_need(value) if why in NEEDS else why


def shade_counts(run: Run) -> dict[str, int]:
    """Return the number of compounds in each shade; empty where nobody has asked."""
    shade = run.result.shades["shade"]
    return {name: int((shade == name).sum()) for name in SHADES} if len(shade) else {}


def shades(run: Run, names: Names | None = None, *, kinds: Iterable[str] = LISTED) -> Table:
    """Return the compounds that are not covered, those that are confirmed first, by street and community."""
    names = names or Names.of(run)
    kinds = tuple(kinds)
    frame = run.result.shades
    frame = frame[frame["shade"].isin(kinds)]
    place = run.places.frame.reindex(frame.index)
    street, community = texts(place[STREET]), texts(place[COMMUNITY])
    rank = {name: at for at, name in enumerate(kinds)}
    by = zip([rank[name] for name in frame["shade"]], street, community, texts(frame.index), strict=True)
    order = [at for _key, at in sorted(zip(by, range(len(frame)), strict=True))]
    frame, place = frame.iloc[order], place.iloc[order]
    attributes, cover = run.attributes.frame.reindex(frame.index), run.coverage.frame.reindex(frame.index)
    columns = [
        Column("code", _("code"), 20),
        Column("name", _("compound"), 24),
        Column("shade", _("how sure"), 16),
        Column("reason", _("reason"), 64),
        Column("street", _("street"), 16),
        Column("community", _("community"), 16),
        Column("households", label("households", "field"), 9, number=True),
        Column("formal_members", label("formal_members", "field"), 9, number=True),
        Column("status", _("status"), 18),
        Column("records", _("rows to look at"), 44, page=False),
    ]
    data: dict[str, object] = {
        "code": texts(frame.index),
        "name": texts(attributes["name"]),
        "shade": each(proof_words.shade_label, frame["shade"]),
        "reason": [because(value) for value in frame["because"]],
        "street": names.places(STREET, place[STREET]),
        "community": names.places(COMMUNITY, place[COMMUNITY]),
        "households": whole(attributes["households"]),
        "formal_members": whole(attributes["formal_members"]),
        "status": each(words.status_label, cover["status"].fillna("UNKNOWN")),
        "records": [listed(_records(value)) for value in frame["because"]],
    }
    note = _(
        "Every compound without an organisation that counts. Confirmed: no open row of the files could cover it; what "
        "does not count, such as a grid branch, may be there. Possible: something may cover it, which a person has to "
        "settle first."
    )
    return table("shades", _("No organisation, by certainty"), columns, data, note=f"{note} {upper_end_note()}")


def upper_end_note() -> str:
    """Return why covered and possibly covered compounds do not add up to the upper end of the rate."""
    return _(
        "The upper end of the rate is another number than covered and possibly covered together: it counts one "
        "compound for every name that matches nothing and adds the links that may be wrong, whereas every compound "
        "that such a name may mean is possibly covered."
    )


def _records(value: object) -> tuple[str, ...]:
    return tuple(value.get("records", ())) if isinstance(value, dict) else ()


def plan(run: Run, names: Names | None = None) -> Table:
    """Return what would make the claim of full coverage true, one row per organisation or instructor."""
    names = names or Names.of(run)
    frame = run.result.plan
    columns = [
        Column("kind", _("what is needed"), 22),
        Column("community", _("community"), 18),
        Column("count", _("number of compounds"), 10, number=True),
        Column("members", label("formal_members", "field"), 10, number=True),
        Column("compounds", _("compounds"), 56),
        Column("because", _("because"), 56),
        Column("codes", _("internal ids"), 40, page=False),
    ]
    data: dict[str, object] = {
        "kind": each(proof_words.plan_label, frame["kind"]),
        "community": [names.place(COMMUNITY, str(code)) for code in frame["community"]],
        "count": [len(ids) for ids in frame["compounds"]],
        "members": whole(frame["members"]),
        "compounds": [listed(ids, say=lambda code: names.place(COMPOUND, code)) for ids in frame["compounds"]],
        "because": [because(value) for value in frame["because"]],
        "codes": [listed(ids) for ids in frame["compounds"]],
    }
    return table("plan", _("What full coverage needs"), columns, data)


def plan_bounds(run: Run) -> Table:
    """Return how many of each would be needed: at the least, by counting, and in the plan."""
    rows = sorted(run.result.bounds.items(), key=lambda item: (_BOUNDS_ORDER.get(item[0], 99), item[0]))
    columns = [Column("what", _("what is needed"), 34), Column("count", _("number"), 12, number=True)]
    data: dict[str, object] = {
        "what": [proof_words.bound_label(name) for name, _value in rows],
        "count": [int(value) for _name, value in rows],
    }
    return table("bounds", _("How much is needed"), columns, data)
