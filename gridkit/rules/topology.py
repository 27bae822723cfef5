"""Rules T3xx: nesting of the layers."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_SOURCE = N_(
    "Common standard of drawing grids: full cover, clear boundaries, no blank, no crossing, no overlap (local "
    "standards such as Beijing DB11 on the division of unit grids; quoted from secondary sources, to be compared with "
    "the official text before it is quoted on)"
)


_ELSEWHERE = {
    "T30": "ArcGIS: attribute rule",
    "T31": "ArcGIS: Must Be Covered By Feature Class Of",
    "T32": "ArcGIS: Must Be Covered By Feature Class Of",
    "T33": "ArcGIS: Must Be Covered By Feature Class Of",
    "T341": "QGIS: Empty geometry",
    "T342": "ArcGIS: Must Cover Each Other",
}
"""What GIS programs call the same, by the rule or the beginning of its code."""


def _rule(code: str, name: str, severity: str, *texts: str, **variants: str) -> Rule:
    title, sentence, remedy = texts
    elsewhere = _ELSEWHERE.get(code, _ELSEWHERE.get(code[:3], ""))
    return Rule(code, name, severity, title, sentence, _SOURCE, remedy, variants=variants, elsewhere=elsewhere)


RULES: tuple[Rule, ...] = (
    _rule(
        "T301",
        "compound-in-another-community",
        "warning",
        N_("Compound lies in another community than stated"),
        N_("{name} states {stated_name} ({stated}) but lies in {parent_name} ({parent}): {percent}"),
        N_("check both the boundary and the stated code"),
    ),
    _rule(
        "T302",
        "compound-in-another-grid",
        "warning",
        N_("Compound lies in another grid than stated"),
        N_("{name} states {stated_name} ({stated}) but lies in {parent_name} ({parent}): {percent}"),
        N_("check both the boundary and the stated code"),
    ),
    _rule(
        "T303",
        "grid-in-another-community",
        "warning",
        N_("Grid lies in another community than stated"),
        N_("{name} states {stated_name} ({stated}) but lies in {parent_name} ({parent}): {percent}"),
        N_("check both the boundary and the stated code"),
    ),
    _rule(
        "T304",
        "community-in-another-street",
        "warning",
        N_("Community lies in another street than stated"),
        N_("{name} states {stated_name} ({stated}) but lies in {parent_name} ({parent}): {percent}"),
        N_("check both the boundary and the stated code"),
    ),
    _rule(
        "T305",
        "compound-in-another-street",
        "warning",
        N_("Compound lies in another street than stated"),
        N_("{name} states {stated_name} ({stated}) but lies in {parent_name} ({parent}): {percent}"),
        N_("check both the boundary and the stated code"),
    ),
    _rule(
        "T311",
        "compound-outside-every-community",
        "error",
        N_("Compound lies outside every community"),
        N_("{name} lies outside every community; the nearest is {nearest_name} ({nearest}), {distance_m} m away"),
        N_("check the coordinates and their datum, then the boundary"),
    ),
    _rule(
        "T312",
        "compound-outside-every-grid",
        "warning",
        N_("Compound lies outside every grid"),
        N_("{name} lies outside every grid; the nearest is {nearest_name} ({nearest}), {distance_m} m away"),
        N_("check the coordinates and their datum, then the boundary"),
    ),
    _rule(
        "T313",
        "grid-outside-every-community",
        "error",
        N_("Grid lies outside every community"),
        N_("{name} lies outside every community; the nearest is {nearest_name} ({nearest}), {distance_m} m away"),
        N_("check the coordinates and their datum, then the boundary"),
    ),
    _rule(
        "T314",
        "community-outside-every-street",
        "error",
        N_("Community lies outside every street"),
        N_("{name} lies outside every street; the nearest is {nearest_name} ({nearest}), {distance_m} m away"),
        N_("check the coordinates and their datum, then the boundary"),
    ),
    _rule(
        "T315",
        "compound-outside-every-street",
        "error",
        N_("Compound lies outside every street"),
        N_("{name} lies outside every street; the nearest is {nearest_name} ({nearest}), {distance_m} m away"),
        N_("check the coordinates and their datum, then the boundary"),
    ),
    _rule(
        "T321",
        "compound-cut-by-community",
        "warning",
        N_("Compound is cut by a community boundary"),
        N_("{name} is cut: {percent} in {parent_name} ({parent}), {other_percent} in {other_name} ({other})"),
        N_("move the boundary so that it does not cut"),
    ),
    _rule(
        "T322",
        "compound-cut-by-grid",
        "warning",
        N_("Compound is cut by a grid boundary"),
        N_("{name} is cut: {percent} in {parent_name} ({parent}), {other_percent} in {other_name} ({other})"),
        N_("move the boundary so that it does not cut"),
    ),
    _rule(
        "T323",
        "grid-cut-by-community",
        "warning",
        N_("Grid is cut by a community boundary"),
        N_("{name} is cut: {percent} in {parent_name} ({parent}), {other_percent} in {other_name} ({other})"),
        N_("move the boundary so that it does not cut"),
    ),
    _rule(
        "T324",
        "community-cut-by-street",
        "warning",
        N_("Community is cut by a street boundary"),
        N_("{name} is cut: {percent} in {parent_name} ({parent}), {other_percent} in {other_name} ({other})"),
        N_("move the boundary so that it does not cut"),
    ),
    _rule(
        "T325",
        "compound-cut-by-street",
        "warning",
        N_("Compound is cut by a street boundary"),
        N_("{name} is cut: {percent} in {parent_name} ({parent}), {other_percent} in {other_name} ({other})"),
        N_("move the boundary so that it does not cut"),
    ),
    _rule(
        "T331",
        "compound-sticks-out-of-community",
        "notice",
        N_("Compound sticks out of its community"),
        N_("only {percent} of {name} lies in {parent_name} ({parent}), the rest in none"),
        N_("close the gap between the boundaries"),
    ),
    _rule(
        "T332",
        "compound-sticks-out-of-grid",
        "notice",
        N_("Compound sticks out of its grid"),
        N_("only {percent} of {name} lies in {parent_name} ({parent}), the rest in none"),
        N_("close the gap between the boundaries"),
    ),
    _rule(
        "T333",
        "grid-sticks-out-of-community",
        "warning",
        N_("Grid sticks out of its community"),
        N_("only {percent} of {name} lies in {parent_name} ({parent}), the rest in none"),
        N_("close the gap between the boundaries"),
    ),
    _rule(
        "T334",
        "community-sticks-out-of-street",
        "notice",
        N_("Community sticks out of its street"),
        N_("only {percent} of {name} lies in {parent_name} ({parent}), the rest in none"),
        N_("close the gap between the boundaries"),
    ),
    _rule(
        "T335",
        "compound-sticks-out-of-street",
        "notice",
        N_("Compound sticks out of its street"),
        N_("only {percent} of {name} lies in {parent_name} ({parent}), the rest in none"),
        N_("close the gap between the boundaries"),
    ),
    _rule(
        "T341",
        "no-geometry",
        "warning",
        N_("Feature without geometry"),
        N_("{name} has no usable geometry: it is placed by its codes only"),
        N_("draw or locate it, or add the column of the code of the wider place (社区代码, 街道代码)"),
        bare=N_(
            "{name} has no usable geometry, and the layer has no column “{field:field}” that could place it: it lies "
            "nowhere"
        ),
        empty=N_("{name} has no usable geometry, and its “{field:field}” is empty: it lies nowhere"),
    ),
    _rule(
        "T342",
        "community-without-grids",
        "warning",
        N_("Community without any comprehensive grid"),
        N_("{name} has no comprehensive grid, though other communities have; {compounds} compounds lie in it"),
        N_("draw its grids or state why there are none"),
    ),
)
"""The last digit tells the pair of layers: 1 compound in community, 2 compound in grid, 3 grid in community, 4
community in street, 5 compound in street (where there is no community layer)."""
