"""The review page: every decision that waits, beside a small map, in one offline file that is worked by keyboard."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import jinja2
import numpy as np
import shapely
from branca.element import CssLink, Element, JavascriptLink

from gridkit.geo import LONLAT, to_lonlat
from gridkit.linkage.mentions import COVERS, PLACE_COLUMNS, title_of
from gridkit.linkage.names import keys, simplified
from gridkit.locale import current
from gridkit.locale import gettext as _
from gridkit.maps import vendored
from gridkit.maps.codec import encode_levels, project
from gridkit.maps.figure import OfflineFigure
from gridkit.maps.gridmap import write_whole
from gridkit.maps.plain import plain_json
from gridkit.maps.review_words import review_words
from gridkit.maps.tree import Verbatim
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS
from gridkit.model.overrides import OVERRIDE_COLUMNS
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from gridkit.model import City

CELLS: Final = 6
"""Cells of one decision that the page names; the others are counted."""
NEAR_M: Final = 250.0
"""Metres around candidates and points within which other compounds are shown, in grey."""
ROUGH_M: Final = {COMMUNITY: 2.0}
"""Metres by which an outline may differ from the layer; half a metre for what is not named."""
_ROUGH: Final = 0.5
_SCRIPTS: Final = (
    "fflate",
    "gk-data",
    "gk-find",
    "gk-hooks",
    "gk-list",
    "gk-review-data",
    "gk-review-tools",
    "gk-review-map",
    "gk-review",
)
_SEVERAL: Final = frozenset((column.kind, column.field) for column in (*PLACE_COLUMNS, COVERS))
"""Columns of which one mention may name several places."""


def write_review_html(queue: pd.DataFrame, city: City, path: Path) -> None:
    """Write the review page in the current language.

    Parameters
    ----------
    queue : pandas.DataFrame
        From :func:`gridkit.linkage.queue.review_queue`.
    city : City
        For the outlines of candidates, of their neighbours and of the communities that rows state.
    path : pathlib.Path
        File to write; an existing one is replaced. Equal queues give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    write_whole(path, review_page(queue, city).encode("utf-8"))


def review_page(queue: pd.DataFrame, city: City) -> str:
    """Return the review page as text."""
    title = _("{city}: review of links").format(city=city.name)
    homes = _homes(queue, city)
    rows = _rows(queue, city, homes)
    settings = {
        "id": _identity(queue, city),
        "columns": OVERRIDE_COLUMNS,
        "words": review_words(),
        "statuses": [],
        "classes": [],
        "title": title,
    }
    text = (vendored.folder() / "gk-review.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    shell = environment.from_string(text).render(
        title=title, words=settings["words"], settings=plain_json(settings), queue=_packed(rows),
        data=encode_levels(_shapes(queue, city, homes)).data, as_of=city.as_of.isoformat() if city.as_of else "",
    )  # fmt: skip
    figure = OfflineFigure(title, current())
    for name in _SCRIPTS:
        figure.header.add_child(JavascriptLink(f"{vendored.OWN}{name}.js"), name=name)
    figure.header.add_child(CssLink(f"{vendored.OWN}gk-review.css"), name="css")
    figure.html.add_child(Verbatim(shell), name="shell")
    figure.script.add_child(Element("gk.review.start();"), name="start")
    return figure.render()


