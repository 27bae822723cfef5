"""A map of layers alone: their features, their names and what the files say of them; nothing about coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import folium

from gridkit.locale import gettext, speaking
from gridkit.maps.gridmap import GridMap
from gridkit.maps.words import LEVEL_NAMES
from gridkit.model.fields import COMPOUND, LEVELS
from gridkit.rules.headings import FIELDS
from gridkit.rules.labels import label

if TYPE_CHECKING:
    import geopandas as gpd

    from gridkit.maps.basemaps import BaseMap
    from gridkit.model import City

_SHOWN: Final = (
    "street_name", "community_name", "grid_code", "compound_type", "grid_kind", "households", "population", "buildings",
    "built_year", "property_company", "owner_unit",
)  # fmt: skip
"""Columns that are shown where a layer has values in them; none is about a person."""


def plain_map(city: City, *, title: str, language: str, basemap: str | BaseMap | None = None) -> GridMap:
    """Return a map of the layers of a city, the widest below, each of which can be switched off.

    Parameters
    ----------
    city : City
    title : str
    language : str
        ``zh`` or ``en``.
    basemap : str or BaseMap, optional
        As of :class:`gridkit.maps.GridMap`.

    Examples
    --------
    >>> from gridkit.model import City
    >>> plain_map(City("nowhere", "EPSG:4544"), title="Nothing", language="en").title
    'Nothing'
    """
    grid_map = GridMap(title=title, language=language, basemap=basemap)
    with speaking(language):
        for level in LEVELS:
            if level in city.layers and len(city.layers[level].frame):
                frame, fields = _shown(city.layers[level].frame, level)
                grid_map.add_level(frame, level, labels="name", fields=fields, name=gettext(LEVEL_NAMES[level]))
    if len(city.layers) > 1:
        folium.LayerControl(collapsed=False).add_to(grid_map)
    return grid_map


def _shown(frame: gpd.GeoDataFrame, level: str) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the features with what is shown of them, and the words for its columns."""
    there = [name for name in _SHOWN if name in frame and bool((frame[name].notna() & (frame[name] != "")).any())]
    shown = frame[["name", *there, frame.geometry.name]].assign(code=frame.index.astype(str))
    for name in ("compound_type", "grid_kind"):
        if name in there:
            vocabulary = "compound_type" if level == COMPOUND else "grid_kind"
            shown[name] = [label(str(value), vocabulary) if value else "" for value in shown[name].fillna("")]
    return shown, {"code": gettext("Code"), **{name: gettext(FIELDS.get(name, name)) for name in there}}
