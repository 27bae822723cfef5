"""Mistakes of a project file in the reader's words, with the key that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from gridkit.io.claims import MIXED, SUBJECTS, subjects
from gridkit.io.dictionary import fields_of
from gridkit.io.grid_settings import GROUND
from gridkit.io.map_settings import KEYS, map_problems
from gridkit.io.settings import a_figure
from gridkit.locale import N_, gettext
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Where = tuple[str | int, ...]
Mistake = tuple[Where, str]
"""Path of the key, and the sentence."""

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "": ("project", "layers", "registries", "links", "coverage", "claims", "map", "reconcile", "repair", "grids"),
    "layers": ("path", "layer", "columns", "crs", "encoding"),
    "registries": ("path", "sheet", "columns", "complete", "scope", "encoding", "hidden"),
    "links": ("overrides", "profile", "sample"),
    "coverage": ("ruleset", "overrides"),
    "claims": (
        "text",
        "indicator",
        "scope",
        "basis",
        "figure",
        "upper",
        "rounding",
        "comparator",
        "as_of",
        "definition",
        "source",
    ),
    "definition": ("numerator", "denominator", "weight"),
    "reconcile": ("name", "kind", "a", "b", "scope", "not_counted"),
    "repair": (
        "authority",
        "gap_width",
        "overlap_width",
        "area",
        "share",
        "match_width",
        "decisions",
        "exceptions",
        "locked",
        "borders",
    ),
    "grids": ("band", "measure", "scheme", "policy", "plan", "allow_mixed", "bands"),
    "borders": ("between", "authority"),
    "side": ("label", "path", "sheet", "columns", "encoding", "as_of"),
}
COVERAGES = ("community", "grid")
"""Levels that ``authority`` of ``[repair]`` may name."""
_SENTENCES: Mapping[str, str] = {
    "missing": N_("{key} is missing"),
    "string_type": N_("{key} must be text in quotation marks"),
    "bool_type": N_("{key} must be true or false"),
    "dict_type": N_("{key} must be a table"),
    "model_type": N_("{key} must be a table"),
    "model_attributes_type": N_("{key} must be a table"),
    "tuple_type": N_("{key} must be a list of tables"),
    "float_type": N_("{key} must be a number"),
    "float_parsing": N_("{key} must be a number"),
    "date_type": N_("{key} must be a date such as 2024-06-30"),
    "date_parsing": N_("{key} must be a date such as 2024-06-30"),
    "date_from_datetime_parsing": N_("{key} must be a date such as 2024-06-30"),
    "date_from_datetime_inexact": N_("{key} must be a date such as 2024-06-30"),
    "path_empty": N_("{key} is empty"),
    "encoding": N_("{key} is no encoding that is known here; state utf-8 or gb18030, or leave it out"),
    "figure": N_("{key} must be a number such as 98.5, or XX where it is masked"),
    "rounding": N_('{key} must be a number of decimals such as 1, or "none" where the figure is exact'),
    "measure": N_("{key} must be a number of metres or square metres, 0 or more"),
    "share": N_("{key} must be a share between 0 and 1, such as 0.005"),
    "codes": N_('{key} must be a list of codes as text, such as ["990101001"]'),
    "band": N_('{key} must be a band of sizes such as "300:500", or "300:400:500" with the size that is aimed at'),
    "pair": N_('{key} must be two different codes as text, such as ["990101001", "990101002"]'),
    "border": N_("{key} must be bottom, top, none, or one of the two codes of between"),
    "border_twice": N_("{key} names the same two units twice; keep one of them"),
    "literal_error": N_("{key} must be one of: {expected}"),
}


def unknown(key: str, known: Iterable[str]) -> str:
    """Return the sentence about a key that is not known.

    >>> unknown("pth", ["path", "layer"])
    'unknown key pth; did you mean path?'
    """
    choices = sorted(known)
    near = difflib.get_close_matches(key, choices, n=1, cutoff=0.5)
    if near:
        return gettext("unknown key {key}; did you mean {near}?").format(key=key, near=near[0])
    return gettext("unknown key {key}; known are: {known}").format(key=key, known=", ".join(choices))


def mistakes_of(problem: ValidationError, data: Mapping[str, Any]) -> list[Mistake]:
    """Return every mistake that the schema found, with the path of the key in the file ``data``."""
    return [_mistake(error, data) for error in problem.errors()]


def _mistake(error: ErrorDetails, data: Mapping[str, Any]) -> Mistake:
    where = tuple(error["loc"])
    if where and where[-1] == "[key]":  # a table such as [layers.compund]
        if where[0] == "repair":
            return where[:-1], unknown(str(where[-2]), COVERAGES)
        names = REGISTRY_FIELDS if where[0] == "registries" else (*LAYER_FIELDS, *GROUND)
        return where[:-1], unknown(str(where[-2]), names)
    head = data.get("project", {})
    if where and isinstance(head, dict) and where[0] in head:
        where = ("project", *where)
    key = str(next((part for part in reversed(where) if isinstance(part, str)), ""))
    if error["type"] == "extra_forbidden":
        table = "definition" if where[-2:-1] == ("definition",) else str(where[0])
        table = "side" if where[0] == "reconcile" and where[-2] in ("a", "b") else table
        table = "borders" if where[:2] == ("repair", "borders") and where[2:] else table
        return where, unknown(key, _KNOWN["" if len(where) == 1 else table])
    template = _SENTENCES.get(error["type"], N_("{key} has a value that cannot be used"))
    expected = str(error.get("ctx", {}).get("expected", ""))
    return where, gettext(template).format(key=key, expected=expected.replace(" or ", ", "))


def column_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """Return the names in ``columns`` that are no fields of their layer or registry."""
    mistakes: list[Mistake] = []
    for group, kinds in (("layers", LAYER_FIELDS), ("registries", REGISTRY_FIELDS)):
        tables = data.get(group, {})
        for kind, found in tables.items() if isinstance(tables, dict) else ():
            if kind not in kinds and not (group == "layers" and kind in GROUND):
                continue
            for number, spec in enumerate(found if isinstance(found, list) else [found]):
                columns = spec.get("columns") if isinstance(spec, dict) else None
                known = GROUND[kind] if group == "layers" and kind in GROUND else fields_of(kind)
                mistakes += [
                    ((group, kind, number, "columns", field), unknown(field, known))
                    for field in (columns if isinstance(columns, dict) else ())
                    if field not in known
                ]
    return mistakes


def map_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """Return what is wrong in ``[map]``."""
    found = data.get("map", {})
    if not isinstance(found, dict):
        return []
    mistakes: list[Mistake] = [(("map", key), unknown(key, KEYS)) for key in found if key not in KEYS]
    return [*mistakes, *((("map", key), sentence) for key, sentence in map_problems(found))]


def claim_mistakes(claims: object) -> list[Mistake]:
    """Return what no single key of a claim shows: stated ``decimals``, ranges upside down, mixed definitions."""
    stated = enumerate(claims) if isinstance(claims, list) else ()
    return [
        (("claims", number, key), sentence)
        for number, claim in stated
        if isinstance(claim, dict)
        for key, sentence in _of_claim(claim)
    ]


def _of_claim(claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "decimals" in claim:
        yield "decimals", unknown("decimals", _KNOWN["claims"])
    low, high = _number(claim.get("figure")), _number(claim.get("upper"))
    if "upper" in claim and high is None:
        yield "upper", gettext("{key} must be a number, or left out").format(key="upper")
    elif low is not None and high is not None and high < low:
        yield "upper", gettext("upper must not be less than figure")
    elif high is not None and claim.get("comparator", "=") != "=":
        yield "upper", gettext('upper goes with comparator "=" only')
    definition = claim.get("definition")
    if isinstance(definition, dict):
        words = {key: definition.get(key, "") for key in _KNOWN["definition"]}
        if all(isinstance(word, str) for word in words.values()) and _all_known(words) and not subjects(words):
            yield "definition", gettext(MIXED).format(words=", ".join(word for word in words.values() if word))


def _number(value: object) -> float | None:
    try:
        return a_figure(value)
    except PydanticCustomError:
        return None


def _all_known(words: Mapping[str, str]) -> bool:
    return all(not word or any(word in known[key] for known in SUBJECTS.values()) for key, word in words.items())
