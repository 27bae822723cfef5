"""Decisions of persons about links: what the linker is told, whatever the evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

KEY: Final = re.compile(r"[0-9a-f]{16}")
"""What a key looks like; see :func:`gridkit.linkage.key_of`."""

OVERRIDE_COLUMNS = (
    "key", "kind", "field", "mention", "parent", "decision", "target", "reason", "reviewer_role", "decided_on",
    "expires",
)  # fmt: skip
"""Columns of an overrides file; ``key``, ``decision``, ``target`` and ``expires`` decide, the others tell a reader."""
DECISIONS = ("link", "no_match", "split", "alias")
"""What can be decided: that is the one; it is none of them; those are the ones; it is another name of that one."""
KEPT_COLUMNS = ("key", "kind", "field", "mention", "decision", "target", "expires", "ref")
"""Columns of :attr:`Overrides.frame`: ``expires`` a date as text or ``""``, ``ref`` the row (``overrides.csv!12``)."""
DECISION_COLUMNS = (*KEPT_COLUMNS, "state", "mentions", "record")
"""What became of each decision: ``state`` is ``used``, ``gone`` (its target is not there), ``single`` (several targets
in a column that names one), ``unseen`` (no row says such a thing) or ``expired``; ``mentions`` counts the cells that
say it, ``record`` is the first of their rows."""


def targets_of(text: str) -> list[str]:
    """Return the targets that a decision names.

    >>> targets_of("a1; a2；a1")
    ['a1', 'a2']
    """
    parts = (part.strip() for part in text.replace("；", ";").split(";"))
    return list(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True)
class Overrides:
    """Decisions about mentions, by the key of what a row says, never by where it stands.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``KEPT_COLUMNS``, all text, sorted by key; one row per key (see :func:`gridkit.linkage.key_of`). What a reviewer
        wrote to explain a decision is not among them: it may name persons.
    digest : str
        sha256 over the files that they were read from, ``""`` for none.

    Examples
    --------
    >>> Overrides()
    <Overrides: 0 decisions>
    """

    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(KEPT_COLUMNS), dtype="object"))
    digest: str = ""

    def __post_init__(self) -> None:
        lacking = [name for name in KEPT_COLUMNS if name not in self.frame.columns]
        if lacking:
            raise ValueError(f"overrides lack {lacking}")
        if self.frame["key"].duplicated().any():
            raise ValueError("overrides: several decisions for one key")

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        by = ", ".join(f"{n} {name}" for name in DECISIONS if (n := int((self.frame["decision"] == name).sum())))
        return f"<Overrides: {by or '0 decisions'}>"
