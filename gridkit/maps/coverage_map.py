"""The coverage map of a run: every level, every compound with its status and the reason, in one offline page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import jinja2
from folium.elements import JSCSSMixin
from folium.template import Template

from gridkit.errors import UsageError
from gridkit.locale import N_, chosen, current, speaking
from gridkit.maps import vendored
from gridkit.maps.bare import run_of
from gridkit.maps.codec import Encoded, encode_levels
from gridkit.maps.compare import Before
from gridkit.maps.defects import LEVEL
from gridkit.maps.gridmap import GridMap
from gridkit.maps.plain import plain_json
from gridkit.maps.prepared import prepare
from gridkit.maps.profiles import Options, Settings
from gridkit.maps.tree import Verbatim
from gridkit.model import City, Coverage, Run
from gridkit.model.fields import COMPOUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gridkit.maps.prepared import Prepared

_SCRIPTS = (
    "fflate",
    "gk-data",
    "gk-find",
    "gk-hooks",
    "gk-theme",
    "gk-switch",
    "gk-paint",
    "gk-draw",
    "gk-tiles",
    "gk-labels",
    "gk-hit",
    "gk-filters",
    "gk-legend",
    "gk-layers",
    "gk-fill",
    "gk-swipe",
    "gk-compare",
    "gk-measure",
    "gk-search",
    "gk-table",
    "gk-list",
    "gk-panel",
    "gk-address",
    "gk-print",
    "gk-png",
    "gk-main",
)
_START_ZOOM = 12


class CoverageView(JSCSSMixin):
    """The data, the panels and the drawing of the coverage map, as one folium element.

    Parameters
    ----------
    data : Encoded
        Features from :func:`gridkit.maps.codec.encode_levels`.
    settings : dict
        Plain values for the page's script.
    page : dict
        What the template of the panels shows; it escapes every value.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            gk.start({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, data: Encoded, *, settings: dict[str, Any], page: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "CoverageView"
        self.data, self.settings, self.page = data, settings, page
        self.default_js = [(name, f"{vendored.OWN}{name}.js") for name in _SCRIPTS]
        self.default_css = [(name, f"{vendored.OWN}{name}.css") for name in ("gk", "gk-more")]

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Put the panels into the page as they are: branca would read what a macro returns as a template again."""
        vars(self.get_root())["html"].add_child(Verbatim(self.shell()), name=self.get_name())
        super().render(**kwargs)  # type: ignore[no-untyped-call]

    def shell(self) -> str:
        """Return the panels around the map, with the data that the script reads."""
        text = (vendored.folder() / "shell.html").read_text(encoding="utf-8")
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        template = environment.from_string(text)
        return template.render(
            page=self.page, words=self.settings["words"], settings=plain_json(self.settings), data=self.data.data,
            later=self.data.later,
        )  # fmt: skip


def coverage_map(
    run: Run | City,
    coverage: Coverage | None = None,
    *,
    compare: Run | Before | None = None,
    **settings: Unpack[Settings],
) -> GridMap:
    """Return the offline map of a run, a ``folium.Map`` to which further elements can be added.

    Parameters
    ----------
    run : Run or City
        The audit. Levels that the city lacks are left out; compounds without geometry are listed and counted. Of a
        city with its ``coverage``, places, links and indicators are worked out here, without an audit; the page says
        so.
    coverage : Coverage, optional
        With a city only.
    compare : Run or Before, optional
        An earlier run: the page can show what was, what changed, what is new and what is gone.
    **settings
        ``title``, ``profile``, ``approval_no``, ``basemap``, ``fields``, ``both_languages``: as of
        :class:`gridkit.maps.profiles.Options`.

    Returns
    -------
    GridMap
        Equal runs give equal bytes when it is saved. In Jupyter it shows itself.

    Raises
    ------
    UsageError
        An unknown profile or field; a city without coverage, or with that of other compounds.

    Examples
    --------
    >>> coverage_map(run).save("map.html")  # doctest: +SKIP
    >>> coverage_map(city, coverage, profile="public", approval_no="黔S(2024)001号")  # doctest: +SKIP
    """
    options = Options(**settings)
    before = Before.of(compare) if isinstance(compare, Run) else compare
    return draw(prepare(_audited(run, coverage), options, before=before))


def _audited(run: Run | City, coverage: Coverage | None) -> Run:
    if isinstance(run, Run):
        return run
    if coverage is None:
        raise UsageError(
            N_("a city has no map of its coverage before that is decided"),
            remedy=N_("give the coverage as well: coverage_map(city, coverage)"),
        )
    layer = run.layers.get(COMPOUND)
    known = coverage.frame.index[:0] if layer is None else layer.frame.index
    if differing := len(coverage.frame.index.symmetric_difference(known)):
        raise UsageError(
            N_("city and coverage differ in {n} compounds"),
            remedy=N_("give the coverage that was decided for this city"),
            n=differing,
        )
    return run_of(run, coverage, language=chosen() or run.language or current())


def draw(prepared: Prepared) -> GridMap:
    """Return the map of what is prepared: of a run, or of a part of one."""
    language, options = prepared.run.language, prepared.options
    with speaking(language):
        page = prepared.page()
    (south, west), (north, east) = bounds = _bounds(prepared.frames)
    settings = {**prepared.settings(), "bounds": bounds}
    more: dict[str, Any] = {} if not options.basemap else {"basemap": options.basemap}
    grid_map = GridMap(
        ((south + north) / 2, (west + east) / 2), title=page["title"], language=language, zoom_start=_START_ZOOM, **more
    )
    grid_map.has_headline = True
    encoded = encode_levels(prepared.frames, later=prepared.later(), ordered=[LEVEL])
    grid_map.add_child(CoverageView(encoded, settings=settings, page=page))
    return grid_map


def _bounds(frames: Mapping[str, gpd.GeoDataFrame]) -> list[list[float]]:
    """Return ``[[south, west], [north, east]]`` of the widest level that has a geometry; of China where none has.

    The widest level only: one compound with a wrong coordinate must not shrink the city to a dot.
    """
    for frame in frames.values():
        west, south, east, north = (float(value) for value in frame.total_bounds) if len(frame) else (float("nan"),) * 4
        if west == west:  # noqa: PLR0124  NaN where no feature has a geometry
            return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]
    return [[18.0, 73.0], [54.0, 135.0]]
