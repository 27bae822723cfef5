"""What stands behind one figure, and the key by which outputs name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traced:
    """One figure with its ids.

    Parameters
    ----------
    figure : int
        The number as it is printed.
    ids : tuple of str
        Codes of compounds, grids and communities, row ids, or findings (``C101#0``: the first finding of that rule);
        together they weigh ``figure`` less ``extra``.
    weight : str
        What each id counts (see :mod:`gridkit.reports.trail_weights`); empty for one.
    extra : int
        The part of ``figure`` that no id has: names of the registry that match nothing known.
    records : tuple of str
        The rows of those names, or the rows that explain a difference.
    made_of : tuple of str
        Keys of the figures that this one is computed from, where it counts nothing itself.
    table, where : str
        The table of the run folder that holds all ids, and the rows to look at in it.
    """

    figure: int
    ids: tuple[str, ...] = ()
    weight: str = ""
    extra: int = 0
    records: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    table: str = ""
    where: str = ""


def figure_key(*parts: object) -> str:
    """Return the key of a figure; a part may hold any text.

    >>> figure_key("status", "UNCOVERED", "street", "99"), figure_key("trick", "a|b")
    ('status|UNCOVERED|street|99', 'trick|a%7Cb')
    """
    return "|".join(str(part).replace("|", "%7C") for part in parts)
