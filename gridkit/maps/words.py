"""The words of the map page, in the current language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridkit.locale import N_, gettext
from gridkit.rules.ruleset import BUNDLED, load_ruleset

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS = {
    "covered": N_("organisation-covered"),
    "work": N_("work coverage only"),
    "planned": N_("planned only"),
    "uncovered": N_("not covered"),
    "unknown": N_("data missing"),
}
"""Groups of the headline; every compound is in exactly one."""

LEVEL_NAMES = {
    "street": N_("Streets"),
    "community": N_("Communities"),
    "grid": N_("Grids"),
    "compound": N_("Compounds"),
    "defect": N_("Boundary defects"),
}

ONE_OF = {
    "street": N_("Street"),
    "community": N_("Community"),
    "grid": N_("Grid"),
    "compound": N_("Compound"),
    "defect": N_("Boundary defect"),
}

VALID = {
    "yes": N_("valid"),
    "no": N_("not valid (term over, not active, or too few formal members)"),
    "unknown": N_("validity cannot be decided"),
}

ORGANISATION = {
    "yes": N_("organisation: covered"),
    "no": N_("organisation: not covered"),
    "unknown": N_("organisation: unknown"),
}

WORK = {"yes": N_("work: covered"), "no": N_("work: not covered"), "unknown": N_("work: unknown")}

WORDS = {
    "search": N_("Search by name or code"),
    "search_hint": N_("Name, code or pinyin"),
    "found_level": N_("{level}: {n}"),
    "found_more": N_("and {n} more: type more of the name"),
    "found_filter": N_("Show these {n} compounds only"),
    "search_chip": N_("Search: {q} ✕"),
    "found_none": N_("nothing found"),
    "tools": N_("Tools"),
    "legend": N_("Legend and filter"),
    "layers": N_("Layers"),
    "fill": N_("Colour areas by organisation coverage"),
    "fill_none": N_("no colour"),
    "all_streets": N_("All streets"),
    "street_filter": N_("Street filter"),
    "no_street": N_("(in no street)"),
    "shown": N_("{n} of {all} compounds shown"),
    "shown_filter": N_("{n} of {here} compounds shown that pass the filter (whole map: {all})"),
    "shown_street_filter": N_(
        "{n} of {here} compounds shown that pass the filter in {street} (which has {there}; whole map: {all})"
    ),
    "party_none": N_("No unit or property company has “{q}” in its name."),
    "notes": N_("Rates and notes"),
    "shown_view": N_("{n} of {here} compounds shown in this view (whole map: {all})"),
    "households_unknown": N_(
        "Households are not known of {n} of {all} compounds; they are not in the share of households."
    ),
    "count_scope": N_("What the legend counts"),
    "count_city": N_("Whole map"),
    "count_view": N_("View"),
    "share_compounds": N_("Compounds"),
    "map_label": N_("Map; the list and the table by street say the same in words"),
    "names": N_("Names"),
    "boundaries": N_("Boundaries"),
    "further_layers": N_("Further layers"),
    "placed": N_("{n} of {all} with position"),
    "filters": N_("Filters"),
    "type_filter": N_("Filter by type"),
    "all_types": N_("All types"),
    "party_filter": N_("Unit or property company"),
    "unit": N_("Unit it belongs to"),
    "company": N_("Property company"),
    "other_lists": N_("Areas and others"),
    "list_of": N_("Only: {filter}"),
    "sort_by": N_("Sort by this column"),
    "no_denominator": N_("no compound"),
    "plus_unknown": N_("+ {n} unknown"),
    "copy_link": N_("Copy link"),
    "link_copied": N_("Link copied."),
    "back": N_("Back to the list"),
    "with_count": N_("{label} ({n})"),
    "fold": N_("Fold legend ▲"),
    "unfold": N_("Show legend ▼"),
    "unknown_code": N_("This map has no feature with the code {code}."),
    "numerator": N_("Organisation-covered"),
    "denominator": N_("Compounds counted"),
    "unknown": N_("Data missing"),
    "shown_street": N_("{n} of {here} compounds shown in {street} (whole map: {all})"),
    "scope": N_(
        "Filter: {filter}. Legend, list and CSV count these compounds only; the figures above and the table by street "
        "are those of the whole map."
    ),
    "legend_hint": N_("Click a status to see it alone, further ones to add or remove them."),
    "both": N_("{organisation}, {work}"),
    "coverage": N_("Coverage"),
    "reset": N_("Show all"),
    "details": N_("Details"),
    "list": N_("List"),
    "summary": N_("By street"),
    "share_of": N_("{n}/{d}, {rate}"),
    "derivation": N_("How the figures are made up"),
    "nothing": N_("Click a place on the map, or search for it."),
    "code": N_("Code"),
    "name": N_("Name"),
    "type": N_("Type"),
    "households": N_("Households"),
    "formal_members": N_("Formal members"),
    "status": N_("Status"),
    "validity": N_("Validity"),
    "reason": N_("Why"),
    "rule": N_("Deciding rule"),
    "records": N_("Records that cover it"),
    "waiting": N_("Records that wait for confirmation"),
    "cells": N_("Evidence (file, sheet, cell)"),
    "findings": N_("Findings"),
    "rate": N_("Organisation coverage as declared"),
    "valid_rate": N_("Organisation coverage as valid"),
    "compounds_here": N_("Compounds by status"),
    "no_place": N_("Without position: listed only, not drawn."),
    "missing": N_("not stated"),
    "zoom": N_("Zoom to it"),
    "without_place": N_("without position"),
    "all_shown": N_("all that pass the filter"),
    "empty_list": N_("No compound here that passes the filter."),
    "csv": N_("Save list as CSV"),
    "keys": N_("Arrows, Page Up/Down, Home, End move; Enter zooms; Esc lets go."),
    "unnamed": N_("(without name)"),
    "not_valid_line": N_("Broken outline: cover is not valid"),
    "unknown_part": N_("Dots: part of the data is missing, the rate is an interval"),
    "no_compounds": N_("This city has no compound layer."),
    "file": N_("compounds"),
    "street_column": N_("Street"),
    "all_column": N_("Compounds"),
    "rate_column": N_("Organisation coverage"),
    "found_there": N_("What was found"),
    "extent": N_("Extent"),
    "beside": N_("Units concerned"),
    "remedy": N_("What to do"),
    "exception": N_("Kept as an exception"),
    "png_view": N_("Save view as PNG"),
    "png_file_view": N_("{title} (view)"),
    "png_file_a3": N_("{title} (A3)"),
    "png_a3": N_("Save A3 as PNG"),
    "png_working": N_("The picture is being drawn: {n}%"),
    "png_done": N_("Saved as {file}."),
    "png_base": N_("The base map is not part of the picture."),
    "png_too_large": N_(
        "This browser cannot hold a picture of {w} × {h} pixels. Save the view instead, or print the page."
    ),
    "png_tainted": N_("The base map does not allow its pictures to be saved. Switch it off and save again."),
    "png_failed": N_("The picture could not be made ({what}). Print the page instead."),
    "north": N_("N"),
    "no_canvas": N_("This browser cannot draw the map. The list, the details and the table by street say the same."),
    "opening": N_("The map is being opened. Should it not appear, use a newer browser; the table below says the same."),
    "broken": N_("Something on this page does not work; the table by street stands."),
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "theme_auto": N_("Colours: as the system"),
    "theme_light": N_("Colours: light"),
    "theme_dark": N_("Colours: dark"),
    "fill_indicator": N_("Indicator"),
    "further_indicators": N_("Further indicators"),
    "fill_level": N_("Areas"),
    "fill_dots": N_("Dots over a colour: part of the data is missing, the rate is an interval"),
    "before": N_("Before"),
    "now": N_("Now"),
    "swipe": N_("Side by side"),
    "swipe_label": N_("Line between before and now; move it with the arrow keys"),
    "changes": N_("Changes"),
    "comparison": N_("Comparison with the run of {label}"),
    "comparison_plain": N_("Comparison with an earlier run"),
    "change_gained": N_("gained organisation coverage"),
    "change_lost": N_("lost organisation coverage"),
    "change_invalid": N_("valid before, not valid now"),
    "change_valid": N_("not valid before, valid now"),
    "change_other": N_("other change of status"),
    "change_new": N_("new compound"),
    "change_gone": N_("gone: not in this run"),
    "change_same": N_("same status"),
    "changed_gained": N_("gained"),
    "changed_lost": N_("lost"),
    "changed_invalid": N_("not valid now"),
    "changed_valid": N_("valid now"),
    "changed_other": N_("other"),
    "changed_new": N_("not there before"),
    "changed_same": N_("same"),
    "not_then": N_("was not there"),
    "changes_hint": N_("Click a kind of change to see it alone; gone compounds have no place on the map."),
    "gone_list": N_("Gone compounds: {n}"),
    "gone_few": N_("Which compounds are gone is not listed here, only how many."),
    "rules_differ": N_("The earlier run used another rule set; part of the changes may come from that."),
    "csv_changes": N_("Save changes as CSV"),
    "status_before": N_("Status before"),
    "status_now": N_("Status now"),
    "validity_before": N_("Validity before"),
    "changed_list": N_("Compounds that have changed"),
    "figure_before": N_("before: {n} ({d})"),
    "gains": N_("Gain, loss"),
    "gains_hint": N_("Compounds that gained or lost organisation coverage since the earlier run"),
    "swipe_legend": N_("Left of the line: the earlier run; right of it: now. The legend counts what is now."),
    "other_city": N_("The earlier run is of another city: {city}."),
    "renamed": N_(
        "{n} of {all} compounds with the same code have another name in the earlier run: is it a run of this city?"
    ),
    "change": N_("Change"),
    "measure": N_("Measure"),
    "measure_distance": N_("Distance"),
    "measure_area": N_("Area"),
    "measure_hint": N_("Click points on the map; Enter adds the middle, Backspace takes one back, Esc ends."),
    "measure_end": N_("End"),
    "measure_clear": N_("Clear"),
    "measured_distance": N_("Distance {d}"),
    "measured_area": N_("Area {a}, outline {d}"),
    "whole_city": N_("Whole map"),
    "full_screen": N_("Full screen"),
    "in_m": N_("{n} m"),
    "in_km": N_("{n} km"),
    "in_m2": N_("{n} m²"),
    "in_ha": N_("{n} ha"),
    "in_km2": N_("{n} km²"),
    "noscript": N_("The map needs scripts, which this browser does not run; the table says the same in figures."),
}


PUBLIC_WORDS = {
    "households_unknown": N_(
        "Households of {n} of {all} compounds are not published or not known; they are not in the share of households."
    ),
}
"""Words that differ on a public page."""


def page_words(*, public: bool = False) -> dict[str, str]:
    """Return the words that the page's script needs, in the current language."""
    return said(WORDS | PUBLIC_WORDS if public else WORDS)


def said(table: Mapping[str, str]) -> dict[str, str]:
    """Return the values of ``table`` in the current language."""
    return {key: gettext(text) for key, text in table.items()}


def rule_words(ruleset: str) -> dict[str, str]:
    """Return rule id -> what the rule says, for a bundled rule set (also a locally overridden one).

    >>> rule_words("strict")["OWN_BRANCH"]
    'a compound branch names this compound alone'
    """
    name = ruleset.split("+", maxsplit=1)[0]
    return {rule.id: gettext(rule.text) for rule in load_ruleset(name).rules} if name in BUNDLED else {}
