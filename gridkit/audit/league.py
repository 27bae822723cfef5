"""The league table: streets and communities by their valid organisation coverage, with the ranks that are possible."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.doubt import Doubt
from gridkit.audit.evidence import Evidence
from gridkit.audit.format import span
from gridkit.audit.rollup import Rate, rollup
from gridkit.audit.scopes import Scopes
from gridkit.audit.widening import ALLOWANCE, MEASURES, cell_allowances
from gridkit.model.fields import COMMUNITY, NO, STREET, UNKNOWN, YES
from gridkit.model.proof import LEAGUE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.model import AuditResult, City, Coverage, Links, Places
    from gridkit.rules.ruleset import RuleSet

LEVELS: Final = (STREET, COMMUNITY)
"""The levels that are ranked, each by itself."""


def league(
    city: City, places: Places, links: Links, coverage: Coverage, *, ruleset: RuleSet, result: AuditResult | None = None
) -> pd.DataFrame:
    """Return streets and communities by organisation coverage as valid, the best first.

    Places are ranked by the exact fraction that is known. As what is unknown may be covered, a place has a best and a
    worst rank: ``rank_first`` counts those that are certainly ahead, ``rank_last`` those that may be; places that are
    equal share both. A place with fewer compounds than the rule set asks for (``league_min_compounds``) is listed after
    the others and not ranked, and neither is what lies in no known place.

    Parameters
    ----------
    city, places, links, coverage
        What the earlier rooms hand on.
    ruleset : RuleSet
        Whose threshold holds.
    result : AuditResult, optional
        Definition matrix and allowance: wrong links widen the interval of a place, and with it the ranks it can have.

    Returns
    -------
    pandas.DataFrame
        ``LEAGUE_COLUMNS``, numerators and denominators in compounds, the same as those of the indicator
        ``coverage.organisation.valid``. ``to_move_up`` is how many more covered compounds would put the place ahead of
        the next better one (level with it where that is at 100 %); 0 where none is better, missing where not ranked.
    """
    frames = [frame for frame in _rates(city, places, links, coverage) if frame["scope_level"].iloc[0] in LEVELS]
    frames = [_wider(frame, result) for frame in frames]
    rows = [row for frame in frames for row in _table(frame, city, ruleset.thresholds.league_min_compounds)]
    table = pd.DataFrame(rows, columns=list(LEAGUE_COLUMNS))
    classes = _classes(city, places)
    table["class"] = [classes.get((level, code), "") for level, code in zip(table["level"], table["code"], strict=True)]
    types = {
        **dict.fromkeys(("numerator", "denominator", "unknown", *ALLOWANCE), "int64"),
        **dict.fromkeys(("low", "high"), "float64"),
        **dict.fromkeys(("rank_first", "rank_last", "to_move_up"), "Int64"), "ranked": "bool",
    }  # fmt: skip
    return table.astype({name: types.get(name, "object") for name in LEAGUE_COLUMNS})


def _rates(city: City, places: Places, links: Links, coverage: Coverage) -> list[pd.DataFrame]:
    """Return the rate of valid organisation coverage per scope level, as the indicator of that name has it."""
    items = Scopes(city, places).compounds
    frame = coverage.frame.reindex(items.frame.index)
    value, valid = (frame[name].fillna(UNKNOWN).to_numpy(dtype=object) for name in ("organisation", "valid"))
    held = (value == YES) & (valid == YES)
    unknown = (value == UNKNOWN) | ((value == YES) & ~np.isin(valid, (YES, NO)))
    doubt = Doubt.of(Evidence(city, links), coverage.counts_as).weights(
        items, value == NO, weight=np.ones(len(value), dtype=np.int64), community=items.frame[COMMUNITY]
    )
    rates = rollup(items, Rate("coverage.organisation.valid", "compounds", held, unknown, doubt=doubt))
    return [frame for frame in rates if len(frame)]


def _wider(frame: pd.DataFrame, result: AuditResult | None) -> pd.DataFrame:
    """Return the rows of one level with their link-error allowance."""
    wider = np.zeros((len(frame), 2), dtype=np.int64)
    if result is not None:
        wider = cell_allowances(frame, result, MEASURES["coverage.organisation.valid"])
    return frame.assign(**dict(zip(ALLOWANCE, wider.T, strict=True)))


def _table(frame: pd.DataFrame, city: City, least: int) -> list[dict[str, Any]]:
    """Return the rows of one level, ranked ones first."""
    level = frame["scope_level"].iloc[0]
    known = {} if level not in city.layers else city.layers[level].frame["name"].to_dict()
    rows = [
        {
            "level": level, "code": code, "name": known.get(code, ""), "numerator": n, "denominator": d, "unknown": u,
            "allowance_low": less, "allowance_high": more,
            **{name: end / d if d else float("nan") for name, end in zip(("low", "high"), _ends(n, d, u, less, more),
                                                                         strict=True)},
            "ranked": d >= max(least, 1) and code in known,
            **dict.fromkeys(("rank_first", "rank_last", "to_move_up"), pd.NA),
        }
        for code, n, d, u, less, more in zip(
            *(frame[key].tolist() for key in ("scope", "numerator", "denominator", "unknown", *ALLOWANCE)), strict=True
        )
    ]  # fmt: skip
    ranked = [row for row in rows if row["ranked"]]
    keys = ("numerator", "denominator", "unknown", *ALLOWANCE)
    spans = []
    for row in ranked:
        low, high = _ends(*(row[key] for key in keys))
        spans.append((Fraction(low, row["denominator"]), Fraction(high, row["denominator"])))
    for row, (first, last) in zip(ranked, ranks(spans), strict=True):
        row["rank_first"], row["rank_last"] = first, last
    for row, more in zip(ranked, to_move_up([(row["numerator"], row["denominator"]) for row in ranked]), strict=True):
        row["to_move_up"] = more
    ordered = sorted(ranked, key=_order)
    return ordered + sorted((row for row in rows if not row["ranked"]), key=lambda row: row["code"])


def _ends(n: int, d: int, unknown: int, less: int, more: int) -> tuple[int, int]:
    low, high = span(n, d, unknown, less=less, more=more)
    return low, min(high, d)


def _order(row: dict[str, Any]) -> tuple[Fraction, Fraction, str]:
    """Return the place of a row in the table: by the share that is known, then by what may be, then by code."""
    n, d, u = (row[key] for key in ("numerator", "denominator", "unknown"))
    return -Fraction(n, d), -Fraction(min(n + u, d), d), row["code"]


def ranks(spans: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[int, int]]:
    """Return the best and the worst rank that each of some intervals (low, high) can have; 1 is the highest.

    >>> half, most, all_ = Fraction(1, 2), Fraction(3, 4), Fraction(1)
    >>> ranks([(half, half), (most, all_), (half, half)])
    [(2, 3), (1, 1), (2, 3)]
    >>> ranks([(half, most), (most, all_)])
    [(1, 2), (1, 2)]
    """
    lows, highs = sorted(low for low, _ in spans), sorted(high for _, high in spans)
    count = len(spans)
    return [(1 + count - bisect_right(lows, high), count - bisect_left(highs, low)) for low, high in spans]


def to_move_up(shares: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many more of its things each share (numerator, denominator) needs to be ahead of the next better one.

    >>> to_move_up([(1, 8), (3, 8), (3, 8), (5, 5)])
    [3, 5, 5, 0]
    """
    values = sorted({Fraction(n, d) for n, d in shares})
    needed = []
    for n, d in shares:
        at = bisect_right(values, Fraction(n, d))
        better = values[at] * d if at < len(values) else None
        needed.append(0 if better is None else min(better.numerator // better.denominator + 1, d) - n)
    return needed


def _classes(city: City, places: Places) -> dict[tuple[str, str], str]:
    """Return (level, code) -> urban or township; that of a street where all its communities share it, else mixed."""
    layer = city.layers.get(COMMUNITY)
    if layer is None:
        return {}
    above = Scopes(city, places).above(pd.Series(layer.frame.index, index=layer.frame.index, dtype="object"))
    found = {(COMMUNITY, code): kind for code, kind in above["class"].items()}
    for street, kinds in above.groupby("street")["class"]:
        known = sorted(set(kinds))
        found[STREET, street] = known[0] if len(known) == 1 else "mixed"
    return found
