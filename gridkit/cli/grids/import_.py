"""``gridkit grids import``: take over grids that somebody has drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from gridkit.drawings import Imported
    from gridkit.stores.plan_folder import Stored

_FILE = click.Path(path_type=Path)


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "import",
        callback=import_,
        short_help=gettext("Take over grids drawn by hand."),
        help=gettext(
            "Take over grids drawn by hand: a GeoPackage, Shapefile, KML, DXF or GeoJSON, FILE or FILE!LAYER.\n\n"
            "Each atom goes to the drawn grid that holds most of it, so that gaps, overlaps and slivers leave a clean "
            "tiling; atoms that a drawn line cuts are listed with their shares, and land of which less than half is "
            "drawn has no grid. SOURCE is a plan folder, or a project whose ground is cut into atoms (default: the "
            "working directory). Grids go on under their codes where the drawing states the code or keeps more than "
            "half of their households. The edits that lead from the plan to the drawing are in edits.jsonl of the new "
            "plan folder. Exits with 0 where nothing is wrong with the drawing and the plan, else with 1."
        ),
        params=[
            click.Argument(["drawn"], metavar="FILE"),
            shared.source(),
            shared.out(gettext("Plan folder to write.")),
            click.Option(["--crs"], default="", metavar="SYSTEM",
                         help=gettext("Coordinate system of the drawing, such as EPSG:4490, GCJ-02 or BD-09 (default: "
                                      "that of the file, and a datum of map services as far as the plan tells it).")),
            click.Option(["--tolerance"], type=click.FloatRange(min=0, max=100), default=5.0, show_default=True,
                         metavar="METRES",
                         help=gettext("How far a drawn line may lie beside the border of today that it means.")),
            click.Option(["--fill"], is_flag=True,
                         help=gettext("Give land that is not drawn to the grid beside it with the longest border.")),
            click.Option(["--cuts"], metavar="FILE.csv", type=_FILE,
                         help=gettext("Table to write: every atom that a drawn line cuts, with shares.")),
            click.Option(["--reason"], default="", help=gettext("Why, for the log.")),
            click.Option(["--doc-no"], default="", help=gettext("Number of the document that decides it.")),
            click.Option(["--user"], default="",
                         help=gettext("Who, as a role: names of persons do not belong here.")),
            click.Option(["--time"], default="",
                         help=gettext("When, as 2024-06-30T09:00:00+08:00 (default: now).")),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every finding.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def import_(  # noqa: PLR0913, PLR0917 - the options of the command line
    drawn: str, source: Path, out: Path | None, crs: str, tolerance: float, fill: bool, cuts: Path | None, reason: str,
    doc_no: str, user: str, time: str, show_all: bool, as_json: bool,
) -> int:  # fmt: skip
    """Take over grids drawn by hand."""
    from gridkit import drawings
    from gridkit.stores.plan_folder import is_plan, write_plan

    file, _, layer = drawn.partition("!")
    if is_plan(Path(file)):
        raise errors.UsageError(
            N_("{file} is the folder of a plan, not a drawing"),
            remedy=N_("compare plans with gridkit grids diff; take over edits with gridkit grids apply"), file=file,
        )  # fmt: skip
    stored = _start(source)
    said = {"reason": reason, "doc_no": doc_no, "user": user, "time": shared.moment(time)}
    with shared.file_on_the_line(crs=True):
        found = drawings.import_drawing(
            stored, Path(file), layer=layer, crs=crs, tolerance=tolerance, fill=fill, said=said
        )
    if out is not None:
        write_plan(found.stored, out)
    if cuts is not None:
        drawings.write_cuts(found, cuts)
    wrong = options.has_findings(found.findings) or len(found.laid.cuts) > 0
    if as_json:
        options.print_json(_document(found))
    else:
        _show(found, limit=None if show_all else shared.EXAMPLES)
        if out is not None:
            shared.saved(out)
    return errors.EXIT_FINDINGS if wrong else errors.EXIT_CLEAN


def _start(source: Path) -> Stored:
    """Return the plan of a folder, or the grids of today on atoms that are made of a project."""
    from gridkit import plans
    from gridkit.stores.plan_folder import is_plan, plan_of

    if is_plan(source) or not options.project_file(source).is_file():
        return shared.open_stored(source)[0]
    project, _ = options.open_project(source)
    if is_plan(project.root / project.grids.plan):
        return shared.open_stored(project.root / project.grids.plan)[0]
    with options.progress() as progress:
        made = plans.make_atoms(project, progress=progress)
    for note in made.source.notes:
        options.note(note)
    stored = plan_of(made.plan, ledger=plans.ledger_of(made))
    return replace(stored, document={"inputs": made.source.files, "settings": made.settings})


def _figures(found: Imported) -> dict[str, Any]:
    laid, before = found.laid, found.stored
    plan = found.stored.plan
    bare = plan.assignment == ""
    return {
        "drawn": len(found.drawing.frame), "without_area": found.drawing.empty, "without_atom": len(laid.lost),
        "grids": len(plan), "kept": len(set(laid.matched.values())), "new": _ops(found, "new"),
        "retired": _ops(found, "retire"), "edits": found.steps, "atoms": len(plan.atoms), "cut": len(laid.cuts),
        "snapped": laid.snapped, "filled": laid.filled, "split_by_community": len(laid.several),
        "communities_untouched": len(laid.untouched), "codes_not_kept": _codes_not_kept(found),
        "unassigned": int(bare.sum()),
        "unassigned_households": int(plan.atoms.frame["households"][bare].sum()), "base": before.log.base,
        "plan": plan.base, "datum": found.drawing.datum, "datum_detected": found.drawing.detected,
        "assumed_crs": found.drawing.assumed,
    }  # fmt: skip


def _codes_not_kept(found: Imported) -> int:
    """Return how many drawn grids state a code under which they do not go on."""
    codes = found.stored.plan.grids["code"]
    drawn = found.drawing.frame["code"]
    going = {row: found.laid.matched.get(row, "") for row in drawn.index}
    return sum(bool(code) and code not in {codes.get(going[row], ""), going[row]} for row, code in drawn.items())


def _ops(found: Imported, op: str) -> int:
    edits = found.stored.log.edits
    return sum(edit.op == op for edit in edits[len(edits) - found.steps :])


def _document(found: Imported) -> dict[str, Any]:
    plan = found.stored.plan
    bare = plan.atoms.frame.loc[plan.assignment == ""]
    return {
        **_figures(found), "fits": {name: round(fit, 4) for name, fit in found.drawing.fits.items()},
        "matched": dict(sorted((row, uid) for row, uid in found.laid.matched.items())),
        "cuts": found.laid.cuts.to_dict("records"),
        "without_grid": [{"atom": str(atom), "community": row["community"], "households": int(row["households"])}
                         for atom, row in bare.iterrows()],
        "findings": shared.finding_rows(found.findings),
    }  # fmt: skip


def _show(found: Imported, *, limit: int | None) -> None:
    from gridkit import drawings

    figures = _figures(found)
    if said := drawings.datum_text(found.drawing):
        options.note(said)
    if found.drawing.assumed:
        line = gettext(
            "the drawing states no coordinate system; its numbers are taken to be in that of the plan, {crs}"
        )
        options.note(line.format(crs=found.drawing.assumed))
    for key, text in (
        ("without_area", gettext("{n} features without an area are left out")),
        ("without_atom", gettext("{n} drawn grids hold no atom and are left out")),
        ("split_by_community", gettext("{n} drawn grids lie in several communities and were split along their border")),
        (
            "codes_not_kept",
            gettext(
                "{n} drawn grids state a code under which no grid goes on; new grids get theirs when the plan is filed"
            ),
        ),
        ("communities_untouched", gettext("{n} communities are not drawn and stay as they are")),
    ):
        if figures[key]:
            options.note(text.format(n=f"{figures[key]:,}"))
            if key == "without_atom":
                _show_lost(found, limit=limit)
    line = gettext(
        "{drawn} drawn grids on {atoms} atoms: {kept} grids go on, {new} are new, {retired} end; {edits} edits"
    )
    click.echo(line.format(**{key: f"{figures[key]:,}" for key in
                              ("drawn", "atoms", "kept", "new", "retired", "edits")}))  # fmt: skip
    line = gettext("{cut} atoms are cut by a drawn line, {snapped} stay as the line runs within the tolerance, "
                   "{unassigned} with {n} households have no grid")  # fmt: skip
    click.echo(line.format(cut=f"{figures['cut']:,}", snapped=f"{figures['snapped']:,}",
                           unassigned=f"{figures['unassigned']:,}",
                           n=f"{figures['unassigned_households']:,}"))  # fmt: skip
    if figures["filled"]:
        click.echo(gettext("{n} atoms that are not drawn were given to the grid beside them").format(
            n=f"{figures['filled']:,}"))  # fmt: skip
    _show_cuts(found, limit=limit)
    for title, some in (
        (gettext("The file:"), found.drawing.notes), (gettext("The drawing:"), found.of_drawing),
        (gettext("The grids that it gives:"), found.of_plan),
    ):  # fmt: skip
        if len(some):
            click.echo(title)
            shared.show_findings(some, limit=limit)


def _show_lost(found: Imported, *, limit: int | None) -> None:
    """Name the drawn grids that are left out."""
    from gridkit.grids.drawn import titles

    frame, lost = found.drawing.frame, found.laid.lost
    names = dict(zip(frame.index, titles(frame.set_axis("#" + frame.index)), strict=True))
    for row in lost[:limit]:
        options.note(f"  {names[row]}")
    if limit is not None and len(lost) > limit:
        options.note("  " + gettext("… and {n} more (--all lists them)").format(n=f"{len(lost) - limit:,}"))


def _show_cuts(found: Imported, *, limit: int | None) -> None:
    """Print the atoms that are cut, those with most households on the wrong side first."""
    plan, cuts = found.stored.plan, found.laid.cuts
    if cuts.empty:
        return
    order = ((1 - cuts["share"]) * cuts["households"]).sort_values(ascending=False, kind="stable").index
    click.echo("  " + gettext("Atoms that a drawn line cuts ({n})").format(n=f"{len(cuts):,}"))
    for at in order[:limit]:
        row = cuts.loc[at]
        name = shared.grid_name(plan, row["grid"]) if row["grid"] else gettext("no grid")
        line = gettext("{atom}, {households} households: {share} in {drawn}, {other_share} in {other}, {bare} in none "
                       "→ {grid}")  # fmt: skip
        click.echo("    " + line.format(
            atom=" ".join(filter(None, (row["name"], row["atom"]))), households=f"{row['households']:,}",
            share=f"{100 * row['share']:.1f} %", drawn=row["drawn"], other=row["other"] or gettext("another"),
            other_share=f"{100 * row['other_share']:.1f} %", bare=f"{100 * row['bare']:.1f} %", grid=name,
        ))  # fmt: skip
    if limit is not None and len(cuts) > limit:
        click.echo("    " + gettext("… and {n} more (--all lists them)").format(n=f"{len(cuts) - limit:,}"))
