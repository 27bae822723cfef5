"""Columns whose headers say nothing, told by what stands in them: names of another layer, codes, coordinates."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gridkit.io.headers import HEADERS
from gridkit.io.initial.kinds import length_level, sample
from gridkit.io.person_headers import shown_header
from gridkit.io.shifts import to_degrees
from gridkit.io.text import compact
from gridkit.io.vocabulary import vocabulary_of
from gridkit.locale import current, gettext
from gridkit.model.fields import LAYER_FIELDS, LEVELS, REGISTRY_FIELDS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.initial.kinds import Guess
    from gridkit.io.initial.look import Look

Names = dict[str, set[str]]
"""What something is -> its names or codes, compact: ``{"compound name": {...}}``."""

_REFERENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "street_code": "street code",
        "street_name": "street name",
        "community_code": "community code",
        "community_name": "community name",
        "grid_code": "grid code",
        "compound_id": "compound code",
        "compound_name": "compound name",
        "target_name": "compound name",
        "covers": "compound name",
        "unit_id": "unit code",
        "unit_name": "unit name",
        "company_id": "company code",
        "company_name": "company name",
        "parent_id": "branch code",
    }
)
"""Field -> whose names or codes stand in it."""

_OWN: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "street": ("street", "name", "code"),
        "community": ("community", "name", "code"),
        "grid": ("grid", "name", "code"),
        "compound": ("compound", "name", "code"),
        "compounds": ("compound", "name", "compound_id"),
        "units": ("unit", "name", "unit_id"),
        "property_companies": ("company", "name", "company_id"),
        "branches": ("branch", "name", "branch_id"),
    }
)
"""Kind -> what its own name and code name."""

_PAIR: Final = re.compile(r"[(（]?\s*\d{1,3}\.\d{3,}\s*[,，;；、\s]\s*\d{1,3}\.\d{3,}\s*[)）]?")
_ENOUGH: Final = 5
_SHARE: Final = 0.8
_LON: Final = (73.0, 136.0)
_LAT: Final = (3.0, 54.0)


def names_of(kind: str, fields: Mapping[str, int], look: Look) -> Names:
    """Return the names and codes that a table gives to its own things, by what they are.

    ``{"compound name": {...}, "compound code": {...}}``; kinds that name nothing of their own give nothing.
    """
    if kind not in _OWN:
        return {}
    what, name, code = _OWN[kind]
    return {
        f"{what} {part}": {compact(text) for text in sample(look.columns[fields[own]])}
        for part, own in (("name", name), ("code", code))
        if own in fields
    }


def by_content(kind: str, guess: Guess, look: Look, names: Names) -> tuple[dict[str, str], list[str], list[str]]:
    """Return what ``columns`` has to say, why, and what is not clear.

    Only fields that the dictionary does not find are looked for, only in columns it does not know, and only what one
    column alone can be is taken.

    Parameters
    ----------
    kind : str
        Level or registry kind.
    guess : Guess
        What the dictionary found.
    look : Look
        The table.
    names : mapping of str to set of str
        Names and codes of everything else in the project, compact.

    Returns
    -------
    columns, reasons, doubts : dict, list of str, list of str
    """
    from gridkit.io.dictionary import fields_of

    taken = set(guess.fields.values())
    columns: dict[str, str] = {}
    told, doubts = [], []
    if kind == "property_service" and "company_name" in guess.fields:  # taken from a listing of compounds
        own = look.headers[guess.fields["company_name"]]
        columns |= {} if _known(own, kind) == "company_name" else {"company_name": own}
        taken = {guess.fields["company_name"]}
    for field in fields_of(kind):
        if field in guess.fields or field in columns:
            continue
        found = _columns_of(field, kind, look, names, taken) or _of_words(field, kind, guess, look)
        if len(found) > 1 and field in REQUIRED[kind]:
            listed = ", ".join(shown_header(look.headers[at]) for at, _ in found)
            doubts.append(
                gettext("{field} could be one of: {headers}").format(field=gloss(field, kind), headers=listed)
            )
        elif len(found) == 1 and _single(look.headers, found[0][0]):
            at, share = found[0]
            columns[field] = look.headers[at]
            taken.add(at)
            text = gettext("{field}: {share} % of the column {header} fit")
            told.append(text.format(field=gloss(field, kind), share=round(100 * share), header=look.headers[at]))
    return columns, told, doubts


def gloss(field: str, kind: str) -> str:
    """Return the name of a field as a comment shows it: to those who read Chinese with the header it usually has."""
    words = HEADERS.get(kind, {}).get(field, "").split()
    usual = next((word for word in words if not word.isascii()), "")
    return f"{field}（{usual}）" if usual and current() == "zh" else field


def _known(header: str, kind: str) -> str:
    from gridkit.io.dictionary import field_of

    return field_of(header, kind)


def _single(headers: Sequence[str], at: int) -> bool:
    """Tell whether a header names its column and no other, and no person."""
    header = headers[at]
    return bool(header.strip()) and list(headers).count(header) == 1 and shown_header(header) == header


def _columns_of(field: str, kind: str, look: Look, names: Names, taken: set[int]) -> list[tuple[int, float]]:
    """Return the columns that ``field`` could be, with the share of their values that fit."""
    test = _test(field, kind, names)
    if test is None:
        return []
    found = []
    for at, column in enumerate(look.columns):
        texts = sample(column) if at not in taken else []
        if len(texts) >= _ENOUGH or (texts and len(texts) == len(column)):
            share = test(texts)
            if share >= _SHARE:
                found.append((at, share))
    return found


def _of_words(field: str, kind: str, guess: Guess, look: Look) -> list[tuple[int, float]]:
    """Return the columns whose values are words of a field that has to be there: 单独组建 under 组织形式.

    A column that the dictionary takes for another field counts where its values are no words of that one.
    """
    if field not in REQUIRED[kind] or _type(field, kind) != "vocab":
        return []
    found = []
    for at, column in enumerate(look.columns):
        own = next((name for name, place in guess.fields.items() if place == at), "")
        if own and (_type(own, kind) != "vocab" or _words(own, column) >= _SHARE):
            continue
        share = _words(field, column)
        if share >= _SHARE:
            found.append((at, share))
    return found


def _type(field: str, kind: str) -> str:
    return (LAYER_FIELDS[kind] if kind in LAYER_FIELDS else REGISTRY_FIELDS[kind]).get(field, "")


def _words(field: str, column: Sequence[Any]) -> float:
    """Return the share of the filled cells of a column that are words of a vocabulary."""
    to_code, texts = vocabulary_of(field), sample(column)
    fits = sum(bool(code) and not rule for code, rule, *_ in map(to_code, texts))
    return fits / len(texts) if texts else 0.0


def _test(field: str, kind: str, names: Names) -> Any:
    """Return the function that says which share of a column fits a field; None for fields that content cannot tell."""
    if field in _REFERENCES:
        known = names.get(_REFERENCES[field], set())
        if field in ("covers", "target_name"):
            known = known | names.get("grid name" if field == "covers" else "community name", set())
        own = _OWN.get(kind, ("",))[0]
        if _REFERENCES[field].split()[0] == own:
            return None
        return (lambda texts: sum(compact(text) in known for text in texts) / len(texts)) if len(known) > 1 else None
    if field in ("lon", "lat"):
        low, high = _LON if field == "lon" else _LAT
        return lambda texts: _between(texts, low, high)
    if field == "code" and kind in LEVELS:
        return lambda texts: float(length_level(texts) == kind and len(set(texts)) == len(texts))
    return None


def has_points(guesses: Sequence[Guess], look: Look) -> bool:
    """Tell whether a table has one column of longitudes and one of latitudes, by their headers or their numbers."""
    for one in guesses:
        if {"lon", "lat"} <= set(one.fields):
            return any(to_degrees(cell)[0] is not None for cell in look.columns[one.fields["lon"]])
    taken = set(guesses[0].fields.values()) if guesses else set()
    return all(len(_columns_of(field, "compound", look, {}, taken)) == 1 for field in ("lon", "lat"))


def pairs(look: Look) -> list[str]:
    """Return the headers of columns that hold longitude and latitude in one cell."""
    found = []
    for header, column in zip(look.headers, look.columns, strict=True):
        texts = sample(column)
        fits = sum(_PAIR.fullmatch(text) is not None for text in texts)
        if texts and fits >= _SHARE * len(texts) and shown_header(header) == header:
            found.append(header)
    return found


def _between(texts: Sequence[str], low: float, high: float) -> float:
    """Return the share of texts that are degrees in a range, written with at least three decimals."""
    fine = 0
    for text in texts:
        fits = len(text.partition(".")[2]) >= 3 or not text.replace(".", "").isdigit()
        number = to_degrees(text)[0] if fits else None
        fine += number is not None and low <= number <= high
    return fine / len(texts)
