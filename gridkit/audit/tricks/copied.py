"""A112: numbers that were copied down or made up: equal rows one after the other, and too many round numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.stats import binom

from gridkit.audit.tricks.trick import Trick
from gridkit.model.fields import REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gridkit.audit.tricks.counted import Counted
    from gridkit.rules.ruleset import Thresholds

KINDS: Final = ("compounds", "branches", "units", "property_companies", "owners_committees")
"""Registries whose numbers are summed in the figures."""
NO_NUMBERS: Final = frozenset(("built_year",))
"""Whole numbers that count nothing."""
ROUND: Final = 10
"""A number is round that ends in 0."""
COMMON: Final = 100
"""Values that more than one row in so many has are no copies."""
PLAIN: Final = 20
"""Smaller numbers say nothing about rounding, nor do equal ones where a whole table is alike."""
WHOLE: Final = 5
"""A table is alike as a whole where at most one row in so many differs."""

Array = np.ndarray[Any, Any]


def copied(counted: Counted) -> Iterator[Trick]:
    """Return the tricks A112, each with the rows that it speaks of.

    Equal rows: ``copied_min_rows`` or more one after the other with the same values in ``copied_min_columns`` or more
    columns of counts, where equal rows would come about by chance less often than once in ``chance_one_in`` registries:
    n * p ** (k - 1), with p the share of rows elsewhere in the table with these values, or the product of their shares
    per column where that is greater. A column by which the table is sorted says nothing, nor do values that more than
    one in a hundred of the other rows have: rows of one kind stand together, and small numbers are alike.

    A table that is alike as a whole (but for one row in five) leaves nothing to compare with. There two or more columns
    of numbers from 20 on must agree: n * (1/2) ** (m * (k - 1)) with m such columns. That is a cautious bound: counts
    with a mean of 20 that vary by chance alone (Poisson) agree once in 15 times; the rest is left for columns that hang
    together, such as households and residents.

    Round numbers: of the numbers from 20 on in a column (``round_min_values`` or more, none stated as "about") at least
    ``round_percent`` percent end in 0, and the exact binomial bound P(X >= x; n, 1/10) is below one in
    ``chance_one_in`` for all columns together. That whole columns are rounded is told once, with its rows.
    """
    listing = counted.listing
    codes = dict(zip(listing["record"], listing["code"], strict=True))
    for kind in KINDS:
        rows = counted.city.rows(kind)
        if rows.empty:
            continue
        names = [name for name, type_ in REGISTRY_FIELDS[kind].items() if type_ == "count" and name not in NO_NUMBERS]
        for source in sorted(rows["src"].astype(str).unique()):
            part = rows[(rows["src"] == source).to_numpy(bool)].sort_values("row", kind="stable")
            yield from (_placed(trick, codes) for trick in _runs(counted, part, names))
            yield from _round(counted, kind, part, names)


def _placed(trick: Trick, codes: Mapping[str, str]) -> Trick:
    """Return a trick of rows about compounds with those compounds, the first as its subject."""
    known = tuple(codes[record] for record in trick.rows if record in codes)
    return replace(trick, subject=known[0], compounds=known) if known else trick


def _runs(counted: Counted, part: pd.DataFrame, names: list[str]) -> Iterator[Trick]:
    limits = counted.limits
    table = part[names].astype("float64").to_numpy(na_value=np.nan)
    table[:, _sorted(table)] = np.nan
    equal = table[1:] == table[:-1]
    wide = equal.sum(axis=1) >= limits.copied_min_columns
    for start, end in _stretches(wide):
        yield from _split(part, names, table, limits, span=(start, end, equal))


def _stretches(mask: Array) -> list[tuple[int, int]]:
    """Return the runs of True as half-open intervals.

    >>> _stretches(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _sorted(table: Array) -> Array:
    """Return which columns rise or fall all the way (and are not the same throughout, see :func:`_whole`)."""
    result = np.zeros(table.shape[1], dtype=bool)
    for at in range(table.shape[1]):
        steps = np.diff(table[~np.isnan(table[:, at]), at])
        result[at] = len(steps) > 0 and bool((steps != 0).any() and ((steps >= 0).all() or (steps <= 0).all()))
    middle = np.sort(table, axis=0)[len(table) // 2]  # what four rows in five have stands in the middle, too
    alike = _mostly(table == middle)
    return result & ~alike if _whole(table[:, alike], middle[alike]) else result


def _mostly(equal: Array) -> Array:
    """Return, per column, whether all rows but one in ``WHOLE`` are True."""
    return np.asarray((~equal).sum(axis=0) * WHOLE <= len(equal))


def _whole(table: Array, values: Array) -> int:
    """Return in how many columns of large numbers the whole table has ``values``; 0 where it is not alike as a whole.

    >>> _whole(np.array([[9.0, 312.0, 871.0]] * 8), np.array([9.0, 312.0, 871.0]))
    2
    """
    large = int((values >= PLAIN).sum())
    return large if large > 1 and bool(_mostly((table == values).all(axis=1))) else 0


def _split(
    part: pd.DataFrame, names: list[str], table: Array, limits: Thresholds, *, span: tuple[int, int, Array]
) -> Iterator[Trick]:
    """Cut a stretch of equal neighbours where too few columns stay the same all along, and tell what is left."""
    start, end, equal = span
    first, same = start, equal[start].copy()
    for at in range(start + 1, end + 1):
        more = same & equal[at] if at < end else np.zeros_like(same)
        if more.sum() >= limits.copied_min_columns:
            same = more
            continue
        if at - first + 1 >= limits.copied_min_rows and _chance(table, first, at + 1, same) * limits.chance_one_in < 1:
            yield _run(part.iloc[first : at + 1], [name for name, on in zip(names, same, strict=True) if on])
        if at < end:
            first, same = at, equal[at].copy()


def _chance(table: Array, start: int, stop: int, same: Array) -> float:
    """Return a bound for how often such a run comes about by chance (see :func:`copied`), 1 for common values."""
    values, steps = table[start, same], stop - start - 1
    if large := _whole(table[:, same], values):
        return float(len(table) * 0.5 ** (large * steps))
    outside = np.r_[table[:start, same], table[stop:, same]]
    size = len(outside) + 2
    hits = outside == values
    alike = int(hits.all(axis=1).sum())
    if alike * COMMON > max(len(outside), COMMON):
        return 1.0
    together = (alike + 1) / size
    apart = math.prod((int(one) + 1) / size for one in hits.sum(axis=0))
    return float(len(table) * max(together, apart) ** steps)


def _run(rows: pd.DataFrame, names: list[str]) -> Trick:
    first = rows.iloc[0]
    told = ", ".join(str(int(first[name])) for name in names)
    records = tuple(str(record) for record in rows.index)
    params = {"rows": len(rows), "first": int(first["row"]), "last": int(rows["row"].iloc[-1]), "values": told,
              "n": len(names), "source": str(first["src"])}  # fmt: skip
    where = tuple((record, name) for record in records for name in names)
    return Trick("A112", records[0], records, params, where)


def _round(counted: Counted, kind: str, part: pd.DataFrame, names: list[str]) -> Iterator[Trick]:
    limits, remarks = counted.limits, counted.city.remarks
    about = remarks[remarks["remark"] == "about"]
    columns = sum(len(REGISTRY_FIELDS[one]) for one in KINDS)
    for name in names:
        admitted = about.loc[about["field"] == name, "record"]
        numbers = part.loc[~part.index.isin(admitted), name].dropna()
        numbers = numbers[(numbers >= PLAIN).to_numpy(bool)].astype("int64")
        ends = (numbers % ROUND == 0).to_numpy(bool)
        n, x = len(numbers), int(ends.sum())
        if n < limits.round_min_values or 100 * x < limits.round_percent * n:
            continue
        if float(binom.sf(x - 1, n, 1 / ROUND)) * columns * limits.chance_one_in < 1:
            records = tuple(str(record) for record in numbers.index[ends])
            params = {"field": name, "count": x, "n": n, "source": str(part["src"].iloc[0]), "variant": "round"}
            where = tuple((record, name) for record in records)
            yield Trick("A112", f"{part['src'].iloc[0]}!{name}", (), params, where)
