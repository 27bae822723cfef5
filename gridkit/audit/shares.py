"""Which party shares owners' committees can have at all."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from gridkit.audit.figures import half_width

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZES: Final = (5, 7, 9, 11)
"""Sizes of an owners' committee: 5 to 11 members, an odd number (业主大会和业主委员会指导规则 art. 31, as quoted)."""


def reachable_shares(sizes: Iterable[int] = SIZES) -> list[Fraction]:
    """Return every share that one committee of one of ``sizes`` can have, sorted.

    >>> [str(share) for share in reachable_shares() if Fraction(1, 2) <= share <= Fraction(3, 5)]
    ['6/11', '5/9', '4/7', '3/5']
    """
    return sorted({Fraction(party, size) for size in sizes for party in range(size + 1)})


def totals_for(figure: Fraction, decimals: int, committees: int) -> list[tuple[int, int]]:
    """Return all (party members, members) of ``committees`` committees together whose share reads ``figure`` percent.

    The members of n committees number 5 n to 11 n, odd or even like n, as every committee is odd.

    >>> totals_for(Fraction(552, 10), 1, 19)[:2]
    [(58, 105), (69, 125)]
    >>> totals_for(Fraction(552, 10), 1, 1)
    []
    """
    half = half_width(figure, decimals, "=")
    found = []
    for members in range(SIZES[0] * committees, SIZES[-1] * committees + 1, 2):
        low, high = (figure - half) * members / 100, (figure + half) * members / 100
        found += [(party, members) for party in range(-(-low.numerator // low.denominator), int(high) + 1)]
    return [(party, members) for party, members in found if 0 <= party <= members]
