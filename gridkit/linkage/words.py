"""Decisions in words, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.locale import N_
from gridkit.locale import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAYINGS: Final[Mapping[tuple[str, str], str]] = {
    **dict.fromkeys((("override", one) for one in ("link", "split", "alias")), N_("decided by a person")),
    ("override", "no_match"): N_("a person has decided that it names nothing known"),
    ("name", "same"): N_("same normalised name"),
    ("name", "decided"): N_("another name that a person has confirmed"),
    ("name", "alias"): N_("known alias"),
    ("name", "core"): N_("same name without its type word"),
    ("name", "similar"): N_("similar name"),
    ("name", "base"): N_("same name but for a phase or zone that only one has"),
    ("name", "sister"): N_("same stem with another type word"),
    ("name", "slip"): N_("one character differs"),
    ("name", "different"): N_("another name"),
    ("name", "phase"): N_("another phase or zone"),
    ("parent", "same"): N_("same community"),
    ("parent", "street"): N_("same street"),
    ("parent", "other"): N_("another community or street than stated"),
    ("parent", "unknown"): N_("its own community is not known"),
    ("parent", "unresolved"): N_("the stated community is not known"),
    ("code", "same"): N_("same code"),
    ("code", "contradicts"): N_("the code belongs to another"),
    ("code", "unknown"): N_("the code is not known"),
    ("parent", "near"): N_("a neighbouring community of the one stated"),
    ("point", "inside"): N_("the point lies inside"),
    ("point", "within"): N_("the point lies inside"),
    ("point", "close"): N_("the point lies within 50 m"),
    ("point", "near"): N_("the point lies within 200 m"),
    ("point", "far"): N_("the point lies far away"),
    ("address", "same"): N_("same road and number"),
    ("address", "other"): N_("another address"),
    ("point", "outside"): N_("the point lies outside"),
    ("from", "name"): N_("only the name of the organisation says so"),
}


def explain_reason(reason: Mapping[str, Any]) -> str:
    """Return the evidence of one candidate as a phrase.

    >>> explain_reason({"name": "same", "parent": "same", "margin": 11.0})
    'same normalised name; same community'
    """
    said = [
        _(_SAYINGS[key, reason[key]])
        for key in ("override", "code", "name", "parent", "point", "address", "from")
        if (key, reason.get(key)) in _SAYINGS
    ]
    if "all_of" in reason:
        said.append(_("all of {code}").format(code=reason["all_of"]))
    if reason.get("but"):
        said.append(_("without {codes}").format(codes=reason["but"]))
    if reason.get("but_unknown"):
        said.append(_("what it leaves out is not known: {name}").format(name=reason["but_unknown"]))
    if "taken_by" in reason:
        said.append(_("another record was kept for it: {record}").format(record=reason["taken_by"]))
    if reason.get("short"):
        said.append(_("the name is too short or too general to be unique"))
    if reason.get("targets") == "absent":
        said.append(_("there is no layer or registry to link to"))
    if reason.get("next"):
        said.append(
            _("next best {code}, {margin} points behind").format(code=reason["next"], margin=_number(reason["margin"]))
        )
    return _("; ").join(said)


def explain_link(row: Mapping[str, Any]) -> str:
    """Return one row of :attr:`gridkit.model.Links.frame` as a sentence.

    >>> explain_link({"mention": "金桂家园", "code": "a1", "accepted": True, "score": 11.0, "reason": {"name": "same"}})
    '“金桂家园” was linked to a1 (11 points): same normalised name'
    """
    values = {
        "mention": row["mention"],
        "code": row["code"],
        "score": _number(row["score"]),
        "why": explain_reason(row["reason"]),
    }
    if row["accepted"]:
        return _("“{mention}” was linked to {code} ({score} points): {why}").format(**values)
    if row["code"]:
        return _("“{mention}” may mean {code} ({score} points), a person must decide: {why}").format(**values)
    if row.get("method") == "override":
        return _("“{mention}” names nothing known: {why}").format(**values)
    if row.get("method") == "all":
        return _("“{mention}” means every place of a community that is not known").format(**values)
    return _("“{mention}” names nothing known").format(**values)


def _number(value: float) -> str:
    return f"{value:g}"
