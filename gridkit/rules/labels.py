"""Words for the plain codes in findings: findings hold codes, sentences say words.

A sentence names the vocabulary of a value after a colon: ``{status:status}``, ``{kind:branch_kind}``,
``{header:field}``; ``{value:{column}}`` takes the vocabulary from another value of the finding.
"""

from __future__ import annotations

import re
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gridkit.locale import N_, gettext
from gridkit.rules.headings import BLANKS, FIELDS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATUS_LABELS: Final[Mapping[str, str]] = MappingProxyType({
    "UNIT_ORG": N_("through the unit's organisation"),
    "OWN_BRANCH": N_("own branch"),
    "JOINT_BRANCH": N_("joint branch"),
    "GRID_BRANCH": N_("grid branch"),
    "FUNCTIONAL_ONLY": N_("functional branch only"),
    "INSTRUCTOR_ONLY": N_("instructor or paired unit only"),
    "PLANNED": N_("planned"),
    "UNCOVERED": N_("uncovered"),
    "UNKNOWN": N_("no data"),
})  # fmt: skip
"""What each coverage status is called."""

ANSWERS: Final[Mapping[str, str]] = MappingProxyType({"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")})

_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "status": STATUS_LABELS,
    "field": FIELDS,
    "table": TABLES,
    **dict.fromkeys(("eligible", "instructor", "big_committee_member"), ANSWERS),
    "branch_kind": {
        "grid": N_("Party branch of a grid"),
        "compound": N_("Party branch of a compound"),
        "joint": N_("joint Party branch"),
        "functional": N_("functional Party branch"),
        "unit": N_("organisation of a unit"),
        "retired": N_("retired-cadre organisation"),
        "property": N_("organisation of a property company"),
        "industry": N_("industry committee"),
        "community": N_("community Party organisation"),
        "street": N_("street working committee"),
        "exclusive_grid_group": N_("group of an exclusive grid"),
    },
    "measure": {"households": N_("households"), "persons": N_("residents")},
    "party_form": {
        "own": N_("founded singly"),
        "joint": N_("founded jointly"),
        "instructor": N_("instructor sent"),
        "none": N_("not founded"),
    },
    "compound_type": {
        "commercial": N_("commodity housing"),
        "unit": N_("unit-run compound"),
        "old": N_("old compound"),
        "affordable": N_("affordable housing"),
        "resettlement": N_("resettlement housing"),
        "village": N_("village compound"),
        "open_block": N_("open block"),
        "mixed": N_("mixed compound"),
        "unknown": N_("type unknown"),
    },
    "property_mode": {
        "company": N_("property company"),
        "public_benefit": N_("public-benefit property service"),
        "self": N_("self-management"),
        "community": N_("trusteeship of the community"),
        "unit": N_("run by the unit itself"),
        "none": N_("no property service"),
    },
    "management_mode": {
        "joint": N_("joint management"),
        "single": N_("single management"),
        "entrusted": N_("entrusted management"),
        "street": N_("run by the street"),
        "self": N_("self-management"),
        "unknown": N_("unknown"),
    },
    "method": {
        "code": N_("same code"),
        "name": N_("same name"),
        "alias": N_("known alias"),
        "core": N_("same name without its type word"),
        "similar": N_("similar name"),
        "parent": N_("same community or street"),
        "point": N_("the point lies inside"),
        "all": N_("all of the community are named"),
        "none": N_("little evidence"),
        "override": N_("decision of a person"),
    },
    "scheme": {
        "stat12+3": N_("statistical code of 12 digits, 3 more for a grid"),
        "cjt349": N_("CJ/T 349 code of 20 digits for a grid"),
    },
    "reason": {
        "Self-intersection": N_("the boundary crosses itself"),
        "Ring Self-intersection": N_("a ring touches itself"),
        "Hole lies outside shell": N_("a hole lies outside its polygon"),
        "Holes are nested": N_("holes lie inside each other"),
        "Nested shells": N_("parts lie inside each other"),
        "Interior is disconnected": N_("the inside falls apart"),
        "Duplicate Rings": N_("a ring stands twice"),
        "Too few points in geometry component": N_("too few points"),
        "Invalid Coordinate": N_("impossible coordinates"),
        "GeometryCollection": N_("polygons are mixed with lines or points"),
    },
    "stage": {
        "collected": N_("collected"),
        "promised": N_("promised"),
        "resolved": N_("resolved"),
    },
    "datum": {
        "same": N_("CGCS2000 or WGS 84"),
        "reverse GCJ-02": N_("none of these, or the other layer is GCJ-02"),
        "reverse BD-09": N_("none of these, or the other layer is BD-09"),
    },
    "effect": {
        "undecided": N_("without it no organisation counts as covering anything: coverage cannot be decided"),
        "unit_run": N_("without it nobody knows which compounds are unit-run"),
        "unlinked": N_("without it no row can be linked to anything"),
        "by_code": N_("without it rows are matched by code only, and a person has to confirm"),
        "uncounted": N_("without it no row counts in any indicator"),
        "by_place": N_("without it only the geometry says what it belongs to"),
        "nameless": N_("without it rows are known by code or row number only"),
    },
})  # fmt: skip

