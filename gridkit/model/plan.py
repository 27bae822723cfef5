"""A plan of grids: atoms that are never cut, the grid of each, the norm, and the log of edits that led there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gridkit.model.fields import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

ATOM_COLUMNS: Final = ("community", "kind", "compound", "name", "households", "persons", "known", "geometry")
"""Columns of ``Atoms.frame``: community code, kind (see ``ATOM_KINDS``), code and name of the compound ("" for land),
whole numbers of households and persons (0 where nobody lives), and whether the households were stated (``known``)."""

ATOM_KINDS: Final = ("compound", "part", "land", "exclusive")
"""A whole compound; a building group of a compound above the limit; land between compounds; an exclusive area."""

EDGE_COLUMNS: Final = ("a", "b", "length", "road")
"""Columns of ``Atoms.edges``: two atom ids (``a < b``), metres of common border, and how many of them lie on a road or
water."""

GRID_COLUMNS: Final = ("code", "name", "kind", "community", "locked", "valid_from")
"""Columns of ``Plan.grids``, indexed by the grid's immutable ``uid``."""

EDIT_FIELDS: Final = ("seq", "time", "user", "op", "args", "reason", "doc_no", "base", "prev_hash", "hash")
"""Fields of one line of ``edits.jsonl``."""

OPERATIONS: Final = ("move", "merge", "split", "cut", "new", "retire", "set_kind", "lock", "unlock", "rename", "undo")

UNASSIGNED: Final = ""


@dataclass(frozen=True)
class Norm:
    """How large a grid shall be.

    Parameters
    ----------
    low, high : int
        Households (or persons) of a grid, both inside the band. No national number exists (domain.md 2.6): these are
        parameters, 300-500 the usual local norm.
    target : int, optional
        By default the middle of the band.
    measure : str
        ``households`` or ``persons``.

    Examples
    --------
    >>> Norm(300, 500).best, Norm.parse("250:450")
    (400, Norm(low=250, high=450, target=None, measure='households'))
    """

    low: int = 300
    high: int = 500
    target: int | None = None
    measure: str = "households"

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.best <= self.high:
            raise ValueError(f"a band from {self.low} to {self.high} with target {self.best}")
        if self.measure not in ("households", "persons"):
            raise ValueError(f"measure {self.measure}")

    @property
    def best(self) -> int:
        """The size that is aimed at."""
        return (self.low + self.high) // 2 if self.target is None else self.target

    @classmethod
    def parse(cls, text: str, *, measure: str = "households") -> Norm:
        """Return the norm of a text such as ``300:500`` or ``300:400:500`` (low, target, high).

        Raises
        ------
        ValueError
            If it is neither.
        """
        parts = [int(part) for part in text.replace("-", ":").split(":")]
        if len(parts) not in (2, 3):
            raise ValueError(text)
        return cls(parts[0], parts[-1], parts[1] if len(parts) == 3 else None, measure)


