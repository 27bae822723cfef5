"""Everything that the pages of one run share: features in one or both languages, and indicators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gridkit.locale import LANGUAGES, gettext, speaking
from gridkit.maps.compare import before_status, comparison
from gridkit.maps.defects import LEVEL, defect_features, defect_words
from gridkit.maps.features import TEXTS, features, spoken
from gridkit.maps.indicators import choropleths
from gridkit.maps.palette import CLASS_STYLES, STATUS_STYLES
from gridkit.maps.pinyin import readings
from gridkit.maps.summary import shell
from gridkit.maps.words import LEVEL_NAMES, ONE_OF, ORGANISATION, VALID, WORK, page_words, rule_words, said
from gridkit.model.fields import COMPOUND, STREET, vocabulary
from gridkit.rules.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridkit.maps.compare import Before
    from gridkit.maps.indicators import Choropleth
    from gridkit.maps.profiles import Options
    from gridkit.model import Run

MANY: Final = 20_000
"""Compounds from which a page carries one language only, unless both are asked for."""
_OF_DEFECTS: Final = ("name", "sentence", "size", "remedy")


@dataclass(frozen=True)
class Prepared:
    """The features of a run as a page holds them.

    Parameters
    ----------
    run : Run
    options : Options
    frames : mapping of str to geopandas.GeoDataFrame
        Level -> features; words of a second language in columns ``<name>@<language>``.
    indicators : sequence of Choropleth
    languages : tuple of str
        The languages of the page, that of the run first.
    before : Before, optional
        The earlier run of a comparison.
    level : str
        Level of the rows of the table in the page.
    back : str
        Address of the page that leads to this one, relative; empty for none.
    """

    run: Run
    options: Options
    frames: Mapping[str, gpd.GeoDataFrame]
    indicators: Sequence[Choropleth]
    languages: tuple[str, ...]
    before: Before | None = None
    level: str = STREET
    back: str = ""

    def title(self) -> str:
        """Return the title of the page in the current language."""
        title = gettext("{city}: coverage of residential compounds").format(city=self.run.city.name)
        return self.options.title or title

    def page(self) -> dict[str, Any]:
        """Return what the page says without a script, in the current language."""
        return {**shell(self.run, self.title(), self.options, level=self.level), "back": self.back}

    def later(self) -> dict[str, list[str]]:
        """Return level -> the columns that a page needs only when somebody asks for details."""
        found = {}
        for level, frame in self.frames.items():
            long = set(TEXTS) if level == COMPOUND else set()
            found[level] = [name for name in map(str, frame.columns) if name in long or "@" in name]
        return found

    def settings(self) -> dict[str, Any]:
        """Return plain values for the page's script."""
        run, main = self.run, self.languages[0]
        spoken_ = {}
        for language in self.languages:
            with speaking(language):
                spoken_[language] = self._words()
        found = {
            "language": main,
            "public": self.options.public,
            "fields": list(self.options.shown()),
            "pinyin": readings(name for level, one in self.frames.items() if level != LEVEL for name in one["name"]),
            **{key: value for key, value in spoken_[main].items() if key != "page"},
            "languages": {name: spoken_[name] for name in sorted(spoken_)} if len(spoken_) > 1 else {},
        }
        if self.before is not None and COMPOUND in self.frames:
            compounds = self.frames[COMPOUND]
            found["compare"] = comparison(run, compounds, self.before, public=self.options.public)
        return found

    def _words(self) -> dict[str, Any]:
        page = self.page()
        return {
            "words": page_words(public=self.options.public),
            "levels": said(LEVEL_NAMES),
            "one": said(ONE_OF),
            "types": {kind: label(kind, "compound_type") for kind in vocabulary("compound_type")},
            "valid": said(VALID),
            "organisation": said(ORGANISATION),
            "work": said(WORK),
            "rules": rule_words(self.run.coverage.ruleset),
            "statuses": [style.said() for style in STATUS_STYLES],
            "classes": [style.said() for style in CLASS_STYLES],
            "indicators": [one.said() for one in self.indicators],
            "defects": defect_words(self.run, len(self.frames.get(LEVEL, ()))),
            "page": {
                **{
                    key: page[key] for key in ("title", "mark", "rates", "derivation", "warnings", "counting", "footer")
                },
                "figures": {figure.id: figure.label for figure in page["figures"]},
                "level_name": page["level_name"],
                "rows": [row.name for row in page["rows"]],
            },
        }


def prepare(run: Run, options: Options, *, before: Before | None = None) -> Prepared:
    """Return what the pages of ``run`` share, worked out once.

    Parameters
    ----------
    run : Run
    options : Options
    before : Before, optional
        An earlier run; compounds then have ``before_status`` and, where it is known, ``before_valid``.
    """
    with speaking(run.language):
        indicators = choropleths(run, public=options.public)
        frames = features(run, options, indicators=indicators)
        defects = None if options.public else defect_features(run)
        if defects is not None:
            frames[LEVEL] = defects
    both = len(frames.get(COMPOUND, ())) <= MANY if options.both_languages is None else options.both_languages
    others = [language for language in LANGUAGES if language != run.language] if both else []
    for language in others:
        with speaking(language):
            _speak(run, frames, options, indicators, language)
    if before is not None and COMPOUND in frames:
        for name in [name for name in ("status", "valid") if name in before.frame]:
            frames[COMPOUND][f"before_{name}"] = before_status(frames[COMPOUND], before, column=name)
    return Prepared(run, options, frames, indicators, (run.language, *others), before)


def _speak(
    run: Run, frames: dict[str, gpd.GeoDataFrame], options: Options, indicators: Sequence[Choropleth], language: str
) -> None:
    """Put what is said in the current language into columns of its own."""
    again = [replace(one, areas=one.in_words()) for one in indicators]
    for level, texts in spoken(run, frames, options, again).items():
        for name in texts.columns:
            frames[level][f"{name}@{language}"] = texts[name]
    defects = defect_features(run) if LEVEL in frames else None
    if defects is not None:
        for name in _OF_DEFECTS:
            frames[LEVEL][f"{name}@{language}"] = defects[name].reindex(frames[LEVEL].index).fillna("")
