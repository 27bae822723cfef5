"""``gridkit claims``: what a report claims, drafted from its text."""

from __future__ import annotations

import os.path
from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext


def command() -> click.Group:
    """Build the command in the current language."""
    extract = click.Command(
        "extract",
        callback=claims_extract,
        short_help=gettext("Draft claims.toml from the text of a report."),
        help=gettext(
            "Draft claims.toml from the text of a report, and recompute the report's own arithmetic.\n\n"
            "FILE is a .txt, .docx or .html file in Chinese. Every figure becomes a draft, or a comment where no "
            "indicator measures it; redacted figures stay redacted. Name the file in gridkit.toml "
            '(claims = "claims.toml") and gridkit audit judges it. '
            "Exits with 1 where the arithmetic contradicts itself."
        ),
        params=[
            click.Argument(["file"], type=click.Path(path_type=Path)),
            click.Option(
                ["-o", "--out"],
                metavar="FILE.toml",
                type=click.Path(path_type=Path, dir_okay=False),
                help=gettext("Claims file to write; without it the drafts are printed."),
            ),
            click.Option(["--force"], is_flag=True, help=gettext("Write over a claims file that is there.")),
            options.as_json(),
            options.lang(),
        ],
    )
    return click.Group(
        "claims",
        commands=[extract],
        params=[options.lang()],
        help=gettext("Claims of reports.\n\ngridkit claims extract FILE: draft them from a text"),
    )


def claims_extract(file: Path, out: Path | None, force: bool, as_json: bool) -> int:
    """Draft the claims of a report."""
    from gridkit.io.report_text import read_report
    from gridkit.reports.claims_text import claims_document, claims_file, read_claims, summary_lines, write_claims

    if out is not None and os.path.exists(out) and not force:  # noqa: PTH110  # never fails, whatever the name
        raise errors.OutputError(
            N_("there is a claims file already; nothing was written"),
            place=str(out),
            remedy=N_("add --force to write over it, or name another file"),
        )
    found = read_claims(read_report(file))
    if out is not None:
        write_claims(found, out)
    if as_json:
        options.print_json(claims_document(found))
    else:
        if out is None:
            click.echo(claims_file(found), nl=False)
        for line in summary_lines(found):
            click.echo(line, err=out is None)
        if out is not None:
            click.echo(gettext("wrote {path}").format(path=out))
    return errors.EXIT_FINDINGS if options.has_findings(found.findings) else errors.EXIT_CLEAN
