"""Features drawn with matplotlib: fills with patterns, outlines, points, names that do not lie on each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.locale import gettext as _
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridkit.maps.palette import Style

HATCHES: Final = {"hatch": "////", "dots": "...", "rows": "---", "columns": "|||", "cross": "xx"}
"""Patterns of the page -> those of matplotlib."""
BATCH: Final = 400
"""Features of one path: a path of everything takes more cells than the rasteriser has."""
NAMES: Final = 400
"""Names that are tried, those of the largest areas first."""
_DARK: Final = "#444c56"
_STRIPED: Final = ("hatch", "rows", "columns")
_LINES: Final = {
    STREET: (1.6, "#1b1f24"),
    COMMUNITY: (0.8, "#3d444d"),
    GRID: (0.35, "#6e7781"),
    COMPOUND: (0.3, "#444c56"),
}
_CROWDED: Final = 20_000
"""Compounds from which their own outlines are left out: they would be all that is seen."""
_METRES: Final = 111_320.0
"""Metres of a degree of latitude."""


def paint(
    axes: Any, frames: Mapping[str, gpd.GeoDataFrame], styles: Sequence[Style], *, labels: Sequence[str] = ()
) -> None:
    """Draw frames into matplotlib axes, the filled level first, then the outlines of the wider ones, then names.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    frames : mapping of str to geopandas.GeoDataFrame
        In degrees; the frame with a column ``style`` is filled.
    styles : sequence of Style
    labels : sequence of str
        Levels whose names are written.
    """
    box = extent(frames)
    axes.set_axis_off()
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_aspect(1 / max(math.cos(math.radians((box[1] + box[3]) / 2)), 0.05), adjustable="box")
    for level, frame in reversed(list(frames.items())):
        shapes = np.asarray(frame.geometry.array)
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        if "style" in frame:
            _fill(axes, frame[there], styles)
        width, colour = _LINES.get(level, (0.6, "#3d444d"))
        if level != COMPOUND or there.sum() <= _CROWDED:
            broken = frame["broken"].to_numpy(dtype=bool) & there if "broken" in frame else np.zeros(len(frame), bool)
            _outline(axes, shapes[there & ~broken], width=width, colour=colour)
            _outline(axes, shapes[broken], width=1.0, colour="#1b1f24", dashed=True)
    for level in labels:
        if level in frames:
            _names(axes, frames[level])
    _scale(axes, box)


def ink(style: Style) -> str:
    """Return the colour of a pattern, as on the page: stripes are light unless the fill is white, dots dark."""
    if style.pattern not in _STRIPED:
        return _DARK
    return "#a8721b" if style.color == "#ffffff" else "#ffffff"


def proportion(frames: Mapping[str, gpd.GeoDataFrame]) -> float:
    """Return how many times as wide as high the features are drawn."""
    west, south, east, north = extent(frames)
    return (east - west) * max(math.cos(math.radians((south + north) / 2)), 0.05) / max(north - south, 1e-9)


def extent(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Return the box of the widest level with a geometry, with a margin; of China where there is none."""
    for frame in frames.values():
        west, south, east, north = (float(v) for v in frame.total_bounds) if len(frame) else (math.nan,) * 4
        if not math.isnan(west):
            x, y = max((east - west) * 0.02, 1e-5), max((north - south) * 0.02, 1e-5)
            return west - x, south - y, east + x, north + y
    return 73.0, 18.0, 135.0, 54.0


def _fill(axes: Any, frame: gpd.GeoDataFrame, styles: Sequence[Style]) -> None:
    from matplotlib.patches import PathPatch

    shapes = np.asarray(frame.geometry.array)
    style_of = frame["style"].to_numpy(dtype=object)
    for style in styles:
        mine = shapes[style_of == style.id]
        flat = np.isin(shapely.get_type_id(mine), (0, 4))  # points
        look = {"facecolor": style.color, "hatch": HATCHES.get(style.pattern) or None}
        for path in _paths(mine[~flat]):
            # not add_patch: that walks every vertex in Python to widen limits which are set already
            axes.add_artist(PathPatch(path, linewidth=0.0, zorder=1, edgecolor=ink(style), **look))
        if flat.any():
            xy = shapely.get_coordinates(mine[flat])
            axes.scatter(xy[:, 0], xy[:, 1], s=14, linewidths=0.5, zorder=3, edgecolor=_DARK, **look)


