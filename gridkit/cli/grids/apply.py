"""``gridkit grids apply``: carry out edits that were made elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

_FILE = click.Path(path_type=Path)


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "apply",
        callback=apply,
        short_help=gettext("Carry out edits that were made elsewhere."),
        help=gettext(
            "Carry out edits that were made elsewhere, such as on the page of a plan.\n\n"
            "EDITS is an edits.jsonl that starts from PLAN, or goes on where its own edits end. Every line is checked "
            "against the line before it: edits of another plan, changed lines, and edits that were applied before are "
            "refused; lines that are missing at the end cannot be seen in it: compare the number and the hash that are "
            "said with those of the place where the edits were made. With -o a new plan folder is written and PLAN "
            "stays as it is. Exits with 0 where the plan has no "
            "errors or warnings afterwards, else with 1."
        ),
        params=[
            click.Argument(["edits"], type=_FILE),
            shared.source("plan"),
            shared.out(gettext("Plan folder to write (default: PLAN itself).")),
            options.as_json(),
            options.lang(),
        ],
    )


def apply(edits: Path, plan: Path, out: Path | None, as_json: bool) -> int:
    """Carry out edits that were made elsewhere."""
    from gridkit import plans
    from gridkit.grids.replay import replay, verify
    from gridkit.io.edits import demand_no_numbers, read_edits
    from gridkit.stores.plan_folder import write_plan

    stored, folder = shared.open_stored(plan)
    if out is None:
        shared.note_board(folder)
    log = read_edits(edits)
    if not len(log):
        raise errors.UsageError(N_("{file} holds no edit"), remedy=N_("name the file with the edits"), file=edits.name)
    verify(log)
    mine = stored.log.edits
    if log.base == stored.log.base and log.edits == mine[: len(log)]:
        raise errors.UsageError(
            N_("these edits were applied before"), remedy=N_("each log can be applied once; undo takes edits back")
        )
    if len(stored.log) and log.base == stored.plan.base and out is None:
        raise errors.UsageError(
            N_("{plan} has edits of its own, which these do not hold"),
            remedy=N_("name a new folder with -o, so that the edits of this one are kept"), plan=folder.name,
        )  # fmt: skip
    base = stored.base if log.base == stored.log.base else stored.plan
    if base is stored.base and log.edits[: len(mine)] != mine:
        raise errors.UsageError(
            N_("these edits and those of {plan} go different ways from edit {seq} on"),
            remedy=N_("make them again with gridkit grids edit, or apply them to a copy of the plan without edits"),
            plan=folder.name, seq=next((n for n, (a, b) in enumerate(zip(log.edits, mine, strict=False), 1) if a != b),
                                       len(log) + 1),
        )  # fmt: skip
    demand_no_numbers(log.edits[len(mine) if base is stored.base else 0 :])
    after = replace(stored, plan=replay(base, log), base=base, log=log)
    write_plan(after, out or folder)
    findings = plans.check_plan(after)
    if as_json:
        options.print_json(
            {"edits": len(log), "head": log.head, "plan": after.plan.base, "findings": shared.finding_rows(findings)}
        )
    else:
        click.echo(gettext("{n} edits; the plan has {grids} grids now").format(n=len(log), grids=len(after.plan)))
        click.echo(shared.log_text(len(log), log.head))
        shared.show_findings(findings)
        shared.saved(out or folder)
    return errors.EXIT_FINDINGS if options.has_findings(findings) else errors.EXIT_CLEAN
