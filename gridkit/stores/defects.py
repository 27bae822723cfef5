"""Defects of boundary layers as layers of a GeoPackage: places, lines and points, each with its rule in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from gridkit.locale import gettext
from gridkit.model.boundaries import DEFECT_COLUMNS
from gridkit.rules import CATALOGUE
from gridkit.topology.sentences import defect_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from gridkit.model import Findings

_TUPLES: Final = ("units", "parents", "alternatives", "borders")
_DIMENSIONS: Final = {2: "defects", 1: "defects_lines", 0: "defects_points"}
"""What has an area is in ``defects``, with what has no place at all; desktop programs read one kind per layer."""


def defect_layers(defects: gpd.GeoDataFrame | None, findings: Findings) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Yield name and features of each layer of defects; ``defects`` always, the others where there is something.

    Parameters
    ----------
    defects : geopandas.GeoDataFrame, optional
        As of :class:`gridkit.model.boundaries.Inspection`.
    findings : Findings
        Their sentences: those whose params name the defect.
    """
    if defects is None:
        return
    shapes = np.array(defects.geometry, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    kind = shapely.get_dimensions(shapes)
    kind[kind < 0] = 2
    table = _columns(defects, findings)
    for dimension, name in _DIMENSIONS.items():
        mine = kind == dimension
        if mine.any() or dimension == 2:
            yield name, gpd.GeoDataFrame(table[mine], geometry=shapes[mine], crs=defects.crs)


def _columns(defects: gpd.GeoDataFrame, findings: Findings) -> pd.DataFrame:
    """Return the columns of the defects as plain values, with title and sentence in the current language."""
    data = defects[[name for name in DEFECT_COLUMNS if name != "geometry"]].rename_axis("defect_id").reset_index()
    said = defect_sentences(findings)
    titles = {code: gettext(CATALOGUE[code].title) for code in data["code"].unique()}
    data.insert(2, "title", data["code"].map(titles).astype(object))
    data.insert(3, "sentence", [said.get(str(ident), "") for ident in data["defect_id"]])
    for name in _TUPLES:
        data[name] = ["; ".join(map(str, values)) for values in data[name]]
    data["auto_ok"] = data["auto_ok"].astype("int64")
    return data