def _paths(shapes: NDArray[np.object_]) -> Iterator[Any]:
    """Yield paths of ``BATCH`` polygons each, holes the other way round, as the fill goes by winding number."""
    from matplotlib.path import Path

    parts = shapely.get_parts(shapes)
    parts = shapely.orient_polygons(parts[np.isin(shapely.get_type_id(parts), (3,))])
    for first in range(0, len(parts), BATCH):
        rings = shapely.get_rings(parts[first : first + BATCH])
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        if not len(xy):
            continue
        codes = np.full(len(xy), Path.LINETO, dtype=Path.code_type)
        starts = np.flatnonzero(np.append(True, ring[1:] != ring[:-1]))
        codes[starts] = Path.MOVETO
        codes[np.append(starts[1:], len(xy)) - 1] = Path.CLOSEPOLY
        yield Path(xy, codes)


def _outline(axes: Any, shapes: NDArray[np.object_], *, width: float, colour: str, dashed: bool = False) -> None:
    from matplotlib.collections import LineCollection

    lines = shapes[~np.isin(shapely.get_type_id(shapes), (0, 4))]
    if not len(lines):
        return
    area = np.isin(shapely.get_type_id(lines), (3, 6))
    paths = np.concatenate([shapely.get_rings(lines[area]), shapely.get_parts(lines[~area])])
    xy, path = shapely.get_coordinates(paths, return_index=True)
    cuts = np.flatnonzero(path[1:] != path[:-1]) + 1
    style = (0, (3.0, 2.0)) if dashed else "solid"
    axes.add_collection(
        LineCollection(np.split(xy, cuts), linewidths=width, colors=colour, linestyles=[style], zorder=2),
        autolim=False,
    )


def _names(axes: Any, frame: gpd.GeoDataFrame) -> None:
    """Write names, the largest areas first; one that would lie on another is left out."""
    from matplotlib import patheffects

    shapes = np.asarray(frame.geometry.array)
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    order = there[np.argsort(-shapely.area(shapes[there]), kind="stable")][:NAMES]
    names = frame["name"].fillna("").astype(str).to_numpy(dtype=object)
    inverse = axes.transData
    taken: list[tuple[float, float, float, float]] = []
    halo = [patheffects.withStroke(linewidth=3, foreground="white")]
    for at in order:
        name = " ".join(str(names[at]).split())[:24]
        if not name:
            continue
        point = shapely.get_coordinates(shapely.point_on_surface(shapes[at]))[0]
        x, y = inverse.transform(point)
        dots = axes.figure.dpi / 72
        wide = sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in name) * 12 * dots
        box = (x - wide / 2, y - 8 * dots, x + wide / 2, y + 8 * dots)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        axes.text(
            *point, name, fontsize=12, ha="center", va="center", color="#1b1f24", zorder=5, path_effects=halo,
            clip_on=True,
        )  # fmt: skip


def _scale(axes: Any, box: tuple[float, float, float, float]) -> None:
    """Draw a bar of a round number of metres at the lower left."""
    metres = (box[2] - box[0]) * _METRES * math.cos(math.radians((box[1] + box[3]) / 2))
    if not 0 < metres < 1e8:
        return
    size = 10 ** math.floor(math.log10(metres / 5))
    size *= next(step for step in (5, 2, 1) if step * size <= metres / 5 or step == 1)
    share = size / metres
    axes.plot([0.01, 0.01 + share], [0.012, 0.012], transform=axes.transAxes, color="#1b1f24", linewidth=2.5, zorder=6)
    said = _("{n} km").format(n=f"{size / 1000:g}") if size >= 1000 else _("{n} m").format(n=f"{size:g}")
    axes.text(0.01 + share / 2, 0.018, said, transform=axes.transAxes, fontsize=10, ha="center", va="bottom", zorder=6)


def north_arrow(figure: Any, x: float, y: float) -> None:
    """Draw an arrow to the north with its tip at a place of the figure; the maps have north at the top."""
    from matplotlib import patheffects
    from matplotlib.patches import Polygon

    halo = [patheffects.withStroke(linewidth=3, foreground="white")]
    wide, high = 0.006, 0.03
    outline = [(x, y), (x + wide, y - high), (x, y - 0.75 * high), (x - wide, y - high)]
    figure.add_artist(
        Polygon(outline, transform=figure.transFigure, facecolor="#1b1f24", edgecolor="white", linewidth=1.0, zorder=9)
    )
    figure.text(x, y + 0.004, _("N"), fontsize=12, fontweight="bold", ha="center", va="bottom", color="#1b1f24",
                path_effects=halo)  # fmt: skip
