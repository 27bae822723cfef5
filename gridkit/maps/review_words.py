"""The words of the review page, in the current language."""

from __future__ import annotations

from gridkit.locale import gettext as _


def review_words() -> dict[str, str]:
    """Return every text that the page shows, by the name that its script knows."""
    return {**_work(), **_files(), **_messages()}


def _work() -> dict[str, str]:
    return {
        "decisions": _("decisions"),
        "progress": _("{done} of {all} decided, {compounds} of {changed} compounds settled"),
        "search": _("search names, codes, communities"),
        "show": _("Show"),
        "all": _("all decisions"),
        "open": _("still open"),
        "decided": _("already decided"),
        "matters": _("changes coverage"),
        "every_column": _("every registry"),
        "nothing_shown": _("Nothing matches this selection."),
        "nothing_open": _("Nothing waits: every name of the registries was linked or has no candidate."),
        "stated": _("community as stated"),
        "address": _("address"),
        "where": _("where it stands"),
        "more_cells": _("… and {n} more"),
        "impact": _(
            "If the first candidate is right, {n} compound(s) with {households} households get another status."
        ),
        "no_impact": _("No compound gets another status by this decision alone."),
        "candidates": _("Which place is meant?"),
        "no_candidates": _("Nothing similar was found. Pick a place on the map, or decide that it names none."),
        "points": _("{score} points"),
        "without_place": _("not on the map"),
        "picked": _("picked on the map"),
        "no_match": _("none of them"),
        "alias": _("as an alias, for every registry"),
        "skip": _("skip"),
        "undo": _("undo"),
        "withdraw": _("withdraw"),
        "several_hint": _("Several are meant: {n} picked, Enter confirms"),
        "alias_hint": _("As an alias: now the number of the candidate (Esc: no alias)"),
        "reason": _("reason (no names of persons)"),
        "role": _("who decides (role, no name)"),
        "is_link": _("linked to {target}"),
        "is_alias": _("alias of {target}"),
        "is_split": _("several: {target}"),
        "is_no_match": _("names none of them"),
        "keys": _(
            "1–5 choose · 0 place picked on the map · n none · a alias · Shift+1–5 several · s skip · u undo · "
            "Delete withdraw · ↑ ↓ rows · / search"
        ),
        "map": _("Map of the candidates"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "fit": _("Show all candidates"),
        "row_point": _("point that the row states"),
        "home_outline": _("community as stated"),
        "neighbour": _("other compound: click to pick it"),
        "candidate": _("candidate"),
        "no_map": _("None of these places is on the map."),
        "noscript": _("This page needs scripts: open it in a browser that allows them."),
        "unnamed": _("(no name)"),
    }  # fmt: skip


def _files() -> dict[str, str]:
    return {
        "save": _("Save decisions"),
        "text": _("As text"),
        "import": _("Go on from a file"),
        "import_text": _("Read this text"),
        "close": _("Close"),
        "copy": _("Copy"),
        "copied": _("Copied."),
        "copy_failed": _("Select the text and copy it."),
        "text_hint": _(
            "If the browser does not save the file, copy this text into a file overrides.csv (UTF-8). "
            "Or paste the text of an earlier one here and read it."
        ),
        "next": _("Then: gridkit link --apply overrides.csv shows what changes."),
        "file": "overrides",
    }


def _messages() -> dict[str, str]:
    return {
        "saved": _("{n} decisions saved as {file}"),
        "nothing_to_save": _("Nothing has been decided yet."),
        "imported": _("{n} decisions read; {foreign} others are kept and saved with yours"),
        "replaced": _("{n} of your own were replaced (u takes it back)"),
        "not_ours": _("This is no overrides file: its first line must name key, decision and target."),
        "bad_lines": _("{n} lines were left out: no key, no decision or no target, or a key that stands twice"),
        "undone": _("Taken back: {mention}"),
        "nothing_to_undo": _("Nothing to take back."),
        "not_several": _("This column names one place only."),
        "no_such": _("There is no candidate {n}."),
        "all_done": _("Everything shown here is decided. Save your decisions."),
        "resumed": _("{n} decisions of an earlier visit were found in this browser."),
        "not_kept": _("This browser keeps nothing between visits: save your decisions before you close the page."),
        "kept": _("kept in this browser"),
        "unsaved": _("{n} not saved to a file yet"),
    }
