"""Rules of boundary layers: geometry T1xx, coverage T2xx, nesting T35x, identity T4xx, placement T5xx, exceptions T6xx.

Each names the rule that GIS programs have for the same (``elsewhere``): of ArcGIS topology, else of QGIS or GEOS.
"""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_GRIDS = N_(
    "Common standard of drawing grids: full cover, clear boundaries, no blank, no crossing, no overlap (local "
    "standards such as Beijing DB11 on the division of unit grids; quoted from secondary sources, to be compared with "
    "the official text before it is quoted on)"
)
_FILES = N_("Common practice with boundary files: rules of topology in GIS programs")
_CODES = N_("Principle of this tool: the layer is compared with the official list of codes where there is one")
_LAW = N_("Principle of this tool: nothing is lost silently and nothing is repaired silently")

_VARIANTS = {
    "T201": {
        "lived": N_(
            "{name} and {other_name} both claim {area} m² ({size} m wide); {compounds} compounds with {households} "
            "households lie there"
        ),
        "across": N_("{name} and {other_name}, which have different superiors, both claim {area} m² ({size} m wide)"),
        "across_lived": N_(
            "{name} and {other_name}, which have different superiors, both claim {area} m² ({size} m wide); "
            "{compounds} compounds with {households} households lie there"
        ),
        "compound": N_("{name} and {other_name} overlap by {area} m² ({size} m wide)"),
    },
    "T202": {
        "lived": N_(
            "{area} m² ({size} m wide) beside {names} belong to nobody; {compounds} compounds with {households} "
            "households lie there"
        ),
    },
    "T203": {
        "gap": N_("a sliver of {area} m² ({size} m wide) beside {names} belongs to nobody"),
    },
    "T208": {
        "lived": N_(
            "{count} units claim the same {area} m² ({size} m wide): {names}; {compounds} compounds with {households} "
            "households lie there"
        ),
    },
    "T351": {
        "lived": N_(
            "{area} m² of {name} ({size} m wide) lie in {parent_name}, though its superior is {stated_name}; "
            "{compounds} compounds with {households} households lie there"
        ),
        "none": N_("{area} m² of {name} ({size} m wide) lie outside its superior {stated_name} and in no other"),
        "none_lived": N_(
            "{area} m² of {name} ({size} m wide) lie outside its superior {stated_name} and in no other; {compounds} "
            "compounds with {households} households lie there"
        ),
    },
    "T352": {
        "lived": N_(
            "{area} m² of {name} ({size} m wide) belong to none of the units below it; {compounds} compounds with "
            "{households} households lie there"
        ),
        "bare": N_("nothing below {name} is drawn: {area} m²"),
        "bare_lived": N_(
            "nothing below {name} is drawn: {area} m²; {compounds} compounds with {households} households lie there"
        ),
    },
    "T353": {
        "inside": N_("the units below {name} stay less than {limit} m short of its outline in {n} place(s): {area} m²"),
    },
    "T404": {
        "nameless": N_("the official list has the code {value}; the layer has no such code"),
    },
    "T505": {
        "part": N_("a part of {name} lies {distance_m} m away from the nearest of the others"),
    },
}
"""Other sentences of some rules, by the ``variant`` of the finding."""


def _rule(code: str, name: str, severity: str, *texts: str, source: str = _GRIDS) -> Rule:
    title, sentence, remedy, elsewhere = texts
    return Rule(
        code, name, severity, title, sentence, source, remedy, variants=_VARIANTS.get(code, {}), elsewhere=elsewhere
    )


_GEOMETRY = (
    _rule(
        "T101", "invalid-geometry", "warning",
        N_("Geometry is invalid"),
        N_("{name}: {reason:reason}; its valid polygons are used"),
        N_("repair the boundary in its own file"),
        "QGIS: Is Valid", source=_FILES,
    ),
    _rule(
        "T102", "empty-geometry", "warning",
        N_("Geometry without area"),
        N_("{name} has an area of {area} m²: nothing can lie in it"),
        N_("draw it, or remove the row"),
        "ArcGIS: Must Be Larger Than Cluster Tolerance", source=_FILES,
    ),
    _rule(
        "T103", "spike", "notice",
        N_("Outline with a spike"),
        N_("the outline of {name} has a spike {metres} m long, {size} m wide at its foot"),
        N_("remove the vertex at its tip"),
        "QGIS: Spike / Minimal Angle", source=_FILES,
    ),
    _rule(
        "T104", "several-parts", "notice",
        N_("Unit of several parts"),
        N_("{name} consists of {n} parts; all but the largest have {area} m² together"),
        N_("check whether the parts belong to it; keep it as an exception where they do"),
        "QGIS: Multipart Feature", source=_FILES,
    ),
    _rule(
        "T105", "wrong-type", "warning",
        N_("Point in a layer of areas"),
        N_("{name} is a point: the {level:table} needs an area"),
        N_("draw its boundary"),
        "QGIS: Allowed Geometry Types", source=_FILES,
    ),
)  # fmt: skip

