"""The coverage map of a run: every level, every compound with its status and the reason, in one offline page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jinja2
from folium.elements import JSCSSMixin
from folium.template import Template
from markupsafe import Markup

from gridkit.errors import UsageError
from gridkit.locale import N_, gettext, speaking
from gridkit.maps import vendored
from gridkit.maps.codec import encode_levels
from gridkit.maps.defects import LEVEL, defect_features, defect_words
from gridkit.maps.features import features
from gridkit.maps.gridmap import GridMap
from gridkit.maps.palette import CLASS_STYLES, STATUS_STYLES
from gridkit.maps.summary import shell
from gridkit.maps.tree import Verbatim
from gridkit.maps.words import LEVEL_NAMES, ONE_OF, ORGANISATION, VALID, WORK, page_words, rule_words, said
from gridkit.model.fields import vocabulary
from gridkit.rules.labels import label

if TYPE_CHECKING:
    import geopandas as gpd

    from gridkit.model import Run

PROFILES = ("internal", "public")
_SCRIPTS = ("fflate", "gk-data", "gk-hooks", "gk-draw", "gk-list", "gk-panel", "gk-address", "gk-print", "gk-main")
_START_ZOOM = 12


class CoverageView(JSCSSMixin):
    """The data, the panels and the drawing of the coverage map, as one folium element.

    Parameters
    ----------
    data : str
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

    def __init__(self, data: str, *, settings: dict[str, Any], page: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "CoverageView"
        self.data, self.settings, self.page = data, settings, page
        self.default_js = [(name, f"{vendored.OWN}{name}.js") for name in _SCRIPTS]
        self.default_css = [("gk_css", f"{vendored.OWN}gk.css")]

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
            page=self.page, words=self.settings["words"], settings=plain_json(self.settings), data=self.data
        )


def plain_json(value: object) -> Markup:
    """Return JSON that may stand inside a ``<script type="application/json">`` element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def coverage_map(run: Run, *, title: str | None = None, profile: str = "internal") -> GridMap:
    """Return the offline map of a run, a ``folium.Map`` to which further elements can be added.

    Parameters
    ----------
    run : Run
        The audit. Levels that the city lacks are left out; compounds without geometry are listed and counted.
    title : str, optional
        Title of the page; by default made from the city's name.
    profile : str
        ``internal`` (with evidence, and marked so) or ``public`` (no evidence, no details of small compounds).

    Returns
    -------
    GridMap
        Equal runs give equal bytes when it is saved.
    """
    if profile not in PROFILES:
        raise UsageError(
            N_("{profile} is not a profile of a map"), remedy=N_("choose internal or public"), profile=profile
        )
    public = profile == "public"
    with speaking(run.language):
        name = title or gettext("{city}: coverage of residential compounds").format(city=run.city.name)
        frames = features(run, public=public)
        defects = None if public else defect_features(run)
        if defects is not None:
            frames[LEVEL] = defects
        settings = _settings(run, frames, public=public)
        page = shell(run, name, public=public)
    (south, west), (north, east) = settings["bounds"]
    grid_map = GridMap(
        ((south + north) / 2, (west + east) / 2), title=name, language=run.language, zoom_start=_START_ZOOM
    )
    grid_map.add_child(CoverageView(encode_levels(frames), settings=settings, page=page))
    return grid_map


def _settings(run: Run, frames: dict[str, gpd.GeoDataFrame], *, public: bool) -> dict[str, Any]:
    return {
        "language": run.language,
        "public": public,
        "bounds": _bounds(frames),
        "words": page_words(),
        "levels": said(LEVEL_NAMES),
        "one": said(ONE_OF),
        "types": {kind: label(kind, "compound_type") for kind in vocabulary("compound_type")},
        "valid": said(VALID),
        "organisation": said(ORGANISATION),
        "work": said(WORK),
        "rules": rule_words(run.coverage.ruleset),
        "statuses": [style.said() for style in STATUS_STYLES],
        "classes": [style.said() for style in CLASS_STYLES],
        "defects": defect_words(run, len(frames.get(LEVEL, ()))),
    }


def _bounds(frames: dict[str, gpd.GeoDataFrame]) -> list[list[float]]:
    """Return ``[[south, west], [north, east]]`` of the widest level that has a geometry; of China where none has.

    The widest level only: one compound with a wrong coordinate must not shrink the city to a dot.
    """
    for frame in frames.values():
        west, south, east, north = (float(value) for value in frame.total_bounds) if len(frame) else (float("nan"),) * 4
        if west == west:  # noqa: PLR0124  NaN where no feature has a geometry
            return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]
    return [[18.0, 73.0], [54.0, 135.0]]
