"""Layers whose degrees are those of a map service, told by the layers around them; districts may judge too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridkit.geo.crs import to_lonlat
from gridkit.geo.detect import ENOUGH, SAME, DatumScores, score_datum
from gridkit.io.initial.kinds import DISTRICT, sample
from gridkit.io.text import cell_text
from gridkit.io.values import to_number
from gridkit.locale import gettext
from gridkit.model.fields import COMPOUND, LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.io.initial.propose import Entry, Proposal
    from gridkit.io.initial.recognise import Look

_WORTH: Final = 0.3
"""A column of texts of which a smaller share names a parent says nothing about parents."""


def labels_in(texts: pd.Series, names: Sequence[str]) -> pd.Series:
    """Stub until gridkit.geo.detect has it."""
    short = {name[:2]: name for name in names}
    return texts.map(lambda text: short.get(text[:2], ""))


@dataclass(frozen=True)
class Verdict:
    """What the comparison of one layer with another says: ``entry`` in ``parent``, both by name."""

    entry: str
    parent: str
    scores: DatumScores


def with_datums(proposal: Proposal) -> tuple[Proposal, list[Verdict]]:
    """Compare every layer in degrees with the wider ones, and propose the system that the comparison names.

    A clear verdict becomes the ``crs`` of the layer, with its scores as a doubt; where the wider layer is the one
    that lies elsewhere, only a doubt is written: which of two layers is right, the reader has to say.

    Returns
    -------
    proposal : Proposal
    verdicts : list of Verdict
        Every comparison that was made, the undecided ones too.
    """
    judges = _judges(proposal)
    verdicts: list[Verdict] = []
    used = []
    for entry in proposal.used:
        found = _compared(entry, judges) if entry.group == "layers" else []
        verdicts += found
        used.append(_settled(entry, found))
    return replace(proposal, used=tuple(used)), verdicts


def _judges(proposal: Proposal) -> list[tuple[int, Look, dict[str, int], gpd.GeoSeries]]:
    """Return the layers of polygons with their rank, districts first."""
    found = []
    for look in proposal.others:
        if look.guesses and look.guesses[0].kind == DISTRICT and look.shape == "polygon":
            found.append((-1, look, {}))
    for entry in proposal.used:
        if entry.group == "layers" and entry.look.shape == "polygon" and entry.kind != COMPOUND:
            found.append((LEVELS.index(entry.kind), entry.look, dict(entry.guess.fields)))
    judges = []
    for rank, look, fields in found:
        series = _degrees(look)
        if series is not None:
            judges.append((rank, look, fields, series))
    return judges


def _degrees(look: Look) -> gpd.GeoSeries | None:
    """Return the geometries of a layer in degrees; None where its system does not say how."""
    if look.geometry is None or not look.crs:
        return None
    try:
        series = gpd.GeoSeries(look.geometry, crs=look.crs)
        return to_lonlat(series)
    except (CRSError, ValueError):
        return None


def _children(entry: Entry) -> gpd.GeoSeries | None:
    """Return the places of a layer that are written in degrees, as they are written."""
    look = entry.look
    if look.geometry is not None:
        if look.crs and not _geographic(look.crs):
            return None
        west, south, east, north = shapely.total_bounds(look.geometry)
        fits = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        return gpd.GeoSeries(look.geometry, crs="EPSG:4490") if fits else None
    fields = next((one.fields for one in look.guesses if {"lon", "lat"} <= set(one.fields)), None)
    if fields is None:
        return None
    x, y = (
        np.array([_number(cell) for cell in look.columns[fields[name]]], dtype=float) for name in ("lon", "lat")
    )
    points = np.full(len(x), None, dtype=object)
    there = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    points[there] = shapely.points(x[there], y[there])
    return gpd.GeoSeries(points, crs="EPSG:4490")


def _number(cell: object) -> float:
    number = to_number(cell)[0]
    return float("nan") if number is None else number


def _geographic(crs: str) -> bool:
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def _compared(entry: Entry, judges: Sequence[tuple[int, Look, dict[str, int], gpd.GeoSeries]]) -> list[Verdict]:
    children = _children(entry)
    if children is None or int(children.notna().sum()) < ENOUGH:
        return []
    found = []
    for rank, look, fields, series in judges:
        if rank < LEVELS.index(entry.kind) and look is not entry.look:
            names = _names(look, fields)
            parents = series.set_axis([str(at) for at in range(len(series))])
            stated = _stated(entry, names)
            there = children.notna() & ~children.is_empty
            labels = stated[there.to_numpy()] if stated is not None else None
            found.append(Verdict(entry.look.name, look.name, score_datum(children[there], parents, stated=labels)))
    return found


def _names(look: Look, fields: dict[str, int]) -> dict[str, str]:
    """Return name -> position of the features of a layer; names that two of them have are left out."""
    at = fields.get("name", -1)
    if at < 0:
        whole = [n for n, header in enumerate(look.headers) if header.lower() in ("name", "名称", "mc") or "名" in header]
        at = whole[0] if whole else -1
    if at < 0:
        return {}
    names = [cell_text(cell).strip() for cell in look.columns[at]]
    return {name: str(n) for n, name in enumerate(names) if name and names.count(name) == 1}


def _stated(entry: Entry, names: dict[str, str]) -> pd.Series | None:
    """Return the parent that each feature names in one of its texts; None where too few do."""
    if not names:
        return None
    best: tuple[int, pd.Series | None] = (0, None)
    for column in entry.look.columns:
        texts = sample(column)
        if not texts or all(text.isascii() for text in texts):
            continue
        written = pd.Series([cell_text(cell) for cell in column], dtype=object)
        labels = labels_in(written, list(names)).map(lambda name: names.get(name, ""))
        named = int((labels != "").sum())
        if named >= _WORTH * int((written != "").sum()) and named > best[0]:
            best = named, labels
    return best[1]


def _settled(entry: Entry, verdicts: Sequence[Verdict]) -> Entry:
    """Write what the verdicts say into an entry: those with stated parents outrank those without."""
    clear = [one for one in verdicts if one.scores.verdict]
    stated = [one for one in clear if one.scores.kind == "stated"] or clear
    names = {one.scores.verdict for one in stated}
    if not names:
        return entry
    told = tuple(sentence(one) for one in stated)
    if len(names) > 1:
        text = gettext("the layers around it disagree about its datum")
        return replace(entry, doubts=(*entry.doubts, text, *told))
    name = names.pop()
    if name == SAME:
        reason = gettext("its datum agrees with {parent}").format(parent=stated[0].parent)
        return replace(entry, reasons=(*entry.reasons, reason))
    if name.startswith("reverse"):
        text = gettext("{parent} seems to hold {crs} coordinates, or this layer does not hold what it says")
        doubt = text.format(parent=stated[0].parent, crs=name.removeprefix("reverse "))
        return replace(entry, doubts=(*entry.doubts, doubt, *told))
    return replace(entry, crs=name, doubts=(*entry.doubts, *told))


def sentence(verdict: Verdict) -> str:
    """Return what a comparison found, in one line: the share of features that lie in their parents, by hypothesis."""
    scores = verdict.scores
    table = scores.scores
    shares = ", ".join(f"{row.hypothesis} {100 * row.share:.1f} %" for row in table.itertuples())
    text = gettext("datum: of {n} features this share lies where it should in {parent}: {shares}")
    return text.format(n=scores.n, parent=verdict.parent, shares=shares)
