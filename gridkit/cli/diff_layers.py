"""``gridkit diff layers``: what became of the units of a boundary layer from one version to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import N_, gettext
from gridkit.model.fields import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.io.two_versions import TwoVersions
    from gridkit.model import Findings
    from gridkit.model.boundaries import LayerDiff

_FORMATS = (".xlsx", ".gpkg")
_FILE = click.Path(path_type=Path)


def subcommand() -> click.Command:
    """Build the subcommand ``layers`` of ``gridkit diff`` in the current language."""
    return click.Command(
        "layers",
        callback=diff_layers,
        short_help=gettext("Compare two versions of a boundary layer."),
        help=gettext(
            "Compare two versions of a boundary layer: which units were split, merged, rearranged, founded or "
            "abolished, whose border moved, which only have another name, code or parent, and which are only drawn "
            "anew.\n\n"
            "OLD and NEW are boundary files of any format; a table of codes and names is compared by these. Changes "
            "of boundaries are told first. Exits with 1 where a boundary, a name, a code or a parent changed, else "
            "with 0."
        ),
        params=[
            click.Argument(["old"], type=_FILE),
            click.Argument(["new"], type=_FILE),
            *_options(),
            options.as_json(),
            options.lang(),
        ],
    )


def _options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--level"],
            type=click.Choice(LEVELS),
            help=gettext("Level of the layer (default: found by its columns)."),
        ),
        click.Option(
            ["--layer", "layers"],
            multiple=True,
            metavar="NAME",
            help=gettext("Layer or sheet to read; once for both files, or twice: of OLD, then of NEW."),
        ),
        click.Option(
            ["--column", "columns"],
            multiple=True,
            metavar="FIELD=NAME",
            help=gettext("Column that holds a field, for example code=PRECID; may be given several times."),
        ),
        click.Option(["--old-crs"], metavar="CRS", default="", help=gettext("Coordinate system of OLD.")),
        click.Option(["--new-crs"], metavar="CRS", default="", help=gettext("Coordinate system of NEW.")),
        click.Option(
            ["--households", "compounds"],
            metavar="FILE",
            type=_FILE,
            help=gettext("Compounds with households (layer or table): how many households each change concerns."),
        ),
        click.Option(
            ["--tolerance"],
            metavar="METRES",
            type=click.FloatRange(0.0, 1000.0),
            default=1.0,
            show_default=True,
            help=gettext("A border that moved by less is only drawn anew."),
        ),
        click.Option(
            ["-o", "--out"],
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help=gettext("Workbook (.xlsx) or GeoPackage (.gpkg) to write: events and crosswalk."),
        ),
    ]


def diff_layers(
    old: Path,
    new: Path,
    out: Path | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Compare two versions of a layer."""
    from gridkit.reports.diff_layers import layer_document, layer_lines
    from gridkit.topology.changes import DRAWING, KINDS

    if out is not None and out.suffix.lower() not in _FORMATS:
        raise errors.UsageError(
            N_("{file} is neither a workbook nor a GeoPackage"),
            remedy=N_("end the name of the file in .xlsx or .gpkg"),
            file=out.name,
        )
    found, read = _compare(old, new, **chosen)
    if not as_json:
        _tell_findings(read.findings)
    if out is not None:
        _write(found, out)
    if as_json:
        counts = read.findings.frame["code"].value_counts().sort_index()
        options.print_json({**layer_document(found), "findings": {code: int(n) for code, n in counts.items()}})
    else:
        for line in layer_lines(found):
            click.echo(line)
        if out is not None:
            click.echo(f"{gettext('Written')}  {out}")
    changed = (found.events["event"].map(KINDS) != DRAWING).any()
    return errors.EXIT_FINDINGS if changed else errors.EXIT_CLEAN


def _compare(
    old: Path,
    new: Path,
    *,
    level: str | None,
    layers: Sequence[str],
    columns: Sequence[str],
    tolerance: float,
    **files: Any,
) -> tuple[LayerDiff, TwoVersions]:
    from gridkit.geo.crosswalk import crosswalk
    from gridkit.io.two_versions import names_of, read_versions
    from gridkit.model.boundaries import LayerDiff
    from gridkit.topology.changes import compare

    with options.progress() as progress:
        progress(gettext("reading {path}").format(path=f"{old.name}, {new.name}"), 0, 2)
        read = read_versions(
            old.absolute(), new.absolute(), level=level or "", layers=_pair(layers), columns=_columns(columns),
            crs=(files["old_crs"], files["new_crs"]),
            compounds=files["compounds"].absolute() if files["compounds"] is not None else None,
        )  # fmt: skip
        progress(gettext("comparing the two versions"), 1, 2)
        told = compare(read.old, read.new, tolerance=tolerance, households=read.compounds, level=read.level)
        walked = crosswalk(read.old, read.new, points=read.compounds)
    if not (walked["share_old"].notna() & walked["share_new"].notna()).any():
        walked = walked.iloc[:0]
    found = LayerDiff(
        old.name, new.name, read.level, tolerance, told.events, walked, names_of(read.old), names_of(read.new),
        (len(read.old), len(read.new)), (*read.notes, *told.notes),
    )  # fmt: skip
    return found, read


def _pair(layers: Sequence[str]) -> tuple[str, str]:
    if len(layers) > 2:
        raise errors.UsageError(N_("--layer is given more than twice"), remedy=N_("give it once or twice"))
    return (layers[0], layers[-1]) if layers else ("", "")


def _columns(columns: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in columns:
        field, equals, name = one.partition("=")
        if not (equals and field.strip() and name.strip()):
            raise errors.UsageError(
                N_("{text} does not say which column holds which field"),
                remedy=N_("write FIELD=NAME, for example code=PRECID"),
                text=one[:80],
            )
        found[field.strip()] = name.strip()
    return found


def _write(found: LayerDiff, out: Path) -> None:
    if out.suffix.lower() == ".gpkg":
        from gridkit.stores.diff_layers import write_layers_gpkg

        write_layers_gpkg(found, out)
    else:
        from gridkit.reports.diff_layers import write_layers_xlsx

        write_layers_xlsx(found, out)


def _tell_findings(findings: Findings) -> None:
    """Say on stderr what reading the files noticed, one line per rule."""
    from gridkit.reports import words

    frame = findings.frame[findings.frame["severity"].isin(["error", "warning"])]
    for code, rows in frame.groupby("code", sort=True):
        said = gettext("{code} {title}: {n} times")
        options.note(said.format(code=code, title=words.rule_title(str(code)), n=f"{len(rows):,}"))
