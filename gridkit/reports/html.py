"""The page: one offline file that says in ten seconds how far coverage goes, and then proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jinja2

from gridkit import __version__
from gridkit.audit.format import percent
from gridkit.coverage import caveats
from gridkit.locale import gettext as _
from gridkit.locale import speaking
from gridkit.model.fields import STATUSES
from gridkit.model.findings import SEVERITIES
from gridkit.reports import compounds, figures, summary, tables, words
from gridkit.reports.names import Names
from gridkit.writing import whole

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.model import Run

EXAMPLES: Final = 5
"""Findings of one rule that the page writes out; the workbook has all of them."""
MAX_LISTED: Final = 500
"""Uncovered compounds that the page lists; the workbook has all of them."""
COLOURS: Final = {
    "UNIT_ORG": "#139d86",
    "OWN_BRANCH": "#122896",
    "JOINT_BRANCH": "#98c7f1",
    "GRID_BRANCH": "#9362b7",
    "FUNCTIONAL_ONLY": "#b08fca",
    "INSTRUCTOR_ONLY": "#cdb8de",
    "PLANNED": "#f6b39b",
    "UNCOVERED": "#e83504",
    "UNKNOWN": "#c9cccf",
}
"""The hues of the map."""
_LANG: Final = {"zh": "zh-CN", "en": "en"}


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridkit.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters["number"] = lambda value: "" if value is None else f"{value:,}"
    return environment


def _bars(run: Run) -> list[dict[str, Any]]:
    """Return the statuses that occur, with the share of the bar each takes."""
    counts = run.coverage.by_status()
    total = sum(counts.values())
    return [
        {
            "label": words.status_label(status),
            "count": counts[status],
            "total": total,
            "share": percent(counts[status], total),
            "width": f"{100 * counts[status] / total:.3f}",
            "colour": COLOURS[status],
        }
        for status in STATUSES
        if counts[status]
    ]


def _cards(run: Run) -> list[dict[str, Any]]:
    """Return the headline as cards: figure, its numbers, and a bar from low to high; none without a denominator."""
    return [
        {
            "figure": figure,
            "low": f"{100 * figure.low:.3f}",
            "wide": f"{max(100 * (figure.high - figure.low), 0):.3f}",
        }
        for figure in summary.headline(run)
        if figure.denominator
    ]


def _claims(run: Run, names: Names) -> list[dict[str, Any]]:
    rows = figures.claims(run, names).frame.to_dict("records")
    return [{**row, "key": key} for row, key in zip(rows, run.claims["verdict"], strict=True)]


def _findings(run: Run) -> list[dict[str, Any]]:
    """Return the findings by rule, errors first, each with its first examples."""
    frame = run.findings.frame
    groups = []
    for code, rows in frame.groupby("code", sort=True):
        first = rows.head(EXAMPLES)
        groups.append(
            {
                "code": code,
                "title": words.rule_title(str(code)),
                "severity": rows["severity"].iloc[0],
                "label": words.severity(rows["severity"].iloc[0]),
                "count": len(rows),
                "source": words.rule_source(str(code)),
                "remedy": words.rule_remedy(str(code)),
                "examples": [
                    (words.finding_sentence(str(code), params), tables.listed(refs, 4))
                    for params, refs in zip(first["params"], first["refs"], strict=True)
                ],
                "more": max(len(rows) - EXAMPLES, 0),
            }
        )
    return sorted(groups, key=lambda group: (SEVERITIES.index(group["severity"]), group["code"]))


def _definitions(run: Run) -> list[tuple[str, str]]:
    counts = words.counts_as_sentence(run.coverage.counts_as)
    return [
        (
            _("counts as organisation coverage"),
            _("{statuses}; rule set: {ruleset}").format(
                statuses=counts, ruleset=words.ruleset_label(run.coverage.ruleset)
            ),
        ),
        (_("as declared"), _("every organisation that the registries name is taken as it stands there")),
        (
            _("as valid"),
            _("the organisation must be in term, active, large enough for the rule set, and not a duplicate"),
        ),
        (
            words.status_label("UNKNOWN"),
            _("status of a compound of which the data do not tell whether it is covered; it is not uncovered"),
        ),
        (
            _("unknown part of a figure"),
            _("stays in the denominator and makes the rate an interval: from what is known, to what would be if "
              "everything unknown were fulfilled"),
        ),
        (
            _("what is unknown"),
            _("compounds whose answer is unknown, and names in the registry of Party organisations that match no "
              "known compound: each may mean one more that is covered"),
        ),
        (
            words.status_label("UNCOVERED"),
            _("is said only where a registry declared complete does not name the compound"),
        ),
        (
            _("households"),
            _("in coverage those of the compounds; per grid those of the grid layer where it states them. The totals "
              "differ, as a grid also has households outside compounds"),
        ),
        ("100%", _("is printed only where numerator and denominator are equal")),
    ]  # fmt: skip


def _content(run: Run) -> dict[str, Any]:
    names = Names.of(run)
    full = compounds.compounds(run, names, statuses=("UNCOVERED", "UNKNOWN"))
    return {
        "lang": _LANG.get(run.language, run.language),
        "version": __version__,
        "city": run.city.name,
        "as_of": run.city.as_of.isoformat() if run.city.as_of else _("none stated"),
        "about": summary.about(run),
        "total": len(run.coverage.frame),
        "bars": _bars(run),
        "cards": _cards(run),
        "verdicts": summary.verdicts(run),
        "caveats": caveats(run.city),
        "claims": _claims(run, names),
        "uncovered": compounds.with_status(run, full, "UNCOVERED"),
        "unknown": compounds.with_status(run, full, "UNKNOWN"),
        "unmatched": compounds.unmatched(run, names),
        "shown": MAX_LISTED,
        "streets": summary.by_street(run),
        "indicators": figures.indicators(run, names, levels=("city", "class", "mode")),
        "definitions": _definitions(run),
        "finding_counts": tables.finding_counts(run),
        "findings": _findings(run),
        "findings_total": len(run.findings),
        "set_aside": tables.set_aside(run),
        "sources": tables.sources(run),
    }


def render(run: Run) -> str:
    """Return the page as text; whatever the files hold is escaped."""
    with speaking(run.language):
        return _environment().get_template("report.html").render(_content(run)) + "\n"


def write_html(run: Run, path: Path) -> None:
    """Write the page of a run: one file, without any request when it is opened.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    text = render(run).encode("utf-8", "replace")
    with whole(path) as draft:
        draft.write_bytes(text)
