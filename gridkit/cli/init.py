"""``gridkit init``: the first project file, from a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from gridkit.io.initial import Start
    from gridkit.io.initial.propose import Entry


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "init",
        callback=init,
        help=gettext(
            "Look at a folder of files and write its gridkit.toml: which file is which layer or registry, with the "
            "reasons, doubts and questions as comments.\n\n"
            "FOLDER is the folder with the files, subfolders too (default: the working directory). "
            "The files themselves are never changed."
        ),
        params=[
            click.Argument(["folder"], metavar="[FOLDER]", required=False, default=".",
                           type=click.Path(path_type=Path)),
            click.Option(["--force"], is_flag=True, help=gettext("Write over a gridkit.toml that is there.")),
            click.Option(["--dry-run"], is_flag=True, help=gettext("Print the project file and write nothing.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def init(folder: Path, force: bool, dry_run: bool, as_json: bool) -> int:
    """Write the first project file of a folder."""
    from gridkit.io.initial import start
    from gridkit.writing import whole

    target = folder / options.PROJECT_FILE
    if target.exists() and not force and not dry_run:
        raise errors.OutputError(
            N_("there is a project file already; nothing was written"),
            place=str(target),
            remedy=N_("add --force to write over it, or --dry-run to see what would be written"),
        )
    with options.progress() as progress:
        found = start(folder, progress)
    if not found.proposal.used:
        _show_unused(found, err=True)
        raise errors.InputError(
            N_("no file here can be read as a layer or registry"),
            place=str(folder),
            remedy=N_("put boundary files (GeoPackage, Shapefile, GeoJSON, KML) and tables (.xlsx, .csv) there"),
        )
    if not dry_run:
        with whole(target) as draft:
            draft.write_bytes(found.text.encode("utf-8"))
    if as_json:
        options.print_json({**_as_dict(found), "written": None if dry_run else target.as_posix()})
    elif dry_run:
        click.echo(found.text, nl=False)
    else:
        _show(found, target)
    return errors.EXIT_CLEAN


def _as_dict(found: Start) -> dict[str, Any]:
    from gridkit.io.initial.sections import settings_of

    def of(entry: Entry) -> dict[str, Any]:
        return {
            "name": entry.look.shown,
            "confidence": entry.confidence,
            "reasons": list(entry.reasons),
            "doubts": list(entry.doubts),
        }

    proposal = found.proposal
    return {
        "used": [
            {
                "section": f"{one.group}.{one.kind}",
                "settings": dict(one.settings),
                "tables": [of(entry) for entry in one.entries],
            }
            for one in found.sections
        ],
        "asked": [
            {
                "section": f"{entry.group}.{entry.kind}",
                "settings": settings_of(entry),
                "tables": [of(entry)],
                "question": entry.question,
            }
            for entry in proposal.asked
        ],
        "unused": [{"name": name, "reason": reason, "remedy": remedy} for name, reason, remedy in proposal.unused],
        "datum": [
            {
                "layer": one.entry,
                "parent": one.parent,
                "verdict": one.scores.verdict,
                "n": one.scores.n,
                "shares": dict(zip(one.scores.scores["hypothesis"], one.scores.scores["share"], strict=True)),
            }
            for one in found.verdicts
        ],
        "text": found.text,
    }


def _show(found: Start, target: Path) -> None:
    from gridkit.io.initial.text import CONFIDENCE, printable

    proposal = found.proposal
    for entry in proposal.used:
        name = printable(entry.look.shown)
        line = gettext("{name}  → [{section}]  {confidence} confidence")
        click.echo(
            line.format(
                name=name, section=f"{entry.group}.{entry.kind}", confidence=gettext(CONFIDENCE[entry.confidence])
            )
        )
        for doubt in entry.doubts:
            click.echo("    ? " + printable(doubt))
        if entry.crs:
            click.echo(f'    crs = "{entry.crs}"')
        if entry.maybe:
            click.echo(f'    # crs = "{entry.maybe}"')
    for entry in proposal.asked:
        click.echo(f"{printable(entry.look.shown)}  ? [{entry.group}.{entry.kind}]")
        click.echo("    ? " + printable(entry.question))
    _show_unused(found)
    click.echo("")
    if not any((entry.group, entry.kind) == ("layers", "compound") for entry in proposal.used):
        click.echo(gettext("There is no compound layer: without one gridkit audit decides nothing."))
    click.echo(gettext("wrote {path}").format(path=target))
    click.echo(gettext("next: read it, answer its questions, then gridkit check"))


def _show_unused(found: Start, *, err: bool = False) -> None:
    from gridkit.io.initial.text import printable

    if found.proposal.unused:
        click.echo(gettext("Not used:"), err=err)
    for name, reason, remedy in found.proposal.unused:
        told = f"  {name}: {reason}" + (f" ({remedy})" if remedy else "")
        click.echo(printable(told), err=err)
