"""Two run folders compared: inputs, settings, rows, indicators, claims, compounds, and why the last ones differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gridkit.errors import UsageError
from gridkit.locale import N_
from gridkit.model.changes import (
    CLAIM_CHANGE_COLUMNS,
    COMPOUND_CHANGE_COLUMNS,
    FINDING_CHANGE_COLUMNS,
    INDICATOR_CHANGE_COLUMNS,
    INPUT_COLUMNS,
    ROW_COLUMNS,
    SETTING_COLUMNS,
    RunDiff,
)
from gridkit.stores.causes import Causes, Tables
from gridkit.stores.flat import flat
from gridkit.stores.manifest import read_manifest
from gridkit.stores.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SCOPES: Final = ("city", "class", "street")
"""Indicators are compared for these."""
ANSWERS: Final = ("status", "organisation", "work", "valid")
NUMBERS: Final = ("numerator", "denominator", "unknown")
OLD_RUN: Final = N_(
    "a run was written by an older gridkit and does not say what each row holds: causes go by files, not by rows"
)
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "compounds": ("code", "name", "street", "community", "grid", *ANSWERS, "rule", "via", "open_via"),
    "links": ("record", "field", "mention", "level", "code", "accepted"),
    "trace": ("compound", "rule"),
    "indicators": ("id", "scope_level", "scope", "basis", *NUMBERS, "low", "high"),
    "claims": ("text", "indicator", "scope", "basis", "verdict", "low", "high"),
    "findings": ("code",),
}


def diff_runs(a: Path, b: Path) -> RunDiff:
    """Return what differs between two run folders.

    Parameters
    ----------
    a, b : pathlib.Path
        Run folders, the earlier one first.

    Raises
    ------
    gridkit.errors.UsageError
        One of them is no run folder, or cannot be read.
    """
    manifests = read_manifest(a), read_manifest(b)
    old, new = ({name: _table(run, name) for name in _NEEDED} for run in (a, b))
    rows = [_rows(run) for run in (a, b)]
    notes = (OLD_RUN,) if any(table is None for table in rows) else ()
    contents = [table if table is not None else pd.DataFrame(columns=list(COLUMNS)) for table in rows]
    if notes:
        contents = [table.iloc[:0] for table in contents]
    tables = [
        Tables(manifest, one["compounds"], one["links"], one["trace"], content)
        for manifest, one, content in zip(manifests, (old, new), contents, strict=True)
    ]
    found = RunDiff(
        a.name,
        b.name,
        inputs=_inputs(*manifests),
        settings=_settings(*manifests),
        rows=_row_counts(*contents),
        indicators=_indicators(old["indicators"], new["indicators"]),
        claims=_claims(old["claims"], new["claims"]),
        compounds=_compounds(*tables),
        findings=_findings(old["findings"], new["findings"]),
        notes=notes,
    )
    return found if not found.same else RunDiff(a.name, b.name, settings=_outputs(*manifests), notes=notes)


def _table(run: Path, name: str) -> pd.DataFrame:
    try:
        table = pq.read_table(run / "tables" / f"{name}.parquet", columns=list(_NEEDED[name]))
    except (OSError, pa.ArrowException, KeyError) as problem:
        raise _unreadable(run) from problem
    if table.column_names != list(_NEEDED[name]):
        raise _unreadable(run)
    return pd.DataFrame(table.to_pydict(), columns=list(_NEEDED[name]))


def _unreadable(run: Path) -> UsageError:
    return UsageError(N_("the tables of this run cannot be read"), place=str(run), remedy=N_("run gridkit audit again"))


def _rows(run: Path) -> pd.DataFrame | None:
    """Return what each row of a run holds; None for a run of an older gridkit."""
    file = run / "tables" / "rows.parquet"
    if not file.exists():
        return None
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as problem:
        raise _unreadable(run) from problem
    if table.column_names != list(COLUMNS):
        raise _unreadable(run)
    return pd.DataFrame(table.to_pydict(), columns=list(COLUMNS))


def _frame(rows: Sequence[Mapping[str, Any]] | Sequence[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def _inputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    sides = [
        {
            (f"{row['path']}!{row['sheet']}" if row["sheet"] else row["path"], row["kind"]): row["sha256"]
            for row in one["inputs"]
        }
        for one in (before, after)
    ]
    return _frame([(*key, *change) for key, change in _changes(*sides)], INPUT_COLUMNS)


def _changes(before: Mapping[Any, str], after: Mapping[Any, str]) -> Iterator[tuple[Any, tuple[str, str, str]]]:
    for key in sorted({*before, *after}):
        if key not in after:
            yield key, ("gone", before[key], "")
        elif key not in before:
            yield key, ("new", "", after[key])
        elif before[key] != after[key]:
            yield key, ("changed", before[key], after[key])


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    parts = [
        {(part, key): said for part in ("settings", "rules", "versions") for key, said in flat(one[part])}
        | {("settings", name): str(one.get(name) or "") for name in ("city", "language")}
        for one in (before, after)
    ]
    return _frame([(*key, old, new) for key, (_, old, new) in _changes(*parts)], SETTING_COLUMNS)


def _outputs(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    """Return the files that differ although nothing behind them does."""
    sides = [{("outputs", name): entry["sha256"] for name, entry in one["outputs"].items()} for one in (before, after)]
    return _frame([(*key, old, new) for key, (_, old, new) in _changes(*sides)], SETTING_COLUMNS)


def _row_counts(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return, per kind, how many rows say something that the other run does not hold."""
    sides = [Counter(zip(one["kind"], one["content"], strict=True)) for one in (before, after)]
    found = []
    for kind in sorted({kind for side in sides for kind, _ in side}):
        some = [Counter({text: n for (of, text), n in side.items() if of == kind}) for side in sides]
        gone, new = (some[0] - some[1]).total(), (some[1] - some[0]).total()
        if gone or new:
            found.append((kind, some[0].total(), some[1].total(), gone, new))
    return _frame(found, ROW_COLUMNS)


