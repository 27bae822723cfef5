"""``gridkit link``: which rows were joined to which places, which wait, and what a file of decisions changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.io.project import Project

_TABLES: Final = {"unit": "units", "company": "property_companies", "branch": "branches"}
SHOWN: Final = 20
"""Changes of one kind that are listed; --json lists all."""
_CHANGES: Final = {
    "gained": N_("{n} mention(s) linked now"),
    "lost": N_("{n} mention(s) linked no more"),
    "changed": N_("{n} mention(s) linked to another place"),
    "settled": N_("{n} mention(s) decided to name nothing known"),
    "reopened": N_("{n} mention(s) waiting again"),
}
_STATES: Final = {
    "used": N_("{n} used"),
    "gone": N_("{n} whose target is not there"),
    "single": N_("{n} with several targets for one thing"),
    "unseen": N_("{n} that no row asks for"),
    "expired": N_("{n} expired"),
}


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "link",
        callback=link,
        help=gettext(
            "Link the registries to places and records, and count per column what was linked, waits for a person, or "
            "names nothing known.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory). "
            "With --apply the decisions of one more file are used, and what they change is shown: links, the status of "
            "compounds, indicators. Nothing of the project is changed. Exits with 1 where something waits or "
            "contradicts."
        ),
        params=[
            options.project(),
            click.Option(
                ["--apply"],
                metavar="FILE",
                type=click.Path(path_type=Path, dir_okay=False),
                help=gettext("Overrides file (CSV or workbook) to use beside the project's own."),
            ),
            click.Option(
                ["-o", "--out"],
                metavar="DIR",
                type=click.Path(path_type=Path, file_okay=False),
                help=gettext("Folder for the review page, the review workbook, and the whole result (Parquet, JSON)."),
            ),
            options.as_json(),
            options.lang(),
        ],
    )


def link(project: Path, apply: Path | None, out: Path | None, as_json: bool) -> int:
    """Link a project."""
    from gridkit import linking
    from gridkit.reports import link_document

    found, _ = options.open_project(project)
    if apply is not None and not apply.is_file():
        raise errors.InputError(
            N_("there is no such file"), place=str(apply), remedy=N_("name an overrides file after --apply")
        )
    with options.progress() as progress:
        before, after = linking.relink(found, apply=apply, review=out is not None, progress=progress)
    if apply is None:
        document = link_document(after, profile=found.links.profile)
    else:
        keep = keep_line(found, apply)
        document = link_document(after, profile=found.links.profile, before=before, keep=keep)
    if out is not None:
        linking.save_links(after, document, out)
    if as_json:
        options.print_json(document)
    else:
        _show(document)
        if out is not None:
            _show_files(out)
    return errors.EXIT_FINDINGS if options.has_findings(after.findings) else errors.EXIT_CLEAN


def _show_files(out: Path) -> None:
    """Say where the decisions are to be made, and what else was written."""
    labels = {
        "review.html": gettext("Decide in the browser"),
        "review.xlsx": gettext("Decide in a workbook"),
        "links.parquet": gettext("All links"),
        "link.json": gettext("For programs"),
    }
    for name, label in labels.items():
        click.echo(f"{label}  {out / name}")


def keep_line(project: Project, apply: Path) -> str:
    """Return what makes the decisions of a file stay: a line for the project file, or where to add them."""
    if project.links.overrides:
        said = gettext("add the lines of {file} to {overrides}")
        return said.format(file=apply.name, overrides=project.links.overrides)
    try:
        path = Path(os.path.relpath(apply.resolve(), project.root.resolve())).as_posix()
    except ValueError:  # another drive
        path = apply.name
    return gettext("write below [links] in gridkit.toml: {line}").format(line=f'overrides = "{path}"')


def _show(document: Mapping[str, Any]) -> None:
    said = gettext("profile {profile}, weights version {version}")
    click.echo(said.format(profile=document["profile"], version=document["weights"]))
    for row in document["columns"]:
        _show_column(row)
    _show_unfit(document["unfit"])
    decided = [gettext(_STATES[key]).format(n=n) for key, n in document["decisions"].items() if n]
    if decided:
        click.echo("\n" + gettext("Decisions: {counts}").format(counts=gettext(", ").join(decided)))
    if "changes" in document:
        _show_changes(document["changes"])
        click.echo("\n" + gettext("to keep them: {what}").format(what=document["keep"]))
    click.echo()
    waiting = sum(row["waiting"] for row in document["columns"])
    if waiting:
        click.echo(gettext("{n} mention(s) wait for a person").format(n=f"{waiting:,}"))
    click.echo(gettext("next: gridkit audit decides coverage with these links"))


def _show_column(row: Mapping[str, Any]) -> None:
    from gridkit.linkage.mentions import title_of
    from gridkit.reports import words
    from gridkit.rules.labels import label

    name = label(title_of(row["kind"], row["field"]), "field")
    line = gettext(
        "{table}, {column} → {level}: {mentions} mentions = {accepted} linked + {waiting} waiting + {none} unknown"
    )
    numbers = {key: f"{row[key]:,}" for key in ("mentions", "accepted", "waiting", "none")}
    click.echo(
        line.format(
            table=words.table_label(row["kind"]),
            column=name,
            level=words.table_label(_TABLES.get(row["level"], row["level"])),
            **numbers,
        )
    )
    methods = [f"{label(method, 'method')} {n:,}" for method, n in row["methods"].items()]
    if methods:
        click.echo("    " + gettext("linked by: {methods}").format(methods=gettext("; ").join(methods)))


def _show_unfit(rows: Sequence[Mapping[str, Any]]) -> None:
    from gridkit.rules.labels import label

    words = {
        "shifted": N_("shifted by a row"),
        "offset": N_("shifted by {dx} m to the east and {dy} m to the north"),
        "wrong": N_("contradicts the names"),
    }
    for row in rows:
        verdict = gettext(words[row["verdict"]]).format(dx=f"{row['dx']:g}", dy=f"{row['dy']:g}")
        line = gettext(
            "not used: column of {column} for {field} in {source}: {verdict} ({agreeing} of {checked} agree)"
        )
        column = {"code": gettext("codes"), "point": gettext("points")}.get(row["column"], gettext("communities"))
        numbers = {key: row[key] for key in ("source", "agreeing", "checked")}
        click.echo(line.format(column=column, field=label(row["field"], "field"), verdict=verdict, **numbers))


def _show_changes(changes: Mapping[str, Any]) -> None:
    click.echo("\n" + gettext("What the decisions change"))
    links = changes["links"]
    for name, said in _CHANGES.items():
        rows = [row for row in links if row["change"] == name]
        if rows:
            click.echo("  " + gettext(said).format(n=f"{len(rows):,}"))
        _list([_change(row) for row in rows])
    _show_status(changes)
    city = [row for row in changes["indicators"] if row["scope_level"] == "city"]
    click.echo("  " + gettext("{n} indicator(s) of the whole city changed").format(n=len(city)))
    for row in city:
        click.echo(f"    {_title(row)}: {_rate(row, 'before')} → {_rate(row, 'after')}")


def _show_status(changes: Mapping[str, Any]) -> None:
    from gridkit.reports import words

    click.echo("  " + gettext("{n} compound(s) with another status").format(n=f"{len(changes['compounds']):,}"))
    for row in changes["status_counts"]:
        old, new = words.status_label(row["old"]), words.status_label(row["new"])
        click.echo(f"    {old} → {new}: {row['compounds']:,}")
        same = [one for one in changes["compounds"] if (one["old"], one["new"]) == (row["old"], row["new"])]
        _list([gettext("{name} ({code})").format(name=one["name"], code=one["code"]) for one in same], indent=6)


def _list(lines: Sequence[str], *, indent: int = 4) -> None:
    for line in lines[:SHOWN]:
        click.echo(" " * indent + line)
    if len(lines) > SHOWN:
        click.echo(" " * indent + gettext("… and {n} more (--json lists them)").format(n=len(lines) - SHOWN))


def _change(row: Mapping[str, Any]) -> str:
    codes = f": {_codes(row['before'])} → {_codes(row['after'])}" if row["before"] or row["after"] else ""
    return f"{row['mention']}{codes}  ← {row['cell']}"


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "–"


def _title(row: Mapping[str, Any]) -> str:
    from gridkit.audit.titles import basis_label

    return gettext("{name} ({code})").format(name=row["title"], code=basis_label(row["basis"]))


def _rate(row: Mapping[str, Any], side: str) -> str:
    from gridkit.reports import words

    figures = row[side]
    if figures is None:
        return "–"
    return words.rate(row["id"], figures["numerator"], figures["denominator"], figures["unknown"])
