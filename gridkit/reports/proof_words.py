"""The words of what an audit proves: definitions of the matrix, tricks, shades, plan, differences.

Everything is looked up late, in the language of the reader; a key that nobody has a word for stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.audit.titles import basis_label
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.model import Allowance

SUBJECTS: Final[Mapping[str, str]] = {"compound": N_("compounds"), "grid": N_("grids")}

NUMERATORS: Final[Mapping[str, str]] = {
    "named": N_("named by any row of the registry"),
    "declared": N_("covered as declared"),
    "valid": N_("covered as valid"),
    "valid_confirmed": N_("covered as valid, link confirmed"),
    "own": N_("with an own branch"),
    "work": N_("work coverage"),
    "work_valid": N_("work coverage as valid"),
    "branch": N_("with a branch"),
    "branch_or_group": N_("with a branch or a group"),
}
"""Numerators of the definition matrix, in the order in which people read them."""

NUMERATOR_NOTES: Final[Mapping[str, str]] = {
    "named": N_("any row of the registry of Party organisations names it, valid or not"),
    "declared": N_("its status counts as organisation coverage, every organisation taken as the registry states it"),
    "valid": N_("the organisation that covers it is in term, active, large enough and no duplicate"),
    "valid_confirmed": N_("as valid, through links that a person has decided or that code and name give together"),
    "own": N_("a branch of its own only; joint branches and units do not count"),
    "work": N_("an organisation, a grid branch, a functional branch or an instructor works there"),
    "work_valid": N_("work coverage through something that holds as valid"),
    "branch": N_("a Party branch of the grid"),
    "branch_or_group": N_("a Party branch or a Party group of the grid"),
}

DENOMINATORS: Final[Mapping[str, str]] = {
    "all": N_("all of the layer"),
    "registry": N_("those in the registry of compounds"),
    "not_exempt": N_("those that no unit runs"),
    "members3": N_("those with 3 formal members or more"),
    "eligible": N_("those that fulfil the conditions"),
    "property": N_("those with property service"),
    "comprehensive": N_("comprehensive grids"),
}

WEIGHTS: Final[Mapping[str, str]] = {
    "compounds": N_("compounds"),
    "households": N_("households"),
    "residents": N_("residents"),
    "area": N_("area"),
    "grids": N_("grids"),
}

SHADE_LABELS: Final[Mapping[str, str]] = {
    "covered": N_("covered"),
    "possible": N_("possibly covered"),
    "confirmed": N_("confirmed uncovered"),
}

SHADE_NOTES: Final[Mapping[str, str]] = {
    "covered": N_("an organisation that counts covers it"),
    "possible": N_("somebody may cover it: a link that waits, a name without a place, or a registry that may not be "
                   "complete; look before you blame"),
    "confirmed": N_("no organisation that counts covers it, and no open row of the files could; a grid branch, a "
                    "functional branch or a unit without proof may be there, but does not count"),
}  # fmt: skip

PLAN_KINDS: Final[Mapping[str, str]] = {
    "own": N_("found an own branch"),
    "joint": N_("found a joint branch"),
    "unit": N_("cover it through the organisation of its unit"),
    "instructor": N_("send a Party-building instructor"),
    "unknown": N_("find out what is missing first"),
    "check": N_("decide the open rows first"),
}

BOUNDS: Final[Mapping[str, str]] = {
    "uncovered": N_("compounds without coverage"),
    "own": N_("own branches"),
    "joint_least": N_("joint branches, at least"),
    "joint_planned": N_("joint branches, planned"),
    "joint_compounds": N_("compounds that the joint branches cover"),
    "unit": N_("compounds to be covered by a unit"),
    "instructor_least": N_("instructors, at least"),
    "instructor": N_("instructors, planned"),
    "unknown": N_("compounds of which something must be found out first"),
    "check": N_("compounds with open rows to decide first"),
}
"""What the numbers of ``AuditResult.bounds`` count."""


def _said(words: Mapping[str, str], key: object) -> str:
    return gettext(words.get(str(key), str(key)))


def subject_label(key: object) -> str:
    """Return what a subject of the matrix is called.

    >>> subject_label("grid")
    'grids'
    """
    return _said(SUBJECTS, key)


def numerator_label(key: object) -> str:
    """Return the short title of a numerator.

    >>> numerator_label("valid"), numerator_label("strange")
    ('covered as valid', 'strange')
    """
    return _said(NUMERATORS, key)


def numerator_note(key: object) -> str:
    """Return what a numerator counts, in one clause; empty where nobody has said.

    >>> numerator_note("own")
    'a branch of its own only; joint branches and units do not count'
    """
    return gettext(NUMERATOR_NOTES.get(str(key), ""))


def denominator_label(key: object) -> str:
    """Return the short title of a denominator.

    >>> denominator_label("members3")
    'those with 3 formal members or more'
    """
    return _said(DENOMINATORS, key)


def weight_label(key: object) -> str:
    """Return what a weight of the matrix counts.

    >>> weight_label("residents"), weight_label("companies")
    ('residents', 'companies')
    """
    return gettext(WEIGHTS[str(key)]) if key in WEIGHTS else basis_label(str(key))


def definition_label(text: str) -> str:
    """Return a definition ``numerator/denominator/weight`` in words; a text of another form as it is.

    >>> definition_label("declared/all/compounds")
    'covered as declared ÷ all of the layer, by compounds'
    >>> definition_label("by hand")
    'by hand'
    """
    parts = text.split("/")
    if len(parts) != 3:
        return text
    return _("{numerator} ÷ {denominator}, by {weight}").format(
        numerator=numerator_label(parts[0]), denominator=denominator_label(parts[1]), weight=weight_label(parts[2])
    )


NAMED: Final = 3
"""Definitions that a sentence names; the rest is counted."""


def definitions(texts: Sequence[str]) -> str:
    """Return definitions in words, the first ones named and the rest counted.

    >>> definitions(["by hand", "b", "c", "d", "e"]), definitions(())
    ('by hand; b; c and 2 more', '')
    """
    said = _("; ").join(definition_label(text) for text in texts[:NAMED])
    return _("{text} and {n} more").format(text=said, n=len(texts) - NAMED) if len(texts) > NAMED else said


def shade_label(key: object) -> str:
    """Return what a shade of coverage is called.

    >>> shade_label("confirmed")
    'confirmed uncovered'
    """
    return _said(SHADE_LABELS, key)


def shade_note(key: object) -> str:
    """Return what a shade of coverage means."""
    return gettext(SHADE_NOTES.get(str(key), ""))


def plan_label(key: object) -> str:
    """Return what a step of the plan is.

    >>> plan_label("joint")
    'found a joint branch'
    """
    return _said(PLAN_KINDS, key)


def bound_label(key: object) -> str:
    """Return what a number of the bounds counts."""
    return _said(BOUNDS, key)


def trick_title(code: object) -> str:
    """Return the title of a trick A101-A114; ``""`` are all tricks together."""
    if not code:
        return _("all tricks together")
    rule = CATALOGUE.get(str(code))
    return gettext(rule.title) if rule else str(code)


def allowance_sentence(allowance: Allowance) -> str:
    """Return how many accepted links may be wrong, and whether somebody has measured it.

    >>> from gridkit.model import Allowance
    >>> allowance_sentence(Allowance())
    'link-error allowance 1% of accepted links (assumed: nobody has checked a sample)'
    >>> allowance_sentence(Allowance(0.0124, 240, 0))
    'link-error allowance 1.24% of accepted links (measured: 0 of 240 checked links wrong, 95% confidence)'
    """
    rate = f"{100 * allowance.rate:.2f}".rstrip("0").rstrip(".") + "%"
    if not allowance.measured:
        return _("link-error allowance {rate} of accepted links (assumed: nobody has checked a sample)").format(
            rate=rate
        )
    return _(
        "link-error allowance {rate} of accepted links (measured: {wrong} of {sampled} checked links wrong, "
        "{confidence} confidence)"
    ).format(
        rate=rate, wrong=allowance.wrong, sampled=allowance.sampled,
        confidence=f"{100 * allowance.confidence:.0f}%",
    )  # fmt: skip
