"""The city: polygon layers and registries as they were read, and what was set aside on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd

    from gridkit.model.source import Source

SET_ASIDE_COLUMNS = ("src", "row", "reason", "subject")
"""Columns of ``City.set_aside``: source name, row in the file, reason (a rule code), what the row is about."""

REMARK_COLUMNS = ("record", "field", "remark", "written")
"""Columns of ``City.remarks``: row id (of features too: ``a.gpkg!grids!3``), field, what the cell says beside its
value, and the cell as written where that can name no person."""

REMARKS = ("about", "at_least", "at_most", "masked", "none", "undecided", "not_applicable", "unknown")
"""``about`` (约300户), ``at_least`` (320余名), ``at_most`` (不足10人: no value), and why a cell has no value:
``masked`` (XX), ``none`` (无), ``undecided`` (待定), ``not_applicable`` (—, /), ``unknown`` (不详). A blank cell has no
remark."""


def no_remarks() -> pd.DataFrame:
    """Return remarks that say nothing."""
    return pd.DataFrame(columns=list(REMARK_COLUMNS), dtype="object")


def _missing(have: object, want: Mapping[str, str]) -> list[str]:
    return [name for name in (*want, "src", "row") if name not in have]  # type: ignore[operator]


@dataclass(frozen=True)
class Layer:
    """One polygon (or point) level of the city.

    Parameters
    ----------
    level : str
        ``street``, ``community``, ``grid`` or ``compound``.
    frame : geopandas.GeoDataFrame
        Indexed by ``code`` (text, unique, sorted), columns ``LAYER_FIELDS[level]`` plus ``src``, ``row``, ``geometry``;
        coordinates in the metric system of the city. A geometry may be None (placed by its codes only).
    given : frozenset of str
        Fields that the file had.
    """

    level: str
    frame: gpd.GeoDataFrame
    given: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        lacking = _missing(self.frame.columns, LAYER_FIELDS[self.level])
        if lacking:
            raise ValueError(f"{self.level} layer lacks {lacking}")
        if not self.frame.index.is_unique or self.frame.index.name != "code":
            raise ValueError(f"{self.level} layer: index must be unique and named 'code'")

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        missing = int(shapely.is_missing(self.frame.geometry.to_numpy()).sum())
        return f"<Layer {self.level}: {len(self)} features, {missing} without geometry>"


@dataclass(frozen=True)
class Registry:
    """One kind of registry, possibly read from several files.

    Parameters
    ----------
    kind : str
        A key of ``REGISTRY_FIELDS``.
    frame : pandas.DataFrame
        Indexed by ``row_id`` (``party.xlsx!Sheet1!17``), columns ``REGISTRY_FIELDS[kind]`` plus ``src``, ``row``.
    complete : bool
        Whether it is declared complete: silence then means "no", otherwise "unknown".
    scope : str
        Code prefix for which ``complete`` holds; empty for the whole city.
    given : frozenset of str
        Fields that the files had.
    """

    kind: str
    frame: pd.DataFrame
    complete: bool = False
    scope: str = ""
    given: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        lacking = _missing(self.frame.columns, REGISTRY_FIELDS[self.kind])
        if lacking:
            raise ValueError(f"{self.kind} registry lacks {lacking}")
        if not self.frame.index.is_unique or self.frame.index.name != "row_id":
            raise ValueError(f"{self.kind} registry: index must be unique and named 'row_id'")

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"<Registry {self.kind}: {len(self)} rows{', complete' if self.complete else ''}>"


@dataclass(frozen=True)
class City:
    """Everything that was read: layers by level, registries by kind, sources, and the rows set aside.

    ``crs`` is the one metric coordinate system of all geometry (``EPSG:4545``); ``as_of`` the date of the data.
    ``pending`` are the rows that a workbook hides or strikes out and about which the project has not decided, by kind,
    like the frame of a registry with one more column ``why`` (``row``, ``struck``, ``sheet``). They are in no registry
    and count nowhere; what they would cover is unknown. ``language`` is that of the project, empty where it names none.
    """

    name: str
    crs: str
    as_of: dt.date | None = None
    layers: Mapping[str, Layer] = field(default_factory=dict)
    registries: Mapping[str, Registry] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    set_aside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SET_ASIDE_COLUMNS)))
    remarks: pd.DataFrame = field(default_factory=no_remarks)
    pending: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    language: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "pending", MappingProxyType(dict(self.pending)))
        object.__setattr__(self, "layers", MappingProxyType(dict(self.layers)))
        object.__setattr__(self, "registries", MappingProxyType(dict(self.registries)))

    def __repr__(self) -> str:
        layers = ", ".join(f"{len(layer)} {level}" for level, layer in self.layers.items())
        rows = ", ".join(f"{len(registry)} {kind}" for kind, registry in self.registries.items())
        return (
            f"<City {self.name}: {layers or 'no layers'}; {rows or 'no registries'}; {len(self.set_aside)} set aside>"
        )

    def source(self, name: str) -> Source:
        """Return the source named ``name`` (``party.xlsx!Sheet1``)."""
        return next(source for source in self.sources if source.name == name)

    def cell(self, record: str, name: str = "") -> str:
        """Return the place of field ``name`` of the record ``record`` (a row id): ``party.xlsx!Sheet1!D17``."""
        src, _, row = record.rpartition("!")
        source = next((source for source in self.sources if source.name == src), None)
        return source.cell(int(row), name) if source else record

    def rows(self, kind: str) -> pd.DataFrame:
        """Return the frame of a registry; an empty one with the right columns where the city has none."""
        registry = self.registries.get(kind)
        return registry.frame if registry is not None else empty_frame(kind)

    def with_pending(self) -> City:
        """Return the city as it would be if every pending row were a record.

        >>> City("nowhere", "EPSG:4545").with_pending()
        <City nowhere: no layers; no registries; 0 set aside>
        """
        registries = dict(self.registries)
        for kind, rows in self.pending.items():
            registry = registries.get(kind, Registry(kind, empty_frame(kind)))
            added = conform(rows, REGISTRY_FIELDS[kind])
            frame = pd.concat([registry.frame, added]) if len(registry.frame) else added
            frame.index.name = "row_id"
            registries[kind] = replace(registry, frame=frame)
        return replace(self, registries=registries, pending={})

    def with_layers(self, **layers: Layer) -> City:
        """Return the same city with some layers exchanged."""
        return replace(self, layers={**self.layers, **layers})


_DTYPES = {"count": "Int64", "number": "Float64"}


def empty_frame(kind: str) -> pd.DataFrame:
    """Return a registry frame of ``kind`` without rows."""
    columns = {name: pd.Series([], dtype=_DTYPES.get(dtype, "object")) for name, dtype in REGISTRY_FIELDS[kind].items()}
    frame = pd.DataFrame({**columns, "src": pd.Series([], dtype="object"), "row": pd.Series([], dtype="int64")})
    frame.index = pd.Index([], dtype="object", name="row_id")
    return frame


def conform(frame: pd.DataFrame, fields: Mapping[str, str]) -> pd.DataFrame:
    """Return ``frame`` with every column of ``fields`` present, in order, filled with its kind of missing, and typed.

    Columns that ``fields`` does not know, except ``src``, ``row`` and ``geometry``, are left out.

    >>> frame = pd.DataFrame({"name": ["a"], "src": ["x"], "row": [1]})
    >>> conform(frame, {"name": "text", "members": "count"})["members"].dtype
    Int64Dtype()
    """
    columns: dict[str, pd.Series] = {}
    for name, dtype in fields.items():
        if dtype in _DTYPES:
            columns[name] = (
                frame[name].astype(_DTYPES[dtype])
                if name in frame
                else pd.Series(pd.NA, index=frame.index, dtype=_DTYPES[dtype])
            )
        else:
            empty = "unknown" if dtype == "yesno" else ""
            values = frame[name].fillna(empty) if name in frame else pd.Series(empty, index=frame.index)
            columns[name] = values.astype("object")
    for name in ("src", "row", "geometry"):
        if name in frame:
            columns[name] = frame[name]
    return pd.DataFrame(columns, index=frame.index)
