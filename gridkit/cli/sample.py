"""``gridkit sample``: lists for checks by persons, and what their results prove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    import pandas as pd

LINKS = 300
"""Links that are drawn: none wrong among 300 means less than 1 % wrong at 95 %."""
TOLERABLE = 20
"""Sites are drawn so that, all found as recorded, at most one in so many is wrong."""
SEED = 20240630
ASSUMED = 0.01
"""Share of wrong links that the bundled rule set assumes."""
BY = ("street", "community", "status")


def command() -> click.Group:
    """Build the command in the current language."""
    return click.Group(
        "sample",
        help=gettext(
            "Draw samples that persons check, and say what the result proves.\n\n"
            "\b\n"
            "gridkit sample sites RUN -o sites.xlsx          compounds to visit\n"
            "gridkit sample sites RUN --read sites.xlsx      what the visits prove\n"
            "gridkit sample links PROJECT -o links.xlsx      links to check; named in gridkit.toml, the audit reads it"
        ),
        commands={"sites": _sites_command(), "links": _links_command()},
        params=[options.lang()],
    )


def _sites_command() -> click.Command:
    return click.Command(
        "sites",
        callback=sites,
        help=gettext(
            "Draw compounds to visit, from each stratum in proportion to its size, or read the results of the visits "
            "back.\n\nSOURCE is a run folder, a gridkit.toml or its folder (default: the working directory)."
        ),
        params=[
            _source(),
            _number(gettext("How many (default: enough that, all found right, at most 5 % are wrong at 95 %).")),
            _seed(),
            click.Option(["--by"], type=click.Choice(BY), default="street", help=gettext("What the strata are.")),
            _out(),
            click.Option(["--read", "file"], metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
                         help=gettext("Read the filled-in workbook and say what it proves.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def _links_command() -> click.Command:
    return click.Command(
        "links",
        callback=links,
        help=gettext(
            "Draw accepted links to check, from each method of linking in proportion to its number; links that a "
            "person has decided are left out.\n\nPROJECT is a gridkit.toml or its folder (default: the working "
            "directory)."
        ),
        params=[
            options.project(),
            _number(gettext("How many (default: 300; none wrong among them means less than 1 % wrong at 95 %).")),
            _seed(),
            _out(),
            options.as_json(),
            options.lang(),
        ],
    )


def _source() -> click.Argument:
    return click.Argument(["source"], required=False, default=".", type=click.Path(path_type=Path))


def _number(text: str) -> click.Option:
    return click.Option(["-n", "--number"], type=click.IntRange(min=1), help=text)


def _seed() -> click.Option:
    return click.Option(["--seed"], type=click.IntRange(min=0), default=SEED, show_default=True,
                        help=gettext("Seed of the draw; the same one gives the same list."))  # fmt: skip


def _out() -> click.Option:
    return click.Option(["-o", "--out"], metavar="FILE.xlsx", type=click.Path(path_type=Path, dir_okay=False),
                        help=gettext("Workbook to write."))  # fmt: skip


def sites(
    source: Path, number: int | None, seed: int, by: str, out: Path | None, file: Path | None, as_json: bool
) -> int:
    """Draw compounds to visit, or read the results of the visits back."""
    from gridkit.audit.sampling import fingerprint, sample_size, take
    from gridkit.reports.sample_xlsx import write_sites

    if (out is None) == (file is None):
        raise errors.UsageError(N_("state either -o FILE.xlsx, to draw a sample, or --read FILE, to read it back"))
    frame, as_of = _known(source)
    run = fingerprint(frame[list(BY)])
    if file is not None:
        return _read(frame, run, file, as_json=as_json)
    if frame.empty:
        raise errors.UsageError(N_("there is no compound to draw"), place=str(source))
    if number is None:
        number = sample_size(len(frame), tolerable=len(frame) // TOLERABLE)
    sample = take(frame, by, number, seed, run=run)
    write_sites(sample, _workbook(out), as_of=as_of)
    return _told(sample, out, as_json=as_json)


def links(project: Path, number: int | None, seed: int, out: Path | None, as_json: bool) -> int:
    """Draw accepted links to check."""
    from gridkit import pipeline
    from gridkit.audit.sampling import take
    from gridkit.linkage.sampled import sample_frame
    from gridkit.reports.sample_xlsx import write_link_sample

    if out is None:
        raise errors.UsageError(N_("state -o FILE.xlsx: the workbook to write"))
    found, _ = options.open_project(project)
    with options.progress() as progress:
        checked = pipeline.check(found, progress=progress)
    frame = sample_frame(checked.city, checked.places, checked.links)
    if frame.empty:
        raise errors.UsageError(
            N_("there is no link to check: what organisations list is not linked, or persons have decided all of it"),
            place=str(project),
        )
    sample = take(frame, "method", number or LINKS, seed)
    write_link_sample(sample, _workbook(out), as_of=found.as_of.isoformat() if found.as_of else "")
    code = _told(sample, out, as_json=as_json)
    if not as_json:
        _hint(sample)
    return code


def _hint(sample: Any) -> None:
    """Say where a sample, even if all of it is right, allows for more wrong links than are assumed without one."""
    from gridkit.audit.allowance import allowance_of
    from gridkit.audit.sampling import sample_size

    size, n = sample.population, len(sample.rows)
    if allowance_of(n, 0, links=size).rate > ASSUMED:
        needed = sample_size(size, tolerable=int(size * ASSUMED))
        said = gettext(
            "So few links prove less than the {assumed} that the rules assume without a sample: draw {needed} for that."
        )
        click.echo(said.format(assumed=f"{ASSUMED:.0%}", needed=f"{needed:,}"))


def _workbook(out: Path | None) -> Path:
    if out is None or out.suffix.lower() != ".xlsx":
        raise errors.UsageError(N_("the sample is a workbook: end its name with .xlsx"), place=str(out))
    return out


def _known(source: Path) -> tuple[pd.DataFrame, str]:
    """Return what is known of the compounds of a run folder or a project, and the date of the data."""
    from gridkit import locale
    from gridkit.stores.manifest import MANIFEST
    from gridkit.stores.sites import read_sites

    if (source / MANIFEST).is_file():
        frame, manifest = read_sites(source)
        locale.use(click.get_current_context().obj or manifest["language"])
        return frame, str(manifest.get("as_of") or "")
    from gridkit import pipeline
    from gridkit.reports.sites import sites as of_run

    found, language = options.open_project(source)
    with options.progress() as progress:
        run = pipeline.audit(found, progress=progress, language=language)
    return of_run(run), found.as_of.isoformat() if found.as_of else ""


def _told(sample: Any, out: Path | None, *, as_json: bool) -> int:
    from gridkit.reports.sample_xlsx import drawn, says, stratum_label

    if as_json:
        strata = [{"stratum": str(name), "size": int(size), "drawn": int(n)}
                  for name, size, n in sample.strata.itertuples()]  # fmt: skip
        options.print_json({
            "file": Path(str(out)).as_posix(), "population": sample.population, "drawn": len(sample.rows),
            "by": sample.by, "seed": sample.seed, "strata": strata, "says": says(sample),
        })  # fmt: skip
        return errors.EXIT_CLEAN
    n, size = len(sample.rows), sample.population
    said = gettext("all {size} drawn; there are no more") if n == size else gettext("{n} of {size} drawn")
    click.echo(said.format(n=f"{n:,}", size=f"{size:,}"))
    for name, size, n in sample.strata.itertuples():
        click.echo(f"  {stratum_label(sample.by, str(name))}: {n:,} / {size:,}")
    for line in [*says(sample), *drawn(sample)]:
        click.echo(line)
    click.echo(gettext("Workbook") + f"  {out}")
    return errors.EXIT_CLEAN


def _read(frame: pd.DataFrame, run: str, file: Path, *, as_json: bool) -> int:
    """Say what the results of visits prove; exit with 1 where something was found not to be as recorded."""
    from gridkit.audit.sampling import results
    from gridkit.io.labels import read_visits

    labels, by, drawn_from = read_visits(file, file.name)
    if drawn_from != run:
        raise errors.UsageError(
            N_("this sample was drawn from other compounds, or other statuses, than those of this run"),
            place=file.name,
            remedy=N_("name the run folder that it was drawn from, or draw a new sample"),
        )
    lost = sorted(set(labels.index) - set(frame.index))
    if lost or by not in BY:
        raise errors.TableError(
            N_("the run has no compound {codes}"), place=file.name, codes=", ".join(lost[:20]) or by,
            remedy=N_("keep the codes of the workbook as they were written"),
        )  # fmt: skip
    strata = frame[by].astype(str)
    table = results(strata.value_counts().to_dict(), labels.assign(stratum=strata.reindex(labels.index)))
    if as_json:
        options.print_json({"by": by, "results": table.to_dict("records")})
    else:
        _show(table, by)
    return errors.EXIT_FINDINGS if int(table["false"].iloc[-1]) else errors.EXIT_CLEAN


def _show(table: pd.DataFrame, by: str) -> None:
    from gridkit.reports.sample_xlsx import stratum_label

    line = gettext(
        "{name}: {answered} of {drawn} drawn are answered, of {population} in all; not as recorded {false}, which "
        "makes about {false_estimate} in all ({false_low} to {false_high}); not verifiable {unverifiable}, about "
        "{unverifiable_estimate} ({unverifiable_low} to {unverifiable_high})"
    )
    for row in table.to_dict("records"):
        name = stratum_label(by, row["stratum"]) if row["stratum"] else gettext("All together")
        row["answered"] = row["drawn"] - row["unanswered"]
        numbers = {key: f"{value:,}" for key, value in row.items() if key != "stratum"}
        click.echo(line.format(name=name, **numbers))
    click.echo(gettext("Each interval holds at 95 %; what could not be verified is neither true nor false."))
    if int(table["unanswered"].iloc[-1]):
        click.echo(gettext("Rows that were drawn and not filled in may be anything: the upper ends count them."))
