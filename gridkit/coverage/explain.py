"""Why a compound has its status, in sentences: every rule in order, the records, the cells, the findings.

Works on plain rows, so that a stored run folder can be explained without computing anything again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.locale import chosen, speaking
from gridkit.locale import gettext as _
from gridkit.rules import CATALOGUE
from gridkit.rules.labels import ANSWERS, STATUS_LABELS
from gridkit.rules.ruleset import RuleSet, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.model import Run
    from gridkit.rules.ruleset import CoverRule

__all__ = ["STATUS_LABELS", "explain", "explain_rows"]

CELLS = 12
"""Cells of one finding that are listed; the others are counted."""

_REST = ("UNCOVERED", "UNKNOWN")
"""Statuses that speak of what is left; where another rule has decided they mean nothing."""


WITHOUT_ORGANISATION = ("INSTRUCTOR_ONLY", "PLANNED", "UNCOVERED")
"""Statuses where there is no organisation that could be valid or not."""


def explain(run: Run, compound: str) -> list[str]:
    """Return why ``compound`` has its status, in the language of the run where none is chosen.

    Raises KeyError for a code that the run does not hold.
    """
    row = run.coverage.frame.loc[compound].to_dict()
    row |= {"compound": compound, "name": run.attributes.frame.loc[compound, "name"]}
    trace = run.coverage.trace
    about = {compound, *row["via"], *row["open_via"]}
    found = [finding for finding in run.findings.rows() if finding["subject"] in about]
    with speaking(chosen() or run.language):
        return explain_rows(row, trace[trace["compound"] == compound].to_dict("records"), found)


def explain_rows(
    compound_row: Mapping[str, Any],
    trace_rows: Iterable[Mapping[str, Any]],
    finding_rows: Iterable[Mapping[str, Any]] = (),
    *,
    ruleset: RuleSet | None = None,
) -> list[str]:
    """Return the sentences that explain one compound, in the current language.

    The rules are told up to the one that decides; of the later ones those that also hold, or wait for a link.

    Parameters
    ----------
    compound_row : Mapping
        A row of ``Coverage.frame`` as a dictionary, with ``compound`` (or ``code``) and ``name`` where known; lists
        may stand for tuples.
    trace_rows : iterable of Mapping
        The rows of ``Coverage.trace`` of this compound, in the order of the rules.
    finding_rows : iterable of Mapping
        The findings about it or about the records that cover it, or wait.
    ruleset : RuleSet, optional
        Where the texts of the rules come from; the strict set where none is given. A rule that it does not know is
        shown by its id.

    Examples
    --------
    >>> row = {"compound": "a1", "name": "金桂家园", "status": "UNKNOWN", "organisation": "unknown", "work": "unknown",
    ...        "valid": "unknown", "rule": "UNKNOWN", "via": (), "open_via": (), "flags": (), "refs": ()}
    >>> explain_rows(row, [])[0]
    'a1 金桂家园: no data (UNKNOWN)'
    """
    findings = list(finding_rows)
    code = str(compound_row.get("compound", compound_row.get("code", "")))
    status = str(compound_row["status"])
    compound = " ".join(filter(None, (code, str(compound_row.get("name", "")))))
    label = _(STATUS_LABELS.get(status, status))
    lines = [_("{compound}: {label} ({status})").format(compound=compound, label=label, status=status)]
    lines.append(
        _("organisation coverage: {organisation}; work coverage: {work}; by a valid branch: {valid}").format(
            **{name: _(ANSWERS[str(compound_row[name])]) for name in ("organisation", "work")},
            valid="—" if status in WITHOUT_ORGANISATION else _(ANSWERS[str(compound_row["valid"])]),
        )
    )
    held = frozenset(str(row["subject"]) for row in findings if row["code"] == "C114")
    lines += _rule_lines(compound_row, trace_rows, ruleset=ruleset, unproven=_unproven(code, findings), held=held)
    if len(compound_row["open_via"]) and status != "UNKNOWN":
        lines.append(_("waiting for a person to confirm: {records}").format(records=_join(compound_row["open_via"])))
    if len(compound_row["refs"]):
        lines.append(_("cells: {cells}").format(cells=_join(compound_row["refs"])))
    lines += [_finding_line(row) for row in findings]
    return lines


def _unproven(code: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """Return what a registry says of a unit-run compound without the evidence for it (C109), empty for nothing."""
    for row in findings:
        if row["code"] == "C109" and row["subject"] == code:
            template = _(
                "the registry has {branch} cover it ({cell}), but neither big-committee membership nor a co-building "
                "agreement: not accepted"
            )
            return template.format(branch=row["params"]["branch"], cell=_join(row["refs"][:1]))
    return ""


def _rule_lines(
    compound: Mapping[str, Any],
    trace_rows: Iterable[Mapping[str, Any]],
    *,
    ruleset: RuleSet | None,
    unproven: str,
    held: frozenset[str],
) -> list[str]:
    """Return a line per rule up to the deciding one, then of the later ones those that hold or wait."""
    rules = {rule.id: rule for rule in (ruleset or load_ruleset()).rules}
    lines, decided = [], False
    for row in trace_rows:
        name = str(row["rule"])
        rule = rules.get(name)
        status = rule.status if rule else name
        if decided and (status in _REST or not (row["held"] or len(row.get("open_via", ())))):
            continue
        words = {"label": _(STATUS_LABELS.get(status, status)), "rule": name}
        deciding = name == str(compound["rule"])
        if not (deciding or row["held"] or status in _REST) and "open_via" not in row and len(compound["open_via"]):
            continue  # one of the rules waits for a link, and these rows do not say which: none can be denied
        if deciding:
            text = _deciding_text(compound, rule, status, unproven=unproven, held=held)
            line = _("decided: {label} ({rule}) - {text}").format(**words, text=text)
        else:
            line = _other_line(row, status, words)
            if status == "UNIT_ORG" and unproven and compound["status"] not in _REST:
                line += _(" - {text}").format(text=unproven)
        records = tuple(row["via"]) or tuple(row.get("open_via", ()))
        lines.append(f"{line} [{_join(records)}]" if records else line)
        decided |= deciding
    return lines


def _deciding_text(
    compound: Mapping[str, Any], rule: CoverRule | None, status: str, *, unproven: str, held: frozenset[str]
) -> str:
    """Return what the deciding rule says; of what is left, the nearest reason that is known."""
    if status == "UNKNOWN" and len(compound["open_via"]):
        if held.issuperset(compound["open_via"]):
            template = _(
                "the record {records} would cover it, but its row is hidden or struck out and held; nothing can be "
                "said before hidden is set in gridkit.toml"
            )
            return template.format(records=_join(compound["open_via"]))
        template = _("the record {records} may mean it; nothing can be said before a person confirms")
        return template.format(records=_join(compound["open_via"]))
    if status in _REST and unproven:
        return unproven
    return _(rule.text) if rule else status


def _other_line(row: Mapping[str, Any], status: str, words: Mapping[str, str]) -> str:
    """Return the line of a rule that does not decide."""
    if row["held"]:
        return _("also met: {label} ({rule})").format(**words)
    if len(row.get("open_via", ())):
        return _("would be met if an open link were confirmed: {label} ({rule})").format(**words)
    if status in _REST:
        return _("cannot be said: {label} ({rule})").format(**words)
    return _("not met: {label} ({rule})").format(**words)


def _finding_line(row: Mapping[str, Any]) -> str:
    rule = CATALOGUE.get(str(row["code"]))
    sentence = rule.say(row["params"]) if rule else ""
    refs = list(row["refs"])
    shown = _join(refs[:CELLS])
    if len(refs) > CELLS:
        shown = f"{shown} " + _("… and {n} more").format(n=len(refs) - CELLS)
    cells = f" [{shown}]" if refs else ""
    return f"{row['code']} {sentence}{cells}"


def _join(values: Iterable[Any]) -> str:
    return _(", ").join(str(value) for value in values)
