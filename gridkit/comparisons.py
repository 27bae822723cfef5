"""The step of a run that compares tellings: every ``[[reconcile]]`` read, linked on its own, and laid side by side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.audit.discrepancies import find_discrepancies
from gridkit.audit.reconcile import Side, reconcile
from gridkit.io.tellings import find_tellings, read_telling
from gridkit.linkage import link
from gridkit.linkage.identity import PLACES, identify
from gridkit.locale import gettext
from gridkit.model import Findings
from gridkit.model.fields import COMPOUND
from gridkit.model.proof import BRIDGE_COLUMNS, DIFFERENCE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.project import Project
    from gridkit.io.reconcile import ReconcileSpec, SideSpec
    from gridkit.io.tellings import Telling
    from gridkit.linkage.identity import Told
    from gridkit.model import City, Links, Overrides, Places


@dataclass(frozen=True)
class Compared:
    """What comparing found, and the city with the sources of the second readings and the rows set aside in them."""

    city: City
    findings: Findings = field(default_factory=Findings.none)
    differences: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DIFFERENCE_COLUMNS)))
    bridges: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BRIDGE_COLUMNS)))


def compare(project: Project, city: City, places: Places, links: Links, *, overrides: Overrides | None) -> Compared:
    """Compare what the project tells twice.

    Parameters
    ----------
    project : Project
        Without persons in its texts.
    city, places, links
        The project as it was read and linked.
    overrides : Overrides, optional
        Decisions of persons; they hold for second readings as well, since they go by what a row says.

    Raises
    ------
    gridkit.errors.InputError
        A file of a second reading is missing or cannot be used.
    """
    if not project.reconcile:
        return Compared(city)
    files = find_tellings(project)
    taken = {source.name for source in city.sources}
    read = [
        tuple(
            read_telling(project, city, spec, side, files=files.get((number, name), []), taken=taken)
            for name, side in (("a", spec.a), ("b", spec.b))
        )
        for number, spec in enumerate(project.reconcile)
    ]
    whole = _with(city, [telling for pair in read for telling in pair])
    found = [telling.findings for pair in read for telling in pair]
    tables = []
    for spec, pair in zip(project.reconcile, read, strict=True):
        sides = [
            (city, links)
            if telling.city is None
            else (telling.city, link(telling.city, places, profile=project.links.profile, overrides=overrides))
            for telling in pair
        ]
        told = identify(spec.kind, sides[0], sides[1], profile=project.links.profile)
        rows = [one.rows(spec.kind) for one, _ in sides]
        labels = _labels(spec, pair)
        a, b = (Side(label, frame, *one) for label, frame, one in zip(labels, rows, told, strict=True))
        tables.append(reconcile(spec.name, spec.kind, a, b, not_counted=spec.left_out(), scope=spec.scope))
        names = _names(city, spec.kind, rows, told)
        found.append(find_discrepancies(*tables[-1], labels=labels, names=names, cell=whole.cell))
    differences, bridges = (pd.concat(some, ignore_index=True) for some in zip(*tables, strict=True))
    return Compared(whole, Findings.concat(found), differences, bridges)


def _with(city: City, tellings: Sequence[Telling]) -> City:
    """Return the city with what second readings add to its books; its registries stay as they are."""
    aside = pd.concat([city.set_aside, *(one.set_aside for one in tellings if len(one.set_aside))], ignore_index=True)
    said = [one.remarks for one in tellings if len(one.remarks)]
    return replace(
        city,
        sources=(*city.sources, *(source for one in tellings for source in one.sources)),
        set_aside=aside,
        remarks=pd.concat([city.remarks, *said], ignore_index=True) if said else city.remarks,
    )


def _labels(spec: ReconcileSpec, pair: Sequence[Telling]) -> tuple[str, str]:
    """Return who tells each side: as the project says, else the file, else that it is the project's own registry."""
    found = [_label(side, telling) for side, telling in zip((spec.a, spec.b), pair, strict=True)]
    return found[0], found[1] if found[1] != found[0] else f"{found[1]} (2)"


def _label(side: SideSpec, telling: Telling) -> str:
    if side.label.strip():
        return side.label.strip()
    if telling.city is None:
        return gettext("the project's registry")
    return gettext(", ").join(sorted({source.path for source in telling.sources}))


def _names(city: City, kind: str, rows: Sequence[pd.DataFrame], told: Sequence[Told]) -> Mapping[str, str]:
    """Return what to call each thing: a compound as in its layer, anything else as its first row does."""
    if kind in PLACES and COMPOUND in city.layers:
        frame = city.layers[COMPOUND].frame
        return {str(code): f"{name} ({code})" if name else str(code) for code, name in frame["name"].items()}
    found: dict[str, str] = {}
    for frame, one in zip(rows, told, strict=True):
        title = next(
            (name for name in ("name", "unit_name", "company_name", "compound_name", "item") if name in frame), ""
        )
        for record, codes in one.things.items():
            name = str(frame.loc[record, title]).strip() if title else ""
            for code in codes:
                found[code] = min(found.get(code, name), name) or code
    return {code: name if name == code or code.startswith(name) else f"{name} ({code})" for code, name in found.items()}
