"""A small map for the page: areas coloured by the share without organisation coverage, uncovered compounds as dots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.audit.format import percent
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.model.fields import COMMUNITY, COMPOUND, NO, STREET, UNKNOWN

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridkit.model import Run

WIDE: Final = 1000
"""Width of the drawing in its own units."""
TALL: Final = 900
FEW: Final = 8
"""With fewer streets than this the communities are drawn, as far as they are not too many."""
MANY: Final = 400
DOTS: Final = 6_000
"""Dots that are drawn at most."""
POINTS: Final = 14_000
"""Points that the outlines may have together; a page stays under 300 kB with them."""
LETTER: Final = 21
"""Size of a label, in units of the drawing."""

CLASSES: Final = (
    ("full", N_("0% (all covered)"), "#ffffff"),
    ("lt10", N_("above 0% to below 10%"), "#fde3c8"),
    ("lt25", N_("10% to below 25%"), "#fbb67a"),
    ("lt50", N_("25% to below 50%"), "#ee7a3a"),
    ("most", N_("50% or more"), "#b63a12"),
    ("none", N_("no compound, or no data"), "#e3e6ea"),
)
"""Classes of the share without organisation coverage: id, label, colour; darker is worse, also in grey."""


@dataclass(frozen=True)
class Drawing:
    """A map as paths: areas (path, class, name, sentence), labels (x, y, text), dots as one path."""

    level: str
    width: int
    height: int
    areas: list[dict[str, Any]]
    labels: list[tuple[int, int, str]]
    dots: str
    dots_drawn: int
    dots_total: int
    legend: list[dict[str, Any]]
    outlines: list[str] = field(default_factory=list)
    description: str = ""


def share_class(lacking: int, total: int, unknown: int = 0) -> str:
    """Return the class of a share without coverage, by whole numbers.

    >>> [share_class(*numbers) for numbers in [(0, 5), (1, 1000), (1, 10), (1, 4), (1, 2), (0, 0), (0, 3, 3)]]
    ['full', 'lt10', 'lt25', 'lt50', 'most', 'none', 'none']
    """
    if total <= 0 or unknown >= total:
        return "none"
    if lacking <= 0:
        return "full"
    return next((name for name, part in (("lt10", 10), ("lt25", 4), ("lt50", 2)) if lacking * part < total), "most")


def draw(run: Run) -> Drawing | None:
    """Return the map of a run; None where no area has a shape."""
    level = _level(run)
    if level is None:
        return None
    frame = _drawn(run.city.layers[level].frame)
    shapes = _simple(frame.geometry.to_numpy())
    to_page = _Scale.of(shapes)
    counts = _counts(run, level)
    names = dict(zip(frame.index, frame["name"], strict=True))
    areas = [_area(code, names[code] or code, to_page.path(shape), counts.get(code, (0, 0, 0)))
             for code, shape in zip(frame.index, shapes, strict=True)]  # fmt: skip
    dots, drawn, total = _dots(run, to_page)
    outlines, label_level, label_frame = [], level, (frame.index, shapes, names)
    if level == COMMUNITY and STREET in run.city.layers:
        streets = run.city.layers[STREET].frame
        streets = streets[~(streets.geometry.isna() | streets.geometry.is_empty)]
        above = _simple(streets.geometry.to_numpy())
        outlines = [to_page.path(shape) for shape in above]
        label_level, label_frame = (
            STREET,
            (streets.index, above, dict(zip(streets.index, streets["name"], strict=True))),
        )
    labels = _labels(label_frame, to_page) if label_level == STREET or len(frame) <= MANY else []
    return Drawing(
        level, to_page.width, to_page.height, areas, labels, dots, drawn, total, _legend(areas), outlines,
        _described(areas, level),
    )  # fmt: skip


def _drawn(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the features that have a shape."""
    return frame[~(frame.geometry.isna() | frame.geometry.is_empty)]


def _level(run: Run) -> str | None:
    def drawn(level: str) -> int:
        layer = run.city.layers.get(level)
        return 0 if layer is None else len(_drawn(layer.frame))

    streets, communities = drawn(STREET), drawn(COMMUNITY)
    if communities and communities <= MANY and streets < FEW:
        return COMMUNITY
    return STREET if streets else COMMUNITY if communities else None


def _counts(run: Run, level: str) -> dict[str, tuple[int, int, int]]:
    """Return, per area, compounds without organisation coverage, all of them, and those without an answer."""
    organisation = run.coverage.frame["organisation"]
    place = run.places.frame[level].reindex(organisation.index).fillna("")
    table = {}
    for code, answers in organisation.groupby(place.to_numpy(dtype=object)):
        said = answers.value_counts()
        table[str(code)] = (int(said.get(NO, 0)), len(answers), int(said.get(UNKNOWN, 0)))
    return table


