"""What differs between two runs, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pandas as pd

INPUT_COLUMNS = ("name", "kind", "change", "before", "after")
SETTING_COLUMNS = ("part", "key", "before", "after")
ROW_COLUMNS = ("kind", "before", "after", "gone", "new")
INDICATOR_CHANGE_COLUMNS = (
    "id", "scope_level", "scope", "basis", "numerator_before", "denominator_before", "unknown_before",
    "numerator_after", "denominator_after", "unknown_after",
)  # fmt: skip
CLAIM_CHANGE_COLUMNS = ("text", "indicator", "scope", "basis", "before", "after", "interval_before", "interval_after")
COMPOUND_CHANGE_COLUMNS = (
    "code", "name", "status_before", "status_after", "field", "causes", "rows_before", "rows_after",
)  # fmt: skip
FINDING_CHANGE_COLUMNS = ("code", "before", "after")
CAUSES = ("boundary", "rules", "settings", "links", "data", "version", "elsewhere")
"""Why the coverage of a compound came out otherwise, in the order in which causes are told.

``boundary``: it is new, gone, drawn otherwise, or lies in another grid or community. ``rules``: a rule that was tried
for it, a threshold, or what counts has changed. ``settings``: the date of the data, or what the project declares
complete. ``links``: a row that stands in both runs names it in one of them only. ``data``: a row about it says
something else, is new or gone. ``version``: another gridkit. ``elsewhere``: nothing of this; rows about other places
have changed.
"""


def _none(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})


@dataclass(frozen=True)
class RunDiff:
    """Two runs compared: one table per kind of difference, each empty where nothing differs.

    ``inputs``: files and sheets, ``change`` is ``new``, ``gone`` or ``changed``, with their hashes. ``settings``: parts
    ``settings``, ``rules``, ``versions``, ``outputs``. ``rows``: records per kind, and how many contents are gone and
    new. ``indicators``: of the city, its classes and its streets. ``claims``: with another verdict, new or gone.
    ``compounds``: with another status or another answer (``field``), with ``causes`` (tuple, in the order of
    ``CAUSES``) and the rows behind them (tuples). ``findings``: how often each rule was broken. ``notes`` say what
    could not be compared, as message ids.

    Examples
    --------
    >>> RunDiff("a", "b").same
    True
    """

    a: str
    b: str
    inputs: pd.DataFrame = field(default_factory=lambda: _none(INPUT_COLUMNS))
    settings: pd.DataFrame = field(default_factory=lambda: _none(SETTING_COLUMNS))
    rows: pd.DataFrame = field(default_factory=lambda: _none(ROW_COLUMNS))
    indicators: pd.DataFrame = field(default_factory=lambda: _none(INDICATOR_CHANGE_COLUMNS))
    claims: pd.DataFrame = field(default_factory=lambda: _none(CLAIM_CHANGE_COLUMNS))
    compounds: pd.DataFrame = field(default_factory=lambda: _none(COMPOUND_CHANGE_COLUMNS))
    findings: pd.DataFrame = field(default_factory=lambda: _none(FINDING_CHANGE_COLUMNS))
    notes: tuple[str, ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        return {one.name: table for one in fields(self) if isinstance(table := getattr(self, one.name), pd.DataFrame)}

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(table.empty for table in self.tables().values())
