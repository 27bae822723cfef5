"""The gate for persons: columns that identify people go before anything else is read, with a count.

Registries hold organisations, posts and counts. A column that names, numbers or locates a person is dropped
(``S120``); a column of a post that is wanted as yes/no (书记, 网格长, 联系人) keeps only whether it is filled
(``S121``); what any other text says of persons is masked (``S122``, :mod:`gridkit.io.persons`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gridkit.io.person_headers import is_personal_header, is_post_header, shown_header
from gridkit.io.person_names import holds_names
from gridkit.io.person_numbers import MOBILE, are_place_codes, holds_numbers, is_identity
from gridkit.io.persons import MASK, is_name_alone, mask, triggered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "holds_names", "holds_persons", "is_identity", "is_personal_header", "is_post_header", "mask", "masked_bodies",
    "masked_codes", "masked_column", "shown_header",
]  # fmt: skip

SHORTEST: Final = 11
"""Digits of a mobile number; a shorter code is none."""


def holds_persons(cells: Iterable[object], *, codes: bool = False) -> bool:
    """Tell whether a column holds numbers of persons; see :func:`gridkit.io.person_numbers.holds_numbers`.

    >>> holds_persons(["13900000000", "13900000001", "无"]), holds_persons(["522601001002", ""])
    (True, False)
    """
    return holds_numbers(cells, codes=codes)


def masked_column(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a text column without what it says of persons, and the positions that were masked.

    >>> masked_column(["甲小区", "乙小区，联系13900000000"])
    (['甲小区', '乙小区，联系***'], [1])
    """
    out, touched = list(values), []
    if triggered(out):
        for position, value in enumerate(values):
            clean = mask(value)
            if clean is not value:
                out[position] = clean
                touched.append(position)
    return out, touched


def masked_bodies(values: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a column that should name bodies without cells that hold but a person's name, and their positions.

    >>> masked_bodies(["某局", "张某某"])
    (['某局', '***'], [1])
    """
    alone = {value for value in set(values) if is_name_alone(value)}
    touched = [position for position, value in enumerate(values) if value in alone]
    return [MASK if value in alone else value for value in values], touched


def masked_codes(codes: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return a column of codes without those that hold or name a person (empty then), and the positions of those.

    Place codes of 18 digits can look like an identity number; its check digit must fit as well.

    >>> masked_codes(["522601001002", "13900000000", "X1(书记某某)"])
    (['522601001002', '', ''], [1, 2])
    """
    if are_place_codes(codes):
        return list(codes), []
    touched = [position for position, code in enumerate(codes) if code and _is_of_person(code)]
    out = list(codes)
    for position in touched:
        out[position] = ""
    return out, touched


def _is_of_person(code: str) -> bool:
    if not code.isascii() or not code.isalnum():
        return mask(code) != code
    return len(code) >= SHORTEST and (is_identity(code, checked=True) or MOBILE.fullmatch(code) is not None)
