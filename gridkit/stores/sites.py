"""The compounds of a run folder as a sample is drawn from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from gridkit.errors import UsageError
from gridkit.locale import N_
from gridkit.model.fields import COMMUNITY, STREET
from gridkit.model.samples import SITE_COLUMNS
from gridkit.stores.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def read_sites(run_dir: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return what a run folder knows of every compound, and its manifest.

    Parameters
    ----------
    run_dir : pathlib.Path
        A folder written by :func:`gridkit.stores.write_run`.

    Returns
    -------
    tuple
        A frame with ``SITE_COLUMNS`` as :func:`gridkit.reports.sites` makes it from a run, and the manifest.

    Raises
    ------
    gridkit.errors.UsageError
        No run folder, or its tables cannot be read.
    """
    manifest = read_manifest(run_dir)
    columns = ["code", "name", "street", "community", "status", "refs"]
    try:
        frame = pq.read_table(run_dir / "tables" / "compounds.parquet", columns=columns).to_pandas()
        told = pq.read_table(run_dir / "tables" / "shades.parquet").to_pandas()
        areas = {level: _names(run_dir, level) for level in (STREET, COMMUNITY)}
    except (OSError, ValueError, pa.ArrowException) as problem:
        raise UsageError(
            N_("the tables of this run cannot be read"), place=str(run_dir), remedy=N_("run gridkit audit again")
        ) from problem
    frame = frame.astype(object).set_index("code").sort_index()
    told = told.astype(object).set_index("code").reindex(frame.index)
    for level, names in areas.items():
        frame[level] = [names.get(code) or code for code in frame[level]]
    frame["shade"] = told["shade"].fillna("")
    frame["reason"] = [_explained(text) for text in told["because"]]
    frame["cells"] = [tuple(map(str, cells)) for cells in frame["refs"]]
    return frame[list(SITE_COLUMNS)], manifest


def _explained(text: object) -> dict[str, Any]:
    found = json.loads(text) if isinstance(text, str) else {}
    return found if isinstance(found, dict) else {}


def _names(run_dir: Path, level: str) -> dict[str, str]:
    file = run_dir / "city.gpkg"
    if level not in [str(name) for name, _ in pyogrio.list_layers(file)]:
        return {}
    table = pyogrio.read_dataframe(file, layer=level, columns=["code", "name"], read_geometry=False)
    return {str(code): str(name or "") for code, name in zip(table["code"], table["name"], strict=True)}
