"""Findings about coordinates that look right and are not: another datum, another zone, too few decimals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer

from gridkit.geo.axes import CHINA, MERIDIANS, decimals, meridian_system, step_in_metres
from gridkit.geo.crs import LONLAT
from gridkit.geo.detect import BD09, ENOUGH, GCJ02, HYPOTHESES, REVERSE_BD09, REVERSE_GCJ02, SAME, DatumScores
from gridkit.geo.evidence import NO_SHIFT
from gridkit.io.notes import noticed
from gridkit.io.placement import Placed, agrees, compare, placed, placed_points, same_things
from gridkit.model.fields import COMMUNITY, COMPOUND, LEVELS, STREET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridkit.io.fields import Records
    from gridkit.io.vector import Draft

    Note = dict[str, Any]

POINT_KINDS: Final = ("units", "service_points")
"""Registries whose rows may have a place of their own."""
COARSE: Final = 100.0
"""Metres: points known to this only are in another compound."""
PART_OF_SIZE: Final = 10.0
"""Polygons need a step of at most this part of their width."""
BETTER: Final = 0.05
"""Gain in share at which a hypothesis is named though the data do not decide."""
FAR: Final = 50.0
"""Kilometres from all other layers at which another zone is tried."""
_SAMPLE: Final = 4_000
_OPPOSITE: Final = {GCJ02: REVERSE_GCJ02, BD09: REVERSE_BD09, REVERSE_GCJ02: GCJ02, REVERSE_BD09: BD09, SAME: SAME}
_PARAMS: Final = {"same": SAME, "gcj": GCJ02, "bd": BD09, "rgcj": REVERSE_GCJ02, "rbd": REVERSE_BD09}


def datum_notes(
    drafts: Mapping[str, Draft], tables: Mapping[str, Sequence[Records]] | None = None
) -> list[dict[str, Any]]:
    """Compare every layer with the wider ones, and points in registries with their communities.

    Nothing is corrected: a finding says what the numbers are, with the shares of all hypotheses and the line to write.

    Parameters
    ----------
    drafts : mapping of str to Draft
        Level -> layer as read.
    tables : mapping of str to sequence of Records, optional
        Kind -> registries as read.

    Returns
    -------
    list of dict
        Findings ``S170`` (a datum that nothing states), ``S171`` (another than stated), ``S172`` (nothing stated and
        nothing to tell it by), ``S173`` (a constant shift), ``S175`` (another zone) and ``S176`` (too few decimals).
    """
    layers = {level: one for level in LEVELS if level in drafts and (one := placed(drafts[level])) is not None}
    found = _Found()
    for level, child in layers.items():
        wider = [layers[one] for one in reversed(LEVELS[: LEVELS.index(level)]) if one in layers and layers[one].areal]
        found.judge(child, [one for one in wider if one.name not in found.wrong])
    for kind in POINT_KINDS:
        for records in (tables or {}).get(kind, ()):
            for points in _by_statement(placed_points(records)):
                wider = [layers[one] for one in (COMMUNITY, STREET) if one in layers and layers[one].areal]
                found.judge(points, [one for one in wider if one.name not in found.wrong], layers.get(COMPOUND))
    notes = list(found.notes)
    for level, draft in drafts.items():
        notes += _zone_notes(draft, [one.used for other, one in layers.items() if other != level])
        if level in layers:
            notes += decimal_notes(layers[level])
    return notes


class _Found:
    """The findings so far, and the layers that they put in doubt: these judge no other layer any more."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.wrong: set[str] = set()

    def judge(self, child: Placed, parents: Sequence[Placed], twin: Placed | None = None) -> None:
        """Compare with one parent after the other, the narrowest first, until one decides."""
        scores, parent = self._best(child, parents)
        paired = False
        if twin is not None and (scores is None or not scores.verdict):
            pairs = same_things(child, twin)
            if pairs is not None and (pairs.verdict or pairs.shift != NO_SHIFT):
                scores, parent, paired = pairs, twin, True
        if scores is None or parent is None or not scores.n:
            return
        if not paired:
            _tell_shares(child, parent, scores)
        if scores.verdict and not agrees(scores.verdict, child.stated):
            self._accuse(child, parent, scores, paired=paired)
        elif scores.shift != NO_SHIFT:
            self.notes.append(_shift_note(child, parent, scores.shift))
        elif not scores.verdict and (child.assumed or child.doubts):
            note = _untold(child, parent, scores)
            if child.assumed or "variant" in note["params"]:
                self.notes.append(note)

    def _best(self, child: Placed, parents: Sequence[Placed]) -> tuple[DatumScores | None, Placed | None]:
        best: tuple[DatumScores | None, Placed | None] = (None, None)
        for parent in parents:
            scores = compare(child, parent)
            if scores.verdict:
                return scores, parent
            worth = (scores.shift != NO_SHIFT, scores.n)
            if best[0] is None or worth > (best[0].shift != NO_SHIFT, best[0].n):
                best = scores, parent
        return best

    def _accuse(self, child: Placed, parent: Placed, scores: DatumScores, *, paired: bool) -> None:
        """Say which of the two layers holds what; where the wider one does, the shares are told from its side."""
        variant = {"variant": "pairs"} if paired else {}
        if scores.verdict in (REVERSE_GCJ02, REVERSE_BD09) and not child.stated:
            datum, code = scores.verdict.removeprefix("reverse "), "S171" if parent.stated else "S170"
            note = _note(code, parent, child, scores, flip=True, datum=datum, extra=variant)
            self.wrong.add(parent.name)
        else:
            stated = bool(child.stated) or (not child.assumed and child.kind not in LEVELS)
            code = "S171" if stated else "S170"
            note = _note(code, child, parent, scores, datum=scores.verdict, extra=variant)
            self.wrong.add(child.name)
        if not any(one["code"] == note["code"] and one["subject"] == note["subject"] for one in self.notes):
            self.notes.append(note)


