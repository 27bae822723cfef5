"""``gridkit check``: what is wrong with the files, before anything is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridkit.pipeline import Checked

EXAMPLES: Final = 5
"""Findings of one rule that are shown without ``--all``."""
CELLS: Final = 3
"""Cells of one finding that are shown; the others are counted."""
_COLOURS: Final = {"error": "red", "warning": "yellow", "notice": "blue"}


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "check",
        callback=check,
        help=gettext(
            "Read the files of a project and list what is wrong with them, with file, sheet, row and column.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory). "
            "Exits with 1 where there are findings."
        ),
        params=[
            options.project(),
            click.Option(
                ["-o", "--out"],
                metavar="DIR",
                type=click.Path(path_type=Path),
                help=gettext(
                    "Folder for the whole list (xlsx, JSON), marked copies of the tables and boundary defects."
                ),
            ),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every finding, not five of a kind.")),
            options.as_json(),
            options.lang(),
        ],
    )


def check(project: Path, out: Path | None, show_all: bool, as_json: bool) -> int:
    """Check a project."""
    from gridkit import pipeline
    from gridkit.reports import check_document
    from gridkit.reports.check_decisions import block, decisions

    found, _ = options.open_project(project, lenient=True)
    with options.progress() as progress:
        checked = pipeline.check(found, progress=progress)
        if out is not None:
            pipeline.save_check(checked, found, out, progress=progress)
    if as_json:
        options.print_json(check_document(checked, out))
    else:
        for line in block(decisions(checked, options.project_text(project))):
            click.echo(line)
        _show(checked, limit=None if show_all else EXAMPLES)
        _show_files(checked, out)
    return errors.EXIT_FINDINGS if options.has_findings(checked.findings) else errors.EXIT_CLEAN


def _show(checked: Checked, *, limit: int | None) -> None:
    from gridkit.reports.check import concerned, ordered, rule_counts, severity_counts

    for source in checked.city.sources:
        line = gettext("{name}: {rows_in} rows = {kept} kept + {set_aside} set aside")
        click.echo(line.format(name=source.name, rows_in=source.rows_in, kept=source.kept, set_aside=source.set_aside))
    by_rule = {str(code): rows for code, rows in ordered(checked.findings).groupby("code", sort=False)}
    totals = severity_counts(checked)
    severity = ""
    for count in rule_counts(checked):
        if count.severity != severity:
            severity = count.severity
            click.echo()
            heading = gettext("{severity}: {counts}")
            heading = heading.format(severity=gettext(severity), counts=concerned(totals[severity]))
            click.secho(heading, fg=_COLOURS[severity], bold=True)
        _show_rule(count.code, concerned(count.counts), by_rule[count.code], limit=limit)


def _show_rule(code: str, counts: str, rows: pd.DataFrame, *, limit: int | None) -> None:
    from gridkit.reports import words

    click.echo("\n  " + gettext("{rule} ({counts})").format(rule=words.coded(code), counts=counts))
    for row in rows[:limit].itertuples(index=False):
        click.echo(f"    {words.finding_sentence(code, row.params)}{_cells(row.refs or (row.subject,))}")
    if limit is not None and len(rows) > limit:
        click.echo("    " + gettext("… and {n} more (--all lists them)").format(n=len(rows) - limit))


def _cells(refs: Sequence[str]) -> str:
    shown = " ".join(refs[:CELLS])
    more = gettext("… and {n} more").format(n=len(refs) - CELLS) if len(refs) > CELLS else ""
    return f"  ← {shown} {more}".rstrip()


def _show_files(checked: Checked, out: Path | None) -> None:
    """Say where the whole list is, what to do about a finding, and what comes next."""
    click.echo()
    if len(checked.findings):
        line = gettext("{n} findings; what to do about one: gridkit explain rule {code}")
        click.echo(line.format(n=len(checked.findings), code=_first(checked.findings.frame)))
    if out is None:
        click.echo(gettext("the whole list, and copies of the tables with the cells marked: gridkit check --out DIR"))
    else:
        labels = {
            "check.xlsx": gettext("Whole list"),
            "marked": gettext("Marked copies"),
            "defects.gpkg": gettext("Boundary defects"),
            "check.json": gettext("For programs"),
        }
        for name, label in labels.items():
            if (out / name).exists():
                click.echo(f"{label}  {out / name}")
    if "compound" in checked.city.layers:
        click.echo(gettext("next: gridkit audit decides coverage and checks more (organisations, indicators, claims)"))
    else:
        click.echo(
            gettext("next: name the layer of compounds in gridkit.toml ([layers.compound]); without it no audit")
        )


def _first(frame: Any) -> str:
    """Return the code of a rule of the worst severity that was found."""
    for severity in _COLOURS:
        codes = frame.loc[frame["severity"] == severity, "code"]
        if len(codes):
            return str(codes.iloc[0])
    return ""
