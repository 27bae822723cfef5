"""``tables/*.parquet``: every value of a run with all its ids, for programs and for ``gridkit explain``."""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gridkit.model.city import REMARK_COLUMNS
from gridkit.model.fields import COMPOUND, LAYER_FIELDS
from gridkit.model.proof import (
    BRIDGE_COLUMNS,
    DIFFERENCE_COLUMNS,
    EVALUATING_COLUMNS,
    LEAGUE_COLUMNS,
    MATRIX_COLUMNS,
    TRICK_COLUMNS,
)
from gridkit.model.results import CLAIM_COLUMNS, INDICATOR_COLUMNS, LINK_COLUMNS
from gridkit.stores.digest import canonical
from gridkit.stores.rows import COLUMNS, content_rows
from gridkit.writing import unwritable, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gridkit.model import Linked, Run

TEXT, TEXTS, WHOLE, REAL, FLAG = pa.string(), pa.list_(pa.string()), pa.int64(), pa.float64(), pa.bool_()
ALLOWANCE: Final = ("allowance_low", "allowance_high")
GROUP: Final = 100_000
"""Rows of one row group: as much of a table lies in memory at a time."""
PRIVATE: Final = ("address", "ineligible_reason")
"""Fields of a compound that no run folder repeats: free text that may speak of persons."""
JSON: Final = "json"
"""A column of dictionaries, kept as canonical JSON text."""

Schema = dict[str, Any]
_FIELD_TYPES: Final = {"count": WHOLE, "number": REAL}


def _clean(text: object) -> str:
    """Return a text that UTF-8 can hold (a lone surrogate from a broken file cannot)."""
    return str(text).encode("utf-8", "replace").decode()


def _none(value: object) -> bool:
    return value is None or (not isinstance(value, (list, tuple, dict)) and bool(pd.isna(value)))


def _careful(values: Iterable[Any], kind: Any) -> pa.Array:
    """Return an array of what the library does not take as it is: lone surrogates, values of mixed types."""
    if kind == TEXT:
        return pa.array(["" if _none(value) else _clean(value) for value in values], TEXT)
    if kind == TEXTS:
        return pa.array([[_clean(item) for item in value] for value in values], TEXTS)
    cast = {WHOLE: int, REAL: float, FLAG: bool}[kind]
    return pa.array([None if _none(value) else cast(value) for value in values], kind)


def _array(column: pd.Series, kind: Any) -> pa.Array:
    if kind == JSON:
        # Rows that share a dictionary share its text.
        values = column.tolist()
        said = {at: canonical(value) for at, value in {id(value): value for value in values}.items()}
        return pa.array([said[id(value)] for value in values], TEXT)
    try:
        found = pa.array(column, kind, from_pandas=True)
    except (pa.ArrowException, UnicodeEncodeError, TypeError, ValueError):
        return _careful(column.tolist(), kind)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return found.cast(TEXT).fill_null("") if kind == TEXT else found


def arrow(frame: pd.DataFrame, schema: Schema, order: np.ndarray[Any, Any] | None = None) -> Iterator[pa.Table]:
    """Yield the columns of ``schema`` as Arrow tables of ``GROUP`` rows, without metadata of the library.

    ``order`` gives the positions of the rows; it spares a sorted copy of a large frame. A frame without rows is one
    table without rows.
    """
    for first in range(0, max(len(frame), 1), GROUP):
        here = slice(first, first + GROUP)
        part = frame.iloc[here] if order is None else frame.iloc[order[here]]
        yield pa.table([_array(part[name], kind) for name, kind in schema.items()], names=list(schema))


def compounds(run: Run) -> Iterator[pa.Table]:
    """Return one row per compound: place, coverage, and all attributes, sorted by code."""
    cover = run.coverage.frame.rename_axis("code")
    place = run.places.frame.reindex(cover.index).rename(columns={"method": "place_method", "share": "place_share"})
    fields = {name: kind for name, kind in LAYER_FIELDS[COMPOUND].items() if name not in PRIVATE}
    frame = pd.concat([run.attributes.frame.reindex(cover.index)[list(fields)], place, cover], axis=1)
    schema: Schema = {
        "code": TEXT, "name": TEXT, "street": TEXT, "community": TEXT, "grid": TEXT, "place_method": TEXT,
        "place_share": REAL, "status": TEXT, "organisation": TEXT, "work": TEXT, "valid": TEXT, "rule": TEXT,
        "via": TEXTS, "open_via": TEXTS, "flags": TEXTS, "refs": TEXTS,
    }  # fmt: skip
    schema |= {name: _FIELD_TYPES.get(kind, TEXT) for name, kind in fields.items() if name not in schema}
    return arrow(frame.reset_index().sort_values("code", kind="stable"), schema)


def trace(run: Run) -> Iterator[pa.Table]:
    """Return every rule that was tried for every compound, in the order of trial."""
    frame = run.coverage.trace
    order = np.argsort(pd.factorize(frame["compound"], sort=True)[0], kind="stable")
    schema: Schema = {"compound": TEXT, "rule": TEXT, "held": FLAG, "via": TEXTS}
    if "open_via" in frame:
        schema["open_via"] = TEXTS
    return arrow(frame, schema, order)


