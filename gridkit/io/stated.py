"""Texts that the project file itself states: claims, titles, names. They go through the same gate as cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridkit.io.notes import noticed
from gridkit.io.persons import mask_surely
from gridkit.io.reconcile import SIDES
from gridkit.model import Findings

if TYPE_CHECKING:
    from gridkit.io.project import Project
    from gridkit.io.reconcile import ReconcileSpec

FILE = "gridkit.toml"


def without_persons(project: Project) -> tuple[Project, Findings]:
    """Return a project whose texts name and number no person, and a notice for each key that did.

    Names that stand beside nothing that says so stay: 张三 alone cannot be told from a word. Paths stay as they are,
    since files are opened by them; see :func:`gridkit.io.gate.harmless`.
    """
    clean: dict[str, Any] = {
        "name": mask_surely(project.name),
        "claims": tuple(
            claim.model_copy(update={key: mask_surely(getattr(claim, key)) for key in ("text", "source", "scope")})
            for claim in project.claims
        ),
        "unread": tuple(
            entry.model_copy(
                update={key: _masked(getattr(entry, key)) for key in ("text", "indicator")}
                | {"mistakes": tuple(mask_surely(said) for said in entry.mistakes)}
            )
            for entry in project.unread
        ),
        "map": _masked(project.map),
        "reconcile": tuple(_told(spec) for spec in project.reconcile),
    }
    touched = [key for key, value in clean.items() if value != getattr(project, key)]
    if not touched:
        return project, Findings.none()
    places = {"name": "project.name", "unread": "claims"}
    notes = [noticed("S191", f"{FILE}!{key}") for key in sorted({places.get(key, key) for key in touched})]
    return project.model_copy(update=clean), Findings.of(notes)


def _told(spec: ReconcileSpec) -> ReconcileSpec:
    sides = {side: getattr(spec, side) for side in SIDES}
    masked = {side: told.model_copy(update={"label": mask_surely(told.label)}) for side, told in sides.items()}
    return spec.model_copy(update={"name": mask_surely(spec.name), **masked})


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_surely(value)
    if isinstance(value, dict):
        return {key: _masked(one) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, (list, tuple)) else value
