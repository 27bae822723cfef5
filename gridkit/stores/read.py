"""Reading one compound back from a run folder: why it is covered or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from gridkit.errors import UsageError
from gridkit.locale import N_
from gridkit.stores.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

_CLOSE = 5


def _rows(run_dir: Path, table: str, filters: list[tuple[str, str, object]]) -> list[dict[str, Any]]:
    return pq.read_table(run_dir / "tables" / f"{table}.parquet", filters=filters).to_pylist()


def _code(run_dir: Path, compound: str) -> str:
    """Return the code of the compound with this code or name."""
    known = pq.read_table(run_dir / "tables" / "compounds.parquet", columns=["code", "name", "community"])
    codes, names = known["code"].to_pylist(), known["name"].to_pylist()
    if compound in codes:
        return compound
    named = [code for code, name in zip(codes, names, strict=True) if name == compound]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError(
            N_("{n} compounds are called {name}: {codes}"),
            remedy=N_("name one by its code"),
            n=len(named),
            name=compound,
            codes=", ".join(named[:20]),
        )
    labels = sorted({f"{code} {name}".strip() for code, name in zip(codes, names, strict=True)})
    close = [label for label, _score, _at in process.extract(compound, labels, scorer=fuzz.WRatio, limit=_CLOSE)]
    raise UsageError(
        N_("the run has no compound {name}; there are, among others: {close}"),
        name=compound,
        close=", ".join(close) or "-",
    )


def read_compound(run_dir: Path, compound: str) -> dict[str, Any]:
    """Return everything a run folder knows of one compound.

    Parameters
    ----------
    run_dir : pathlib.Path
        A folder written by :func:`gridkit.stores.write_run`.
    compound : str
        Its code, or its name where only one compound has it.

    Returns
    -------
    dict
        ``compound`` (its row: place, status, rule, records, cells, attributes), ``trace`` (rows: every rule in the
        order of trial), ``findings`` (rows about it or about the records that cover it, ``params`` as a dictionary),
        ``links`` (rows: every mention of it in a registry, accepted or not).

    Raises
    ------
    gridkit.errors.UsageError
        No run folder, no such compound, or a name that several compounds have.
    """
    read_manifest(run_dir)
    try:
        code = _code(run_dir, compound)
        row = _rows(run_dir, "compounds", [("code", "=", code)])[0]
        trace = _rows(run_dir, "trace", [("compound", "=", code)])
        findings = _rows(run_dir, "findings", [("subject", "in", [code, *row["via"], *row["open_via"]])])
        links = _rows(run_dir, "links", [("code", "=", code), ("level", "=", "compound")])
    except (OSError, pa.ArrowException) as problem:
        raise UsageError(
            N_("the tables of this run cannot be read"), place=str(run_dir), remedy=N_("run gridkit audit again")
        ) from problem
    for finding in findings:
        finding["params"] = json.loads(finding["params"])
    return {"compound": row, "trace": trace, "findings": findings, "links": links}
