"""A city made of a case of a rule, and everything that is found in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gridkit.geo.places import place
from gridkit.model import City, Findings
from gridkit.model.boundaries import Inspection
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, LEVELS, STREET
from gridkit.rules.examples import Case
from gridkit.topology import check_nesting
from gridkit.topology.inspect import inspect
from tests import tiny

STATES = {
    COMPOUND: {GRID: "grid_code", COMMUNITY: "community_code", STREET: "street_name"},
    GRID: {COMMUNITY: "community_code"},
    COMMUNITY: {STREET: "street_code"},
}


def shape(text: str):
    """Return a shape of a case, in the metres of the tiny city; None for none."""
    return shapely.transform(shapely.from_wkt(text), lambda xy: xy + np.array([tiny.X0, tiny.Y0])) if text else None


def city(case: Case) -> City:
    layers = {}
    for level, units in case.layers.items():
        rows = {code: {"name": case.named.get(code, code), **_row(case, level, code)} for code in units}
        layers[level] = tiny.layer(level, rows, [shape(text) for text in units.values()])
    sources = tuple(tiny.source(level, len(layer)) for level, layer in layers.items())
    return City("case", tiny.CRS, tiny.AS_OF, layers, {}, sources)


def _row(case: Case, level: str, code: str) -> dict[str, str]:
    row = {"grid_kind": "exclusive" if code in case.exclusive else "comprehensive"} if level == GRID else {}
    stated = case.stated.get(code, "")
    for above in LEVELS:
        if stated and stated in case.layers.get(above, ()) and above in STATES.get(level, ()):
            row[STATES[level][above]] = stated
    return row


def official(case: Case) -> pd.DataFrame | None:
    if not case.official:
        return None
    rows = [(code, name, code[:9]) for code, name in case.official.items()]
    return pd.DataFrame(rows, columns=["code", "name", "parent_code"])


def inspected(case: Case) -> tuple[Inspection, Findings]:
    """Return what is wrong with the boundaries of a case, and all findings."""
    made = city(case)
    places = place(made)
    listed = official(case)
    seen = inspect(made, places, official=listed)
    if case.exception:
        mine = seen.frame.index[seen.frame["code"] == case.exception["of"]]
        ident = mine[0] if len(mine) else "0" * 12
        kept = pd.DataFrame(
            [(ident, "lake", "street office", case.exception["until"])],
            columns=["defect_id", "reason", "role", "until"],
        )
        seen = inspect(made, places, official=listed, exceptions=kept)
    return seen, Findings.concat([seen.findings, check_nesting(made, places)])
