"""Texts that a repair leaves: decisions as CSV, the log line by line, what undoes it, and the whole as JSON."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from typing import TYPE_CHECKING, Any, Final

from gridkit import locale
from gridkit.errors import InputError
from gridkit.io.gate import harmless
from gridkit.locale import N_
from gridkit.model.boundaries import LOG_COLUMNS, SHAPE_COLUMNS
from gridkit.reports import words
from gridkit.reports.boundary_rows import (
    borders_of,
    decision_rows,
    findings_said,
    level_name,
    looked_at,
    names_of,
    noise,
    summary,
)
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from gridkit.model.repairs import BoundaryPlan
    from gridkit.reports.boundary_rows import DecisionRow

SCHEMA: Final = "gridkit-repair/1"
"""Name and version of the schema of ``plan.json`` and ``repair.json``."""
CSV_COLUMNS: Final = (
    "defect_id", "level", "rule", "units", "area_m2", "width_m", "compounds", "households", "cause", "suggested",
    "alternatives", "decision", "target", "reason", "role", "decided_on", "until",
)  # fmt: skip
MADE_VALID: Final = "made_valid"
"""``op`` of a unit that reading had to make valid."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def text_file(path: Path, pieces: Iterable[str]) -> None:
    """Write text as UTF-8, whole or not at all.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        stream.writelines(pieces)


def write_decisions_csv(plan: BoundaryPlan, path: Path) -> None:
    """Write the defects that wait, and those that were decided, as CSV (UTF-8 with a mark, so that Excel reads it)."""
    stream = io.StringIO()
    book = csv.writer(stream, lineterminator="\r\n")
    book.writerow(CSV_COLUMNS)
    for row in decision_rows(plan):
        cells = _cells(row)
        book.writerow([_guarded(str(cells.get(name, ""))) for name in CSV_COLUMNS])
    text_file(path, ["\ufeff", stream.getvalue()])


def _cells(row: DecisionRow) -> dict[str, Any]:
    return {
        **row.decided, "defect_id": row.defect_id, "level": level_name(row.level), "rule": f"{row.rule} {row.title}",
        "units": names_of(row.units), "area_m2": f"{row.area:.2f}", "width_m": f"{row.width:.3f}",
        "compounds": row.compounds, "households": row.households, "cause": row.cause,
        "suggested": f"{row.suggested} {row.suggested_name}".strip(), "alternatives": borders_of(row),
    }  # fmt: skip


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_exceptions_csv(table: pd.DataFrame, path: Path) -> None:
    """Write the exceptions that hold after a repair: those given, and every decision to keep a defect."""
    names = ("defect_id", "reason", "role", "until")
    stream = io.StringIO()
    book = csv.writer(stream, lineterminator="\r\n")
    book.writerow(names)
    for row in table.sort_values("defect_id").to_dict("records"):
        book.writerow([_guarded(str(row.get(name, "") or "")) for name in names])
    text_file(path, ["\ufeff", stream.getvalue()])


def log_records(plan: BoundaryPlan) -> list[dict[str, Any]]:
    """Return one record per change: ``LOG_COLUMNS``, and the versions of gridkit and of the rules.

    Of what reading made valid ``area_m2`` is the difference of ``area_before_m2`` and ``area_after_m2``.
    """
    records = [
        {name: _plain(value) for name, value in row.items() if name in LOG_COLUMNS} | dict(plan.versions)
        for row in plan.repair.log.to_dict("records")
    ]
    blank = dict.fromkeys(LOG_COLUMNS, "")
    records += [
        {**blank, "defect_id": made_valid_id(one.level, one.code), "code": "T101", "level": one.level,
         "op": MADE_VALID, "unit": one.code, "role": "auto",
         "area_m2": round(abs(one.area_after - one.area_before), 6), "area_before_m2": one.area_before,
         "area_after_m2": one.area_after, "before": one.before, "after": one.after} | dict(plan.versions)
        for one in plan.made_valid
    ]  # fmt: skip
    return records


def made_valid_id(level: str, code: str) -> str:
    """Return the id of a unit that reading made valid.

    >>> len(made_valid_id("grid", "1"))
    12
    """
    return hashlib.sha256(f"{MADE_VALID}|{level}|{code}".encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_log(plan: BoundaryPlan, path: Path) -> None:
    """Write the log, one JSON object per line."""
    text_file(path, (_line(record) for record in log_records(plan)))


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n"


def write_undo(plan: BoundaryPlan, path: Path) -> None:
    """Write the shapes that undo a repair, in metres of the city: one JSON object per line, ``wkb`` as hexadecimal."""
    shapes = plan.repair.shapes
    rows = [] if shapes is None else shapes[list(SHAPE_COLUMNS)].to_dict("records")
    text_file(path, (_line({**row, "wkb": bytes(row["wkb"]).hex()}) for row in rows))


def repair_document(
    plan: BoundaryPlan, *, files: Mapping[str, str] | None = None, crs: str = "", undone: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a repair as plain values; titles in the current language.

    Parameters
    ----------
    plan : BoundaryPlan
    files : mapping of str to str, optional
        Name -> sha256 of what was written beside the document.
    crs : str
        Metric system of the stored shapes.
    undone : sequence of str
        Defects whose repair was taken back.
    """
    rows = decision_rows(plan)
    return {
        "schema": SCHEMA,
        "repair": {
            "city": plan.city.name, "as_of": plan.city.as_of.isoformat() if plan.city.as_of else None,
            "language": locale.current(), "crs": crs or plan.city.crs, **dict(plan.versions),
        },
        "settings": dict(plan.settings),
        "inputs": [
            {"level": one.level, **harmless(dict(one.spec)), "sha256": dict(one.sha256)} for one in plan.inputs
        ],
        "rules": [{**one, "area": round(one["area"], 6), "title": words.rule_title(one["rule"])}
                  for one in summary(plan)],
        "noise": _rounded(noise(plan)),
        "looked_at": looked_at(plan),
        "findings": [{"code": row["code"], "severity": row["severity"], "subject": row["subject"], "text": text}
                     for row, text in findings_said(plan)],
        "changes": log_records(plan),
        "waiting": [_waiting(row) for row in rows if row.waits],
        "decisions": _records(plan.decisions),
        "exceptions": _records(plan.exceptions),
        "expired": list(plan.expired), "stale": list(plan.stale), "failed": list(plan.repair.failed),
        "undone": list(undone), "notes": list(plan.repair.notes), "files": dict(files or {}),
    }  # fmt: skip


