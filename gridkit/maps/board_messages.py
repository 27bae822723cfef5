"""The words of the redraw board, in the current language: what it says, asks and refuses."""

from __future__ import annotations

from gridkit.locale import gettext as _


def board_messages() -> dict[str, str]:
    """Return the messages of the page, by the name that its scripts know."""
    return {
        **_bands(),
        **_doing(),
        **_refused(),
        **_history(),
        **_keeping(),
        **_print(),
    }


def _bands() -> dict[str, str]:
    """Return sizes, and what is wrong."""
    return {
        "band_low": _("below"),
        "band_in": _("in the band"),
        "band_high": _("above"),
        "band_other": _("not judged"),
        "band_none": _("no grid"),
        "band": _("Band"),
        "bar_low": _("{size} {measure}: {off} below the band {low}–{high} (target {best})"),
        "bar_in": _("{size} {measure}: in the band {low}–{high} (target {best})"),
        "bar_high": _("{size} {measure}: {off} above the band {low}–{high} (target {best})"),
        "bar_other": _("{size} {measure}: no band for grids of this kind"),
        "legend_names": _("A grid shows its name, {measure}, and ✓ in the band {low}–{high}, ▼ below, ▲ above"),
        "legend_low": _("below {low} {measure}"),
        "legend_in": _("{low} to {high} {measure}"),
        "legend_high": _("above {high} {measure}"),
        "legend_other": _("no band"),
        "legend_edge": _("border of communities"),
        "chip_unassigned": _("without a grid {n}"),
        "chip_broken": _("not connected {n}"),
        "chip_outside": _("outside the band {n}"),
        "chip_empty": _("empty {n}"),
        "previous": _("Previous: {what}"),
        "next": _("Next: {what}"),
        "problem_unassigned": _("{at} of {all}: {place} ({community}, {n} households) has no grid"),
        "problem_broken": _("{at} of {all}: {grid} lies in {n} pieces"),
        "problem_strange": _("{at} of {all}: {grid} holds land of another community"),
        "problem_below": _("{at} of {all}: {grid} ({community}) is {n} below the band"),
        "problem_above": _("{at} of {all}: {grid} ({community}) is {n} above the band"),
        "problem_too_large": _("{at} of {all}: one compound alone puts {grid} {n} above the band; cut it or accept it"),
        "problem_empty": _("{at} of {all}: {grid} ({community}) is empty; retire it or fill it"),
        "would_break": _("would fall apart: {grids}"),
        "caught": _("{n} caught, {size} in all; after release:"),
    }


def _doing() -> dict[str, str]:
    """Return what an edit did, or would do."""
    return {
        "moved": _("{n} moved to {grid} ({households} households)"),
        "erased": _("{n} taken out ({households} households): {grid}"),
        "skipped_locked": _("{n} left out: their grid is locked."),
        "skipped_goal_locked": _("{n} left out: the target grid is locked."),
        "skipped_community": _("{n} left out: they belong to another community."),
        "skipped_source": _("{n} left out: not of the chosen source."),
        "warn_broken": _("Done, but no longer in one piece: {grids}. Ctrl+Z takes it back."),
        "refused_broken": _("Refused: these grids would fall apart: {grids}."),
        "refused_pieces": _("Refused: the new grid would lie in pieces."),
        "warn_apart": _("They do not touch: the grid would lie in pieces."),
        "made_new": _("New: {grid} of {n}. Paint compounds into it."),
        "nothing_caught": _("Nothing was caught."),
        "pick_target_first": _("First click a grid: it becomes the target."),
        "target_is": _("Target: {grid}"),
        "cross_holds": _("Held: the arrow keys drag, space lets go, Esc leaves it."),
        "no_border_here": _("No border of two grids here. Point at one until it turns red."),
        "border_of_communities": _("This is a border of communities: it does not move."),
        "merge_across": _("Grids of two communities cannot be merged."),
        "ask_merge": _("Merge {from} ({a}) into {into} ({b})? Together {sum}."),
        "do_merge": _("Merge"),
        "ask_split": _("Split {grid} into {n}: {sizes}?"),
        "do_split": _("Split"),
        "split_outside": _("No split leaves both parts in the band; this comes nearest."),
        "split_strays": _("One side falls apart: there are more than two parts."),
        "line_outside": _("The line lies on no grid."),
        "line_too_short": _("The line is too short: draw across the land, from one side to the other."),
        "ask_cut": _("Cut {place} into {n}; share out its {total} households:"),
        "ask_cut_bare": _("Cut {place} into {n}?"),
        "merged": _("{from} has joined {into}: {sum}."),
        "was_split": _("{grid} was split into {n}; new: {fresh}."),
        "was_cut": _("{place} was cut into {n}."),
        "do_cut": _("Cut it"),
        "piece": _("Piece {n}"),
        "shares_fit": _("The numbers add up. At first they follow the areas."),
        "shares_wrong": _("{sum} of {total}: the numbers must add up."),
        "nothing_to_undo": _("There is nothing to undo."),
        "nothing_to_redo": _("There is nothing to redo."),
        "did_undo": _("Taken back: {what}"),
        "did_redo": _("Done again: {what}"),
    }


