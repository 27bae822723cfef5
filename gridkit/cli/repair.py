"""``gridkit repair``: what a repair of the boundary layers would do, the repair itself, and its reversal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.io.project import Project
    from gridkit.model.repairs import BoundaryPlan
    from gridkit.repair_folder import Done

SHOWN: Final = 10
"""Decisions that are listed; the workbook has all."""
NAMED: Final = 3
"""Units of one defect that are named."""
PROJECT_DECISIONS: Final = "\0"
"""What ``--apply`` without a file means: the decisions that the project names."""
_FILES: Final = {
    "repair.html": N_("Look at the places"),
    "decisions.xlsx": N_("Decide in a workbook"),
    "defects.gpkg": N_("All defects on the map"),
    "plan.json": N_("For programs"),
    "street.gpkg": N_("Street layer"),
    "community.gpkg": N_("Community layer"),
    "grid.gpkg": N_("Grid layer"),
    "log.jsonl": N_("Log, and what --revert takes"),
    "exceptions.csv": N_("Exceptions to keep"),
    "layers.toml": N_("Tables for gridkit.toml"),
}


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "repair",
        callback=repair,
        help=gettext(
            "Repair boundary layers: overlaps, gaps and borders that do not match, with a log. What is beyond doubt is "
            "settled by rules; everything else waits for a person.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory). Without an option, or with "
            "--plan, nothing of the project is changed and the repair is only shown; with -o the decisions to be made "
            "are written as a workbook, with a page and a map layer. --apply writes repaired layers to a new folder; "
            "inputs are never written over. IDS are defects of the log whose repair is taken back; none means all. "
            "Exits with 0 where nothing waits, else with 1."
        ),
        params=[
            click.Argument(["words"], nargs=-1, metavar="[PROJECT] [IDS]..."),
            click.Option(["--plan"], is_flag=True, help=gettext("Show what would be done (the default).")),
            click.Option(
                ["--apply"],
                is_flag=False,
                flag_value=PROJECT_DECISIONS,
                metavar="[DECISIONS]",
                help=gettext(
                    "Repair, with the decisions of this file (workbook or CSV), else with those that the project names."
                ),
            ),
            click.Option(
                ["--revert"],
                metavar="LOG",
                type=click.Path(path_type=Path, dir_okay=False),
                help=gettext("Take back what the log.jsonl of an earlier repair says, all of it or the defects IDS."),
            ),
            click.Option(
                ["--simplify"],
                metavar="METRES",
                type=click.FloatRange(0, 10_000, min_open=True),
                help=gettext("Write the layers with fewer vertices; borders and levels still fit."),
            ),
            click.Option(
                ["-o", "--out"],
                metavar="DIR",
                type=click.Path(path_type=Path, file_okay=False),
                help=gettext("Folder for everything that is written."),
            ),
            options.as_json(),
            options.lang(),
        ],
    )


def repair(
    words: Sequence[str], plan: bool, apply: str | None, revert: Path | None, simplify: float | None, out: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Repair a project, or show what a repair would do."""
    chosen = [plan, apply is not None, revert is not None, simplify is not None]
    if sum(chosen) > 1:
        raise errors.UsageError(N_("--plan, --apply, --revert and --simplify exclude each other"))
    path, ids = _named(words, reverting=revert is not None)
    if any(chosen[1:]) and out is None:
        raise errors.UsageError(
            N_("layers are written to a folder of their own, never over the inputs"), remedy=N_("name one with -o DIR")
        )
    file = _file(apply) if apply is not None else None
    project, language = options.open_project(path)
    if not any(chosen[1:]):
        return _plan(project, out, language, as_json=as_json)
    with options.progress() as progress:
        from gridkit import repairs
        from gridkit.repair_folder import save_repair

        if apply is not None:
            done = repairs.do_repair(project, decisions=file, progress=progress, language=language)
        elif revert is not None:
            done = repairs.undo_repair(project, revert, ids, progress=progress, language=language)
        else:
            done = repairs.simplify(project, simplify or 0.0, progress=progress, language=language)
        progress(gettext(repairs.STEPS[3]), 3, len(repairs.STEPS))
        save_repair(done, out or Path())
    _show_done(done, out or Path(), as_json=as_json)
    return errors.EXIT_FINDINGS if done.plan.waiting or done.plan.expired or done.plan.stale else errors.EXIT_CLEAN


