"""The files of a plan folder: atoms as a GeoPackage, tables as CSV, and how good a proposal was."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gridkit.errors import InputError, TableError
from gridkit.grids.propose import REPORT_COLUMNS
from gridkit.locale import N_
from gridkit.model.plan import ATOM_COLUMNS, EDGE_COLUMNS, Atoms
from gridkit.stores.gpkg import write_geopackage
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REMEDY: Final = N_("restore the folder from a copy, or make the plan again; edits go through gridkit grids edit")


def write_atoms(atoms: Atoms, path: Path) -> None:
    """Write ``atoms.gpkg``: the layer ``atoms`` in its metric system, and the table ``edges``.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    frame = atoms.frame.rename_axis("atom").reset_index()
    frame = frame.assign(known=frame["known"].astype(bool))
    edges = pd.DataFrame(atoms.edges).astype({"length": float, "road": float})
    write_geopackage([("atoms", frame), ("edges", edges)], path)


def read_atoms(path: Path) -> Atoms:
    """Read ``atoms.gpkg``.

    Raises
    ------
    InputError
        The file cannot be read, or holds no atoms.
    """
    try:
        frame = pyogrio.read_dataframe(path, layer="atoms")
        edges = pyogrio.read_dataframe(path, layer="edges", read_geometry=False)
        frame = frame.set_index("atom")
        frame.index = pd.Index([str(one) for one in frame.index], name="atom", dtype="object")
        frame["known"] = frame["known"].astype(bool)
        texts = ("community", "kind", "compound", "name")
        frame = frame.assign(**{name: frame[name].fillna("").astype("object") for name in texts})
        sizes = {name: frame[name].astype("int64") for name in ("households", "persons")}
        shapes = frame.geometry.to_numpy()
        one = shapely.get_num_geometries(shapes) == 1
        shapes = np.where(one, shapely.get_geometry(shapes, 0), shapes)
        frame = gpd.GeoDataFrame(frame.drop(columns="geometry").assign(**sizes), geometry=shapes, crs=frame.crs)
        edges = edges.astype({"a": "object", "b": "object", "length": float, "road": float})
        return Atoms(frame[list(ATOM_COLUMNS)].sort_index(), edges[list(EDGE_COLUMNS)])
    except (DataSourceError, DataLayerError, KeyError, ValueError, TypeError, OSError) as problem:
        raise InputError(
            N_("these are no atoms: {reason}"), place=str(path), remedy=REMEDY, reason=str(problem)[:200]
        ) from problem


def write_table(table: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Write columns of a table as text, UTF-8; the same bytes for the same values.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    book = io.StringIO(newline="")
    writer = csv.writer(book, lineterminator="\n")
    writer.writerow(columns)
    texts = [["" if value is None else str(value) for value in table[name]] for name in columns]
    writer.writerows(zip(*texts, strict=True))
    with whole(path) as draft:
        draft.write_bytes(book.getvalue().encode("utf-8", "replace"))


def read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read what :func:`write_table` has written, every value as text.

    Raises
    ------
    TableError
        The file cannot be read, or has other columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        if not rows or rows[0] != list(columns) or any(len(row) != len(columns) for row in rows):
            raise ValueError(", ".join(columns))
    except (OSError, ValueError, csv.Error) as problem:
        raise TableError(
            N_("the table cannot be read: {reason}"), place=str(path), remedy=REMEDY, reason=str(problem)[:200]
        ) from problem
    return pd.DataFrame(rows[1:], columns=list(columns), dtype="object")


def report_table(report: pd.DataFrame) -> pd.DataFrame:
    """Return how good a proposal is as text, as ``report.csv`` has it: reasons as ``kind=number``, blank for no claim.

    Parameters
    ----------
    report : pandas.DataFrame
        ``REPORT_COLUMNS`` of :class:`gridkit.grids.propose.Proposal`.
    """
    rows = [
        {**{name: _text(row[name]) for name in REPORT_COLUMNS},
         "reasons": " ".join(f"{kind}={int(n)}" for kind, n in row["reasons"])}
        for row in report.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(REPORT_COLUMNS), dtype="object")


def _text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN: nothing is claimed
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6f}"
    return str(value)
