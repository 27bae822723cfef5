"""What an audit proves, as plain values for other programs: what ``audit.json`` has beside figures and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.model.proof import BRIDGE_COLUMNS, LEAGUE_COLUMNS, MATRIX_COLUMNS, SHADES
from gridkit.reports import proof, proof_words
from gridkit.reports.values import plain, texts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from gridkit.model import Run

_WHOLE = frozenset(
    {"numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high", "rank_first", "rank_last",
     "to_move_up", "amount", "things"}
)  # fmt: skip


def proved(run: Run) -> dict[str, Any]:
    """Return the sections of the document that say what is proved; lists may be iterators."""
    result = run.result
    counts = proof.shade_counts(run)
    allowance = result.allowance
    return {
        "allowance": {
            "rate": plain(float(allowance.rate)),
            "confidence": plain(float(allowance.confidence)),
            "sampled": int(allowance.sampled),
            "wrong": int(allowance.wrong),
        },
        "matrix": _records(result.matrix, MATRIX_COLUMNS),
        "tricks": _tricks(result.tricks),
        "shades": {name: counts.get(name) for name in SHADES},
        "bounds": {name: int(result.bounds[name]) for name in sorted(result.bounds)},
        "league": _records(result.league, LEAGUE_COLUMNS),
        "differences": _differences(result.differences),
        "bridges": _records(result.bridges, BRIDGE_COLUMNS),
    }


def _records(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a frame as dictionaries of plain values."""
    values = {name: _plain(name, frame[name]) for name in columns}
    for row in zip(*values.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def _plain(name: str, column: pd.Series) -> list[Any]:
    if name in _WHOLE:
        return whole(column)
    if name in ("low", "high"):
        return [plain(float(value)) for value in column]
    return [bool(value) for value in column] if name == "ranked" else texts(column)


def _tricks(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the tricks with the numbers of rows and compounds; which they are is in the tables of the run folder."""
    return [
        {
            "code": str(row.code), "title": proof_words.trick_title(row.code), "findings": int(row.findings),
            "rows": len(row.records), "compounds": len(row.compounds), "numerator": int(row.numerator),
            "without": int(row.without), "denominator": int(row.denominator),
        }
        for row in frame.itertuples(index=False)
    ]  # fmt: skip


def _differences(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many differences of each kind there are between two tellings."""
    counts: dict[tuple[str, str], int] = {}
    for key in zip(texts(frame["name"]), texts(frame["kind"]), strict=True):
        counts[key] = counts.get(key, 0) + 1
    return [{"name": name, "kind": kind, "count": count} for (name, kind), count in sorted(counts.items())]
