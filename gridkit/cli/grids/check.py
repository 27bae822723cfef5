"""``gridkit grids check``: what is wrong with a plan of grids, or with grids that somebody has drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.cli.grids.propose import STATUSES
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    import pandas as pd

    from gridkit.model import Findings


_AS_PROPOSED = N_("as proposed: communities {parts}; at most {bound} households in the band")
_EDITED = N_("when proposed, before the edits: communities {parts}; at most {bound} households in the band")


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "check",
        callback=check,
        short_help=gettext("Say what is wrong with grids."),
        help=gettext(
            "Say what is wrong with grids: land without a grid, two communities in one, pieces that do not hang "
            "together, sizes outside the band, compounds that are cut, empty grids, codes that are unknown, damaged or "
            "used again; of drawn layers also gaps, overlaps and land outside.\n\n"
            "SOURCE is a plan folder, or a project (default: the working directory): then its plan is checked, or the "
            "layers that --layer names, against its communities and compounds, or else its own layer of grids. Every "
            "finding has its place in degrees. Exits with 0 where nothing is wrong, else with 1."
        ),
        params=[
            shared.source(),
            click.Option(["--layer", "layers"], metavar="FILE", multiple=True,
                         help=gettext("Grids drawn as polygons, FILE or FILE!LAYER; may be given several times.")),
            shared.band(),
            shared.measure(),
            click.Option(["--all", "show_all"], is_flag=True, help=gettext("List every finding.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def check(source: Path, layers: tuple[str, ...], band: str, measure: str | None, show_all: bool, as_json: bool) -> int:
    """Say what is wrong with grids."""
    from gridkit.stores.plan_folder import is_plan

    if is_plan(source) or not options.project_file(source).is_file():
        if layers:
            raise errors.UsageError(
                N_("--layer is checked against a project"), remedy=N_("name the gridkit.toml or its folder first")
            )
        found = [_plan(source)]
    else:
        found = _of_project(source, layers, band=band, measure=measure or "")
    findings = [one for _, one, _ in found]
    if as_json:
        options.print_json([
            {"source": name, "figures": figures, "findings": shared.finding_rows(one)} for name, one, figures in found
        ])  # fmt: skip
    else:
        for name, one, figures in found:
            _show(name, one, figures, limit=None if show_all else shared.EXAMPLES)
    return errors.EXIT_FINDINGS if any(map(options.has_findings, findings)) else errors.EXIT_CLEAN


def _plan(path: Path) -> tuple[str, Findings, dict[str, Any]]:
    from gridkit import plans
    from gridkit.grids.check import fractions

    stored, folder = shared.open_stored(path)
    plan = stored.plan
    figures = {name: list(pair) for name, pair in fractions(plan).items()}
    return folder.name, plans.check_plan(stored), {
        "grids": len(plan), "edits": len(stored.log), "head": stored.log.head, **figures,
        **({} if stored.report is None else {"proposed": _proposed(stored.report)}),
    }  # fmt: skip


def _proposed(report: pd.DataFrame) -> dict[str, Any]:
    """Return how good the grids were when they were proposed, before any edit."""
    counts = report["status"].value_counts()
    bound = sum(int(n) for n in report["bound_households"])
    return {"bound_households": bound, "statuses": {str(name): int(counts[name]) for name in sorted(counts.index)},
            "communities": report.to_dict("records")}  # fmt: skip


def _of_project(
    source: Path, layers: tuple[str, ...], *, band: str, measure: str
) -> list[tuple[str, Findings, dict[str, Any]]]:
    from gridkit import plans
    from gridkit.stores.plan_folder import is_plan

    project, _ = options.open_project(source)
    if not layers and is_plan(project.root / project.grids.plan):
        return [_plan(project.root / project.grids.plan)]
    out = []
    with options.progress() as progress:
        for name in layers or ("",):
            file, _, layer = name.partition("!")
            with shared.file_on_the_line():
                findings, count = plans.check_layer(
                    project, Path(file) if file else None, layer=layer, band=band, measure=measure, progress=progress
                )
            out.append((name or gettext("the layer of grids"), findings, {"grids": count}))
    return out


def _show(name: str, findings: Findings, figures: dict[str, Any], *, limit: int | None) -> None:
    line = gettext("{name}: {grids} grids, {n} findings")
    click.echo(line.format(name=name, grids=f"{figures['grids']:,}", n=f"{len(findings):,}"))
    words = {
        "in_band": N_("grids in the band {n} of {all} ({share})"),
        "contiguous": N_("grids in one piece {n} of {all} ({share})"),
        "households": N_("households in grids of the band {n} of {all} ({share})"),
    }
    for key, text in words.items():
        if key in figures:
            part, whole = figures[key]
            click.echo("  " + gettext(text).format(n=f"{part:,}", all=f"{whole:,}", share=shared.share(part, whole)))
    proposed = figures.get("proposed")
    if proposed:
        parts = [f"{gettext(text)} {proposed['statuses'][key]:,}" for key, text in STATUSES.items()
                 if key in proposed["statuses"]]  # fmt: skip
        line = _EDITED if figures["edits"] else _AS_PROPOSED
        bound = f"{proposed['bound_households']:,}"
        click.echo("  " + gettext(line).format(parts=gettext(", ").join(parts), bound=bound))
    if figures.get("edits"):
        click.echo("  " + shared.log_text(figures["edits"], figures["head"]))
    shared.show_findings(findings, limit=limit)
