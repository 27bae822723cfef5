"""Shares put into words without ever rounding a gap away."""

from __future__ import annotations

from typing import Any

from gridkit.locale import gettext

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


def span(numerator: Any, denominator: Any, unknown: Any = 0, *, less: Any = 0, more: Any = 0, share: Any = True) -> Any:
    """Return the ends of an interval in whole numbers of the denominator: the one place where they are worked out.

    Parameters
    ----------
    numerator, denominator, unknown : int or numpy.ndarray
        As counted.
    less, more : int or numpy.ndarray
        How much fewer and more there may be where links are wrong.
    share : bool or numpy.ndarray
        Whether the ends are kept between nothing and the denominator, where there is an allowance.

    Returns
    -------
    tuple
        The least and the greatest numerator, of the kind of the arguments.

    Examples
    --------
    >>> span(3, 8, 2), span(3, 8, 2, less=1, more=1), span(8, 8, less=1, more=1), span(5, 4, more=1, share=False)
    ((3, 5), (2, 6), (7, 8), (5, 6))
    """
    low, high = numerator - less, numerator + unknown + more
    kept = share & ((less > 0) | (more > 0))
    return low + (low < 0) * kept * -low, high - (high > denominator) * kept * (high - denominator)


def joined(low: str, high: str) -> str:
    """Return two ends of an interval as one text; one end where they are the same.

    >>> joined("37.5%", "62.5%"), joined("5%", "5%"), joined("-15.0%", "-3.9%")
    ('37.5%–62.5%', '5%', '-15.0% to -3.9%')
    """
    if low == high:
        return low
    # A dash beside a minus sign reads as two of them.
    return gettext("{low} to {high}").format(low=low, high=high) if "-" in low + high else f"{low}–{high}"


def interval(
    numerator: int, denominator: int, unknown: int = 0, *, less: int = 0, more: int = 0, share: bool = True,
    decimals: int = 1,
) -> str:  # fmt: skip
    """Return a share with its unknown part and its link-error allowance: one figure, or ``low–high``.

    Examples
    --------
    >>> interval(3, 8), interval(3, 8, 2), interval(6, 8, 2), interval(0, 0), interval(3, 8, 2, less=1, more=1)
    ('37.5%', '37.5%–62.5%', '75.0%–100%', '—', '25.0%–75.0%')
    """
    low, high = span(int(numerator), int(denominator), int(unknown), less=int(less), more=int(more), share=share)
    return joined(*(percent(end, denominator, decimals) for end in (low, high)))


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
