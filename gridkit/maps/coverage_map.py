"""The coverage map of a run: every level, every compound with its status and the reason, in one offline page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Unpack

import jinja2
from folium.elements import JSCSSMixin
from folium.template import Template
from markupsafe import Markup

from gridkit.errors import UsageError
from gridkit.locale import LANGUAGES, N_, current, gettext, speaking
from gridkit.maps import vendored
from gridkit.maps.bare import run_of
from gridkit.maps.codec import Encoded, encode_levels
from gridkit.maps.compare import Before, before_status, comparison
from gridkit.maps.defects import LEVEL, defect_features, defect_words
from gridkit.maps.features import TEXTS, features, spoken
from gridkit.maps.gridmap import GridMap
from gridkit.maps.indicators import choropleths
from gridkit.maps.palette import CLASS_STYLES, STATUS_STYLES
from gridkit.maps.profiles import Options, Settings
from gridkit.maps.summary import shell
from gridkit.maps.tree import Verbatim
from gridkit.maps.words import LEVEL_NAMES, ONE_OF, ORGANISATION, VALID, WORK, page_words, rule_words, said
from gridkit.model import City, Coverage, Run
from gridkit.model.fields import COMPOUND, vocabulary
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridkit.maps.indicators import Choropleth

MANY: Final = 20_000
"""Compounds from which a page carries one language only, unless both are asked for."""
_SCRIPTS = (
    "fflate",
    "gk-data",
    "gk-find",
    "gk-hooks",
    "gk-draw",
    "gk-list",
    "gk-panel",
    "gk-address",
    "gk-print",
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
            page=self.page, words=self.settings["words"], settings=plain_json(self.settings), data=self.data.data,
            later=self.data.later,
        )  # fmt: skip


def plain_json(value: object) -> Markup:
    """Return JSON that may stand inside a ``<script type="application/json">`` element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


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
        An unknown profile or field; a city without coverage.

    Examples
    --------
    >>> coverage_map(run).save("map.html")  # doctest: +SKIP
    >>> coverage_map(city, coverage, profile="public", approval_no="黔S(2024)001号")  # doctest: +SKIP
    """
    options = Options(**settings)
    audited = _audited(run, coverage)
    before = Before.of(compare) if isinstance(compare, Run) else compare
    with speaking(audited.language):
        indicators = choropleths(audited, public=options.public)
        frames = features(audited, options, indicators=indicators)
        defects = None if options.public else defect_features(audited)
        if defects is not None:
            frames[LEVEL] = defects
    return draw(audited, frames, options, indicators=indicators, before=before)


def _audited(run: Run | City, coverage: Coverage | None) -> Run:
    if isinstance(run, Run):
        return run
    if coverage is None:
        raise UsageError(
            N_("a city has no map of its coverage before that is decided"),
            remedy=N_("give the coverage as well: coverage_map(city, coverage)"),
        )
    return run_of(run, coverage, language=current())


def draw(
    run: Run,
    frames: dict[str, gpd.GeoDataFrame],
    options: Options,
    *,
    indicators: Sequence[Choropleth],
    before: Before | None = None,
) -> GridMap:
    """Return the map of features that are there already; parameters as of :func:`coverage_map`.

    Parameters
    ----------
    frames : dict of str to geopandas.GeoDataFrame
        From :func:`gridkit.maps.features.features`, in the language of the run.
    indicators : sequence of Choropleth
    """
    size = len(frames.get(COMPOUND, ()))
    both = size <= MANY if options.both_languages is None else options.both_languages
    frames = {level: frame.copy() for level, frame in frames.items()}
    main = run.language
    languages = {main: _language(run, frames, options, indicators=indicators, speak=main)}
    if both:
        for other in LANGUAGES:
            if other != main:
                languages[other] = _language(run, frames, options, indicators=indicators, speak=other)
    if before is not None and COMPOUND in frames:
        frames[COMPOUND]["before_status"] = before_status(frames[COMPOUND], before)
    with speaking(main):
        settings = {
            "language": main,
            "public": options.public,
            "fields": list(options.shown()),
            "bounds": _bounds(frames),
            **{key: value for key, value in languages[main].items() if key != "page"},
            "languages": dict(sorted(languages.items())) if both else {},
        }
        if before is not None and COMPOUND in frames:
            settings["compare"] = comparison(run, frames[COMPOUND], before, public=options.public)
        page = shell(run, _title(run, options), options)
    (south, west), (north, east) = settings["bounds"]
    more: dict[str, Any] = {} if options.basemap is None else {"basemap": options.basemap}
    grid_map = GridMap(
        ((south + north) / 2, (west + east) / 2), title=page["title"], language=main, zoom_start=_START_ZOOM, **more
    )
    encoded = encode_levels(frames, later=later(frames), ordered=[LEVEL])
    grid_map.add_child(CoverageView(encoded, settings=settings, page=page))
    return grid_map


def _title(run: Run, options: Options) -> str:
    return options.title or gettext("{city}: coverage of residential compounds").format(city=run.city.name)


def _language(
    run: Run,
    frames: dict[str, gpd.GeoDataFrame],
    options: Options,
    *,
    indicators: Sequence[Choropleth],
    speak: str,
) -> dict[str, Any]:
    """Return what the page says in one language; texts of another than the run's go into columns ``<name>@<lang>``."""
    with speaking(speak):
        if speak != run.language:
            indicators = choropleths(run, public=options.public)
            for level, texts in spoken(run, frames, options, indicators).items():
                for name in texts.columns:
                    frames[level][f"{name}@{speak}"] = texts[name]
            defects = defect_features(run) if LEVEL in frames else None
            if defects is not None:
                for name in ("name", "sentence", "size", "remedy"):
                    frames[LEVEL][f"{name}@{speak}"] = defects[name].reindex(frames[LEVEL].index).fillna("")
        page = shell(run, _title(run, options), options)
        return {
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
            "indicators": [one.said() for one in indicators],
            "defects": defect_words(run, len(frames.get(LEVEL, ()))),
            "page": {
                **{key: page[key] for key in ("title", "mark", "rates", "warnings", "counting", "footer")},
                "figures": {figure.id: figure.label for figure in page["figures"]},
            },
        }


def later(frames: Mapping[str, gpd.GeoDataFrame]) -> dict[str, list[str]]:
    """Return level -> the columns that the page needs only when somebody asks for details.

    >>> later({})
    {}
    """
    found = {}
    for level, frame in frames.items():
        long = set(TEXTS) if level == COMPOUND else set()
        found[level] = [str(name) for name in frame.columns if str(name) in long or "@" in str(name)]
    return found


def _bounds(frames: dict[str, gpd.GeoDataFrame]) -> list[list[float]]:
    """Return ``[[south, west], [north, east]]`` of the widest level that has a geometry; of China where none has.

    The widest level only: one compound with a wrong coordinate must not shrink the city to a dot.
    """
    for frame in frames.values():
        west, south, east, north = (float(value) for value in frame.total_bounds) if len(frame) else (float("nan"),) * 4
        if west == west:  # noqa: PLR0124  NaN where no feature has a geometry
            return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]
    return [[18.0, 73.0], [54.0, 135.0]]
