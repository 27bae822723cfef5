"""``gridkit map``: only the map: one page, a page per street, or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext, speaking

if TYPE_CHECKING:
    from gridkit.maps.profiles import Options
    from gridkit.model import Run

_FOLDER: Final = "map"
_DPI: Final = 300


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "map",
        callback=map_,
        help=gettext(
            "Write one HTML file that opens without a network.\n\n"
            "SOURCE is a gridkit.toml or its folder (default: the working directory), or a run folder: its inputs are "
            "then read again, and the map is refused where they, the settings or the results are not those of the "
            "run. With --layer no project is needed."
        ),
        params=[
            click.Argument(["source"], required=False, default=None, type=click.Path(path_type=Path)),
            click.Option(
                ["-o", "--output"],
                metavar="PATH",
                type=click.Path(path_type=Path),
                help=gettext(
                    "File to write, or folder with --by-street (default: map.html, map.png or the folder map, beside "
                    "the project file)."
                ),
            ),
            *_what(),
            *_how(),
            options.lang(),
        ],
    )


def _what() -> list[click.Parameter]:
    return [
        click.Option(
            ["--layer", "layers"],
            metavar="LEVEL=FILE",
            multiple=True,
            help=gettext(
                "Map layers without a project: street, community, grid or compound, and its file. Can be given "
                "several times."
            ),
        ),
        click.Option(
            ["--project"],
            metavar="PATH",
            type=click.Path(path_type=Path),
            help=gettext("gridkit.toml of a run folder, where it is not at its old place."),
        ),
        click.Option(
            ["--compare"],
            metavar="RUN",
            type=click.Path(path_type=Path),
            help=gettext("Earlier run folder: the page then shows what was, what changed, what is new or gone."),
        ),
        click.Option(["--by-street"], is_flag=True, help=gettext("Write a page per street and an index of them.")),
        click.Option(["--png"], is_flag=True, help=gettext("Draw a picture, A3 landscape, without a browser.")),
        click.Option(
            ["--dpi"],
            type=int,
            default=None,
            help=gettext("Dots per inch of the picture (default: {dpi}).").format(dpi=_DPI),
        ),
    ]


def _how() -> list[click.Parameter]:
    return [
        click.Option(
            ["--profile"],
            type=click.Choice(("internal", "public")),
            default=None,
            help=gettext(
                "Whom the map is for; public leaves out evidence, details of small compounds, the armed forces."
            ),
        ),
        click.Option(["--title"], default=None, help=gettext("Title of the map.")),
        click.Option(["--approval-no"], metavar="TEXT", default=None, help=gettext("Map review number, for the foot.")),
        click.Option(
            ["--fields"],
            metavar="A,B,...",
            default=None,
            help=gettext(
                "Fields of compounds that may be shown, with commas between them (default: all of the profile)."
            ),
        ),
        click.Option(
            ["--basemap"],
            metavar="NAME|URL",
            default=None,
            help=gettext(
                "tianditu, osm, amap, or an address with {z}, {x} and {y}; the page then asks for its tiles (default: "
                "none)."
            ),
        ),
    ]


def map_(source: Path | None, output: Path | None, by_street: bool, png: bool, dpi: int | None, **wish: Any) -> int:
    """Write a map of a project, a run folder, or layers."""
    from gridkit.cli import map_checks, map_sources
    from gridkit.maps.prepared import prepare
    from gridkit.maps.profiles import military

    _possible(by_street=by_street, png=png, dpi=dpi, source=source, layers=wish["layers"])
    map_checks.check_output(output, by_street=by_street, png=png)
    map_checks.check_wish(wish)
    if not (by_street or png) and _only_layers(wish):
        return _plain(output, wish)
    before = map_sources.before_of(wish["compare"]) if wish["compare"] else None
    with options.progress() as progress:
        run, root = map_sources.run_of(source, wish, progress=progress)
        chosen = map_sources.chosen(run, wish)
        progress(gettext("drawing the map"), 0, 1)
        prepared = prepare(run, chosen, before=before)
        default = _FOLDER if by_street else "map.png" if png else "map.html"
        target = output or root / default
        if by_street:
            from gridkit.maps.streets import write_by_street

            write_by_street(prepared, target, progress=lambda what, at, of: progress(_drawn(what), at, of))
        elif png:
            _picture(run, chosen, prepared.frames, target, dpi or _DPI)
        else:
            from gridkit.maps.coverage_map import draw

            draw(prepared).save(target)
    if chosen.public and (hidden := military(run.city, run.links)):
        options.note(gettext("left out as places of the armed forces: {n}").format(n=len(hidden)))
    click.echo(str(target))
    return errors.EXIT_CLEAN


def _only_layers(wish: dict[str, Any]) -> bool:
    """Tell whether compounds are mapped without any registry: there is no coverage then that could be shown."""
    compounds = any(spec.partition("=")[0] == "compound" for spec in wish["layers"])
    return compounds and wish["profile"] != "public" and not wish["compare"]


def _plain(output: Path | None, wish: dict[str, Any]) -> int:
    """Write a map of layers that says nothing about coverage."""
    from gridkit.cli import map_sources
    from gridkit.maps.plain_map import plain_map

    with options.progress() as progress:
        city, language = map_sources.city_of_layers(wish["layers"], progress)
        basemap = None if wish["basemap"] == "none" else wish["basemap"]
        title = wish["title"] or map_sources.title_of(wish["layers"])
        target = output or Path("map.html")
        plain_map(city, title=title, language=language, basemap=basemap).save(target)
    click.echo(str(target))
    return errors.EXIT_CLEAN


def _drawn(what: str) -> str:
    return gettext("drawing {name}").format(name=what)


def _picture(run: Run, chosen: Options, frames: Any, target: Path, dpi: int) -> None:
    from gridkit.maps.still import sheet_of, write_still

    with speaking(run.language):
        write_still(sheet_of(run, chosen, frames), target, dpi=dpi)


def _possible(*, by_street: bool, png: bool, dpi: int | None, source: Path | None, layers: tuple[str, ...]) -> None:
    """Refuse options that do not go together."""
    from gridkit.maps.still import check_dpi

    if by_street and png:
        raise errors.UsageError(
            N_("--by-street writes pages and --png a picture"), remedy=N_("give one of the two, or run it twice")
        )
    if dpi is not None and not png:
        raise errors.UsageError(N_("--dpi is for pictures"), remedy=N_("add --png, or leave it out"))
    if dpi is not None:
        check_dpi(dpi)
    if layers and source is not None:
        raise errors.UsageError(
            N_("--layer maps files without a project, but {source} is given as well"),
            remedy=N_("give one of the two"),
            source=str(source),
        )
