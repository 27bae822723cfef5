"""Layers in the fields of their level, on their way into the city: the system settled, impossible places set aside."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridkit.geo.crs import LONLAT, resolve_crs, to_lonlat
from gridkit.geo.places import WIDER
from gridkit.io.control import Control, fitted
from gridkit.io.notes import noticed
from gridkit.io.shifts import ASSUMED, convert_datum, shift_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridkit.io.fields import Records
    from gridkit.model import Source

OPEN_LINE = "S164"
"""Its place comes in the system of the drawing."""


@dataclass(frozen=True)
class Draft:
    """A layer in the fields of its level and the system of its file: ``records`` row for row with ``geometry``.

    ``sources`` names all files that it was read from, where there are several; ``records.source`` is the first, and
    ``aside`` holds the rows set aside of all of them: source, row, reason, code.
    """

    records: Records
    geometry: gpd.GeoSeries
    crs: str
    sources: tuple[Source, ...] = ()
    aside: tuple[tuple[str, int, str, str], ...] = ()

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """The files it was read from."""
        return self.sources or (self.records.source,)


def settled(records: Records, geometry: NDArray[np.object_], crs: str | Control, *, stated: str) -> Draft:
    """Settle the system, convert map-service coordinates, and take away what cannot be a place.

    Parameters
    ----------
    records : Records
        The rows.
    geometry : (n,) array of Geometry or None
        In the order of the rows.
    crs : str or Control
        The system to be used, or the control points that lead from it to CGCS2000.
    stated : str
        The system that the file states.

    Raises
    ------
    LayerError
        If the system is not known or does not fit the numbers.
    """
    name = records.source.name
    if isinstance(crs, Control):
        records, geometry, crs = fitted(records, geometry, crs, stated=stated)
    notes = list(records.notes)
    shifted = shift_of(crs)
    geometry, problems = _plausible(records, geometry, degrees=bool(shifted) or _seems_degrees(crs))
    notes += problems
    if shifted:
        geometry = convert_datum(geometry, shifted)
        notes.append(noticed("S131", name, crs=crs, n=int((~shapely.is_missing(geometry)).sum())))
    bounds = shapely.total_bounds(geometry)
    crs_used = resolve_crs(ASSUMED if shifted else crs, bounds=tuple(float(one) for one in bounds), place=name)
    series = gpd.GeoSeries(geometry, index=records.frame.index, crs=crs_used)
    source = replace(records.source, crs_stated=stated or crs if shifted else stated, crs_used=crs_used)
    return Draft(replace(records, source=source, notes=_placed(notes, crs_used)), series, crs_used)


def _placed(notes: list[dict[str, Any]], crs: str) -> list[dict[str, Any]]:
    """Bring the places of open lines from the system of the drawing to degrees."""
    at = [n for n, note in enumerate(notes) if note["code"] == OPEN_LINE and math.isfinite(note["lon"])]
    if not at:
        return notes
    points = gpd.GeoSeries.from_xy([notes[n]["lon"] for n in at], [notes[n]["lat"] for n in at], crs=crs)
    out = list(notes)
    for n, point in zip(at, to_lonlat(points), strict=True):
        out[n] = {**notes[n], "lon": round(point.x, 7), "lat": round(point.y, 7)}
    return out


def _seems_degrees(crs: str) -> bool:
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def _plausible(
    records: Records, geometry: NDArray[np.object_], *, degrees: bool
) -> tuple[NDArray[np.object_], list[dict[str, Any]]]:
    """Take away geometries that are empty or lie at no place on earth; every row stays, and is named."""
    source, rows = records.source, records.frame["row"].to_numpy()
    nothing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    bounds = shapely.bounds(geometry)
    wrong = ~nothing & ~np.isfinite(bounds).all(axis=1)
    if degrees:
        outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
        null_island = (np.abs(bounds) < 1e-9).all(axis=1)
        wrong |= ~nothing & (outside | null_island) if _few(outside, nothing) else ~nothing & null_island
    notes = []
    for code, mask in (("S133", nothing), ("S135", wrong)):
        if mask.any():
            refs = [source.cell(int(row), "lon") for row in rows[mask]]
            params: dict[str, Any] = {"n": int(mask.sum())}
            wider = WIDER[records.kind] if code == "S133" else ()
            if wider and not set(wider) & records.given:
                params |= {"field": wider[0], "variant": "bare"}
            notes.append(noticed(code, source.name, refs=refs, **params))
    kept = shapely.force_2d(geometry).copy()
    kept[nothing | wrong] = None
    return kept, notes


def _few(outside: NDArray[np.bool_], nothing: NDArray[np.bool_]) -> bool:
    """Tell whether only single features are off the earth; a whole layer in metres must be refused, not emptied."""
    return 2 * int(outside.sum()) < int((~nothing).sum())


def joined(drafts: Sequence[Draft], name: str) -> Draft:
    """Return several files as one layer, each row with the file it came from; what differs between them is said.

    Parameters
    ----------
    drafts : sequence of Draft
        In the order of their files.
    name : str
        What the project calls them all together.
    """
    if len(drafts) == 1:
        return drafts[0]
    notes = [note for draft in drafts for note in draft.records.notes]
    systems = sorted({draft.crs for draft in drafts})
    geometry = [draft.geometry for draft in drafts]
    crs = systems[0]
    if len(systems) > 1:
        crs = LONLAT
        geometry = [to_lonlat(one) for one in geometry]
        refs = [draft.records.source.name for draft in drafts]
        notes.append(noticed("S167", name, refs=refs, values=", ".join(systems), total=len(drafts), variant="systems"))
    notes += _differing(drafts, name)
    frame = pd.concat([draft.records.frame for draft in drafts])
    if "code" in frame:
        frame["code"] = frame["code"].fillna("")  # of files without a column of codes
    records = replace(
        drafts[0].records,
        frame=frame,
        given=frozenset().union(*(draft.records.given for draft in drafts)),
        set_aside=[],
        notes=notes,
        remarks=pd.concat([draft.records.remarks for draft in drafts], ignore_index=True),
    )
    sources = tuple(draft.records.source for draft in drafts)
    series = gpd.GeoSeries(np.concatenate([one.to_numpy() for one in geometry]), index=records.frame.index, crs=crs)
    aside = tuple((one.records.source.name, *row) for one in drafts for row in one.records.set_aside)
    return Draft(records, series, crs, sources, aside)


def _differing(drafts: Sequence[Draft], name: str) -> list[dict[str, Any]]:
    """Tell of fields that some of the files have and others lack."""
    given = [draft.records.given for draft in drafts]
    lacking = sorted(frozenset().union(*given) - frozenset(given[0]).intersection(*given[1:]))
    if not lacking:
        return []
    refs = [draft.records.source.name for draft in drafts if not set(lacking) <= draft.records.given]
    headers = sorted(
        {draft.records.source.headers[field] for draft in drafts for field in lacking if field in draft.records.given}
    )
    return [noticed("S167", name, refs=refs, headers=", ".join(headers), total=len(drafts), variant="headers")]
