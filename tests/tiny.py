"""A city of two streets, three communities, four grids and eight compounds, built by hand for unit tests.

All squares, in metres of EPSG:4544 (so lon 105, lat about 39.7). Layout: each community is 400 x 400 m, side by side;
compounds are 60 m squares inside them. Communities A (urban) and B (urban) belong to street 1, community C (township)
to street 2. Grids: A1 and A2 halve A, B1 = B, C1 = C. Compounds: a1..a4 in A (two per grid), b1 b2 in B, c1 c2 in C.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from gridkit.model import City, Layer, Places, Registry, Source, conform
from gridkit.model.fields import LAYER_FIELDS, REGISTRY_FIELDS

CRS = "EPSG:4544"
X0, Y0 = 500_000.0, 4_400_000.0
STREET1, STREET2 = "990101001", "990101101"
A, B, C = "990101001001", "990101001002", "990101101001"
A1, A2, B1, C1 = A + "001", A + "002", B + "001", C + "001"
COMPOUNDS = {
    "a1": (A1, A, 40, 40, "金桂家园"),
    "a2": (A1, A, 40, 240, "银杏小区"),
    "a3": (A2, A, 240, 40, "市财政局家属院"),
    "a4": (A2, A, 240, 240, "翠湖苑一期"),
    "b1": (B1, B, 440, 40, "翠湖苑二期"),
    "b2": (B1, B, 640, 240, "和平花园"),
    "c1": (C1, C, 840, 40, "向阳院"),
    "c2": (C1, C, 1040, 240, "金桂家园"),
}
AS_OF = dt.date(2024, 6, 30)


def square(x: float, y: float, width: float, height: float | None = None):
    return box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + (height or width))


def source(kind: str, rows: int, *, path: str | None = None, complete: bool = False) -> Source:
    letters = [chr(ord("A") + i) if i < 26 else "A" + chr(ord("A") + i - 26) for i in range(52)]
    fields = LAYER_FIELDS.get(kind) or REGISTRY_FIELDS[kind]
    return Source(
        path or (f"{kind}.gpkg" if kind in LAYER_FIELDS else f"{kind}.xlsx"),
        "0" * 64,
        kind,
        sheet=kind if kind in LAYER_FIELDS else "Sheet1",
        tabular=kind not in LAYER_FIELDS,
        rows_in=rows,
        kept=rows,
        columns=dict(zip(fields, letters if kind not in LAYER_FIELDS else fields, strict=False)),
        complete=complete,
    )


def layer(level: str, rows: dict[str, dict], geometries: list) -> Layer:
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index = pd.Index(frame.index, dtype="object", name="code")
    given = frozenset(frame.columns)
    frame["src"] = f"{level}.gpkg!{level}"
    frame["row"] = range(1, len(frame) + 1)
    frame["geometry"] = geometries
    frame = conform(frame, LAYER_FIELDS[level])
    return Layer(level, gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS), given)


def registry(kind: str, rows: list[dict], *, complete: bool = False, first_row: int = 3) -> Registry:
    """Rows as dictionaries of field -> value; row numbers count up from ``first_row`` in ``<kind>.xlsx!Sheet1``."""
    src = f"{kind}.xlsx!Sheet1"
    frame = pd.DataFrame(rows)
    frame["src"] = src
    frame["row"] = range(first_row, first_row + len(rows))
    frame.index = pd.Index([f"{src}!{row}" for row in frame["row"]], dtype="object", name="row_id")
    given = frozenset(name for row in rows for name in row)
    return Registry(kind, conform(frame, REGISTRY_FIELDS[kind]), complete, "", given)


def city(registries: list[Registry] | None = None, compounds: dict[str, dict] | None = None) -> City:
    """The tiny city; ``compounds`` overrides fields of single compounds, e.g. ``{"a1": {"formal_members": 5}}``."""
    override = compounds or {}
    street = layer(
        "street",
        {STREET1: {"name": "平安街道"}, STREET2: {"name": "临河镇"}},
        [square(0, 0, 800, 400), square(800, 0, 400)],
    )
    community = layer(
        "community",
        {
            A: {"name": "东门社区", "street_code": STREET1, "community_type": "urban"},
            B: {"name": "西门社区", "street_code": STREET1, "community_type": "urban"},
            C: {"name": "河口社区", "street_code": STREET2, "community_type": "township"},
        },
        [square(0, 0, 400), square(400, 0, 400), square(800, 0, 400)],
    )
    grid = layer(
        "grid",
        {
            A1: {"name": "第一网格", "community_code": A, "grid_kind": "comprehensive", "households": 200},
            A2: {"name": "第二网格", "community_code": A, "grid_kind": "comprehensive", "households": 220},
            B1: {"name": "第一网格", "community_code": B, "grid_kind": "comprehensive", "households": 240},
            C1: {"name": "第一网格", "community_code": C, "grid_kind": "comprehensive", "households": 100},
        },
        [square(0, 0, 200, 400), square(200, 0, 200, 400), square(400, 0, 400), square(800, 0, 400)],
    )
    names = {A: "东门社区", B: "西门社区", C: "河口社区"}
    compound = layer(
        "compound",
        {
            code: {
                "name": name,
                "grid_code": g,
                "community_code": c,
                "community_name": names[c],
                "compound_type": "commercial",
                "households": 100,
                "formal_members": 1,
                "eligible": "yes",
                **override.get(code, {}),
            }
            for code, (g, c, _, _, name) in COMPOUNDS.items()
        },
        [square(x, y, 60) for _, _, x, y, _ in COMPOUNDS.values()],
    )
    layers = {"street": street, "community": community, "grid": grid, "compound": compound}
    registries = registries or []
    sources = [source(level, len(value)) for level, value in layers.items()]
    sources += [source(r.kind, len(r), complete=r.complete) for r in registries]
    return City("tiny", CRS, AS_OF, layers, {r.kind: r for r in registries}, tuple(sources))


def places() -> Places:
    """Where the compounds of the tiny city lie."""
    street = {A: STREET1, B: STREET1, C: STREET2}
    frame = pd.DataFrame(
        {
            code: {"grid": g, "community": c, "street": street[c], "method": "contains", "share": 1.0}
            for code, (g, c, *_) in COMPOUNDS.items()
        }
    ).T.rename_axis("code")
    frame["share"] = frame["share"].astype(float)
    grid = pd.Series({A1: A, A2: A, B1: B, C1: C}, dtype="object")
    return Places(frame, {"community": pd.Series(street, dtype="object"), "grid": grid})
