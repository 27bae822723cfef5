"""The words of the redraw board, in the current language: tools, settings and panels."""

from __future__ import annotations

from gridkit.locale import gettext as _
from gridkit.maps.board_messages import board_messages


def board_words() -> dict[str, str]:
    """Return every text that the page shows, by the name that its scripts know."""
    return {
        **_head(),
        **_tools(),
        **_settings(),
        **_status(),
        **_panel(),
        **board_messages(),
    }


def _head() -> dict[str, str]:
    """Return the head of the page and its files."""
    return {
        "scenario": _("Scenario"),
        "scenarios_more": _("Manage…"),
        "scenarios": _("Scenarios"),
        "save": _("Save edits"),
        "save_csv": _("Save table"),
        "open": _("Open file"),
        "open_hint": _("Open edits.jsonl or assignment.csv; files can also be dropped on the page"),
        "print": _("Print"),
        "help": _("Help"),
        "reason": _("Reason"),
        "reason_hint": _("why (no names of persons)"),
        "doc_no": _("Document"),
        "doc_hint": _("such as No. 12 (2026)"),
        "drop": _("Drop edits.jsonl or assignment.csv here"),
        "noscript": _("This page needs JavaScript; it asks nothing of any network."),
        "close": _("Close"),
        "cancel": _("Cancel"),
        "remove": _("Delete"),
        "more": _("… and {n} more"),
    }


