"""One offender of a coverage rule, before it is put into words: what it is about, whom it concerns, where to look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gridkit.coverage.gather import gather
from gridkit.geo.crs import to_lonlat
from gridkit.model import Findings
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridkit.model import City


@dataclass(frozen=True, slots=True)
class Concern:
    """``code`` of the rule, ``subject``, ``places`` (positions of the compounds concerned), ``params`` of the sentence.

    ``where`` lists (record, field) pairs; ``feature`` is (level, code) of the geometry that shows the place.
    """

    code: str
    subject: str
    places: tuple[int, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    where: tuple[tuple[str, str], ...] = ()
    feature: tuple[str, str] = ("", "")


def fields(record: str, *names: str) -> tuple[tuple[str, str], ...]:
    """Return the (record, field) pairs of one record."""
    return tuple((record, name) for name in names) if record else ()


def flags(concerns: Iterable[Concern], size: int) -> np.ndarray[Any, Any]:
    """Return, per compound, the sorted tuple of the codes that concern it."""
    by_code: dict[str, list[int]] = {}
    for concern in concerns:
        by_code.setdefault(concern.code, []).extend(concern.places)
    codes = sorted(by_code)
    places = np.array([place for code in codes for place in by_code[code]], dtype=np.int64)
    names = np.repeat(np.array(codes, dtype=object), [len(by_code[code]) for code in codes])
    return gather(places, names, size, ordered=False)


def findings(concerns: Sequence[Concern], city: City) -> Findings:
    """Return the concerns as findings, with cells and the place of a representative point in degrees."""
    points = _points(concerns, city)
    nowhere = (float("nan"), float("nan"))
    rows = []
    for concern in concerns:
        lon, lat = points.get(concern.feature, nowhere)
        refs = dict.fromkeys(city.cell(record, name) for record, name in concern.where if record)
        rows.append(CATALOGUE[concern.code].found(concern.subject, refs=refs, lon=lon, lat=lat, **concern.params))
    return Findings.of(rows)


def _points(concerns: Sequence[Concern], city: City) -> dict[tuple[str, str], tuple[float, float]]:
    """Degrees of one point inside each feature asked for, computed once per level."""
    result: dict[tuple[str, str], tuple[float, float]] = {}
    wanted: dict[str, set[str]] = {}
    for level, code in {concern.feature for concern in concerns}:
        wanted.setdefault(level, set()).add(code)
    for level, codes in sorted(wanted.items()):
        if level not in city.layers:
            continue
        shapes = city.layers[level].frame.geometry
        shapes = shapes[shapes.index.isin(codes) & shapes.notna().to_numpy() & ~shapes.is_empty.to_numpy()]
        if shapes.empty:
            continue
        points = to_lonlat(shapes.representative_point())
        for code, x, y in zip(shapes.index, points.x.round(6).tolist(), points.y.round(6).tolist(), strict=True):
            result[(level, str(code))] = (x, y)
    return result