def _identity(queue: pd.DataFrame, city: City) -> str:
    """Return under what name a browser keeps the decisions of this page: the same for the same open decisions."""
    said = "\n".join([city.name, *sorted(queue["key"].tolist())])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def _packed(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode("ascii")


def _homes(queue: pd.DataFrame, city: City) -> list[str]:
    """Return the code of the community that each row states, ``""`` where it names none or several."""
    layer = city.layers.get(COMMUNITY)
    if layer is None:
        return [""] * len(queue)
    codes = layer.frame.index.tolist()
    known: dict[str, str] = {}
    for code, key in zip(codes, keys(layer.frame["name"].to_list(), COMMUNITY), strict=True):
        known[key.full] = "" if key.full in known else str(code)
    known |= {str(code): str(code) for code in codes}
    said = queue["parent"].to_list()
    found = [known.get(key.full, "") for key in keys(said, COMMUNITY)] if said else []
    return [
        known.get(text, code) if field != COMMUNITY and text else ""
        for text, code, field in zip(said, found, queue["field"], strict=True)
    ]


def _rows(queue: pd.DataFrame, city: City, homes: list[str]) -> dict[str, Any]:
    """Return the decisions as plain values; compounds that would change by their number in ``changed``."""
    changed = sorted({code for codes in queue["changes"] for code in codes})
    number = {code: at for at, code in enumerate(changed)}
    units = _units(queue, city)
    plain = _plain(queue)
    rows = []
    labels: dict[tuple[str, str], str] = {}
    for at, row in enumerate(queue.to_dict("records")):
        column = (row["kind"], row["field"])
        if column not in labels:
            template = _("{table}, {column}")
            labels[column] = template.format(
                table=label(row["kind"], "table"), column=label(title_of(*column), "field")
            )
        rows.append({
            "k": row["key"], "kind": row["kind"], "field": row["field"], "label": labels[column], "m": row["mention"],
            "q": plain.get(row["mention"], ""),
            "p": row["parent"], "a": row["address"], "c": list(row["cells"][:CELLS]), "n": len(row["cells"]),
            "d": [_candidate(one, plain) for one in row["candidates"]], "ch": [number[code] for code in row["changes"]],
            "h": int(row["households"]), "xy": units[at], "home": homes[at], "several": column in _SEVERAL,
        })  # fmt: skip
    return {"gk": 1, "changed": len(changed), "rows": rows}


def _plain(queue: pd.DataFrame) -> dict[str, str]:
    """Return the simplified form of each name that has another one of the same length, to compare names by letter."""
    names = {*queue["mention"], *(one["name"] for candidates in queue["candidates"] for one in candidates)}
    texts = sorted(names)
    pairs = zip(texts, simplified(texts), strict=True)
    return {name: easy for name, easy in pairs if easy != name and len(easy) == len(name)}


def _candidate(one: Mapping[str, Any], plain: Mapping[str, str]) -> dict[str, Any]:
    return {
        "l": one["level"], "i": one["code"] if one["level"] in LEVELS else "", "t": one["target"], "n": one["name"],
        "q": plain.get(one["name"], ""), "p": one["parent"], "s": f"{one['score']:g}", "w": one["why"],
    }  # fmt: skip


def _units(queue: pd.DataFrame, city: City) -> list[list[int] | None]:
    """Return the point of each row in the units of the page."""
    there = np.isfinite(queue["x"].to_numpy(dtype=float))
    if not there.any():
        return [None] * len(queue)
    points = gpd.GeoSeries.from_xy(queue.loc[there, "x"], queue.loc[there, "y"], crs=city.crs)
    lonlat = to_lonlat(points)
    found = iter(project(np.column_stack([lonlat.x, lonlat.y])).tolist())
    return [next(found) if one else None for one in there.tolist()]


def _shapes(queue: pd.DataFrame, city: City, homes: list[str]) -> dict[str, gpd.GeoDataFrame]:
    """Return what the page draws: candidates, the compounds near them, and the communities around."""
    wanted: dict[str, set[str]] = {level: set() for level in (COMMUNITY, GRID, COMPOUND)}
    for candidates in queue["candidates"]:
        for one in candidates:
            if one["level"] in wanted:
                wanted[one["level"]].add(one["code"])
    wanted[COMMUNITY] |= set(homes) - {""}
    layers = {level: city.layers[level].frame for level in wanted if level in city.layers}
    if COMPOUND in layers:
        wanted[COMPOUND] |= _beside(queue, city, layers, wanted)
    if COMMUNITY in layers and COMPOUND in layers:
        wanted[COMMUNITY] |= _around(layers, wanted[COMPOUND])
    out = {}
    for level, frame in layers.items():
        some = frame.loc[frame.index.isin(wanted[level]), ["name", "geometry"]]
        rough = shapely.simplify(some.geometry.to_numpy(), ROUGH_M.get(level, _ROUGH), preserve_topology=True)
        shown = gpd.GeoDataFrame({"name": some["name"].astype(object)}, geometry=rough, crs=city.crs, index=some.index)
        out[level] = to_lonlat(shown).set_crs(LONLAT, allow_override=True)
    return out


def _beside(
    queue: pd.DataFrame, city: City, layers: Mapping[str, gpd.GeoDataFrame], wanted: Mapping[str, set[str]]
) -> set[str]:
    """Return the compounds near candidates and points, and all of a stated community."""
    frame = layers[COMPOUND]
    shapes = frame.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    known = queue[np.isfinite(queue["x"].to_numpy(dtype=float))]
    around = [shapes[frame.index.isin(wanted[COMPOUND])], shapely.points(known[["x", "y"]].to_numpy(dtype=float))]
    near = tree.query(np.concatenate(around), predicate="dwithin", distance=NEAR_M)[1]
    homes = [level for level in (COMMUNITY, GRID) if level in layers]
    inside = [
        tree.query(layers[level].geometry.to_numpy()[layers[level].index.isin(wanted[level])], predicate="intersects")[
            1
        ]
        for level in homes
    ]
    return set(frame.index[np.unique(np.concatenate([near, *inside]))])


def _around(layers: Mapping[str, gpd.GeoDataFrame], compounds: set[str]) -> set[str]:
    """Return the communities that the compounds lie in."""
    some = layers[COMPOUND].geometry.to_numpy()[layers[COMPOUND].index.isin(compounds)]
    some = some[~(shapely.is_missing(some) | shapely.is_empty(some))]
    found = shapely.STRtree(layers[COMMUNITY].geometry.to_numpy()).query(shapely.point_on_surface(some), "intersects")
    return set(layers[COMMUNITY].index[np.unique(found[1])])
