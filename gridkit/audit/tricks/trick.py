"""One trick before it is put into words: which rows, which places, what is to be said; and tricks as findings."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gridkit.geo.crs import to_lonlat
from gridkit.model import Findings
from gridkit.model.fields import COMMUNITY, COMPOUND
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridkit.model import City

NEEDED: Final = frozenset(
    ("C101", "C102", "C104", "C105", "C107", "C109", "C110", "C111", "C112", "C215", "C217", "L105", "L107", "L120")
)
"""Rules whose offenders are looked at; each is defined where it is found, never a second time here."""


@dataclass(frozen=True)
class Trick:
    """One finding in the making.

    ``rows`` are the row ids without which the figure is to be read again (``()`` where no row of its own inflates it:
    the denominator is too small, or nobody can say which of several rows is the false one). ``where`` lists (record,
    field) pairs to point at, ``refs`` cells that are known already. ``compounds`` are those concerned, the first that
    has a place shows the trick on the map; without one the community ``area`` does.
    """

    code: str
    subject: str
    rows: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    where: tuple[tuple[str, str], ...] = ()
    refs: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()
    area: str = ""
    severity: str = ""


def told(tricks: Sequence[Trick], city: City) -> Findings:
    """Return tricks as findings, each with its cells and a place in degrees of EPSG:4490."""
    points = _points(tricks, city)
    nowhere = (float("nan"), float("nan"))
    rows = []
    for trick in tricks:
        spots = [(COMPOUND, code) for code in trick.compounds[:1]] + [(COMMUNITY, trick.area)] * bool(trick.area)
        lon, lat = next((points[spot] for spot in spots if spot in points), nowhere)
        cells = (city.cell(record, name) for record, name in trick.where if record)
        refs = dict.fromkeys((*trick.refs, *cells))
        row = CATALOGUE[trick.code].found(trick.subject, refs=refs, lon=lon, lat=lat, **trick.params)
        rows.append({**row, "severity": trick.severity or row["severity"]})
    return Findings.of(rows)


def _points(tricks: Iterable[Trick], city: City) -> dict[tuple[str, str], tuple[float, float]]:
    """Degrees of one point inside each compound and community asked for, computed once per level."""
    wanted: dict[str, set[str]] = {COMPOUND: set(), COMMUNITY: set()}
    for trick in tricks:
        wanted[COMPOUND].update(trick.compounds[:1])
        wanted[COMMUNITY].update([trick.area] if trick.area else [])
    result: dict[tuple[str, str], tuple[float, float]] = {}
    for level, codes in wanted.items():
        layer = city.layers.get(level)
        if layer is None or not codes:
            continue
        shapes = layer.frame.geometry
        shapes = shapes[shapes.index.isin(codes) & shapes.notna().to_numpy() & ~shapes.is_empty.to_numpy()]
        if shapes.empty:
            continue
        points = to_lonlat(shapes.representative_point())
        for code, x, y in zip(shapes.index, points.x.round(6).tolist(), points.y.round(6).tolist(), strict=True):
            result[level, str(code)] = (x, y)
    return result


def plain(name: str) -> str:
    """Return ``name`` in one width and case, without blanks and punctuation.

    >>> plain("金桂 家园（Ａ区）")
    '金桂家园a区'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
