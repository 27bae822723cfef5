"""``gridkit grids atoms``: cut the ground of communities into the pieces that grids are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from gridkit.plans import Made

EVENTS = {
    "cut": N_("{n} compound(s) larger than a grid may be were cut along buildings"),
    "too_large": N_("{n} compound(s) are larger than a grid may be and have no buildings to cut along; kept whole"),
    "clipped": N_("{n} compound(s) reach across the border of their community and were clipped"),
    "outside": N_("{n} compound(s) with {households} households lie in no community and were left out"),
    "overlap": N_("{n} compound(s) overlap smaller ones, which keep the ground"),
    "no_place": N_("{n} compound(s) with {households} households have no place and were left out"),
    "no_ground": N_(
        "{n} compound(s) with {households} households have no ground of their own and were left out: points, or ground "
        "that other compounds have (drawn twice, or made up of them); their households count in no grid"
    ),
    "same_code": N_("{n} compound(s) have the code of an exclusive area and became part of it"),
    "unknown": N_("{n} compound(s) do not state their households and count as none"),
    "scattered": N_(
        "buildings outside compounds have {households} households in {n} communities, which count in no grid: give "
        "them a compound"
    ),
}
"""What happened to compounds, in words; see :data:`gridkit.grids.atoms.LOG_COLUMNS`."""
LEFT_OUT = ("outside", "no_place", "no_ground", "same_code", "scattered")
"""After which a compound is no atom of its own, or households are in none."""
KINDS = {
    "compound": N_("compounds"),
    "part": N_("parts of cut compounds"),
    "land": N_("land"),
    "exclusive": N_("exclusive areas"),
}


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "atoms",
        callback=atoms,
        short_help=gettext("Cut the ground of communities into atoms."),
        help=gettext(
            "Cut the ground of communities into atoms, of which grids are made: compounds whole, the land between them "
            "along roads and water, compounds larger than a grid may be along buildings, exclusive areas first.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory); [layers.road], [layers.water], "
            "[layers.building] and [layers.exclusive] say what lies between compounds. With -o a plan folder is "
            "written, with the grids of today where the project has a layer of grids. Exits with 1 where compounds "
            "were left out, cut across a border or do not state their households, where buildings outside compounds "
            "have households, or where several features bear one code, else with 0."
        ),
        params=[
            options.project(),
            shared.out(gettext("Plan folder to write.")),
            shared.band(),
            shared.measure(),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List everything.")),
            options.as_json(),
            options.lang(),
        ],
    )


def atoms(project: Path, out: Path | None, band: str, measure: str | None, show_all: bool, as_json: bool) -> int:
    """Cut the ground of communities into atoms."""
    from gridkit import plans
    from gridkit.plan_source import STEPS
    from gridkit.stores.plan_folder import plan_of, write_plan

    found, _ = options.open_project(project)
    with options.progress() as progress:
        made = plans.make_atoms(found, band=band, measure=measure or "", progress=progress)
        if out is not None:
            progress(gettext(STEPS[3]), 3, len(STEPS))
            stored = replace(plan_of(made.plan, ledger=plans.ledger_of(made)), communities=made.communities)
            settings = {**made.settings, "codes": shared.codes_stated(found)}
            write_plan(stored, out, inputs=made.source.files, settings=settings)
    if as_json:
        options.print_json(_document(made))
    else:
        _show(made, limit=None if show_all else shared.EXAMPLES)
        if out is not None:
            shared.saved(out)
    lost = set(made.built.log["event"]) - {"cut", "too_large"}
    return errors.EXIT_FINDINGS if lost or made.source.twice else errors.EXIT_CLEAN


def event_text(event: str, rows: pd.DataFrame) -> str:
    """Return what happened to compounds, with how many households."""
    return gettext(EVENTS[event]).format(n=f"{len(rows):,}", households=f"{int(rows['households'].sum()):,}")


def _document(made: Made) -> dict[str, Any]:
    frame = made.built.atoms.frame
    return {
        "atoms": len(frame),
        "kinds": {str(kind): int(n) for kind, n in frame["kind"].value_counts().items()},
        "communities": int(frame["community"].nunique()),
        "households": int(frame["households"].sum()),
        "persons": int(frame["persons"].sum()),
        "version": made.built.atoms.version,
        "log": made.built.log.to_dict("records"),
        "grids_today": len(made.today) if made.today is not None else None,
        "cut_by_grids": made.cuts.to_dict("records"),
        "notes": list(made.source.notes),
    }


def _show(made: Made, *, limit: int | None) -> None:
    frame = made.built.atoms.frame
    line = gettext("{atoms} atoms in {communities} communities, {households} households, {persons} persons")
    click.echo(line.format(
        atoms=f"{len(frame):,}", communities=f"{frame['community'].nunique():,}",
        households=f"{int(frame['households'].sum()):,}", persons=f"{int(frame['persons'].sum()):,}",
    ))  # fmt: skip
    counts = frame["kind"].value_counts()
    parts = [f"{gettext(text)} {int(counts[kind]):,}" for kind, text in KINDS.items() if kind in counts]
    click.echo("  " + gettext(", ").join(parts))
    for event in EVENTS:
        rows = made.built.log.loc[made.built.log["event"] == event]
        if rows.empty:
            continue
        click.echo(event_text(event, rows))
        for row in rows[:limit].itertuples(index=False):
            area = f"  {row.area:,.1f} m²" if row.area else ""
            click.echo(f"  {row.subject}  {row.community}{area}".rstrip())
        if limit is not None and len(rows) > limit:
            click.echo("  " + gettext("… and {n} more (--all lists them)").format(n=f"{len(rows) - limit:,}"))
    if made.today is not None:
        line = gettext("the layer of grids has {grids} grids with ground; their borders cut {atoms} atoms")
        click.echo(line.format(grids=f"{len(made.today):,}", atoms=f"{len(made.cuts):,}"))
    for note in made.source.notes:
        click.echo(note)
