"""The ids behind the definition matrix, the tricks and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from gridkit.audit.scopes import Scopes
from gridkit.model.fields import NO, UNKNOWN, YES
from gridkit.reports.traced import Traced

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model import Run

_ONE_EACH: Final = ("compounds", "grids")


def matrix_traced(run: Run, row: pd.Series, part: str) -> Traced:
    """Return what stands behind one part of a row of the matrix.

    Raises
    ------
    KeyError
        There is no such part, or no such definition.
    """
    frame = run.result.definitions[str(row["subject"])]
    inside = _within(run, frame.index, row)
    above, below = (
        frame[f"{kind}.{row[f'{kind}_id']}"].to_numpy(dtype=object) for kind in ("numerator", "denominator")
    )
    counts = inside & (below == YES)
    masks = {
        "numerator": counts & (above == YES),
        "unknown": counts & (above == UNKNOWN),
        "missing": counts & (above == NO),
        "denominator": counts,
        "excluded": inside & (below != YES),
    }
    ids = tuple(frame.index[masks[part]].tolist())
    figure = int(row["denominator"] - row["numerator"] - row["unknown"] if part == "missing" else row[part])
    weight = "" if row["weight"] in _ONE_EACH or part == "excluded" else _weight(row)
    where = "; ".join(f"{name} = {row[name]}" for name in ("scope", "numerator_id", "denominator_id", "weight"))
    return Traced(figure, ids, weight, table="matrix", where=where)


def _weight(row: pd.Series) -> str:
    return str(row["weight"]) if row["subject"] == "compound" else f"grid.{row['weight']}"


def _within(run: Run, index: pd.Index, row: pd.Series) -> np.ndarray:
    """Return which things of ``index`` lie in the scope of a row."""
    if row["scope_level"] == "city":
        return np.ones(len(index), dtype=bool)
    scopes = Scopes(run.city, run.places)
    items = scopes.compounds if row["subject"] == "compound" else scopes.grids()
    where = items.frame[str(row["scope_level"])].reindex(index)
    return (where == row["scope"]).to_numpy(dtype=bool)


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
        ids = tuple(f"{code}#{at}" for at in range(int(row["findings"])))
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
