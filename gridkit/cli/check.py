"""``gridkit check``: what is wrong with the files, before anything is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.pipeline import Checked


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
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every finding, not five of a kind.")),
            options.as_json(),
            options.lang(),
        ],
    )


def check(project: Path, show_all: bool, as_json: bool) -> int:
    """Check a project."""
    from gridkit import pipeline

    found, _ = options.open_project(project)
    with options.progress() as progress:
        checked = pipeline.check(found, progress=progress)
    if as_json:
        options.print_json(_as_dict(checked))
    else:
        _show(checked, limit=None if show_all else 5)
    return errors.EXIT_FINDINGS if options.has_findings(checked.findings) else errors.EXIT_CLEAN


def _as_dict(checked: Checked) -> dict[str, object]:
    from gridkit.rules import CATALOGUE

    return {
        "inputs": [
            {"path": s.path, "sheet": s.sheet, "rows_in": s.rows_in, "kept": s.kept, "set_aside": s.set_aside}
            for s in checked.city.sources
        ],
        "findings": [
            {
                "code": row["code"],
                "severity": row["severity"],
                "subject": row["subject"],
                "sentence": CATALOGUE[row["code"]].say(row["params"]),
                "refs": list(row["refs"]),
            }
            for row in checked.findings.rows()
        ],
    }


def _show(checked: Checked, *, limit: int | None) -> None:
    from gridkit.rules import CATALOGUE

    for source in checked.city.sources:
        line = gettext("{name}: {rows_in} rows = {kept} kept + {set_aside} set aside")
        click.echo(line.format(name=source.name, rows_in=source.rows_in, kept=source.kept, set_aside=source.set_aside))
    for code, rows in checked.findings.frame.groupby("code", sort=True):
        rule = CATALOGUE[str(code)]
        click.echo(f"\n{code} {gettext(rule.title)} [{gettext(rule.severity)}] × {len(rows)}")
        for row in rows.head(limit if limit is not None else len(rows)).to_dict("records"):
            places = " ".join(row["refs"][:3])
            click.echo(f"  {rule.say(row['params'])}" + (f"  ← {places}" if places else ""))
        if limit is not None and len(rows) > limit:
            click.echo("  " + gettext("… and {n} more (--all lists them)").format(n=len(rows) - limit))
    click.echo()
    if len(checked.findings):
        line = gettext("{n} findings; what to do about one: gridkit explain rule {code}")
        click.echo(line.format(n=len(checked.findings), code=checked.findings.frame["code"].iloc[0]))
    click.echo(gettext("next: gridkit audit decides coverage and checks more (organisations, indicators, claims)"))
