"""``gridkit grids board``: one offline page in which a plan of grids is drawn again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    import geopandas as gpd

    from gridkit.model.plan import Plan
    from gridkit.stores.plan_folder import Stored

PAGE = "board.html"
_FILE = click.Path(path_type=Path)


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "board",
        callback=board,
        short_help=gettext("Write a page to redraw grids in."),
        help=gettext(
            "Write one offline page in which grids are drawn again: paint compounds into grids, drag borders, merge, "
            "split, cut, lock, undo; with live totals, bands and what is not connected. The page saves edits.jsonl, "
            "which gridkit grids apply takes into the plan, and assignment.csv.\n\n"
            "PLAN is a plan folder, or a project that names one (default: the working directory). Changes are shown "
            "against the plan that held before this one, or the one that --filed names."
        ),
        params=[
            shared.source("plan"),
            click.Option(["-o", "--out"], metavar="FILE", type=_FILE,
                         help=gettext("Page to write (default: board.html beside the plan folder).")),
            click.Option(["--filed"], metavar="PLAN", type=_FILE,
                         help=gettext("Plan that holds, against which changes are pending.")),
            click.Option(["--lines"], metavar="FILE", multiple=True,
                         help=gettext("Roads or buildings to which cuts snap, FILE or FILE!LAYER; may be given several "
                                      "times (default: those of the project).")),
            click.Option(["--title"], default="", help=gettext("Heading of the page.")),
            click.Option(["--serve"], is_flag=True,
                         help=gettext("Serve the page on this computer instead: saved in place, with proposals.")),
            click.Option(["--port"], type=click.IntRange(0, 65535), default=0, metavar="N",
                         help=gettext("Port of --serve (default: a free one).")),
            click.Option(["--open/--no-open", "opens"], default=True,
                         help=gettext("Whether --serve shows the page in a browser.")),
            options.lang(),
        ],
    )  # fmt: skip


def board(  # noqa: PLR0913, PLR0917 - the options of the command line
    plan: Path, out: Path | None, filed: Path | None, lines: tuple[str, ...], title: str, serve: bool, port: int,
    opens: bool,
) -> int:  # fmt: skip
    """Write the redraw board of a plan, or serve it."""
    from gridkit.maps.board import write_board_html

    if serve:
        return _serve(plan, out, filed, lines, title=title, port=port, opens=opens)
    stored, folder = shared.open_stored(plan)
    path = out or folder.resolve().parent / PAGE
    if path.is_dir():
        raise errors.UsageError(N_("{path} is a folder"), remedy=N_("name the page to write"), path=str(path))
    write_board_html(
        stored.base, stored.log, path, title=heading(folder, title), filed=filed_plan(stored, filed),
        lines=snap_lines(stored, plan, lines), names=stored.communities,
    )  # fmt: skip
    click.echo(gettext("Board  {path}").format(path=path))
    return errors.EXIT_CLEAN


def _serve(
    plan: Path, out: Path | None, filed: Path | None, lines: tuple[str, ...], *, title: str, port: int, opens: bool
) -> int:
    from gridkit.board_server import Shown
    from gridkit.cli.grids import serving

    if out is not None:
        raise errors.UsageError(N_("--serve writes no page"), remedy=N_("leave out either --serve or -o"))

    def shown(stored: Stored, folder: Path) -> Shown:
        return Shown(
            heading(folder, title), filed_plan(stored, filed), snap_lines(stored, plan, lines), stored.communities
        )

    return serving.serve(plan, shown, port=port, opens=opens)


def heading(folder: Path, title: str) -> str:
    """Return the heading of a board: what was asked for, or the name of the plan."""
    return title or gettext("Redraw grids: {name}").format(name=folder.resolve().name)


def filed_plan(stored: Stored, filed: Path | None) -> Plan | None:
    """Return the plan against which changes are pending; None for the base of the plan itself.

    Raises
    ------
    UsageError
        It has no community in common with the plan.
    """
    if filed is None:
        return stored.held
    found = shared.open_stored(filed)[0].plan
    if not set(found.atoms.frame["community"]) & set(stored.base.atoms.frame["community"]):
        raise errors.UsageError(
            N_("the two plans have no community in common"), remedy=N_("compare plans of the same city")
        )
    return found


def snap_lines(stored: Stored, source: Path, names: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    """Return roads and buildings in the system of the atoms: files by name, else those of a project; None for none."""
    import geopandas as gpd
    import pandas as pd

    from gridkit.io.ground import read_ground, read_shapes

    crs = stored.base.atoms.frame.crs
    frames = []
    if crs is None:
        return None
    for name in names:
        file, _, layer = name.partition("!")
        with shared.file_on_the_line():
            found = read_shapes(str(Path(file).resolve()), Path.cwd(), crs.to_string(), layer=layer)
        frames.append(gpd.GeoDataFrame({"kind": ""}, geometry=found.geometry.to_numpy(), crs=crs, index=found.index))
    if not names and options.project_file(source).is_file():
        project, _ = options.open_project(source)
        ground, _files = read_ground(project, crs.to_string())
        frames += [
            gpd.GeoDataFrame({"kind": kind}, geometry=frame.geometry.to_numpy(), crs=crs, index=range(len(frame)))
            for kind, frame in sorted(ground.items())
            if kind in ("road", "building")
        ]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs) if frames else None
