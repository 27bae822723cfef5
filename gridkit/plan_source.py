"""What grids are drawn from: communities, compounds with their people, roads, water, buildings and today's grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import pandas as pd
import shapely

from gridkit.errors import InputError, NoFeatureError
from gridkit.geo.places import place
from gridkit.grids.atoms import Ground
from gridkit.io.city import read_city
from gridkit.io.grid_settings import GROUND
from gridkit.io.ground import one_file, read_ground
from gridkit.io.overrides import read_overrides
from gridkit.io.stated import without_persons
from gridkit.linkage import link
from gridkit.linkage.attributes import merge_attributes
from gridkit.locale import N_, gettext
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gridkit.io.project import Project
    from gridkit.model import City, Findings
    from gridkit.model.plan import Norm

    Progress = Callable[[str, int, int], None]

STEPS: Final = (N_("reading"), N_("cutting the ground"), N_("drawing grids"), N_("writing"))
"""What is said while it goes on."""
_EXCLUSIVE: Final = "exclusive"
LOST: Final = "S115"
"""The rule of reading for a code that has lost digits."""
TWICE: Final = "S104"
"""The rule of reading for a code that several features bear."""


def quiet(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Source:
    """What a project holds for drawing grids, in one metric system.

    ``communities`` and ``compounds`` by code, the latter with ``name``, ``households``, ``persons``; ``grids`` the grid
    layer of the city, None without one; ``files`` name -> sha256 of all that was read;
    ``twice`` codes that several features of a layer bear, of which one counts; ``damaged`` findings of codes of the
    grid layer that reading leaves out: damaged by a spreadsheet, or borne twice.
    """

    city: City
    communities: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame | None
    ground: Ground
    norm: Norm
    norms: dict[str, Norm]
    files: dict[str, str]
    notes: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    damaged: tuple[dict[str, Any], ...] = ()


def read_source(project: Project, *, band: str = "", measure: str = "", progress: Progress = quiet) -> Source:
    """Read what grids are drawn from.

    Parameters
    ----------
    project : Project
    band, measure : str
        Outrank ``band`` and ``measure`` of ``[grids]``; bands of single communities stay.
    progress : callable
        Called with the step in words, the number of steps done, and their total.

    Raises
    ------
    InputError
        A file cannot be used, or the project has no communities with an area.
    """
    project, _masked = without_persons(project)
    progress(gettext(STEPS[0]), 0, len(STEPS))
    city, findings, empty = _read_city(project, progress)
    communities = _areas(city, COMMUNITY)
    if communities is None or communities.empty:
        raise InputError(
            N_("the project has no layer of communities with areas"), place="gridkit.toml",
            remedy=N_("add [layers.community] with a path: grids are drawn inside communities"),
        )  # fmt: skip
    found, files = read_ground(project, city.crs)
    empty += [kind for kind in GROUND if kind in project.layers and kind not in found]
    grids = _areas(city, GRID)
    exclusive = found.get(_EXCLUSIVE)
    if exclusive is None and grids is not None:
        exclusive = _as_exclusive(grids)
    norms, notes = _norms(project, communities, measure)
    twice = _twice(city, findings)
    notes = (*notes, *_said_empty(empty), *_overlap(communities), *_said_twice(twice))
    ground = Ground(found.get("road"), found.get("water"), found.get("building"), exclusive)
    files |= {source.path: source.sha256 for source in city.sources}
    return Source(city, communities, _compounds(project, city), grids, ground,
                  project.grids.norm(band=band, measure=measure), norms, files, notes, twice,
                  _damaged(city, findings))  # fmt: skip


def _read_city(project: Project, progress: Progress) -> tuple[City, Findings, list[str]]:
    """Read a city without those of its layers of grids and compounds that hold no feature, and name these."""
    empty: list[str] = []
    while True:
        try:
            return *read_city(project, lambda what, _done, _total: progress(what, 0, len(STEPS))), empty
        except NoFeatureError as problem:
            level = problem.level
            if level not in {GRID, COMPOUND} or not one_file(cast("Any", project.layers)[level], project.root):
                raise
        empty.append(level)
        rest = {name: spec for name, spec in project.layers.items() if name != level}
        project = project.model_copy(update={"layers": rest})


def _said_empty(levels: Sequence[str]) -> tuple[str, ...]:
    said = gettext("[layers.{level}] holds no feature: grids are drawn without it")
    return tuple(said.format(level=level) for level in levels)


def _areas(city: City, level: str) -> gpd.GeoDataFrame | None:
    """Return the features of a level that have an area."""
    if level not in city.layers:
        return None
    frame = city.layers[level].frame.to_crs(city.crs)
    return frame.loc[shapely.get_dimensions(frame.geometry.to_numpy()) == 2]


def _as_exclusive(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the exclusive grids of the grid layer as exclusive areas."""
    some = grids.loc[(grids["grid_kind"] == _EXCLUSIVE).to_numpy()]
    if some.empty:
        return None
    return some[["name", "geometry"]].assign(households=pd.NA, persons=pd.NA)


