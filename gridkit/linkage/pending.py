"""What held rows would link to: hidden or struck-out rows about which the project has not decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit.model.results import LINK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridkit.model import City

COVERING: Final = ("branches", "units", "premises", "pairings", "compounds")
"""Registries whose rows can cover a compound, or lead to what does."""

_KEY: Final = ["record", "field", "position", "level", "code"]


def pending_links(city: City, base: pd.DataFrame, link: Callable[[City], pd.DataFrame]) -> pd.DataFrame:
    """Return the links that there would be if the held rows were records, beyond those of ``base``.

    Parameters
    ----------
    city : City
        With its pending rows.
    base : pandas.DataFrame
        The links without them.
    link : callable
        Makes the links of a city.

    Returns
    -------
    pandas.DataFrame
        Columns of links; those of held rows, and accepted ones of other rows that only a held row makes possible.
    """
    held = {str(record) for kind in COVERING if kind in city.pending for record in city.pending[kind].index}
    if not held:
        return pd.DataFrame(columns=list(LINK_COLUMNS))
    whole = link(city.with_pending())
    accepted = base.loc[base["accepted"].astype(bool), _KEY].assign(there=True)
    there = whole[_KEY].merge(accepted.drop_duplicates(), on=_KEY, how="left")["there"].notna().to_numpy()
    new = whole["accepted"].astype(bool).to_numpy() & ~there
    found = whole[new | whole["record"].isin(held).to_numpy()]
    return found.reset_index(drop=True)
