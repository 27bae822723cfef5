"""Several networks and the one made of them on one offline page: borders by how many have them, grids to switch to."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.grids.merge import kept, names_of
from gridkit.locale import current
from gridkit.locale import gettext as _
from gridkit.maps.gridmap import GridMap, write_whole
from gridkit.maps.plan_frames import NAME, shown
from gridkit.maps.tree import Verbatim

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.grids.merge_plan import Merged

TINT: Final = "#e8eef5"
AGREED, SOME, GONE, GIVEN_UP, FRESH = "#1b7837", "#e08214", "#9aa0a8", "#c1121f", "#0b3d91"
# numbers of features in the legend: borders are told in metres, grids in the heading
_CSS: Final = """
.gk-merge { font: 14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;
  color: #14181f; background: #fff; padding: 8px 16px; overflow-wrap: anywhere; }
.gk-merge h1 { font-size: 20px; margin: 0 0 4px; }
.gk-merge p { margin: 0; }
[data-legend] b { display: none; }
"""


def merge_map(made: Merged, *, title: str = "") -> GridMap:
    """Return the map of a merge in the current language.

    Parameters
    ----------
    made : Merged
    title : str
        Heading of the page.

    Returns
    -------
    GridMap
        The merged grids with code and size, the grids of every network as a layer to switch to, and the borders: agreed
        and kept, agreed and given up, of some networks and kept or not, and new ones, each with its metres.
    """
    title = title or _("One network from several")
    grid_map = GridMap(title=title, language=current(), height="86%", position="relative")
    grid_map.has_headline = True
    vars(grid_map.get_root())["html"].add_child(Verbatim(_above(made, title)), name="gk_merge_above")
    parts = shown(made.plan)
    after = parts.after[["code", "name", "label", "households", "persons", "geometry"]]
    _add(grid_map, after, "merged", _("Merged grids"), labels=True, show=True)
    for n, network in enumerate(made.overlay.networks):
        frame = network.grids[["code", "name", "geometry"]].copy()
        frame["name"] = [" ".join(str(name).split())[:NAME] for name in frame["name"]]
        _add(grid_map, frame, f"network{n}", network.name, labels=False, show=False)
    _borders(grid_map, made)
    folium.LayerControl(collapsed=False).add_to(grid_map)
    return grid_map


def write_merge_map(made: Merged, path: Path, *, title: str = "") -> None:
    """Write the page in the current language, whole or not at all; equal merges give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    page = merge_map(made, title=title).get_root().render()
    write_whole(path, page.encode("utf-8", "replace"))


def _above(made: Merged, title: str) -> str:
    sums = made.shares
    template = _("agreed borders between atoms kept: {n}/{all} m")
    said = template.format(n=f"{sums['agreed_kept']:,.0f}", all=f"{sums['agreed']:,.0f}")
    head = f"<h1>{html.escape(title)}</h1><p>{html.escape(said)}</p>"
    return f'<style>{_CSS}</style><header class="gk-merge">{head}</header>'


def _add(grid_map: GridMap, frame: gpd.GeoDataFrame, level: str, name: str, *, labels: bool, show: bool) -> None:
    kinds = [_("grid")] * len(frame)
    known = {"code": _("code"), "name": _("name"), "households": _("households"), "persons": _("persons")}
    more: dict[str, Any] = {"labels": "label"} if labels else {}
    grid_map.add_level(
        frame.assign(**{"": kinds}), level, style_by="", styles={_("grid"): TINT}, show=show,
        fields={key: text for key, text in known.items() if key in frame},
        name=_("{name} ({n})").format(name=name, n=len(frame)), **more,
    )  # fmt: skip


def _borders(grid_map: GridMap, made: Merged) -> None:
    frame, table = made.plan.atoms.frame, made.votes
    here, agreed, some = kept(table, made.plan), table["agreed"].to_numpy(), (table["have"] > 0).to_numpy()
    words = {
        "agreed": _("agreed by all, kept"), "given": _("agreed by all, given up"), "kept": _("of some networks, kept"),
        "gone": _("of some networks, not kept"), "new": _("of no network"),
    }  # fmt: skip
    kind = np.select([agreed & here, agreed, some & here, some, here], list(words), "")
    shared = shared_borders(frame.geometry.to_numpy())
    ids = frame.index.to_numpy()
    shapes = dict(zip(zip(ids[shared["a"]], ids[shared["b"]], strict=True), shared["geometry"], strict=True))
    rows = []
    length = table["length"].to_numpy()
    said = _("{what}: {n} m")
    words = {
        key: said.format(what=text, n=f"{float(length[kind == key].sum()):,.0f}") for key, text in words.items()
    }  # fmt: skip
    for key, text in words.items():
        at = np.flatnonzero(kind == key).tolist()
        groups: dict[str, list[int]] = {}
        for one in at:
            groups.setdefault("+".join(names_of(int(table["having"].iloc[one]), made.overlay.networks)), []).append(one)
        for names, members in sorted(groups.items()):
            lines = [shapes.get((table["a"].iloc[one], table["b"].iloc[one])) for one in members]
            whole = shapely.line_merge(shapely.union_all([line for line in lines if line is not None]))
            rows.append((text, names or "—", round(float(length[members].sum())), whole))
    if not rows:
        return
    layer = gpd.GeoDataFrame(pd.DataFrame(rows, columns=["kind", "networks", "metres", "geometry"]), crs=frame.crs)
    layer.index = pd.Index([f"b{at}" for at in range(len(layer))])
    colours = dict(zip(words.values(), (AGREED, GIVEN_UP, SOME, GONE, FRESH), strict=True))
    grid_map.add_level(
        layer.assign(**{"": layer["kind"]}), "borders", style_by="",
        styles={text: colours[text] for text in words.values() if text in set(layer["kind"])},
        fields={"kind": _("border"), "networks": _("networks"), "metres": _("metres")},
        name=_("Borders by who has them"), show=True,
    )  # fmt: skip
