"""``gridkit explain``: what a rule says, or why one compound is covered or not."""

from __future__ import annotations

import difflib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from gridkit.rules.examples import Case


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "explain",
        callback=explain,
        help=gettext(
            "Explain a rule or a decision.\n\n"
            "\b\n"
            "gridkit explain rule C101        what a rule says, and where it comes from\n"
            "gridkit explain RUN COMPOUND     why this compound is covered or not, down to the cells"
        ),
        params=[
            click.Argument(["what"], metavar="rule|RUN"),
            click.Argument(["subject"], metavar="ID|COMPOUND"),
            options.as_json(),
            options.lang(),
        ],
    )


def explain(what: str, subject: str, as_json: bool) -> int:
    """Explain a rule or a compound."""
    if what == "rule":
        _rule(subject, as_json=as_json)
    else:
        _compound(Path(what), subject, as_json=as_json)
    return errors.EXIT_CLEAN


def _rule(code: str, *, as_json: bool) -> None:
    from gridkit.rules import CATALOGUE
    from gridkit.rules.examples import FAILING, cases

    rule = CATALOGUE.get(code.upper())
    if rule is None:
        close = difflib.get_close_matches(code.upper(), CATALOGUE, n=5) or list(CATALOGUE)[:5]
        raise errors.UsageError(
            N_("there is no rule {code}; there are, among others: {known}"), code=code, known=" ".join(close)
        )
    if as_json:
        options.print_json({
            "code": rule.code, "name": rule.name, "severity": rule.severity, "title": gettext(rule.title),
            "sentence": rule.say({}), "remedy": gettext(rule.remedy), "source": gettext(rule.source),
            "elsewhere": rule.elsewhere,
            "case": {kind: asdict(case) for kind, case in cases().get(rule.code, {}).items()} or None,
        })  # fmt: skip
        return
    click.echo(f"{rule.code} {rule.name} [{gettext(rule.severity)}]")
    click.echo(gettext(rule.title))
    click.echo(rule.say({}))
    if rule.remedy:
        click.echo(gettext("Remedy: {remedy}").format(remedy=gettext(rule.remedy)))
    if rule.elsewhere:
        click.echo(gettext("In GIS programs: {names}").format(names=rule.elsewhere))
    click.echo(gettext("Source: {source}").format(source=gettext(rule.source)))
    if rule.code in cases():
        _draw(cases()[rule.code][FAILING])


def _draw(case: Case) -> None:
    """Draw a case that breaks the rule."""
    from gridkit.reports.picture import draw, speaks_braille

    click.echo("\n" + gettext("A case that breaks the rule:"))
    for line in draw(case, plain=not speaks_braille(getattr(sys.stdout, "encoding", None))):
        click.echo(line)


def _compound(run: Path, compound: str, *, as_json: bool) -> None:
    from gridkit.coverage import explain_rows
    from gridkit.stores import read_compound

    stored = read_compound(run, compound)
    if as_json:
        options.print_json(stored)
        return
    for line in explain_rows(stored["compound"], stored["trace"], stored["findings"]):
        click.echo(line)