def _refused() -> dict[str, str]:
    """Return why an edit or a file was refused."""
    return {
        "no_argument": _("This cannot be done ({op})."),
        "no_unknown_op": _("This edit is not known: {op}."),
        "no_no_atom": _("There is no compound {atom}."),
        "no_no_grid": _("There is no grid {grid}."),
        "no_locked": _("{grid} is locked: unlock it first."),
        "no_two_communities": _("Land of {other} cannot join a grid of {code}."),
        "no_parts": _("The parts are not exactly the land of {grid}."),
        "no_kept_whole": _("{atom} is kept whole: only land, and compounds with more than {high}, may be cut."),
        "no_no_community": _("There is no community {code}."),
        "no_unknown_kind": _("This kind of grid is not known: {kind}."),
        "no_has_land": _("{grid} still has land: move it to other grids first."),
        "no_no_grid_in_community": _("There is no grid in {code}."),
        "no_nothing_to_undo": _("There is nothing to undo."),
        "no_nothing_to_redo": _("There is nothing to redo."),
        "no_cut_misses": _("The line does not cut the land in two: draw it from outside to outside."),
        "no_cut_unclear": _("The line runs too near a corner or border: move or turn it a little."),
        "no_cut_many": _("The line makes {n} pieces: draw a simpler one."),
        "no_cut_rough": _("The page does not know the shape of {atom} well enough: cut it with gridkit grids edit."),
        "no_split_small": _("The grid has only one compound: it cannot be split."),
        "no_split_misses": _("All compounds lie on one side of the line."),
        "no_file": _("The file was refused, nothing has changed:"),
        "no_other_base": _("The edits start from another plan ({log}); this page is of {plan}."),
        "no_empty": _("The file holds nothing."),
        "no_table": _("The table was refused, nothing has changed:"),
        "mistake": _("line {line}: {what}"),
        "bad_json": _("no JSON"),
        "bad_object": _("no edit"),
        "bad_missing": _("a field is missing"),
        "bad_unknown": _("an unknown field"),
        "bad_type": _("a field of the wrong type"),
        "bad_op": _("an unknown edit"),
        "bad_half": _("half a character"),
        "bad_order": _("an undo out of order"),
        "bad_follows": _("the line does not follow the one before"),
        "bad_changed": _("the line was changed by hand"),
        "bad_refused": _("the edit is not allowed"),
        "bad_header": _("unknown columns"),
        "bad_cells": _("too few cells"),
        "bad_quote": _("a quote without its end"),
        "bad_scientific": _("digits lost to a spreadsheet program"),
        "bad_zeros": _("leading zeros lost"),
        "bad_atom": _("no compound named"),
        "bad_no_atom": _("no such compound"),
        "bad_twice": _("the compound stands here again"),
        "bad_locked": _("its grid is locked"),
        "bad_communities": _("land of two communities"),
    }


def _history() -> dict[str, str]:
    """Return pending changes and the history."""
    return {
        "pending_sum": _(
            "Against the filed plan: {grids} grids, {atoms} compounds or pieces of land, {households} households change"
        ),
        "pending_none": _("Nothing differs from the filed plan."),
        "status_is_new": _("new"),
        "status_is_gone": _("gone"),
        "status_is_changed": _("changed"),
        "went_in": _("in {atoms} ({households} households)"),
        "went_out": _("out {atoms} ({households} households)"),
        "log_sum": _("{n} lines, {standing} edits stand"),
        "was_undone": _("undone"),
        "log_move": _("{n} moved to {grid}"),
        "log_merge": _("merged into {grid}"),
        "log_split": _("{grid} split into {n}"),
        "log_cut": _("{atom} cut"),
        "log_new": _("new {kind} in {community} of {n}"),
        "log_retire": _("{grid} is retired"),
        "log_set_kind": _("{grid} is now: {kind}"),
        "log_lock": _("{grid} locked"),
        "log_unlock": _("{grid} unlocked"),
        "log_lock_all": _("all grids locked"),
        "log_unlock_all": _("all grids unlocked"),
        "log_lock_community": _("{community} locked"),
        "log_unlock_community": _("{community} unlocked"),
        "log_rename": _("{grid} named {name}"),
        "log_undo": _("edit {seq} undone"),
        "op_move": _("move"),
        "op_merge": _("merge"),
        "op_split": _("split"),
        "op_cut": _("cut"),
        "op_new": _("new grid"),
        "op_retire": _("retire"),
        "op_set_kind": _("kind"),
        "op_lock": _("lock"),
        "op_unlock": _("unlock"),
        "op_rename": _("new name"),
        "op_undo": _("undo"),
    }


