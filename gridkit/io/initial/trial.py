"""Does the proposal run? Everything is read once as the project would; what cannot be read becomes a question."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gridkit.errors import GridkitError
from gridkit.io.city import read_city
from gridkit.io.initial.dates import date_in
from gridkit.io.initial.sections import sections
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.project import Project
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridkit.io.initial.propose import Entry, Proposal
    from gridkit.model.city import City

    Progress = Callable[[str, int, int], None]

_COLUMNS = re.compile(r'columns = \{ lon = "([^"]*)", lat = "([^"]*)" \}')
_CRS = re.compile(r'crs = "([^"]*)"')


def project_of(proposal: Proposal, root: Path) -> Project:
    """Return the project that the text of a proposal states."""
    layers: dict[str, Any] = {}
    registries: dict[str, list[Any]] = {}
    for section in sections(proposal, root):
        if section.group == "layers":
            layers[section.kind] = section.settings
        else:
            registries.setdefault(section.kind, []).append(section.settings)
    return Project.model_validate(
        {
            "root": root,
            "name": proposal.name,
            "as_of": proposal.as_of or None,
            "layers": layers,
            "registries": registries,
        }
    )


def tried(proposal: Proposal, root: Path, progress: Progress | None = None) -> Proposal:
    """Read everything that is proposed, and take out what cannot be read.

    Returns
    -------
    Proposal
        What is left of it; what was taken out waits in ``asked`` with the reason as its question. A layer is replaced
        by the next one of its level that can be read.
    """
    failed: set[tuple[str, str]] = set()
    while proposal.used:
        try:
            city, _ = read_city(project_of(proposal, root), progress)
        except GridkitError:
            proposal = _without_broken(proposal, root, failed, progress)
            continue
        except Exception:  # whatever it is, the entry that causes it is found and asked about
            fewer = _without_broken(proposal, root, failed, progress, together=False)
            if fewer is proposal:
                return proposal
            proposal = fewer
            continue
        return proposal if proposal.as_of else _dated(proposal, city)
    return proposal


def _dated(proposal: Proposal, city: City) -> Proposal:
    """Take the date from what the tables state around them, where none stood above them."""
    found = {
        mask_name_of_file(source.name): date
        for source in city.sources
        if (date := date_in(source.stated.get("date", "") or source.stated.get("title", "")))
    }
    if not found:
        return proposal
    return replace(
        proposal, as_of=max(found.values()), dates=tuple(f"{name}: {date}" for name, date in sorted(found.items()))
    )


def _without_broken(
    proposal: Proposal,
    root: Path,
    failed: set[tuple[str, str]],
    progress: Progress | None,
    *,
    together: bool = True,
) -> Proposal:
    """Take out each entry that cannot be read by itself, or the last one where only all together fail."""
    kept: list[Entry] = []
    broken: list[Entry] = []
    for entry in proposal.used:
        try:
            read_city(project_of(replace(proposal, used=(entry,)), root), progress)
            kept.append(entry)
        except Exception as problem:
            broken.append(replace(_remedied(entry, problem), question=_sentence(problem)))
    if not broken and not together:
        return proposal
    if not broken:
        broken = [replace(kept.pop(), question=gettext("it cannot be read together with the others"))]
    failed |= {(entry.kind, entry.look.name) for entry in broken}
    asked = list(proposal.asked)
    for entry in broken:
        spare = next(
            (one for one in asked if _can_stand_in(one, entry) and (one.kind, one.look.name) not in failed), None
        )
        if spare is not None:
            asked.remove(spare)
            kept.append(replace(spare, question=""))
    return replace(proposal, used=tuple(kept), asked=(*broken, *asked))


def _remedied(entry: Entry, problem: Exception) -> Entry:
    """Write the settings that a message asks for into the entry, each on a line of its own."""
    line = str(problem.values.get("line", "")) if isinstance(problem, GridkitError) else ""
    columns, crs = _COLUMNS.search(line), _CRS.search(line)
    if columns is not None and {columns[1], columns[2]} <= set(entry.look.headers):
        entry = replace(entry, columns={**entry.columns, "lon": columns[1], "lat": columns[2]})
    return replace(entry, crs=crs[1]) if crs is not None else entry


def _can_stand_in(spare: Entry, broken: Entry) -> bool:
    return spare.group == broken.group == "layers" and spare.kind == broken.kind


def _sentence(problem: Exception) -> str:
    if not isinstance(problem, GridkitError):
        return gettext("it cannot be read: {reason}").format(reason=type(problem).__name__)
    text = gettext(problem.template).format(**problem.values)
    remedy = gettext(problem.remedy).format(**problem.values) if problem.remedy else ""
    told = gettext("it cannot be read: {reason}").format(reason=text)
    return f"{told} ({remedy})" if remedy else told
