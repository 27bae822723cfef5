"""Shares put into words without ever rounding a gap away."""

from __future__ import annotations

NO_RATE = "—"
"""Shown where there is no denominator: there is no rate then, not a rate of zero."""


def _scaled(numerator: int, denominator: int, decimals: int) -> int:
    """Return ``100 * numerator / denominator`` in units of the last decimal, halves away from zero."""
    size = (200 * 10**decimals * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def _digits(value: int, decimals: int) -> str:
    sign, size = "-" if value < 0 else "", abs(value)
    whole, rest = divmod(size, 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def percent(numerator: int, denominator: int, decimals: int = 1) -> str:
    """Return a share as text; ``100%`` only where ``numerator == denominator`` and ``0%`` only where it is zero.

    Parameters
    ----------
    numerator, denominator : int
        Whole numbers; the division is exact.
    decimals : int
        Digits after the point (halves away from zero).

    Returns
    -------
    str
        ``14.3%``; ``>99.9%`` and ``<0.1%`` where rounding would say 100 or 0; ``—`` without a denominator.

    Examples
    --------
    >>> percent(194, 1359), percent(9996, 10000), percent(1, 5000), percent(7, 7), percent(0, 7), percent(0, 0)
    ('14.3%', '>99.9%', '<0.1%', '100%', '0%', '—')
    """
    numerator, denominator, one = int(numerator), int(denominator), 10**decimals
    if denominator <= 0:
        return NO_RATE
    if numerator in (0, denominator):
        return "100%" if numerator else "0%"
    value = _scaled(numerator, denominator, decimals)
    if value == 100 * one:
        return f">{_digits(value - 1, decimals)}%" if numerator < denominator else ">100%"
    if value == 0:
        return f"<{_digits(1, decimals)}%" if numerator > 0 else f">{_digits(-1, decimals)}%"
    return f"{_digits(value, decimals)}%"


def interval(numerator: int, denominator: int, unknown: int = 0, decimals: int = 1) -> str:
    """Return a share with its unknown part: one figure where nothing is unknown, else ``low–high``.

    Examples
    --------
    >>> interval(3, 8), interval(3, 8, 2), interval(6, 8, 2), interval(0, 0)
    ('37.5%', '37.5%–62.5%', '75.0%–100%', '—')
    """
    low = percent(numerator, denominator, decimals)
    if not unknown or low == NO_RATE:
        return low
    return f"{low}–{percent(int(numerator) + int(unknown), denominator, decimals)}"


def mean(numerator: int, denominator: int, decimals: int = 2) -> str:
    """Return a quotient that is not a share, such as units per community.

    Examples
    --------
    >>> mean(1009, 178), mean(1, 0)
    ('5.67', '—')
    """
    if int(denominator) <= 0:
        return NO_RATE
    return _digits(_scaled(int(numerator), 100 * int(denominator), decimals), decimals)
