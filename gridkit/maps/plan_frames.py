"""What a map of two plans of grids shows: colours, labels, what changed and what lies outside the band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gridkit.grids.check import fractions
from gridkit.grids.compare import diff_plans
from gridkit.grids.totals import grid_layer
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.maps.plan_colours import coloured, neighbours

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gridkit.model.plan import Plan

EXCLUSIVE: Final = -1
"""Colour of grids of other kinds than the comprehensive one."""
ABOVE, BELOW = "▲", "▼"
NAME: Final = 60
"""Characters of a name that the page holds."""
_RELATIONS: Final = {
    "unchanged": N_("unchanged"), "boundary": N_("border moved"), "split": N_("split"), "merge": N_("merged"),
    "many": N_("rearranged"), "issued": N_("newly issued"), "retired": N_("retired"),
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """Two plans as layers.

    Parameters
    ----------
    after, before : geopandas.GeoDataFrame
        Grids with ``code``, ``name``, ``label``, ``size``, ``band``, ``outside``, ``colour`` and ``changed``, sorted by
        uid; ``before`` is None for a first issue.
    communities : geopandas.GeoDataFrame
    figures : list of str
        Sentences with counts and denominators.
    changes : list of tuple
        Old code, new code, households in both, share of the old grid, what became of it.
    """

    after: gpd.GeoDataFrame
    before: gpd.GeoDataFrame | None
    communities: gpd.GeoDataFrame
    figures: list[str]
    changes: list[tuple[str, str, int, float, str]]


def shown(plan: Plan, before: Plan | None = None) -> Shown:
    """Return what a map of a plan shows, beside the plan that held before it.

    Parameters
    ----------
    plan : Plan
    before : Plan, optional
        Of the same ground; grids that go on have the same uid in both.
    """
    frame = plan.atoms.frame[["community", "geometry"]].dissolve("community", method="coverage")
    figures = _band(plan, _("plan after") if before is not None else "")
    if before is None:
        return Shown(_layer(plan, {}, set()), None, frame, figures, [])
    found = diff_plans(before, plan)
    table = found.relations[found.relations["relation"] != "unchanged"]
    old = _layer(before, {}, set(table["grid_old"]) - {""})
    new = _layer(plan, old["colour"].to_dict(), set(table["grid_new"]) - {""})
    figures += _band(before, _("plan before"))
    figures.append(
        _("grids: {kept} unchanged, {changed} changed, {issued} new, {retired} retired").format(
            kept=found.kept, changed=found.changed, issued=found.issued, retired=found.retired
        )
    )
    share = f" ({found.moved / found.households:.1%})" if found.households else ""
    figures.append(
        _("households that change grid: {n}/{all}{share}").format(
            n=f"{found.moved:,}", all=f"{found.households:,}", share=share
        )
    )
    return Shown(new, old, frame, figures, _changes(table, before, plan))


def _band(plan: Plan, when: str) -> list[str]:
    inside, drawn = fractions(plan)["in_band"]
    said = _("comprehensive grids in the band: {n}/{all}").format(n=inside, all=drawn)
    return [_("{when}: {text}").format(when=when, text=said) if when else said]


def _layer(plan: Plan, held: Mapping[str, int], changed: set[str]) -> gpd.GeoDataFrame:
    frame = grid_layer(plan).sort_index()
    frame = frame[~(shapely.is_missing(frame.geometry.to_numpy()) | shapely.is_empty(frame.geometry.to_numpy()))]
    norms = [plan.norm_of(str(code)) for code in frame["community"]]
    uids = [str(uid) for uid in frame.index]
    colours = coloured(neighbours(uids, frame.geometry.to_numpy()), held={k: v for k, v in held.items() if v >= 0})
    drawn = (frame["kind"] == "comprehensive").to_numpy()
    people = np.array([norm.measure == "persons" for norm in norms], dtype=bool)
    size = np.where(people, frame["persons"], frame["households"]).astype(int)
    outside = frame["outside"].to_numpy()
    codes = [str(code) or uid for code, uid in zip(frame["code"], uids, strict=True)]
    marks = np.select([outside > 0, outside < 0], [f" {ABOVE}", f" {BELOW}"], default="")
    labels = [f"{code[-3:]} · {n}{mark}" for code, n, mark in zip(codes, size.tolist(), marks, strict=True)]
    return frame.assign(
        code=codes, name=[" ".join(str(name).split())[:NAME] for name in frame["name"]], label=labels, size=size,
        band=[f"{norm.low}–{norm.high}" for norm in norms],
        colour=[colours[uid] if own else EXCLUSIVE for uid, own in zip(uids, drawn, strict=True)],
        changed=[uid in changed for uid in uids],
    )  # fmt: skip


def _changes(table: pd.DataFrame, before: Plan, plan: Plan) -> list[tuple[str, str, int, float, str]]:
    old, new = before.grids["code"].astype(str), plan.grids["code"].astype(str)
    rows: list[tuple[Any, ...]] = [
        (old.get(row.grid_old, "") or row.grid_old, new.get(row.grid_new, "") or row.grid_new,
         int(row.households_both), float(row.weight), gettext(_RELATIONS.get(row.relation, row.relation)))
        for row in table.itertuples(index=False)
    ]  # fmt: skip
    return sorted(rows)


def inner_lines(frame: gpd.GeoDataFrame, share: float) -> gpd.GeoDataFrame:
    """Return the outlines of areas, a little inside them, so that it is seen whose they are.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        In metres.
    share : float
        How far inside, of the side of a square of the same area.
    """
    areas = frame.geometry.to_numpy()
    inside = shapely.buffer(areas, -share * np.sqrt(shapely.area(areas)), join_style="mitre")
    lines = shapely.boundary(np.where(shapely.is_empty(inside), areas, inside))
    return frame.set_geometry(gpd.GeoSeries(lines, index=frame.index, crs=frame.crs))
