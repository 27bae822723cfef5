"""``gridkit grids propose``: grids for every community, with what is reached and why not more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.cli.grids.atoms import LEFT_OUT, event_text
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from gridkit.grids.propose import Proposal
    from gridkit.model.plan import Norm, Plan
    from gridkit.stores.plan_folder import Stored

    Progress = Callable[[str, int, int], None]

PROFILES = ("fast", "balanced", "best")
STATUSES = {"optimal": N_("optimal"), "feasible": N_("feasible"), "kept": N_("kept")}


@dataclass(frozen=True)
class _Start:
    """What is drawn: atoms with the grids of today, the baseline, and what a plan folder keeps of its origin.

    ``before`` is the plan that held until now, ``report`` how good the grids of today were when they were proposed.
    """

    today: Plan
    baseline: Plan | None
    norm: Norm
    allow_mixed: bool
    ledger: pd.DataFrame | None
    inputs: Mapping[str, str]
    settings: Mapping[str, Any]
    before: Plan | None = None
    communities: Mapping[str, str] = field(default_factory=dict)
    report: pd.DataFrame | None = None


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "propose",
        callback=propose,
        short_help=gettext("Propose the grids of every community."),
        help=gettext(
            "Propose the grids of every community: contiguous, inside one community, in the band, compounds whole, "
            "compact and along roads. Where the city has grids, as few households as possible change theirs.\n\n"
            "SOURCE is a project (gridkit.toml or its folder) or a plan folder (default: the working directory). "
            "Without -o the proposal is only shown. Each community says how many grids lie in the band, how many "
            "households could at most, whether the grids are proven optimal, and why the band is out of reach where "
            "it is. Exits with 0 where all grids lie in the band and no code is borne by several features, else with 1."
        ),
        params=[
            shared.source(),
            shared.out(gettext("Plan folder to write.")),
            shared.band(),
            shared.measure(),
            click.Option(["--profile"], type=click.Choice(PROFILES), default="balanced", show_default=True,
                         help=gettext("How much is tried.")),
            click.Option(["--prove"], is_flag=True, help=gettext("Solve to the optimum where that can be proven.")),
            click.Option(["--baseline"], metavar="PLAN", type=click.Path(path_type=Path),
                         help=gettext("Plan of which as little as possible is changed (default: the grids of today).")),
            click.Option(["--fresh"], is_flag=True, help=gettext("Draw without regard to the grids of today.")),
            click.Option(["--lock"], metavar="GRID", multiple=True,
                         help=gettext("Grid that stays as it is; may be given several times.")),
            click.Option(["--community", "communities"], metavar="CODE", multiple=True,
                         help=gettext("Only this community; may be given several times.")),
            click.Option(["--allow-mixed"], is_flag=True,
                         help=gettext("Let parts of a cut compound share a grid with other compounds.")),
            click.Option(["--seed"], type=click.IntRange(min=0), default=0, show_default=True,
                         help=gettext("Seed of the search; the same one gives the same grids.")),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every community.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def propose(  # noqa: PLR0913, PLR0917 - the options of the command line
    source: Path, out: Path | None, band: str, measure: str | None, profile: str, prove: bool, baseline: Path | None,
    fresh: bool, lock: tuple[str, ...], communities: tuple[str, ...], allow_mixed: bool, seed: int, show_all: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Propose the grids of every community."""
    from gridkit import plans
    from gridkit.grids.codes import empty_ledger
    from gridkit.grids.lineage import with_present
    from gridkit.grids.propose import KEEP, Wish
    from gridkit.plan_source import STEPS
    from gridkit.stores.plan_folder import plan_of, write_plan

    if fresh and (baseline is not None or lock):
        raise errors.UsageError(
            N_("--fresh goes neither with --baseline nor with --lock"), remedy=N_("leave one of them out")
        )
    with options.progress() as progress:
        start = _start(source, baseline, band=band, measure=measure or "", progress=progress)
        base = None if fresh else start.baseline
        if lock:
            if base is None:
                raise errors.UsageError(
                    N_("there are no grids that could be locked"), remedy=N_("name the plan that has them: --baseline")
                )
            base = plans.locked(base, [shared.resolve(base, name) for name in lock])
        wish = Wish(profile, prove, seed, keep=0.0 if base is None else KEEP,
                    allow_mixed=allow_mixed or start.allow_mixed)  # fmt: skip
        found = plans.propose_plan(
            start.today, norm=start.norm, baseline=base, communities=communities, wish=wish, progress=progress
        )
        if lock and base is not None:
            found = _as_locked_before(found, start)
        if out is not None:
            progress(gettext(STEPS[3]), 3, len(STEPS))
            said = {"profile": profile, "prove": prove, "seed": seed, "fresh": base is None,
                    "allow_mixed": wish.allow_mixed}  # fmt: skip
            ledger = empty_ledger() if start.ledger is None else start.ledger
            for plan in (start.today, start.baseline):  # codes that a new plan gives up are never issued again
                ledger = with_present(ledger, plan)
            stored = replace(plan_of(found.plan, ledger=ledger), before=start.before, communities=start.communities,
                             report=_reported(found, start))  # fmt: skip
            write_plan(stored, out, inputs=start.inputs, settings={**start.settings, "proposed": said})
    if as_json:
        options.print_json(_document(found, redrawn=base is not None))
    else:
        _show(found, start.norm, redrawn=base is not None, limit=None if show_all else shared.SHOWN)
        if out is not None:
            shared.saved(out)
    report = found.report
    sound = int(report["in_band"].sum()) == int(report["grids"].sum()) and not shared.codes_twice(start.settings)
    return errors.EXIT_CLEAN if sound else errors.EXIT_FINDINGS


