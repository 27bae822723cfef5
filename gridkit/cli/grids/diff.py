"""``gridkit grids diff``: what two plans differ in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from gridkit.grids.compare import Difference
    from gridkit.model.plan import Plan

_FILE = click.Path(path_type=Path)
RELATIONS = {
    "unchanged": N_("unchanged"), "boundary": N_("another border"), "split": N_("split"), "merge": N_("merged"),
    "many": N_("rearranged"), "issued": N_("new"), "retired": N_("retired"),
}  # fmt: skip


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "diff",
        callback=diff,
        short_help=gettext("Compare two plans of grids."),
        help=gettext(
            "Compare two plans of grids: how many households change their grid, which grids go on, change, are new or "
            "retired, and how old and new grids share households.\n\n"
            "A is the earlier plan folder, B the later one; A alone is compared with the plan that it was proposed "
            "from, else the one from which its edits start. Exits with 0 where nothing differs, else with 1."
        ),
        params=[
            click.Argument(["a"], type=_FILE),
            click.Argument(["b"], type=_FILE, required=False),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every relation.")),
            options.as_json(),
            options.lang(),
        ],
    )


def diff(a: Path, b: Path | None, show_all: bool, as_json: bool) -> int:
    """Compare two plans of grids."""
    from gridkit.grids.compare import diff_plans

    first = shared.open_stored(a)[0]
    old, new = (first.before or first.base, first.plan) if b is None else (first.plan, shared.open_stored(b)[0].plan)
    if b is None and first.before is None and not len(first.log):
        raise errors.UsageError(
            N_("this plan has no plan before it"), remedy=N_("name two plans, or one that was proposed or edited")
        )
    if not set(old.atoms.frame["community"]) & set(new.atoms.frame["community"]):
        raise errors.UsageError(
            N_("the two plans have no community in common"), remedy=N_("compare plans of the same city")
        )
    found = diff_plans(old, new)
    if as_json:
        options.print_json(_document(found))
    else:
        _show(found, old, new, limit=None if show_all else shared.SHOWN)
    same = old.base == new.base or not (found.changed or found.issued or found.retired or found.moved)
    return errors.EXIT_CLEAN if same else errors.EXIT_FINDINGS


def _document(found: Difference) -> dict[str, Any]:
    names = ("households", "moved", "kept", "changed", "issued", "retired")
    return {**{name: getattr(found, name) for name in names}, "relations": found.relations.to_dict("records")}


def _show(found: Difference, old: Plan, new: Plan, *, limit: int | None) -> None:
    line = gettext("{n} of {all} households ({share}) change their grid")
    click.echo(line.format(n=f"{found.moved:,}", all=f"{found.households:,}",
                           share=shared.share(found.moved, found.households)))  # fmt: skip
    line = gettext("grids: {kept} as before, {changed} with another border, {issued} new, {retired} retired")
    click.echo(line.format(kept=found.kept, changed=found.changed, issued=found.issued, retired=found.retired))
    table = found.relations.loc[found.relations["relation"] != "unchanged"]
    for row in table[:limit].itertuples(index=False):
        one = shared.grid_name(old, row.grid_old) if row.grid_old in old.grids.index else "–"
        other = shared.grid_name(new, row.grid_new) if row.grid_new in new.grids.index else "–"
        line = gettext("  {one} → {other}: {n} households ({kind})")
        kind = gettext(RELATIONS.get(row.relation, row.relation))
        click.echo(line.format(one=one, other=other, n=f"{int(row.households_both):,}", kind=kind))
    if limit is not None and len(table) > limit:
        click.echo("  " + gettext("… and {n} more (--all lists them)").format(n=f"{len(table) - limit:,}"))
