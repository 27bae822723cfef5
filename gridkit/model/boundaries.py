"""What is wrong with boundary layers, what is decided about it, and what a repair did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from gridkit.model.findings import Findings

DEFECT_COLUMNS = (
    "code", "level", "units", "parents", "area_m2", "width_m", "length_m", "compounds", "households",
    "severity", "cause", "action", "target", "alternatives", "borders", "auto_ok", "exception", "geometry",
)  # fmt: skip
BOUNDARY_DECISION_COLUMNS = ("defect_id", "decision", "target", "reason", "role", "decided_on", "until")
BOUNDARY_DECISIONS = ("give", "keep", "remove", "")
LOG_COLUMNS = ("defect_id", "code", "level", "op", "unit", "role", "area_m2", "before", "after")
SHAPE_COLUMNS = ("level", "unit", "kind", "defect_id", "wkb")
EVENT_COLUMNS = (
    "event",
    "level",
    "old",
    "new",
    "area_m2",
    "share_old",
    "share_new",
    "households",
    "evidence",
    "geometry",
)
EVENTS = (
    "same", "redigitised", "border_moved", "split", "merged", "rearranged", "new", "abolished", "renamed", "recoded",
    "transferred",
)  # fmt: skip


@dataclass(frozen=True)
class Inspection:
    """Defects of boundary layers.

    ``frame`` is indexed by ``defect_id`` (text, the same in every run as long as class, units and place are), in the
    metres of the city, with ``DEFECT_COLUMNS``: ``code`` (rule), ``level``, ``units``, ``parents`` (tuples of codes),
    ``area_m2``, ``width_m`` (mean), ``length_m`` (of an edge), ``compounds`` and ``households`` inside (whole numbers),
    ``severity``, ``cause`` (why a person is asked, ``""`` for none), ``action`` (``give``, ``ask``, ``keep``),
    ``target`` (code of the unit it would go to), ``alternatives`` (tuple of codes, the longest common
    border first), ``borders`` (metres of common border of each alternative), ``auto_ok``, ``exception`` (who
    keeps it and why, ``""`` for none), ``geometry``. ``findings`` says the same in sentences.
    """

    frame: gpd.GeoDataFrame
    findings: Findings


@dataclass(frozen=True)
class Repair:
    """Layers after a repair, and what was done.

    ``layers`` holds, per level, a GeoDataFrame with rows, order, index, columns and type of the one given; ``log``
    (``LOG_COLUMNS``) one row per unit that changed by a defect: what it gained or lost there, and a hash of its shape
    (well-known binary, sha256, 16 hex digits) before and after; ``waiting`` the ids of defects that wait for a person;
    ``failed`` those that were taken back because something beside them did not come out clean. ``shapes``
    (``SHAPE_COLUMNS``) holds what taking back needs: each changed unit ``before`` and ``after``, and what it ``gained``
    or ``lost`` at each defect, as well-known binary; ``unused`` the ids of decisions that concerned no place that a
    repair looks at.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    log: pd.DataFrame
    waiting: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    shapes: pd.DataFrame | None = None
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerDiff:
    """Two versions of one boundary layer compared.

    ``old`` and ``new`` are the names of the files, ``level`` that of the layer; ``events`` has ``EVENT_COLUMNS`` (the
    events of boundaries first), ``crosswalk`` the columns of :func:`gridkit.geo.crosswalk`, empty where a version has
    no polygons; ``names_old`` and ``names_new`` say code -> name; ``units`` how many units each version has; ``notes``
    are templates with their values.
    """

    old: str
    new: str
    level: str
    tolerance: float
    events: gpd.GeoDataFrame
    crosswalk: pd.DataFrame
    names_old: Mapping[str, str]
    names_new: Mapping[str, str]
    units: tuple[int, int]
    notes: tuple[tuple[str, Mapping[str, object]], ...] = ()
