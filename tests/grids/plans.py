"""Small plans for tests: squares of 100 m in rows, two communities side by side."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.grids.atoms import edges_of
from gridkit.model.plan import ATOM_COLUMNS, GRID_COLUMNS, Atoms, Norm, Plan

WEST, EAST = "520100001001", "520100001002"
EMPTY = np.zeros(0, dtype=object)


def atoms_of(sizes=((200, 200, 200, 200), (200, 200, 200, 200)), *, kinds=None) -> Atoms:
    """Return rows of squares ``A11``, ``A12`` ...; the left half of each row is in WEST, the rest in EAST."""
    rows = []
    for y, line in enumerate(sizes):
        for x, size in enumerate(line):
            name = f"A{y + 1}{x + 1}"
            community = WEST if 2 * x < len(line) else EAST
            kind = (kinds or {}).get(name, "compound" if size else "land")
            code = "" if kind == "land" else name.split("-", maxsplit=1)[0]
            square = shapely.box(100 * x, -100 * y, 100 * x + 100, -100 * y + 100)
            rows.append((name, community, kind, code, "", size, 3 * size, True, square))
    frame = pd.DataFrame(rows, columns=["atom", *ATOM_COLUMNS]).set_index("atom").sort_index()
    whole = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4545")
    whole.geometry = whole.geometry.translate(500_000, 2_940_000)
    return Atoms(whole, edges_of(whole, EMPTY))


def plan_of(atoms: Atoms, grids: dict[str, list[str]], **columns) -> Plan:
    """Return a plan of grids by uid; ``columns`` are values of a grid column by uid (``locked={"g1": True}``)."""
    assignment = pd.Series("", index=atoms.frame.index, dtype="object", name="grid")
    rows = []
    for uid, members in sorted(grids.items()):
        assignment[members] = uid
        community = atoms.frame["community"][members[0]] if members else WEST
        rows.append((uid, "", "", "comprehensive", community, False, ""))
    table = pd.DataFrame(rows, columns=["uid", *GRID_COLUMNS]).set_index("uid")
    for name, values in columns.items():
        for uid, value in values.items():
            table.loc[uid, name] = value
    return Plan(atoms, assignment, table, Norm(300, 500))


def usual() -> Plan:
    """Return four grids of two squares each, in the band."""
    return plan_of(atoms_of(), {"g1": ["A11", "A12"], "g2": ["A21", "A22"], "g3": ["A13", "A14"], "g4": ["A23", "A24"]})