def _by_statement(points: Placed | None) -> Iterable[Placed]:
    """Return the rows of a registry that state no system, and those that do, apart."""
    if points is None:
        return
    unsaid = points.column("datum") == ""
    for mask, assumed in ((unsaid, True), (~unsaid, False)):
        if mask.sum() >= ENOUGH:
            part = points.used[mask.to_numpy()]
            yield Placed(points.records, part, part, "", assumed)


def _note(
    code: str,
    layer: Placed,
    other: Placed,
    scores: DatumScores,
    *,
    flip: bool = False,
    datum: str = "",
    extra: Mapping[str, str] | None = None,
) -> Note:
    """Return a finding with the shares of all hypotheses in percent; ``flip``: the features are those of ``other``."""
    params = {**_shares(other, scores, flip=flip), **(extra or {})}
    if code == "S170":
        params |= {"crs": datum, "line": _line(layer, datum)}
    elif code == "S171":
        params |= {"crs": layer.stated or _said(layer), "value": datum}
        params.pop("variant", None)
    return noticed(code, layer.name, refs=[layer.name], **params)


def _shares(other: Placed, scores: DatumScores, *, flip: bool = False) -> dict[str, Any]:
    """Return the params that say the shares of all hypotheses in percent."""
    shares = scores.scores.set_index("hypothesis")["share"]
    found = {name: f"{100 * shares[_OPPOSITE[one] if flip else one]:.1f}" for name, one in _PARAMS.items()}
    return {**found, "layer": other.kind, "n": scores.n}


def _tell_shares(child: Placed, parent: Placed, scores: DatumScores) -> None:
    """Add the shares to the doubt that a file leaves about its system (``S166``)."""
    for note in child.doubts:
        variant = str(note["params"].get("variant", "")).removesuffix("_shares")
        note["params"] |= {**_shares(parent, scores), "variant": f"{variant}_shares"}


def _untold(child: Placed, parent: Placed, scores: DatumScores) -> Note:
    """Return what to say where the data cannot tell, with the line to try where a hypothesis fits better."""
    shares = scores.scores.set_index("hypothesis")["share"]
    best = max(HYPOTHESES, key=lambda name: float(shares[name]))
    layer, datum = child, best
    if best in (REVERSE_GCJ02, REVERSE_BD09):
        layer, datum = parent, best.removeprefix("reverse ")
    if scores.n < ENOUGH or shares[best] - shares[SAME] < BETTER:
        return _note("S172", child, parent, scores)
    params = {"crs": datum, "line": _line(layer, datum), "variant": "better"}
    return _note("S172", child, parent, scores, extra=params)


