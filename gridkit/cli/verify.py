"""``gridkit verify``: recompute a run and compare."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.locale import gettext


def command() -> click.Command:
    """Build the command in the current language."""
    return click.Command(
        "verify",
        callback=verify,
        help=gettext(
            "Check the hashes of a run folder, read its inputs again, recompute everything and compare.\n\n"
            "RUN is a run folder. Exits with 1 where anything differs."
        ),
        params=[
            click.Argument(["run"], type=click.Path(path_type=Path)),
            options.as_json(),
            options.lang(),
        ],
    )


def verify(run: Path, as_json: bool) -> int:
    """Verify a run folder."""
    from gridkit import pipeline
    from gridkit.stores import compare_runs, read_manifest, verify_outputs

    manifest = read_manifest(run)
    problems = [f"{name}: {problem}" for name, problem in verify_outputs(run)]
    file = run / manifest["project"]
    project, _ = options.open_project(file, lenient=True)
    spoken = manifest["language"]
    with options.progress() as progress, tempfile.TemporaryDirectory() as folder:
        again = pipeline.audit(project, progress=progress, language=spoken)
        progress(gettext("writing the run folder"), 0, 1)
        fresh = pipeline.save(again, Path(folder), project=file, with_map="map.html" in manifest["outputs"])
        problems += compare_runs(manifest, read_manifest(fresh))
    if as_json:
        options.print_json({"run": run.as_posix(), "same": not problems, "differences": problems})
    elif problems:
        click.echo(gettext("{run} does not hold:").format(run=run))
        for problem in problems:
            click.echo(f"  {problem}")
    else:
        click.echo(gettext("{run} holds: same inputs, same bytes").format(run=run))
    return errors.EXIT_FINDINGS if problems else errors.EXIT_CLEAN
