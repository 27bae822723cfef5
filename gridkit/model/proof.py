"""What an audit proves beyond indicators: definition matrix, tricks, shades, plan, league table, differences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

MATRIX_COLUMNS = (
    "subject", "scope_level", "scope", "numerator_id", "denominator_id", "weight",
    "numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high", "low", "high",
)  # fmt: skip
TRICK_COLUMNS = ("code", "findings", "records", "compounds", "numerator", "without", "denominator")
SHADES = ("covered", "possible", "confirmed")
SHADE_COLUMNS = ("shade", "because")
PLAN_COLUMNS = ("kind", "community", "compounds", "members", "because")
LEAGUE_COLUMNS = (
    "level", "code", "name", "class", "numerator", "denominator", "unknown", "low", "high",
    "rank_first", "rank_last", "ranked", "to_move_up", "allowance_low", "allowance_high",
)  # fmt: skip
EVALUATING_COLUMNS = ("unit", "name", "street", "state", "via", "targets")
DIFFERENCE_COLUMNS = ("name", "kind", "code", "field", "a", "b", "a_records", "b_records")
DIFFERENCE_KINDS = (
    "unlinked_a", "unlinked_b", "twice_a", "twice_b", "merged_a", "merged_b", "only_a", "only_b",
    "moved_out_a", "moved_out_b", "reclassified", "renamed", "value",
)  # fmt: skip
"""``_a``, ``_b``: on which side. ``only_a`` with the field ``open``: a row of b may mean it, but nobody has said so.
``moved_out_a``: a lists it, but does not count it; ``field`` says by which column."""
BRIDGE_COLUMNS = ("name", "registry", "figure", "line", "amount", "things", "a", "b")
BRIDGE_LINES = (
    "rows_a", "not_counted_a", "counted_a", "unlinked_a", "twice_a", "merged_a", "only_a", "open_a", "moved_out_b",
    "value", "unstated_a", "unstated_b", "moved_out_a", "open_b", "only_b", "merged_b", "twice_b", "unlinked_b",
    "counted_b", "not_counted_b", "rows_b",
)  # fmt: skip
"""From what a tells (``rows_a``) to what b tells (``rows_b``): all lines but the four totals add up to the way."""


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})


@dataclass(frozen=True)
class Allowance:
    """How many of the accepted links may be wrong.

    ``rate`` is an upper bound of the share of wrong links (0..1) at ``confidence``; ``sampled`` links were checked by
    persons, ``wrong`` of them found wrong. With ``sampled`` = 0 nobody has checked, and ``rate`` is an assumption of
    the rule set.
    """

    rate: float = 0.01
    sampled: int = 0
    wrong: int = 0
    confidence: float = 0.95

    @property
    def measured(self) -> bool:
        """Whether the rate comes from labels of persons."""
        return self.sampled > 0


@dataclass(frozen=True)
class AuditResult:
    """What an audit proves, beside indicators and claims.

    ``matrix`` (``MATRIX_COLUMNS``) holds one row per subject (``compound``, ``grid``), scope, definition of numerator
    and of denominator, and weight (``compounds``, ``households``, ``residents``, ``area`` in square metres; ``grids``).
    ``numerator``, ``denominator``, ``excluded``, ``unknown``, ``allowance_low`` and ``allowance_high`` are whole
    numbers of that weight; ``low`` = (numerator - allowance_low) / denominator and
    ``high`` = (numerator + unknown + allowance_high) / denominator, kept between 0 and 1, NaN without a denominator.
    ``definitions`` holds, per subject, a frame indexed by code with one column per definition (``numerator.valid``,
    ``denominator.eligible``) of ``yes``, ``no``, ``unknown``: the ids behind every cell of the matrix.

    ``tricks`` (``TRICK_COLUMNS``): one row per rule A101-A114: number of findings, row ids (tuple), compounds whose
    declared coverage rests only on those rows (tuple), the declared numerator, what is left of it ``without`` them, and
    the denominator. ``shades`` is indexed like the compound layer: ``covered``, ``possible`` (somebody may cover it) or
    ``confirmed`` (nothing that is in the files can cover it), with a dict that explains it. ``plan``
    (``PLAN_COLUMNS``) lists what would make the claim of full coverage true: ``own``, ``joint``, ``instructor``,
    with the compounds (tuple) of each; ``bounds`` the least and the planned numbers. ``league`` (``LEAGUE_COLUMNS``)
    ranks streets and communities, ties sharing ``rank_first``..``rank_last``. ``evaluating`` (``EVALUATING_COLUMNS``)
    says per unit which street evaluates it, by what it is paired with. ``differences`` (``DIFFERENCE_COLUMNS``)
    explain two tellings of the same figure row by row; ``bridges`` (``BRIDGE_COLUMNS``) lead from one figure to the
    other: per name and ``figure`` (``rows``, ``households``, ...) one row per line of ``BRIDGE_LINES``, ``amount``
    signed, ``things`` how many stand behind it, ``a`` and ``b`` who tells each side.
    """

    allowance: Allowance = Allowance()
    matrix: pd.DataFrame = field(default_factory=lambda: _empty(MATRIX_COLUMNS))
    definitions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    tricks: pd.DataFrame = field(default_factory=lambda: _empty(TRICK_COLUMNS))
    shades: pd.DataFrame = field(default_factory=lambda: _empty(SHADE_COLUMNS))
    plan: pd.DataFrame = field(default_factory=lambda: _empty(PLAN_COLUMNS))
    bounds: Mapping[str, int] = field(default_factory=dict)
    league: pd.DataFrame = field(default_factory=lambda: _empty(LEAGUE_COLUMNS))
    evaluating: pd.DataFrame = field(default_factory=lambda: _empty(EVALUATING_COLUMNS))
    differences: pd.DataFrame = field(default_factory=lambda: _empty(DIFFERENCE_COLUMNS))
    bridges: pd.DataFrame = field(default_factory=lambda: _empty(BRIDGE_COLUMNS))
