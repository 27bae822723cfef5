"""The ids behind the definition matrix, the tricks and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gridkit.model.fields import NO, YES
from gridkit.reports.traced import Traced
from gridkit.reports.trail_weights import MATRIX, weigh

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model import Run

_ONE_EACH: Final = ("compounds", "grids")


def matrix_traced(run: Run, row: pd.Series, part: str) -> Traced:
    """Return what stands behind one part of a row of the matrix.

    What may or may not belong to the denominator stays in it and is unknown; what lacks the weight is left out.

    Raises
    ------
    KeyError
        There is no such part, or no such definition.
    """
    subject, weight = str(row["subject"]), str(row["weight"])
    frame = run.result.definitions[subject]
    above, below = (
        frame[f"{kind}.{row[f'{kind}_id']}"].to_numpy(dtype=object) for kind in ("numerator", "denominator")
    )
    here = _within(frame, row)
    known = frame[f"weight.{weight}"].notna().to_numpy(dtype=bool) if f"weight.{weight}" in frame else here | True
    counts = here & known & (below != NO)
    held, lacking = counts & (below == YES) & (above == YES), counts & (below == YES) & (above == NO)
    masks = {
        "numerator": held, "missing": lacking, "unknown": counts & ~held & ~lacking, "denominator": counts,
        "excluded": here & ~counts,
    }  # fmt: skip
    ids = tuple(frame.index[masks[part]].tolist())
    name = "" if weight in _ONE_EACH or part == "excluded" else f"{MATRIX}.{subject}.{weight}"
    weighed = weigh(run, name, ids)
    figure = weighed if part == "missing" else int(row[part])
    records = _mentions(run, row) if part == "unknown" and figure != weighed else ()
    where = "; ".join(f"{name} = {row[name]}" for name in ("scope", "numerator_id", "denominator_id", "weight"))
    return Traced(figure, ids, name, figure - weighed, records, table="matrix", where=where)


def _within(frame: pd.DataFrame, row: pd.Series) -> np.ndarray:
    """Return which things lie in the scope of a row."""
    if row["scope_level"] == "city":
        return np.ones(len(frame), dtype=bool)
    return (frame[f"scope.{row['scope_level']}"] == row["scope"]).to_numpy(dtype=bool)


def _mentions(run: Run, row: pd.Series) -> tuple[str, ...]:
    """Return the rows whose names match nothing and may mean one more."""
    frame = run.result.definitions.get("mentions")
    if frame is None:
        return ()
    rows = frame[(frame["subject"] == row["subject"]) & (frame["numerator"] == row["numerator_id"])]
    return tuple(sorted(set(rows["record"])))


def trick_traced(run: Run, code: str, part: str) -> Traced:
    """Return what stands behind one number of a trick.

    Raises
    ------
    KeyError
        There is no such trick or part.
    """
    frame = run.result.tricks
    row = frame.iloc[frame["code"].tolist().index(code)]
    where = f"code = {code}"
    if part == "findings":
        counts = run.findings.counts()
        # The row without a code speaks of all tricks together.
        codes = [code] if code else [name for name in frame["code"] if name]
        ids = tuple(f"{name}#{at}" for name in codes for at in range(counts.get(name, 0)))
        return Traced(int(row["findings"]), ids, table="findings", where=where)
    if part in ("records", "compounds"):
        return Traced(len(row[part]), tuple(row[part]), table="tricks", where=where)
    frame = run.coverage.frame
    declared = frame.index[(frame["organisation"] == YES).to_numpy()]
    ids = {
        "numerator": declared,
        "without": declared[~declared.isin(row["compounds"])],
        "denominator": frame.index,
    }[part]
    return Traced(int(row[part]), tuple(ids.tolist()), table="compounds", where="organisation = yes")


def plan_traced(run: Run, at: int) -> Traced:
    """Return the compounds of one step of the plan."""
    ids = tuple(run.result.plan["compounds"].iloc[at])
    return Traced(len(ids), ids, table="plan", where=f"row {at + 1}")
