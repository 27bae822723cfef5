"""Roads, water, buildings and exclusive areas of a project, in the coordinate system of its city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import LayerError, NoFeatureError
from gridkit.geo.crs import to_metric
from gridkit.geo.finite import finite
from gridkit.io.control import Control
from gridkit.io.drafts import settled
from gridkit.io.fields import shape
from gridkit.io.grid_settings import GROUND
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.vector import is_table, parts_of
from gridkit.locale import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gridkit.io.drafts import Draft
    from gridkit.io.project import LayerSpec, Project
    from gridkit.io.raw import RawTable

_LIKE: Final = "compound"
"""The level whose names of columns (code, name, households, persons) these layers share."""
_FLOORS: Final = (
    "floors",
    "floor",
    "levels",
    "building:levels",
    "building_levels",
    "层数",
    "楼层数",
    "总层数",
    "地上层数",
)


def read_ground(project: Project, crs: str) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, str]]:
    """Read what lies between the compounds.

    Parameters
    ----------
    project : Project
        Its layers ``road``, ``water``, ``building`` and ``exclusive``, as far as it names them.
    crs : str
        Metric system of the city; layers in another system are converted.

    Returns
    -------
    dict of str to geopandas.GeoDataFrame
        ``road``, ``water``: shapes; ``building``: with ``households`` and ``floors`` where stated; ``exclusive``:
        indexed by code, with ``name``, ``households``, ``persons``. A layer without a feature is left out.
    dict of str to str
        Name of each file that was read -> its sha256.

    Raises
    ------
    LayerError
        A file cannot be used, or states no coordinate system.
    """
    specs = cast("Mapping[str, LayerSpec]", project.layers)
    found: dict[str, gpd.GeoDataFrame] = {}
    files: dict[str, str] = {}
    for kind in GROUND:
        if kind in specs:
            try:
                found[kind], read = _layer(specs[kind], project.root, kind, crs)
                files |= read
            except NoFeatureError:
                if not one_file(specs[kind], project.root):
                    raise
    return found, files


def one_file(spec: LayerSpec, root: Path) -> bool:
    """Tell whether a layer is one layer of one file, so that without a feature there it is empty."""
    try:
        return isinstance(spec.path, str) and spec.layer != "*" and (root / spec.path).is_file()
    except (OSError, ValueError):
        return False


def read_shapes(path: str, root: Path, crs: str, *, layer: str = "", stated: str = "") -> gpd.GeoDataFrame:
    """Return the shapes of any vector file in the system ``crs``, as a frame without columns.

    Raises
    ------
    LayerError
        As of :func:`read_ground`.
    """
    drafts = [
        settled(shape(raw, _LIKE), geometry, stated or own, stated=own)
        for raw, geometry, own, _cut in parts_of(path, root, _LIKE, layer=layer)
    ]
    shapes = np.concatenate([_metric(draft, crs) for draft in drafts])
    return gpd.GeoDataFrame(geometry=shapes[~shapely.is_missing(shapes)], crs=crs)


def _layer(spec: LayerSpec, root: Path, kind: str, crs: str) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    if is_table(spec.path, root):
        raise LayerError(
            N_("a table of points is no layer of {kind}"), place=mask_name_of_file(spec.path),
            remedy=N_("name a file with lines or areas"), kind=kind,
        )  # fmt: skip
    known = {field: header for field, header in spec.columns.items() if field != "floors"}
    system: Any = Control(spec.control, root, spec.transform, spec.crs) if spec.control else spec.crs
    parts, files = [], {}
    for raw, geometry, own, cut in parts_of(
        spec.path, root, _LIKE, layer=spec.layer, columns=known, encoding=spec.encoding
    ):
        draft = settled(shape(raw, _LIKE, columns=known, cut=cut), geometry, system or own, stated=own)
        table = _columns(draft, raw, kind, floors=spec.columns.get("floors", ""))
        parts.append(gpd.GeoDataFrame(table, geometry=_metric(draft, crs), crs=crs))
        files[raw.path] = raw.sha256
    whole = parts[0] if len(parts) == 1 else gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=crs)
    whole = whole.loc[~shapely.is_missing(whole.geometry.to_numpy())]
    return (_coded(whole) if kind == "exclusive" else whole.reset_index(drop=True)), files


def _metric(draft: Draft, crs: str) -> np.ndarray[Any, Any]:
    shapes = np.array(shapely.force_2d(to_metric(draft.geometry, crs).to_numpy()), dtype=object)
    shapes[~shapely.is_missing(shapes) & ~finite(shapes)] = None
    return shapes


def _columns(draft: Draft, raw: RawTable, kind: str, *, floors: str) -> pd.DataFrame:
    frame = draft.records.frame
    nothing = pd.DataFrame(index=frame.index)
    if kind == "building":
        table = nothing.assign(households=frame["households"]) if "households" in frame else nothing
        names = [floors] if floors else list(_FLOORS)
        at = next(
            (n for n, header in enumerate(raw.headers) if header.strip().lower() in names or header == floors), None
        )
        return table if at is None else table.assign(floors=_floors(raw, at, draft))
    if kind == "exclusive":
        text = {name: frame[name].astype(str) if name in frame else "" for name in ("code", "name")}
        size = {new: frame.get(old, pd.NA) for new, old in
                (("households", "households"), ("persons", "population"))}  # fmt: skip
        return nothing.assign(**text, **size)
    return nothing


def _floors(raw: RawTable, at: int, draft: Draft) -> np.ndarray[Any, Any]:
    by_row = dict(zip(raw.rows, raw.columns[at], strict=True))
    cells = [by_row.get(row) for row in draft.records.frame["row"]]
    return pd.to_numeric(pd.Series(cells, dtype="object"), errors="coerce").to_numpy()


def _coded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return exclusive areas by code, of several with one code the largest; without a code ``E001`` from west to east.

    A name that repeats says nothing of which area is which, so that codes are made of the order on the ground.
    """
    frame = frame.loc[(shapely.get_dimensions(frame.geometry.to_numpy()) == 2)].copy()
    centre = shapely.centroid(frame.geometry.to_numpy())
    frame = frame.iloc[np.lexsort((-shapely.get_y(centre), shapely.get_x(centre)))]
    bare = (frame["code"] == "").to_numpy()
    codes = frame["code"].to_numpy(dtype=object)
    codes[bare] = [f"E{n + 1:03d}" for n in range(int(bare.sum()))]
    frame = frame.assign(code=codes, area=-shapely.area(frame.geometry.to_numpy()))
    frame = frame.sort_values(["code", "area"], kind="stable").drop_duplicates("code").drop(columns="area")
    return frame.set_index("code").rename_axis("code")
