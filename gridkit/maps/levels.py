"""Any table of features as a level of a map: one blob for all levels, one folium layer for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template
from pyproj.exceptions import ProjError

from gridkit.errors import UsageError
from gridkit.geo.crs import to_lonlat
from gridkit.locale import N_, current, gettext, speaking
from gridkit.maps import vendored
from gridkit.maps.classes import SCHEMES, as_text, by_value, said
from gridkit.maps.codec import Encoded, encode_levels
from gridkit.maps.palette import JOINT, OWN, UNIT, WORK, Style
from gridkit.maps.plain import plain_json
from gridkit.maps.tree import Verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import folium

_SCRIPTS = ("fflate", "gk-data", "gk-find", "gk-theme", "gk-paint", "gk-levels")
_PLAIN = (UNIT, OWN, WORK, JOINT)
"""Colours of levels that no column colours, one after another."""


class LevelOptions(TypedDict, total=False):
    """Keywords of :meth:`gridkit.maps.GridMap.add_level`."""

    style_by: str | None
    styles: Mapping[Any, str] | None
    scheme: str
    fields: Sequence[str] | Mapping[str, str]
    labels: str | None
    name: str | None
    show: bool


class LevelStore(JSCSSMixin):
    """The features of all levels that were added to one map; encoded once, when the map is rendered."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = gk.addStore({{ this._parent.get_name() }}, "{{ this.get_name() }}");
        {% endmacro %}
        """
    )

    def __init__(self, words: dict[str, str], *, fit: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "LevelStore"
        self.words, self.fit = words, fit
        self.frames: dict[str, gpd.GeoDataFrame] = {}
        self.levels: list[dict[str, Any]] = []
        self.default_js = [(name, f"{vendored.OWN}{name}.js") for name in _SCRIPTS]
        self.default_css = [("gk_levels_css", f"{vendored.OWN}gk-levels.css")]

    def encoded(self) -> Encoded:
        """Return the data of all levels."""
        return encode_levels(self.frames, ordered=list(self.frames))

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Put data and settings into the page as they are, never through a template."""
        name = self.get_name()
        settings = {"levels": self.levels, "words": self.words, "fit": self.fit}
        text = (
            f'<script type="application/json" id="{name}_settings">{plain_json(settings)}</script>\n'
            f'<script type="application/octet-stream" id="{name}_data">{self.encoded().data}</script>'
        )
        vars(self.get_root())["html"].add_child(Verbatim(text), name=name)
        super().render(**kwargs)  # type: ignore[no-untyped-call]


class LevelLayer(Layer):
    """One level as a layer that folium's layer controls can switch."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new gk.LevelLayer({{ this.store.get_name() }}, {{ this.number }});
        {% endmacro %}
        """
    )

    def __init__(self, store: LevelStore, number: int, *, name: str, show: bool) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "LevelLayer"
        # as a function, so that whoever walks the tree does not render the store as a part of the layer
        self.number = number
        self._store: Callable[[], LevelStore] = lambda: store

    @property
    def store(self) -> LevelStore:
        """The store whose level this is."""
        return self._store()