@dataclass(frozen=True)
class Atoms:
    """The smallest pieces of land that a grid is made of; those of a community tile it.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Indexed by ``atom`` (text, unique, sorted), columns ``ATOM_COLUMNS``; polygons or multipolygons in a metric
        system.
    edges : pandas.DataFrame
        Columns ``EDGE_COLUMNS``: which atoms of one community are neighbours. Land that roads or water divide is beside
        each other where the road has no width of its own.
    """

    frame: gpd.GeoDataFrame
    edges: pd.DataFrame

    def __post_init__(self) -> None:
        lacking = [name for name in ATOM_COLUMNS if name not in self.frame.columns]
        lacking += [name for name in EDGE_COLUMNS if name not in self.edges.columns]
        if lacking:
            raise ValueError(f"atoms lack {lacking}")
        if not self.frame.index.is_unique or not self.frame.index.is_monotonic_increasing:
            raise ValueError("atoms: index must be unique and sorted")

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        communities = self.frame["community"].nunique()
        return f"<Atoms: {len(self)} in {communities} communities, {int(self.frame['households'].sum())} households>"

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that differ for other atoms, households or shapes (to the centimetre)."""
        digest = hashlib.sha256()
        frame = self.frame
        for name in ("community", "kind", "compound", "households", "persons"):
            digest.update("\x1f".join(map(str, frame[name])).encode("utf-8", "replace"))
        digest.update("\x1f".join(frame.index).encode("utf-8", "replace"))
        bounds = (frame.geometry.bounds.to_numpy() * 100).round().astype("int64")
        digest.update(bounds.tobytes())
        digest.update((frame.geometry.area.to_numpy() * 100).round().astype("int64").tobytes())
        return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Plan:
    """Which atom belongs to which grid.

    Parameters
    ----------
    atoms : Atoms
    assignment : pandas.Series of str
        Atom id -> grid uid, ``""`` (``UNASSIGNED``) for none; index equal to that of the atoms.
    grids : pandas.DataFrame
        Indexed by ``uid`` (text, unique, sorted), columns ``GRID_COLUMNS``. A grid may be empty until it is retired.
    norm : Norm
        The band of communities that ``norms`` does not name.
    norms : mapping of str to Norm
        Community code -> its own band.
    """

    atoms: Atoms
    assignment: pd.Series
    grids: pd.DataFrame
    norm: Norm = Norm()
    norms: Mapping[str, Norm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", MappingProxyType(dict(self.norms)))
        if not self.assignment.index.equals(self.atoms.frame.index):
            raise ValueError("the assignment does not list the atoms")
        lacking = [name for name in GRID_COLUMNS if name not in self.grids.columns]
        if lacking:
            raise ValueError(f"grids lack {lacking}")
        strange = set(self.assignment.unique().tolist()) - set(self.grids.index.tolist()) - {UNASSIGNED}
        if strange:
            raise ValueError(f"grids that are not listed: {sorted(strange)[:5]}")
        if not set(self.grids["kind"].unique().tolist()) <= set(VOCABULARIES["grid_kind"]):
            raise ValueError("unknown kind of grid")

    def __len__(self) -> int:
        return len(self.grids)

    def __repr__(self) -> str:
        left = int((self.assignment == UNASSIGNED).sum())
        return f"<Plan: {len(self)} grids of {len(self.atoms)} atoms{f', {left} unassigned' if left else ''}>"

    def norm_of(self, community: str) -> Norm:
        """Return the band of a community."""
        return self.norms.get(community, self.norm)

    @property
    def base(self) -> str:
        """Twelve hexadecimal digits of atoms, assignment and grids with their names: what an edit log starts from."""
        text = "\n".join(f"{atom}\x1f{grid}" for atom, grid in self.assignment.items())
        rows = self.grids.sort_index()[["code", "name", "kind", "community", "locked"]].astype(str)
        text += "\n".join("\x1f".join((uid, *row)) for uid, row in zip(rows.index, rows.to_numpy(), strict=True))
        return hashlib.sha256(f"{self.atoms.version}\n{text}".encode("utf-8", "replace")).hexdigest()[:12]


@dataclass(frozen=True)
class Edit:
    """One line of ``edits.jsonl``.

    ``args`` are plain JSON values:

    - ``move``: ``{"atoms": [...], "to": uid}``
    - ``merge``: ``{"grids": [...], "into": uid}``
    - ``split``: ``{"grid": uid, "parts": [[atoms], ...]}``; the first part keeps the uid
    - ``cut``: ``{"atom": id, "lines": [[[x, y], ...], ...], "households": [n, ...]}``
    - ``new``: ``{"community": code, "kind": kind, "atoms": [...]}``
    - ``retire``: ``{"grid": uid}``
    - ``set_kind``: ``{"grid": uid, "kind": kind}``
    - ``lock``, ``unlock``: ``{"grid": uid}``, ``{"community": code}`` or ``{}`` for all
    - ``rename``: ``{"grid": uid, "name": text}``
    - ``undo``: ``{"seq": n}``, the last edit that still stands; nothing is ever taken out of a log

    ``base`` is :attr:`Plan.base` of the plan that the whole log starts from; ``hash`` is of all other fields.
    """

    seq: int
    time: str
    user: str
    op: str
    args: Mapping[str, Any]
    reason: str
    doc_no: str
    base: str
    prev_hash: str
    hash: str = ""

    def sealed(self) -> Edit:
        """Return the edit with its hash."""
        return Edit(**{**self._fields(), "hash": self.digest()})

    def digest(self) -> str:
        """Return what ``hash`` must be; whole numbers count as such however they are written, as in a browser."""
        fields = _whole(self._fields())
        del fields["hash"]
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def line(self) -> str:
        """Return the line of the log, without its end."""
        fields = self._fields()
        return json.dumps({name: fields[name] for name in EDIT_FIELDS}, ensure_ascii=False, separators=(",", ":"))

    def _fields(self) -> dict[str, Any]:
        return {name: (dict(self.args) if name == "args" else getattr(self, name)) for name in EDIT_FIELDS}


def _whole(value: Any) -> Any:
    """Return plain JSON values with every whole floating-point number as an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True)
class EditLog:
    """Edits in order; each names the hash of the one before it."""

    base: str
    edits: tuple[Edit, ...] = ()

    def __len__(self) -> int:
        return len(self.edits)

    def __repr__(self) -> str:
        return f"<EditLog: {len(self)} edits on {self.base}>"

    @property
    def head(self) -> str:
        """The hash of the last edit, the base where there is none."""
        return self.edits[-1].hash if self.edits else self.base


LEDGER_COLUMNS: Final = (
    "code", "uid", "community", "status", "valid_from", "valid_to", "predecessors", "successors", "doc_no",
)  # fmt: skip
"""Columns of ``Lineage.ledger``: every code that was ever issued; status ``live``, ``retired`` or ``reserved``; a code
with a change of its area keeps its row."""

RELATION_COLUMNS: Final = (
    "grid_old", "grid_new", "households_old", "households_new", "households_both", "area_both", "part_old", "part_new",
    "weight", "relation",
)  # fmt: skip
"""Columns of ``Lineage.relations``, one row for each pair of an old and a new grid that share land (the layout of the
Census block relationship files): ``part_*`` blank for a whole grid and ``P`` for a part, ``weight`` the households in
both over those of the old grid (NHGIS), relation ``unchanged``, ``boundary``, ``split``, ``merge``, ``many``,
``issued`` or ``retired``."""


@dataclass(frozen=True)
class Lineage:
    """Which old code became which new one."""

    ledger: pd.DataFrame
    relations: pd.DataFrame

    def __repr__(self) -> str:
        live = int((self.ledger["status"] == "live").sum())
        return f"<Lineage: {len(self.ledger)} codes, {live} live, {len(self.relations)} relations>"