def _start(source: Path, baseline: Path | None, *, band: str, measure: str, progress: Progress) -> _Start:
    from gridkit import plans
    from gridkit.stores.plan_folder import is_plan

    other = None if baseline is None else shared.open_stored(baseline)[0]
    if is_plan(source):
        stored, _folder = shared.open_stored(source)
        start = _of_plan(stored, band=band, measure=measure)
    else:
        project, _ = options.open_project(source)
        made = plans.make_atoms(project, band=band, measure=measure, progress=progress)
        for note in made.source.notes:
            options.note(note)
        for event in LEFT_OUT:
            rows = made.built.log.loc[made.built.log["event"] == event]
            if len(rows):
                options.note(event_text(event, rows))
        today = made.today if made.today is not None and len(made.today) else None
        start = _Start(
            made.plan,
            today,
            made.source.norm,
            project.grids.allow_mixed,
            plans.ledger_of(made),
            made.source.files,
            {**made.settings, "codes": shared.codes_stated(project)},
            today,
            made.communities,
        )
    if other is None:
        return start
    ledger = other.ledger if len(other.ledger) else start.ledger
    return replace(start, baseline=other.plan, ledger=ledger, before=other.held or other.plan)


def _of_plan(stored: Stored, *, band: str, measure: str) -> _Start:
    from gridkit.model.plan import Norm

    plan = stored.plan
    norm = plan.norm
    if band or measure:
        text = band or f"{norm.low}:{norm.best}:{norm.high}"
        norm = Norm.parse(text, measure=measure or norm.measure)
    before = plan if len(plan) else None
    document = stored.document
    mixed = bool(document.get("settings", {}).get("proposed", {}).get("allow_mixed"))
    held = stored.before or (stored.base if len(stored.base) else None)
    report = None if len(stored.log) else stored.report
    return _Start(plan, before, norm, mixed, stored.ledger, document["inputs"], document["settings"], held,
                  stored.communities, report)  # fmt: skip


def _reported(found: Proposal, start: _Start) -> pd.DataFrame:
    """Return what is reached, with what was said earlier of communities that were not drawn again."""
    import pandas as pd

    from gridkit.stores.plan_files import report_table

    report = report_table(found.report)
    if start.report is None:
        return report
    rest = start.report.loc[~start.report["community"].isin(report["community"])]
    return pd.concat([rest, report]).sort_values("community", ignore_index=True)


