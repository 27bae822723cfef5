"""``check.json``: everything that a check found, for programs; its schema is documented in ``docs/check-json.md``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from gridkit import __version__, locale
from gridkit.reports import words
from gridkit.reports.check import MARKED, copies, ordered, rule_counts, severity_counts
from gridkit.reports.json import pieces, tidy
from gridkit.rules import CATALOGUE
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridkit.reports.check import Checked

SCHEMA: Final = "gridkit-check/1"
"""Name and version of the schema; the number grows when a key changes its meaning or goes away."""

WORKBOOK: Final = "check.xlsx"
DEFECTS: Final = "defects.gpkg"


def check_document(checked: Checked, folder: Path | None = None) -> dict[str, Any]:
    """Return what a check found as plain values, titles and sentences in the current language.

    Parameters
    ----------
    checked : Checked
        City and findings.
    folder : pathlib.Path, optional
        Folder of the workbook and the marked copies; without it none is listed.
    """
    document = _document(checked, folder)
    return {key: value if isinstance(value, (str, dict)) else list(value) for key, value in document.items()}


def write_check_json(checked: Checked, path: Path) -> None:
    """Write ``check.json`` to ``path``; it names the workbook and the marked copies that lie beside it.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    with whole(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
        stream.writelines(pieces(_document(checked, path.parent)))
        stream.write("\n")


def written(folder: Path) -> dict[str, str]:
    """Return the workbook, the marked copies and the defects in ``folder``: name with ``/`` -> sha256."""
    found = [folder / WORKBOOK, *sorted((folder / MARKED).rglob("*.[xX][lL][sS][xX]")), folder / DEFECTS]
    return {file.relative_to(folder).as_posix(): _digest(file) for file in found if file.is_file()}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _document(checked: Checked, folder: Path | None) -> dict[str, Any]:
    city, findings = checked.city, checked.findings
    return {
        "schema": SCHEMA,
        "check": {
            "city": city.name,
            "as_of": city.as_of.isoformat() if city.as_of else None,
            "language": locale.current(),
            "gridkit": __version__,
            "findings": len(findings),
        },
        "severities": severity_counts(checked),
        "rules": _rules(checked),
        "inputs": _inputs(checked),
        "findings": _findings(checked),
        "set_aside": _set_aside(checked),
        "files": written(folder) if folder is not None else {},
    }


def _rules(checked: Checked) -> list[dict[str, Any]]:
    out = []
    for count in rule_counts(checked):
        rule = CATALOGUE.get(count.code)
        out.append(
            {
                "code": count.code,
                "name": rule.name if rule else "",
                "severity": count.severity,
                "title": words.rule_title(count.code),
                "remedy": words.rule_remedy(count.code),
                "source": words.rule_source(count.code),
                **count.counts,
            }
        )
    return out


def _inputs(checked: Checked) -> list[dict[str, Any]]:
    keys = ("path", "sheet", "kind", "sha256", "encoding", "crs_stated", "crs_used", "rows_in", "kept", "set_aside")
    marked = copies(checked.city.sources)
    rows = sorted(checked.city.sources, key=lambda source: (source.kind, source.name))
    return [
        {**{key: getattr(source, key) for key in keys}, "marked": marked.get(source.path) if source.tabular else None}
        for source in rows
    ]


def _findings(checked: Checked) -> Iterator[dict[str, Any]]:
    frame = ordered(checked.findings)
    for row in frame.itertuples(index=False):
        yield {
            "code": row.code,
            "severity": row.severity,
            "subject": str(row.subject),
            "sentence": words.finding_sentence(row.code, row.params),
            "params": tidy(row.params),
            "refs": list(row.refs),
            "lon": tidy(float(row.lon)),
            "lat": tidy(float(row.lat)),
        }


def _set_aside(checked: Checked) -> Iterator[dict[str, Any]]:
    frame = checked.city.set_aside.sort_values(["src", "row", "reason"], kind="stable")
    for src, row, reason, subject in zip(*(frame[name] for name in ("src", "row", "reason", "subject")), strict=True):
        yield {
            "source": src,
            "row": int(row),
            "reason": reason,
            "title": words.rule_title(str(reason)),
            "subject": str(subject),
        }