def _compounds(project: Project, city: City) -> gpd.GeoDataFrame:
    """Return the compounds with their people, as layer and registry give them together."""
    if COMPOUND not in city.layers:
        empty = pd.DataFrame(columns=["name", "households", "persons"], dtype="object")
        return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=city.crs), crs=city.crs)
    frame = city.layers[COMPOUND].frame
    values: pd.DataFrame = pd.DataFrame(frame.drop(columns="geometry"))
    if len(city.rows("compounds")):
        overrides, _files = read_overrides(project.overrides_files(), as_of=project.as_of)
        links = link(city, place(city), profile=project.links.profile, overrides=overrides)
        values = merge_attributes(city, links)[0].frame.reindex(frame.index)
    table = values[["name", "households", "population"]].rename(columns={"population": "persons"})
    return gpd.GeoDataFrame(table, geometry=frame.geometry, crs=frame.crs)


def _overlap(communities: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return what is said of communities that overlap: the ground of two cannot be told apart."""
    shapes = communities.geometry.to_numpy()
    both = float(shapely.area(shapes).sum() - shapely.area(shapely.union_all(shapes)))
    said = gettext("communities overlap by {area} m²: gridkit repair settles whose ground that is")
    return (said.format(area=f"{both:,.0f}"),) if both >= 1 else ()


def _twice(city: City, findings: Findings) -> tuple[str, ...]:
    """Return codes that several features of a layer bear: only one of them is drawn, with its people."""
    levels = [level for level in (COMMUNITY, COMPOUND, GRID) if level in city.layers]
    known = {str(code) for level in levels for code in city.layers[level].frame.index}
    return tuple(sorted({str(row["subject"]) for row in findings.rows() if row["code"] == TWICE} & known))


def _damaged(city: City, findings: Findings) -> tuple[dict[str, Any], ...]:
    """Return the findings of codes of grids that reading has left out: damaged, or borne by an earlier grid."""
    mine = tuple(f"{source.path}!" for source in city.sources if source.kind == GRID)
    codes = set(city.layers[GRID].frame.index) if GRID in city.layers else set()
    return tuple(
        row for row in findings.rows()
        if (row["code"] == LOST and str(row["subject"]).startswith(mine)) or
        (row["code"] == TWICE and row["subject"] in codes)
    )  # fmt: skip


def _said_twice(codes: Sequence[str]) -> tuple[str, ...]:
    said = gettext("{n} codes are borne by several features of a layer, of which one counts: {codes} (gridkit check)")
    return (said.format(n=f"{len(codes):,}", codes=", ".join(codes[:3])),) if codes else ()


def _norms(project: Project, communities: gpd.GeoDataFrame, measure: str) -> tuple[dict[str, Norm], tuple[str, ...]]:
    """Return the bands of single communities, and what is said of names in ``[grids.bands]`` that fit none."""
    spec, norms, used = project.grids, {}, set()
    for code, row in communities.iterrows():
        names = [str(code), *(str(row[field]) for field in ("community_type", "urban_rural_class") if row[field])]
        norm = spec.norm_of(*names, measure=measure)
        used |= set(names)
        if norm is not None:
            norms[str(code)] = norm
    unused = sorted(set(spec.bands) - used)
    said = gettext("[grids.bands] names what no community is: {names}")
    return norms, ((said.format(names=", ".join(unused)),) if unused else ())
