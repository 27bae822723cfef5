"""Coverage rates of the map: always the rows of the indicator table, never counted anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.format import interval

if TYPE_CHECKING:
    from gridkit.model import Run

DECLARED, VALID = "coverage.organisation.declared", "coverage.organisation.valid"
UNPLACED = "unplaced"
"""Scope of the compounds that lie in no street (community, grid)."""

_NUMBERS = ["numerator", "denominator", "unknown"]


def numbers(run: Run, name: str, level: str) -> pd.DataFrame:
    """Return scope -> numerator, denominator and unknown of an indicator by compounds."""
    frame = run.indicators.frame
    rows = frame[(frame["id"] == name) & (frame["scope_level"] == level) & (frame["basis"] == "compounds")]
    rows = rows.drop_duplicates("scope").set_index("scope")
    return pd.DataFrame(rows[_NUMBERS].astype("int64"))


def numbers_of(table: pd.DataFrame, scope: str) -> tuple[int, int, int]:
    """Return numerator, denominator and unknown of one scope, 0 / 0 where there is no row."""
    if scope not in table.index:
        return 0, 0, 0
    numerator, denominator, unknown = (int(value) for value in table.loc[scope, _NUMBERS])
    return numerator, denominator, unknown


def in_words(numerator: int, denominator: int, unknown: int) -> str:
    """Return a rate with its numerator and denominator.

    >>> in_words(3, 8, 1)
    '3/8 = 37.5%–50.0%'
    """
    return f"{numerator}/{denominator} = {interval(numerator, denominator, unknown)}"
