"""A ``folium.Map`` that saves to one offline file."""

from __future__ import annotations

import os
from contextlib import nullcontext
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import folium
from folium.raster_layers import TileLayer
from folium.template import Template

from gridkit.locale import current, gettext, speaking
from gridkit.maps.basemaps import BaseMapLayer, base_map
from gridkit.maps.figure import OfflineFigure
from gridkit.maps.levels import add_level
from gridkit.maps.literals import harmless
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.maps.basemaps import BaseMap

MAX_ZOOM = 20

_LEAFLET_JS = [("leaflet", "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/leaflet.js")]
_LEAFLET_CSS = [("leaflet_css", "https://cdn.jsdelivr.net/npm/leaflet@1.9.4/dist/leaflet.css")]


class GridMap(folium.Map):
    """A map that makes no request, but for a base map's; ordinary folium elements can be added to it.

    Parameters
    ----------
    location : sequence of two float, optional
        Latitude and longitude of the centre.
    title : str
        Title of the page and accessible name of the map.
    language : str
        ``zh`` or ``en``; by default the current language.
    max_zoom : int
        Deepest zoom level.
    basemap : str or BaseMap, optional
        Tiles under the map: ``tianditu``, ``osm``, ``amap``, or a template with ``{z}``, ``{x}`` and ``{y}``; see
        :func:`gridkit.maps.basemaps.base_map`. The page then asks this host for pictures, and no other.
    **kwargs
        As for :class:`folium.Map`. A tile layer is refused when the map is rendered, because its tiles are outside.

    Examples
    --------
    >>> import folium
    >>> grid_map = GridMap((27.1, 107.9), title="Demo")
    >>> marker = folium.CircleMarker((27.1, 107.9), tooltip="${alert(1)}").add_to(grid_map)
    >>> "https://cdn" in grid_map.get_root().render()
    False
    """

    default_js = _LEAFLET_JS
    default_css = _LEAFLET_CSS
    add_level = add_level

    # as in folium, but the user may zoom the page, and the map has a name that a screen reader can say
    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <style>
                html, body { width: 100%; height: 100%; margin: 0; padding: 0; }
                #{{ this.get_name() }} {
                    position: {{ this.position }};
                    width: {{ this.width[0] }}{{ this.width[1] }};
                    height: {{ this.height[0] }}{{ this.height[1] }};
                    left: {{ this.left[0] }}{{ this.left[1] }};
                    top: {{ this.top[0] }}{{ this.top[1] }};
                }
                .leaflet-container { font-size: {{ this.font_size }}; }
            </style>
            <script>
                L_NO_TOUCH = {{ this.global_switches.no_touch|tojson }};
                L_DISABLE_3D = {{ this.global_switches.disable_3d|tojson }};
            </script>
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} aria-label="{{ this.label }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            L.Control.Zoom.mergeOptions({zoomInTitle: {{ this.zoom_titles[0]|tojson }}, zoomOutTitle: {{
                this.zoom_titles[1]|tojson }}});
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
            {%- if this.control_scale %}
            (function (map, units) {
                var scale = L.control.scale({imperial: false});
                if (!window.gk || !gk.roundMetres) scale._updateMetric = function (most) {
                    var size = this._getRoundNum(most), said = size < 1000 ? units[0] : units[1];
                    this._updateScale(this._mScale, said.replace("{n}", size < 1000 ? size : size / 1000), size / most);
                };
                scale.addTo(map);
            })({{ this.get_name() }}, {{ this.units|tojson }});
            {%- endif %}
            {%- if this.zoom_control_position %}
            L.control.zoom({position: {{ this.zoom_control|tojson }}}).addTo({{ this.get_name() }});
            {%- endif %}
            {%- if this.objects_to_stay_in_front %}
            function objects_in_front() {
                {%- for object in this.objects_to_stay_in_front %}
                {{ object.get_name() }}.bringToFront();
                {%- endfor %}
            }
            {{ this.get_name() }}.on("overlayadd", objects_in_front);
            $(document).ready(objects_in_front);
            {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(
        self,
        location: Sequence[float] | None = None,
        *,
        title: str = "",
        language: str = "",
        max_zoom: int = MAX_ZOOM,
        basemap: str | BaseMap | None = None,
        **kwargs: Any,
    ) -> None:
        base = base_map(basemap) if basemap else None
        language = language or current()
        kwargs = {
            "tiles": None,
            "control_scale": True,
            "fade_animation": False,
            "attribution_control": bool(base),
        } | kwargs
        super().__init__(location, max_zoom=max_zoom, **kwargs)
        # folium hands max_zoom to a tile layer only; clusters and our own layers need it on the map
        self.options["max_zoom"] = max_zoom
        # half steps, so that a wide city fills the window when the page opens
        self.options["zoom_snap"] = 0.25
        self.title = title
        self.has_headline = False  # whether the page around the map says the title
        self.label = escape(title).replace("{", "&#123;")  # branca reads the finished text as a template once more
        with speaking(language):
            self.zoom_titles = (gettext("Zoom in"), gettext("Zoom out"))
            self.units = (gettext("{n} m"), gettext("{n} km"))
        self.default_js, self.default_css = list(_LEAFLET_JS), list(_LEAFLET_CSS)
        OfflineFigure(title, language).add_child(self)
        if base:
            self.add_child(BaseMapLayer(base, language), name="base_map")

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Render the map and its children into the figure, texts made harmless."""
        if any(isinstance(child, TileLayer) for child in self._children.values()):
            self.options["attribution_control"] = True  # whose tiles they are has to be said
        with nullcontext() if isinstance(self.get_root(), OfflineFigure) else harmless(self):  # else the figure does it
            super().render(**kwargs)  # type: ignore[no-untyped-call]

    def save(
        self,
        outfile: str | bytes | Path | BinaryIO,
        close_file: bool = True,
        *,
        resources: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Write the page, as a whole or not at all.

        Parameters
        ----------
        outfile : path or binary file
            Where to write.
        close_file : bool
            Whether an open file is closed afterwards.
        resources : str, optional
            ``strict`` (refuse what is not part of gridkit), ``inline`` (leave it out and warn) or ``cdn`` (keep the
            links, so that the page needs a network); by default that of the figure, ``strict``.
        **kwargs
            Handed to the elements' ``render``.

        Raises
        ------
        OutputError
            If an element asks for something outside the page, or the file cannot be written.
        UsageError
            If ``resources`` is none of the three.

        Examples
        --------
        >>> import io
        >>> page = io.BytesIO()
        >>> GridMap().save(page, close_file=False)
        >>> page.getvalue()[:15]
        b'<!DOCTYPE html>'
        """
        if resources is not None:
            kwargs["resources"] = resources
        data = self.get_root().render(**kwargs).encode("utf-8")
        if isinstance(outfile, (str, bytes, Path)):
            write_whole(Path(os.fsdecode(outfile)), data)
            return
        outfile.write(data)
        if close_file:
            outfile.close()


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` beside ``path`` and rename it, so that no half-written file is ever seen.

    Raises
    ------
    OutputError
        If the file cannot be written, or ``path`` is no file that could be replaced.
    """
    with whole(path) as draft:
        draft.write_bytes(data)