def _said(layer: Placed) -> str:
    stated = layer.column("datum")
    return next((one for one in sorted(set(stated)) if one), layer.records.source.crs_used or LONLAT)


def _line(layer: Placed, datum: str) -> str:
    """Return what to write: a key at the layer, or the cells of a column of the registry."""
    return f'[layers.{layer.kind}] crs = "{datum}"' if layer.kind in LEVELS else f"坐标系: {datum}"


def _shift_note(child: Placed, parent: Placed, shift: tuple[float, float]) -> Note:
    east, north = (int(one) for one in shift)
    length = round(math.hypot(east, north))
    params: dict[str, Any] = {"distance_m": length, "east": east, "north": north, "layer": parent.kind}
    return noticed("S173", child.name, refs=[child.name], **params)


def decimal_notes(layer: Placed) -> list[Note]:
    """Tell of coordinates that are rounded so far that features would change places or shapes."""
    shapes = layer.raw.to_numpy()
    if len(shapes) < ENOUGH:
        return []
    degrees = CRS.from_user_input(layer.crs).is_geographic
    given = layer.raw.to_numpy() if degrees else layer.raw.to_crs(layer.crs).to_numpy()
    numbers = shapely.get_coordinates(given[:_SAMPLE]).ravel()
    digits = decimals(np.round(numbers[: 2 * _SAMPLE], 9 if degrees else 4))
    step = step_in_metres(digits, degrees=degrees)
    params: dict[str, Any] = {"decimals": digits, "step": round(step, 1), "n": len(shapes)}
    areal = shapely.get_dimensions(shapes) == 2
    if areal.any():
        size = _width(shapes[areal])
        if step * PART_OF_SIZE <= size:
            return []
        params |= {"size": round(size), "variant": "size"}
    elif step < COARSE:
        return []
    return [noticed("S176", layer.name, refs=[layer.name], **params)]


def _width(shapes: Any) -> float:
    """Return the median width of polygons in degrees, in metres."""
    boxes = shapely.bounds(shapes)
    across = np.cos(np.radians((boxes[:, 1] + boxes[:, 3]) / 2))
    areas = shapely.area(shapes) * 111_000.0**2 * across
    return float(np.sqrt(np.median(areas)))


def _zone_notes(draft: Draft, others: Sequence[Any]) -> list[Note]:
    """Tell of a layer far from all others that lies beside them if its eastings are those of another zone."""
    boxes = np.array([one.total_bounds for one in others if one.notna().any()])
    crs = CRS.from_user_input(draft.crs)
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    if not len(boxes) or method != "Transverse Mercator" or not draft.geometry.notna().any():
        return []
    west, south = (float(one) for one in boxes[:, :2].min(axis=0))
    east, north = (float(one) for one in boxes[:, 2:].max(axis=0))
    x, y = _middle(draft.geometry)
    if x > 1_000_000:  # the number of the zone stands in the easting
        return []

    def away(system: Any) -> float:
        lon, lat = Transformer.from_crs(system, LONLAT, always_xy=True).transform(x, y)
        dx = max(west - lon, lon - east, 0.0) * math.cos(math.radians(lat)) * 111.0
        return math.hypot(dx, max(south - lat, lat - north, 0.0) * 111.0)

    here = away(crs)
    if here < FAR or not (CHINA[0] <= west and east <= CHINA[2]):
        return []
    best = min((meridian_system(one) for one in MERIDIANS), key=lambda one: (away(one), one))
    if away(best) > FAR / 5:
        return []
    line = f'[layers.{draft.records.kind}] crs = "{best}"'
    params: dict[str, Any] = {"distance_m": round(here), "crs": best, "line": line, "variant": "zone"}
    name = draft.records.source.name
    return [noticed("S175", name, refs=[name], **params)]


def _middle(geometry: Any) -> tuple[float, float]:
    boxes = shapely.bounds(geometry[geometry.notna()].to_numpy())
    x, y = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    return float(x), float(y)
