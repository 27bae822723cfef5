"""In which compound a unit sits: by its point, or by its address. Nothing is decided by it, so nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridkit.linkage.resolve import no_links, resolve
from gridkit.rules.weights import DEFAULT

if TYPE_CHECKING:
    from gridkit.linkage.parents import Rows
    from gridkit.linkage.targets import Targets
    from gridkit.model import City


def sites(city: City, rows: Rows, compounds: Targets, *, profile: str = DEFAULT) -> pd.DataFrame:
    """Return the links of units to the compounds that they sit in (``field`` is ``site``), several units to one.

    The point must lie inside the polygon, or road and number be the same within the community; what is not sure is left
    out: the units without a site are no less known for it. ``mention`` is the address, else the point, as written.
    """
    units = city.rows("units")
    if units.empty or not len(compounds):
        return no_links()
    lon, lat = (units[name].astype("float64") for name in ("lon", "lat"))
    points = pd.Series([f"{x:.6f}, {y:.6f}" for x, y in zip(lon, lat, strict=True)], index=units.index, dtype=object)
    written = units["address"].str.strip()
    mention = written.where(written != "", points.where(lon.notna() & lat.notna(), "")).astype(object)
    table = pd.DataFrame({"record": units.index, "mention": mention.to_numpy()}, dtype=object)
    table = table[table["mention"] != ""]
    if table.empty:
        return no_links()
    bare = table.assign(field="site", position=0, text="", code="", soft=False).astype({"position": "int64"})
    links = resolve(rows.attach(bare), compounds, {}, profile=profile)
    inside = [reason.get("point") == "inside" or reason.get("address") == "same" for reason in links["reason"]]
    return links[links["accepted"].to_numpy(bool) & inside]
