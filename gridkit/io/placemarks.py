"""The elements of a KML text, one after the other, gathered into placemarks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gridkit.errors import LayerError
from gridkit.io.features import LONGEST
from gridkit.locale import N_

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPACED: Final = re.compile(r"\s*,\s*")
_TEXTS: Final = frozenset(("name", "description", "value", "SimpleData", "displayName", "coordinates", "coord"))


@dataclass
class Folder:
    """A folder; its name may come after its first placemark."""

    name: str = ""
    up: Folder | None = None


@dataclass
class Placemark:
    """One placemark while it is read, and afterwards.

    ``closed`` counts rings that did not end where they began, ``broken`` is 1 where a geometry is there and makes no
    sense.
    """

    inside: Folder | None = None
    name: str = ""
    description: str = ""
    data: dict[str, str] = field(default_factory=dict)
    parts: list[shapely.Geometry] = field(default_factory=list)
    rings: list[tuple[str, NDArray[np.float64]]] = field(default_factory=list)
    closed: int = 0
    broken: int = 0

    @property
    def shape(self) -> shapely.Geometry | None:
        """Its one geometry: several of one kind become one of many parts, other mixtures a collection."""
        if len(self.parts) <= 1:
            return self.parts[0] if self.parts else None
        kinds = {part.geom_type for part in self.parts}
        several = {"Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString, "Point": shapely.MultiPoint}
        return several.get(kinds.pop() if len(kinds) == 1 else "", shapely.GeometryCollection)(self.parts)

    def folder(self) -> str:
        """Return the name of the nearest folder that has one."""
        one = self.inside
        while one is not None and not one.name.strip():
            one = one.up
        return one.name if one is not None else ""

    def longest(self) -> str:
        """Return which attribute holds the longest text."""
        texts = {"name": self.name, "description": self.description, **self.data}
        return max(texts, key=lambda one: len(texts[one]))


class Reader:
    """What expat calls for each element and text."""

    def __init__(self, name: str, deepest: int) -> None:
        self.placemarks: list[Placemark] = []
        self.links = 0
        self._name, self._deepest = name, deepest
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._folder: Folder | None = None
        self._mark: Placemark | None = None
        self._label = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        tag = tag.rpartition(":")[2]
        self._path.append(tag)
        if len(self._path) > self._deepest:
            raise LayerError(
                N_("elements lie inside each other more than {most} deep"),
                place=self._name,
                remedy=N_("export it anew from the program it comes from"),
                most=self._deepest,
            )
        self._text, self._length = [], 0
        if tag == "Folder":
            self._folder = Folder(up=self._folder)
        elif tag == "Placemark":
            self._mark = Placemark(self._folder)
        elif tag in ("Data", "SimpleData"):
            self._label = attributes.get("name", "")
        elif tag in ("NetworkLink", "GroundOverlay"):
            self.links += 1

    def text(self, text: str) -> None:
        """Add text to the element."""
        if self._path and self._path[-1] in _TEXTS:
            self._length += len(text)
            if self._length > LONGEST and self._path[-1] not in ("coordinates", "coord"):
                raise LayerError(
                    N_("the attribute {header} holds a text of {length} characters"),
                    place=self._name,
                    remedy=N_("remove it in a GIS and save the file anew"),
                    header=self._path[-1],
                    length=self._length,
                )
            self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        tag = tag.rpartition(":")[2]
        text = "".join(self._text)
        self._path.pop()
        above = self._path[-1] if self._path else ""
        if tag == "name" and above == "Folder" and self._folder is not None:
            self._folder.name = text
        elif tag == "Folder" and self._folder is not None:
            self._folder = self._folder.up
        elif self._mark is not None:
            self._in_placemark(tag, above, text)
        self._text = []

    def _in_placemark(self, tag: str, above: str, text: str) -> None:
        mark = self._mark
        if mark is None:
            return
        if tag == "Placemark":
            self.placemarks.append(mark)
            self._mark = None
        elif tag == "name" and above == "Placemark":
            mark.name = text
        elif tag == "description" and above == "Placemark":
            mark.description = text
        elif (tag == "value" and above == "Data") or tag == "SimpleData":
            if self._label and text.strip():
                mark.data[self._label.strip()] = text
        elif tag == "coordinates":
            self._coordinates(mark, above, text)
        elif tag == "Polygon":
            _polygon(mark)

    def _coordinates(self, mark: Placemark, above: str, text: str) -> None:
        try:
            points = np.array([one.split(",")[:2] for one in _SPACED.sub(",", text).split()], dtype=float).reshape(
                -1, 2
            )
        except ValueError:
            mark.broken = 1
            return
        if not np.isfinite(points).all():
            mark.broken = 1
        elif above == "LinearRing" and "Polygon" in self._path:
            mark.rings.append(("inner" if "innerBoundaryIs" in self._path else "outer", points))
        elif above == "Point" and len(points) == 1:
            mark.parts.append(shapely.Point(points[0]))
        elif above in ("LineString", "LinearRing") and len(points) > 1:
            mark.parts.append(shapely.LineString(points))
        elif len(points):
            mark.broken = 1


def _polygon(mark: Placemark) -> None:
    """Make a polygon of the rings read last; rings that do not end where they begin are closed and counted."""
    shells: list[NDArray[np.float64]] = []
    holes: list[NDArray[np.float64]] = []
    for kind, points in mark.rings:
        ring = points
        if len(ring) >= 3 and not np.array_equal(ring[0], ring[-1]):
            ring = np.vstack([ring, ring[:1]])
            mark.closed += 1
        if len(ring) < 4:
            mark.broken = 1
            continue
        (shells if kind == "outer" else holes).append(ring)
    mark.rings = []
    if len(shells) == 1:
        mark.parts.append(shapely.Polygon(shells[0], holes))
    elif shells:
        mark.parts += [shapely.Polygon(one) for one in shells]
        mark.broken = 1 if holes else mark.broken
