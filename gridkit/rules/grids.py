"""Rules of drawing grids: G1xx, a plan of grids as it stands; G12x, a layer that was drawn by hand."""

from __future__ import annotations

from gridkit.locale import N_
from gridkit.rules.rule import Rule

_DRAWING = N_(
    "Common standard of drawing grids: full cover, clear boundaries, no blank, no crossing, no overlap (local "
    "standards such as Beijing DB11 on the division of unit grids; quoted from secondary sources, to be compared with "
    "the official text before it is quoted on)"
)
_ONE_COMMUNITY = N_("DB6101/T 3185-2024 (Xi'an) 5: every grid belongs to one village or community")
_SIZE = N_("Local norm of 300 to 500 households a grid; a parameter, as no national number could be verified")
_WHOLE = N_("Common principle of drawing grids: compounds and courtyards are kept whole")
_CODES = N_("DB6101/T 3185-2024 (Xi'an): codes are unique, stable and extensible; serials are never used again")
_LAW = N_("Principle of this tool: nothing is lost silently and nothing is repaired silently")

_BELOW, _ABOVE = (
    N_("{name} has {size} {measure:measure}: {off} below the band of {low} to {high}"),
    N_("{name} has {size} {measure:measure}: {off} above the band of {low} to {high}"),
)

RULES = (
    Rule(
        "G101", "unassigned", "error",
        N_("Land without a grid"),
        N_("{name} in community {community} belongs to no grid ({households} households)"),
        _DRAWING, N_("move it to a grid beside it, or make a new grid of it"),
    ),
    Rule(
        "G102", "two-communities", "error",
        N_("Grid in several communities"),
        N_("{name} lies in {n} communities: {communities}"),
        _ONE_COMMUNITY, N_("split it along the border of the communities"),
    ),
    Rule(
        "G103", "not-contiguous", "error",
        N_("Grid in several pieces"),
        N_("{name} consists of {n} pieces that do not hang together; all but the largest have {households} households"),
        _DRAWING, N_("move the smaller pieces to the grids around them, or make new grids of them"),
    ),
    Rule(
        "G104", "out-of-band", "warning",
        N_("Grid outside the band"),
        _BELOW, _SIZE, N_("merge it, split it, or move compounds; gridkit grids propose says whether it can be met"),
        variants={"above": _ABOVE},
    ),
    Rule(
        "G105", "split-compound", "warning",
        N_("Compound in several grids"),
        N_("compound {name} with {households} households lies in {n} grids: {grids}"),
        _WHOLE, N_("move it as a whole; only compounds above the upper limit of a grid may be cut"),
    ),
    Rule(
        "G106", "code-unknown", "error",
        N_("Code that is not in the ledger"),
        N_("{name} has the code {code}, which was never issued"),
        _CODES, N_("take the code of the ledger, or leave the code empty so that one is issued"),
        variants={
            "elsewhere": N_("{name} has the code {code} of another community than {community}"),
            "damaged": N_("{name} has the code {code}, which looks damaged by a spreadsheet program"),
        },
    ),
    Rule(
        "G107", "code-reused", "error",
        N_("Code used again"),
        N_("{name} has the code {code}, which was retired on {date}"),
        _CODES, N_("leave the code empty so that a new one is issued; serials are never used again"),
        variants={"twice": N_("the code {code} belongs to {n} grids: {names}")},
    ),
    Rule(
        "G108", "empty-grid", "warning",
        N_("Grid without land"),
        N_("{name} has no land"),
        _DRAWING, N_("retire it, or move land to it"),
    ),
    Rule(
        "G109", "too-large", "notice",
        N_("Compound larger than a grid may be"),
        N_("{name} alone has {size} {measure:measure}, more than the {high} of a grid; it is left whole"),
        _SIZE, N_("give its buildings, so that it can be cut between them, or accept it as a grid of its own"),
    ),
    Rule(
        "G110", "households-unknown", "warning",
        N_("Households not stated"),
        N_("{n} compounds of {name} do not state their households and count as none"),
        _LAW, N_("complete the registry of compounds; the size of this grid is only a lower bound"),
    ),
    Rule(
        "G111", "mixed-part", "notice",
        N_("Part of a cut compound beside others"),
        N_("{name} joins a part of compound {compound} with land of others"),
        _WHOLE, N_("allowed with --allow-mixed only; draw grids inside the compound first"),
    ),
    Rule(
        "G112", "exclusive-shared", "error",
        N_("Exclusive area inside a common grid"),
        N_("{area} is an exclusive area, but belongs to {name}, which is {kind:grid_kind}"),
        _DRAWING, N_("make a grid of its own of it and set its kind to exclusive"),
    ),
    Rule(
        "G121", "gap", "error",
        N_("Land that no drawn grid covers"),
        N_("{area} m² of community {community} lie in no grid"),
        _DRAWING, N_("extend the grids beside it"),
    ),
    Rule(
        "G122", "overlap", "error",
        N_("Land that two drawn grids cover"),
        N_("{name} and {other} both cover {area} m²"),
        _DRAWING, N_("cut one of them back"),
    ),
    Rule(
        "G123", "outside", "error",
        N_("Grid outside every community"),
        N_("{area} m² of {name} lie in no community"),
        _ONE_COMMUNITY, N_("cut it back, or check the coordinate system of the layer"),
    ),
)  # fmt: skip