def _area(code: str, name: str, path: str, numbers: tuple[int, int, int]) -> dict[str, Any]:
    lacking, total, unknown = numbers
    said = _("{name}: {lacking} of {total} compounds without organisation coverage ({share})").format(
        name=name, lacking=lacking, total=total, share=percent(lacking, total)
    )
    if unknown:
        said = _("{said}, {unknown}").format(said=said, unknown=_("{n} unknown").format(n=unknown))
    return {"code": code, "name": name, "path": path, "class": share_class(lacking, total, unknown), "said": said,
            "lacking": lacking, "total": total}  # fmt: skip


def _legend(areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the classes with the number of areas in each; those that no area has are left out."""
    counts = {name: sum(area["class"] == name for area in areas) for name, _label, _colour in CLASSES}
    return [{"class": name, "label": gettext(label), "colour": colour, "count": counts[name]}
            for name, label, colour in CLASSES if counts[name]]  # fmt: skip


def _described(areas: list[dict[str, Any]], level: str) -> str:
    """Return the map in words, for those who cannot see it: the worst areas."""
    worst = sorted((area for area in areas if area["total"] and area["lacking"]),
                   key=lambda area: (-area["lacking"] / area["total"], area["code"]))[:5]  # fmt: skip
    what = _("streets") if level == STREET else _("communities")
    if not worst:
        return _("Map of {n} {what}; none lacks organisation coverage for certain.").format(n=len(areas), what=what)
    return _("Map of {n} {what}; the largest shares without organisation coverage: {worst}").format(
        n=len(areas), what=what, worst=_("; ").join(area["said"] for area in worst)
    )


def _dots(run: Run, to_page: _Scale) -> tuple[str, int, int]:
    """Return the confirmed uncovered compounds as one path of dots, how many are drawn, and how many there are."""
    shades = run.result.shades
    if len(shades):
        codes = shades.index[(shades["shade"] == "confirmed").to_numpy()]
    else:
        codes = run.coverage.frame.index[(run.coverage.frame["status"] == "UNCOVERED").to_numpy()]
    layer = run.city.layers[COMPOUND].frame.geometry.reindex(codes)
    layer = layer[~(layer.isna() | layer.is_empty)]
    if not len(layer):
        return "", 0, len(codes)
    points = shapely.get_coordinates(shapely.centroid(layer.to_numpy()))
    # Every n-th in the order of the codes, which lie beside each other: the thinned dots keep the picture.
    points = points[:: -(-len(points) // DOTS)]
    xy = to_page.units(points)
    return "".join(f"M{x} {y}h0" for x, y in xy.tolist()), len(xy), len(codes)


@dataclass(frozen=True)
class _Scale:
    """From metres to units of the drawing, y downwards."""

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def of(cls, shapes: np.ndarray[Any, Any]) -> _Scale:
        left, bottom, right, top = shapely.total_bounds(shapes)
        wide, tall = max(right - left, 1.0), max(top - bottom, 1.0)
        scale = min((WIDE - 20) / wide, (TALL - 20) / tall)
        return cls(float(left), float(top), float(scale), round(wide * scale) + 20, round(tall * scale) + 20)

    def units(self, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        flipped = (points - [self.left, self.top]) * [self.scale, -self.scale] + 10
        return np.rint(flipped).astype(np.int64)

    def path(self, shape: object) -> str:
        """Return the rings of a polygon as relative steps."""
        text = []
        for polygon in shapely.get_parts(shape):
            for ring in shapely.get_rings(polygon):
                xy = self.units(shapely.get_coordinates(ring))
                kept = xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]]
                if len(kept) < 3:
                    continue
                steps = np.diff(kept[:-1] if (kept[0] == kept[-1]).all() else kept, axis=0)
                text.append(f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps.tolist()) + "z")
        return "".join(text)


def _simple(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return polygons with as few points as the page can take, neighbours still sharing their edges."""
    shapes = np.array(
        [shape if shape.geom_type in ("Polygon", "MultiPolygon") else shape.buffer(1) for shape in shapes]
    )
    left, bottom, right, top = shapely.total_bounds(shapes)
    tolerance = max(right - left, top - bottom, 1.0) / WIDE
    while int(shapely.get_num_coordinates(shapes).sum()) > POINTS and tolerance < max(right - left, top - bottom):
        simpler = shapely.coverage_simplify(shapes, tolerance)
        shapes = np.where(shapely.is_empty(simpler), shapes, simpler)
        tolerance *= 2
    return shapes


def _labels(
    named: tuple[pd.Index, np.ndarray[Any, Any], dict[str, str]], to_page: _Scale
) -> list[tuple[int, int, str]]:
    """Return names that fit without covering each other, the largest areas first."""
    codes, shapes, names = named
    points = to_page.units(shapely.get_coordinates(shapely.point_on_surface(shapes)))
    order = np.argsort(-shapely.area(shapes), kind="stable")
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for at in order.tolist():
        text = str(names[codes[at]] or "")[:12]
        half = LETTER * sum(1.0 if ord(sign) > 255 else 0.55 for sign in text) / 2 + 4
        x = float(min(max(points[at][0], half), to_page.width - half))
        y = float(points[at][1])
        box = (x - half, y - LETTER * 0.7, x + half, y + LETTER * 0.7)
        if text and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            taken.append(box)
            out.append((round(x), round(y), text))
    return out
