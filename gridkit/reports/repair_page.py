"""``repair.html``: what a repair does by itself, and every place at which a person decides, drawn; one offline file."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from gridkit.io.boundary_decisions import WORDS
from gridkit.locale import gettext as _
from gridkit.locale import speaking
from gridkit.reports import words
from gridkit.reports.boundary_rows import (
    borders_of,
    decision_rows,
    findings_said,
    level_name,
    looked_at_text,
    noise_text,
    summary,
)
from gridkit.reports.place_svg import Places
from gridkit.writing import whole

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.model.repairs import BoundaryPlan
    from gridkit.reports.boundary_rows import DecisionRow

SHOWN: Final = 300
"""Places that are drawn; the workbook has all."""
_LANG: Final = {"zh": "zh-CN", "en": "en"}


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gridkit.reports"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["_"] = _
    return environment


def area_text(value: float) -> str:
    """Return an area with its unit, never 0 for something; a dash for lines.

    >>> area_text(10_566_000.0), area_text(812.4), area_text(3.25), area_text(0.0004), area_text(0.0)
    ('10.57 km²', '812 m²', '3.25 m²', '< 0.01 m²', '–')
    """
    if value <= 0:
        return "–"
    if value >= 1e6:
        return f"{value / 1e6:,.2f} km²"
    if value < 0.005:
        return "< 0.01 m²"
    return f"{value:,.0f} m²" if value >= 100 else f"{value:,.2f} m²"


def width_text(value: float) -> str:
    """Return a width with its unit.

    >>> width_text(12.34), width_text(0.012), width_text(0.0001)
    ('12.3 m', '1.2 cm', '< 1 mm')
    """
    if value >= 1:
        return f"{value:,.1f} m"
    return f"{value * 100:.1f} cm" if value >= 0.001 else "< 1 mm"


def render(plan: BoundaryPlan) -> str:
    """Return the page as text; whatever the files hold is escaped."""
    with speaking(plan.language):
        return _environment().get_template("repair.html").render(_content(plan)).lstrip() + "\n"


def write_repair_page(plan: BoundaryPlan, path: Path) -> None:
    """Write the page of a repair.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    text = render(plan).encode("utf-8", "replace")
    with whole(path) as draft:
        draft.write_bytes(text)


def _content(plan: BoundaryPlan) -> dict[str, Any]:
    rows = decision_rows(plan)
    places = Places(plan.city)
    found = summary(plan)
    style = (resources.files("gridkit.reports") / "templates" / "repair.css").read_text("utf-8")
    city = str(plan.city.name).encode("utf-8", "replace").decode()
    log = plan.repair.log
    return {
        "lang": _LANG.get(plan.language, plan.language), "style": Markup(style),
        "title": _("Boundary repair: {city}").format(city=city),
        "as_of": plan.city.as_of.isoformat() if plan.city.as_of else _("none stated"),
        "settings": _settings(plan), "rules": [_rule(one) for one in found],
        "totals": [
            (_("defects found"), sum(one["count"] for one in found)),
            (_("settled by rules"), sum(one["settled"] for one in found)),
            (_("waiting for a person"), len(plan.waiting)),
            (_("decided by persons"), sum(one["decided"] for one in found)),
            (_("units whose shape changes"), len({(a, b) for a, b in zip(log["level"], log["unit"], strict=True)})),
        ],
        "places": [_place(number, row, places) for number, row in enumerate(rows[:SHOWN], start=1)],
        "more": max(len(rows) - SHOWN, 0), "total": len(rows), "notes": list(plan.repair.notes),
        "noise": noise_text(plan), "looked_at": looked_at_text(plan),
        "findings": [(row["code"], text) for row, text in findings_said(plan)],
        "expired": list(plan.expired), "stale": list(plan.stale), "version": plan.versions.get("gridkit", ""),
    }  # fmt: skip


def _settings(plan: BoundaryPlan) -> list[tuple[str, str]]:
    """Return the settings of the repair in words."""
    sides = {
        "bottom": _("parents are put together from it"), "top": _("it is cut to its parents"),
        "none": _("neither is changed to fit the other"),
    }  # fmt: skip
    limits = dict(plan.settings.get("limits", {}))
    said: list[tuple[str, str]] = [
        (level_name(level), sides.get(str(side), str(side))) for level, side in dict(plan.settings["authority"]).items()
    ]
    titles = {
        "gap_width": _("widest gap"), "overlap_width": _("widest overlap"), "match_width": _("across superiors"),
        "area": _("largest area"), "share": _("largest share of a unit"),
    }  # fmt: skip
    for key, name in titles.items():
        if key in limits:
            value = f"{100 * limits[key]:g}%" if key == "share" else f"{limits[key]:g} {'m²' if key == 'area' else 'm'}"
            said.append((name, value))
    for one in plan.settings.get("borders", ()):
        border = _("border of {units}").format(units=" / ".join(one["between"]))
        said.append((border, sides.get(one["authority"], _("{code} is right").format(code=one["authority"]))))
    if plan.settings.get("locked"):
        said.append((_("locked units"), f"{len(plan.settings['locked']):,}"))
    return said


def _rule(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one, "level": level_name(one["level"]), "title": words.rule_title(one["rule"]), "area": area_text(one["area"])
    }  # fmt: skip


def _place(number: int, row: DecisionRow, places: Places) -> dict[str, Any]:
    before, after, letters = places.draw(row)
    names = dict(row.units) | {code: name for code, name, _metres in row.alternatives}
    decided = row.decided.get("decision", "")
    return {
        "number": number, "row": row, "before": before, "after": after, "level": level_name(row.level),
        "severity": words.severity(row.severity) if row.severity else "",
        "area": area_text(row.area) if row.rule else "", "width": width_text(row.width) if row.width else "",
        "borders": borders_of(row), "decided": _(WORDS[decided]) if decided in WORDS else "",
        "legend": [
            (chr(65 + n), colour, code, names.get(code) or places.names.of(code, row.level))
            for n, (code, colour) in enumerate(letters)
        ],
    }  # fmt: skip
