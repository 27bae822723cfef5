"""DXF drawings: lines made into areas layer by layer, texts into names, by fiona, which takes the driver's settings.

A drawing knows no coordinate system. Texts are read in disguise and decoded by vote, because GDAL believes the code
page of the header, which newer versions contradict (domain 5.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import fiona
import numpy as np
import shapely

from gridkit.errors import LayerError
from gridkit.geo.rings import Rings, close_rings
from gridkit.io.decode import DISGUISE, reveal, vote
from gridkit.io.descriptions import is_header, pairs_of
from gridkit.io.features import Features, Remark, asking, unreadable
from gridkit.io.text import compact, tidy
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gridkit.io.features import Shapes

TOLERANCE: Final = 0.05
"""Ends of lines that are closer than this, in metres, are taken to meet; drawings leave gaps of some centimetres."""

_DEGREE: Final = 111_320.0
"""Metres of a degree of latitude, for drawings in degrees."""

MOST_ENTITIES: Final = 2_000_000

_CODE: Final = re.compile(r"(?=(?:\D*\d){6})[0-9A-Za-z-]{6,24}")
_WORDS: Final = re.compile(r"[\u3400-\u9fffA-Za-z]")
_END: Final = re.compile(rb"EOF\s*$")
_BINARY: Final = b"AutoCAD Binary DXF"


@dataclass(frozen=True)
class Drawing:
    """The lines, areas and texts of a drawing, each with the name of its layer."""

    lines: Shapes
    line_layers: list[str]
    areas: Shapes
    area_layers: list[str]
    texts: Shapes
    words: list[str]

    @property
    def layers(self) -> list[str]:
        """Layers that hold lines or areas."""
        return sorted({*self.line_layers, *self.area_layers})


def drawing(file: Path, name: str, *, encoding: str = "") -> Drawing:
    """Read everything of a drawing that can bound or name an area; sheets for printing (paper space) are left out.

    Raises
    ------
    LayerError
        If it is cut off, or no drawing.
    """
    _demand_end(file, name)
    lines: list[tuple[Any, str]] = []
    areas: list[tuple[Any, str]] = []
    texts: list[tuple[Any, str]] = []
    with (
        asking(name),
        fiona.Env(DXF_ENCODING=DISGUISE),
        fiona.open(file.absolute(), enabled_drivers=["DXF"]) as features,
    ):
        for count, feature in enumerate(features):
            if count > MOST_ENTITIES:
                raise unreadable(name, f"> {MOST_ENTITIES}")
            own = feature.properties
            if feature.geometry is None or own.get("PaperSpace"):
                continue
            shape = shapely.force_2d(shapely.geometry.shape(feature.geometry))
            if own.get("Text"):
                texts.append((shapely.point_on_surface(shape), str(own["Text"])))
                continue
            for part in shapely.get_parts(shapely.get_parts(shape)):
                if part.geom_type == "LineString":
                    lines.append((part, str(own.get("Layer") or "0")))
                elif part.geom_type == "Polygon":
                    areas.append((part, str(own.get("Layer") or "0")))
    names = sorted({layer for _, layer in lines + areas})
    revealed = dict(zip(names, _revealed(names, encoding), strict=True))
    return Drawing(
        _array([one for one, _ in lines]), [revealed[layer] for _, layer in lines],
        _array([one for one, _ in areas]), [revealed[layer] for _, layer in areas],
        _array([one for one, _ in texts]), _revealed([text for _, text in texts], encoding),
    )  # fmt: skip


def _array(shapes: Sequence[Any]) -> Shapes:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def _revealed(texts: Sequence[str], encoding: str) -> list[str]:
    stated = encoding.lower().replace("_", "-")
    codec = stated if stated in ("utf-8", "utf8") else "gb18030" if stated else vote(set(texts))
    return [reveal(text, codec)[0] for text in texts]


def _demand_end(file: Path, name: str) -> None:
    """Refuse a drawing without its last line; GDAL would read what is there and say nothing."""
    with file.open("rb") as stream:
        binary = stream.read(len(_BINARY)) == _BINARY
        stream.seek(0, 2)
        stream.seek(max(stream.tell() - 64, 0))
        tail = stream.read()
    if not binary and not _END.search(tail.rstrip(b"\x00\x1a \r\n\t")):
        raise LayerError(
            N_("the drawing has no end: the file was cut off"),
            place=name,
            remedy=N_("copy it again, or save it anew in the drawing program"),
        )


def read(found: Drawing, name: str, layer: str) -> Features:
    """Make features of one layer of a drawing.

    Raises
    ------
    LayerError
        If nothing on it surrounds anything.
    """
    lines = found.lines[[one == layer for one in found.line_layers]] if len(found.lines) else found.lines
    areas = found.areas[[one == layer for one in found.area_layers]] if len(found.areas) else found.areas
    rings = close_rings(lines, tolerance=tolerance_of(np.concatenate([lines, areas])))
    polygons = np.concatenate([areas, rings.polygons])
    if not len(polygons):
        raise LayerError(
            N_("no line of the layer {layer} is closed: it holds no area"),
            place=name,
            remedy=N_("name the layer of the boundaries with layer in gridkit.toml, or close the lines"),
            layer=layer,
        )
    names, cells, remarks = _labelled(polygons, found)
    if rings.divided:
        remarks.append(Remark("S160", params={"n": rings.divided, "variant": "divided"}))
    return Features(layer, names, cells, polygons, remarks=(*remarks, *_open_ends(rings)))


def tolerance_of(shapes: Shapes) -> float:
    """Return the tolerance in the unit of the drawing: metres, or degrees where all numbers could be degrees."""
    bounds = np.abs(shapely.total_bounds(shapes)) if len(shapes) else np.zeros(4)
    degrees = bounds[[0, 2]].max() <= 180 and bounds[[1, 3]].max() <= 90 and bounds[[0, 2]].min() > 1
    return TOLERANCE / _DEGREE if degrees else TOLERANCE


def _open_ends(rings: Rings) -> list[Remark]:
    gaps = [round(float(gap), 3) if np.isfinite(gap) else -1.0 for gap in rings.gaps]
    return [
        Remark("S164", at=_place(rings, one), params={"distance_m": gap, "variant": "one" if gap > 0 else "alone"})
        for one, gap in enumerate(gaps)
    ]


def _place(rings: Rings, one: int) -> tuple[float, float]:
    return float(rings.ends[one, 0]), float(rings.ends[one, 1])


def _labelled(polygons: Shapes, found: Drawing) -> tuple[list[str], list[list[Any]], list[Remark]]:
    """Give each text to the smallest area that holds it, and name the areas by them."""
    inside: list[list[str]] = [[] for _ in polygons]
    outside = 0
    if len(found.texts):
        text, area = shapely.STRtree(polygons).query(found.texts, predicate="covered_by")
        order = np.lexsort((area, shapely.area(polygons[area]), text))
        text, area = text[order], area[order]
        first = np.unique(text, return_index=True)[1]
        for one, other in zip(text[first], area[first], strict=True):
            inside[other].append(found.words[one])
        outside = len(found.texts) - len(first)
    rows = [_attributes(sorted(texts)) for texts in inside]
    several = tuple(position + 1 for position, row in enumerate(rows) if row.pop("?", ""))
    none = tuple(position + 1 for position, texts in enumerate(inside) if not texts)
    told = (("several", several, len(several)), ("none", none, len(none)), ("outside", (), outside))
    remarks = [Remark("S165", lost, params={"n": n, "variant": variant}) for variant, lost, n in told if n]
    names = list(dict.fromkeys(["name", "code", *(label for row in rows for label in sorted(row))]))
    return names, [[row.get(label, "") for row in rows] for label in names], remarks


def _attributes(texts: Sequence[str]) -> dict[str, str]:
    """Return the attributes that the texts of one area say; ``?`` stands where several could be its name."""
    row: dict[str, str] = {}
    names, codes = [], []
    for text in texts:
        pairs, rest = pairs_of(text.replace("<", " "))
        row.update({label: value for label, value in pairs if is_header(label)})
        bare = tidy(rest if any(is_header(label) for label, _ in pairs) else text)
        if _CODE.fullmatch(compact(bare)):
            codes.append(bare)
        elif _WORDS.search(bare):
            names.append(bare)
    for header, found in (("name", names), ("code", codes)):
        distinct = sorted(set(found))
        if len(distinct) == 1:
            row[header] = distinct[0]
        elif distinct:
            row["?"] = "?"
            row["标注"] = " / ".join([*filter(None, [row.get("标注")]), *distinct])
    return row