def _named(words: Sequence[str], *, reverting: bool) -> tuple[Path, tuple[str, ...]]:
    """Return the project and the ids that stand on the command line; only a reversal takes ids."""
    if not words:
        return Path(), ()
    if not reverting:
        if len(words) > 1:
            raise errors.UsageError(N_("IDS go with --revert only: {words}"), words=" ".join(words[1:]))
        return Path(words[0]), ()
    first = Path(words[0])
    return (first, tuple(words[1:])) if first.exists() else (Path(), tuple(words))


def _file(apply: str) -> Path | None:
    """Return the file of decisions that is named, None for that of the project."""
    if apply == PROJECT_DECISIONS:
        return None
    file = Path(apply)
    if file.is_dir() or file.suffix == ".toml":
        raise errors.UsageError(
            N_("{file} is no file of decisions"),
            remedy=N_("write the project before the option: gridkit repair {file} --apply -o DIR"),
            file=apply,
        )
    if not file.is_file():
        raise errors.InputError(
            N_("there is no such file"), place=apply, remedy=N_("name the decisions.xlsx of --plan after --apply")
        )
    return file


def _plan(project: Project, out: Path | None, language: str, *, as_json: bool) -> int:
    with options.progress() as progress:
        from gridkit import repairs
        from gridkit.repair_folder import save_plan
        from gridkit.reports.repair_files import repair_document

        plan = repairs.plan_repair(project, progress=progress, language=language)
        if out is not None:
            progress(gettext(repairs.STEPS[3]), 3, len(repairs.STEPS))
            save_plan(plan, out)
    if as_json:
        options.print_json(repair_document(plan))
    else:
        _show(plan)
        _show_waiting(plan)
        _show_files(out, ("repair.html", "decisions.xlsx", "defects.gpkg", "plan.json"))
        click.echo(_next(plan, out))
    waits = plan.waiting or plan.expired or plan.stale
    found = options.has_findings(plan.inspection.findings) or options.has_findings(plan.findings)
    return errors.EXIT_FINDINGS if waits or found else errors.EXIT_CLEAN


def _next(plan: BoundaryPlan, out: Path | None) -> str:
    from gridkit.reports.boundary_rows import looked_at

    if out is None and plan.waiting:
        return gettext("next: gridkit repair --plan -o DIR writes the decisions as a workbook, and draws every place")
    if not any(one["looked_at"] for one in looked_at(plan)):
        return gettext("next: gridkit check says what is wrong with the files")
    if plan.waiting:
        return gettext("next: fill in decisions.xlsx, then gridkit repair --apply decisions.xlsx -o DIR")
    return gettext("next: gridkit repair --apply -o DIR writes the repaired layers")


def _show(plan: BoundaryPlan) -> None:
    from gridkit.reports.boundary_rows import level_name, looked_at, looked_at_text, noise_text, summary
    from gridkit.reports.repair_page import area_text
    from gridkit.reports.words import coded

    found = summary(plan)
    seen = looked_at(plan)
    if not found and any(one["looked_at"] for one in seen):
        click.echo(gettext("no defect was found in the boundaries that were looked at"))
    if not found or any(one["looked_at"] < one["units"] for one in seen):
        click.echo(looked_at_text(plan))
    level = ""
    for one in found:
        if one["level"] != level:
            level = one["level"]
            click.secho(level_name(level), bold=True)
        line = gettext("  {rule}: {count} ({area}) = {parts}") if one["area"] > 0 else gettext(
            "  {rule}: {count} = {parts}")  # fmt: skip
        kinds = {
            "settled": N_("{n} settled by rules"), "decided": N_("{n} decided"), "kept": N_("{n} kept"),
            "waiting": N_("{n} waiting"), "gone": N_("{n} gone with others"),
            "reported": N_("{n} only reported"),
        }  # fmt: skip
        parts = [gettext(text).format(n=f"{one[key]:,}") for key, text in kinds.items() if one[key]]
        said = gettext(", ").join(parts)
        area = area_text(one["area"])
        click.echo(line.format(rule=coded(one["rule"]), count=f"{one['count']:,}", area=area, parts=said))
    for text, ids in (
        (N_("{n} decision(s) name no defect of these layers any more: {ids}"), plan.stale),
        (N_("{n} decision(s) have expired: {ids}"), plan.expired),
    ):
        if ids:
            more = " …" if len(ids) > SHOWN else ""
            click.echo(gettext(text).format(n=f"{len(ids):,}", ids=", ".join(ids[:SHOWN]) + more))
    if noise_text(plan):
        click.echo(noise_text(plan))
    _show_findings(plan)
    for note in plan.repair.notes:
        click.echo(note)