_CODED: Final = re.compile(r"(.+) \(([^()]+)\)")


def label(value: Any, vocabulary: str) -> str:
    """Return what ``value`` is called in the current language; the value itself where ``vocabulary`` has no word.

    Three vocabularies are no tables: ``count`` (``?`` is a number that nobody knows), ``place`` (a name and its code in
    brackets) and ``method`` (several words joined by ``+``).

    >>> label("joint", "branch_kind"), label("户数", "field"), label("?", "count"), label("similar+parent", "method")
    ('joint Party branch', '户数', 'unknown', 'similar name, same community or street')
    """
    text = str(value)
    if vocabulary == "count" and text == "?":
        return gettext("unknown")
    if vocabulary == "place" and (found := _CODED.fullmatch(text)):
        return gettext("{name} ({code})").format(name=found[1], code=found[2])
    words = _WORDS.get(vocabulary, {})
    if vocabulary == "method":
        return gettext(", ").join(gettext(words[part]) if part in words else part for part in text.split("+"))
    return gettext(words[text]) if text in words else text


def say(template: str, params: Mapping[str, Any]) -> str:
    """Fill a sentence that is already in the reader's language; what ``params`` lack is named in angle brackets.

    >>> say("{name} has the status {status:status}", {"status": "OWN_BRANCH"})
    '〈name of the place or organisation〉 has the status own branch'
    """
    return _SENTENCES.vformat(template, (), params)


class _Blank(str):
    """What stands for a missing value."""

    __slots__ = ()


class _Sentences(Formatter):
    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if key in kwargs:
            return kwargs[str(key)]
        name = str(key)
        return _Blank(f"〈{gettext(BLANKS.get(name) or FIELDS.get(name, name))}〉")

    def format_field(self, value: Any, format_spec: str) -> str:
        return str(value) if isinstance(value, _Blank) or not format_spec else label(value, format_spec)


_SENTENCES: Final = _Sentences()


_CHANGES: Final[Mapping[str, str]] = {
    "organisation": N_("statuses that count"),
    "work": N_("statuses that count as work coverage"),
    "thresholds": N_("thresholds"),
    "audit": N_("link errors"),
}
"""What a project changes of a rule set, as the name of the set says it."""


def ruleset_label(name: str) -> str:
    """Return what a rule set is called; the strict one comes with the package.

    >>> ruleset_label("strict"), ruleset_label("ours")
    ('strict definition (strict)', 'ours')
    >>> ruleset_label("strict+organisation+thresholds")
    'strict definition (strict), changed by the project: statuses that count, thresholds'
    """
    base, *changes = name.split("+")
    said = gettext("strict definition (strict)") if base == "strict" else base
    if not changes or not set(changes) <= set(_CHANGES):
        return said if not changes else name
    changed = gettext(", ").join(gettext(_CHANGES[one]) for one in changes)
    return gettext("{ruleset}, changed by the project: {changes}").format(ruleset=said, changes=changed)
