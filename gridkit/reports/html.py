"""The page: one offline file that says in a minute what holds of the claims, and then proves it down to the cells."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from gridkit import __version__
from gridkit.audit.format import percent
from gridkit.coverage import caveats
from gridkit.locale import gettext as _
from gridkit.locale import speaking
from gridkit.model.fields import STATUSES
from gridkit.reports import (
    compounds,
    figures,
    page_data,
    page_map,
    page_plan,
    page_sections,
    proof,
    proof_words,
    reconciled,
    summary,
    words,
)
from gridkit.reports.names import Names
from gridkit.writing import whole

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.model import Run

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
            "key": status,
            "count": counts[status],
            "total": total,
            "share": percent(counts[status], total),
            "width": f"{100 * counts[status] / total:.3f}",
            "colour": COLOURS[status],
        }
        for status in STATUSES
        if counts[status]
    ]


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


def css_text(text: str) -> str:
    r"""Return ``text`` as a CSS string in which nothing can end the string, the sheet or the element around it.

    >>> print(css_text('A1 "</style>'))
    "A1 \22 \3c \2f style\3e "
    """
    return '"' + "".join(sign if sign.isalnum() or sign in " -" else f"\\{ord(sign):x} " for sign in text) + '"'


def _resource(name: str) -> str:
    return (resources.files("gridkit.reports") / "templates" / name).read_text("utf-8")


def _frame(run: Run) -> dict[str, Any]:
    """Return what stands around the sections: title, style, script, header and footer."""
    city = str(run.city.name).encode("utf-8", "replace").decode()
    as_of = run.city.as_of.isoformat() if run.city.as_of else _("none stated")
    secret = _("internal material") if run.settings.get("profile", "internal") == "internal" else ""
    script = _resource("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    title = _("Coverage audit: {city}").format(city=city)
    said = {
        "PAGE_HEAD": f"{title} · {_('data as of')} {as_of}", "PAGE_MARK": secret,
        "PAGE_FOOT": f"gridkit {__version__} · {run.inputs_hash[:12]}",
    }  # fmt: skip
    style = _resource("report.css")
    for key, text in said.items():
        style = style.replace(key, css_text(text))
    return {
        "lang": _LANG.get(run.language, run.language), "title": title, "as_of": as_of, "secret": secret,
        "style": Markup(style), "script": Markup(script), "script_hash": f"sha256-{digest}",
    }  # fmt: skip


def _content(run: Run) -> dict[str, Any]:
    names = Names.of(run)
    shaded = bool(len(run.result.shades))
    marks = page_data.Marks.of(run)
    trail = marks.trail
    content = {
        "marks": marks,
        "embedded": page_data.embedded,
        "ruleset": words.ruleset_label(run.coverage.ruleset),
        "about": [pair for pair in summary.about(run) if pair[0] != _("counts as organisation coverage")],
        "total": len(run.coverage.frame),
        "bars": _bars(run),
        "cards": page_sections.numbers(run),
        "allowance": proof_words.allowance_sentence(run.result.allowance),
        "verdicts": summary.verdicts(run),
        "interval_note": figures.interval_note(),
        "upper_end": proof.upper_end_note(),
        "caveats": [*caveats(run.city), *summary.doubts(run)],
        "claims": page_sections.claims(run, names),
        "map": page_map.draw(run),
        "colours": {name: colour for name, _label, colour in page_map.CLASSES},
        "shaded": shaded,
        "shade_confirmed": proof_words.shade_label("confirmed"),
        "dots_key": "shade|confirmed" if shaded else "status|UNCOVERED",
        "dots_label": proof_words.shade_label("confirmed") if shaded else words.status_label("UNCOVERED"),
        "streets": page_sections.streets(run, names),
        "worst": page_sections.WORST,
        "shown_rules": page_plan.RULES,
        "uncovered": page_sections.uncovered(run, names),
        "matrix": page_sections.matrix(run),
        "tricks": page_sections.tricks(run),
        "plan": page_plan.plan(run, names),
        "bridges": reconciled.lines(run, trail),
        "league": page_plan.league(run),
        "indicators": figures.indicators(run, names, levels=("city", "class", "mode")),
        "definitions": _definitions(run),
        "findings": page_plan.findings(run),
        "unmatched": compounds.unmatched(run, names),
        "inputs": page_plan.inputs(run),
    }
    return {**_frame(run), **content, "sections": _sections(content)}


def _sections(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Return anchor and title of the sections that the page has."""
    known = (
        ("verdicts", _("Verdicts"), content["claims"]), ("numbers", _("Three numbers"), content["cards"]),
        ("map", _("Map"), content["map"] or content["streets"]), ("uncovered", _("Uncovered"), True),
        ("matrix", _("Definitions compared"), content["matrix"]), ("tricks", _("Tricks"), content["tricks"]),
        ("plan", _("What is needed"), content["plan"]["total"]), ("bridges", _("Reconciliation"), content["bridges"]),
        ("league", _("League table"), content["league"]), ("findings", _("Findings"), True),
        ("inputs", _("Sources"), True), ("about", _("Definitions"), True),
    )  # fmt: skip
    return [(anchor, title) for anchor, title, there in known if there]


def render(run: Run) -> str:
    """Return the page as text; whatever the files hold is escaped."""
    with speaking(run.language):
        return _environment().get_template("report.html").render(_content(run)).lstrip() + "\n"


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
