"""The four sources of the Beijing listing, linked to each other without coordinates and judged by them.

``python -m tests.real.beijing_links FOLDER`` prints the study for ``FOLDER/compounds_4sources.csv``: counts only.
"""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridkit.geo import bd09_to_wgs84, to_metric
from gridkit.linkage import link
from gridkit.model import City, Layer, Places, Registry, conform
from gridkit.model.fields import COMPOUND, LAYER_FIELDS, REGISTRY_FIELDS, STREET

CRS: Final = "EPSG:4547"
"""CGCS2000, 3-degree zone of 114 degrees east."""
CONFIRMED, NEAR, FAR = 50.0, 200.0, 500.0
OLD: Final = {"崇文": "东城", "宣武": "西城"}
"""Districts that were merged into others in 2010."""
_NAMES: Final = "东城|西城|崇文|宣武|朝阳|海淀|丰台|石景山|门头沟|房山|通州|顺义|昌平|大兴|怀柔|平谷|密云|延庆"
DISTRICT: Final = rf"^[（(]?({_NAMES})(?![东南西北]?大?[门路街里桥])"
NOBODY: Final = r"^$|^暂?无|^未知|^单位|^待定|^业主|^没有"
CHAIN: Final = rf"(?:>|^)({_NAMES})(?:小区|[^>]*$)"


def read(path: Path) -> pd.DataFrame:
    """Return the listing with the stated ``district`` and ``x``, ``y`` in metres (NaN where it has no coordinates)."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    told = rows["address"].str.extract(DISTRICT)[0].fillna(rows["address_chain"].str.extract(CHAIN)[0]).fillna("")
    rows["district"] = told.replace(OLD)
    there = ((rows["lon"] != "") & (rows["lat"] != "")).to_numpy()
    lon, lat = bd09_to_wgs84(rows.loc[there, "lon"].astype(float), rows.loc[there, "lat"].astype(float))
    points = to_metric(gpd.GeoSeries.from_xy(lon, lat, crs="EPSG:4490"), CRS)
    rows[["x", "y"]] = np.nan
    rows.loc[there, "x"], rows.loc[there, "y"] = points.x.to_numpy(), points.y.to_numpy()
    return rows


def city_of(listed: pd.DataFrame, registry: pd.DataFrame, *, district: bool) -> tuple[City, Places]:
    """Return one source as the layer of compounds and another as their registry; where they lie only as they say."""
    layer = pd.DataFrame({"name": listed["name"], "address": listed["address"]}).set_axis(
        pd.Index([f"k{at:05d}" for at in listed.index], dtype=object, name="code")
    )
    layer["src"], layer["row"] = "layer.csv", range(2, len(layer) + 2)
    layer["geometry"] = gpd.GeoSeries.from_xy([0.0] * len(layer), [0.0] * len(layer), index=layer.index, crs=CRS)
    compounds = gpd.GeoDataFrame(conform(layer, LAYER_FIELDS[COMPOUND]), geometry="geometry", crs=CRS)
    names = sorted({*listed["district"], *registry["district"]} - {""})
    streets = pd.DataFrame({"name": names, "src": "d.gpkg", "row": 1}, index=pd.Index(names, dtype=object, name="code"))
    streets["geometry"] = gpd.GeoSeries.from_xy([0.0] * len(names), [0.0] * len(names), index=names, crs=CRS)
    areas = gpd.GeoDataFrame(conform(streets, LAYER_FIELDS[STREET]), geometry="geometry", crs=CRS)
    rows = pd.DataFrame({"name": registry["name"], "address": registry["address"], "src": "registry.csv"})
    rows["street_name"] = registry["district"] if district else ""
    rows["row"] = registry.index
    rows.index = pd.Index([f"registry.csv!{at}" for at in registry.index], dtype=object, name="row_id")
    where = pd.DataFrame(
        {"grid": "", "community": "", "street": listed["district"].to_numpy(dtype=object), "method": "stated"},
        index=compounds.index,
    ).assign(share=1.0)
    layers = {STREET: Layer(STREET, areas), COMPOUND: Layer(COMPOUND, compounds)}
    city = City(
        "beijing", CRS, None, layers, {"compounds": Registry("compounds", conform(rows, REGISTRY_FIELDS["compounds"]))}
    )
    return city, Places(where)


def links_of(rows: pd.DataFrame, one: str, other: str, *, profile: str, district: bool = True) -> pd.DataFrame:
    """Return the accepted links of source ``one`` to source ``other``: ``row``, ``target``, ``method``, ``metres``."""
    registry, listed = rows[rows["source"] == one], rows[rows["source"] == other]
    city, places = city_of(listed, registry, district=district)
    frame = link(city, places, profile=profile).accepted(COMPOUND, COMPOUND)
    at = frame["record"].str.rpartition("!")[2].astype(int).to_numpy()
    to = frame["code"].str[1:].astype(int).to_numpy()
    metres = np.hypot(*(rows.loc[at, ["x", "y"]].to_numpy() - rows.loc[to, ["x", "y"]].to_numpy()).T)
    return pd.DataFrame({"row": at, "target": to, "method": frame["method"].to_numpy(), "metres": metres})


def alike(rows: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """Return which linked rows also agree in what the linker has not seen: households, developer or company."""
    one, other = rows.loc[links["row"]], rows.loc[links["target"]]
    many = [pd.to_numeric(part["households"], errors="coerce").to_numpy() for part in (one, other)]
    same = np.abs(many[0] - many[1]) <= 0.1 * np.maximum(*many)
    for field in ("developer", "property_company"):
        names = [
            part[field].str.removeprefix("北京市").str.removeprefix("北京").str[:3].to_numpy() for part in (one, other)
        ]
        known = np.array([not re.search(NOBODY, name) for name in names[0]], dtype=bool)
        same |= known & (names[0] == names[1])
    return same


def study(rows: pd.DataFrame, *, profile: str, district: bool = True) -> pd.DataFrame:
    """Return the counts of every pair of sources: the smaller one is linked to the larger one."""
    sizes = rows["source"].value_counts()
    found = []
    for one, other in itertools.combinations(sorted(sizes.index, key=lambda name: sizes[name]), 2):
        links = links_of(rows, one, other, profile=profile, district=district)
        metres = links["metres"].dropna()
        far = links[links["metres"] > FAR]
        found.append({
            "from": one, "to": other, "rows": int(sizes[one]), "targets": int(sizes[other]), "accepted": len(links),
            "with_both": len(metres), "confirmed": int((metres <= CONFIRMED).sum()),
            "near": int(((metres > CONFIRMED) & (metres <= NEAR)).sum()),
            "between": int(((metres > NEAR) & (metres <= FAR)).sum()),
            "contradicted": len(far), "but_alike": int(alike(rows, far).sum()),
            "median_m": round(float(metres.median())),
        })  # fmt: skip
    return pd.DataFrame(found)


if __name__ == "__main__":
    listing = read(Path(sys.argv[1]) / "compounds_4sources.csv")
    for chosen in ("audit", "normal"):
        print(chosen)  # noqa: T201
        print(study(listing, profile=chosen).to_string(index=False))  # noqa: T201
