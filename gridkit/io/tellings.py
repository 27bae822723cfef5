"""Second readings: what another department, or the same one at another date, says of a registry that is there already.

A telling is read as any registry is: columns by dictionary, persons dropped at the gate, rows set aside with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.errors import InputError
from gridkit.io.city import registry_of, remarks_of
from gridkit.io.parts import all_missing, files_of
from gridkit.io.project import RegistrySpec
from gridkit.io.reconcile import SIDES
from gridkit.io.registries import read_registry, without_read
from gridkit.model import City, Findings
from gridkit.model.city import SET_ASIDE_COLUMNS, no_remarks
from gridkit.model.fields import COMMUNITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.io.project import Project
    from gridkit.io.reconcile import ReconcileSpec, SideSpec
    from gridkit.model import Source

KIND = "reconcile"
"""What ``Source.kind`` of a second reading begins with: ``reconcile.compounds``."""

TARGETS = ("codes", "units", "property_companies")
"""Registries that the rows of others name."""


@dataclass(frozen=True)
class Telling:
    """One side of a comparison.

    ``city`` has the layers of the project, this telling as its registry of that kind, and the registries that its rows
    may name; it is None for the project's own registry. ``sources``, ``set_aside``, ``remarks`` and ``findings`` are
    what reading adds.
    """

    city: City | None = None
    sources: tuple[Source, ...] = ()
    set_aside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SET_ASIDE_COLUMNS)))
    remarks: pd.DataFrame = field(default_factory=no_remarks)
    findings: Findings = field(default_factory=Findings.none)


def find_tellings(project: Project) -> Mapping[tuple[int, str], list[str]]:
    """Return the files of every telling, by the number of its ``[[reconcile]]`` and its side.

    Raises
    ------
    InputError
        If files are missing: all of them at once.
    """
    found: dict[tuple[int, str], list[str]] = {}
    problems: list[InputError] = []
    for number, spec in enumerate(project.reconcile):
        for name in SIDES:
            side: SideSpec = getattr(spec, name)
            if not side.own:
                try:
                    found[number, name] = files_of(side.path, project.root)
                except InputError as problem:
                    problems.append(problem)
    if problems:
        raise all_missing(problems)
    return found


def read_telling(
    project: Project, city: City, spec: ReconcileSpec, side: SideSpec, *, files: list[str], taken: set[str]
) -> Telling:
    """Read one side of a comparison.

    Parameters
    ----------
    project : Project
    city : City
        What the project itself was read as.
    spec, side : ReconcileSpec, SideSpec
        The comparison, and one of its sides; one without a path reads nothing.
    files : list of str
        Its files, from :func:`find_tellings`.
    taken : set of str
        Names of the tables that were read before; those of this telling are added, so that row ids stay unique.

    Raises
    ------
    InputError
        A file cannot be used.
    """
    if side.own:
        return Telling()
    table = RegistrySpec(path=side.path, sheet=side.sheet, columns=side.columns, encoding=side.encoding)
    known = _communities(city)
    parts = read_registry(project, spec.kind, table, files, taken=taken, known=known)
    records = [part.records for part in parts]
    sources = tuple(replace(one.source, kind=f"{KIND}.{spec.kind}") for one in records)
    aside = [(one.source.name, *row) for one in records for row in one.set_aside]
    notes: list[dict[str, Any]] = without_read(
        (note for one in records for note in one.notes), [part.begins for part in parts]
    )
    kept = {kind: city.registries[kind] for kind in TARGETS if kind in city.registries}
    told = replace(
        city,
        as_of=side.as_of or city.as_of,
        registries={**kept, spec.kind: registry_of(spec.kind, records)},
        sources=sources,
        pending={},
    )
    return Telling(
        told,
        sources,
        pd.DataFrame(sorted(aside), columns=list(SET_ASIDE_COLUMNS)),
        remarks_of([one.remarks for one in records]),
        Findings.of(notes),
    )


def _communities(city: City) -> list[str]:
    layer = city.layers.get(COMMUNITY)
    return sorted({str(name) for name in layer.frame["name"] if name}) if layer is not None else []
