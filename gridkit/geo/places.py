"""Where each compound lies: its grid, community and street, by geometry where there is one, else by its codes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from gridkit.geo.nesting import nest
from gridkit.model import Places
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridkit.model import City

_STATED = {
    (COMPOUND, GRID): ("grid_code", ""),
    (COMPOUND, COMMUNITY): ("community_code", "community_name"),
    (COMPOUND, STREET): ("", "street_name"),
    (GRID, COMMUNITY): ("community_code", "community_name"),
    (COMMUNITY, STREET): ("street_code", "street_name"),
}
"""Fields of a child layer that name its parent: by code, by name."""


WIDER: Final[Mapping[str, tuple[str, ...]]] = {
    STREET: (),
    COMMUNITY: ("street_code", "street_name"),
    GRID: ("community_code", "community_name"),
    COMPOUND: ("community_code", "community_name", "grid_code", "street_name"),
}
"""Fields of a layer that place a feature without geometry, the most usual first."""


class _Found(NamedTuple):
    """Parents of one child layer: code (``""`` for none), how it was found, and the share of the child's area in it."""

    code: pd.Series
    method: pd.Series
    share: pd.Series


def place(city: City) -> Places:
    """Place every compound and every community and grid of ``city``.

    Only comprehensive grids (and grids whose kind is not stated) hold compounds; exclusive grids lie over them. A
    compound gets its community by geometry, else from its grid, else as stated; its street from its community, else by
    geometry, else as stated. Layers that are missing are passed over.

    Parameters
    ----------
    city : City
        With any of the four layers; one in another system than ``city.crs`` is converted to it.

    Returns
    -------
    Places
        ``frame`` on the index of the compound layer, ``parents`` for ``community`` and ``grid``.

    Examples
    --------
    >>> from gridkit.model import City
    >>> place(City("nowhere", "EPSG:4544")).frame.empty
    True
    """
    city = _in_one_system(city)
    parents = {child: _find(city, child, parent).code for child, parent in ((COMMUNITY, STREET), (GRID, COMMUNITY))}
    compounds = _frame(city, COMPOUND)
    if compounds is None:
        index = pd.Index([], dtype="object", name="code")
        empty = {name: _series([], index) for name in ("grid", "community", "street", "method")}
        return Places(pd.DataFrame({**empty, "share": pd.Series([], index=index, dtype=float)}), parents)
    grid, community = _find(city, COMPOUND, GRID), _find(city, COMPOUND, COMMUNITY)
    by_grid = _up(grid.code, parents[GRID])
    # A grid that is only stated gives way where the compound lies in another community than it.
    located = community.method.isin(["contains", "overlap", "point"])
    clash = (grid.method == "code") & located & (by_grid != "") & (by_grid != community.code)
    grid = _Found(grid.code.mask(clash, ""), grid.method.mask(clash, "none"), grid.share)
    where = community.code.mask(~located & (by_grid != ""), by_grid)
    street_by_geometry = _find(city, COMPOUND, STREET, which=_up(where, parents[COMMUNITY]) == "")
    street = _up(where, parents[COMMUNITY]).where(lambda code: code != "", street_by_geometry.code)
    frame = pd.DataFrame({"grid": grid.code, "community": where, "street": street}, index=compounds.index)
    frame["method"] = _first([grid.method, community.method, street_by_geometry.method])
    frame["share"] = community.share.fillna(grid.share).fillna(street_by_geometry.share)
    return Places(frame, parents)


def _in_one_system(city: City) -> City:
    """Return the city with every layer in its system."""
    other = {
        name: replace(layer, frame=layer.frame.to_crs(city.crs))
        for name, layer in city.layers.items()
        if layer.frame.crs is not None and layer.frame.crs != city.crs
    }
    return city.with_layers(**other) if other else city


def comprehensive(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids that tile a community: comprehensive ones and those of no stated kind."""
    return grids[grids["grid_kind"].isin(["comprehensive", ""])]


def stated_parent(city: City, child: str, parent: str) -> pd.Series:
    """Return the parent code that the ``child`` layer states, checked against the parent layer where there is one.

    A code counts if the parent layer has it (any code where there is no such layer); a name only if exactly one parent
    is called so.

    Returns
    -------
    pandas.Series
        Code per child, ``""`` where nothing usable is stated.
    """
    children, parents = city.layers[child].frame, _frame(city, parent)
    by_code, by_name = _STATED[child, parent]
    found = _series([""] * len(children), children.index)
    if by_code:
        stated = children[by_code].astype(object)
        found = stated if parents is None else stated.where(stated.isin(parents.index), "")
    if by_name and parents is not None:
        names = pd.Series(parents.index, index=parents["name"].str.strip(), dtype=object)
        names = names[~names.index.duplicated(keep=False) & (names.index != "")]
        found = found.where(found != "", _up(children[by_name].str.strip(), names))
    return found


def _frame(city: City, level: str) -> gpd.GeoDataFrame | None:
    layer = city.layers.get(level)
    return None if layer is None else layer.frame


def _find(city: City, child: str, parent: str, which: pd.Series | None = None) -> _Found:
    """Find the parents of a layer (of its rows ``which``) by geometry, then by what it states."""
    children, parents = _frame(city, child), _frame(city, parent)
    if children is None:
        nothing = _series([], pd.Index([], dtype="object", name="code"))
        return _Found(nothing, nothing, nothing.astype(float))
    chosen = np.ones(len(children), dtype=bool) if which is None else which.to_numpy(dtype=bool)
    code, method = np.full(len(children), "", dtype=object), np.full(len(children), "none", dtype=object)
    share = np.full(len(children), np.nan)
    stated = stated_parent(city, child, parent)
    if parents is not None:
        parents = comprehensive(parents) if parent == GRID else parents
        nested = nest(children.geometry[chosen], parents.geometry)
        code[chosen], method[chosen], share[chosen] = nested["parent"], nested["method"], nested["share"]
        stated = stated.where(stated.isin(parents.index), "")
    use = chosen & (code == "") & (stated != "").to_numpy()
    code[use], method[use] = stated.to_numpy(dtype=object)[use], "code"
    return _Found(_series(code, children.index), _series(method, children.index), pd.Series(share, children.index))


def _series(values: Sequence[object] | NDArray[np.object_], index: pd.Index) -> pd.Series:
    return pd.Series(values, index=index, dtype=object)


def _up(codes: pd.Series, parents: pd.Series) -> pd.Series:
    """Return the parent of each code, ``""`` where there is none."""
    table = dict(zip(parents.index, parents, strict=True))
    return _series([table.get(code, "") for code in codes], codes.index)


def _first(methods: list[pd.Series]) -> pd.Series:
    """Return the first method that found something."""
    answer = methods[0]
    for other in methods[1:]:
        answer = answer.where(answer != "none", other)
    return answer
