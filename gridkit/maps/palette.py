"""Colours and patterns of statuses and rate classes, and the labels of the legend.

The six hues were computed for the largest smallest distance between any two under normal, protan, deutan and tritan
sight (Machado 2009, CIEDE2000, fills of 80 % on white: 14.6). Colour never stands alone: statuses of one hue differ by
pattern, every status has a word of its own, and a cover that is not valid has a broken outline.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gridkit.coverage.explain import STATUS_LABELS
from gridkit.locale import N_, gettext
from gridkit.model.fields import STATUSES

OWN, JOINT, UNIT, WORK, GAP, GREY = "#122896", "#98c7f1", "#139d86", "#9362b7", "#e83504", "#e5e6e6"


@dataclass(frozen=True, slots=True)
class Style:
    """How features of one status or class are drawn; ``pattern`` is one that the page knows, or empty.

    ``short`` is a word for the head of a narrow column.
    """

    id: str
    label: str
    color: str
    pattern: str = ""
    short: str = ""

    def said(self) -> dict[str, Any]:
        """Return the style as plain values with the label in the current language."""
        short = gettext(self.short) if self.short else ""
        return {**asdict(self), "label": gettext(self.label), "short": short}


_STATUSES = {
    "UNIT_ORG": (UNIT, "", N_("unit org.")),
    "OWN_BRANCH": (OWN, "", N_("own br.")),
    "JOINT_BRANCH": (JOINT, "", N_("joint br.")),
    "GRID_BRANCH": (WORK, "", N_("grid br.")),
    "FUNCTIONAL_ONLY": (WORK, "rows", N_("funct. br.")),
    "INSTRUCTOR_ONLY": (WORK, "columns", N_("instr.")),
    "PLANNED": ("#f6b39b", "dots", N_("plan")),
    "UNCOVERED": (GAP, "hatch", N_("not cov.")),
    "UNKNOWN": (GREY, "dots", N_("no data yet")),
}

STATUS_STYLES = tuple(Style(status, STATUS_LABELS[status], *_STATUSES[status]) for status in STATUSES)
"""In the order of ``gridkit.model.fields.STATUSES``."""

CLASS_STYLES = (
    Style("full", N_("100% (all covered)"), "#5c3a00"),
    Style("lt100", N_("80% to below 100%"), "#a8721b"),
    Style("lt80", N_("50% to below 80%"), "#d9ae5f"),
    Style("lt50", N_("above 0% to below 50%"), "#f3e2b8"),
    Style("zero", N_("0% (none covered)"), "#ffffff", "hatch"),
    Style("unknown", N_("all data missing"), GREY, "dots"),
    Style("none", N_("no compound (no denominator)"), "#ffffff", "cross"),
)
"""Classes of the coverage rate of a street, community or grid; 100 %, nothing known and no denominator stand alone."""


def rate_class(numerator: int, denominator: int, unknown: int) -> str:
    """Return the id of the class of a rate, by whole numbers: no rounding moves a rate into 100 %.

    >>> [rate_class(*numbers) for numbers in [(9999, 10000, 0), (7, 7, 0), (0, 5, 5), (0, 5, 4), (0, 0, 0), (4, 5, 1)]]
    ['lt100', 'full', 'unknown', 'zero', 'none', 'lt100']
    """
    if denominator <= 0:
        return "none"
    if unknown >= denominator:
        return "unknown"
    if numerator >= denominator:
        return "full"
    if numerator <= 0:
        return "zero"
    return "lt50" if 2 * numerator < denominator else "lt80" if 5 * numerator < 4 * denominator else "lt100"
