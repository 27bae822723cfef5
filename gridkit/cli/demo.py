"""``gridkit demo``: a synthetic city to try everything on."""

from __future__ import annotations

from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "demo",
        callback=demo,
        help=gettext(
            "Write a synthetic city with its messy registries and its answer sheet, then audit it.\n\n"
            "DIR is the folder to write to (default: demo). All names in it are invented."
        ),
        params=[
            click.Argument(["folder"], metavar="[DIR]", required=False, default="demo",
                           type=click.Path(path_type=Path, file_okay=False)),
            click.Option(["--size"], type=click.Choice(["town", "county", "city"]), default="county",
                         show_default=True, help=gettext("How large the city is.")),
            click.Option(["--seed"], type=click.IntRange(min=0), default=0, show_default=True,
                         help=gettext("Another seed gives another city.")),
            click.Option(["--data-only"], is_flag=True, help=gettext("Write the files and do not audit them.")),
            options.as_json(),
            options.lang(),
        ],
    )  # fmt: skip


def demo(folder: Path, size: str, seed: int, data_only: bool, as_json: bool) -> int:
    """Write the demo city and audit it."""
    from gridkit.demo import make_city, write

    with options.progress() as progress:
        progress(gettext("building the demo city"), 0, 1)
        write(make_city(size, seed), folder)
    if data_only:
        click.echo(str(folder))
        return errors.EXIT_CLEAN
    from gridkit import pipeline
    from gridkit.cli.audit import show

    found, language = options.open_project(folder)
    with options.progress() as progress:
        run = pipeline.audit(found, progress=progress, language=language)
        progress(gettext("writing the run folder"), 0, 1)
        target = pipeline.save(run, found.root / "runs", project=options.project_file(folder))
    show(run, target, as_json=as_json)
    return errors.EXIT_CLEAN