def _indicators(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    key = ("id", "scope_level", "scope", "basis")
    sides = [_by(one[one["scope_level"].isin(SCOPES)], key, NUMBERS) for one in (before, after)]
    nothing = (None,) * len(NUMBERS)
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    keys.sort(key=lambda one: (one[0], SCOPES.index(one[1]), one[2], one[3]))
    rows = [(*one, *sides[0].get(one, nothing), *sides[1].get(one, nothing)) for one in keys]
    width = len(key)
    return _frame([row for row in rows if row[width : width + 3] != row[width + 3 :]], INDICATOR_CHANGE_COLUMNS)


def _by(frame: pd.DataFrame, key: Sequence[str], values: Sequence[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    keys = zip(*(frame[name] for name in key), strict=True)
    said = zip(*(frame[name] for name in values), strict=True)
    return dict(zip(keys, said, strict=True))


def _claims(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    key, values = ("text", "indicator", "scope", "basis"), ("verdict", "low", "high")
    sides = [_by(_numbered(one, key), (*key, "number"), values) for one in (before, after)]
    nothing = ("", None, None)
    found = []
    for one in dict.fromkeys([*sides[0], *sides[1]]):
        old, new = sides[0].get(one, nothing), sides[1].get(one, nothing)
        if old[0] != new[0]:
            found.append((*one[:-1], old[0], new[0], _interval(old), _interval(new)))
    return _frame(found, CLAIM_CHANGE_COLUMNS)


def _numbered(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Number the claims that say the same, so that none hides another."""
    return frame.assign(number=frame.groupby(list(key), dropna=False).cumcount() if len(frame) else [])


def _interval(claim: tuple[Any, ...]) -> tuple[float, ...]:
    return tuple(float(value) for value in claim[1:] if value is not None and not pd.isna(value))


def _compounds(before: Tables, after: Tables) -> pd.DataFrame:
    causes = Causes(before, after)
    one, other = causes.before.compounds, causes.after.compounds
    found = []
    for code in sorted({*one, *other}):
        old, new = one.get(code), other.get(code)
        fields = [name for name in ANSWERS if (old or {}).get(name) != (new or {}).get(name)]
        if fields:
            why, gone, come = causes.of(code)
            name = str((new or old or {}).get("name") or "")
            status = [str((row or {}).get("status") or "") for row in (old, new)]
            found.append((code, name, *status, ",".join(fields), why, gone, come))
    return _frame(found, COMPOUND_CHANGE_COLUMNS)


def _findings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    counts = [Counter(one["code"]) for one in (before, after)]
    codes = sorted({*counts[0], *counts[1]})
    rows = [(code, counts[0][code], counts[1][code]) for code in codes]
    return _frame([row for row in rows if row[1] != row[2]], FINDING_CHANGE_COLUMNS)
