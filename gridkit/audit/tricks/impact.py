"""What is left of the declared figure without the rows of each trick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.audit.tricks.counted import carriers
from gridkit.model.fields import YES
from gridkit.model.proof import TRICK_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridkit.audit.tricks.trick import Trick
    from gridkit.model import Coverage
    from gridkit.rules.ruleset import RuleSet


def impact(tricks: Iterable[Trick], coverage: Coverage, *, ruleset: RuleSet) -> pd.DataFrame:
    """Return ``TRICK_COLUMNS``, one row per rule that found something, and one with the code ``""`` for all together.

    Parameters
    ----------
    tricks : iterable of Trick
        From :func:`gridkit.audit.tricks.search`.
    coverage : Coverage
        The numerator are its compounds with organisation coverage as declared, the denominator all of them.

    Returns
    -------
    pandas.DataFrame
        ``compounds`` are those whose declared organisation coverage rests only on the rows ``records``; ``without`` is
        the numerator less their number. A trick of the denominator (A106, A107), of pairs (A111) or of members (A109)
        takes no row away: its ``without`` is the numerator. Together, compounds whose rows are all told by some trick
        count once: ``without`` may then be less than the single rows suggest.
    """
    frame = coverage.frame
    declared = frozenset(frame.index[(frame["organisation"] == YES).to_numpy(bool)])
    carry = carriers(coverage, ruleset)
    carry = carry[carry["code"].isin(declared)]
    by_code: dict[str, list[Trick]] = {}
    for trick in tricks:
        by_code.setdefault(trick.code, []).append(trick)
    everything = [trick for found in by_code.values() for trick in found]
    parts: list[tuple[str, list[Trick]]] = sorted(by_code.items())
    if everything:
        parts.append(("", everything))
    rows: list[dict[str, Any]] = []
    for code, found in parts:
        records = frozenset(record for trick in found for record in trick.rows)
        flagged = carry["record"].isin(records).groupby(carry["code"]).all()
        lost = tuple(sorted(str(one) for one in flagged.index[flagged.to_numpy(bool)]))
        rows.append(
            {
                "code": code, "findings": len(found), "records": tuple(sorted(records)), "compounds": lost,
                "numerator": len(declared), "without": len(declared) - len(lost), "denominator": len(frame),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TRICK_COLUMNS))
