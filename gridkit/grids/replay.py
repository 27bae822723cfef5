"""A log of edits: written one by one, proven by hashes, replayed to the same plan, and undone without losing a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.errors import UsageError
from gridkit.grids.edit import apply_edit
from gridkit.locale import N_
from gridkit.model.plan import Edit, EditLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.model.plan import Plan


def start(plan: Plan) -> EditLog:
    """Return an empty log on a plan."""
    return EditLog(plan.base)


def add(  # noqa: PLR0913 - the fields of a line
    plan: Plan, log: EditLog, op: str, args: Mapping[str, Any], *, user: str = "", time: str = "", reason: str = "",
    doc_no: str = "",
) -> tuple[Plan, EditLog]:  # fmt: skip
    """Return the plan after one more edit, and the log with its line.

    Parameters
    ----------
    plan : Plan
        As the log leaves it.
    log : EditLog
    op, args
        See :class:`gridkit.model.plan.Edit`; not ``undo`` (:func:`undo`).
    user, time, reason, doc_no : str
        Who, when (ISO 8601; the caller's clock), why, and the number of the document that decides it.

    Raises
    ------
    UsageError
        The edit cannot be done; nothing is logged then.
    """
    edit = Edit(len(log) + 1, time, user, op, dict(args), reason, doc_no, log.base, log.head).sealed()
    return apply_edit(plan, edit), EditLog(log.base, (*log.edits, edit))


def undo(
    base: Plan, log: EditLog, *, user: str = "", time: str = "", reason: str = "", doc_no: str = ""
) -> tuple[Plan, EditLog]:
    """Return the plan before the last edit that stands, and the log with a line that says so.

    Raises
    ------
    UsageError
        There is nothing to undo.
    """
    standing = effective(log)
    if not standing:
        raise UsageError(N_("there is no edit to undo"), remedy=N_("the plan is as it was at its base"))
    args = {"seq": standing[-1].seq}
    edit = Edit(len(log) + 1, time, user, "undo", args, reason, doc_no, log.base, log.head).sealed()
    after = EditLog(log.base, (*log.edits, edit))
    return replay(base, after), after


def effective(log: EditLog) -> list[Edit]:
    """Return the edits that stand: without those undone, and without the lines that undid them.

    Raises
    ------
    UsageError
        A line undoes another edit than the last one that stood.
    """
    standing: list[Edit] = []
    for edit in log.edits:
        if edit.op != "undo":
            standing.append(edit)
        elif standing and edit.args.get("seq") == standing[-1].seq:
            standing.pop()
        else:
            raise UsageError(
                N_("edit {seq} undoes edit {other}, which is not the last one that stands"),
                remedy=N_("undo edits from the last to the first"), seq=edit.seq, other=str(edit.args.get("seq")),
            )  # fmt: skip
    return standing


def replay(base: Plan, log: EditLog) -> Plan:
    """Return the plan that a log makes of its base.

    Parameters
    ----------
    base : Plan
        The plan from which the log starts.
    log : EditLog

    Raises
    ------
    UsageError
        The log belongs to another base, was replayed before, or was tampered with.
    """
    verify(log)
    if log.base != base.base:
        raise UsageError(
            N_("the edits start from plan {log}, but this is plan {plan}"),
            remedy=N_("apply them to the plan from which they were made; each log can be applied once"),
            log=log.base, plan=base.base,
        )  # fmt: skip
    plan = base
    for edit in effective(log):
        plan = apply_edit(plan, edit)
    return plan


def verify(log: EditLog, *, known: int = 0) -> None:
    """Check that no line of a log was changed, left out, moved or added without its hash.

    Parameters
    ----------
    log : EditLog
    known : int
        Lines at its start that were checked before.

    Raises
    ------
    UsageError
        Naming the first line that does not fit.
    """
    before = log.edits[known - 1].hash if known else log.base
    for at, edit in enumerate(log.edits[known:], start=known):
        if edit.seq != at + 1 or edit.base != log.base or edit.prev_hash != before:
            raise UsageError(
                N_("line {line} of the edits does not follow the line before it"),
                remedy=N_("lines are missing, moved or of another log; take the file as it was saved"), line=at + 1,
            )  # fmt: skip
        if edit.digest() != edit.hash:
            raise UsageError(
                N_("line {line} of the edits was changed after it was written"),
                remedy=N_("take the file as it was saved, and make the change as a further edit"), line=at + 1,
            )  # fmt: skip
        before = edit.hash