_COVERAGE = (
    _rule(
        "T201", "overlap", "warning",
        N_("Two units claim the same place"),
        N_("{name} and {other_name} both claim {area} m² ({size} m wide)"),
        N_("decide to whom the place belongs: gridkit repair --plan"),
        "ArcGIS: Must Not Overlap",
    ),
    _rule(
        "T202", "gap", "warning",
        N_("A place belongs to nobody"),
        N_("{area} m² ({size} m wide) beside {names} belong to nobody"),
        N_("decide to whom the place belongs, or keep it as an exception (a lake, land of another city)"),
        "ArcGIS: Must Not Have Gaps",
    ),
    _rule(
        "T203", "sliver", "notice",
        N_("Sliver between two borders"),
        N_("a sliver of {area} m² ({size} m wide) is claimed by several: {names}"),
        N_("gridkit repair closes slivers"),
        "ArcGIS: Must Not Overlap / Must Not Have Gaps (slivers)",
    ),
    _rule(
        "T204", "edge-mismatch", "notice",
        N_("Vertices of a common border do not match"),
        N_("the border of {name} and {other_name} has different vertices on its two sides, over {metres} m"),
        N_("gridkit repair gives both sides the same vertices"),
        "GEOS: coverage edges not matched",
    ),
    _rule(
        "T205", "same-geometry-twice", "error",
        N_("Several units have the same outline"),
        N_("{names} have the same outline ({area} m²)"),
        N_("remove the row that stands twice, or draw the boundary that is missing"),
        "QGIS: Must Not Have Duplicates",
    ),
    _rule(
        "T206", "unit-inside-another", "error",
        N_("A unit lies wholly inside another"),
        N_("{name} ({area} m²) lies wholly inside {other_name}"),
        N_("cut it out of the other one, or remove the row of another level"),
        "ArcGIS: Must Not Overlap (feature inside another)",
    ),
    _rule(
        "T207", "crack-to-the-outside", "notice",
        N_("Crack between two units, open to the outside"),
        N_("a crack {metres} m long and {size} m wide lies between {names}, open to the outside"),
        N_("draw the common border once for both"),
        "ArcGIS: Must Not Have Gaps (at the edge of the layer)",
    ),
    _rule(
        "T208", "several-claims", "error",
        N_("More than two units claim the same place"),
        N_("{count} units claim the same {area} m² ({size} m wide): {names}"),
        N_("decide to whom the place belongs: gridkit repair --plan"),
        "ArcGIS: Must Not Overlap",
    ),
    _rule(
        "T209", "short-shared-border", "notice",
        N_("Very short common border"),
        N_("{name} and {other_name} share a border of {metres} m only: probably a corner that was drawn twice"),
        N_("bring the corners together, where they are one"),
        "QGIS: Minimal Segment Length",
    ),
)  # fmt: skip

_NESTING = (
    _rule(
        "T351", "outside-code-parent", "warning",
        N_("A part lies outside the superior that the code names"),
        N_("{area} m² of {name} ({size} m wide) lie in {parent_name}, though its superior is {stated_name}"),
        N_("decide which is right, the code or the boundary; nothing is moved before"),
        "ArcGIS: Must Be Covered By Feature Class Of",
    ),
    _rule(
        "T352", "parent-not-filled", "warning",
        N_("The units below do not fill their superior"),
        N_("{area} m² of {name} ({size} m wide) belong to none of the units below it"),
        N_("draw the unit that is missing, or correct the outline"),
        "ArcGIS: Must Cover Each Other",
    ),
    _rule(
        "T353", "boundary-unmatched", "notice",
        N_("Outlines of two levels differ by little"),
        N_("the outlines of {name} and {parent_name} differ by less than {limit} m in {n} place(s): {area} m²"),
        N_("gridkit repair gives both levels the same border"),
        "ArcGIS: Boundary Must Be Covered By Boundary Of",
    ),
    _rule(
        "T354", "exclave", "notice",
        N_("Exclave: a part lies inside another superior"),
        N_("a part of {name} ({area} m²) lies wholly inside {parent_name}; its superior is {stated_name}"),
        N_("keep it as an exception where it is one"),
        "ArcGIS: Must Be Covered By Feature Class Of (exception)",
    ),
)  # fmt: skip

_OTHERS = (
    _rule(
        "T404", "code-missing-on-map", "warning",
        N_("A code of the official list is not on the map"),
        N_("the official list has {name} ({value}); the layer has no such code"),
        N_("draw the unit, or find out under which code it is drawn"),
        "ArcGIS: attribute rule", source=_CODES,
    ),
    _rule(
        "T406", "recode-pending", "notice",
        N_("The official list has another code for the unit"),
        N_("{name} has the code {other} in the official list"),
        N_("take over the new code in all files at the same time"),
        "ArcGIS: attribute rule", source=_CODES,
    ),
    _rule(
        "T502", "compound-in-several-grids", "warning",
        N_("A compound lies in several units equally"),
        N_(
            "{name} lies in {parent_name} and as much in {other_name}; {parent_name} is taken because its code is the "
            "smaller one"
        ),
        N_("correct the boundaries, or state the grid of the compound"),
        "ArcGIS: Must Be Properly Inside",
    ),
    _rule(
        "T505", "far-outlier", "warning",
        N_("A unit lies far away from all others"),
        N_("{name} lies {distance_m} m away from the nearest of the others"),
        N_("check its coordinates and their datum"),
        "QGIS: Distance to nearest hub", source=_FILES,
    ),
    _rule(
        "T508", "compounds-share-a-polygon", "warning",
        N_("Several compounds have the same polygon"),
        N_("{names} have the same polygon ({area} m²)"),
        N_("draw each of them, or put them together where they are one"),
        "QGIS: Must Not Have Duplicates",
    ),
    _rule(
        "T601", "exception-ended", "notice",
        N_("An exception has ended"),
        N_("the exception for defect {ident} ended on {date}; it counts again"),
        N_("settle the defect, or prolong the exception"),
        "ArcGIS: Mark As Exception", source=_LAW,
    ),
    _rule(
        "T602", "exception-concerns-nothing", "notice",
        N_("An exception concerns nothing that is found"),
        N_("no defect {ident} is found any more, though an exception is kept for it"),
        N_("remove the exception, or look whether the place has changed"),
        "ArcGIS: Mark As Exception", source=_LAW,
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*_GEOMETRY, *_COVERAGE, *_NESTING, *_OTHERS)
