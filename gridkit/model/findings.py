"""One table of findings: a rule code, a subject, the values, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEVERITIES = ("error", "warning", "notice")
FINDING_COLUMNS = ("code", "severity", "subject", "params", "refs", "lon", "lat")


@dataclass(frozen=True)
class Findings:
    """Findings of one or more rooms.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``code`` (``C101``), ``severity``, ``subject`` (feature code or row id), ``params`` (dict of plain
        values that the rule's sentence names), ``refs`` (tuple of cells), ``lon``, ``lat`` (EPSG:4490 degrees, NaN
        where there is no place); sorted by code, subject, refs.
    """

    frame: pd.DataFrame

    @classmethod
    def none(cls) -> Findings:
        """Return an empty table."""
        return cls.of([])

    @classmethod
    def of(cls, rows: Iterable[dict[str, Any]]) -> Findings:
        """Return findings from row dictionaries; missing columns are filled."""
        base = {
            "severity": "warning",
            "subject": "",
            "params": {},
            "refs": (),
            "lon": float("nan"),
            "lat": float("nan"),
        }
        records = sorted(
            ({**base, **row} for row in rows),
            key=lambda row: (row["code"], str(row["subject"]), row["refs"], sorted(map(str, row["params"].items()))),
        )
        return cls(pd.DataFrame(records, columns=list(FINDING_COLUMNS)))

    @classmethod
    def concat(cls, parts: Iterable[Findings]) -> Findings:
        """Return all findings of ``parts`` in one sorted table."""
        return cls.of(row for part in parts for row in part.rows())

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one dictionary per finding."""
        yield from self.frame.to_dict("records")

    def with_code(self, code: str) -> pd.DataFrame:
        """Return the rows of one rule code."""
        return self.frame[self.frame["code"] == code]

    def counts(self) -> dict[str, int]:
        """Return the number of findings by rule code, sorted by code."""
        return {str(code): int(n) for code, n in self.frame["code"].value_counts().sort_index().items()}

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        by = self.frame["severity"].value_counts()
        return f"<Findings: {len(self)}; " + ", ".join(f"{int(by.get(s, 0))} {s}" for s in SEVERITIES) + ">"
