"""``gridkit grids merge``: one network of grids from those of several departments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.networks import Ask, AskPosts
    from gridkit.reports.merge import MergeReport

_FILE = click.Path(path_type=Path)
TOLERANCE: Final = 15.0
PROFILES: Final = ("fast", "balanced", "best")


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "merge",
        callback=merge,
        short_help=gettext("Make one network from those of several departments."),
        help=gettext(
            "Make one network from those of several departments: what differs, a plan that keeps the borders on which "
            "all agree and meets the band, and a home for the branches, staff and stations of every old grid.\n\n"
            "NETWORK is a boundary file of grids, FILE, FILE!LAYER or NAME=FILE; two or more, and last the SOURCE: a "
            "project or a plan folder (default: the working directory). Each network is laid over the atoms; borders "
            "that departments draw apart by less than the tolerance count as one. Posts are counted from columns of "
            "the layers (branch, grid workers, stations) and from --posts. The folder is a plan, with merge.xlsx, "
            "merge.html, a map, homes.csv, crosswalk.csv and differences.gpkg beside it. Exits with 1 where decisions "
            "are left: posts without a home, agreed borders given up, grids outside the band, land that a network "
            "does not cover, one code for several grids."
        ),
        params=[
            click.Argument(["networks"], metavar="NETWORK... [SOURCE]", nargs=-1, required=True),
            shared.out(gettext("Plan folder to write.")),
            *_options(),
            shared.band(),
            shared.measure(),
            options.as_json(),
            options.lang(),
        ],
    )


def _options() -> list[click.Parameter]:
    return [
        click.Option(["--base"], metavar="NAME", default="",
                     help=gettext("Network whose codes go on (default: the first).")),
        click.Option(["--tolerance"], metavar="METRES", type=click.FloatRange(0.0, 200.0), default=TOLERANCE,
                     show_default=True, help=gettext("How far apart two drawings of the same border may lie.")),
        click.Option(["--posts"], metavar="NAME[.KIND]=FILE", multiple=True,
                     help=gettext("Posts of a network: a table whose rows name the code of a grid, or places; KIND is "
                                  "branches, staff (default) or stations. May be given several times.")),
        click.Option(["--crs", "systems"], metavar="NAME=CRS", multiple=True,
                     help=gettext("Coordinate system of a network, such as EPSG:4545 or GCJ-02.")),
        click.Option(["--column", "columns"], metavar="FIELD=NAME", multiple=True,
                     help=gettext("Column that holds a field of the networks, for example code=GRIDID; post_code: that "
                                  "of codes in tables of posts. May be given several times.")),
        click.Option(["--scheme"], metavar="NAME|TEMPLATE", default="",
                     help=gettext("How codes of new grids are made: a preset, or a template with {community} and "
                                  "{serial} (default: what the project says, else stat12+3).")),
        click.Option(["--profile"], type=click.Choice(PROFILES), default="balanced", show_default=True,
                     help=gettext("How much is tried.")),
        click.Option(["--seed"], type=int, default=0, show_default=True, help=gettext("Equal seeds give equal plans.")),
        click.Option(["--no-map"], is_flag=True, help=gettext("Leave out the map.")),
    ]  # fmt: skip


def merge(networks: tuple[str, ...], out: Path | None, as_json: bool, **said: Any) -> int:
    """Merge the networks of several departments."""
    from gridkit import networks as steps
    from gridkit.grids.codes import Scheme
    from gridkit.grids.propose import Wish
    from gridkit.plan_source import STEPS
    from gridkit.reports.merge_files import document

    named, source = _split(networks)
    asked = _asked(named, said["systems"])
    posts = _posts(said["posts"], [one.name for one in asked])
    if said["scheme"]:
        Scheme.of(said["scheme"])  # refused before the files are read
    columns = _pairs(said["columns"], "--column")
    shared_band = {"band": said["band"], "measure": said["measure"] or ""}
    with options.progress() as progress:
        soil = steps.soil_of(source, lambda: options.open_project(source)[0], progress=progress, **shared_band)
        read = steps.read_networks(asked, posts, soil, columns=columns, progress=progress)
        report = steps.merge(
            soil, read, base=said["base"], tolerance=said["tolerance"], scheme=said["scheme"],
            wish=Wish(said["profile"], seed=said["seed"]), progress=progress,
        )  # fmt: skip
        if out is not None:
            progress(gettext(STEPS[3]), 3, len(STEPS))
            steps.save_merge(report, out, soil=soil, files=read.files, maps=not said["no_map"])
    for note in (*soil.notes, *report.notes):
        options.note(note)
    if as_json:
        options.print_json(document(report))
    else:
        _show(report)
        if out is not None:
            shared.saved(out)
    return errors.EXIT_FINDINGS if len(report.decisions) else errors.EXIT_CLEAN


def _split(words: Sequence[str]) -> tuple[list[str], Path]:
    """Return the networks, and the source: the last word where it is a folder or a project file."""
    from gridkit.stores.plan_folder import is_plan

    last = Path(words[-1])
    is_source = last.suffix.lower() == ".toml" or (last.is_dir() and last.suffix.lower() != ".gdb")
    named, source = (list(words[:-1]), last) if is_source else (list(words), Path())
    if len(named) < 2:
        raise errors.UsageError(
            N_("a merge needs two networks or more"),
            remedy=N_("name their boundary files: gridkit grids merge party.gpkg security.gpkg -o PLAN"),
        )
    if not is_plan(source) and not options.project_file(source).is_file():
        raise errors.UsageError(
            N_("{source} is neither a project nor a plan folder"), source=str(source)[:100],
            remedy=N_("name last the gridkit.toml, its folder, or a plan: networks are laid over its atoms"),
        )  # fmt: skip
    return named, source


def _asked(words: Sequence[str], systems: Sequence[str]) -> list[Ask]:
    from gridkit.networks import Ask

    crs = _pairs(systems, "--crs")
    found: dict[str, Ask] = {}
    for word in words:
        name, equals, rest = word.partition("=")
        text = rest if equals and not Path(word).exists() else word
        file, layer = _file_and_layer(text)
        name = name.strip() if text != word else Path(file).stem
        if name in found or not name:
            raise errors.UsageError(
                N_("two networks are called {network}"), network=name,
                remedy=N_("give them names: 党建=a/grids.gpkg 综治=b/grids.gpkg"),
            )  # fmt: skip
        found[name] = Ask(name, Path(file), layer, crs.pop(name, ""))
    if crs:
        raise errors.UsageError(
            N_("--crs names {network}, which is no network; these are: {known}"), network=", ".join(crs),
            known=", ".join(found), remedy=N_("write it as NAME=CRS"),
        )  # fmt: skip
    return list(found.values())


def _file_and_layer(text: str) -> tuple[str, str]:
    """Return a file and a layer of it: what stands behind the last ``!``, unless that belongs to the name."""
    if Path(text).exists():
        return text, ""
    file, mark, layer = text.rpartition("!")
    return (file, layer) if mark else (text, "")


def _posts(words: Sequence[str], known: Sequence[str]) -> list[AskPosts]:
    from gridkit.networks import AskPosts

    found = []
    for word in words:
        name, equals, file = word.partition("=")
        network, _dot, kind = (name, "", "") if name in known else name.rpartition(".")
        if not equals or not file or network not in known:
            raise errors.UsageError(
                N_("--posts {text} names no network; these are: {known}"), text=word[:60], known=", ".join(known),
                remedy=N_("write it as NAME=FILE or NAME.KIND=FILE, KIND being branches, staff or stations"),
            )  # fmt: skip
        found.append(AskPosts(network, _known_posts(kind), Path(file)))
    return found


def _known_posts(kind: str) -> str:
    """Return a kind of posts; staff where none is named."""
    from gridkit.grids.merge import POSTS

    if (kind or "staff") not in POSTS:
        raise errors.UsageError(
            N_("{kind} is no kind of posts"), remedy=N_("write one of: {known}"), kind=kind[:40],
            known=", ".join(POSTS),
        )  # fmt: skip
    return kind or "staff"


def _pairs(words: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise errors.UsageError(
                N_("{option} {text} is no pair"), option=option, text=word[:60],
                remedy=N_("write it as NAME=VALUE"),
            )  # fmt: skip
        found[name.strip()] = value.strip()
    return found


def _show(report: MergeReport) -> None:
    from gridkit.reports.merge_tables import facts

    click.echo(report.title)
    for key, value in facts(report):
        click.echo(f"  {key}  {value:,}" if isinstance(value, int) else f"  {key}  {value}")
    for row in report.pairs.itertuples(index=False):
        line = gettext("{one} and {other}: {share} of their borders agree, {n} m do not")
        click.echo(line.format(one=row.one, other=row.other, share=f"{int(row.share * 1000) / 10:.1f} %",
                               n=f"{row.one_alone + row.other_alone:,.0f}"))  # fmt: skip
    frame = report.decisions
    for row in frame[: shared.SHOWN].itertuples(index=False):
        place = f"  ← {row.lon:.6f}, {row.lat:.6f}" if row.lon is not None and row.lon == row.lon else ""
        click.echo(f"  {row.network} {row.subject}: {row.text}{place}".replace("  ", " ", 1))
    if len(frame) > shared.SHOWN:
        click.echo("  " + gettext("… and {n} more (merge.xlsx has all)").format(n=f"{len(frame) - shared.SHOWN:,}"))