def _rounded(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in found.items()}


def _records(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{key: str(value) for key, value in row.items() if key != "ref"} for row in table.to_dict("records")]


def _waiting(row: DecisionRow) -> dict[str, Any]:
    return {
        "defect_id": row.defect_id, "level": row.level, "rule": row.rule, "title": row.title,
        "severity": row.severity, "units": [{"code": code, "name": name} for code, name in row.units],
        "area_m2": round(row.area, 6), "width_m": round(row.width, 6), "compounds": row.compounds,
        "households": row.households, "suggested": row.suggested, "cause": row.cause,
        "alternatives": [
            {"code": code, "name": name, "border_m": round(length, 3)} for code, name, length in row.alternatives
        ],
    }  # fmt: skip


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Write ``plan.json`` or ``repair.json``; it lists the files that lie beside it with their hashes."""
    files = {
        file.relative_to(path.parent).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.parent.rglob("*"))
        if file.is_file() and not file.name.startswith(".") and file.name != path.name
    }
    text_file(path, [json.dumps({**document, "files": files}, ensure_ascii=False, indent=1, sort_keys=True), "\n"])


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON objects, one per line.

    Raises
    ------
    InputError
        If it cannot be read, or a line is no object; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise InputError(
            N_("the file cannot be read: {reason}"), place=str(path),
            remedy=N_("name the log.jsonl that gridkit repair --apply has written"),
            reason=getattr(problem, "strerror", None) or str(problem),
        ) from problem  # fmt: skip
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise InputError(
                N_("this line is no record of a repair"), place=f"{path}:{number}",
                remedy=N_("name the log.jsonl that gridkit repair --apply has written"),
            )  # fmt: skip
        found.append(record)
    return found


def read_document(path: Path) -> dict[str, Any]:
    """Read a ``repair.json``.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(
            N_("this is no repair.json of gridkit repair --apply"), place=str(path),
            remedy=N_("keep log.jsonl in the folder in which it was written"),
        )  # fmt: skip
    return document
