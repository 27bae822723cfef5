"""``gridkit grids file``: the package with which a plan of grids is filed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, current, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridkit.io.referring import Referring
    from gridkit.reports.filing import Filing
    from gridkit.stores.plan_folder import Stored

SCHEMES = ("stat12+3", "beijing15", "cjt349")
POLICIES = ("majority", "strict")
_FILE = click.Path(path_type=Path)
_NO_GROUND = N_(
    "{n} codes that were issued earlier have no ground in the plan before and are retired without a successor"
)
_TWICE = N_(
    "the plan was drawn from layers in which {n} codes are borne by several features, of which one counts: correct "
    "them (gridkit check) and draw it again"
)
_NO_PLAN = N_(
    "{n} codes that were issued earlier are retired without a successor: to carry codes over and to say where "
    "households went, name the plan that held until now with --before"
)


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "file",
        callback=file,
        short_help=gettext("Write the package with which a plan is filed."),
        help=gettext(
            "Write the package with which a plan of grids is filed: cover, table of codes, old and new grids, change "
            "log, findings and what is to be decided as a workbook; codes, relations and ledger as CSV; grids as a "
            "GeoPackage; a map and a picture of before and after; registries carried over to the new codes; hashes of "
            "all.\n\n"
            "PLAN is a plan folder. Grids without a code get one; a code goes on where most households stay. The plan "
            "before is the one that --before names, else the one that PLAN was proposed from (the grids of today), "
            "else the one from which its edits start, where it has codes. Exits with 1 where the plan has errors, when "
            "nothing is written but with --draft, or where its layers bear codes twice, else with 0."
        ),
        params=[click.Argument(["plan"], type=_FILE), *_options(), options.as_json(), options.lang()],
    )


def _options() -> list[click.Parameter]:
    scheme = gettext(
        "How codes are made: {known}, or a template with {{community}} and {{serial}} (default: what "
        "the project says, else stat12+3)."
    )
    return [
        click.Option(["-o", "--out"], metavar="FOLDER", type=_FILE, required=True, help=gettext("Folder to write.")),
        click.Option(["--before"], metavar="PLAN", type=_FILE, help=gettext("Plan that held until now.")),
        click.Option(["--scheme"], metavar="NAME|TEMPLATE", default="", help=scheme.format(known=", ".join(SCHEMES))),
        click.Option(["--policy"], type=click.Choice(POLICIES), default=None,
                     help=gettext("When a code goes on: where most households stay, or only on unchanged land "
                                  "(default: what the project says, else majority).")),
        click.Option(["--date"], default="",
                     help=gettext("Since when the plan holds, as 2024-06-30 (default: the day of the last edit, else "
                                  "today).")),
        click.Option(["--doc-no"], default="", help=gettext("Number of the document that decides it.")),
        click.Option(["--title"], default="", help=gettext("Title of the cover.")),
        click.Option(["--registry", "registries"], metavar="FILE", type=_FILE, multiple=True,
                     help=gettext("Table that refers to grids by their old codes; may be given several times.")),
        click.Option(["--column", "columns"], metavar="NAME", multiple=True,
                     help=gettext("Its column of codes; once for all tables, or once for each.")),
        click.Option(["--draft"], is_flag=True, help=gettext("Write a plan with errors too, marked as a draft.")),
        click.Option(["--no-map"], is_flag=True, help=gettext("Leave out map and picture.")),
        click.Option(["--keep"], metavar="PLAN", type=_FILE,
                     help=gettext("Plan folder to write with the codes issued: the plan before of the next filing.")),
    ]  # fmt: skip


def file(plan: Path, out: Path, before: Path | None, as_json: bool, **said: Any) -> int:
    """File a plan."""
    from gridkit.filing import save_filing
    from gridkit.reports.filing import Terms, make_filing, refusals
    from gridkit.stores.plan_folder import plan_of, write_plan

    stored, folder = shared.open_stored(plan)
    old, old_folder = shared.open_stored(before) if before is not None else (None, None)
    tables = _registries(said["registries"], said["columns"])
    scheme, policy = shared.coding(plan, folder, stored.document["settings"])
    scheme, policy = said["scheme"] or scheme or SCHEMES[0], said["policy"] or policy or POLICIES[0]
    terms = Terms(scheme, policy, _date(said["date"], stored), said["doc_no"], said["draft"], said["title"])
    earlier = old.plan if old is not None else stored.held
    ledger = old.ledger if old is not None and not len(stored.ledger) else stored.ledger
    filing = make_filing(stored.plan, before=earlier, ledger=ledger, log=stored.log, registries=tables, terms=terms)
    filing = replace(filing, names=stored.communities or (old.communities if old else {}), proposed=stored.report)
    refused = refusals(filing)
    given_up = 0 if old is not None else _given_up(filing, stored.ledger)
    if given_up:
        options.note(gettext(_NO_GROUND if earlier is not None else _NO_PLAN).format(n=f"{given_up:,}"))
    twice = shared.codes_twice(stored.document["settings"])
    if twice:
        options.note(gettext(_TWICE).format(n=f"{twice:,}"))
    written = not refused or terms.draft
    if written:
        inputs = {"plan/plan.json": folder / "plan.json"}
        inputs |= {"before/plan.json": old_folder / "plan.json"} if old_folder is not None else {}
        inputs |= {f"registries/{at}/{path.name}": path for at, path in enumerate(said["registries"], start=1)}
        save_filing(filing, out, inputs=inputs, language=current(), maps=not said["no_map"])
        if said["keep"] is not None:
            kept = plan_of(filing.plan, ledger=filing.lineage.ledger)
            write_plan(replace(kept, communities=filing.names), said["keep"])
    if as_json:
        options.print_json(_document(filing, refused, written=written))
    else:
        _show(filing, refused, out if written else None)
    return errors.EXIT_FINDINGS if refused or twice else errors.EXIT_CLEAN


def _given_up(filing: Filing, before: pd.DataFrame) -> int:
    """Return how many codes of the ledger before end with this filing although the plan before does not have them."""
    ledger = filing.lineage.ledger
    held = set() if filing.before is None else set(filing.before.grids["code"])
    live = set(before.loc[before["status"] == "live", "code"]) - held
    return int(((ledger["status"] == "retired") & ledger["code"].isin(live)).sum())


def _date(text: str, stored: Stored) -> str:
    """Return the day from which the plan holds."""
    if not text:
        times = [edit.time for edit in stored.log.edits if edit.time]
        return (times[-1] if times else shared.now())[:10]
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as problem:
        raise errors.UsageError(
            N_("{text} is no date"), remedy=N_("write it as 2024-06-30"), text=text[:40]
        ) from problem


def _registries(files: Sequence[Path], columns: Sequence[str]) -> list[Referring]:
    from gridkit.io.referring import read_referring

    if len(columns) not in (1, len(files)) and files:
        raise errors.UsageError(
            N_("--column does not fit --registry"), remedy=N_("give it once for all tables, or once for each")
        )
    named = list(columns) * (len(files) if len(columns) == 1 else 1)
    return [table for path, column in zip(files, named, strict=False) for table in read_referring(path, column)]


def _outcomes(filing: Filing) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in filing.registries:
        for outcome, n in one.homes["outcome"].value_counts().items():
            counts[str(outcome)] = counts.get(str(outcome), 0) + int(n)
    return dict(sorted(counts.items()))


def _document(filing: Filing, refused: list[str], *, written: bool) -> dict[str, Any]:
    from gridkit.reports.filing import community_rows

    total = community_rows(filing)[-1]
    relations = filing.lineage.relations["relation"].value_counts()
    return {
        "written": written, "draft": filing.terms.draft, "grids": len(filing.plan), "date": filing.terms.date,
        "in_band": [total["inside"], total["drawn"]], "errors": refused, "findings": filing.findings.counts(),
        "relations": {str(key): int(n) for key, n in sorted(relations.items())}, "registries": _outcomes(filing),
        "edits": len(filing.log), "head": filing.log.head,
        "dropped_columns": sum(len(one.table.dropped) for one in filing.registries),
    }  # fmt: skip


def _show(filing: Filing, refused: list[str], out: Path | None) -> None:
    from gridkit.reports.filing import TO_DECIDE, community_rows

    total = community_rows(filing)[-1]
    if refused:
        click.echo(gettext("{n} errors for which the plan cannot be filed:").format(n=f"{len(refused):,}"))
        for line in refused[: shared.SHOWN]:
            click.echo(f"  {line}")
        if len(refused) > shared.SHOWN:
            more = gettext("… and {n} more (--json lists them)").format(n=f"{len(refused) - shared.SHOWN:,}")
            click.echo(f"  {more}")
    if out is None:
        click.echo(gettext("Nothing was written; --draft writes a draft."))
        return
    click.echo(
        gettext("{grids} grids, {n}/{all} comprehensive grids in the band").format(
            grids=f"{len(filing.plan):,}", n=total["inside"], all=total["drawn"]
        )
    )
    if len(filing.log):
        click.echo(shared.log_text(len(filing.log), filing.log.head))
    outcomes = _outcomes(filing)
    if outcomes:
        waiting = sum(outcomes.get(name, 0) for name in TO_DECIDE)
        dropped = sum(len(one.table.dropped) for one in filing.registries)
        click.echo(
            gettext("{n} rows of registries carried over, {m} to be decided, {k} columns of persons left out").format(
                n=f"{sum(outcomes.values()) - waiting:,}", m=f"{waiting:,}", k=dropped
            )
        )
    click.echo(gettext("Filing  {path}").format(path=out))
