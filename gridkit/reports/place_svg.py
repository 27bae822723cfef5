"""A small drawing of the place of a defect: the units around it as they are, and as they would be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from markupsafe import Markup

from gridkit.locale import gettext as _
from gridkit.reports.boundary_rows import UnitNames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.model import City
    from gridkit.reports.boundary_rows import DecisionRow

Array = np.ndarray[Any, Any]

WIDE: Final = 300
"""Pixels of a drawing across."""
HIGH: Final = 210
"""Pixels of a drawing from top to bottom."""
MARGIN: Final = 0.35
"""Room around the defect, as a share of its larger side."""
LEAST: Final = 12.0
"""Metres of the window at least: a sliver of a millimetre is not blown up to a lake."""
MOST: Final = 9
"""Units that get a colour and a letter."""
FILLS: Final = (
    "#cfe3f5", "#d9efd3", "#fbe6c5", "#e8dcf1", "#d3efec", "#f7dbe3", "#eceab8", "#dfe3e8", "#f3dccd",
)  # fmt: skip
_STEPS: Final = (1, 2, 5)
_ABOVE: Final = {"community": "street", "grid": "community"}
_BETWEEN: Final = "T35"
"""Rules about two levels begin with this: the level above is drawn."""


@dataclass(frozen=True)
class Window:
    """A rectangle of the ground, in metres, and its scale in pixels per metre."""

    west: float
    north: float
    scale: float

    @classmethod
    def around(cls, shape: shapely.Geometry) -> Window:
        """Return the window around a geometry."""
        west, south, east, north = shapely.bounds(shape).tolist()
        side = max(east - west, (north - south) * WIDE / HIGH, LEAST)
        side *= 1 + 2 * MARGIN
        scale = WIDE / side
        return cls((west + east) / 2 - side / 2, (south + north) / 2 + HIGH / scale / 2, scale)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.north - HIGH / self.scale, self.west + WIDE / self.scale, self.north

    def path(self, shapes: Array) -> str:
        """Return the outlines of polygons and lines as the ``d`` of an SVG path."""
        done = []
        for part in shapely.get_parts(shapely.get_parts(shapes)):
            if part.geom_type == "Polygon":
                rings = [part.exterior, *part.interiors]
            elif part.geom_type in ("LineString", "LinearRing"):
                rings = [part]
            else:
                continue
            done += [self._ring(shapely.get_coordinates(ring), part.geom_type == "Polygon") for ring in rings]
        return "".join(done)

    def _ring(self, xy: Array, closed: bool) -> str:
        x = np.round((xy[:, 0] - self.west) * self.scale, 1)
        y = np.round((self.north - xy[:, 1]) * self.scale, 1)
        points = list(dict.fromkeys(zip(x.tolist(), y.tolist(), strict=True))) if closed else list(
            zip(x.tolist(), y.tolist(), strict=True))  # fmt: skip
        text = "L".join(f"{a:g} {b:g}" for a, b in points)
        return f"M{text}{'Z' if closed else ''}" if points else ""

    def at(self, point: shapely.Point) -> tuple[float, float]:
        """Return the pixel of a point."""
        return round((point.x - self.west) * self.scale, 1), round((self.north - point.y) * self.scale, 1)


class Places:
    """Draws places of one city; each level is indexed once."""

    def __init__(self, city: City) -> None:
        self.names = UnitNames(city)
        self._levels: dict[str, tuple[Array, Array, shapely.STRtree]] = {}
        for level, layer in city.layers.items():
            shapes = layer.frame.geometry.to_numpy()
            there = np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)
            codes = np.array([str(code) for code in layer.frame.index], dtype=object)
            kept = shapes[there]
            self._levels[level] = (kept, codes[there], shapely.STRtree(kept))

    def draw(self, row: DecisionRow) -> tuple[Markup, Markup, list[tuple[str, str]]]:
        """Return the place as it is, as it would be, and code and colour of the units in the order of their letters.

        Nothing of a file is in the drawing but numbers: names stand beside it, where they are escaped.
        """
        if row.geometry is None or row.geometry.is_empty or row.level not in self._levels:
            return Markup(), Markup(), []
        window = Window.around(row.geometry)
        level = _ABOVE.get(row.level, row.level) if row.rule.startswith(_BETWEEN) else row.level
        shapes, codes = self._cut(level if level in self._levels else row.level, window)
        order = _ranked(codes, row)
        colour = {codes[at]: FILLS[n] for n, at in enumerate(order[:MOST])}
        defect = shapely.clip_by_rect(row.geometry, *window.box)
        homes, _codes = self._cut("compound", window) if "compound" in self._levels else (shapes[:0], codes[:0])
        view = _View(window, shapes, codes, colour, homes, defect, order)
        after = view.svg(row.suggested) if row.suggested in set(codes) else Markup()
        before = view.svg("")
        return before, after, [(codes[at], colour[codes[at]]) for at in order[:MOST]]

    def _cut(self, level: str, window: Window) -> tuple[Array, Array]:
        shapes, codes, tree = self._levels[level]
        near = np.sort(tree.query(shapely.box(*window.box)))
        cut = shapely.clip_by_rect(shapes[near], *window.box)
        cut = shapely.simplify(cut, 0.3 / window.scale)
        some = shapely.area(cut) > 0
        return cut[some], codes[near][some]


@dataclass(frozen=True)
class _View:
    """What is seen in a window: units with their codes, colours and order, compounds, and the defect."""

    window: Window
    shapes: Array
    codes: Array
    colour: Mapping[str, str]
    homes: Array
    defect: Any
    order: Sequence[int]

    def svg(self, to: str) -> Markup:
        """Return the drawing; with the defect in the colour of the unit ``to`` where that is given."""
        window = self.window
        parts = [f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{_aria(to)}">']
        for at in reversed(self.order):
            fill = self.colour.get(self.codes[at], "#f4f6f8")
            parts.append(f'<path class="u" fill="{fill}" d="{window.path(self.shapes[at : at + 1])}"/>')
        if len(self.homes):
            parts.append(f'<path class="h" d="{window.path(self.homes)}"/>')
        if not self.defect.is_empty:
            mark = f'class="t" fill="{self.colour.get(to, "#fff")}"' if to else 'class="d"'
            parts.append(f'<path {mark} d="{window.path(np.array([self.defect], dtype=object))}"/>')
        for n, at in enumerate(self.order[:MOST]):
            x, y = window.at(shapely.point_on_surface(_largest(self.shapes[at])))
            parts.append(f'<text x="{x:g}" y="{y + 5:g}">{chr(65 + n)}</text>')
        parts.append(_bar(window))
        return Markup("".join(parts) + "</svg>")


def _aria(to: str) -> str:
    return str(Markup.escape(_("after") if to else _("before")))


def _largest(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    return parts[int(np.argmax(shapely.area(parts)))]


def _ranked(codes: Array, row: DecisionRow) -> list[int]:
    """Return the units in view: those of the defect first, then its alternatives, then the others."""
    first = [code for code, _name in row.units] + [code for code, *_rest in row.alternatives]
    rank: dict[str, int] = {code: n for n, code in reversed(list(enumerate(first)))}
    return sorted(range(len(codes)), key=lambda at: (rank.get(str(codes[at]), len(rank)), str(codes[at])))


def _bar(window: Window) -> str:
    """Return a scale bar of a round length."""
    metres = WIDE / window.scale / 4
    power = 10 ** math.floor(math.log10(metres))
    length = max(step * power for step in _STEPS if step * power <= metres)
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    end = 8 + length * window.scale
    return (
        f'<path class="s" d="M8 {HIGH - 12}v4h{end - 8:.1f}v-4"/><text class="s" x="{end + 5:.1f}" y="{HIGH - 5}">'
        f"{text}</text>"
    )
