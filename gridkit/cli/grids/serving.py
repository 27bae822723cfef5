"""``gridkit grids board --serve``: the board on a server of this computer, until Ctrl+C ends it."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

import click

from gridkit import errors, locale
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridkit.board_server import Shown
    from gridkit.stores.journal import Desk
    from gridkit.stores.plan_folder import Stored


def serve(plan: Path, shown: Callable[[Stored, Path], Shown], *, port: int, opens: bool) -> int:
    """Serve the board of a plan folder.

    Parameters
    ----------
    plan : pathlib.Path
        Plan folder, or a project that names one.
    shown : callable
        What the board shows, of the plan folder as it was read and its path.
    port : int
        0 takes a free one.
    opens : bool
        Whether a browser is asked to show the page.
    """
    from gridkit.board_server import Board, Server
    from gridkit.stores.journal import open_desk, recover

    folder = shared.plan_path(plan)
    locale.use(click.get_current_context().obj or locale.from_environment() or locale.DEFAULT_LANGUAGE)
    if recover(folder):
        options.note(gettext("a save was interrupted: the plan folder is as it was before it"))
    desk = open_desk(folder)
    try:
        _say_opened(desk)
        with Server(Board(desk, shown(desk.stored, folder)), port) as server:
            click.echo(gettext("Board  {path}").format(path=server.address))
            click.echo(
                gettext("Every edit is on the disk at once; Save writes the plan folder. Ctrl+C ends the board.")
            )
            if opens:
                webbrowser.open(server.address)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                click.echo()
        if desk.unsaved:
            line = gettext("{n} edits are not in the plan folder yet; they are there again when the board is opened")
            options.note(line.format(n=f"{desk.unsaved:,}"))
    finally:
        desk.journal.close()
    return errors.EXIT_CLEAN


def _say_opened(desk: Desk) -> None:
    for note in desk.stored.notes:
        options.note(note)
    if desk.restored:
        options.note(gettext("{n} edits that were not saved yet are there again").format(n=f"{desk.restored:,}"))
    if desk.aside is not None:
        line = gettext("the plan was changed by another program after edits that were not saved: they are in {file}; "
                       "gridkit grids apply takes them into a copy of the plan as it was")  # fmt: skip
        options.note(line.format(file=desk.aside))
