"""``audit.json``: what a run found, for programs. The schema is documented in ``docs/audit-json.md``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from gridkit import __version__
from gridkit.locale import speaking
from gridkit.reports import words
from gridkit.reports.proof_json import proved
from gridkit.reports.values import plain, texts
from gridkit.reports.values import whole as numbers
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridkit.model import Run

SCHEMA: Final = "gridkit-audit/1"
"""Name and version of the schema; the number grows when a key changes its meaning or goes away."""


def to_json(run: Run) -> dict[str, Any]:
    """Return a run as plain values: numbers, texts, lists and dictionaries.

    Floats are rounded to six decimals, missing numbers are None. Titles and sentences are in ``run.language``. The
    ids behind each figure are in ``tables/indicators.parquet``.
    """
    with speaking(run.language):
        return {key: value if isinstance(value, (str, dict)) else list(value) for key, value in _document(run).items()}


def _document(run: Run) -> dict[str, Any]:
    """Return the document with the records of its lists still to come, so that a large one never lies in memory."""
    return {
        "schema": SCHEMA,
        "run": _meta(run),
        "compounds": {"total": len(run.coverage.frame), "by_status": run.coverage.by_status()},
        "indicators": _indicators(run),
        "claims": _claims(run),
        **proved(run),
        "findings": _findings(run),
        "inputs": _inputs(run),
    }


def _meta(run: Run) -> dict[str, Any]:
    return {
        "city": run.city.name,
        "as_of": run.city.as_of.isoformat() if run.city.as_of else None,
        "language": run.language,
        "crs": run.city.crs,
        "ruleset": run.coverage.ruleset,
        "counts_as": list(run.coverage.counts_as),
        "complete": sorted(kind for kind, registry in run.city.registries.items() if registry.complete),
        "inputs_hash": run.inputs_hash,
        "gridkit": __version__,
    }


def tidy(value: object) -> Any:
    """Return a value as JSON can hold it, floats rounded.

    >>> tidy({"b": (1 / 3, float("nan")), "a": {"x"}})
    {'a': ['x'], 'b': [0.333333, None]}
    """
    if isinstance(value, dict):
        return {str(key): tidy(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (set, frozenset)):
        return [tidy(item) for item in sorted(value, key=str)]
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "item"):  # a numpy number
        return tidy(value.item())
    return plain(value) if isinstance(value, float) else str(value)


_PART: Final = 10_000
"""Indicators that are put into plain values at a time."""


def _indicators(run: Run) -> Iterator[dict[str, Any]]:
    for first in range(0, len(run.indicators.frame), _PART):
        frame = run.indicators.frame.iloc[first : first + _PART]
        figures = ("numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high")
        columns = {
            **{key: texts(frame[key]) for key in ("id", "scope", "scope_level", "basis")},
            **{key: numbers(frame[key]) for key in figures},
            **{key: [plain(value) for value in frame[key].astype(float).tolist()] for key in ("low", "high")},
            "details": [tidy(value) if value else {} for value in frame["details"]],
        }
        yield from (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _claims(run: Run) -> list[dict[str, Any]]:
    frame = run.claims
    words_of = ("text", "indicator", "scope", "scope_level", "scope_code", "basis", "comparator")
    columns = {
        **{key: texts(frame[key]) for key in words_of},
        "figure": [tidy(value) for value in frame["figure"]],
        "upper": [tidy(value) for value in frame["upper"]],
        "verdict": texts(frame["verdict"]),
        **{key: numbers(frame[key]) for key in ("numerator", "denominator")},
        **{key: [plain(float(value)) for value in frame[key]] for key in ("low", "high")},
        "because": [words.because(value) for value in frame["because"]],
        "definition": texts(frame["definition"]),
        "upheld_under": [list(under) for under in frame["upheld_under"]],
        "as_of": texts(frame["as_of"]),
        "source": texts(frame["source"]),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _findings(run: Run) -> list[dict[str, Any]]:
    severity = run.findings.frame.drop_duplicates("code").set_index("code")["severity"].to_dict()
    return [
        {"code": code, "count": count, "severity": severity[code], "title": words.rule_title(code)}
        for code, count in run.findings.counts().items()
    ]


def _inputs(run: Run) -> list[dict[str, Any]]:
    keys = ("path", "sheet", "kind", "sha256", "encoding", "crs_stated", "crs_used", "rows_in", "kept", "set_aside",
            "complete", "scope")  # fmt: skip
    rows = sorted(run.city.sources, key=lambda source: (source.kind, source.name))
    return [{key: getattr(source, key) for key in keys} for source in rows]


def dumps(document: dict[str, Any]) -> str:
    """Return a document as JSON text: one line per key, and one line per record of a list, so that runs can be diffed.

    >>> print(dumps({"n": 1, "rows": [{"a": 1}, {"a": 2}]}))
    {
    "n": 1,
    "rows": [
    {"a": 1},
    {"a": 2}
    ]
    }
    """
    return "".join(pieces(document))


def pieces(document: dict[str, Any]) -> Iterator[str]:
    """Yield the text of a document piece by piece; lists may be iterators."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    start = "{\n"
    for key, value in document.items():
        yield f"{start}{encode(key)}: "
        start = ",\n"
        if isinstance(value, (str, int, float, dict)) or value is None:
            yield encode(value)
            continue
        lead = "[\n"
        for record in value:
            yield lead + encode(record)
            lead = ",\n"
        yield "\n]" if lead == ",\n" else "[]"
    yield "\n}"


def write_json(run: Run, path: Path) -> None:
    """Write ``audit.json`` of a run to ``path``.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with (
        whole(path) as draft,
        draft.open("w", encoding="utf-8", errors="replace", newline="\n") as stream,
        speaking(run.language),
    ):
        stream.writelines(pieces(_document(run)))
        stream.write("\n")
