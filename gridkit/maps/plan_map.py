"""Two plans of grids on one offline page, before and after, and as a picture for paper."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element

from gridkit.locale import current
from gridkit.locale import gettext as _
from gridkit.maps.gridmap import GridMap, write_whole
from gridkit.maps.plan_colours import TINTS
from gridkit.maps.plan_frames import ABOVE, BELOW, EXCLUSIVE, inner_lines, shown
from gridkit.maps.tree import Verbatim

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from gridkit.maps.plan_frames import Shown
    from gridkit.model.plan import Plan

MOST: Final = 2000
"""Changes that the page lists; the others are counted."""
GREY, CHANGED, OUTSIDE, BORDER = "#d9dbde", "#0b3d91", "#c1121f", "#1b1f24"
_SETS: Final = (0.02, 0.05)
"""How far inside a grid the marks of a change and of the band lie."""
_CSS: Final = """
.gk-plan { font: 14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;
  color: #14181f; background: #fff; padding: 8px 16px; overflow-wrap: anywhere; }
.gk-plan h1 { font-size: 20px; margin: 0 0 4px; }
.gk-plan h2 { font-size: 16px; margin: 8px 0 4px; }
.gk-plan ul { margin: 0; padding-left: 20px; }
.gk-plan table { border-collapse: collapse; }
.gk-plan caption { text-align: left; padding-bottom: 4px; }
.gk-plan th, .gk-plan td { border: 1px solid #b9bec6; padding: 2px 8px; text-align: left; }
.gk-plan td.gk-n { text-align: right; font-variant-numeric: tabular-nums; }
.gk-plan thead th { background: #eef1f5; position: sticky; top: 0; }
"""


class _Below(Element):
    """A part of the page under the map."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Below"
        self.text = text

    def render(self, **_kwargs: Any) -> None:  # type: ignore[override]
        """Put the text into the page as it is, never through a template."""
        vars(self.get_root())["html"].add_child(Verbatim(self.text), name=self.get_name())


def plan_map(plan: Plan, *, before: Plan | None = None, title: str = "") -> GridMap:
    """Return the map of a plan in the current language, with the plan before it as a layer to switch to.

    Parameters
    ----------
    plan : Plan
        With codes.
    before : Plan, optional
        The plan that held until now.
    title : str
        Heading of the page.

    Returns
    -------
    GridMap
        One page that asks for nothing: grids in colours that tell neighbours apart, labelled with the last three digits
        of the code and the size; changed ones and those outside the band outlined; counts with denominators; a table
        of the changes.
    """
    title = title or _("Plan of grids")
    parts = shown(plan, before)
    grid_map = GridMap(title=title, language=current(), height="72%", position="relative")
    grid_map.has_headline = True
    vars(grid_map.get_root())["html"].add_child(Verbatim(_above(title, parts)), name="gk_plan_above")
    if parts.before is not None:
        _add_grids(grid_map, parts.before, "before", _("Grids before"), show=False)
    _add_grids(grid_map, parts.after, "after", _("Grids after") if parts.before is not None else _("Grids"), show=True)
    if parts.before is not None:
        _add_lines(grid_map, parts.after, "changed", mask="changed", colour=CHANGED)
    _add_lines(grid_map, parts.after, "outside", mask="outside", colour=OUTSIDE)
    borders = parts.communities.set_geometry(parts.communities.geometry.boundary).rename_axis("code").reset_index()
    _add(grid_map, borders, "communities", kinds=[_("border")] * len(borders), styles={_("border"): BORDER},
         name=_("Communities"))  # fmt: skip
    folium.LayerControl(collapsed=False).add_to(grid_map)
    grid_map.add_child(_Below(_table(parts)))
    return grid_map


def write_plan_html(plan: Plan, path: Path, *, before: Plan | None = None, title: str = "") -> None:
    """Write the page in the current language, whole or not at all; equal plans give equal bytes.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    page = plan_map(plan, before=before, title=title).get_root().render()
    write_whole(path, page.encode("utf-8", "replace"))


def write_plan_png(plan: Plan, path: Path, *, before: Plan | None = None, title: str = "", dpi: int = 150) -> None:
    """Write the picture in the current language: A3 across, before at the left, after at the right.

    Raises
    ------
    gridkit.errors.OutputError
        There is no font for the texts, or the file cannot be written.
    """
    from gridkit.maps.plan_still import write_picture

    write_picture(shown(plan, before), path, title=title or _("Plan of grids"), dpi=dpi)


def _kinds(frame: gpd.GeoDataFrame) -> tuple[list[str], dict[str, str]]:
    """Return the word for the colour of each grid, and the colours of the words in the order of the legend."""
    other = _("exclusive or other kind")
    used = sorted({int(colour) for colour in frame["colour"]} - {EXCLUSIVE})
    said = {one: _("comprehensive grid (colour {n}: only tells neighbours apart)").format(n=one + 1) for one in used}
    words = [said.get(int(colour), other) for colour in frame["colour"]]
    colours = {said[one]: TINTS[one % len(TINTS)] for one in used}
    return words, colours | ({other: GREY} if other in words else {})


def _fields() -> dict[str, str]:
    return {
        "code": _("code"), "name": _("name"), "households": _("households"), "persons": _("persons"),
        "band": _("band"), "outside": _("outside by"), "community": _("community"),
    }  # fmt: skip


def _add_grids(grid_map: GridMap, frame: gpd.GeoDataFrame, level: str, name: str, *, show: bool) -> None:
    words, styles = _kinds(frame)
    _add(grid_map, frame, level, kinds=words, styles=styles, fields=_fields(), labels="label", show=show,
         name=_("{name} ({n})").format(name=name, n=len(frame)))  # fmt: skip


def _add(
    grid_map: GridMap, frame: gpd.GeoDataFrame, level: str, *, kinds: list[str], styles: dict[str, str], **more: Any
) -> None:
    """Add a level coloured by words that belong to no column of the plan: the legend names no column then."""
    grid_map.add_level(frame.assign(**{"": kinds}), level, style_by="", styles=styles, **more)


def _add_lines(grid_map: GridMap, frame: gpd.GeoDataFrame, level: str, *, mask: str, colour: str) -> None:
    """Add the outlines of some grids, with how many of how many they are."""
    some = frame[frame[mask].to_numpy() != 0]
    of = frame if mask == "changed" else frame[frame["kind"] == "comprehensive"]
    if not len(some):
        return
    title = _("Changed") if mask == "changed" else _("Outside the band")
    name = _("{title}: {n}/{all}").format(title=title, n=len(some), all=len(of))
    lines = inner_lines(some, _SETS[mask == "outside"])
    _add(grid_map, lines, level, kinds=[_("outline")] * len(lines), styles={_("outline"): colour}, fields=_fields(),
         name=name)  # fmt: skip


def _above(title: str, parts: Shown) -> str:
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in [*parts.figures, _reading()])
    return f'<style>{_CSS}</style><header class="gk-plan"><h1>{html.escape(title)}</h1><ul>{lines}</ul></header>'


def _reading() -> str:
    return _(
        "On a grid: the last three digits of its code and its size; {above} above the band, {below} below it. Colours "
        "only tell neighbours apart; codes in full appear on click."
    ).format(above=ABOVE, below=BELOW)


def _table(parts: Shown) -> str:
    """Return the table of changes as HTML; nothing for a first issue."""
    if parts.before is None:
        return ""
    heads = (_("old code"), _("new code"), _("households in both"), _("share of the old grid"), _("what became of it"))
    rows = [
        f"<tr><td>{html.escape(old)}</td><td>{html.escape(new)}</td><td class='gk-n'>{n:,}</td>"
        f"<td class='gk-n'>{weight:.1%}</td><td>{html.escape(what)}</td></tr>"
        for old, new, n, weight, what in parts.changes[:MOST]
    ]
    more = len(parts.changes) - MOST
    said = _("{n} pairs of grids that changed").format(n=len(parts.changes))
    if more > 0:
        said += _("; the first {n} are listed, relationship.csv has all").format(n=MOST)
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in heads)
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>" if rows else ""
    return (
        f'<section class="gk-plan"><h2>{html.escape(_("Changes"))}</h2><table>'
        f"<caption>{html.escape(said)}</caption>{body}</table></section>"
    )
