"""A city of twenty thousand compounds: what it must come to was counted by hand from its pattern."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.coverage import check_coverage, check_tree, cover
from gridkit.model import Attributes, City, Layer, Links, Places, Registry, conform
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS
from gridkit.model.results import LINK_COLUMNS
from gridkit.rules.ruleset import load_ruleset
from tests import tiny


def large(size: int):
    """``size`` compounds in communities of 20, half of them alone in a branch, half in joint branches of four."""
    number = np.arange(size)
    codes = pd.Index([f"c{n:06d}" for n in number], dtype="object", name="code")
    community = pd.Series([f"9901010{n // 20:05d}" for n in number], index=codes, dtype="object")
    values = {"name": [f"第{n}小区" for n in number], "community_code": community, "compound_type": "commercial",
              "formal_members": 3, "eligible": np.where(number % 2 == 0, "yes", "no")}  # fmt: skip
    frame = pd.DataFrame({**values, "src": "compound.gpkg!compound", "row": number + 1}, index=codes)
    x, y = 500_000 + (number % 400) * 100.0, 4_400_000 + (number // 400) * 100.0
    frame["geometry"] = shapely.box(x, y, x + 60, y + 60)
    layer = Layer("compound", gpd.GeoDataFrame(conform(frame, LAYER_FIELDS["compound"]), crs=tiny.CRS))
    branch = np.where(number % 2 == 0, number, number // 8 * 8 + 1)
    rows = pd.DataFrame(index=pd.Index(sorted(set(branch))))
    rows["row"], rows["src"] = rows.index + 3, "branches.xlsx!Sheet1"
    rows["name"] = [f"第{n}支部" for n in rows.index]
    rows["branch_kind"] = np.where(rows.index % 2 == 0, "compound", "joint")
    rows["covers"], rows["formal_members"], rows["term_end"] = "x", 5, "2026-01-01"
    rows["community_code"] = community.to_numpy()[rows.index]
    rows.index = pd.Index(rows["src"] + "!" + rows["row"].astype(str), dtype="object", name="row_id")
    registry = Registry("branches", conform(rows, REGISTRY_FIELDS["branches"]), True)
    record = np.array([f"branches.xlsx!Sheet1!{n + 3}" for n in branch], dtype=object)
    links = pd.DataFrame({"record": record, "field": "covers", "mention": frame["name"].to_numpy(), "level": "compound",
                          "code": codes, "method": "name+parent", "score": 9.0, "margin": 4.0, "rank": 1,
                          "accepted": number % 50 != 0})  # fmt: skip
    links["position"] = links.groupby("record").cumcount()
    links["reason"] = [{}] * size
    places = pd.DataFrame({"grid": "", "community": community, "street": "990101001", "method": "code", "share": 1.0})
    sources = (tiny.source("branches", len(rows), complete=True), tiny.source("compound", size))
    city = City("large", tiny.CRS, tiny.AS_OF, {"compound": layer}, {"branches": registry}, sources)
    fields = list(LAYER_FIELDS["compound"])
    cells = (frame["src"] + "!" + frame["row"].astype(str)).astype("object")
    origin = pd.DataFrame(dict.fromkeys(fields, cells), index=codes)
    attributes = Attributes(pd.DataFrame(layer.frame[fields]), origin)
    return city, Places(places), Links(links[list(LINK_COLUMNS)]), attributes


def test_a_large_city_in_one_pass():
    ruleset = load_ruleset()
    values = large(20_000)
    coverage = cover(*values, ruleset)
    assert {status: n for status, n in coverage.by_status().items() if n} == {
        "OWN_BRANCH": 9_600,
        "JOINT_BRANCH": 10_000,
        "UNKNOWN": 400,
    }
    # communities of 20, joint branches over blocks of 8: of every 40 compounds one block straddles two communities, and
    # one community has three joint branches (10 x 5 + 3 x 5 members on 20 x 3), the other two (exactly 60 on 60)
    assert check_coverage(*values, coverage, ruleset).counts() == {"C105": 500, "C110": 500}
    assert check_tree(*values[:3]).counts() == {}