def links(run: Run | Linked) -> Iterator[pa.Table]:
    """Return every mention with all its candidates."""
    kinds: Schema = {"position": WHOLE, "score": REAL, "margin": REAL, "rank": WHOLE, "accepted": FLAG, "reason": JSON}
    frame = run.links.frame
    # By whole numbers: to sort five columns of text takes three times as long.
    keys = [pd.factorize(frame[name], sort=True)[0] for name in ("record", "field", "position", "rank", "code")]
    return arrow(frame, {name: kinds.get(name, TEXT) for name in LINK_COLUMNS}, np.lexsort(keys[::-1]))


def write_links(linked: Linked, path: Path) -> None:
    """Write every mention with all its candidates as one Parquet file.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole(path, also=(pa.ArrowException,)) as draft:
        _write_table(links(linked), draft)


def indicators(run: Run) -> Iterator[pa.Table]:
    """Return every indicator with the ids behind each of its numbers."""
    whole = ("numerator", "denominator", "excluded", "unknown", *ALLOWANCE)
    kinds: Schema = {**dict.fromkeys(whole, WHOLE), "low": REAL, "high": REAL, "details": JSON}
    kinds |= {f"{name}_ids": TEXTS for name in ("numerator", "unknown", "missing", "excluded")}
    return arrow(run.indicators.frame, {name: kinds.get(name, TEXT) for name in INDICATOR_COLUMNS})


def claims(run: Run) -> Iterator[pa.Table]:
    """Return every claim with the ids that decide it."""
    kinds: Schema = {
        "numerator": WHOLE,
        "denominator": WHOLE,
        "low": REAL,
        "high": REAL,
        "figure": REAL,
        "upper": REAL,
        "ids": TEXTS,
        "upheld_under": TEXTS,
        "because": JSON,
    }
    return arrow(run.claims, {name: kinds.get(name, TEXT) for name in CLAIM_COLUMNS})


def findings(run: Run) -> Iterator[pa.Table]:
    """Return every finding: code, severity, subject, values of its sentence, cells, place."""
    schema = {"code": TEXT, "severity": TEXT, "subject": TEXT, "params": JSON, "refs": TEXTS, "lon": REAL, "lat": REAL}
    return arrow(run.findings.frame, schema)


def league(run: Run) -> Iterator[pa.Table]:
    """Return streets and communities by valid organisation coverage, with the ranks that are possible."""
    counts = ("numerator", "denominator", "unknown", "rank_first", "rank_last", "to_move_up", *ALLOWANCE)
    kinds: Schema = {**dict.fromkeys(counts, WHOLE), "low": REAL, "high": REAL, "ranked": FLAG}
    return arrow(run.result.league, {name: kinds.get(name, TEXT) for name in LEAGUE_COLUMNS})


def evaluating(run: Run) -> Iterator[pa.Table]:
    """Return every unit with the streets that evaluate it, and the pairings that say so."""
    kinds: Schema = {"via": TEXTS, "targets": TEXTS}
    return arrow(run.result.evaluating, {name: kinds.get(name, TEXT) for name in EVALUATING_COLUMNS})


def tricks(run: Run) -> Iterator[pa.Table]:
    """Return what is left of the declared figure without the rows of each trick; the row without a code is all of them.

    ``findings`` counts them; ``compounds`` are those whose declared coverage rests only on the rows ``records``.
    """
    whole = ("findings", "numerator", "without", "denominator")
    kinds: Schema = {"records": TEXTS, "compounds": TEXTS, **dict.fromkeys(whole, WHOLE)}
    return arrow(run.result.tricks, {name: kinds.get(name, TEXT) for name in TRICK_COLUMNS})


def shades(run: Run) -> Iterator[pa.Table]:
    """Return per compound whether it is covered, possibly covered, or confirmed to be uncovered, and why."""
    frame = run.result.shades.rename_axis("code").reset_index().sort_values("code", kind="stable")
    return arrow(frame, {"code": TEXT, "shade": TEXT, "because": JSON})


def plan(run: Run) -> Iterator[pa.Table]:
    """Return what would make the claim of full coverage true."""
    schema: Schema = {"kind": TEXT, "community": TEXT, "compounds": TEXTS, "members": WHOLE, "because": JSON}
    return arrow(run.result.plan, schema)


def set_aside(run: Run) -> Iterator[pa.Table]:
    """Return every row that was read and not used."""
    frame = run.city.set_aside.sort_values(["src", "row", "reason"], kind="stable")
    return arrow(frame, {"src": TEXT, "row": WHOLE, "reason": TEXT, "subject": TEXT})


def remarks(run: Run) -> Iterator[pa.Table]:
    """Return what cells say beside their values: about, at least, masked, none, undecided."""
    frame = run.city.remarks.sort_values(list(REMARK_COLUMNS), kind="stable")
    return arrow(frame, dict.fromkeys(REMARK_COLUMNS, TEXT))


def sources(run: Run) -> Iterator[pa.Table]:
    """Return every table or layer that was read, with its hash, its row balance, and where each field came from."""
    schema: Schema = {
        "path": TEXT, "sheet": TEXT, "kind": TEXT, "sha256": TEXT, "encoding": TEXT, "crs_stated": TEXT,
        "crs_used": TEXT, "rows_in": WHOLE, "kept": WHOLE, "set_aside": WHOLE, "complete": FLAG, "scope": TEXT,
        "columns": JSON, "headers": JSON, "stated": JSON,
    }  # fmt: skip
    rows = sorted(run.city.sources, key=lambda source: (source.kind, source.name))
    plain = [{name: getattr(source, name) for name in schema} for source in rows]
    mappings = ("columns", "headers", "stated")
    records = [{**row, **{name: dict(row[name]) for name in mappings}} for row in plain]
    return arrow(pd.DataFrame(records, columns=list(schema)), schema)


def rows(run: Run) -> Iterator[pa.Table]:
    """Return every row that was read, as a hash of what it says; see :mod:`gridkit.stores.rows`."""
    return arrow(content_rows(run.city), {**dict.fromkeys(COLUMNS, TEXT), "x": REAL, "y": REAL, "area_m2": REAL})


def matrix(run: Run) -> Iterator[pa.Table]:
    """Return every cell of the definition matrix, with its whole numbers and its interval."""
    counts = ("numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high")
    kinds: Schema = {**dict.fromkeys(counts, WHOLE), "low": REAL, "high": REAL}
    return arrow(run.result.matrix, {name: kinds.get(name, TEXT) for name in MATRIX_COLUMNS})


def definitions(run: Run) -> Iterator[pa.Table]:
    """Return the answer of every compound and grid to every definition, from which each cell of the matrix follows."""
    parts = {subject: run.result.definitions.get(subject, pd.DataFrame()) for subject in ("compound", "grid")}
    names = sorted({name for part in parts.values() for name in part.columns})
    kinds: Schema = {name: WHOLE if name.startswith("weight.") else TEXT for name in names}
    frames = [part.rename_axis("code").reset_index().assign(subject=subject) for subject, part in parts.items()]
    frame = pd.concat(frames, ignore_index=True)
    return arrow(frame.reindex(columns=["subject", "code", *names]), {"subject": TEXT, "code": TEXT, **kinds})


def mentions(run: Run) -> Iterator[pa.Table]:
    """Return the mentions that name nothing known, per definition that they may add to."""
    schema: Schema = dict.fromkeys(("subject", "numerator", "record", "community"), TEXT)
    frame = run.result.definitions.get("mentions", pd.DataFrame(columns=list(schema), dtype="object"))
    return arrow(frame, schema)


def differences(run: Run) -> Iterator[pa.Table]:
    """Return what two tellings of a figure differ in, with the rows of both."""
    kinds: Schema = {"a_records": TEXTS, "b_records": TEXTS}
    return arrow(run.result.differences, {name: kinds.get(name, TEXT) for name in DIFFERENCE_COLUMNS})


def bridges(run: Run) -> Iterator[pa.Table]:
    """Return the ways from one telling of a figure to the other."""
    kinds: Schema = {"amount": WHOLE, "things": WHOLE}
    return arrow(run.result.bridges, {name: kinds.get(name, TEXT) for name in BRIDGE_COLUMNS})


TABLES: Final[Mapping[str, Callable[[Run], Iterator[pa.Table]]]] = {
    "bridges": bridges,
    "claims": claims,
    "compounds": compounds,
    "definitions": definitions,
    "differences": differences,
    "evaluating": evaluating,
    "findings": findings,
    "indicators": indicators,
    "league": league,
    "links": links,
    "matrix": matrix,
    "mentions": mentions,
    "plan": plan,
    "remarks": remarks,
    "rows": rows,
    "set_aside": set_aside,
    "shades": shades,
    "sources": sources,
    "trace": trace,
    "tricks": tricks,
}
"""What ``tables/`` holds: name -> function of the run."""


def write_tables(run: Run, folder: Path) -> None:
    """Write all tables of a run as Parquet files into ``folder``, which is made where it does not exist.

    All of them are written beside it first: the folder has every table or, where it did not exist, is not there.

    Raises
    ------
    gridkit.errors.OutputError
        The tables cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=folder.parent) as beside:
            drafts = {name: Path(beside) / f"{name}.parquet" for name in TABLES}
            for name, make in TABLES.items():
                _write_table(make(run), drafts[name])
            folder.mkdir(exist_ok=True)
            for draft in drafts.values():
                draft.replace(folder / draft.name)
    except (OSError, pa.ArrowException) as problem:
        raise unwritable(folder, problem) from problem


def _write_table(parts: Iterator[pa.Table], path: Path) -> None:
    first = next(parts)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        for part in chain([first], parts):
            writer.write_table(part)
