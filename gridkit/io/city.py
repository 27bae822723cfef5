"""From a project file to the city: every file read, every row accounted for, one metric system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError, NoFeatureError
from gridkit.geo.crs import metric_crs, to_lonlat
from gridkit.io.control import Control, source_of
from gridkit.io.coordinates import datum_notes
from gridkit.io.layers import PROVISIONAL, Finished, finish
from gridkit.io.notes import noticed
from gridkit.io.registries import find_files, read_registry, without_read
from gridkit.io.stated import without_persons
from gridkit.io.vector import Draft, read_layer
from gridkit.locale import N_, gettext
from gridkit.model import City, Findings, Registry, Source, conform
from gridkit.model.city import SET_ASIDE_COLUMNS, no_remarks
from gridkit.model.fields import COMMUNITY, LEVELS, REGISTRY_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gridkit.io.fields import Records
    from gridkit.io.project import LayerSpec, Project, RegistrySpec
    from gridkit.io.registries import Part

    Progress = Callable[[str, int, int], None]


def read_city(project: Project, progress: Progress | None = None) -> tuple[City, Findings]:
    """Read everything that a project names.

    Parameters
    ----------
    project : Project
        From :func:`gridkit.io.project.read_project`.
    progress : callable, optional
        Called with what is being read, the number of files done, and their total.

    Returns
    -------
    City
        Layers in one metric system, registries, sources, rows set aside.
    Findings
        What reading itself noticed (S1xx).

    Raises
    ------
    InputError
        If a file cannot be used, or there is nothing to read; all files that are missing are told at once.
    """
    if not project.layers and not project.registries:
        raise InputError(
            N_("the project names no file"),
            place="gridkit.toml",
            remedy=N_("add [layers.compound] or [registries.branches] with a path"),
        )
    project, masked = without_persons(project)
    steps = _steps(project)
    files = find_files(project)
    drafts: dict[str, Draft] = {}
    tables: dict[str, list[Part]] = {}
    taken: set[str] = set()
    for done, (kind, spec) in enumerate(steps):
        if progress is not None:
            path = spec.path if isinstance(spec.path, str) else ", ".join(spec.path)
            progress(gettext("reading {path}").format(path=path), done, len(steps))
        if kind in LEVELS:
            drafts[kind] = _draft(project, kind, cast("LayerSpec", spec), taken)
        else:
            registry = cast("RegistrySpec", spec)
            known = _communities(drafts)
            tables.setdefault(kind, []).extend(
                read_registry(project, kind, registry, files[id(spec)], taken=taken, known=known)
            )
    doubts = datum_notes(drafts, {kind: [one.records for one in found] for kind, found in tables.items()})
    crs = choose_crs(drafts.values())
    finished = {level: finish(draft, crs) for level, draft in drafts.items()}
    city, findings = _city(project, crs, finished, tables)
    return city, Findings.concat([masked, findings, Findings.of(doubts)])


def _steps(project: Project) -> list[tuple[str, LayerSpec | RegistrySpec]]:
    layers = cast("Mapping[str, LayerSpec]", project.layers)
    registries = cast("Mapping[str, Sequence[RegistrySpec]]", project.registries)
    return [
        *((level, layers[level]) for level in LEVELS if level in layers),
        *((kind, spec) for kind in REGISTRY_FIELDS for spec in registries.get(kind, ())),
    ]


def _draft(project: Project, level: str, spec: LayerSpec, taken: set[str]) -> Draft:
    try:
        draft = read_layer(
            spec.path,
            project.root,
            level,
            layer=spec.layer,
            columns=spec.columns,
            crs=_control(project, spec) if spec.control else spec.crs,
            encoding=spec.encoding,
        )
    except NoFeatureError as problem:
        problem.level = level
        raise
    taken |= {source.name for source in draft.all_sources}
    return draft


def _control(project: Project, spec: LayerSpec) -> Control:
    return Control(spec.control, project.root, spec.transform, spec.crs)


def _controls(project: Project) -> tuple[Source, ...]:
    """Return the tables of control points, each once: they are inputs as well, and decide where layers lie."""
    layers = cast("Mapping[str, LayerSpec]", project.layers)
    found = [source_of(_control(project, spec)) for spec in layers.values() if spec.control]
    return tuple({source.name: source for source in found}.values())


def _communities(drafts: Mapping[str, Draft]) -> list[str]:
    """Return the names of the communities of the layer, as far as there is one."""
    draft = drafts.get(COMMUNITY)
    frame = draft.records.frame if draft is not None else pd.DataFrame()
    return sorted({str(name) for name in frame["name"] if name}) if "name" in frame else []


def choose_crs(drafts: Iterable[Draft]) -> str:
    """Return the metric system of the middle of all layers: the median of feature centres, so that strays do not count.

    Points only count where there are no polygons. Without any geometry it is the zone of 105 degrees east, which then
    measures nothing.
    """
    areal: list[Any] = []
    points: list[Any] = []
    for draft in drafts:
        there = draft.geometry[draft.geometry.notna()]
        if len(there):
            boxes = shapely.bounds(there.to_numpy())
            middle = shapely.points((boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2)
            degrees = to_lonlat(type(there)(middle, crs=there.crs))
            target = areal if (shapely.get_dimensions(there.to_numpy()) == 2).any() else points
            target.append(np.column_stack([degrees.x, degrees.y]))
    found = areal or points
    if not found:
        return metric_crs(105.0, 35.0)
    lon, lat = np.median(np.concatenate(found), axis=0)
    return metric_crs(float(lon), float(lat))


def _city(
    project: Project, crs: str, finished: Mapping[str, Finished], tables: Mapping[str, Sequence[Part]]
) -> tuple[City, Findings]:
    read = [part for one in finished.values() for part in one.parts]
    records = {kind: [one.records for one in found] for kind, found in tables.items()}
    read += [(one.source, one.set_aside, one.notes) for found in records.values() for one in found]
    aside = [(source.name, row, reason, subject) for source, rows, _ in read for row, reason, subject in rows]
    city = City(
        project.name,
        crs,
        project.as_of,
        {level: one.layer for level, one in finished.items()},
        {kind: registry_of(kind, found) for kind, found in records.items()},
        (*(source for source, _, _ in read), *_controls(project)),
        pd.DataFrame(sorted(aside), columns=list(SET_ASIDE_COLUMNS)),
        remarks_of([one.remarks for found in records.values() for one in found]),
        {kind: held for kind, found in tables.items() if len(held := _held(found))},
        project.language or "",
    )
    begins = [one.begins for found in tables.values() for one in found]
    notes = without_read((note for _, _, notes in read for note in notes), begins)
    return city, Findings.of([*notes, *_scope_notes(city)])


def remarks_of(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the remarks of all tables in one."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else no_remarks()


def _held(parts: Sequence[Part]) -> pd.DataFrame:
    """Return the held rows of one kind in one frame; empty where there are none."""
    filled = [part.held for part in parts if len(part.held)]
    return pd.concat(filled) if filled else pd.DataFrame()


def _scope_notes(city: City) -> list[dict[str, Any]]:
    """Tell of tables that are declared complete for a scope that no code of a place begins with."""
    codes = [code for layer in city.layers.values() for code in layer.frame.index if not code.startswith(PROVISIONAL)]
    for layer in city.layers.values():
        for name in {"street_code", "community_code"} & set(layer.frame.columns):
            codes += list(layer.frame[name])
    codes += list(city.rows("codes")["code"])
    known = set(codes)
    return [
        noticed("S137", source.name, scope=source.scope)
        for source in city.sources
        if source.scope and not any(code.startswith(source.scope) for code in known)
    ]


def registry_of(kind: str, found: Sequence[Records]) -> Registry:
    """Return the records of all tables of one kind as one registry."""
    frames = [conform(one.frame, REGISTRY_FIELDS[kind]) for one in found]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames)
    frame.index = pd.Index(frame.index.to_numpy(dtype=object), dtype="object", name="row_id")
    complete, scope = _declared([one.source for one in found])
    return Registry(kind, frame, complete, scope, frozenset().union(*(one.given for one in found)))


def _declared(sources: Sequence[Source]) -> tuple[bool, str]:
    """Return whether the files of one kind are together declared complete, and for which code prefix.

    Completeness is a promise about silence: it holds where one file promises it. Files that promise it for different
    places cannot be told as one prefix; then only what they have in common to all is kept: nothing.
    """
    scopes = {source.scope for source in sources if source.complete}
    if "" in scopes:
        return True, ""
    return (True, scopes.pop()) if len(scopes) == 1 else (False, "")
