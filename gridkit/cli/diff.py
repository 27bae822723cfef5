"""``gridkit diff``: what two of something differ in, and why."""

from __future__ import annotations

from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.diff_layers import subcommand
from gridkit.locale import gettext


def command() -> click.Group:
    """Build the command in the current language."""
    runs = click.Command(
        "runs",
        callback=diff_runs,
        short_help=gettext("Compare two run folders."),
        help=gettext(
            "Compare two run folders: inputs, settings, rules, indicators, verdicts, and the compounds whose coverage "
            "differs, each with its causes.\n\n"
            "A is the earlier run, B the later one. Causes are told in this order: boundaries, rules, project "
            "settings, links, data, version of gridkit, rows about other places. Exits with 0 where nothing differs, "
            "else with 1."
        ),
        params=[
            click.Argument(["a"], type=click.Path(path_type=Path)),
            click.Argument(["b"], type=click.Path(path_type=Path)),
            click.Option(
                ["-o", "--out"],
                metavar="FILE.xlsx",
                type=click.Path(path_type=Path, dir_okay=False),
                help=gettext("Workbook to write, with a sheet per kind of difference."),
            ),
            options.as_json(),
            options.lang(),
        ],
    )
    return click.Group(
        "diff",
        commands=[runs, subcommand()],
        params=[options.lang()],
        help=gettext(
            "Compare two of something: what differs, and why.\n\n\b\n"
            "gridkit diff runs A B: two run folders\n"
            "gridkit diff layers OLD NEW: two versions of a boundary layer"
        ),
    )


def diff_runs(a: Path, b: Path, out: Path | None, as_json: bool) -> int:
    """Compare two run folders."""
    from gridkit.reports.diff import diff_document, diff_lines, write_diff_xlsx
    from gridkit.stores.diff import diff_runs as compare

    found = compare(a, b)
    if out is not None:
        write_diff_xlsx(found, out)
    if as_json:
        options.print_json(diff_document(found))
    else:
        for line in diff_lines(found):
            click.echo(line)
        if out is not None:
            click.echo(f"{gettext('Workbook')}  {out}")
    return errors.EXIT_CLEAN if found.same else errors.EXIT_FINDINGS
