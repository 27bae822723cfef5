"""Stated figures as exact numbers, and what they claim about an interval."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from gridkit.errors import UsageError
from gridkit.locale import N_

LARGEST: Final = 30
"""Figures of more digits before the point, or of more zeros after it, are no figures."""
MOST_DECIMALS: Final = 30
"""Decimals that count; nobody measures more."""
UPHELD, REFUTED, UNDETERMINED = "upheld", "refuted", "undetermined"

COMPARATORS: Final = {
    "=": "=", "==": "=", "": "=", ">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<",
}  # fmt: skip
"""Ways to write a comparator, and the one that is kept."""


def comparator(text: str) -> str:
    """Return the comparator that ``text`` stands for.

    >>> comparator("≥")
    '>='
    """
    if text.strip() not in COMPARATORS:
        raise UsageError(N_("'{text}' is not a comparator"), remedy=N_("write one of = >= <= > <"), text=text)
    return COMPARATORS[text.strip()]


def exact(figure: float | int | str | Decimal | None) -> tuple[Fraction, int] | None:
    """Return a stated figure and its number of decimals; None where it is redacted (None, NaN, ``XX``).

    A float without a fraction counts as a whole number.

    >>> exact(55.2), exact(100.0), exact("82.40"), exact("XX"), exact(None)
    ((Fraction(276, 5), 1), (Fraction(100, 1), 0), (Fraction(412, 5), 2), None, None)
    """
    if figure is None or (isinstance(figure, float) and not math.isfinite(figure)):
        return None
    text = str(figure).strip().rstrip("%％").strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > LARGEST:
        return None
    exponent = value.as_tuple().exponent
    decimals = min(max(0, -exponent), MOST_DECIMALS) if isinstance(exponent, int) else 0
    if isinstance(figure, float) and value == value.to_integral_value():
        decimals = 0
    return Fraction(value), decimals


def figure_of(claim: Any) -> tuple[Fraction, int] | None:
    """Return the figure of a claim and to how many decimals it is stated; None where it is redacted.

    ``claim.decimals`` says what a number alone cannot: 55.20 is stated to two decimals.

    >>> from types import SimpleNamespace
    >>> figure_of(SimpleNamespace(figure=55.2, decimals=2)), figure_of(SimpleNamespace(figure=55.2))
    ((Fraction(276, 5), 2), (Fraction(276, 5), 1))
    """
    stated, decimals = exact(claim.figure), getattr(claim, "decimals", None)
    return stated if stated is None or decimals is None else (stated[0], min(decimals, MOST_DECIMALS))


def half_width(figure: Fraction, decimals: int, sign: str, *, share: bool = True) -> Fraction:
    """Return how far a recomputed figure may lie from the stated one and still read the same.

    Half a unit of the last stated decimal: 55.2 means 55.15 to 55.25. Shares of 0 % and 100 % mean exactly none and
    all. A whole number after "at least" or "at most" is a threshold, not a rounded measurement, and is met or not;
    so is any figure after "more than" or "less than".

    >>> str(half_width(Fraction(276, 5), 1, "=")), str(half_width(Fraction(100), 0, "="))
    ('1/20', '0')
    >>> str(half_width(Fraction(95), 0, "=")), str(half_width(Fraction(95), 0, ">="))
    ('1/2', '0')
    """
    if sign in (">", "<") or (share and figure in (0, 100)) or (sign != "=" and decimals == 0):
        return Fraction(0)
    return Fraction(1, 2 * 10**decimals)


def verdict(low: Fraction, high: Fraction, figure: Fraction, *, sign: str, half: Fraction) -> str:
    """Return what the interval ``low`` .. ``high`` says about the claim "``sign`` ``figure``" read with ``half``.

    >>> verdict(Fraction(3, 8), Fraction(5, 8), Fraction(1, 2), sign=">=", half=Fraction(0))
    'undetermined'
    >>> verdict(Fraction(3, 8), Fraction(5, 8), Fraction(3, 4), sign=">=", half=Fraction(0))
    'refuted'
    """
    holds, fails = {
        "=": (figure - half <= low and high <= figure + half, high < figure - half or low > figure + half),
        ">=": (low >= figure - half, high < figure - half),
        "<=": (high <= figure + half, low > figure + half),
        ">": (low > figure, high <= figure),
        "<": (high < figure, low >= figure),
    }[sign]
    return UPHELD if holds else REFUTED if fails else UNDETERMINED