def _show_findings(plan: BoundaryPlan) -> None:
    """Show what reading said of the shapes of the boundary layers."""
    from gridkit.reports.boundary_rows import findings_said

    said = findings_said(plan)
    if not said:
        return
    click.echo(gettext("said of these layers when they were read:"))
    for row, text in said[:SHOWN]:
        click.echo(f"  {row['code']}  {text}")
    if len(said) > SHOWN:
        click.echo("  " + gettext("… and {n} more (--json lists them)").format(n=f"{len(said) - SHOWN:,}"))


def _show_waiting(plan: BoundaryPlan) -> None:
    from gridkit.reports.boundary_rows import decision_rows
    from gridkit.reports.repair_page import area_text

    rows = [row for row in decision_rows(plan) if row.waits]
    if not rows:
        return
    click.echo()
    click.secho(gettext("{n} defect(s) wait for a person").format(n=f"{len(rows):,}"), fg="yellow", bold=True)
    for row in rows[:SHOWN]:
        line = gettext("  {id}  {rule} {area}: {units} – {cause}")
        click.echo(line.format(
            id=row.defect_id, rule=row.rule, area=area_text(row.area), units=_some(row.units), cause=row.cause
        ))  # fmt: skip
    if len(rows) > SHOWN:
        click.echo("  " + gettext("… and {n} more (--json lists them)").format(n=f"{len(rows) - SHOWN:,}"))


def _some(units: Sequence[tuple[str, str]]) -> str:
    """Return units with their names, the first three of many."""
    from gridkit.reports.boundary_rows import names_of

    return names_of(units[:NAMED]) + (f" … ({len(units)})" if len(units) > NAMED else "")


def _show_done(done: Done, out: Path, *, as_json: bool) -> None:
    from gridkit.reports.repair_files import repair_document

    plan = done.plan
    if as_json:
        options.print_json(repair_document(plan, undone=done.undone))
        return
    if "simplify" in plan.settings:
        _show_simplified(done)
    elif done.undone:
        click.echo(gettext("{n} repair(s) taken back").format(n=f"{len(done.undone):,}"))
    else:
        _show(plan)
        log = plan.repair.log
        units = len(log[["level", "unit"]].drop_duplicates())
        said = gettext("{units} unit(s) changed by {n} repair(s); all others are as in the file, to the byte")
        click.echo(said.format(units=f"{units:,}", n=f"{log['defect_id'].nunique():,}"))
        if plan.made_valid:
            click.echo(gettext("{n} outline(s) were made valid").format(n=f"{len(plan.made_valid):,}"))
        if any(part.converted for original in done.originals.values() for part in original.parts):
            click.echo(gettext("layers read with control points are written in the metres of the city"))
        dropped = sum(part.dropped for original in done.originals.values() for part in original.parts)
        if dropped:
            click.echo(gettext("{n} column(s) that name persons were left out").format(n=f"{dropped:,}"))
        if plan.waiting:
            click.echo(gettext("{n} defect(s) wait for a person").format(n=f"{len(plan.waiting):,}"))
    _show_files(out, ("street.gpkg", "community.gpkg", "grid.gpkg", "log.jsonl", "exceptions.csv", "layers.toml"))


def _show_simplified(done: Done) -> None:
    import shapely

    from gridkit.reports.boundary_rows import level_name

    for level, frame in done.frames.items():
        before = int(shapely.get_num_coordinates(done.originals[level].layer.frame.geometry.to_numpy()).sum())
        after = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
        said = gettext("{level}: {n} units, {before} vertices before, {after} now")
        click.echo(said.format(level=level_name(level), n=f"{len(frame):,}", before=f"{before:,}", after=f"{after:,}"))


def _show_files(out: Path | None, names: Sequence[str]) -> None:
    if out is None:
        return
    click.echo()
    for name in names:
        if (out / name).exists():
            click.echo(f"{gettext(_FILES[name])}  {out / name}")