def _as_locked_before(found: Proposal, start: _Start) -> Proposal:
    """Return a proposal in which only those grids are locked that were so before: --lock holds for one run."""
    before = start.baseline.grids["locked"] if start.baseline is not None else {}
    grids = found.plan.grids.copy()
    grids["locked"] = [bool(before.get(uid, False)) for uid in grids.index]
    return replace(found, plan=replace(found.plan, grids=grids))


def _document(found: Proposal, *, redrawn: bool) -> dict[str, Any]:
    rows = []
    for row in found.report.to_dict("records"):
        gap = row["gap"]
        rows.append({
            **row, "gap": None if gap != gap else float(gap), "moved": row["moved"] if redrawn else None,  # noqa: PLR0124
            "fewest_outside": None if row["fewest_outside"] != row["fewest_outside"] else row["fewest_outside"],
            "reasons": [
                {"kind": kind, "n": n, "text": shared.reason_text([(kind, n)])} for kind, n in row["reasons"]
            ],
        })  # fmt: skip
    return {"communities": rows, "totals": _totals(found, redrawn=redrawn)}


def _totals(found: Proposal, *, redrawn: bool) -> dict[str, Any]:
    report = found.report
    names = ("grids", "in_band", "households", "share_households", "bound_households", "moved")
    sums: dict[str, Any] = {name: int(report[name].sum()) for name in names}
    statuses = {name: int((report["status"] == name).sum()) for name in STATUSES}
    return {**sums, "moved": sums["moved"] if redrawn else None, "statuses": statuses}


def _show(found: Proposal, norm: Norm, *, redrawn: bool, limit: int | None) -> None:
    sums = _totals(found, redrawn=redrawn)
    line = gettext("{grids} grids in {communities} communities, {n} ({share}) with {low} to {high} {measure}")
    click.echo(line.format(
        grids=f"{sums['grids']:,}", communities=f"{len(found.report):,}", n=f"{sums['in_band']:,}",
        share=shared.share(sums["in_band"], sums["grids"]), low=norm.low, high=norm.high,
        measure=gettext(shared.MEASURES[norm.measure]),
    ))  # fmt: skip
    line = gettext("{n} {measure} live in such grids ({share}); at most {bound} could")
    click.echo(line.format(
        n=f"{sums['share_households']:,}", share=shared.share(sums["share_households"], sums["households"]),
        bound=f"{sums['bound_households']:,}", measure=gettext(shared.MEASURES[norm.measure]),
    ))  # fmt: skip
    if redrawn:
        line = gettext("{n} {measure} ({share}) change their grid")
        click.echo(line.format(n=f"{sums['moved']:,}", share=shared.share(sums["moved"], sums["households"]),
                               measure=gettext(shared.MEASURES[norm.measure])))  # fmt: skip
    parts = [f"{gettext(text)} {sums['statuses'][name]:,}" for name, text in STATUSES.items() if sums["statuses"][name]]
    click.echo(gettext("communities: {parts}").format(parts=gettext(", ").join(parts)))
    _show_communities(found.report, limit=limit)


def _show_communities(report: pd.DataFrame, *, limit: int | None) -> None:
    open_ones = report.loc[report["in_band"] < report["grids"]]
    if limit is None:
        open_ones = report
    if open_ones.empty:
        return
    click.echo()
    for row in open_ones[:limit].to_dict("records"):
        gap = row["gap"]
        status = gettext(STATUSES[row["status"]])
        if row["status"] == "feasible" and gap == gap:  # noqa: PLR0124 - NaN
            status = gettext("{status}, gap {gap} %").format(status=status, gap=f"{100 * gap:.2f}")
        line = gettext("{code}: {n} of {grids} grids in the band, {here} of at most {bound} ({status})")
        click.echo(line.format(code=row["community"], n=row["in_band"], grids=row["grids"], status=status,
                               here=f"{row['share_households']:,}", bound=f"{row['bound_households']:,}"))  # fmt: skip
        if row["reasons"]:
            click.echo("  " + shared.reason_text(row["reasons"]))
        elif row["in_band"] < row["grids"]:
            click.echo("  " + gettext("no reason is proven: try --profile best or --prove"))
    if limit is not None and len(open_ones) > limit:
        click.echo(gettext("… and {n} more (--all lists them)").format(n=f"{len(open_ones) - limit:,}"))
