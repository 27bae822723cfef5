"""One page per street and an index page that leads to them, for offices that look at their own street only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import jinja2
import numpy as np
import shapely

from gridkit.audit.rollup import UNPLACED
from gridkit.errors import UsageError
from gridkit.locale import N_, speaking
from gridkit.locale import gettext as _
from gridkit.maps import vendored
from gridkit.maps.coverage_map import draw
from gridkit.maps.defects import LEVEL as DEFECT
from gridkit.maps.features import group_of
from gridkit.maps.gridmap import write_whole
from gridkit.maps.summary import Row, by_street
from gridkit.model import Coverage, Indicators, Layer, Places
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET
from gridkit.model.results import Attributes
from gridkit.writing import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from gridkit.maps.prepared import Prepared

    Progress = Callable[[str, int, int], None]

INDEX: Final = "index.html"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_RESERVED: Final = re.compile(r"(index|con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A line of the index: the street, the file of its page, and its figures."""

    file: str
    row: Row
    covered: int


def write_by_street(prepared: Prepared, folder: Path, *, progress: Progress | None = None) -> list[Path]:
    """Write a page per street and ``index.html`` into ``folder``, made where it does not exist.

    Files are called by the code of the street; a code that cannot be a file name gives ``street-1``, and compounds in
    no street have a page of their own. Colours and classes are those of the whole city, so that pages compare.

    Parameters
    ----------
    prepared : Prepared
        From :func:`gridkit.maps.prepared.prepare`.
    folder : pathlib.Path
    progress : callable, optional
        Called with what is written, the number of pages done, and their total.

    Returns
    -------
    list of pathlib.Path
        The index first.

    Raises
    ------
    UsageError
        The city has no street.
    OutputError
        The folder cannot be written.
    """
    run = prepared.run
    if STREET not in run.city.layers or not len(run.city.layers[STREET]):
        raise UsageError(
            N_("the city has no streets, so there are no pages by street"),
            remedy=N_("add [layers.street], or write one page without --by-street"),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(folder, problem) from problem
    with speaking(run.language):
        rows = by_street(run)
    names = file_names([row.code for row in rows[:-1]])
    groups = group_of(run.coverage)
    street = run.places.frame[STREET].reindex(groups.index).fillna("")
    pages = []
    for at, row in enumerate(rows[:-1]):
        if progress is not None:
            progress(row.name, at, len(rows))
        part = part_of(prepared, row.code, name=row.name)
        draw(replace(part, back=INDEX)).save(folder / names[row.code])
        covered = int(((groups == "covered") & (street == row.code)).sum())
        pages.append(Page(names[row.code], row, covered))
    with speaking(run.language):
        text = _index(prepared, pages, rows[-1], int((groups == "covered").sum()))
    write_whole(folder / INDEX, text.encode("utf-8"))
    return [folder / INDEX, *(folder / page.file for page in pages)]


def file_names(codes: list[str]) -> dict[str, str]:
    """Return code -> file name; names differ also where a system does not tell upper and lower case.

    >>> file_names(["990101001", "../a", "A", "a", ""])
    {'990101001': '990101001.html', '../a': 'street-1.html', 'A': 'A.html', 'a': 'street-2.html', '': 'unplaced.html'}
    """
    found: dict[str, str] = {}
    taken = {UNPLACED}
    odd = 0
    for code in codes:
        name = code if code else UNPLACED
        plain = bool(_PLAIN.fullmatch(name)) and not _RESERVED.fullmatch(name)
        while code and (not plain or name.lower() in taken):
            odd += 1
            name, plain = f"street-{odd}", True
        taken.add(name.lower())
        found[code] = f"{name}.html"
    return found


def part_of(prepared: Prepared, street: str, *, name: str) -> Prepared:
    """Return what concerns one street (``""``: what lies in none): features, and a run whose figures are its own.

    Figures are the rows of the indicator table for this street, nothing is counted anew.
    """
    run, frames = prepared.run, _frames(prepared.frames, street)
    layers = {level: _cut(layer, frames.get(level)) for level, layer in run.city.layers.items()}
    index = run.places.frame.index[(run.places.frame[STREET].fillna("") == street).to_numpy(dtype=bool)]
    rows = run.indicators.frame
    scopes = {code for level in LEVELS[:3] if level in frames for code in frames[level].index}
    mine = rows[rows["scope_level"].isin(LEVELS[:3]) & rows["scope"].isin(scopes)]
    own = rows[(rows["scope_level"] == STREET) & (rows["scope"] == (street or UNPLACED))]
    own = own.assign(scope_level="city", scope="")
    import pandas as pd

    coverage = Coverage(run.coverage.frame.loc[run.coverage.frame.index.isin(index)], run.coverage.ruleset,
                        run.coverage.counts_as)  # fmt: skip
    attributes = Attributes(run.attributes.frame.reindex(coverage.frame.index), run.attributes.origin.iloc[:0])
    part = replace(
        run,
        city=replace(run.city, name=name, layers=layers),
        places=Places(run.places.frame.loc[index], run.places.parents),
        attributes=attributes,
        coverage=coverage,
        indicators=Indicators(pd.concat([own, mine], ignore_index=True)),
        defects=None if DEFECT not in frames or run.defects is None else run.defects.loc[frames[DEFECT].index],
    )
    level = COMMUNITY if COMMUNITY in frames else STREET
    indicators = [
        replace(one, areas={k: v for k, v in one.areas.items() if k in frames}) for one in prepared.indicators
    ]
    options = replace(prepared.options, title=_titled(prepared, name))
    before = None if prepared.before is None else prepared.before.of_those(coverage.frame.index)
    return replace(
        prepared, run=part, options=options, frames=frames, indicators=indicators, level=level, before=before
    )


def _titled(prepared: Prepared, name: str) -> str | None:
    return f"{prepared.options.title} · {name}" if prepared.options.title else None


def _cut(layer: Layer, frame: gpd.GeoDataFrame | None) -> Layer:
    codes = [] if frame is None else frame.index
    return Layer(layer.level, layer.frame[layer.frame.index.isin(codes)], layer.given)


def _frames(frames: Mapping[str, gpd.GeoDataFrame], street: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the features in one street; levels without any are left out, but compounds are always there."""
    found: dict[str, gpd.GeoDataFrame] = {}
    above: set[str] = {street}
    for level in LEVELS:
        frame = frames.get(level)
        if frame is None:
            continue
        if level == STREET:
            mine = frame.index == street
        elif level == COMPOUND:
            mine = (frame[STREET] == street).to_numpy(dtype=bool)
        else:
            mine = frame["parent"].isin(above).to_numpy(dtype=bool)
        if level in (COMMUNITY, GRID):
            above = set(frame.index[mine])
        if mine.any() or level == COMPOUND:
            found[level] = frame[mine]
    if DEFECT in frames and STREET in found:
        area = found[STREET].geometry.iloc[0]
        if area is not None:
            touched = shapely.intersects(np.asarray(frames[DEFECT].geometry.array), area)
            if touched.any():
                found[DEFECT] = frames[DEFECT][touched]
    return found


def _index(prepared: Prepared, pages: list[Page], total: Row, covered: int) -> str:
    page: dict[str, Any] = prepared.page()
    words = {
        "lang": "zh-CN" if prepared.run.language == "zh" else "en",
        "street": _("Street"),
        "compounds": _("Compounds"),
        "covered": _("organisation-covered"),
        "rate": _("Organisation coverage"),
        "hint": _("Each street has a page of its own beside this one. Send the folder as a whole."),
    }
    text = (vendored.folder() / "gk-index.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text).render(page=page, pages=pages, total=total, covered=covered, words=words)
