"""Why a compound has its status, in sentences: every rule in order, the records, the cells, the findings.

Works on plain rows, so that a stored run folder can be explained without computing anything again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.rules import CATALOGUE
from gridkit.rules.ruleset import RuleSet, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridkit.model import Run

STATUS_LABELS = {
    "UNIT_ORG": N_("through the unit's organisation"),
    "OWN_BRANCH": N_("own branch"),
    "JOINT_BRANCH": N_("joint branch"),
    "GRID_BRANCH": N_("grid branch"),
    "FUNCTIONAL_ONLY": N_("functional branch only"),
    "INSTRUCTOR_ONLY": N_("instructor or paired unit only"),
    "PLANNED": N_("planned"),
    "UNCOVERED": N_("uncovered"),
    "UNKNOWN": N_("no data"),
}
"""What each status is called (domain brief 2.1)."""

_ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")}


def explain(run: Run, compound: str) -> list[str]:
    """Return why ``compound`` has its status; raises KeyError for a code that the run does not hold."""
    row = run.coverage.frame.loc[compound].to_dict()
    row |= {"compound": compound, "name": run.attributes.frame.loc[compound, "name"]}
    trace = run.coverage.trace
    found = [f for f in run.findings.rows() if f["subject"] == compound or f["subject"] in row["via"]]
    return explain_rows(row, trace[trace["compound"] == compound].to_dict("records"), found)


def explain_rows(
    compound_row: Mapping[str, Any],
    trace_rows: Iterable[Mapping[str, Any]],
    finding_rows: Iterable[Mapping[str, Any]] = (),
    *,
    ruleset: RuleSet | None = None,
) -> list[str]:
    """Return the sentences that explain one compound, in the current language.

    Parameters
    ----------
    compound_row : Mapping
        A row of ``Coverage.frame`` as a dictionary, with ``compound`` (or ``code``) and ``name`` where known; lists
        may stand for tuples.
    trace_rows : iterable of Mapping
        The rows of ``Coverage.trace`` of this compound, in the order of the rules.
    finding_rows : iterable of Mapping
        The findings about it or about the records that cover it.
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
    texts = {rule.id: rule for rule in (ruleset or load_ruleset()).rules}
    code = str(compound_row.get("compound", compound_row.get("code", "")))
    status = str(compound_row["status"])
    label = _(STATUS_LABELS.get(status, status))
    lines = [f"{' '.join(filter(None, (code, str(compound_row.get('name', '')))))}: {label} ({status})"]
    lines.append(
        _("organisation coverage: {organisation}; work coverage: {work}; by a valid branch: {valid}").format(
            **{name: _(_ANSWERS[str(compound_row[name])]) for name in ("organisation", "work", "valid")}
        )
    )
    lines += [_rule_line(row, texts, decided=str(compound_row["rule"])) for row in trace_rows]
    if len(compound_row["open_via"]):
        lines.append(_("waiting for a person to confirm: {records}").format(records=_join(compound_row["open_via"])))
    if len(compound_row["refs"]):
        lines.append(_("cells: {cells}").format(cells=_join(compound_row["refs"])))
    lines += [_finding_line(row) for row in finding_rows]
    return lines


def _rule_line(row: Mapping[str, Any], texts: Mapping[str, Any], *, decided: str) -> str:
    name, held = str(row["rule"]), bool(row["held"])
    waiting = tuple(row.get("open_via", ()))
    if name == decided:
        template = _("{rule}: decides - {text}")
    elif held:
        template = _("{rule}: holds too - {text}")
    elif waiting:
        template = _("{rule}: would hold if an open link were confirmed - {text}")
    else:
        template = _("{rule}: does not hold - {text}")
    line = template.format(rule=name, text=_(texts[name].text) if name in texts else name)
    records = tuple(row["via"]) or waiting
    return f"{line} [{_join(records)}]" if records else line


def _finding_line(row: Mapping[str, Any]) -> str:
    rule = CATALOGUE.get(str(row["code"]))
    sentence = rule.say(dict(row["params"])) if rule else ""
    cells = f" [{_join(row['refs'])}]" if len(row["refs"]) else ""
    return f"{row['code']} {sentence}{cells}"


def _join(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)
