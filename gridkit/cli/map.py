"""``gridkit map``: only the offline map."""

from __future__ import annotations

from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "map",
        callback=map_,
        help=gettext(
            "Write one HTML file that opens without a network.\n\n"
            "PROJECT is a gridkit.toml or its folder (default: the working directory)."
        ),
        params=[
            options.project(),
            click.Option(
                ["-o", "--output"],
                type=click.Path(path_type=Path, dir_okay=False),
                help=gettext("File to write (default: map.html beside the project file)."),
            ),
            options.lang(),
        ],
    )


def map_(project: Path, output: Path | None) -> int:
    """Audit a project and write its map."""
    from gridkit import pipeline

    found, language = options.open_project(project, lenient=True)
    target = output or found.root / "map.html"
    with options.progress() as progress:
        run = pipeline.audit(found, progress=progress, language=language)
        progress(gettext("drawing the map"), 0, 1)
        pipeline.write_map(run, target)
    click.echo(str(target))
    return errors.EXIT_CLEAN