def _keeping() -> dict[str, str]:
    """Return scenarios, files and what the browser keeps."""
    return {
        "scenario_first": _("Main"),
        "scenario_file": _("From the plan"),
        "scenario_new": _("Variant"),
        "scenario_name": _("Name"),
        "scenario_is": _("Scenario: {name}"),
        "scenarios_hint": _(
            "Every scenario has edits of its own on the same plan. Switch between them at the top of the page."
        ),
        "branch": _("Copy as new scenario"),
        "from_start": _("Start anew"),
        "rename_scenario": _("Rename this one"),
        "n_edits": _("{n} edits"),
        "ask_remove": _("Delete {name} with its edits? This cannot be undone."),
        "unsaved": _("{n} edit(s) in no file yet"),
        "all_saved": _("All edits are saved"),
        "kept": _("kept in this browser"),
        "not_kept": _("not kept in this browser: save often"),
        "saved": _("{n} edits saved as {file}; gridkit grids apply takes them into the plan."),
        "saved_csv": _("The table of the plan as it is now was saved as assignment.csv."),
        "nothing_to_save": _("There are no edits to save."),
        "opened": _("{n} edits opened, {standing} stand."),
        "number_in_file": _("Edit {n} of the file names a number of a person: the file is not taken."),
        "cannot_read": _("The file cannot be read."),
        "workbook": _("This is a workbook or an archive: save the table as CSV UTF-8 and open that."),
        "ask_open": _(
            "The file has {n} edits; {dropped} edits of this page are not among them. Replace them, or open "
            "the file as a scenario of its own?"
        ),
        "as_scenario": _("Open as scenario"),
        "replace": _("Replace"),
        "ask_table": _(
            "The table makes {edits} edits: {atoms} compounds move, {fresh} new grids; {missing} compounds "
            "are not listed and stay. Take it?"
        ),
        "take_table": _("Take it"),
        "table_same": _("The table says what the plan is already."),
        "resumed": _("Your work goes on: {n} edit(s) in no file yet."),
        "other_edits": _("The plan has other edits than this browser kept. Both are there; now shown: {name}."),
        "also_open": _("This plan is open in another tab too. Work in one of them only."),
        "two_tabs": _(
            "Another tab has changed this plan as well. Nothing was overwritten; until you choose, this tab "
            "is not kept."
        ),
        "keep_both": _("Keep both as scenarios"),
        "take_theirs": _("Go on with the other"),
        "of_this_tab": _("{name} (this tab)"),
        "both_kept": _("Both are kept. This tab works on: {name}"),
    }


def _print() -> dict[str, str]:
    """Return the print view and the help."""
    return {
        "print_title": _("Title"),
        "print_what": _("What"),
        "print_view": _("the map as shown"),
        "print_all": _("the whole city"),
        "paper": _("Paper"),
        "orientation": _("Orientation"),
        "landscape": _("landscape"),
        "portrait": _("portrait"),
        "print_table": _("with a table of the grids"),
        "print_sum": _(
            "{grids} grids, {households} households, {persons} persons; {in_band} of {judged} in the band {low}–{high}"
        ),
        "print_note": _(
            "Scenario {scenario}, {edits} edits on plan {base}; {moved} households change their grid against "
            "the filed plan. ✓ in the band, ▼ below, ▲ above."
        ),
        "help_title": _("How the board works"),
        "help_1": _(
            "Click a grid on the map: its households, band and state are shown at the right. It is the active grid."
        ),
        "help_2": _(
            "Choose Paint and click compounds, or drag over them: they go to the active grid. Lasso and Box "
            "take many at once; Drag border moves the border of two grids."
        ),
        "help_3": _(
            "Merge, Split and Cut ask before they do anything. The line at the bottom always says what the "
            "next click does."
        ),
        "help_4": _(
            "‹ › above the map lead from one open problem to the next. Every edit can be undone, and carries "
            "the reason and document that stand in the fields above."
        ),
        "help_5": _(
            "Save edits writes edits.jsonl; gridkit grids apply takes it into the plan. Save table writes "
            "assignment.csv. Both can be opened here again."
        ),
        "help_files": _("Nothing leaves this computer: the page asks nothing of any network."),
        "keys": _("Keys"),
        "keys_tools": _("move map, paint, take out, cut, look"),
        "keys_more": _("lasso, rectangle, drag border, merge, split, new"),
        "keys_undo": _("undo, redo"),
        "keys_move": _("move the map, zoom, show all"),
        "keys_press": _("press where the cross stands"),
        "keys_confirm": _("confirm, leave"),
        "keys_alt": _("another target; a line does not snap"),
        "keys_next": _("next without a grid, next outside the band"),
        "no_persons": _("Names of persons do not belong here."),
    }