def _tools() -> dict[str, str]:
    """Return the tools, with what each is for."""
    return {
        "tools": _("Tools"),
        "tool_options": _("Settings of the tool"),
        "tool_pan": _("Move"),
        "tool_pan_hint": _("Drag the map; with every tool the right mouse button does the same"),
        "tool_pick": _("Look"),
        "tool_pick_hint": _("Click a grid or a compound to see its figures"),
        "tool_paint": _("Paint"),
        "tool_paint_hint": _("Click or brush over compounds: they go to the target grid"),
        "tool_lasso": _("Lasso"),
        "tool_lasso_hint": _("Draw around compounds: they go to the target grid"),
        "tool_rect": _("Box"),
        "tool_rect_hint": _("Drag a rectangle: the compounds in it go to the target grid"),
        "tool_erase": _("Take out"),
        "tool_erase_hint": _("Brush over compounds: they belong to no grid then"),
        "tool_border": _("Drag border"),
        "tool_border_hint": _("Press on the border between two grids and drag: compounds change sides"),
        "tool_merge": _("Merge"),
        "tool_merge_hint": _("Click the grid that goes on, then the one that joins it"),
        "tool_split": _("Split"),
        "tool_split_hint": _("Draw a line across a grid, or let it be split in two"),
        "tool_cut": _("Cut"),
        "tool_cut_hint": _("Cut land, or a compound larger than a grid may be, along a line"),
        "tool_new": _("New grid"),
        "tool_new_hint": _("Brush over compounds: they become a new grid"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "mode_band": _("Colour by size"),
        "mode_hint": _("Colours say whether a grid is below, in or above the band"),
        "swipe": _("Before / after"),
        "swipe_hint": _("Left of the slider the filed plan, right of it the plan as it is now"),
        "before": _("Filed plan"),
        "after": _("Now"),
    }


def _settings() -> dict[str, str]:
    """Return what a tool can be told."""
    return {
        "target": _("Into"),
        "click_target": _("(click a grid on the map)"),
        "source": _("Only from"),
        "any_grid": _("any grid"),
        "nowhere": _("no grid"),
        "brush": _("Brush"),
        "brush_one": _("one compound"),
        "brush_m": _("{n} m wide"),
        "when_broken": _("What breaks a grid"),
        "warn": _("is warned of"),
        "refuse": _("is refused"),
        "kind": _("Kind"),
        "empty_grid": _("Empty grid…"),
        "empty_hint": _("An empty grid waits for compounds that are painted into it."),
        "make": _("Make"),
        "two_now": _("Split {grid} in two"),
        "split_two": _("Split in two"),
        "cut_snaps": _(
            "The line snaps to roads and outlines of buildings (Alt: it does not). Allowed: land, and "
            "compounds above the band."
        ),
        "cut_plain": _("Allowed: land, and compounds above the band."),
        "pick_note": _("Right click picks a grid with every tool"),
        "grid_comprehensive": _("comprehensive grid"),
        "grid_exclusive": _("exclusive grid"),
        "grid_basic": _("basic grid"),
        "grid_micro": _("micro grid"),
        "grid_unit_cell": _("unit cell"),
        "grid_rural": _("rural grid"),
        "kind_compound": _("compound"),
        "kind_part": _("part of a compound"),
        "kind_land": _("land"),
        "kind_exclusive": _("exclusive area"),
    }


def _status() -> dict[str, str]:
    """Return what the next click does."""
    return {
        "status_pan": _("Drag to move the map, turn the wheel to zoom."),
        "status_pick": _("Click a grid to see its figures and to work on it."),
        "status_picked": _("{grid} is the active grid. Press P to paint compounds into it, or click another grid."),
        "status_no_target": _("First click the grid that shall get the compounds."),
        "status_paint": _(
            "Click compounds or drag over them: they go to {grid} (from {source}). Alt+click: another target."
        ),
        "status_lasso": _("Draw around compounds: they go to {grid} (from {source})."),
        "status_rect": _("Drag a rectangle: the compounds in it go to {grid} (from {source})."),
        "status_erase": _("Click compounds or drag over them: they belong to {grid} then (from {source})."),
        "status_border": _("Press on the border between two grids and drag into the one that shall become smaller."),
        "status_drag_start": _("Drag to one side: the compounds that you enter change sides."),
        "status_dragging": _("Compounds go from {from} to {to}; release to finish, Esc to leave it."),
        "status_merge": _("Click the grid that shall go on."),
        "status_merge_with": _("Click the grid that shall join {grid} (Alt+click: another grid goes on)."),
        "status_split": _("Draw a line across a grid: drag, or click corner by corner and end with a double click."),
        "status_cut": _(
            "Draw a line across a piece of land: drag, or click corner by corner and end with a double click."
        ),
        "status_line": _("Click the next corner; Enter or a double click ends the line, Esc leaves it."),
        "status_new": _("Click compounds or drag over them: they become a new {kind}."),
    }


def _panel() -> dict[str, str]:
    """Return beside the map."""
    return {
        "map": _("Map"),
        "map_hint": _("Map: arrow keys move it, plus and minus zoom, space presses where the cross stands"),
        "panel": _("Grids and changes"),
        "problems": _("What is wrong"),
        "tab_grids": _("Grids"),
        "tab_pending": _("Pending changes"),
        "tab_log": _("History"),
        "grid": _("Grid"),
        "community": _("Community"),
        "size_band": _("Size (low – target – high)"),
        "compactness_short": _("Shape"),
        "state": _("State"),
        "community_here": _("this community"),
        "community_all": _("all communities"),
        "sort": _("Order"),
        "sort_code": _("by code"),
        "sort_name": _("by name"),
        "sort_size": _("by size"),
        "sort_off": _("worst first"),
        "sort_compactness": _("least compact first"),
        "sort_pieces": _("broken first"),
        "no_grids": _("No grid here."),
        "no_active": _("No grid is chosen. Click one on the map or in the table."),
        "unnamed": _("new grid {uid}"),
        "persons": _("persons"),
        "households": _("households"),
        "atoms": _("compounds and land"),
        "compactness": _("compactness"),
        "pieces": _("connected"),
        "unknown": _("not stated"),
        "n_unknown": _("{n} compounds"),
        "in_one": _("in one piece"),
        "in_pieces": _("in {n} pieces"),
        "is_empty": _("empty"),
        "n_households": _("{n} households"),
        "unknown_households": _("households not stated"),
        "name": _("Name"),
        "lock": _("Lock"),
        "unlock": _("Unlock"),
        "locked": _("locked"),
        "rename": _("Rename"),
        "retire": _("Retire"),
        "retire_hint": _("Only an empty grid can be retired: move its land to other grids first"),
        "zoom_to": _("Go there"),
        "lock_all": _("Lock all"),
        "unlock_all": _("Unlock all"),
        "lock_community": _("Lock community"),
        "unlock_community": _("Unlock community"),
        "propose": _("Propose for this community"),
        "sum": _(
            "{grids} grids, {in_band} of {judged} in the band; {households} households, {persons} persons; "
            "{unassigned} without a grid"
        ),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "fit": _("Show all"),
        "measure_households": _("households counted"),
        "measure_persons": _("persons counted"),
    }
