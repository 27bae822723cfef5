"""Samples for checks by persons, and the labels that come back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

LABEL_COLUMNS = ("key", "code", "label", "ref")
"""Columns of :attr:`Labels.frame`: key of the mention, code it was linked to, ``LINK_LABELS``, row of the file."""
UNANSWERED = "unanswered"
"""The label of what was drawn and not filled in: it may be anything."""
LINK_LABELS = ("right", "wrong", "unclear", UNANSWERED)
"""What a person can say of a link."""
SITE_COLUMNS = ("name", "street", "community", "status", "shade", "reason", "cells")
"""Columns of what is known of a compound that may be visited, indexed by its code; ``cells`` is a tuple."""
LINK_SAMPLE_COLUMNS = ("cell", "mention", "parent", "code", "name", "community", "method", "score")
"""Columns of a link that may be checked, indexed by the key of its mention."""


@dataclass(frozen=True)
class Sample:
    """What was drawn, and from what.

    ``rows``: the rows that were drawn, with ``stratum``; ``strata``: per stratum ``size`` and ``drawn``; ``by`` says
    what the strata are, ``seed`` how the draw can be repeated, ``run`` from which data it was drawn (a hash).
    """

    rows: pd.DataFrame
    strata: pd.DataFrame
    by: str
    seed: int
    run: str = ""

    @property
    def population(self) -> int:
        """How many could have been drawn."""
        return int(self.strata["size"].sum())

    def __repr__(self) -> str:
        return f"<Sample: {len(self.rows)} of {self.population} by {self.by}, seed {self.seed}>"


@dataclass(frozen=True)
class Labels:
    """What persons said of links that were drawn: ``frame`` (``LABEL_COLUMNS``), one row per key, sorted by key."""

    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LABEL_COLUMNS), dtype="object"))

    def __post_init__(self) -> None:
        if self.frame["key"].duplicated().any() or not set(self.frame["label"]) <= set(LINK_LABELS):
            raise ValueError("labels: several for one key, or unknown ones")

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        by = ", ".join(f"{n} {name}" for name in LINK_LABELS if (n := int((self.frame["label"] == name).sum())))
        return f"<Labels: {by or 'none'}>"
