"""A repair as it is planned or done: what was found, what was decided, what would become of the layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from gridkit.model.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model.boundaries import Inspection, Repair
    from gridkit.model.city import City


@dataclass(frozen=True)
class LayerInput:
    """A boundary layer as a project names it (``spec``: path, layer, columns, crs, ...) and the hashes of its files."""

    level: str
    spec: Mapping[str, Any]
    sha256: tuple[tuple[str, str], ...]


class MadeValid(NamedTuple):
    """A unit that reading had to make valid: its area in square metres and its hash, as drawn and as read."""

    level: str
    code: str
    area_before: float = 0.0
    area_after: float = 0.0
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class BoundaryPlan:
    """A repair of the boundary layers of a city, planned or done.

    ``decisions`` and ``exceptions`` are the tables that were used (``BOUNDARY_DECISION_COLUMNS``; ``defect_id``,
    ``reason``, ``role``, ``until``); ``expired`` are decisions that hold no more, ``stale`` those that name no defect
    of these layers. ``settings`` holds ``authority``, ``limits`` and ``locked``. ``made_valid`` are the units that
    reading had to make valid, ``findings`` what reading says of the boundary layers, ``left`` the ids of the defects
    that are there afterwards as well.
    ``versions`` names gridkit and the rules of boundaries.
    """

    city: City
    inspection: Inspection
    repair: Repair
    decisions: pd.DataFrame
    exceptions: pd.DataFrame
    settings: Mapping[str, Any]
    inputs: tuple[LayerInput, ...] = ()
    expired: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    made_valid: tuple[MadeValid, ...] = ()
    findings: Findings = field(default_factory=Findings.none)
    left: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)
    language: str = "zh"

    @property
    def waiting(self) -> tuple[str, ...]:
        """Ids of the defects that wait for a person: asked about, or taken back as they did not come out clean.

        A place that only comes up while others are settled (a parent that is not filled because of a gap that waits)
        has no record of its own, and is not asked about before them.
        """
        every = tuple(dict.fromkeys((*self.repair.waiting, *self.repair.failed)))
        return tuple(name for name in every if name in self.inspection.frame.index) or every