def add_level(grid_map: folium.Map, gdf: gpd.GeoDataFrame, level: str, **options: Unpack[LevelOptions]) -> LevelLayer:
    """Add a table of features to the map as a level of its own and return its layer.

    Parameters
    ----------
    grid_map : GridMap
        Also as a method: ``grid_map.add_level(gdf, ...)``.
    gdf : geopandas.GeoDataFrame
        Polygons, lines and points in any coordinate system; features without a geometry are not drawn.
    level : str
        What one map calls this level; of several levels the later lies on top.
    style_by : str, optional
        Column that colours the features: numbers in at most five classes, anything else by category.
    styles : mapping, optional
        Value of that column -> colour ``#rrggbb``.
    scheme : str
        How numbers are classed: ``FisherJenks``, ``Quantiles`` or ``EqualInterval``.
    fields : sequence of str or mapping of str to str
        Columns that pointer and click show, with titles if given as a mapping; by default none.
    labels : str, optional
        Column with the name of each feature.
    name : str, optional
        Name in the legend and in layer controls; by default ``level``.
    show : bool
        Whether the level is drawn when the page opens.

    Returns
    -------
    LevelLayer

    Raises
    ------
    UsageError
        A table that is no GeoDataFrame or without coordinate system; an unknown column, scheme, colour or keyword; a
        level that is there.

    Examples
    --------
    >>> import shapely
    >>> from gridkit.maps import GridMap
    >>> shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> parks = gpd.GeoDataFrame({"area": [3, 8]}, geometry=shapes, crs=4326)
    >>> GridMap().add_level(parks, "parks", style_by="area", fields=["area"]).layer_name
    'parks'
    """
    level = str(level)
    _keywords(options)
    frame = _checked(gdf, level)
    fields = _titles(options.get("fields", ()))
    style_by, labels = options.get("style_by"), options.get("labels")
    _known(frame, [*fields, *(name for name in (style_by, labels) if name is not None)])
    store = _store(grid_map)
    if any(one["level"] == level for one in store.levels):
        raise UsageError(N_("the map has a level {level} already"), remedy=N_("choose another name"), level=level)
    number = len(store.levels)
    if style_by is None:
        ids = np.full(len(frame), "0", dtype=object)
        styles: tuple[Style, ...] = (Style("0", "", _PLAIN[number % len(_PLAIN)]),)
    else:
        with speaking(language_of(grid_map)):
            ids, styles = by_value(
                frame[style_by], styles=options.get("styles"), scheme=options.get("scheme", SCHEMES[0])
            )
    texts = {f"f{at}": as_text(frame[field]) for at, field in enumerate(fields)}
    if labels is not None:
        texts["name"] = as_text(frame[labels])
    index = pd.Index([str(code) for code in frame.index], dtype=object)
    # as objects: a text column of pandas holds no lone surrogates
    columns = {key: pd.Series(values, dtype=object, index=index) for key, values in {"class": ids, **texts}.items()}
    shapes = np.asarray(frame.geometry.array)
    store.frames[f"l{number}"] = gpd.GeoDataFrame(columns, index=index, geometry=shapes, crs=frame.crs)
    name = str(options.get("name") or level)
    with speaking(language_of(grid_map)):
        kinds = said(styles)
    store.levels.append({
        "level": level, "key": f"l{number}", "name": name, "by": "" if style_by is None else str(style_by),
        "styles": kinds, "titles": list(fields.values()), "labels": labels is not None,
    })  # fmt: skip
    layer = LevelLayer(store, number, name=name, show=bool(options.get("show", True)))
    grid_map.add_child(layer)
    return layer


def _store(grid_map: folium.Map) -> LevelStore:
    """Return the store of the map, made with its first level."""
    for child in grid_map._children.values():
        if isinstance(child, LevelStore):
            return child
    with speaking(language_of(grid_map)):
        title = "" if getattr(grid_map, "has_headline", False) else str(getattr(grid_map, "title", ""))
        words = {"close": gettext("Close"), "unnamed": "", "title": title}
    store = LevelStore(words, fit=list(grid_map.location) == [0, 0])
    grid_map.add_child(store)
    return store


def language_of(grid_map: folium.Map) -> str:
    """Return the language of the page that the map is in."""
    return str(vars(grid_map.get_root()).get("language", "") or current())


def _checked(gdf: Any, level: str) -> gpd.GeoDataFrame:
    """Return the frame in degrees."""
    if not isinstance(gdf, gpd.GeoDataFrame) or gdf._geometry_column_name not in gdf.columns:
        raise UsageError(
            N_("level {level} is no table with geometries"),
            remedy=N_("give a geopandas.GeoDataFrame"),
            level=level,
        )
    if gdf.crs is None:
        raise UsageError(
            N_("level {level} has no coordinate system"),
            remedy=N_('say which one it is: gdf.set_crs("EPSG:4490")'),
            level=level,
        )
    try:
        return to_lonlat(gdf)
    except ProjError as problem:
        raise UsageError(
            N_("the coordinate system of level {level} does not lead to degrees"),
            remedy=N_('say which one it is: gdf.set_crs("EPSG:4490")'),
            level=level,
        ) from problem


def _keywords(options: Mapping[str, Any]) -> None:
    strange = [name for name in options if name not in LevelOptions.__annotations__]
    if strange:
        raise UsageError(
            N_("{keyword} is no keyword of add_level"),
            remedy=N_("choose of: {known}"),
            keyword=", ".join(strange),
            known=", ".join(LevelOptions.__annotations__),
        )


def _titles(fields: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(fields, str):
        fields = [fields]
    pairs = fields.items() if isinstance(fields, Mapping) else zip(fields, fields, strict=True)
    return {name: str(title) for name, title in pairs}


def _known(frame: gpd.GeoDataFrame, names: Sequence[str]) -> None:
    known = [name for name in frame.columns if name != frame.geometry.name]
    strange = [str(name) for name in names if known.count(name) != 1]
    if strange:
        raise UsageError(
            N_("{column} is not one column of the table"),
            remedy=N_("choose of: {known}"),
            column=", ".join(strange),
            known=", ".join(map(str, known)),
        )
