"""The words that the redraw board has more of when a local server stands behind it."""

from __future__ import annotations

from gridkit.locale import gettext as _


def server_words() -> dict[str, str]:
    """Return every text of ``gk-board-serve.js``, by the name that it knows."""
    return {
        "unsaved": _("{n} edits are not in the plan folder yet"),
        "all_saved": _("The plan folder has every edit"),
        "kept": _("each edit is on the disk at once"),
        "server_save": _("Save in the plan folder"),
        "server_saved": _("Saved in the plan folder: {n} edits"),
        "server_restored": _("{n} edits that were not saved yet are there again"),
        "server_gone": _(
            "The board's server does not answer. {n} edits wait in this page and in the browser: start gridkit grids "
            "board --serve again with the same --port and open the address that it says, or save them to a file."
        ),
        "server_back": _("The board's server answers again; every edit has reached it"),
        "server_conflict": _(
            "{text}. The edits of this page are not lost: save them to a file, then load the page again to go on from "
            "what is there now."
        ),
        "server_refused": _("The board's server has refused the last edits: {text}"),
        "server_to_file": _("Save edits to a file"),
        "server_reload": _("Load again"),
        "server_waiting": _("Edits are on their way to the server; save again in a moment"),
        "propose_wait": _("Drawing grids for {community} …"),
        "propose_ask": _(
            "Proposal for {community}: {in_band} of {grids} grids in the band, {moved} households (or persons) change "
            "their grid. It takes {n} edits, each of which can be undone."
        ),
        "propose_none": _("The proposal for {community} is what is there already"),
        "propose_stale": _("The plan has changed meanwhile; propose again"),
        "do_propose": _("Take it over"),
    }
