"""Coverage rates of the map: always the rows of the indicator table, never counted anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.format import interval, percent
from gridkit.locale import gettext as _

if TYPE_CHECKING:
    from gridkit.model import Run

DECLARED, VALID = "coverage.organisation.declared", "coverage.organisation.valid"
UNPLACED = "unplaced"
"""Scope of the compounds that lie in no street (community, grid)."""

SMALL = ("community", "grid")
"""Areas of a few compounds: their intervals hold what is unknown, but no allowance for wrong links, which is estimated
for the city and would say nothing of three compounds."""

_NUMBERS = ["numerator", "denominator", "unknown", "allowance_low", "allowance_high"]
Numbers = tuple[int, int, int, int, int]
"""Numerator, denominator, unknown, and how much fewer and more there may be where links are wrong."""


def numbers(run: Run, name: str, level: str) -> pd.DataFrame:
    """Return scope -> numerator, denominator and unknown of an indicator by compounds."""
    frame = run.indicators.frame
    rows = frame[(frame["id"] == name) & (frame["scope_level"] == level) & (frame["basis"] == "compounds")]
    rows = rows.drop_duplicates("scope").set_index("scope")
    found = pd.DataFrame(rows[_NUMBERS].fillna(0).astype("int64"))
    if level in SMALL:
        found[["allowance_low", "allowance_high"]] = 0
    return found


def numbers_of(table: pd.DataFrame, scope: str) -> Numbers:
    """Return the numbers of one scope, 0 / 0 where there is no row."""
    if scope not in table.index:
        return 0, 0, 0, 0, 0
    return numbers_in(table.loc[scope])


def numbers_in(row: pd.Series) -> Numbers:
    """Return the numbers of one row of the indicator table."""
    n, d, unknown, less, more = (0 if pd.isna(row[name]) else int(row[name]) for name in _NUMBERS)
    return n, d, unknown, less, more


def rate_of(numbers: Numbers) -> str:
    """Return a rate: with what is unknown and with the link-error allowance, as every report has it.

    >>> rate_of((3, 8, 1, 0, 0)), rate_of((3, 8, 1, 1, 1))
    ('37.5%–50.0%', '25.0%–62.5%')
    """
    return interval(*numbers[:3], less=numbers[3], more=numbers[4])


def in_words(*numbers: int) -> str:
    """Return a rate with its numerator and denominator, and the interval where it is more than one figure.

    >>> in_words(3, 8, 0, 0, 0), in_words(3, 8, 1, 0, 0)
    ('3/8, 37.5%', '3/8, 37.5%; interval 37.5%–50.0%')
    """
    numerator, denominator, unknown, less, more = numbers
    rate, wide = percent(numerator, denominator), rate_of((numerator, denominator, unknown, less, more))
    if rate == wide:
        return _("{n}/{d}, {rate}").format(n=numerator, d=denominator, rate=rate)
    return _("{n}/{d}, {rate}; interval {interval}").format(n=numerator, d=denominator, rate=rate, interval=wide)
