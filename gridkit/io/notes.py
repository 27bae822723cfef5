"""Findings that reading itself makes: the same rows as the rule catalogue would make, without importing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.model import Source

LISTED: Final = 50
"""More findings of one rule in one table are told as one finding with their count; it names all their cells."""

SEVERITY: Final[Mapping[str, str]] = {
    "S103": "notice",
    "S104": "error",
    "S110": "warning",
    "S111": "warning",
    "S112": "notice",
    "S113": "warning",
    "S114": "warning",
    "S115": "error",
    "S116": "warning",
    "S117": "warning",
    "S119": "notice",
    "S120": "notice",
    "S121": "notice",
    "S122": "warning",
    "S123": "notice",
    "S124": "warning",
    "S125": "notice",
    "S126": "notice",
    "S130": "warning",
    "S131": "notice",
    "S132": "notice",
    "S133": "warning",
    "S134": "warning",
    "S135": "warning",
    "S136": "warning",
    "S137": "warning",
    "S140": "notice",
    "S141": "notice",
    "S142": "notice",
    "S143": "notice",
    "S144": "notice",
    "S145": "warning",
    "S146": "warning",
    "S147": "warning",
    "S148": "warning",
    "S149": "warning",
    "S150": "notice",
    "S151": "warning",
    "S152": "warning",
    "S153": "warning",
    "S154": "notice",
    "S155": "notice",
    "S156": "warning",
    "S157": "notice",
    "S158": "warning",
    "S159": "warning",
    "S160": "notice",
    "S161": "warning",
    "S162": "warning",
    "S163": "notice",
    "S164": "warning",
    "S165": "warning",
    "S166": "warning",
    "S167": "warning",
    "S168": "warning",
    "S169": "warning",
    "S170": "error",
    "S171": "error",
    "S172": "warning",
    "S173": "warning",
    "S174": "warning",
    "S175": "warning",
    "S176": "warning",
    "S177": "notice",
    "S178": "notice",
    "S179": "warning",
    "S180": "warning",
    "S181": "warning",
    "S182": "notice",
    "S183": "warning",
    "S189": "notice",
    "S190": "notice",
    "S191": "notice",
    "S192": "warning",
}
"""Severity of each rule that reading can find; a test compares it with the catalogue of :mod:`gridkit.rules`."""


def noticed(
    code: str,
    subject: str,
    *,
    refs: Iterable[str] = (),
    lon: float = float("nan"),
    lat: float = float("nan"),
    **params: Any,
) -> dict[str, Any]:
    """Return one row for :meth:`gridkit.model.Findings.of`.

    >>> noticed("S140", "a.csv", n=2)["severity"]
    'notice'
    """
    return {
        "code": code,
        "severity": SEVERITY[code],
        "subject": subject,
        "params": params,
        "refs": tuple(refs),
        "lon": lon,
        "lat": lat,
    }


def by_value(
    code: str, source: Source, field: str, cells: Mapping[str, Sequence[int]], **params: Any
) -> list[dict[str, Any]]:
    """Return one finding per distinct value of a column, or a single one where the values are many.

    Parameters
    ----------
    code : str
        Rule.
    source : Source
        The table.
    field : str
        The column.
    cells : mapping of str to sequence of int
        Value as written -> the rows of the file that hold it.
    **params
        What else the sentence names.
    """
    header = source.headers.get(field, field)
    if len(cells) > LISTED:
        rows = sorted(row for found in cells.values() for row in found)
        shown = "; ".join(sorted(cells)[:10]) + " ..."
        refs = [source.cell(row, field) for row in rows]
        return [noticed(code, source.name, refs=refs, header=header, value=shown, n=len(rows), **params)]
    return [
        noticed(
            code,
            source.row_id(min(rows)),
            refs=[source.cell(row, field) for row in sorted(rows)],
            header=header,
            value=value,
            n=len(rows),
            **params,
        )
        for value, rows in sorted(cells.items())
    ]
