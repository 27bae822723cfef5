"""Rules S160-S169: what boundary files hide."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_FILES = N_("Common practice with boundary files: limits of their formats")
_LAW = N_("Principle of this tool: nothing is lost silently and nothing is repaired silently")
_DRAWINGS = N_("Common practice with drawings: they hold lines and texts, no areas and no coordinate system")
_PLACES = N_(
    "Common practice in surveying: coordinate systems are often not stated, and those of map services are shifted"
)

_VARIANTS = {
    "S160": {
        "curved": N_("{n} feature(s) are drawn with arcs; these became straight pieces of 4 degrees at most"),
        "heights": N_("{n} feature(s) carry heights or measures; these are left out"),
        "closed": N_("{n} closed line(s) are read as the areas inside them"),
        "rings": N_("{n} ring(s) do not end where they begin, and were closed"),
        "divided": N_("{n} closed line(s) are divided by lines that meet them; the parts are the features"),
    },
    "S161": {
        "dbf": N_(
            "the table of attributes (.dbf) is missing: {n} feature(s) are kept by their shape alone, with provisional "
            "codes"
        ),
        "shx": N_("the index (.shx) is missing; it was made again in a temporary copy, the folder is unchanged"),
    },
    "S164": {
        "alone": N_("a line bounds nothing: it is no part of the outline of any area"),
    },
    "S165": {
        "several": N_("{n} area(s) hold several labels that could be their name; none is taken"),
        "none": N_("{n} area(s) hold no label"),
        "outside": N_("{n} label(s) lie in no area"),
    },
    "S166": {
        "ovital": N_(
            "this file comes from Ovital map (奥维), which writes GCJ-02 since version 9.3.0 and says WGS 84; nothing "
            "was converted"
        ),
        "kml_shares": N_(
            "KML says WGS 84 whatever the numbers are: in the right place in {layer:table} lie {same} % of {n} as they "
            "stand, {gcj} % with GCJ-02 undone, {bd} % with BD-09 undone; nothing was converted"
        ),
        "ovital_shares": N_(
            "this file comes from Ovital map (奥维), which writes GCJ-02 since version 9.3.0 and says WGS 84: in the "
            "right place in {layer:table} lie {same} % of {n} as they stand, {gcj} % with GCJ-02 undone, {bd} % with "
            "BD-09 undone; nothing was converted"
        ),
    },
    "S167": {
        "systems": N_("the files state different coordinate systems: {values}; all were brought to CGCS2000 degrees"),
    },
    "S169": {
        "links": N_("the file points to {n} other file(s) or addresses; these are never opened"),
        "geometry": N_("{n} feature(s) have a geometry that cannot be read; they are kept without a place"),
        "others": N_("{n} other file(s) lie there that are not read"),
        "shapes": N_(
            "{n} line(s) or point(s) without a code stand in a layer of {total} area(s); they are no places of this "
            "layer and were set aside; to use them, export them into a layer of their own, or give them codes"
        ),
    },
}
"""Other sentences of some rules, by the ``variant`` of the finding."""


def _rule(code: str, name: str, severity: str, source: str, *texts: str) -> Rule:
    title, sentence, remedy = texts
    return Rule(code, name, severity, title, sentence, source, remedy, variants=_VARIANTS.get(code, {}))


RULES: tuple[Rule, ...] = (
    _rule(
        "S160", "geometry-made-plain", "notice", _LAW,
        N_("Geometry was made plain"),
        N_("{n} feature(s) were drawn in a form that cannot be measured and were made plain"),
        N_("compare the areas with the original where this matters"),
    ),
    _rule(
        "S161", "shapefile-incomplete", "warning", _FILES,
        N_("A part of the Shapefile is missing"),
        N_("a part of the Shapefile is missing: {part}"),
        N_("ask for all parts: .shp, .shx, .dbf and .prj"),
    ),
    _rule(
        "S162", "journal-beside-file", "warning", _FILES,
        N_("A writing program was stopped half way"),
        N_("{part} lies beside the file: a program was stopped while it wrote; the file was read as it is, unchanged"),
        N_("open and close it in the program that wrote it, and compare"),
    ),
    _rule(
        "S163", "layer-chosen", "notice", _FILES,
        N_("One of several layers was chosen"),
        N_("of the layers {values} only {layer} has code and name of this level; it is the one that is read"),
        N_("state layer in gridkit.toml"),
    ),
    _rule(
        "S164", "line-stays-open", "warning", _DRAWINGS,
        N_("A boundary line is not closed"),
        N_("a line ends nowhere: {distance_m} to the nearest end or line, in the unit of the drawing"),
        N_("close the line in the drawing"),
    ),
    _rule(
        "S165", "label-unclear", "warning", _DRAWINGS,
        N_("An area has no label of its own"),
        N_("{n} area(s) have no label of their own"),
        N_("put one text into each area, or add the names in a GIS"),
    ),
    _rule(
        "S166", "datum-doubtful", "warning", _PLACES,
        N_("The coordinate system of a KML file is doubtful"),
        N_("KML says WGS 84 whatever the numbers are; nothing was converted"),
        N_("compare with another layer, then state crs in gridkit.toml: EPSG:4326, GCJ-02 or BD-09"),
    ),
    _rule(
        "S167", "files-differ", "warning", _FILES,
        N_("Files that are read as one differ"),
        N_("not all of the {total} files have {headers}"),
        N_("bring the files into one form, or state columns and crs in gridkit.toml"),
    ),
    _rule(
        "S168", "cut-name-ambiguous", "warning", _FILES,
        N_("A name that was cut off may mean several columns"),
        N_("{header} is cut off and may be: {values}; it is not read"),
        N_("say which it is: columns in gridkit.toml"),
    ),
    _rule(
        "S169", "content-not-read", "warning", _LAW,
        N_("Something in the file is not read"),
        N_("{n} part(s) of the file are not read"),
        N_("export them into a file of their own"),
    ),
)  # fmt: skip
