"""Carry registries over from old codes of grids to new ones, and list what a person must decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

CARRIED_COLUMNS: Final = ("code", "outcome", "weight", "candidates")
"""Columns of :func:`carried`: the code to use, ``same`` (nothing changed), ``follows`` (all of the old grid lies in one
new one), ``majority`` (more than half of its households), ``decide`` (no half: the old code is kept), ``unknown`` (no
such code) or ``blank``; the share of households that go there; other candidates with their shares."""


def carried(codes: pd.Series, relations: pd.DataFrame, old: Mapping[str, str], new: Mapping[str, str]) -> pd.DataFrame:
    """Return where each reference to an old code goes.

    Parameters
    ----------
    codes : pandas.Series of str
        Codes of grids as a registry has them.
    relations : pandas.DataFrame
        ``RELATION_COLUMNS``, grids by uid.
    old, new : mapping of str to str
        uid -> code in the old and in the new plan.

    Returns
    -------
    pandas.DataFrame
        ``CARRIED_COLUMNS`` on the index of ``codes``; every row has a home or is listed as ``decide`` or ``unknown``.

    Examples
    --------
    >>> pairs = pd.DataFrame([("a", "b", 0.6), ("a", "c", 0.4)], columns=["grid_old", "grid_new", "weight"])
    >>> carried(pd.Series(["1", "9"]), pairs, {"a": "1"}, {"b": "2", "c": "3"})[["code", "outcome"]].to_numpy().tolist()
    [['2', 'majority'], ['9', 'unknown']]
    """
    homes: dict[str, tuple[str, str, float, str]] = {}
    table = relations.loc[relations["grid_old"] != ""].sort_values(
        ["grid_old", "weight", "grid_new"], ascending=[True, False, True], kind="stable"
    )
    for uid, part in table.groupby("grid_old", sort=True):
        code = old.get(str(uid), "")
        if code:
            homes[code] = _home(code, part, new)
    live = set(new.values())
    rows = [homes.get(code) or (code, _without(code, live), 0.0, "") for code in codes.fillna("").astype(str)]
    return pd.DataFrame(rows, columns=list(CARRIED_COLUMNS), index=codes.index)


def _without(code: str, live: set[str]) -> str:
    """Return the outcome of a code that no old grid has."""
    return "blank" if not code else "same" if code in live else "unknown"


def _home(code: str, part: pd.DataFrame, new: Mapping[str, str]) -> tuple[str, str, float, str]:
    found = [(new.get(uid, ""), float(weight)) for uid, weight in zip(part["grid_new"], part["weight"], strict=True)]
    found = [(to, weight) for to, weight in found if to]
    if not found:
        return code, "decide", 0.0, ""
    rest = "; ".join(f"{to} {weight:.1%}" for to, weight in found[1:])
    to, weight = found[0]
    if len(found) == 1:
        return to, "same" if to == code else "follows", weight, ""
    if weight > 0.5:
        return to, "same" if to == code else "majority", weight, rest
    return code, "decide", weight, "; ".join(f"{to} {weight:.1%}" for to, weight in found)
