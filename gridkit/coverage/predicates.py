"""Evaluate the predicates of a rule set to arrays: which rule holds for which compound, through which records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.coverage.kleene import MAYBE, Answers, N, Y, at_least, every, known, strongest, sure
from gridkit.model.fields import UNKNOWN

if TYPE_CHECKING:
    from gridkit.coverage.facts import Facts
    from gridkit.rules.ruleset import CoverRule, Predicates


@dataclass(frozen=True)
class Outcome:
    """What the rules tried so far say per compound: organisation and work coverage, and whether a rule waits."""

    organisation: Answers
    work: Answers
    open: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Hit:
    """One rule over all compounds.

    ``answer`` per compound; ``records`` has ``place``, ``record``, ``strength`` (yes: the rule holds through it,
    maybe: it would) and ``valid`` (answer) of every record concerned.
    """

    answer: Answers
    records: pd.DataFrame


_RECORDS = ["place", "record", "strength", "valid"]


def no_records() -> pd.DataFrame:
    """Return an empty table of records."""
    return pd.DataFrame({name: pd.Series([], dtype="object" if name == "record" else "int64") for name in _RECORDS})


def try_rule(rule: CoverRule, facts: Facts, *, outcome: Outcome | None = None) -> Hit:
    """Return where ``rule`` holds: ``when`` and any one of ``needs``."""
    when = of_compound(rule.when, facts, outcome=outcome)
    if not rule.needs:
        return Hit(when, no_records())
    parts = [_try_needs(needs, facts, when=when, outcome=outcome) for needs in rule.needs]
    records = pd.concat([part.records for part in parts], ignore_index=True)
    if len(parts) > 1 and len(records):
        records = records.sort_values(["place", "record", "strength"], kind="stable")
        records = records.drop_duplicates(["place", "record"], keep="last").reset_index(drop=True)
    return Hit(np.maximum.reduce([part.answer for part in parts]), records)


def _try_needs(needs: Predicates, facts: Facts, *, when: Answers, outcome: Outcome | None) -> Hit:
    base = every([when, of_compound(needs, facts, outcome=outcome)], len(facts.codes))
    parts = []
    if needs.of_record:
        parts.append(_ties(needs, facts))
    if needs.paired:
        parts.append(facts.pairs[["place", "record", "strength"]].assign(valid=Y))
    if "yes" in needs.instructor:
        parts.append(_stated(facts, "instructor"))
    if not parts:
        return Hit(base, no_records())
    records = pd.concat(parts, ignore_index=True)
    records["strength"] = np.minimum(records["strength"].to_numpy(), base[records["place"].to_numpy()])
    records = records[records["strength"] > N]
    answer = strongest(records["place"].to_numpy(), records["strength"].to_numpy(), len(facts.codes))
    records = records.sort_values(["place", "record", "strength"], kind="stable")
    return Hit(answer, records.drop_duplicates(["place", "record"], keep="last")[_RECORDS])


def _stated(facts: Facts, field: str) -> pd.DataFrame:
    """The records that gave the attribute ``field`` of each compound, or held rows that would."""
    origin = facts.attributes.origin[field].to_numpy(object)
    if facts.held is not None and field == "instructor":
        origin = np.where(facts.held.instructor != "", facts.held.instructor, origin)
    return pd.DataFrame(
        {"place": np.arange(len(facts.codes)), "record": origin, "strength": np.int8(Y), "valid": np.int8(Y)}
    )


def _ties(needs: Predicates, facts: Facts) -> pd.DataFrame:
    """The ties with the strength that the record predicates leave them."""
    ties = facts.ties
    if needs.through:
        ties = ties[ties["through"].isin(needs.through)]
    branches = facts.every_branch
    row = branches.index.get_indexer(ties["record"])
    asked = [ties["strength"].to_numpy(), _of_branches(needs, branches)[row]]
    if needs.evidence is not None:
        shown = branches["evidence"].to_numpy(bool)[row] | _evidence(facts)[ties["place"]]
        asked.append(sure(shown == needs.evidence))
    strength = every(asked, len(ties))
    valid = branches["valid"].to_numpy()[row]
    held = strength > N
    return pd.DataFrame(
        {
            "place": ties["place"].to_numpy()[held],
            "record": ties["record"].to_numpy()[held],
            "strength": strength[held],
            "valid": valid[held],
        }
    )


def _of_branches(needs: Predicates, rows: pd.DataFrame) -> Answers:
    """The predicates that speak of a branch row alone, an answer per row."""
    asked: list[Answers] = []
    if needs.branch_kind:
        asked.append(known(rows["kind"].isin(needs.branch_kind), rows["kind"] == ""))
    if needs.branch_status:
        asked.append(known(rows["status"].isin(needs.branch_status), rows["status"] == UNKNOWN))
    if needs.not_level:
        asked.append(sure(~rows["level"].isin(needs.not_level)))
    if needs.names:
        asked.append(sure((rows["named"] <= 1) == (needs.names == "alone")))
    for name, wanted in (("in_term", needs.in_term), ("enough", needs.enough_members)):
        if wanted is not None:
            answers = rows[name].to_numpy()
            asked.append(answers if wanted else (Y - answers).astype(np.int8))
    return every(asked, len(rows))


def _evidence(facts: Facts) -> np.ndarray[Any, Any]:
    """Whether the compound itself is stated to be tied in by big-committee membership or an agreement."""
    frame = facts.frame
    return ((frame["big_committee_member"] == "yes") | (frame["agreement_on"] != "")).to_numpy(bool)


def of_compound(needs: Predicates, facts: Facts, *, outcome: Outcome | None = None) -> Answers:
    """Return the conjunction of the compound predicates of ``needs``, an answer per compound."""
    frame, size = facts.frame, len(facts.codes)
    asked: list[Answers] = []
    if needs.compound_type:
        kind = frame["compound_type"]
        asked.append(known(kind.isin(needs.compound_type), kind.isin(("", UNKNOWN))))
    if needs.eligible:
        asked.append(sure(frame["eligible"].isin(needs.eligible)))
    if needs.instructor:
        open_ = facts.held.instructor != "" if facts.held is not None else np.zeros(size, dtype=bool)
        asked.append(known(frame["instructor"].isin(needs.instructor), open_))
    if needs.paired is False:
        asked.append(
            (Y - strongest(facts.pairs["place"].to_numpy(), facts.pairs["strength"].to_numpy(), size)).astype(np.int8)
        )
    if needs.members_at_least is not None:
        asked.append(at_least(frame["formal_members"], needs.members_at_least))
    asked += [sure(facts.complete(kind)) for kind in needs.complete]
    if needs.of_outcome and outcome is not None:
        asked += [sure(getattr(outcome, measure) == N) for measure in needs.silent]
        if needs.open is not None:
            asked.append(sure(outcome.open == needs.open))
    return every(asked, size)


def waits(hits: list[Hit]) -> np.ndarray[Any, Any]:
    """Return where some rule neither holds nor fails."""
    return np.logical_or.reduce([hit.answer == MAYBE for hit in hits])
